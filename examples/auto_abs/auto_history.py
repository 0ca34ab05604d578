"""The monthly history that curves are estimated from, as files that a lender would have: every report up to the closing."""

from __future__ import annotations

from datetime import date

import auto_assumptions as stated
import polars as pl
from auto_filed import first_day, last_day, month_number
from auto_source import CHARGED, LEFT, Source

_OWN = "contract_id"


def history(source: Source, until: date) -> dict[str, pl.DataFrame]:
    """The tapes of the history by name; ``source`` is what is known at ``until``.

    A contract's rows end with the first by which it leaves: what is known before is the same, whatever came after. One that
    leaves its pool with a balance is charged off in the month after its last report, as on the tapes.
    """
    gone = pl.col("end_minor") <= 0
    earlier = gone.cum_sum().shift(1).over(_OWN).fill_null(0) > 0
    never = gone & (pl.col("brought_minor") <= 0)
    rows = source.months.filter(~earlier & ~never)
    left = rows.filter(LEFT & (pl.col("month") < month_number(until)))
    return {
        "performance": _performance(rows, left),
        "contracts": _contracts(source, rows),
        "outcomes": _outcomes(source, rows, left),
    }


def _performance(rows: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """A row for each month that was reported, and for the one after the last report of who left a pool."""
    status = pl.when(CHARGED).then(pl.lit("charged_off")).when(pl.col("end_minor") <= 0).then(pl.lit("repaid"))
    reported = rows.filter("filed").select(
        _OWN,
        last_day(pl.col("month")).alias("month_end"),
        pl.col("end_minor").clip(lower_bound=0).alias("balance_minor"),
        pl.col("missed").alias("missed_instalments"),
        pl.col("paid_minor"),
        status.otherwise(pl.lit("on_book")).alias("status"),
    )
    vanished = left.select(
        _OWN,
        last_day(pl.col("month") + 1).alias("month_end"),
        pl.lit(0, dtype=pl.Int64).alias("balance_minor"),
        pl.col("missed").alias("missed_instalments"),
        pl.lit(0, dtype=pl.Int64).alias("paid_minor"),
        pl.lit("charged_off").alias("status"),
    )
    return pl.concat([reported, vanished], how="vertical_relaxed").sort(_OWN, "month_end")


def _contracts(source: Source, rows: pl.DataFrame) -> pl.DataFrame:
    """What does not change; the last instalment is due as on the tapes, by the number of them."""
    first = pl.col("first_payment_month")
    return (
        source.contracts.join(rows, on=_OWN, how="semi")
        .select(
            _OWN,
            "segment",
            pl.col("origination_month").dt.replace(day=stated.DUE_DAY).alias("origination_date"),
            first.dt.replace(day=stated.DUE_DAY).alias("first_payment_date"),
            first_day(pl.col("first_payment_month_number") + pl.col("term_instalments") - 1).alias("maturity_date"),
            "principal_minor",
            "annual_rate",
        )
        .sort(_OWN)
    )


def _outcomes(source: Source, rows: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """What was charged off, and cash by month: above nil a recovery, below it a cost of collecting or a reversal."""
    amount = pl.col("amount_minor")
    month, minor = pl.col("month"), "charge_off_minor"
    both = (rows.filter(pl.col(minor) > 0), minor, month), (left, "end_minor", month + 1)
    charged, vanished = (
        part.select(_OWN, first_day(of).alias("date"), pl.lit("charge_off").alias("what"), pl.col(name).alias("amount_minor"))
        for part, name, of in both
    )
    cash = (
        source.cash.join(rows, on=_OWN, how="semi")
        .select(_OWN, last_day(pl.col("month")).alias("date"), pl.col("cash_minor").alias("amount_minor"))
        .select(
            _OWN,
            "date",
            pl.when(amount > 0).then(pl.lit("recovery")).otherwise(pl.lit("collection_cost")).alias("what"),
            amount.abs(),
        )
    )
    return pl.concat([charged, vanished, cash], how="vertical_relaxed").sort(_OWN, "date", "what")
