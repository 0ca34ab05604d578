"""CSV files as the tables of a query: read as a tape is, by what the plan states of them, and handed on as texts.

A database that reads them itself guesses what parts their cells, which lines are remarks and where the header is; lines of
theirs go without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from gaapbridge.tapes.from_csv import read_csv
from gaapbridge.tapes.from_parquet import refuse_repeated
from gaapbridge.tapes.layout import Layout
from gaapbridge.tapes.raw import BATCH_ROWS
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.writing import writing


def as_texts(path: Path, file: str, layout: Layout, copy: Path) -> None:
    """Write the CSV file at a path as Parquet, every cell a text and every row in its place. Raises ``UnusableInput``, also
    where a row has not as many cells as the header: no reject could name it once a query has read it."""
    raw = read_csv(path, file, layout)
    if not raw.spoiled.is_empty():
        first = raw.spoiled.row(0, named=True)
        raise UnusableInput(file=file, row=str(first["row"]), value=first["value"], rule=first["rule"], remedy=first["remedy"])
    refuse_alike(raw.header, file)
    schema = pa.schema([pa.field(name, pa.large_string()) for name in raw.header])
    with writing(copy), pq.ParquetWriter(copy, schema, compression="zstd") as out:
        for frame in raw.batches(raw.header, BATCH_ROWS):
            out.write_table(frame.select(pl.all().cast(pl.String)).to_arrow().cast(schema))


def refuse_alike(names: Sequence[str], file: str) -> None:
    """``UnusableInput`` where two columns of a table have one name to a query, which knows no case."""
    refuse_repeated(names, file)
    seen: dict[str, str] = {}
    for name in names:
        if (other := seen.setdefault(name.casefold(), name)) != name:
            rule = "the columns of a table differ by more than case: a query knows none"
            remedy = "rename one of the two, or name the file as a tape"
            raise UnusableInput(file=file, row="header", column=name, value=other, rule=rule, remedy=remedy)
