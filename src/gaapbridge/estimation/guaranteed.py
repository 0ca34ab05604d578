"""What a history of guarantees tells besides performance: on which day of arrears funders were paid, and its fees by month."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.buckets import arrears_bucket
from gaapbridge.estimation import months as m
from gaapbridge.estimation.arrays import Arrays, Setting, month_of
from gaapbridge.estimation.fee_losses import FeeMonths
from gaapbridge.estimation.months import Months, Small, Tiny, Whole
from gaapbridge.estimation.payouts import days_past_due_when_paid
from gaapbridge.estimation.schema import PAYOUT
from gaapbridge.terms.writing import writing

NO_ORIGIN = -1
"""In place of a bucket: no month from which fees are followed."""

PAID = {"contract_id": pl.String(), "segment": pl.Int32(), "month": pl.Int32(), "days_past_due": pl.Int64()}
"""Columns of payouts: the number of the contract's segment, the month, and the days past due on the day, -1 if not known."""

_SETTLED, _LOST = (m.PREPAID, m.MATURED, m.LEFT), (m.CHARGED_OFF, m.LEFT_WITH_BALANCE)
"""How a guarantee ends so that fees which nobody collected are no longer owed; and so that they are lost."""


def paid_out(performance: pl.DataFrame, outcomes: pl.DataFrame, arrays: Arrays) -> pl.DataFrame:
    """The first payout of every guarantee, in the columns of ``PAID``."""
    came = outcomes.filter((pl.col("what") == PAYOUT) & (pl.col("amount_minor") > 0))
    first = came.group_by("contract_id").agg(pl.col("date").min()).sort("date")
    if first.is_empty():
        return pl.DataFrame(schema=PAID)
    late = performance.select("contract_id", "month_end", pl.col("days_past_due").fill_null(m.UNKNOWN)).sort("month_end")
    last = pl.col("date") - pl.duration(days=1)
    beside = first.with_columns(before=last).join_asof(
        late, left_on="before", right_on="month_end", by="contract_id", check_sortedness=False
    )
    ends = beside["month_end"].fill_null(beside["date"] - pl.duration(days=400))
    days = days_past_due_when_paid(
        beside["days_past_due"].fill_null(m.UNKNOWN).to_numpy(), ends.to_numpy(), beside["date"].to_numpy()
    )
    segments = pl.DataFrame({"contract_id": arrays.ids, "segment": arrays.months.segment})
    told = beside.select("contract_id", month=month_of("date")).with_columns(days_past_due=pl.Series(days))
    return told.join(segments, on="contract_id", how="inner").select(*PAID)


@dataclass(frozen=True)
class _Grid:
    """The months of contracts, each from its first on: ``start`` and ``length`` by contract, ``first`` month."""

    start: Whole
    length: Whole
    first: Whole

    @classmethod
    def of(cls, months: Months, fees: pl.DataFrame, last_seen: int) -> _Grid:
        """As far as rows go and fees are collected or written off."""
        start = np.flatnonzero(np.diff(months.contract, prepend=-1))
        ends = np.append(start[1:], len(months.contract)) - 1
        first, last = months.month[start].astype(np.int64), months.month[ends].astype(np.int64)
        for day in ("collected_on", "written_off_on"):
            of = fees.filter(pl.col(day).is_not_null() & (month_of(day) <= last_seen))
            np.maximum.at(last, of["number"].to_numpy(), of.select(month_of(day).cast(pl.Int64)).to_series().to_numpy())
        length = last - first + 1
        return cls(np.concatenate(([0], np.cumsum(length)[:-1])).astype(np.int64), length, first)

    def added(self, number: Whole, month: Whole, amount: Whole) -> Whole:
        """Amounts by month of their contracts; those before its first in that, those after its last nowhere."""
        place = np.maximum(month - self.first[number], 0)
        inside = place < self.length[number]
        summed = np.zeros(int(self.length.sum()), np.int64)
        np.add.at(summed, (self.start[number] + place)[inside], amount[inside])
        return summed

    def to_date(self, by_month: Whole) -> Whole:
        """Sums from the first month of each contract on."""
        total = np.cumsum(by_month)
        return total - np.repeat(total[self.start] - by_month[self.start], self.length)


_NEVER = np.iinfo(np.int32).max


def fee_months(fees: pl.DataFrame, arrays: Arrays, setting: Setting) -> FeeMonths:
    """The fees of the guarantees of some months, by month.

    Fees are followed from months in which the guarantee is on book, seen, and not in default. One that is due by the end of the
    next month is earned. Of 300 in three fees of which one is due next month: 300 open, 100 earned.
    """
    months = arrays.months
    numbered = fees.join(
        pl.DataFrame({"contract_id": arrays.ids, "number": np.arange(arrays.ids.len(), dtype=np.int64)}),
        on="contract_id", how="inner", maintain_order="left",
    )  # fmt: skip
    grid = _Grid.of(months, numbered, setting.last_seen)
    number, fee = numbered["number"].to_numpy(), numbered["fee_minor"].to_numpy()
    closed = _closed(numbered, months)
    due_soon = numbered.select(month_of("due_date").cast(pl.Int64)).to_series().to_numpy() - 1
    opened, earned = grid.added(number, np.zeros_like(number), fee), grid.added(number, due_soon, fee)
    for month, amount in closed:
        opened = opened - grid.added(number, month, amount)
        earned = earned - grid.added(number, np.maximum(month, due_soon), amount)
    collected, stated, at_payout = (grid.added(number, month, amount) for month, amount in closed[:3])
    contract = np.repeat(np.arange(len(grid.start)), grid.length)
    return FeeMonths(
        contract=contract.astype(np.int32),
        month=(grid.first[contract] + np.arange(len(contract)) - grid.start[contract]).astype(np.int32),
        bucket=_buckets(months, grid, setting),
        open_minor=grid.to_date(opened),
        earned_minor=grid.to_date(earned),
        collected_minor=collected,
        written_off_minor=stated + at_payout,
        segment=months.segment,
        fold=months.fold,
    )


def _closed(numbered: pl.DataFrame, months: Months) -> list[tuple[Whole, Whole]]:
    """When and how much of each fee was collected, was written off, was lost with a payout, and was let off."""

    def month(day: str) -> Whole:
        return numbered.select(month_of(day).cast(pl.Int64).fill_null(_NEVER)).to_series().to_numpy()

    collected, lost = numbered["collected_minor"].to_numpy(), numbered["written_off_minor"].to_numpy()
    still, number = numbered["fee_minor"].to_numpy() - collected - lost, numbered["number"].to_numpy()
    at_payout, settled = (_ended(months, how)[number] for how in (_LOST, _SETTLED))
    let_off = month("let_off_on")
    paid_out = at_payout < let_off
    return [
        (month("collected_on"), collected),
        (month("written_off_on"), lost),
        (np.where(paid_out, at_payout, _NEVER), still),
        (np.where(paid_out, _NEVER, np.minimum(let_off, settled)), still),
    ]


def _ended(months: Months, how: tuple[int, ...]) -> Whole:
    """The month in which each contract ended so; one that nobody sees where it did not."""
    month = np.full(len(months.segment), _NEVER, np.int64)
    ends = np.isin(months.event, how)
    month[months.contract[ends]] = months.month[ends]
    return month


def _buckets(months: Months, grid: _Grid, setting: Setting) -> Tiny:
    """The bucket of each month on book that is seen and no default."""
    bucket = np.full(int(grid.length.sum()), NO_ORIGIN, np.int8)
    starts = np.flatnonzero(np.diff(months.contract, prepend=-1))
    place = grid.start[months.contract] + np.arange(len(months.contract)) - starts[months.contract]
    days = np.array([*setting.default_days, 0])[months.segment[months.contract]]
    there = (months.event == m.STILL) & months.observed & (months.arrears_days < days)
    bucket[place[there]] = arrears_bucket(months.arrears_days[there].astype(np.int64))
    return bucket


_STORED = tuple(one.name for one in fields(FeeMonths))


def store_fees(folder: Path, number: int, made: FeeMonths) -> None:
    """Keep the fees of a chunk."""
    arrays: Any = {name: getattr(made, name) for name in _STORED}
    with writing(folder):
        np.savez(folder / f"{number}.fees.npz", **arrays)


def stored_fees(folder: Path, number: int) -> FeeMonths:
    """The fees of a chunk."""
    with np.load(folder / f"{number}.fees.npz") as arrays:
        return FeeMonths(**{name: arrays[name] for name in _STORED})


def fees_of(fees: FeeMonths, kept: NDArray[np.bool_], segment: Small) -> FeeMonths:
    """The fees of some contracts alone, whose segments are numbered as ``segment`` says."""
    rows = kept[fees.contract]
    by_row = {name: getattr(fees, name)[rows] for name in _STORED if name not in ("segment", "fold")}
    return FeeMonths(**by_row, segment=segment, fold=fees.fold)
