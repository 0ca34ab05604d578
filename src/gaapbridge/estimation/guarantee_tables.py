"""The tables that guarantees have besides those of all contracts: losses of fees, and on which day funders are paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import polars as pl

from gaapbridge.assumptions.curve_tables import ARREARS
from gaapbridge.contracts.buckets import BUCKET_STARTS
from gaapbridge.estimation.fee_losses import FeeLosses, count_fees, fit_fee_losses
from gaapbridge.estimation.history import History
from gaapbridge.estimation.payouts import PayoutTiming, count_payouts, payout_timing
from gaapbridge.estimation.pools import Pool
from gaapbridge.estimation.seen import last_day, month_name
from gaapbridge.estimation.tables import rounded
from gaapbridge.plan.history import FeeReading, PayoutReading
from gaapbridge.terms.finding import Finding

PAYOUT_TIMING, FEE_LOSS = "payout_timing.csv", "fee_loss.csv"


@dataclass(frozen=True)
class Further:
    """Tables by their files, how each cell was made, and what was found."""

    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    told: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def __add__(self, other: Further) -> Further:
        return Further(self.frames | other.frames, self.told | other.told, (*self.findings, *other.findings))


def further_tables(history: History, known: Sequence[int]) -> Further:
    """The tables that payouts and fees give, a version for each month end; none of contracts that are no guarantees."""
    stated, found = history.tapes.stated, Further()
    if stated.outcomes is not None and stated.payouts is not None:
        found += _payouts(history, stated.payouts, known)
    if stated.fees is not None and stated.fee_losses is not None:
        found += _fees(history, stated.fee_losses, known)
    return found


def _payouts(history: History, asked: PayoutReading, known: Sequence[int]) -> Further:
    segments, stated = history.tapes.setting.segments, history.tapes.stated
    rows: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for month in known:
        of = history.paid_out_by(month)
        counts = count_payouts(of["segment"].to_numpy().astype(np.int64), of["days_past_due"].to_numpy(), segments)
        found = payout_timing(counts, asked.span_days, float(asked.minimum_share))
        rows += [_timing_row(one, stated.days_of(one.segment), month) for one in found]
        findings += [finding for one in found for finding in _of_timing(one, stated.days_of(one.segment), asked, month)]
    how = [
        {"known_at": str(row["valid_from"]), **{name: row[name] for name in ("segment", "payouts", "not_known")},
         "how": "days past due at the last month end, and on"}
        for row in rows
    ]  # fmt: skip
    return Further({PAYOUT_TIMING: pl.DataFrame(rows, schema=_TIMING)}, {PAYOUT_TIMING: how}, tuple(findings))


_TIMING = {
    "valid_from": pl.Date(), "segment": pl.String(), "default_days": pl.Int64(), "paid_out_days": pl.Int64(),
    "share": pl.Float64(), "other_days": pl.Int64(), "payouts": pl.Int64(), "not_known": pl.Int64(),
}  # fmt: skip


def _timing_row(one: PayoutTiming, stated_days: int, month: int) -> dict[str, Any]:
    return {
        "valid_from": last_day(month), "segment": one.segment, "default_days": stated_days, "paid_out_days": one.default_days,
        "share": one.share if one.payouts else None, "other_days": one.other_days, "payouts": one.payouts,
        "not_known": one.unknown,
    }  # fmt: skip


def _of_timing(one: PayoutTiming, stated_days: int, asked: PayoutReading, month: int) -> Iterator[Finding]:
    at = f"history.guarantees/{month_name(month)}/{one.segment}"
    if one.unknown:
        yield Finding(
            name="day of a payout not known", where=at, amount_minor=None,
            why=f"{one.unknown:,} of {one.unknown + one.payouts:,} payouts: nothing was overdue, or known, a month end before",
            remedy="give days_past_due as the records have them, to the month of the payout",
        )  # fmt: skip
    if one.default_days is None:
        return
    if one.mixture:
        yield Finding(
            name="payouts on different days", where=at, amount_minor=None,
            why=f"{one.share:.0%} of {one.payouts:,} payouts are within {asked.span_days} days from day {one.default_days}, "
            f"others from day {one.other_days}: one hazard table does not serve both",
            remedy="give contracts of each funder a segment of their own",
        )  # fmt: skip
    elif not one.default_days <= stated_days < one.default_days + asked.span_days:
        yield Finding(
            name="payouts on another day than stated", where=at, amount_minor=None,
            why=f"{one.payouts:,} payouts lie from day {one.default_days} on, and defaults are recognised on day {stated_days}",
            remedy="state the day of the contract in default_days_of, or correct the days of the payouts",
        )  # fmt: skip


def _fees(history: History, asked: FeeReading, known: Sequence[int]) -> Further:
    made = [(month, pool, _fee_losses(history, pool, asked, month)) for month in known for pool in history.pools]
    rows = [row for month, pool, losses in made for row in _fee_rows(losses, pool, month)]
    findings = [finding for month, pool, losses in made for finding in _of_fees(losses, pool, asked, month)]
    table = [{name: row[name] for name in ("valid_from", "segment", "bucket", "loss_rate", "earned_loss_rate")} for row in rows]
    told = [
        {**{name: row[name] for name in ("segment", "bucket", "how", "contracts", "months_seen")},
         "known_at": str(row["valid_from"])}
        for row in rows
    ]  # fmt: skip
    return Further({FEE_LOSS: pl.DataFrame(table)}, {FEE_LOSS: told}, tuple(findings))


def _fee_losses(history: History, pool: Pool, asked: FeeReading, month: int) -> FeeLosses:
    counts = [
        count_fees(history.fees(number, pool), month, asked.horizon_months, pool.segments) for number in history.chunks
    ]  # fmt: skip
    return fit_fee_losses(reduce(add, counts), minimum_contracts=asked.minimum_contracts)


def _due(pool: Pool, place: int) -> bool:
    """Whether a payout is due throughout a bucket, so that all that is open is lost."""
    return bool((0, *BUCKET_STARTS)[place] >= pool.stated.default_days)


def _fee_rows(losses: FeeLosses, pool: Pool, month: int) -> Iterator[dict[str, Any]]:
    """Rows by segment and bucket. In one that nobody was in stand the rates of the next less late, or of the next later; where
    a payout is due everything is lost."""
    seen = np.flatnonzero(~np.isnan(losses.loss_rate[0]))
    for number, segment in enumerate(losses.segments):
        for place, bucket in enumerate(ARREARS if seen.size else ()):
            less = seen[seen <= place]
            of = int(less[-1]) if less.size else int(seen[0])
            due = _due(pool, place)
            own = "own counts" if losses.own[number, of] else "those of all segments of the day"
            how = "a payout is due" if due else own if of == place else f"nobody was in it; as {ARREARS[of]}"
            both = losses.loss_rate[number, of], np.nan_to_num(losses.earned_loss_rate[number, of])
            rates = rounded(np.array((1.0, 1.0) if due else both))
            yield {
                "valid_from": last_day(month), "segment": segment, "bucket": bucket,
                "loss_rate": float(rates[0]), "earned_loss_rate": float(rates[1]), "how": how,
                "contracts": int(losses.contracts[number, place]), "months_seen": int(losses.months_seen[number, place]),
            }  # fmt: skip


def _of_fees(losses: FeeLosses, pool: Pool, asked: FeeReading, month: int) -> Iterator[Finding]:
    at = f"history.guarantees/{month_name(month)}"
    counted = [place for place in range(len(ARREARS)) if not _due(pool, place)]
    empty = [ARREARS[place] for place in counted if np.isnan(losses.loss_rate[0, place])]
    if empty:
        where = f"{at}/{', '.join(empty)}, of {', '.join(losses.segments)}"
        yield Finding(
            name="no fee losses of a bucket", where=where, amount_minor=None,
            why="no guarantee with open fees stood there at a month end: its rates are those of the next bucket",
            remedy="nothing is to be done where nobody can stand there at a month end; else give the fees of those who do",
        )  # fmt: skip
    thin = losses.contracts.sum(axis=0) < asked.minimum_contracts
    few = [ARREARS[place] for place in counted if thin[place] and ARREARS[place] not in empty]
    if few:
        where = f"{at}/{', '.join(few)}, of {', '.join(losses.segments)}"
        yield Finding(
            name="thin cells of a fee loss table", where=where, amount_minor=None,
            why="even all segments of the day together have fewer guarantees there than minimum_contracts",
            remedy="give a longer history; until then say so where the rates are approved",
        )  # fmt: skip
