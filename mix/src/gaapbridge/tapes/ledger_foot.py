"""The total at the foot of a ledger, which is no account and is not read: held against the sum of the rows that are.

A ledger that lists accounts with those beneath them states each balance twice, and balances all the same. Its own total knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.tapes.ledger import balance_of
from gaapbridge.tapes.read import Source
from gaapbridge.tapes.total_words import SAYS_TOTAL
from gaapbridge.terms import Finding

DEBITS, CREDITS = "debits", "credits"
_SIDES = {DEBITS: "debit_minor", CREDITS: "credit_minor"}
_BALANCE = "balance_minor"


def unlike_its_total(source: Source) -> Iterator[Finding]:
    """A finding where what a ledger says it comes to, in a row of totals that the plan leaves out, is not what its accounts
    come to: those that are read, or those together with the ones that add up others and are left out."""
    foot, read, above = _parted(source)
    stated = [said for row in foot.iter_rows(named=True) if (said := _stated(row))]
    if not stated or (_BALANCE in foot and len(stated) > 1):
        return
    found = _sums(read)
    if any(_agrees(said, sums) for said in stated for sums in (found, _sums(pl.concat([read, above])))):
        return
    said = max(stated, key=lambda one: max(one.values()))
    side = max(said, key=lambda one: abs(found[one] - said[one]))
    more = found[side] > said[side]
    counted = "; accounts are probably counted with those that add them up" if more else ""
    yield Finding(
        name="ledger differs from its own total",
        where=Path(source.file).name,
        amount_minor=found[side] - said[side],
        why=f"{side} of the accounts that are read come to {found[side]:,} minor units, the total at its foot says "
        f"{said[side]:,}{counted}",
        remedy="leave out what adds up others: their codes in [trial_balance.read] total_where"
        if more
        else "read all of its accounts: look at total_rows and total_where of [trial_balance.read], and export it again",
        check="R9",
    )


def _parted(source: Source) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows of totals at the foot, rows that are read, and rows above the foot that are left out; none where none is."""
    read, left_out = source.whole().frame, source.totals()
    at_foot = pl.col("row") > pl.lit(read["row"].max())
    rows = left_out.select(read.columns)
    return rows.filter(at_foot), read, rows.filter(~at_foot)


def _sums(rows: pl.DataFrame) -> dict[str, int]:
    """What rows come to: their debits and credits, or the balances that are either."""
    if _BALANCE not in rows:
        return {side: sum(rows[name].drop_nulls().to_list()) if name in rows else 0 for side, name in _SIDES.items()}
    balances = rows.select(balance_of(rows.columns)).to_series().drop_nulls().to_list()
    return {DEBITS: sum(one for one in balances if one > 0), CREDITS: -sum(one for one in balances if one < 0)}


def _stated(row: Mapping[str, Any]) -> dict[str, int]:
    """The debits and credits that a row of totals states, or one figure that may be either; nothing where it has no figures,
    or one that need be no total."""
    if _BALANCE not in row:
        stated = {side: row.get(name) for side, name in _SIDES.items()}
        return {side: one for side, one in stated.items() if one is not None} if all(stated.values()) else {}
    called = any(re.search(SAYS_TOTAL, row.get(name) or "", re.I) for name in ("account", "name"))
    return {DEBITS: abs(row[_BALANCE])} if called and row[_BALANCE] else {}


def _agrees(said: Mapping[str, int], sums: Mapping[str, int]) -> bool:
    if CREDITS in said:
        return said == sums
    return said[DEBITS] in (*sums.values(), abs(sums[DEBITS] - sums[CREDITS]))
