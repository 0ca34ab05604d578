"""What a borrower in default owes on a day: the principal, and the number of instalments paid.

Found by the payments of the period where these explain its principal; else by the rows of both tapes, from the opening on or,
of a default that began since, from its first day on; else by the row of the state alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import ONE, ZERO
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.loan import MATURED, ON_BOOK, PREPAID, Loan, Payment
from gaapbridge.reperform.schedule import Schedule
from gaapbridge.reperform.timeline import instalments_paid

Standing = tuple[Decimal, int]
"""Principal in minor units, and instalments paid."""

MISSING = Decimal("0.1")
"""What may lack of an instalment's principal for it to count as paid."""


@dataclass(frozen=True, slots=True)
class Default:
    """One time in default: its first day, the day on which it or the interest ended, the instalments paid before the first
    one missed, and whether it goes on."""

    since: date
    until: date
    paid: int
    lasts: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a loan up to the day of a state: its row there, that of the opening, and the payments of the period,
    None where the lender gave no such tape."""

    row: Loan
    day: date
    opening: Loan | None
    payments: Sequence[Payment] | None

    @property
    def was_on_book(self) -> bool:
        """Whether it was on book at the opening."""
        return self.opening is not None and self.opening.status == ON_BOOK


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed from day to day of a default, and the days on which that changes but with the month of the default."""

    on: Callable[[date, int], Standing]
    days: frozenset[date]

    def parts(self, start: date, end: date) -> Iterator[tuple[date, date]]:
        """The days from one to another, cut where what is owed changes."""
        cuts = sorted({start, end, *(day for day in self.days if start < day < end)})
        yield from pairwise(cuts)


def owed_in(told: Told, default: Default, schedule: Schedule, grid: Grid, elections: Elections) -> Owed:
    """What is owed in a default, by the best that is told of it. ``on`` takes a day and the instalments due when the month of
    the default began that it lies in."""
    first = _first_standing(told, grid, elections)
    if first is not None and told.payments is not None and _explained(told, first[0], schedule):
        return _by_payments(told.payments, first, _paid_at(grid, told.row, told.day), schedule)
    if first is not None and told.was_on_book and default.since <= elections.opening:
        return _by_both_rows(told, first, default, schedule, grid, elections.opening)
    if first is not None and default.lasts:
        begun = _when_it_began(told, first, default, schedule, grid, elections)
        return _by_both_rows(told, begun, default, schedule, grid, default.since)
    last, outstanding = _paid_at(grid, told.row, told.day), Decimal(told.row.outstanding_principal_minor)

    def on(_: date, due: int) -> Standing:
        j = min(default.paid, due)
        left = schedule.balances[last]
        return outstanding * (ONE if left <= ZERO else schedule.balances[j] / left), j

    return Owed(on, frozenset())


def _first_standing(told: Told, grid: Grid, elections: Elections) -> Standing | None:
    """At the opening by its row, or as it was paid out since; None where neither is known."""
    if told.opening is not None and told.was_on_book:
        return Decimal(told.opening.outstanding_principal_minor), _paid_at(grid, told.opening, elections.opening)
    if told.row.origination_date > elections.opening:
        return Decimal(told.row.principal_minor), 0
    return None


def _paid_at(grid: Grid, row: Loan, day: date) -> int:
    """Instalments paid by a row, of one who still owes: not the last."""
    paid = instalments_paid(grid, grid.due_dates_passed(day), day, row.days_past_due)
    return min(paid, grid.instalments - 1)


def _explained(told: Told, start: Decimal, schedule: Schedule) -> bool:
    """Whether payments lead from the principal at the start to that of the state, and every instalment repays some."""
    left = 0 if told.row.status in (PREPAID, MATURED) else told.row.outstanding_principal_minor
    repaid = sum(payment.principal_minor for payment in told.payments or ())
    falls = all(after < before for before, after in pairwise(schedule.balances))
    return falls and start - repaid == left


def _by_payments(payments: Sequence[Payment], first: Standing, last: int, schedule: Schedule) -> Owed:
    """Principal falls with each payment, from its day on; an instalment is paid once all but a tenth of its principal is."""
    start, paid = first
    scale = ONE if _covered(schedule, start, ONE, schedule.instalments - 1) == paid else start / schedule.balances[paid]

    def on(day: date, _: int) -> Standing:
        owed = start - sum(payment.principal_minor for payment in payments if payment.paid_on <= day)
        return owed, max(paid, _covered(schedule, owed, scale, max(paid, last)))

    return Owed(on, frozenset(payment.paid_on for payment in payments))


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
    now = max(paid, min(then, max(paid, _paid_at(grid, told.row, told.day))))
    left = schedule.balances
    return max(before * left[now] / left[paid], Decimal(told.row.outstanding_principal_minor)), now


def _by_both_rows(told: Told, first: Standing, default: Default, schedule: Schedule, grid: Grid, begins: date) -> Owed:
    """From a first standing to that of the state by equal steps on due dates; a default that was cured stands until then."""
    start, paid = first
    if not default.lasts:
        return Owed(lambda day, due: first, frozenset())
    known, until = (min(grid.due_dates_passed(day), grid.instalments) for day in (begins, told.day))
    last, end = max(paid, _paid_at(grid, told.row, told.day)), Decimal(told.row.outstanding_principal_minor)
    left = schedule.balances

    def on(day: date, _: int) -> Standing:
        passed = min(grid.due_dates_passed(day), grid.instalments) - known
        now = paid + ((last - paid) * passed // (until - known) if passed else 0)
        if left[paid] > left[last]:
            share = (left[paid] - left[now]) / (left[paid] - left[last])
        else:
            share = Decimal(passed) / Decimal(until - known) if passed else ZERO
        return start + (end - start) * share, now

    return Owed(on, frozenset(grid.due(number) for number in range(known + 1, until + 1)))
