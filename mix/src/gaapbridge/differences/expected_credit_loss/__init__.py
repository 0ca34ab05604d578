"""Note (i): expected credit losses, ASC 326-20 (CECL) against the stages of IFRS 9."""

from gaapbridge.difference import Note

NOTE = Note(
    key="expected_credit_loss",
    column="ecl",
    numeral="i",
    label="Expected credit losses, net of tax",
    balances={
        "loans": (
            "loss_allowance_current",
            "loss_allowance_non_current",
            "expected_recoveries",
            "accrued_interest",
            "other_tax_payable",
        ),
        "guarantees": ("guarantee_contingent", "recoveries_receivable"),
    },
    profit={"loans": ("provision_for_loans", "financing_income"), "guarantees": ("provision_for_contingent",)},
    example_tax_rate="0.25",
    parts={
        "financing_income": ("accrued_interest", "interest_on_allowance", "interest_on_recoveries"),
        "provision_for_loans": ("losses",),
        "provision_for_contingent": ("losses",),
        "other_tax_payable": ("accrued_interest",),
    },
    vat_in_lines=False,
)
