"""What the example lender's chances come to, beside what is estimated from its history."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.example.chain import BUCKETS, hazards
from gaapbridge.example.contracts import ARRANGED_PRODUCT
from gaapbridge.example.fee_losses import fee_losses
from gaapbridge.example.losses import losses_given_default, steps_of
from gaapbridge.example.market import GUARANTEED_LOANS

SEGMENTS, ARREARS = GUARANTEED_LOANS.segments, BUCKETS[:4]
_REGIME = GUARANTEED_LOANS.regimes[0]


def standing(folder: Path) -> pl.DataFrame:
    """Months on book with the bucket in which an estimate has them."""
    months = pl.read_parquet(folder / "months.parquet").join(
        pl.read_parquet(folder / "contracts.parquet").select("contract_id", "segment"), on="contract_id", maintain_order="left"
    )
    late = pl.col("days_past_due")
    lately = (late > 0).cast(pl.Int64).rolling_max(12, min_samples=1).over("contract_id")
    bucket = pl.when(late > 60).then(pl.lit("61-90")).when(late > 30).then(pl.lit("31-60")).when(late > 0).then(pl.lit("1-30"))
    none = pl.when(lately > 0).then(pl.lit("recently_late")).otherwise(pl.lit("current"))
    return months.with_columns(bucket=bucket.otherwise(none)).filter(pl.col("status") == "on_book")


def defaults_in_a_year(folder: Path) -> pl.DataFrame:
    """By segment and bucket of arrears: months on book, the true share that defaults within 12 months, and that estimated."""
    hazard, _ = hazards(GUARANTEED_LOANS, steps_of(ARRANGED_PRODUCT, _REGIME, "base"), 12)
    true = 1.0 - np.prod(1.0 - hazard, axis=-1)
    rows = [
        (segment, rating, bucket, float(true[place, rating, number]))
        for place, segment in enumerate(SEGMENTS)
        for rating in range(true.shape[1])
        for number, bucket in enumerate(ARREARS)
    ]
    truth = pl.DataFrame(rows, schema=("segment", "rating", "arrears", "true"), orient="row")
    table = pl.read_csv(folder / "curves" / "guarantees" / "hazard.csv").sort("months_ahead")
    last = pl.col("hazard").last()
    stays = (1.0 - pl.col("hazard").head(12)).product() * (1.0 - last) ** (12 - pl.len().clip(upper_bound=12))
    made = table.group_by("segment", "bucket").agg(estimated=1.0 - stays)
    months = standing(folder).with_columns(arrears=pl.col("bucket").replace("recently_late", "current"))
    beside = months.join(made, on=("segment", "bucket")).join(
        truth.cast({"rating": months["rating"].dtype}), on=("segment", "rating", "arrears")
    )
    return beside.group_by("segment", "arrears").agg(
        months=pl.len(), true=pl.col("true").mean(), estimated=pl.col("estimated").mean()
    )


def losses(folder: Path) -> pl.DataFrame:
    """By segment the true loss given a fresh default, undiscounted, and that estimated."""
    true = losses_given_default(ARRANGED_PRODUCT, _REGIME, "base", 1)[0][:, 0]
    table = pl.read_csv(folder / "curves" / "guarantees" / "loss_given_default.csv").filter(pl.col("months_since_default") == 0)
    truth = pl.DataFrame({"segment": SEGMENTS, "true": true})
    return truth.join(table.select("segment", estimated="lgd_undiscounted"), on="segment")


def fees(folder: Path) -> pl.DataFrame:
    """By segment and bucket the true shares of fees lost, of all and of those earned, and those estimated."""
    of_all, of_earned = fee_losses(_REGIME)
    rows = [
        (segment, bucket, float(of_all[place, number]), float(of_earned[place, number]))
        for place, segment in enumerate(SEGMENTS)
        for number, bucket in enumerate(ARREARS)
    ]
    truth = pl.DataFrame(rows, schema=("segment", "bucket", "true", "true_earned"), orient="row")
    return truth.join(pl.read_csv(folder / "curves" / "guarantees" / "fee_loss.csv"), on=("segment", "bucket"))
