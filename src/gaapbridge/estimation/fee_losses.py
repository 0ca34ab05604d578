"""Losses of a guarantee's fees: what share of fees not yet collected is written off, by how late the guaranteed loan is.

From every month end a contract's open fees are followed to the end of the history. What is open after so many months is known
of contracts still under observation alone, so shares are taken month by month and chained: those that began late are not
taken for collected, nor for lost.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import ARREARS
from gaapbridge.estimation.months import FOLDS, Small, Tiny, Whole
from gaapbridge.estimation.recoveries import without_fold

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class FeeMonths:
    """N contract-months of C contracts, sorted by contract and month; of a contract every month from its first to its last.

    By row at the month's end: ``bucket``, a place in ``ARREARS``, or -1 where fees are not followed from it; ``open_minor`` all
    fees to the end of the term not yet collected, written off or let off; ``earned_minor`` those of them that are earned,
    overdue or due with the next instalment. In the month: ``collected_minor``, ``written_off_minor``. By contract:
    ``segment``, ``fold``. A contract that
    is let off its fees because it settles early has none open after it, and nothing written off.
    """

    contract: Small
    month: Small
    bucket: Tiny
    open_minor: Whole
    earned_minor: Whole
    collected_minor: Whole
    written_off_minor: Whole
    segment: Small
    fold: Tiny


@dataclass(frozen=True)
class FeeCounts:
    """Sums of open fees, fold x segment x bucket at the origin x months ahead 1..; ``until`` as of other counts.

    ``open_minor`` before a month, ``written_off_minor`` in it, ``left_minor`` open after it; ``earned_...`` the same of what
    was earned at the origin: what is collected takes the earliest first, what is let off the latest. ``contracts`` on which a
    month rests.
    """

    until: int
    segments: tuple[str, ...]
    contracts: Whole
    open_minor: Whole
    written_off_minor: Whole
    left_minor: Whole
    earned_open_minor: Whole
    earned_written_off_minor: Whole
    earned_left_minor: Whole

    def __add__(self, other: FeeCounts) -> FeeCounts:
        """The counts of two chunks together; they must have been asked the same."""
        assert (self.until, self.segments) == (other.until, other.segments)
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in _COUNTED})

    def without(self, fold: int) -> FeeCounts:
        """The counts of the contracts of all other folds."""
        kept: dict[str, Any] = {name: without_fold(getattr(self, name), fold) for name in _COUNTED}
        return replace(self, **kept)


_COUNTED = tuple(one.name for one in fields(FeeCounts) if one.name not in ("until", "segments"))


@dataclass(frozen=True)
class FeeLosses:
    """Segment x bucket: the two rates of table ``fee_loss``, and how each was made: own counts or those of all segments.

    ``contracts``: seen of the segment in the bucket; ``months_seen`` ahead, of the counts that serve. A rate of a bucket that
    no contract of any segment was in is not a number.
    """

    until: int
    segments: tuple[str, ...]
    loss_rate: Numbers
    earned_loss_rate: Numbers
    contracts: Whole
    own: NDArray[np.bool_]
    months_seen: Whole


def count_fees(months: FeeMonths, until: int, horizon: int, segments: tuple[str, ...]) -> FeeCounts:
    """Open fees of one chunk followed from every month end, up to ``horizon`` months ahead and the end of month ``until``.

    Of 300 open, 100 earned, 60 are collected in the month after and 240 written off in the next: of all 240 of 300 are lost,
    of the earned 40 of 100.
    """
    rows = np.flatnonzero((months.open_minor > 0) & (months.bucket >= 0) & (months.month < until))
    shape = (FOLDS, len(segments), len(ARREARS), horizon)
    sums = {name: np.zeros(shape, np.int64) for name in _COUNTED}
    earned = months.earned_minor[rows]
    firsts = np.unique(np.stack((months.contract[rows], months.bucket[rows])), axis=1, return_index=True)[1]
    each_once = np.zeros(len(rows), np.int64)
    each_once[firsts] = 1
    for ahead in range(1, horizon + 1):
        after = rows + ahead
        inside = after < len(months.contract)
        inside[inside] = (months.contract[after[inside]] == months.contract[rows[inside]]) & (
            months.month[after[inside]] <= until
        )
        rows, earned, after, each_once = rows[inside], earned[inside], after[inside], each_once[inside]
        if not len(rows):
            break
        whose = months.contract[rows]
        place = tuple(one.astype(np.int64) for one in (months.fold[whose], months.segment[whose], months.bucket[rows]))
        unpaid = earned - np.minimum(earned, months.collected_minor[after])
        lost = np.minimum(unpaid, months.written_off_minor[after])
        left = np.minimum(unpaid - lost, months.open_minor[after])
        of_month = (
            each_once, months.open_minor[after - 1], months.written_off_minor[after], months.open_minor[after],
            earned, lost, left,
        )  # fmt: skip
        for name, amounts in zip(_COUNTED, of_month, strict=True):
            np.add.at(sums[name][..., ahead - 1], place, amounts)
        earned = left
    return FeeCounts(until=until, segments=segments, **sums)


def fit_fee_losses(counts: FeeCounts, *, minimum_contracts: int) -> FeeLosses:
    """The rates by segment and bucket: ``sum over k of S(k) w(k) / u(k)`` with ``S(k + 1) = S(k) left(k) / u(k)``.

    A bucket of a segment has its own from ``minimum_contracts`` on, each contract counted once, else those of all segments.
    What is open beyond the months that were seen is not taken for lost.
    """
    seen = counts.contracts.sum(axis=0)[..., 0]
    own = seen >= max(1, minimum_contracts)
    rates = {}
    for kind in ("", "earned_"):
        open_, lost, left = (
            getattr(counts, f"{kind}{name}").sum(axis=0) for name in ("open_minor", "written_off_minor", "left_minor")
        )
        pooled = _chained(open_.sum(axis=0), lost.sum(axis=0), left.sum(axis=0))
        rates[kind] = np.where(own, _chained(open_, lost, left), pooled)
    months = (counts.open_minor.sum(axis=0) > 0).sum(axis=-1)
    return FeeLosses(
        until=counts.until,
        segments=counts.segments,
        loss_rate=rates[""],
        earned_loss_rate=rates["earned_"],
        contracts=seen,
        own=own,
        months_seen=np.where(own, months, (counts.open_minor.sum(axis=(0, 1)) > 0).sum(axis=-1)),
    )


def _chained(open_minor: Whole, written_off_minor: Whole, left_minor: Whole) -> Numbers:
    """Share lost in the end, along the last axis; not a number where nothing was ever open."""
    owed = open_minor.astype(np.float64)
    lost, stays = (np.divide(one, owed, out=np.zeros_like(owed), where=owed > 0.0) for one in (written_off_minor, left_minor))
    begun = np.concatenate((np.ones_like(stays[..., :1]), np.cumprod(stays, axis=-1)[..., :-1]), axis=-1)
    return np.where(owed[..., 0] > 0.0, (begun * lost).sum(axis=-1), np.nan)
