"""The content of a file before it is held against a schema: a header and batches of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

import polars as pl

from gaapbridge.tapes.cells import NO_BAD_CELLS

BATCH_ROWS = 65_536
"""Rows of a file that are read at a time."""

Batches = Callable[[Sequence[str], int | None], Iterator[pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows of totals at the end of a file, cut off by their number: the file, the rows above them, and the cells."""

    file: str
    above: int
    frame: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Raw:
    """A file that opened: the types of its columns by name, its number of rows, and a way to its rows.

    `batches(names, rows)` gives the named columns in file order in batches of about that many rows
    (None: as the file is grouped). `spoiled` reports rows and cells that have no value at all, with the
    file's own column names (`BAD_CELLS`). `groups` are the row counts of the row groups of the Parquet file at `path`, in which
    the rows lie: the file itself, or one in which they were put aside. Batches that are
    `numbered` have the number of each row in `row`; of a file in its lender's writing they have more columns than asked for.
    `left_out` counts rows of totals, which are in no batch; `cut` are those cut off at the end, `totals` by column of ours
    the sums that such rows state, and `totals_as_rows` gives them whole, under our names with their number. `others` counts
    rows of kinds that the plan leaves out, by their words. `members` are the files of which it is made, each with its rows.
    """

    file: str
    dtypes: Mapping[str, pl.DataType]
    rows: int
    batches: Batches
    spoiled: pl.DataFrame = field(default_factory=lambda: NO_BAD_CELLS)
    workbook: bool = False
    groups: tuple[int, ...] = ()
    path: Path | None = None
    numbered: bool = False
    left_out: int = 0
    cut: tuple[Cut, ...] = ()
    totals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    totals_as_rows: Callable[[], list[pl.DataFrame]] = list
    others: Mapping[str, int] = field(default_factory=dict)
    members: tuple[tuple[str, int], ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, as the file writes them."""
        return tuple(self.dtypes)

    def head(self, rows: int) -> Raw:
        """The first rows of it."""
        if rows >= self.rows:
            return self

        def batches(names: Sequence[str], size: int | None) -> Iterator[pl.DataFrame]:
            left = rows
            for batch in self.batches(names, size):
                if not left:
                    return
                yield batch.head(left)
                left = max(left - batch.height, 0)

        starts = accumulate(self.groups, initial=0)
        groups = tuple(min(group, rows - start) for group, start in zip(self.groups, starts, strict=False) if start < rows)
        return replace(self, rows=rows, batches=batches, groups=groups)


def whole_frame(frame: pl.DataFrame) -> Batches:
    """Batches of a frame that is in memory already."""

    def batches(names: Sequence[str], rows: int | None) -> Iterator[pl.DataFrame]:
        yield from frame[list(names)].iter_slices(rows or max(frame.height, 1))

    return batches
