"""CSV files as raw content: every cell as text, every row counted and its cells too.

A reader that guesses types or fills short rows would change what the lender wrote, so the cells are
taken as text and the shape of each row is counted from the bytes. The file is passed through once, in blocks
of whole rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.tapes.aside import kept
from gaapbridge.tapes.cells import bad_rows
from gaapbridge.tapes.csv_rows import CsvRows, malformed, whole_rows
from gaapbridge.tapes.encodings import in_utf_8
from gaapbridge.tapes.from_parquet import refuse_repeated, rows_between
from gaapbridge.tapes.layout import PLAIN, Layout, joined, refuse_content_as_header
from gaapbridge.tapes.raw import Cut, Raw
from gaapbridge.terms import UnusableInput


def read_csv(path: Path, file: str, layout: Layout = PLAIN) -> Raw:
    """The CSV file at the path, quotes doubled inside quotes: where the layout states nothing else, its cells are parted by
    commas and its first row is the header."""
    delimiter = layout.delimiter or ","
    with path.open("rb") as stream:
        text = _below(in_utf_8(stream, file, layout.encoding), layout.skip_rows, file)
        parts = _split(whole_rows(text, file, delimiter), file, delimiter)
        tiers, parts = _above(parts, layout.header_rows)
        header = joined(tiers)
        _refuse_header(header, file)
        refuse_content_as_header(header, file, layout)
        shape = _Shape(header)
        refuse_repeated(header[: shape.named], file)
        content = kept(shape.seen(parts), file)
    rows = max(shape.filled - layout.total_rows, 0)
    refuse_repeated(header[: shape.width(rows)], file)
    cut = (Cut(file, rows, rows_between(content, rows, shape.filled)),) if rows < shape.filled else ()
    return replace(content.head(rows), spoiled=shape.spoiled(rows), cut=cut)


@dataclass(frozen=True)
class _Part:
    """Some rows of the file, one after the other, and the number of cells that each has; ``enclosed`` is whether two quotes
    stand together somewhere, as around a cell with nothing in it."""

    frame: pl.DataFrame
    cells: NDArray[np.int64]
    enclosed: bool

    def below(self, rows: int) -> _Part:
        return replace(self, frame=self.frame.slice(rows), cells=self.cells[rows:])

    @property
    def filled(self) -> int:
        """The number of rows up to the last that holds anything; a file may end in lines of nothing but delimiters."""
        rows, frame = self.frame.height, self.frame
        while rows and self.cells[rows - 1] <= frame.width and all(cell is None for cell in frame.row(rows - 1)):
            rows -= 1
        return rows


@dataclass
class _Shape:
    """What the rows that went by show of the shape of the file: ``filled``, the number of them up to the last that holds
    anything; rows with more or fewer cells than the header; in columns at the end without a name the first row with a cell."""

    header: list[str]
    rows: int = 0
    filled: int = 0
    wrong: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=list)
    first_cells: dict[int, int] = field(default_factory=dict)

    @property
    def named(self) -> int:
        """The number of columns up to the last that has a name, at least one."""
        return max((place for place, name in enumerate(self.header, start=1) if name.strip()), default=1)

    def seen(self, parts: Iterable[_Part]) -> Iterator[pl.DataFrame]:
        """The rows under the names of their columns, those without at the end left out, once they were looked at."""
        for part in parts:
            if part.enclosed:
                part = replace(part, frame=part.frame.with_columns(pl.when(pl.all() != "").then(pl.all())))
            self._look(part)
            named = part.frame[:, : self.named]
            named.columns = self.header[: self.named]
            yield named

    def _look(self, part: _Part) -> None:
        self.filled = self.rows + part.filled if part.filled else self.filled
        wrong = np.flatnonzero(part.cells != len(self.header))
        self.wrong.append((wrong + self.rows, part.cells[wrong]))
        for place in range(self.named, len(self.header)):
            given = part.frame[:, place].is_not_null()
            if place not in self.first_cells and given.any():
                self.first_cells[place] = self.rows + int(given.arg_max() or 0)
        self.rows += part.frame.height

    def width(self, rows: int) -> int:
        """The number of columns but for those at the end that have neither a name nor a cell in the first of the rows: a
        delimiter ends every line."""
        return max((place + 1 for place, first in self.first_cells.items() if first < rows), default=self.named)

    def spoiled(self, rows: int) -> pl.DataFrame:
        """The report of those of the first rows that have not as many cells as the header."""
        places, cells = (np.concatenate(found) for found in zip(*self.wrong, strict=True))
        return bad_rows(
            (places[places < rows] + 1).tolist(),
            [f"{number} cells" for number in cells[places < rows]],
            f"a row has {len(self.header)} cells, as the header",
            "quote cells that contain commas, write numbers without thousands separators",
        )


def _below(blocks: Iterator[bytes], rows: int, file: str) -> Iterator[bytes]:
    """What stands below some rows of titles, which are lines whatever they hold."""
    text = b""
    for block in blocks:
        text += block
        while rows and b"\n" in text:
            text = text.partition(b"\n")[2]
            rows -= 1
        if not rows and text.strip():
            yield text
            yield from blocks
            return
    raise UnusableInput(file=file, rule="the file has a header and rows", remedy="export the file again")


def _split(every: Iterable[CsvRows], file: str, delimiter: str) -> Iterator[_Part]:
    """The cells of rows as text. The first row is read before all others again: how wide it is decides how they are read."""
    first, lines, height = b"", 0, 0
    for rows in every:
        frame = _cells(first + rows.text, file, delimiter).slice(1 if first else 0)
        lines, height = lines + len(rows.cells), height + frame.height
        if height != lines:
            raise malformed(file, f"{lines} lines, {height} rows")
        first = first or rows.text[: int(rows.ends[0]) + 1]
        yield _Part(frame, rows.cells, b'""' in rows.text)


def _cells(text: bytes, file: str, delimiter: str) -> pl.DataFrame:
    try:
        return pl.read_csv(text, separator=delimiter, has_header=False, infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError as error:
        raise malformed(file, str(error).strip().split("\n")[0]) from error


def _above(parts: Iterator[_Part], rows: int) -> tuple[list[tuple[Any, ...]], Iterator[_Part]]:
    """The first rows of the file, those of its header, and what is below them."""
    tiers: list[tuple[Any, ...]] = []
    for part in parts:
        more = min(rows - len(tiers), part.frame.height)
        tiers += [part.frame.row(place) for place in range(more)]
        if len(tiers) == rows:
            return tiers, chain([part.below(more)], parts)
    return tiers, iter([part.below(part.frame.height)])


def _refuse_header(header: list[str], file: str) -> None:
    for name in header:
        if "\r" in name:
            raise UnusableInput(
                file=file,
                row="header",
                value=name,
                rule="the lines of a CSV file end in a line feed, alone or after a carriage return; none is in a name",
                remedy="save the file as CSV UTF-8; the kind for old Macintoshes ends lines otherwise",
            )
        if "\0" in name:
            raise UnusableInput(
                file=file,
                row="header",
                value=name,
                rule="the name of a column has no NUL character, as a text in UTF-16 has that is read as UTF-8",
                remedy="save the file as CSV UTF-8",
            )
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise UnusableInput(
            file=file,
            row="header",
            value=header[0],
            rule="the cells of a CSV file are separated by commas",
            remedy='state the separator, as in read.delimiter = ";", or export the file with commas',
        )
