"""Forfeiture of awards by length of service: unvested units forfeited over the unit-years that were exposed to it.

Who has just come leaves more often than who has stayed, so a rate over all units moves with the age of the grants. Units count
from their grant, or from the first day of the history, to the day on which they vest or are forfeited, or the last day.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import FUNCTIONS
from gaapbridge.estimation.months import Whole

DAYS_A_YEAR = 365
"""Days of a year of service, as of the year in which a rate of forfeiture is stated."""

MOST_YEARS = 40
"""Completed years of service that are told apart; those of more are counted with the last."""

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Grants:
    """T tranches of grants and F forfeitures of them.

    By tranche: ``function``, a place in ``FUNCTIONS``; ``service_from``, the day service began (of the grant, where nothing
    earlier is known); ``granted_on``, ``vests_on``, ``units``. By forfeiture: ``tranche``, ``forfeited_on``,
    ``forfeited_units``.
    """

    function: Whole
    service_from: Days
    granted_on: Days
    vests_on: Days
    units: Whole
    tranche: Whole
    forfeited_on: Days
    forfeited_units: Whole


@dataclass(frozen=True)
class Exposed:
    """Function x completed years of service: ``unit_days`` exposed, ``forfeited_units``, and ``forfeitures`` (how many)."""

    unit_days: Whole
    forfeited_units: Whole
    forfeitures: Whole

    def __add__(self, other: Exposed) -> Exposed:
        """Those of two chunks together."""
        return Exposed(
            self.unit_days + other.unit_days,
            self.forfeited_units + other.forfeited_units,
            self.forfeitures + other.forfeitures,
        )


@dataclass(frozen=True)
class ForfeitureRate:
    """A yearly rate of one function, of completed years of service from ``service_years`` to before those of the next row.

    ``annual_rate`` q is such that of units exposed for d days ``(1 - q)^(d/365)`` stay. ``of_all_functions``: its own
    forfeitures are too few even over all years.
    """

    function: str
    service_years: int
    annual_rate: float
    forfeitures: int
    unit_years: float
    of_all_functions: bool


def count_forfeitures(grants: Grants, first: np.datetime64, last: np.datetime64) -> Exposed:
    """Units exposed and forfeited from the first day of the history to its last, by completed years of service.

    100 units granted on the day service began, vesting after two years, of which 20 are forfeited at the end of the first:
    100 x 365 unit-days and no forfeiture in year 0, 80 x 365 and 20 forfeited in year 1.
    """
    inside = (grants.forfeited_on > first) & (grants.forfeited_on <= np.minimum(last, grants.vests_on[grants.tranche]))
    whose, on, units = grants.tranche[inside], grants.forfeited_on[inside], grants.forfeited_units[inside]
    before = (grants.forfeited_on <= first) & (grants.forfeited_on <= grants.vests_on[grants.tranche])
    left = grants.units.copy()
    np.subtract.at(left, grants.tranche[before], grants.forfeited_units[before])
    begins, ends = np.maximum(grants.granted_on, first), np.minimum(grants.vests_on, last)
    shape = (len(FUNCTIONS), MOST_YEARS + 1)
    unit_days, forfeited, number = (np.zeros(shape, np.int64) for _ in range(3))
    for years in range(MOST_YEARS + 1):
        open_ended = years == MOST_YEARS
        days = _days_within(grants.service_from, begins, ends, years, open_ended=open_ended)
        np.add.at(unit_days[:, years], grants.function, left * days)
        missing = _days_within(
            grants.service_from[whose], np.maximum(on, begins[whose]), ends[whose], years, open_ended=open_ended
        )
        np.subtract.at(unit_days[:, years], grants.function[whose], units * missing)
    served = np.clip((on - grants.service_from[whose]).astype("timedelta64[D]").astype(np.int64) // DAYS_A_YEAR, 0, MOST_YEARS)
    np.add.at(forfeited, (grants.function[whose], served), units)
    np.add.at(number, (grants.function[whose], served), 1)
    return Exposed(unit_days, forfeited, number)


def _days_within(service_from: Days, begins: Days, ends: Days, years: int, *, open_ended: bool) -> Whole:
    """Days from begin to end that fall into one year of service."""
    first = np.maximum(begins, service_from + np.timedelta64(years * DAYS_A_YEAR, "D"))
    last = ends if open_ended else np.minimum(ends, service_from + np.timedelta64((years + 1) * DAYS_A_YEAR, "D"))
    days: Whole = np.maximum((last - first).astype("timedelta64[D]").astype(np.int64), 0)
    return days


def forfeiture_rates(exposed: Exposed, minimum_forfeitures: int, also: Collection[str] = ()) -> tuple[ForfeitureRate, ...]:
    """Rates by function, and by years of service as far as ``minimum_forfeitures`` are in each row.

    Years are joined to those after them until a row has as many, the last of too few to those before; a function that has
    fewer in all takes the rate of all functions, and says so. One that had no award has no rate, but where it is ``also`` to
    have one. ``q = 1 - exp(-forfeited / unit-years)``: 20 forfeited of 180 unit-years are 10.5 % a year.
    """
    found: list[ForfeitureRate] = []
    for place, function in enumerate(FUNCTIONS):
        own = replace(
            exposed,
            unit_days=exposed.unit_days[place],
            forfeited_units=exposed.forfeited_units[place],
            forfeitures=exposed.forfeitures[place],
        )
        if not own.unit_days.any() and function not in also:
            continue
        pooled = int(own.forfeitures.sum()) < max(1, minimum_forfeitures)
        spans = [0] if pooled else _spans(own.forfeitures, max(1, minimum_forfeitures))
        for first, last in zip(spans, [*spans[1:], MOST_YEARS + 1], strict=True):
            row = own if not pooled else exposed
            units = int(row.forfeited_units[..., first:last].sum())
            unit_years = int(row.unit_days[..., first:last].sum()) / DAYS_A_YEAR
            rate = float(-np.expm1(-units / unit_years)) if unit_years > 0.0 else 0.0
            found.append(ForfeitureRate(function, first, rate, int(row.forfeitures[..., first:last].sum()), unit_years, pooled))
    return tuple(found)


def _spans(forfeitures: Sequence[int] | Whole, minimum: int) -> list[int]:
    """First years of rows that each have so many."""
    spans, inside = [0], 0
    for year, number in enumerate(forfeitures):
        if inside >= minimum and sum(forfeitures[year:]) >= minimum:
            spans.append(year)
            inside = 0
        inside += int(number)
    return spans
