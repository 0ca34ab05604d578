"""The arithmetic behind the worked examples of guarantees and awards: figures by hand, and exactness at any size."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gaapbridge.measure import guarantee, vesting
from gaapbridge.terms.money import share_of

Whole = NDArray[np.int64]


def whole(*amounts: int) -> Whole:
    return np.array(amounts, dtype=np.int64)


@pytest.mark.parametrize("largest", [9, 10**6, 10**10])
def test_a_share_is_exact_whatever_its_size(largest: int) -> None:
    """As in integers without a bound, halves away from zero; 10^10 x 10^10 leaves 64 bits."""
    chance = np.random.default_rng(largest)
    amount, numerator = (chance.integers(-largest, largest, 500, endpoint=True) for _ in range(2))
    denominator = chance.integers(1, largest, 500, endpoint=True)
    kept = np.abs(amount.astype(object) * numerator) < 2**62 * denominator.astype(object)
    found = guarantee.share(amount[kept], numerator[kept], denominator[kept])
    assert found.dtype == np.int64 and kept.sum() > 100
    exact = [share_of(int(a), int(n), int(d)) for a, n, d in zip(amount, numerator, denominator, strict=True)]
    assert found.tolist() == [figure for figure, inside in zip(exact, kept, strict=True) if inside]


def test_the_largest_straight_line_fits() -> None:
    """10^13 minor units over 20,000 days, released a day at a time: 500 million a day, to the unit."""
    left = guarantee.straight_line_remaining(whole(10**13, 10**13), whole(1, 19_999), whole(20_000, 20_000))
    assert left.tolist() == [9_999_500_000_000, 500_000_000]


def test_what_has_no_days_is_released_on_the_first() -> None:
    """A term of no days counts as one: all of it at the start, nothing a day later."""
    assert guarantee.straight_line_remaining(whole(70, 70), whole(0, 1), whole(0, 0)).tolist() == [70, 0]
    assert guarantee.accrued_fees(whole(70, 70), whole(0, 1), whole(0, 0)).tolist() == [0, 70]


@pytest.mark.parametrize("settled_by", [guarantee.receivable_pro_rata, guarantee.receivable_after_fair_value])
def test_a_receivable_ends_at_nil_and_what_came_above_fair_value_is_accretion(settled_by) -> None:
    """Fair value 91 of fees of 100 in ten instalments: after the last, nil is left and 9 have accreted."""
    ten = np.full(11, 91), np.full(11, 100), 10 * np.arange(11), np.zeros(11, dtype=np.int64)
    found = settled_by(*ten)
    assert (found.receivable[0], found.accreted[0]) == (91, 0)
    assert (found.receivable[-1], found.written_off[-1], found.accreted[-1]) == (0, 0, 9)
    assert (np.diff(found.receivable) <= 0).all() and (np.diff(found.accreted) >= 0).all()


def test_without_fees_there_is_no_receivable() -> None:
    found = guarantee.receivable_pro_rata(whole(0), whole(0), whole(0), whole(0))
    assert (found.receivable.tolist(), found.written_off.tolist(), found.accreted.tolist()) == ([0], [0], [0])


def test_what_the_allowance_absorbs_and_what_is_left_add_up() -> None:
    """(iv) shows max(0, K - L): 500 against 200 leaves 300; 100 against 200 leaves nothing and 100 on top."""
    found = guarantee.higher_of(whole(500, 100, 0), whole(200, 200, -5))
    assert (whole(500, 100, 0) - found.absorbed).tolist() == [300, 0, 0]
    assert found.liability.tolist() == [500, 200, 0]
    assert found.top_up.tolist() == [0, 100, 0]


def test_an_award_without_tranches_costs_nothing() -> None:
    """Two awards, the first without a tranche: its place stays, at nil."""
    one = vesting.Tranches(whole(1), 2, np.array([10.0]), np.array([3.0]), whole(365), whole(730), np.array([0.0]))
    assert vesting.graded_cost(one, one.units).tolist() == [0, 15]
    assert vesting.floored_straight_line_cost(one, one.units).tolist() == [0, 15]
