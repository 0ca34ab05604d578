"""The monthly grid of a contract's due dates, and where an instant stands on it.

Due dates have one day of the month, clamped to the month's end; the first period may be odd.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from gaapbridge.reperform.exact import EXACT, ONE, ZERO

DAYS_A_PERIOD = Decimal("30.4375")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a date stands: `k` whole instalments behind it, a stub `f` of the period then running.

    `period_length` is the length of that running period in months (1, or the odd first period's). Past the last
    instalment no period runs; due dates are still counted: `passed` of them behind, `stub` of the next period elapsed.
    """

    k: int
    f: Decimal
    period_length: Decimal
    passed: int
    stub: Decimal


@dataclass(frozen=True, slots=True)
class Grid:
    """Due dates d_1..d_n after d_0, the origination; `first_period` is the length of period 1 in months, `due_day` the day of
    every month on which an instalment falls due.

    >>> grid = Grid.of(date(2023, 1, 31), date(2023, 2, 28), 2)
    >>> grid.first_period, grid.due(2), grid.position(date(2023, 3, 14)).k
    (Decimal('1'), datetime.date(2023, 3, 31), 1)
    """

    origination: date
    first_payment: date
    instalments: int
    due_day: int
    first_period: Decimal

    @classmethod
    def of(cls, origination: date, first_payment: date, instalments: int, maturity: date | None = None) -> Grid:
        """The grid of a contract, whose maturity may be stated."""
        day = due_day(origination, first_payment, instalments, maturity)
        return cls(origination, first_payment, instalments, day, first_period_length(origination, first_payment, day))

    def due(self, j: int) -> date:
        """Due date of instalment `j`; the origination for j = 0."""
        return self.origination if j == 0 else months_later(self.first_payment, j - 1, self.due_day)

    def length(self, j: int) -> Decimal:
        """Length of period `j` (1..n) in months."""
        return self.first_period if j == 1 else ONE

    def periods(self, day: date) -> Decimal:
        """Periods from the origination to a day, or to the last due date where that is earlier: L.

        >>> grid = Grid.of(date(2023, 1, 31), date(2023, 2, 28), 2)
        >>> [grid.periods(date(2023, month, day)) for month, day in ((1, 31), (2, 28), (3, 31), (9, 1))]
        [Decimal('0'), Decimal('1'), Decimal('2'), Decimal('2')]
        """
        position = self.position(day)
        whole = sum((self.length(number) for number in range(1, position.k + 1)), ZERO)
        return whole + position.period_length * position.f

    def periods_going_on(self, day: date) -> Decimal:
        """The same, going on by months past the last due date: M.

        >>> grid = Grid.of(date(2023, 1, 31), date(2023, 2, 28), 2)
        >>> [grid.periods_going_on(date(2023, month, day)) for month, day in ((3, 31), (4, 15), (5, 31))]
        [Decimal('2'), Decimal('2.5'), Decimal('4')]
        """
        position = self.position(day)
        beyond = position.passed + position.stub - self.instalments if position.passed >= self.instalments else ZERO
        return self.periods(day) + beyond

    def position(self, day: date) -> Position:
        """Instalments due on or before `day`, and the elapsed share of the running period in days."""
        passed = self.due_dates_passed(day)
        start, end = self.due(passed), self.due(passed + 1)
        elapsed = max((day - start).days, 0)
        stub = EXACT.divide(Decimal(elapsed), Decimal((end - start).days))
        if passed >= self.instalments:
            return Position(self.instalments, ZERO, ONE, passed, stub)
        return Position(passed, stub, self.length(passed + 1), passed, stub)

    def due_dates_passed(self, day: date) -> int:
        """Due dates on or before `day`, those after the last instalment among them.

        >>> Grid.of(date(2023, 1, 31), date(2023, 2, 28), 2).due_dates_passed(date(2023, 5, 30))
        3
        """
        if day < self.first_payment:
            return 0
        months = 12 * (day.year - self.first_payment.year) + day.month - self.first_payment.month
        return months + 1 if self.due(months + 1) <= day else months


def months_later(day: date, months: int, on: int | None = None) -> date:
    """`day` moved by whole calendar months, to its own or another day `on`, clamped to the end of the month reached.

    >>> months_later(date(2024, 1, 31), 1), months_later(date(2023, 3, 31), -1), months_later(date(2023, 2, 28), 2, 31)
    (datetime.date(2024, 2, 29), datetime.date(2023, 2, 28), datetime.date(2023, 4, 30))
    """
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(on or day.day, calendar.monthrange(year, month + 1)[1]))


def due_day(origination: date, first_payment: date, instalments: int, maturity: date | None) -> int:
    """The day of the month on which instalments fall due: of a first due date at its month's end perhaps a later one.

    Which one is told by the maturity, if it lies in the month of the last instalment; by the origination where the maturity is
    at a month's end itself, or tells nothing.

    >>> [due_day(date(2023, 1, day), date(2023, 2, 28), 12, date(2024, 1, end)) for day, end in ((31, 31), (31, 28), (28, 31))]
    [31, 28, 31]
    """
    first = first_payment.day
    if not _ends_a_month(first_payment):
        return first
    last_month = months_later(first_payment.replace(day=1), instalments - 1)
    told = maturity is not None and maturity.replace(day=1) == last_month and maturity.day >= first
    if maturity is not None and told and not _ends_a_month(maturity):
        return maturity.day
    at_least = maturity.day if maturity is not None and told else first
    if origination.day >= at_least:
        return origination.day
    return 31 if at_least > first else first


def _ends_a_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def whole_months(start: date, end: date) -> int:
    """The greatest m >= 0 for which `start` moved by m months (clamped) is not after `end`.

    >>> whole_months(date(2023, 1, 31), date(2023, 2, 28)), whole_months(date(2023, 1, 15), date(2023, 3, 14))
    (1, 1)
    """
    months = 12 * (end.year - start.year) + end.month - start.month
    if months_later(start, months) > end:
        months -= 1
    return max(months, 0)


def first_period_length(origination: date, first_payment: date, on: int) -> Decimal:
    """Length of the first period in months: exactly 1 if it is a calendar month, else by days; due dates are on a day `on`.

    >>> first_period_length(date(2023, 1, 10), date(2023, 2, 25), 25).quantize(Decimal("0.0001"))
    Decimal('1.4839')
    """
    if months_later(origination, 1) == first_payment:
        return ONE
    month_before = months_later(first_payment, -1, on)
    days, usual = (first_payment - origination).days, (first_payment - month_before).days
    return EXACT.divide(Decimal(days), Decimal(usual))


def days_earlier(day: date, days: int) -> date:
    """`day` moved back by `days`.

    >>> days_earlier(date(2024, 3, 1), 1)
    datetime.date(2024, 2, 29)
    """
    return day - timedelta(days=days)
