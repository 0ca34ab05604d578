"""Expected credit loss of single exposures: the functions of the tape kernel, callable for one contract.

Periods are counted; the standards' annual examples and monthly tapes use the same functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class DualMeasurement:
    """One exposure measured every way: stage 1, lifetime, CECL discounted and not, and what makes the difference."""

    marginal_default_probability: Numbers
    losses_by_period: Numbers
    ifrs_stage_1: float
    lifetime_discounted: float
    twelve_months_undiscounted: float
    cecl_undiscounted: float
    annual_probability_times_opening: float

    @property
    def ifrs_stage_2(self) -> float:
        """Lifetime loss under IFRS: discounted."""
        return self.lifetime_discounted

    @property
    def cecl_discounted(self) -> float:
        """Lifetime loss under CECL by discounted cash flows: the same."""
        return self.lifetime_discounted

    @property
    def stage_1_less_cecl_discounted(self) -> float:
        """IFRS stage 1 less CECL discounted: the horizon alone."""
        return self.ifrs_stage_1 - self.lifetime_discounted

    @property
    def horizon_undiscounted(self) -> float:
        """What the shorter horizon takes off, undiscounted."""
        return self.twelve_months_undiscounted - self.cecl_undiscounted

    @property
    def stage_1_less_cecl_undiscounted(self) -> float:
        """IFRS stage 1 less CECL undiscounted: horizon and discounting."""
        return self.ifrs_stage_1 - self.cecl_undiscounted

    @property
    def discounting(self) -> float:
        """What discounting adds once the horizon has been shortened, undiscounted."""
        return self.stage_1_less_cecl_undiscounted - self.horizon_undiscounted


def dual_measurement(
    exposure: Sequence[float], hazard: Sequence[float], loss_given_default: float, rate: float, twelve_months: int
) -> DualMeasurement:
    """An exposure path under both frameworks; ``twelve_months`` is a year in periods (1 on an annual grid).

    The naive figure is the probability of default within a year times the opening exposure, which overstates amortising loans.
    """

    def loss(at: float | None, horizon: int | None) -> float:
        return expected_credit_loss(exposure, hazard, loss_given_default, at, horizon, "end")

    year = marginal_default_probability(hazard[:twelve_months]).sum()
    return DualMeasurement(
        marginal_default_probability=marginal_default_probability(hazard),
        losses_by_period=losses_by_period(exposure, hazard, loss_given_default, rate, "end"),
        ifrs_stage_1=loss(rate, twelve_months),
        lifetime_discounted=loss(rate, None),
        twelve_months_undiscounted=loss(None, twelve_months),
        cecl_undiscounted=loss(None, None),
        annual_probability_times_opening=float(year) * loss_given_default * exposure[0],
    )


def interest_revenue(gross_carrying_amount: float, loss_allowance: float, rate: float, stage: int) -> float:
    """Interest of a period: on the gross amount in stages 1 and 2, net of the allowance in stage 3 (IFRS 9 5.4.1).

    >>> round(interest_revenue(100, 2, 0.1, 3), 10)
    9.8
    """
    return rate * net_carrying_amount(gross_carrying_amount, loss_allowance if stage == 3 else 0.0)


def net_carrying_amount(gross_carrying_amount: float, loss_allowance: float) -> float:
    """Amortised cost: the gross carrying amount less the loss allowance (IFRS 9 Appendix A)."""
    return gross_carrying_amount - loss_allowance


def closing_allowance(opening_allowance: float, provision_expense: float, write_offs: float, recoveries: float) -> float:
    """Allowance at the end: opening plus provision, less write-offs, plus recoveries (326-20-35-8)."""
    return opening_allowance + provision_expense - write_offs + recoveries


def discounted_loss(loss: float, rate: float, period: int, timing: str) -> float:
    """A loss of one period discounted to the reporting date, by the moment of default within the period.

    >>> round(discounted_loss(9, 0.1, 1, "middle"), 7)
    8.5811633
    """
    return loss * discount_factor(rate, period, timing)


@dataclass(frozen=True)
class WeightedLoss:
    """A probability-weighted loss beside the loss of the likeliest scenario, which falls short where losses are convex."""

    probability_weighted: float
    most_likely: float

    @property
    def shortfall(self) -> float:
        """What the likeliest scenario leaves out."""
        return self.probability_weighted - self.most_likely


def weighted_and_most_likely(losses: Sequence[float], weights: Sequence[float]) -> WeightedLoss:
    """Losses by scenario weighted by probability, and that of the likeliest scenario (IFRS 9 5.5.18, B5.5.42)."""
    likeliest = max(range(len(weights)), key=lambda place: weights[place])
    return WeightedLoss(probability_weighted(losses, weights), losses[likeliest])
