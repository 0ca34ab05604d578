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
    being the pool's. ``thin`` says that even of all segments together fewer prepaid than are asked for.
    """

    segment: str
    from_month: int
    to_month: int
    how: str
    paying: int
    prepaid: int
    own_weight: float
    thin: bool

    def told(self) -> str:
        """The ages in words.

        >>> Ages("auto", 1, 6, "counts", 900, 9, 0.5, False).told()
        'auto, months on book 1 to 6: 50% own counts, the rest all segments together (9 prepaid in 900 months of who pays)'
        """
        words = {
            "counts": f"{self.own_weight:.0%} own counts, the rest all segments together ({self.prepaid} prepaid in "
            f"{self.paying} months of who pays)",
            "nearest": "nobody was seen at these ages; from the nearest ages seen",
            "all_ages": "one for all ages, as the history states none",
        }
        thin = "; thin: few prepaid even of all segments" if self.thin and self.how != "nearest" else ""
        return f"{self.segment}, months on book {self.from_month} to {self.to_month}: {words[self.how]}{thin}"


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

    A band of all segments is drawn to its neighbours (``smoothed``), so that ages few have reached go on from those before and
    not to the mean of young contracts; a segment's band to that of all times the segment's level, as
    ``p x (seen + K) / (expected + K)`` with ``K = minimum_events``: with as many expected as K half its own. Between the
    middles of bands it runs in a straight line, and outside those seen it is that of the nearest; to that line each month of
    all segments is shrunk, and to what comes of it that of a segment: a month that is like no other shows where it is thick.
    Example, K = 10: 1,000 months of a band whose mean is 0.01 expect 10; with 16 seen it has 0.01 x 26 / 20 = 0.013.
    """
    paying, prepaid = _in_bands(counts.aged).astype(float), _in_bands(counts.aged_prepaid).astype(float)
    mean = share(prepaid.sum(), paying.sum())
    pool = np.full(histories.BANDS, float(mean))
    stated = np.flatnonzero(paying.sum(axis=0)[:-1] > 0)
    pool[stated] = smoothed(paying.sum(axis=0)[stated], prepaid.sum(axis=0)[stated], stated)
    expected = (paying * pool).sum(axis=1, keepdims=True)
    level = shrunk(np.ones_like(expected), expected, prepaid.sum(axis=1, keepdims=True), minimum_events)
    by_band = np.minimum(shrunk(level * pool, paying, prepaid, minimum_events), _HIGHEST)
    weight = share(paying * level * pool, paying * level * pool + minimum_events)
    ages_told = _ages(counts, stated, weight, minimum_events)
    if stated.size == 0:
        return Mortality(np.repeat(by_band[:, -1:], MONTHS, axis=1), by_band, None, ages_told)
    middles = stated * histories.BAND_MONTHS + (histories.BAND_MONTHS + 1) / 2
    ages = np.arange(1, MONTHS + 1)
    of_pool, *of_segments = (np.interp(ages, middles, row[stated]) for row in (pool, *by_band))
    exposed, left = (table.sum(axis=0)[:, 1:].astype(float) for table in (counts.aged, counts.aged_prepaid))
    relative = share(shrunk(of_pool, exposed.sum(axis=0), left.sum(axis=0), minimum_events), of_pool)
    by_age = np.minimum(shrunk(np.array(of_segments) * relative, exposed, left, minimum_events), _HIGHEST)
    seen = int(stated[0]) * histories.BAND_MONTHS + 1, int(stated[-1] + 1) * histories.BAND_MONTHS
    return Mortality(by_age, by_band, seen, ages_told)


def smoothed(exposed: Numbers, events: Numbers, places: Whole) -> Numbers:
    """Rates of events by place, each drawn to its neighbours: their logarithms walk at random from place to place.

    How far they walk is asked of the counts: of the spreads in ``_WALKS`` the one that foretells them best (the marginal
    likelihood, by Laplace's approximation). Counts that differ by chance alone give one rate, thick ones that differ their own.
    Example: of 100,000 and 100 exposed, with 1,000 and 2 events, the second has .01 rather than .02.
    """
    if not events.any():
        return np.zeros(len(exposed))
    start = np.full(len(exposed), np.log(events.sum() / exposed.sum()))
    apart = np.diff(places).astype(float)
    steps = np.diff(np.eye(len(exposed)), axis=0) / np.sqrt(apart)[:, None]
    found = [_walked(exposed, events, steps, walk, start) for walk in _WALKS]
    best = max(found, key=lambda one: one[0])
    rates: Numbers = np.exp(best[1])
    return rates


_WALKS = (0.0625, 0.125, 0.25, 0.5, 1.0, 2.0)
"""Standard deviations of the step of a logarithm from one band to the next that are tried."""


def _walked(exposed: Numbers, events: Numbers, steps: Numbers, walk: float, start: Numbers) -> tuple[float, Numbers]:
    """The evidence of a spread, and the likeliest logarithms under it: Newton's steps, halved until they gain."""
    penalty = steps.T @ steps / walk**2

    def height(logs: Numbers) -> float:
        return float(events @ logs - exposed @ np.exp(logs) - 0.5 * logs @ penalty @ logs)

    logs = start
    for _ in range(100):
        curvature = np.diag(exposed * np.exp(logs)) + penalty
        step = np.linalg.solve(curvature, events - exposed * np.exp(logs) - penalty @ logs)
        share_of_step = 1.0
        while height(logs + share_of_step * step) < height(logs) and share_of_step > 1e-9:
            share_of_step *= 0.5
        logs = logs + share_of_step * step
        if np.abs(step).max() < 1e-10:
            break
    _, determinant = np.linalg.slogdet(np.diag(exposed * np.exp(logs)) + penalty)
    return height(logs) - len(steps) * float(np.log(walk)) - 0.5 * float(determinant), logs


def _ages(counts: Counts, stated: Whole, weight: Numbers, minimum_events: int) -> tuple[Ages, ...]:
    """How every band of every segment was made, bands in which nobody was seen put together."""
    paying, prepaid = _in_bands(counts.aged), _in_bands(counts.aged_prepaid)
    thin = (prepaid.sum(axis=0) < minimum_events).tolist()
    told = []
    for s, segment in enumerate(counts.segments):
        if stated.size == 0:
            own = int(paying[s, -1]), int(prepaid[s, -1]), float(weight[s, -1])
            told.append(Ages(segment, 1, MONTHS, "all_ages", *own, thin[-1]))
            continue
        before = 1
        for band in stated:
            first, last = int(band) * histories.BAND_MONTHS + 1, int(band + 1) * histories.BAND_MONTHS
            if first > before:
                told.append(Ages(segment, before, first - 1, "nearest", 0, 0, 0.0, thin=True))
            own = int(paying[s, band]), int(prepaid[s, band]), float(weight[s, band])
            told.append(Ages(segment, first, last, "counts", *own, thin[band]))
            before = last + 1
        if before <= MONTHS:
            told.append(Ages(segment, before, MONTHS, "nearest", 0, 0, 0.0, thin=True))
    return tuple(told)


def _in_bands(aged: Whole) -> Whole:
    """Counts of all folds by segment and band, last those of ages not stated."""
    of_segment = aged.sum(axis=0)
    placed: Whole = of_segment[:, 1:].reshape(len(of_segment), -1, histories.BAND_MONTHS).sum(axis=-1)
    return np.concatenate([placed, of_segment[:, :1]], axis=1)


def fading_factors(counts: Counts, found: Mortality, minimum_events: int) -> Numbers:
    """How many times the mortality of its age a bucket's paying contracts prepay, bucket x month ahead 1..480; 1 after six.

    Of all segments together, as a bucket's past fades within half a year. Its mean factor is ``(P e + K) / (E e + K)`` of P
    prepaid and E expected in the six months, e prepayments counted once for each overlapping one; it is taken to fade in a
    straight line, and each month's own counts are shrunk to that. Example: a mean of 1.7 begins at 1 + 0.7 x 12 / 7 = 2.2 and
    is 1 + 0.7 x 2 / 7 = 1.2 in the sixth month.
    """
    expected = np.einsum("fsbka,sa->bk", counts.fading, found.by_band)
    prepaid = counts.prepaid.sum(axis=(0, 1))[:, : histories.FADING_MONTHS].astype(float)
    each_once = share(counts.distinct[..., 3].sum(axis=(0, 1)), prepaid.sum(axis=-1))
    of_all = expected.sum(axis=-1) * each_once, prepaid.sum(axis=-1) * each_once
    mean = shrunk(np.ones_like(each_once), *of_all, minimum_events)
    line = 2.0 * np.arange(histories.FADING_MONTHS, 0, -1) / (histories.FADING_MONTHS + 1)
    prior = np.maximum(1.0 + (mean[:, None] - 1.0) * line, 0.0)
    factors = np.ones((expected.shape[0], MONTHS))
    factors[:, : histories.FADING_MONTHS] = shrunk(prior, expected, prepaid, minimum_events)
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
