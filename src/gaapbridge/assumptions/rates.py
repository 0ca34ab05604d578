"""Rates without months as dense tables: losses of guarantee fees, forfeitures of awards; complete, or the file is refused.

A version is in force from its ``valid_from`` until the next; at an instant that is measured one is, or the file is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.assumptions.curve_tables import ARREARS, FEE_LOSS, FORFEITURE, FUNCTIONS
from gaapbridge.assumptions.curves import Dense, TableHow, good_table, refuse_gaps, refuse_unknown
from gaapbridge.assumptions.versions import in_force


@dataclass(frozen=True)
class FeeLosses:
    """Loss rates of fees, version x segment x bucket, versions ascending.

    ``loss_rate`` is of all fees not yet collected, ``earned_loss_rate`` of those already earned.
    """

    versions: tuple[date, ...]
    loss_rate: Dense
    earned_loss_rate: Dense

    def at(self, day: date) -> tuple[Dense, Dense]:
        """The loss rates in force on a day, of all fees and of those earned: segment x bucket each."""
        version = in_force(self.versions, day)
        return self.loss_rate[version], self.earned_loss_rate[version]


@dataclass(frozen=True)
class Forfeitures:
    """Forfeiture rates of awards: ``annual_rate`` version x function x completed years since the grant, versions ascending.

    There are as many years as the longest table tells apart; where one tells fewer its last rate holds.
    """

    functions: tuple[str, ...]
    versions: tuple[date, ...]
    annual_rate: Dense

    def at(self, day: date) -> Dense:
        """The yearly rates in force on a day, function in the order of ``functions`` x completed years."""
        rates: Dense = self.annual_rate[in_force(self.versions, day)]
        return rates


def read_fee_losses(path: Path, segments: Sequence[str], instants: Collection[date], how: TableHow | None = None) -> FeeLosses:
    """The fee loss table of a plan that measures these instants, by the segments of the curves.

    Raises ``UnusableInput`` for a bad cell, a gap, or an instant before the first version.
    """
    table = good_table(path, FEE_LOSS, instants, how)
    axes = {"segment": segments, "bucket": ARREARS}
    versions, rates = _dense(table, str(path), axes, "loss_rate")
    _, of_earned = _dense(table, str(path), axes, "earned_loss_rate")
    return FeeLosses(versions, rates, of_earned)


def read_forfeitures(path: Path, instants: Collection[date], how: TableHow | None = None) -> Forfeitures:
    """The forfeiture table of a plan that measures these instants.

    Raises ``UnusableInput`` for a bad cell, a gap, or an instant before the first version.
    """
    table = good_table(path, FORFEITURE, instants, how)
    functions = tuple(function for function in FUNCTIONS if function in set(table["function"]))
    years = int(table["service_years"].max())  # type: ignore[arg-type]  # a good table has rows, and whole numbers there
    told: dict[date, Dense] = {day: np.full((len(functions), years + 1), np.nan) for day in sorted(set(table["valid_from"]))}
    for day, function, year, rate in table.select("valid_from", "function", "service_years", "annual_rate").iter_rows():
        told[day][functions.index(function), year] = rate
    for table_of_day in told.values():
        for of_function in table_of_day:
            given = np.flatnonzero(~np.isnan(of_function))
            if given.size:  # a gap before the last that is given stays one, and is refused
                of_function[given[-1] :] = of_function[given[-1]]
    refuse_gaps(str(path), told, {"function": functions, "service_years": [str(year) for year in range(years + 1)]}, "rate")
    return Forfeitures(functions, tuple(told), np.stack(list(told.values())))


def _dense(table: pl.DataFrame, file: str, axes: Mapping[str, Sequence[str]], value: str) -> tuple[tuple[date, ...], Dense]:
    """The versions of a table, and a value by version and axes."""
    shape = tuple(len(names) for names in axes.values())
    blocks = {day: np.full(shape, np.nan) for day in sorted(set(table["valid_from"]))}
    for *key, rate in table.select("valid_from", *axes, value).iter_rows():
        refuse_unknown(file, tuple(key), axes)
        place = tuple(list(names).index(name) for names, name in zip(axes.values(), key[1:], strict=True))
        blocks[key[0]][place] = rate
    refuse_gaps(file, blocks, axes, "rate")
    return tuple(blocks), np.stack(list(blocks.values()))
