"""What is expected to be lost of contracts on book, and where nothing is though it should be (R20).

An allowance of nil is right where nothing is owed, or too little to round to a minor unit. On a contract in arrears, and on all
contracts of a bucket, it says that a horizon is too short, a curve was never estimated, or a loss given default is nil.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.contracts.basis import Basis
from gaapbridge.contracts.credit import CreditSetting, RiskTerms, Schedule, StateRows, months_in_default
from gaapbridge.contracts.kind import Kind
from gaapbridge.contracts.rows import Rows
from gaapbridge.difference import FRAMEWORKS, SIDES
from gaapbridge.terms.finding import Finding

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Expectation:
    """Of N contracts at an instant: where they stand, what they owe, and by side the expected loss of a unit of it, owed
    throughout, and of all, with what is deferred. ``in_default`` under either framework; ``owed`` and ``lost`` in minor units,
    0 where a contract is not on book."""

    segment: Whole
    bucket: Whole
    in_default: Flags
    owed: Numbers
    overdue: Flags
    of_a_unit: tuple[Numbers, Numbers]
    lost: tuple[Numbers, Numbers]

    def without_allowance(self, rows: Rows) -> Flags:
        """Contracts in arrears at the closing of which a framework expects nothing, though a minor unit would be expected.

        600,000 owed with an expected loss of 2 % and an allowance of nil: yes. 20 owed: no, 0.4 is rounded to nil.
        """
        found: Flags = np.zeros(len(self.owed), np.bool_)
        for side, ratio, lost in zip(SIDES, self.of_a_unit, self.lost, strict=True):
            rounded_to_nil = (ratio > 0.0) & (lost < 1.0)
            found |= (rows[f"closing_{side}_loss_allowance"] == 0) & ~rounded_to_nil
        return found & self.overdue & (self.owed > 0.0)

    def by_bucket(self, segments: Sequence[str]) -> pl.DataFrame:
        """A row for each segment and bucket with contracts on book and not in default: how many, what they owe, and of how
        many of them each framework expects nothing."""
        nil = {side: (ratio == 0.0).astype(np.int64) for side, ratio in zip(SIDES, self.of_a_unit, strict=True)}
        owed = self.owed.astype(np.int64)
        standing = pl.DataFrame({"segment": self.segment, "bucket": self.bucket, "owed_minor": owed, **nil})
        exposed = standing.filter(pl.Series((owed > 0) & ~self.in_default)).with_columns(contracts=pl.lit(1, pl.Int64))
        places = added(exposed)
        names = (("segment", pl.Series(segments, dtype=pl.String)), ("bucket", pl.Series(BUCKETS, dtype=pl.String)))
        return places.with_columns(named.gather(places[column]).alias(column) for column, named in names)


def expectation(
    risk: RiskTerms, schedule: Schedule, rows: StateRows, basis: Basis, setting: CreditSetting, share: Numbers | None = None,
    counted: tuple[Whole, Whole] | None = None,
) -> Expectation:  # fmt: skip
    """What is expected of contracts in one state, on its basis; ``share`` is what of each loan is at risk, all of it where
    there is none. ``counted`` by side is what a default that began with the arrears counts of deferred fees and costs.

    A default loses 12,000 of 600,000 and has a chance of a tenth: 1,200, and nil where fees of 18,000 are deferred, as the
    carrying amount leaves out more already.
    """
    owed = np.where(rows.on_book, rows.principal * (1.0 if share is None else share), 0.0)
    within, ratios, losses = setting.bases.within, [], []
    for side in range(len(SIDES)):
        last = np.minimum(risk.horizon[side], within.shape[1]) - 1
        since = months_in_default(rows, basis.default_days[side][schedule.segment], risk.defaulted[side])
        lost = basis.mean_loss(side, schedule.segment, since)
        row, defaulted = risk.table[side], risk.defaulted[side]
        ratios.append(np.where(defaulted, lost, within[row, last]))
        probability = np.where(defaulted, 1.0, within[row + basis.defaults_beside[side], last])
        losses.append(np.maximum(owed * ratios[-1] + (0.0 if counted is None else probability * counted[side]), 0.0))
    return Expectation(
        segment=schedule.segment,
        bucket=setting.index.bucket(risk.row[1]),
        in_default=risk.defaulted[0] | risk.defaulted[1],
        owed=owed,
        overdue=rows.on_book & (rows.days_past_due > 0),
        of_a_unit=(ratios[0], ratios[1]),
        lost=(losses[0], losses[1]),
    )


def added(buckets: pl.DataFrame) -> pl.DataFrame:
    """Rows of the same segment and bucket added up."""
    return buckets.group_by("segment", "bucket").agg(pl.col("contracts", "owed_minor", *SIDES).sum()).sort("segment", "bucket")


def nothing_expected(kind: Kind, parts: Sequence[pl.DataFrame]) -> Iterator[Finding]:
    """A finding for each segment and bucket of which a framework expects nothing of any contract, from ``by_bucket`` of all
    ranges."""
    for row in added(pl.concat(parts)).iter_rows(named=True) if parts else ():
        for side in SIDES:
            if row[side] == row["contracts"]:
                yield Finding(
                    name="nothing expected of a bucket",
                    where=f"{kind.key}/{row['segment']}/{row['bucket']}/{side}",
                    amount_minor=row["owed_minor"],
                    why=f"principal is owed on {row['contracts']:,} of its contracts, and under {FRAMEWORKS[side]} hazards or "
                    "loss given default are nil over the whole of their horizon",
                    remedy="estimate the curve of this bucket anew, from more contracts or from a pool that is like it",
                    check="R20",
                )
