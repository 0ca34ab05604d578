"""Payouts of guarantees: how many days past due the guaranteed loan was when its funder was paid.

A hazard table serves one day of recognition, and of guarantees that is the day of the payout. The contract says which; what
happened says whether it is so, and whether a segment mixes funders that are paid on different days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.months import UNKNOWN, Whole

MOST_DAYS = 365
"""Days past due that are told apart; a payout later than that is counted on the last."""

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Payouts:
    """Numbers of payouts, segment x days past due 0..365; ``unknown`` by segment are those of which nobody knows the days."""

    segments: tuple[str, ...]
    number: Whole
    unknown: Whole

    def __add__(self, other: Payouts) -> Payouts:
        """The payouts of two chunks together."""
        assert self.segments == other.segments
        return replace(self, number=self.number + other.number, unknown=self.unknown + other.unknown)


@dataclass(frozen=True)
class PayoutTiming:
    """When a segment's funder is paid: the rows of table ``payout_timing``.

    ``default_days`` is the first day of the span of days in which most payouts lie, ``share`` how many of those known lie in
    it. ``mixture``: fewer than the share asked for do, so that one hazard table does not serve the segment; ``other_days`` is
    then the first day of the span in which most of the others lie. None where no payout is known.
    """

    segment: str
    payouts: int
    unknown: int
    default_days: int | None
    share: float
    mixture: bool
    other_days: int | None


def days_past_due_when_paid(days_past_due: Whole, month_end: Days, paid_on: Days) -> Whole:
    """Days past due on the day of a payout, from those at the last month end before it; nothing was paid in between.

    58 days at the end of June and a payout on 3 July: 61. Unknown where the month end says nothing was overdue or is unknown,
    or where a whole month and more lies between.
    """
    apart = (paid_on - month_end).astype("timedelta64[D]").astype(np.int64)
    told = (days_past_due > 0) & (apart >= 0) & (apart <= 31)
    return np.where(told, days_past_due + apart, UNKNOWN)


def count_payouts(segment: Whole, days_past_due: Whole, segments: tuple[str, ...]) -> Payouts:
    """The payouts of a chunk: by payout its segment's place and days past due, ``UNKNOWN`` where not known."""
    number, unknown = np.zeros((len(segments), MOST_DAYS + 1), np.int64), np.zeros(len(segments), np.int64)
    known = days_past_due >= 0
    np.add.at(number, (segment[known], np.minimum(days_past_due[known], MOST_DAYS)), 1)
    np.add.at(unknown, segment[~known], 1)
    return Payouts(segments, number, unknown)


def payout_timing(payouts: Payouts, span_days: int, minimum_share: float) -> tuple[PayoutTiming, ...]:
    """When each segment's funder is paid: most payouts lie within a span of days, or the segment is a mixture.

    Of ten payouts on days 61, 61, 61, 62, 63, 63, 64, 80, 80, 81 and a span of 5 days seven lie in 61 to 65: with a minimum
    share of 0.7 the table says 61; with 0.9 the segment is a mixture of 61 and 80.
    """
    return tuple(
        _timing(segment, number, int(unknown), span_days, minimum_share)
        for segment, number, unknown in zip(payouts.segments, payouts.number, payouts.unknown, strict=True)
    )


def _timing(segment: str, number: Whole, unknown: int, span_days: int, minimum_share: float) -> PayoutTiming:
    total = int(number.sum())
    if not total:
        return PayoutTiming(segment, 0, unknown, None, 0.0, mixture=False, other_days=None)
    first = _busiest(number, span_days)
    inside = int(number[first : first + span_days].sum())
    others = number.copy()
    others[first : first + span_days] = 0
    mixture = inside < minimum_share * total
    return PayoutTiming(
        segment=segment,
        payouts=total,
        unknown=unknown,
        default_days=first,
        share=inside / total,
        mixture=mixture,
        other_days=_busiest(others, span_days) if mixture else None,
    )


def _busiest(number: Whole, span_days: int) -> int:
    """The first day with a payout of the earliest span that has most."""
    within = np.convolve(number, np.ones(max(1, span_days), np.int64))[max(1, span_days) - 1 :]
    first = int(np.argmax(within))
    return first + int(np.argmax(number[first:] > 0))
