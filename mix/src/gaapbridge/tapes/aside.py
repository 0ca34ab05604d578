"""Rows of a text file kept until they are read: at hand where they are few, else put aside as a Parquet file of our own, from
which they are read by ranges as from any Parquet tape.

What is put aside lies in a temporary folder for its user alone, and goes with the last that may read from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from weakref import finalize

import polars as pl
import pyarrow.parquet as pq

from gaapbridge.scratch import temporary_folder
from gaapbridge.tapes.from_parquet import ParquetRows
from gaapbridge.tapes.raw import Raw, whole_frame
from gaapbridge.terms.writing import writing

_AT_HAND_BYTES = 1 << 22
"""Bytes of text up to which the rows of a file are kept at hand: about those of one range."""


def kept(frames: Iterator[pl.DataFrame], file: str) -> Raw:
    """The rows of a file that come some at a time, at least once. Raises ``UnusableInput`` where there is no room for them."""
    few: list[pl.DataFrame] = []
    size = 0.0
    for frame in frames:
        few.append(frame)
        size += frame.estimated_size()
        if size > _AT_HAND_BYTES:
            return _aside(chain(few, frames), frame, file)
    whole = pl.concat(few)
    return Raw(file, dict(whole.schema), whole.height, whole_frame(whole))


def _aside(frames: Iterator[pl.DataFrame], like: pl.DataFrame, file: str) -> Raw:
    """The rows in a Parquet file that is there for as long as the batches of it are."""
    with ExitStack() as made:
        path = made.enter_context(temporary_folder()) / "rows.parquet"
        rows = ParquetRows(path, file, _written(frames, like, path))
        finalize(rows, made.pop_all().close)
    return Raw(file, dict(like.schema), sum(rows.groups), rows.batches, groups=rows.groups, path=path)


def _written(frames: Iterator[pl.DataFrame], like: pl.DataFrame, path: Path) -> tuple[int, ...]:
    """Write a Parquet file, each frame a row group of its own; the rows of each."""
    groups: list[int] = []
    schema = like.to_arrow().schema
    with writing(path), path.open("wb") as out, pq.ParquetWriter(out, schema, compression="zstd", write_statistics=False) as to:
        for frame in frames:
            to.write_table(frame.to_arrow(), row_group_size=max(frame.height, 1))
            groups.append(frame.height)
    return tuple(groups)
