"""Totals of one kind of contract: whole minor units by segment, path and stage, from which every flow is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.contracts.rows import Rows
from gaapbridge.difference import PATHS, Sums

STAGES = (0, 1, 2, 3)
"""Stages of IFRS 9; 0 where a contract is not on book."""


@dataclass(frozen=True)
class Totals:
    """int64 totals of every series; axes segment, path, stage at opening, stage at closing, series."""

    segments: tuple[str, ...]
    series: tuple[str, ...]
    amounts: NDArray[np.int64]

    def plus(self, other: Totals) -> Totals:
        """Both totals together; whole numbers, so the order of addition does not matter."""
        if other.series != self.series:
            raise ValueError("totals of different series cannot be added")
        return Totals(self.segments, self.series, self.amounts + other.amounts)

    def sums(self) -> Sums:
        """The totals as the notes' journals read them: by path, series and segment."""
        by_path = self.amounts.sum(axis=(2, 3))
        totals: dict[str, Mapping[str, Mapping[str, int]]] = {}
        for number, path in enumerate(PATHS):
            totals[path] = {
                series: dict(zip(self.segments, (int(x) for x in by_path[:, number, column]), strict=True))
                for column, series in enumerate(self.series)
            }
        return Sums(self.segments, totals)

    def by_stage(self, series: str, paths: tuple[str, ...]) -> NDArray[np.int64]:
        """A series over some paths by stage at opening and at closing, 4 x 4, all segments."""
        numbers = [PATHS.index(path) for path in paths]
        table: NDArray[np.int64] = self.amounts[:, numbers, :, :, self.series.index(series)].sum(axis=(0, 1))
        return table


@dataclass(frozen=True)
class Standing:
    """Where N contracts belong: numbers of segment and path, and stages at both instants (0 where there is none)."""

    segment: NDArray[np.int64]
    path: NDArray[np.int64]
    stage_opening: NDArray[np.int64]
    stage_closing: NDArray[np.int64]


def total(standing: Standing, rows: Rows, segments: tuple[str, ...]) -> Totals:
    """Totals of one chunk of N contracts: every series added by segment, path and stages; ``contracts`` counts them."""
    from gaapbridge.measure.ledger import sum_by_key  # compiled: loaded only where contracts are measured

    stages = len(STAGES)
    keys = ((standing.segment * len(PATHS) + standing.path) * stages + standing.stage_opening) * stages
    keys = keys + standing.stage_closing
    shape = (len(segments), len(PATHS), stages, stages, len(rows.series))
    added = np.zeros((int(np.prod(shape[:-1])), shape[-1]), dtype=np.int64)
    if not sum_by_key(keys, rows.amounts, added):
        raise OverflowError("a total does not fit 64 bits of minor units")
    counted = np.bincount(keys, minlength=len(added))[:, None]
    together = np.concatenate([added, counted], axis=1).reshape(*shape[:-1], -1)
    return Totals(segments, (*rows.series, "contracts"), together)
