"""What a validator wants to know of a satellite, as plain words and numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gaapbridge.estimation.scenarios.paths import PathMultipliers
from gaapbridge.estimation.scenarios.regression import Coefficient
from gaapbridge.estimation.scenarios.satellite import Satellited
from gaapbridge.estimation.seen import month_name

_YEARS = 120
"""Months ahead that are told one by one."""


def told_satellite(found: Satellited) -> dict[str, Any]:
    """Sample, coefficients with their errors, tests, lags tried, and what was taken out of it."""
    made = found.held.regression
    return {
        "first": month_name(made.first),
        "last": month_name(made.last),
        "months": made.months,
        "months_left_out": made.left_out,
        "thin_months": found.thin_months,
        "constant": made.constant,
        "coefficients": list(map(_told, made.coefficients)),
        "taken_out_for_their_sign": list(map(_told, found.held.taken_out)),
        "taken_out_as_not_stationary": list(found.unsteady),
        "errors": "Newey-West, Bartlett weights; intervals by the critical values of Kiefer and Vogelsang; lags taken as given",
        "correlated_lags": made.correlated_lags,
        "explained": made.explained,
        "durbin_watson": made.durbin_watson,
        "criterion": made.criterion,
        "lags_tried": [{"lags": list(lags), made.criterion: value} for lags, value in made.tried.items()],
        "stationarity": {name: asdict(one) for name, one in found.tests.items()},
    }


def told_path(path: PathMultipliers) -> dict[str, Any]:
    """How far each series lay from its mean by month ahead, the errors of the multipliers, and where it left what was seen."""
    return {
        "departures": {name: one[:_YEARS].tolist() for name, one in path.departures.items()},
        "standard_error_of_logarithm": path.errors[:_YEARS].tolist(),
        "outside_history": [{**asdict(one), "month": month_name(one.month)} for one in path.out_of_range],
    }


def _told(one: Coefficient) -> dict[str, Any]:
    return {**asdict(one), "month": month_name(one.month)}
