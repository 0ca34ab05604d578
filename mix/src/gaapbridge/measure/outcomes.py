"""Whether what came is what was expected: the distribution of how many contracts default, and the band it leaves.

A scenario strikes all contracts at once, so distributions are mixed over scenarios, never probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import erf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from gaapbridge.measure.compile import compiled

Numbers = NDArray[np.float64]

EXACT_BELOW_VARIANCE = 25.0
"""Variance below which the number of defaults is counted out exactly; above, it is taken for normal."""

NEGLIGIBLE = 1e-18
"""Probability at either end of a distribution that is left out."""


@compiled
def count_out(probability):  # type: ignore[no-untyped-def]
    """Distribution of how many of N independent contracts default (Poisson-binomial), by convolution.

    Returns the least number and the probabilities of it and those after it, ends of no weight left out.
    """
    mass = np.zeros(probability.size + 1)
    mass[0] = 1.0
    low, high = 0, 0
    for p in probability:
        mass[high + 1] = mass[high] * p
        for y in range(high, low, -1):
            mass[y] = mass[y] * (1.0 - p) + mass[y - 1] * p
        mass[low] = mass[low] * (1.0 - p)
        high += 1
        while high > low and mass[high] < NEGLIGIBLE:
            mass[high] = 0.0
            high -= 1
        while low < high and mass[low] < NEGLIGIBLE:
            mass[low] = 0.0
            low += 1
    return low, mass[low : high + 1]


@dataclass(frozen=True)
class Counted:
    """A distribution of numbers counted out: probabilities of ``low``, ``low`` + 1 and so on."""

    low: int
    mass: Numbers

    def plus(self, other: Counted) -> Counted:
        """That of two groups of contracts together."""
        return Counted(self.low + other.low, np.convolve(self.mass, other.mass))

    def up_to(self, number: int) -> float:
        """Probability of at most this number."""
        return float(self.mass[: max(number - self.low + 1, 0)].sum())


def counted_together(groups: Sequence[Counted | None]) -> Counted | None:
    """That of all groups together; None where one of them was not counted out."""
    known = [group for group in groups if group is not None]
    return reduce(Counted.plus, known) if known and len(known) == len(groups) else None


@dataclass(frozen=True)
class Expected:
    """What one scenario expects of a group: ``weight``, mean and variance of the number, and it counted out where that was
    done."""

    weight: float
    mean: float
    variance: float
    counted: Counted | None = None

    def up_to(self, number: int) -> float:
        """Probability of at most this number: counted out, else normal with continuity correction."""
        if self.counted is not None and self.variance < EXACT_BELOW_VARIANCE:
            return self.counted.up_to(number)
        if self.variance <= 0.0:
            return float(number >= round(self.mean))
        return 0.5 * (1.0 + erf((number + 0.5 - self.mean) / sqrt(2.0 * self.variance)))


@dataclass(frozen=True)
class Band:
    """From where to where an outcome is no surprise."""

    low: int
    high: int

    def holds(self, outcome: int) -> bool:
        """Whether an outcome lies in it."""
        return self.low <= outcome <= self.high


def band_of_number(scenarios: Sequence[Expected], alpha: float) -> Band:
    """The numbers that are no surprise at level ``alpha``, two-sided, the scenarios' distributions mixed by their weights.

    A number is one where at most that many, or at least that many, come with a probability below half of alpha. Of 100
    contracts at 2 % each, 2 are expected; at 5 % from none to 5 are no surprise:

    >>> band_of_number([Expected(1.0, 2.0, 1.96, Counted(*count_out(np.full(100, 0.02))))], 0.05)
    Band(low=0, high=5)
    """

    def up_to(number: int) -> float:
        return sum(one.weight * one.up_to(number) for one in scenarios)

    most = max(one.mean + 50.0 * sqrt(max(one.variance, 1.0)) for one in scenarios)
    low = _first(lambda y: up_to(y) >= alpha / 2.0, int(most))
    high = _first(lambda y: 1.0 - up_to(y) < alpha / 2.0, int(most))
    return Band(low, high)


def band_of_amount(expected: float, variance: float, alpha: float) -> Band:
    """The amounts that are no surprise at level ``alpha``, two-sided, of a sum that is taken for normal.

    >>> band_of_amount(1000.0, 100.0, 0.05)
    Band(low=980, high=1020)
    """
    half = NormalDist().inv_cdf(1.0 - alpha / 2.0) * sqrt(variance)
    return Band(round(expected - half), round(expected + half))


def _first(true_from: Callable[[int], bool], most: int) -> int:
    """The first number from nil on from which a condition holds, by halving."""
    low, high = 0, max(most, 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if true_from(middle) else (middle + 1, high)
    return low
