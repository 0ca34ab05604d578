"""Stage of a contract under IFRS 9 and the default test of each framework."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import ZERO, Step
from gaapbridge.reperform.grid import days_earlier, whole_months
from gaapbridge.reperform.loan import Loan

THRESHOLD_WIDTH = Decimal("1e-12")
"""How close to its threshold a PD test must be for two honest calculators to answer it apart."""


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Weighted default probabilities: over the remaining life now and as expected at origination."""

    now_lifetime: Decimal
    now_twelve_months: Decimal
    at_origination: Decimal


@dataclass(frozen=True, slots=True)
class Stage:
    """1, 2 or 3, the test that decided it, and whether only a PD test next to its threshold decided."""

    number: int
    reason: str
    pd_test_is_close: bool
    steps: tuple[Step, ...]


def defaulted(contract: Loan, elections: Elections) -> str:
    """The test by which a contract is in default, or an empty text; one that is cured is in default no more."""
    if contract.days_past_due >= elections.default_days(contract.segment):
        return f"{contract.days_past_due} days past due"
    if contract.default_date is None or contract.cured_date is not None:
        return ""
    return f"in default since {contract.default_date}"


def probation(contract: Loan, day: date, elections: Elections) -> str:
    """Why a cured contract is still on probation on `day`, or an empty text."""
    if contract.default_date is None or contract.cured_date is None:
        return ""
    is_over = (day - contract.cured_date).days >= elections.cure_probation_days
    return "" if is_over else f"cured {contract.cured_date}, on probation"


def default_start(contract: Loan, day: date, elections: Elections) -> date:
    """The tape's default date; counted back from the days past due where there is none, or it was cured and is late again."""
    if contract.default_date is not None and contract.cured_date is None:
        return contract.default_date
    return days_earlier(day, max(contract.days_past_due - elections.default_days(contract.segment), 0))


def months_in_default(contract: Loan, day: date, elections: Elections) -> int:
    """Whole calendar months from the start of default to `day`."""
    return whole_months(default_start(contract, day, elections), day)


def staged(contract: Loan, day: date, elections: Elections, chances: Probabilities, *, turn_pd_test: bool = False) -> Stage:
    """The stage on `day` (5.5.3, 5.5.5, 5.5.11); `turn_pd_test` answers a close PD test the other way."""
    steps = (
        Step("PD over remaining life, now", chances.now_lifetime, "5.5.9", "weighted over scenarios"),
        Step("PD over the same life, at origination", chances.at_origination, "5.5.9", "curves then"),
        Step("PD over twelve months, now", chances.now_twelve_months, "5.5.10", "for low credit risk"),
    )
    impaired = defaulted(contract, elections) or probation(contract, day, elections)
    if impaired:
        return Stage(3, impaired, False, steps)
    increased, close = pd_test(chances, elections)
    increased = increased != (turn_pd_test and close)
    other = _other_increase(contract, elections)
    if other:
        return Stage(2, other, False, steps)
    if increased:
        return Stage(2, "PD at least the ratio and the increase above origination", close, steps)
    return Stage(1, "no significant increase in credit risk", close, steps)


def pd_test(chances: Probabilities, elections: Elections) -> tuple[bool, bool]:
    """Whether the PD test finds a significant increase, and whether it is too close to call."""
    now, before = chances.now_lifetime, chances.at_origination
    margins = (
        now - elections.sicr_pd_ratio * before,
        now - before - elections.sicr_pd_increase,
        chances.now_twelve_months - elections.low_credit_risk_pd_12m,
    )
    ratio, increase, above_low_risk = margins
    increased = ratio >= ZERO and increase >= ZERO and above_low_risk > ZERO
    near = [abs(margin) <= THRESHOLD_WIDTH for margin in margins]
    if not any(near):
        return increased, False
    others_pass = all(is_near or margin > ZERO for margin, is_near in zip(margins, near, strict=True))
    return increased, others_pass


def _other_increase(contract: Loan, elections: Elections) -> str:
    """The first further test that finds a significant increase: backstop, watch list, forbearance."""
    if contract.days_past_due >= elections.sicr_days_past_due:
        return f"{contract.days_past_due} days past due"
    if contract.watch_list:
        return "watch list"
    return "forborne" if contract.forborne else ""
