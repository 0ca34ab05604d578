"""One pass over the XML of a sheet: what its cells are, beside what they hold.

A reader of values does not say which cells were numbers, which formulas had no value and which rows nobody sees. All of it
is found here while the sheet streams by; nothing but exceptions is kept.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field

from gaapbridge.tapes.layout import Layout
from gaapbridge.workbook.package import SHEET_BYTES, Sheet, Workbook, main_names, walk
from gaapbridge.workbook.places import COLUMNS, DIGITS, letters, too_large

MOST_CELLS = 2_000_000
"""The most cells below the header that are read from a workbook."""

ERROR = ("a cell holds a value, not an error", "repair the formula and save the workbook again")
NO_VALUE = ("the formula has no stored value", "open the workbook in Excel and save it there, or write the value")
LONG = ("a number of more than 15 digits cannot be an id or an exact amount", "store it as text")

DECIMALS = 9
"""The decimals to which a number is written where it is read as text."""

LARGE = 1e6
"""From here a binary fraction may show in those decimals: 545,405,760.45 as 545405760.450000048."""

_LONGEST = 1e15
_SHOWN = 60
_PLAIN = re.compile(
    rb'(?<=</c>)(?:<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?(?: t="[ns]")?><v>-?(?:[0-9]{1,15}|[0-9]{1,6}\.[0-9]{1,9})</v></c>)+'
    rb'(?=<c r=")'
)
"""Cells between others of a row that are shared texts, or numbers: of at most 15 digits, or below ``LARGE`` and of 9 decimals.
There is nothing to be known of them, and they are nine in ten: a pass without them takes a quarter of the time."""

_KINDS = main_names("row", "c", "v", "f", "is", "col", "mergeCell")
_NUMERIC = ("", "n")


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A cell without a usable value: where it is, what it shows, its rule and remedy."""

    row: int
    column: int
    value: str
    rule: str
    remedy: str


@dataclass(slots=True)
class Seen:
    """What a pass over a sheet has seen; rows and columns are the sheet's, counted from 1.

    The table runs from the first row that holds anything below those skipped to the last cell; `origin` is the first column in
    which any cell of the sheet has a value. Of cells whose text another reader may give wrong there are the `rows`, `columns`,
    the stored `numbers`, and whether the style alone makes it a date (`eastern`).
    """

    first_row: int = 0
    first_column: int = 0
    last_row: int = 0
    last_column: int = 0
    origin: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    spoiled: list[Spoiled] = field(default_factory=list)
    rows: array[int] = field(default_factory=lambda: array("l"))
    columns: array[int] = field(default_factory=lambda: array("l"))
    numbers: array[float] = field(default_factory=lambda: array("d"))
    eastern: array[int] = field(default_factory=lambda: array("b"))


def look(book: Workbook, sheet: Sheet, layout: Layout, file: str) -> Seen:
    """What is to be known of the cells of the sheet. Raises ``UnusableInput`` at the first cell too many."""
    watch = _Watch(book, layout, file)
    plain = None if book.from_1904 or book.eastern_dates else _PLAIN
    walk(book.archive, sheet.part, watch.element, file, text=watch.text, passed_over=plain, most=SHEET_BYTES)
    watch.cell_ends()
    return watch.seen


class _Watch:
    """The cell that is being read, and what was seen before it. A cell ends where the next one, or the next row, begins."""

    __slots__ = (
        *("book", "file", "header_rows", "seen", "skipped"),
        *("row", "hidden", "column", "inside", "kind", "style", "stored", "formula"),
    )

    def __init__(self, book: Workbook, layout: Layout, file: str) -> None:
        self.seen = Seen()
        self.book, self.file = book, file
        self.skipped, self.header_rows = layout.skip_rows, layout.header_rows
        self.row = self.column = 0
        self.hidden = self.inside = False
        self.kind = self.style = ""
        self.stored: str | None = None
        self.formula: str | None = None

    def element(self, name: str, given: dict[str, str]) -> None:
        """What an element opens."""
        match _KINDS.get(name):
            case "c":
                self.cell_ends()
                self.inside = True
                reference = given.get("r")
                self.column = self.column + 1 if reference is None else COLUMNS[reference.rstrip(DIGITS)]
                self.kind, self.style = given.get("t", ""), given.get("s", "")
                self.stored = self.formula = None
            case "v" | "is":
                self.stored = ""
            case "f":
                self.formula = ""
            case "row":
                self.cell_ends()
                self.row, self.column = int(given.get("r", self.row + 1)), 0
                self.hidden = _true(given.get("hidden")) or float(given.get("ht", "1")) == 0
            case "col":
                if _true(given.get("hidden")) or float(given.get("width", "1")) == 0:
                    self.seen.hidden_columns.append((int(given["min"]), int(given["max"])))
            case "mergeCell":
                self.seen.merged.append(given["ref"])
            case None if (
                self.kind != "inlineStr"
            ):  # what is not of a cell, such as the text of a page's header, follows the last
                self.cell_ends()

    def text(self, read: str) -> None:
        """What stands in an element: the stored value, or the formula before it."""
        if self.stored is not None:
            self.stored += read
        elif self.formula is not None:
            self.formula += read

    def cell_ends(self) -> None:
        """Counts the cell that was read and looks at what it is."""
        if not self.inside:
            return
        self.inside = False
        stored = None if self.stored is None else self.stored.strip()
        worded = self.kind in ("str", "inlineStr")
        if stored or (worded and stored is not None):
            self.seen.origin = min(self.seen.origin or self.column, self.column)
        if self.row <= self.skipped or not (stored or self.formula is not None):
            return
        self._extent()
        if self.kind in _NUMERIC and stored:
            self._number(stored)
        elif self.kind == "e":
            self._spoiled(stored or "", ERROR)
        if self.formula is not None and self._without_value(stored, worded):
            self._spoiled("=" + self.formula.strip()[:_SHOWN], NO_VALUE)

    def _extent(self) -> None:
        seen = self.seen
        if not seen.first_row:
            seen.first_row, seen.first_column = self.row, self.column
        if self.column < seen.first_column:
            seen.first_column = self.column
        if self.column > seen.last_column:
            seen.last_column = self.column
        seen.last_row = self.row
        rows, columns = self.row - seen.first_row + 1 - self.header_rows, seen.last_column - seen.first_column + 1
        if rows * columns > MOST_CELLS:
            raise too_large(
                self.file, f"a cell at {letters(self.column)}{self.row}", MOST_CELLS, "use CSV or Parquet, or delete"
            )
        if self.hidden and seen.hidden_rows[-1:] != [self.row]:
            seen.hidden_rows.append(self.row)

    def _number(self, stored: str) -> None:
        """A number: one too long to be kept, one of more decimals than its text has, or what may be a date."""
        eastern = self.style in self.book.eastern_dates
        number = float(stored)
        if abs(number) >= _LONGEST:
            self._spoiled(stored, LONG)
        shown_longer = abs(number) >= LARGE and not number.is_integer()
        if eastern or self.book.from_1904 or shown_longer or number != round(number, DECIMALS):
            self.seen.rows.append(self.row)
            self.seen.columns.append(self.column)
            self.seen.numbers.append(number)
            self.seen.eastern.append(eastern)

    def _without_value(self, stored: str | None, worded: bool) -> bool:
        """Whether the formula was never calculated: it has no value, or the nil that some programs write in its place."""
        if not stored:
            return not worded or stored is None
        return self.book.uncalculated and self.kind in _NUMERIC and float(stored) == 0

    def _spoiled(self, value: str, rule: tuple[str, str]) -> None:
        self.seen.spoiled.append(Spoiled(self.row, self.column, value, *rule))


def _true(given: str | None) -> bool:
    return given in ("1", "true")
