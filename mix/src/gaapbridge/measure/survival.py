"""Survival and loss tables: scenarios, hazards, prepayment and loss given default folded into one row per kind of contract.

A discrete hazard model: S_0 = 1, S_t = S_{t-1} (1 - h_t - s_t c_t), with h the conditional monthly hazard of default being
recognised, s the single monthly mortality of those who prepay, and c the share of those on book who are current and pay, for
only they do. Losses are weighted over scenarios, never their drivers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class TableIndex:
    """Row of a folded table for (pool, bucket, age): ages beyond the last stand on the last."""

    buckets: int
    ages: int

    def row(self, pool: NDArray[np.int64], bucket: NDArray[np.int64] | int, age: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row numbers, all shapes N.

        >>> TableIndex(4, 10).row(np.array([1]), np.array([2]), np.array([99])).tolist()
        [69]
        """
        rows: NDArray[np.int64] = (pool * self.buckets + bucket) * self.ages + np.minimum(age, self.ages - 1)
        return rows

    def bucket(self, row: NDArray[np.int64]) -> NDArray[np.int64]:
        """The bucket that a row is of.

        >>> TableIndex(4, 10).bucket(np.array([69])).tolist()
        [2]
        """
        buckets: NDArray[np.int64] = row // self.ages % self.buckets
        return buckets


def survival(hazard: Numbers, leaving: Numbers) -> Numbers:
    """Share still on book at the start of each month and after the last: last axis T in, T + 1 out.

    ``leaving`` is the share that prepays in the month.

    >>> survival(np.array([0.02, 0.03]), np.array([0.0, 0.0])).round(4).tolist()
    [1.0, 0.98, 0.9506]
    """
    alive = np.cumprod(1.0 - hazard - leaving, axis=-1)
    return np.concatenate([np.ones_like(alive[..., :1]), alive], axis=-1)


@dataclass(frozen=True)
class Risk:
    """What a version of the curves says of the months ahead, as one framework sees it.

    ``hazard`` and ``performing`` scenario x pool x bucket x T, ``mortality`` pool x month on book (column 0 unused),
    ``scenario_weights`` scenario. ``ages`` is how many ages need a row of their own.
    """

    hazard: Numbers
    performing: Numbers
    mortality: Numbers
    scenario_weights: Numbers
    ages: int

    def recognised(self, scenario: int) -> tuple[Numbers, Numbers]:
        """S_{t-1} h_t and S of one scenario: pool x bucket x age x T, and T + 1 for the survival."""
        hazard, performing = (table[scenario][:, :, None, :] for table in (self.hazard, self.performing))
        alive = survival(hazard, self._mortality_ahead()[:, None, :, :] * performing)
        return alive[..., :-1] * hazard, alive

    def _mortality_ahead(self) -> Numbers:
        """Mortality of month t ahead of a contract of each age: pool x age x t (month on book age + t)."""
        window = np.arange(self.ages)[:, None] + np.arange(1, self.hazard.shape[-1] + 1)[None, :]
        ahead: Numbers = self.mortality[:, np.minimum(window, self.mortality.shape[1] - 1)]
        return ahead


def loss_weights(risk: Risk, loss_given_default: Numbers) -> Numbers:
    """Weight of each month's exposure in the expected loss: sum over scenarios of w S_{t-1} h_t LGD.

    ``loss_given_default`` scenario x pool. Returns rows (pool, bucket, age) x T; see ``TableIndex``.
    """
    folded = np.zeros((*risk.hazard.shape[1:3], risk.ages, risk.hazard.shape[-1]))
    for z, weight in enumerate(risk.scenario_weights):
        folded += weight * risk.recognised(z)[0] * loss_given_default[z][:, None, None, None]
    return folded.reshape(-1, folded.shape[-1])


def default_probabilities(risk: Risk) -> Numbers:
    """Probability that default is recognised within 0..T months: sum over scenarios of w S_{t-1} h_t, rows as in
    ``TableIndex``.

    Two months at 2 % and 3 %, no prepayment: 0.02 and 0.02 + 0.98 x 0.03 = 0.0494.
    """
    within = np.zeros((*risk.hazard.shape[1:3], risk.ages, risk.hazard.shape[-1] + 1))
    for z, weight in enumerate(risk.scenario_weights):
        within[..., 1:] += weight * np.cumsum(risk.recognised(z)[0], axis=-1)
    return within.reshape(-1, within.shape[-1])
