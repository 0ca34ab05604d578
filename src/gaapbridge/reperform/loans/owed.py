"""What a borrower in default owes of principal on a day, and the number of instalments paid.

Principal is found by the payments of the period where these explain it, and with it the instalments, where each repays some;
else both by the rows of both tapes, from the opening on or, of a default that began since, from its first day on; else by the
row of the state alone. The interest that goes with it is in `interest_owed`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import ONE, ZERO
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.loan import MATURED, PREPAID, Paid
from gaapbridge.reperform.loans.told import Default, EqualSteps, Told, paid_at, with_service_fees
from gaapbridge.reperform.schedule import Schedule
from gaapbridge.reperform.timeline import instalments_paid


class Standing(NamedTuple):
    """Principal in minor units, and instalments paid."""

    principal: Decimal
    paid: int


MISSING = Decimal("0.1")
"""What may lack of an instalment's principal for it to count as paid."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed from day to day of a default, the days on which that changes, the payments of the period where these explain
    it, and the principal to one of the schedule, to which its interest goes.

    Of 300 in three equal parts at 1 % a month half is owed: the second and third instalment carry half of 2 and 1.

    >>> parts = Schedule(Decimal("0.01"), tuple(map(Decimal, (300, 200, 100, 0))), (), None)
    >>> half = Owed(lambda _: Standing(Decimal(150), 0), frozenset(), scale=Decimal("0.5"))
    >>> half.scheduled_interest(parts, Grid.of(date(2023, 1, 15), date(2023, 2, 15), 3), 1, 3)
    Decimal('1.500')
    """

    on: Callable[[date], Standing]
    days: frozenset[date]
    by_payments: Paid | None = None
    scale: Decimal = ONE

    @property
    def payments(self) -> Paid:
        """The payments that count: none where they do not explain the principal."""
        return self.by_payments or Paid()

    @property
    def tells_interest(self) -> bool:
        """Whether payments explain the principal and tell the interest paid with it."""
        return self.by_payments is not None and self.by_payments.tells_interest

    def scheduled_interest(self, schedule: Schedule, grid: Grid, first: int, last: int) -> Decimal:
        """The interest that the schedule has for the instalments after one up to another, in minor units."""
        periods = (schedule.balances[number - 1] * grid.length(number) for number in range(first + 1, last + 1))
        return self.scale * schedule.rate * sum(periods, ZERO)


def owed_in(told: Told, default: Default, schedule: Schedule, grid: Grid, elections: Elections) -> Owed:
    """What is owed in a default, by the best that is told of it."""
    first = _first_standing(told, grid, elections)
    at_state = Standing(Decimal(told.row.outstanding_principal_minor), paid_at(grid, told.row, told.day))
    scale = _scale(schedule, first or at_state)
    rows = replace(_by_rows(told, first, default, schedule, grid, elections), scale=scale)
    if first is None or told.payments is None or not explained(told, first[0]):
        return _fallen_due(rows, grid)
    payments = with_service_fees(told.payments, grid, told.before, first.paid, told.row, told.day)
    return _fallen_due(_by_payments(told, payments, first, at_state.paid, schedule, rows), grid)


def principal_after(told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid) -> Decimal:
    """Principal at the end of a default: that of the row of the state where it lasts; else what is left after its last day, by
    payments, or by the schedule where it was cured, as nothing is behind then."""
    if default.lasts:
        return Decimal(told.row.outstanding_principal_minor)
    left, paid = owed.on(default.until)
    before, risen = schedule.balances[paid], told.risen_by(default.until)
    if owed.by_payments is not None or before <= ZERO or not told.cured(default):
        return left
    return (left - risen) * schedule.balances[grid.position(default.until).k] / before + risen


def _fallen_due(owed: Owed, grid: Grid) -> Owed:
    """The same with no more instalments paid on a day than had fallen due by it: what was repaid ahead is of none of them."""

    def on(day: date) -> Standing:
        principal, paid = owed.on(day)
        return Standing(principal, min(paid, grid.position(day).k))

    return replace(owed, on=on)


def _by_rows(
    told: Told, first: Standing | None, default: Default, schedule: Schedule, grid: Grid, elections: Elections
) -> Owed:
    """By the rows of both tapes where something is known before the default, else by that of the state alone."""
    if first is not None and told.before_in(default, elections.opening) is not None:
        return _by_both_rows(told, first, default, schedule, grid, elections.opening)
    if first is not None and default.lasts:
        begun = _when_it_began(told, first, default, schedule, grid, elections)
        return _by_both_rows(told, begun, default, schedule, grid, default.since)
    return _by_the_last_row(told, default, schedule, grid)


def _by_the_last_row(told: Told, default: Default, schedule: Schedule, grid: Grid) -> Owed:
    """The principal that the schedule makes of that of the row, when as many instalments were paid as before the first one
    missed; on a day before they fell due, no more than were due then."""
    left, outstanding = schedule.balances[paid_at(grid, told.row, told.day)], _without_risen(told)

    def on(day: date) -> Standing:
        paid = min(default.paid, grid.position(day).k)
        share = ONE if left <= ZERO else schedule.balances[paid] / left
        return Standing(outstanding * share + told.risen_by(day), paid)

    return Owed(on, EqualSteps.between(grid, default.begins, default.until).days | told.days_risen)


def _first_standing(told: Told, grid: Grid, elections: Elections) -> Standing | None:
    """At the opening by its row, or as it was paid out since; None where neither is known."""
    if told.before is not None:
        return Standing(Decimal(told.before.outstanding_principal_minor), paid_at(grid, told.before, elections.opening))
    if told.row.origination_date > elections.opening:
        return Standing(Decimal(told.row.principal_minor), 0)
    return None


def explained(told: Told, start: Decimal) -> bool:
    """Whether payments lead from the principal at the start to that of the state."""
    left = 0 if told.row.status in (PREPAID, MATURED) else told.row.outstanding_principal_minor
    return told.payments is not None and start - told.payments.principal(date.max) == left


def _by_payments(told: Told, payments: Paid, first: Standing, last: int, schedule: Schedule, rows: Owed) -> Owed:
    """Principal falls with each payment, from its day on; an instalment is paid once all but a tenth of its principal is, which
    interest added to the principal since does not undo; where not every one repays some, as the rows have it."""
    start, paid = first
    counted = all(after < before for before, after in pairwise(schedule.balances))

    def on(day: date) -> Standing:
        owed = start - payments.principal(day)
        if not counted:
            return Standing(owed, rows.on(day).paid)
        repaid_to = owed - told.risen_by(day)
        return Standing(owed, max(paid, _covered(schedule, repaid_to, rows.scale, max(paid, last))))

    return Owed(on, payments.days, payments, rows.scale)


def _scale(schedule: Schedule, known: Standing) -> Decimal:
    """The principal known to one of the schedule: one where that has none left, or where it tells the instalments paid."""
    principal, paid = known
    left = schedule.balances[paid]
    return ONE if left <= ZERO or _covered(schedule, principal, ONE, schedule.instalments - 1) == paid else principal / left


def _covered(schedule: Schedule, owed: Decimal, scale: Decimal, most: int) -> int:
    """The instalments whose principal is paid when so much is owed."""
    left = schedule.balances
    reached = [j for j in range(1, most + 1) if owed <= scale * (left[j] + MISSING * (left[j - 1] - left[j]))]
    return max(reached, default=0)


def _when_it_began(
    told: Told, first: Standing, default: Default, schedule: Schedule, grid: Grid, elections: Elections
) -> Standing:
    """On the first day of a default: as many instalments paid as the days past due of a default leave, never fewer than before
    nor more than at the state; and the principal that the schedule makes of it, at least that of the state."""
    before, paid = first
    days = elections.default_days(told.row.segment)
    then = instalments_paid(grid, grid.due_dates_passed(default.since), default.since, days)
    now = max(paid, min(then, max(paid, paid_at(grid, told.row, told.day))))
    left = schedule.balances
    return Standing(max(before * left[now] / left[paid], _without_risen(told)), now)


def _by_both_rows(told: Told, first: Standing, default: Default, schedule: Schedule, grid: Grid, begins: date) -> Owed:
    """From a first standing to that of the state by equal steps on due dates; a default that was cured stands until then."""
    start, paid = first
    if not default.lasts:
        return Owed(lambda day: Standing(start + told.risen_by(day), paid), told.days_risen)
    steps, left = EqualSteps.between(grid, begins, told.day), schedule.balances
    if grid.due_dates_passed(begins) >= grid.instalments:  # none is left: those that go on past the last
        steps = EqualSteps.going_on(grid, begins, told.day, after_the_last=False)
    last, end = max(paid, paid_at(grid, told.row, told.day)), _without_risen(told)

    def on(day: date) -> Standing:
        now = steps.count(paid, last, day)
        falls = left[paid] > left[last]
        share = (left[paid] - left[now]) / (left[paid] - left[last]) if falls else steps.share(day)
        return Standing(start + (end - start) * share + told.risen_by(day), now)

    return Owed(on, steps.days | told.days_risen)


def _without_risen(told: Told) -> Decimal:
    """The principal of the state's row but what it rose by without cash, on its day: no step leads to it."""
    return Decimal(told.row.outstanding_principal_minor - told.risen_by(told.day))
