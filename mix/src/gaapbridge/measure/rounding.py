"""The one seam between estimates and money: float64 estimates become int64 minor units, half away from zero."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from gaapbridge.measure.compile import compiled

BEYOND = 2**60
"""Beyond every amount that is taken for one, and within 64 bits: what is larger is cut to it, and refused where it is added."""


def to_minor(estimate: NDArray[np.float64]) -> NDArray[np.int64]:
    """Minor units of an estimate, rounded half away from zero. An estimate that is not finite is our mistake.

    >>> to_minor(np.array([2.5, -2.5, 0.49999999999999994])).tolist()
    [3, -3, 0]
    >>> abs(int(to_minor(np.array([-1e300]))[0])) >= BEYOND
    True
    """
    estimates = np.require(estimate, np.float64, ["C", "W"]).reshape(-1)
    rounded = np.empty(estimates.shape, np.int64)
    if not _round(estimates, rounded, float(BEYOND)):
        if not np.isfinite(estimates).all():
            raise ValueError("an estimate is not a finite number; contracts without a rate must be rejected before")
        _round(np.clip(estimates, -BEYOND, BEYOND), rounded, float(BEYOND))
    return rounded.reshape(estimate.shape)


@compiled
def _round(estimates, rounded, beyond):  # type: ignore[no-untyped-def]
    """Fills whole numbers, and says whether all of them are within what is taken for an amount."""
    within = True
    for place in range(estimates.size):
        whole = np.trunc(estimates[place])
        away = np.trunc(2.0 * (estimates[place] - whole))  # one, with its sign, where half a unit or more is behind the point
        within &= abs(whole) <= beyond
        rounded[place] = np.int64(whole + away)
    return within


def fraction_of(amount_minor: NDArray[np.int64], fraction: Fraction) -> NDArray[np.int64]:
    """An exact rational share of whole minor units, rounded half away from zero, in integers throughout.

    >>> fraction_of(np.array([106, -53, 350]), Fraction(6, 106)).tolist()
    [6, -3, 20]
    """
    numerator, denominator = fraction.numerator, fraction.denominator
    limit = (2**62) // max(1, 2 * abs(numerator), denominator)
    if amount_minor.size and int(np.abs(amount_minor).max()) > limit:
        amount_minor = amount_minor.astype(object)  # whole numbers of any size
    magnitude = (2 * np.abs(amount_minor) * abs(numerator) + denominator) // (2 * denominator)
    sign = np.sign(amount_minor) * (1 if numerator >= 0 else -1)
    shared: NDArray[np.int64] = np.asarray(sign * magnitude, dtype=np.int64)
    return shared
