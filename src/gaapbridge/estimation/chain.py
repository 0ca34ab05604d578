"""The chain through default: in default, cured, in default again, until a balance is charged off or paid.

Worked out backwards it says what a balance comes to in the end, forwards when it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.estimation.episodes import MONTHS_APART, RATE_UNITS, Chain, Episodes
from gaapbridge.estimation.months import Whole

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """The counts of one segment, or of all: the two chains, what entered, and the rate at which it is discounted."""

    in_default: Chain
    cured: Chain
    entered_minor: int
    written_off_minor: int
    rate: float
    charge_offs: int


def group_of(episodes: Episodes, places: Sequence[int], discount_rate_a_year: float | None) -> Group:
    """The counts of some segments, by place, all folds together; a rate that is stated goes before the contracts' own."""
    own = list(places)
    in_default = episodes.in_default.of(own)
    entered, at_once = (int(counts[:, own].sum()) for counts in (episodes.entered_minor, episodes.entered_written_off_minor))
    weighted = int(episodes.rate_weighted[:, own].sum())
    rate = weighted / RATE_UNITS / (entered + at_once) if entered + at_once else 0.0
    return Group(
        in_default=in_default,
        cured=episodes.cured.of(own),
        entered_minor=entered,
        written_off_minor=at_once,
        rate=rate if discount_rate_a_year is None else discount_rate_a_year,
        charge_offs=int(in_default.charged_off.sum()) + int(episodes.charged_off_at_once[:, own].sum()),
    )


@dataclass(frozen=True)
class Steps:
    """What becomes of a balance in a month, by whole months in default and since a cure: own counts held to those of all.

    ``in_default`` and ``cured``: owed before, written off, owed by those that crossed and by those that stayed x months, the
    last for all after it. ``entered`` and ``written_off``: owed by fresh defaults and of those charged off at once; ``rate`` a
    year is theirs. ``own_in_default`` and ``own_cured``: the share of the segment's own contracts in what each month rests on.
    """

    in_default: Numbers
    cured: Numbers
    entered: float
    written_off: float
    rate: float
    own_in_default: Numbers
    own_cured: Numbers


def steps(own: Group, pool: Group, minimum_at_risk: int, minimum_charge_offs: int) -> Steps:
    """Steps of a segment, to whose counts those of all segments are added as if they had ``minimum_charge_offs`` charge-offs.

    Every month then rests by n / (n + K) on its own counts, n the charge-offs that its contracts would have by the pool's steps
    and K that number: a segment of many contracts without a charge-off is not the pool's, and a month in which nobody of it
    stood is. Which months are apart is asked of the pool. Of the pool itself the steps are its own.

    Of 60 charge-offs of all 20 are a segment's, K = 30: half of all counts is added to its own, and where a third of those in
    default are its own, two fifths of a month are.
    """
    part = 0.0 if own is pool else minimum_charge_offs / pool.charge_offs
    found = [
        (_rows(mine, windows), part * _rows(every, windows))
        for mine, every in ((own.in_default, pool.in_default), (own.cured, pool.cured))
        for windows in (_windows(every, minimum_at_risk),)
    ]
    shares = [
        np.divide(mine[-1], mine[-1] + lent[-1], out=np.zeros(mine.shape[1]), where=mine[-1] + lent[-1] > 0.0)
        for mine, lent in found
    ]
    entered, at_once = own.entered_minor + part * pool.entered_minor, own.written_off_minor + part * pool.written_off_minor
    lent = part * (pool.entered_minor + pool.written_off_minor)
    rate = own.rate if not lent else own.rate + (pool.rate - own.rate) * lent / (entered + at_once)
    return Steps(found[0][0][:-1] + found[0][1][:-1], found[1][0][:-1] + found[1][1][:-1], entered, at_once, rate, *shares)


@dataclass(frozen=True)
class Solved:
    """By whole months since default, 0..479, what a balance in default comes to; and what one comes to that is just cured."""

    in_default: Numbers
    cured: float


def solved(of: Steps, proceeds: float, v: float) -> Solved:
    """The chain worked out backwards: what of a balance is lost, where one unit written off brings ``proceeds``.

    ``v`` discounts a month. A contract that is charged off has paid no interest since its default, so its balance counts as
    it was and its proceeds are discounted; one that is cured has paid all until it defaults again, so what is lost then is
    discounted whole. A default again is a default of today, so both chains hang together by one number: with in default
    ``D(0) = a + c C(0)`` and of the cured ``C(0) = b + d D(0)``, ``D(0) = (a + c b) / (1 - c d)``. Without proceeds and with
    v = 1 it is the share ever charged off.
    """
    a = _backwards(of.in_default, 1.0, 0.0, 1.0) - _backwards(of.in_default, proceeds, 0.0, v)
    c = _backwards(of.in_default, 0.0, 1.0, v)
    b, d = _backwards(of.cured, 1.0 - proceeds, 0.0, v)[0], _backwards(of.cured, 0.0, 1.0, v)[0]
    again = (a[0] + c[0] * b) / (1.0 - c[0] * d) if c[0] * d < 1.0 else 0.0
    cured = b + d * again
    path = a + c * cured
    curve = np.full(MONTHS, path[-1])
    curve[: len(path)] = path
    entered = of.entered + of.written_off
    if entered:
        curve[0] = (of.written_off * (1.0 - proceeds) + of.entered * path[0]) / entered
    if not of.in_default[0].any():  # nobody stood in default a month: that of a fresh one is all there is
        curve[1:] = curve[0]
    return Solved(in_default=curve, cured=float(cured))


def months_apart(chain: Chain, minimum_at_risk: int) -> int:
    """How many months have a row of their own, at most 48: of those after them as many contracts have left as are asked for.

    Contract-months do not tell how much is known of the last row: who stays for long is many of them. Of seven contracts that
    stood there for five months each and of which two were cured and none charged off, nothing would come.
    """
    apart, left = MONTHS_APART, who_left(chain)
    while apart and left[apart:].sum() < max(1, minimum_at_risk):
        apart -= 1
    return apart


def who_left(chain: Chain) -> Whole:
    """Contracts by whole months in a state that left it in the month that followed, for good or to the other chain."""
    left: Whole = chain.charged_off + chain.crossed + chain.repaid
    return left


def thick_months(chain: Chain, minimum_at_risk: int) -> int:
    """How many of the months apart stand by themselves, before the first that is thin and takes in its neighbours."""
    apart = months_apart(chain, minimum_at_risk)
    thin = np.flatnonzero(chain.at_risk[:apart] < max(1, minimum_at_risk))
    return int(thin[0]) if thin.size else apart


def _windows(chain: Chain, minimum_at_risk: int) -> list[slice]:
    """The months whose counts each row takes in; the last row is all after it.

    A thin month has the counts of as many months on either side as make it thick: what is owed leaves fast at first and slowly
    later, so that one mean of all thin months would foretell neither. Of 60, 40, 30 and 20 contracts, asked for 50, the second
    is one with the first and the third.
    """
    apart, at_risk = months_apart(chain, minimum_at_risk), chain.at_risk
    found = []
    for month in range(apart):
        wide = 0
        while at_risk[max(0, month - wide) : month + wide + 1].sum() < max(1, minimum_at_risk):
            wide += 1
        found.append(slice(max(0, month - wide), month + wide + 1))
    return [*found, slice(apart, None)]


def _rows(chain: Chain, windows: Sequence[slice]) -> Numbers:
    """Owed before, written off, owed by those that crossed and by those that stayed, and last how many contracts, by row."""
    counts = np.array([chain.balance_minor, chain.written_off_minor, chain.crossed_minor, chain.stayed_minor, chain.at_risk])
    return np.array([counts[:, window].sum(axis=1) for window in windows], np.float64).T


def _backwards(rows: Numbers, of_written_off: float, of_crossed: float, v: float) -> Numbers:
    """What a balance comes to by month, from the last, which lasts for ever; where nobody leaves it, nothing comes."""
    owed, lost, crossed, stayed = rows
    come = v * (lost * of_written_off + crossed * of_crossed)
    path = np.zeros(rows.shape[1])
    path[-1] = come[-1] / (owed[-1] - v * stayed[-1]) if owed[-1] > v * stayed[-1] else 0.0
    for month in range(rows.shape[1] - 2, -1, -1):
        path[month] = (come[month] + v * stayed[month] * path[month + 1]) / owed[month]
    return path


def pace(of: Steps) -> Numbers:
    """Share of a fresh default's balance that is charged off in each whole month since it was recognised, 0..479.

    Further defaults after a cure are in it; the sum is the share ever charged off, but for what comes after 479 months. Of 100
    charged off at once 20, of those 80 that stay half in the next month and half repaid: 0.2, 0.4, 0, ...
    """
    entered = of.entered + of.written_off
    found = np.zeros(MONTHS)
    if not entered:
        return found
    start = np.zeros((1, of.in_default.shape[1]))
    found[0], start[0, 0] = of.written_off / entered, of.entered / entered
    found[1:] = _forwards(of, start, MONTHS - 1)[0]
    return found


def pace_in_default(of: Steps, months: int) -> Numbers:
    """Share of a balance in default that is charged off in each of some months ahead, by whole months in default x months.

    The last row is of all who were longer in default. Of 100 in default for one month half are charged off in the next, half
    stay: 0.5 in its first column.
    """
    return _forwards(of, np.identity(of.in_default.shape[1]), months)


def _forwards(of: Steps, in_default: Numbers, months: int) -> Numbers:
    """What is charged off in each month ahead, a row for each start: its balance by months in default, nothing cured yet."""
    of_default, of_cured = _ratios(of.in_default), _ratios(of.cured)
    found, cured = np.zeros((len(in_default), months)), np.zeros((len(in_default), of_cured.shape[1]))
    for month in range(months):
        lost, crossed, stayed = (ratio * in_default for ratio in of_default)
        lost_later, back, stayed_cured = (ratio * cured for ratio in of_cured)
        found[:, month] = lost.sum(axis=1) + lost_later.sum(axis=1)
        in_default = _a_month_on(stayed, back.sum(axis=1))
        cured = _a_month_on(stayed_cured, crossed.sum(axis=1))
    return found


def _ratios(rows: Numbers) -> Numbers:
    """Written off, crossed and stayed, each by what was owed before; nil where nobody owed anything."""
    ratios: Numbers = np.divide(rows[1:], rows[0], out=np.zeros((3, rows.shape[1])), where=rows[0] > 0.0)
    return ratios


def _a_month_on(stayed: Numbers, entering: Numbers) -> Numbers:
    """Balances by start and month in a state, a month later: each a place on, the last place keeps what reaches it."""
    later = np.concatenate((entering[:, None], stayed[:, :-1]), axis=1)
    later[:, -1] += stayed[:, -1]
    return later
