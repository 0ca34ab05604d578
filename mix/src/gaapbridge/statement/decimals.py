"""How many decimals a file prints, so that its amounts are kept as whole units of their last digit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from gaapbridge.statement.document import IFRS, US_GAAP

MOST_DECIMALS = 6
"""More than any statement prints; a number with more is a fraction of something else."""

Raw = Mapping[str, object]


def decimal_of(value: object) -> Decimal | None:
    """A figure of a JSON file, exact as printed; None where it is no figure, or has too many decimals.

    >>> decimal_of(831.7), decimal_of("831.7")
    (Decimal('831.7'), None)
    """
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    printed = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return printed if printed.is_finite() and _places(printed) <= MOST_DECIMALS else None


def decimals_printed(top: Raw) -> int:
    """The most decimals among the amounts of a file in the JSON shape, memo rows left aside; what is no figure is passed over.

    >>> decimals_printed({"statements": [{"rows": [{"us_gaap": 831.7, "adj": {"a": 8}, "ifrs": 839.7}]}]})
    1
    """
    rows = (row for one in _listed(top, "statements") for row in _listed(one, "rows") if row.get("role") != "memo")
    of_rows = (decimals_of_row(row) for row in rows)
    of_paths = (_most(_amounts_of_paths(roll)) for roll in _listed(top, "rollforward"))
    return max([0, *of_rows, *of_paths])


def decimals_of_row(row: Raw) -> int:
    """The most decimals among the amounts of one row."""
    adjustments = row.get("adj")
    between = adjustments.values() if isinstance(adjustments, Mapping) else ()
    return _most(iter((row.get(US_GAAP), *between, row.get(IFRS))))


def _amounts_of_paths(roll: Raw) -> Iterator[object]:
    for key in ("paths", "paths_pretax"):
        by_column = roll.get(key)
        for named in by_column.values() if isinstance(by_column, Mapping) else ():
            yield from named.values() if isinstance(named, Mapping) else ()


def _listed(owner: Raw, key: str) -> list[Raw]:
    listed = owner.get(key)
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _most(values: Iterator[object]) -> int:
    broken = (decimal_of(value) for value in values if type(value) is not int)
    return max((_places(printed) for printed in broken if printed is not None), default=0)


def _places(printed: Decimal) -> int:
    """The decimals that a figure needs: `1.50` needs one."""
    exponent = printed.normalize().as_tuple().exponent if printed else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
