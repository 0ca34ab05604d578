"""What the rows of a loan tell of the interest received in the period, with its service fees, and what came of it by schedule.

By how much the one leads beside the other to what the last row owes tells how a lender bills.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.exact import ONE, ZERO
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.interest import accrued_interest
from gaapbridge.reperform.loan import MATURED, PREPAID
from gaapbridge.reperform.loans.owed import Owed
from gaapbridge.reperform.loans.told import Default, Told, paid_at
from gaapbridge.reperform.schedule import Schedule


def interest_at_state(told: Told, schedule: Schedule, grid: Grid) -> Decimal:
    """The interest owed by the row of the state: billed and unpaid, and that of the running period."""
    return accrued_interest(told.row, schedule, grid.position(told.day))


def paid_last_beyond(told: Told, owed: Owed, schedule: Schedule, grid: Grid, *, with_fees: bool) -> Decimal:
    """What payments have of interest, and of service fees if billed, on the day on which a loan was repaid and later, less
    what its row owes, which the last payment settles; nil of one that was not repaid."""
    if told.row.status not in (PREPAID, MATURED):
        return ZERO
    before, payments = told.last_day, owed.payments
    last = payments.interest(before, date.max) + (payments.service_fees(before, date.max) if with_fees else 0)
    return last - interest_at_state(told, schedule, grid)


@dataclass(frozen=True, slots=True)
class Received:
    """Interest received by rows, in minor units: what they state, None where they do not; how many instalments they have paid,
    and what these carry with the rise of service fees paid ahead, X; all that came by schedule with what was owed at first, Y;
    and what the last row owes, which the last payment settles where the loan `is_repaid`.

    Twelve instalments of 100 came, eleven of them paid by the row of the moment before the last payment, which states that
    payment too, or does not:

    >>> from dataclasses import replace
    >>> rows = Received(Decimal(1_100), 11, Decimal(1_100), Decimal(1_200), Decimal(100), True)
    >>> rows.before_the_last, replace(rows, stated=Decimal(1_200)).before_the_last
    (Decimal('1100'), Decimal('1100'))
    """

    stated: Decimal | None
    instalments: int
    of_instalments: Decimal
    came: Decimal
    settled: Decimal
    is_repaid: bool

    @property
    def before_the_last(self) -> Decimal:
        """What was received before the payment that settled a loan repaid; where nothing states it, that of instalments paid.

        The row of a loan repaid is of the moment before, but may state interest with its last payment: so where that is nearer,
        by a minor unit, to the instalments it has paid or to all that came.
        """
        if self.stated is None:
            return self.of_instalments
        if not self.is_repaid:
            return self.stated
        holds = min(abs(self.stated - self.of_instalments - self.settled), abs(self.stated - self.came))
        lacks = min(abs(self.stated - self.of_instalments), abs(self.stated + self.settled - self.came))
        return self.stated - self.settled if holds <= lacks - ONE else self.stated

    def missing(self, beyond: Decimal) -> Decimal:
        """How far what was received and is owed in the end is from what came, where so much came beyond the schedule."""
        return abs(self.before_the_last + self.settled - self.came - beyond)


def received_by_rows(told: Told, owed: Owed, schedule: Schedule, grid: Grid, opening: date) -> Received | None:
    """The same of a loan on book at the opening, or made since; None of another, of which nothing is known before."""
    before, row, position = told.before, told.row, grid.position(told.day)
    if before is None and row.origination_date <= opening:
        return None
    fee, last = row.service_fee_minor, paid_at(grid, row, told.day)
    fallen, paid, came = 0, 0, ZERO
    if before is not None:
        at = grid.position(opening)
        fallen, paid, came = at.k, paid_at(grid, before, opening), Decimal(before.billed_unpaid)
    came += owed.scheduled_interest(schedule, grid, fallen, position.k) + fee * (position.k - fallen)
    added = told.risen_by(told.day)
    came += (row.outstanding_principal_minor - added) * schedule.rate * position.period_length * position.f
    came += told.interest_on_risen(schedule.rate, grid, date.min, told.day)  # from its day on, beside the schedule
    settled, is_repaid, stated = interest_at_state(told, schedule, grid), row.status in (MATURED, PREPAID), told.interest_stated
    if stated is None and position.k == grid.instalments and row.days_past_due == row.billed_unpaid == 0:
        last = grid.instalments  # nothing is left to be paid
    last = max(paid, last)
    ahead = row.service_fees_ahead_minor - (0 if before is None else before.service_fees_ahead_minor)
    of_instalments = owed.scheduled_interest(schedule, grid, paid, last) + fee * (last - paid) + ahead
    return Received(stated, last - paid, of_instalments, came, settled, is_repaid)


def received_in(told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid, opening: date) -> Decimal | None:
    """What rows state as interest received, before the last payment, of a default that was there at the opening and lasts; None
    of another, and where a row does not state it."""
    if not default.lasts or told.before_in(default, opening) is None:
        return None
    rows = received_by_rows(told, owed, schedule, grid, opening)
    return None if rows is None or rows.stated is None else rows.before_the_last
