"""What curves expect of a book: default recognised and prepayment by month ahead, by the formula of the close.

S_t = S_{t-1} (1 - h_t - s_{q+t} c_t), to the horizon H = max(1, n - q + L): no default is recognised later than the last
instalment is as late as the day of recognition (326-20-30-6; IFRS 9 B5.5.38).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.estimation.fitted import Fitted
from gaapbridge.estimation.months import UNKNOWN
from gaapbridge.estimation.validation.book import DAYS_PER_MONTH, Book, Places
from gaapbridge.measure.survival import survival

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Expectation:
    """Of K kinds of contracts (segment, bucket and age alike) by month ahead, and ``kind`` and ``horizon`` of each contract.

    ``recognised`` and ``prepaid``: probability of the one or the other in month t, K x T; ``alive``: of being on book at its
    start. Of a contract the months up to its horizon count.
    """

    kind: Places
    horizon: Places
    recognised: Numbers
    prepaid: Numbers
    alive: Numbers

    @property
    def months(self) -> int:
        """How many months ahead are told."""
        return int(self.recognised.shape[1])

    def within(self, table: Numbers, months: Places) -> Numbers:
        """Probabilities of each contract added up to its horizon, and no further than so many months of its own."""
        added = np.concatenate([np.zeros((len(table), 1)), np.cumsum(table, axis=1)], axis=1)
        reached: Numbers = np.clip(added[self.kind, np.minimum(self.horizon, months)], 0.0, 1.0)
        return reached

    def by_month(self, table: Numbers, months: Places) -> Numbers:
        """Probabilities of each contract by month ahead, N x T, nil beyond its horizon and so many months of its own."""
        ahead = np.arange(1, self.months + 1)[None, :]
        shown: Numbers = np.where(ahead <= np.minimum(self.horizon, months)[:, None], table[self.kind], 0.0)
        return shown


def before_the_last(book: Book) -> Places:
    """Months ahead in which a contract can be prepaid: those before its last instalment falls due, in which it matures.

    With three instalments left they are two; where instalments left are unknown all of the curves' months.
    """
    months: Places = np.where(book.remaining == UNKNOWN, MONTHS, np.maximum(book.remaining - 1, 0))
    return months


def lag_of(default_days: int) -> int:
    """Months from the first instalment missed to the recognition of its default, at a month's end: 90 days are 3."""
    months = np.ceil(default_days / DAYS_PER_MONTH)
    return int(months)


def expected(book: Book, fitted: Fitted, months: int) -> Expectation:
    """What the curves expect of a book in so many months; where instalments left are unknown nothing ends the horizon.

    A contract at h = 0.01 in every month, s c = 0.02, three instalments left and 90 days: within 12 months H = 6, and default
    is recognised with 0.01 (1 + 0.97 + ... + 0.97^5) = 0.0557.
    """
    buckets, ages = fitted.hazard.shape[1], MONTHS + 1
    age = np.clip(book.age, 0, ages - 1)
    keys, kind = np.unique((book.segment * buckets + book.bucket) * ages + age, return_inverse=True)
    segment, bucket, q = keys // (buckets * ages), keys // ages % buckets, keys % ages
    ahead = np.minimum(q[:, None] + np.arange(months)[None, :], MONTHS - 1)  # month on book q + t stands at q + t - 1
    hazard = fitted.hazard[segment, bucket, :months]
    leaving = fitted.mortality[segment[:, None], ahead] * fitted.performing[segment, bucket, :months]
    alive = survival(hazard, np.minimum(leaving, 1.0 - hazard))[:, :-1]
    left = np.where(book.remaining == UNKNOWN, months, np.maximum(1, book.remaining + lag_of(fitted.default_days)))
    return Expectation(
        kind.reshape(-1), np.minimum(left, months), alive * hazard, alive * np.minimum(leaving, 1.0 - hazard), alive
    )
