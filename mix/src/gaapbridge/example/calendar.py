"""The lender's calendar: dates as whole days since 1970-01-01, months as whole months since January 1970.

The simulation counts in integers, so that a column of dates is a column of int32 and no step depends on a
time zone.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int32]
Months = NDArray[np.int32]

NO_DATE = np.int32(np.iinfo(np.int32).max)
"""Stands where no date is known. Later than every date: ``exit_date <= instant`` is false without a test."""

_FIRST_MONTH, _LAST_MONTH = 0, 12 * 130
_MONTH_START: Days = (
    np.arange(_FIRST_MONTH, _LAST_MONTH, dtype=np.int32).astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)
)
_MONTH_LENGTH: Days = np.diff(_MONTH_START).astype(np.int32)


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(1970, 2, 1))
    31
    """
    return (day - date(1970, 1, 1)).days


def month_of(days: Days) -> Months:
    """Month numbers of a column of day numbers.

    >>> month_of(np.array([0, 31], dtype=np.int32)).tolist()
    [0, 1]
    """
    found: Months = (np.searchsorted(_MONTH_START, days, side="right") - 1).astype(np.int32)
    return found


def on_day(months: Months, anchor_day: NDArray[np.int32]) -> Days:
    """The anchor day of each month, clamped to the month's last day.

    >>> on_day(np.array([1], dtype=np.int32), np.array([31], dtype=np.int32)).tolist()
    [58]
    """
    placed: Days = _MONTH_START[months] + np.minimum(anchor_day, _MONTH_LENGTH[months]) - np.int32(1)
    return placed


def anchor_of(days: Days) -> NDArray[np.int32]:
    """Day of the month, 1 to 31, of each day number.

    >>> anchor_of(np.array([58], dtype=np.int32)).tolist()
    [28]
    """
    anchors: NDArray[np.int32] = days - _MONTH_START[month_of(days)] + np.int32(1)
    return anchors


def months_later(days: Days, months: int | Months) -> Days:
    """The same day some calendar months later, clamped to the end of the month.

    >>> months_later(np.array([30], dtype=np.int32), 1).tolist()
    [58]
    """
    return on_day((month_of(days) + np.asarray(months, dtype=np.int32)).astype(np.int32), anchor_of(days))
