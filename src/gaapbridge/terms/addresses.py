"""Addresses of numbers: ``loan/ID``, ``guarantee/ID``, ``award/ID`` for contracts, ``bs-2023/loans_nc/ecl`` for cells."""

from __future__ import annotations

from datetime import date


def period_name(day: date) -> str:
    """How a period is named in addresses: its year where it closes with the calendar year, else its date.

    >>> period_name(date(2023, 12, 31)), period_name(date(2023, 6, 30))
    ('2023', '2023-06-30')
    """
    return str(day.year) if (day.month, day.day) == (12, 31) else day.isoformat()
