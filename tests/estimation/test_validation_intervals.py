"""Intervals against exact enumeration, against scipy, and against what they are made of."""

from __future__ import annotations

from itertools import product
from math import sqrt

import numpy as np
import pytest
from scipy import stats

from gaapbridge.estimation.validation.intervals import (
    Spread,
    interval_of_amount,
    interval_of_number,
    shared_months,
    spread_out,
)
from gaapbridge.estimation.validation.scores import FINE, Scores, calibration, discrimination, drift, stability
from gaapbridge.measure.outcomes import Counted, count_out


def by_chance(variance: float) -> Spread:
    return Spread(variance, 0.0, 0.0, 0.0)


def test_a_small_number_has_the_interval_of_every_outcome_enumerated() -> None:
    chances = np.array([0.02, 0.3, 0.11, 0.5, 0.07, 0.9, 0.25, 0.04, 0.6, 0.15])
    mass = np.zeros(11)
    for came in product((0, 1), repeat=10):
        mass[sum(came)] += np.prod(np.where(came, chances, 1.0 - chances))
    cumulated = np.cumsum(mass)
    low = next(y for y in range(11) if cumulated[y] >= 0.025)
    high = next(y for y in range(11) if 1.0 - cumulated[y] < 0.025)
    band = interval_of_number(chances.sum(), by_chance((chances * (1 - chances)).sum()), Counted(*count_out(chances)), 0.05)
    assert (band.low, band.high) == (low, high)


@pytest.mark.parametrize(("number", "chance"), [(50, 0.03), (400, 0.02), (2_000, 0.2), (20_000, 0.01)])
def test_equal_chances_have_the_interval_of_the_binomial(number: int, chance: float) -> None:
    chances = np.full(number, chance)
    variance = number * chance * (1 - chance)
    counted = Counted(*count_out(chances)) if variance < 25 else None
    band = interval_of_number(number * chance, by_chance(variance), counted, 0.05)
    low, high = stats.binom.ppf([0.025, 0.975], number, chance)
    within = 0 if counted else 1  # the normal with continuity correction is not the binomial to the last one
    assert abs(band.low - low) <= within and abs(band.high - high) <= within


def test_a_spread_beside_chance_is_a_normal_around_the_number() -> None:
    counted = spread_out(Counted(*count_out(np.full(300, 0.05))), 9.0)
    values = counted.low + np.arange(len(counted.mass))
    mean, variance = (counted.mass * values).sum(), (counted.mass * values**2).sum() - (counted.mass * values).sum() ** 2
    assert mean == pytest.approx(15.0, abs=0.01)
    assert variance == pytest.approx(300 * 0.05 * 0.95 + 9.0 + 1 / 12, abs=0.1)  # a twelfth is from rounding


def test_no_number_lies_below_nil() -> None:
    spread = spread_out(Counted(0, np.array([0.5, 0.5])), 4.0)
    assert spread.low == 0 and spread.mass.sum() == pytest.approx(1.0)


def test_reasons_of_variance_add_up_and_widen() -> None:
    spread = Spread(90.0, 20.0, 30.0, 60.0)
    band = interval_of_number(100.0, spread, None, 0.05)
    assert spread.total == 200.0
    assert (100 - band.low, band.high - 100) == (round(1.96 * sqrt(200)), round(1.96 * sqrt(200)))
    assert interval_of_amount(500.0, by_chance(1e8), 0.05).low == 0


def test_windows_share_the_months_that_they_have_in_common() -> None:
    assert shared_months((0, 6), 12)[0, 1] == 0.5


ALONE = {"expected": 1.0, "variance": {"chance": 1.0, "overlap": 0.0, "curves": 0.0, "calendar": 0.0}}


def scored(chances: np.ndarray, came: np.ndarray) -> np.ndarray:
    scores = Scores((0,))
    scores.add(0, chances, came)
    return scores.counts[0]


def test_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    chance = np.random.default_rng(5)
    chances = chance.choice([0.01, 0.05, 0.1, 0.3, 0.6], 400)
    came = chance.random(400) < chances
    found = discrimination(scored(chances, came))
    assert found is not None
    area = stats.mannwhitneyu(chances[came], chances[~came]).statistic / (came.sum() * (~came).sum())
    assert found["area"] == pytest.approx(area, abs=1e-12) and found["gini"] == pytest.approx(2 * area - 1)


def test_the_error_of_the_area_is_what_it_varies_by() -> None:
    areas, errors = [], []
    for seed in range(200):
        chance = np.random.default_rng(seed)
        chances = chance.beta(1, 9, 500)
        found = discrimination(scored(chances, chance.random(500) < chances))
        assert found is not None
        areas.append(found["area"])
        errors.append(found["error"])
    assert np.mean(errors) == pytest.approx(np.std(areas), rel=0.15)


def test_nobody_is_told_apart_where_nothing_came() -> None:
    assert discrimination(scored(np.array([0.1, 0.2]), np.array([False, False]))) is None


def test_right_probabilities_have_a_slope_of_one_and_halved_ones_an_intercept() -> None:
    chance = np.random.default_rng(1)
    chances = chance.beta(1, 9, 40_000)
    line = calibration(scored(chances, chance.random(40_000) < chances), 0.05, ALONE, 5.0)
    assert abs(line["slope"] - 1.0) < 3 * line["slope_error"] and abs(line["intercept"]) < 3 * line["intercept_error"]
    assert sum(band["contracts"] for band in line["bands"]) == 40_000
    odds = chances / (1 - chances) * 2
    line = calibration(scored(chances, chance.random(40_000) < odds / (1 + odds)), 0.05, ALONE, 5.0)
    assert line["intercept"] == pytest.approx(np.log(2.0), abs=4 * line["intercept_error"])


def test_outcomes_without_any_have_no_line() -> None:
    assert calibration(scored(np.array([0.1, 0.2]), np.array([False, False])), 0.05, ALONE, 5.0)["slope"] is None


def test_alike_books_are_stable_and_moved_ones_are_not() -> None:
    first, later = np.zeros((2, FINE), dtype=np.int64)
    first[:2], later[:2] = (500, 500), (900, 100)
    assert stability(first, first) == 0.0
    assert stability(first, later) == pytest.approx(0.4 * np.log(0.9 / 0.5) - 0.4 * np.log(0.1 / 0.5), rel=0.01)


def test_a_drift_is_a_slope_a_year() -> None:
    found = drift([0, 12, 24], [100.0, 100.0, 100.0], [100, 110, 121])
    assert found is not None and found["per_year"] == pytest.approx(np.log(1.1))
    assert drift([0], [1.0], [1]) is None
