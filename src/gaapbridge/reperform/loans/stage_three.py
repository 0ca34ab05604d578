"""Interest on the allowance of a credit-impaired loan that IFRS does not recognise, month by month of each time in default.

Months run from the day of default. In each the effective rate is left out on the allowance of its first day, for the days of
it that lie in the period and in default (IFRS 9 5.4.1(b)), and not beyond the last due date: no interest is earned after it.
What is paid within a month is off the allowance for the days of it that are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, localcontext

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, ONE, ZERO, Step
from gaapbridge.reperform.grid import Grid, months_later
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.loans.owed import Default, Told, owed_in
from gaapbridge.reperform.losses import weighted_loss_given_default
from gaapbridge.reperform.schedule import Schedule, contractual_schedule
from gaapbridge.reperform.stages import default_start, defaulted
from gaapbridge.reperform.timeline import instalments_paid


def months_of(since: date, until: date) -> Iterator[tuple[int, date, date]]:
    """The months of a default: their number from 0, their first day, and that of the next.

    >>> [first.isoformat() for _, first, _ in months_of(date(2023, 1, 31), date(2023, 3, 5))]
    ['2023-01-31', '2023-02-28']
    """
    number = 0
    while (first := months_later(since, number)) < until:
        number += 1
        yield number - 1, first, months_later(since, number)


def stage_3_interest(
    told: Told, rate_per_period: Decimal, assumptions: Assumptions, elections: Elections
) -> tuple[Decimal, tuple[Step, ...]]:
    """Interest of the period that is not recognised, up to the day of a state; by election of earlier periods' defaults only.

    A month's part is rate x allowance of its first day x days of it in the period / days of the month (IAS 34.28).
    """
    contract = told.row
    grid = contract.grid
    with localcontext(EXACT):
        schedule, total, steps = contractual_schedule(contract, grid), ZERO, []
        for default in _defaults(contract, grid, told.day, elections):
            if elections.stage_3_interest_from == "next_period" and default.since > elections.opening:
                continue
            owed = owed_in(told, default, schedule, grid, elections)
            for month, first, following in months_of(default.since, default.until):
                start, end = max(first, elections.opening), min(following, default.until)
                if start >= end:
                    continue
                lost = weighted_loss_given_default(
                    contract, "ifrs", assumptions, elections.on(first), first, month, discounted=True
                )
                for begins, ends in owed.parts(start, end):
                    principal, paid = owed.on(begins, grid.position(first).k)
                    allowance = principal * _with_interest(schedule, grid, paid, first) * lost
                    interest = rate_per_period * allowance * (ends - begins).days / (following - first).days
                    total += interest
                    remark = f"rate x allowance of {allowance:,.2f} x {(ends - begins).days}/{(following - first).days} days"
                    steps.append(Step(f"stage 3 interest from {begins}", interest, "5.4.1(b)", remark))
    return total, (*steps, Step("stage 3 interest u", total, "5.4.1(b)", "")) if steps else ()


def _defaults(contract: Loan, grid: Grid, day: date, elections: Elections) -> Iterator[Default]:
    """The times in default up to a day: the one that was cured, at the latest when the next began, and the one that lasts;
    neither beyond the last due date."""
    last_due = grid.due(grid.instalments)
    again = default_start(contract, day, elections) if defaulted(contract, elections) else None
    if contract.default_date is not None and contract.cured_date is not None:
        days, until = elections.default_days(contract.segment), min(contract.cured_date, again or last_due, last_due)
        yield Default(contract.default_date, until, _paid_on(grid, contract.default_date, days), lasts=False)
    if again is not None:
        yield Default(again, min(day, last_due), _paid_on(grid, day, contract.days_past_due), lasts=True)


def _with_interest(schedule: Schedule, grid: Grid, paid: int, on: date) -> Decimal:
    """One unit of principal on a day, with contract interest since the last instalment paid that had fallen due by then."""
    position = grid.position(on)
    j = min(paid, position.k)
    periods = sum((grid.length(number) for number in range(j + 1, position.k + 1)), position.period_length * position.f)
    return ONE + schedule.rate * periods


def _paid_on(grid: Grid, day: date, days_past_due: int) -> int:
    """Instalments paid in full on a day on which a contract is so many days past due."""
    return instalments_paid(grid, grid.due_dates_passed(day), day, days_past_due)
