"""Addresses of numbers: ``loan/ID``, ``guarantee/ID``, ``award/ID`` for contracts, ``bs-2023/loans_nc/ecl`` for cells.

A balance sheet is named by its day, an income statement by its period: the year alone where that is a calendar year, its half,
quarter or month where it is one of those.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

MONTHS_PER_YEAR = 12


def sheet_id(day: date) -> str:
    """The id of a balance sheet: by its year where it closes with the calendar year, else by its day.

    >>> sheet_id(date(2023, 12, 31)), sheet_id(date(2023, 6, 30))
    ('bs-2023', 'bs-2023-06-30')
    """
    return f"bs-{day.year if (day.month, day.day) == (12, 31) else day.isoformat()}"


def income_id(opening: date, closing: date) -> str:
    """The id of the income statement of a period, from the day before its first one to its last.

    A year that does not end with the calendar year is named by its last day, a period that is none of these by both days.

    >>> income_id(date(2022, 12, 31), date(2023, 12, 31)), income_id(date(2023, 6, 30), date(2023, 12, 31))
    ('is-2023', 'is-2023h2')
    >>> income_id(date(2024, 3, 31), date(2024, 6, 30)), income_id(date(2024, 1, 31), date(2024, 2, 29))
    ('is-2024q2', 'is-2024-02')
    >>> income_id(date(2023, 6, 30), date(2024, 6, 30)), income_id(date(2023, 12, 31), date(2024, 9, 30))
    ('is-2024-06-30', 'is-2024-01-01_2024-09-30')
    """
    return f"is-{_calendar_name(opening, closing) or days_name(opening, closing)}"


def days_name(opening: date, closing: date) -> str:
    """A period by its first and last day, as its folder is called.

    >>> days_name(date(2023, 12, 31), date(2024, 12, 31))
    '2024-01-01_2024-12-31'
    """
    return f"{opening + timedelta(days=1)}_{closing}"


def whole_months(opening: date, closing: date) -> int | None:
    """How many whole calendar months a period has, from one end of a month to another; None where it is cut otherwise.

    >>> whole_months(date(2023, 12, 31), date(2024, 2, 29)), whole_months(date(2023, 12, 30), date(2024, 2, 29))
    (2, None)
    """
    if not (_ends_month(opening) and _ends_month(closing)):
        return None
    return MONTHS_PER_YEAR * (closing.year - opening.year) + closing.month - opening.month


def a_year_before(day: date) -> date:
    """The same day of the year before; the end of a month stays one.

    >>> a_year_before(date(2024, 2, 29)), a_year_before(date(2025, 2, 28))
    (datetime.date(2023, 2, 28), datetime.date(2024, 2, 29))
    """
    last = monthrange(day.year - 1, day.month)[1]
    return date(day.year - 1, day.month, last if _ends_month(day) else min(day.day, last))


def _calendar_name(opening: date, closing: date) -> str | None:
    """The name of a calendar year, half, quarter or month, and of a year that ends with another month."""
    months = whole_months(opening, closing)
    if months == MONTHS_PER_YEAR:
        return str(closing.year) if closing.month == MONTHS_PER_YEAR else closing.isoformat()
    if months == 1:
        return f"{closing:%Y-%m}"
    if months in _PARTS and closing.month % months == 0:
        return f"{closing.year}{_PARTS[months]}{closing.month // months}"
    return None


_PARTS = {6: "h", 3: "q"}
"""Letters of the parts of a calendar year, by their months."""


def _ends_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]
