"""Expected credit loss of single exposures: the functions of the tape kernel, callable for one contract.

Periods are counted; the standards' annual examples and monthly tapes use the same functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gaapbridge.measure import kernels
from gaapbridge.measure.survival import survival

Numbers = NDArray[np.float64]

TIMING_SHIFT: Mapping[str, float] = {"end": 0.0, "middle": 0.5, "start": 1.0}
"""Moment of default within its period, as the part of the period that is not discounted (tau)."""


def discount_factor(rate: float, period: int, timing: str) -> float:
    """Discount factor of a default in ``period`` (1, 2, ...): (1 + rate)^-(period - tau).

    >>> round(discount_factor(0.1, 1, "middle"), 8)
    0.95346259
    """
    return float((1.0 + rate) ** -(period - TIMING_SHIFT[timing]))


def marginal_default_probability(hazard: Sequence[float]) -> Numbers:
    """Probability of defaulting in each period as seen from today: survival times conditional hazard.

    >>> marginal_default_probability([0.02, 0.03, 0.04]).round(6).tolist()
    [0.02, 0.0294, 0.038024]
    """
    conditional = np.array(hazard, dtype=np.float64)
    marginal: Numbers = survival(conditional, np.zeros_like(conditional))[:-1] * conditional
    return marginal


def expected_credit_loss(
    exposure: Sequence[float],
    hazard: Sequence[float],
    loss_given_default: float,
    rate: float | None,
    horizon: int | None,
    timing: str,
) -> float:
    """Expected loss of one exposure path: sum to the horizon of S h LGD EAD D, undiscounted where ``rate`` is None.

    ``exposure[t-1]`` is the exposure at the start of period t; ``horizon`` None means the whole life.

    >>> round(expected_credit_loss([900, 600, 300], [0.02, 0.03, 0.04], 0.5, 0.1, None, "end"), 8)
    19.75627348
    """
    periods = len(exposure) if horizon is None else min(horizon, len(exposure))
    weights = marginal_default_probability(hazard) * loss_given_default
    factor = 1.0 if rate is None else 1.0 / (1.0 + rate)
    balance = np.array([*exposure, 0.0], dtype=np.float64)
    total, _ = kernels.expected_loss(weights, balance, 1.0, 0, periods, True, 0.0, 0.0, 0.0, factor, periods)
    return float(total * factor ** -TIMING_SHIFT[timing])


def losses_by_period(
    exposure: Sequence[float], hazard: Sequence[float], loss_given_default: float, rate: float | None, timing: str
) -> Numbers:
    """The terms of ``expected_credit_loss`` period by period."""
    shares = marginal_default_probability(hazard)
    factors = [1.0 if rate is None else discount_factor(rate, t, timing) for t in range(1, len(exposure) + 1)]
    terms: Numbers = shares * loss_given_default * np.array(exposure) * np.array(factors)
    return terms


def probability_weighted(losses: Sequence[float], weights: Sequence[float]) -> float:
    """Probability-weighted loss over scenarios (IFRS 9 5.5.17(a)): losses are weighted, not their drivers.

    >>> probability_weighted([30, 70, 170], [0.2, 0.5, 0.3])
    92.0
    """
    if abs(sum(weights) - 1.0) > 1e-12:
        raise ValueError("scenario weights must add up to one")
    return float(np.dot(losses, weights))


def provision(opening_allowance: float, write_offs: float, recoveries: float, closing_allowance: float) -> float:
    """Provision of a period: change of the allowance plus write-offs less recoveries (326-20-35-8; IFRS 9 5.5.8).

    >>> provision(500, 320, 45, 610)
    385
    """
    return closing_allowance - opening_allowance + write_offs - recoveries
