"""The satellite: a regression of the shift in log-odds of worsening on macro series, with lags chosen and signs held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, sqrt
from typing import Any

import numpy as np

from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.scenarios.series import Monthly
from gaapbridge.estimation.scenarios.stationarity import not_installed
from gaapbridge.estimation.scenarios.target import Target
from gaapbridge.plan.scenarios import Satellite
from gaapbridge.terms.errors import UnusableInput


@dataclass(frozen=True)
class Coefficient:
    """What a series comes to at the lag chosen: coefficient, its robust standard error, their ratio, and the interval of 95 %.
    ``mean``, ``lowest`` and ``highest`` are the series' within the sample; ``without_month`` is what the coefficient comes to
    where the ``month`` that moves it most is left out."""

    series: str
    lag: int
    value: float
    error: float
    ratio: float
    low: float
    high: float
    mean: float
    lowest: float
    highest: float
    month: int
    without_month: float


@dataclass(frozen=True)
class Regression:
    """One regression: its ``months``, of which ``left_out`` within them lack a value; the constant; coefficients and their
    ``covariance``; how far errors are taken to be correlated; explained share, Durbin-Watson, and the criterion of each lag."""

    first: int
    last: int
    months: int
    left_out: int
    constant: float
    coefficients: tuple[Coefficient, ...]
    covariance: Numbers
    correlated_lags: int
    explained: float
    durbin_watson: float
    criterion: str
    tried: Mapping[tuple[int, ...], float]
    residuals: Monthly


@dataclass(frozen=True)
class Held:
    """The regression whose series all have their sign, and those that were taken out because they had not, in order."""

    regression: Regression
    taken_out: tuple[Coefficient, ...]


def held_signs(target: Monthly, series: Mapping[str, Monthly], stated: Satellite) -> Held:
    """The regression on all series; while one has the other sign, that with the largest ratio is taken out and it is made anew.

    Raises ``UnusableInput`` where no series has its sign.
    """
    names, taken_out = list(series), list[Coefficient]()
    while names:
        made = regression(target, {name: series[name] for name in names}, stated)
        wrong = [one for one in made.coefficients if (one.value > 0.0) != (stated.series[one.series].sign == "positive")]
        if not wrong:
            return Held(made, tuple(taken_out))
        taken_out.append(max(wrong, key=lambda one: abs(one.ratio)))
        names.remove(taken_out[-1].series)
    said = ", ".join(f"{one.series} {one.value:+.4f} (standard error {one.error:.4f})" for one in taken_out)
    raise UnusableInput(
        key="history.scenarios.satellite.series",
        value=said,
        rule="at least one series moves the odds of worsening in the direction that the plan states",
        remedy="state odds by hand, or series that explain what this history shows; a longer history may show another",
    )


def refuse_short(target: Target, series: Mapping[str, Monthly], stated: Satellite) -> None:
    """Raise ``UnusableInput`` where fewer months have the target and every series than the plan asks for."""
    months, *_ = _sample(target.shift, series, stated.most_lags)
    if months.size < stated.least_months:
        thin = f" ({target.thin} more have too few contracts that would worsen)" if target.thin else ""
        raise UnusableInput(
            key="history.scenarios.satellite.least_months",
            value=str(stated.least_months),
            rule=f"too short: of {target.months} months of history{thin}, {months.size} have every series at up to "
            f"{stated.most_lags} lags, and {stated.least_months} are needed",
            remedy="state odds by hand, or give a longer history",
        )


def regression(target: Monthly, series: Mapping[str, Monthly], stated: Satellite) -> Regression:
    """Least squares on the months that have every series at every lag, lags chosen by the criterion on these same months.

    Standard errors are robust to autocorrelation and unequal variance: Newey and West's, with Bartlett weights over 1.3 times
    the root of the months, corrected for their number. Intervals take the critical value that goes with so many months (Kiefer
    and Vogelsang), 2.5 for 60 and 2.2 for 240, no 1.96: with that one they hold the truth too seldom. The lags chosen are taken
    as given. Raises ``UnusableInput`` where the months cannot tell the series apart.
    """
    months, y, regressors = _sample(target, series, stated.most_lags)
    try:
        from statsmodels.regression.linear_model import OLS
    except ImportError:
        raise not_installed() from None
    designs = {lags: _design(regressors, lags) for lags in product(range(stated.most_lags + 1), repeat=len(series))}
    tried = {
        lags: float(getattr(OLS(y, design).fit(), stated.criterion))
        for lags, design in designs.items()
        if np.linalg.matrix_rank(design) == design.shape[1]
    }
    if not tried:
        raise UnusableInput(
            key="history.scenarios.satellite.series",
            value=", ".join(series),
            rule="every series moves within the months of the history, and no two move as one",
            remedy="remove a series that does not, or one of two alike",
        )
    best = min(tried, key=lambda lags: (tried[lags], lags))
    correlated = _summed(months.size)
    fitted = OLS(y, designs[best]).fit(cov_type="HAC", cov_kwds={"maxlags": correlated, "use_correction": True}, use_t=True)
    unexplained = np.full(int(months[-1] - months[0]) + 1, np.nan)
    unexplained[(months - months[0]).astype(np.int64)] = fitted.resid
    return Regression(
        first=int(months[0]),
        last=int(months[-1]),
        months=months.size,
        left_out=unexplained.size - months.size,
        constant=float(fitted.params[0]),
        coefficients=_coefficients(fitted, list(series), best, designs[best], months),
        covariance=np.asarray(fitted.cov_params(), dtype=np.float64)[1:, 1:],
        correlated_lags=correlated,
        explained=float(fitted.rsquared),
        durbin_watson=float(np.nansum(np.diff(unexplained) ** 2) / max(np.nansum(unexplained**2), np.finfo(float).tiny)),
        criterion=stated.criterion,
        tried=tried,
        residuals=Monthly(int(months[0]), unexplained),
    )


def _sample(target: Monthly, series: Mapping[str, Monthly], most_lags: int) -> tuple[Numbers, Numbers, list[Numbers]]:
    """Months, the target and each series lag x month, of the months in which all are known."""
    months = target.first + np.arange(target.values.size, dtype=np.float64)
    lagged = [np.stack([one.at(months - lag) for lag in range(most_lags + 1)]) for one in series.values()]
    known = np.isfinite(target.values) & np.all([np.isfinite(one).all(axis=0) for one in lagged], axis=0)
    return months[known], target.values[known], [one[:, known] for one in lagged]


def _design(regressors: Sequence[Numbers], lags: Sequence[int]) -> Numbers:
    """A constant and each series at its lag, month x column."""
    columns = [one[lag] for one, lag in zip(regressors, lags, strict=True)]
    return np.column_stack([np.ones(columns[0].size), *columns])


def _wide(share: float) -> float:
    """Standard errors in half an interval of 95 %, where they were summed over that share of the months.

    >>> [round(_wide(share), 2) for share in (0.0, 0.1, 0.2)]
    [1.96, 2.26, 2.57]
    """
    return 1.9600 + 2.9694 * share + 0.4160 * share**2 - 0.5324 * share**3


def _coefficients(
    fitted: Any, names: Sequence[str], lags: Sequence[int], design: Numbers, months: Numbers
) -> tuple[Coefficient, ...]:
    wide = _wide(_summed(months.size) / months.size)
    without = _without_each(design, np.asarray(fitted.resid, dtype=np.float64), np.asarray(fitted.params, dtype=np.float64))
    most = np.abs(without - np.asarray(fitted.params)).argmax(axis=0)
    return tuple(
        Coefficient(
            series=name,
            lag=lag,
            value=float(fitted.params[place]),
            error=float(fitted.bse[place]),
            ratio=float(fitted.tvalues[place]),
            low=float(fitted.params[place] - wide * fitted.bse[place]),
            high=float(fitted.params[place] + wide * fitted.bse[place]),
            mean=float(design[:, place].mean()),
            lowest=float(design[:, place].min()),
            highest=float(design[:, place].max()),
            month=int(months[most[place]]),
            without_month=float(without[most[place], place]),
        )
        for place, (name, lag) in enumerate(zip(names, lags, strict=True), start=1)
    )


def _summed(months: int) -> int:
    """Over how many months errors are taken to be correlated."""
    return ceil(1.3 * sqrt(months))


def _without_each(design: Numbers, residuals: Numbers, value: Numbers) -> Numbers:
    """The coefficients without each month in turn, month x coefficient, by the rule that takes one row out of least squares."""
    inverse = np.linalg.inv(design.T @ design)
    leverage = np.einsum("mi,ij,mj->m", design, inverse, design)
    moved: Numbers = value - (design @ inverse) * (residuals / np.maximum(1.0 - leverage, 1e-12))[:, None]
    return moved
