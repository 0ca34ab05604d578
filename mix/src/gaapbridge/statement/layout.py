"""The rows a statement prints, which rows they add up, and the side on which each is positive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from gaapbridge.statement.document import ROLES
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.sections import of_what
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT

NORMALS = {"debit": 1, "credit": -1, "profit": -1}
"""The sign with which a debit-positive amount is printed: a profit is a credit that may be negative."""


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """One row: its id and caption, the rows it adds up, and its normal side.

    >>> LayoutRow("tax", "Income tax expense", "tax", "line", (), "credit").printed(300)
    -300
    """

    id: str
    label: str
    section: str
    role: str
    of: tuple[tuple[int, str], ...]
    normal: str

    @property
    def of_what(self) -> str | None:
        """What a row of the balance sheet is of, by its section: equity, liabilities or assets; None where that does not say.

        >>> LayoutRow("cash", "Cash", "Current assets", "line", (), "debit").of_what
        'assets'
        """
        return of_what(self.section)

    def printed(self, debit_positive: int) -> int:
        """An amount of the books (debit positive) with the sign in which this row prints it."""
        return NORMALS[self.normal] * debit_positive


@dataclass(frozen=True, slots=True)
class StatementLayout:
    """The rows of one kind of statement, in printed order."""

    kind: str
    rows: tuple[LayoutRow, ...]

    def bottom_up(self) -> list[LayoutRow]:
        """The rows, each after the rows it adds up."""
        placed: dict[str, LayoutRow] = {}
        while len(placed) < len(self.rows):
            for row in self.rows:
                if row.id not in placed and all(child in placed for _, child in row.of):
                    placed[row.id] = row
        return list(placed.values())

    def beneath(self, top: str) -> frozenset[str]:
        """A row and all that it adds up, down to the last; none where the statement has no such row."""
        of = {row.id: [child for _, child in row.of] for row in self.rows}
        found = [top] if top in of else []
        for row in found:
            found += of[row]
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Layout:
    """A balance sheet and an income statement that fit together.

    `retained_earnings` is the balance-sheet row that takes up the profit of the period.
    """

    id: str
    retained_earnings: str
    statements: tuple[StatementLayout, ...]

    @property
    def balance_sheet(self) -> StatementLayout:
        """The layout of the balance sheet."""
        return self._of_kind(BALANCE_SHEET)

    @property
    def income_statement(self) -> StatementLayout:
        """The layout of the income statement."""
        return self._of_kind(INCOME_STATEMENT)

    def row_ids(self) -> frozenset[str]:
        """Every row id of both statements."""
        return frozenset(row.id for statement in self.statements for row in statement.rows)

    def equity_rows(self) -> frozenset[str]:
        """Every row of the balance sheet beneath total equity; mezzanine lies between that and the liabilities."""
        return self.balance_sheet.beneath("eq") or self.balance_sheet.beneath("eq_parent")

    def net_income_rows(self) -> frozenset[str]:
        """Every row of the income statement beneath net income, all of one without it; the others say whose that is."""
        return self.income_statement.beneath("ni") or frozenset(row.id for row in self.income_statement.rows)

    def is_balance_sheet_row(self, row_id: str) -> bool:
        """Whether a row id belongs to the balance sheet."""
        return any(row.id == row_id for row in self.balance_sheet.rows)

    def _of_kind(self, kind: str) -> StatementLayout:
        return next(statement for statement in self.statements if statement.kind == kind)


def layout_of(raw: object, file: str) -> Layout:
    """The layout that `raw` (parsed JSON) describes. Raises `UnusableInput` naming the row at fault.

    Each child appears in one sub-total only: it is named in its `of`, with the sign that follows from the normal sides (a
    debit row counts negatively in a credit sub-total), or names the sub-total itself, as `in`.
    """
    read = _Reading(file)
    top = read.mapping(raw, "layout")
    given = read.listed(top, "statements", "layout")
    statements = tuple(_statement(read, read.mapping(one, "statements")) for one in given)
    kinds = sorted(statement.kind for statement in statements)
    if kinds != [BALANCE_SHEET, INCOME_STATEMENT]:
        read.refuse("a layout has one balance sheet and one income statement", "statements", ", ".join(kinds))
    ids = [row.id for statement in statements for row in statement.rows]
    for row_id in ids:
        if ids.count(row_id) > 1:
            read.refuse("a row id occurs once in a layout", row_id)
    layout = Layout(read.text(top, "id", "layout"), read.text(top, "retained_earnings", "layout"), statements)
    retained = layout.retained_earnings
    if not any(row.id == retained and not row.of for row in layout.balance_sheet.rows):
        read.refuse("`retained_earnings` names a line of the balance sheet", "layout", retained)
    return layout


def with_lines(packaged: Mapping[str, object], raw: Mapping[str, object], file: str) -> dict[str, object]:
    """A layout as parsed JSON with the lines that another file adds to it: each stands `after` a row and counts `in` one.

    >>> base = {"id": "a", "statements": [{"kind": "balance sheet", "rows": [{"id": "cash"}]}]}
    >>> added = {"id": "b", "statements": [{"kind": "balance sheet", "rows": [{"id": "rou", "after": "cash"}]}]}
    >>> with_lines(base, added, "b.json")["statements"]
    [{'kind': 'balance sheet', 'rows': [{'id': 'cash'}, {'id': 'rou'}]}]
    """
    read = _Reading(file)
    rows = {
        read.text(one, "kind", "statements"): list(read.listed(one, "rows", "statements"))
        for one in (read.mapping(one, "statements") for one in read.listed(packaged, "statements", "layout"))
    }
    for statement in (read.mapping(one, "statements") for one in read.listed(raw, "statements", "layout")):
        kind = read.text(statement, "kind", "statements")
        if kind not in rows:
            read.refuse("lines are added to a statement of the layout", "statements", kind, tuple(rows))
        for added in (read.mapping(one, kind) for one in read.listed(statement, "rows", kind)):
            row_id, after = read.text(added, "id", "rows"), read.text(added, "after", "rows")
            places = [str(read.mapping(row, kind).get("id")) for row in rows[kind]]
            if after not in places:
                read.refuse("`after` names a row of the same statement", row_id, after, tuple(places))
            rows[kind].insert(places.index(after) + 1, {key: value for key, value in added.items() if key != "after"})
    statements = [{"kind": kind, "rows": listed} for kind, listed in rows.items()]
    return {**packaged, "id": read.text(raw, "id", "layout"), "statements": statements}


_CORRECT = "correct the layout file"


@dataclass(frozen=True)
class _Reading:
    file: str

    def refuse(
        self, rule: str, row: str, value: str | None = None, known: tuple[str, ...] = (), remedy: str = _CORRECT
    ) -> NoReturn:
        like = nearest(value, known) if value else []
        remedy = f"did you mean {' or '.join(like)}" if like else remedy
        raise UnusableInput(file=self.file, row=row, value=value, rule=rule, remedy=remedy)

    def mapping(self, value: object, row: str) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            self.refuse("this is a JSON object", row, repr(value)[:60])
        return value

    def listed(self, owner: Mapping[str, object], key: str, row: str) -> list[object]:
        value = owner.get(key, [])
        if not isinstance(value, list):
            self.refuse(f"`{key}` is a list", row, repr(value)[:60])
        return value

    def text(self, owner: Mapping[str, object], key: str, row: str) -> str:
        value = owner.get(key)
        if not isinstance(value, str) or not value:
            self.refuse(f"`{key}` is a text and not blank", row, None if value is None else repr(value)[:60])
        return value


_SAID = "the section of a line of the balance sheet says whether it is of assets, liabilities or equity"
_SAY = "write one of these words in the section of the line, or 资产, 负债 or 权益: checks of ledger and accounts go by it"


def _statement(read: _Reading, raw: Mapping[str, object]) -> StatementLayout:
    kind = read.text(raw, "kind", "statements")
    rows = _joined(read, [read.mapping(one, kind) for one in read.listed(raw, "rows", kind)])
    if not rows:
        read.refuse("a statement has rows", kind)
    for row in rows:
        if kind == BALANCE_SHEET and row.role == "line" and row.of_what is None:
            read.refuse(_SAID, row.id, row.section, remedy=_SAY)
    by_id = {row.id: row for row in rows}
    parent: dict[str, str] = {}
    for row in rows:
        for sign, child in row.of:
            if child not in by_id:
                read.refuse("`of` names rows of the same statement", row.id, child, tuple(by_id))
            if child in parent:
                read.refuse("a row is added up in one sub-total only", row.id, child)
            if sign != NORMALS[row.normal] * NORMALS[by_id[child].normal]:
                read.refuse("the sign in `of` follows from the normal sides", row.id, child)
            parent[child] = row.id
    for row in rows:
        above = row.id
        for _ in rows:
            above = parent.get(above, "")
        if above:
            read.refuse("no sub-total adds up to itself", row.id)
    return StatementLayout(kind, rows)


def _joined(read: _Reading, raws: list[Mapping[str, object]]) -> tuple[LayoutRow, ...]:
    """The rows, those that say `in` which sub-total they count added to its `of`."""
    rows = [_row(read, raw) for raw in raws]
    place = {row.id: number for number, row in enumerate(rows)}
    for row, raw in zip(tuple(rows), raws, strict=True):
        if "in" in raw:
            above = read.text(raw, "in", row.id)
            if above not in place:
                read.refuse("`in` names a row of the same statement", row.id, above, tuple(place))
            added_up = rows[place[above]]
            sign = NORMALS[added_up.normal] * NORMALS[row.normal]
            rows[place[above]] = replace(added_up, of=(*added_up.of, (sign, row.id)))
    return tuple(rows)


def _row(read: _Reading, raw: Mapping[str, object]) -> LayoutRow:
    row_id = read.text(raw, "id", "rows")
    role, normal = read.text(raw, "role", row_id), read.text(raw, "normal", row_id)
    if role not in ROLES:
        read.refuse("the role is known", row_id, role, ROLES)
    if normal not in NORMALS:
        read.refuse("the normal side is known", row_id, normal, tuple(NORMALS))
    of: list[tuple[int, str]] = []
    for pair in read.listed(raw, "of", row_id):
        match pair:
            case [1 | -1 as sign, str(child)]:
                of.append((sign, child))
            case _:
                read.refuse("`of` is a list of [1 or -1, row id]", row_id, repr(pair)[:60])
    label, section = read.text(raw, "label", row_id), read.text(raw, "section", row_id)
    return LayoutRow(row_id, label, section, role, tuple(of), normal)
