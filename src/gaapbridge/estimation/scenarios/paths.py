"""Paths of a scenario to multipliers of the odds of worsening, month ahead by month ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.scenarios.regression import Regression
from gaapbridge.estimation.scenarios.series import Monthly
from gaapbridge.estimation.seen import month_name
from gaapbridge.terms.errors import UnusableInput


@dataclass(frozen=True)
class OutOfRange:
    """A path that leaves what history has seen of its series: the first such month, its value, and the bounds."""

    series: str
    month: int
    value: float
    lowest: float
    highest: float
    months: int


@dataclass(frozen=True)
class PathMultipliers:
    """Of one scenario, by month ahead: ``multipliers``, the standard ``errors`` of their logarithm, and how far each series
    lay from its mean; and where the path left what was seen."""

    multipliers: Numbers
    errors: Numbers
    departures: Mapping[str, Numbers]
    out_of_range: tuple[OutOfRange, ...]


def joined(so_far: Monthly, path: Monthly, known: int, needed: int, what: str) -> Monthly:
    """A series as far as it is known at the end of a month, and its path from there on. Raises ``UnusableInput`` where the
    path does not begin with the month after the last that is known, or ends before the months that are ``needed``.
    """
    whole = so_far.continued(path)
    wanted = np.arange(so_far.last + 1, known + needed + 1, dtype=np.float64)
    lacking = wanted[~np.isfinite(whole.at(wanted))]
    if lacking.size:
        raise UnusableInput(
            key=f"history.scenarios.satellite.series.{what}",
            value=f"no value for {month_name(int(lacking[0]))}",
            rule=f"a path has every month from {month_name(so_far.last + 1)}, after the last of its history that is known, to "
            f"{month_name(known + needed)}, the last supportable month",
            remedy="add the months to the path, or state fewer supportable_months",
        )
    return whole


def path_multipliers(
    made: Regression, series: Mapping[str, Monthly], known: int, supportable_months: int, reverted: Numbers
) -> PathMultipliers:
    """``exp(coefficient x (path - mean))`` by month ahead, over all series, reverting to 1 in equal steps of its logarithm.

    ``series`` is history and path as one, transformed; the mean is that of the months of the regression, whose hazards the
    tables hold. A series with a lag of l months enters month ahead m with what it was l months before it, which may be
    history still. After the supportable months the last value is what reverts. Example: a coefficient of 0.2 and a path 3
    above its mean is a multiplier of exp(0.6) = 1.82.
    """
    ahead = np.arange(1, MONTHS + 1, dtype=np.float64)
    held = np.minimum(ahead, max(supportable_months, 1))
    departures, beyond = {}, []
    for one in made.coefficients:
        months = known + held - one.lag
        values = series[one.series].at(months)
        if (blank := np.flatnonzero(~np.isfinite(values))).size:
            raise UnusableInput(
                key=f"history.scenarios.satellite.series.{one.series}",
                value=f"no value for {month_name(int(months[blank[0]]))}",
                rule=f"a series has, transformed, a value in every month that enters the forecast, {one.lag} before each",
                remedy="give the months of its history that lack, or another transformation",
            )
        departures[one.series] = values - one.mean
        outside = np.flatnonzero((values < one.lowest) | (values > one.highest))
        outside = outside[outside < max(supportable_months, 1)]
        if outside.size:
            at = outside[0]
            beyond.append(
                OutOfRange(one.series, int(months[at]), float(values[at]), one.lowest, one.highest, int(outside.size))
            )
    moved = np.column_stack(list(departures.values())) * (1.0 - reverted)[:, None]
    weights = np.array([one.value for one in made.coefficients])
    errors = np.sqrt(np.maximum(np.einsum("ms,st,mt->m", moved, made.covariance, moved), 0.0))
    return PathMultipliers(np.exp(moved @ weights), errors, departures, tuple(beyond))
