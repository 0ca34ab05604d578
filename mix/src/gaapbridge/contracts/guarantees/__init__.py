"""Guarantees of loans of others: tapes and fee instalments of both instants, measured for notes (i) and (iv)."""

from gaapbridge.assumptions.curve_tables import FEE_LOSS, HAZARD, LOSS_GIVEN_DEFAULT, PREPAYMENT
from gaapbridge.contracts.guarantees.schema import GUARANTEE_FEES, GUARANTEES
from gaapbridge.contracts.kind import CLOSING, OPENING, Component, Kind, KindTable, KindTape, Losses, Taxed, balances, flows
from gaapbridge.difference import PATHS

KIND = Kind(
    key="guarantees",
    word="guarantee",
    place=2,
    tapes=(
        KindTape("guarantees", GUARANTEES, "Guarantees the lender has issued for loans of others.", at_both=True),
        KindTape(
            "guarantee_fees", GUARANTEE_FEES, "Fee instalments of the guarantees, due or not.", at_both=True,
            needed="fee instalments",
        ),
    ),
    tables=(
        KindTable("prepayment", PREPAYMENT, "as for loans"),
        KindTable("hazard", HAZARD, "of payout"),
        KindTable("loss_given_default", LOSS_GIVEN_DEFAULT, "of what is paid out"),
        KindTable("fee_loss", FEE_LOSS, "of fees that are lost, by bucket"),
    ),
    components=(
        Component("fee_receivable", shown=True, inclusive="guarantee_fees"),
        *balances("fee_receivable_non_current", "fee_allowance", shown=True),
        Component("accrued_fee", shown=True, inclusive="guarantee_fees"),
        *balances("accrued_fee_non_current", "accrued_fee_allowance", shown=True),
        Component("stand_ready", shown=True, inclusive="guarantee_fees", sign=-1),
        Component("contract_liability", shown=True, inclusive="guarantee_fees", sign=-1),
        *balances("higher_of", "loss_allowance", shown=True),
        *balances("expected_recoveries", "recoveries_receivable", states=(OPENING, CLOSING), shown=True),
        *balances("fee_allowance_non_current", "accrued_fee_allowance_non_current"),
        *balances(
            "vat_fee_receivable", "vat_accrued_fee", "vat_stand_ready", "vat_contract_liability",
            states=(OPENING, CLOSING), sides=False,
        ),
        Component("live", (CLOSING,), sides=False, tabled=False),
        *flows("inception", "release", "fee_revenue", "fee_accretion", "fee_write_off", "set_off", shown=True),
        *flows("interest_on_allowance"),
        *flows("vat_release", "vat_fee_accretion", "vat_fee_write_off", "fees_collected", sides=False),
        *flows("principal_written_off", "recoveries_received", sides=False),
    ),
    facts=("segment", "related_party", "path", "status"),
    taxed={
        "guarantee_revenue": Taxed(sign=1, received=(("fees_collected", PATHS),)),
        "fee_accretion": Taxed(sign=1),
        "provision_for_fee_receivable": Taxed(sign=-1, received=(("us_fee_write_off", PATHS),)),
    },
    loan="loan_id",
    share="guaranteed_share",
    losses=Losses(roles=("guarantee_contingent", "recoveries_receivable"), posted_as={"expected_recoveries": "recovery"}),
)  # fmt: skip
