"""Whether a series returns to a mean, which a regression on it needs: two tests with opposite nulls."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from gaapbridge.estimation.fitted import Numbers
from gaapbridge.plan.scenarios import Satellite
from gaapbridge.terms.errors import UnusableInput

FEWEST = 20
"""Values in a row without which neither test says anything."""


@dataclass(frozen=True)
class Stationarity:
    """What both tests say of a series: the augmented Dickey-Fuller test, whose null is a unit root, and that of Kwiatkowski,
    Phillips, Schmidt and Shin, whose null is a level to which the series returns. ``months`` are those tested.

    ``verdict``: ``stationary`` or ``not stationary`` where they agree, else ``undecided``.
    """

    months: int
    dickey_fuller: float
    dickey_fuller_p: float
    dickey_fuller_lags: int
    kpss: float
    kpss_p: float
    kpss_lags: int
    verdict: str


def stationarity(values: Numbers, stated: Satellite, what: str) -> Stationarity:
    """Both tests with a constant, of the longest run of values without a gap, lags of the first by the plan's criterion.

    The tables of the second give its probability as 0.01 at least and 0.1 at most. Raises ``UnusableInput`` where the run is
    too short, or does not move.
    """
    run = longest_run(values)
    if run.size < FEWEST or np.ptp(run) == 0.0:
        raise UnusableInput(
            value=f"{what}: {run.size} months in a row",
            rule=f"a series is tested on at least {FEWEST} months in a row, in which it moves",
            remedy="give a longer series, or remove it from the satellite",
        )
    try:
        from statsmodels.tsa.stattools import adfuller, kpss
    except ImportError:
        raise not_installed() from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        statistic, p, lags, *_ = adfuller(run, regression="c", autolag=stated.criterion.upper())
        level, level_p, level_lags, *_ = kpss(run, regression="c", nlags="auto")
    rooted, moved = p >= float(stated.significance), level_p < float(stated.significance)
    verdict = "stationary" if not rooted and not moved else "not stationary" if rooted and moved else "undecided"
    return Stationarity(run.size, float(statistic), float(p), int(lags), float(level), float(level_p), int(level_lags), verdict)


def longest_run(values: Numbers) -> Numbers:
    """The longest part of a series without a gap, the last of equals.

    >>> longest_run(np.array([1.0, np.nan, 2.0, 3.0])).tolist()
    [2.0, 3.0]
    """
    known = np.concatenate([[False], np.isfinite(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    runs = [values[first:last] for first, last in zip(edges[::2], edges[1::2], strict=True)]
    return max(reversed(runs), key=len, default=values[:0])


def not_installed() -> UnusableInput:
    """A satellite where its library is not there."""
    return UnusableInput(
        key="history.scenarios.satellite",
        rule="a satellite regression needs statsmodels",
        remedy='install it: python -m pip install "gaapbridge[estimate]"; or state odds by hand',
    )
