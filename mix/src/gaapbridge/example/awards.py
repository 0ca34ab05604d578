"""Share awards of the example lender over 2019 to 2023: grants, tranches, and what became of them.

Staff are granted units that vest yearly; who leaves forfeits all that has not vested and lets the rest expire,
who stays exercises some of it. One set of tapes covers the whole life of every award.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.calendar import NO_DATE, Days, day_number, months_later
from gaapbridge.example.contracts import LAST_DAY, Whole
from gaapbridge.example.market import VERSIONS
from gaapbridge.example.tapes import (
    EXERCISE,
    EXPIRY,
    FORFEITURE,
    FUNCTIONS,
    NOT_STATED,
    TRANCHES,
    Columns,
    award_event_tape,
    award_tape,
    tranche_tape,
)

AWARD_FILES = {
    "awards": "tapes/awards.parquet",
    "award_tranches": "tapes/award-tranches.parquet",
    "award_events": "tapes/award-events.parquet",
}
FORFEITURE_RATES = dict(zip(FUNCTIONS, ((0.11, 0.14), (0.16, 0.20), (0.07, 0.09), (0.13, 0.16)), strict=True))
"""Yearly share of unvested units forfeited, by function, before and after the second of ``market.VERSIONS``: the rates
that staff leave at, and those given to the plan.
"""

_FIRST_YEAR = 2019
_UNITS_OF_YEAR = np.array([0.27, 0.22, 0.14, 0.20, 0.17])
_FAIR_VALUE_OF_YEAR = np.array([56.0, 50.5, 74.0, 47.0, 58.5])
_UNITS_PER_LOAN = 4.2
_DAYS_A_YEAR = 365
_EXPIRY_DAYS = 90
_VESTING = (
    ("25 % a year", 0.62, (12, 24, 36, 48), (25, 25, 25, 25)),
    ("front-loaded", 0.14, (12, 24, 36), (50, 30, 20)),
    ("half a year each", 0.10, (12, 24), (50, 50)),
    ("cliff", 0.08, (36,), (100,)),
    ("immediate", 0.06, (0,), (100,)),
)
"""Plans of vesting: name, share of awards, months from grant, per cent of units."""
_MOST_TRANCHES = len(TRANCHES)


@dataclass(frozen=True)
class Awards:
    """N awards and their tranches, N x 4: units not there are nil. ``left_on`` is when the holder left, ``NO_DATE`` if ever."""

    number: Whole
    granted_on: Days
    function: NDArray[np.int64]
    fair_value_per_unit: NDArray[np.float64]
    vesting_date: NDArray[np.int32]
    units: Whole
    left_on: Days


def write_awards(folder: Path, random: np.random.Generator, loans: int) -> Mapping[str, Path]:
    """Write the three award tapes of a lender with so many loans; returns the files by their names in the plan."""
    awards = draw_awards(random, loans)
    files = {name: folder / path for name, path in AWARD_FILES.items()}
    with award_tape(files["awards"]) as tape:
        tape.append(_award_rows(awards))
    with tranche_tape(files["award_tranches"]) as tape:
        tape.append(_tranche_rows(awards))
    with award_event_tape(files["award_events"]) as tape:
        tape.append(event_rows(random, awards))
    return files


def draw_awards(random: np.random.Generator, loans: int) -> Awards:
    """A few hundred awards in order of grant; their number grows with the root of the loans, their units with the loans."""
    count = 80 + 2 * isqrt(loans)
    year = np.sort(random.choice(_UNITS_OF_YEAR.size, count, p=_UNITS_OF_YEAR))
    first = np.array([day_number(date(_FIRST_YEAR + place, 1, 1)) for place in range(_UNITS_OF_YEAR.size)])
    granted_on = np.sort(first[year] + random.integers(0, _DAYS_A_YEAR, count)).astype(np.int32)
    function = random.choice(len(FUNCTIONS), count, p=[0.34, 0.12, 0.38, 0.16])
    weight = random.gamma(1.4, 1.0, count) + 0.1
    units = np.floor(_UNITS_PER_LOAN * loans * weight / weight.sum()).astype(np.int64) + 4
    vesting_date, tranche_units = _tranches(random, granted_on, units)
    return Awards(
        number=np.arange(count),
        granted_on=granted_on,
        function=function,
        fair_value_per_unit=np.round(_FAIR_VALUE_OF_YEAR[year] * (0.92 + 0.16 * random.random(count)), 2),
        vesting_date=vesting_date,
        units=tranche_units,
        left_on=_left_on(random, granted_on, function),
    )


def event_rows(random: np.random.Generator, awards: Awards) -> Columns:
    """Forfeitures, exercises and expiries up to the last day, by award, tranche and date."""
    last, there = day_number(LAST_DAY), awards.units > 0
    left_on = np.broadcast_to(awards.left_on[:, None], awards.units.shape)
    forfeited = there & (left_on < awards.vesting_date) & (left_on <= last)
    vested = there & ~forfeited
    waited = np.floor(random.exponential(500.0, awards.units.shape)).astype(np.int64)
    exercised_on = awards.vesting_date + waited
    exercised = np.floor(awards.units * (0.3 + 0.7 * random.random(awards.units.shape))).astype(np.int64)
    expires_on = np.where(left_on < NO_DATE, left_on.astype(np.int64) + _EXPIRY_DAYS, NO_DATE)
    in_time = vested & (exercised_on <= np.minimum(expires_on, last)) & (exercised > 0)
    remaining = awards.units - np.where(in_time, exercised, 0)
    expired = vested & (expires_on <= last) & (expires_on >= awards.vesting_date) & (remaining > 0)
    parts = [
        (forfeited, left_on, FORFEITURE, awards.units),
        (in_time, exercised_on, EXERCISE, exercised),
        (expired, expires_on, EXPIRY, remaining),
    ]
    place = np.concatenate([np.flatnonzero(which) for which, _, _, _ in parts])
    when = np.concatenate([days[which] for which, days, _, _ in parts])
    kind = np.concatenate([np.full(int(which.sum()), code) for which, _, code, _ in parts])
    units = np.concatenate([amount[which] for which, _, _, amount in parts])
    order = np.lexsort((when, place))
    return {
        "award_id": awards.number[place[order] // _MOST_TRANCHES],
        "tranche": place[order] % _MOST_TRANCHES,
        "event_date": when[order],
        "kind": kind[order],
        "units": units[order],
    }


def _award_rows(awards: Awards) -> Columns:
    return {
        "award_id": awards.number,
        "grant_date": awards.granted_on,
        "function": awards.function,
        "fair_value_per_unit": awards.fair_value_per_unit,
    }


def _tranche_rows(awards: Awards) -> Columns:
    place = np.flatnonzero(awards.units > 0)
    return {
        "award_id": awards.number[place // _MOST_TRANCHES],
        "tranche": place % _MOST_TRANCHES,
        "vesting_date": awards.vesting_date.ravel()[place],
        "units": awards.units.ravel()[place],
        "fair_value_per_unit": np.full(place.size, NOT_STATED),
    }


def _tranches(random: np.random.Generator, granted_on: Days, units: Whole) -> tuple[NDArray[np.int32], Whole]:
    """Vesting dates and units N x 4; the last tranche of a plan takes the rounding."""
    plan = random.choice(len(_VESTING), units.size, p=[share for _, share, _, _ in _VESTING])
    vesting_date = np.full((units.size, _MOST_TRANCHES), NO_DATE, dtype=np.int32)
    tranche_units = np.zeros((units.size, _MOST_TRANCHES), dtype=np.int64)
    for number, (_, _, months, per_cent) in enumerate(_VESTING):
        which, before = plan == number, 0
        for tranche, (month, part) in enumerate(zip(months, per_cent, strict=True)):
            vesting_date[which, tranche] = months_later(granted_on[which], month)
            tranche_units[which, tranche] = units[which] * (before + part) // 100 - units[which] * before // 100
            before += part
    return vesting_date, tranche_units


def _left_on(random: np.random.Generator, granted_on: Days, function: NDArray[np.int64]) -> Days:
    """Day on which each holder leaves: at a yearly rate that rises once, on the day of the second version."""
    rates = np.array(list(FORFEITURE_RATES.values()))
    before, after = -np.log1p(-rates[function]).T / _DAYS_A_YEAR
    patience = random.exponential(1.0, granted_on.size)
    turn = np.maximum(day_number(VERSIONS[1]) - granted_on, 0)
    early = patience / before
    late = turn + (patience - before * turn) / after
    days = np.floor(np.where(early < turn, early, late)) + 1.0
    last_day: Days = np.minimum(granted_on + days, NO_DATE).astype(np.int32)
    return last_day
