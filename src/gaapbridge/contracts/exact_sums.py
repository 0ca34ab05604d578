"""Sums of whole amounts of any size, over the contracts that some columns of their table do not tell apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Whole = NDArray[np.int64]

HALF_BITS = 32
"""Bits of the lower half of an amount. The halves are added up apart, as neither sum can wrap."""

Sort = tuple[Any, ...]
"""What contracts have in common in the columns that tell them apart."""


@dataclass(frozen=True, eq=False)
class ExactSums:
    """Sums by sort of contract: ``told_apart`` are the columns that tell sorts apart, with their types, ``amounts`` those that
    are added up. ``halves`` holds of each sort 2 x A upper and lower halves, and ``contracts`` how many are of it."""

    told_apart: Mapping[str, pl.DataType]
    amounts: tuple[str, ...]
    halves: Mapping[Sort, Whole]
    contracts: Mapping[Sort, int]

    @classmethod
    def of(cls, table: pl.DataFrame, columns: Sequence[str], keys: Collection[str] = ()) -> ExactSums:
        """Those of a table of contracts by some of its columns: whole numbers of 64 bits are added up, but for the ``keys``
        among them, and all others tell apart."""
        from gaapbridge.measure.ledger import add_halves  # compiled: loaded only where contracts are measured

        types = table.schema  # made anew each time that it is asked for
        amounts = tuple(name for name in columns if types[name] == pl.Int64 and name not in keys)
        told_apart = {name: types[name] for name in columns if name not in amounts}
        sorts, places = _sorts(table, list(told_apart))
        halves = np.zeros((2, len(amounts), len(sorts)), np.int64)
        for place, name in enumerate(amounts):
            held = table[name].to_numpy().view()
            held.flags.writeable = False  # as most are: the kernel is compiled for one sort of array
            add_halves(places, held, halves[0, place], halves[1, place])
        counted = np.bincount(places, minlength=len(sorts)).tolist()
        by_sort = dict(zip(sorts, halves.transpose(2, 0, 1).copy(), strict=True))
        return cls(told_apart, amounts, by_sort, dict(zip(sorts, counted, strict=True)))

    def __add__(self, other: ExactSums) -> ExactSums:
        halves = {**self.halves, **{sort: self.halves.get(sort, 0) + added for sort, added in other.halves.items()}}
        contracts = {**self.contracts, **{sort: self.contracts.get(sort, 0) + more for sort, more in other.contracts.items()}}
        return ExactSums(self.told_apart, self.amounts, halves, contracts)

    def as_tables(self) -> Iterator[pl.DataFrame]:
        """The upper and the lower halves as tables with a row for each sort, in the columns of the table of contracts."""
        sorts = list(self.halves)
        told_apart = pl.DataFrame(sorts, schema=dict(self.told_apart), orient="row")
        for half in range(2):
            summed = np.array([self.halves[sort][half] for sort in sorts], np.int64).reshape(len(sorts), len(self.amounts))
            yield pl.DataFrame({**told_apart.to_dict(), **{name: summed[:, place] for place, name in enumerate(self.amounts)}})


def whole(upper: int, lower: int) -> int:
    """A sum from those of its halves.

    >>> whole(1, 2) - 2**32, whole(-1, 2**32 - 1)
    (2, -1)
    """
    return (upper << HALF_BITS) + lower


def _sorts(table: pl.DataFrame, told_apart: Sequence[str]) -> tuple[list[Sort], Whole]:
    """The sorts of contracts, and the place of each contract's among them."""
    places = np.zeros(table.height, np.int64)
    if not told_apart:
        return [()], places
    grouped = table.lazy().select(told_apart).with_row_index("contract").group_by(told_apart).agg("contract").collect()
    contracts, of_each = grouped["contract"].explode().to_numpy(), grouped["contract"].list.len().to_numpy()
    places[contracts] = np.repeat(np.arange(grouped.height), of_each)
    return grouped.select(told_apart).rows(), places
