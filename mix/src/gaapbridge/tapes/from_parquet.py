"""Parquet files as raw content, streamed by row group with bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from gaapbridge.tapes.raw import Raw
from gaapbridge.terms import UnusableInput

_OF_POLARS = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What Polars raises at a damaged file; some damage it notices only by a panic."""

_LARGEST_SLICED = 8
"""Row groups of more than that many batches are streamed: to slice them would read their beginning again each time."""


def read_parquet(path: Path, file: str) -> Raw:
    """The Parquet file at the path; a truncated or foreign file is `UnusableInput`."""
    try:
        with pq.ParquetFile(path) as parquet:
            metadata = parquet.metadata
            groups = tuple(metadata.row_group(index).num_rows for index in range(metadata.num_row_groups))
            names = list(parquet.schema_arrow.names)
        refuse_repeated(names, file)
        dtypes = dict(pl.scan_parquet(path, glob=False).collect_schema())
    except (pa.ArrowException, OSError, UnicodeDecodeError, *_OF_POLARS) as error:
        raise _unreadable(file, error) from error

    return Raw(file, dtypes, sum(groups), ParquetRows(path, file, groups).batches, groups=groups, path=path)


@dataclass(frozen=True)
class ParquetRows:
    """The rows of the Parquet file at a path, by the row counts of its row groups; ``file`` is what rejects call it."""

    path: Path
    file: str
    groups: tuple[int, ...]

    def batches(self, names: Sequence[str], rows: int | None) -> Iterator[pl.DataFrame]:
        """The named columns in file order, in batches of about so many rows."""
        if rows is None or max(self.groups, default=0) <= _LARGEST_SLICED * rows:
            for start, length in spans(self.groups, rows):
                yield read_rows(self.path, self.file, names, start, length)
            return
        try:
            scan = pl.scan_parquet(self.path, glob=False).select(names)
            yield from scan.collect_batches(chunk_size=rows, maintain_order=True)
        except (OSError, UnicodeDecodeError, *_OF_POLARS) as error:
            raise _unreadable(self.file, error) from error


def spans(groups: Sequence[int], rows: int | None) -> Iterator[tuple[int, int]]:
    """First row and length of each batch: as many whole row groups as fit into ``rows``; larger groups in slices of it.

    Slices of whole groups cost as little as a stream of them and hold a third less memory.

    >>> list(spans([2, 2, 3, 9], 5)), list(spans([2, 2], None))
    ([(0, 4), (4, 3), (7, 5), (12, 4)], [(0, 4)])
    """
    if rows is None:
        yield 0, sum(groups)
        return
    start = length = 0
    for group in groups:
        if length and length + group > rows:
            yield start, length
            start, length = start + length, 0
        length += group
        while length > rows:
            yield start, rows
            start, length = start + rows, length - rows
    if length:
        yield start, length


def read_rows(path: Path, file: str, names: Sequence[str], first: int, length: int) -> pl.DataFrame:
    """Rows of the file at the path, one after the other from the `first`, counted from 0."""
    try:
        return pl.scan_parquet(path, glob=False).select(names).slice(first, length).collect()
    except (OSError, UnicodeDecodeError, *_OF_POLARS) as error:
        raise _unreadable(file, error) from error


def rows_between(raw: Raw, first: int, end: int) -> pl.DataFrame:
    """Rows of a file that is open, from the `first`, counted from 0."""
    if raw.path is not None:
        return read_rows(raw.path, raw.file, list(raw.header), first, end - first)
    return pl.concat(list(raw.batches(raw.header, None))).slice(first, end - first)


def refuse_repeated(names: Sequence[str], file: str) -> None:
    """`UnusableInput` where a header names two columns alike or leaves one without a name."""
    for position, name in enumerate(names, start=1):
        if not name or not name.strip():
            raise UnusableInput(
                file=file,
                row="header",
                column=f"column {position}",
                rule="every column has a name",
                remedy="name the column in the first row, or delete it",
            )
        if name in names[: position - 1]:
            raise UnusableInput(
                file=file,
                row="header",
                column=name,
                value=f"columns {names.index(name) + 1} and {position}",
                rule="a column name stands once in the header",
                remedy="rename or delete one of the two columns",
            )


def _unreadable(file: str, error: Exception) -> UnusableInput:
    return UnusableInput(
        file=file,
        value=str(error).strip().split("\n")[0],
        rule="the file is a whole Parquet file",
        remedy="write the file again; it may have been cut off while it was copied",
    )
