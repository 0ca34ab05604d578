"""The parts of the kernels by hand, in figures that fit on a line: schedule, carrying amount, effective rate, expected loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gaapbridge.measure import kernels, survival
from gaapbridge.measure.kernels import BULLET, EQUAL_PRINCIPAL, LEVEL, NO_ROOT, NO_SIGN_CHANGE, SOLVED


def numbers(*amounts: float) -> Any:
    return np.array(amounts, dtype=np.float64)


SCHEDULES = {
    "a level instalment that repays early": (LEVEL, 3, 600.0, 0.0, 0.0, 1.0, [1000, 500, 0, 0], [600, 550, 0]),
    "a level instalment whose last takes what is left": (LEVEL, 2, 570.0, 0.0, 0.0, 1.0, [1000, 530, 0], [570, 583]),
    "a service fee while anything is owed": (LEVEL, 3, 600.0, 0.0, 5.0, 1.0, [1000, 500, 0, 0], [605, 555, 0]),
    "equal parts of principal": (EQUAL_PRINCIPAL, 3, 0.0, 400.0, 0.0, 1.0, [1000, 600, 200, 0], [500, 460, 220]),
    "equal parts that repay early": (EQUAL_PRINCIPAL, 3, 0.0, 500.0, 0.0, 1.0, [1000, 500, 0, 0], [600, 550, 0]),
    "all at the end": (BULLET, 2, 0.0, 0.0, 0.0, 1.0, [1000, 1000, 0], [100, 1100]),
    "a first period of half a length": (LEVEL, 2, 570.0, 0.0, 0.0, 0.5, [1000, 480, 0], [570, 528]),
    "instalments below the interest": (LEVEL, 2, 60.0, 0.0, 0.0, 1.0, [1000, 1040, 0], [60, 1144]),
}
"""Kind, instalments, level instalment, part of principal, service fee, first length; balances and flows of 1,000 at 10 %."""


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule(name: str) -> None:
    kind, instalments, instalment, part, service_fee, first_length, balances, flows = SCHEDULES[name]
    balance, flow = np.full(instalments + 1, np.nan), np.full(instalments + 1, np.nan)
    kernels.fill_schedule(1000.0, 0.1, instalments, kind, instalment, part, service_fee, first_length, balance, flow)
    assert_allclose(balance, balances, atol=1e-9)
    assert_allclose(flow[1:], flows, atol=1e-9)
    assert balance[-1] == 0.0


TWICE = numbers(1000, 1000, 0), numbers(0, 100, 1100)
"""Balances and flows of 1,000 at 10 %, repaid after two periods."""


@pytest.mark.parametrize(
    ("mortality", "after", "first_length", "factor", "worth"),
    [
        (0.0, 0, 1.0, 1 / 1.1, 1000),
        (0.4, 0, 1.0, 1 / 1.1, 1000),  # at its own rate prepayment changes nothing
        (0.0, 0, 1.0, 1.0, 1200),
        (0.4, 0, 1.0, 1.0, 100 + 0.4 * 1000 + 0.6 * 1100),
        (0.4, 1, 1.0, 1.0, 1100),
        (0.0, 1, 0.5, 0.5, 550),
        (0.0, 0, 0.5, 0.25, 0.25**0.5 * (100 + 0.25 * 1100)),
    ],
)
def test_a_carrying_amount(mortality: float, after: int, first_length: float, factor: float, worth: float) -> None:
    """The flows after an instalment, of which a share prepays what is owed, each discounted by the factor of its periods."""
    found = kernels.carrying_amount(*TWICE, numbers(0, mortality, 0), 2, after, first_length, factor)
    assert found == pytest.approx(worth, abs=1e-9)


@pytest.mark.parametrize(
    ("initial", "first_length", "mortality", "factor"),
    [
        (1000, 1.0, 0.0, 1 / 1.1),
        (1000, 1.0, 0.4, 1 / 1.1),
        (1200, 1.0, 0.0, 1.0),
        (100 + 0.4 * 1000 + 0.6 * 1100, 1.0, 0.4, 1.0),
        (0.8**0.5 * (100 + 0.8 * 1100), 0.5, 0.0, 0.8),
        (0.8**0.5 * (100 + 0.4 * 1000 + 0.6 * 0.8 * 1100), 0.5, 0.4, 0.8),
    ],
)
@pytest.mark.parametrize("guess", [0.1, 0.9, 1.5])
def test_an_effective_rate(initial: float, first_length: float, mortality: float, factor: float, guess: float) -> None:
    """The factor at which the flows are worth what was lent, wherever the search begins."""
    found, outcome = kernels.solve_factor(initial, *TWICE, numbers(0, mortality, 0), 2, first_length, guess)
    assert outcome == SOLVED
    assert found == pytest.approx(factor, abs=1e-14)


@pytest.mark.parametrize(
    ("initial", "flow", "outcome"),
    [
        (0.0, 1045.0, NO_SIGN_CHANGE),
        (-1.0, 1045.0, NO_SIGN_CHANGE),
        (950.0, 0.0, NO_SIGN_CHANGE),
        (500.0, 1045.0, NO_ROOT),  # more than 100 % a period
        (2100.0, 1045.0, NO_ROOT),  # less than -50 %
        (530.0, 1045.0, SOLVED),
        (2080.0, 1045.0, SOLVED),
    ],
)
def test_no_effective_rate_without_a_sign_change_or_beyond_the_bounds(initial: float, flow: float, outcome: int) -> None:
    one = numbers(1000, 0), numbers(0, flow), numbers(0, 0), 1, 1.0, 0.9
    assert kernels.solve_factor(initial, *one)[1] == outcome


def test_a_level_instalment_pays_interest_and_principal() -> None:
    """12,000 over 12 periods at 2 %; without interest a twelfth."""
    assert kernels.level_instalment(12_000.0, 0.02, 12) == pytest.approx(1_134.715159, abs=1e-6)
    assert kernels.level_instalment(12_000.0, 0.0, 12) == pytest.approx(1_000)


WEIGHTS, BALANCE = numbers(0.01, 0.02, 0.03), numbers(1000, 600, 200, 0)
"""Survival x hazard x loss of three months, and what is owed before and after each instalment."""


@pytest.mark.parametrize(
    ("changed", "total", "near"),
    [
        ({}, 9 + 9.72 + 4.374, 9),
        ({"near_months": 2}, 9 + 9.72 + 4.374, 9 + 9.72),
        ({"horizon": 2}, 9 + 9.72, 9),
        ({"before_instalment": False}, 0.01 * 600 * 0.9 + 0.02 * 200 * 0.81, 0.01 * 600 * 0.9),
        ({"principal": 500.0}, (9 + 9.72 + 4.374) / 2, 4.5),
        (
            {"interest_rate": 0.1, "billed": 50.0},
            0.01 * 1150 * 0.9 + 0.02 * 710 * 0.81 + 0.03 * 270 * 0.729,
            0.01 * 1150 * 0.9,
        ),
        (
            {"interest_rate": 0.1, "before_instalment": False},
            0.01 * 700 * 0.9 + 0.02 * 260 * 0.81 + 0.03 * 20 * 0.729,
            0.01 * 700 * 0.9,
        ),
        ({"shift": 0.5}, (9 + 9.72 + 4.374) / 0.9**0.5, 9 / 0.9**0.5),
        ({"after": 1, "principal": 600.0, "horizon": 2}, 0.01 * 600 * 0.9 + 0.02 * 200 * 0.81, 0.01 * 600 * 0.9),
        ({"after": 3, "principal": 70.0, "interest_rate": 0.1, "billed": 50.0}, 0.01 * 127 * 0.9, 0.01 * 127 * 0.9),
        ({"after": 3, "principal": 0.0, "billed": 50.0}, 0, 0),
    ],
)
def test_an_expected_loss(changed: dict[str, Any], total: float, near: float) -> None:
    """Exposure x weight x 0.9 a month; with interest and bills; half owed; past its schedule, one month of what is owed."""
    usual = {
        "after": 0, "horizon": 3, "principal": 1000.0, "before_instalment": True, "interest_rate": 0.0, "billed": 0.0,
        "factor": 0.9, "shift": 0.0, "near_months": 1,
    }  # fmt: skip
    found = kernels.state_loss(WEIGHTS, BALANCE, 3, *(usual | changed).values())
    assert_allclose(found, (total, near), atol=1e-9)


HAZARD, MORTALITY = np.array([[[[0.02, 0.03, 0.04]]]]), np.array([[0.0, 0.1, 0.2, 0.3]])
"""One scenario, segment and bucket, three months ahead; what prepays in months on book 1, 2, and 3 and later."""

ALIVE = {0: (1, 0.88, 0.88 * 0.77, 0.88 * 0.77 * 0.66), 1: (1, 0.78, 0.78 * 0.67, 0.78 * 0.67 * 0.66)}
"""Performing at the start of each month, of a loan not yet and of one a month on book: less defaults, less prepayments."""


def test_weights_of_losses_are_survival_hazard_and_loss_by_age() -> None:
    """Half is lost of each default; the loan a month on book prepays as in months 2, 3 and later."""
    weights = survival.loss_weights(HAZARD, MORTALITY, np.array([[0.5]]), numbers(1), ages=2)
    expected = [[0.5 * alive[0] * 0.02, 0.5 * alive[1] * 0.03, 0.5 * alive[2] * 0.04] for alive in ALIVE.values()]
    assert_allclose(weights, expected)


def test_scenarios_are_weighted_after_survival() -> None:
    """A quarter of a scenario without defaults, three quarters of the other."""
    both = np.concatenate([np.zeros_like(HAZARD), HAZARD])
    weights = survival.loss_weights(both, MORTALITY, np.array([[0.5], [0.5]]), numbers(0.25, 0.75), ages=1)
    assert_allclose(weights, 0.75 * survival.loss_weights(HAZARD, MORTALITY, np.array([[0.5]]), numbers(1), ages=1))


def test_default_probabilities_from_today_and_from_a_later_month() -> None:
    found = survival.default_probabilities(HAZARD, MORTALITY, numbers(1), ages=2)
    defaults = {age: np.array(alive[:3]) * numbers(0.02, 0.03, 0.04) for age, alive in ALIVE.items()}
    assert_allclose(found.cumulative, [[0, *np.cumsum(defaults[age])] for age in (0, 1)])
    assert_allclose(found.alive, list(ALIVE.values()))
    row, start, end = np.array([0, 1]), np.array([1, 1]), np.array([3, 9])
    later = [(defaults[age][1] + defaults[age][2]) / ALIVE[age][1] for age in (0, 1)]
    assert_allclose(found.between(row, start, end), later)  # beyond the table its last month holds
