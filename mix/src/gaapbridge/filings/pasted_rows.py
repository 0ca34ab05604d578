"""A row of a pasted table: its texts, and its amounts under each period's frameworks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.filings.amounts import figure_of
from gaapbridge.filings.columns_between import amounts_of_row, short_by
from gaapbridge.filings.dates import Span, span_of
from gaapbridge.filings.grid import Cell, Grid, Line
from gaapbridge.filings.headings import Column, Headings
from gaapbridge.filings.pairs import Pair
from gaapbridge.filings.printed_statement import PrintedStatement
from gaapbridge.filings.refusals import Blank, Refusals
from gaapbridge.filings.table_read import Raw, TableRead
from gaapbridge.terms.statement_kinds import kind_in

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PastedRow:
    """A row of one period. What the table has no column for is blank, or None: it is as in the row above."""

    caption: str
    amounts: Raw
    percent: bool
    texts: Texts
    blanks: tuple[Blank, ...] = ()

    @property
    def role(self) -> str:
        """The role that the table states."""
        return self.texts.get("role", "")

    @property
    def section(self) -> str | None:
        """The section of its own column; None where the cell is blank or there is no such column."""
        return self.texts.get("section") or None

    @property
    def span(self) -> Span | None:
        """The date or period of its own column."""
        said = [self.texts.get(key, "") for key in ("period", "as_of", "statement")]
        return next((span for one in said if one and (span := _span(one)) is not None), None)

    @property
    def kind(self) -> str | None:
        """The kind of statement that its own columns name."""
        said = (kind_in(self.texts.get(key, "")) for key in ("kind", "statement"))
        return next((one for one in said if one is not None), None)

    @property
    def called(self) -> str:
        """The name of its statement."""
        return self.texts.get("statement", "")

    def begins(self, held: PrintedStatement) -> bool:
        """Whether its own columns name another statement than the one above."""
        other = self.called and self.called != held.called
        span, kind = self.span, self.kind
        return bool(other or (span is not None and span != held.span) or (kind is not None and kind != held.kind))


@dataclass(frozen=True, slots=True)
class Reading:
    """A line that is being read, and where what it refuses is noted."""

    grid: Grid
    line: Line
    refusals: Refusals

    @property
    def row(self) -> str:
        """How the line is named in refusals."""
        return f"{self.grid.place}, line {self.line.number}" if self.grid.place else f"line {self.line.number}"

    def refuse_spilt(self, headings: Headings) -> None:
        """Refuse a line of a comma-separated file with more cells than its header: a figure was cut at its separator."""
        known = [(one.start, one.end) for one in headings.columns]
        cells = (cell for cell in self.line.cells if cell.start >= headings.width)
        beyond = [cell for cell in cells if not any(cell.covers(*place) for place in known)]
        if beyond and self.grid.separator == ",":
            rule = f"a row has no more cells than the header ({headings.width})"
            remedy = "quote texts and figures that hold the separator"
            self.refusals.add(rule, remedy, row=self.row, value=beyond[-1].value)

    def cell(self, column: Column) -> Cell | None:
        """The cell of a column; None where it is blank."""
        return next((one for one in self.line.cells if one.covers(column.start, column.end)), None)


def texts_of(headings: Headings, line: Line) -> dict[str, str]:
    """The texts of a line by the key of their column; blank cells are left out."""
    found: dict[str, str] = {}
    for key, start, end in headings.texts:
        for cell in line.cells:
            if cell.covers(start, end) and cell.start >= start:
                found.setdefault(key, cell.text)
    return found


def values_of(reading: Reading, pair: Pair, ids: Mapping[int, str], texts: Texts, read: TableRead) -> PastedRow | None:
    """The row of one period; None where the line prints nothing there, or per cents that do not add up, which is said."""
    between = [one for one in pair.in_order if one not in pair.memos]
    ends = (pair.reconciled_from, pair.reconciled_to)
    columns = sorted((*ends, *between), key=lambda one: one.start)
    held = reading.line.under([(one.start, one.end) for one in columns])
    cells = {one.start: cells[0] for one, cells in zip(columns, held, strict=True) if cells}
    if not cells:
        return None
    caption = texts.get("label", "")
    if any((figure := figure_of(cell.value)) is not None and figure.percent for cell in cells.values()):
        return _per_cents(reading, pair, ids, caption, texts, read)
    amounts = {}
    for column in (*ends, *between):
        if column.start in cells:
            name = column.words or column.heading
            amounts[column.start] = reading.refusals.amount(cells[column.start].value, reading.row, name)
    if all(figure_of(cell.value) is None for cell in cells.values()):
        return None
    return PastedRow(caption, amounts_of_row(pair, ids, amounts), False, texts, _blank_ends(reading, pair, amounts))


def _per_cents(
    reading: Reading, pair: Pair, ids: Mapping[int, str], caption: str, texts: Texts, read: TableRead
) -> PastedRow | None:
    amounts = {}
    for column in (pair.reconciled_from, pair.reconciled_to, *pair.in_order):
        cell = reading.cell(column)
        figure = figure_of(cell.value) if cell is not None else None
        if figure is not None:
            amounts[column.start] = figure.amount
    if short_by(pair, amounts):
        where, why = (
            f"{reading.row}, {caption}",
            "it prints per cents that do not add up across, as those of different bases do not",
        )
        read.leave(where, why, "calculate them again from the amounts")
        return None
    return PastedRow(caption, amounts_of_row(pair, ids, amounts), True, texts)


def _blank_ends(reading: Reading, pair: Pair, amounts: Mapping[int, Decimal]) -> tuple[Blank, ...]:
    """Blank cells under a framework, which are nil only where the row adds up with nil."""
    if not short_by(pair, amounts):
        return ()
    ends = [one for one in (pair.reconciled_from, pair.reconciled_to) if one.start not in amounts]
    return tuple(Blank(reading.row, column.heading or column.words) for column in ends)


def _span(text: str) -> Span | None:
    """A span as a column of dates has it: in words, 2023-12-31, 2023-01-01/2023-12-31, or a year."""
    found = span_of(text)
    if found is None and re.fullmatch(r"(?:19|20)\d\d", text):
        return Span(date(int(text), 1, 1), date(int(text), 12, 31), whole_year=True)
    return found
