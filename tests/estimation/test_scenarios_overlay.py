"""Scenarios laid over hazards: odds by hand, their reversion, steps counted, and a chain against all its paths one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

from gaapbridge.differences.expected_credit_loss.us_gaap import forecast
from gaapbridge.estimation.months import PREPAID, STILL, Months
from gaapbridge.estimation.scenarios.by_hand import multipliers_by_hand
from gaapbridge.estimation.scenarios.by_scenario import by_scenario
from gaapbridge.estimation.scenarios.overlay import ahead, chain_of, scaled, worsened
from gaapbridge.estimation.scenarios.reversion import reverted
from gaapbridge.estimation.scenarios.transitions import Transitions, count, transitions, worsening
from gaapbridge.estimation.states import Standings
from gaapbridge.measure.histories import DEFAULTED, REPAID, STAYED
from gaapbridge.plan.scenarios import Scenarios

CHAIN_BUCKETS = ("current", "1-30", "61-90", "probation")
COUNTS = np.array(
    [
        [
            [900, 60, 0, 0, 5, 35],
            [40, 30, 15, 3, 9, 3],
            [5, 4, 20, 6, 60, 5],
            [0, 12, 0, 30, 6, 2],
        ]
    ]
)
"""One segment, from bucket to (buckets, default, prepayment)."""


def stated(**keys) -> Scenarios:
    plain = {"supportable_months": 480, "reversion": "none", "reversion_months": 0, "reversion_reached": "in_month"}
    return Scenarios.model_validate({**plain, **keys})


def counted(counts: np.ndarray, buckets=CHAIN_BUCKETS) -> Transitions:
    """The counts as those of one month."""
    return Transitions(buckets, 24_000, counts.sum(axis=0, keepdims=True), counts)


def by_paths(start: int, shares: np.ndarray, multipliers: list[float]) -> list[float]:
    """Hazards by adding up every path of buckets, with the odds of the worse steps multiplied; the arrears rank by hand."""
    late = [0, 1, 3, 0]
    size = len(late)

    def step(a: int, to: int, k: float) -> float:
        worse = [b for b in range(size) if late[b] > late[a]] + [size]
        share = sum(shares[a, b] for b in worse)
        odds = k * share / (1 - share)
        more = odds / (1 + odds)
        return shares[a, to] * (more / share if to in worse else (1 - more) / (1 - share))

    found = []
    for month in range(len(multipliers)):
        alive = fell = 0.0
        for path in product(range(size), repeat=month):
            way = (start, *path)
            chance = np.prod([step(a, b, k) for a, b, k in zip(way, way[1:], multipliers, strict=False)])
            alive += chance
            fell += chance * step(way[-1], size, multipliers[month])
        found.append(fell / alive)
    return found


def test_a_propagated_chain_is_the_sum_of_its_paths() -> None:
    chain = chain_of(CHAIN_BUCKETS, COUNTS, 1)
    multipliers = [1.5, 3.0, 0.5, 1.0, 2.0]
    hazard, paying = ahead(chain, np.array(multipliers))
    for start in range(4):
        assert hazard[0, start] == pytest.approx(by_paths(start, chain.shares[0], multipliers), abs=1e-12)
    assert (hazard + paying <= 1.0 + 1e-12).all()


def test_odds_of_the_chains_own_hazards_are_multiplied_exactly() -> None:
    """Where the tables are the chain's own, a scenario is the chain with the odds of worsening multiplied."""
    chain = chain_of(CHAIN_BUCKETS, COUNTS, 1)
    multipliers = np.linspace(2.0, 0.5, 480)
    hazard, performing = scaled(*ahead(chain, np.ones(480)), chain, multipliers)
    other_hazard, other_performing = ahead(chain, multipliers)
    assert hazard == pytest.approx(other_hazard, abs=1e-12)
    assert performing == pytest.approx(other_performing, abs=1e-12)


def test_odds_of_one_give_the_tables_as_they_are() -> None:
    random = np.random.default_rng(7)
    hazard = random.uniform(0, 0.4, (1, 4, 480))
    performing = random.uniform(0, 0.6, (1, 4, 480))
    made = by_scenario(stated(odds={"base": 1, "downside": 2}), hazard, performing, counted(COUNTS), 24_000, 1, {})
    assert (made.tables["base"][0] == hazard).all() and (made.tables["base"][1] == performing).all()
    assert (made.tables["downside"][0] > hazard).all()
    assert made.told["scenarios"]["downside"]["multipliers"] == [2.0] and made.findings == ()


@pytest.mark.parametrize("odds", [0.01, 0.5, 2.0, 50.0])
def test_nobody_defaults_and_pays(odds: float) -> None:
    random = np.random.default_rng(11)
    hazard = random.uniform(0, 1, (1, 4, 480)) ** 3
    performing = (1 - hazard) * random.uniform(0, 1, (1, 4, 480))
    chain = chain_of(CHAIN_BUCKETS, COUNTS, 1)
    more, paying = scaled(hazard, performing, chain, np.full(480, odds))
    assert ((more >= 0) & (paying >= 0) & (more + paying <= 1)).all()
    assert ((more > hazard) == (odds > 1)).mean() > 0.99


def test_multiplied_odds_of_one_step() -> None:
    shares = worsened(chain_of(("current",), np.array([[[60, 20, 20]]]), 1), 2.0)
    assert shares[0, 0].tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 6])


def test_thin_steps_are_those_of_all_segments_and_say_so() -> None:
    """A bucket that nobody was seen in takes the next better where none worse was seen, as its hazards do."""
    thin = np.concatenate([COUNTS, COUNTS // 50])
    thin[:, 2] = 0
    made = chain_of(CHAIN_BUCKETS, thin, 10)
    assert made.taken[0] == ("own", "own", "1-30", "own")
    assert made.taken[1] == ("own", "all segments", "1-30", "all segments")
    assert made.shares[1, 1] == pytest.approx(thin[:, 1].sum(axis=0) / thin[:, 1].sum())
    assert (made.shares[0, 2] == made.shares[1, 1]).all()


def test_odds_without_a_chain_are_multiplied_as_they_are() -> None:
    nobody = chain_of(CHAIN_BUCKETS, np.zeros((1, 4, 6), np.int64), 1)
    more, performing = scaled(np.full((1, 4, 480), 0.2), np.full((1, 4, 480), 0.4), nobody, np.full(480, 2.0))
    assert more == pytest.approx(1 / 3)  # twice 1/4 is 1/2
    assert performing == pytest.approx(2 / 3 * 1 / 3)  # of those who stay, half the odds of 1


@pytest.mark.parametrize(
    ("keys", "share"),
    [
        ({"reversion": "none"}, [0, 0, 0, 0, 0, 0, 0]),
        ({"reversion": "immediate"}, [0, 0, 1, 1, 1, 1, 1]),
        ({"reversion": "straight_line", "reversion_months": 4}, [0, 0, 0.25, 0.5, 0.75, 1, 1]),
        (
            {"reversion": "straight_line", "reversion_months": 4, "reversion_reached": "month_after"},
            [0, 0, 0.2, 0.4, 0.6, 0.8, 1],
        ),
    ],
)
def test_reversion_is_as_elected(keys: dict, share: list[float]) -> None:
    plan = stated(odds={"base": 1}, supportable_months=2, **keys)
    assert reverted(plan)[:7] == pytest.approx(share) and reverted(plan).shape == (480,)


@pytest.mark.parametrize("reached", ["in_month", "month_after"])
@pytest.mark.parametrize(("reversion", "months"), [("immediate", 0), ("straight_line", 1), ("straight_line", 7)])
def test_reversion_is_that_of_the_close(reversion: str, months: int, reached: str) -> None:
    """The same words in the elections of note (i) revert the same months by as much."""
    keys = {"supportable_months": 5, "reversion": reversion, "reversion_months": months, "reversion_reached": reached}
    elections = SimpleNamespace(us_historical_scenario="long_run", **{f"us_{key}": value for key, value in keys.items()})
    hazard = np.stack([np.ones((1, 1, 480)), np.zeros((1, 1, 480))])
    closed = forecast(hazard, ("base", "long_run"), elections)[0, 0, 0]
    assert reverted(stated(odds={"base": 1}, **keys)) == pytest.approx(1.0 - closed, abs=1e-15)


def test_odds_by_hand_hold_and_revert_in_logarithms() -> None:
    plan = stated(odds={"a": [4, 16], "b": 4}, supportable_months=3, reversion="straight_line", reversion_months=1,
                  reversion_reached="month_after")  # fmt: skip
    made = multipliers_by_hand(plan)
    assert made["a"][:6] == pytest.approx([4, 16, 16, 4, 1, 1])
    assert made["b"][:6] == pytest.approx([4, 4, 4, 2, 1, 1])


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"odds": {"a": 0}}, "more than 0"),
        ({"odds": {"a": "1"}}, "more than 0"),
        ({"odds": {"a": []}}, "at least one month"),
        ({}, "at least one scenario"),
        ({"odds": {"a": 1}, "reversion": "straight_line"}, "a straight line takes months"),
    ],
)
def test_what_cannot_be_is_refused(keys: dict, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        stated(**keys)


def chunk(rows: list[tuple[int, int, int, int, bool, bool]]) -> tuple[Months, Standings]:
    """Months of rows (contract, month, bucket, step, origin, frozen), and their standings."""
    contract, month, bucket, step, origin, frozen = (np.array(one) for one in zip(*rows, strict=True))
    none = np.zeros(contract.size, np.int64)
    contracts = int(contract.max()) + 1
    months = Months(
        contract=contract.astype(np.int32), month=month.astype(np.int32), age=none.astype(np.int32),
        remaining=none.astype(np.int32), arrears_days=none.astype(np.int32), balance_minor=none, written_off_minor=none,
        recovered_minor=none, cost_minor=none, event=np.where(step == REPAID, PREPAID, STILL).astype(np.int8),
        observed=np.ones(contract.size, bool), frozen=frozen, segment=np.arange(contracts, dtype=np.int32) % 2,
        fold=np.arange(contracts, dtype=np.int8) % 10, vintage=np.zeros(contracts, np.int32),
        principal_minor=np.zeros(contracts, np.int64), rate=np.zeros(contracts), first_seen=100,
    )  # fmt: skip
    nothing = none.astype(np.int32)
    return months, Standings(
        bucket=bucket.astype(np.int8),
        recency=nothing,
        default_recency=nothing,
        past=np.zeros(contract.size, bool),
        step=step.astype(np.int8),
        origin=origin,
    )


ROWS = [
    # a miss, caught up after two months: to 1-30, stays, to recently late; then prepaid
    (0, 100, 0, 0, True, False),
    (0, 101, 1, STAYED, True, False),
    (0, 102, 1, STAYED, True, False),
    (0, 103, 5, STAYED, True, False),
    (0, 104, -2, REPAID, False, False),
    # look-back not seen at first, then 31-60 and default; in default nothing is a step
    (1, 100, 0, 0, False, False),
    (1, 101, 1, STAYED, True, False),
    (1, 102, 2, STAYED, True, False),
    (1, 103, -1, DEFAULTED, False, False),
    (1, 104, -1, 0, False, False),
    # a frozen month, then one that is not
    (2, 102, 0, 0, True, False),
    (2, 103, 0, STAYED, True, True),
    (2, 104, 1, STAYED, True, False),
]


def test_steps_are_counted_by_hand() -> None:
    made = transitions(*chunk(ROWS), until=104, segments=2)
    rest = worsening(made)
    assert made.by_month.sum() == made.by_segment.sum() == 7
    assert rest.at_risk.sum(axis=1).tolist() == [0, 1, 2, 2, 2]
    assert rest.worsened.sum(axis=1).tolist() == [0, 1, 1, 1, 1]
    assert made.by_segment[0, 5, 7] == 1 and made.by_segment[1, 2, 6] == 1


def test_steps_of_days_past_due_are_counted() -> None:
    """Current, two months late, a payment, and default at 90 days: 0, 30, 60, 0, 30, 60, 90 days, the look-back known from the
    first month. Every step up but that to nothing overdue is for the worse: five of six. Where the last instalment falls due in
    the sixth month, that step and the one after it count nowhere."""
    months, _ = chunk([(0, 100 + number, 0, 0, True, False) for number in range(7)])
    days = np.array([0, 30, 60, 0, 30, 60, 90], np.int32)
    months = replace(months, arrears_days=days, age=np.arange(7, dtype=np.int32))
    for to_come, expected in ((12, (6, 5)), (5, (4, 3))):
        remaining = np.maximum(to_come - np.arange(7, dtype=np.int32), 0)
        made = worsening(count(replace(months, remaining=remaining), 106, 90, 12, ("a",)))
        assert (made.at_risk.sum(), made.worsened.sum()) == expected


def test_what_comes_later_moves_nothing_and_chunks_add_up() -> None:
    earlier = transitions(*chunk(ROWS), until=102, segments=2)
    again = transitions(*chunk([row for row in ROWS if row[1] <= 102]), until=102, segments=2)
    assert (earlier.by_month == again.by_month).all() and earlier.by_month.shape[0] == 3
    whole = transitions(*chunk(ROWS), until=104, segments=2)
    parts = [transitions(*chunk(ROWS[:5]), until=104, segments=2)]
    for first, last in ((5, 10), (10, 13)):
        months, stood = chunk(ROWS)
        kept = np.arange(len(ROWS))
        mine = replace(stood, origin=stood.origin & (kept >= first) & (kept < last))
        parts.append(transitions(months, mine, until=104, segments=2))
    added = parts[0] + parts[1] + parts[2]
    assert (added.by_month == whole.by_month).all() and (added.by_segment == whole.by_segment).all()
