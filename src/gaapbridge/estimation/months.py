"""Monthly history as arrays: what was seen of each contract at each month end, in exact whole numbers.

A history is worked through in chunks. A contract is whole in one chunk, so whatever is counted of a chunk is added to what
was counted of the others, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Small = NDArray[np.int32]
Tiny = NDArray[np.int8]

STILL = 0
"""The contract is on book after the month."""
PREPAID = 1
"""It was repaid in full before its last instalment was due."""
MATURED = 2
"""It was repaid in the month of its last instalment, or after."""
CHARGED_OFF = 3
"""Its balance was written off: a default, where it was none before."""
LEFT_WITH_BALANCE = 4
"""It left the history, not at its end, with a balance and nothing that repaid it: a default, where it was none before."""
LEFT = 5
"""It left for a reason that is no outcome: sold, repurchased, taken out by a dated rule. It counts until then."""
GONE = 6
"""It had left before: the row has recoveries alone."""

UNKNOWN = -1
"""A whole number that the history does not state."""

FOLDS = 10
"""Tenths of the contracts, by a hash of their ids: what is fitted without one is held against it."""

FEWEST_MONTHS = 6
"""Months of a contract that must have been seen before it can be said that it missed nothing lately."""

MONTHS_A_YEAR = 12

BY_CONTRACT = ("segment", "fold", "vintage", "principal_minor", "rate")
"""What ``Months`` has of each contract; all else but ``first_seen`` it has of each row."""


@dataclass(frozen=True)
class Months:
    """N contract-months of C contracts, sorted by contract and month; of a contract every month from its first to its last.

    By row: ``contract`` 0..C-1, ascending; ``month`` as ``month_number``; ``age`` instalments due by the month's end, and
    ``remaining`` those due after it (``UNKNOWN`` where not stated); ``arrears_days`` days past due at its end;
    ``balance_minor`` principal then; ``written_off_minor`` principal written off in the month; ``recovered_minor`` cash of
    recoveries in it, from which ``cost_minor``, the cost of collecting, is yet to be taken; ``event`` one of the words above.
    ``observed`` is false of a month between two others that the history lacks, or that a dated rule takes out: nothing is
    counted that begins or ends in it.
    ``frozen`` is true of a month whose arrears a dated rule leaves as they were at its start.
    By contract: ``segment`` 0.., ``fold`` 0..9 by a hash of its id, ``vintage`` the month of origination (``UNKNOWN``),
    ``principal_minor`` at origination, ``rate`` a year. ``first_seen`` is the first month of the whole history.
    """

    contract: Small
    month: Small
    age: Small
    remaining: Small
    arrears_days: Small
    balance_minor: Whole
    written_off_minor: Whole
    recovered_minor: Whole
    cost_minor: Whole
    event: Tiny
    observed: NDArray[np.bool_]
    frozen: NDArray[np.bool_]
    segment: Small
    fold: Tiny
    vintage: Small
    principal_minor: Whole
    rate: NDArray[np.float64]
    first_seen: int


def month_number(day: date) -> int:
    """Whole months since the year nought: 31 December 2018 is 2018 x 12 + 11 = 24,227."""
    return day.year * 12 + day.month - 1
