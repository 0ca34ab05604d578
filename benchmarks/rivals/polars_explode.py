"""Polars: a row for each month of each loan, a few row groups at once; each step of Newton's method is a grouped sum of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
from pyarrow import parquet

from benchmarks.rivals.slice import (
    ANSWERED,
    BUCKETS,
    CLOSING_MONTH,
    KINDS,
    LATE_DAYS,
    NEAR_MONTHS,
    SOLVING_STEPS,
    TERMS,
    Column,
    timed,
)

GROUPS_AT_ONCE = 4


def main() -> None:
    """The slice of a tape."""
    timed(sliced)


def sliced(tape: Path, folder: Path) -> Column:
    """Totals by segment of all row groups."""
    names = json.loads((folder / "names.json").read_text())
    rates = _alive(pl.read_parquet(folder / "mortality.parquet"))
    weights = pl.read_parquet(folder / "weights.parquet").rename({"month": "ahead"})
    found = np.zeros((len(names["segments"]), len(ANSWERED)), dtype=np.int64)
    with parquet.ParquetFile(tape) as file:
        for first in range(0, file.num_row_groups, GROUPS_AT_ONCE):
            some = range(first, min(first + GROUPS_AT_ONCE, file.num_row_groups))
            batch = pl.DataFrame(pl.from_arrow(file.read_row_groups(list(some), columns=list(TERMS))))
            by_segment = measured(_loans(batch, names), rates, weights).group_by("segment").agg(pl.col(ANSWERED).sum())
            found[by_segment["segment"].to_numpy()] += by_segment.select(ANSWERED).to_numpy()
    return found


def _alive(mortality: pl.DataFrame) -> pl.DataFrame:
    """Mortality by segment and month with the share that is alive before."""
    before = (1.0 - pl.col("mortality")).cum_prod().shift(1, fill_value=1.0).over("segment", order_by="month")
    return mortality.with_columns(before.alias("alive")).rename({"month": "j"})


def _loans(tape: pl.DataFrame, names: dict[str, list[str]]) -> pl.DataFrame:
    """Terms in the words of the slice."""

    def code(column: str, words: list[str] | tuple[str, ...]) -> pl.Expr:
        return pl.col(column).replace_strict(list(words), range(len(words)), return_dtype=pl.Int64)

    first, n, principal = pl.col("first_payment_date"), pl.col("term_instalments"), pl.col("principal_minor")
    bucket = ((pl.col("days_past_due") + 29) // 30).clip(upper_bound=BUCKETS - 1)
    segment = code("segment", names["segments"])
    due = CLOSING_MONTH - first.dt.year().cast(pl.Int64) * 12 - first.dt.month().cast(pl.Int64) + 2
    return tape.with_row_index("loan").select(
        "loan",
        segment.alias("segment"),
        ((segment * len(names["ratings"]) + code("rating", names["ratings"])) * BUCKETS + bucket).alias("cell"),
        code("repayment_type", KINDS).alias("kind"),
        n.alias("n"),
        pl.min_horizontal(due.clip(lower_bound=0), n).alias("k"),
        principal.cast(pl.Float64).alias("principal"),
        (pl.col("annual_rate") / 12.0).alias("rate"),
        pl.col("instalment_minor").fill_null(0).cast(pl.Float64).alias("instalment"),
        (principal / n + 0.5).floor().alias("part"),
        (principal - pl.col("fees_received_minor") + pl.col("costs_paid_minor")).cast(pl.Float64).alias("initial"),
        pl.col("outstanding_principal_minor").alias("outstanding"),
        pl.when(pl.col("days_past_due") > LATE_DAYS).then(n).otherwise(NEAR_MONTHS).alias("horizon"),
    )


def measured(loans: pl.DataFrame, rates: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """The five amounts of each loan."""
    months = loans.with_columns(pl.int_ranges(1, pl.col("n") + 1).alias("j")).explode("j").join(rates, on=["segment", "j"])
    j, rate = pl.col("j"), pl.col("rate")
    months = months.with_columns(
        _balance(j - 1).alias("before"), pl.when(j == pl.col("n")).then(0.0).otherwise(_balance(j)).alias("after")
    )
    months = months.with_columns((pl.col("before") * (1.0 + rate) - pl.col("after")).alias("flow"))
    expected = pl.col("alive") * (pl.col("flow") + pl.col("mortality") * pl.col("after"))
    months = months.with_columns(expected.alias("expected"), (j - pl.col("k")).alias("ahead"))
    factors = loans.select("loan", "initial", v=1.0 / (1.0 + rate))
    us = _solved(months, "flow", factors)
    ifrs = _solved(months, "expected", us)
    left = (
        months.filter(pl.col("ahead") > 0).join(us.select("loan", u="v"), on="loan").join(ifrs.select("loan", e="v"), on="loan")
    )
    t, before = pl.col("ahead"), pl.col("before")
    alive, owed = pl.col("alive").filter(t == 1).first(), before.filter(t == 1).first()
    sums = left.join(weights, on=["cell", "ahead"]).group_by("loan").agg(
        owed.alias("owed"),
        (pl.col("flow") * pl.col("u") ** t).sum().alias("worth"),
        ((pl.col("expected") * pl.col("e") ** t).sum() / alive).alias("expected_worth"),
        (pl.col("us") * before).sum().alias("lost"),
        (pl.col("ifrs") * before * pl.col("e") ** t).filter(t <= pl.col("horizon")).sum().alias("near"),
    )  # fmt: skip
    own = pl.col("outstanding")
    scale = own / pl.col("owed")
    return loans.join(sums, on="loan").select(
        "segment",
        own,
        (own + _minor((pl.col("worth") - pl.col("owed")) * scale)).alias("amortised_us"),
        (own + _minor((pl.col("expected_worth") - pl.col("owed")) * scale)).alias("amortised_ifrs"),
        _minor(pl.col("lost") * scale).alias("allowance_us"),
        _minor(pl.col("near") * scale).alias("allowance_ifrs"),
    )


def _balance(number: pl.Expr) -> pl.Expr:
    """The scheduled balance after an instalment that is not the last."""
    principal, rate, kind = pl.col("principal"), pl.col("rate"), pl.col("kind")
    growth = (1.0 + rate) ** number
    annuity = pl.when(rate > 0.0).then((growth - 1.0) / rate).otherwise(number)
    parts = pl.when(kind == 2).then(principal).otherwise(principal - pl.col("part") * number)
    return pl.when(kind == 0).then(principal * growth - pl.col("instalment") * annuity).otherwise(parts)


def _solved(months: pl.DataFrame, flow: str, factors: pl.DataFrame) -> pl.DataFrame:
    """Discount factors at which the flows are worth ``initial``, by Newton's method."""
    flows = months.select("loan", "j", flow)
    v, j, amount = pl.col("v"), pl.col("j"), pl.col(flow)
    for _ in range(SOLVING_STEPS):
        sums = flows.join(factors, on="loan").group_by("loan").agg(
            (amount * v**j).sum().alias("value"), (amount * j * v ** (j - 1)).sum().alias("slope")
        )  # fmt: skip
        step = v - (pl.col("value") - pl.col("initial")) / pl.col("slope")
        factors = factors.join(sums, on="loan").select("loan", "initial", step.alias("v"))
    return factors


def _minor(estimate: pl.Expr) -> pl.Expr:
    """Minor units, half away from zero."""
    whole = estimate.truncate()
    return (whole + (2.0 * (estimate - whole)).truncate()).cast(pl.Int64)


if __name__ == "__main__":
    main()
