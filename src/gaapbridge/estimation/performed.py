"""Outcomes and fees of a history held against the months of their contracts."""

from __future__ import annotations

import polars as pl

from gaapbridge.estimation.arrays import month_of
from gaapbridge.estimation.schema import CHARGE_OFF, FEE_OF_PERFORMED, IN_UNIT, PAYOUT, PERFORMED
from gaapbridge.estimation.units import TIMES_ANOTHER_UNIT
from gaapbridge.tapes.ranges import Held


def outcomes_performed(outcomes: Held, performance: pl.DataFrame) -> Held:
    """Outcomes of contracts that have months by then, and of what they owed. Of one that never owed more than 800 a charge-off
    of 40,000 can be, one of 40,001 is rejected."""
    of = performance.group_by("contract_id").agg(
        month_of("month_end").min().alias("first"), pl.col("balance_minor").max().alias("owed")
    )
    beside = outcomes.good.join(of, on="contract_id", how="left", maintain_order="left")
    too_much = (pl.col("owed") > 0) & (pl.col("amount_minor") > TIMES_ANOTHER_UNIT * pl.col("owed"))
    flags = beside.with_columns(
        performed=(month_of("date") >= pl.col("first")).fill_null(value=False),
        in_another_unit=(too_much & pl.col("what").is_in([CHARGE_OFF, PAYOUT])).fill_null(value=False),
    )
    return outcomes.across(flags, [PERFORMED, IN_UNIT])


def fees_performed(fees: Held, performance: pl.DataFrame) -> Held:
    """Fees of guarantees that have months."""
    performed = pl.col("contract_id").is_in(performance["contract_id"].unique().implode())
    return fees.across(fees.good.with_columns(performed=performed), [FEE_OF_PERFORMED])
