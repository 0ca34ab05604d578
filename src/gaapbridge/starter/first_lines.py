"""The first and the last rows of a file as texts, and what they show of its layout: titles, header, totals, delimiter, sheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    """What the first and last rows of a file show: the keys of its layout that differ from those of a file of ours, each with a
    reason, and the titles above its header."""

    layout: Mapping[str, Any] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()


def shown(path: Path, known: Callable[[str], bool]) -> Shown:
    """The layout of a CSV file or a workbook; ``known`` tells whether a text is the name of a column. A file of another format,
    or one that cannot be read so, shows nothing: opening it says why."""
    match path.suffix.lower():
        case ".csv":
            return _of_csv(path, known)
        case ".xlsx":
            return _of_workbook(path, known)
        case _:
            return Shown()


def _of_csv(path: Path, known: Callable[[str], bool]) -> Shown:
    try:
        content, encoding = in_utf_8(path.read_bytes(), path.name, None)
    except (UnusableInput, OSError):
        return Shown()
    lines = content.decode("utf-8").splitlines()
    delimiter = _delimiter(lines[: SEARCHED * 2])
    head = list(csv.reader(lines[:SEARCHED], delimiter=delimiter))
    tail = list(csv.reader(lines[-SEARCHED:], delimiter=delimiter))
    while tail and not any(tail[-1]):
        tail.pop()
    found = _layout(head, tail, len(lines), known)
    layout, reasons = dict(found.layout), dict(found.reasons)
    if delimiter != ",":
        layout["delimiter"], reasons["delimiter"] = delimiter, "what stands between the cells of most lines"
    if encoding not in ("UTF-8", "UTF-8-SIG"):
        layout["encoding"], reasons["encoding"] = encoding, "what its bytes are"
    return Shown(layout, reasons, found.titles)


def _delimiter(lines: Sequence[str]) -> str:
    """The character that parts most lines into a like number of cells; a comma where none does better."""
    filled = [line for line in lines if line.strip()]

    def parted(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in filled]
        most = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return (counts.count(most) if most else 0, most)

    return max((",", ";", "\t", "|"), key=parted)


def _of_workbook(path: Path, known: Callable[[str], bool]) -> Shown:
    try:
        import fastexcel

        workbook = fastexcel.read_excel(path)
        sheets = {name: _cells(workbook.load_sheet(name, header_row=None, dtypes="string")) for name in workbook.sheet_names}
    except (ImportError, OSError, ValueError):
        return Shown()
    except fastexcel.FastExcelError:
        return Shown()
    if not sheets:
        return Shown()
    named = {name: max((sum(map(known, row)) for row in rows[:SEARCHED]), default=0) for name, rows in sheets.items()}
    best = max(named, key=lambda name: named[name])
    rows = sheets[best]
    found = _layout(rows[:SEARCHED], rows[-SEARCHED:], len(rows), known)
    if len(sheets) == 1:
        return found
    reason = f"the sheet with most known names of columns, of {', '.join(sheets)}"
    return Shown({"sheet": best, **found.layout}, {"sheet": reason, **found.reasons}, found.titles)


def _cells(sheet: Any) -> Rows:
    """The rows of a sheet up to the last that holds anything."""
    rows = [[cell or "" for cell in row] for row in sheet.to_polars().iter_rows()]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _layout(head: Rows, tail: Rows, number: int, known: Callable[[str], bool]) -> Shown:
    """Titles above the header, which is the row with most known names, and what is no contract below the last one."""
    if not head:
        return Shown()
    place = max(range(len(head)), key=lambda place: (sum(map(known, head[place])), -place))
    layout: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    if place:
        layout["skip_rows"], reasons["skip_rows"] = place, f"the header is row {place + 1}: {_start(head[place])}"
    width = sum(map(bool, head[place]))
    below = 0
    for row in reversed(tail[-max(number - place - 2, 0) :] if number - place > 2 else []):
        if not _is_below(row, width):
            break
        below += 1
    if below:
        layout["total_rows"] = below
        reasons["total_rows"] = f"no contracts: {' | '.join(_start(row) or 'an empty row' for row in tail[-below:])}"
    return Shown(layout, reasons, tuple(cell for row in head[:place] for cell in row if cell.strip()))


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
