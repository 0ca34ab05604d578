"""A workbook as it is written: sheets row by row, the formats of the trade, texts that can never become a formula.

Rows are written from the top down and cells of a row in any order, so that a large workbook can be written without being held
in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from gaapbridge.report.masks import NO_MASKS, Masks
from gaapbridge.terms.text import shortened, visible

WHOLE = '#,##0_);(#,##0);"—"_)'
EXACT = '#,##0.00_);(#,##0.00);"—"_)'
SHARE, FRACTION = "0.0%", '0.000000_);(0.000000);"—"_)'
"""Amounts of the trade: negative in brackets, nil as a dash, digits under digits."""

MOST_IN_A_CELL = 32_000
"""Characters of a text that a spreadsheet takes in one cell."""

MOST_IN_A_FOOT = 100
"""Characters of a text in the foot of a page, where a spreadsheet takes 255 in all, twice for an ampersand."""

HELD_IN_MEMORY = 200_000
"""Journal lines up to which a workbook is put together in memory, which is faster."""

MOST_IN_A_NAME = 31
"""Characters of the name of a sheet."""

LETTERS = 1.2
"""Letters of running text that the width of a digit takes."""

LINE_HEIGHT = 13.5
"""Points that a line of text takes."""

TALLEST = 409.0
"""Points that a row may be high."""

INK, SHADE = "#1F3864", "#E9EFF7"

A3, A4 = 8, 9
"""Sizes of paper, as workbooks number them."""

ROOM = {(A4, False): 960, (A4, True): 650, (A3, False): 1390}
"""Pixels across a page between its margins, by paper and whether it stands upright; some is left to wider fonts."""

SMALLEST = 58
"""Percent below which a sheet is not shrunk to fit a page: 10 points are just below 6 then."""

FONT = {"font_name": "Arial", "font_size": 10}

_STYLES: dict[str, dict[str, Any]] = {
    "wrapped": {"text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 14, "font_color": INK},
    "heading": {"bold": True, "font_size": 11, "font_color": INK},
    "said": {"italic": True, "font_color": "#595959"},
    "meaning": {"italic": True, "font_color": "#595959", "indent": 1},
    "head": {"bold": True, "bottom": 1, "bg_color": SHADE, "text_wrap": True, "valign": "bottom"},
    "head_apart": {"bold": True, "bottom": 1, "bg_color": SHADE, "valign": "bottom", "indent": 1, "text_wrap": True},
    "head_right": {"bold": True, "bottom": 1, "bg_color": SHADE, "text_wrap": True, "valign": "bottom", "align": "right"},
    "head_centred": {"bold": True, "bottom": 1, "bg_color": SHADE, "valign": "bottom", "align": "center"},
    "id": {"font_color": "#7F7F7F", "font_size": 8},
    "id_right": {"font_color": "#7F7F7F", "font_size": 8, "align": "right"},
    "strong": {"bold": True},
    "strong_top": {"bold": True, "valign": "top"},
    "strong_number": {"num_format": WHOLE, "bold": True},
    "apart": {"indent": 1},
    "centred": {"align": "center"},
    "mark": {"align": "center", "font_color": "#C00000", "bold": True},
    "mark_left": {"font_color": "#C00000", "bold": True},
    "line": {"num_format": WHOLE},
    "sub-total": {"num_format": WHOLE, "top": 1},
    "total": {"num_format": WHOLE, "top": 1, "bottom": 6, "bold": True},
    "exact_line": {"num_format": EXACT},
    "exact_sub-total": {"num_format": EXACT, "top": 1},
    "exact_total": {"num_format": EXACT, "top": 1, "bottom": 6, "bold": True},
    "exact_strong": {"num_format": EXACT, "bold": True},
    "share": {"num_format": SHARE},
    "indented": {"indent": 1, "text_wrap": True, "valign": "top"},
    "plain": {"align": "right"},
    "fraction": {"num_format": FRACTION},
    "to_the_right": {"align": "right"},
    "heading_link": {"bold": True, "font_size": 11, "font_color": "#1155CC", "underline": 1},
    "link": {"font_color": "#1155CC", "underline": 1},
    "link_right": {"font_color": "#1155CC", "underline": 1, "align": "right"},
    "number_left": {"num_format": WHOLE, "align": "left"},
    "printed": {"font_name": "Courier New", "font_size": 9},
    "signed_off": {"bottom": 1},
}


@dataclass
class Sheet:
    """One sheet, and the row that is written next, counted from nil as cells are."""

    book: Book
    name: str
    sheet: Any
    widths: Sequence[float]
    freeze: tuple[int, int]
    room: float
    row: int = 0

    def on_paper(self, *, head: int = 0, begin: Sequence[int] = ()) -> None:
        """Print it a page wide, or where it could not be read then over several pages, its first columns on each.

        ``head`` are how many of the rows that stay in sight stand at the top of every page, the last ones, or all; ``begin``
        the columns at which a further page may begin, or any.
        """
        rows, columns = self.freeze
        self.sheet.repeat_rows(rows - (head or rows), rows - 1)
        percent, begins = pages_across(self.widths, self.room, columns, begin)
        if not begins:
            self.sheet.fit_to_pages(1, 0)
            return
        self.sheet.set_print_scale(percent)
        self.sheet.set_v_pagebreaks(list(begins))
        self.sheet.repeat_columns(0, max(columns, 1) - 1)

    def text(self, column: int, text: object, style: str = "text") -> None:
        """A text as a text, whatever it begins with; characters that no eye sees as their escapes."""
        self.sheet.write_string(self.row, column, self.book.shown(text), self.book.style(style))

    def number(self, column: int, number: float, style: str = "line") -> None:
        """A number."""
        self.sheet.write_number(self.row, column, number, self.book.style(style))

    def formula(self, column: int, formula: str, result: float | str, style: str = "line") -> None:
        """A formula with the figure that it comes to, for readers that do not calculate."""
        self.sheet.write_formula(self.row, column, formula, self.book.style(style), result)

    def lines(self, lines: Iterable[Sequence[str | int | None]], styles: Sequence[str]) -> None:
        """Very many rows of texts and numbers from this row on, styled by column; a cell of None stays blank.

        A value that comes again in its column is made once, which is most of what a cell costs: the library keeps the cells of
        a row in ``table``, and one that was made for a row is put into others. The bytes are those of cells written singly.
        """
        made: list[dict[str | int, Any]] = [{} for _ in styles]
        again = 0
        for cells in lines:
            row = {} if self.book.large else self.sheet.table[self.row]
            for column, value in enumerate(cells):
                if value is None:
                    continue
                known = made[column].get(value)
                if known is None or not column:  # the first of a row is always written: a sheet learns its extent by that
                    self._written(column, value, styles[column])
                    made[column][value] = row.get(column)
                else:
                    row[column] = known
                    again += isinstance(value, str)
            self.row += 1
        self.sheet.str_table.count += again

    def _written(self, column: int, value: str | int, style: str) -> None:
        if isinstance(value, str):
            self.text(column, value, style)
        else:
            self.number(column, value, style)

    def value(self, column: int, value: object, style: str = "text") -> None:
        """A number as one, anything else as a text of that style, nothing of None."""
        if value is None:
            return
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.number(column, value, "exact_line" if isinstance(value, float) else "line")
        else:
            self.text(column, value, style)

    def link(self, column: int, sheet: str, cell: str, text: str | None = None, style: str = "link") -> None:
        """A link to a cell of the workbook; without a text, of a cell that is written next over it."""
        self.sheet.write_url(
            self.row, column, f"internal:{quoted(sheet)}!{cell}", self.book.style(style), self.book.shown(text or "")
        )

    def across(self, first: int, last: int, text: object, style: str = "wrapped") -> None:
        """A text over several columns, wrapped within them; the height of the row is said by ``tall``."""
        self.sheet.merge_range(self.row, first, self.row, last, "", self.book.style(style))
        self.text(first, text, style)

    def next(self, rows: int = 1) -> None:
        """Go on below."""
        self.row += rows

    def heading(self, text: str, style: str = "heading") -> None:
        """A line of text by itself."""
        self.text(0, text, style)
        self.next()

    def is_cut(self, column: int, text: str) -> bool:
        """Whether a text is longer than its cell, so that the next one would hide its end."""
        return column < len(self.widths) and len(text) > LETTERS * self.widths[column]

    def tall(self, *texts: tuple[str, float]) -> None:
        """Make the row as high as its longest text needs, each with the width that it is wrapped to."""
        lines = max(sum(-(-max(len(part), 1) // max(int(width), 1)) for part in text.split("\n")) for text, width in texts)
        self.sheet.set_row(self.row, min(LINE_HEIGHT * max(lines, 1), TALLEST))

    def header(self, titles: Sequence[str], numeric: Sequence[bool] = ()) -> None:
        """The titles of a table's columns; those of numbers stand to the right, a text after numbers a little apart."""
        self.tall(*((title, self.widths[column]) for column, title in enumerate(titles)))
        for column, title in enumerate(titles):
            right = column < len(numeric) and numeric[column]
            apart = 0 < column <= len(numeric) and numeric[column - 1] and not right
            self.text(column, title, "head_right" if right else "head_apart" if apart else "head")
        self.next()


@dataclass
class Book:
    """A workbook of an entity that is written to ``path``; a ``large`` one is not held in memory. ``masks`` tell ids in it."""

    path: Path
    large: bool
    created: datetime
    entity: str
    masks: Masks = NO_MASKS
    money_digits: int = 2
    _styles: dict[str, Any] = field(default_factory=dict)
    _shown: dict[str, str] = field(default_factory=dict)
    _foot: str = ""
    _head: str = ""

    def __post_init__(self) -> None:
        import xlsxwriter

        options = {
            "constant_memory": self.large, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "use_zip64": self.large, "default_format_properties": dict(FONT),
        }  # fmt: skip
        self.workbook = xlsxwriter.Workbook(str(self.path), options)

    def describe(self, title: str, subject: str, foot: str, head: str = "") -> None:
        """What the file's properties say, with a day of making that depends on the run alone, foot and head of every page."""
        self._head = shortened(self.shown(head), MOST_IN_A_FOOT).replace("&", "&&")
        self._foot = shortened(self.shown(foot), MOST_IN_A_FOOT).replace("&", "&&")
        self.workbook.set_properties({"title": self.shown(title), "subject": self.shown(subject), "created": self.created})

    def shown(self, text: object) -> str:
        """A text as a cell may hold it: ids masked, controls and marks of direction visible, no longer than a cell takes."""
        told = str(text)
        if told not in self._shown:
            self._shown[told] = shortened(visible(self.masks.text(told)), MOST_IN_A_CELL)
        return self._shown[told]

    def style(self, name: str) -> Any:
        """The format of that name; that of plain text is the workbook's own, which costs a cell nothing.

        Of amounts in the currency, ``money_line`` for one, it has the currency's decimals.
        """
        if name == "text":
            return None
        if name not in self._styles:
            kind, _, what = name.partition("_")
            money = {"num_format": EXACT.replace("0.00", f"0.{'0' * self.money_digits}".rstrip("."))}
            own = _STYLES[f"exact_{what}"] | money if kind == "money" else _STYLES[name]
            self._styles[name] = self.workbook.add_format({**FONT, **own})
        return self._styles[name]

    def sheet(
        self,
        name: str,
        widths: Sequence[float],
        *,
        freeze: tuple[int, int] = (1, 0),
        title: str,
        portrait: bool = False,
        paper: int = A4,
    ) -> Sheet:
        """A new sheet: its columns' widths, the rows and columns that stay in sight, its title after the entity's name; as it
        can be read on paper."""
        sheet = self.workbook.add_worksheet(name)
        sheet._prepare_formula = _prepared  # the library's own looks through each for thirty functions that none here has
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.hide_gridlines(2)
        sheet.set_paper(paper)
        if not portrait:
            sheet.set_landscape()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L&8 &A&C&8 {self._foot}&R&8 Page &P of &N")
        sheet.set_header(f"&R&8 {self._head}")
        sheet.freeze_panes(*freeze)
        made = Sheet(self, name, sheet, widths, freeze, ROOM[paper, portrait])
        made.on_paper()
        made.heading(f"{self.entity}: {title}" if title else self.entity, "title")
        return made

    def name(self, name: str, refers_to: str) -> None:
        """A name for a range, which formulas use."""
        self.workbook.define_name(name, f"={refers_to}")

    def close(self) -> None:
        """Write the file. Raises ``OSError`` where there is no room for it, or for what is written on the way."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            self.workbook.close()
        except FileCreateError as refused:  # an exception of the library's own, around that of the file system
            raise next((one for one in refused.args if isinstance(one, OSError)), OSError(str(refused))) from refused


def _prepared(formula: str) -> str:
    """A formula as it stands in a file: without the sign that it begins with."""
    return formula.removeprefix("=")


def pages_across(widths: Sequence[float], room: float, repeated: int, begin: Sequence[int] = ()) -> tuple[int, tuple[int, ...]]:
    """How small a sheet is printed, in percent, and the columns at which a further page across begins.

    As few pages as ``SMALLEST`` allows, and on these as large as they take it; the first columns, at least one, are on each.

    >>> pages_across((40, 20, 20), 1000, 1), pages_across((40, *[20] * 20), 1000, 1)
    ((100, ()), (76, (8, 15)))
    """
    fewest = _begins(widths, room * 100 / SMALLEST, repeated, begin)
    larger = (
        percent
        for percent in range(100, SMALLEST, -2)
        if (len(_begins(widths, room * 100 / percent, repeated, begin))) == len(fewest)
    )
    percent = next(larger, SMALLEST)
    return percent, _begins(widths, room * 100 / percent, repeated, begin)


def _begins(widths: Sequence[float], room: float, repeated: int, begin: Sequence[int]) -> tuple[int, ...]:
    """The columns at which a page begins after the first, where each has some room in pixels and repeats the first columns."""
    kept, found = max(repeated, 1), list[int]()
    again, used = sum(map(_pixels, widths[:kept])), 0
    blocks = sorted({0, *(place for place in begin or range(kept, len(widths)) if place >= kept), len(widths)})
    for first, end in pairwise(blocks):
        width = sum(map(_pixels, widths[first:end]))
        if first and used + width > room:
            found.append(first)
            used = again
        used += width
    return tuple(found)


def _pixels(width: float) -> int:
    """What a column takes, of digits seven pixels wide and five beside them."""
    return int(width * 7 + 0.5) + 5


def sheet_name(wanted: str, otherwise: str) -> str:
    """A name for a sheet: the one wanted, or another where a spreadsheet does not take that.

    >>> sheet_name("Note i", "Note 1"), sheet_name("Note a/b", "Note 2"), sheet_name("x" * 32, "Note 3")
    ('Note i', 'Note 2', 'Note 3')
    """
    return otherwise if len(wanted) > MOST_IN_A_NAME or set(wanted) & set("[]:*?/\\'") else wanted


def quoted(sheet: str) -> str:
    """The name of a sheet as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


def at(row: int, column: int, *, fixed: bool = False) -> str:
    """The address of a cell, counted from nil.

    >>> at(9, 3), at(9, 27, fixed=True)
    ('D10', '$AB$10')
    """
    letters = letters_of(column)
    return f"${letters}${row + 1}" if fixed else f"{letters}{row + 1}"


def letters_of(column: int) -> str:
    """The letters of a column, counted from nil.

    >>> letters_of(3), letters_of(27)
    ('D', 'AB')
    """
    letters, left = "", column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(65 + letter) + letters
    return letters
