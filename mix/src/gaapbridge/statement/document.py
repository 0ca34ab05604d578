"""A printed reconciliation: statements of rows, one US GAAP amount, one per column, one IFRS amount.

These are the words of `tie_out` and `present`. The two frameworks are called us_gaap and ifrs whatever the file reconciles;
`Wording` has their names. Amounts are whole units of the last digit printed
(thousands, as a rule), signed as printed. A close builds them; `document_reading.read_document` makes them from the JSON shape
and `document_writing.as_json` gives it back. `refuse_unsound` refuses a row or column that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.captions import deferred_tax_sign, is_loss, rows_by_meaning
from gaapbridge.terms.sections import of_what

US_GAAP = "us_gaap"
IFRS = "ifrs"
ROLES = ("line", "subtotal", "subtotal_full", "total", "memo")
"""`subtotal` and `total` add the adjustments of their rows, `subtotal_full` all its columns; `memo` (per share, per cent) is
footed across only, by itself."""
COLUMN_ROLES = ("adjustment", "sum", "memo")
"""A `sum` is the columns of its `of`, added, and adjusts nothing; a `memo` (a note's number, a per cent) is not read."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a reconciliation names its two frameworks, and how many decimals of its unit it prints.

    >>> Wording("GAAP", "non-GAAP", decimals=1).amount(-15_686)
    '-1,568.6'
    """

    from_gaap: str = "US GAAP"
    to_gaap: str = "IFRS"
    decimals: int = 0

    @property
    def pair(self) -> str:
        """Both names, `GAAP to non-GAAP`; blank for US GAAP and IFRS."""
        pair = (self.from_gaap, self.to_gaap)
        return "" if pair == ("US GAAP", "IFRS") else " to ".join(pair)

    def amount(self, amount: int) -> str:
        """An amount in units of its last digit, as people write it."""
        return self._written(amount, "")

    def signed(self, amount: int) -> str:
        """The same with its sign before it, as in a sum: `+8.7`."""
        return self._written(amount, "+")

    def number(self, amount: int) -> int | float:
        """The same for a program, in the unit: a whole number, or one whose decimals are as printed."""
        return float(Decimal(amount).scaleb(-self.decimals)) if self.decimals else amount

    def _written(self, amount: int, sign: str) -> str:
        scaled = Decimal(amount).scaleb(-self.decimals)
        return f"{scaled:{sign},.{self.decimals}f}"


OURS = Wording()
"""That of every run: whole units, US GAAP to IFRS."""


@dataclass(frozen=True, slots=True)
class Column:
    """One numbered difference: its id in addresses, its note's numeral, its caption.

    ``vat_in_lines`` is false where its lines hold amounts, such as allowances, that bear no value-added tax, and None where
    the file does not say. ``role`` is one of `COLUMN_ROLES`; ``of`` names what a `sum` adds up, us_gaap as a rule among it.

    >>> Column("eir", "ii", "Effective interest rate").caption
    '(ii) Effective interest rate'
    """

    id: str
    note: str | None
    label: str
    vat_in_lines: bool | None = True
    role: str = "adjustment"
    of: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        """The caption with the note's numeral before it."""
        return f"({self.note}) {self.label}" if self.note else self.label


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row. `of` names the rows it adds up, each with its sign; `derived` the cells that
    whoever transcribed the statement completed by arithmetic, which are no evidence; `sums` the amounts of columns that add
    up others; `decimals` how many its amounts have, which a memo alone may choose for itself; `resolved` says that `of` is not
    declared but told from the figures and the order of rows."""

    id: str
    label: str
    section: str
    role: str
    us_gaap: int
    adjustments: Mapping[str, int]
    ifrs: int
    of: tuple[tuple[int, str], ...] = ()
    derived: frozenset[str] = frozenset()
    sums: Mapping[str, int] = field(default_factory=dict)
    decimals: int = 0
    resolved: bool = False

    @property
    def of_what(self) -> str | None:
        """What a row of a balance sheet is of, by its section: assets, liabilities or equity; None where that does not say."""
        return of_what(self.section)

    @property
    def is_printed_as_loss(self) -> bool:
        """Whether the row is called a loss and printed above nil, so that its effects have the other sign of an income's."""
        return is_loss(self.label) and self.us_gaap > 0

    def amount(self, column: str) -> int:
        """The amount under `us_gaap`, `ifrs` or a column's id; a column not printed is nil."""
        if column == US_GAAP:
            return self.us_gaap
        if column == IFRS:
            return self.ifrs
        return self.sums[column] if column in self.sums else self.adjustments.get(column, 0)

    def is_derived(self, column: str) -> bool:
        """Whether that amount was completed by arithmetic instead of being read."""
        return column in self.derived or ("adj" in self.derived and column not in (US_GAAP, IFRS))


@dataclass(frozen=True)
class Statement:
    """One table: a balance sheet at a date (`as_of`), a flow over a `period`, or a list of either.

    `basis` is what it says below its heading of the amounts it rests on; blank as a rule. `wording` is the document's, but
    for the names of its frameworks where a document has several pairs. `owed_above_nil` says that what is owed is known to
    stand above nil, as a close has it, so that liabilities below are a debit; of others `effects.liabilities_sign` tells.
    """

    id: str
    kind: str
    as_of: str | None
    period: str | None
    rows: tuple[Row, ...]
    complete: bool = True
    basis: str = ""
    wording: Wording = OURS
    owed_above_nil: bool = field(default=False, compare=False)

    @cached_property
    def by_id(self) -> Mapping[str, Row]:
        """Its rows by id."""
        return {row.id: row for row in self.rows}

    @cached_property
    def by_meaning(self) -> Mapping[str, Row]:
        """Its rows whose captions alone tell what they are, by the id that such a row has."""
        places = rows_by_meaning(["" if row.role == "memo" else row.label for row in self.rows])
        return {meaning: self.rows[place] for meaning, place in places.items()}

    @cached_property
    def deferred_tax_rows(self) -> tuple[tuple[int, Row], ...]:
        """The rows of deferred tax with their signs, assets 1 and liabilities -1; totals of other such rows are left out."""
        rows = [row for row in self.rows if row.role != "memo"]
        signed = [(deferred_tax_sign(row.id, row.label, row.section), row) for row in rows]
        taxes = {row.id for sign, row in signed if sign}
        return tuple((sign, row) for sign, row in signed if sign and not taxes.intersection(child for _, child in row.of))

    def row(self, row_id: str) -> Row | None:
        """The row of that id, else the one whose caption stands for it, else None."""
        return self.by_id.get(row_id) or self.by_meaning.get(row_id)

    def __repr__(self) -> str:
        return f"Statement({self.id!r}, {self.kind!r}: {len(self.rows)} rows)"

    def _repr_html_(self) -> str:
        from gaapbridge.statement.shown import statement_html

        return statement_html(self)

    def total_equity(self) -> Row | None:
        """Total equity, else the equity of the parent's owners, else None."""
        return self.row("eq") or self.row("eq_parent")

    def wording_of(self, row: Row | None) -> Wording:
        """How the amounts of a row are written; a memo may have decimals of its own."""
        if row is None or row.decimals == self.wording.decimals:
            return self.wording
        return replace(self.wording, decimals=row.decimals)


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a roll opens: a statement of this file, or of another one, by id or by date.

    A period opens with the balance of the day before, or with one dated its first day, as at an adoption: either of `as_of` and
    `or_as_of` will do.
    """

    statement: str | None
    file: str | None = None
    as_of: str | None = None
    or_as_of: str | None = None

    @property
    def elsewhere(self) -> bool:
        """Whether the opening statement is not in the file that declares the roll."""
        return self.file is not None or self.statement is None

    def __str__(self) -> str:
        if self.statement is None:
            return f"the balance at {self.as_of}{f' or {self.or_as_of}' if self.or_as_of else ''}"
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


@dataclass(frozen=True)
class Document:
    """One published or in-house reconciliation, whole or in part.

    `columns` are its adjustments in printed order, `sum_columns` those that add others up; `left` is what reading it could
    not use, or had to tell from the figures. `status` is what its heading says of it besides: that it is a draft, or
    restated; blank as a rule.
    """

    id: str
    file: str
    issuer: str
    currency: str
    unit: str
    columns: tuple[Column, ...]
    statements: tuple[Statement, ...]
    rolls: tuple[Roll, ...] = ()
    period_sums: tuple[PeriodSum, ...] = ()
    sum_columns: tuple[Column, ...] = ()
    wording: Wording = OURS
    left: tuple[NotChecked, ...] = ()
    status: str = ""

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
    def pair(self) -> str:
        """The names of both frameworks, of every pair where its statements have several; blank for US GAAP and IFRS alone."""
        pairs = list(dict.fromkeys(one.wording.pair or "US GAAP to IFRS" for one in self.statements))
        return ", ".join(pairs) if len(pairs) > 1 else self.wording.pair

    @property
    def column_ids(self) -> tuple[str, ...]:
        """The ids of the adjustment columns, in printed order."""
        return tuple(column.id for column in self.columns)

    @cached_property
    def cells(self) -> Mapping[str, tuple[int, Row]]:
        """Every cell by address, as `bs-2023/loans_nc/ecl`: its amount and its row."""
        return {
            f"{statement.id}/{row.id}/{column}": (row.amount(column), row)
            for statement in self.statements
            for row in statement.rows
            for column in (US_GAAP, IFRS, *self.column_ids)
        }

    def column(self, column_id: str) -> Column:
        """The column of that id; `KeyError` where there is none."""
        return {column.id: column for column in self.columns}[column_id]

    def of_a_close(self) -> Document:
        """The same document as a close made it, whose statements have what is owed above nil."""
        return replace(self, statements=tuple(replace(one, owed_above_nil=True) for one in self.statements))

    def with_decimals(self, decimals: int) -> Document:
        """The same document with amounts in units of a smaller last digit; memo rows stay as they are.

        Two documents are compared so: 8.7 of the one is 870 where the other prints 8.71.
        """
        if decimals == self.wording.decimals:
            return self
        wording, times = replace(self.wording, decimals=decimals), 10 ** (decimals - self.wording.decimals)
        statements = (
            replace(one, wording=replace(one.wording, decimals=decimals), rows=tuple(_times(row, times) for row in one.rows))
            for one in self.statements
        )
        rolls = (
            replace(roll, paths=_paths_times(roll.paths, times), paths_pretax=_paths_times(roll.paths_pretax, times))
            for roll in self.rolls
        )
        return replace(self, wording=wording, statements=tuple(statements), rolls=tuple(rolls))


def of_text(of: Sequence[tuple[int, str]]) -> str:
    """The rows a sub-total adds up, as they are written in the flat form.

    >>> of_text([(1, "rev"), (-1, "opex")])
    'rev - opex'
    """
    text = " ".join(f"{'+' if sign > 0 else '-'} {row}" for sign, row in of)
    return text.removeprefix("+ ")


def _times(row: Row, times: int) -> Row:
    if row.role == "memo":
        return row
    more = len(str(times)) - 1
    adjustments, sums = ({name: times * amount for name, amount in held.items()} for held in (row.adjustments, row.sums))
    ends = (times * row.us_gaap, times * row.ifrs)
    return replace(row, us_gaap=ends[0], ifrs=ends[1], adjustments=adjustments, sums=sums, decimals=row.decimals + more)


def _paths_times(paths: Mapping[str, Mapping[str, int]], times: int) -> dict[str, dict[str, int]]:
    return {column: {name: times * amount for name, amount in named.items()} for column, named in paths.items()}
