"""Note (ix) under US GAAP: revenue in equal parts over the term."""

from __future__ import annotations

from gaapbridge.differences.service_fee.elections import Elections
from gaapbridge.differences.service_fee.treatment import Whole


def days_of_service(elections: Elections, days_since_start: Whole) -> Whole:
    """Days of service by a day: those since the start, and the first one where it counts (606-10-25-31)."""
    return days_since_start + elections.days_before_the_second


def receivable(earned: Whole, collected: Whole) -> Whole:
    """Fee receivable: earned and not collected, below nil where collected ahead (606-10-45-1)."""
    return earned - collected
