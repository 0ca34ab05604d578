"""Records of what is on book alone: who has no row any more was repaid, where the plan says so."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.estimation.arrays import DAYS_OF_MISSED, Setting, month_of
from gaapbridge.estimation.schema import CHARGE_OFF, ON_BOOK, PAYOUT, REPAID

NOBODY = np.array([], np.int32)
"""The months in which rows of contracts end of which nothing is said to have become."""


def with_last_rows(
    good: pl.DataFrame, came: pl.DataFrame, doubtful: pl.Series, setting: Setting
) -> tuple[pl.DataFrame, NDArray[np.int32]]:
    """Good rows of performance, by contract and month, and the row by which each contract was repaid of which they end with a
    balance before the history does; and the months in which those ended.

    It owes nothing in the month after its last row. Nothing is added of a contract that is in default by then, or of which
    something was written off or paid out in the month of its last row or later, of a ``doubtful`` one, of which a row is
    rejected, or where nobody has the month after. Example: rows of January to March with 900 owed, and a history to December:
    April has it repaid.
    """
    last = good.group_by("contract_id", maintain_order=True).last().with_columns(month=month_of("month_end"))
    lost = came.filter(pl.col("what").is_in([CHARGE_OFF, PAYOUT])).group_by("contract_id").agg(lost=month_of("date").max())
    late = pl.coalesce("days_past_due", pl.col("missed_instalments") * DAYS_OF_MISSED, pl.lit(0))
    ends = last.join(lost, on="contract_id", how="left", maintain_order="left").filter(
        pl.col("month") < setting.last_seen,
        pl.col("balance_minor") > 0,
        pl.col("status") == ON_BOOK,
        late < min(setting.default_days),
        ~pl.col("contract_id").is_in(doubtful.implode()),
        ~(pl.col("month") + 1).is_in(list(setting.lacking)),
        (pl.col("lost") < pl.col("month")).fill_null(value=True),
    )
    repaid = ends.with_columns(
        pl.col("month_end").dt.month_start().dt.offset_by("1mo").dt.month_end(),
        pl.lit(0, pl.Int64).alias("balance_minor"),
        pl.lit(REPAID).alias("status"),
        pl.col("remaining_instalments") - (pl.col("remaining_instalments") > 0).cast(pl.Int64),
        pl.col("month_on_book") + 1,
    ).select(good.columns)
    rows = pl.concat([good, repaid]).sort("contract_id", "month_end", maintain_order=True)
    return rows, ends["month"].to_numpy().astype(np.int32)
