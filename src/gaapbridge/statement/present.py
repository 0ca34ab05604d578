"""Presentation: exact amounts as whole printed units that foot.

Controlled rounding: every printed amount is the floor or the ceiling of its exact amount, and every sub-total is the sum
of what is printed (and carried unprinted) beneath it. Totals are rounded first, then each is shared among its parts by
the largest remainder. IFRS is the printed sum of its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gaapbridge.statement.layout import LayoutRow
from gaapbridge.statement.reconcile import Reconciled, filing_row


def present(rows: Sequence[Reconciled], unit_minor: int, wanted: Mapping[str, int] | None = None) -> list[dict[str, object]]:
    """The rows in presentation units of ``unit_minor`` minor units, in the shape of a filing's JSON.

    ``wanted`` names, by column, the printed amount a free total should be nearest to, where both neighbours are allowed:
    so the profit of a year can agree with the equity it moves.
    """
    columns = list(rows[0].amounts) if rows else []
    printed = {column: controlled_rounding(rows, column, unit_minor, (wanted or {}).get(column)) for column in columns}
    shown = []
    for reconciled in rows:
        amounts = {column: printed[column][reconciled.row.id] for column in columns}
        shown.append(filing_row(reconciled.row, amounts, sum(amounts.values())))
    return shown


def controlled_rounding(rows: Sequence[Reconciled], column: str, unit_minor: int, wanted: int | None = None) -> dict[str, int]:
    """Printed units of one column by row id; see the module for the rule.

    1.4 + 1.4 = 2.8 prints as 2 + 1 = 3: the larger remainder is raised, the earlier row where they are equal.
    """
    by_id = {reconciled.row.id: reconciled for reconciled in rows}
    parented = {child for reconciled in rows for _, child in reconciled.row.of}
    printed: dict[str, int] = {}
    for reconciled in rows:
        if reconciled.row.id not in parented:
            exact = reconciled.amounts[column]
            printed[reconciled.row.id] = _rounded_towards(exact, unit_minor, wanted)
            _share(reconciled.row, by_id, column, unit_minor, printed)
    return printed


def _rounded_towards(exact: int, unit_minor: int, wanted: int | None) -> int:
    """Nearest unit, half away from zero; or, of the two neighbours, the one nearer to what is wanted."""
    low, remainder = divmod(exact, unit_minor)
    if remainder == 0:
        return low
    if wanted is not None:
        return min((low, low + 1), key=lambda unit: abs(unit - wanted))
    up = 2 * remainder > unit_minor or (2 * remainder == unit_minor and exact > 0)
    return low + 1 if up else low


def _share(row: LayoutRow, by_id: Mapping[str, Reconciled], column: str, unit_minor: int, printed: dict[str, int]) -> None:
    """Share a printed sub-total among its unprinted part and its rows, then theirs in turn."""
    if not row.of:
        return
    parts: list[tuple[str, int, int]] = [("", 1, by_id[row.id].unprinted[column])]
    parts += [(child, sign, sign * by_id[child].amounts[column]) for sign, child in row.of]
    floors = [exact // unit_minor for _, _, exact in parts]
    remainders = [exact - floor * unit_minor for (_, _, exact), floor in zip(parts, floors, strict=True)]
    missing = printed[row.id] - sum(floors)
    order = sorted(range(len(parts)), key=lambda place: (-remainders[place], place))
    for place in order[:missing]:
        floors[place] += 1
    for (child, sign, _), units in zip(parts, floors, strict=True):
        if child:
            printed[child] = sign * units
            _share(by_id[child].row, by_id, column, unit_minor, printed)
