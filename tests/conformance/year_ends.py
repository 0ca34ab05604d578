"""Awards of worked examples as a close takes them: every year end stands as an award of its own, a year is 365 days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaapbridge.measure.vesting import DAYS_A_YEAR, Tranches


def at_year_ends(
    units: Sequence[Sequence[float]], values: Sequence[float], vesting_years: Sequence[int], annual_forfeiture_rate: float
) -> Tranches:
    """One award at the ends of its years 1, 2, ..: ``units[k]`` are those of each tranche at the end of year k + 1.

    ``values`` and ``vesting_years`` are by tranche.
    """
    years, tranches = len(units), len(values)
    return Tranches(
        award=np.repeat(np.arange(years), tranches),
        awards=years,
        units=np.array(units, dtype=np.float64).ravel(),
        value=np.tile(np.array(values, dtype=np.float64), years),
        elapsed_days=DAYS_A_YEAR * np.repeat(np.arange(1, years + 1), tranches),
        vesting_days=DAYS_A_YEAR * np.tile(np.array(vesting_years, dtype=np.int64), years),
        annual_forfeiture_rate=np.full(years * tranches, annual_forfeiture_rate),
    )


def yearly(units: Sequence[float], value: float, annual_forfeiture_rate: float = 0.0, lost_yearly: float = 0.0) -> Tranches:
    """One tranche a year of units worth the same; ``lost_yearly`` is the share of unvested units that is in fact lost."""
    years = np.arange(1, len(units) + 1)
    kept = (1.0 - lost_yearly) ** np.minimum(years[:, None], years[None, :])
    left = (np.array(units) * kept).tolist()
    return at_year_ends(left, [value] * len(units), years.tolist(), annual_forfeiture_rate)


def at_grant(units: Sequence[float], vesting_years: Sequence[int], annual_forfeiture_rate: float) -> Tranches:
    """One award on the day of its grant, in tranches."""
    count = len(units)
    return Tranches(
        award=np.zeros(count, dtype=np.int64), awards=1, units=np.array(units, dtype=np.float64), value=np.ones(count),
        elapsed_days=np.zeros(count, dtype=np.int64), vesting_days=DAYS_A_YEAR * np.array(vesting_years, dtype=np.int64),
        annual_forfeiture_rate=np.full(count, annual_forfeiture_rate),
    )  # fmt: skip


def equal_tranches(units: float, tranches: int) -> list[float]:
    """An award's units in equal tranches."""
    return [units / tranches] * tranches


def units_of(employees: float, units_each: float, share: float) -> float:
    """Units of a share of the employees, or of a tranche's share of their units."""
    return employees * units_each * share


def staying(holders: int, leavers_expected: int, left: Sequence[tuple[int, int]], years: int) -> list[int]:
    """Holders expected to stay, as seen at the end of each year: the estimate, in the last year those who have stayed.

    >>> staying(10, 2, [(1, 1), (3, 2), (4, 1)], 3)
    [8, 8, 7]
    """
    return [holders - leavers_expected] * (years - 1) + [holders - sum(gone for year, gone in left if year <= years)]


def kept_after_vesting(units: Sequence[Sequence[float]], years: int) -> list[list[float]]:
    """Units by year and tranche, from those of each tranche by year: its last stays once it has vested.

    >>> kept_after_vesting([[10], [8, 9]], 3)
    [[10, 8], [10, 9], [10, 9]]
    """
    return [[tranche[min(year, len(tranche) - 1)] for tranche in units] for year in range(years)]


def units_left(granted: Sequence[float], years: int, forfeited: Sequence[tuple[int, int, float]]) -> list[list[float]]:
    """Units of each tranche at the end of each year, after forfeitures given as (year, tranche counted from 1, units).

    >>> units_left([300, 300], 3, [(2, 2, 30)])
    [[300.0, 300.0], [300.0, 270.0], [300.0, 270.0]]
    """
    left = np.tile(np.array(granted, dtype=np.float64), (years, 1))
    for year, tranche, units in forfeited:
        left[year - 1 :, tranche - 1] -= units
    return [[float(units) for units in row] for row in left]
