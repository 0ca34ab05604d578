"""Forfeiture rates of simulated staff who leave at known rates by year of service."""

from __future__ import annotations

import numpy as np
import pytest

from gaapbridge.estimation.forfeitures import Grants, count_forfeitures, forfeiture_rates

TRUE = (0.30, 0.15, 0.06)
"""Yearly rates in the first year of service, in the second, and afterwards."""

FIRST, LAST = np.datetime64("2019-01-01"), np.datetime64("2023-12-31")
_YEAR = 365


def drawn(awards: int, seed: int) -> Grants:
    """Awards of 2015 to 2023 that vest in four years; holders leave at the true rates, and who did before 2019 is left out."""
    random = np.random.default_rng(seed)
    granted = np.datetime64("2015-01-01") + random.integers(0, 9 * _YEAR, awards).astype("timedelta64[D]")
    patience, force = random.exponential(1.0, awards), -np.log1p(-np.array(TRUE))
    bounds = np.cumsum(force[:2])
    years = np.select(
        [patience < bounds[0], patience < bounds[1]],
        [patience / force[0], 1 + (patience - bounds[0]) / force[1]],
        2 + (patience - bounds[1]) / force[2],
    )
    left = granted + np.ceil(years * _YEAR).astype("timedelta64[D]")
    vests = granted + np.timedelta64(4 * _YEAR, "D")
    gone = np.flatnonzero(left < vests)
    units = random.integers(50, 150, awards)
    return Grants(
        function=np.zeros(awards, np.int64), service_from=granted, granted_on=granted, vests_on=vests, units=units,
        tranche=gone, forfeited_on=left[gone], forfeited_units=units[gone],
    )  # fmt: skip


def test_rates_by_year_of_service_are_not_biased() -> None:
    """Over twenty histories of 2,000 awards the mean is within three standard errors of the truth, and none is far from it."""
    found = np.array([
        [one.annual_rate for one in forfeiture_rates(count_forfeitures(drawn(2_000, seed), FIRST, LAST), 20)][:3]
        for seed in range(20)
    ])  # fmt: skip
    mean, error = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(mean - TRUE) < 3 * error + 0.001)
    assert mean == pytest.approx(TRUE, abs=0.01)
