"""The refusal of a file none of whose tables is a reconciliation: what it lacks, and how to say what is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gaapbridge.filings.column_map import EXAMPLE, OPTION, ColumnMap
from gaapbridge.filings.column_words import Means
from gaapbridge.filings.flat_form import is_flat
from gaapbridge.filings.framework_lines import framework_alone
from gaapbridge.filings.grid import Grid
from gaapbridge.filings.headings import Column, Headings, blocks_of, headings_in, headings_over, is_amount
from gaapbridge.filings.refusals import Refusals
from gaapbridge.terms.captions import is_per_share
from gaapbridge.terms.errors import UnusableInput

_ENDS = (Means.FROM, Means.TO)
_LINES = "frameworks stand over columns, or lines name what they hold under each: Net income under IFRS"


def no_reconciliation(grids: Sequence[Grid], given: ColumnMap, refusals: Refusals) -> UnusableInput:
    """The refusal, with the headings of the table that comes nearest to one."""
    if not grids:
        return refusals.one("the table has a header", "export it again")
    if any(is_flat(grid) for grid in grids):
        return refusals.one("the table has rows", "export the statements again")
    headed = [(grid, _with_said(found, given)) for grid in grids for found in headings_in(grid, given.text_column)]
    for grid, found in headed:
        if {one.means for one in found.columns} >= set(_ENDS):
            rule = "something leads from one framework to the other"
            remedy = f'name an adjustment, {OPTION} "HEADING=adjustment"; a memo or a sum is none'
            return refusals.one(rule, remedy, row=_where(grid), value=_shown(found))
    for grid in grids:
        if named := _lines_of_frameworks(grid):
            return refusals.one(_LINES, f"name the lines: {_naming(*named)}", row=grid.place or None, value=", ".join(named))
    rule = (
        "a header names two frameworks, such as US GAAP and IFRS or As reported and As restated, with adjustments between them"
    )
    nearest = max(headed, key=lambda one: _nearness(one[1].columns), default=None)
    grid = grids[0] if nearest is None else nearest[0]
    if ends := _ends_down_the_page(grid, given):
        return refusals.one(_LINES, f"name the lines: {_naming(*ends)}", row=grid.place or None, value=", ".join(ends))
    shown = grid.title if nearest is None else _shown(nearest[1])
    return refusals.one(rule, f"name the columns: {EXAMPLE}", row=_where(grid), value=shown)


def how_to_name(grid: Grid, given: ColumnMap) -> str:
    """How to say what a table reconciles: by its columns, or by its first and last line where these are periods."""
    ends = _ends_down_the_page(grid, given)
    return f"name its lines: {_naming(*ends)}" if ends else f"name its columns: {EXAMPLE}"


def _naming(first: str, last: str) -> str:
    """The option that names two lines, those with a comma in quotes of their own."""
    words = [f"from={first}", f"to={last}"]
    quoted = ",".join(f'"{one}"' if "," in one else one for one in words)
    return f"{OPTION} '{quoted}'" if '"' in quoted else f'{OPTION} "{quoted}"'


def _ends_down_the_page(grid: Grid, given: ColumnMap) -> list[str]:
    """The captions of the first and last line of a table whose columns are periods, so that it can only lead down the page."""
    blocks = [one for one in blocks_of(grid) if one.figures]
    over = [headings_over(one.words, one.figures, (), given.text_column) for one in blocks]
    columns = [column for found in over if found is not None for column in found.columns]
    if not columns or any(one.span is None or one.means != Means.EITHER for one in columns):
        return []
    figures = [line for block in blocks for line in block.figures if not is_amount(line.cells[0])]
    captions = [line.cells[0].text for line in figures if not is_per_share(line.cells[0].text)]
    return [captions[0], captions[-1]] if len(captions) > 2 and captions[0] != captions[-1] else []


def _with_said(found: Headings, given: ColumnMap) -> Headings:
    """The headings with what `--columns` says of them."""
    return replace(found, columns=tuple(one.meant(given.meaning(one.heading, one.words)) for one in found.columns))


def _where(grid: Grid) -> str:
    return f"{grid.place}, header" if grid.place else "header"


def _shown(found: Headings) -> str:
    return ", ".join(dict.fromkeys([*(one.words or one.heading for one in found.columns), *found.text_headings]))


def _nearness(columns: Sequence[Column]) -> tuple[int, int]:
    """How near headings come to two frameworks, or two days, with an adjustment between them; then how many they are."""
    ends = sum(one.means in _ENDS or (one.means == Means.EITHER and one.span is not None) for one in columns)
    return min(ends, 2) + any(one.means == Means.ADJUSTMENT for one in columns), min(len(columns), 3)


def _lines_of_frameworks(grid: Grid) -> list[str]:
    """The captions of lines that are nothing but a framework, of two; none where there are no such lines."""
    captions = (line.cells[0].text for line in grid.lines if any(map(is_amount, line.cells[1:])))
    named = {name: one for one in captions if "," not in one and (name := framework_alone(one)) is not None}
    return list(named.values()) if len(named) == 2 else []
