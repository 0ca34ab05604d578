"""The parts of the kernels by hand, in figures that fit on a line: schedule, carrying amount, effective rate, expected loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gaapbridge.measure import carrying, kernels, losses, survival
from gaapbridge.measure.effective_rates import NO_ROOT, NO_SIGN_CHANGE, SOLVED, solve_factor
from gaapbridge.measure.kernels import BULLET, EQUAL_PRINCIPAL, LEVEL
from gaapbridge.measure.rounding import BEYOND, to_minor
from gaapbridge.measure.timeline import (
    AFTER_INSTALMENT,
    AT_INSTANT,
    BEFORE_INSTALMENT,
    FIRST_MISSED,
    NO_INTEREST,
    TO_RECOGNITION,
)


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
    found = np.full(3, np.nan)
    carrying.fill_carrying_amounts(*TWICE, numbers(0, mortality, 0), 2, after, first_length, factor, found)
    assert found[after] == pytest.approx(worth, abs=1e-9)
    assert np.isnan(found[:after]).all() and found[2] == 0.0


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
    found, outcome = solve_factor(initial, *TWICE, numbers(0, mortality, 0), 2, first_length, guess)
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
    assert solve_factor(initial, *one)[1] == outcome


def test_a_level_instalment_pays_interest_and_principal() -> None:
    """12,000 over 12 periods at 2 %; without interest a twelfth."""
    assert kernels.level_instalment(12_000.0, 0.02, 12) == pytest.approx(1_134.715159, abs=1e-6)
    assert kernels.level_instalment(12_000.0, 0.0, 12) == pytest.approx(1_000)


WEIGHTS, BALANCE = numbers(0.01, 0.02, 0.03), numbers(1000, 600, 200, 0)
"""Survival x hazard x loss of three months, and what is owed before and after each instalment."""


TEXTBOOK = {
    "due": 0, "paid": 0, "lag": 0, "elapsed": 0.0, "horizon": 3, "principal": 1000.0, "exposure": BEFORE_INSTALMENT,
    "interest_rate": 0.0, "billed": 0.0, "interest": TO_RECOGNITION, "factor": 0.9, "shift": 0.0, "near_months": 1,
}  # fmt: skip


NOTHING = numbers(0, 0, 0)
"""What is deferred ahead of a loan without fees or costs."""


def loss_of(usual: dict[str, Any], changed: dict[str, Any], deferred_ahead: Any = NOTHING) -> tuple[float, float]:
    found: tuple[float, float] = losses.state_loss(
        WEIGHTS, 2.0 * WEIGHTS, deferred_ahead, BALANCE, 3, *(usual | changed).values()
    )
    return found


@pytest.mark.parametrize(
    ("changed", "total", "near"),
    [
        ({}, 9 + 9.72 + 4.374, 3.6),
        ({"near_months": 2}, 9 + 9.72 + 4.374, 7.2 + 0.02 * 400 * 0.81),
        ({"near_months": 3}, 9 + 9.72 + 4.374, 9 + 9.72 + 4.374),
        ({"near_months": 0}, 9 + 9.72 + 4.374, 0),
        ({"horizon": 2}, 9 + 9.72, 3.6),
        ({"exposure": AFTER_INSTALMENT}, 0.01 * 600 * 0.9 + 0.02 * 200 * 0.81, 0),
        ({"principal": 500.0}, (9 + 9.72 + 4.374) / 2, 1.8),
        (
            {"interest_rate": 0.1, "billed": 50.0},
            0.01 * (1000 + 2 * 150) * 0.9 + 0.02 * (600 + 2 * 110) * 0.81 + 0.03 * (200 + 2 * 70) * 0.729,
            3.6 + 0.01 * 2 * 150 * 0.9,
        ),
        ({"interest_rate": 0.1, "billed": 50.0, "interest": NO_INTEREST}, 9 + 9.72 + 4.374, 3.6),
        (
            {"interest_rate": 0.1, "exposure": AFTER_INSTALMENT},
            0.01 * 800 * 0.9 + 0.02 * 320 * 0.81 + 0.03 * 40 * 0.729,
            0.01 * 2 * 100 * 0.9,
        ),
        ({"shift": 0.5}, (9 + 9.72 + 4.374) / 0.9**0.5, 3.6 / 0.9**0.5),
        ({"due": 1, "principal": 600.0, "horizon": 2}, 0.01 * 600 * 0.9 + 0.02 * 200 * 0.81, 0.01 * 400 * 0.9),
        ({"due": 2, "principal": 200.0, "horizon": 1}, 0.01 * 200 * 0.9, 0.01 * 200 * 0.9),
        ({"due": 3, "principal": 70.0, "interest_rate": 0.1, "billed": 50.0}, 0.01 * 184 * 0.9, 0.01 * 184 * 0.9),
        ({"due": 3, "principal": 0.0, "billed": 50.0}, 0, 0),
    ],
)
def test_an_expected_loss_without_a_timeline(changed: dict[str, Any], total: float, near: float) -> None:
    """Exposure x weight x 0.9 a month, interest at twice the weight; half owed; past its schedule, a month of what is owed.
    Near is what of it falls due with the next instalment: 400 of the 1,000, and nothing of what is owed after it."""
    assert_allclose(loss_of(TEXTBOOK, changed), (total, near), atol=1e-9)


FIRST = TEXTBOOK | {"exposure": FIRST_MISSED, "lag": 1, "interest": NO_INTEREST, "factor": 1.0}


@pytest.mark.parametrize(
    ("changed", "exposed"),
    [
        ({}, (1000, 1000, 600)),
        ({"lag": 0}, (1000, 600, 200)),
        ({"lag": 2}, (1000, 1000, 1000)),
        ({"due": 1, "paid": 1, "principal": 600.0}, (600, 600, 200)),
        ({"due": 1, "paid": 0, "principal": 1000.0}, (1000, 600, 200)),
        ({"due": 2, "paid": 1, "principal": 300.0}, (300, 100, 100)),
        ({"due": 5, "paid": 2, "principal": 200.0}, (200, 200, 200)),
        ({"due": 4, "paid": 3, "principal": 70.0}, (70, 70, 70)),
        ({"due": 4, "paid": 3, "principal": 0.0}, (0, 0, 0)),
    ],
)
def test_a_default_finds_exposed_what_was_owed_at_its_first_miss(changed: dict[str, Any], exposed: tuple[float, ...]) -> None:
    """Balances of 1,000, 600 and 200: not before the oldest unpaid instalment, not after the last, in proportion to what is
    owed; past its schedule as it stands."""
    assert_allclose(loss_of(FIRST, changed)[0], float(np.dot(WEIGHTS, exposed)), atol=1e-9)


@pytest.mark.parametrize(
    ("changed", "near"),
    [
        ({}, (400, 400, 0)),  # of months 1 and 2, which miss the first instalment, what falls due with it
        ({"near_months": 2}, (800, 800, 400)),
        ({"near_months": 3}, (1000, 1000, 600)),
        ({"due": 1, "paid": 0, "lag": 3}, (800, 800, 800)),  # one unpaid, and the one after: 200 are due later
        ({"due": 2, "paid": 1, "principal": 300.0}, (300, 100, 100)),  # nothing is due later than the next
    ],
)
def test_losses_are_near_by_the_due_dates_of_what_is_lost(changed: dict[str, Any], near: tuple[float, ...]) -> None:
    """Not by the month in which a default is recognised: who misses the last instalment is found out after it."""
    assert_allclose(loss_of(FIRST, changed)[1], float(np.dot(WEIGHTS, near)), atol=1e-9)


@pytest.mark.parametrize(
    ("interest", "accrued"),
    [(NO_INTEREST, (0, 0, 0)), (TO_RECOGNITION, (50 + 100, 50 + 200, 600 * 0.1 * 2)), (AT_INSTANT, (50 + 25, 50 + 25, 0))],
)
def test_interest_of_a_default_that_has_begun_and_of_one_that_has_not(interest: int, accrued: tuple[float, ...]) -> None:
    """1,000 at 10 %, 50 billed, a quarter of the period gone, a lag of one: the first two months recognise a default that
    began with the oldest instalment unpaid, the third one of the instalment after it. Interest weighs twice."""
    found = loss_of(FIRST, {"interest": interest, "interest_rate": 0.1, "billed": 50.0, "elapsed": 0.25})[0]
    assert_allclose(found, float(np.dot(WEIGHTS, (1000, 1000, 600))) + 2.0 * float(np.dot(WEIGHTS, accrued)), atol=1e-9)


@pytest.mark.parametrize(
    ("deferred_ahead", "interest", "lost", "near"),
    [
        ((0.0, 0.0, 0.0), {}, (10, 12, 6), 4),
        ((0.002, 0.0, 0.0), {}, (12, 12, 6), 4.8),  # costs
        ((-0.004, 0.0, 0.0), {}, (6, 12, 6), 2.4),
        ((-0.01, 0.0, 0.0), {}, (0, 12, 6), 0),
        ((-0.05, -0.001, 0.0), {}, (0, 11.4, 6), 0),  # a default is no gain that offsets others
        # of principal -2, of which 0.4 is near, and of interest 4: not more is near than is lost
        ((-0.012, 0.0, 0.0), {"interest_rate": 0.1, "billed": 100.0}, (2, 12 + 0.04 * 160, 6 + 0.06 * 120), 2),
    ],
)
def test_what_is_deferred_when_a_default_comes(
    deferred_ahead: tuple[float, ...], interest: dict[str, float], lost: tuple[float, ...], near: float
) -> None:
    """Exposed are 1,000, 600 and 200, of which 0.01, 0.02 and 0.03 are lost, and of a unit what is deferred besides."""
    found = loss_of(TEXTBOOK | {"factor": 1.0}, interest, numbers(*deferred_ahead))
    assert_allclose(found, (sum(lost), near), atol=1e-9)


@pytest.mark.parametrize(
    ("exposure", "frozen", "days", "ahead"),
    [
        (FIRST_MISSED, False, (0, 0), (0.1 * -0.05, 0.2 * 0.02, 0)),
        (FIRST_MISSED, False, (-1, -1), (0.1 * -0.06, 0.2 * -0.05, 0.3 * 0.02)),
        (FIRST_MISSED, False, (-2, -2), (0.1 * -0.06, 0.2 * -0.06, 0.3 * -0.05)),  # none before now, on a due date
        (FIRST_MISSED, False, (0, 1), (0, 0.2 * 0.02, 0)),
        (FIRST_MISSED, False, (0, 9), (0, 0.2 * 0.02, 0)),
        (FIRST_MISSED, False, (0, -1), (0.1 * -0.06, 0.2 * (0.02 - 0.05), 0)),  # costs of one day, a discount of another
        (FIRST_MISSED, True, (0, 9), (0.1 * -0.03, 0.2 * -0.03, 0)),
        (BEFORE_INSTALMENT, True, (0, 0), (0.1 * -0.03, 0.2 * -0.03, 0.3 * -0.03)),
        (BEFORE_INSTALMENT, False, (0, 0), (0.1 * -0.05, 0.2 * 0.02, 0)),
    ],
)
def test_what_defaults_ahead_count_of_a_deferral(
    exposure: int, frozen: bool, days: tuple[int, int], ahead: tuple[float, ...]
) -> None:
    """940 for 1,000 owed, 570 for 600 after an instalment, 204 for 200 after two, nothing after the last. What stands still is
    -0.03 a unit, as long as a default begins with what is unpaid now: of months 1 and 2, with a lag of one; without a timeline
    of all."""
    found, defaults = np.full(4, np.nan), numbers(0.1, 0.2, 0.3)
    units, grown = np.full((2, 4), np.nan), numbers(losses.NOT_GROWN, 0, 0)
    losses.fill_deferred_ahead(
        found, units, grown, defaults, WORTH, BALANCE, BALANCE, 3, 1.0, 1.0, 1.0, 0, 0, 1, 0.0, *map(float, days), 3, exposure,
        frozen, -0.03,
    )  # fmt: skip
    assert_allclose(found[:3], ahead, atol=1e-12)
    assert np.isnan(found[3])


WORTH = numbers(940, 570, 204, 0)
"""What that is worth which owes ``BALANCE``."""


def of_a_unit(day: float, elapsed: float = 0.0, first_length: float = 1.0, rates: tuple[float, float] = (0.0, 0.0)) -> Any:
    """What is deferred of a unit of the same contract on the days of three months."""
    found, (factor, bare_factor) = np.full(4, np.nan), (1.0 / (1.0 + rate) for rate in rates)
    grown = numbers(losses.NOT_GROWN, 0, 0)
    losses.fill_deferred_of_a_unit(
        found, WORTH, BALANCE, BALANCE, 3, first_length, factor, bare_factor, grown, 0, elapsed, day, 3
    )
    assert np.isnan(found[3])
    return found


def test_what_is_deferred_between_due_dates_is_grown_to_the_day() -> None:
    """At 4 % a period, and 1 % without fees: a quarter of a period before each due date, and on the instant where it is later.
    A first period may be as long as two."""
    rates, grown = (0.04, 0.01), [(940, 1000), (570, 600), (204, 200)]
    before = [(worth * 1.04**0.75 - owed * 1.01**0.75) / owed for worth, owed in grown]
    assert_allclose(of_a_unit(-0.25, 0.0, 1.0, rates)[:3], before)
    at_the_instant = (940 * 1.04**0.9 - 1000 * 1.01**0.9) / 1000
    assert_allclose(of_a_unit(-0.25, 0.9, 1.0, rates)[:3], [at_the_instant, *before[1:]])
    longer = (940 * 1.04**1.5 - 1000 * 1.01**1.5) / 1000
    assert_allclose(of_a_unit(-0.25, 0.0, 2.0, rates)[:3], [longer, *before[1:]])


def test_powers_of_one_part_of_a_period_are_taken_once() -> None:
    """A quarter at 4 % and 1 %; a second time what is known stands, and another part is another."""
    grown = numbers(losses.NOT_GROWN, 0, 0)
    losses.grow(grown, 0.25, 1 / 1.04, 1 / 1.01)
    assert_allclose(grown, (0.25, 1.04**0.25, 1.01**0.25))
    losses.grow(grown, 0.25, 1 / 1.09, 1 / 1.09)
    assert_allclose(grown, (0.25, 1.04**0.25, 1.01**0.25))
    losses.grow(grown, 0.0, 1 / 1.04, 1 / 1.01)
    assert_allclose(grown, (0, 1, 1))


HAZARD, MORTALITY = np.array([[[[0.02, 0.03, 0.04]]]]), np.array([[0.0, 0.1, 0.2, 0.3]])
"""One scenario, pool and bucket, three months ahead; what prepays in months on book 1, 2, and 3 and later."""

ALIVE = {0: (1, 0.88, 0.88 * 0.77), 1: (1, 0.78, 0.78 * 0.67)}
"""On book at the start of each month, of a loan not yet and of one a month on book: less defaults, less prepayments."""


def risk_of(hazard: Any = HAZARD, performing: float = 1.0, weights: Any = (1.0,), ages: int = 2) -> survival.Risk:
    return survival.Risk(hazard, np.full_like(hazard, performing), MORTALITY, np.array(weights), ages)


def test_weights_of_losses_are_survival_hazard_and_loss_by_age() -> None:
    """Half is lost of each default; the loan a month on book prepays as in months 2, 3 and later."""
    weights = survival.loss_weights(risk_of(), np.array([[0.5]]))
    expected = [[0.5 * alive[0] * 0.02, 0.5 * alive[1] * 0.03, 0.5 * alive[2] * 0.04] for alive in ALIVE.values()]
    assert_allclose(weights, expected)


def test_only_those_who_are_current_and_pay_prepay() -> None:
    """Half of those on book: 0.02 default and 0.05 prepay in the first month, 0.03 and 0.1 in the second."""
    weights = survival.loss_weights(risk_of(performing=0.5, ages=1), np.array([[1.0]]))
    assert_allclose(weights, [[0.02, 0.93 * 0.03, 0.93 * 0.87 * 0.04]])


def test_scenarios_are_weighted_after_survival() -> None:
    """A quarter of a scenario without defaults, three quarters of the other."""
    both = np.concatenate([np.zeros_like(HAZARD), HAZARD])
    weights = survival.loss_weights(risk_of(both, weights=(0.25, 0.75), ages=1), np.array([[0.5], [0.5]]))
    assert_allclose(weights, 0.75 * survival.loss_weights(risk_of(ages=1), np.array([[0.5]])))


def test_default_probabilities_over_the_months_ahead() -> None:
    found = survival.default_probabilities(risk_of())
    defaults = {age: np.array(alive) * numbers(0.02, 0.03, 0.04) for age, alive in ALIVE.items()}
    assert_allclose(found, [[0, *np.cumsum(defaults[age])] for age in (0, 1)])


def test_estimates_are_rounded_half_away_from_nil() -> None:
    """Halves from -1.5 on, the last number below a half, and what is beyond every amount, which is cut to it; what is no number
    is found wherever it stands."""
    halves = np.arange(-3, 1_000)
    assert to_minor(halves / 2.0).tolist() == (np.sign(halves) * ((np.abs(halves) + 1) // 2)).tolist()
    assert to_minor(numbers(0.49999999999999994, -1e300, 1e300)).tolist() == [0, -BEYOND, BEYOND]
    assert to_minor(np.broadcast_to(2.5, (2, 3))).tolist() == [[3] * 3] * 2
    with pytest.raises(ValueError, match="not a finite number"):
        to_minor(np.append(halves / 2.0, np.nan))
