"""Cells of a book: by what contracts are put together, and what is added up of each, chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.estimation.months import UNKNOWN
from gaapbridge.estimation.seen import last_day
from gaapbridge.estimation.validation.book import Book, Places
from gaapbridge.estimation.validation.conditions import Conditions
from gaapbridge.measure.outcomes import EXACT_BELOW_VARIANCE, Counted, count_out

Numbers = NDArray[np.float64]

PARTS = 1_000_000_000
"""A probability of one: probabilities are added in whole parts of it, so that no order changes a sum."""

DEFAULT, PREPAYMENT = 0, 1
OUTCOMES = ("default", "prepayment")

AGE_BAND_MONTHS = 12
VINTAGES = 120
"""Years of origination that can be told apart, from ``FIRST_YEAR``; one place more holds those not stated."""
FIRST_YEAR = 1950

BANDS_MINOR = tuple(step * 10**power for power in range(2, 13) for step in (1, 2, 5))
"""Edges of the bands of balances: 1, 2, 5, 10 of the currency and so on, where a hundred minor units are one."""


BEHIND = (0.5, 0.8, 0.97, 1.03)
"""Edges of the bands of a balance over what a level instalment would have left of the principal: under one it is paid ahead."""


@dataclass(frozen=True)
class Grid:
    """Every cell of every dimension under a number of its own, and what each is called."""

    conditions: Conditions
    openings: tuple[int, ...]

    @property
    def sizes(self) -> dict[str, int]:
        """Cells by dimension, in the order of their numbers."""
        buckets, segments, ages = len(self.conditions.buckets), len(self.conditions.segments), MONTHS // AGE_BAND_MONTHS
        return {
            "all": 1, "bucket": buckets, "segment": segments, "bucket x segment": buckets * segments, "age": ages,
            "segment x age": segments * ages, "vintage": VINTAGES + 1, "balance": len(BANDS_MINOR) + 1,
            "balance over schedule": len(BEHIND) + 2,
            "opening": len(self.openings),
        }  # fmt: skip

    @property
    def cells(self) -> int:
        """How many there are."""
        return sum(self.sizes.values())

    def of(self, book: Book) -> Places:
        """The cells that each contract of a book is in, dimension x N."""
        segments, ages = len(self.conditions.segments), MONTHS // AGE_BAND_MONTHS
        age = np.clip((book.age - 1) // AGE_BAND_MONTHS, 0, ages - 1)
        year = np.where(book.vintage == UNKNOWN, VINTAGES, np.clip(book.vintage // 12 - FIRST_YEAR, 0, VINTAGES - 1))
        band = np.searchsorted(np.array(BANDS_MINOR), book.balance_minor, side="right")
        opening = np.full_like(age, self.openings.index(book.opening))
        within = (
            np.zeros_like(age), book.bucket, book.segment, book.bucket * segments + book.segment, age,
            book.segment * ages + age, year, band, _behind(book), opening,
        )  # fmt: skip
        starts = np.concatenate([[0], np.cumsum(list(self.sizes.values()))[:-1]])
        numbered: Places = np.stack(within) + starts[:, None]
        return numbered

    def names(self) -> list[tuple[str, str]]:
        """Dimension and name of every cell, by its number."""
        segments, ages = self.conditions.segments, [self._age(one) for one in range(MONTHS // AGE_BAND_MONTHS)]
        of = {
            "all": ["all"], "bucket": list(self.conditions.buckets), "segment": list(segments),
            "bucket x segment": [f"{bucket}, {segment}" for bucket in self.conditions.buckets for segment in segments],
            "age": ages, "segment x age": [f"{segment}, {age}" for segment in segments for age in ages],
            "vintage": [str(FIRST_YEAR + year) for year in range(VINTAGES)] + ["not stated"],
            "balance": [_band(place) for place in range(len(BANDS_MINOR) + 1)],
            "balance over schedule": [*_BEHIND, "not stated"],
            "opening": [last_day(one).isoformat() for one in self.openings],
        }  # fmt: skip
        return [(dimension, name) for dimension in self.sizes for name in of[dimension]]

    @staticmethod
    def _age(band: int) -> str:
        return f"month on book {band * AGE_BAND_MONTHS + 1} to {(band + 1) * AGE_BAND_MONTHS}"


_BEHIND = (
    f"under {BEHIND[0]:g}",
    *(f"{low:g} to {high:g}" for low, high in pairwise(BEHIND)),
    f"from {BEHIND[-1]:g}",
)


def _behind(book: Book) -> Places:
    """The band of each contract's balance over its schedule; the last place is of those whose instalments are not stated."""
    stated = (book.remaining > 0) & (book.age >= 0) & (book.principal_minor > 0)
    left, whole = np.where(stated, book.remaining, 1), np.where(stated, book.age + book.remaining, 1)
    rate = np.maximum(book.rate, 1e-9) / 12.0  # as good as no interest, which has no form of its own then
    scheduled = book.principal_minor * np.expm1(-left * np.log1p(rate)) / np.expm1(-whole * np.log1p(rate))
    ratio = np.divide(book.balance_minor, scheduled, out=np.ones(len(left)), where=scheduled > 0.0)
    return np.where(stated, np.searchsorted(np.array(BEHIND), ratio, side="right"), len(BEHIND) + 1)


def _band(place: int) -> str:
    edges = [f"{edge // 100:,}" for edge in BANDS_MINOR]
    if place == 0:
        return f"under {edges[0]}"
    return f"from {edges[-1]}" if place == len(edges) else f"{edges[place - 1]} to {edges[place]}"


@dataclass
class Tally:
    """Sums by outcome and cell, of all openings together: those whose outcome came, and what was expected, in numbers (parts of
    ``PARTS``) and in balances at the opening, with the variance that chance gives them and that of a contract counted at two
    openings. ``contracts`` by opening and cell; ``by_bucket``: what was expected by outcome, opening, cell and bucket.
    ``counted``: the distribution of the number, None where it grew too large to be counted out.
    """

    grid: Grid
    contracts: Places = field(init=False)
    came: Places = field(init=False)
    came_minor: Places = field(init=False)
    expected_parts: Places = field(init=False)
    expected_minor: Places = field(init=False)
    chance: Numbers = field(init=False)
    overlap: Numbers = field(init=False)
    by_bucket: Numbers = field(init=False)
    counted: dict[tuple[int, int], Counted | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        cells, outcomes = self.grid.cells, len(OUTCOMES)
        openings, buckets = len(self.grid.openings), len(self.grid.conditions.buckets)
        self.contracts = np.zeros((openings, cells), dtype=np.int64)
        for name in ("came", "came_minor", "expected_parts", "expected_minor"):
            setattr(self, name, np.zeros((outcomes, cells), dtype=np.int64))
        self.chance, self.overlap = np.zeros((2, outcomes, cells)), np.zeros((2, outcomes, cells))
        self.by_bucket = np.zeros((2, outcomes, openings, cells, buckets))

    def count(self, book: Book, cells: Places) -> None:
        """Add the contracts of a book."""
        at = self.grid.openings.index(book.opening)
        self.contracts[at] += np.bincount(cells.reshape(-1), minlength=self.grid.cells)

    def add(self, outcome: int, book: Book, cells: Places, probability: Numbers, came: NDArray[np.bool_]) -> None:
        """Add what was expected of each contract of a book and what came."""
        flat, every = cells.reshape(-1), len(cells)
        parts, balance = np.rint(probability * PARTS), book.balance_minor
        doubt = probability * (1.0 - probability)

        def added(values: Numbers | Places) -> Numbers:
            return np.asarray(np.bincount(flat, np.tile(values, every), minlength=self.grid.cells), dtype=np.float64)

        self.came[outcome] += added(came.astype(np.float64)).astype(np.int64)
        self.came_minor[outcome] += added(np.where(came, balance, 0)).astype(np.int64)
        self.expected_parts[outcome] += added(parts).astype(np.int64)
        self.expected_minor[outcome] += added(np.rint(probability * balance)).astype(np.int64)
        self.chance[0, outcome] += added(doubt)
        self.chance[1, outcome] += added(doubt * balance.astype(np.float64) ** 2)
        buckets, opening = self.by_bucket.shape[-1], self.grid.openings.index(book.opening)
        keys = (cells * buckets + book.bucket[None, :]).reshape(-1)
        for unit, value in enumerate((probability, probability * balance)):
            sums = np.bincount(keys, np.tile(value, every), minlength=self.grid.cells * buckets)
            self.by_bucket[unit, outcome, opening] += sums.reshape(-1, buckets)
        for of_dimension in cells:
            self._count_out(outcome, of_dimension, probability)

    def share(self, outcome: int, cells: Places, covariance: Numbers, balances: Numbers) -> None:
        """Add the covariance of contracts that stand in the same cells at two openings; ``balances``: product of the two."""
        flat, every = cells.reshape(-1), len(cells)
        inside = flat >= 0
        for unit, value in enumerate((covariance, covariance * balances)):
            self.overlap[unit, outcome] += 2.0 * np.bincount(
                flat[inside], np.tile(value, every)[inside], minlength=self.grid.cells
            )

    def _count_out(self, outcome: int, cells: Places, probability: Numbers) -> None:
        order = np.argsort(cells, kind="stable")
        ends = np.flatnonzero(np.diff(cells[order], prepend=-1, append=-1))
        for first, last in pairwise(ends):
            key, of_cell = (outcome, int(cells[order[first]])), probability[order[first:last]]
            before = self.counted.get(key, NOTHING_COUNTED)
            if before is None or self.chance[0, outcome, key[1]] >= EXACT_BELOW_VARIANCE:
                self.counted[key] = None
            else:
                self.counted[key] = before.plus(Counted(*count_out(of_cell)))


NOTHING_COUNTED = Counted(0, np.ones(1))
"""The distribution of the number among no contracts: nil for certain."""
