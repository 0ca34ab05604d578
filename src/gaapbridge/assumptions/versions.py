"""Which version of a table is in force on a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date


def in_force(versions: Sequence[date], day: date) -> int:
    """The place of the version in force on a day, among versions in ascending order; the first where none is yet, which at
    an instant cannot be.

    >>> versions = (date(2020, 1, 1), date(2022, 1, 1))
    >>> in_force(versions, date(2019, 12, 31)), in_force(versions, date(2021, 12, 31)), in_force(versions, date(2022, 1, 1))
    (0, 0, 1)
    """
    return max(bisect_right(versions, day) - 1, 0)
