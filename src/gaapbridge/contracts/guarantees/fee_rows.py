"""The fee instalments of one tape as arrays beside the guarantees of a chunk, and what they come to by guarantee."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from gaapbridge.contracts.credit import SPLIT_MONTHS
from gaapbridge.contracts.guarantees.schema import MOST_MINOR
from gaapbridge.contracts.side_by_side import Dates, Flags, Numbers, Whole, dates, whole
from gaapbridge.measure.calendar import add_months
from gaapbridge.measure.fee_sums import SUMS, sum_fees
from gaapbridge.measure.guarantee import accrued_fees, discounted_fees
from gaapbridge.terms.errors import TooLarge

MOST_FEES = 2**60 // MOST_MINOR
"""Fee instalments of a guarantee whose sums are sure to stay within 64 bits."""

SLACK_DAYS = 7
"""Days by which the coverage of an instalment may begin before or after the end of another's: last days, and holidays."""

_A_GUARANTEE = 2**20
"""More days than any date is from 1970: what a guarantee's number counts where days are told apart by it."""


@dataclass(frozen=True)
class FeeRows:
    """The fee instalments of one tape beside N guarantees; rows of a guarantee lie together, from ``first`` on.

    ``place`` is the place of each group's guarantee, ``run`` the group of each row; instalments of no guarantee are left out.
    """

    guarantees: int
    place: Whole
    run: Whole
    first: Whole
    due: Dates
    start: Dates
    end: Dates
    fee: Whole
    collected: Whole
    written_off: Whole

    @staticmethod
    def of(fees: pl.DataFrame, contract_ids: pl.Series) -> FeeRows:
        """The instalments of the guarantees with these ids, in the order of the tape."""
        run, first = _groups(fees)
        places = pl.DataFrame({"contract_id": contract_ids, "place": np.arange(len(contract_ids))})
        owners = fees.select("contract_id")[first].join(places, on="contract_id", how="left", maintain_order="left")["place"]
        if owners.null_count():  # of no guarantee in the range
            kept = fees.filter(pl.Series(owners.is_not_null().to_numpy()[run]))
            return FeeRows.of(kept, contract_ids)
        return FeeRows(
            len(contract_ids), owners.to_numpy().astype(np.int64), run, first,
            dates(fees, "due_date"), dates(fees, "coverage_start"), dates(fees, "coverage_end"),
            *(whole(fees, name) for name in ("fee_minor", "collected_minor", "written_off_minor")),
        )  # fmt: skip

    @property
    def outstanding(self) -> Whole:
        """Fees neither collected nor written off, by guarantee."""
        return self._by_guarantee(self._owed)

    @property
    def total(self) -> Whole:
        """All fees, by guarantee."""
        return self._by_guarantee(self.fee)

    def discounted(self, origination: Dates, rate_per_year: Numbers) -> Numbers:
        """Fees by guarantee, each discounted from its due date to origination; the same in any order of the rows."""
        began, rate = self._by_row(origination), rate_per_year[self.place][self.run]
        worth = discounted_fees(self.fee, (self.due - began).astype(np.int64), rate)
        added = np.zeros(self.guarantees)
        if worth.size:
            added[self.place] = np.add.reduceat(worth[np.lexsort((worth, self.run))], self.first)
        return added

    def at(self, when: Dates) -> dict[str, Whole]:
        """Sums by guarantee at the date ``when`` of each (see ``Fees``)."""
        self._refuse_too_many()
        coverage = (self.end - self.start).astype(np.int64)
        earned = accrued_fees(self.fee, (self._by_row(when) - self.start).astype(np.int64), coverage)
        sums = np.zeros((len(SUMS), self.guarantees), np.int64)
        of_rows = (self.due.astype(np.int64), self.fee, self.collected, self.written_off, earned)
        due, fee, collected, written_off, earned = map(_read_only, of_rows)
        now, in_a_year = (one.astype(np.int64) for one in (when, add_months(when, SPLIT_MONTHS)))
        sum_fees(self.place, self.first, due, fee, collected, written_off, earned, now, in_a_year, sums)
        return dict(zip(SUMS, sums, strict=True))

    def covered_before_due(self, when: Dates) -> Whole:
        """Fees by guarantee, less what was written off, whose coverage has ended at a date before which they are not due."""
        now = self._by_row(when)
        return self._by_guarantee(np.where((self.end <= now) & (self.due > now), self.fee - self.written_off, 0))

    def outside(self, first: Dates, last: Dates) -> Whole:
        """Fees by guarantee whose coverage begins before the day ``first`` of each, or ends after the day ``last``."""
        return self._beyond("start", "end", first, last)

    def due_outside(self, first: Dates, last: Dates) -> Whole:
        """Fees by guarantee that are due before the day ``first`` of each, or after the day ``last``."""
        return self._beyond("due", "due", first, last)

    def _beyond(self, begins: str, ends: str, first: Dates, last: Dates) -> Whole:
        """Fees by guarantee of which one day is before ``first``, or another after ``last``; rows are looked at one by one only
        where the earliest or the latest of their guarantee is."""
        early, late = self._first(getattr(self, begins)), self._last(getattr(self, ends))
        some = self._of_groups((early < first[self.place]) | (late > last[self.place]))
        beyond = (getattr(some, begins) < some._by_row(first)) | (getattr(some, ends) > some._by_row(last))
        return some._by_guarantee(np.where(beyond, some.fee, 0))

    def collected_ahead(self, until: Dates) -> Whole:
        """What was collected by guarantee of fees that are due, and whose coverage begins, after a day."""
        latest = np.minimum(self.due, self.start)
        rows = np.flatnonzero((self.collected > 0) & (latest > np.min(until, initial=_NO_DAY)))  # few
        owners = self.place[self.run[rows]]
        ahead = latest[rows] > until[owners]
        added = np.zeros(self.guarantees, np.int64)
        np.add.at(added, owners[ahead], self.collected[rows[ahead]])
        return added

    def broken(self) -> Whole:
        """Fees by guarantee whose coverage begins where more of them run beside each other for a while than before and after,
        or begins again after fewer did: an overlap, or a gap. Fees that are paid beside each other from the beginning, or to
        the end, are streams of their own; rows that follow each other in the order of the tape are not looked at."""
        apart = np.abs((self.start[1:] - self.end[:-1]).astype(np.int64)) > SLACK_DAYS
        wanted = np.zeros(self.first.size, np.bool_)
        wanted[self.run[1:][apart & (self.run[1:] == self.run[:-1])]] = True
        some = self._of_groups(wanted)
        group, start = some.run * _A_GUARANTEE, some.start.astype(np.int64)
        breaks = _breaks(group + start, group + some.end.astype(np.int64))
        near = np.searchsorted(breaks, group + start - SLACK_DAYS)
        begins = np.append(breaks, _NEVER)[near] <= group + start + SLACK_DAYS
        return some._by_guarantee(np.where(begins, some.fee, 0))

    def moved_since(self, before: FeeRows) -> Flags:
        """Which guarantees that ``before`` lists too may have other instalments now; those whose instalments are the same, one
        by one in the order of the tapes, have not."""
        then, now = before._lengths, self._lengths
        same = (then == now) & (now > 0)
        places = before.place[same[before.place]]
        if not np.array_equal(places, self.place[same[self.place]]):
            return (then > 0) & (now > 0)
        former, latter = same[before.place][before.run], same[self.place][self.run]
        names = ("due", "start", "end", "fee")
        differ = np.any([getattr(before, name)[former] != getattr(self, name)[latter] for name in names], axis=0)
        moved: Flags = (then > 0) & (now > 0) & ~same
        if places.size:
            moved[places] = np.logical_or.reduceat(differ, np.cumsum(then[places]) - then[places])
        return moved

    @property
    def _lengths(self) -> Whole:
        """How many instalments are listed, by guarantee."""
        lengths = np.zeros(self.guarantees, np.int64)
        lengths[self.place] = np.diff(self.first, append=self.run.size)
        return lengths

    def _of_groups(self, wanted: Flags) -> FeeRows:
        """The instalments of some of the groups alone."""
        rows = wanted[self.run]
        columns = {name: getattr(self, name)[rows] for name in ("due", "start", "end", "fee", "collected", "written_off")}
        run = (np.cumsum(wanted) - 1)[self.run[rows]]
        return replace(self, place=self.place[wanted], run=run, first=np.flatnonzero(np.diff(run, prepend=-1)), **columns)

    @property
    def _owed(self) -> Whole:
        return self.fee - self.collected - self.written_off

    def _first(self, days: Dates) -> Dates:
        """The first day of each group."""
        return np.minimum.reduceat(days, self.first) if days.size else days

    def _last(self, days: Dates) -> Dates:
        """The last day of each group."""
        return np.maximum.reduceat(days, self.first) if days.size else days

    def _by_row(self, when: Dates) -> Dates:
        return when[self.place][self.run]

    def _by_guarantee(self, amounts: Whole) -> Whole:
        self._refuse_too_many()
        added = np.zeros(self.guarantees, np.int64)
        if amounts.size:
            added[self.place] = np.add.reduceat(amounts, self.first)
        return added

    def _refuse_too_many(self) -> None:
        if self.fee.size > MOST_FEES and np.diff(self.first, append=self.fee.size).max() > MOST_FEES:
            raise TooLarge(f"a guarantee has at most {MOST_FEES:,} fee instalments on a tape")


def _read_only(amounts: Whole) -> Whole:
    """The same as an array that is not written to, as those from Polars are: the kernel is compiled for one sort alone."""
    held = amounts.view()
    held.flags.writeable = False
    return held


_NEVER = np.iinfo(np.int64).max
_NO_DAY: Any = np.datetime64("9999-12-31")
"""A day after every other."""


def _breaks(starts: Whole, ends: Whole) -> Whole:
    """The days on which an overlap of coverages begins or a gap ends, in order; days count on from guarantee to guarantee.

    Two months, one of them paid for twice, as days: 1 coverage, 2 for 10 days, 1.

    >>> _breaks(np.array([0, 20]), np.array([30, 60])).tolist()
    [20]
    """
    days = np.concatenate([starts, ends])
    order = np.argsort(days)
    days, running = days[order], np.cumsum(np.repeat([1, -1], starts.size)[order])
    lasting = np.diff(days) > SLACK_DAYS
    begin, end, running = days[:-1][lasting], days[1:][lasting], running[:-1][lasting]
    other = np.diff(running) != 0
    begin, end = begin[np.append(True, other)[: begin.size]], end[np.append(other, True)[: end.size]]
    running = running[np.append(True, other)[: running.size]]
    group = begin // _A_GUARANTEE
    within = group[:-2] == end[2:] // _A_GUARANTEE
    rises, falls = np.diff(running) > 0, np.diff(running) < 0
    overlaps, gaps = within & rises[:-1] & falls[1:], within & falls[:-1] & rises[1:]
    found: Whole = np.sort(np.concatenate([begin[1:-1][overlaps], end[1:-1][gaps]]))
    return found


def _groups(fees: pl.DataFrame) -> tuple[Whole, Whole]:
    """The group of each row, where rows of one guarantee lie together, and the first row of each group."""
    run = fees["contract_id"].rle_id().to_numpy().astype(np.int64)
    return run, np.flatnonzero(np.diff(run, prepend=-1))
