"""The columns of a table and what is printed above each: over one row or several, a date or a caption over many columns."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gaapbridge.filings.amounts import figure_of
from gaapbridge.filings.column_words import Means, meaning_of, text_column_of
from gaapbridge.filings.dates import Span, names_a_time, span_of, without_dates, year_of
from gaapbridge.filings.grid import UNREAD, Cell, Grid, Line
from gaapbridge.filings.units import currency_in, unit_in, without_units

KeyOf = Callable[[str], str | None]
"""The key of a column of texts by its heading."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures: where it stands, its heading as printed and without its date, the date, what it means."""

    start: int
    end: int
    heading: str
    words: str
    span: Span | None
    means: Means

    def meant(self, means: Means | None) -> Column:
        """The column with what was said of it; as it is where nothing was."""
        return self if means is None else replace(self, means=means)


@dataclass(frozen=True, slots=True)
class Headings:
    """What stands above figures: columns of texts by key with their places, columns of figures, titles above, sections below.

    `line` is where it stands, `width` how many columns it covers, `unheaded` where figures stand under no heading.
    """

    texts: tuple[tuple[str, int, int], ...]
    columns: tuple[Column, ...]
    titles: tuple[str, ...]
    below: tuple[Line, ...]
    line: int
    width: int
    text_headings: tuple[str, ...]
    unheaded: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines without figures, and the lines with figures that follow them."""

    words: tuple[Line, ...]
    figures: tuple[Line, ...]


def blocks_of(grid: Grid) -> list[Block]:
    """The grid cut before every run of lines without figures; what stands below the last figures is a block without any."""
    first = min((cell.start for line in grid.lines for cell in line.cells), default=0)
    blocks: list[tuple[list[Line], list[Line]]] = [([], [])]
    for line in grid.lines:
        if _has_figures(line, first, any(figures for _, figures in blocks)):
            blocks[-1][1].append(line)
        else:
            if blocks[-1][1]:
                blocks.append(([], []))
            blocks[-1][0].append(line)
    return [Block(tuple(words), tuple(figures)) for words, figures in blocks]


def _has_figures(line: Line, first: int, below_others: bool) -> bool:
    """Whether a line has amounts beside its caption; years, and the numerals of notes, are headings."""
    beyond = [cell for cell in line.cells if cell.start > first]
    captioned = any(cell.start == first for cell in line.cells)
    digits = [cell for cell in beyond if is_amount(cell) and not _is_nil(cell)]
    if not digits:
        return sum(_is_nil(cell) for cell in beyond) >= 2
    if all(year_of(cell.text) for cell in digits):
        caption = line.cells[0].text
        return captioned and below_others and not (unit_in(caption) or currency_in(caption))
    return captioned or not all(re.fullmatch(r"\(\d{1,2}\)", cell.text) for cell in digits)


def is_amount(cell: Cell) -> bool:
    """Whether a cell holds a figure, or a formula that was to give one."""
    return isinstance(cell.value, UNREAD) or figure_of(cell.value) is not None


def _is_nil(cell: Cell) -> bool:
    figure = None if isinstance(cell.value, UNREAD) else figure_of(cell.value)
    return figure is not None and figure.nil and not cell.text[0].isalpha()


def headings_over(
    words: Sequence[Line], figures: Sequence[Line], context: Sequence[str], given_key: KeyOf = lambda _: None
) -> Headings | None:
    """The headings that lines of words make over lines of figures; None where none of them stands over a column.

    `context` are texts printed before, for the day of a heading that is only a year; `given_key` tells the columns of texts
    that were named to us.
    """
    places = figure_places(figures)
    if not places:
        return None
    left = places[0][0]
    over = [number for number, line in enumerate(words) if any(_is_over(cell, left) for cell in line.cells)]
    if not over:
        return None
    above, rows, below = words[: over[0]], words[over[0] : over[-1] + 1], words[over[-1] + 1 :]
    pieces = _pieces(rows, places)
    text_headings = _text_headings(rows, given_key)
    texts = _text_places(text_headings, figures, places)
    taken = {start for _, start, _ in texts}
    titles = tuple(cell.text for line in (*above, *rows) for cell in line.cells if not _is_over(cell, left) and cell.text)
    shared = {cell.text for line in rows for cell in line.cells if sum(cell.covers(*place) for place in places) > 1}
    named = [place for place in places if place[0] not in taken and pieces[place]]
    headed = [_column(place, pieces[place], (*context, *titles), shared) for place in named]
    columns = _without_texts(figures, headed)
    free = [place for place in places if place[0] not in taken and not pieces[place]]
    return Headings(
        texts,
        columns,
        titles,
        tuple(below),
        rows[-1].number,
        width=max(cell.end for line in rows for cell in line.cells),
        text_headings=tuple(cell.text for line in rows for cell in line.cells if cell.start in text_headings),
        unheaded=tuple(start for start, end in free if _holds_more_than_marks(figures, start, end)),
    )


def headings_in(grid: Grid, given_key: KeyOf = lambda _: None) -> Iterator[Headings]:
    """All headings of a table that stand over two columns or more."""
    for block in blocks_of(grid):
        over = headings_over(block.words, block.figures, (), given_key) if block.figures else None
        if over is not None and len(over.columns) > 1:
            yield over


def _holds_more_than_marks(figures: Iterable[Line], start: int, end: int) -> bool:
    """Whether a column holds figures that are no footnote marks."""
    cells = (cell for line in figures for cell in line.cells if cell.covers(start, end) and is_amount(cell))
    return any(not re.fullmatch(r"\(?\w{1,2}\)?", cell.text) for cell in cells)


def _is_over(cell: Cell, left: int) -> bool:
    return cell.end > left and cell.start > 0


def figure_places(figures: Iterable[Line]) -> list[tuple[int, int]]:
    """The columns from the first that holds a figure: cells that overlap are of one; a text alone in one may be a misprint."""
    cells = [cell for line in figures for cell in line.cells[1:]]
    joined: list[tuple[int, int]] = []
    for cell in sorted((one for one in cells if is_amount(one)), key=lambda one: one.start):
        if joined and cell.start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], cell.end))
        else:
            joined.append((cell.start, cell.end))
    alone: list[tuple[int, int]] = []
    for cell in sorted({(one.start, one.end): one for one in cells}.values(), key=lambda one: one.start) if joined else ():
        after = bisect_left(joined, (cell.end, 0))  # the first that starts where the cell has ended
        beside = [*joined[max(after - 1, 0) : after], *alone[-1:]]
        if cell.start > joined[0][0] and not any(cell.covers(*place) for place in beside):
            alone.append((cell.start, cell.end))
    return sorted([*joined, *alone])


def _without_texts(figures: Iterable[Line], columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns but for those that hold more texts than figures, where no heading says that they should not."""
    places = [(one.start, one.end) for one in columns]
    more = [0] * len(columns)
    for line in figures:
        for number, cells in enumerate(line.under(places)):
            more[number] += sum(1 if is_amount(cell) else -1 for cell in cells)
    told = (Means.UNKNOWN, Means.EITHER)
    return tuple(one for one, count in zip(columns, more, strict=True) if count >= 0 or one.means not in told)


def _text_headings(rows: Sequence[Line], given_key: KeyOf) -> dict[int, tuple[str, int, int]]:
    """The headings of columns of texts by where they start: their key and place."""
    named: dict[int, tuple[str, int, int]] = {}
    for line in rows:
        for cell in line.cells:
            key = given_key(cell.text) or text_column_of(cell.text)
            if key is not None and key not in [one for one, _, _ in named.values()]:
                named[cell.start] = (key, cell.start, cell.end)
    return named


def _text_places(
    headed: Mapping[int, tuple[str, int, int]], figures: Sequence[Line], places: Sequence[tuple[int, int]]
) -> tuple[tuple[str, int, int], ...]:
    """The columns of texts, by key: those whose heading says so; of others the last is the caption, one before the section."""
    named = dict(headed)
    first_figure = min((place[0] for place in places if place[0] not in named), default=0)
    others: list[tuple[int, int]] = []
    beside = False
    for line in figures:
        cells = [cell for cell in line.cells if cell.start < first_figure]
        cells = [cell for cell in cells if not any(cell.covers(one, end) for _, one, end in headed.values())]
        beside = beside or len(cells) > 1
        for cell in cells:
            if not any(cell.covers(*one) for one in others):
                others.append((cell.start, min(cell.end, first_figure)))
    others.sort()
    if others and not beside:  # captions set in by a column of their own are one column
        others = [(others[0][0], others[-1][1])]
    keys = {key for key, _, _ in named.values()}
    free = [key for key in ("label", "section", "statement") if key not in keys]
    for (start, end), key in zip(reversed(others), free, strict=False):
        named[start] = (key, start, end)
    return tuple(named[start] for start in sorted(named))


def _pieces(rows: Sequence[Line], places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[str]]:
    """What stands over each column, row by row; a heading over none goes to the next column that has none, else to the last."""
    pieces: dict[tuple[int, int], list[str]] = {place: [] for place in places}
    for number, line in enumerate(rows):
        over: dict[tuple[int, int], str] = {}
        cells = [cell for cell in line.cells if cell.end > places[0][0] or text_column_of(cell.text) is None]
        loose = []
        for cell in cells:
            under = [place for place in places if cell.covers(*place)]
            for place in under:
                over.setdefault(place, cell.text)
            if not under and _is_over(cell, places[0][0]):
                loose.append(cell)
        for cell in loose:
            after = [one for one in places if one[0] >= cell.end and not any(cell.end <= c.start < one[1] for c in cells)]
            before = [one for one in places if one[1] <= cell.start and not any(one[0] < c.end <= cell.start for c in cells)]
            near = next((one for one in (*after[:1], *before[-1:]) if one not in over), None)
            if near is not None:
                over[near] = cell.text
        if number < len(rows) - 1:
            _spread(over, line, places)
        for place, text in over.items():
            if text not in pieces[place]:
                pieces[place].append(text)
    return pieces


def _spread(over: dict[tuple[int, int], str], line: Line, places: Sequence[tuple[int, int]]) -> None:
    """A date in a row of its own stands over all columns up to the next one, where the form has no cells that span."""
    last = None
    for place in places:
        if place in over:
            last = over[place]
        elif last is not None and names_a_time(last) and all(cell.end - cell.start == 1 for cell in line.cells):
            over[place] = last


def _column(place: tuple[int, int], pieces: Sequence[str], context: Sequence[str], shared: Collection[str] = ()) -> Column:
    """The column under these pieces of its heading; those `shared` with others are no part of its name where it has one."""
    years = [one for one in map(year_of, pieces) if one is not None]
    heading = " ".join(pieces)
    span = span_of(heading)
    if span is None and years:
        said = (span_of(text, year=years[0]) for text in (heading, *reversed(context)))
        span = next((one for one in said if one is not None), None) or span_of(f"fiscal {years[0]}")
    whole = _plain(pieces)
    words = _plain([one for one in pieces if one not in shared]) or whole
    means = meaning_of(words)
    return Column(*place, heading, words, span, meaning_of(whole) if means == Means.UNKNOWN else means)


def _plain(pieces: Sequence[str]) -> str:
    """Pieces of a heading as one, without dates and units."""
    heading = " ".join(pieces)
    words = heading if span_of(heading) else " ".join(piece for piece in pieces if year_of(piece) is None)
    return without_units(without_dates(words))
