"""The text of a CSV file cut into whole rows, and the cells of each row counted from its bytes.

A delimiter or a line end inside quotes is text: where an odd number of them went before. Of quotes that begin within a cell
nobody could tell whether they enclose one, so they enclose nothing that parts cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.terms import UnusableInput

LONGEST_ROW = 1 << 25
"""Bytes of a row above which a quote is taken as never closed: a file is not read whole to look for its end."""

_SHOWN = 40
"""Bytes from a quote that are shown of a row."""


@dataclass(frozen=True)
class CsvRows:
    """Some whole rows: their text, where in it each ends (its line end, or behind the text), and its number of cells, 0 for a
    line without any character."""

    text: bytes
    ends: NDArray[np.int64]
    cells: NDArray[np.int64]


def whole_rows(blocks: Iterator[bytes], file: str, delimiter: str) -> Iterator[CsvRows]:
    """The rows of a text that comes in blocks, some at a time. Raises ``UnusableInput`` at a quote that is never closed."""
    begun = b""
    for block in blocks:
        text = begun + block
        ends, cells = _rows_in(text, file, delimiter)
        until = int(ends[-1]) + 1 if len(ends) else 0
        begun = text[until:]
        if until:
            yield CsvRows(text[:until], ends, cells)
        if len(begun) > LONGEST_ROW:
            raise _too_long(file)
    if begun:
        ends, cells = _rows_in(begun + b"\n", file, delimiter)
        if not len(ends):
            raise malformed(file, "a quote that is opened is not closed")
        yield CsvRows(begun, ends, cells)


def _rows_in(text: bytes, file: str, delimiter: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the rows of a text end that begins with one, and the number of cells of each."""
    signs = np.frombuffer(text, np.uint8)
    is_end, is_delimiter = signs == ord("\n"), signs == ord(delimiter)
    if b'"' in text:
        is_quote = signs == ord('"')
        outside = np.cumsum(is_quote, dtype=np.uint8) & 1 == 0
        _refuse_enclosed(
            text, np.flatnonzero(is_quote)[::2], np.flatnonzero((is_end | is_delimiter) & ~outside), file, delimiter
        )
        is_end &= outside
        is_delimiter &= outside
    end = np.flatnonzero(is_end)
    if len(end) and np.diff(end, prepend=-1).max() - 1 > LONGEST_ROW:
        raise _too_long(file)
    counts = np.diff(np.searchsorted(np.flatnonzero(is_delimiter), end), prepend=0) + 1
    length = np.diff(end, prepend=-1) - 1
    blank = (length == 0) | ((length == 1) & (signs[np.maximum(end - 1, 0)] == ord("\r")))
    return end, np.where(blank, 0, counts)


def _refuse_enclosed(text: bytes, opened: NDArray[np.int64], enclosed: NDArray[np.int64], file: str, delimiter: str) -> None:
    """Raise where quotes that begin within a cell enclose what parts cells. A quote right behind another is doubled, and
    belongs to what that one closes."""
    if not len(enclosed):
        return
    before = np.where(opened == 0, ord("\n"), np.frombuffer(text, np.uint8)[opened - 1])
    begins = np.flatnonzero(before != ord('"'))
    within = (before[begins] != ord("\n")) & (before[begins] != ord(delimiter))
    begun_by = np.searchsorted(begins, np.searchsorted(opened, enclosed) - 1, side="right") - 1
    if within[begun_by].any():
        at = int(opened[begins[begun_by[within[begun_by].argmax()]]])
        raise malformed(file, text[text.rfind(b"\n", 0, at) + 1 : at + _SHOWN].decode(errors="replace"))


def _too_long(file: str) -> UnusableInput:
    return malformed(file, f"a row of more than {LONGEST_ROW >> 20} MB")


def malformed(file: str, detail: str) -> UnusableInput:
    """The refusal of a file whose cells cannot be told apart."""
    return UnusableInput(
        file=file,
        value=detail,
        rule="quotes in a CSV file enclose whole cells and are doubled inside",
        remedy="export the file again with quoted cells",
    )
