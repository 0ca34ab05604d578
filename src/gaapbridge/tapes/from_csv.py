"""CSV files as raw content: every cell as text, every row counted and its cells too.

A reader that guesses types or fills short rows would change what the lender wrote, so the cells are
taken as text and the shape of each row is counted from the bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.tapes.cells import bad_rows
from gaapbridge.tapes.encodings import in_utf_8
from gaapbridge.tapes.from_parquet import refuse_repeated
from gaapbridge.tapes.layout import PLAIN, Layout, joined
from gaapbridge.tapes.raw import Raw, whole_frame
from gaapbridge.terms import UnusableInput

_BLOCK = 1 << 22


def read_csv(path: Path, file: str, layout: Layout = PLAIN) -> Raw:
    """The CSV file at the path, quotes doubled inside quotes: where the layout states nothing else, its cells are parted by
    commas and its first row is the header."""
    content = in_utf_8(path.read_bytes(), file, layout.encoding)
    content = _below(content, layout.skip_rows)
    if not content.strip():
        raise UnusableInput(file=file, rule="the file has a header and rows", remedy="export the file again")
    delimiter = layout.delimiter or ","
    cells = _cell_counts(content, file, delimiter)
    frame = _split(content, file, delimiter)
    if frame.height != len(cells):
        raise _malformed(file, f"{len(cells)} lines, {frame.height} rows")
    header = joined([frame.row(place) for place in range(min(layout.header_rows, frame.height))])
    _refuse_separator(header, file)
    frame = frame.slice(layout.header_rows).with_columns(pl.when(pl.all() != "").then(pl.all()))
    cells = cells[layout.header_rows :]
    cells = cells[: max(_filled_rows(frame, cells) - layout.total_rows, 0)]
    frame = frame.head(len(cells))
    wrong = np.flatnonzero(cells != len(header))
    columns = _named_columns(header, frame)
    refuse_repeated(columns, file)
    frame = frame.select(frame.columns[: len(columns)])
    frame.columns = columns
    spoiled = bad_rows(
        (wrong + 1).tolist(),
        [f"{cells[index]} cells" for index in wrong],
        f"a row has {len(header)} cells, as the header",
        "quote cells that contain commas, write numbers without thousands separators",
    )
    return Raw(file, dict(frame.schema), frame.height, whole_frame(frame), spoiled)


def _filled_rows(frame: pl.DataFrame, cells: NDArray[np.int64]) -> int:
    """The number of rows up to the last that holds anything; a file may end in lines of nothing but delimiters."""
    rows = frame.height
    while rows and cells[rows - 1] <= frame.width and all(cell is None for cell in frame.row(rows - 1)):
        rows -= 1
    return rows


def _named_columns(header: list[str], frame: pl.DataFrame) -> list[str]:
    """The names of the columns but for those at the end that have neither a name nor a cell: a delimiter ends every line."""
    width = len(header)
    while width > 1 and not header[width - 1].strip() and frame[:, width - 1].null_count() == frame.height:
        width -= 1
    return header[:width]


def _below(content: bytes, rows: int) -> bytes:
    """What stands below some rows of titles, which are lines whatever they hold."""
    start = 0
    for _ in range(rows):
        start = content.find(b"\n", start) + 1
        if start == 0:
            return b""
    return content[start:]


def _split(content: bytes, file: str, delimiter: str) -> pl.DataFrame:
    try:
        return pl.read_csv(content, separator=delimiter, has_header=False, infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError as error:
        raise _malformed(file, str(error).strip().split("\n")[0]) from error


def _cell_counts(content: bytes, file: str, delimiter: str) -> NDArray[np.int64]:
    """The number of cells of each line, the header first; 0 for a line without any character.

    A delimiter or line end inside quotes is text. Quotes are inside where an odd number of them went before.
    """
    if not content.endswith(b"\n"):
        content += b"\n"
    quoted = b'"' in content
    ends: list[NDArray[np.int64]] = []
    commas: list[NDArray[np.int64]] = []
    inside = 0
    for start in range(0, len(content), _BLOCK):
        block = np.frombuffer(content, np.uint8, count=min(_BLOCK, len(content) - start), offset=start)
        is_end, is_comma = block == ord("\n"), block == ord(delimiter)
        if quoted:
            parity = (np.cumsum(block == ord('"')) + inside) & 1
            inside = int(parity[-1])
            is_end &= parity == 0
            is_comma &= parity == 0
        ends.append(np.flatnonzero(is_end) + start)
        commas.append(np.flatnonzero(is_comma) + start)
    if inside:
        raise _malformed(file, "a quote that is opened is not closed")
    end, comma = np.concatenate(ends), np.concatenate(commas)
    counts = np.diff(np.searchsorted(comma, end), prepend=0) + 1
    length = np.diff(end, prepend=-1) - 1
    before = np.frombuffer(content, np.uint8)[np.maximum(end - 1, 0)]
    blank = (length == 0) | ((length == 1) & (before == ord("\r")))
    counted: NDArray[np.int64] = np.where(blank, 0, counts)
    return counted


def _refuse_separator(header: list[str], file: str) -> None:
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise UnusableInput(
            file=file,
            row="header",
            value=header[0],
            rule="the cells of a CSV file are separated by commas",
            remedy='state the separator, as in read.delimiter = ";", or export the file with commas',
        )


def _malformed(file: str, detail: str) -> UnusableInput:
    return UnusableInput(
        file=file,
        value=detail,
        rule="quotes in a CSV file enclose whole cells and are doubled inside",
        remedy="export the file again with quoted cells",
    )
