"""Interest that stage 3 leaves unrecognised, of one loan, month by month from its day of default (IFRS 9 5.4.1(b)).

What a loan in default owes is taken from its contract, not from a tape: principal as scheduled until the first instalment
missed, and contract interest for every period since the last one paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import count

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, ONE, ZERO, Step
from gaapbridge.reperform.grid import Grid, days_earlier, months_later
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.losses import weighted_loss_given_default
from gaapbridge.reperform.schedule import Schedule, contractual_schedule
from gaapbridge.reperform.stages import default_start, defaulted

HALF_A_MONTH = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class TimeInDefault:
    """From the day of default to cure, exit or the instant; `paid` instalments before the first one missed."""

    since: date
    until: date
    paid: int


def stage_3_interest(
    contract: Loan, day: date, rate_per_period: Decimal, assumptions: Assumptions, elections: Elections
) -> tuple[Decimal, tuple[Step, ...]]:
    """Interest u of the period up to `day`: rate x allowance at each month's first day x the month's share in the period."""
    with localcontext(EXACT):
        grid = Grid.of(contract.origination_date, contract.first_payment_date, contract.term_instalments)
        schedule = contractual_schedule(contract, grid)
        total, steps = ZERO, list[Step]()
        for time in times_in_default(contract, grid, day, elections):
            if elections.stage_3_interest_from == "next_period" and time.since > elections.opening:
                continue
            for month in count():
                begins, ends = months_later(time.since, month), months_later(time.since, month + 1)
                if begins >= time.until:
                    break
                days = (min(ends, time.until) - max(begins, elections.opening)).days
                if days <= 0:
                    continue
                owed = claim(contract, grid, schedule, time, begins, day)
                ratio = weighted_loss_given_default(contract, "ifrs", assumptions, elections, begins, month, discounted=True)
                interest = rate_per_period * owed * ratio * days / (ends - begins).days
                total += interest
                remark = f"{days} of {(ends - begins).days} days; claim {owed:,.2f} x loss {ratio}"
                steps.append(Step(f"stage 3 interest of the month from {begins}", interest, "5.4.1(b)", remark))
        return total, (*steps, Step("stage 3 interest u", total, "5.4.1(b)", "")) if steps else ()


def times_in_default(contract: Loan, grid: Grid, day: date, elections: Elections) -> list[TimeInDefault]:
    """The default that was cured, and the one that is not."""
    found, limit = list[TimeInDefault](), elections.default_days(contract.segment)
    if contract.default_date is not None and contract.cured_date is not None:
        paid = instalments_paid(grid, contract.default_date, limit)
        found.append(TimeInDefault(contract.default_date, contract.cured_date, paid))
    if defaulted(contract, elections):
        since = default_start(contract, day, elections)
        found.append(TimeInDefault(since, day, instalments_paid(grid, day, contract.days_past_due)))
    return found


def claim(contract: Loan, grid: Grid, schedule: Schedule, time: TimeInDefault, then: date, now: date) -> Decimal:
    """What the contract says is owed on a day of a time in default, from the principal the tape shows `now`."""
    place = grid.position(then)
    settled = min(time.paid, place.k)
    left = min(instalments_paid(grid, now, contract.days_past_due), schedule.instalments - 1)
    principal = Decimal(contract.outstanding_principal_minor)
    if schedule.balances[left] > ZERO:
        principal = principal * schedule.balances[settled] / schedule.balances[left]
    running = place.period_length * place.f
    periods = sum((grid.length(j) for j in range(settled + 1, place.k + 1)), ZERO) + running
    return principal * (ONE + schedule.rate * periods)


def instalments_paid(grid: Grid, day: date, days_past_due: int) -> int:
    """Instalments paid in full by `day`: all that are due, or those before the one whose due date lies nearest to so many days
    ago."""
    due = grid.position(day).k
    if days_past_due <= 0:
        return due
    oldest = days_earlier(day, days_past_due) + HALF_A_MONTH
    fallen = sum(grid.due(j) <= oldest for j in range(1, grid.instalments + 1))
    return max(0, min(fallen - 1, due - 1))
