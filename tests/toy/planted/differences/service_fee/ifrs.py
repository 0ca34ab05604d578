"""Note (ix) under IFRS, for this example's sake: revenue as cash comes in."""

from __future__ import annotations

import numpy as np

from gaapbridge.differences.service_fee.elections import Elections
from gaapbridge.differences.service_fee.treatment import Whole


def days_of_service(elections: Elections, days_since_start: Whole) -> Whole:
    """Days of service by a day: those since the start, and the first one where it counts (IFRS 15.39)."""
    return days_since_start + elections.days_before_the_second


def receivable(earned: Whole, collected: Whole) -> Whole:
    """Fee receivable: none, a fee is recognised when it is collected (IFRS 15.9)."""
    return np.zeros_like(earned)
