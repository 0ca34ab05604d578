"""Rows of a contract that no tape of contracts lists, whose id is listed there in another writing: their rejects say so.

An event of `loan-1` beside a loan `LOAN-1` is of no unknown contract. Who is told that it is lists the contract again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import polars as pl

from gaapbridge.contracts.alike_ids import plain, shown
from gaapbridge.tapes.ranges import Read
from gaapbridge.tapes.schema import Schema

Ids = Callable[[], Iterable[pl.Series]]
"""Ids of contracts, in as many parts as their tapes are read in; read only where a row asks for them."""


def told_of_writing(read: Read, schema: Schema, listed: Ids) -> Read:
    """What was read of a tape, its rejects of contracts that are not ``listed`` with the id that is, where one differs from
    theirs in its writing alone."""
    if not any(part.height for part in read.rejects):
        return read
    unlisted = {rule.sentence for rule in (*schema.rules, *schema.across) if rule.looks_up}
    asking = [part.filter(pl.col("rule").is_in(unlisted))["contract_id"] for part in read.rejects] if unlisted else []
    asked = pl.concat(asking).drop_nulls().unique() if asking else pl.Series(dtype=pl.String)
    if asked.is_empty():
        return read
    other = _others(asked, listed())
    return replace(read, rejects=tuple(_told(part, unlisted, other, schema) for part in read.rejects)) if other else read


def _others(asked: pl.Series, listed: Iterable[pl.Series]) -> dict[str, str]:
    """The listed id of each one asked for that is the same but for its writing, the first in order where there are several."""
    wanted = pl.DataFrame({"asked": asked, "plain": plain(asked)})
    found = [
        wanted.join(pl.DataFrame({"listed": ids, "plain": plain(ids)}), on="plain", how="inner")
        for ids in (part.drop_nulls() for part in listed)
    ]
    pairs = pl.concat(found).sort("asked", "listed", descending=[False, True]) if found else pl.DataFrame()
    return dict(pairs.select("asked", "listed").iter_rows()) if pairs.height else {}


def _told(rejects: pl.DataFrame, unlisted: set[str], other: dict[str, str], schema: Schema) -> pl.DataFrame:
    told = {one: f"; listed is {shown(listed)}, and this is {shown(one)}" for one, listed in other.items()}
    alike = pl.col("rule").is_in(unlisted) & pl.col("contract_id").is_in(list(other))
    remedy = (
        'write the id alike on every tape; blanks, apostrophes and ="..." around it go with '
        f'trim = ["{schema.identity}"] in the read table of the tape, nils before a number come back with pad; all else is '
        "corrected where the tape comes from"
    )
    beside = pl.col("contract_id").replace_strict(told, default="", return_dtype=pl.String)
    return rejects.with_columns(
        rule=pl.when(alike).then(pl.col("rule") + beside).otherwise("rule"),
        remedy=pl.when(alike).then(pl.lit(remedy)).otherwise("remedy"),
    )
