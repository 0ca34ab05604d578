"""A table as it stands in a file: lines of cells, each with the columns it covers, whatever form it came in.

A page of a filing spreads one printed figure over several cells (`$`, `(1,234`, `)`), and one heading over several columns;
what is read here is what a reader of the page sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from gaapbridge.filings.amounts import is_after_a_figure, is_before_a_figure

MOST_CELLS, MOST_IN_A_LINE = 200_000, 1_000
"""Cells of a table that are read, of a sheet blank ones between others with them: a statement prints a hundredth of it."""


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """A formula of a workbook that was saved without its value: reading it as nil would be an error."""

    formula: str

    def __str__(self) -> str:
        return self.formula


@dataclass(frozen=True, slots=True)
class Uncut:
    """Amounts of which it cannot be told in which columns they stand, as they are printed."""

    text: str

    def __str__(self) -> str:
        return self.text


UNREAD = (Uncalculated, Uncut)
"""What stands in the place of an amount and cannot be read."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds, from column `start` up to `end`, which is no longer of it."""

    value: object
    start: int
    end: int

    @property
    def text(self) -> str:
        """The cell as words on one line; a date is written 2023-12-31."""
        return words_of(self.value)

    def covers(self, start: int, end: int) -> bool:
        """Whether the cell stands over any of these columns."""
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Line:
    """One line with the number that the file gives it, its blank cells left out."""

    number: int
    cells: tuple[Cell, ...]

    def under(self, places: Iterable[tuple[int, int]], *, captioned: bool = False) -> list[list[Cell]]:
        """The cells that stand over each of some columns, which are given from the left; ``captioned``: without the first cell.

        >>> line = line_of(1, ["Cash", "10", "", "30"])
        >>> [[cell.text for cell in cells] for cells in line.under([(1, 2), (2, 3), (3, 4)])]
        [['10'], [], ['30']]
        """
        cells, found, first = self.cells[1:] if captioned else self.cells, [], 0
        for start, end in places:
            while first < len(cells) and cells[first].end <= start:
                first += 1
            last = first
            while last < len(cells) and cells[last].start < end:
                last += 1
            found.append([one for one in cells[first:last] if one.covers(start, end)])
        return found


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: where in the file it stands (blank where it is the file), its lines, and the words printed before it."""

    place: str
    lines: tuple[Line, ...]
    heading: tuple[str, ...] = ()
    separator: str = ""

    @property
    def title(self) -> str:
        """Its place and first words, as it is named among what was not read."""
        first = next((cell.text for line in self.lines for cell in line.cells), "")
        return f"{self.place}: {first[:60]}" if first and self.place else self.place or first[:60]

    @property
    def too_large(self) -> str | None:
        """What it has too much of to be a statement; None where it may be one."""
        lengths = [len(line.cells) for line in self.lines]
        if max(lengths, default=0) > MOST_IN_A_LINE:
            return f"a line of {max(lengths):,} cells"
        return f"{sum(lengths):,} cells" if sum(lengths) > MOST_CELLS else None


def words_of(value: object) -> str:
    """A value as words on one line.

    >>> words_of(5.0), words_of(None), words_of("Total\\n assets")
    ('5', '', 'Total assets')
    """
    if isinstance(value, str):
        return " ".join(value.split())
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def line_of(number: int, values: Iterable[object]) -> Line:
    """A line of cells of one column each, blank ones left out."""
    cells = (Cell(value, place, place + 1) for place, value in enumerate(values))
    return Line(number, tuple(cell for cell in cells if cell.text))


def with_figures_joined(grid: Grid) -> Grid:
    """The table with currency signs, brackets and per cent signs put to the figures they stand beside.

    >>> grid = with_figures_joined(Grid("", (line_of(1, ["Cash", "", "$", "(10", ")"]),)))
    >>> [(cell.text, cell.start) for cell in grid.lines[0].cells]
    [('Cash', 0), ('$(10)', 2)]
    """
    return replace(grid, lines=tuple(replace(line, cells=_joined(line.cells)) for line in grid.lines))


def _joined(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    joined: list[Cell] = []
    for cell in cells:
        before = joined[-1] if joined else None
        if before is not None and isinstance(cell.value, str) and is_after_a_figure(cell.text, before.text):
            joined[-1] = replace(before, value=before.text + cell.text)
        elif before is not None and before.start and is_before_a_figure(before.text, cell.text):
            joined[-1] = Cell(before.text + cell.text, before.start, cell.end)
        else:
            joined.append(cell)
    return tuple(joined)
