"""Totals of balances by year of origination, past-due bucket and non-accrual, for disclosures (326-20-50-6, 50-14, 50-16).

Whole minor units of the contracts on book at either instant, added over the table of contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from gaapbridge.assumptions.curve_tables import ARREARS
from gaapbridge.contracts.kind import CLOSING, OPENING, Kind
from gaapbridge.difference import SIDES
from gaapbridge.engine.sink import scan_parts

KEYS = ("origination_year", "bucket", "nonaccrual")
"""What totals are keyed by; ``nonaccrual`` is that of US GAAP, and false of contracts that bear no interest of the lender's."""


def keyed_totals(kind: Kind, table: Path) -> list[dict[str, object]]:
    """A row for each instant, year, bucket and non-accrual that has contracts: their number and every balance of theirs.

    None where the contracts of a kind have no schedule, and so no bucket.
    """
    parts = scan_parts(table)
    names = set(parts.collect_schema().names())
    if "origination_year" not in names:
        return []
    found = []
    for instant, prefix in ((OPENING, "opening_"), (CLOSING, "")):
        columns = {name: column for name, column in _balances(kind, instant, prefix).items() if column in names}
        standing = (pl.col(f"{name}_{instant}").alias(name) for name in KEYS[1:])
        grouped = (
            parts.filter(pl.col(f"{instant}_on_book"))
            .group_by(KEYS[0], *standing)
            .agg(pl.len().alias("contracts"), *(_exactly(column).alias(name) for name, column in columns.items()))
            .sort(*KEYS)
            .collect()
        )
        found += [_row(kind.key, instant, row) for row in grouped.iter_rows(named=True)]
    return found


def _exactly(column: str) -> pl.Expr:
    """The sum of a column; one of int64 wraps without a word."""
    return pl.col(column).cast(pl.Int128).sum()


def _balances(kind: Kind, instant: str, prefix: str) -> dict[str, str]:
    """Balances by the name they are told under, and the column of the table that holds each."""
    balances = [one for one in kind.components if instant in one.states]
    compared = {f"{side}_{one.name}": f"{prefix}{side}_{one.name}" for one in balances if one.sides for side in SIDES}
    return {**{one.name: f"{instant}_{one.name}" for one in balances if not one.sides}, **compared}


def _row(kind: str, instant: str, row: Mapping[str, object]) -> dict[str, object]:
    place = row["bucket"]
    assert isinstance(place, int)
    return {"kind": kind, "instant": instant, **row, "bucket": ARREARS[place]}
