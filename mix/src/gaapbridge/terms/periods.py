"""Periods as they are written: `2023-01-01/2023-12-31`, or a calendar year."""

from __future__ import annotations

from datetime import date

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""No contract, award, curve or period of a lender has a day before or after: a year beyond is a slip, or stands for no day."""


def first_and_last_day(period: str | None) -> tuple[date, date] | None:
    """The days that a period names; a year alone is its calendar year; None where they cannot be told.

    >>> first_and_last_day("2023")
    (datetime.date(2023, 1, 1), datetime.date(2023, 12, 31))
    """
    if not period:
        return None
    start, _, end = period.partition("/")
    try:
        if not end:
            return date(int(start), 1, 1), date(int(start), 12, 31)
        return date.fromisoformat(start), date.fromisoformat(end)
    except (ValueError, OverflowError):
        return None
