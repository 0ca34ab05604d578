"""Text in the columns of a terminal: how many it takes, and how it is broken into lines without breaking a number.

Ideographs take two columns and may be broken between; all other text is broken between words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_IDEOGRAPH = "\u2e80-\u2fff\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003fffd"
_OPENING, _CLOSING = "（《〈「『【〔“", "、。〉》」』】〕，．：；！？）”"
_ATOM = re.compile(f"[{_OPENING}]*[{_IDEOGRAPH}][{_CLOSING}]*|[^{_IDEOGRAPH}{_OPENING}]+|[{_OPENING}]+")
"""What no line is broken in: an ideograph with the marks that belong to it, or a run of other characters."""

_NUMBER = re.compile(r"[-+−(\[]*[^\w\s]?[\d０-９][\d０-９.,'’]*[^\w\s]*")
_UNIT = re.compile(r"[\d０-９]+(?:[.,:-][\d０-９]+)*|.", re.DOTALL)
_SEPARATORS = "/_."

LONGEST_ATOM = 36
"""Columns from which a word that is no number may be broken where a table is narrow: a path, the key of a plan."""


def columns_of(text: str) -> int:
    """Columns that a terminal gives to a text: two to a wide character, none to a mark on another.

    >>> columns_of("loans"), columns_of("贷款"), columns_of("e\u0301")
    (5, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """A text in so many columns, at their left or their right.

    >>> padded("贷款", 6) + "|", padded("12", 4, right=True)
    ('贷款  |', '  12')
    """
    blank = " " * (columns - columns_of(text))
    return blank + text if right else text + blank


def least_columns(text: str, longest: int = LONGEST_ATOM) -> int:
    """The fewest columns in which a text can be wrapped with no number broken, nor any other word of up to ``longest``.

    >>> least_columns("a loss of (123,456,789,012,345,678)"), least_columns("elections.expected_credit_loss.default_timing")
    (25, 36)
    """
    return max((_least(atom, longest) for _, atom in _atoms(text)), default=0)


def _least(atom: str, longest: int) -> int:
    return columns_of(atom) if _NUMBER.fullmatch(atom) else min(columns_of(atom), longest)


def wrapped(text: str, columns: int, *, hanging: int | None = None, whole_words: bool = False) -> list[str]:
    """A text in lines of at most so many columns. What follows the first line is indented by ``hanging``; where that is not
    said, it stands under the second part of the line, where two spaces or more set that off, or is indented by two.

    A word that is longer is broken after ``/``, ``_`` or a point, else anywhere; a number never. With ``whole_words`` it stays
    as it is where it stands, so that it can be copied.

    >>> wrapped("  plan  the rate of tax is 25 % now", 26)
    ['  plan  the rate of tax is', '        25 % now']
    >>> wrapped("贷款损失准备，净额", 8)
    ['贷款损失', '  准备，', '  净额']
    """
    if columns_of(text) <= columns:
        return [text]
    indent = " " * (_hanging(text, columns) if hanging is None else hanging)
    lines, line = [], ""
    for blank, atom in _atoms(text):
        room = columns - len(indent)
        fits = columns_of(atom) <= room
        for piece in [atom] if whole_words or fits else _broken(atom, room):
            if columns_of(line + blank + piece) > columns and line.strip() and (fits or not whole_words):
                lines.append(line)
                line, blank = indent, ""
            line, blank = line + blank + piece, ""
    return [*lines, line]


def _atoms(text: str) -> Iterator[tuple[str, str]]:
    """What a text consists of, each with the spaces before it."""
    for found in re.finditer(r"(\s*)(\S+)", text):
        blank = found[1]
        for atom in [found[2]] if _NUMBER.fullmatch(found[2]) else _ATOM.findall(found[2]):
            yield blank, atom
            blank = ""


def _hanging(text: str, columns: int) -> int:
    """Columns before the lines that follow the first."""
    indent = len(text) - len(text.lstrip(" "))
    set_off = re.match(r" *\S+(?: \S+)* {2,}(?=\S)", text)
    under = columns_of(set_off[0]) if set_off else columns
    return under if under <= columns // 3 else min(indent + 2, columns // 3)


def _broken(word: str, columns: int) -> list[str]:
    """A word in pieces of at most so many columns; figures and days in it stay whole."""
    pieces, piece, after = [], "", 0
    for unit in [word] if _NUMBER.fullmatch(word) else _UNIT.findall(word):
        while piece and columns_of(piece + unit) > columns:
            place = after if 2 * after > len(piece) else len(piece)
            pieces.append(piece[:place])
            piece, after = piece[place:], 0
        piece += unit
        after = len(piece) if unit in _SEPARATORS else after
    return [*pieces, piece]
