"""Note (iii) under US GAAP: ASC 718, straight line over the whole award or tranche by tranche, as elected."""

from __future__ import annotations

from gaapbridge.differences.share_based_compensation.elections import Elections
from gaapbridge.differences.share_based_compensation.treatment import Numbers
from gaapbridge.measure.vesting import (
    Tranches,
    floored_straight_line_cost,
    graded_cost,
    graded_days,
    straight_line_days,
    units_expected_to_vest,
)


def expected_units(tranches: Tranches, elections: Elections) -> Numbers:
    """Units whose cost is recognised: all that are not forfeited yet, or those expected to vest (718-10-35-3)."""
    return units_expected_to_vest(tranches) if elections.us_forfeitures == "estimated" else tranches.units


def cumulative_cost(tranches: Tranches, elections: Elections) -> Numbers:
    """Cost to date of each award: on the straight line, at least what has vested, or by tranche (718-10-35-8).

    1,000 in four yearly tranches, a quarter each: a year on 250 on the straight line, 250 + 125 + 83.33 + 62.5 by tranche.
    """
    units = expected_units(tranches, elections)
    if elections.us_attribution == "straight_line":
        return floored_straight_line_cost(tranches, units)
    return graded_cost(tranches, units)


def days_left(tranches: Tranches, elections: Elections) -> Numbers:
    """Days in which cost not yet recognised will be, on average of each award's (718-10-50-2(i)).

    On the straight line to the last vesting: of four yearly tranches 1,095 days a year after the grant.
    """
    if elections.us_attribution == "straight_line":
        return straight_line_days(tranches)
    return graded_days(tranches, expected_units(tranches, elections))
