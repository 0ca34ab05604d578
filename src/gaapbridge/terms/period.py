"""Instants and periods: a balance belongs to the first, a flow to the second.

They are two types so that an opening balance cannot be passed where a year is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """The close of business of one day, at which balances are measured.

    >>> str(Instant(date(2023, 12, 31)))
    '2023-12-31'
    """

    date: date

    def __post_init__(self) -> None:
        if isinstance(self.date, datetime) or not isinstance(self.date, date):
            raise TypeError(f"an instant is a date, not {self.date!r}")

    def __str__(self) -> str:
        return self.date.isoformat()


@dataclass(frozen=True, slots=True)
class Period:
    """The span after the opening instant, up to and including the closing one.

    >>> year = Period(Instant(date(2022, 12, 31)), Instant(date(2023, 12, 31)))
    >>> year.contains(date(2022, 12, 31)), year.contains(date(2023, 12, 31))
    (False, True)
    >>> str(year)
    '2022-12-31/2023-12-31'
    """

    opening: Instant
    closing: Instant

    def __post_init__(self) -> None:
        if not self.opening < self.closing:
            raise ValueError(f"a period opens before it closes: {self.opening} to {self.closing}")

    def contains(self, day: date) -> bool:
        """Whether a flow of `day` falls into the period: after its opening, not after its closing."""
        return self.opening.date < day <= self.closing.date

    def __str__(self) -> str:
        return f"{self.opening}/{self.closing}"
