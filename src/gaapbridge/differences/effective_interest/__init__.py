"""Note (ii): effective interest rate on loans receivable, ASC 310-20 against IFRS 9 Appendix A."""

from gaapbridge.difference import Note

NOTE = Note(
    key="effective_interest",
    column="eir",
    numeral="ii",
    label="Effective interest rate on loans receivable, net of tax",
    roles=(
        "deferred_current",
        "deferred_non_current",
        "accrued_interest",
        "other_tax_payable",
        "financing_income",
        "transfers_between_notes",
        "deferred_tax_assets",
        "deferred_tax_liabilities",
        "income_tax_expense",
        "retained_earnings",
        "opening_basis_difference",
    ),
    requires=(),
    provides=("effective_rate", "written_off_carrying_difference"),
)
