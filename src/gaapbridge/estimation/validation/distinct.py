"""How many distinct contracts the curves of a bucket were fitted to: of overlapping origins and windows each counts once.

Curves that rest on D distinct defaults are known to about 1 / sqrt(D) of themselves; 25 give a fifth.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation import months as m
from gaapbridge.estimation.validation.book import IN_DEFAULT, ends_of
from gaapbridge.estimation.validation.cells import DEFAULT, OUTCOMES, PREPAYMENT
from gaapbridge.estimation.validation.conditions import Conditions

Numbers = NDArray[np.float64]


@dataclass
class Distinct:
    """By outcome, date of fitting and bucket: contracts whose outcome came by then and that stood in the bucket within the
    window before it."""

    conditions: Conditions
    known: tuple[int, ...]
    contracts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.contracts = np.zeros((len(OUTCOMES), len(self.known), len(self.conditions.buckets)), dtype=np.int64)

    def add(self, months: m.Months, standing: m.Tiny) -> None:
        """Add the contracts of a chunk."""
        lost = (months.event == m.CHARGED_OFF) | (months.event == m.LEFT_WITH_BALANCE)
        in_default = months.observed & (lost | ((months.event == m.STILL) & (standing == IN_DEFAULT)))
        self._add(DEFAULT, months, standing, in_default)
        self._add(PREPAYMENT, months, standing, months.event == m.PREPAID)

    def _add(self, outcome: int, months: m.Months, standing: m.Tiny, came: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(came)
        contract, place = np.unique(months.contract[rows], return_index=True)
        row, first = rows[place], ends_of(months)[0][contract]
        buckets = len(self.conditions.buckets)
        stood = np.zeros((len(row), buckets), dtype=np.bool_)
        for back in range(1, self.conditions.window_months + 1):
            there = np.flatnonzero(row - back >= first)
            bucket = standing[row[there] - back].astype(np.int64)
            stood[there[bucket >= 0], bucket[bucket >= 0]] = True
        for at, known in enumerate(self.known):
            self.contracts[outcome, at] += stood[months.month[row] <= known].sum(axis=0)

    def relative_deviation(self, outcome: int) -> Numbers:
        """By date of fitting and bucket, how far its curves may be off for want of outcomes, as a share: 1 / sqrt(D).

        Curves that rest on none at all are taken to be wrong by all of themselves.
        """
        deviation: Numbers = 1.0 / np.sqrt(np.maximum(self.contracts[outcome], 1))
        return deviation
