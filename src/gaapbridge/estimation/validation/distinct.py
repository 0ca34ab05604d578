"""How many distinct contracts the curves of a bucket were fitted to: of overlapping origins and windows each counts once.

Curves that rest on D distinct defaults are known to about 1 / sqrt(D) of themselves; 25 give a fifth.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation import months as m
from gaapbridge.estimation.validation.book import IN_DEFAULT, Places, ends_of
from gaapbridge.estimation.validation.cells import DEFAULT, OUTCOMES, PREPAYMENT
from gaapbridge.estimation.validation.conditions import Conditions

Numbers = NDArray[np.float64]

NOT_YET = np.iinfo(np.int64).max
"""The month of an outcome that has not come."""


@dataclass
class Distinct:
    """By outcome, date of fitting and bucket: contracts of which an outcome came by then that had stood in the bucket within
    the window before it. A contract that defaults from probation rests there, however often it defaulted before."""

    conditions: Conditions
    known: tuple[int, ...]
    contracts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.contracts = np.zeros((len(OUTCOMES), len(self.known), len(self.conditions.buckets)), dtype=np.int64)

    def add(self, months: m.Months, standing: m.Tiny) -> None:
        """Add the contracts of a chunk."""
        self._add(DEFAULT, months, standing, _begin(months, standing))
        self._add(PREPAYMENT, months, standing, np.flatnonzero(months.event == m.PREPAID))

    def _add(self, outcome: int, months: m.Months, standing: m.Tiny, row: Places) -> None:
        contract = months.contract[row].astype(np.int64)
        first, buckets = ends_of(months)[0][contract], len(self.conditions.buckets)
        earliest = np.full(len(months.segment) * buckets, NOT_YET, dtype=np.int64)
        for back in range(1, self.conditions.window_months + 1):
            there = np.flatnonzero(row - back >= first)
            bucket = standing[row[there] - back].astype(np.int64)
            stood = there[bucket >= 0]
            np.minimum.at(earliest, contract[stood] * buckets + bucket[bucket >= 0], months.month[row[stood]])
        for at, known in enumerate(self.known):
            self.contracts[outcome, at] += (earliest.reshape(-1, buckets) <= known).sum(axis=0)

    def relative_deviation(self, outcome: int) -> Numbers:
        """By date of fitting and bucket, how far its curves may be off for want of outcomes, as a share: 1 / sqrt(D).

        Curves that rest on none at all are taken to be wrong by all of themselves.
        """
        deviation: Numbers = 1.0 / np.sqrt(np.maximum(self.contracts[outcome], 1))
        return deviation


def _begin(months: m.Months, standing: m.Tiny) -> Places:
    """Rows in which a default begins: of months observed, those in default or lost after one that was not, or after none."""
    rows = np.flatnonzero(months.observed)
    event = months.event[rows]
    lost = (event == m.CHARGED_OFF) | (event == m.LEFT_WITH_BALANCE)
    in_default = lost | ((event == m.STILL) & (standing[rows] == IN_DEFAULT))
    before = np.zeros_like(in_default)
    before[1:] = in_default[:-1] & (months.contract[rows][1:] == months.contract[rows][:-1])
    begun: Places = rows[in_default & ~before]
    return begun
