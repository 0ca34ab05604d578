"""What the first and the last rows of a file show of its layout: titles, header, totals, delimiter, encoding, sheet."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from gaapbridge.starter.guess import NONE, Guess, open_question, sure, together
from gaapbridge.tapes.encodings import in_utf_8
from gaapbridge.terms.errors import UnusableInput

Rows = list[list[str]]

SEARCHED = 30
"""Rows from the top among which the header is looked for, and rows from the end among which totals are."""

TOTALS = ("合计", "总计", "小计", "total", "totals", "grand total", "subtotal", "sub-total", "sum")
"""What stands in the place of a contract's number in a row of totals, in any case."""

_REMARK = re.compile(
    r"total|^sum\b|合\s*计|总\s*计|小\s*计|^制表|^审核|^复核|^备注|^注|^count\b|^records?\b|^end of|^printed|^report|^note",
    re.I,
)
_FEW = 4
"""A row is no contract where it fills less than one in so many of the columns."""


@dataclass(frozen=True)
class Shown:
    """What the first and last rows of a file show: its layout, where it is not that of a file of ours, and the titles above its
    header."""

    layout: Guess = NONE
    titles: tuple[str, ...] = ()


Known = Callable[[str], bool]
"""Whether a text is the name of a column."""


def shown(path: Path, known: Known) -> Shown:
    """The layout of a CSV file or a workbook. A file of another format, or one that cannot be read so, shows nothing: opening
    it says why."""
    match path.suffix.lower():
        case ".csv":
            return _of_csv(path, known)
        case ".xlsx":
            return _of_workbook(path, known)
        case _:
            return Shown()


def _of_csv(path: Path, known: Known) -> Shown:
    try:
        content = path.read_bytes()
        encoding = _encoding(content, known)
        text = b"".join(in_utf_8(io.BytesIO(content), path.name, encoding.keys.get("encoding"))).decode("utf-8")
    except (UnusableInput, OSError):
        return Shown()
    lines = text.splitlines()
    delimiter = _delimiter(lines[: SEARCHED * 2])
    head = list(csv.reader(lines[:SEARCHED], delimiter=delimiter))
    tail = list(csv.reader(lines[-SEARCHED:], delimiter=delimiter))
    while tail and not any(tail[-1]):
        tail.pop()
    found = _layout(head, tail, len(lines), known)
    apart = NONE if delimiter == "," else sure("delimiter", delimiter, "what stands between the cells of most lines")
    return Shown(together((encoding, apart, found.layout)), found.titles)


def _encoding(content: bytes, known: Known) -> Guess:
    """The encoding of a text that is not in UTF-8: the one in which names of columns beyond ASCII are known, or the only one
    that there is a reading in; where neither tells, the likelier one, and a question."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _decoded(content, "utf-8") is not None:
        return NONE
    readings = {name: text for name in ("GB18030", "cp1252") if (text := _decoded(content, name)) is not None}
    for name, text in readings.items():
        cells = (cell.strip('" ') for line in text.splitlines()[:SEARCHED] for cell in re.split("[,;\t|]", line))
        words = [cell for cell in cells if not cell.isascii() and known(cell)]
        if words:
            return sure("encoding", name, f"so a column is {words[0]}")
    if not readings:
        return NONE
    name, text = next(iter(readings.items()))
    sample = re.search(r"\w*[^\x00-\x7f]+\w*", text)
    stated = sure("encoding", name, f"so a word is {sample[0] if sample else ''}")
    if len(readings) == 1:
        return stated
    return together((stated, open_question("encoding", "bytes beyond ASCII that could be either", 'encoding = "cp1252"')))


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _delimiter(lines: Sequence[str]) -> str:
    """The character that parts most lines into a like number of cells; a comma where none does better."""
    filled = [line for line in lines if line.strip()]

    def parted(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in filled]
        most = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return (counts.count(most) if most else 0, most)

    return max((",", ";", "\t", "|"), key=parted)


def _of_workbook(path: Path, known: Known) -> Shown:
    try:
        import fastexcel
    except ImportError:
        return Shown()
    try:
        workbook = fastexcel.read_excel(path)
        sheets = {
            name: _cells(workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string"))
            for name in workbook.sheet_names
        }
    except (fastexcel.FastExcelError, OSError):
        return Shown()
    named = {name: max((sum(map(known, row)) for row in rows[:SEARCHED]), default=0) for name, rows in sheets.items()}
    best = max(named, key=lambda name: named[name])
    rows = sheets[best]
    found = _layout(rows[:SEARCHED], rows[-SEARCHED:], len(rows), known)
    if len(sheets) == 1:
        return found
    reason = f"the sheet with most known names of columns, of {', '.join(sheets)}"
    return Shown(together((sure("sheet", best, reason), found.layout)), found.titles)


def _cells(sheet: Any) -> Rows:
    """The rows of a sheet up to the last that holds anything."""
    rows = [[cell or "" for cell in row] for row in sheet.to_polars().iter_rows()]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _layout(head: Rows, tail: Rows, number: int, known: Known) -> Shown:
    """Titles above the header, which is the row with most known names, and what is no contract below the last one."""
    if not head:
        return Shown()
    place = max(range(len(head)), key=lambda place: (sum(map(known, head[place])), -place))
    found = [sure("skip_rows", place, f"the header is row {place + 1}: {_start(head[place])}")] if place else []
    width = sum(map(bool, head[place]))
    rows = tail[-min(len(tail), max(number - place - 2, 0)) :] if number > place + 2 else []
    below = len(list(takewhile(lambda row: _is_below(row, width), reversed(rows))))
    if below:
        why = f"no contracts: {' | '.join(_start(row) or 'an empty row' for row in tail[-below:])}"
        found.append(sure("total_rows", below, why))
    return Shown(together(found), tuple(cell for row in head[:place] for cell in row if cell.strip()))


def _is_below(row: Sequence[str], width: int) -> bool:
    """Whether a row at the end of a file is no contract: empty, totals, or a remark."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or filled[0].strip(":： ").casefold() in TOTALS:
        return True
    few = width >= _FEW * 2 and len(filled) * _FEW <= width
    return few or (2 * len(filled) <= width and (not row[0].strip() or bool(_REMARK.search(filled[0]))))


def _start(row: Sequence[str]) -> str:
    """The first cells of a row that are filled."""
    return ", ".join([cell.strip() for cell in row if cell.strip()][:3])
