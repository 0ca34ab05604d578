"""The book of an opening: every contract on book and not in default then, as it was known to be on that day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation import months as m
from gaapbridge.measure import histories

Places = NDArray[np.int64]

IN_DEFAULT = histories.IN_DEFAULT
"""What a row stands in whose contract is in default: no bucket."""

NOT_TOLD = -2
"""What a row stands in whose look-back the history has not seen: it is neither clean nor known not to be."""

OTHER_AGE = -3
"""What a row stands in of whose months on book no hazard was counted."""

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True)
class Book:
    """N contracts at an opening; by contract its place in the chunk and its row there, and what was known of it that day.

    ``bucket`` counts the buckets of a hazard table, ``age`` are instalments due by the opening and ``remaining`` those due
    after it, ``missed`` those overdue. ``outside`` says how many of the chunk stand outside, and why.
    """

    opening: int
    contract: Places
    row: Places
    bucket: Places
    segment: Places
    fold: Places
    age: Places
    remaining: Places
    missed: Places
    balance_minor: Places
    principal_minor: Places
    vintage: Places
    rate: NDArray[np.float64]
    outside: Mapping[str, int]

    def chosen(self, which: NDArray[np.bool_]) -> Book:
        """Those of the contracts that are wanted; who stands outside is not told again."""
        return Book(**{name: getattr(self, name)[which] for name in _BY_CONTRACT}, opening=self.opening, outside={})


_BY_CONTRACT = (
    "contract", "row", "bucket", "segment", "fold", "age", "remaining", "missed", "balance_minor", "principal_minor", "vintage",
    "rate",
)  # fmt: skip


def ends_of(months: m.Months) -> tuple[Places, Places]:
    """First row of each contract of a chunk, and the row after its last."""
    every = np.arange(len(months.segment))
    return np.searchsorted(months.contract, every), np.searchsorted(months.contract, every, side="right")


def book_at(months: m.Months, standing: m.Tiny, opening: int) -> Book:
    """The book of a chunk at an opening, from rows no later than that: ``standing`` is the bucket of every row, or why none."""
    first, end = ends_of(months)
    seen = np.nonzero(end > first)[0]
    row = first[seen] + opening - months.month[first[seen]]
    there = (row >= first[seen]) & (row < end[seen])
    contract, row = seen[there], row[there]
    on_book = months.event[row] == m.STILL
    contract, row = contract[on_book], row[on_book]
    observed = months.observed[row]
    bucket = standing[row].astype(np.int64)
    outside = {
        "in default": int((observed & (bucket == IN_DEFAULT)).sum()),
        "look-back not seen": int((observed & (bucket == NOT_TOLD)).sum()),
        "month not observed": int((~observed).sum()),
    }
    if (of_other_ages := int((observed & (bucket == OTHER_AGE)).sum())) > 0:
        outside["of months on book from which no hazard was counted"] = of_other_ages
    kept = observed & (bucket >= 0)
    return _book(months, opening, contract[kept], row[kept], bucket[kept], outside)


def defaulted_at(months: m.Months, standing: m.Tiny, opening: int) -> Book:
    """The contracts of a chunk that are on book at an opening and in default then; their bucket is ``IN_DEFAULT``."""
    row = np.flatnonzero((months.month == opening) & (months.event == m.STILL) & months.observed & (standing == IN_DEFAULT))
    return _book(months, opening, months.contract[row], row, standing[row].astype(np.int64), {})


def _book(
    months: m.Months, opening: int, contract: NDArray[np.int32], row: Places, bucket: Places, outside: Mapping[str, int]
) -> Book:
    """What is known of some contracts at their rows of an opening."""

    def of_row(values: NDArray[np.int32] | NDArray[np.int64]) -> Places:
        told: Places = values[row].astype(np.int64)
        return told

    def of_contract(values: NDArray[np.int32] | NDArray[np.int64] | NDArray[np.int8]) -> Places:
        told: Places = values[contract].astype(np.int64)
        return told

    return Book(
        opening=opening, contract=contract.astype(np.int64), row=row.astype(np.int64), bucket=bucket,
        segment=of_contract(months.segment), fold=of_contract(months.fold), age=of_row(months.age),
        remaining=of_row(months.remaining),
        missed=np.ceil(of_row(months.arrears_days) / DAYS_PER_MONTH).astype(np.int64),
        balance_minor=of_row(months.balance_minor),
        principal_minor=of_contract(months.principal_minor), vintage=of_contract(months.vintage), rate=months.rate[contract],
        outside=outside,
    )  # fmt: skip
