"""Counts of what came of contracts in the months after every month's end, by where they stood then."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import ARREARS, BUCKETS, MONTHS
from gaapbridge.estimation.months import FOLDS, UNKNOWN, Months, Small, Whole
from gaapbridge.estimation.states import standings
from gaapbridge.measure import histories
from gaapbridge.terms import UnusableInput


@dataclass(frozen=True)
class Counts:
    """Whole numbers, additive over chunks of whole contracts; every array begins with fold x segment.

    ``on_book``, ``paying``, ``defaulted`` and ``prepaid`` x bucket x month ahead 1..480: of the origins in a bucket, those on
    book and not in default at the start of the month, and of these who pay (prepay, or owe nothing overdue at its end), whose
    default is recognised, who prepay. A month in which a contract matures, is sold or is not observed counts nowhere, nor does
    any from that in which its last instalment falls due: who pays leaves then, and who stays is late.
    ``fading`` x bucket x month ahead 1..6 x band of ages: who pays. ``aged`` and ``aged_prepaid`` x month on book 1..480: who
    pays and who prepays of all on book; place 0 is of ages not stated. ``steps`` x stage of arrears x recency x default recency
    x outcome: one month ahead, by what is remembered.
    ``distinct`` x bucket x (contracts, defaults, contracts with a default, prepayments within six months of standing there):
    each once, however many origins it has.
    """

    segments: tuple[str, ...]
    origins: tuple[int, int] | None
    until: int
    default_days: int
    look_back_months: int
    on_book: Whole
    paying: Whole
    defaulted: Whole
    prepaid: Whole
    fading: Whole
    aged: Whole
    aged_prepaid: Whole
    steps: Whole
    distinct: Whole

    def __add__(self, other: Counts) -> Counts:
        """The counts of two chunks together; they must have been asked the same."""
        asked = ("segments", "origins", "until", "default_days", "look_back_months")
        assert all(getattr(self, name) == getattr(other, name) for name in asked)
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in _COUNTED})

    def without(self, fold: int) -> Counts:
        """The counts of all contracts but those of a fold: what to fit where the fold is to be foretold.

        Of five folds of two each: ``counts.without(0).without(1)`` and so on.
        """
        kept = (np.arange(FOLDS) != fold).astype(np.int64)
        return replace(self, **{name: getattr(self, name) * kept[_BY_FOLD[: getattr(self, name).ndim]] for name in _COUNTED})


_COUNTED = ("on_book", "paying", "defaulted", "prepaid", "fading", "aged", "aged_prepaid", "steps", "distinct")
_BY_FOLD = (slice(None), *[None] * 5)
"""Sets the folds first in an array of up to six axes."""


def count(
    months: Months,
    until: int,
    default_days: int,
    look_back_months: int,
    segments: tuple[str, ...],
    *,
    origins: tuple[int, int] | None = None,
) -> Counts:
    """The counts of a chunk as known at the end of month ``until``: later rows are not read.

    Every month's end from which the look-back is known is an origin, so one default is counted from many. With ``origins`` only
    those are at which a contract has so many months on book, the first and the last of them counted: of young contracts few
    default, so the hazards of a pool of all ages are too high for the first months of new ones, and too low for their later
    ones. The tail knows all months either way. Example: a contract seen from birth owes nothing at the ends of months 1 and 2,
    one instalment at 3, two at 4, three at 5: from ``current`` two origins, on book 2, 2, 2, 1 in months 1 to 4 ahead,
    defaulted 0, 0, 1, 1; one distinct default.
    """
    if look_back_months < 1:
        raise UnusableInput(
            column="look_back_months",
            value=str(look_back_months),
            rule="at least one month",
            remedy="state how many months a default or a missed instalment is remembered: 12",
        )
    empty = _nothing(until, default_days, look_back_months, segments, origins)
    if months.contract.size == 0:
        return empty
    found = standings(months, default_days, look_back_months)
    origin = found.origin & at_ages(months.age, origins)
    histories.fill_cohorts(
        (months.contract, months.month, bands(months.age), _on_book(months.age), months.segment, months.fold),
        (found.bucket, found.recency, found.default_recency, found.step, found.origin, origin, found.past),
        until,
        empty.on_book, empty.paying, empty.fading, empty.defaulted, empty.prepaid, empty.steps, empty.aged,
        empty.aged_prepaid, empty.distinct,
    )  # fmt: skip
    return empty


def at_ages(age: Small, origins: tuple[int, int] | None) -> NDArray[np.bool_]:
    """Where hazards are counted from, by months on book: everywhere without ``origins``, with them from no age not stated.

    >>> at_ages(np.array([UNKNOWN, 3, 4, 6, 7], np.int32), (4, 6)).tolist()
    [False, False, True, True, False]
    """
    if origins is None:
        return np.ones(age.shape, np.bool_)
    counted: NDArray[np.bool_] = (age != UNKNOWN) & (age >= origins[0]) & (age <= origins[1])
    return counted


def bands(age: Small) -> Small:
    """The band of each age: 0 of the first six instalments and of none yet, and so on; the last one of ages not stated."""
    known = np.clip((age - 1) // histories.BAND_MONTHS, 0, histories.BANDS - 2)
    placed: Small = np.where(age == UNKNOWN, histories.BANDS - 1, known).astype(np.int32)
    return placed


def _on_book(age: Small) -> Small:
    """The month on book of each age, that before the first instalment with the first; 0 where it is not stated."""
    placed: Small = np.where(age == UNKNOWN, 0, np.clip(age, 1, MONTHS)).astype(np.int32)
    return placed


def _nothing(
    until: int, default_days: int, look_back_months: int, segments: tuple[str, ...], origins: tuple[int, int] | None
) -> Counts:
    """Counts of no contract, to be filled in place."""

    def nil(*shape: int) -> Whole:
        return np.zeros((FOLDS, len(segments), *shape), np.int64)

    ahead, remembered = (len(BUCKETS), MONTHS), look_back_months + 2
    return Counts(
        segments=segments,
        origins=origins,
        until=until,
        default_days=default_days,
        look_back_months=look_back_months,
        on_book=nil(*ahead),
        paying=nil(*ahead),
        defaulted=nil(*ahead),
        prepaid=nil(*ahead),
        fading=nil(len(BUCKETS), histories.FADING_MONTHS, histories.BANDS),
        aged=nil(MONTHS + 1),
        aged_prepaid=nil(MONTHS + 1),
        steps=nil(len(ARREARS), remembered, remembered, histories.OUTCOMES),
        distinct=nil(len(BUCKETS), 4),
    )
