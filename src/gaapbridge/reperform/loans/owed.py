"""What a borrower in default owes on a day: the principal, and the number of instalments paid.

Found by the payments of the period where these explain its principal; else, of a default that was there at the opening, by
the rows of both tapes; else by the row of the state alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import ONE, ZERO
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.loan import MATURED, PREPAID, Payment
from gaapbridge.reperform.loans.told import Default, EqualSteps, Told, paid_at
from gaapbridge.reperform.schedule import Schedule

Standing = tuple[Decimal, int]
"""Principal in minor units, and instalments paid."""

MISSING = Decimal("0.1")
"""What may lack of an instalment's principal for it to count as paid."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed from day to day of a default, and the days on which that changes but with the month of the default."""

    on: Callable[[date, int], Standing]
    days: frozenset[date]


def owed_in(told: Told, default: Default, schedule: Schedule, grid: Grid, elections: Elections) -> Owed:
    """What is owed in a default, by the best that is told of it. ``on`` takes a day and the instalments due when the month of
    the default began that it lies in."""
    first = _first_standing(told, grid, elections)
    if first is not None and told.payments is not None and _explained(told, first[0], schedule):
        return _by_payments(told.payments, first, paid_at(grid, told.row, told.day), schedule)
    if first is not None and told.before_in(default, elections.opening) is not None:
        return _by_both_rows(told, first, default, schedule, grid, elections.opening)
    last, outstanding = paid_at(grid, told.row, told.day), Decimal(told.row.outstanding_principal_minor)

    def on(_: date, due: int) -> Standing:
        j = min(default.paid, due)
        left = schedule.balances[last]
        return outstanding * (ONE if left <= ZERO else schedule.balances[j] / left), j

    return Owed(on, frozenset())


def _first_standing(told: Told, grid: Grid, elections: Elections) -> Standing | None:
    """At the opening by its row, or as it was paid out since; None where neither is known."""
    if told.before is not None:
        return Decimal(told.before.outstanding_principal_minor), paid_at(grid, told.before, elections.opening)
    if told.row.origination_date > elections.opening:
        return Decimal(told.row.principal_minor), 0
    return None


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


def _by_both_rows(told: Told, first: Standing, default: Default, schedule: Schedule, grid: Grid, opening: date) -> Owed:
    """From the opening row to that of the state by equal steps on the due dates; a default that was cured stands until then."""
    start, paid = first
    if not default.lasts:
        return Owed(lambda day, due: first, frozenset())
    steps, left = EqualSteps.between(grid, opening, told.day), schedule.balances
    last, end = max(paid, paid_at(grid, told.row, told.day)), Decimal(told.row.outstanding_principal_minor)

    def on(day: date, _: int) -> Standing:
        now = steps.count(paid, last, day)
        falls = left[paid] > left[last]
        share = (left[paid] - left[now]) / (left[paid] - left[last]) if falls else steps.share(day)
        return start + (end - start) * share, now

    return Owed(on, steps.days)
