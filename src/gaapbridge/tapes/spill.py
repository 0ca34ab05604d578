"""Good rows of a tape that is not in the order of its contracts, put in order with bounded memory.

Rows are dealt out to ranges of ids, each small enough to be sorted by itself; the rows of a contract stay in the order of the
file, and in one range. A tape of a few chunks is sorted in memory; a longer one is dealt out to files in a temporary folder,
which is removed at the end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

MEMORY_ROWS = 1 << 19
"""Rows that are sorted in memory; a longer tape is dealt out to ranges of half of that."""


def in_contract_order(
    parts: Iterator[pl.DataFrame], sample: Sequence[str], rows: int, memory_rows: int = MEMORY_ROWS
) -> Iterator[pl.DataFrame]:
    """The rows of ``parts`` in ascending order of contract id, by ranges of ids; ``rows`` is about how many there are."""
    if rows <= memory_rows:
        yield pl.concat(list(parts), rechunk=True).sort("contract_id", maintain_order=True)
        return
    with tempfile.TemporaryDirectory(prefix="gaapbridge-") as folder:
        piles = _dealt(parts, _cuts(sample, rows, memory_rows // 2), Path(folder))
        for pile in piles:
            if pile:
                yield pl.concat([pl.read_ipc(file) for file in pile], rechunk=True).sort("contract_id", maintain_order=True)


def _cuts(sample: Sequence[str], rows: int, rows_of_range: int) -> list[str]:
    """The last id of each range but the last, so that ranges hold about as many rows each."""
    ranges = max(rows // max(rows_of_range, 1), 1)
    places = [len(sample) * place // ranges for place in range(1, ranges)]
    return sorted({sample[place] for place in places if place < len(sample)})


def _dealt(parts: Iterator[pl.DataFrame], cuts: Sequence[str], folder: Path) -> list[list[Path]]:
    """Files of each range, in the order of the ranges; nothing stays in memory."""
    piles: list[list[Path]] = [[] for _ in range(len(cuts) + 1)]
    bounds = pl.Series(list(cuts), dtype=pl.String)
    for number, part in enumerate(parts):
        ordered = part.sort("contract_id", maintain_order=True)
        ends = [*ordered["contract_id"].search_sorted(bounds, side="right").to_list(), ordered.height]
        start = 0
        for pile, end in zip(piles, ends, strict=True):
            if end > start:
                file = folder / f"{number}-{start}.arrow"
                ordered.slice(start, end - start).write_ipc(file)
                pile.append(file)
                start = end
    return piles
