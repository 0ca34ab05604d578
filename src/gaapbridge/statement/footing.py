"""Footing of any reconciliation given as rows and columns of whole numbers: across, down, from period to period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gaapbridge.terms.money import share_of

Rows = Mapping[str, Mapping[str, int]]
Sums = Mapping[str, Sequence[tuple[int, str]]]


def across(rows: Rows, columns: Sequence[str]) -> dict[str, int]:
    """Sum of each row over some columns; a cell not given is nil.

    >>> across({"a": {"us_gaap": 5, "ecl": -2}}, ["us_gaap", "ecl", "eir"])
    {'a': 3}
    """
    return {row: column_total(cells, columns) for row, cells in rows.items()}


def down(rows: Rows, sums: Sums) -> dict[str, dict[str, int]]:
    """The rows with sub-totals added: each sum names signed rows, earlier sums among them; every column that occurs.

    >>> down({"a": {"x": 5}, "b": {"x": 2}}, {"net": [(1, "a"), (-1, "b")]})["net"]
    {'x': 3}
    """
    footed = {row: dict(cells) for row, cells in rows.items()}
    columns = {column for cells in rows.values() for column in cells}
    for name, parts in sums.items():
        footed[name] = {c: sum(sign * footed[row].get(c, 0) for sign, row in parts) for c in sorted(columns)}
    return footed


def column_total(cells: Mapping[str, int], columns: Iterable[str]) -> int:
    """Sum of one row over the columns named."""
    return sum(cells.get(column, 0) for column in columns)


def added(amounts: Iterable[int]) -> int:
    """Amounts added."""
    return sum(amounts)


def rolled(opening: Mapping[str, int], movement: Mapping[str, int]) -> dict[str, int]:
    """Opening plus movement, column by column.

    >>> rolled({"ecl": 1001037}, {"ecl": 20000})
    {'ecl': 1021037}
    """
    return {column: opening.get(column, 0) + movement.get(column, 0) for column in {**opening, **movement}}


def mirrored(amount: int) -> int:
    """The amount on the other side: what leaves retained earnings for paid-in capital."""
    return -amount


def nearest_unit(exact: int, unit: int) -> int:
    """The nearest whole unit of an amount by itself, half away from zero.

    >>> nearest_unit(-88429600, 1000)
    -88430
    """
    return share_of(exact, 1, unit)
