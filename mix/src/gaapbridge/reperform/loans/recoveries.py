"""What is still expected of a loan written off: under US GAAP cash, under IFRS its worth at the effective rate, with interest.

The table of recoveries gives the share of the amount written off that is still to come, by whole months since.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

from gaapbridge.reperform.assumptions import Assumptions, Curve
from gaapbridge.reperform.calculation import NIL, Figure, estimated
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, ONE, ZERO, Framework, Step
from gaapbridge.reperform.grid import months_later, whole_months
from gaapbridge.reperform.loan import WRITTEN_OFF, Loan


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
    """The asset on a day, never above what is left of the amount written off (326-20-30-1; IFRS 9 5.4.4, B5.4.9)."""
    left, written_off = contract.exit_date, contract.outstanding_principal_minor
    if contract.status != WRITTEN_OFF or left is None or left > day or not is_kept(framework, elections):
        return NIL, ()
    with localcontext(EXACT):
        months = whole_months(left, day)
        curve = assumptions.remaining_recovery_ratio(curve_date, contract.segment)
        share = curve.at(months) if framework == "us" else worth(curve, months, rate_per_period)
        cap = Decimal(written_off - recovered_minor)
        figure = estimated(max(min(share * written_off, cap), ZERO))
    paragraph = "326-20-30-1" if framework == "us" else "5.4.4, B5.4.9"
    return figure, (
        Step("written off", written_off, "326-20-35-8" if framework == "us" else "5.4.4", f"on {left}"),
        Step("months since write-off", months, "", "whole calendar months"),
        Step("share still expected", share, paragraph, "in cash" if framework == "us" else "at the effective rate"),
        Step("recovered in the period", recovered_minor, paragraph, "reduces the cap"),
        Step("expected recoveries", figure.amount, paragraph, "an asset"),
    )


def interest_on_recoveries(
    contract: Loan, rate_per_period: Decimal, assumptions: Assumptions, elections: Elections
) -> tuple[Decimal, tuple[Step, ...]]:
    """Interest of the period on the asset under IFRS: rate x worth, of each month since the write-off that begins in it."""
    left, written_off = contract.exit_date, contract.outstanding_principal_minor
    if contract.status != WRITTEN_OFF or left is None or not is_kept("ifrs", elections):
        return ZERO, ()
    total, steps = ZERO, []
    with localcontext(EXACT):
        for months in range(whole_months(left, elections.opening), whole_months(left, elections.closing)):
            first = months_later(left, months)
            curve = assumptions.remaining_recovery_ratio(first, contract.segment)
            interest = rate_per_period * written_off * worth(curve, months, rate_per_period)
            total += interest
            steps.append(Step(f"interest on expected recoveries from {first}", interest, "5.4.1(b)", "rate x worth"))
    return total, (*steps, Step("interest on expected recoveries", total, "5.4.1(b)", "")) if steps else ()


def worth(curve: Curve, months: int, rate_per_period: Decimal) -> Decimal:
    """What is still to come is worth, of each unit written off: what each month brings, at its end, discounted.

    Half is still to come after the write-off, a quarter after a month, nothing after two; at 25 % a month:

    >>> worth(Curve(0, (Decimal("0.5"), Decimal("0.25")), last_holds=False), 0, Decimal("0.25")) == Decimal("0.36")
    True
    """
    total, factor = ZERO, ONE
    for month in range(months, len(curve.values)):
        factor /= ONE + rate_per_period
        total += (curve.at(month) - curve.at(month + 1)) * factor
    return total


def is_kept(framework: Framework, elections: Elections) -> bool:
    """Whether what is expected of a loan written off is an asset: always under US GAAP, by election under IFRS."""
    return framework == "us" or elections.ifrs_after_write_off == "expected_recoveries"
