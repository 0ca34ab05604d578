"""Survival and loss tables: scenarios, hazards, prepayment and loss given default folded into one row per kind of contract.

A discrete hazard model: S_0 = 1, S_t = S_{t-1} (1 - h_t - s_t), with h the conditional monthly default hazard and s the
single monthly mortality. Losses are weighted over scenarios, never their drivers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class TableIndex:
    """Row of a folded table for (segment, bucket, age): ages beyond the last stand on the last."""

    buckets: int
    ages: int

    def row(self, segment: NDArray[np.int64], bucket: NDArray[np.int64], age: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row numbers, all shapes N.

        >>> TableIndex(4, 10).row(np.array([1]), np.array([2]), np.array([99])).tolist()
        [69]
        """
        rows: NDArray[np.int64] = (segment * self.buckets + bucket) * self.ages + np.minimum(age, self.ages - 1)
        return rows


def survival(hazard: Numbers, mortality: Numbers) -> Numbers:
    """Share still performing at the start of each month and after the last: last axis T in, T + 1 out.

    >>> survival(np.array([0.02, 0.03]), np.array([0.0, 0.0])).round(4).tolist()
    [1.0, 0.98, 0.9506]
    """
    alive = np.cumprod(1.0 - hazard - mortality, axis=-1)
    return np.concatenate([np.ones_like(alive[..., :1]), alive], axis=-1)


def _by_age(mortality: Numbers, ages: int, months: int) -> Numbers:
    """Mortality of month t ahead for a contract of each age: segment x month -> segment x age x t (month on book age + t)."""
    window = np.arange(ages)[:, None] + np.arange(1, months + 1)[None, :]
    by_age: Numbers = mortality[:, np.minimum(window, mortality.shape[1] - 1)]
    return by_age


def loss_weights(
    hazard: Numbers, mortality: Numbers, loss_given_default: Numbers, scenario_weights: Numbers, ages: int
) -> Numbers:
    """Weight of each month's exposure in the expected loss: sum over scenarios of w S_{t-1} h_t LGD.

    ``hazard`` scenario x segment x bucket x T, ``mortality`` segment x month on book (column 0 unused),
    ``loss_given_default`` scenario x segment. Returns rows (segment, bucket, age) x T; see ``TableIndex``.
    """
    segments, buckets, months = hazard.shape[1:]
    by_age = _by_age(mortality, ages, months)
    folded = np.zeros((segments, buckets, ages, months))
    for z, weight in enumerate(scenario_weights):
        conditional = hazard[z][:, :, None, :]
        alive = survival(conditional, by_age[:, None, :, :])[..., :-1]
        folded += weight * alive * conditional * loss_given_default[z][:, None, None, None]
    return folded.reshape(segments * buckets * ages, months)


@dataclass(frozen=True)
class DefaultProbabilities:
    """Scenario-weighted default probability to each month ahead, and survival; rows as in ``TableIndex``, columns 0..T."""

    cumulative: Numbers
    alive: Numbers

    def within(self, row: NDArray[np.int64], months: NDArray[np.int64]) -> Numbers:
        """Probability of default within the next ``months``, from today."""
        found: Numbers = self.cumulative[row, np.minimum(months, self.cumulative.shape[1] - 1)]
        return found

    def between(self, row: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]) -> Numbers:
        """Probability of default in (start, end], given performing at start, as seen from month nil."""
        alive = self.alive[row, np.minimum(start, self.alive.shape[1] - 1)]
        gained = self.within(row, end) - self.within(row, start)
        conditional: Numbers = np.where(alive > 0.0, gained / np.where(alive > 0.0, alive, 1.0), 0.0)
        return conditional


def default_probabilities(hazard: Numbers, mortality: Numbers, scenario_weights: Numbers, ages: int) -> DefaultProbabilities:
    """Cumulative default probabilities over remaining life: sum over scenarios of w S_{t-1} h_t.

    Two years at 2 % and 3 %, no prepayment: 0.02 and 0.02 + 0.98 x 0.03 = 0.0494.
    """
    segments, buckets, months = hazard.shape[1:]
    by_age = _by_age(mortality, ages, months)
    shape = (segments, buckets, ages, months + 1)
    cumulative, surviving = np.zeros(shape), np.zeros(shape)
    for z, weight in enumerate(scenario_weights):
        conditional = hazard[z][:, :, None, :]
        alive = survival(conditional, by_age[:, None, :, :])
        cumulative[..., 1:] += weight * np.cumsum(alive[..., :-1] * conditional, axis=-1)
        surviving += weight * alive
    rows = segments * buckets * ages
    return DefaultProbabilities(cumulative.reshape(rows, months + 1), surviving.reshape(rows, months + 1))
