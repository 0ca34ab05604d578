"""What comes to be owed of interest by a borrower in default, in the ways in which lenders bill it.

By day: the contract rate on the principal of each day. By schedule: on each due date what the schedule has for the instalment,
paid or not, and between two of them what runs on the principal of the day. With either, service fees may be billed on the due
dates, or stand apart until they are paid. The contract's own rows tell which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from gaapbridge.reperform.exact import ZERO
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.loans.owed import Owed, principal_after
from gaapbridge.reperform.loans.told import Default, Told
from gaapbridge.reperform.schedule import Schedule


@dataclass(frozen=True, slots=True)
class ByDay:
    """Interest on the principal of each day: i x the sum of P x periods, in minor units.

    A bullet of 300 at 1 % a month of which 100 are repaid with the second instalment, the last of three due on 15 April:

    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> repaid, grid = date(2023, 3, 15), Grid.of(date(2023, 1, 15), date(2023, 2, 15), 3)
    >>> owed = Owed(lambda day: Standing(Decimal(300 if day < repaid else 200), 0), frozenset({repaid}))
    >>> ByDay(owed, grid, Decimal("0.01")).between(date(2023, 1, 15), date(2023, 9, 1))
    Decimal('8.00')
    """

    owed: Owed
    grid: Grid
    rate: Decimal

    @property
    def name(self) -> str:
        """The way, for reading."""
        return "by day"

    def between(self, begins: date, ends: date) -> Decimal:
        """What comes from one day to another."""
        cuts = (day for day in self.owed.days if begins < day < ends)
        parts = pairwise(sorted({begins, ends, *cuts}))
        return sum((self.on(self.owed.on(start).principal, start, end) for start, end in parts), ZERO)

    def on(self, principal: Decimal, begins: date, ends: date) -> Decimal:
        """The same on one principal."""
        return self.rate * principal * (self.grid.periods(ends) - self.grid.periods(begins))

    def missed(self, day: date) -> Decimal:
        """What the instalments missed carry on a day: interest on its principal since the last one paid."""
        principal, paid = self.owed.on(day)
        return self.on(principal, self.grid.due(paid), day)


@dataclass(frozen=True, slots=True)
class BySchedule:
    """Interest of the schedule on each due date, and what runs on the principal of the day, in minor units.

    `ending` has the principal up to a day on which a time in default, or the account, ends.

    Of 300 in three equal parts at 1 % a month nothing is paid: 3 come with the first instalment and 2 with the second, though
    300 are owed; on 31 March 16 of 31 days of the third have run, on 300.

    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> parts = Schedule(Decimal("0.01"), tuple(map(Decimal, (300, 200, 100, 0))), (), None)
    >>> grid = Grid.of(date(2023, 1, 15), date(2023, 2, 15), 3)
    >>> billed = BySchedule(Owed(lambda _: Standing(Decimal(300), 0), frozenset()), grid, parts, {})
    >>> begins, days = date(2023, 1, 15), (date(2023, 2, 15), date(2023, 3, 15), date(2023, 3, 31), date(2023, 9, 1))
    >>> [round(billed.between(begins, day), 2) for day in days], billed.missed(date(2023, 3, 15))
    ([Decimal('3.00'), Decimal('5.00'), Decimal('6.55'), Decimal('6.00')], Decimal('5.00'))
    """

    owed: Owed
    grid: Grid
    schedule: Schedule
    ending: Mapping[date, Decimal]

    @property
    def name(self) -> str:
        """The way, for reading."""
        return "by schedule"

    def between(self, begins: date, ends: date) -> Decimal:
        """What comes from one day to another."""
        first, last = self.grid.position(begins).k, self.grid.position(ends).k
        principal = self.ending.get(ends, self.owed.on(ends).principal)
        fallen = self.owed.scheduled_interest(self.schedule, self.grid, first, last)
        return fallen + self._running(principal, ends) - self._running(self.owed.on(begins).principal, begins)

    def missed(self, day: date) -> Decimal:
        """What the instalments missed carry on a day: interest of the schedule of those that fell due, and that which runs."""
        principal, paid = self.owed.on(day)
        fallen = self.owed.scheduled_interest(self.schedule, self.grid, paid, self.grid.position(day).k)
        return fallen + self._running(principal, day)

    def _running(self, principal: Decimal, day: date) -> Decimal:
        position = self.grid.position(day)
        return principal * self.schedule.rate * position.period_length * position.f


@dataclass(frozen=True, slots=True)
class Billed:
    """One way in which a lender bills: interest by day or by schedule, and with each instalment that falls due a service fee of
    so many minor units, nil where service fees stand apart.

    Without interest, 5 a month is billed on 15 February and March. By 20 March, two instalments due and none paid, 10 has come.

    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> grid = Grid.of(date(2023, 1, 15), date(2023, 2, 15), 3)
    >>> by_day = ByDay(Owed(lambda _: Standing(Decimal(300), 0), frozenset()), grid, ZERO)
    >>> billed = Billed(by_day, 5)
    >>> billed.name, int(billed.between(date(2023, 2, 15), date(2023, 3, 20))), int(billed.missed(date(2023, 3, 20)))
    ('by day with service fees', 5, 10)
    """

    interest: ByDay | BySchedule
    service_fee_minor: int = 0

    @property
    def name(self) -> str:
        """The way, for reading."""
        return f"{self.interest.name} with service fees" if self.service_fee_minor else self.interest.name

    @property
    def grid(self) -> Grid:
        """The due dates."""
        return self.interest.grid

    @property
    def owed(self) -> Owed:
        """The principal owed, and the payments."""
        return self.interest.owed

    def between(self, begins: date, ends: date) -> Decimal:
        """What comes from one day to another."""
        fallen_due = self.grid.position(ends).k - self.grid.position(begins).k
        return self.interest.between(begins, ends) + self.service_fee_minor * fallen_due

    def missed(self, day: date) -> Decimal:
        """What the instalments missed carry on a day."""
        unpaid = self.grid.position(day).k - self.owed.on(day).paid
        return self.interest.missed(day) + self.service_fee_minor * unpaid


def ways_of_billing(told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid) -> tuple[Billed, ...]:
    """The ways of one time in default, which ends with the principal that is left after it, at the state with that of its row:
    both with service fees apart, then both with them billed, where the loan has any."""
    after = principal_after(told, default, owed, schedule, grid)
    ending = {told.day: Decimal(told.row.outstanding_principal_minor), default.until: after}
    both, fee = (ByDay(owed, grid, schedule.rate), BySchedule(owed, grid, schedule, ending)), told.row.service_fee_minor
    return tuple(Billed(one, billed) for billed in ((0, fee) if fee else (0,)) for one in both)
