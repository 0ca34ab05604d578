"""The statements of a run as every report shows them: rows in printed order, each amount as printed and in minor units.

A report that shows a figure takes it from here, so that workbook, pack and exhibit cannot tell the same cell apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gaapbridge.run.reader import Run
from gaapbridge.statement.document import IFRS, US_GAAP, Document, Row, Statement
from gaapbridge.statement.printing import caption_when, heading_of, is_printed, opens_section, unit_of
from gaapbridge.terms.statement_kinds import BALANCE_SHEET

LINE, SUB_TOTAL, TOTAL = "line", "sub-total", "total"
"""What a row is: one that adds up no other, one that does, one under a double rule."""

_KINDS = {"line": LINE, "total": TOTAL}


@dataclass(frozen=True, slots=True)
class ToldColumn:
    """A column of a statement: its id in addresses, its caption, and the numeral of its note, None for a framework."""

    id: str
    caption: str
    note: str | None


@dataclass(frozen=True, slots=True)
class ToldCell:
    """One amount: its address, as printed in printed units, and in minor units; None where an earlier run measured it."""

    address: str
    printed: int
    exact_minor: int | None


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One row: what it is, its cells by column, the rows it adds up with their signs.

    ``heading`` is the section that opens above it, blank where none does. ``is_printed`` is false of a line that no column
    touches, which a filing leaves out and a sub-total holds all the same.
    """

    id: str
    label: str
    section: str
    kind: str
    heading: str
    is_printed: bool
    of: tuple[tuple[int, str], ...]
    cells: Mapping[str, ToldCell]


@dataclass(frozen=True, slots=True)
class ToldStatement:
    """One statement: its heading and date or period in words, what it rests on, and its rows in printed order.

    ``is_comparative`` says that it stands beside those of the period. ``is_measured`` says that the run has its minor units;
    another stands as an earlier run printed it.
    """

    id: str
    kind: str
    heading: str
    when: str
    basis: str
    is_comparative: bool
    is_measured: bool
    rows: tuple[ToldRow, ...]

    @property
    def is_balance_sheet(self) -> bool:
        """Whether it is dated, and not a flow."""
        return self.kind == BALANCE_SHEET

    @property
    def printed_rows(self) -> tuple[ToldRow, ...]:
        """The rows that a filing prints."""
        return tuple(row for row in self.rows if row.is_printed)


@dataclass(frozen=True, slots=True)
class ToldStatements:
    """All statements of a run: whose, in which unit, with which columns, in printed order.

    ``unit`` is in words, thousands of CNY; ``unit_minor`` is how many minor units it has, 100,000 there.
    """

    entity: str
    currency: str
    unit: str
    unit_minor: int
    status: str
    columns: tuple[ToldColumn, ...]
    statements: tuple[ToldStatement, ...]

    @property
    def notes(self) -> tuple[ToldColumn, ...]:
        """The columns of differences, those of the two frameworks left out."""
        return tuple(column for column in self.columns if column.id not in (US_GAAP, IFRS))

    def statement(self, statement_id: str | None) -> ToldStatement | None:
        """The statement of that id, None where there is none."""
        return next((one for one in self.statements if one.id == statement_id), None)


def told_statements(run: Run) -> ToldStatements:
    """The statements of a run, those of its period first of their kind, then what stands beside them.

    Where loans of 93,261 thousand are 9,326,051,278 minor units the cell has both, so whoever shows the one can show by how
    much rounding moved it.
    """
    document, manifest = run.document, run.manifest
    entity = run.plan_content["entity"]
    of_period = {manifest.statements.closing, manifest.statements.income}
    columns = (
        ToldColumn(US_GAAP, "U.S. GAAP", None),
        *(ToldColumn(column.id, column.caption, column.note) for column in document.columns),
        ToldColumn(IFRS, "IFRS", None),
    )
    return ToldStatements(
        entity=document.issuer,
        currency=document.currency,
        unit=unit_of(document),
        unit_minor=int(entity["presentation_unit"]) * 10 ** int(entity["minor_digits"]),
        status=document.status,
        columns=columns,
        statements=tuple(_statement(one, run.exact, columns, one.id not in of_period) for one in document.statements),
    )


def _statement(statement: Statement, exact: Document, columns: tuple[ToldColumn, ...], is_comparative: bool) -> ToldStatement:
    measured = exact.statement(statement.id)
    return ToldStatement(
        id=statement.id,
        kind=statement.kind,
        heading=heading_of(statement),
        when=caption_when(statement.as_of, statement.period),
        basis=statement.basis,
        is_comparative=is_comparative,
        is_measured=measured is not None,
        rows=tuple(_rows(statement, measured, columns)),
    )


def _rows(statement: Statement, measured: Statement | None, columns: tuple[ToldColumn, ...]) -> Iterator[ToldRow]:
    before: Row | None = None
    for row in statement.rows:
        printed = is_printed(row)
        heading = f"{row.section.capitalize()}:" if printed and opens_section(statement, row, before) else ""
        if printed:
            before = row
        exact = None if measured is None else measured.by_id.get(row.id)
        cells = {
            column.id: ToldCell(
                address=f"{statement.id}/{row.id}/{column.id}",
                printed=row.amount(column.id),
                exact_minor=None if exact is None else exact.amount(column.id),
            )
            for column in columns
        }
        yield ToldRow(row.id, row.label, row.section, _KINDS.get(row.role, SUB_TOTAL), heading, printed, row.of, cells)
