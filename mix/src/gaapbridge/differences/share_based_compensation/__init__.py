"""Note (iii): share-based compensation, ASC 718 against IFRS 2."""

from gaapbridge.difference import Note

EXPENSE_ROLES = {
    "origination_and_servicing": "share_based_servicing",
    "sales_and_marketing": "share_based_marketing",
    "general_and_administrative": "share_based_administrative",
    "research_and_development": "share_based_research",
}
"""The posting role of the expense of each function; an award's segment is its function."""

NOTE = Note(
    key="share_based_compensation",
    column="sbc",
    numeral="iii",
    label="Share-based compensation",
    balances={"awards": ("additional_paid_in_capital",)},
    profit={"awards": tuple(EXPENSE_ROLES.values())},
    example_tax_rate="0.0",
    offset="additional_paid_in_capital",
)
