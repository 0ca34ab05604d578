"""Note (ix): service fees, straight line against cash."""

from gaapbridge.difference import Note

NOTE = Note(
    key="service_fee",
    column="sf",
    numeral="ix",
    label="Service fees, net of tax",
    balances={"service_fees": ("service_fee_receivable",)},
    profit={"service_fees": ("service_fee_revenue",)},
    example_tax_rate="0.25",
)
