"""The trial of an estimator is tried itself: with the truth as its fit it finds no bias, with twice of it twice."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from gaapbridge.estimation.months import Months
from tests.estimation.simulated import held, truth
from tests.estimation.simulated.lender import Window, live
from tests.estimation.simulated.process import Process
from tests.estimation.simulated.seeds import BEST, TRUE, tried, tried_losses


@cache
def _chances() -> dict[int, truth.Ahead]:
    return truth.ahead(Process(), 12)


@cache
def _of_many() -> held.Table:
    return held.pooled_truth(live(6_000, seed=99, vintages=48), Window(last=47), _chances(), before_the_last=True)


def test_the_truth_has_no_bias_against_the_best_table() -> None:
    """The true table of another, larger history: within 4 % in all, and near the truth of the book as far as its form goes."""
    found = tried(lambda months, until: _of_many(), range(6), 600, _chances())
    for outcome in ("defaults", "prepaid"):
        assert found.bias(outcome, BEST)[-1] == pytest.approx(1.0, abs=0.04)
        assert found.bias(outcome, TRUE)[-1] == pytest.approx(1.0, abs=0.08)
        assert found.inside(outcome, 10.0).mean() > 0.8


def test_twice_the_hazard_is_found() -> None:
    def doubled(months: Months, until: int) -> held.Table:
        best = _of_many()
        return held.Table(np.minimum(2.0 * best.hazard, 0.9), best.performing, best.mortality)

    found = tried(doubled, range(6), 600, _chances())
    assert 1.6 < found.bias("defaults", BEST)[-1] < 2.1
    assert found.inside("defaults", 10.0).mean() < 0.6


def test_a_loss_of_one_half_is_found_too_high() -> None:
    """True losses of this process are .28, .34, .40 by segment at default: one half is 1.5 times that."""
    flat = np.full((3, 480), 0.5)
    found = tried_losses(lambda months, until: (flat, flat), range(3), 1_500, Process())
    assert 1.3 < found.ratio()[0] < 1.8
    assert found.ratio(discounted=True)[0] < found.ratio()[0]
