"""How the cells of a file lie: which rows are its header, which are none of its content, and how a text file is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """Rows above the header, of the header itself, and of totals at the end; the sheet of a workbook; how text is encoded and
    its cells are parted, as far as it is stated."""

    skip_rows: int = 0
    header_rows: int = 1
    total_rows: int = 0
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None


PLAIN = Layout()
"""The layout of a file of which nothing is stated."""


def joined(tiers: Sequence[Sequence[str | None]]) -> list[str]:
    """The names of columns whose header has several rows, each joined by a blank. A name above several columns stands once in
    a file, over the first of them: it is also that of the empty cells beside it, where a name is below.

    >>> joined([["id", "Principal", "", None], ["", "opening", "closing", "rate"]])
    ['id', 'Principal opening', 'Principal closing', 'Principal rate']
    """
    if len(tiers) == 1:
        return [cell or "" for cell in tiers[0]]
    names = [(cell or "").strip() for cell in tiers[-1]]
    for tier in reversed(tiers[:-1]):
        above = ""
        for place, cell in enumerate(tier):
            above = (cell or "").strip() or (above if names[place] else "")
            names[place] = f"{above} {names[place]}".strip()
    return names
