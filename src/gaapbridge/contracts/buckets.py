"""Delinquency buckets of contracts: which hazards each of them has.

By days past due; of what owes nothing overdue by what is known of its past: a default that ended lately, an instalment missed
lately, or neither. Stages do not depend on it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import BUCKETS, RECENTLY_LATE
from gaapbridge.assumptions.look_back import LookBack
from gaapbridge.measure.calendar import whole_months_between

Whole = NDArray[np.int64]
Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

BUCKET_STARTS = np.array([1, 31, 61])
"""First days past due of the delinquency buckets after the first."""

PROBATION, LATE_BEFORE = BUCKETS.index("probation"), BUCKETS.index(RECENTLY_LATE)

NOT_KNOWN = -1
"""Months since the last missed instalment, of a contract of which none is known."""


def arrears_bucket(days_past_due: Whole) -> Whole:
    """Number of the bucket by days past due alone: 0, 30, 31 and 120 days are 0, 1, 2 and 3."""
    return np.searchsorted(BUCKET_STARTS, days_past_due, side="right").astype(np.int64)


def hazard_bucket(
    days_past_due: Whole, probation: Flags, cured_date: Dates, instant: Dates, since_missed: Whole, segment: Whole,
    look_back: LookBack,
) -> Whole:  # fmt: skip
    """Number of the bucket whose hazards each contract has, by what the table in force knows of its ``segment``.

    Nothing overdue: in probation where it is by the election, or was cured fewer whole months ago than the table looks back;
    else recently late where the table has that bucket and the last instalment was missed at most so many months ago
    (``since_missed``, ``NOT_KNOWN`` where none is). With a look-back of 12 months a cure of 11 months ago counts and one of 12
    does not; of instalments missed the one 12 months ago does: what was overdue a year ago was cured since.
    """
    bucket, none_overdue = arrears_bucket(days_past_due), days_past_due == 0
    if not look_back.months.any():  # nearly always, and the calendar costs what all else here does
        return np.where(none_overdue & probation, PROBATION, bucket)
    months = look_back.months[segment]
    cured = ~np.isnat(cured_date) & (whole_months_between(cured_date, instant) < months)
    missed = look_back.recently_late[segment] & (since_missed != NOT_KNOWN) & (since_missed <= months)
    bucket = np.where(none_overdue & missed, LATE_BEFORE, bucket)
    return np.where(none_overdue & (probation | cured), PROBATION, bucket)
