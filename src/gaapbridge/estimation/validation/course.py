"""Outcomes by bucket and month ahead: hazards as they were expected and as they came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.validation.book import Book
from gaapbridge.estimation.validation.conditions import Conditions
from gaapbridge.estimation.validation.expected import Expectation
from gaapbridge.estimation.validation.intervals import Spread, interval_of_number
from gaapbridge.estimation.validation.observed import NEVER, Observed

EXPECTED, ALIVE, CHANCE = 0, 1, 2
CAME, ON_BOOK = 0, 1


@dataclass
class Course:
    """By bucket and month ahead: expected defaults, expected to be on book, variance by chance; and what came of the two."""

    conditions: Conditions
    expected: NDArray[np.float64] = field(init=False)
    came: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        shape = (len(self.conditions.buckets), self.conditions.window_months)
        self.expected, self.came = np.zeros((3, *shape)), np.zeros((2, *shape), dtype=np.int64)

    def add(self, book: Book, ahead: Expectation, came: Observed) -> None:
        """Add the contracts of a book."""
        window = self.conditions.window_months
        defaults, alive = (ahead.by_month(table, came.seen) for table in (ahead.recognised, ahead.alive))
        defaults, alive = defaults[:, :window], alive[:, :window]
        month = np.arange(1, window + 1)[None, :]
        gone = np.where(came.default != NEVER, came.default, np.where(came.ended != NEVER, came.ended, window + 1))
        on_book = (month <= gone[:, None]) & (month <= came.seen[:, None])
        fell = came.default[:, None] == month
        for bucket in range(len(self.conditions.buckets)):
            which = book.bucket == bucket
            self.expected[EXPECTED, bucket] += defaults[which].sum(axis=0)
            self.expected[ALIVE, bucket] += alive[which].sum(axis=0)
            self.expected[CHANCE, bucket] += (defaults[which] * (1.0 - defaults[which])).sum(axis=0)
            self.came[CAME, bucket] += fell[which].sum(axis=0)
            self.came[ON_BOOK, bucket] += on_book[which].sum(axis=0)

    def rows(self) -> list[dict[str, Any]]:
        """One row a bucket and month ahead, with the interval that chance alone leaves."""
        told = []
        for at, bucket in enumerate(self.conditions.buckets):
            for month in range(self.conditions.window_months):
                mean, alive, chance = (float(self.expected[what, at, month]) for what in (EXPECTED, ALIVE, CHANCE))
                came, on_book = (int(self.came[what, at, month]) for what in (CAME, ON_BOOK))
                if on_book == 0 and alive == 0.0:
                    continue
                interval = interval_of_number(mean, Spread(chance, 0.0, 0.0, 0.0), None, self.conditions.alpha)
                told.append(
                    {
                        "bucket": bucket, "months_ahead": month + 1, "expected": mean, "came": came, "low": interval.low,
                        "high": interval.high, "hazard": mean / alive if alive else None,
                        "hazard_came": came / on_book if on_book else None, "on_book": on_book,
                    }
                )  # fmt: skip
        return told
