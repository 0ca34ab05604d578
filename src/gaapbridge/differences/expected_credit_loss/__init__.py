"""Note (i): expected credit losses, ASC 326-20 (CECL) against the stages of IFRS 9."""

from gaapbridge.difference import Note

NOTE = Note(
    key="expected_credit_loss",
    column="ecl",
    numeral="i",
    label="Expected credit losses, net of tax",
    roles=(
        "loss_allowance_current",
        "loss_allowance_non_current",
        "expected_recoveries",
        "provision_for_loans",
        "financing_income",
        "transfers_between_notes",
        "deferred_tax_assets",
        "deferred_tax_liabilities",
        "income_tax_expense",
        "retained_earnings",
        "opening_basis_difference",
    ),
    requires=("effective_rate", "written_off_carrying_difference"),
    provides=("stage", "loss_allowance"),
)
