"""What is still expected of one loan that was written off, and the interest on it, by each framework's rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

from gaapbridge.reperform.assumptions import Assumptions, Curve
from gaapbridge.reperform.calculation import NIL, Figure, estimated
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, ONE, ZERO, Framework, Step
from gaapbridge.reperform.grid import months_later, whole_months
from gaapbridge.reperform.loan import WRITTEN_OFF, Loan

KEPT = "expected_recoveries"


def expected_recoveries(
    contract: Loan,
    day: date,
    framework: Framework,
    rate_per_period: Decimal,
    assumptions: Assumptions,
    elections: Elections,
    curve_date: date,
    recovered_minor: int,
) -> tuple[Figure, tuple[Step, ...]]:
    """The asset on a day: US GAAP the share still to come, IFRS what it is worth, or nil by election."""
    left = contract.exit_date
    if contract.status != WRITTEN_OFF or left is None or left > day:
        return NIL, ()
    if framework == "ifrs" and elections.ifrs_after_write_off != KEPT:
        return NIL, ()
    months, written_off = whole_months(left, day), contract.outstanding_principal_minor
    ratios = assumptions.remaining_recovery_ratio(curve_date, contract.segment)
    share = ratios.at(months) if framework == "us" else worth(ratios, months, rate_per_period)
    found = estimated(max(min(share * written_off, Decimal(written_off - recovered_minor)), ZERO))
    paragraph, kind = ("326-20-30-1", "undiscounted") if framework == "us" else ("5.4.4, B5.4.9", "discounted")
    return found, (
        Step("written off", written_off, "326-20-35-8" if framework == "us" else "5.4.4", f"on {left}"),
        Step("months since write-off", months, "", "whole calendar months"),
        Step("share still expected", share, paragraph, kind),
        Step("recovered in the period", recovered_minor, paragraph, "reduces the cap"),
        Step("expected recoveries", found.amount, paragraph, "an asset"),
    )


def interest_on_recoveries(
    contract: Loan, rate_per_period: Decimal, assumptions: Assumptions, elections: Elections
) -> tuple[Decimal, tuple[Step, ...]]:
    """Interest of the months since write-off that end in the period: rate x what the asset is worth at each one's beginning."""
    left = contract.exit_date
    if contract.status != WRITTEN_OFF or left is None or elections.ifrs_after_write_off != KEPT:
        return ZERO, ()
    with localcontext(EXACT):
        total, steps = ZERO, list[Step]()
        for month in range(whole_months(left, elections.opening), whole_months(left, elections.closing)):
            begins = months_later(left, month)
            share = worth(assumptions.remaining_recovery_ratio(begins, contract.segment), month, rate_per_period)
            interest = rate_per_period * share * contract.outstanding_principal_minor
            if interest:
                total += interest
                steps.append(Step(f"interest of the month from {begins}", interest, "5.4.1(b)", f"share {share:.10f}"))
        return total, tuple(steps)


def worth(ratios: Curve, month: int, rate_per_period: Decimal) -> Decimal:
    """What comes in month by month from here on, each month's at its end, discounted to here.

    >>> worth(Curve(0, (Decimal("0.2"), Decimal("0.1")), last_holds=False), 0, Decimal("0.01")).quantize(Decimal("1e-6"))
    Decimal('0.197040')
    """
    found, factor = ZERO, ONE
    while (here := ratios.at(month)) > ZERO:
        factor /= ONE + rate_per_period
        month += 1
        found += (here - ratios.at(month)) * factor
    return found
