"""Note (iii) under IFRS 2: every tranche an award of its own, on the units expected to vest."""

from __future__ import annotations

from gaapbridge.differences.share_based_compensation.elections import Elections
from gaapbridge.differences.share_based_compensation.treatment import Numbers
from gaapbridge.measure.vesting import Tranches, graded_cost, graded_days, units_expected_to_vest


def expected_units(tranches: Tranches, elections: Elections) -> Numbers:
    """Units whose cost is recognised: those expected to vest, in the end those that vested (IFRS 2.20)."""
    return units_expected_to_vest(tranches)


def cumulative_cost(tranches: Tranches, elections: Elections) -> Numbers:
    """Cost to date of each award: each tranche over its own vesting period (IFRS 2.15(a), IG11)."""
    return graded_cost(tranches, expected_units(tranches, elections))


def days_left(tranches: Tranches, elections: Elections) -> Numbers:
    """Days in which cost not yet recognised will be, on average of each award's tranches (IFRS 2.15(a))."""
    return graded_days(tranches, expected_units(tranches, elections))
