"""Lines of text whose columns are held apart by spaces, as filings were printed before they were pages: cut into pieces.

Two spaces part one piece from the next. Lines of dashes and of equal signs are rules: they print nothing, but say how wide
what stands over them is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gaapbridge.filings.amounts import figure_of, is_after_a_figure, is_before_a_figure
from gaapbridge.filings.dates import year_of

_PIECE = re.compile(r"\S+(?: \S+)*")
_RULE = re.compile(r"[\s$|]*(?:[-=_─═]{3,}[\s$|]*)+")
_LEADERS = re.compile(r"(?:\s?\.){3,}|_{3,}|\.{2,}(?=\s|$)")
_MARKUP = re.compile(r"</?(?:TABLE|CAPTION|S|C|PAGE|FN|F\d+)>", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:,|-|/|\b(?:and|of|on|to|the|for|from|in|or|by|with|under|at|as))$", re.IGNORECASE)
_LONGEST_PAGE_NUMBER = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """Words or a figure, from the place at which they start in their line up to where they end."""

    text: str
    start: int
    end: int

    @property
    def is_amount(self) -> bool:
        """Whether it is a figure as printed, or a dash."""
        return figure_of(self.text) is not None


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line by its number: its pieces, or where it is a rule the pieces of that; blank lines have none of both."""

    number: int
    pieces: tuple[Piece, ...] = ()
    rule: tuple[Piece, ...] = ()

    @property
    def amounts(self) -> list[Piece]:
        """Its figures behind the caption."""
        return [one for one in self.pieces if one.is_amount and (one is not self.pieces[0] or one.start > 0)]

    @property
    def has_figures(self) -> bool:
        """Whether it has an amount that is no year: years are headings."""
        return any(any(map(str.isdigit, one.text)) and not year_of(one.text) for one in self.amounts) or (
            len(self.amounts) > 1 and not any(year_of(one.text) for one in self.amounts)
        )

    @property
    def is_blank(self) -> bool:
        """Whether nothing is printed in it."""
        return not self.pieces and not self.rule


def text_lines(text: str) -> list[TextLine]:
    """The lines of a text, without its markup and page numbers; leaders of dots are spaces.

    >>> [[one.text for one in line.pieces] for line in text_lines("Cash, net ...   $   (1,234)    --")]
    [['Cash, net', '$(1,234)', '--']]
    """
    found = []
    lines = [one.expandtabs(8) for one in text.splitlines()]
    for number, line in enumerate(lines, start=1):
        near = any("<PAGE>" in one.upper() for one in lines[max(number - 4, 0) : number + 3])
        plain = _MARKUP.sub(lambda mark: " " * len(mark[0]), line)
        if near and re.fullmatch(r"\s*(?:[A-Z]-)?\d+\s*", plain) and len(plain.strip()) <= _LONGEST_PAGE_NUMBER:
            plain = ""
        if _RULE.fullmatch(plain):
            found.append(TextLine(number, rule=tuple(_pieces(plain.replace("$", " ")))))
        else:
            spaced = _LEADERS.sub(lambda dots: " " * len(dots[0]), plain)
            found.append(TextLine(number, tuple(_with_signs(list(_pieces(spaced))))))
    return found


def _pieces(line: str) -> Iterator[Piece]:
    return (Piece(found[0], found.start(), found.end()) for found in _PIECE.finditer(line))


def _with_signs(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces with currency signs and brackets put to the figures that they stand beside."""
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else Piece("", 0, 0)
        signs = before.start > 0 and is_before_a_figure(before.text, piece.text)
        if signs or is_after_a_figure(piece.text, before.text):
            joined[-1] = Piece(before.text + piece.text, before.start, piece.end)
        else:
            joined.append(piece)
    return iter(joined)


def is_aligned(text: str) -> bool:
    """Whether more lines end in a figure two spaces behind a caption than commas part into a caption and figures.

    >>> is_aligned("Cash, net      1,000      (10)      990"), is_aligned("Cash,1000,(10),990"), is_aligned("June 30, 2022")
    (True, False, False)
    """
    spaced = sum(len(line.pieces) > 1 and line.has_figures for line in text_lines(text))
    return spaced > sum(map(_is_parted_by_commas, text.splitlines()))


def _is_parted_by_commas(line: str) -> bool:
    cells = [cell.strip() for cell in line.split(",")[1:]]
    return "  " not in line.strip() and any(figure_of(cell) and not year_of(cell) for cell in cells)


def with_captions_whole(lines: Iterable[TextLine], left: int) -> list[TextLine]:
    """The lines with captions that go on over two or three joined to the one that holds the amounts.

    A line goes on in the next where it ends in the middle of a phrase, or the next begins in small letters; or where that is
    set in and its first word would not have fitted. `left` is where the first column of figures starts.
    """
    held: list[TextLine] = []
    wide = max((one.pieces[0].end for one in lines if _caption_of(one, left)), default=0)
    for line in lines:
        before = held[-1] if held else None
        if before is not None and len(before.pieces) == 1 and _goes_on(before, line, left, wide):
            first = line.pieces[0]
            caption = Piece(
                f"{before.pieces[0].text} {first.text}", before.pieces[0].start, max(first.end, before.pieces[0].end)
            )
            held[-1] = replace(line, pieces=(replace(caption, end=min(caption.end, max(left, 1))), *line.pieces[1:]))
        else:
            held.append(line)
    return held


def _caption_of(line: TextLine, left: int) -> bool:
    return bool(line.pieces) and line.pieces[0].start < left and not line.pieces[0].is_amount


def _goes_on(before: TextLine, line: TextLine, left: int, wide: int) -> bool:
    if not _caption_of(before, left) or not _caption_of(line, left) or line.number - before.number > 3:
        return False
    words, further = before.pieces[0], line.pieces[0]
    if words.text.endswith((":", ".")):
        return False
    if _GOES_ON.search(words.text) or further.text[0].islower():
        return True
    return further.start > words.start and words.end + 1 + len(further.text.split()[0]) > wide and len(line.pieces) > 1
