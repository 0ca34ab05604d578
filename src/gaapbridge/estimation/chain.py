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
class Solved:
    """By whole months since default, 0..479, what a balance in default comes to; and what one comes to that is just cured."""

    in_default: Numbers
    cured: float


def solved(group: Group, proceeds: float, v: float, minimum_at_risk: int) -> Solved:
    """The chain worked out backwards: what of a balance is lost, where one unit written off brings ``proceeds``.

    ``v`` discounts a month. A contract that is charged off has paid no interest since its default, so its balance counts as
    it was and its proceeds are discounted; one that is cured has paid all until it defaults again, so what is lost then is
    discounted whole. A default again is a default of today, so both chains hang together by one number: with in default
    ``D(0) = a + c C(0)`` and of the cured ``C(0) = b + d D(0)``, ``D(0) = (a + c b) / (1 - c d)``. Without proceeds and with
    v = 1 it is the share ever charged off.
    """
    default_rows, cured_rows = (_rows(chain, minimum_at_risk) for chain in (group.in_default, group.cured))
    a = _backwards(default_rows, 1.0, 0.0, 1.0) - _backwards(default_rows, proceeds, 0.0, v)
    c = _backwards(default_rows, 0.0, 1.0, v)
    b, d = _backwards(cured_rows, 1.0 - proceeds, 0.0, v)[0], _backwards(cured_rows, 0.0, 1.0, v)[0]
    again = (a[0] + c[0] * b) / (1.0 - c[0] * d) if c[0] * d < 1.0 else 0.0
    cured = b + d * again
    path = a + c * cured
    curve = np.full(MONTHS, path[-1])
    curve[: len(path)] = path
    entered = group.entered_minor + group.written_off_minor
    if entered:
        curve[0] = (group.written_off_minor * (1.0 - proceeds) + group.entered_minor * path[0]) / entered
    if not group.in_default.balance_minor.any():  # nobody stood in default a month: that of a fresh one is all there is
        curve[1:] = curve[0]
    return Solved(in_default=curve, cured=float(cured))


def months_apart(chain: Chain, minimum_at_risk: int) -> int:
    """How many months have a row of their own, at most 48: the last is followed by as many contract-months as asked for.

    Fewer where of those after them nobody has left yet: what nobody has left says nothing of what it comes to.
    """
    apart = MONTHS_APART
    while apart and (
        chain.at_risk[apart:].sum() < max(1, minimum_at_risk)
        or chain.balance_minor[apart:].sum() <= chain.stayed_minor[apart:].sum()
    ):
        apart -= 1
    return apart


def thick_months(chain: Chain, minimum_at_risk: int) -> int:
    """How many of the months apart stand by themselves, before the first that is thin and takes in its neighbours."""
    apart = months_apart(chain, minimum_at_risk)
    thin = np.flatnonzero(chain.at_risk[:apart] < max(1, minimum_at_risk))
    return int(thin[0]) if thin.size else apart


def _rows(chain: Chain, minimum_at_risk: int) -> Whole:
    """Owed before, written off, owed by those that crossed and by those that stayed: by month, the last for all after it.

    A thin month has the counts of as many months on either side as make it thick: what is owed leaves fast at first and slowly
    later, so that one mean of all thin months would foretell neither. Of 60, 40, 30 and 20 contracts, asked for 50, the second
    is one with the first and the third.
    """
    apart, at_risk = months_apart(chain, minimum_at_risk), chain.at_risk
    counts = np.array([chain.balance_minor, chain.written_off_minor, chain.crossed_minor, chain.stayed_minor])
    found = np.zeros((len(counts), apart + 1), np.int64)
    for month in range(apart):
        wide = 0
        while at_risk[max(0, month - wide) : month + wide + 1].sum() < max(1, minimum_at_risk):
            wide += 1
        found[:, month] = counts[:, max(0, month - wide) : month + wide + 1].sum(axis=1)
    found[:, apart] = counts[:, apart:].sum(axis=1)
    return found


def _backwards(rows: Whole, of_written_off: float, of_crossed: float, v: float) -> Numbers:
    """What a balance comes to by month, from the last, which lasts for ever; where nobody leaves it, nothing comes."""
    owed, lost, crossed, stayed = rows.astype(np.float64)
    come = v * (lost * of_written_off + crossed * of_crossed)
    path = np.zeros(rows.shape[1])
    path[-1] = come[-1] / (owed[-1] - v * stayed[-1]) if owed[-1] > v * stayed[-1] else 0.0
    for month in range(rows.shape[1] - 2, -1, -1):
        path[month] = (come[month] + v * stayed[month] * path[month + 1]) / owed[month]
    return path


def pace(group: Group, minimum_at_risk: int) -> Numbers:
    """Share of a fresh default's balance that is charged off in each whole month since it was recognised, 0..479.

    Further defaults after a cure are in it; the sum is the share ever charged off, but for what comes after 479 months. Of 100
    charged off at once 20, of those 80 that stay half in the next month and half repaid: 0.2, 0.4, 0, ...
    """
    of_default, of_cured = (_ratios(_rows(chain, minimum_at_risk)) for chain in (group.in_default, group.cured))
    entered = group.entered_minor + group.written_off_minor
    found = np.zeros(MONTHS)
    if not entered:
        return found
    in_default, cured = np.zeros(of_default.shape[1]), np.zeros(of_cured.shape[1])
    found[0], in_default[0] = group.written_off_minor / entered, group.entered_minor / entered
    for month in range(1, MONTHS):
        lost, crossed, stayed = of_default * in_default
        lost_later, back, stayed_cured = of_cured * cured
        found[month] = lost.sum() + lost_later.sum()
        in_default, cured = _a_month_on(stayed, back.sum()), _a_month_on(stayed_cured, crossed.sum())
    return found


def _ratios(rows: Whole) -> Numbers:
    """Written off, crossed and stayed, each by what was owed before; nil where nobody owed anything."""
    owed = rows[0].astype(np.float64)
    ratios: Numbers = np.divide(rows[1:], owed, out=np.zeros((3, len(owed))), where=owed > 0.0)
    return ratios


def _a_month_on(stayed: Numbers, entering: float) -> Numbers:
    """Balances by month in a state, a month later: each a place on, the last place keeps what reaches it."""
    later = np.concatenate(([entering], stayed[:-1]))
    later[-1] += stayed[-1]
    return later
