"""The timeline of a default: it begins with the first instalment missed and is recognised some days past due.

Columns of N contracts at an instant: how many due dates later a default is recognised, and over how many months one can still
be. A miss of the last instalment is recognised after maturity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]

DAYS_PER_PERIOD = 30.4375
"""Days of a period on the monthly grid: 365.25 / 12."""

FIRST_MISSED, BEFORE_INSTALMENT, AFTER_INSTALMENT = 0, 1, 2
"""What a default finds exposed: the balance at its first miss; or, without a timeline, that before or after the month's
instalment."""

NO_INTEREST, TO_RECOGNITION, AT_INSTANT = 0, 1, 2
"""Interest in the exposure: none; all up to the recognition of the default; what is accrued at the instant."""


def due_dates_before_recognition(default_days: Whole, elapsed: Numbers) -> Whole:
    """L: how many due dates a default recognised in a month began before it, from the stub fraction f of each contract.

    The first missed instalment of a default recognised t months on is the last due date not later than that day less D days.
    90 days are three due dates, or two where the running period has all but ended; 62 days two, or three on a due date and the
    day after; 31 days one:

    >>> stub = np.array([0.0, 0.96, 0.0, 1 / 30, 2 / 31, 0.5])
    >>> due_dates_before_recognition(np.array([90, 90, 62, 62, 62, 31]), stub).tolist()
    [3, 2, 3, 3, 2, 1]
    """
    lag: Whole = np.maximum(np.ceil(default_days / DAYS_PER_PERIOD - elapsed), 0).astype(np.int64)
    return lag


def after_the_last_due_date(default_days: Whole, lag: Whole, days: Whole) -> Numbers:
    """Periods from the last due date to a day so many ``days`` after a default that would be recognised in month 0, ``lag`` due
    dates and ``default_days`` after its first miss; that of month t is t later.

    In default 90 days after the third due date before: a little before the last, and accrual that stops 60 days sooner:

    >>> after_the_last_due_date(np.array([90, 90]), np.array([3, 3]), np.array([0, -60])).round(3).tolist()
    [-0.043, -2.014]
    """
    periods: Numbers = (default_days + days) / DAYS_PER_PERIOD - lag
    return periods


def months_at_risk(instalments: Whole, due_dates_passed: Whole, lag: Whole) -> Whole:
    """H: months ahead in which a default can still be recognised, one at least.

    A loan of 12 a month before its last due date, with a lag of 3, is at risk for 4 months; long past maturity for one:

    >>> months_at_risk(np.array([12, 12]), np.array([11, 20]), np.array([3, 3])).tolist()
    [4, 1]
    """
    months: Whole = np.maximum(instalments - due_dates_passed + lag, 1)
    return months
