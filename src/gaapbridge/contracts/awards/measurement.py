"""The measurement of awards under both frameworks: policy columns in, cumulative cost in minor units out.

Each award is measured at both instants, and at the closing one with the forfeiture rates of the opening: what service cost and
what revised rates did are differences between states, so nothing is left over.
"""

from __future__ import annotations

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

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """Units of N awards as they stand at the closing instant; nil where the award is granted after it."""

    granted: Whole
    forfeited: Whole
    vested: Whole


@dataclass(frozen=True)
class Measurement:
    """Awards measured: minor units, the number of each award's path, and its units."""

    rows: Rows
    path: Whole
    units: Units


def measure(columns: AwardColumns, setting: AwardSetting, rows: Rows) -> Measurement:
    """Cumulative cost of every award in every state, rounded once under each framework; nil before its grant."""
    before, after = setting.rates["opening"], setting.rates["closing"]
    for state, instant, rates in (
        ("opening", setting.opening, before),
        ("late", setting.closing, before),
        ("closing", setting.closing, after),
    ):
        tranches = columns.tranches_at(instant, rates)
        for framework, treatment in zip(SIDES, setting.treatments, strict=True):
            cost = treatment.cumulative_cost(tranches, setting.elections)
            rows[f"{state}_{framework}_cumulative_cost"] = to_minor(cost)
    return Measurement(rows, _paths(columns, setting), _units(columns, setting.closing))


def _paths(columns: AwardColumns, setting: AwardSetting) -> Whole:
    """``stayed``: granted on or before the opening instant; ``new``: in the period; ``ignored``: after it."""
    stayed, new, ignored = (PATHS.index(path) for path in ("stayed", "new", "ignored"))
    later = np.where(columns.grant_date <= np.datetime64(setting.closing), new, ignored)
    return np.where(columns.grant_date <= np.datetime64(setting.opening), stayed, later)


def _units(columns: AwardColumns, closing: date) -> Units:
    known = columns.grant_date[columns.award] <= np.datetime64(closing)
    vested = columns.vesting_date <= np.datetime64(closing)
    lost = columns.forfeited_by(closing)
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
        "units_granted": measurement.units.granted,
        "units_forfeited": measurement.units.forfeited,
        "units_vested": measurement.units.vested,
    }
    every = np.ones(len(columns.award_id), np.bool_)
    return table_of(facts, measurement.rows, every, restated=every if setting.revised else None)
