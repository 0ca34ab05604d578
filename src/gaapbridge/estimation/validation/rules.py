"""What came by a history in which one of its dated rules is not in force: an outcome that a rule moves is told both ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation import months as m
from gaapbridge.estimation.validation.book import book_at
from gaapbridge.estimation.validation.cells import OUTCOMES
from gaapbridge.estimation.validation.observed import NEVER, observed

CONTRACTS = len(OUTCOMES)


@dataclass
class CameWithout:
    """By opening, the outcomes that came and last the contracts on book, where the rule ``left_out`` is not in force."""

    left_out: str
    openings: tuple[int, ...]
    window_months: int
    counts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.counts = np.zeros((len(self.openings), len(OUTCOMES) + 1), dtype=np.int64)

    def add(self, months: m.Months, standing: m.Tiny) -> None:
        """Add the contracts of a chunk over which the other rules lie, with the buckets that these leave."""
        for at, opening in enumerate(self.openings):
            book = book_at(months, standing, opening)
            came = observed(months, standing, book, opening + self.window_months)
            for outcome, month in enumerate((came.default, came.prepaid)):
                self.counts[at, outcome] += int((month != NEVER).sum())
            self.counts[at, CONTRACTS] += len(book.row)

    def rows(self, openings: Sequence[int], summary: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """One row an outcome of some openings: contracts and what came under all rules, and without this one."""
        added = self.counts[[self.openings.index(one) for one in openings]].sum(axis=0).tolist()
        return [
            {
                "rule": self.left_out, "outcome": row["outcome"], "contracts": row["contracts"], "came": row["came"],
                "expected": row["expected"], "contracts_without": added[CONTRACTS],
                "came_without": added[OUTCOMES.index(row["outcome"])],
            }
            for row in summary
        ]  # fmt: skip
