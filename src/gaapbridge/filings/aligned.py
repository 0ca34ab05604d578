"""Tables aligned by spaces as grids: a column is where amounts end, a heading stands over the columns that it reaches.

What cannot be cut with certainty, two amounts in one column or one beside all columns, is kept as it is printed, to be refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gaapbridge.filings.aligned_lines import Piece, TextLine, text_lines, with_captions_whole
from gaapbridge.filings.grid import Cell, Grid, Line, Uncut

MOST_WORDS_BEFORE = 6
"""Paragraphs before a table that are read as its heading."""

_TABLE = re.compile(r"<TABLE>(.*?)(?:</TABLE>|(?=<TABLE>)|\Z)", re.IGNORECASE | re.DOTALL)
_BESIDE = 2
"""How far an amount may end beyond its column: a bracket, a per cent sign."""
_LINE_OF_PROSE = 60


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands in the lines of a part."""

    start: int
    end: int

    def meets(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def aligned_grids(text: str) -> list[Grid]:
    """The tables of a text: those between `<TABLE>` and `</TABLE>`, each with the paragraphs before it, else the whole as one.

    >>> (grid,) = aligned_grids("            GAAP    Effect    IFRS\\nLoans,\\n  net        100       (5)      95\\n")
    >>> [[(cell.text, cell.start) for cell in line.cells] for line in grid.lines]
    [[('GAAP', 1), ('Effect', 2), ('IFRS', 3)], [('Loans, net', 0), ('100', 1), ('(5)', 2), ('95', 3)]]
    """
    tagged = list(_TABLE.finditer(text))
    if not tagged:
        return [Grid("", tuple(_lines(text_lines(text))), (), SPACES)]
    grids, lines = [], text_lines(text)
    last = 0
    for number, table in enumerate(tagged, start=1):
        first, end = text.count("\n", 0, table.start()), text.count("\n", 0, table.end())
        before = [" ".join(piece.text for line in one for piece in line.pieces) for one in _paragraphs(lines[last:first])]
        inside = list(_lines(lines[first : end + 1]))
        last = end
        if inside:
            grids.append(Grid(f"table {number}", tuple(inside), tuple(before[-MOST_WORDS_BEFORE:]), SPACES))
    return grids


SPACES = " "
"""The separator of such a grid."""


def _paragraphs(lines: Iterable[TextLine]) -> Iterator[list[TextLine]]:
    held: list[TextLine] = []
    for line in lines:
        if line.pieces:
            held.append(line)
        elif held:
            yield held
            held = []
    if held:
        yield held


def _lines(lines: Sequence[TextLine]) -> Iterator[Line]:
    for part in _parts(_without_prose(lines)):
        yield from _part(part)


def _without_prose(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines with those of a paragraph as one, so that none of them is taken for a heading."""
    found: list[TextLine] = []
    for line in lines:
        before = found[-1] if found else None
        prose = before is not None and len(before.pieces) == len(line.pieces) == 1 and before.pieces[0].start <= line.pieces[0].start
        if before is not None and prose and before.pieces[0].end > _LINE_OF_PROSE and not line.has_figures:
            words = before.pieces[0]
            found[-1] = TextLine(line.number, (Piece(f"{words.text} {line.pieces[0].text}", words.start, words.end),))
        else:
            found.append(line)
    return found


def _parts(lines: Iterable[TextLine]) -> Iterator[list[TextLine]]:
    """The lines cut where, below figures, other headings begin; the titles over these go with them."""
    held: list[TextLine] = []
    words: list[TextLine] = []
    left: int | None = None
    for line in lines:
        if line.has_figures:
            held += [*words, line]
            words = []
            left = min([one.start for one in line.amounts] + ([left] if left is not None else []))
            continue
        heads = left is not None and any(one.start > 0 and one.start >= left - _BESIDE for one in line.pieces)
        if heads:
            yield held
            held, left = [], None
        words.append(line)
        if line.rule and held:
            held += words
            words = []
    held += words
    if held:
        yield held


def _part(lines: Sequence[TextLine]) -> Iterator[Line]:
    """The lines of one set of headings as cells."""
    figures = [line for line in lines if line.has_figures]
    places = _places(lines, figures)
    if not places:
        yield from (Line(line.number, tuple(_caption(line.pieces))) for line in lines if line.pieces)
        return
    first = lines.index(figures[0])
    yield from _headings(lines[:first], places)
    for line in with_captions_whole([one for one in lines[first:] if one.pieces], places[0].start):
        yield Line(line.number, tuple(_row(line, places)))


def _places(lines: Sequence[TextLine], figures: Sequence[TextLine]) -> list[_Place]:
    """The columns: rules of several pieces, and the figures, where those that meet or end together are of one."""
    rules = [line.rule for line in lines if len(line.rule) > 1]
    most = max(map(len, rules), default=0)
    ruled = [_Place(one.start, one.end) for rule in rules if len(rule) == most for one in rule if one.start > 0]
    printed = [_Place(one.start, one.end) for line in figures for one in line.amounts]
    if ruled:
        left = min(one.start for one in ruled)
        printed = [one for one in printed if one.end > left]
    joined: list[_Place] = []
    for place in sorted((*ruled, *printed), key=lambda one: (one.start, one.end)):
        if joined and (place.start < joined[-1].end or abs(place.end - joined[-1].end) <= _BESIDE):
            joined[-1] = _Place(joined[-1].start, max(joined[-1].end, place.end))
        else:
            joined.append(place)
    return joined


def _headings(lines: Sequence[TextLine], places: Sequence[_Place]) -> Iterator[Line]:
    """The lines above the figures: pieces over columns, and titles, which begin left of them and are alone in their line."""
    over = [number for number, line in enumerate(lines) if line.rule or len(_over(line, places)) > 1]
    begins = over[0] if over else 0
    while begins > 0 and not lines[begins - 1].is_blank:
        begins -= 1
    for number, line in enumerate(lines):
        if not line.pieces:
            continue
        beyond = _over(line, places)
        if number < begins or not beyond:
            yield Line(line.number, tuple(_caption(line.pieces)))
            continue
        rule = lines[number + 1].rule if number + 1 < len(lines) else ()
        ranges = _ranges(beyond, rule, places)
        cells = [Cell(one.text, first + 1, last + 2) for one, (first, last) in zip(beyond, ranges, strict=True)]
        yield Line(line.number, (*_caption([one for one in line.pieces if one not in beyond]), *cells))


def _over(line: TextLine, places: Sequence[_Place]) -> list[Piece]:
    """The pieces that stand over columns: from their left on, or reaching over it beside others."""
    left = places[0].start
    reaching = [one for one in line.pieces if one.end > left]
    if len(reaching) == 1 and reaching[0].start < left - _BESIDE and reaching[0].end <= places[0].end + _BESIDE:
        return reaching if reaching[0].start > 0 and (reaching[0].start + reaching[0].end) / 2 >= left else []
    return [one for one in reaching if one.start >= left - _BESIDE or (one.start > 0 and len(reaching) > 1)]


def _ranges(pieces: Sequence[Piece], rule: Sequence[Piece], places: Sequence[_Place]) -> list[tuple[int, int]]:
    """The first and last column under each piece of a heading: in their order where there are as many, else as they reach."""
    if len(pieces) == len(places):
        return [(number, number) for number in range(len(places))]
    return [_range(one, rule, places) for one in pieces]


def _range(piece: Piece, rule: Sequence[Piece], places: Sequence[_Place]) -> tuple[int, int]:
    start, end = piece.start, piece.end
    under = [one for one in rule if one.start < end and start < one.end]
    if len(under) == 1:
        start, end = min(start, under[0].start), max(end, under[0].end)
    met = [number for number, place in enumerate(places) if place.meets(start, end)]
    middle = (start + end) / 2
    if not met:
        nearest = min(range(len(places)), key=lambda number: abs(places[number].middle - middle))
        return nearest, nearest
    if len(met) == 1 or len(under) == 1:
        return met[0], met[-1]
    ways = [(first, last) for first in range(met[0] + 1) for last in range(met[-1], len(places))]
    return min(ways, key=lambda way: abs((places[way[0]].start + places[way[1]].end) / 2 - middle))


def _caption(pieces: Iterable[Piece]) -> Iterator[Cell]:
    text = " ".join(one.text for one in pieces)
    if text:
        yield Cell(text, 0, 1)


def _row(line: TextLine, places: Sequence[_Place]) -> Iterator[Cell]:
    """The cells of a row: the caption up to the first amount, then the amount of each column."""
    left = places[0].start
    pieces = list(_parted(line, places)) if line.has_figures else list(line.pieces)
    beyond = [one for one in pieces if one.end > left and (one.is_amount or one.start >= left)]
    yield from _caption([one for one in pieces if one not in beyond])
    held: dict[int, list[Piece]] = {}
    for one in beyond:
        met = [number for number, place in enumerate(places) if place.meets(one.start, one.end)]
        near = [number for number, place in enumerate(places) if 0 <= one.end - place.end <= _BESIDE]
        if len(met) > 1:
            met = [number for number in met if abs(places[number].end - one.end) <= _BESIDE] or met
        held.setdefault((met or near or [len(places) - 1])[0], []).append(one)
        if len(met) > 1:
            held[met[0]].append(one)
    for number in sorted(held):
        there = list(dict.fromkeys(held[number]))
        whole = len(held[number]) == 1
        yield Cell(there[0].text if whole else Uncut(" ".join(one.text for one in there)), number + 1, number + 2)


def _parted(line: TextLine, places: Sequence[_Place]) -> Iterator[Piece]:
    """The pieces, with those of one space between two columns cut: amounts side by side, a caption up to its amount."""
    for piece in line.pieces:
        words = [Piece(one[0], piece.start + one.start(), piece.start + one.end()) for one in re.finditer(r"\S+", piece.text)]
        met = [place for place in places if place.meets(piece.start, piece.end)]
        if len(words) > 1 and len(met) == len(words) and all(one.is_amount for one in words):
            yield from words
        elif len(words) > 1 and not piece.is_amount and len(met) == 1 and _ends_in(piece, words[-1], met[0], line):
            yield Piece(piece.text[: words[-1].start - piece.start].strip(), piece.start, words[-1].start - 1)
            yield words[-1]
        else:
            yield piece


def _ends_in(piece: Piece, last: Piece, place: _Place, line: TextLine) -> bool:
    """Whether a caption runs up to the amount of a column: it ends in a figure where the column ends, and none other does."""
    others = any(place.meets(one.start, one.end) for one in line.pieces if one is not piece)
    return piece.start < place.start <= last.start and last.is_amount and abs(place.end - last.end) <= _BESIDE and not others
