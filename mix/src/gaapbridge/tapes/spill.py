"""Rows of a tape dealt out to ranges of contract ids on disk, where they cannot be read range by range from its own file.

The rows stay as the file has them, unread but for the id, and each keeps its number; memory does not grow with the tape.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from gaapbridge.tapes.cells import convert
from gaapbridge.tapes.read import Source
from gaapbridge.tapes.survey import READ_ROWS
from gaapbridge.terms.writing import writing


def dealt(source: Source, cuts: Sequence[str], folder: Path) -> list[tuple[Path, ...]]:
    """Files of each range, in the order of the ranges, their rows in the order of the tape; rows without an id are in the
    first. ``cuts`` are the last ids of all ranges but the last."""
    piles: list[list[Path]] = [[] for _ in range(len(cuts) + 1)]
    bounds = pl.Series(list(cuts), dtype=pl.String)
    with writing(folder):
        folder.mkdir()
    for number, batch in enumerate(source.numbered(READ_ROWS)):
        ids = convert(batch["contract_id"], source.schema.column("contract_id"), source.reading)
        place = bounds.search_sorted(ids.fill_null(""), side="left")
        for (pile,), rows in batch.with_columns(place=place).partition_by("place", as_dict=True, include_key=False).items():
            file = folder / f"{number}-{pile}.arrow"
            stream = io.BytesIO()
            rows.write_ipc(stream)
            with writing(file):
                file.write_bytes(stream.getbuffer())
            piles[pile].append(file)
    return [tuple(pile) for pile in piles]
