"""Steps from one month's end to the next between buckets, counted by month and by segment: what scenarios scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import ARREARS, BUCKETS
from gaapbridge.estimation.months import Months, Whole
from gaapbridge.estimation.states import Standings, standings
from gaapbridge.measure.histories import DEFAULTED, NOWHERE, REPAID


@dataclass(frozen=True)
class Transitions:
    """Contract-months from a bucket to another, to default or to prepayment, of ``buckets`` B, segments S and months M.

    ``by_month`` M x B x (B + 2) over all segments, month 0 the ``first`` of the history; ``by_segment`` S x B x (B + 2)
    over all months. The last two places are default and prepayment. Whoever leaves in a month counts in it nowhere, nor
    does anyone from that in which its last instalment falls due.
    """

    buckets: tuple[str, ...]
    first: int
    by_month: Whole
    by_segment: Whole

    def __add__(self, other: Transitions) -> Transitions:
        """The counts of both, of contracts that are in one of them only."""
        assert (self.buckets, self.first) == (other.buckets, other.first), "counted of one history"
        return Transitions(self.buckets, self.first, self.by_month + other.by_month, self.by_segment + other.by_segment)


@dataclass(frozen=True)
class Worsening:
    """By month M, the first being ``first``, and bucket B: ``at_risk`` contract-months and those that ``worsened`` in them."""

    first: int
    at_risk: Whole
    worsened: Whole


def worsens(buckets: Sequence[str]) -> NDArray[np.bool_]:
    """From bucket x to (buckets, default, prepayment): whether the step is for the worse.

    >>> worsens(("current", "1-30", "probation")).astype(int).tolist()
    [[0, 1, 0, 1, 0], [0, 0, 0, 1, 0], [0, 1, 0, 1, 0]]
    """
    late = np.array([ARREARS.index(bucket) if bucket in ARREARS else 0 for bucket in buckets])
    later = late[None, :] > late[:, None]
    return np.hstack([later, np.ones((late.size, 1), bool), np.zeros((late.size, 1), bool)])


def count(months: Months, until: int, default_days: int, look_back_months: int, segments: tuple[str, ...]) -> Transitions:
    """The steps of a chunk up to the month ``until``, as ``cohorts.count`` counts cohorts of it."""
    return transitions(months, standings(months, default_days, look_back_months), until, len(segments))


def transitions(months: Months, stood: Standings, until: int, segments: int) -> Transitions:
    """The steps of a chunk up to the month ``until``, of which nothing later is looked at.

    A step begins where the bucket is known (``origin``) and is counted in the month in which it ends. What ends in a frozen
    month is left out, as arrears could not rise in it, and so is what ends in the month in which the last instalment falls due
    or later: who pays leaves then, and who stays is late. Example: rows of one contract in ``current``, ``1-30``, ``1-30``,
    then default are a step to 1-30, one from there to itself and one to default: two of three worsened.
    """
    begins, ends = np.arange(months.contract.size - 1), np.arange(1, months.contract.size)
    counted = (
        (months.contract[begins] == months.contract[ends])
        & stood.origin[begins]
        & (stood.step[ends] != NOWHERE)
        & ~months.frozen[ends]
        & ~stood.past[ends]
        & (months.month[ends] <= until)
    )
    begins, ends = begins[counted], ends[counted]
    size, step = len(BUCKETS), stood.step[ends]
    to = np.where(step == DEFAULTED, size, np.where(step == REPAID, size + 1, stood.bucket[ends])).astype(np.int64)
    one = months.contract[begins]
    start = stood.bucket[begins].astype(np.int64)
    places = max(until - months.first_seen + 1, 0)

    def summed(axis: NDArray[np.int64], extent: int) -> Whole:
        place = (axis * size + start) * (size + 2) + to
        counts = np.bincount(place, minlength=extent * size * (size + 2)).astype(np.int64)
        return counts.reshape(extent, size, size + 2)

    return Transitions(
        buckets=BUCKETS,
        first=months.first_seen,
        by_month=summed((months.month[ends] - months.first_seen).astype(np.int64), places),
        by_segment=summed(months.segment[one].astype(np.int64), segments),
    )


def worsening(counted: Transitions) -> Worsening:
    """Contract-months at risk, and those that worsened, by month and bucket, over all segments and folds.

    >>> steps = np.array([[[90, 8, 2, 0], [0, 5, 5, 0]]])
    >>> worsening(Transitions(("current", "1-30"), 0, steps, steps)).worsened.tolist()
    [[10, 5]]
    """
    steps = counted.by_month
    return Worsening(counted.first, steps.sum(axis=-1), (steps * worsens(counted.buckets)).sum(axis=-1))
