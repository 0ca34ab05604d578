"""How the cells of a file lie: which rows are its header, which are none of its content, and how a text file is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gaapbridge.terms.errors import UnusableInput


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


_FIGURE = re.compile(r"[-+(]?\W?[0-9][0-9.,'’ /:%-]*\)?")
_INSTANT = re.compile(r"(?:19|20)[0-9]{2}|[0-9]{1,4}([-/.])[0-9]{1,2}(?:\1[0-9]{1,4})?(?:[ T]00:00(?::00)?)?")
"""A year, a month or a day."""
_FEW, _SHARE = 3, 1 / 3
"""Cells of figures, and their share of all that are given, from which a row is one of content: a header may have years."""

_SHOWN = 5


def refuse_content_as_header(names: Sequence[str], file: str, layout: Layout) -> None:
    """Raise where the row below the skipped ones is one of content, as where a file of a later year has no titles any more that
    the plan skips. Three cells of a dozen that are numbers or days are enough to say so, where not all of them are days or
    years: a ledger of several dates has these for its header."""
    given = [name.strip() for name in names if name.strip()]
    figures = [name for name in given if _FIGURE.fullmatch(name)]
    dated = all(_INSTANT.fullmatch(name) for name in figures)
    if layout.skip_rows and not dated and len(figures) >= max(_FEW, _SHARE * len(given)):
        raise UnusableInput(
            file=file,
            row="header",
            value=", ".join(given[:_SHOWN]) + (", ..." if len(given) > _SHOWN else ""),
            rule=f"the header is below the {layout.skip_rows} rows that read.skip_rows skips, and what stands there is a row "
            "of content: the file is laid out otherwise than the one that the plan was written for",
            remedy="state its own skip_rows; where the file of one instant alone is so, under read.opening or read.closing of "
            "its tape, with all else that differs",
        )
