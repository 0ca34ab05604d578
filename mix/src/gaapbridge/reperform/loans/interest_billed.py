"""What comes to be owed of interest by a borrower in default, in the ways in which lenders bill it.

By day: the contract rate on the principal of each day. By schedule: on each due date what the schedule has for the instalment,
paid or not, and between two of them what runs on the principal of the day. With either, nothing may be billed past the last due
date, or interest of each day, or of each month on its due date; and service fees may be billed on the due dates, or up to the
default alone, or stand apart until they are paid. The contract's own rows tell which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from gaapbridge.reperform.exact import ZERO
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.loans.owed import Owed, principal_after
from gaapbridge.reperform.loans.told import Default, Told
from gaapbridge.reperform.schedule import Schedule

BilledOn = Literal["nothing", "by day", "by due dates"]
"""What is billed past the last due date."""


def periods_billed(grid: Grid, day: date, billed_on: BilledOn) -> Decimal:
    """The periods of which interest is billed by a day: W.

    >>> grid, ways = Grid.of(date(2023, 1, 15), date(2023, 2, 15), 3), ("nothing", "by day", "by due dates")
    >>> [periods_billed(grid, date(2023, 5, 30), way) for way in ways]
    [Decimal('3'), Decimal('4.483870967741935483870967742'), Decimal('4')]
    """
    if billed_on == "by day":
        return grid.periods_going_on(day)
    beyond = max(0, grid.due_dates_passed(day) - grid.instalments) if billed_on == "by due dates" else 0
    return grid.periods(day) + beyond


@dataclass(frozen=True, slots=True)
class ByDay:
    """Interest on the principal of each day: i x the sum of P x periods, in minor units.

    A bullet of 300 at 1 % a month of which 100 are repaid with the second instalment, the last of three due on 15 April:

    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> repaid, grid = date(2023, 3, 15), Grid.of(date(2023, 1, 15), date(2023, 2, 15), 3)
    >>> owed = Owed(lambda day: Standing(Decimal(300 if day < repaid else 200), 0), frozenset({repaid}))
    >>> ways = (ByDay(owed, grid, Decimal("0.01"), way) for way in ("nothing", "by due dates"))
    >>> [way.between(date(2023, 1, 15), date(2023, 9, 1)) for way in ways]
    [Decimal('8.00'), Decimal('16.00')]
    """

    owed: Owed
    grid: Grid
    rate: Decimal
    billed_on: BilledOn = "nothing"

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
        first, last = (periods_billed(self.grid, day, self.billed_on) for day in (begins, ends))
        return self.rate * principal * (last - first)

    def missed(self, day: date, paid: int) -> Decimal:
        """What the instalments missed carry on a day: interest on its principal since the last of those paid."""
        return self.on(self.owed.on(day).principal, self.grid.due(paid), day)


@dataclass(frozen=True, slots=True)
class BySchedule:
    """Interest of the schedule on each due date, and what runs on the principal of the day, in minor units.

    `ending` has the principal up to a day on which a time in default, or the account, ends. What principal rose by without
    cash, as `told`, bears interest from its day on, beside the schedule.

    Of 300 in three equal parts at 1 % a month nothing is paid: 3 come with the first instalment and 2 with the second, though
    300 are owed; on 31 March 16 of 31 days of the third have run, on 300.

    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> parts = Schedule(Decimal("0.01"), tuple(map(Decimal, (300, 200, 100, 0))), (), None)
    >>> grid = Grid.of(date(2023, 1, 15), date(2023, 2, 15), 3)
    >>> owed = Owed(lambda _: Standing(Decimal(300), 0), frozenset())
    >>> billed, on = (BySchedule(owed, grid, parts, {}, way) for way in ("nothing", "by due dates"))
    >>> begins, days = date(2023, 1, 15), (date(2023, 2, 15), date(2023, 3, 15), date(2023, 3, 31), date(2023, 9, 1))
    >>> [round(billed.between(begins, day), 2) for day in days], billed.missed(date(2023, 3, 15), 0)
    ([Decimal('3.00'), Decimal('5.00'), Decimal('6.55'), Decimal('6.00')], Decimal('5.00'))
    >>> on.between(begins, days[-1])
    Decimal('18.00')
    """

    owed: Owed
    grid: Grid
    schedule: Schedule
    ending: Mapping[date, Decimal]
    billed_on: BilledOn = "nothing"
    told: Told | None = None

    @property
    def name(self) -> str:
        """The way, for reading."""
        return "by schedule"

    def between(self, begins: date, ends: date) -> Decimal:
        """What comes from one day to another."""
        first, last = self.grid.position(begins).k, self.grid.position(ends).k
        principals = self.owed.on(begins).principal, self.ending.get(ends, self.owed.on(ends).principal)
        fallen = self.owed.scheduled_interest(self.schedule, self.grid, first, last)
        before, after = (self._beside(principal, day) for principal, day in zip(principals, (begins, ends), strict=True))
        return fallen + after - before + self._past_the_last(begins, ends)

    def missed(self, day: date, paid: int) -> Decimal:
        """What the instalments missed after those paid carry on a day: interest of the schedule of those that fell due, that
        which runs, and what is billed past the last."""
        principal = self.owed.on(day).principal
        fallen = self.owed.scheduled_interest(self.schedule, self.grid, paid, self.grid.position(day).k)
        beyond = periods_billed(self.grid, day, self.billed_on) - self.grid.periods(day)
        return fallen + self._running(principal, day) + self.schedule.rate * principal * beyond

    def _past_the_last(self, begins: date, ends: date) -> Decimal:
        """What is billed on past the last due date, on the principal of each day: i x the sum of P x periods beyond."""
        on, up_to = (ByDay(self.owed, self.grid, self.schedule.rate, way) for way in (self.billed_on, "nothing"))
        return on.between(begins, ends) - up_to.between(begins, ends)

    def _beside(self, principal: Decimal, day: date) -> Decimal:
        """What runs on the principal but what was capitalised, and what has come on that since its day."""
        if self.told is None:
            return self._running(principal, day)
        on_it = self.told.interest_on_risen(self.schedule.rate, self.grid, date.min, day)
        return self._running(principal - self.told.risen_by(day), day) + on_it

    def _running(self, principal: Decimal, day: date) -> Decimal:
        position = self.grid.position(day)
        return principal * self.schedule.rate * position.period_length * position.f


@dataclass(frozen=True, slots=True)
class Billed:
    """One way in which a lender bills: interest by day or by schedule, and with each instalment that falls due a service fee of
    so many minor units, nil where service fees stand apart; of those after `fees_until` none is billed. `fees_paid_minor` are
    all that were paid since origination by one who is ahead with them, None of another.

    Without interest, 5 a month is billed on 15 February and March. By 20 March, two instalments due and none paid, 10 has come.

    >>> from dataclasses import replace
    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> grid = Grid.of(date(2023, 1, 15), date(2023, 2, 15), 3)
    >>> by_day = ByDay(Owed(lambda _: Standing(Decimal(300), 0), frozenset()), grid, ZERO)
    >>> billed = Billed(by_day, 5)
    >>> billed.name, int(billed.between(date(2023, 2, 15), date(2023, 3, 20))), int(billed.missed(date(2023, 3, 20), 0))
    ('by day with service fees', 5, 10)
    >>> stopped = replace(billed, fees_until=date(2023, 2, 15))
    >>> int(stopped.between(date(2023, 2, 15), date(2023, 3, 20))), int(stopped.missed(date(2023, 3, 20), 0))
    (0, 5)
    """

    interest: ByDay | BySchedule
    service_fee_minor: int = 0
    fees_until: date | None = None
    fees_paid_minor: int | None = None

    @property
    def name(self) -> str:
        """The way, for reading."""
        fees = " with service fees" if self.service_fee_minor else ""
        until = "" if self.fees_until is None else f" to {self.fees_until}"
        on = "" if self.billed_on == "nothing" else f", {self.billed_on} past the last due date"
        return f"{self.interest.name}{fees}{until}{on}"

    @property
    def billed_on(self) -> BilledOn:
        """What is billed past the last due date."""
        return self.interest.billed_on

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
        fallen_due = self._with_fees(ends) - self._with_fees(begins)
        return self.interest.between(begins, ends) + self.service_fee_minor * fallen_due

    def missed(self, day: date, paid: int) -> Decimal:
        """What the instalments missed after those paid carry on a day."""
        if self.fees_paid_minor is not None:
            return self.interest.missed(day, paid) + self.service_fee_minor * self._with_fees(day) - self.fees_paid_minor
        unpaid = max(0, self._with_fees(day) - paid)
        return self.interest.missed(day, paid) + self.service_fee_minor * unpaid

    def _with_fees(self, day: date) -> int:
        """The instalments that fell due by a day with a service fee."""
        return self.grid.position(day if self.fees_until is None else min(day, self.fees_until)).k


def billed_by_schedule(told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid) -> Billed:
    """By schedule with service fees billed, and nothing past the last due date."""
    return Billed(BySchedule(owed, grid, schedule, _ending(told, default, owed, schedule, grid)), told.row.service_fee_minor)


def ways_of_billing(
    told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid, billed_on: BilledOn, opening: date
) -> tuple[tuple[Billed, Billed], ...]:
    """The ways of one time in default, by day and by schedule: with service fees apart, then, where the loan has any, with them
    billed, and billed up to the default alone. It ends with the principal that is left after it, at the state with that of its
    row."""
    ending, fee = _ending(told, default, owed, schedule, grid), told.row.service_fee_minor
    by_day = ByDay(owed, grid, schedule.rate, billed_on)
    by_schedule = BySchedule(owed, grid, schedule, ending, billed_on, told)
    ahead, begins_with_row = told.row.service_fees_ahead_minor, told.before_in(default, opening) is not None
    if ahead and default.lasts and not begins_with_row and not owed.tells_interest:  # he has paid all that fell due
        paid = ahead + fee * grid.position(told.day).k
        every: tuple[tuple[int, date | None, int | None], ...] = ((0, None, None), (fee, None, paid))
    else:
        every = ((0, None, None), (fee, None, None), (fee, default.since, None)) if fee else ((0, None, None),)
    return tuple((Billed(by_day, *billed), Billed(by_schedule, *billed)) for billed in every)


def _ending(told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid) -> dict[date, Decimal]:
    after = principal_after(told, default, owed, schedule, grid)
    return {told.day: Decimal(told.row.outstanding_principal_minor), default.until: after}
