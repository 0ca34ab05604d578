"""Note (ii): effective interest rate on loans receivable, ASC 310-20 against IFRS 9 Appendix A."""

from gaapbridge.difference import Note

NOTE = Note(
    key="effective_interest",
    column="eir",
    numeral="ii",
    label="Effective interest rate on loans receivable, net of tax",
    balances={"loans": ("deferred_current", "deferred_non_current", "other_tax_payable")},
    profit={"loans": ("financing_income", "provision_for_loans")},
    example_tax_rate="0.25",
    parts={
        "financing_income": ("deferral",),
        "provision_for_loans": ("deferral",),
        "other_tax_payable": ("deferred_fees",),
    },
    measured={"loans": ("principal_current", "principal_non_current")},
)
