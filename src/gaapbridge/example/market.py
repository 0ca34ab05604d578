"""The markets the example lender lives in: who its borrowers are and how they pay, as fixed probabilities.

These are the true parameters. The simulation draws from them and the curves given to the plan are computed
from them, so that the lender's estimates are neither too high nor too low on average. Two markets: borrowers
of the lender's own loans, and borrowers of loans funded by others that the lender arranged and guarantees.
Two regimes: in the middle of 2023 borrowers begin to miss more and to prepay less, which is why the curves
have a second version.
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
ARREARS = ("current", "1-30", "31-60", "61-90")
BUCKETS = (*ARREARS, "probation")

DEFAULT_DAYS = 90
WRITE_OFF_DAYS = 180
PAYOUT_DAYS = 61
RECOVERY_MONTHS = 18
LONGEST_TERM = 36

_WORSENING_ODDS = {"base": 1.0, "upside": 0.8, "downside": 1.55, "long_run": 1.1}
_RECOVERY_FACTOR = {"base": 1.0, "upside": 1.1, "downside": 0.8, "long_run": 0.95}
_RECOVERY_DISCOUNT_A_MONTH = 0.01
_ALL_BUT_CERTAIN = 0.95


@dataclass(frozen=True)
class Regime:
    """Monthly probabilities by segment, in force from one date.

    ``miss`` S: a current borrower leaves an instalment unpaid. ``roll`` S x R: a borrower 1-30, 31-60, ...
    days past due pays nothing again; the last of them is default. ``pays_one`` R: pays the oldest instalment
    only. Otherwise all arrears are paid. ``prepay`` S x 36: a current borrower repays in full after the
    instalment of that month on book. ``recovered`` S: share of the amount lost that comes back over eighteen
    months. ``cure_in_default``: a borrower in default pays all arrears.
    """

    miss: Numbers
    roll: Numbers
    pays_one: Numbers
    prepay: Numbers
    recovered: Numbers
    cure_in_default: float


@dataclass(frozen=True)
class Market:
    """One kind of borrower: the two regimes, in the order of ``VERSIONS``, and when the lender acts.

    A contract is in default ``default_days`` past due and stays so for ``months_in_default`` before it leaves.
    """

    regimes: tuple[Regime, Regime]
    default_days: int
    months_in_default: int


def recovery_weights() -> Numbers:
    """Share of the total recovery that comes in month 1..18 after the loss: falling in a straight line; sums to 1."""
    falling = np.arange(RECOVERY_MONTHS, 0, -1, dtype=np.float64)
    weights: Numbers = falling / falling.sum()
    return weights


def hazards(regime: Regime, scenario: str, months: int) -> tuple[Numbers, Numbers]:
    """Default hazards S x 5 buckets x months ahead, and shares performing: of the contracts still alive those that default in
    the month, and those that are current and pay.

    The chain of payment states is multiplied out from each starting bucket; a scenario scales the odds of
    every worsening step. A current borrower cannot default before as many months as there are steps, so the
    first hazards are nil. In a bucket that default comes before, it is all but certain. A borrower who has cured pays as any
    other: probation is the bucket of those who are current.
    """
    odds = _WORSENING_ODDS[scenario]
    steps = np.stack([transitions(regime, segment, odds) for segment in range(len(SEGMENTS))])
    states = steps.shape[1]
    alive = np.broadcast_to(np.eye(states), (len(SEGMENTS), states, states)).copy()
    into_default = np.zeros((len(SEGMENTS), 1, states))
    into_default[:, 0, -1] = scaled_odds(regime.roll[:, -1], odds)
    table = np.full((len(SEGMENTS), len(BUCKETS), months), _ALL_BUT_CERTAIN)
    performing = np.zeros_like(table)
    pays = 1.0 - scaled_odds(regime.miss, odds)
    for month in range(months):
        table[:, :states, month] = (alive * into_default).sum(axis=2) / alive.sum(axis=2)
        performing[:, :states, month] = alive[:, :, 0] * pays[:, None] / alive.sum(axis=2)
        alive = alive @ steps
    table[:, -1], performing[:, -1] = table[:, 0], performing[:, 0]
    return table, performing


def losses_given_default(market: Market, regime: Regime, scenario: str, months: int) -> tuple[Numbers, Numbers]:
    """Loss given default S x months since default, undiscounted and discounted at one per cent a month.

    Cash still to come: a cure before the contract leaves (the whole amount), then the recoveries.
    """
    weights = recovery_weights()
    undiscounted = np.ones((len(SEGMENTS), months))
    discounted = np.ones((len(SEGMENTS), months))
    share = regime.recovered * _RECOVERY_FACTOR[scenario]
    for since in range(months):
        alive, plain, present = 1.0, np.zeros(len(SEGMENTS)), np.zeros(len(SEGMENTS))
        for month in range(since + 1, market.months_in_default + RECOVERY_MONTHS + 1):
            if month <= market.months_in_default:
                cash = np.full(len(SEGMENTS), alive * regime.cure_in_default)
                alive *= 1.0 - regime.cure_in_default
            else:
                cash = alive * share * weights[month - market.months_in_default - 1]
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


def transitions(regime: Regime, segment: int, odds: float) -> Numbers:
    """Transition matrix over current and the buckets before default; what is missing from a row has defaulted or
    prepaid.
    """
    miss = float(scaled_odds(regime.miss[segment], odds))
    roll = scaled_odds(regime.roll[segment], odds)
    leave = float(regime.prepay[segment].mean())
    step = np.zeros((roll.size + 1, roll.size + 1))
    step[0, :2] = (1.0 - miss) * (1.0 - leave), miss
    for bucket in range(1, roll.size + 1):
        worse = float(roll[bucket - 1])
        same = float(regime.pays_one[bucket - 1]) * (1.0 - worse)
        step[bucket, 0] = 1.0 - worse - same
        step[bucket, bucket] += same
        if bucket < roll.size:
            step[bucket, bucket + 1] = worse
    return step


@dataclass(frozen=True)
class _Borrowers:
    """Borrowers by risk band in ordinary times; the fields are those of ``Regime``, ``prepay`` once seasoned."""

    miss: tuple[float, ...]
    roll: tuple[tuple[float, ...], ...]
    pays_one: tuple[float, ...]
    prepay: tuple[float, ...]
    recovered: tuple[float, ...]
    cure_in_default: float

    def regimes(self) -> tuple[Regime, Regime]:
        """Ordinary times, and the worse ones that follow."""
        return self._regime(1.0, 1.0, 1.0), self._regime(1.06, 0.85, 0.93)

    def _regime(self, missing: float, prepaying: float, recovering: float) -> Regime:
        channel = np.repeat([1.0, 1.12], len(BANDS))
        miss = np.tile(self.miss, len(CHANNELS)) * channel * missing
        roll = scaled_odds(np.tile(self.roll, (len(CHANNELS), 1)), 1.0 + (missing - 1.0) / 4.0)
        month = np.arange(1, LONGEST_TERM + 1)
        seasoning = np.minimum(1.0, 0.4 + 0.1 * month) - 0.01 * np.maximum(0, month - 18)
        prepay = np.tile(self.prepay, len(CHANNELS))[:, None] * seasoning[None, :] * prepaying
        recovered = np.tile(self.recovered, len(CHANNELS)) * recovering
        return Regime(miss, roll, np.array(self.pays_one), prepay, recovered, self.cure_in_default)


_OWN_BORROWERS = _Borrowers(
    miss=(0.0245, 0.044, 0.067, 0.095),
    roll=((0.24, 0.62, 0.82), (0.27, 0.65, 0.84), (0.30, 0.68, 0.86), (0.33, 0.70, 0.87)),
    pays_one=(0.15, 0.10, 0.0),
    prepay=(0.024, 0.027, 0.033, 0.037),
    recovered=(0.16, 0.14, 0.12, 0.10),
    cure_in_default=0.03,
)
_GUARANTEED_BORROWERS = _Borrowers(
    miss=(0.0084, 0.0147, 0.020, 0.0262),
    roll=((0.74, 0.92), (0.76, 0.93), (0.78, 0.94), (0.80, 0.95)),
    pays_one=(0.15, 0.05),
    prepay=(0.004, 0.005, 0.006, 0.007),
    recovered=(0.11, 0.10, 0.09, 0.08),
    cure_in_default=0.0,
)

OWN_LOANS = Market(_OWN_BORROWERS.regimes(), DEFAULT_DAYS, (WRITE_OFF_DAYS - DEFAULT_DAYS) // 30)
GUARANTEED_LOANS = Market(_GUARANTEED_BORROWERS.regimes(), PAYOUT_DAYS, 0)
