"""The truth of the simulated lender: what is carried back from the chain agrees with what a large simulation brings."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from gaapbridge.estimation import months as words
from tests.estimation.simulated import truth
from tests.estimation.simulated.counted import NO_LOOK_BACK, spans, told
from tests.estimation.simulated.lender import Lives, Window, history, live
from tests.estimation.simulated.process import (
    CHARGED_OFF,
    CLASSES,
    IN_DEFAULT,
    MATURED,
    ON_BOOK,
    PLACE,
    PREPAID,
    STATES,
    Numbers,
    Process,
    State,
    ending,
    later,
)

CONTRACTS = 12_000
MONTHS = 12
SIGMAS = 3.6
"""Of 6 buckets x 12 months x 3 outcomes one in 3,000 lies beyond by chance: none of these should."""


@cache
def _chances() -> dict[int, truth.Ahead]:
    return truth.ahead(Process(), MONTHS)


@cache
def _lives() -> Lives:
    return live(CONTRACTS, seed=36)


def test_every_place_leads_somewhere_for_certain() -> None:
    for at in range(3):
        for chain in Process().chains:
            ended = ending(chain, at)
            assert ended.min() >= 0.0
            assert ended.sum(axis=1) == pytest.approx(1.0, abs=1e-12)


def test_what_is_over_a_year_ago_is_forgotten() -> None:
    """Cured in month 0 and paid ever since: in probation after 12 months, clean after 13; a miss in 12 counts from there."""
    state = State(0, 1, 1, 2)
    for _ in range(11):
        state = later(state, 0)
    assert state == State(0, 12, 12, 2)
    assert later(state, 0) == State(0, 13, 13, 0)
    assert later(state, 1) == State(1, 0, 13, 2)
    assert later(State(0, 13, 13, 0), 1) == State(1, 0, 13, 1)
    assert later(State(0, 5, 13, 1), 1) == State(1, 0, 13, 2)
    assert all(later(state, missed) in PLACE for state in STATES for missed in range(4) if missed <= state.missed + 1)


def _outcomes(lives: Lives, origins: truth.Origins, window: Window) -> list[Numbers]:
    """On book and not maturing, default, prepaid by months ahead x origin, as they came; nothing after the window."""
    out = [np.zeros((MONTHS, len(origins.contract))) for _ in range(3)]
    on_book = np.ones(len(origins.contract), bool)
    for month in range(MONTHS):
        seen = origins.month + month + 1 <= window.last
        now = lives.place[origins.contract, np.minimum(origins.month + month + 1, window.last)]
        out[0][month] = seen & on_book & (now != MATURED)
        out[1][month] = seen & on_book & (now >= IN_DEFAULT) & (now <= CHARGED_OFF)
        out[2][month] = seen & on_book & (now == PREPAID)
        on_book &= now < ON_BOOK
    return out


@pytest.mark.parametrize("window", [Window(), Window(first=24, last=50), Window(seen_from_age=8)])
def test_a_large_simulation_agrees_with_the_enumeration(window: Window) -> None:
    """Observed less expected by bucket and months ahead, summed by contract first: origins of one contract overlap.

    Where few or none came, what came says too little of its own spread: it is no less than that of the number expected.
    """
    lives = _lives()
    origins = truth.origins(lives, window)
    expected = truth.of_origins(lives, origins, _chances())
    seen = origins.month[None, :] + np.arange(1, MONTHS + 1)[:, None] <= window.last
    came = _outcomes(lives, origins, window)
    for name, observed in zip(("on_book", "defaults", "prepaid"), came, strict=True):
        foreseen = getattr(expected, name) * seen
        left = observed - foreseen
        for bucket in range(len(truth.BUCKETS)):
            here = origins.bucket == bucket
            by_contract = np.stack([np.bincount(origins.contract[here], row[here], lives.contracts) for row in left])
            least = foreseen[:, here].sum(axis=1) if name != "on_book" else 1.0
            spread = np.sqrt(np.maximum((by_contract**2).sum(axis=1), np.maximum(least, 1.0)))
            beyond = np.abs(by_contract.sum(axis=1)) > SIGMAS * spread
            assert not beyond.any(), (name, truth.BUCKETS[bucket], np.flatnonzero(beyond) + 1)


def test_chances_of_one_origin_by_hand() -> None:
    """Of the last but one month of a contract that stands clean: it misses and stays, or pays, or prepays; then it matures.

    Class of segment 0, no trait, due at month ends: a first miss has p = 1 / (1 + e^4.2) = 0.0147740. Age 10 of 12: month 11
    prepays with s; month 12 is the last. On book at its start, and not maturing in it: those who missed month 11 and do not
    pay everything, and those who paid it and miss the last.
    """
    process = Process()
    missed, early = 1 / (1 + np.exp(4.2)), process.prepayment(11)
    one = _chances()[12]
    clean = (0, 10, PLACE[State(0, 13, 13, 0)])
    assert one.on_book[(0, *clean)] == 1.0
    assert one.prepaid[(0, *clean)] == pytest.approx(early)
    assert one.paying[(0, *clean)] == pytest.approx(early + (1 - early) * (1 - missed))
    stays_late = (1 - early) * missed * (0.30 + 0.25 * 0.70) * (1 - 0.004)
    assert one.on_book[(1, *clean)] == pytest.approx(stays_late + (1 - early) * (1 - missed) * missed)
    assert one.defaults[(1, *clean)] == 0.0
    assert one.prepaid[(1, *clean)] == 0.0


@pytest.mark.parametrize("window", [Window(), Window(first=24, last=50), Window(seen_from_age=8)])
def test_buckets_by_state_are_buckets_by_history(window: Window) -> None:
    """How a contract stands by its place, and how it stands by the days past due in its rows, read one after another."""
    lives = live(600, seed=7)
    months = history(lives, window)
    origins = truth.origins(lives, window)
    kept = np.unique(np.nonzero(_on_book(lives, window))[0])
    by_state = {
        (contract, month): truth.BUCKETS[bucket]
        for contract, month, bucket in zip(
            origins.contract.tolist(), origins.month.tolist(), origins.bucket.tolist(), strict=True
        )
    }
    by_history = {}
    for contract, rows in zip(kept.tolist(), spans(months), strict=True):
        for row, standing in zip(rows, told(months, rows).standing, strict=True):
            if standing in truth.BUCKETS:
                by_history[contract, int(months.month[row]) - months.first_seen + window.first] = standing
            assert standing != NO_LOOK_BACK or row - rows.start < 5
    assert by_history == by_state
    assert set(by_state.values()) == set(truth.BUCKETS)


def _on_book(lives: Lives, window: Window) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    month = np.arange(lives.place.shape[1])
    shown = (month >= window.first) & (month <= window.last)
    age = month[None, :] - lives.vintage[:, None]
    before = np.hstack([np.full((lives.contracts, 1), -1), lives.place[:, :-1]])
    return shown & (age >= window.seen_from_age) & (lives.place >= 0) & (before < CHARGED_OFF)


@pytest.mark.parametrize(("drift", "discounted"), [(0.0, False), (0.04, False), (0.0, True)])
def test_losses_of_a_large_simulation_agree_with_the_enumeration(drift: float, discounted: bool) -> None:
    """Loss after the first default to the end of all work-outs, over the balance then, by contract; re-default included.

    Discounted is cash, and what is written off of a later default by the month in which that was recognised: until then the
    contract paid its own rate.
    """
    process = Process(drift=drift)
    lives = live(CONTRACTS, seed=5, process=process, months=115, vintages=24)
    months = history(lives, Window(first=0, last=114))
    carried = truth.losses(process, 24)
    left, owed = [], []
    for contract, rows in enumerate(spans(months)):
        places = lives.place[contract, int(lives.vintage[contract]) :]
        began = np.flatnonzero(places == IN_DEFAULT)
        if began.size == 0:
            continue
        age, of = int(began[0]), int(lives.of[contract])
        balance = int(months.balance_minor[rows[age]])
        loss = carried[int(lives.term[contract])]
        rate = process.rate[CLASSES[of].segment] if discounted else 0.0
        since = (1.0 + rate / 12.0) ** -np.arange(rows.stop - rows[age])
        lost = -float((since * (months.recovered_minor - months.cost_minor)[rows[age] : rows.stop]).sum())
        for charged in np.flatnonzero(places == CHARGED_OFF)[:1]:
            recognised = charged if places[charged - 1] < ON_BOOK else began[began < charged][-1]
            lost += since[recognised - age] * float(months.written_off_minor[rows[int(charged)]])
        expected = (loss.discounted if discounted else loss.undiscounted)[of, 0, age, int(lives.vintage[contract])]
        left.append(lost - expected * balance)
        owed.append(expected * balance)
    assert len(left) > 500
    assert abs(sum(left)) < 3.0 * np.sqrt(np.square(left).sum())
    assert np.sqrt(np.square(left).sum()) < 0.06 * sum(owed)


def test_events_agree_with_balances() -> None:
    """Whoever leaves has no balance after; a charge-off writes off what was owed; recoveries come after it alone."""
    months = history(_lives())
    still = months.event == words.STILL
    assert (months.balance_minor[still] > 0).all()
    assert (months.balance_minor[~still] == 0).all()
    charged = months.event == words.CHARGED_OFF
    assert (months.written_off_minor[charged] > 0).all() and (months.written_off_minor[~charged] == 0).all()
    assert (months.recovered_minor[still] == 0).all()
    assert months.recovered_minor.sum() < months.written_off_minor.sum()
    assert {CLASSES[of].segment for of in _lives().of.tolist()} == {0, 1, 2}
