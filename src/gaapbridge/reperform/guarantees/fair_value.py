"""The fair value of one guarantee at inception, where its tape states none (460-10-30-2)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext

from gaapbridge.reperform.calculation import AS_WRITTEN
from gaapbridge.reperform.exact import EXACT, ONE, Step, rounded
from gaapbridge.reperform.guarantees.contract import FeeInstalment, Guarantee
from gaapbridge.reperform.guarantees.fees import promised
from gaapbridge.reperform.guarantees.state import GuaranteeBasis, Instant, loan_losses
from gaapbridge.reperform.loan import ON_BOOK


def fair_value(guarantee: Guarantee, instalments: tuple[FeeInstalment, ...], basis: GuaranteeBasis) -> tuple[int, Step]:
    """V and the step that says where it comes from: of the fees, of the fees discounted, or of the payouts expected."""
    fees, elections = promised(instalments), basis.elections
    if guarantee.stand_ready_minor is not None:
        return guarantee.stand_ready_minor, _step(guarantee.stand_ready_minor, "as the tape states it")
    with localcontext(EXACT):
        match elections.stand_ready_measurement:
            case "discounted_fees":
                value = rounded(discounted(guarantee, instalments, elections.stand_ready_discount_rate))
                return value, _step(value, f"fees at {elections.stand_ready_discount_rate} a year")
            case "expected_payouts_plus_margin":
                value = rounded((ONE + elections.stand_ready_margin) * expected_payouts(guarantee, basis))
                return min(value, fees), _step(min(value, fees), f"payouts and margin come to {value}, fees to {fees}")
    return fees, _step(fees, "the sum of the fees")


def discounted(guarantee: Guarantee, instalments: tuple[FeeInstalment, ...], rate: Decimal) -> Decimal:
    """The fees, each discounted over the days from origination to its due date, in 365ths of a year."""
    total = Decimal(0)
    for one in instalments:
        days = max(0, (one.due_date - guarantee.origination_date).days)
        total += one.fee_minor * (ONE + rate) ** (-Decimal(days) / 365)
    return total


def expected_payouts(guarantee: Guarantee, basis: GuaranteeBasis) -> Decimal:
    """What would be lost of the guarantee seen on the day it was made, discounted at the end of each month.

    Nothing is paid, due or missed yet; curves, scenarios and forecast are those of US GAAP on that day, recoveries discounted.
    """
    day = guarantee.origination_date
    begun = replace(
        guarantee,
        outstanding_principal_minor=guarantee.principal_minor,
        billed_unpaid_interest_minor=0,
        days_past_due=0,
        status=ON_BOOK,
        exit_date=None,
        default_date=None,
        cured_date=None,
    )
    chosen = replace(
        basis.elections,
        us_discount="current_rate",
        discount_rate=basis.elections.stand_ready_discount_rate,
        losses=replace(basis.elections.losses, us_method="dcf", default_timing="end"),
    )
    instant = Instant("opening", begun, (0, _step(0, "")), (), day, day)
    _, lost = loan_losses(instant, "us", replace(basis, elections=chosen), False, AS_WRITTEN)
    return lost.losses.estimate


def _step(value: int, where: str) -> Step:
    return Step("fair value at inception V", value, "460-10-30-2", where)
