"""The logit and the chain behind the tail: against frequencies, separated cells and a truth that is known."""

import numpy as np
import pytest

from gaapbridge.assumptions.curve_tables import ARREARS, BUCKETS
from gaapbridge.estimation.cohorts import count
from gaapbridge.estimation.tail import carried_on, logistic, one_step, remembered
from tests.estimation.histories import START, drawn

LATER = START + 200


def test_a_saturated_logit_has_the_frequencies() -> None:
    found = logistic(np.eye(4), np.array([1e6, 1e6, 1e6, 1e6]), np.array([1e3, 5e5, 9e5, 2.0]))
    assert found == pytest.approx([1e-3, 0.5, 0.9, 2e-6], rel=1e-3)


def test_cells_that_separate_do_not_diverge() -> None:
    columns = np.hstack([np.ones((6, 4)) * np.array([1, 0, 0, 0]), np.eye(6)])
    found = logistic(columns, np.full(6, 1000.0), np.array([0.0, 0.0, 0.0, 1000.0, 1000.0, 500.0]))
    assert np.isfinite(found).all() and (found[:3] < 0.02).all() and (found[3:5] > 0.98).all()
    assert found[5] == pytest.approx(0.5, abs=0.01)


def test_the_penalised_score_is_nil_where_it_stops() -> None:
    random = np.random.default_rng(4)
    columns = np.hstack([np.eye(4)[random.integers(0, 4, 40)], random.integers(0, 2, (40, 3))]).astype(float)
    exposed = random.integers(1, 300, 40).astype(float)
    events = np.floor(exposed * random.random(40) * 0.2)
    found = logistic(columns, exposed, events)
    index = np.log(found / (1.0 - found))
    coefficients = np.linalg.lstsq(columns, index, rcond=None)[0]
    assert columns @ coefficients == pytest.approx(index)
    penalty = np.array([1e-4] * 4 + [1.0] * 3)
    assert columns.T @ (events - exposed * found) == pytest.approx(penalty * coefficients, abs=1e-4)


def test_states_are_those_that_can_be() -> None:
    states = remembered(12)
    assert states.stage.size == 13 * 14 // 2 + 3 * 13
    assert sorted(set(states.bucket().tolist())) == list(range(len(BUCKETS)))


def test_what_was_never_seen_cannot_be() -> None:
    counts = count(drawn(2000, 40, seed=2), LATER, 90, 12, ("a", "b"))
    states, chances = one_step(counts)
    assert chances.sum(axis=-1) == pytest.approx(np.ones(chances.shape[:2]))
    free = states.stage == 0
    assert (chances[:, free, len(ARREARS)] == 0.0).all(), "nobody defaults in the month after owing nothing"
    assert (chances[:, free, 2] == 0.0).all() and (chances[:, free, 1] > 0.0).all()
    second = states.stage == 2
    seen = counts.steps.sum(axis=0)[:, states.stage, states.recency, states.default_recency][:, second]
    foretold = (seen.sum(axis=-1) * chances[:, second, len(ARREARS)]).sum()
    assert foretold == pytest.approx(seen[..., len(ARREARS)].sum(), abs=0.01), "a stage's own level is hardly penalised"


def test_the_chain_has_the_hazards_of_a_chain() -> None:
    hazards, pays = carried_on(count(drawn(6000, 47, seed=6), LATER, 90, 12, ("a", "b")))
    second = BUCKETS.index("31-60")
    assert (hazards[:, 0, :2] == 0.0).all() and (hazards[:, 0, 2] > 0.0).all()
    # 0.02 and 0.04 of who is clean miss, half of these miss again, and half of those a third time
    assert hazards[:, 0, 2] == pytest.approx([0.02 / 4, 0.04 / 4], rel=0.1)
    assert hazards[:, second, 0] == pytest.approx([0.5, 0.5], abs=0.05)
    assert pays[:, 0, 0] == pytest.approx([0.98, 0.96], abs=0.005)
    assert np.ptp(hazards[..., 400:], axis=-1).max() < 1e-9, "far ahead the start is forgotten"
    assert (hazards[:, BUCKETS.index("61-90")] == 0.0).all()
