"""The slice of a close that ours and every rival computes, written once: what is read, what is computed, what must be equal.

Read: the closing tape of loans of the benchmark, and two tables made here from its curves. `weights.parquet` has a row for each
`cell` (segment, rating, bucket of days past due) and month ahead: what a default of that month loses of each unit exposed,
under US GAAP (`us`) and under IFRS (`ifrs`). `mortality.parquet` has for each segment and month on book the share of loans
repaid early after that instalment.

Computed of each loan, of n monthly instalments, k of them due by the closing instant, service fees left out:

1. schedule: balance B and payment F of each instalment by the contract rate r / 12. Level: the stated instalment; equal
   principal and interest free: principal / n rounded half up, with interest; bullet: interest. The last one pays what is left.
2. rates: v = 1 / (1 + rate) at which the payments are worth principal + costs - fees. US GAAP: contractual payments; IFRS:
   those expected, where the share m of a month is repaid in full: alive(j) * (F(j) + m(j) * B(j)), alive the product of
   1 - m before.
3. amortised cost, both: outstanding * (1 + (worth(k) - B(k)) / B(k)), worth the payments after k, given the loan is
   then alive, discounted to it. What is deferred is rounded to the minor unit, half away from zero.
4. allowances: sum over months t ahead of weight(t) * B(k + t - 1) * outstanding / B(k), rounded likewise. US GAAP: all n - k
   months, not discounted. IFRS: 12 months at most where not above 30 days past due, discounted by v ** t of IFRS.

Answered: totals by segment of outstanding, both amortised costs, both allowances. They must be equal, or nothing is compared.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Columns = Mapping[str, Column]

CLOSING = date(2023, 12, 31)
CLOSING_MONTH = CLOSING.year * 12 + CLOSING.month - 1
BUCKETS = 4
NEAR_MONTHS, LATE_DAYS = 12, 30
US_SCENARIOS = {"base": 1.0}
IFRS_SCENARIOS = {"base": 0.6, "upside": 0.15, "downside": 0.25}
KINDS = ("level", "equal_principal", "bullet", "interest_free_instalments")
LEVEL, EQUAL, BULLET, FREE = range(4)
TERMS = (
    "segment", "rating", "repayment_type", "first_payment_date", "principal_minor", "annual_rate", "term_instalments",
    "instalment_minor", "fees_received_minor", "costs_paid_minor", "outstanding_principal_minor", "days_past_due",
)  # fmt: skip
"""Columns of the tape that the slice needs."""

ANSWERED = ("outstanding", "amortised_us", "amortised_ifrs", "allowance_us", "allowance_ifrs")
SOLVING_STEPS = 6
"""Steps of Newton's method: the first is a quarter of a per cent off at most, and each squares what is left."""


def write_tables(plan: Path, folder: Path) -> None:
    """Write the two tables of the slice from the curves of a plan's folder, and the names of segments and ratings."""
    import polars as pl

    from gaapbridge.assumptions.curves import read_curves

    prepayment, hazard, lost, recovery = (
        plan.parent / "curves" / f"{name}.csv" for name in ("prepayment", "hazard", "loss_given_default", "recovery")
    )
    curves = read_curves(prepayment, hazard, lost, recovery, [CLOSING])
    weights = {}
    for side, scenarios in (("us", US_SCENARIOS), ("ifrs", IFRS_SCENARIOS)):
        of_side = sum(
            share * curves.hazard[-1, s, :, :, :BUCKETS] * curves.lgd_undiscounted[-1, s, :, 0][:, None, None, None]
            for name, share in scenarios.items()
            for s in [curves.scenarios.index(name)]
        )
        weights[side] = np.asarray(of_side).reshape(-1, curves.hazard.shape[-1])
    cells, months = weights["us"].shape
    mortality = curves.prepayment[-1]
    folder.mkdir(parents=True, exist_ok=True)
    cell, ahead = np.repeat(np.arange(cells), months), np.tile(np.arange(1, months + 1), cells)
    pl.DataFrame({"cell": cell, "month": ahead, **{side: table.ravel() for side, table in weights.items()}}).write_parquet(
        folder / "weights.parquet"
    )
    of, on_book = np.repeat(np.arange(len(curves.segments)), months), np.tile(np.arange(1, months + 1), len(curves.segments))
    pl.DataFrame({"segment": of, "month": on_book, "mortality": mortality.ravel()}).write_parquet(folder / "mortality.parquet")
    (folder / "names.json").write_text(json.dumps({"segments": curves.segments, "ratings": curves.ratings}))


def tables(folder: Path) -> tuple[dict[str, list[str]], Columns]:
    """Names of segments and ratings; ``us`` and ``ifrs`` weights, cell x month, and ``mortality``, segment x month on book."""
    from pyarrow import parquet

    names = json.loads((folder / "names.json").read_text())
    weights, mortality = parquet.read_table(folder / "weights.parquet"), parquet.read_table(folder / "mortality.parquet")
    cells = len(names["segments"]) * len(names["ratings"]) * BUCKETS
    found = {side: weights.column(side).to_numpy().reshape(cells, -1) for side in ("us", "ifrs")}
    return names, {**found, "mortality": mortality.column("mortality").to_numpy().reshape(len(names["segments"]), -1)}


def terms(batch: Any, names: Mapping[str, list[str]]) -> dict[str, Column]:
    """Columns of NumPy of a batch of Arrow with ``TERMS``: codes for words, floats for amounts, the instalments due."""
    import pyarrow as arrow
    import pyarrow.compute as compute

    def code(column: str, words: list[str] | tuple[str, ...]) -> Column:
        found: Column = compute.index_in(batch.column(column), arrow.array(words)).to_numpy(zero_copy_only=False)
        return found.astype(np.int64)

    def amount(column: str) -> Column:
        found: Column = compute.fill_null(batch.column(column), 0).to_numpy(zero_copy_only=False)
        return found

    segment, days = code("segment", names["segments"]), amount("days_past_due")
    bucket = np.minimum((days + 29) // 30, BUCKETS - 1)
    first: Column = batch.column("first_payment_date").to_numpy(zero_copy_only=False)
    first_month = first.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    n, kind = amount("term_instalments"), code("repayment_type", KINDS)
    due = CLOSING_MONTH - first_month + 1  # every due date is before the 29th, so all of the closing month have passed
    principal = amount("principal_minor").astype(np.float64)
    return {
        "segment": segment,
        "cell": (segment * len(names["ratings"]) + code("rating", names["ratings"])) * BUCKETS + bucket,
        "kind": kind,
        "n": n,
        "k": np.clip(due, 0, n),
        "principal": principal,
        "rate": amount("annual_rate") / 12.0,
        "instalment": amount("instalment_minor").astype(np.float64),
        "part": np.floor(principal / n + 0.5),
        "initial": principal - amount("fees_received_minor") + amount("costs_paid_minor"),
        "outstanding": amount("outstanding_principal_minor"),
        "horizon": np.where(days > LATE_DAYS, n, NEAR_MONTHS),
    }


def rounded(estimate: Column) -> Column:
    """Minor units, half away from zero."""
    whole = np.trunc(estimate)
    minor: Column = (whole + np.trunc(2.0 * (estimate - whole))).astype(np.int64)
    return minor


def totals(segment: Column, segments: int, answered: Columns) -> Column:
    """Totals by segment, segments x ``ANSWERED``, minor units: sums of whole numbers, in any order."""
    found = np.zeros((segments, len(ANSWERED)), dtype=np.int64)
    for place, name in enumerate(ANSWERED):
        np.add.at(found[:, place], segment, answered[name])
    return found


def answer(found: Any) -> dict[str, Any]:
    """What ours and a rival are compared by: the sum of each total, and the hash of all of them by segment."""
    table = np.ascontiguousarray(np.asarray(found, dtype=np.int64).reshape(-1, len(ANSWERED)))
    sums = {name: int(table[:, place].sum()) for place, name in enumerate(ANSWERED)}
    return {"sums": sums, "sha256": hashlib.sha256(table.tobytes()).hexdigest()}


def timed(sliced: Callable[[Path, Path], Any]) -> None:
    """Have the slice of a tape and of a folder, the arguments of this process, and print what a benchmark's child does."""
    from benchmarks.timed import report

    tape, folder = Path(sys.argv[1]), Path(sys.argv[2])
    began = time.perf_counter()
    found = answer(sliced(tape, folder))
    report(time.perf_counter() - began, found)
