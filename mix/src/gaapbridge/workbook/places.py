"""Cells of a sheet by their references, rows and columns counted from 1, and the refusal of a sheet that has too many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gaapbridge.terms import UnusableInput

DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Area:
    """Cells from one corner to the other, rows and columns counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def touches(self, other: Area) -> bool:
        """Whether some cell is in both.

        >>> area("A1:B2").touches(area("B2:C9")), area("A1:B2").touches(area("A3"))
        (True, False)
        """
        rows = self.first_row <= other.last_row and other.first_row <= self.last_row
        return rows and self.first_column <= other.last_column and other.first_column <= self.last_column

    @property
    def cells(self) -> int:
        """How many cells there are from corner to corner.

        >>> area("B2:C4").cells
        6
        """
        return (self.last_row - self.first_row + 1) * (self.last_column - self.first_column + 1)


def area(reference: str) -> Area:
    """The cells of a reference.

    >>> area("B2:AA10")
    Area(first_row=2, first_column=2, last_row=10, last_column=27)
    """
    first, _, last = reference.replace("$", "").partition(":")
    (left, top), (right, bottom) = _corner(first), _corner(last or first)
    return Area(top, left, bottom, right)


def letters(column: int) -> str:
    """The column's letters.

    >>> letters(1), letters(27), letters(16_384)
    ('A', 'AA', 'XFD')
    """
    written = ""
    while column:
        column, letter = divmod(column - 1, 26)
        written = chr(ord("A") + letter) + written
    return written


class _Columns(dict[str, int]):
    """The number of a column by its letters, worked out once."""

    def __missing__(self, written: str) -> int:
        number = 0
        for letter in written:
            number = number * 26 + ord(letter) - ord("A") + 1
        self[written] = number
        return number


COLUMNS: Mapping[str, int] = _Columns()
"""The number of a column by its letters."""


def _corner(reference: str) -> tuple[int, int]:
    written = reference.rstrip(DIGITS)
    return COLUMNS[written], int(reference[len(written) :])


def too_large(file: str, found: str, most: int, how: str) -> UnusableInput:
    """The refusal of a sheet with more than ``most`` cells, or with one far from the others; ``how`` it is made smaller."""
    return UnusableInput(
        file=file,
        value=found,
        rule=f"a sheet that is read has at most {most:,} cells below its header, and none far from the others",
        remedy=f"{how} the cells that are not of the table",
    )
