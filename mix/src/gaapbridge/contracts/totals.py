"""Totals of one kind of contract: whole minor units by segment, path and stage, from which every flow is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.rows import Rows
from gaapbridge.difference import PATHS, Sums
from gaapbridge.terms.errors import TooLarge
from gaapbridge.terms.money import LARGEST_TOTAL

LARGEST_AMOUNT = 2**56
"""The largest measured amount of one contract, eight times the largest on a tape: a hundred of them add up in 64 bits."""

STAGES = (0, 1, 2, 3)
"""Stages of IFRS 9; 0 where a contract is not on book."""


@dataclass(frozen=True)
class Totals:
    """int64 totals of every series; axes segment, path, stage at opening, stage at closing, series.

    Each is at most ``LARGEST_TOTAL``: whatever is added up of them is added in whole numbers of any size.
    """

    segments: tuple[str, ...]
    series: tuple[str, ...]
    amounts: NDArray[np.int64]

    def plus(self, other: Totals) -> Totals:
        """Both totals together; whole numbers, so the order of addition does not matter. Raises ``TooLarge``."""
        if other.series != self.series:
            raise ValueError("totals of different series cannot be added")
        together = self.amounts + other.amounts
        beyond = np.flatnonzero((np.abs(together) > LARGEST_TOTAL).any(axis=(0, 1, 2, 3)))
        if beyond.size:
            raise TooLarge(_total_of(self.series[beyond[0]]))
        return Totals(self.segments, self.series, together)

    def sums(self) -> Sums:
        """The totals as the notes' journals read them: by path, series and segment. Raises ``TooLarge``."""
        by_path = self.amounts.sum(axis=(2, 3), dtype=object)
        beyond = np.flatnonzero((np.abs(by_path) > LARGEST_TOTAL).any(axis=(0, 1)))
        if beyond.size:
            raise TooLarge(_total_of(self.series[beyond[0]]))
        totals: dict[str, Mapping[str, Mapping[str, int]]] = {}
        for path, of_path in zip(PATHS, by_path.transpose(1, 2, 0).tolist(), strict=True):
            by_series = zip(self.series, of_path, strict=True)
            totals[path] = {series: dict(zip(self.segments, sums, strict=True)) for series, sums in by_series}
        return Sums(self.segments, totals)

    def by_stage(self, series: str, paths: tuple[str, ...]) -> NDArray[np.object_]:
        """A series over some paths by stage at opening and at closing, 4 x 4 whole numbers, all segments."""
        numbers = [PATHS.index(path) for path in paths]
        table: NDArray[np.object_] = self.amounts[:, numbers, :, :, self.series.index(series)].sum(axis=(0, 1), dtype=object)
        return table


@dataclass(frozen=True)
class Standing:
    """Where N contracts belong: numbers of segment and path, and stages at both instants (0 where there is none)."""

    segment: NDArray[np.int64]
    path: NDArray[np.int64]
    stage_opening: NDArray[np.int64]
    stage_closing: NDArray[np.int64]


def total(standing: Standing, rows: Rows, segments: tuple[str, ...]) -> Totals:
    """Totals of one chunk of N contracts: every series added by segment, path and stages; ``contracts`` counts them.

    Raises ``TooLarge`` at an amount or a total that is beyond what is taken for one.
    """
    from gaapbridge.measure.ledger import sum_by_key  # compiled: loaded only where contracts are measured

    stages = len(STAGES)
    keys = ((standing.segment * len(PATHS) + standing.path) * stages + standing.stage_opening) * stages
    keys = keys + standing.stage_closing
    shape = (len(segments), len(PATHS), stages, stages, len(rows.series))
    added = np.zeros((int(np.prod(shape[:-1])), shape[-1]), dtype=np.int64)
    if not sum_by_key(keys, rows.amounts, added, LARGEST_AMOUNT, LARGEST_TOTAL):
        raise _too_large(rows)
    counted = np.bincount(keys, minlength=len(added))[:, None]
    together = np.concatenate([added, counted], axis=1).reshape(*shape[:-1], -1)
    return Totals(segments, (*rows.series, "contracts"), together)


def refuse_sums(added: pl.DataFrame, columns: Sequence[str], source: str, called: str) -> None:
    """Raise ``TooLarge`` where columns of contracts, each the sum of rows of a tape, are beyond what one contract has."""
    beyond = added.filter(pl.any_horizontal(pl.col(*columns) > LARGEST_AMOUNT))
    if beyond.height:
        rule = f"the {called} of a contract add up to at most 2^56 minor units"
        raise TooLarge(rule, source, min(beyond["contract_id"]))


def _too_large(rows: Rows) -> TooLarge:
    """What is beyond: an amount of a contract, or else the series whose amounts come to most."""
    of_one = np.flatnonzero(((rows.amounts > LARGEST_AMOUNT) | (rows.amounts < -LARGEST_AMOUNT)).any(axis=1))
    if of_one.size:
        return TooLarge(f"{rows.series[of_one[0]]} of a contract is at most 2^56 minor units")
    return TooLarge(_total_of(rows.series[int(np.abs(rows.amounts.astype(np.float64)).sum(axis=1).argmax())]))


def _total_of(series: str) -> str:
    return f"{series} of all contracts of a segment and path adds up to less than 10^18 minor units"
