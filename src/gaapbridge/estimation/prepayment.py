"""Prepayment by age: the mortality of contracts that pay, and how far a bucket's first months differ from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.estimation.cohorts import Counts
from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.months import Whole
from gaapbridge.measure import histories


@dataclass(frozen=True)
class Ages:
    """How the mortality of a segment in the months on book ``from_month`` to ``to_month`` was made.

    ``how`` is ``counts``, ``nearest`` (of ages in which nobody was seen) or ``all_ages`` (where the history states none).
    ``paying`` contract-months and ``prepaid`` of them were counted of the segment; ``own_weight`` is their share, the rest
    being the pool's.
    """

    segment: str
    from_month: int
    to_month: int
    how: str
    paying: int
    prepaid: int
    own_weight: float

    def told(self) -> str:
        """The ages in words, as the notes print them.

        >>> Ages("auto", 1, 6, "counts", 900, 9, 0.5).told()
        'auto, months on book 1 to 6: 50% own counts, the rest all segments together (9 prepaid in 900 months of who pays)'
        """
        words = {
            "counts": f"{self.own_weight:.0%} own counts, the rest all segments together ({self.prepaid} prepaid in "
            f"{self.paying} months of who pays)",
            "nearest": "nobody was seen at these ages; from the nearest ages seen",
            "all_ages": "one for all ages, as the history states none",
        }
        return f"{self.segment}, months on book {self.from_month} to {self.to_month}: {words[self.how]}"


@dataclass(frozen=True)
class Mortality:
    """``by_age`` segment x month on book 1..480; ``by_band`` segment x band, as counted; both single monthly mortalities.

    ``seen`` is the first and the last month on book of a band in which somebody was seen paying, of all segments together;
    None where no age is stated, and the mortality is the same at all ages. ``ages`` says of each how it was made.
    """

    by_age: Numbers
    by_band: Numbers
    seen: tuple[int, int] | None
    ages: tuple[Ages, ...]


def mortality(counts: Counts, minimum_events: int) -> Mortality:
    """Prepayments among those who pay, by segment and bands of six months of age, shrunk twice.

    A band of all segments is shrunk to the mean of the pool, a segment's band to that of all times the segment's level, each as
    ``p x (seen + K) / (expected + K)`` with ``K = minimum_events``: with as many expected as K half its own. Between the
    middles of bands mortality runs in a straight line, so it has no steps; ages outside those seen take that of the nearest
    band seen.
    Example, K = 10: 1,000 months of a band whose mean is 0.01 expect 10; with 16 seen it has 0.01 x 26 / 20 = 0.013.
    """
    paying, prepaid = counts.aged.sum(axis=0).astype(float), counts.aged_prepaid.sum(axis=0).astype(float)
    mean = share(prepaid.sum(), paying.sum())
    pool = shrunk(np.full(histories.BANDS, float(mean)), paying.sum(axis=0), prepaid.sum(axis=0), minimum_events)
    expected = (paying * pool).sum(axis=1, keepdims=True)
    level = shrunk(np.ones_like(expected), expected, prepaid.sum(axis=1, keepdims=True), minimum_events)
    by_band = np.minimum(shrunk(level * pool, paying, prepaid, minimum_events), _HIGHEST)
    stated = np.flatnonzero(paying.sum(axis=0)[:-1] > 0)
    weight = share(paying * level * pool, paying * level * pool + minimum_events)
    ages_told = _ages(counts, stated, weight)
    if stated.size == 0:
        return Mortality(np.repeat(by_band[:, -1:], MONTHS, axis=1), by_band, None, ages_told)
    middles = stated * histories.BAND_MONTHS + (histories.BAND_MONTHS + 1) / 2
    ages = np.arange(1, MONTHS + 1)
    by_age = np.array([np.interp(ages, middles, row[stated]) for row in by_band])
    seen = int(stated[0]) * histories.BAND_MONTHS + 1, int(stated[-1] + 1) * histories.BAND_MONTHS
    return Mortality(by_age, by_band, seen, ages_told)


def _ages(counts: Counts, stated: Whole, weight: Numbers) -> tuple[Ages, ...]:
    """How every band of every segment was made, bands in which nobody was seen put together."""
    paying, prepaid = counts.aged.sum(axis=0), counts.aged_prepaid.sum(axis=0)
    told = []
    for s, segment in enumerate(counts.segments):
        if stated.size == 0:
            told.append(Ages(segment, 1, MONTHS, "all_ages", int(paying[s, -1]), int(prepaid[s, -1]), float(weight[s, -1])))
            continue
        before = 1
        for band in stated:
            first, last = int(band) * histories.BAND_MONTHS + 1, int(band + 1) * histories.BAND_MONTHS
            if first > before:
                told.append(Ages(segment, before, first - 1, "nearest", 0, 0, 0.0))
            own = int(paying[s, band]), int(prepaid[s, band]), float(weight[s, band])
            told.append(Ages(segment, first, last, "counts", *own))
            before = last + 1
        if before <= MONTHS:
            told.append(Ages(segment, before, MONTHS, "nearest", 0, 0, 0.0))
    return tuple(told)


def fading_factors(counts: Counts, found: Mortality, minimum_events: int) -> Numbers:
    """How many times the mortality of its age a bucket's paying contracts prepay, bucket x month ahead 1..480; 1 after six.

    ``(prepaid + K) / (expected + K)`` of all segments together, month by month ahead: a bucket's past fades within half a year.
    """
    expected = np.einsum("fsbka,sa->bk", counts.fading, found.by_band)
    prepaid = counts.prepaid.sum(axis=(0, 1))[:, : histories.FADING_MONTHS]
    factors = np.ones((expected.shape[0], MONTHS))
    factors[:, : histories.FADING_MONTHS] = shrunk(np.ones_like(expected), expected, prepaid.astype(float), minimum_events)
    return factors


def shrunk(prior: Numbers, exposed: Numbers, events: Numbers, weight_events: float) -> Numbers:
    """Probabilities ``prior x (events + K) / (exposed x prior + K)``, what was seen shrunk to a prior by K expected events.

    Where nothing was expected and K is nil, the prior.

    >>> shrunk(np.array([0.01]), np.array([1000.0]), np.array([16.0]), 10).round(6).tolist()
    [0.013]
    """
    expected = exposed * prior + weight_events
    found: Numbers = prior * np.divide(events + weight_events, expected, out=np.ones_like(expected), where=expected > 0.0)
    return found


_HIGHEST = 0.999999
"""A single monthly mortality is below one."""


def share(part: Numbers, whole: Numbers) -> Numbers:
    """Part of the whole, nil where there is nothing."""
    found: Numbers = np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=np.asarray(whole) > 0)
    return found
