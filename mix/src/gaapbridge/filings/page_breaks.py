"""Tables of a page that go on after a page break, put together again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gaapbridge.filings.dates import span_of
from gaapbridge.filings.grid import Grid
from gaapbridge.filings.headings import blocks_of, figure_places, headings_over
from gaapbridge.terms.statement_kinds import kind_in

LONGEST_RUNNING_HEAD = 60
"""Characters of what stands between the two halves: a page number, `Table of contents`, `(continued)`."""


def without_page_breaks(grids: Iterable[Grid]) -> list[Grid]:
    """The tables, with those added to the one before that repeat its headings and name no other date, or have none at all."""
    whole: list[Grid] = []
    held: list[str] = []
    last = 0
    for grid in grids:
        named = _headings(grid)
        places = len(figure_places(line for block in blocks_of(grid) for line in block.figures))
        again = bool(named) and named == held
        bare = (
            not named and places == len(held) and places > 2 and all(len(one) <= LONGEST_RUNNING_HEAD for one in grid.heading)
        )
        dated = any(span_of(one) is not None or kind_in(one) is not None for one in grid.heading)
        if whole and (again or bare) and not dated:
            whole[last] = replace(whole[last], lines=(*whole[last].lines, *grid.lines))
            continue
        whole.append(grid)
        if named:
            held, last = named, len(whole) - 1
    return whole


def _headings(grid: Grid) -> list[str]:
    """The headings over the first figures of a table, as printed."""
    for block in blocks_of(grid):
        if block.figures:
            found = headings_over(block.words, block.figures, ())
            return [one.heading for one in found.columns] if found is not None and len(found.columns) > 2 else []
    return []
