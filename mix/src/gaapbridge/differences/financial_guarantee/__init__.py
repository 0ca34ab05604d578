"""Note (iv): financial guarantees, ASC 460 with ASC 326 against IFRS 9 with IFRS 15."""

from gaapbridge.difference import Note

NOTE = Note(
    key="financial_guarantee",
    column="fg",
    numeral="iv",
    label="Financial guarantee, net of tax",
    balances={
        "guarantees": (
            "fee_receivable_current",
            "fee_receivable_non_current",
            "fee_receivable_related_current",
            "fee_receivable_related_non_current",
            "accrued_fee_current",
            "accrued_fee_non_current",
            "accrued_fee_related_current",
            "accrued_fee_related_non_current",
            "fee_allowance_current",
            "fee_allowance_non_current",
            "fee_allowance_related_current",
            "fee_allowance_related_non_current",
            "accrued_fee_allowance_current",
            "accrued_fee_allowance_non_current",
            "accrued_fee_allowance_related_current",
            "accrued_fee_allowance_related_non_current",
            "stand_ready_liability",
            "contract_liability",
            "other_tax_payable",
        )
    },
    profit={"guarantees": ("guarantee_revenue", "fee_accretion", "provision_for_fee_receivable", "provision_for_contingent")},
    example_tax_rate="0.25",
    parts={"provision_for_contingent": ("higher_of",)},
    vat_in_lines=False,
)
