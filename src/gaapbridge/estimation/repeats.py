"""Charge-offs that a history states in one month after the other, as some servicers report what they did to date."""

from __future__ import annotations

import polars as pl

from gaapbridge.estimation.arrays import month_of
from gaapbridge.estimation.schema import CHARGE_OFF
from gaapbridge.estimation.seen import Told
from gaapbridge.terms.finding import NAMED_CONTRACTS


def charged_off_again(performance: pl.DataFrame, outcomes: pl.DataFrame) -> pl.Series:
    """Which outcomes, by contract, are a charge-off of the month before once more.

    The amount is the same, and all charge-offs of the contract come to more than it ever owed: 1,000 owed, and 950 in March, in
    April and in May are one charge-off, in March. Two of 400 each may be parts of it, and both count.
    """
    if outcomes.is_empty():
        return pl.Series([], dtype=pl.Boolean)
    owed = performance.group_by("contract_id").agg(pl.col("balance_minor").max().alias("owed"))
    rows = outcomes.with_row_index("place").select("place", "contract_id", "what", "amount_minor", month=month_of("date"))
    lost = rows.filter(pl.col("what") == CHARGE_OFF).join(owed, on="contract_id", how="left").sort("contract_id", "month")
    before = pl.col("amount_minor", "month").shift(1).over("contract_id").name.prefix("before_")
    same = (pl.col("amount_minor") == pl.col("before_amount_minor")) & (pl.col("month") - pl.col("before_month") == 1)
    too_much = pl.col("amount_minor").sum().over("contract_id") > pl.col("owed")
    again = lost.with_columns(before).filter(same & too_much)["place"]
    return rows["place"].is_in(again.implode())


def told_of_rows(outcomes: pl.DataFrame) -> Told:
    """The contracts of some outcomes, with their months and amounts."""
    if outcomes.is_empty():
        return Told()
    ids = outcomes["contract_id"].unique().sort()
    return Told(ids.len(), outcomes.height, int(outcomes["amount_minor"].sum()), tuple(ids.head(NAMED_CONTRACTS).to_list()))
