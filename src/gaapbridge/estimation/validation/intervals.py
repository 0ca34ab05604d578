"""Intervals that fit what was expected: of numbers counted out or normal by their size, of amounts by their variance.

An expected number is uncertain for four reasons, and each has its variance: chance among the contracts of one opening, sum of
p (1 - p); the same contract at two openings whose windows share months; the curves, fitted to so many distinct defaults; and
the calendar, in which all contracts fare better or worse together.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt

import numpy as np

from gaapbridge.measure.outcomes import EXACT_BELOW_VARIANCE, Band, Counted, Expected, band_of_amount, band_of_number

WIDEST = 6.0
"""Standard deviations beyond which a spread around a number has no weight."""


@dataclass(frozen=True)
class Spread:
    """Variances of an expected number or amount, by reason."""

    chance: float
    overlap: float
    curves: float
    calendar: float

    @property
    def beside_chance(self) -> float:
        """All but chance within an opening."""
        return max(0.0, self.overlap + self.curves + self.calendar)

    @property
    def total(self) -> float:
        """All of them: they are independent of each other."""
        return self.chance + self.beside_chance


def spread_out(counted: Counted, variance: float) -> Counted:
    """A distribution of numbers with a rounded normal of mean nil around each; what would lie below nil is nil.

    >>> spread_out(Counted(2, np.array([1.0])), 0.0).low
    2
    """
    if variance <= 0.0:
        return counted
    deviation = sqrt(variance)
    reach = int(np.ceil(WIDEST * deviation + 0.5))
    edges = np.array([0.5 * (1.0 + erf((k - 0.5) / (deviation * sqrt(2.0)))) for k in range(-reach, reach + 2)])
    mass = np.convolve(counted.mass, np.diff(edges))
    low = counted.low - reach
    if low < 0:
        mass = np.concatenate([[mass[: 1 - low].sum()], mass[1 - low :]])
        low = 0
    return Counted(low, mass / mass.sum())


def interval_of_number(mean: float, spread: Spread, counted: Counted | None, alpha: float) -> Band:
    """The numbers that are no surprise: counted out where the variance is below 25 and that was done, else normal.

    >>> interval_of_number(100.0, Spread(96.0, 0.0, 0.0, 0.0), None, 0.05)
    Band(low=81, high=119)
    >>> interval_of_number(100.0, Spread(96.0, 0.0, 0.0, 100.0), None, 0.05)
    Band(low=73, high=127)
    """
    if counted is not None and spread.total < EXACT_BELOW_VARIANCE:
        counted = spread_out(counted, spread.beside_chance)
    return band_of_number([Expected(1.0, mean, spread.total, counted)], alpha)


def interval_of_amount(mean: float, spread: Spread, alpha: float) -> Band:
    """The amounts that are no surprise, of a sum taken for normal; none is below nil.

    >>> interval_of_amount(1000.0, Spread(1e6, 0.0, 0.0, 0.0), 0.05)
    Band(low=0, high=2960)
    """
    band = band_of_amount(mean, spread.total, alpha)
    return Band(max(0, band.low), band.high)


def shared_months(openings: tuple[int, ...], window: int) -> np.ndarray:
    """Share of its window that each opening has in common with each other.

    >>> shared_months((0, 3, 20), 12).tolist()
    [[1.0, 0.75, 0.0], [0.75, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    at = np.array(openings)
    shared: np.ndarray = np.maximum(0.0, 1.0 - np.abs(at[:, None] - at[None, :]) / window)
    return shared
