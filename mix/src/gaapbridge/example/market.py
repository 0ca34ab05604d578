"""The markets the example lender lives in: who its borrowers are and how they pay, as fixed probabilities.

These are the true parameters. The simulation draws from them and the curves given to the plan are computed
from them (``chain``), so that the lender's estimates are neither too high nor too low on average. Two markets:
borrowers of the lender's own loans, and borrowers of loans funded by others that the lender arranged and
guarantees. Two regimes: in the last quarter of 2023 borrowers begin to miss more and to prepay less, which is
why the curves have a second version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

CHANNELS = ("app", "partner")
FUNDERS = ("bank", "trust", "insurer")
BANDS = ("a", "b", "c", "d")
"""Own loans are known by the channel that brought them and their risk band, guaranteed ones by their funder and band."""

ONE_BAND_FUNDER, ITS_BAND = 2, 2
"""Insurers fund loans of band c only: their borrowers are too few to be told apart."""

RATINGS = ("strong", "fair", "weak")
"""A borrower's score, which changes with the way he pays."""

VERSIONS = (date(2020, 1, 1), date(2023, 10, 1))
"""First day of each regime, and ``valid_from`` of the curves describing it."""

SCENARIOS = ("base", "upside", "downside", "long_run")
HISTORICAL = "long_run"
"""The scenario of historical loss."""

DEFAULT_DAYS = 90
WRITE_OFF_DAYS = 180
PAYOUT_DAYS = (62, 31, 90)
"""Days past due on which each of the ``FUNDERS`` is paid."""

DAYS_PER_MONTH = 30.4375
RECOVERY_MONTHS = 18
LONGEST_TERM = 36

CHANCES_IN_DEFAULT = (4, 5)
"""Months after the first missed due date at which a borrower in default may still pay, before write-off."""


@dataclass(frozen=True)
class Regime:
    """Monthly probabilities by segment, in force from one date.

    ``miss`` S x R: a current borrower of a rating leaves an instalment unpaid. ``roll`` S x 2: a borrower one
    or two instalments behind pays nothing again. ``pays_one`` 2: pays the oldest instalment only. Otherwise all
    arrears are paid. ``prepay`` S x 36: a borrower who was current and has paid repays the rest with the
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

    ``bands`` S: each segment's place among the ``BANDS``. ``default_days`` S: days past due on which default is
    recognised, or the funder paid. ``stays_in_default``: a contract in default stays on book until it is
    written off; otherwise it leaves at once.
    """

    segments: tuple[str, ...]
    bands: NDArray[np.int64]
    regimes: tuple[Regime, Regime]
    default_days: NDArray[np.int64]
    stays_in_default: bool

    @property
    def misses_to_default(self) -> NDArray[np.int64]:
        """Instalments missed in a row by the default day: due dates a month apart, the first on day nil.

        On day 31 there were 2, on day 62 and on day 90 there were 3. Whoever has missed them has no chance left: on a due date
        that comes before the default day all the same (day 89, from February to May) nobody pays.
        """
        missed: NDArray[np.int64] = np.ceil(self.default_days / DAYS_PER_MONTH).astype(np.int64)
        return missed


RATING_PAID = np.array([[0.990, 0.010, 0.0], [0.020, 0.968, 0.012], [0.0, 0.060, 0.940]])
RATING_MISSED = np.array([[0.50, 0.50, 0.0], [0.0, 0.55, 0.45], [0.0, 0.0, 1.0]])
"""Ratings R x R after a due date, from row to column: of a borrower who paid something, and of one who paid nothing.

Who comes into default is weak from then on.
"""

RATING_SHARES = (0.60, 0.38, 0.02)
"""Ratings at origination."""

_MISSES_BY_RATING = np.array([0.70, 1.15, 3.6])


def recovery_weights() -> Numbers:
    """Share of the total recovery that comes in month 1..18 after the loss: falling in a straight line; sums to 1."""
    falling = np.arange(RECOVERY_MONTHS, 0, -1, dtype=np.float64)
    weights: Numbers = falling / falling.sum()
    return weights


def scaled_odds(probability: Numbers, odds: float) -> Numbers:
    """The probability whose odds are ``odds`` times those of the given one.

    >>> scaled_odds(np.array([0.5]), 3.0).tolist()
    [0.75]
    """
    scaled: Numbers = odds * probability / (1.0 - probability + odds * probability)
    return scaled


@dataclass(frozen=True)
class _Borrowers:
    """Borrowers by risk band in ordinary times; the fields are those of ``Regime``, ``prepay`` once seasoned."""

    miss: tuple[float, ...]
    roll: tuple[tuple[float, ...], ...]
    pays_one: tuple[float, ...]
    prepay: tuple[float, ...]
    recovered: tuple[float, ...]
    cure_in_default: float

    def regimes(self, bands: NDArray[np.int64], more_misses: Numbers) -> tuple[Regime, Regime]:
        """Ordinary times, and the worse ones that follow, for segments of these bands and levels."""
        return (
            self._regime(bands, more_misses, 1.0, 1.0, 1.0),
            self._regime(bands, more_misses, 1.06, 0.85, 0.93),
        )

    def _regime(
        self, bands: NDArray[np.int64], more_misses: Numbers, missing: float, prepaying: float, recovering: float
    ) -> Regime:
        miss = np.array(self.miss)[bands] * more_misses * missing
        roll = scaled_odds(np.array(self.roll)[bands], 1.0 + (missing - 1.0) / 4.0)
        month = np.arange(1, LONGEST_TERM + 1)
        seasoning = np.minimum(1.0, 0.4 + 0.1 * month)
        prepay = np.array(self.prepay)[bands][:, None] * seasoning[None, :] * prepaying
        recovered = np.array(self.recovered)[bands] * recovering
        by_rating = miss[:, None] * _MISSES_BY_RATING[None, :]
        return Regime(by_rating, roll, np.array(self.pays_one), prepay, recovered, self.cure_in_default)


_OWN_BORROWERS = _Borrowers(
    miss=(0.0156, 0.028, 0.0425, 0.060),
    roll=((0.24, 0.51), (0.27, 0.55), (0.30, 0.58), (0.33, 0.61)),
    pays_one=(0.15, 0.10),
    prepay=(0.024, 0.027, 0.033, 0.037),
    recovered=(0.16, 0.14, 0.12, 0.10),
    cure_in_default=0.04,
)
_GUARANTEED_BORROWERS = _Borrowers(
    miss=(0.0055, 0.0097, 0.0132, 0.0173),
    roll=((0.74, 0.92), (0.76, 0.93), (0.78, 0.94), (0.80, 0.95)),
    pays_one=(0.15, 0.05),
    prepay=(0.011, 0.012, 0.013, 0.014),
    recovered=(0.11, 0.10, 0.09, 0.08),
    cure_in_default=0.0,
)

_EACH_BAND_TWICE = np.tile(np.arange(len(BANDS)), 2)
_BANDS_OF_FUNDERS = np.array([*_EACH_BAND_TWICE, ITS_BAND])

OWN_LOANS = Market(
    segments=tuple(f"{channel}-{band}" for channel in CHANNELS for band in BANDS),
    bands=_EACH_BAND_TWICE,
    regimes=_OWN_BORROWERS.regimes(_EACH_BAND_TWICE, np.repeat([1.0, 1.12], len(BANDS))),
    default_days=np.full(_EACH_BAND_TWICE.size, DEFAULT_DAYS),
    stays_in_default=True,
)
GUARANTEED_LOANS = Market(
    segments=(
        *(f"{funder}-{band}" for funder in FUNDERS[:ONE_BAND_FUNDER] for band in BANDS),
        f"{FUNDERS[ONE_BAND_FUNDER]}-{BANDS[ITS_BAND]}",
    ),
    bands=_BANDS_OF_FUNDERS,
    regimes=_GUARANTEED_BORROWERS.regimes(_BANDS_OF_FUNDERS, np.ones(_BANDS_OF_FUNDERS.size)),
    default_days=np.array([*np.repeat(PAYOUT_DAYS[:ONE_BAND_FUNDER], len(BANDS)), PAYOUT_DAYS[ONE_BAND_FUNDER]]),
    stays_in_default=False,
)
