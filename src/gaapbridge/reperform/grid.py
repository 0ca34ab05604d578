"""The monthly grid of a contract's due dates, and where an instant stands on it.

Due dates keep the day of the first payment, clamped to the month's end; the first period may be odd.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from gaapbridge.reperform.exact import EXACT, ONE, ZERO


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
    """Due dates d_1..d_n after d_0, the origination; `first_period` is the length of period 1 in months.

    >>> grid = Grid.of(date(2023, 1, 31), date(2023, 2, 28), 2)
    >>> grid.first_period, grid.due(2), grid.position(date(2023, 3, 14)).k
    (Decimal('1'), datetime.date(2023, 3, 28), 1)
    """

    origination: date
    first_payment: date
    instalments: int
    first_period: Decimal

    @classmethod
    def of(cls, origination: date, first_payment: date, instalments: int) -> Grid:
        """The grid of a contract."""
        return cls(origination, first_payment, instalments, first_period_length(origination, first_payment))

    def due(self, j: int) -> date:
        """Due date of instalment `j`; the origination for j = 0."""
        return self.origination if j == 0 else months_later(self.first_payment, j - 1)

    def length(self, j: int) -> Decimal:
        """Length of period `j` (1..n) in months."""
        return self.first_period if j == 1 else ONE

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

        >>> Grid.of(date(2023, 1, 31), date(2023, 2, 28), 2).due_dates_passed(date(2023, 5, 28))
        4
        """
        if day < self.first_payment:
            return 0
        months = 12 * (day.year - self.first_payment.year) + day.month - self.first_payment.month
        return months + 1 if self.due(months + 1) <= day else months


def months_later(day: date, months: int) -> date:
    """`day` moved by whole calendar months, clamped to the end of the month reached.

    >>> months_later(date(2024, 1, 31), 1), months_later(date(2023, 3, 31), -1)
    (datetime.date(2024, 2, 29), datetime.date(2023, 2, 28))
    """
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def whole_months(start: date, end: date) -> int:
    """The greatest m >= 0 for which `start` moved by m months (clamped) is not after `end`.

    >>> whole_months(date(2023, 1, 31), date(2023, 2, 28)), whole_months(date(2023, 1, 15), date(2023, 3, 14))
    (1, 1)
    """
    months = 12 * (end.year - start.year) + end.month - start.month
    if months_later(start, months) > end:
        months -= 1
    return max(months, 0)


def first_period_length(origination: date, first_payment: date) -> Decimal:
    """Length of the first period in months: exactly 1 if it is a calendar month, else by days.

    >>> first_period_length(date(2023, 1, 10), date(2023, 2, 25)).quantize(Decimal("0.0001"))
    Decimal('1.4839')
    """
    if months_later(origination, 1) == first_payment:
        return ONE
    month_before = months_later(first_payment, -1)
    days, usual = (first_payment - origination).days, (first_payment - month_before).days
    return EXACT.divide(Decimal(days), Decimal(usual))


def days_earlier(day: date, days: int) -> date:
    """`day` moved back by `days`.

    >>> days_earlier(date(2024, 3, 1), 1)
    datetime.date(2024, 2, 29)
    """
    return day - timedelta(days=days)
