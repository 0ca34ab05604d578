"""Whether a comma or a point stands before the decimals of a table: `1.234,5` and `1,234.5` are the same amount.

40.757 is forty thousand in a German table and forty and three quarters in an American one. The other figures of the table
tell, or the words of its unit; where neither does it is refused, since every row foots either way.
"""

from __future__ import annotations

import re
from dataclasses import replace

from gaapbridge.filings.amounts import figure_of
from gaapbridge.filings.grid import Cell, Grid
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.words import Words

COMMA, POINT, UNTOLD = ",", ".", ""
RULE = "a point before exactly three digits may stand before thousands or before decimals, and no other figure tells which"
REMEDY = 'say which mark stands before decimals: --decimal "," or --decimal "."'

_FIGURE = Words(r"([^\w.,]*(?:EUR|CHF|SEK|NOK|DKK|US|R)?[^\w.,]*)(\d[\d.,'’ ]*\d|[.,]?\d+)([^\w.,]*(?:EUR)?[^\w.,%]*)")
_WITH_COMMA = Words(r"\d{1,3}(?:(?:\.\d{3})*|(?:[ '’]\d{3})*)(?:,\d+)?|\d+,\d+")
_BY_COMMA = Words(r"\d{1,3}(?:[. '’]\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+,(?:\d{1,2}|\d{4,})")
_BY_POINT = Words(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[ '’]\d{3})+\.\d+|\d*\.(?:\d{1,2}|\d{4,})|0\.\d+|\d{4,}\.\d+"
    r"|(?!(?:19|20)\d\d$)\d{4,}"
)
"""A thousand without a mark has none before decimals that could be taken for one of thousands; a year is no such figure."""
_GROUPED = Words(r"\d{1,3}(?:[ '’]\d{3})+")
"""What parts thousands by spaces, or as in Switzerland by `'`, does not part them by points."""
_EITHER = Words(r"\d{1,3}\.\d{3}")
_CONTINENTAL = Words(
    r"\bMio\b|\bMrd\b|\bTEUR\b|\bT€|\bTsd\b|\bin Tausend\b|\bMillionen\b|\bMilliarden\b|\bmillions d['’]euros\b|\bmilliers\b"
    r"|\bmiles de\b|\bmillones\b|\bmigliaia\b|\bmilioni\b"
)
_EUROS = Words(r"\beuros?\b|\bEUR\b|€", re.IGNORECASE)
_CAPTIONS = Words(
    r"\b(?:Sachanlagen|Vorräte|Forderungen|Verbindlichkeiten|Rückstellungen|Eigenkapital|Umsatzerlöse|Summe|Immobilisations"
    r"|Créances|Dettes|Capitaux propres|Chiffre d['’]affaires|Résultat|Activos?|Pasivos?|Patrimonio nett?o"
    r"|Ingresos|Ricavi|Attività|Passività|Debiti)\b"
)
"""Rows of statements in German, French, Spanish and Italian."""
_SWISS = Words(r"\b[TK]?CHF\b|\bFranken\b|\bfrancs suisses\b")


def given_mark(decimal: str | None) -> str | None:
    """The mark that `--decimal` names. Raises `UnusableInput` for anything but a comma or a point."""
    if decimal in (None, COMMA, POINT):
        return decimal
    raise UnusableInput(
        file="--decimal", value=decimal, rule="the mark before decimals is a comma or a point", remedy='write "," or "."'
    )


def mark_of(grid: Grid) -> str:
    """The mark before the decimals of a table; blank where none of its figures tells.

    >>> from gaapbridge.filings.grid import line_of
    >>> tables = (["40.757", "1.234,5"], ["in Mio.", "40.757"], ["1.5", "40.757"], ["40.757"])
    >>> [mark_of(Grid("", (line_of(1, cells),))) for cells in tables]
    [',', ',', '.', '']
    """
    bare = [found[2] for line in grid.lines for cell in line.cells if (found := _printed(cell)) is not None]
    by_comma = _is_continental(grid) or any(map(_BY_COMMA.fullmatch, bare))
    by_point = any(map(_BY_POINT.fullmatch, bare))
    if by_comma and not by_point:
        return COMMA
    told = by_point or any(map(_GROUPED.fullmatch, bare))
    return UNTOLD if not told and any(map(_EITHER.fullmatch, bare)) else POINT


def _is_continental(grid: Grid) -> bool:
    """Whether the words of its unit, or its captions beside euros, are of a language that has a comma before decimals.

    Not where the amounts are Swiss francs: there a point stands before decimals, in German and in French.
    """
    texts = [*grid.heading, *(cell.text for line in grid.lines for cell in line.cells)]
    if any(map(_SWISS.search, texts)):
        return False
    return any(map(_CONTINENTAL.search, texts)) or (any(map(_EUROS.search, texts)) and any(map(_CAPTIONS.search, texts)))


def with_points(grid: Grid) -> Grid:
    """The table with every figure as it is written where a point stands before decimals: `1.234,5` as `1234.5`."""
    return replace(
        grid, lines=tuple(replace(line, cells=tuple(_with_point(cell) for cell in line.cells)) for line in grid.lines)
    )


def _with_point(cell: Cell) -> Cell:
    found = _printed(cell)
    if found is None or not _WITH_COMMA.fullmatch(found[2]):
        return cell
    return replace(cell, value=f"{found[1]}{found[2].replace('.', '').replace(',', '.')}{found[3]}")


def _printed(cell: Cell) -> re.Match[str] | None:
    """The figure that a text holds, in whichever way it is written."""
    if not isinstance(cell.value, str) or (figure := _FIGURE.fullmatch(cell.text)) is None:
        return None
    return figure if _WITH_COMMA.fullmatch(figure[2]) or figure_of(figure[2]) is not None else None
