"""Presentation: exact amounts as whole printed units that foot.

Controlled rounding: every printed amount is the floor or the ceiling of its exact amount, and every sub-total is the sum
of what is printed (and carried unprinted) beneath it. Of all the ways to do so the one is taken that, in this order:

1. prints nil under IFRS wherever IFRS is exactly nil, and no IFRS amount with another sign than its own;
2. prints IFRS, too, as the floor or the ceiling of its exact amount;
3. prints totals and the rows compared across periods as wanted: equity and deferred tax at their nearest unit like
   every total, and profit, pre-tax profit and tax as the printed balance sheets move;
4. lies nearest to the exact amounts, all rows together.

IFRS is the printed sum of its row. Columns are rounded one after another, each so that what is printed so far, added, lies
less than a unit from its exact amount, too. US GAAP is first, so that it does not depend on the others; last only where nil or
IFRS cannot be printed otherwise, for it has the most lines to give way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gaapbridge.statement.document import US_GAAP, Row
from gaapbridge.statement.reconcile import Reconciled, document_row
from gaapbridge.terms.money import nearest_unit

COMPARED = ("eq", "eq_parent", "re", "dta", "dtl")
"""Balance-sheet rows that roll from one period to the next."""

ByRow = Mapping[str, int]
Paths = Mapping[str, Mapping[str, int]]


def present(rows: Sequence[Reconciled], unit_minor: int) -> tuple[Row, ...]:
    """The rows in presentation units of `unit_minor` minor units."""
    return _printed(rows, unit_minor, {})


def present_flow(
    rows: Sequence[Reconciled],
    unit_minor: int,
    opening: Sequence[Row],
    closing: Sequence[Row],
    paths: Paths | None = None,
    paths_pretax: Paths | None = None,
) -> tuple[Row, ...]:
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
    rows: Sequence[Reconciled],
    column: str,
    unit_minor: int,
    wanted: ByRow | None = None,
    nil: ByRow | None = None,
    gone_off: ByRow | None = None,
) -> dict[str, int]:
    """Printed units of one column by row id; see the module for the rule.

    `wanted` holds preferred units by row id, `nil` those that bring a row to nil under IFRS, which go before; `gone_off` how
    many minor units the columns printed before lie above their exact amounts, added.
    1.4 + 1.4 = 2.8 prints as 2 + 1 = 3: the earlier row is raised where it makes no difference.
    """
    first = [one for one in rows if one.row.id in COMPARED or one.row.role == "total"]
    nearest = {one.row.id: nearest_unit(one.amounts[column], unit_minor) for one in first}
    by_id = {one.row.id: one for one in rows}
    rounding = _Rounding(by_id, column, unit_minor, nearest | dict(wanted or {}), nil or {}, gone_off or {})
    return dict(pair for choice in rounding.roots() for pair in choice.printed)


def _printed(rows: Sequence[Reconciled], unit_minor: int, wanted: Mapping[str, ByRow]) -> tuple[Row, ...]:
    columns = list(rows[0].amounts) if rows else []
    others = [column for column in columns if column != US_GAAP]
    orders = ([US_GAAP, *others], [*others, US_GAAP])
    printed: dict[str, dict[str, int]] = {}
    least: tuple[int, int] | None = None
    for order in orders:
        units = _in_order(rows, unit_minor, wanted, order)
        off = _off_nil(rows, units), _adrift(rows, units, unit_minor)
        if least is None or off < least:
            printed, least = units, off
        if not any(off):
            break  # no order comes nearer
    return tuple(document_row(one.row, {column: printed[column][one.row.id] for column in columns}) for one in rows)


def _in_order(
    rows: Sequence[Reconciled], unit_minor: int, wanted: Mapping[str, ByRow], order: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Printed units by column and row, one column rounded after another."""
    printed: dict[str, dict[str, int]] = {}
    for place, column in enumerate(order):
        nil = _taken_out(rows, unit_minor, printed, column, order[place + 1 :])
        off = _gone_off(rows, unit_minor, printed)
        printed[column] = controlled_rounding(rows, column, unit_minor, wanted.get(column), nil, off)
    return printed


def _gone_off(rows: Sequence[Reconciled], unit_minor: int, printed: Mapping[str, ByRow]) -> dict[str, int]:
    """Minor units by which what is printed of each row lies above its exact amounts, all columns so far together."""
    return {
        one.row.id: sum(units[one.row.id] * unit_minor - one.amounts[column] for column, units in printed.items())
        for one in rows
    }


def _adrift(rows: Sequence[Reconciled], printed: Mapping[str, ByRow], unit_minor: int) -> int:
    """Rows printed under IFRS a unit or more from their exact amount."""
    return sum(abs(off) >= unit_minor for off in _gone_off(rows, unit_minor, printed).values())


def _off_nil(rows: Sequence[Reconciled], printed: Mapping[str, ByRow]) -> int:
    """Units printed under IFRS in rows that are exactly nil there, or of the other sign."""
    added = [(row.ifrs, sum(units[row.row.id] for units in printed.values())) for row in rows]
    return sum(abs(units) for exact, units in added if exact == 0 or exact * units < 0)


def _taken_out(
    rows: Sequence[Reconciled], unit_minor: int, printed: Mapping[str, ByRow], column: str, later: Sequence[str]
) -> dict[str, int]:
    """What brings rows to nil as printed, where no later column has an amount that could.

    Rows of exactly nil under IFRS, and those that the floor or ceiling of `column` would print with the other sign: 1.4 less
    0.6 less 0.6 is 0.2, and 1 less 1 less 1 would be an asset below nil.
    """
    wanted = {}
    for one in (one for one in rows if not any(one.amounts[column] for column in later)):
        added, floor = sum(units[one.row.id] for units in printed.values()), one.amounts[column] // unit_minor
        if one.ifrs == 0 or any(one.ifrs * (added + units) < 0 for units in (floor, floor + 1)):
            wanted[one.row.id] = -added
    return wanted


def _net(rows: Sequence[Row], column: str, *signed: tuple[str, int]) -> int:
    signs = dict(signed)
    return sum(signs[row.id] * row.amount(column) for row in rows if row.id in signs)


@dataclass(frozen=True, slots=True)
class _Choice:
    """One way to print some rows: how many units from nil, how many whole units adrift with the columns before, how many units
    from what is wanted, how many minor units from exact."""

    away: tuple[int, int, int, int] = (0, 0, 0, 0)
    printed: tuple[tuple[str, int], ...] = ()

    def beside(self, other: _Choice) -> _Choice:
        nil, adrift, wanted, exact = (mine + theirs for mine, theirs in zip(self.away, other.away, strict=True))
        return _Choice((nil, adrift, wanted, exact), self.printed + other.printed)


Ways = dict[int, _Choice]
"""The best choice for each number of units that a row, or a sum of rows, can print as."""


@dataclass(frozen=True)
class _Rounding:
    """One column: the ways to print a row are those of the rows beneath it, added up."""

    rows: Mapping[str, Reconciled]
    column: str
    unit_minor: int
    wanted: ByRow
    nil: ByRow
    gone_off: ByRow

    def roots(self) -> Iterator[_Choice]:
        """The best choice for the rows that no other row adds up; those of the same exact amount print the same."""
        added = {child for one in self.rows.values() for _, child in one.row.of}
        alike: dict[int, list[Ways]] = {}
        for row_id, one in self.rows.items():
            if row_id not in added:
                alike.setdefault(one.amounts[self.column], []).append(self.ways(row_id))
        for first, *others in alike.values():
            together = first
            for other in others:
                together = {units: together[units].beside(other[units]) for units in together}
            yield min(together.values(), key=lambda choice: choice.away)

    def ways(self, row_id: str) -> Ways:
        """The floor and the ceiling of a row, each with the best choice beneath it."""
        one = self.rows[row_id]
        exact = one.amounts[self.column]
        if not one.row.of:
            return {units: self.choice(row_id, units) for units in self.neighbours(exact)}
        sums: Ways = {units: _Choice() for units in self.neighbours(one.unprinted[self.column])}
        for sign, child in one.row.of:
            sums = _added(sums, self.ways(child), sign)
        return {units: sums[units].beside(self.choice(row_id, units)) for units in self.neighbours(exact)}

    def neighbours(self, exact: int) -> tuple[int, ...]:
        """The ceiling and the floor of an amount in units; one where it is whole."""
        low, remainder = divmod(exact, self.unit_minor)
        return (low + 1, low) if remainder else (low,)

    def choice(self, row_id: str, units: int) -> _Choice:
        nil = abs(units - self.nil.get(row_id, units))
        wanted = abs(units - self.wanted.get(row_id, units))
        off = units * self.unit_minor - self.rows[row_id].amounts[self.column]
        adrift = abs(self.gone_off.get(row_id, 0) + off) // self.unit_minor
        return _Choice((nil, adrift, wanted, abs(off)), ((row_id, units),))


def _added(sums: Ways, child: Ways, sign: int) -> Ways:
    """The best choice for every sum of one of `sums` and one of a child's ways."""
    found: Ways = {}
    for units, choice in sums.items():
        for more, beneath in child.items():
            total, both = units + sign * more, choice.beside(beneath)
            if total not in found or both.away < found[total].away:
                found[total] = both
    return found
