"""Tables aligned by spaces as grids: a column is where amounts end, a heading stands over the columns that it reaches.

What cannot be cut with certainty, two amounts in one column or one beside all columns, is kept as it is printed, to be refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gaapbridge.filings.aligned_lines import Piece, TextLine, text_lines, with_captions_whole
from gaapbridge.filings.grid import Cell, Grid, Line, Uncut

MOST_WORDS_BEFORE = 6
"""Paragraphs before a table that are read as its heading."""

_TABLE = re.compile(r"<TABLE>(.*?)(?:</TABLE>|(?=<TABLE>)|\Z)", re.IGNORECASE | re.DOTALL)
_NUMBERED = re.compile(r"(?:ASC|ASU|SFAS|FAS|FIN|EITF|IFRS|IAS|Topic|Subtopic|No\.|Nos\.|Notes?)", re.IGNORECASE)
"""What stands before a number that is one of the words of a caption: `Adoption of ASC 606`."""
_BESIDE = 2
"""How far an amount may end beyond its column: a bracket, a per cent sign."""
_LINE_OF_PROSE = 60


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands in the lines of a part."""

    start: int
    end: int
    ruled: bool = False
    """Whether a rule says how wide it is."""

    def meets(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end

    def holds(self, piece: Piece) -> bool:
        """Whether an amount stands in it with certainty: within its rule, to its end, from its start; a dash anywhere."""
        if self.ruled or not any(map(str.isdigit, piece.text)):
            return (
                self.start <= piece.start + _BESIDE and piece.end <= self.end + _BESIDE and self.meets(piece.start, piece.end)
            )
        return abs(piece.end - self.end) <= _BESIDE or (piece.start == self.start and piece.end <= self.end)

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
        words = found[-1].pieces if found else ()
        prose = len(words) == len(line.pieces) == 1 and words[0].end > _LINE_OF_PROSE and not line.has_figures
        if prose and words[0].start <= line.pieces[0].start:
            found[-1] = TextLine(line.number, (replace(words[0], text=f"{words[0].text} {line.pieces[0].text}"),))
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
    above = lines[: lines.index(figures[0])]
    first = max((number for number, line in enumerate(above, start=1) if line.rule or _over(line, places)), default=0)
    yield from _headings(lines[:first], places)
    for line in with_captions_whole([one for one in lines[first:] if one.pieces], places[0].start):
        yield Line(line.number, tuple(_row(line, places)))


def _places(lines: Sequence[TextLine], figures: Sequence[TextLine]) -> list[_Place]:
    """The columns: those of the rules where they are as many as the amounts of any row, else those of the fullest rows."""
    above = lines[: lines.index(figures[0])] if figures else []
    headed = max((len(line.pieces) - (line.pieces[0].start == 0) for line in above if line.pieces), default=0)
    counts = [len(line.amounts) for line in figures]
    full = max((one for one in counts if headed < 2 or one <= headed), default=max(counts, default=0))
    rows = [line.amounts for line in figures if len(line.amounts) == full]
    rules = [line.rule for line in lines if len(line.rule) > 1]
    most = max(map(len, rules), default=0)
    ruled = [rule for rule in rules if len(rule) == most and rule[0].start > 0]
    if ruled and most >= full:
        return [
            _Place(min(one.start for one in column), max(one.end for one in column), True)
            for column in zip(*ruled, strict=True)
        ]
    return [_hull(column) for column in zip(*rows, strict=True)]


def _hull(column: Sequence[Piece]) -> _Place:
    """Where most amounts of a column stand: those that end where most of them end."""
    end = Counter(one.end for one in column).most_common(1)[0][0]
    held = [one for one in column if abs(one.end - end) <= _BESIDE]
    return _Place(min(one.start for one in held), max(one.end for one in held))


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
    """The cells of a row: the caption up to the first amount, then the amount of each column.

    As many amounts as columns stand in their order. Fewer stand where they end; one that ends elsewhere is not cut.
    """
    pieces = list(_parted(line, places)) if line.has_figures else list(line.pieces)
    left = places[0].start
    beyond = [
        one for one in pieces if one.start >= left - _BESIDE or (one.is_amount and (one.end > left or _is_stray(one, pieces)))
    ]
    yield from _caption([one for one in pieces if one not in beyond])
    if len(beyond) == len(places) and all(_may_stand(one, place, places) for one, place in zip(beyond, places, strict=True)):
        yield from (Cell(one.text, number, number + 1) for number, one in enumerate(beyond, start=1))
        return
    held = [[number for number, place in enumerate(places) if place.holds(one)] for one in beyond]
    told = all(len(one) == 1 for one in held) and len({one[0] for one in held}) == len(held)
    if told:
        yield from (Cell(piece.text, of[0] + 1, of[0] + 2) for piece, of in zip(beyond, held, strict=True))
    elif beyond:
        yield Cell(Uncut(" ".join(one.text for one in beyond)), 1, 2)


def _is_stray(piece: Piece, pieces: Sequence[Piece]) -> bool:
    """Whether an amount beside the caption is none of its words, as a year, the number of a note or a footnote mark is."""
    return piece is not pieces[0] and re.fullmatch(r"\(?\w{1,2}\)?|(?:19|20)\d\d", piece.text) is None


def _may_stand(piece: Piece, place: _Place, places: Sequence[_Place]) -> bool:
    """Whether an amount may be that of a column by its order: it meets this one, or none at all."""
    return place.meets(piece.start, piece.end) or not any(one.meets(piece.start, piece.end) for one in places)


def _parted(line: TextLine, places: Sequence[_Place]) -> Iterator[Piece]:
    """The pieces, with those of one space between two columns cut: amounts side by side, a caption up to its amount."""
    for piece in line.pieces:
        words = [Piece(one[0], piece.start + one.start(), piece.start + one.end()) for one in re.finditer(r"\S+", piece.text)]
        met = [place for place in places if place.meets(piece.start, piece.end)]
        if piece.is_amount or len(words) == 1:
            yield piece
        elif all(one.is_amount for one in words):
            yield from words
        elif len(line.amounts) < len(places) and _ends_in_amount(piece, words, met):
            yield Piece(piece.text[: words[-1].start - piece.start].strip(), piece.start, words[-1].start - 1)
            yield words[-1]
        else:
            yield piece


def _ends_in_amount(piece: Piece, words: Sequence[Piece], met: Sequence[_Place]) -> bool:
    """Whether a caption runs up to an amount: it ends in a figure where its column ends, or in one that is no word of it."""
    last = words[-1]
    if not last.is_amount or _NUMBERED.fullmatch(words[-2].text):
        return False
    return (len(met) == 1 and piece.start < met[0].start <= last.start and met[0].holds(last)) or _is_stray(last, words)
