"""Totals of the loan tape: whole minor units by segment, path and stage, from which every flow and movement is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.difference import PATHS, LoanSums
from gaapbridge.measure.ledger import sum_by_key
from gaapbridge.period_close.columns import Contracts
from gaapbridge.period_close.loans import Measurement

STAGES = (0, 1, 2, 3)
"""Stages of IFRS 9; 0 where a contract is not on book."""


@dataclass(frozen=True)
class LoanTotals:
    """int64 totals of every series; axes segment, path, stage at opening, stage at closing, series."""

    segments: tuple[str, ...]
    series: tuple[str, ...]
    amounts: NDArray[np.int64]

    def plus(self, other: LoanTotals) -> LoanTotals:
        """Both totals together; whole numbers, so the order of addition does not matter."""
        if other.series != self.series:
            raise ValueError("totals of different series cannot be added")
        return LoanTotals(self.segments, self.series, self.amounts + other.amounts)

    def sums(self) -> LoanSums:
        """The totals as the notes' journals read them: by path, series and segment."""
        by_path = self.amounts.sum(axis=(2, 3))
        totals: dict[str, Mapping[str, Mapping[str, int]]] = {}
        for number, path in enumerate(PATHS):
            totals[path] = {
                series: dict(zip(self.segments, (int(x) for x in by_path[:, number, column]), strict=True))
                for column, series in enumerate(self.series)
            }
        return LoanSums(self.segments, totals)

    def by_stage(self, series: str, paths: tuple[str, ...]) -> NDArray[np.int64]:
        """A series over some paths by stage at opening and at closing, 4 x 4, all segments."""
        numbers = [PATHS.index(path) for path in paths]
        table: NDArray[np.int64] = self.amounts[:, numbers, :, :, self.series.index(series)].sum(axis=(0, 1))
        return table


def total(contracts: Contracts, measurement: Measurement, segments: tuple[str, ...]) -> LoanTotals:
    """Totals of one chunk; a contract without a rate is counted among the ignored."""
    names = tuple(sorted(measurement.amounts))
    columns = np.stack([measurement.amounts[name] for name in names] + [np.ones(len(contracts.path), np.int64)])
    stages = len(STAGES)
    path = np.where(measurement.outcomes == 0, contracts.path, PATHS.index("ignored"))
    keys = ((contracts.segment * len(PATHS) + path) * stages + measurement.stage_opening) * stages
    keys = keys + measurement.stage_closing
    shape = (len(segments), len(PATHS), stages, stages, len(names) + 1)
    amounts = np.zeros((int(np.prod(shape[:-1])), shape[-1]), dtype=np.int64)
    if not sum_by_key(keys, columns, amounts):
        raise OverflowError("a total does not fit 64 bits of minor units")
    return LoanTotals(segments, (*names, "contracts"), amounts.reshape(shape))
