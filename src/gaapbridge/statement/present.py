"""Presentation: exact amounts as whole printed units that foot.

Controlled rounding: every printed amount is the floor or the ceiling of its exact amount, and every sub-total is the sum
of what is printed (and carried unprinted) beneath it. Totals are rounded first, then each is shared among its parts by
the largest remainder. IFRS is the printed sum of its row.

The rows that are compared across periods go first: equity and deferred tax are rounded to the nearest unit where that
foots, and profit, pre-tax profit and tax towards the printed movement of equity and deferred tax. A line that a column
brings to exactly nil prints as nil where that foots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gaapbridge.statement.document import US_GAAP
from gaapbridge.statement.footing import nearest_unit
from gaapbridge.statement.layout import LayoutRow
from gaapbridge.statement.reconcile import Reconciled, filing_row

COMPARED = ("eq", "eq_parent", "re", "dta", "dtl")
"""Balance-sheet rows that roll from one period to the next."""

Shown = Mapping[str, Any]
ByRow = Mapping[str, int]
Paths = Mapping[str, Mapping[str, int]]


def present(rows: Sequence[Reconciled], unit_minor: int) -> list[dict[str, object]]:
    """The rows in presentation units of `unit_minor` minor units, in the shape of a filing's JSON."""
    return _printed(rows, unit_minor, {})


def present_flow(
    rows: Sequence[Reconciled],
    unit_minor: int,
    opening: Sequence[Shown],
    closing: Sequence[Shown],
    paths: Paths | None = None,
    paths_pretax: Paths | None = None,
) -> list[dict[str, object]]:
    """The rows of an income statement, so that they roll the printed balance sheets `opening` and `closing` forward.

    `paths` and `paths_pretax` are the printed movements declared not to be profit, by column and name. Where a column's
    equity moves by 80 of which 30 are no profit, its net income is printed as 50, if 50 is the floor or the ceiling of
    the exact amount; and pre-tax income and tax likewise.
    """
    wanted = {}
    for column in rows[0].amounts if rows else ():
        if column == US_GAAP:
            continue
        beside, beside_pretax = (sum((named or {}).get(column, {}).values()) for named in (paths, paths_pretax))
        tax = _net(closing, column, ("dta", 1), ("dtl", -1)) - _net(opening, column, ("dta", 1), ("dtl", -1))
        tax += beside - beside_pretax
        equity = "eq" if any(_net(sheet, column, ("eq", 1)) for sheet in (opening, closing)) else "re"
        income = _net(closing, column, (equity, 1)) - _net(opening, column, (equity, 1)) - beside
        wanted[column] = {"ni": income, "ni_attr": income, "pbt": income - tax, "tax": tax}
    return _printed(rows, unit_minor, wanted)


def controlled_rounding(
    rows: Sequence[Reconciled], column: str, unit_minor: int, wanted: ByRow | None = None
) -> dict[str, int]:
    """Printed units of one column by row id; see the module for the rule. `wanted` holds preferred units by row id.

    1.4 + 1.4 = 2.8 prints as 2 + 1 = 3: the larger remainder is raised, the earlier row where they are equal.
    """
    rounding = _Rounding(rows, column, unit_minor, wanted or {})
    for row_id in _totals(rows):
        rounding.total(row_id)
    return rounding.printed


def _printed(rows: Sequence[Reconciled], unit_minor: int, wanted: Mapping[str, ByRow]) -> list[dict[str, object]]:
    columns = list(rows[0].amounts) if rows else []
    printed = {US_GAAP: controlled_rounding(rows, US_GAAP, unit_minor)} if rows else {}
    for column in columns:
        if column != US_GAAP:
            nil = _taken_out(rows, column, printed[US_GAAP])
            printed[column] = controlled_rounding(rows, column, unit_minor, nil | dict(wanted.get(column, {})))
    shown = []
    for reconciled in rows:
        amounts = {column: printed[column][reconciled.row.id] for column in columns}
        shown.append(filing_row(reconciled.row, amounts, sum(amounts.values())))
    return shown


def _taken_out(rows: Sequence[Reconciled], column: str, us_gaap: ByRow) -> dict[str, int]:
    """What a column takes out of lines that it alone brings to exactly nil: all that US GAAP prints there, if that foots."""
    alone = [row for row in rows if row.ifrs == 0 and row.amounts[US_GAAP] + row.amounts[column] == 0 and row.amounts[column]]
    return {row.row.id: -us_gaap[row.row.id] for row in alone if row.row.role == "line"}


def _totals(rows: Sequence[Reconciled]) -> list[str]:
    """The rows that no other row adds up."""
    added = {child for reconciled in rows for _, child in reconciled.row.of}
    return [reconciled.row.id for reconciled in rows if reconciled.row.id not in added]


def _net(rows: Sequence[Shown], column: str, *signed: tuple[str, int]) -> int:
    signs = dict(signed)
    return sum(signs[row["id"]] * row["adj"].get(column, 0) for row in rows if row["id"] in signs)


class _Rounding:
    """One column on its way from exact amounts to printed units."""

    def __init__(self, rows: Sequence[Reconciled], column: str, unit_minor: int, wanted: ByRow) -> None:
        self.rows = {reconciled.row.id: reconciled for reconciled in rows}
        self.column = column
        self.unit_minor = unit_minor
        self.printed: dict[str, int] = {}
        compared = {self.exact(row_id) for row_id in COMPARED if row_id in self.rows}
        self.wanted = {
            row_id: wanted[row_id] if row_id in wanted else nearest_unit(self.exact(row_id), unit_minor)
            for row_id in self.rows
            if row_id in wanted or self.exact(row_id) in compared
        }

    def exact(self, row_id: str) -> int:
        return self.rows[row_id].amounts[self.column]

    def total(self, row_id: str) -> None:
        """Round a free total, to the nearest unit or to the neighbour nearer to what is wanted; share it among its rows."""
        exact = self.exact(row_id)
        units = nearest_unit(exact, self.unit_minor)
        if row_id in self.wanted:
            low, remainder = divmod(exact, self.unit_minor)
            units = min(max(self.wanted[row_id], low), low + (remainder > 0))
        self.printed[row_id] = units
        self.share(self.rows[row_id].row)

    def share(self, row: LayoutRow) -> None:
        """Share a printed sub-total among its unprinted part and its rows, then theirs in turn.

        Of the parts that are no whole units as many are raised as the sub-total needs: first those wanted above their
        floor, last those wanted there, the larger remainder before the smaller.
        """
        if not row.of:
            return
        parts = [("", 1, self.rows[row.id].unprinted[self.column])]
        parts += [(child, sign, sign * self.exact(child)) for sign, child in row.of]
        units = [exact // self.unit_minor for _, _, exact in parts]
        remainders = [exact % self.unit_minor for _, _, exact in parts]
        turns = []
        for place, (child, sign, _) in enumerate(parts):
            turn = 1
            if remainders[place] == 0:
                turn = 3
            elif child in self.wanted:
                turn = 0 if sign * self.wanted[child] > units[place] else 2
            turns.append((turn, -remainders[place], place))
        for _, _, place in sorted(turns)[: self.printed[row.id] - sum(units)]:
            units[place] += 1
        for (child, sign, _), shown in zip(parts, units, strict=True):
            if child:
                self.printed[child] = sign * shown
                self.share(self.rows[child].row)
