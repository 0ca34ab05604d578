"""Episodes of default counted by hand."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from gaapbridge.estimation import episodes
from gaapbridge.estimation.episodes import Chain, Episodes
from gaapbridge.estimation.months import CHARGED_OFF, LEFT, LEFT_WITH_BALANCE, PREPAID, Months
from tests.estimation.loss_histories import FIRST, Contract, History, Row, gone

SEGMENTS = ("one", "two")


def late(days: int, balance_minor: int = 100, **cells) -> Row:
    return Row(arrears_days=days, balance_minor=balance_minor, **cells)


def charged(amount_minor: int = 100, **cells) -> Row:
    return Row(balance_minor=0, event=CHARGED_OFF, written_off_minor=amount_minor, **cells)


CHARGED_OFF_AFTER_TWO = Contract((late(0), late(90), late(120), charged(recovered_minor=40), gone(10), gone()))
CURED_AND_BACK = Contract((late(0), late(90), late(0, 90), late(0, 80), late(90, 80), charged(80)), segment=1, fold=3)
REPAID = Contract((late(0), late(90), Row(balance_minor=0, event=PREPAID)))
AT_ONCE = Contract((late(30, recovered_minor=50), charged()))
FOUR = History([CHARGED_OFF_AFTER_TWO, CURED_AND_BACK, REPAID, AT_ONCE])


def counted(history: History, until: int = 5) -> Episodes:
    return episodes.count(history.months(), FIRST + until, 90, SEGMENTS)


def by_month(chain: Chain) -> dict[str, list[int]]:
    whole = chain.of((0, 1))
    return {one.name: [int(value) for value in getattr(whole, one.name)[:3]] for one in fields(Chain)}


def test_the_chains_of_four_contracts() -> None:
    """In default at month 0 stand four: one stays at 100, one is cured at 90, one repaid, one (80) charged off; then one is."""
    found = counted(FOUR)
    assert by_month(found.in_default) == {
        "at_risk": [4, 1, 0],
        "balance_minor": [380, 100, 0],
        "charged_off": [1, 1, 0],
        "written_off_minor": [80, 100, 0],
        "crossed": [1, 0, 0],
        "crossed_minor": [90, 0, 0],
        "repaid": [1, 0, 0],
        "stayed_minor": [100, 0, 0],
    }
    assert by_month(found.cured) == {
        "at_risk": [1, 1, 0],
        "balance_minor": [90, 80, 0],
        "charged_off": [0, 0, 0],
        "written_off_minor": [0, 0, 0],
        "crossed": [0, 1, 0],
        "crossed_minor": [0, 80, 0],
        "repaid": [0, 0, 0],
        "stayed_minor": [80, 0, 0],
    }


def test_what_entered() -> None:
    found = counted(FOUR)
    assert (found.entries.sum(), found.charged_off_at_once.sum()) == (5, 1)
    assert (found.entered_minor.sum(), found.entered_written_off_minor.sum()) == (380, 100)
    assert found.rate_weighted.sum() == 480 * 12_000
    assert (found.cured_contracts.sum(), found.cured_charged_off.sum()) == (1, 1)
    assert found.entries[3].tolist() == [0, 2]


def same(one: Episodes, other: Episodes) -> None:
    for name in ("entries", "entered_minor", "truncated", "rate_weighted", "cured_charged_off", "left_minor"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for chain in ("in_default", "cured"):
        for field in fields(Chain):
            assert np.array_equal(getattr(getattr(one, chain), field.name), getattr(getattr(other, chain), field.name))
    for name in ("number", "written_off_minor", "proceeds_minor", "cost_minor", "ratio_weight", "ratio", "ratio_squared"):
        assert np.array_equal(getattr(one.written_off, name), getattr(other.written_off, name)), name


def test_chunks_add_up_in_any_order() -> None:
    apart = [counted(History([one])) for one in reversed(FOUR.contracts)]
    same(counted(FOUR), apart[0] + apart[1] + apart[2] + apart[3])


def test_without_a_fold_is_without_its_contracts() -> None:
    same(counted(FOUR).without(3), counted(History([one for one in FOUR.contracts if one.fold != 3])))


def test_nothing_later_is_known() -> None:
    """Cut after month 2 or never written: the counts known then are the same."""
    cut = History([replace(one, rows=one.rows[:3]) for one in FOUR.contracts])
    same(counted(FOUR, until=2), counted(cut, until=2))


def test_who_is_first_seen_in_default_counts_from_the_cure_alone() -> None:
    found = counted(History([Contract((late(120), late(150), late(0), late(0)))]), until=3)
    assert (found.truncated.sum(), found.entries.sum(), found.in_default.at_risk.sum()) == (1, 0, 0)
    assert found.cured.at_risk.sum() == 1


def test_a_contract_that_left_with_a_balance_is_charged_off_a_month_later() -> None:
    """At the end of its last month nobody knows; a month later 70 counts as written off, and no proceeds are looked for."""
    history = History([Contract((late(0), late(90), late(120, 70, event=LEFT_WITH_BALANCE)))])
    assert counted(history, until=2).in_default.charged_off.sum() == 0
    found = counted(history, until=3)
    assert (found.left_with_balance.sum(), found.left_minor.sum(), found.in_default.written_off_minor.sum()) == (1, 70, 70)
    assert found.written_off.number.sum() == 0


def test_who_left_without_an_outcome_counts_until_the_month_before() -> None:
    found = counted(History([Contract((late(0), late(90), late(120), late(150, event=LEFT)))]), until=3)
    assert found.in_default.at_risk.sum() == 1


def test_a_charge_off_that_states_no_amount_is_of_what_was_owed() -> None:
    found = counted(History([Contract((late(0), late(90, 60), charged(0)))]), until=2)
    assert found.in_default.written_off_minor.sum() == found.written_off.written_off_minor.sum() == 60


def test_a_part_written_off_is_lost_while_the_contract_stays() -> None:
    found = counted(History([Contract((late(0), late(90), late(120, 70, written_off_minor=30)))]), until=2)
    assert (found.in_default.written_off_minor.sum(), found.in_default.stayed_minor.sum()) == (30, 70)


def test_frozen_months_do_not_default_anybody() -> None:
    """60 days, two frozen months of 90 and 120, then 150: 90 as it counts, a default in the fifth month, not in the third."""
    frozen = History([Contract((late(30), late(60), late(90, frozen=True), late(120, frozen=True), late(150), late(180)))])
    raw = History([Contract(tuple(replace(row, frozen=False) for row in frozen.contracts[0].rows))])
    assert counted(frozen).in_default.at_risk.sum() == 1
    assert counted(raw).in_default.at_risk.sum() == 3


def test_a_payment_in_a_frozen_month_cures() -> None:
    history = History([Contract((late(0), late(90), late(0, frozen=True), late(0)))])
    assert counted(history, until=3).in_default.crossed.sum() == 1


def test_nothing_begins_or_ends_in_a_month_that_was_not_observed() -> None:
    """In default before and after the gap: the months around it count nowhere, those after it as the fourth and on."""
    gap = late(0, observed=False)
    found = counted(History([Contract((late(0), late(90), gap, late(150), late(180)))]), until=4)
    assert found.in_default.at_risk.sum(axis=(0, 1))[:4].tolist() == [0, 0, 1, 0]
    assert found.entries.sum() == 1


def test_a_default_that_was_recognised_unseen_has_no_month() -> None:
    found = counted(History([Contract((late(0), late(0, observed=False), late(120), late(150), late(180)))]), until=4)
    assert (found.entries.sum(), found.in_default.at_risk.sum()) == (0, 0)


@pytest.mark.parametrize("until", [-1, 5])
def test_an_empty_chunk_counts_nothing(until: int) -> None:
    found = counted(History([]), until=until)
    assert found.entries.sum() == 0
    assert isinstance(History([]).months(), Months)
