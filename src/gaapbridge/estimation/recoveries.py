"""Proceeds of contracts written off: counted by year of charge-off and months since, and developed to the end of a work-out.

A charge-off of last month has had a month of proceeds. Taking what came as all that comes calls it lost; leaving it out until
its work-out ends leaves out those that lose most. So each month since charge-off has a ratio of its own, of those that
were under observation in it, and what a charge-off has not yet seen is added at these ratios.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.months import CHARGED_OFF, FOLDS, LEFT_WITH_BALANCE, STILL, Months, Whole

RATIO_UNITS = 10_000
"""Proceeds of a single contract are kept as whole ten-thousandths of what was written off."""

RATIO_WEIGHT = 100
"""Minor units of balance for which a contract counts once where proceeds of single contracts are compared."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class WrittenOff:
    """Charge-offs known at the end of month ``until``, of a history that begins with month ``first_seen``.

    What was written off of a contract in parts is one charge-off of their sum, in the month of the last: 400 in March and the
    rest of 600 in June are 1,000 in June.

    Fold x segment x month of charge-off, counted from ``first_seen``: how many (``number``) and ``written_off_minor``. Fold x
    segment x year of charge-off x months since: ``proceeds_minor``, less the cost of collecting; month 0 has all that came
    before as well. Fold x segment x year: ``cost_minor``, and over single contracts the sum (``ratio``) and the sum of
    squares (``ratio_squared``) of proceeds to date as ten-thousandths of what was written off, each counted as often as
    whole hundreds of minor units were (``ratio_weight``): large contracts make a loss. ``largest_minor`` is the most that one
    contract has of the proceeds to date, by year of charge-off, and ``largest_in_month_minor`` that by months since.

    What came of a contract counts up to what was written off of it: 102 of 100 are 100.
    """

    until: int
    first_seen: int
    number: Whole
    written_off_minor: Whole
    proceeds_minor: Whole
    cost_minor: Whole
    ratio_weight: Whole
    ratio: Whole
    ratio_squared: Whole
    largest_minor: Whole
    largest_in_month_minor: Whole

    def __add__(self, other: WrittenOff) -> WrittenOff:
        """The charge-offs of two chunks together."""
        assert (self.until, self.first_seen) == (other.until, other.first_seen)
        both = ((_added[one], getattr(self, one), getattr(other, one)) for one in _COUNTS)
        return WrittenOff(self.until, self.first_seen, *(added(own, others) for added, own, others in both))

    def without(self, fold: int) -> WrittenOff:
        """The charge-offs of all other folds."""
        return WrittenOff(self.until, self.first_seen, *(without_fold(getattr(self, one), fold) for one in _COUNTS))

    def of(self, segments: Sequence[int]) -> WrittenOff:
        """The charge-offs of some segments, all folds together and without axes for either."""
        kept = (_added[one].reduce(getattr(self, one)[:, list(segments)], axis=(0, 1)) for one in _COUNTS)
        return WrittenOff(self.until, self.first_seen, *kept)

    def year_of(self) -> Whole:
        """By month of charge-off: its place among the years."""
        return (self.first_seen + np.arange(self.number.shape[-1])) // 12 - self.first_seen // 12


_COUNTS = tuple(one.name for one in fields(WrittenOff) if one.name not in ("until", "first_seen"))

_added = {one: np.maximum if one.startswith("largest") else np.add for one in _COUNTS}
"""How two counts of the same are one: the largest of two is the larger."""


def without_fold(counts: Whole, fold: int) -> Whole:
    """Counts by fold and more, those of one fold at nought."""
    kept: Whole = counts.copy()
    kept[fold] = 0
    return kept


def written_off(months: Months, event: NDArray[np.int8], before: Whole, after: Whole) -> Whole:
    """Principal lost to the books in the month ``after``, by pair of rows.

    As the history states it; of a charge-off that states no amount, and of a contract that left with a balance, what it owed
    last.
    """
    owed = np.where(
        (event[after] == LEFT_WITH_BALANCE) & (months.balance_minor[after] > 0),
        months.balance_minor[after],
        months.balance_minor[before],
    )
    stated = months.written_off_minor[after]
    gone = (event[after] == LEFT_WITH_BALANCE) | ((event[after] == CHARGED_OFF) & (stated <= 0))
    return np.where(gone, owed, stated)


def in_part(months: Months) -> NDArray[np.bool_]:
    """Months in which a part was written off of a contract that stays on book."""
    found: NDArray[np.bool_] = (months.event == STILL) & (months.written_off_minor > 0)
    return found


def count_written_off(months: Months, until: int, segments: int) -> WrittenOff:
    """The charge-offs of one chunk, and all proceeds of the contracts concerned up to the end of month ``until``.

    A contract is under observation to the end of the history, whether it has rows after its charge-off or not. One that left
    with a balance has no proceeds that anybody could have seen, and is not among them. A history that begins in March 2018
    and is known to January 2019 has 11 months and two years.
    """
    span = max(until - months.first_seen + 1, 0)
    years = until // 12 - months.first_seen // 12 + 1 if span else 0
    base = (FOLDS, segments)
    number, amount, in_month = (np.zeros((*base, span), np.int64) for _ in range(3))
    proceeds = np.zeros((*base, years, span), np.int64)
    cost, weights, ratio, squared, largest = (np.zeros((*base, years), np.int64) for _ in range(5))
    row = np.flatnonzero(((months.event == CHARGED_OFF) | in_part(months)) & (months.month <= until))
    contract, whose = np.unique(months.contract[row], return_inverse=True)
    loss = np.zeros(len(contract), np.int64)
    np.add.at(loss, whose, written_off(months, months.event, np.maximum(row - 1, 0), row))
    row = row[np.searchsorted(whose, np.arange(len(contract)), side="right") - 1]
    contract, row, loss = contract[loss > 0], row[loss > 0], loss[loss > 0]
    if len(contract):
        place = np.full(len(months.segment), -1)
        place[contract] = np.arange(len(contract))
        cash = np.flatnonzero(((months.recovered_minor != 0) | (months.cost_minor != 0)) & (months.month <= until))
        whose = place[months.contract[cash]]
        cash, whose = cash[whose >= 0], whose[whose >= 0]
        since = np.maximum(months.month[cash] - months.month[row[whose]], 0)
        cell = (months.fold[contract].astype(np.int64), months.segment[contract])
        year = months.month[row] // 12 - months.first_seen // 12
        np.add.at(number, (*cell, months.month[row] - months.first_seen), 1)
        np.add.at(amount, (*cell, months.month[row] - months.first_seen), loss)
        of_cash = (*(index[whose] for index in cell), year[whose])
        net = _within(months.recovered_minor[cash] - months.cost_minor[cash], whose, loss)
        np.add.at(proceeds, (*of_cash, since), net)
        np.add.at(cost, of_cash, months.cost_minor[cash])
        received = np.zeros(len(contract), np.int64)
        np.add.at(received, whose, net)
        np.maximum.at(largest, (*cell, year), received)
        one_month = np.unique(whose * span + since, return_inverse=True)
        of_one = np.zeros(len(one_month[0]), np.int64)
        np.add.at(of_one, one_month[1], net)
        contracts, at = np.divmod(one_month[0], span)
        np.maximum.at(in_month, (*(index[contracts] for index in cell), at), of_one)
        share = np.rint(received * (RATIO_UNITS / loss)).astype(np.int64)
        weight = np.maximum(loss // RATIO_WEIGHT, 1)
        np.add.at(weights, (*cell, year), weight)
        np.add.at(ratio, (*cell, year), weight * share)
        np.add.at(squared, (*cell, year), weight * share * share)
    return WrittenOff(until, months.first_seen, number, amount, proceeds, cost, weights, ratio, squared, largest, in_month)


def _within(net: Whole, whose: Whole, loss: Whole) -> Whole:
    """Proceeds row by row, those of a contract together at most what was written off of it; rows of a contract are in order.

    Of 100 written off 60, 60 and a reversal of 30 come: 60, 40 and 10 less, so that 90 of it came.
    """
    sums = np.cumsum(net)
    start = np.flatnonzero(np.diff(whose, prepend=-1))
    before = np.repeat(np.where(start > 0, sums[start - 1], 0), np.diff(start, append=len(net)))
    capped = np.minimum(sums - before, loss[whose])
    earlier = np.concatenate(([0], capped[:-1]))[: len(capped)]
    earlier[start] = 0
    counted: Whole = capped - earlier
    return counted


@dataclass(frozen=True)
class Ladder:
    """Proceeds by whole months since charge-off, as a share of what was written off by those then under observation.

    ``ratios`` from month 0, with all that came before it, to the last month that a charge-off was seen in: at the length of a
    work-out that history has not seen nothing is expected. Months before ``apart`` have a ratio of their own; from it on so
    many have one as have ``fewest`` contract-months. ``largest``: the share that one contract has, with what came of it in one
    month, of the proceeds behind each ratio.
    """

    ratios: Numbers
    largest: Numbers
    apart: int
    fewest: int

    def after(self, month: int) -> float:
        """The share still to come after a month."""
        return float(self.ratios[month + 1 :].sum())


def ladder(counts: WrittenOff, minimum_observed: int, lent: tuple[WrittenOff, float] | None = None) -> Ladder:
    """The ladder of all years together, of ``counts.of(segments)``.

    A month has a ratio of its own while ``minimum_observed`` charge-offs are under observation, or half of all where those are
    fewer. A later one is one with those after it until they have as many contract-months, the last with those before it:
    nothing that was seen is left out, and since most comes soon, one ratio of all of them would expect too much.

    ``lent`` are the counts of all segments, and the part of them that is added to a segment's own: of these is asked which
    months are apart.

    Of 1,000 written off in each of two months the first had 300 in month 0 and 100 in month 1, the second 500 in month 0 and
    nothing is known of its month 1: ratios 0.4 and 0.1.
    """
    pool, part = lent or (counts, 0.0)
    observed = np.cumsum(pool.number)[::-1]
    observed = observed[observed > 0]
    fewest = max(1, min(minimum_observed, int(pool.number.sum()) // 2))
    starts = _starts(observed, fewest)
    months = np.diff(starts, append=len(observed))

    def together(own: Whole, of_all: Whole) -> Numbers:
        found: Numbers = np.add.reduceat(own[: len(observed)], starts) + part * np.add.reduceat(of_all[: len(observed)], starts)
        return found

    bases = together(np.cumsum(counts.written_off_minor)[::-1], np.cumsum(pool.written_off_minor)[::-1])
    cash = together(counts.proceeds_minor.sum(axis=0), pool.proceeds_minor.sum(axis=0))
    of_one = np.maximum((1.0 + part) * counts.largest_in_month_minor, part * pool.largest_in_month_minor)
    most = np.maximum.reduceat(of_one[: len(observed)], starts)
    one = np.divide(most, cash, out=np.zeros(len(starts)), where=cash > 0)
    apart = int(starts[months > 1].min(initial=len(observed)))
    return Ladder(np.repeat(cash / bases, months), np.repeat(np.minimum(one, 1.0), months), apart, fewest)


def _starts(observed: Whole, fewest: int) -> Whole:
    """The first months of those that have one ratio, by charge-offs under observation, which do not rise from month to month.

    Of 60, 40, 30, 20, 10 and 5, asked for 50: month 0 is by itself, and 1 with 2; the 35 of months 3 to 5 are too few and one
    with these, so that 0 and 1 are first.
    """
    starts, together = [0], int(observed[0])
    for month, seen in enumerate(observed[1:].tolist(), start=1):
        if together >= fewest:
            starts.append(month)
            together = 0
        together += seen
    return np.array(starts[:-1] if together < fewest and len(starts) > 1 else starts)


def remaining(rungs: Ladder, months: int) -> tuple[Numbers, float]:
    """Share of what was written off still expected after whole months 0..``months`` - 1 since, and by how much it was altered.

    A curve does not rise and is not negative: reversals that make the sum of what follows negative, or higher than what was
    expected a month before, are levelled; the second value is the largest alteration, nil where there was none. Ratios
    0.4, 0.1, 0.05 leave 0.15 after month 0, 0.05 after month 1, then nil.
    """
    left = np.zeros(months)
    tail = np.concatenate((np.cumsum(rungs.ratios[::-1])[::-1][1:], [0.0])) if len(rungs.ratios) else np.zeros(0)
    left[: len(tail)] = tail[:months]
    level = np.clip(np.maximum.accumulate(np.maximum(left, 0.0)[::-1])[::-1], 0.0, 1.0)
    return level, float(np.abs(level - left).max(initial=0.0))
