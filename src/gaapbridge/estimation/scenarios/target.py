"""What a satellite explains: by how much the log-odds of worsening of all buckets lay above their own average, by month."""

from __future__ import annotations

import numpy as np

from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.scenarios.series import Monthly
from gaapbridge.estimation.scenarios.transitions import Worsening

_ROUNDS = 200
_CLOSE = 1e-10
_STEPS = 60
_WIDEST = 30.0
"""Log-odds beyond which no shift is looked for."""


def shift_by_month(counted: Worsening) -> Monthly:
    """The shift of each month in the log-odds of worsening that all buckets share, on average nil; nothing where nobody was at
    risk.

    Log-odds of a bucket in a month are those of the bucket plus the shift of the month: the likeliest of both, found in turns,
    under which the number expected to worsen is the number who did, in each month and from each bucket. So a month in which the
    book has more arrears is none in which the odds were higher. Half a contract is added to who worsened in a month, and one to
    who was at risk, for one in which nobody did. With one bucket it is the log-odds of the month less their mean.
    """
    at_risk = counted.at_risk.sum(axis=1)
    seen = at_risk > 0
    risk = counted.at_risk[seen].astype(np.float64)
    size = at_risk[seen] / (at_risk[seen] + 1.0)
    came = counted.worsened[seen] * size[:, None] + 0.5 * risk / (at_risk[seen] + 1.0)[:, None]
    bucket, shift = np.zeros(risk.shape[1]), np.zeros(risk.shape[0])
    for _ in range(_ROUNDS):
        bucket = _solved(risk.T, came.sum(axis=0), shift)
        before, shift = shift, _solved(risk, came.sum(axis=1), bucket)
        shift = shift - shift.mean()
        if np.abs(shift - before).max(initial=0.0) < _CLOSE:
            break
    values = np.full(at_risk.size, np.nan)
    values[seen] = shift
    return Monthly(counted.first, values)


def _solved(at_risk: Numbers, came: Numbers, others: Numbers) -> Numbers:
    """For each row the log-odds that, added to those of its columns, make the expected number who worsen ``came``."""
    low, high = np.full(came.size, -_WIDEST), np.full(came.size, _WIDEST)
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        expected = (at_risk / (1.0 + np.exp(-(middle[:, None] + others)))).sum(axis=1)
        low, high = np.where(expected < came, middle, low), np.where(expected < came, high, middle)
    found: Numbers = (low + high) / 2.0
    return found
