"""Scenarios laid over hazards: a chain of monthly steps with and without the multiplied odds says by how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import ARREARS
from gaapbridge.estimation.defaults import LATENESS
from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.months import Whole
from gaapbridge.estimation.scenarios.transitions import worsens

OWN, POOLED = "own", "all segments"
"""Whose steps a bucket of a segment takes: its own, or those of all segments together; else it names the bucket."""


@dataclass(frozen=True)
class Chain:
    """One month's step: ``shares`` segment x bucket x (buckets, default, prepayment), each row adding up to one, and whose
    steps they are, segment x bucket."""

    buckets: tuple[str, ...]
    shares: Numbers
    taken: tuple[tuple[str, ...], ...]


def chain_of(buckets: tuple[str, ...], counts: Whole, minimum_count: int) -> Chain:
    """The chain of counted steps; whose they are is named.

    A bucket of a segment with fewer than ``minimum_count`` takes those of all segments. One that nobody was seen in takes those
    of the next worse that was seen, else of the next better, as its hazards are borrowed. Where nobody was seen at all the row
    is of noughts.
    """
    pooled = counts.sum(axis=0)
    seen = pooled.sum(axis=-1) > 0
    order = [buckets.index(bucket) for bucket in LATENESS if bucket in buckets]
    lender = {place: _lender(order, place, seen) for place in order}
    own = (counts.sum(axis=-1) >= minimum_count) & (counts.sum(axis=-1) > 0)
    used = np.where(own[..., None], counts, pooled[[lender[place] for place in range(len(buckets))]][None])
    total = used.sum(axis=-1, keepdims=True)
    shares = np.divide(used, total, out=np.zeros(used.shape), where=total > 0)
    whose = [POOLED if lender[place] == place else buckets[lender[place]] for place in range(len(buckets))]
    taken = tuple(tuple(OWN if mine else other for mine, other in zip(row, whose, strict=True)) for row in own)
    return Chain(buckets, shares, taken)


def _lender(order: list[int], place: int, seen: NDArray[np.bool_]) -> int:
    """The bucket whose steps another takes: itself where it was seen."""
    at = order.index(place)
    return next((other for other in [*order[at:], *reversed(order[:at])] if seen[other]), place)


def worsened(chain: Chain, multiplier: float) -> Numbers:
    """The chain's shares with the odds of worsening of every bucket multiplied, all other steps kept in proportion.

    Of a bucket that goes to default with 0.2, stays with 0.6 and prepays with 0.2, twice the odds (1/4) are 1/2: 1/3, 1/2, 1/6.
    """
    worse = worsens(chain.buckets)
    share = (chain.shares * worse).sum(axis=-1, keepdims=True)
    more = multiplier * share / (1.0 - share + multiplier * share)
    up = np.divide(more, share, out=np.ones_like(share), where=share > 0.0)
    down = np.divide(1.0 - more, 1.0 - share, out=np.ones_like(share), where=share < 1.0)
    moved: Numbers = chain.shares * np.where(worse, up, down)
    return moved


def ahead(chain: Chain, multipliers: Numbers) -> tuple[Numbers, Numbers]:
    """Hazard, and share who pay, segment x bucket today x month ahead, of a chain whose odds are multiplied month by month.

    Of those on book at the start of a month, who default in it, and who prepay or owe nothing overdue at its end. Where nobody
    is left the last values hold.
    """
    size = len(chain.buckets)
    segments = chain.shares.shape[0]
    alive = np.broadcast_to(np.eye(size), (segments, size, size)).copy()
    hazard, paying = np.zeros((segments, size, multipliers.size)), np.zeros((segments, size, multipliers.size))
    steps = {one: worsened(chain, one) for one in np.unique(multipliers).tolist()}
    clear = np.array([bucket not in ARREARS[1:] for bucket in chain.buckets])
    pays = np.concatenate([clear, [False, True]])
    for month, multiplier in enumerate(multipliers.tolist()):
        shares = steps[multiplier]
        hazard[..., month] = _of(alive, shares[..., size])
        paying[..., month] = _of(alive, (shares * pays).sum(axis=-1))
        after = alive @ shares[..., :size]
        left = after.sum(axis=-1, keepdims=True)
        alive = np.divide(after, left, out=alive.copy(), where=left > 0.0)
    return hazard, paying


def _of(alive: Numbers, share: Numbers) -> Numbers:
    """What a share of each bucket is of those on book, segment x bucket today."""
    found: Numbers = np.einsum("sab,sb->sa", alive, share)
    return found


def scaled(hazard: Numbers, performing: Numbers, chain: Chain, multipliers: Numbers) -> tuple[Numbers, Numbers]:
    """Hazard and performing, segment x bucket x month ahead, with the odds of worsening multiplied month by month.

    The chain is propagated with and without the multipliers; the ratio of its odds of default is that of the table's, and so
    is the ratio of the odds of paying of those who do not default, so that hazard and performing stay at most 1 together. Where
    the chain has no default in a month and the table has, the odds are multiplied as they are. Multipliers of 1
    give the tables back as they are.
    """
    base_hazard, base_paying = ahead(chain, np.ones_like(multipliers))
    own_hazard, own_paying = ahead(chain, multipliers)
    direct = np.broadcast_to(multipliers, hazard.shape)
    ratio = _odds_ratio(own_hazard, base_hazard, direct)
    default = scaled_odds(hazard, ratio)
    stays, base_stays = 1.0 - own_hazard, 1.0 - base_hazard
    paid = _odds_ratio(_part(own_paying, stays), _part(base_paying, base_stays), 1.0 / direct)
    kept = scaled_odds(_part(performing, 1.0 - hazard), paid) * (1.0 - default)
    return default, np.where((ratio == 1.0) & (paid == 1.0), performing, np.minimum(kept, 1.0 - default))


def _part(share: Numbers, whole: Numbers) -> Numbers:
    """A share of what is left, at most all of it; nil where nothing is."""
    return np.minimum(np.divide(share, whole, out=np.zeros_like(share), where=whole > 0.0), 1.0)


def _odds_ratio(of: Numbers, base: Numbers, otherwise: NDArray[np.float64]) -> Numbers:
    """The ratio of two odds; ``otherwise`` where one of the probabilities is 0 or 1."""
    inside = (of > 0.0) & (of < 1.0) & (base > 0.0) & (base < 1.0)
    one, other = np.where(inside, of, 0.5), np.where(inside, base, 0.5)
    return np.where(inside, np.where(one == other, 1.0, one * (1.0 - other) / ((1.0 - one) * other)), otherwise)


def scaled_odds(probability: Numbers, ratio: Numbers | np.float64) -> Numbers:
    """Probabilities with their odds multiplied, untouched where by 1: 0.2 at twice the odds (1/4) is 1/3."""
    scaled_up = ratio * probability / (1.0 - probability + ratio * probability)
    return np.where(ratio == 1.0, probability, scaled_up)
