"""Arithmetic of share awards that vest in tranches: expected units, straight line with its floor, graded cost.

One element a tranche, with the award it belongs to; estimates are float64 in minor units and are not rounded here. An
award's sums run over its own tranches in their order, so they do not depend on which awards stand beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAYS_A_YEAR = 365
"""Days over which a yearly forfeiture rate counts."""


@dataclass(frozen=True)
class Tranches:
    """Columns of T tranches of N awards at one instant.

    ``award`` is the number (0..N-1) of each tranche's award, ``awards`` is N. ``units`` are those not forfeited by the
    instant, ``value`` the grant-date value of a unit; ``elapsed_days`` run from grant to the instant (below nil: not granted
    yet), ``vesting_days`` from grant to vesting; ``annual_forfeiture_rate`` is the share of unvested units expected to be
    lost a year.
    """

    award: Rows
    awards: int
    units: Numbers
    value: Numbers
    elapsed_days: Rows
    vesting_days: Rows
    annual_forfeiture_rate: Numbers

    @property
    def vested(self) -> Flags:
        """Tranches whose vesting date has come."""
        return self.vesting_days <= self.elapsed_days

    def by_award(self, amounts: Numbers) -> Numbers:
        """Amounts T added over the tranches of each award: N."""
        added: Numbers = np.bincount(self.award, weights=amounts, minlength=self.awards).astype(np.float64)
        return added

    def longest(self, days: Rows) -> Rows:
        """The largest of each award's days: N."""
        found = np.full(self.awards, np.iinfo(np.int64).min)
        np.maximum.at(found, self.award, days)
        return found


def expected_units(units: Numbers, annual_forfeiture_rate: Numbers, days_to_vesting: Rows) -> Numbers:
    """Units expected to vest: units x (1 - rate)^(days / 365), all of them once vested.

    1,000 units two years before vesting, 5 % a year: 902.5.

    >>> expected_units(np.array([1000.0, 1000.0]), np.array([0.05, 0.05]), np.array([730, -1])).round(6).tolist()
    [902.5, 1000.0]
    """
    years = np.maximum(days_to_vesting, 0) / DAYS_A_YEAR
    kept: Numbers = units * (1.0 - annual_forfeiture_rate) ** years
    return kept


def units_expected_to_vest(tranches: Tranches) -> Numbers:
    """Units of each tranche expected to vest, as seen at the instant (718-10-35-3; IFRS 2.20)."""
    return expected_units(tranches.units, tranches.annual_forfeiture_rate, tranches.vesting_days - tranches.elapsed_days)


def earned(cost: Numbers, elapsed_days: Rows, vesting_days: Rows) -> Numbers:
    """Part of a cost that service has earned: elapsed over vesting days; all where nothing is to be served, nil before grant.

    >>> earned(np.array([300.0] * 4), np.array([-1, 100, 400, 0]), np.array([300, 300, 300, 0])).tolist()
    [0.0, 100.0, 300.0, 300.0]
    """
    served = cost * np.maximum(elapsed_days, 0) / np.maximum(vesting_days, 1)
    return np.where(elapsed_days < 0, 0.0, np.where(elapsed_days >= vesting_days, cost, served))


def straight_line_cost(tranches: Tranches, units: Numbers) -> Numbers:
    """Cumulative cost of each award in equal parts a day over its longest tranche with units left, before any floor."""
    elapsed = tranches.longest(tranches.elapsed_days)
    left = np.where(tranches.units > 0, tranches.vesting_days, 0)
    return earned(tranches.by_award(units * tranches.value), elapsed, tranches.longest(left))


def vested_cost(tranches: Tranches) -> Numbers:
    """Grant-date value of each award's vested tranches, which cost to date may not fall below (718-10-35-8)."""
    return tranches.by_award(np.where(tranches.vested, tranches.units * tranches.value, 0.0))


def floored_straight_line_cost(tranches: Tranches, units: Numbers) -> Numbers:
    """Cumulative cost of each award on the straight line, lifted to what has vested (718-10-35-8)."""
    return np.maximum(straight_line_cost(tranches, units), vested_cost(tranches))


def graded_cost(tranches: Tranches, units: Numbers) -> Numbers:
    """Cumulative cost of each award with every tranche over its own vesting period (IFRS 2 IG11; 718-10-35-8)."""
    return tranches.by_award(earned(units * tranches.value, tranches.elapsed_days, tranches.vesting_days))


def straight_line_days(tranches: Tranches) -> Numbers:
    """Days ahead in which the cost of each award that is left is recognised on the straight line: to the last vesting of units
    left, nil once it has come; N."""
    ends = np.where(tranches.units > 0, tranches.vesting_days, 0)
    ahead = tranches.longest(ends) - tranches.longest(tranches.elapsed_days)
    return np.maximum(ahead, 0).astype(np.float64)


def graded_days(tranches: Tranches, units: Numbers) -> Numbers:
    """Days ahead in which the cost of each award that is left is recognised by tranche, each by what is left of it; N.

    A year on, 600 of 1,200 that vest a year ahead and 800 of 1,200 that vest two years ahead: (600 x 365 + 800 x 730) / 1,400.
    """
    cost = units * tranches.value
    left = cost - earned(cost, tranches.elapsed_days, tranches.vesting_days)
    weights = tranches.by_award(left)
    ahead = tranches.by_award(left * np.maximum(tranches.vesting_days - tranches.elapsed_days, 0))
    days: Numbers = ahead / np.where(weights > 0, weights, 1.0)
    return days
