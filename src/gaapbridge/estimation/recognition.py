"""Hazards of who owes nothing overdue, with no default sooner than the days past due of its recognition can come."""

from __future__ import annotations

import numpy as np

from gaapbridge.assumptions.curve_tables import BUCKETS, RECENTLY_LATE
from gaapbridge.contracts.curves_asked import months_too_soon
from gaapbridge.estimation.fitted import Numbers

_NOTHING_OVERDUE = ("current", RECENTLY_LATE)


def recognised(hazard: Numbers, performing: Numbers, default_days: int) -> tuple[Numbers, Numbers]:
    """Hazard and performing, segment x bucket x month ahead, with what was charged off sooner in the month of recognition.

    A contract that nothing is overdue of may be charged off in a month, by fraud or bankruptcy, or under a dated rule that has
    its arrears as they were. Default begins with the first instalment missed in a close, so there are no such months. What
    defaults until then is the same: hazards 0.02, 0.05 and 0.05 of the first three months are 0, 0 and 0.11555.
    """
    early = months_too_soon(default_days)
    hazard, performing = hazard.copy(), performing.copy()
    for bucket in map(BUCKETS.index, _NOTHING_OVERDUE if early else ()):
        until = 1.0 - np.prod(1.0 - hazard[:, bucket, : early + 1], axis=-1)
        moved = hazard[:, bucket, :early].any(axis=-1)
        hazard[:, bucket, early] = np.where(moved, until, hazard[:, bucket, early])
        hazard[:, bucket, :early] = 0.0
        performing[:, bucket, early] = np.minimum(performing[:, bucket, early], 1.0 - hazard[:, bucket, early])
    return hazard, performing


def told_sooner(bucket: str, hazard: Numbers, default_days: int) -> str:
    """What is said of a bucket's months ahead of which some were moved; nothing where none was, or something is overdue.

    >>> told_sooner("current", np.array([0.0, 0.00002, 0.004]), 90)
    '; 0.002% that came in the first 2, sooner than 90 days past due can, stands in month 3'
    """
    early = months_too_soon(default_days)
    sooner = 1.0 - float(np.prod(1.0 - hazard[:early]))
    if not sooner or bucket not in _NOTHING_OVERDUE:
        return ""
    first = f"first {early}" if early > 1 else "first"
    came = f"; {100 * sooner:.2g}% that came in the {first}, sooner than {default_days} days past due can"
    return f"{came}, stands in month {early + 1}"
