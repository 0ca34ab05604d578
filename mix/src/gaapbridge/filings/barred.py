"""Tables pasted with bars (`|`) whose cells do not stand below each other: amounts go to the headings in their order.

A page gives a bar for each cell that it spreads a figure over, and some break a row over several lines: what says where an
amount belongs is that each row prints one for each heading. A row of fewer or more is kept as printed, to be refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gaapbridge.filings.dates import year_of
from gaapbridge.filings.grid import Cell, Grid, Line, Uncut, with_figures_joined
from gaapbridge.filings.headings import is_amount
from gaapbridge.filings.table_read import Raw

BAR = "|"


def with_amounts_in_order(grid: Grid) -> tuple[Grid, list[Raw]]:
    """The table with its amounts under its headings, and what of these could not be placed; as it is where it stands so.

    >>> from gaapbridge.filings.grid import line_of
    >>> lines = ["|GAAP|Effect|IFRS", "Cash|$|10", "||$|(2", "||8"]
    >>> grid, _ = with_amounts_in_order(Grid("", tuple(line_of(at, one.split("|")) for at, one in enumerate(lines))))
    >>> [(cell.text, cell.start) for cell in grid.lines[1].cells]
    [('Cash', 0), ('$10', 1), ('$(2', 2), ('8', 3)]
    """
    lines = with_figures_joined(grid).lines
    placed: list[Line] = []
    said: list[Raw] = []
    for words, figures in _parts(lines):
        many = _headings_in(words)
        rows = list(_rows(figures, many))
        broken = any(len(row) > 1 and _count(row) == many for row in rows)
        if not broken and len({cell.start for line in figures for cell in _amounts(line)}) <= many:
            placed += [*words, *figures]
            continue
        placed += [line for one in words if (line := _heading(one, many, said)) is not None]
        placed += [_row(row, many) for row in rows]
    return replace(grid, lines=tuple(placed)), said


def _parts(lines: Sequence[Line]) -> Iterator[tuple[list[Line], list[Line]]]:
    """The headings, and the rows below them; a line of one cell below figures is one of these."""
    words: list[Line] = []
    figures: list[Line] = []
    for line in lines:
        has_figures = bool(_amounts(line))
        if figures and not has_figures and len(line.cells) > 1:
            yield words, figures
            words, figures = [], []
        (figures if figures or has_figures else words).append(line)
    yield words, figures


def _amounts(line: Line) -> list[Cell]:
    """The amounts of a line, years left aside where there is nothing else."""
    held = [cell for cell in line.cells if cell.start and is_amount(cell)]
    return held if any(year_of(cell.text) is None for cell in held) else []


def _headings_in(words: Sequence[Line]) -> int:
    return max((_count([line]) for line in words), default=0)


def _heading(line: Line, many: int, said: list[Raw]) -> Line | None:
    """A line of headings over its columns: one each, or the same number of columns each; else none, and said."""
    over = [cell for cell in line.cells if cell.start]
    titles = [cell for cell in line.cells if not cell.start]
    if not over:
        return line
    if many % len(over):
        names = ", ".join(cell.text for cell in over)
        why = f"{names} stand over {many} columns, and the bars do not say over which"
        said.append({"where": f"line {line.number}", "why": why, "remedy": "write each heading over its column"})
        return Line(line.number, tuple(titles)) if titles else None
    wide = many // len(over)
    placed = (Cell(cell.text, 1 + place * wide, 1 + (place + 1) * wide) for place, cell in enumerate(over))
    return Line(line.number, (*titles, *placed))


def _rows(lines: Sequence[Line], many: int) -> Iterator[list[Line]]:
    """The lines of each row: one, or those without a caption too that it goes on in."""
    held: list[Line] = []
    for line in lines:
        captioned = any(not cell.start for cell in line.cells)
        if held and (captioned or not _count(held) or _count(held) >= many):
            yield held
            held = []
        held.append(line)
    if held:
        yield held


def _count(lines: Sequence[Line]) -> int:
    return sum(cell.start > 0 for line in lines for cell in line.cells)


def _row(lines: Sequence[Line], many: int) -> Line:
    captions = [cell for line in lines for cell in line.cells if not cell.start]
    cells = [cell for line in lines for cell in line.cells if cell.start]
    number = lines[0].number
    if not cells or len(cells) == many:
        return Line(number, (*captions, *(Cell(cell.value, at, at + 1) for at, cell in enumerate(cells, start=1))))
    return Line(number, (*captions, Cell(Uncut(f" {BAR} ".join(cell.text for cell in cells)), 1, 2)))
