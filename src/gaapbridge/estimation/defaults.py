"""Hazards of default, shares performing and mortality, fitted to counts; and of every cell, how it was made."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import ARREARS, BUCKETS, MONTHS
from gaapbridge.estimation.cohorts import Counts
from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.months import FEWEST_MONTHS
from gaapbridge.estimation.prepayment import Mortality, fading_factors, mortality, share, shrunk
from gaapbridge.estimation.tail import carried_on
from gaapbridge.terms import UnusableInput

LATENESS = ("current", "recently_late", "probation", "1-30", "31-60", "61-90")
"""Buckets from the best to the worst: who borrows takes the next worse that was seen, else the next better."""

JOIN_MONTHS = 6
"""Months before the tail over which its level is held against what was counted."""


@dataclass(frozen=True)
class Cell:
    """How the months ``from_month`` to ``to_month`` ahead of a segment's bucket were made.

    ``how`` is ``counts``, ``tail`` or ``borrowed`` (from ``lender``, a bucket). ``contracts`` and ``defaults`` were seen in the
    segment's bucket, each once, ``defaulted`` contracts with a default; ``own_weight`` is the share of the segment's own counts
    in its level, the rest being the pool's. ``thin`` says that even all segments together have fewer than the least number of
    contracts with a default. In ``capped_months`` the bucket prepays more often than a share performing can say.
    """

    segment: str
    bucket: str
    from_month: int
    to_month: int
    how: str
    lender: str
    contracts: int
    defaults: int
    defaulted: int
    own_weight: float
    thin: bool
    capped_months: int

    def told(self) -> str:
        """The cell in words, as ``estimation.json`` has it.

        >>> Cell("auto", "61-90", 1, 480, "borrowed", "31-60", 0, 0, 0, 0.0, True, 0).told()
        'auto, 61-90, months 1 to 480: nobody was seen in it; that of 31-60, which is no estimate of it'
        """
        words = {
            "counts": "each month that of all segments times the segment's level, its own as far as it has defaults; the level "
            f"rests by {self.own_weight:.0%} on its own counts ({self.contracts} contracts, {self.defaults} defaults of "
            f"{self.defaulted}), by the rest on all segments",
            "tail": "further ahead than was seen: one month's steps carried on, at the level of the last months seen",
            "borrowed": f"nobody was seen in it; that of {self.lender}, which is no estimate of it",
        }
        thin = "; thin: few defaults even of all segments" if self.thin and self.how != "borrowed" else ""
        capped = f"; in {self.capped_months} of them it prepaid more often than the table can say" if self.capped_months else ""
        return f"{self.segment}, {self.bucket}, months {self.from_month} to {self.to_month}: {words[self.how]}{thin}{capped}"


@dataclass(frozen=True)
class Defaults:
    """``hazard`` and ``performing`` segment x bucket x month ahead 1..480, ``prepayment`` by age; ``cells``: how each was made.

    ``mortality`` is segment x month on book 1..480. ``seen_months`` by bucket are the months ahead that were counted.
    """

    hazard: Numbers
    performing: Numbers
    prepayment: Mortality
    cells: tuple[Cell, ...]
    seen_months: tuple[int, ...]

    @property
    def mortality(self) -> Numbers:
        """Single monthly mortality of who pays."""
        return self.prepayment.by_age


def fit_defaults(counts: Counts, *, minimum_defaults: int, minimum_on_book: int) -> Defaults:
    """Curves of every segment and bucket from counts, as known at the end of their month ``until``.

    *Months seen* ahead of a bucket are those before the first with fewer than ``minimum_on_book`` origins on book, all segments
    together. There the pool's hazard is ``defaulted / on_book``. A segment is shrunk to it by effective counts: O overlapping
    defaults seen, E expected by the pool's hazard, and e contracts with a default for each overlapping default give it a level
    p of its buckets with nothing overdue, and one of its buckets in arrears, each ``(O e + K) / (E e + K)``; K is what the
    spread between segments beyond chance says (``spread_weight``), at most ``minimum_defaults``, so that a thin segment that
    differs is not held to the pool. With K = ``minimum_defaults`` follows a level of each bucket, ``p (O e + K) / (E e p +
    K)``, all segments together at what was seen; and to that a single month, in which no default stands twice. *Beyond* the
    chain of one month's steps goes on, at its level of the last six months seen. *Performing* is the share who pay times the
    factor by which the bucket prepays otherwise than its age in the first six months: mortality x performing is then what the
    bucket's origins prepaid. It is at most ``1 - hazard``, as a table must; a cell says in how many months that is less than
    was seen. A bucket in which nobody was seen takes the curve of the next worse that was, else of the next better, and says
    so.

    Example, K = 10: a segment's bucket has 30 overlapping defaults of 6 contracts where the pool's 300 are of 60 (e = 0.2), and
    20 are expected; its buckets in arrears are at 1.2 times the pool: its level is 1.2 x (6 + 10) / (4.8 + 10) = 1.30.
    """
    _refuse_nobody(counts)
    found = mortality(counts, minimum_defaults)
    factors = fading_factors(counts, found, minimum_defaults)
    chain_hazard, chain_pays = carried_on(counts)
    on_book = counts.on_book.sum(axis=0).astype(float)
    seen = tuple(_months_seen(row, minimum_on_book) for row in on_book.sum(axis=0))
    hazard, weights = _levelled(counts, minimum_defaults)
    pays = _paying(counts, minimum_on_book)
    for b, months in enumerate(seen):
        hazard[:, b] = _joined(hazard[:, b], chain_hazard[:, b], on_book[:, b], months, minimum_defaults)
        pays[:, b] = _joined(pays[:, b], chain_pays[:, b], on_book[:, b], months, minimum_on_book)
    hazard = np.clip(hazard, 0.0, 1.0)
    performing = np.minimum(pays * factors, 1.0 - hazard)
    capped = pays * factors > 1.0 - hazard
    cells = _cells(counts, seen, weights, capped, minimum_defaults)
    stood = on_book.sum(axis=(0, 2)) + chain_hazard.sum(axis=(0, 2)) + chain_pays.sum(axis=(0, 2))
    return _borrowed(Defaults(hazard, performing, found, cells, seen), stood > 0.0)


def _refuse_nobody(counts: Counts) -> None:
    """Raise where no month's end is an origin."""
    if counts.on_book.any():
        return
    if counts.origins is not None:
        first, last = counts.origins
        raise UnusableInput(
            column="origins",
            value=f"{first} to {last}",
            rule="some contract has so many months on book at a month's end, its look-back known, and a month after it",
            remedy="state months on book that the history has; they are counted from first_payment_date, or month_on_book",
        )
    raise UnusableInput(
        column="month_end",
        rule=f"some contract has {FEWEST_MONTHS} months in a row, or all since its first instalment was due, and one more",
        remedy="give a longer history: before that nobody can say who missed nothing lately",
    )


def _months_seen(on_book: Numbers, minimum_on_book: int) -> int:
    """Months ahead before the first with too few on book."""
    few = np.flatnonzero(on_book < max(1, minimum_on_book))
    return int(few[0]) if few.size else MONTHS


def _levelled(counts: Counts, minimum_defaults: int) -> tuple[Numbers, Numbers]:
    """Hazards of the months seen, shrunk to the pool's, and the weight of a segment's own counts in its level."""
    on_book, defaulted = (table.sum(axis=0).astype(float) for table in (counts.on_book, counts.defaulted))
    pool = share(defaulted.sum(axis=0), on_book.sum(axis=0))
    overlapping, expected = defaulted.sum(axis=-1), (on_book * pool).sum(axis=-1)
    each_once = share(counts.distinct[..., 2].sum(axis=(0, 1)), overlapping.sum(axis=0))
    events, foretold = overlapping * each_once, expected * each_once
    of_group, own = np.ones_like(foretold), np.zeros_like(foretold)
    for group in _GROUPS:
        come, due = events[:, group].sum(axis=-1), foretold[:, group].sum(axis=-1)
        k = min(spread_weight(come, due), minimum_defaults)
        of_group[:, group] = shrunk(np.ones(len(due)), due, come, k)[:, None]
        own[:, group] = share(due, due + k)[:, None]
    level = shrunk(of_group, foretold, events, minimum_defaults)
    level *= share(events.sum(axis=0), (foretold * level).sum(axis=0))
    of_bucket = share(foretold, foretold + minimum_defaults)
    return shrunk(level[..., None] * pool, on_book, defaulted, minimum_defaults), of_bucket + (1.0 - of_bucket) * own


_GROUPS = tuple([b for b, bucket in enumerate(BUCKETS) if (bucket in ARREARS[1:]) is late] for late in (False, True))
"""Buckets with nothing overdue, and in arrears: segments differ far more in who falls behind than in what comes of it."""

_WEIGHTS = (2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0, 256.0, 512.0)


def spread_weight(events: Numbers, foretold: Numbers) -> float:
    """How many expected events weigh as much as the pool, from the spread between segments beyond chance.

    Levels are taken to be spread with a variance of ``1 / K`` about one, and counts about levels by chance (Poisson): the K of
    ``_WEIGHTS`` that foretells the counts best. Segments that differ by no more than chance give the largest.

    >>> spread_weight(np.array([40.0, 100.0, 60.0]), np.array([40.0, 100.0, 20.0]))
    2.0
    >>> spread_weight(np.array([40.0, 100.0, 60.0]), np.array([40.0, 100.0, 60.0]))
    512.0
    """
    known = foretold > 0.0
    events, foretold = events[known], foretold[known]
    if events.size < 2:
        return _WEIGHTS[-1]

    def evidence(k: float) -> float:
        chance = sum(math.lgamma(number + k) - math.lgamma(k) for number in events.tolist())
        total = k * np.log(k / (k + foretold)) + events * np.log(foretold / (k + foretold))
        return chance + float(total.sum())

    return max(reversed(_WEIGHTS), key=evidence)


def _paying(counts: Counts, minimum_on_book: int) -> Numbers:
    """Share of those on book who pay, in the months seen, a segment's shrunk to the pool's by ``minimum_on_book`` months."""
    on_book, paying = (table.sum(axis=0).astype(float) for table in (counts.on_book, counts.paying))
    pool = share(paying.sum(axis=0), on_book.sum(axis=0))
    found: Numbers = (paying + minimum_on_book * pool) / (on_book + max(1, minimum_on_book))
    return found


def _joined(seen: Numbers, chain: Numbers, on_book: Numbers, months: int, minimum: int) -> Numbers:
    """What was seen for so many months, then the chain at its level of the last of them; segment x month ahead."""
    last = slice(max(0, months - JOIN_MONTHS), months)
    counted, foretold = ((on_book[:, last] * table[:, last]).sum(axis=-1) for table in (seen, chain))
    level = shrunk(np.ones_like(foretold), foretold, counted, minimum)
    tail: Numbers = np.minimum(chain * level[:, None], 1.0)
    return np.where(np.arange(MONTHS) < months, seen, tail)


def _cells(
    counts: Counts, seen: tuple[int, ...], weights: Numbers, capped: NDArray[np.bool_], minimum_defaults: int
) -> tuple[Cell, ...]:
    """How each segment's bucket was made: counts for the months seen, a tail beyond."""
    cells = []
    distinct = counts.distinct.sum(axis=0)
    for s, segment in enumerate(counts.segments):
        for b, bucket in enumerate(BUCKETS):
            contracts, defaults, defaulted = (int(number) for number in distinct[s, b, :3])
            thin = int(distinct[:, b, 2].sum()) < minimum_defaults
            for how, first, last in (("counts", 1, seen[b]), ("tail", seen[b] + 1, MONTHS)):
                if first <= last:
                    own, most = float(weights[s, b]), int(capped[s, b, first - 1 : last].sum())
                    cells.append(Cell(segment, bucket, first, last, how, "", contracts, defaults, defaulted, own, thin, most))
    return tuple(cells)


def _borrowed(found: Defaults, stood: NDArray[np.bool_]) -> Defaults:
    """Curves with those of buckets in which nobody was seen taken from others, and their cells saying so."""
    hazard, performing, cells = found.hazard.copy(), found.performing.copy(), list(found.cells)
    for place, bucket in enumerate(LATENESS):
        b = BUCKETS.index(bucket)
        lenders = [one for one in (*LATENESS[place + 1 :], *LATENESS[:place][::-1]) if stood[BUCKETS.index(one)]]
        if stood[b] or not lenders:
            continue
        hazard[:, b], performing[:, b] = (table[:, BUCKETS.index(lenders[0])] for table in (found.hazard, found.performing))
        cells = [
            replace(cell, from_month=1, to_month=MONTHS, how="borrowed", lender=lenders[0]) if cell.bucket == bucket else cell
            for cell in cells
        ]
    return replace(found, hazard=hazard, performing=performing, cells=tuple(dict.fromkeys(cells)))
