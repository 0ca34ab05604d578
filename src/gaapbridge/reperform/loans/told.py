"""What is told of a loan in default: the times in it, the rows at the opening and at the state, and what was paid between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from gaapbridge.reperform.exact import ZERO
from gaapbridge.reperform.grid import Grid, months_later
from gaapbridge.reperform.loan import MATURED, ON_BOOK, PREPAID, Loan, Paid, Payment
from gaapbridge.reperform.timeline import instalments_paid


@dataclass(frozen=True, slots=True)
class Default:
    """One time in default: its first day, its first day in the period, the day on which it ended, the instalments paid before
    the first one missed, and whether it goes on."""

    since: date
    begins: date
    until: date
    paid: int
    lasts: bool


@dataclass(frozen=True, slots=True)
class Capitalised:
    """Interest added to the principal, in minor units on days, and whether what rows state of interest received lacks it.

    >>> added = Capitalised(((date(2023, 2, 15), 300), (date(2023, 3, 15), 600)), beside_stated=False)
    >>> added.amount, added.by(date(2023, 3, 1)), added.interest(
    ...     Decimal("0.01"), Grid.of(date(2023, 1, 15), date(2023, 2, 15), 12), date(2023, 2, 15), date(2023, 4, 15))
    (900, 300, Decimal('12.00'))
    """

    rises: tuple[tuple[date, int], ...]
    beside_stated: bool

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(amount for _, amount in self.rises)

    @property
    def days(self) -> frozenset[date]:
        """The days on which some is added."""
        return frozenset(day for day, _ in self.rises)

    def by(self, day: date) -> int:
        """What is added up to and on a day."""
        return sum(amount for on, amount in self.rises if on <= day)

    def interest(self, rate: Decimal, grid: Grid, first: date, last: date) -> Decimal:
        """Contract interest on it from a day to another, on each amount from its own day on."""
        periods = (amount * (grid.periods(last) - grid.periods(max(on, first))) for on, amount in self.rises if on <= last)
        return rate * sum(periods, ZERO)


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a loan up to the day of a state: its row there, that of the opening, the payments of the period, None
    where the lender gave no such tape, what was capitalised in it, and what is off in part where no payments tell principal."""

    row: Loan
    day: date
    opening: Loan | None
    payments: Paid | None
    capitalised: Capitalised | None = None
    off: tuple[Payment, ...] = ()

    @property
    def before(self) -> Loan | None:
        """The opening row of a loan that was on book there."""
        return self.opening if self.opening is not None and self.opening.status == ON_BOOK else None

    def before_in(self, default: Default, opening: date) -> Loan | None:
        """The same of a default that was there at the opening already; None of one that began since."""
        return self.before if default.since <= opening else None

    @property
    def interest_stated(self) -> Decimal | None:
        """What interest received to date, service fees and what was capitalised in it, rose by from row to row, of a loan made
        since what its row states, in minor units; None where a row does not state it."""
        first = 0 if self.before is None else self.before.interest_received_minor
        last, capitalised = self.row.interest_received_minor, self.capitalised
        if first is None or last is None:
            return None
        return Decimal(last - first + (capitalised.amount if capitalised is not None and capitalised.beside_stated else 0))

    def risen_by(self, day: date) -> int:
        """What principal rose by without cash up to and on a day: capitalised, less what is off in part where no payments tell
        principal, in minor units."""
        return self.capitalised_by(day) - sum(one.principal_minor for one in self.off if one.paid_on <= day)

    @property
    def days_risen(self) -> frozenset[date]:
        """The days on which it did."""
        added = frozenset[date]() if self.capitalised is None else self.capitalised.days
        return added | frozenset(one.paid_on for one in self.off)

    def interest_on_risen(self, rate: Decimal, grid: Grid, first: date, last: date) -> Decimal:
        """Contract interest on it from a day to another, on each amount from its own day on."""
        fell = Capitalised(tuple((one.paid_on, -one.principal_minor) for one in self.off), beside_stated=False)
        added = ZERO if self.capitalised is None else self.capitalised.interest(rate, grid, first, last)
        return added + fell.interest(rate, grid, first, last)

    def capitalised_by(self, day: date) -> int:
        """What was capitalised up to and on a day, in minor units."""
        return 0 if self.capitalised is None else self.capitalised.by(day)

    def instalments_since(self, grid: Grid, paid: int) -> int:
        """The instalments that the row of the state has paid beyond so many."""
        return max(0, paid_at(grid, self.row, self.day) - paid)

    @property
    def last_day(self) -> date:
        """The last day whose payments the row of the state knows: its date, or the day before where the loan was repaid on it,
        as that row is of the moment before, and the last payment settles what it owes."""
        return self.day - timedelta(days=1) if self.row.status in (PREPAID, MATURED) else self.day

    def cured(self, default: Default) -> bool:
        """Whether a default ended with its cure: not in another default, nor at the state."""
        return not default.lasts and self.row.cured_date == default.until


def months_of(since: date, until: date) -> Iterator[tuple[int, date, date]]:
    """The months of a default: their number from 0, their first day, and that of the next.

    >>> [first.isoformat() for _, first, _ in months_of(date(2023, 1, 31), date(2023, 3, 5))]
    ['2023-01-31', '2023-02-28']
    """
    number = 0
    while (first := months_later(since, number)) < until:
        number += 1
        yield number - 1, first, months_later(since, number)


def paid_at(grid: Grid, row: Loan, day: date) -> int:
    """Instalments paid by a row, of one who still owes: not the last."""
    paid = instalments_paid(grid, grid.due_dates_passed(day), day, row.days_past_due)
    return min(paid, grid.instalments - 1)


def with_service_fees(payments: Paid, grid: Grid, before: Loan | None, paid: int, row: Loan, day: date) -> Paid:
    """Payments with what of their fees are service fees: those of the instalments, beyond the ones paid at the beginning, that
    fall due by 15 days after a day; of who is ahead by the row of the state all that fell due by it, and what is ahead. What
    was ahead at the beginning is paid."""
    ahead, fee = row.service_fees_ahead_minor, row.service_fee_minor
    behind = 0 if before is None else before.service_fees_ahead_minor

    def most(one: date) -> int:
        due = grid.position(day if ahead else one + SOON).k
        return fee * (due - paid) + ahead - behind

    return payments.with_service_fees(fee, most)


SOON = timedelta(days=15)
"""How long before its due date a service fee may be paid."""


@dataclass(frozen=True, slots=True)
class DaysPastTheLast:
    """The days past the last due date from a day up to another, in months, over which what is billed by day is spread.

    The last of twelve is due on 1 January 2024:

    >>> grid = Grid.of(date(2023, 1, 1), date(2023, 2, 1), 12)
    >>> [DaysPastTheLast(grid, date(2023, 11, 15), date(2024, 3, 1)).share(date(2024, month, 1)) for month in (1, 2, 3)]
    [Decimal('0'), Decimal('0.5'), Decimal('1')]
    """

    grid: Grid
    begins: date
    ends: date

    def share(self, day: date) -> Decimal:
        """The part of them that is behind on a day."""
        first = self.grid.periods_going_on(max(self.begins, self.grid.due(self.grid.instalments)))
        behind, in_all = (max(ZERO, self.grid.periods_going_on(one) - first) for one in (day, self.ends))
        return behind / in_all if in_all else ZERO


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A part of it on one day, and the rest in the end."""

    day: date
    part: Decimal

    def share(self, day: date) -> Decimal:
        """The part of it that is behind on a day before the end."""
        return self.part if day >= self.day else ZERO


@dataclass(frozen=True, slots=True)
class Beside:
    """A part of it on one day, and the rest by steps."""

    once: AtOnce
    steps: EqualSteps | DaysPastTheLast

    def share(self, day: date) -> Decimal:
        """The part of it that is behind on a day."""
        return self.once.share(day) + (1 - self.once.part) * self.steps.share(day)


@dataclass(frozen=True, slots=True)
class EqualSteps:
    """The due dates of a contract from one day up to another, over which what is told of both ends goes from the one to the
    other.

    Twelve instalments from 1 February on, from 31 March to 31 December: nine due dates, of which five are behind on 15 August.

    >>> steps = EqualSteps.between(Grid.of(date(2023, 1, 1), date(2023, 2, 1), 12), date(2023, 3, 31), date(2023, 12, 31))
    >>> [steps.count(2, last, date(2023, 8, 15)) for last in (2, 5, 11)], steps.share(date(2023, 3, 31))
    ([2, 3, 7], Decimal('0'))
    """

    grid: Grid
    known: int
    until: int

    @classmethod
    def between(cls, grid: Grid, begins: date, ends: date) -> EqualSteps:
        """The steps after a day up to another; none after the last instalment."""
        known, until = (min(grid.due_dates_passed(day), grid.instalments) for day in (begins, ends))
        return cls(grid, known, until)

    @classmethod
    def going_on(cls, grid: Grid, begins: date, ends: date, *, after_the_last: bool) -> EqualSteps:
        """The same with the due dates that go on by months past the last; where one of these is among them, those alone where
        wanted.

        The last of twelve is due on 1 January 2024, and five months go on after it by 15 June:

        >>> year = Grid.of(date(2023, 1, 1), date(2023, 2, 1), 12), date(2023, 11, 15), date(2024, 6, 15)
        >>> [EqualSteps.going_on(*year, after_the_last=alone).share(date(2024, 2, 1)) for alone in (False, True)]
        [Decimal('0.4285714285714285714285714286'), Decimal('0.2')]
        """
        known, until = grid.due_dates_passed(begins), grid.due_dates_passed(ends)
        return cls(grid, max(known, grid.instalments) if after_the_last and until > grid.instalments else known, until)

    @property
    def days(self) -> frozenset[date]:
        """The due dates."""
        return frozenset(self.grid.due(number) for number in range(self.known + 1, self.until + 1))

    def passed(self, day: date) -> int:
        """How many of them are behind on a day."""
        return max(min(self.grid.due_dates_passed(day), self.until) - self.known, 0)

    def count(self, first: int, last: int, day: date) -> int:
        """Where a count stands on a day that was one at the opening and is another at the end."""
        passed = self.passed(day)
        return first + ((last - first) * passed // (self.until - self.known) if passed else 0)

    def share(self, day: date) -> Decimal:
        """The part of them that is behind on a day."""
        passed = self.passed(day)
        return Decimal(passed) / Decimal(self.until - self.known) if passed else ZERO
