"""Tables that reconcile down the page: `Net income under IFRS`, an adjustment a line, `Net income under US GAAP`.

The form of most notes of a Form 20-F, and of most results announced beside non-GAAP ones. Each block of lines from one
framework to the other is what columns are elsewhere, and each column, a period, a statement of one row: which lines are
adjustments and which only add up those above is told as it is of columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from gaapbridge.filings.amounts import figure_of
from gaapbridge.filings.column_map import NO_MAP, ColumnMap
from gaapbridge.filings.column_words import Means, slug, unique_in
from gaapbridge.filings.columns_between import amounts_of_row, declared, short_by
from gaapbridge.filings.dates import Span, names_a_time, span_of
from gaapbridge.filings.framework_lines import FrameworkLine, framework_line, names_no_framework
from gaapbridge.filings.grid import Cell, Grid, Line
from gaapbridge.filings.headings import Column, blocks_of, figure_places, headings_over, is_amount
from gaapbridge.filings.pairs import NIL, Pair, settled
from gaapbridge.filings.refusals import Blank, Refusals
from gaapbridge.filings.table_read import Raw, TableRead, named_pair
from gaapbridge.filings.units import currency_in, unit_in
from gaapbridge.terms.captions import is_per_share, looks_like_total, plain_caption

AS_REPORTED = "As reported"
NOT_ROLLED = "they are not held against each other: down the page no movement of equity outside income is printed"


@dataclass(frozen=True, slots=True)
class _Printed:
    """A line with figures under the columns that stand over it; `end` where it is an amount under a framework.

    `unnamed` says that its caption does not name the framework.
    """

    line: Line
    caption: str
    periods: tuple[Column, ...]
    end: FrameworkLine | None
    unnamed: bool = False

    def cell(self, period: Column) -> Cell | None:
        """What the line prints in a period; None where that is blank."""
        return next((one for one in self.line.cells[1:] if one.covers(period.start, period.end)), None)


@dataclass
class _Down:
    """A table while its blocks are read."""

    grid: Grid
    refusals: Refusals
    strictly: bool
    read: TableRead = field(default_factory=TableRead)
    taken: set[str] = field(default_factory=set)

    def where(self, lines: Sequence[_Printed]) -> str:
        """Where lines stand, for what is said of them."""
        first, last = lines[0].line.number, lines[-1].line.number
        place = f"{self.grid.place}, " if self.grid.place else ""
        return f"{place}line {first}" if first == last else f"{place}lines {first} to {last}"


def read_down(grid: Grid, refusals: Refusals, given: ColumnMap = NO_MAP, *, strictly: bool = False) -> TableRead | None:
    """What a table says whose frameworks are lines; None where none leads from one to another.

    `strictly`: where half of its periods add up, as of a page whose other tables are no reconciliations. What cannot be read
    is noted in `refusals`.
    """
    table = _Down(grid, refusals, strictly)
    lines = _with_unnamed(list(_printed(grid, given)))
    beside: list[_Printed] = []
    place = 0
    while place < len(lines):
        last = _last_line(lines, place)
        if last is None or not _take_block(table, lines[place : last + 1]):
            beside.append(lines[place])
            place += 1
        else:
            place = last + 1
    if not table.read.statements:
        return None
    for one in beside:
        why = f"{one.caption or 'a line'} stands in no reconciliation from one framework to another"
        table.read.leave(table.where([one]), why, "where it belongs to one, name both frameworks in its captions")
    table.read.leave("periods", NOT_ROLLED, "declare `rollforward` in JSON, with its paths, to have them held")
    for text in (*grid.heading, *(cell.text for line in grid.lines for cell in line.cells if not is_amount(cell))):
        for key, found in (("currency", currency_in(text)), ("unit", unit_in(text))):
            if found:
                table.read.top.setdefault(key, found)
    return table.read


def captions_of(grid: Grid) -> set[str]:
    """The captions of lines, which `--columns` may name as the frameworks."""
    return {line.cells[0].text for line in grid.lines if line.cells and not is_amount(line.cells[0])}


def _printed(grid: Grid, given: ColumnMap) -> Iterator[_Printed]:
    """The lines with figures, each with the columns of periods that were last printed above it.

    A total without its amount is one of them, and an amount under a framework that is a text: nothing else says what is wrong.
    """
    periods: tuple[Column, ...] = ()
    context = list(grid.heading)
    blocks = blocks_of(grid)
    first = min((cell.start for line in grid.lines for cell in line.cells), default=0)
    for number, block in enumerate(blocks):
        figures = [line for one in blocks[number:] for line in one.figures]
        found = headings_over(block.words, figures, context) if figures else None
        if found is not None and any(one.span is not None or one.means != Means.UNKNOWN for one in found.columns):
            context += found.titles
            periods = tuple(one for one in found.columns if one.means != Means.MEMO)
        context += [cell.text for line in block.words for cell in line.cells if cell.start == first]
        if not periods:
            said = next((span for text in reversed(context) if (span := span_of(text)) is not None), None)
            periods = tuple(Column(*place, "", "", said, Means.UNKNOWN) for place in figure_places(figures))
        blank = [line for line in block.words if number and _is_without_its_amount(line, periods, given)]
        for line in (*blank, *block.figures):
            caption = line.cells[0].text if line.cells[0].start == first else ""
            means = given.meaning(caption) if caption else None
            end = FrameworkLine(caption, caption) if means in (Means.FROM, Means.TO) else framework_line(caption)
            yield _Printed(line if caption else _without_caption(line), caption, periods, end)


def _is_without_its_amount(line: Line, periods: Sequence[Column], given: ColumnMap) -> bool:
    """Whether a line is a total of no amount, or a total or an amount under a framework with a word in its place; of a line
    that `--columns` names as a framework, nothing in its place either."""
    caption, *others = line.cells
    if given.meaning(caption.text) in (Means.FROM, Means.TO):
        return True
    words = [one.text for one in others if any(one.covers(period.start, period.end) for period in periods)]
    if any(names_a_time(text) or unit_in(text) or currency_in(text) for text in words):
        return False
    return (
        looks_like_total(caption.text)
        if not words
        else looks_like_total(caption.text) or framework_line(caption.text) is not None
    )


def _with_unnamed(lines: Sequence[_Printed]) -> list[_Printed]:
    """The lines, with those told that lead to an amount under a framework and name none themselves: `Net income`."""
    told = list(lines)
    for place, one in enumerate(lines):
        before = next((there for there in reversed(range(place)) if lines[there].end is not None), -1)
        if one.end is None or (before >= 0 and _leads_to(lines[before].end, one.end)):
            continue
        for there in range(place - 1, before, -1):
            if names_no_framework(lines[there].caption, one.end):
                told[there] = replace(lines[there], end=FrameworkLine(one.end.held, AS_REPORTED), unnamed=True)
                break
    return told


def _leads_to(begins: FrameworkLine | None, ends: FrameworkLine) -> bool:
    """Whether two lines are the same amount under two frameworks."""
    return begins is not None and begins.framework != ends.framework and begins.held == ends.held


def _without_caption(line: Line) -> Line:
    """A line that begins with its first figure, as one with a blank caption before it."""
    return Line(line.number, (Cell("", 0, 0), *line.cells))


def _last_line(lines: Sequence[_Printed], first: int) -> int | None:
    """Where the block ends that begins with an amount under a framework: with the last of the same under the other one.

    None where the line begins none, or the framework comes again before there is another.
    """
    begins = lines[first].end
    if begins is None:
        return None
    last = None
    for place in range(first + 1, len(lines)):
        end = lines[place].end
        if end is None:
            continue
        if end.framework == begins.framework and (last is not None or end.held != begins.held):
            break
        if end.framework != begins.framework and end.held == begins.held:
            last = place
        elif end.framework != begins.framework and last is None:
            if begins.is_of_a_day != end.is_of_a_day or _begins_its_own(lines[place:], begins.framework):
                return None
            last = place
    return last if last is not None and last > first + 1 else None


def _begins_its_own(lines: Sequence[_Printed], other: str) -> bool:
    """Whether the same amount follows under another framework, so that the first line begins a block and ends none."""
    begins = lines[0].end
    return begins is not None and any(one.end == FrameworkLine(begins.held, other) for one in lines[1:])


def _take_block(table: _Down, lines: Sequence[_Printed]) -> bool:
    """Read one block as a statement for each period that it prints; false where it is no reconciliation."""
    begins, ends = lines[0].end, lines[-1].end
    assert begins is not None and ends is not None
    rows = {period: _figures(lines, period) for period in lines[0].periods}
    rows = {period: row for period, row in rows.items() if row}
    pair = _pair_of(lines, list(rows.values()))
    footing = sum(not short_by(pair, row) for row in rows.values())
    if not pair.adjustments or (table.strictly and 2 * footing < len(rows)):
        return False
    names = (begins.framework, ends.framework)
    table.read.names += [names] if names not in table.read.names else []
    ids = declared(table.read, pair)
    blanks = {period: list(_blank_ends(table, lines, period, pair, row)) for period, row in rows.items()}
    for period, missing in blanks.items():
        if not missing:
            table.read.statements.append(_statement(table, lines, period, pair, ids) | named_pair(names))
        elif all(blanks.values()):
            table.refusals.blank(missing)
        else:
            table.read.leave_period(period.span.short if period.span else period.heading or "the column", missing)
    many = f"{len(pair.adjustments)} adjustment{'s' if len(pair.adjustments) > 1 else ''}"
    sums = f", {len(pair.sums)} line{'s' if len(pair.sums) > 1 else ''} of sums" if pair.sums else ""
    why = (
        f"it was read down the page: from {lines[0].caption} by {many}{sums} to {lines[-1].caption}; each column "
        f"({len(rows)}) is a statement of one row"
    )
    table.read.leave(table.where(lines), why, "where it is to be read otherwise, give each framework a column")
    return True


def _blank_ends(
    table: _Down, lines: Sequence[_Printed], period: Column, pair: Pair, amounts: Mapping[int, Decimal]
) -> Iterator[Blank]:
    """The first and last line where they are blank in a period that does not add up with nil; a text there is no blank."""
    for place in (0, len(lines) - 1):
        if lines[place].cell(period) is None and short_by(pair, amounts):
            yield Blank(table.where([lines[place]]), period.heading or None)


def _figures(lines: Sequence[_Printed], period: Column) -> dict[int, Decimal]:
    """The amounts of a period by line, as far as they can be told, to see which lines lead to which."""
    found = {}
    for place, one in enumerate(lines):
        cell = one.cell(period)
        figure = figure_of(cell.value) if cell is not None else None
        if figure is not None:
            found[place] = figure.amount
    return found


def _pair_of(lines: Sequence[_Printed], rows: Sequence[Mapping[int, Decimal]]) -> Pair:
    """The lines as columns are: both frameworks, adjustments, and lines that add up those above them."""
    columns = []
    for place, one in enumerate(lines):
        summed = not one.caption or one.end is not None or looks_like_total(one.caption)
        means = Means.SUM if summed else Means.ADJUSTMENT
        caption = plain_caption(one.caption) or f"line {one.line.number}"
        columns.append(Column(place, place + 1, caption, caption, None, means))
    return settled(columns, columns[0], columns[-1], rows)


def _statement(table: _Down, lines: Sequence[_Printed], period: Column, pair: Pair, ids: Mapping[int, str]) -> Raw:
    amounts: dict[int, Decimal] = {}
    for place, one in enumerate(lines):
        cell = one.cell(period)
        if cell is not None:
            amounts[place] = table.refusals.amount(cell.value, table.where([one]), period.heading or one.caption)
    amounts |= {one.start: NIL for one, _ in pair.sums if one.start not in amounts}
    begins = lines[0].end
    assert begins is not None
    name = slug(begins.held) or "row"
    memo = is_per_share(lines[0].caption) or any(_is_per_cent(one.cell(period)) for one in lines)
    row: Raw = {
        "id": name,
        "label": plain_caption(lines[0].caption) + (f", {AS_REPORTED.lower()}" if lines[0].unnamed else ""),
        "role": "memo" if memo else "line",
        **amounts_of_row(pair, ids, amounts),
    }
    statement: Raw = {"id": _id(table, name, period.span), "kind": "list", "complete": False, "rows": [row]}
    return statement | _dated(period.span, begins)


def _id(table: _Down, name: str, span: Span | None) -> str:
    found = unique_in(table.taken.__contains__, f"{name}-{span.short}" if span is not None else name)
    table.taken.add(found)
    return found


def _dated(span: Span | None, held: FrameworkLine) -> Raw:
    """The date of equity, the period of anything else."""
    if span is None:
        return {}
    if held.is_of_a_day or span.first is None:
        return {"as_of": span.as_of} if span.as_of else {}
    return {"period": span.period}


def _is_per_cent(cell: Cell | None) -> bool:
    figure = figure_of(cell.value) if cell is not None else None
    return figure is not None and figure.percent
