"""Rows of a history as arrays: each contract from its first month to its last, what became of it, and what its rows tell."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.estimation import months as m
from gaapbridge.estimation.endings import with_charge_offs
from gaapbridge.estimation.months import Months
from gaapbridge.estimation.schema import (
    CHARGE_OFF,
    CHARGED_OFF,
    COST,
    GONE,
    ON_BOOK,
    PAYOUT,
    RECOVERY,
    REPAID,
    SOLD,
    STATIC,
    STATUSES,
)

DAYS_OF_MISSED = 30
"""Days past due for which a missed instalment stands."""

_NEAR = 0.01
"""The share of what was owed up to which a charge-off and what came in are as much as it."""

_FAR = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Setting:
    """What is the same for all contracts of a history: its segments, its first and last month, and with how many instalments
    left a contract that is repaid has matured; the months ``lacking``, which nobody has; and by segment on how many days past
    due a default is recognised."""

    segments: tuple[str, ...]
    first_seen: int
    last_seen: int
    matured_within: int
    lacking: tuple[int, ...] = ()
    default_days: tuple[int, ...] = ()


@dataclass(frozen=True)
class WrittenOff:
    """What was written off, as stated: by contract in other months than that in which it left (``moved_minor``) and although a
    row says repaid (``repaid_minor``); by month of those charged off (``stated_minor``), with what they owed before
    (``owed_minor``)."""

    moved_minor: NDArray[np.int64]
    repaid_minor: NDArray[np.int64]
    stated_minor: NDArray[np.int64]
    owed_minor: NDArray[np.int64]


@dataclass(frozen=True)
class Arrays:
    """The months of some contracts, their ids, and by contract what its records do not tell: ``no_segment``, ``no_rate``; by
    month whether a charge-off was stated less what came in (``net``)."""

    months: Months
    ids: pl.Series
    no_segment: NDArray[np.bool_]
    no_rate: NDArray[np.bool_]
    off: WrittenOff
    net: NDArray[np.bool_]


def month_of(column: str) -> pl.Expr:
    """Days as the numbers of their months."""
    day = pl.col(column)
    return (day.dt.year() * 12 + day.dt.month() - 1).cast(pl.Int32)


def contract_numbers(ids: pl.Series) -> NDArray[np.int64]:
    """The number of each row's contract, from 0, of rows in the order of their contracts."""
    return (ids != ids.shift(1)).fill_null(value=True).cast(pl.Int64).cum_sum().to_numpy() - 1


def fold_of(contract_id: str) -> int:
    """Which tenth of the contracts one is of, by a hash of its id: the same in every history and on every machine.

    >>> fold_of("LN-000001"), fold_of("LN-000002")
    (6, 9)
    """
    return int.from_bytes(hashlib.sha256(contract_id.encode()).digest()[:4], "big") % m.FOLDS


def arrays_of(
    performance: pl.DataFrame,
    contracts: pl.DataFrame | None,
    outcomes: pl.DataFrame,
    doubtful: pl.Series,
    setting: Setting,
) -> Arrays:
    """The months of contracts whose rows of ``performance`` are good, one a month, by contract and month; ``contracts`` have
    what does not change, where they are stated. Of a ``doubtful`` contract a row is rejected, so that it is not said to have
    left with a balance where its rows end."""
    ids = performance["contract_id"]
    number = contract_numbers(ids)
    firsts = np.flatnonzero(np.diff(number, prepend=-1))
    named = ids.gather(firsts)
    still = _static(performance, contracts, firsts, named)
    month = performance.select(month_of("month_end")).to_series().to_numpy().astype(np.int64)
    amounts = _amounts(outcomes, named, setting.last_seen)
    lie = _Lie.of(number, month, firsts, amounts)
    months, off = _months(performance, still, amounts, lie, named.is_in(doubtful.implode()).to_numpy(), setting)
    net = _net(months)
    return Arrays(
        replace(months, written_off_minor=months.written_off_minor + net * months.recovered_minor),
        named,
        still["segment"].is_null().to_numpy(),
        still["annual_rate"].is_null().to_numpy(),
        replace(off, stated_minor=off.stated_minor + (net & (off.stated_minor > 0)) * months.recovered_minor),
        net,
    )


def _net(months: Months) -> NDArray[np.bool_]:
    """Months of a charge-off that is less than what was owed by just what came in: it is stated after proceeds, and the loss
    would be less by them twice. Of 1,000 owed 400 came in and 600 were charged off: the charge-off is 1,000."""
    before = np.where(np.diff(months.contract, prepend=-1) == 0, np.roll(months.balance_minor, 1), 0)
    came, lost = months.recovered_minor, months.written_off_minor
    little = _NEAR * before
    away = np.abs(lost + came - before)
    net: NDArray[np.bool_] = (months.event == m.CHARGED_OFF) & (before > 0) & (lost > 0) & (came > little) & (away <= little)
    return net


def _static(
    performance: pl.DataFrame, contracts: pl.DataFrame | None, firsts: NDArray[np.int64], named: pl.Series
) -> pl.DataFrame:
    """What does not change, of each contract: of its row among the contracts, or else of its first month."""
    own = performance.select(STATIC)[firsts]
    if contracts is None:
        return own
    stated = named.to_frame().join(
        contracts.select("contract_id", *STATIC), on="contract_id", how="left", maintain_order="left"
    )
    return pl.DataFrame({name: stated[name].zip_with(stated[name].is_not_null(), own[name]) for name in STATIC})


def _amounts(outcomes: pl.DataFrame, named: pl.Series, last_seen: int) -> pl.DataFrame:
    """What came of contracts, summed by their number, month and kind; nothing of after the last month seen. Of a guarantee that
    was paid out the payout is the loss, and what is charged off afterwards is the same once more."""
    of = pl.DataFrame({"contract_id": named, "number": np.arange(named.len())})
    summed = outcomes.select("contract_id", "what", "amount_minor", month=month_of("date").cast(pl.Int64))
    summed = summed.filter(pl.col("month") <= last_seen).join(of, on="contract_id", how="inner")
    again = (pl.col("what") == CHARGE_OFF) & (pl.col("what") == PAYOUT).any().over("number")
    return (
        summed.filter(~again)
        .group_by("number", "month", "what")
        .agg(pl.col("amount_minor").sum())
        .sort("number", "month", "what")
    )


@dataclass(frozen=True)
class _Lie:
    """Where rows lie among all months of their contracts: of each contract its ``start`` and ``first`` month; of each row of
    performance its ``place``; of each month its ``number`` of contract, its ``month``, whether it is ``present``, and the
    ``row`` of performance that is the last by then."""

    start: NDArray[np.int64]
    first: NDArray[np.int64]
    number: NDArray[np.int64]
    month: NDArray[np.int64]
    present: NDArray[np.bool_]
    row: NDArray[np.int64]
    place: NDArray[np.int64]
    last_present: NDArray[np.int64]

    @classmethod
    def of(cls, number: NDArray[np.int64], month: NDArray[np.int64], firsts: NDArray[np.int64], amounts: pl.DataFrame) -> _Lie:
        ends = np.append(firsts[1:], len(number)) - 1 if len(firsts) else firsts
        first, last = month[firsts], month[ends].copy()
        np.maximum.at(last, amounts["number"].to_numpy(), amounts["month"].to_numpy())
        lengths = last - first + 1
        start = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64) if len(firsts) else firsts
        every = np.repeat(np.arange(len(firsts)), lengths)
        places = np.arange(int(lengths.sum()))
        at = start[number] + month - first[number]
        row = np.zeros(len(places), np.int64)
        row[at] = np.arange(len(number))
        present = np.zeros(len(places), bool)
        present[at] = True
        row = row[np.maximum.accumulate(np.where(present, places, 0))]
        return cls(start, first, every, first[every] + places - start[every], present, row, at, at[ends])

    def scattered(self, amounts: pl.DataFrame, *what: str) -> NDArray[np.int64]:
        """Amounts of some kinds, by month."""
        of = amounts.filter(pl.col("what").is_in(what))
        places = self.start[of["number"].to_numpy()] + of["month"].to_numpy() - self.first[of["number"].to_numpy()]
        summed = np.zeros(len(self.month), np.int64)
        np.add.at(summed, places, of["amount_minor"].to_numpy())
        return summed


def _months(
    performance: pl.DataFrame,
    still: pl.DataFrame,
    amounts: pl.DataFrame,
    lie: _Lie,
    doubtful: NDArray[np.bool_],
    setting: Setting,
) -> tuple[Months, WrittenOff]:
    row, count = lie.row, len(lie.month)
    balance = performance["balance_minor"].to_numpy()[row]
    late = performance["days_past_due"].fill_null(performance["missed_instalments"] * DAYS_OF_MISSED).fill_null(0)
    written_off = lie.scattered(amounts, CHARGE_OFF, PAYOUT)
    paid_out = lie.scattered(amounts, PAYOUT) > 0
    status = np.where(paid_out, STATUSES.index(CHARGED_OFF), _status(performance)[row]).astype(np.int8)
    remaining = _remaining(performance, still, lie)
    left, event = _left(lie, balance, status, written_off, remaining, doubtful, setting)
    said = {name: lie.present & (status == STATUSES.index(name)) for name in (REPAID, SOLD)}
    ends = with_charge_offs(lie.number, left, event, balance, written_off, said[REPAID], said[SOLD])
    left, event, written_off = ends.left, ends.event, ends.written_off_minor
    places = np.arange(count)
    gone = places > left[lie.number]
    event = np.where(gone, m.GONE, event)
    out = event == m.CHARGED_OFF
    before = np.where(places > lie.start[lie.number], np.roll(balance, 1), 0)
    stated = np.where(out, written_off, 0)
    written_off = np.where(out & (written_off == 0), np.maximum(balance, before), written_off)
    days = np.array([*setting.default_days, 0])[_segment(still["segment"], setting)]
    in_default = np.where(lie.present & (event == m.STILL) & (written_off > 0), days[lie.number], 0)
    owes = ~gone & ~np.isin(event, (m.PREPAID, m.MATURED, m.CHARGED_OFF, m.LEFT)) | (event == m.LEFT_WITH_BALANCE)
    made = Months(
        contract=lie.number.astype(np.int32),
        month=lie.month.astype(np.int32),
        age=_age(performance, still, lie),
        remaining=remaining,
        arrears_days=np.maximum(np.where(owes, late.to_numpy()[row], 0), in_default).astype(np.int32),
        balance_minor=np.where(owes, balance, 0),
        written_off_minor=written_off,
        recovered_minor=lie.scattered(amounts, RECOVERY),
        cost_minor=lie.scattered(amounts, COST),
        event=event.astype(np.int8),
        observed=lie.present | gone | out,
        frozen=np.zeros(count, bool),
        segment=_segment(still["segment"], setting),
        fold=_fold(still["fold"], performance, lie),
        vintage=_vintage(still),
        principal_minor=still["principal_minor"].fill_null(m.UNKNOWN).to_numpy(),
        rate=still["annual_rate"].fill_null(0.0).to_numpy(),
        first_seen=setting.first_seen,
    )
    owed = np.where(stated > 0, np.where(before > 0, before, balance), 0)
    return made, WrittenOff(ends.moved_minor, ends.repaid_minor, stated, owed)


def _status(performance: pl.DataFrame) -> NDArray[np.int8]:
    numbers: Mapping[str, int] = {word: number for number, word in enumerate(STATUSES)}
    return performance["status"].replace_strict(numbers, return_dtype=pl.Int8).to_numpy()


def _left(
    lie: _Lie,
    balance: NDArray[np.int64],
    status: NDArray[np.int8],
    written_off: NDArray[np.int64],
    remaining: m.Small,
    doubtful: NDArray[np.bool_],
    setting: Setting,
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Of each contract the place of the month in which it left, beyond all where it did not, and by month how.

    It left in the first month whose row says so or owes nothing, or in that of a charge-off after its last row; else with its
    last row, where the history goes on after it, or the next says that it had left before: with a balance, unless a row of it
    is rejected, or nobody has the month after.
    """
    word = {name: STATUSES.index(name) for name in STATUSES}
    places = np.arange(len(lie.month))
    leaves = lie.present & ((status != word[ON_BOOK]) | (balance == 0))
    leaves |= ~lie.present & (written_off > 0) & (places > lie.last_present[lie.number])
    left = np.minimum.reduceat(np.where(leaves, places, _FAR), lie.start) if len(lie.start) else lie.start
    last = lie.last_present.copy()
    ends = (left == _FAR) & (lie.month[last] < setting.last_seen)
    gone = (left != _FAR) & (left > lie.start)
    gone[gone] = lie.present[left[gone]] & (status[left[gone]] == word[GONE])
    last[gone] = lie.place[lie.row[left[gone]] - 1]
    ends |= gone
    left = np.where(ends, last, left)
    event = np.full(len(places), m.STILL, np.int8)
    not_told = doubtful | np.isin(lie.month[last] + 1, setting.lacking)
    event[last[ends]] = np.where(not_told[ends], m.LEFT, m.LEFT_WITH_BALANCE)
    at = left[~ends & (left != _FAR)]
    matured = (remaining[at] != m.UNKNOWN) & (remaining[at] <= setting.matured_within)
    how = np.where(matured, m.MATURED, m.PREPAID)
    how = np.where((written_off[at] > 0) | (status[at] == word[CHARGED_OFF]), m.CHARGED_OFF, how)
    how = np.where(lie.present[at] & (status[at] == word[REPAID]), np.where(matured, m.MATURED, m.PREPAID), how)
    how = np.where(lie.present[at] & (status[at] == word[SOLD]), m.LEFT, how)
    event[at] = np.where(lie.present[at] & (status[at] == word[GONE]), m.GONE, how)
    return left, event


def _numbers(column: pl.Series, row: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """A column of whole numbers by month, and where it is given."""
    return column.fill_null(0).to_numpy()[row], column.is_not_null().to_numpy()[row]


def _month_numbers(still: pl.DataFrame, column: str, lie: _Lie) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    days = still.select(month_of(column)).to_series().cast(pl.Int64)
    return _numbers(days, lie.number)


def _since_row(performance: pl.DataFrame, lie: _Lie) -> NDArray[np.int64]:
    """Months since the row of performance that is the last by then."""
    month: NDArray[np.int64] = performance.select(month_of("month_end")).to_series().to_numpy()[lie.row].astype(np.int64)
    return lie.month - month


def _age(performance: pl.DataFrame, still: pl.DataFrame, lie: _Lie) -> m.Small:
    """Instalments due by each month: as stated, or counted from the first, or whole months since origination."""
    age = np.full(len(lie.month), m.UNKNOWN, np.int64)
    for column, first in (("origination_date", 0), ("first_payment_date", 1)):
        day, given = _month_numbers(still, column, lie)
        age = np.where(given, np.maximum(lie.month - day + first, 0), age)
    stated, given = _numbers(performance["month_on_book"], lie.row)
    return np.where(given, stated + _since_row(performance, lie), age).astype(np.int32)


def _remaining(performance: pl.DataFrame, still: pl.DataFrame, lie: _Lie) -> m.Small:
    """Instalments due after each month: as stated, or the months to that of the last; none once that is over."""
    day, given = _month_numbers(still, "maturity_date", lie)
    remaining = np.where(given, np.maximum(day - lie.month, 0), m.UNKNOWN)
    stated, given = _numbers(performance["remaining_instalments"], lie.row)
    return np.where(given, np.maximum(stated - _since_row(performance, lie), 0), remaining).astype(np.int32)


def _segment(segments: pl.Series, setting: Setting) -> m.Small:
    numbers = {name: number for number, name in enumerate(setting.segments)}
    return segments.replace_strict(numbers, default=m.UNKNOWN, return_dtype=pl.Int32).fill_null(m.UNKNOWN).to_numpy()


def _fold(folds: pl.Series, performance: pl.DataFrame, lie: _Lie) -> m.Tiny:
    if not folds.null_count():
        return folds.cast(pl.Int8).to_numpy()
    ids = performance["contract_id"].gather(lie.row[lie.start]).to_list()
    hashed = pl.Series([fold_of(one) for one in ids], dtype=pl.Int64)
    return folds.fill_null(hashed).cast(pl.Int8).to_numpy()


def _vintage(still: pl.DataFrame) -> m.Small:
    """The month of origination: stated, or the one before the first instalment was due."""
    made = still.select(pl.coalesce(month_of("origination_date"), month_of("first_payment_date") - 1)).to_series()
    return made.fill_null(m.UNKNOWN).cast(pl.Int32).to_numpy()
