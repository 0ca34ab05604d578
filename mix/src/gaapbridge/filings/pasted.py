"""A table as people paste it: titles, headings over one row or several, captions in place of ids, figures as printed.

Nothing is asked for but two frameworks and what stands between them. What a heading does not say is told by what the rows add
up to; what neither says is not read, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from gaapbridge.filings.amounts import figure_of
from gaapbridge.filings.column_map import EXAMPLE, NO_MAP, ColumnMap
from gaapbridge.filings.column_words import Means
from gaapbridge.filings.columns_between import declared
from gaapbridge.filings.dates import Span, span_of
from gaapbridge.filings.grid import Grid, Line
from gaapbridge.filings.headings import Block, Column, Headings, blocks_of, headings_in, headings_over
from gaapbridge.filings.pairs import Pair, groups_of, pair_of
from gaapbridge.filings.pasted_rows import PastedRow, Reading, texts_of, values_of
from gaapbridge.filings.printed_statement import PrintedRow, PrintedStatement
from gaapbridge.filings.refusals import Refusals
from gaapbridge.filings.table_read import TableRead
from gaapbridge.filings.units import currency_in, unit_in, without_units
from gaapbridge.terms.captions import is_per_share
from gaapbridge.terms.statement_kinds import kind_in

LONGEST_HEADING = 120
"""Characters of a heading; what is longer is prose below or above the table."""


@dataclass
class _Group:
    """One pair of frameworks across the table, the ids of its columns, and the statement that its rows go to."""

    pair: Pair
    ids: dict[int, str]
    statement: PrintedStatement = field(default_factory=PrintedStatement)
    ended: bool = True
    section: str = ""
    """The heading of rows that was met since the statement ended."""


@dataclass
class _Pasted:
    """A table while it is read from top to bottom; `kind` and `span` are what the last headings said of its statements."""

    grid: Grid
    given: ColumnMap
    refusals: Refusals
    read: TableRead = field(default_factory=TableRead)
    statements: list[PrintedStatement] = field(default_factory=list)
    groups: list[_Group] = field(default_factory=list)
    headings: Headings | None = None
    context: list[str] = field(default_factory=list)
    kind: str | None = None
    span: Span | None = None

    @property
    def place(self) -> str:
        """Where the table stands, before the name of a part of it."""
        return f"{self.grid.place}, " if self.grid.place else ""


def read_pasted(grid: Grid, refusals: Refusals, given: ColumnMap = NO_MAP, *, strictly: bool = False) -> TableRead | None:
    """What a table says; None where no two frameworks stand over its columns.

    `strictly`: where bare dates stand for the frameworks, they are a day apart and half of the rows add up across. What cannot
    be read is noted in `refusals`.
    """
    table = _Pasted(grid, given, refusals)
    for text in grid.heading:
        _take_heading(table, text)
    blocks = blocks_of(grid)
    for number, block in enumerate(blocks):
        if block.figures:
            _read_block(table, blocks, number, strictly=strictly)
    if not table.statements:
        return None
    taken: set[str] = set()
    for statement in _without_blank_periods(table):
        raw = statement.as_raw(taken.__contains__)
        taken.add(str(raw["id"]))
        table.read.statements.append(raw)
    return table.read


def _without_blank_periods(table: _Pasted) -> list[PrintedStatement]:
    """The statements that give every amount; of others it is said where a period beside them does, and refused else."""
    whole = [one for one in table.statements if not one.blanks]
    for one in table.statements:
        if one.blanks and any(other.column != one.column for other in whole):
            table.read.leave_period(one.span.short if one.span else " to ".join(filter(None, one.names)), one.blanks)
        else:
            table.refusals.blank(one.blanks)
    return whole


def headings_of(grid: Grid, given: ColumnMap = NO_MAP) -> list[str]:
    """The headings over the figures of a table, texts among them, for a refusal that asks which are which."""
    found: list[str] = []
    for over in headings_in(grid, given.text_column):
        found += [one.words or one.heading for one in over.columns]
        found += over.text_headings
    return list(dict.fromkeys(found))


def _read_block(table: _Pasted, blocks: Sequence[Block], number: int, *, strictly: bool) -> None:
    """Take the lines of words as headings of columns if they are, else as headings of rows; then the rows."""
    block = blocks[number]
    figures = list(block.figures)
    for later in blocks[number + 1 :]:
        if any(len(line.cells) > 1 for line in later.words):
            break
        figures += later.figures
    found = headings_over(block.words, figures, table.context, table.given.text_column)
    pairs = _pairs(table, found, figures, strictly=strictly) if found is not None else []
    words = block.words
    if found is not None and pairs:
        for text in found.titles:
            _take_heading(table, text)
        _start(table, found, pairs)
        words = found.below
    elif found is not None and table.headings is not None and len({one.words for one in found.columns if one.words}) > 1:
        _stop(table, found)
    for line in words:
        _take_heading(table, " ".join(dict.fromkeys(cell.text for cell in line.cells)))
    if table.headings is None:
        numbers = f"lines {block.figures[0].number} to {block.figures[-1].number}"
        table.read.leave(
            f"{table.place}{numbers}", "they stand under no headings that name two frameworks", f"name them: {EXAMPLE}"
        )
        return
    for line in block.figures:
        _take_row(table, table.headings, line)


def _pairs(table: _Pasted, found: Headings, figures: Sequence[Line], *, strictly: bool) -> list[Pair]:
    """The pairs of frameworks that the headings name, a period after the other; none where they name none."""
    per_cent = _per_cent_columns(found.columns, figures)
    columns = []
    for column in found.columns:
        said = table.given.meaning(column.heading, column.words)
        columns.append(column.meant(said or (Means.MEMO if column in per_cent else None)))
    rows = [_amounts(line, columns) for line in figures]
    pairs = [pair_of(group, rows, fixed=table.given.names_both_of(group)) for group in groups_of(columns)]
    held = [pair for pair in pairs if pair is not None]
    if strictly:
        held = [pair for pair in held if pair.is_clear(rows)]
    return held


def _per_cent_columns(columns: Sequence[Column], figures: Sequence[Line]) -> list[Column]:
    """The columns that print per cents as a rule, beside others that do not."""
    places = [(column.start, column.end) for column in columns]
    by_line = [line.under(places, captioned=True) for line in figures]
    found = []
    for number, column in enumerate(columns):
        held = [figure_of(cell.value) for under in by_line for cell in under[number]]
        printed = [one for one in held if one is not None and not one.nil]
        if 2 * sum(one.percent for one in printed) > len(printed):
            found.append(column)
    return found if len(found) < len(columns) - 1 else []


def _amounts(line: Line, columns: Sequence[Column]) -> dict[int, Decimal]:
    """The amounts of a line by column, as far as they can be told, to see which columns lead to which."""
    found = {}
    held = line.under([(column.start, column.end) for column in columns], captioned=True)
    for column, cells in zip(columns, held, strict=True):
        figure = figure_of(cells[0].value) if cells else None
        if figure is not None:
            found[column.start] = figure.amount
    return found


def _start(table: _Pasted, found: Headings, pairs: Sequence[Pair]) -> None:
    """Begin under new headings; the same ones again, as after a page break, go on with what they interrupted."""
    same = table.headings is not None and [one.heading for one in found.columns] == [
        one.heading for one in table.headings.columns
    ]
    held = table.groups if same and len(pairs) == len(table.groups) else [None] * len(pairs)
    table.headings, read = found, table.read
    table.groups = []
    for pair, before in zip(pairs, held, strict=True):
        ids = declared(read, pair)
        table.groups.append(_Group(pair, ids) if before is None else replace(before, pair=pair, ids=ids))
    for named in dict.fromkeys(map(_names, pairs)):
        read.names += [named] if named not in read.names else []
    for column in found.columns:
        _take_unit(table, column.heading)
    held_to = {one.start for pair in pairs for one in pair.read}
    stray = [one.words or one.heading for one in found.columns if one.start not in held_to]
    stray += [f"{one + 1}" for one in found.unheaded]
    for name in dict.fromkeys(stray if not any(held) else []):
        why = "it stands outside the two frameworks, and no heading says that it adjusts them"
        read.leave(f"{table.place}column {name}", why, f'say what it is: --columns "{name}=adjustment", or =memo')


def _stop(table: _Pasted, found: Headings) -> None:
    """Read no further under headings that are followed by others, in which no two frameworks are found."""
    table.headings = None
    names = ", ".join(one.words for one in found.columns if one.words)
    why = f"its headings ({names[:LONGEST_HEADING]}) name no two frameworks with an adjustment between them"
    table.read.leave(f"{table.place}lines from {found.line}", why, f"name them: {EXAMPLE}")


def _names(pair: Pair) -> tuple[str, str]:
    return _name(pair.reconciled_from), _name(pair.reconciled_to)


def _name(column: Column) -> str:
    return "" if column.words.lower().replace(" ", "_") in ("us_gaap", "ifrs") else column.words or column.heading


def _take_heading(table: _Pasted, text: str) -> None:
    """A title, a date, a kind of statement, a unit, or the section of the rows that follow."""
    if not text:
        return
    table.context.append(text)
    _take_unit(table, text)
    span, kind = span_of(text), kind_in(text)
    if span is not None or kind is not None:
        alike = span is None or table.span is None or (span.first is None) == (table.span.first is None)
        table.kind = kind or (table.kind if alike or all(group.ended for group in table.groups) else None)
        table.span = span or table.span
        for group in table.groups:
            group.ended, group.section = True, ""
    elif len(text) <= LONGEST_HEADING and without_units(text):
        for group in table.groups:
            group.section = text
            if not group.ended:
                group.statement.head(text)


def _take_unit(table: _Pasted, text: str) -> None:
    for key, found in (("currency", currency_in(text)), ("unit", unit_in(text))):
        if found:
            table.read.top.setdefault(key, found)


def _take_row(table: _Pasted, headings: Headings, line: Line) -> None:
    """A row for the statement of every period that prints it."""
    texts = texts_of(headings, line)
    reading = Reading(table.grid, line, table.refusals)
    reading.refuse_spilt(headings)
    for key in ("currency", "unit", "issuer"):
        if texts.get(key):
            table.read.top.setdefault(key, texts[key])
    for group in table.groups:
        row = values_of(reading, group.pair, group.ids, texts, table.read)
        if row is not None:
            _statement_for(table, group, row)
            _add(group.statement, line, row)


def _statement_for(table: _Pasted, group: _Group, row: PastedRow) -> None:
    """See that the statement of the group is that of the row: a heading, its texts, or a total before it may begin another."""
    held = group.statement
    whole = held.ends_before(row.caption)
    if held.rows and not (group.ended or whole or row.begins(held)):
        return
    headed = table.span if len(table.groups) == 1 else None
    kind = row.kind or (None if whole and not group.ended else table.kind)
    span = row.span or headed or group.pair.reconciled_to.span or table.span
    group.ended, same = False, held.rows and not whole and not row.begins(held) and (kind, span) == (held.kind, held.span)
    if not same:  # else a page break says again what stands above it
        column = group.pair.reconciled_from.start
        group.statement = PrintedStatement(kind, span, row.called or held.called, _names(group.pair), column)
        table.statements.append(group.statement)
    if group.section:
        group.statement.head(group.section)
        group.section = ""


def _add(statement: PrintedStatement, line: Line, row: PastedRow) -> None:
    statement.blanks += row.blanks
    if row.section is not None and row.section != statement.heading:
        statement.head(row.section)
    role = row.role or ("memo" if row.percent or is_per_share(row.caption, statement.heading) else "")
    statement.add(PrintedRow(line.number, row.caption, statement.section, role, row.amounts, row.texts.get("id", "")))
