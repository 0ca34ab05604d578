"""The measurement of awards under both frameworks: policy columns in, cumulative cost in minor units out.

Each award is measured at both instants, and at the closing one with the forfeiture rates of the opening: what service cost and
what revised rates did are differences between states, so nothing is left over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.awards.columns import AwardColumns
from gaapbridge.contracts.awards.setting import AwardSetting
from gaapbridge.contracts.rows import Rows, table_of, worded
from gaapbridge.difference import PATHS, SIDES
from gaapbridge.measure.rounding import to_minor
from gaapbridge.measure.vesting import Tranches

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Units:
    """Units of N awards as they stand at an instant; nil where the award is granted after it."""

    granted: Whole
    forfeited: Whole
    vested: Whole


@dataclass(frozen=True)
class Measurement:
    """Awards measured: minor units, the number of each award's path, its units at both instants, and by side the days in which
    its cost that is left will be recognised, on average."""

    rows: Rows
    path: Whole
    units: Mapping[str, Units]
    days_left: Mapping[str, Whole]


def measure(columns: AwardColumns, setting: AwardSetting, rows: Rows) -> Measurement:
    """Cumulative cost of every award in every state, rounded once under each framework, and what is left of it at both
    instants; nil before its grant."""
    before, after = setting.rates["opening"], setting.rates["closing"]
    days_left: dict[str, Whole] = {}
    for state, instant, rates in (
        ("opening", setting.opening, before),
        ("late", setting.closing, before),
        ("closing", setting.closing, after),
    ):
        tranches = columns.tranches_at(instant, rates)
        kept = None if state == "late" else _fill_values(rows, f"{state}_", columns, tranches)
        for framework, treatment in zip(SIDES, setting.treatments, strict=True):
            cost = to_minor(treatment.cumulative_cost(tranches, setting.elections))
            rows[f"{state}_{framework}_cumulative_cost"] = cost
            if kept is not None:
                expected = _value(tranches, treatment.expected_units(tranches, setting.elections))
                rows[f"{state}_{framework}_unrecognised_cost"] = expected - cost
                rows[f"{state}_{framework}_expected_forfeitures"] = kept - expected
                days = to_minor(treatment.days_left(tranches, setting.elections))
                days_left[framework] = np.where(expected > cost, days, 0)
    units = {"opening_": _units(columns, setting.opening), "": _units(columns, setting.closing)}
    return Measurement(rows, _paths(columns, setting), units, days_left)


def _fill_values(rows: Rows, state: str, columns: AwardColumns, tranches: Tranches) -> Whole:
    """Fill the grant-date fair value of what was granted to date, forfeited of it and vested; that of the units kept, N.

    Each is rounded once but what was forfeited, which is what was granted less what is kept: so they add up.
    """
    granted, kept = _value(tranches, columns.units.astype(np.float64)), _value(tranches, tranches.units)
    vested = _value(tranches, np.where(tranches.vested, tranches.units, 0.0))
    rows.fill(state, {"granted_value": granted, "forfeited_value": granted - kept, "vested_value": vested})
    return kept


def _value(tranches: Tranches, units: Numbers) -> Whole:
    """Grant-date fair value of units of the tranches, by award, rounded once; nil before the grant."""
    whole: Whole = to_minor(tranches.by_award(np.where(tranches.elapsed_days < 0, 0.0, units * tranches.value)))
    return whole


def _paths(columns: AwardColumns, setting: AwardSetting) -> Whole:
    """``stayed``: granted on or before the opening instant; ``new``: in the period; ``ignored``: after it."""
    stayed, new, ignored = (PATHS.index(path) for path in ("stayed", "new", "ignored"))
    later = np.where(columns.grant_date <= np.datetime64(setting.closing), new, ignored)
    return np.where(columns.grant_date <= np.datetime64(setting.opening), stayed, later)


def _units(columns: AwardColumns, instant: date) -> Units:
    known = columns.grant_date[columns.award] <= np.datetime64(instant)
    vested = columns.vesting_date <= np.datetime64(instant)
    lost = columns.forfeited_by(instant)
    return Units(
        granted=_by_award(columns, np.where(known, columns.units, 0)),
        forfeited=_by_award(columns, lost),
        vested=_by_award(columns, np.where(vested, columns.units - lost, 0)),
    )


def _by_award(columns: AwardColumns, units: Whole) -> Whole:
    added = np.zeros(len(columns.award_id), dtype=np.int64)
    np.add.at(added, columns.award, units)
    return added


def detail_of(columns: AwardColumns, measurement: Measurement, setting: AwardSetting) -> pl.DataFrame:
    """The table of the awards, one row each, in the order of ids."""
    facts: dict[str, object] = {
        "contract_id": columns.award_id,
        "segment": worded(columns.function, setting.functions),
        "path": worded(measurement.path, PATHS),
    }
    for state in ("", "opening_"):
        units = measurement.units[state]
        facts[f"{state}units_granted"] = units.granted
        facts[f"{state}units_forfeited"] = units.forfeited
        facts[f"{state}units_vested"] = units.vested
    facts |= {f"{framework}_days_left": days for framework, days in measurement.days_left.items()}
    every = np.ones(len(columns.award_id), np.bool_)
    return table_of(facts, measurement.rows, every, restated=every if setting.revised else None)
