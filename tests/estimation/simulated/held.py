"""Curves held against the truth of a book: defaults and repayments expected by the close's formula, and those that are true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.estimation.simulated import truth
from tests.estimation.simulated.lender import Lives, Window
from tests.estimation.simulated.process import CHARGED_OFF, CLASSES, IN_DEFAULT, ON_BOOK, PREPAID, Numbers, Places

_SEGMENT = np.array([each.segment for each in CLASSES])
_LAG = np.array([each.misses_to_default - 1 for each in CLASSES])
"""The first instalment missed is one of those missed at default, and the month end at which it is missed the first of them."""


@dataclass(frozen=True)
class Table:
    """Curves in the order of the truth's buckets: segment x bucket x months ahead, segment x month on book."""

    hazard: Numbers
    performing: Numbers
    mortality: Numbers


def in_order(hazard: Numbers, performing: Numbers, mortality: Numbers, buckets: Sequence[str]) -> Table:
    """The same curves with the buckets in the order of ``truth.BUCKETS``. Raises ``ValueError`` for one that is missing."""
    at = [buckets.index(bucket) for bucket in truth.BUCKETS]
    return Table(hazard[:, at], performing[:, at], mortality)


@dataclass(frozen=True)
class Book:
    """The contracts on book at a month end, not in default and with a known look-back.

    ``lag`` is the close's: months from the due date that is missed first to the month end at which 90 days are reached.
    """

    segment: Places
    bucket: Places
    age: Places
    remaining: Places
    lag: Places


def opening(lives: Lives, window: Window) -> tuple[truth.Origins, Book]:
    """The book at the window's last month end."""
    every = truth.origins(lives, window)
    here = every.month == window.last
    at = truth.Origins(*(each[here] for each in vars(every).values()))
    age = at.month - lives.vintage[at.contract]
    of = lives.of[at.contract]
    book = Book(_SEGMENT[of], at.bucket, age, lives.term[at.contract] - age, _LAG[of])
    return at, book


def expected(table: Table, book: Book, months: int) -> tuple[Numbers, Numbers]:
    """Chance of default, and of repayment, of each contract within so many months, by the close's formula.

    ``S_t = S_{t-1} (1 - h_t - s_{q+t} c_t)``: default is the sum of ``S_{t-1} h_t`` over ``H = max(1, n - q + L)``, so that who
    misses the last instalment defaults after it; repayment of ``S_{t-1} s c`` before the month of the last instalment.
    """
    survives = np.ones(len(book.age))
    defaults, prepaid = np.zeros(len(book.age)), np.zeros(len(book.age))
    for month in range(1, months + 1):
        lives_on = survives * (month <= np.maximum(1, book.remaining + book.lag))
        hazard = table.hazard[book.segment, book.bucket, month - 1]
        early = table.mortality[book.segment, book.age + month - 1] * table.performing[book.segment, book.bucket, month - 1]
        defaults += lives_on * hazard
        prepaid += lives_on * early * (month < book.remaining)
        survives = survives * (1.0 - hazard - early)
    return defaults, prepaid


def true(lives: Lives, at: truth.Origins, chances: dict[int, truth.Ahead], months: int) -> tuple[Numbers, Numbers]:
    """True chance of default and of repayment of each contract of an opening within so many months."""
    ahead = truth.of_origins(lives, at, chances)
    return ahead.defaults[:months].sum(axis=0), ahead.prepaid[:months].sum(axis=0)


def came(lives: Lives, at: truth.Origins, months: int) -> tuple[Numbers, Numbers]:
    """1 where default, or repayment, came within so many months of the opening: what happened first counts."""
    left = np.zeros(len(at.contract), np.int64)
    for month in range(1, months + 1):
        now = lives.place[at.contract, at.month + month].astype(np.int64)
        left = np.where((left == 0) & (now >= ON_BOOK), now, left)
    return ((left >= IN_DEFAULT) & (left <= CHARGED_OFF)).astype(float), (left == PREPAID).astype(float)


def pooled_truth(lives: Lives, window: Window, chances: dict[int, truth.Ahead], *, before_the_last: bool = False) -> Table:
    """The best table there can be: true hazards and repayments of the history's mix, by segment, bucket and months ahead.

    ``performing`` is made so that with the mortality of its segment it gives the true repayments of the bucket.
    ``before_the_last`` counts months before that of the last instalment alone, whether or not the contract matures in that.
    """
    origins = truth.origins(lives, window)
    of = truth.of_origins(lives, origins, chances)
    if before_the_last:
        to_come = lives.term[origins.contract] - (origins.month - lives.vintage[origins.contract])
        kept = np.arange(1, of.on_book.shape[0] + 1)[:, None] < to_come[None, :]
        of = truth.Ahead(*(each * kept for each in vars(of).values()))
    sums = truth.by_bucket(lives, window, origins, of, censored=True)
    on_book = np.maximum(sums.on_book, 1e-12)
    hazard = np.moveaxis(sums.defaults / on_book, 0, -1)
    mortality = true_mortality(lives, origins, of)
    segment, age = _SEGMENT[lives.of[origins.contract]], origins.month - lives.vintage[origins.contract]
    cell = segment * len(truth.BUCKETS) + origins.bucket
    scale = np.zeros_like(hazard)
    for month in range(hazard.shape[-1]):
        seen = origins.month + month + 1 <= window.last
        by_age = of.on_book[month] * mortality[segment, np.minimum(age + month, mortality.shape[1] - 1)] * seen
        foreseen = np.bincount(cell, by_age, minlength=hazard[..., 0].size).reshape(hazard.shape[:2])
        scale[..., month] = sums.prepaid[month] / np.maximum(foreseen, 1e-12)
    return Table(hazard, scale, mortality)


def true_mortality(lives: Lives, origins: truth.Origins, of: truth.Ahead) -> Numbers:
    """True share of those not in default who are repaid in a month, by segment and month on book (from 1)."""
    segment, age = _SEGMENT[lives.of[origins.contract]], origins.month - lives.vintage[origins.contract]
    ages = 80
    cell = segment * ages + age
    repaid, on_book = (np.bincount(cell, each[0], minlength=3 * ages).reshape(3, ages) for each in (of.prepaid, of.on_book))
    return repaid / np.maximum(on_book, 1e-12)


def bucket_sums(book: Book, chance: Numbers) -> Numbers:
    """A chance summed by bucket."""
    sums: Numbers = np.bincount(book.bucket, chance, minlength=len(truth.BUCKETS)).astype(np.float64)
    return sums
