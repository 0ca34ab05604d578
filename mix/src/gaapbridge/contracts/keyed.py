"""Totals of balances by year of origination, past-due bucket and non-accrual, for disclosures (326-20-50-6, 50-14, 50-16).

Whole minor units of the contracts on book at either instant, added over the table of contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from gaapbridge.assumptions.curve_tables import ARREARS
from gaapbridge.contracts.kind import CLOSING, OPENING, Kind
from gaapbridge.difference import SIDES

KEYS = ("origination_year", "bucket", "nonaccrual")
"""What totals are keyed by; ``nonaccrual`` is that of US GAAP, and false of contracts that bear no interest of the lender's."""

Key = tuple[str, int, int, bool]
"""An instant, and the three."""

Keyed = Mapping[Key, Mapping[str, int]]
"""By key the number of contracts and every balance of theirs, by the name it is told under."""


def balances_of(kind: Kind) -> dict[str, dict[str, str]]:
    """By instant, the balances of a kind by the name they are told under, and the column of the table that holds each."""
    return {instant: _balances(kind, instant, prefix) for instant, prefix in ((OPENING, "opening_"), (CLOSING, ""))}


def keyed_sums(balances: Mapping[str, Mapping[str, str]], table: pl.DataFrame) -> Keyed:
    """The totals of a table of contracts; none where the contracts have no schedule, and so no bucket."""
    found: dict[Key, dict[str, int]] = {}
    if KEYS[0] not in table.columns:
        return found
    for instant, columns in balances.items():
        standing = (pl.col(f"{name}_{instant}").alias(name) for name in KEYS[1:])
        names = {name: column for name, column in columns.items() if column in table.columns}
        exactly = pl.col(list(names.values())).cast(pl.Int128).sum()  # a sum of int64 would wrap without a word
        there = table.lazy().filter(pl.col(f"{instant}_on_book"))
        grouped = there.group_by(KEYS[0], *standing).agg(pl.len().alias("contracts"), exactly).collect()
        for year, bucket, nonaccrual, *sums in grouped.iter_rows():
            found[instant, year, bucket, nonaccrual] = dict(zip(("contracts", *names), sums, strict=True))
    return found


def keyed_together(one: Keyed, other: Keyed) -> Keyed:
    """The totals of two tables."""
    found = {**one}
    for key, sums in other.items():
        found[key] = {name: sums[name] + amount for name, amount in found[key].items()} if key in found else sums
    return found


def keyed_totals(kind: Kind, keyed: Keyed) -> list[dict[str, Any]]:
    """A row for each instant, year, bucket and non-accrual that has contracts: their number and every balance of theirs."""
    in_order = sorted(keyed, key=lambda key: (key[0] != OPENING, *key[1:]))
    return [
        {
            "kind": kind.key,
            "instant": instant,
            **dict(zip(KEYS, (year, ARREARS[bucket], nonaccrual), strict=True)),
            **keyed[instant, year, bucket, nonaccrual],
        }
        for instant, year, bucket, nonaccrual in in_order
    ]


def _balances(kind: Kind, instant: str, prefix: str) -> dict[str, str]:
    """Balances by the name they are told under, and the column of the table that holds each."""
    balances = [one for one in kind.components if instant in one.states]
    compared = {f"{side}_{one.name}": f"{prefix}{side}_{one.name}" for one in balances if one.sides for side in SIDES}
    return {**{one.name: f"{instant}_{one.name}" for one in balances if not one.sides}, **compared}
