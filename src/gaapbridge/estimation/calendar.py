"""The months of a history: which it has, with how many contracts, and which of them nobody has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from gaapbridge.estimation.arrays import month_of
from gaapbridge.estimation.causes import CAUSES
from gaapbridge.estimation.schema import ON_BOOK
from gaapbridge.estimation.seen import month_name
from gaapbridge.tapes.ranges import ContractTape
from gaapbridge.tapes.schema import real_dates
from gaapbridge.tapes.survey import READ_ROWS
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding

FEW = 0.1
"""A month has rows of fewer than this share of the contracts on book the month before: it is as good as not there."""


@dataclass(frozen=True)
class Calendar:
    """By month the ``rows`` of a history, those of contracts that go on after it (``on_book``), and what these owe."""

    rows: Mapping[int, int]
    on_book: Mapping[int, int]
    owed_minor: Mapping[int, int]

    def until(self, last: int) -> Calendar:
        """The same up to a month."""
        return Calendar(
            *({month: one for month, one in of.items() if month <= last} for of in (self.rows, self.on_book, self.owed_minor))
        )  # fmt: skip

    @property
    def first(self) -> int:
        """The first month."""
        return min(self.rows)

    @property
    def last(self) -> int:
        """The last month."""
        return max(self.rows)

    @cached_property
    def lacking(self) -> Mapping[int, int]:
        """Months that nobody has, or hardly anybody, each with the last month before it that is there."""
        before, found = self.first, dict[int, int]()
        for month in range(self.first + 1, self.last + 1):
            waiting = self.on_book.get(before, 0)
            if waiting and self.rows.get(month, 0) < max(FEW * waiting, 1):
                found[month] = before
            else:
                before = month
        return found

    def refuse_few_beyond(self, file: str) -> None:
        """Raise where hardly any contract goes on to the last month: the others would be defaults."""
        if self.last not in self.lacking:
            return
        before = self.lacking[self.last]
        beyond = max(number for month, number in self.rows.items() if month > before)
        raise UnusableInput(
            file=file, column="month_end", value=month_name(self.last),
            rule=f"a history ends with the rows of most of its contracts: after {month_name(before)}, when "
            f"{self.on_book[before]:,} were on book, no month has more than {beyond:,} row{'s' if beyond > 1 else ''}",
            remedy="correct the days of those rows, or state last_month, after which rows are left out",
        )  # fmt: skip

    def findings(self, address: str) -> Iterator[Finding]:
        """The months that nobody has, each with the contracts on book before it and what they owed."""
        for month, before in self.lacking.items():
            told, rows = CAUSES["month_lacking"], self.rows.get(month, 0)
            why = (
                f"{rows:,} of {self.on_book.get(before, 0):,} contracts on book in {month_name(before)} have a row: {told.why}"
            )
            owed = self.owed_minor.get(before)
            yield Finding(told.name, f"{address}/{month_name(month)}", owed, why, told.remedy)


def calendar_of(performance: ContractTape) -> tuple[Calendar, set[str]]:
    """The months of the rows of performance whose days are days, and the segments of all rows."""
    (rule,) = real_dates("month_end")
    unreal = rule.broken(performance.circumstances)
    assert unreal is not None, "no circumstance takes the rule away"
    parts, segments = [], set[str]()
    for parsed in performance.source.batches(READ_ROWS, ["month_end", "balance_minor", "status", "segment"]):
        frame = parsed.frame
        segments |= {*frame["segment"].drop_nulls().unique().to_list()} if "segment" in frame.columns else set()
        on_book = pl.col("balance_minor") > 0
        if "status" in frame.columns:
            on_book &= pl.col("status").fill_null(ON_BOOK) == ON_BOOK
        good = frame.filter(pl.col("month_end").is_not_null() & ~unreal)
        parts.append(
            good.group_by(month=month_of("month_end")).agg(
                rows=pl.len(), on_book=on_book.sum(), owed=pl.col("balance_minor").filter(on_book).sum()
            )
        )
    counted = pl.concat(parts).group_by("month").sum().sort("month") if parts else pl.DataFrame()
    if counted.is_empty():
        remedy = "correct the column, or say in read.dates how its days are written"
        file = performance.source.file
        raise UnusableInput(file=file, column="month_end", rule="a history has a month in some row", remedy=remedy)
    by_month = (
        dict(zip(counted["month"].to_list(), counted[name].to_list(), strict=True)) for name in ("rows", "on_book", "owed")
    )
    return Calendar(*by_month), segments
