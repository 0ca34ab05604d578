"""What the first and the last rows of a file show of its layout: titles, header, totals, delimiter, encoding, sheet."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Any, BinaryIO

from gaapbridge.starter.guess import NONE, Guess, open_question, sure, together
from gaapbridge.starter.seen_days import is_day
from gaapbridge.tapes.csv_rows import LONGEST_ROW
from gaapbridge.tapes.encodings import LEGACY, beyond_ascii, in_utf_8, texts
from gaapbridge.tapes.layout import joined
from gaapbridge.tapes.total_words import SAYS_TOTAL, TOTALS
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.workbook.package import opened

Rows = list[list[str]]

SEARCHED = 30
"""Rows from the top among which the header is looked for, and rows from the end among which totals are."""

_REMARK = re.compile(
    rf"{SAYS_TOTAL}|^制表|^审核|^复核|^备注|^注|^count\b|^records?\b|^end of|^printed|^report|^note",
    re.I,
)
_CODE = re.compile(r"[A-Za-z]{0,4}[0-9][0-9A-Za-z._-]+")
"""What a code of a contract or an account looks like: no blank, and more than a count of rows has."""

_TIERS = 3
"""Rows that a header may have."""

_HEAD = 2 * SEARCHED
"""Lines from the top by which the delimiter is told."""

_FEW = 4
"""A row is no contract where it fills less than one in so many of the columns."""


Known = Callable[[str], bool]
"""Whether a text is the name of a column."""


@dataclass(frozen=True)
class Shown:
    """What the first and last rows of a file show: its layout, where it is not that of a file of ours, the titles above its
    header, the remarks below its rows, and the last row of a header that has several."""

    layout: Guess = NONE
    titles: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    lowest: tuple[str, ...] = ()

    def called(self, header: Sequence[str], known: Known) -> dict[str, str]:
        """What the columns of a header of several rows are called by its last row alone, where that is a name of one column and
        the joined name is not known."""
        once = [name for name in self.lowest if self.lowest.count(name) == 1]
        return {name: own for name in header if not known(name) for own in once if name.endswith(f" {own}")}


def first_look(path: Path, known: Known) -> Shown:
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
        with path.open("rb") as stream:
            encoding = _encoding(stream, known)
            blocks = in_utf_8(stream, path.name, encoding.keys.get("encoding"))
            head, tail, number = _ends(block.decode() for block in blocks)
    except (UnusableInput, OSError):
        return Shown()
    delimiter = _delimiter(head, known)
    first, last = (list(csv.reader(lines, delimiter=delimiter)) for lines in (head[:SEARCHED], tail))
    while last and not any(last[-1]):
        last.pop()
    found = _layout(first, last, number, known)
    apart = NONE if delimiter == "," else sure("delimiter", delimiter, "what stands between the cells of most lines")
    return replace(found, layout=together((encoding, apart, found.layout)))


def _ends(blocks: Iterable[str]) -> tuple[list[str], list[str], int]:
    """The first and the last lines of a text that comes in blocks, and the number of all; of one whose lines do not end, what
    came until a row cannot be as long."""
    head: list[str] = []
    tail: deque[str] = deque(maxlen=SEARCHED)
    number, begun = 0, ""
    one_end = io.IncrementalNewlineDecoder(None, translate=True)
    for text in blocks:
        *lines, begun = (begun + one_end.decode(text)).split("\n")
        head += lines[: _HEAD - len(head)]
        tail.extend(lines[-SEARCHED:])
        number += len(lines)
        if len(begun) > LONGEST_ROW:
            break
    if begun:
        head += [begun][: _HEAD - len(head)]
        tail.append(begun)
    return head, list(tail), number + bool(begun)


def _encoding(stream: BinaryIO, known: Known) -> Guess:
    """The encoding of a text that is not in UTF-8: the one in which names of columns beyond ASCII are known, or the only one
    that there is a reading in; where neither tells, the likelier one, and a question."""
    start = stream.read(len(codecs.BOM_UTF16_LE))
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or _reading(stream, "utf-8") is not None:
        return NONE
    readings = {name: found for name in LEGACY if (found := _reading(stream, name)) is not None}
    for name, (lines, _) in readings.items():
        cells = (cell.strip('" ') for line in lines for cell in re.split("[,;\t|]", line))
        words = [cell for cell in cells if not cell.isascii() and known(cell)]
        if words:
            return sure("encoding", name, f"so a column is {words[0]}")
    if not readings:
        return NONE
    name, (_, sample) = next(iter(readings.items()))
    stated = sure("encoding", name, f"so a word is {sample}")
    if len(readings) == 1:
        return stated
    return together((stated, open_question("encoding", "bytes beyond ASCII that could be either", 'encoding = "cp1252"')))


def _reading(stream: BinaryIO, encoding: str) -> tuple[list[str], str] | None:
    """The first lines of a file as an encoding reads it, and the first word beyond ASCII; None where it is not of it."""
    head: list[str] = []
    sample = ""
    try:
        for place, text in enumerate(texts(stream, encoding)):
            head = text.splitlines()[:SEARCHED] if place == 0 else head
            sample = sample or beyond_ascii(text)
    except UnicodeError:
        return None
    return head, sample


def _delimiter(lines: Sequence[str], known: Known) -> str:
    """The character between the cells: the one by which a row, the header, has most known names, then the one that parts most
    lines into a like number of cells; a comma where none does better. A tab behind each id, which keeps a workbook from taking
    it for a number, parts as many lines and no header."""
    filled = [line for line in lines if line.strip()]

    def names(delimiter: str) -> int:
        rows = csv.reader(filled[:SEARCHED], delimiter=delimiter)
        return max((len({cell for cell in row if known(cell)}) for row in rows), default=0)

    def parted(delimiter: str) -> tuple[int, int, int]:
        counts = [line.count(delimiter) for line in filled]
        most = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return (names(delimiter), counts.count(most) if most else 0, most)

    return max((",", ";", "\t", "|"), key=parted)


def _of_workbook(path: Path, known: Known) -> Shown:
    try:
        import fastexcel
    except ImportError:
        return Shown()
    try:
        with opened(path, path.name) as package:  # a hidden sheet is none that somebody saw who approved the file
            visible = [sheet.name for sheet in package.sheets if not sheet.hidden]
        workbook = fastexcel.read_excel(path)
        sheets = {
            name: _cells(workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string"))
            for name in workbook.sheet_names
            if name in visible
        }
    except (fastexcel.FastExcelError, UnusableInput, OSError):
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
    return replace(found, layout=together((sure("sheet", best, reason), found.layout)))


def _cells(sheet: Any) -> Rows:
    """The rows of a sheet up to the last that holds anything."""
    rows = [[cell or "" for cell in row] for row in sheet.to_polars().iter_rows()]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _layout(head: Rows, tail: Rows, number: int, known: Known) -> Shown:
    """Titles above the header, which are the rows with most known names, and what is no contract below the last one."""
    if not head:
        return Shown()
    broadest = max(map(len, head))
    head = [[*row, *[""] * (broadest - len(row))] for row in head]
    place, tiers = _header(head, known)
    header = head[place : place + tiers]
    found = [sure("skip_rows", place, f"the header is row {place + 1}: {_start(header[0])}")] if place else []
    if tiers > 1:
        found.append(sure("header_rows", tiers, f"names stand in {tiers} rows: {_start(header[0])} above {_start(header[-1])}"))
    width = sum(map(bool, joined(header)))
    last = place + tiers
    rows = tail[-min(len(tail), max(number - last - 1, 0)) :] if number > last + 1 else []
    below = len(list(takewhile(lambda row: _is_below(row, width), reversed(rows))))
    if below:
        why = f"no contracts: {' | '.join(_start(row) or 'an empty row' for row in tail[-below:])}"
        found.append(sure("total_rows", below, why))
    titles, remarks = (
        tuple(cell for row in rows for cell in row if cell.strip()) for rows in (head[:place], tail[-below:] if below else [])
    )
    lowest = tuple(cell.strip() for cell in header[-1] if cell.strip()) if tiers > 1 else ()
    return Shown(together(found), titles, remarks, lowest)


def _header(head: Rows, known: Known) -> tuple[int, int]:
    """The first row of the header and the number of its rows: most known names, then more than a title, then fewest rows, then
    the first. A name is that of one row or of several joined; names that stand twice in a row count once, so that the rows
    above, which tell them apart, belong to the header.
    """

    def names(place: int, tiers: int) -> int:
        rows = head[place : place + tiers]
        lowest = [next((cell for cell in reversed(column) if cell.strip()), "") for column in zip(*rows, strict=True)]
        whole = joined(rows) if tiers > 1 else lowest
        named = [one if known(one) else own for one, own in zip(whole, lowest, strict=True)]
        return len({one for one in named if known(one)})

    choices = [(place, tiers) for place in range(len(head)) for tiers in range(1, _TIERS + 1) if place + tiers <= len(head)]
    wide = [sum(1 for cell in row if cell.strip()) > 1 for row in head]
    return max(choices, key=lambda choice: (names(*choice), wide[sum(choice) - 1], -choice[1], -choice[0]))


def _is_below(row: Sequence[str], width: int) -> bool:
    """Whether a row at the end of a file is no contract or account: empty, totals, or a remark. One that begins with a code is,
    however little stands beside it, as with an account that is nil."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or filled[0].strip(":： ").casefold() in TOTALS:
        return True
    if len(filled) > 1 and row[0].strip() and _CODE.fullmatch(filled[0]) and not is_day(filled[0]):
        return False
    few = width >= _FEW * 2 and len(filled) * _FEW <= width
    return few or (2 * len(filled) <= width and (not row[0].strip() or bool(_REMARK.search(filled[0]))))


def _start(row: Sequence[str]) -> str:
    """The first cells of a row that are filled."""
    return ", ".join([cell.strip() for cell in row if cell.strip()][:3])
