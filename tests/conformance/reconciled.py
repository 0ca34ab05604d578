"""Statements of worked examples as a close makes them: rows by a layout, reconciled exactly, presented in units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gaapbridge.statement.layout import NORMALS, Layout, LayoutRow, StatementLayout
from gaapbridge.statement.present import present
from gaapbridge.statement.reconcile import Reconciled, reconcile
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT
from tests.conformance.given import LABELS, NotCoveredError

Sums = Mapping[str, Sequence[str]]
"""Sub-totals and the rows each adds up; a minus before a name marks a credit balance."""


def names_of(sums: Sums) -> list[str]:
    """Names of the sub-totals."""
    return [_name(total) for total in sums]


def reconciled(rows: Mapping[str, Mapping[str, int]], sums: Sums, columns: Sequence[str] = ()) -> dict[str, Reconciled]:
    """The rows of an example and their sub-totals, with the amounts of its columns (those of the rows, where none are named).

    Amounts are given as printed; where there are sub-totals, every row is part of one, or it would be left out.
    """
    normal = {_name(one): "credit" if one.startswith("-") else "debit" for parts in sums.values() for one in parts}
    normal |= {_name(total): "credit" if total.startswith("-") else "debit" for total in sums}
    for name in rows:
        if sums and name not in normal:
            raise NotCoveredError(f"rows.{name}")
    lines = [LayoutRow(name, name, "", "line", (), normal.get(name, "debit")) for name in rows]
    totals = [_total(total, parts, normal) for total, parts in sums.items()]
    wanted = columns or list(dict.fromkeys(column for cells in rows.values() for column in cells if column not in LABELS))
    amounts = {
        column: {line.id: line.printed(rows[line.id][column]) for line in lines if column in rows[line.id]} for column in wanted
    }
    statement = StatementLayout(INCOME_STATEMENT, (*lines, *totals))
    layout = Layout("example", "", (StatementLayout(BALANCE_SHEET, ()), statement))
    found = reconcile(layout, statement, {line.id: line.id for line in lines}, amounts)
    return {one.row.id: one for one in found}


def printed_units(rows: Mapping[str, Reconciled], unit_minor: int) -> dict[str, int]:
    """The rows of one column as presented."""
    return {row.id: row.us_gaap for row in present(list(rows.values()), unit_minor)}


def _total(total: str, parts: Sequence[str], normal: Mapping[str, str]) -> LayoutRow:
    name = _name(total)
    signed = tuple((NORMALS[normal[name]] * NORMALS[normal[_name(part)]], _name(part)) for part in parts)
    return LayoutRow(name, name, "", "total", signed, normal[name])


def _name(signed: str) -> str:
    return signed.removeprefix("-")
