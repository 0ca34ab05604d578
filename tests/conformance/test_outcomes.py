"""What is no surprise: distributions counted out against enumeration, and bands against published tables of the normal."""

from itertools import product
from math import comb, prod

import numpy as np
import pytest

from gaapbridge.measure.outcomes import Band, Counted, Expected, band_of_amount, band_of_number, count_out, counted_together


def test_the_number_of_defaults_is_counted_out_as_enumeration_does() -> None:
    chances = [0.1, 0.5, 0.9, 0.02]
    enumerated = [0.0] * 5
    for outcome in product((0, 1), repeat=4):
        enumerated[sum(outcome)] += prod(p if came else 1.0 - p for p, came in zip(chances, outcome, strict=True))
    low, mass = count_out(np.array(chances))
    assert low == 0
    assert mass.tolist() == pytest.approx(enumerated)


def test_contracts_alike_are_binomial_and_groups_add() -> None:
    low, mass = count_out(np.full(30, 0.2))
    binomial = [comb(30, y) * 0.2**y * 0.8 ** (30 - y) for y in range(31)]
    assert mass.tolist() == pytest.approx(binomial[low : low + len(mass)], rel=1e-12, abs=1e-17)
    halves = Counted(*count_out(np.full(10, 0.2))).plus(Counted(*count_out(np.full(20, 0.2))))
    assert halves.mass[:8].tolist() == pytest.approx(binomial[:8])
    assert halves.up_to(6) == pytest.approx(0.6070, abs=5e-5)  # tables of the binomial distribution


def test_what_is_certain_has_one_number() -> None:
    low, mass = count_out(np.array([1.0, 1.0, 0.0]))
    assert (low, mass.tolist()) == (2, [1.0])
    assert band_of_number([Expected(1.0, 2.0, 0.0, Counted(low, mass))], 0.05) == Band(2, 2)


def test_above_a_variance_the_number_is_normal_with_continuity() -> None:
    """Mean 100, variance 90: 1.96 x 9.487 = 18.6 on either side, from 81 to 119."""
    assert band_of_number([Expected(1.0, 100.0, 90.0)], 0.05) == Band(81, 119)
    assert band_of_amount(1000.0, 10_000.0, 0.01) == Band(742, 1258)  # 2.576 x 100


def test_distributions_are_mixed_over_scenarios_never_probabilities() -> None:
    """Half the time 10 are expected, half the time 40: 25 on average, and 10 and 40 are both no surprise."""
    mixed = [Expected(0.5, 10.0, 9.5), Expected(0.5, 40.0, 36.0)]
    band = band_of_number(mixed, 0.05)
    assert band.holds(10) and band.holds(40)
    assert not band_of_number([Expected(1.0, 25.0, 23.0)], 0.05).holds(10)


def test_what_is_wrong_alike_shows_first_in_the_sum() -> None:
    """Of 400 and 700 contracts 11 and 21 are expected: 21 and 34 are no surprise alone at 99.5 %, 55 of both together are."""

    def band(group: Counted | None, expected: float, share: float) -> Band:
        return band_of_number([Expected(1.0, expected, expected * (1.0 - share), group)], 0.005)

    few, many = Counted(*count_out(np.full(400, 11 / 400))), Counted(*count_out(np.full(700, 21 / 700)))
    assert band(few, 11.0, 11 / 400) == Band(3, 21)
    assert band(many, 21.0, 21 / 700) == Band(10, 35)
    assert band(counted_together([few, many]), 32.0, 32 / 1_100) == Band(16, 48)
    assert counted_together([few, None]) is None
