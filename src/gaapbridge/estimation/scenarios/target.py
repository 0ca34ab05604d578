"""What a satellite explains: by how much the log-odds of worsening of all buckets lay above their own average, by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.scenarios.series import Monthly
from gaapbridge.estimation.scenarios.transitions import Worsening

_ROUNDS = 200
_CLOSE = 1e-10
_STEPS = 60
_WIDEST = 30.0
"""Log-odds beyond which no shift is looked for."""


@dataclass(frozen=True)
class Target:
    """The ``shift`` of each month, not a number where the month is left out; of those that had contracts at risk, how many were
    ``thin`` and so left out."""

    shift: Monthly
    thin: int

    @property
    def months(self) -> int:
        """Months that have a shift."""
        return int(np.isfinite(self.shift.values).sum())


def shift_by_month(counted: Worsening, least_expected: float) -> Target:
    """The shift of each month in the log-odds of worsening that all buckets share, on average nil.

    Log-odds of a bucket in a month are those of the bucket plus the shift of the month: the likeliest of both, found in turns,
    under which the number expected to worsen is the number who did, in each month and from each bucket. So a month in which the
    book has more arrears is none in which the odds were higher. A month in which, at the average odds of its buckets, fewer
    than ``least_expected`` would worsen is left out, whatever came: the first months of a history, which few contracts are old
    enough for. Half a contract is added to who worsened in a month, and one to who was at risk, for one in which nobody did.
    With one bucket it is the log-odds of the month less their mean.
    """
    usual = counted.worsened.sum(axis=0) / np.maximum(counted.at_risk.sum(axis=0), 1)
    expected = (counted.at_risk * usual).sum(axis=1)
    seen = (expected >= least_expected) & (expected > 0.0)
    risk = counted.at_risk[seen].astype(np.float64)
    month = risk.sum(axis=1, keepdims=True)
    came = counted.worsened[seen] * (month / (month + 1.0)) + 0.5 * risk / (month + 1.0)
    bucket, shift = np.zeros(risk.shape[1]), np.zeros(risk.shape[0])
    for _ in range(_ROUNDS):
        bucket = _solved(risk.T, came.sum(axis=0), shift)
        before, shift = shift, _solved(risk, came.sum(axis=1), bucket)
        shift = shift - (shift.mean() if shift.size else 0.0)
        if np.abs(shift - before).max(initial=0.0) < _CLOSE:
            break
    values = np.full(expected.size, np.nan)
    values[seen] = shift
    return Target(Monthly(counted.first, values), int((expected > 0.0).sum() - seen.sum()))


def _solved(at_risk: Numbers, came: Numbers, others: Numbers) -> Numbers:
    """For each row the log-odds that, added to those of its columns, make the expected number who worsen ``came``."""
    low, high = np.full(came.size, -_WIDEST), np.full(came.size, _WIDEST)
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        expected = (at_risk / (1.0 + np.exp(-(middle[:, None] + others)))).sum(axis=1)
        low, high = np.where(expected < came, middle, low), np.where(expected < came, high, middle)
    found: Numbers = (low + high) / 2.0
    return found
