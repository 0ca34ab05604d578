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
from gaapbridge.tapes.from_parquet import refuse_repeated
from gaapbridge.tapes.raw import Raw, whole_frame
from gaapbridge.terms import UnusableInput

_BLOCK = 1 << 22
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_csv(path: Path, file: str) -> Raw:
    """The CSV file at the path: UTF-8, comma, the first row the header, quotes doubled inside quotes."""
    content = path.read_bytes().removeprefix(_BYTE_ORDER_MARK)
    _refuse_encoding(content, file)
    if not content.strip():
        raise UnusableInput(file=file, rule="the file has a header and rows", remedy="export the file again")
    cells = _cell_counts(content, file)
    frame = _split(content, file)
    if frame.height != len(cells):
        raise _malformed(file, f"{len(cells)} lines, {frame.height} rows")
    header = [name or "" for name in frame.row(0)]
    _refuse_separator(header, file)
    refuse_repeated(header, file)
    while len(cells) > 1 and cells[-1] == 0:
        cells = cells[:-1]
    frame = frame.slice(1, len(cells) - 1)
    frame.columns = header
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    wrong = np.flatnonzero(cells[1:] != len(header))
    spoiled = bad_rows(
        (wrong + 1).tolist(),
        [f"{cells[index + 1]} cells" for index in wrong],
        f"a row has {len(header)} cells, as the header",
        "quote cells that contain commas, write numbers without thousands separators",
    )
    return Raw(file, dict(frame.schema), frame.height, whole_frame(frame), spoiled)


def _split(content: bytes, file: str) -> pl.DataFrame:
    try:
        return pl.read_csv(content, has_header=False, infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError as error:
        raise _malformed(file, str(error).strip().split("\n")[0]) from error


def _cell_counts(content: bytes, file: str) -> NDArray[np.int64]:
    """The number of cells of each line, the header first; 0 for a line without any character.

    A comma or line end inside quotes is text. Quotes are inside where an odd number of them went before.
    """
    if not content.endswith(b"\n"):
        content += b"\n"
    quoted = b'"' in content
    ends: list[NDArray[np.int64]] = []
    commas: list[NDArray[np.int64]] = []
    inside = 0
    for start in range(0, len(content), _BLOCK):
        block = np.frombuffer(content, np.uint8, count=min(_BLOCK, len(content) - start), offset=start)
        is_end, is_comma = block == ord("\n"), block == ord(",")
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


def _refuse_encoding(content: bytes, file: str) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start)
        raise UnusableInput(
            file=file,
            row="header" if line == 0 else str(line),
            value=f"byte 0x{content[error.start]:02x}",
            rule="a CSV file is encoded in UTF-8",
            remedy="save the file as CSV UTF-8",
        ) from error


def _refuse_separator(header: list[str], file: str) -> None:
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise UnusableInput(
            file=file,
            row="header",
            value=header[0],
            rule="the cells of a CSV file are separated by commas",
            remedy="export the file with commas between the cells and points in decimals",
        )


def _malformed(file: str, detail: str) -> UnusableInput:
    return UnusableInput(
        file=file,
        value=detail,
        rule="quotes in a CSV file enclose whole cells and are doubled inside",
        remedy="export the file again with quoted cells",
    )
