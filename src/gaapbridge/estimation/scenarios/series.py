"""Macro series: read of the files that a plan names, transformed as it states, by month."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.assumptions.curves import open_table
from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.months import MONTHS_A_YEAR, month_number
from gaapbridge.estimation.seen import month_name
from gaapbridge.plan.scenarios import Series
from gaapbridge.tapes.checks import check, refusal
from gaapbridge.tapes.schema import Circumstances, Column, Schema
from gaapbridge.terms.errors import UnusableInput

MACRO_SERIES = Schema(
    name="macro_series",
    title="Macro series",
    description=(
        "A series of the economy, its history or its path in a scenario: a row for each month or quarter. What is blank is not "
        "known, and is not filled in."
    ),
    columns=(
        Column("period", "date", "a day in the month or the quarter"),
        Column("value", "number", "the value, as its publisher states it", nullable=True),
    ),
    rules=(),
    key=("period",),
)
MONTHS_OF = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Monthly:
    """A series by month: ``values`` of the months from ``first`` on, not a number where one is not known."""

    first: int
    values: Numbers

    @property
    def last(self) -> int:
        """Its last month."""
        return self.first + self.values.size - 1

    def at(self, months: Numbers) -> Numbers:
        """The values of months, by their numbers; not a number outside of the series."""
        place = months.astype(np.int64) - self.first
        inside = (place >= 0) & (place < self.values.size)
        return np.where(inside, self.values[np.clip(place, 0, self.values.size - 1)], np.nan)

    def continued(self, path: Monthly) -> Monthly:
        """The series and, after its last month, a path."""
        months = np.arange(self.first, max(path.last, self.last) + 1, dtype=np.float64)
        return Monthly(self.first, np.where(months <= self.last, self.at(months), path.at(months)))

    def known(self, month: int, stated: Series) -> Monthly:
        """The series as it can be known at the end of a month: periods that have ended by then, as far as the last value."""
        ended = (month + 1) // MONTHS_OF[stated.every] * MONTHS_OF[stated.every] - 1
        so_far = self.values[: max(ended - self.first + 1, 0)]
        if not np.isfinite(so_far).any():
            raise UnusableInput(
                key="history.scenarios.satellite.series",
                value=f"the first period is that of {month_name(self.first)}",
                rule=f"the history of a series has a value of a period that ended by {month_name(month)}",
                remedy="give an earlier history of the series",
            )
        return Monthly(self.first, so_far[: int(np.flatnonzero(np.isfinite(so_far))[-1]) + 1])


def read_series(path: Path, series: Series) -> Monthly:
    """The series in a file. Raises ``UnusableInput`` for a bad cell, two rows of a period, none of a
    period between others, or no value at all.

    A quarter's value is that of each of its three months, which is what a transformation by quarter is done on.
    """
    checked = check(open_table(path, MACRO_SERIES, series.read).whole(), MACRO_SERIES, Circumstances(), str(path))
    if checked.rejects.height:
        raise refusal(checked.rejects)
    rows = checked.good.filter(pl.col("value").is_not_null()).sort("period")
    width = MONTHS_OF[series.every]
    numbers = np.array([month_number(day) // width * width for day in rows["period"].to_list()], dtype=np.int64)
    twice = np.flatnonzero(np.diff(numbers) == 0)
    if numbers.size == 0 or twice.size:
        rule = f"a series has one value for each {series.every}, and at least one"
        value = str(rows["period"][int(twice[0]) + 1]) if twice.size else None
        remedy = f'state every = "{"month" if width > 1 else "quarter"}" or remove the other rows'
        raise UnusableInput(file=str(path), column="period", value=value, rule=rule, remedy=remedy)
    _refuse_gap(path, series, checked.good)
    values = np.full(int(numbers[-1] - numbers[0]) + width, np.nan)
    for within in range(width):
        values[numbers - numbers[0] + within] = rows["value"].to_numpy()
    return Monthly(int(numbers[0]), values)


def _refuse_gap(path: Path, series: Series, rows: pl.DataFrame) -> None:
    """Raise where a period between two others has no row, not even one without a value."""
    width = MONTHS_OF[series.every]
    stated = np.unique([month_number(day) // width for day in rows["period"].to_list()])
    gap = np.flatnonzero(np.diff(stated) > 1)
    if gap.size:
        missing = (int(stated[gap[0]]) + 1) * width
        rule = f"a series has a row for each {series.every} from its first to its last; none is of {month_name(missing)}"
        remedy = "add the row, with an empty value where there is none"
        raise UnusableInput(file=str(path), column="period", rule=rule, remedy=remedy)


def transformed(series: Monthly, stated: Series) -> Monthly:
    """The series as it enters the regression; a month whose predecessor is not known has no value.

    A difference is to the month before, or the quarter before; ``year_on_year`` is the change in a year as a share of what was.
    Example: 100, 110, 99 by month are differences of 10 and -11, and log differences of 0.0953 and -0.1054.
    """
    width = MONTHS_OF[stated.every]
    lag = {"level": 0, "difference": width, "log_difference": width, "year_on_year": MONTHS_A_YEAR}[stated.transformation]
    if lag == 0:
        return series
    before = np.concatenate([np.full(min(lag, series.values.size), np.nan), series.values[:-lag]])
    if stated.transformation == "difference":
        return Monthly(series.first, series.values - before)
    if np.nanmin(series.values) <= 0.0:
        raise UnusableInput(
            key="history.scenarios.satellite.series",
            value=stated.transformation,
            rule="a logarithm or a change as a share is of numbers above 0",
            remedy='state transformation = "difference" or "level" for a series that can be nil or negative',
        )
    if stated.transformation == "log_difference":
        return Monthly(series.first, np.log(series.values) - np.log(before))
    return Monthly(series.first, series.values / before - 1.0)
