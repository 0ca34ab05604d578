"""The market the example lender lives in: who its borrowers are and how they pay, as fixed probabilities.

These are the true parameters. The simulation draws from them and the curves given to the plan are computed
from them, so that the lender's estimates are neither too high nor too low on average. Two regimes: in the
middle of 2023 borrowers begin to miss more and to prepay less, which is why the curves have a second version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

CHANNELS = ("app", "partner")
BANDS = ("a", "b", "c", "d")
SEGMENTS = tuple(f"{channel}-{band}" for channel in CHANNELS for band in BANDS)
"""Eight segments: channel by risk band. A segment's number is its place here."""

VERSIONS = (date(2020, 1, 1), date(2023, 6, 30))
"""First day of each regime, and ``valid_from`` of the curves describing it."""

SCENARIOS = ("base", "upside", "downside", "long_run")
BUCKETS = ("current", "1-30", "31-60", "61-90")

DEFAULT_DAYS = 90
WRITE_OFF_DAYS = 180
RECOVERY_MONTHS = 18
LONGEST_TERM = 36

_WORSENING_ODDS = {"base": 1.0, "upside": 0.8, "downside": 1.55, "long_run": 1.1}
_RECOVERY_FACTOR = {"base": 1.0, "upside": 1.1, "downside": 0.8, "long_run": 0.95}
_MISS = np.array([0.011, 0.020, 0.031, 0.044])
_ROLL = np.array([[0.24, 0.62, 0.82], [0.27, 0.65, 0.84], [0.30, 0.68, 0.86], [0.33, 0.70, 0.87]])
_PAYS_ONE = np.array([0.15, 0.10, 0.0])
_PREPAYMENT = np.array([0.024, 0.027, 0.033, 0.037])
_RECOVERED = np.array([0.30, 0.27, 0.23, 0.19])
_CURE_IN_DEFAULT = 0.03
_RECOVERY_DISCOUNT_A_MONTH = 0.01


@dataclass(frozen=True)
class Regime:
    """Monthly probabilities by segment, in force from one date.

    ``miss`` S: a current borrower leaves an instalment unpaid. ``roll`` S x 3: a borrower 1-30, 31-60, 61-90
    days past due pays nothing again; from 61-90 that is default. ``pays_one`` 3: pays the oldest instalment
    only. Otherwise all arrears are paid. ``prepay`` S x 36: a current borrower repays in full after the
    instalment of that month on book. ``recovered`` S: share of a write-off that comes back over eighteen
    months.
    """

    miss: Numbers
    roll: Numbers
    pays_one: Numbers
    prepay: Numbers
    recovered: Numbers
    cure_in_default: float


def regimes() -> tuple[Regime, Regime]:
    """The two regimes, in the order of ``VERSIONS``."""
    return _regime(1.0, 1.0, 1.0), _regime(1.22, 0.85, 0.93)


def recovery_weights() -> Numbers:
    """Share of the total recovery that comes in month 1..18 after the write-off: falling in a straight line;
    sums to 1.
    """
    falling = np.arange(RECOVERY_MONTHS, 0, -1, dtype=np.float64)
    weights: Numbers = falling / falling.sum()
    return weights


def hazards(regime: Regime, scenario: str, months: int) -> Numbers:
    """Default hazards S x 4 buckets x months ahead: share of the loans still alive that default in the month.

    The chain of payment states is multiplied out from each starting bucket; a scenario scales the odds of
    every worsening step. A current borrower cannot default before the fourth month, so the first three
    hazards are nil.
    """
    odds = _WORSENING_ODDS[scenario]
    steps = np.stack([_chain(regime, segment, odds) for segment in range(len(SEGMENTS))])
    alive = np.broadcast_to(np.eye(len(BUCKETS)), (len(SEGMENTS), len(BUCKETS), len(BUCKETS))).copy()
    into_default = np.zeros((len(SEGMENTS), 1, len(BUCKETS)))
    into_default[:, 0, -1] = scaled_odds(regime.roll[:, -1], odds)
    table = np.zeros((len(SEGMENTS), len(BUCKETS), months))
    for month in range(months):
        table[:, :, month] = (alive * into_default).sum(axis=2) / alive.sum(axis=2)
        alive = alive @ steps
    return table


def losses_given_default(regime: Regime, scenario: str, months: int) -> tuple[Numbers, Numbers]:
    """Loss given default S x months since default, undiscounted and discounted at one per cent a month.

    Cash still to come: a cure before the write-off in the third month (the whole amount), then the
    recoveries.
    """
    weights = recovery_weights()
    months_to_write_off = (WRITE_OFF_DAYS - DEFAULT_DAYS) // 30
    undiscounted = np.ones((len(SEGMENTS), months))
    discounted = np.ones((len(SEGMENTS), months))
    share = regime.recovered * _RECOVERY_FACTOR[scenario]
    for since in range(months):
        alive, plain, present = 1.0, np.zeros(len(SEGMENTS)), np.zeros(len(SEGMENTS))
        for month in range(since + 1, months_to_write_off + RECOVERY_MONTHS + 1):
            if month <= months_to_write_off:
                cash = np.full(len(SEGMENTS), alive * regime.cure_in_default)
                alive *= 1.0 - regime.cure_in_default
            else:
                cash = alive * share * weights[month - months_to_write_off - 1]
            plain = plain + cash
            present = present + cash / (1.0 + _RECOVERY_DISCOUNT_A_MONTH) ** (month - since)
        undiscounted[:, since] = 1.0 - plain
        discounted[:, since] = 1.0 - present
    return undiscounted, discounted


def remaining_recoveries(regime: Regime) -> Numbers:
    """Share of the amount written off still to be recovered, S x months since write-off 0..18."""
    left = np.concatenate([[1.0], 1.0 - np.cumsum(recovery_weights())])
    left[-1] = 0.0
    ratios: Numbers = regime.recovered[:, None] * left[None, :]
    return ratios


def scaled_odds(probability: Numbers, odds: float) -> Numbers:
    """The probability whose odds are ``odds`` times those of the given one.

    >>> scaled_odds(np.array([0.5]), 3.0).tolist()
    [0.75]
    """
    scaled: Numbers = odds * probability / (1.0 - probability + odds * probability)
    return scaled


def _regime(missing: float, prepaying: float, recovering: float) -> Regime:
    channel = np.repeat([1.0, 1.12], len(BANDS))
    miss = np.tile(_MISS, len(CHANNELS)) * channel * missing
    roll = scaled_odds(np.tile(_ROLL, (len(CHANNELS), 1)), 1.0 + (missing - 1.0) / 4.0)
    month = np.arange(1, LONGEST_TERM + 1)
    seasoning = np.minimum(1.0, 0.4 + 0.1 * month) - 0.01 * np.maximum(0, month - 18)
    prepay = np.tile(_PREPAYMENT, len(CHANNELS))[:, None] * seasoning[None, :] * prepaying
    recovered = np.tile(_RECOVERED, len(CHANNELS)) * recovering
    return Regime(miss, roll, _PAYS_ONE, prepay, recovered, _CURE_IN_DEFAULT)


def _chain(regime: Regime, segment: int, odds: float) -> Numbers:
    """Transition matrix 4 x 4 over the buckets; what is missing from a row has defaulted or prepaid."""
    miss = float(scaled_odds(regime.miss[segment], odds))
    roll = scaled_odds(regime.roll[segment], odds)
    leave = float(regime.prepay[segment].mean())
    step = np.zeros((len(BUCKETS), len(BUCKETS)))
    step[0] = [(1.0 - miss) * (1.0 - leave), miss, 0.0, 0.0]
    for bucket in (1, 2, 3):
        worse = float(roll[bucket - 1])
        same = float(regime.pays_one[bucket - 1]) * (1.0 - worse)
        step[bucket, 0] = 1.0 - worse - same
        step[bucket, bucket] += same
        if bucket < 3:
            step[bucket, bucket + 1] = worse
    return step
