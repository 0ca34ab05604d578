"""A printed reconciliation: statements of rows, one US GAAP amount, one per column, one IFRS amount.

These are the words of `tie_out` and `present`. Amounts are whole presentation units (thousands, as a
rule), signed as printed. A close builds them; `document_reading.read_document` makes them from the JSON shape and
`document_writing.as_json` gives it back. `refuse_unsound` refuses a row or column that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

US_GAAP = "us_gaap"
IFRS = "ifrs"
ROLES = ("line", "subtotal", "subtotal_full", "total")
"""`subtotal` and `total` add the adjustments of their rows, `subtotal_full` all its columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """One numbered difference: its id in addresses, its note's numeral, its caption.

    ``vat_in_lines`` is false where its lines hold amounts, such as allowances, that bear no value-added tax, and None where
    the file does not say.

    >>> Column("eir", "ii", "Effective interest rate").caption
    '(ii) Effective interest rate'
    """

    id: str
    note: str | None
    label: str
    vat_in_lines: bool | None = True

    @property
    def caption(self) -> str:
        """The caption with the note's numeral before it."""
        return f"({self.note}) {self.label}" if self.note else self.label


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row. `of` names the rows it adds up, each with its sign; `derived` the cells that
    whoever transcribed the statement completed by arithmetic, which are no evidence."""

    id: str
    label: str
    section: str
    role: str
    us_gaap: int
    adjustments: Mapping[str, int]
    ifrs: int
    of: tuple[tuple[int, str], ...] = ()
    derived: frozenset[str] = frozenset()

    def amount(self, column: str) -> int:
        """The amount under `us_gaap`, `ifrs` or a column's id; a column not printed is nil."""
        if column == US_GAAP:
            return self.us_gaap
        if column == IFRS:
            return self.ifrs
        return self.adjustments.get(column, 0)

    def is_derived(self, column: str) -> bool:
        """Whether that amount was completed by arithmetic instead of being read."""
        return column in self.derived or ("adj" in self.derived and column not in (US_GAAP, IFRS))


@dataclass(frozen=True)
class Statement:
    """One table: a balance sheet at a date (`as_of`), a flow over a `period`, or a list of either.

    `basis` is what it says below its heading of the amounts it rests on; blank as a rule.
    """

    id: str
    kind: str
    as_of: str | None
    period: str | None
    rows: tuple[Row, ...]
    complete: bool = True
    basis: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Row]:
        """Its rows by id."""
        return {row.id: row for row in self.rows}

    def row(self, row_id: str) -> Row | None:
        """The row of that id, or None where the statement does not print it."""
        return self.by_id.get(row_id)

    def __repr__(self) -> str:
        return f"Statement({self.id!r}, {self.kind!r}: {len(self.rows)} rows)"

    def _repr_html_(self) -> str:
        from gaapbridge.statement.shown import statement_html

        return statement_html(self)

    def total_equity(self) -> Row | None:
        """Total equity, else the equity of the parent's owners, else None."""
        return self.row("eq") or self.row("eq_parent")


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a roll opens: a statement of this file, or of another one, by id or by date (`as_of`)."""

    statement: str | None
    file: str | None = None
    as_of: str | None = None

    @property
    def elsewhere(self) -> bool:
        """Whether the opening statement is not in the file that declares the roll."""
        return self.file is not None or self.statement is None

    def __str__(self) -> str:
        if self.statement is None:
            return f"the balance at {self.as_of}"
        return f"{self.file}#{self.statement}" if self.file else self.statement


@dataclass(frozen=True, slots=True)
class Roll:
    """A declared roll-forward: opening balance sheet, flow statement, closing balance sheet.

    `offset` gives, for a column that stays inside equity, the row in which its other half sits, or
    None where only the total is published. `paths` and `paths_pretax` are movements of the equity
    effect that are declared not to be profit: column, name, amount after and before tax.
    """

    opening: Opening
    close: str
    flow: str
    retained: str
    flow_row: str
    offset: Mapping[str, str | None] = field(default_factory=dict)
    paths: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    paths_pretax: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def path(self, column: str) -> int:
        """The column's declared non-profit movements after tax, in sum."""
        return sum(self.paths.get(column, {}).values())

    def path_pretax(self, column: str) -> int:
        """The same before tax; where no amounts before tax are declared, the paths bear no tax."""
        if column in self.paths_pretax:
            return sum(self.paths_pretax[column].values())
        return self.path(column)


@dataclass(frozen=True, slots=True)
class PeriodSum:
    """A declared sum: the `row` of the statement `total` is that of the `parts` added up."""

    total: str
    parts: tuple[str, ...]
    row: str


@dataclass(frozen=True, slots=True)
class Document:
    """One published or in-house reconciliation, whole or in part."""

    id: str
    file: str
    issuer: str
    currency: str
    unit: str
    columns: tuple[Column, ...]
    statements: tuple[Statement, ...]
    rolls: tuple[Roll, ...] = ()
    period_sums: tuple[PeriodSum, ...] = ()

    def statement(self, statement_id: str) -> Statement | None:
        """The statement of that id, or None."""
        for statement in self.statements:
            if statement.id == statement_id:
                return statement
        return None

    def __repr__(self) -> str:
        return f"Document({self.id!r}, {self.issuer!r}: {[one.id for one in self.statements]})"

    def _repr_html_(self) -> str:
        from gaapbridge.statement.shown import document_html

        return document_html(self)

    @property
    def column_ids(self) -> tuple[str, ...]:
        """The ids of the adjustment columns, in printed order."""
        return tuple(column.id for column in self.columns)

    def column(self, column_id: str) -> Column:
        """The column of that id; `KeyError` where there is none."""
        return {column.id: column for column in self.columns}[column_id]
