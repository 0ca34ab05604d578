"""Curves fitted to counts: what they foretell of the counts, how thin cells are made, and what is said of them."""

from dataclasses import replace

import numpy as np
import pytest

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.estimation.cohorts import Counts, count
from gaapbridge.estimation.defaults import Defaults, fit_defaults, spread_weight
from gaapbridge.estimation.states import standings
from gaapbridge.measure.histories import NOWHERE, STAYED
from gaapbridge.terms import UnusableInput
from tests.estimation.histories import START, Contract, drawn, history

SEGMENTS = ("a", "b")
LATER = START + 200
CURRENT, THIRD, LATE = (BUCKETS.index(name) for name in ("current", "61-90", "recently_late"))


@pytest.fixture(scope="module")
def counts() -> Counts:
    return count(drawn(4000, 40, seed=1), LATER, 90, 12, SEGMENTS)


@pytest.fixture(scope="module")
def fitted(counts: Counts) -> Defaults:
    return fit_defaults(counts, minimum_defaults=10, minimum_on_book=100)


def test_shapes_and_bounds(fitted: Defaults) -> None:
    assert fitted.hazard.shape == fitted.performing.shape == (2, 6, 480) and fitted.mortality.shape == (2, 480)
    for table in (fitted.hazard, fitted.performing, fitted.mortality):
        assert np.isfinite(table).all() and (table >= 0.0).all() and (table <= 1.0).all()
    assert (fitted.hazard + fitted.performing <= 1.0 + 1e-12).all()


def test_thick_months_have_their_frequency() -> None:
    """With nothing to shrink by, a segment's hazard is what was counted of it."""
    counts = count(drawn(4000, 40, seed=1), LATER, 90, 12, SEGMENTS)
    found = fit_defaults(counts, minimum_defaults=0, minimum_on_book=100)
    seen = found.seen_months[CURRENT]
    assert seen >= 36
    frequency = counts.defaulted.sum(axis=0)[:, CURRENT, :seen] / counts.on_book.sum(axis=0)[:, CURRENT, :seen]
    assert found.hazard[:, CURRENT, :seen] == pytest.approx(frequency)


def test_mortality_times_performing_is_what_was_prepaid() -> None:
    """Every origin's chance to prepay in the next six months, of those on book in each, sums to the prepayments that came."""
    months = drawn(1000, 40, seed=1)
    counts = count(months, LATER, 90, 12, SEGMENTS)
    found, stood = fit_defaults(counts, minimum_defaults=0, minimum_on_book=0), standings(months, 90, 12)
    foretold = np.zeros(len(BUCKETS))
    for t in np.flatnonzero(stood.origin):
        s, b = months.segment[months.contract[t]], stood.bucket[t]
        for ahead, u in enumerate(range(t + 1, min(t + 7, months.contract.size))):
            if months.contract[u] != months.contract[t] or stood.step[u] == NOWHERE:
                break
            foretold[b] += found.mortality[s, months.age[u] - 1] * found.performing[s, b, ahead]
            if stood.step[u] != STAYED:
                break
    came = counts.prepaid[..., :6].sum(axis=(0, 1, 3))
    assert foretold[[CURRENT, LATE]] == pytest.approx(came[[CURRENT, LATE]], rel=0.02)


def test_the_tail_begins_where_nobody_was_seen(counts: Counts, fitted: Defaults) -> None:
    seen = fitted.seen_months[CURRENT]
    on_book = counts.on_book.sum(axis=(0, 1))[CURRENT]
    assert on_book[seen - 1] >= 100 > on_book[seen]
    before, after = (
        fitted.hazard[:, CURRENT, seen - 6 : seen].mean(axis=1),
        fitted.hazard[:, CURRENT, seen : seen + 6].mean(axis=1),
    )
    assert after == pytest.approx(before, rel=0.25), "it goes on at the level of the last months"
    tails = [cell for cell in fitted.cells if (cell.bucket, cell.how) == ("current", "tail")]
    assert [(cell.from_month, cell.to_month) for cell in tails] == [(seen + 1, 480)] * 2
    assert "further ahead than was seen" in tails[0].told()


def test_a_bucket_in_which_nobody_stood_borrows_and_says_so(fitted: Defaults) -> None:
    assert np.array_equal(fitted.hazard[:, THIRD], fitted.hazard[:, BUCKETS.index("31-60")])
    cells = [cell for cell in fitted.cells if cell.bucket == "61-90"]
    assert [(cell.how, cell.lender, cell.from_month, cell.to_month) for cell in cells] == [("borrowed", "31-60", 1, 480)] * 2
    assert cells[0].told() == "a, 61-90, months 1 to 480: nobody was seen in it; that of 31-60, which is no estimate of it"


def test_the_next_worse_bucket_lends_before_the_next_better() -> None:
    found = fit_defaults(count(history(Contract([0, 0, 30, 30])), LATER, 90, 12, ("a",)), minimum_defaults=1, minimum_on_book=1)
    lenders = {cell.bucket: cell.lender for cell in found.cells if cell.how == "borrowed"}
    assert lenders == {"recently_late": "1-30", "probation": "1-30", "31-60": "1-30", "61-90": "1-30"}


def test_what_the_table_cannot_say_is_told(counts: Counts) -> None:
    """Prepayments three times as many as those of all who pay: no share of who is on book can say so."""
    often = replace(counts, prepaid=counts.prepaid * 3, distinct=counts.distinct * np.array([1, 1, 1, 3]))
    cell = next(one for one in fit_defaults(often, minimum_defaults=10, minimum_on_book=100).cells if one.bucket == "1-30")
    assert cell.capped_months > 0
    assert f"in {cell.capped_months} of them it prepaid more often than the table can say" in cell.told()


def test_every_month_of_every_cell_is_told_once(fitted: Defaults) -> None:
    told = {(segment, bucket): [] for segment in SEGMENTS for bucket in BUCKETS}
    for cell in fitted.cells:
        told[cell.segment, cell.bucket] += range(cell.from_month, cell.to_month + 1)
    assert all(sorted(months) == list(range(1, 481)) for months in told.values())


def test_a_thin_segment_takes_the_pool_by_its_effective_counts(counts: Counts) -> None:
    def only_few(table: np.ndarray) -> np.ndarray:
        few = table.copy()
        few[1:, 1] = 0
        few[0, 1] //= 20
        return few

    names = ("on_book", "paying", "defaulted", "prepaid", "distinct")
    thin = replace(counts, **{name: only_few(getattr(counts, name)) for name in names})
    found = fit_defaults(thin, minimum_defaults=10, minimum_on_book=100)
    weights = {cell.segment: cell.own_weight for cell in found.cells if (cell.bucket, cell.how) == ("current", "counts")}
    assert weights["a"] > 0.9 > 0.3 > weights["b"]
    whole = fit_defaults(counts, minimum_defaults=10, minimum_on_book=100)
    both = [one.hazard[1, CURRENT, :24].sum() / one.hazard[0, CURRENT, :24].sum() for one in (found, whole)]
    assert both[0] < both[1], "few contracts of twice the risk are drawn to the pool"


def test_a_segment_that_differs_is_held_less_to_the_pool() -> None:
    """Three segments, of which the third has three times what the pool expects: two expected defaults weigh as the pool does.

    Held by 50 whatever the spread, its level would be (60 + 50) / (20 + 50) = 1.6 rather than (60 + 2) / (20 + 2) = 2.8.
    """
    expected = np.array([40.0, 100.0, 20.0])
    assert spread_weight(np.array([40.0, 100.0, 60.0]), expected) == 2.0
    assert spread_weight(expected, expected) == 512.0
    assert spread_weight(np.array([40.0]), np.array([40.0])) == 512.0, "one segment has no spread"


def test_a_history_without_a_look_back_is_refused() -> None:
    short = count(history(Contract([0] * 5, age=20)), LATER, 90, 12, SEGMENTS)
    with pytest.raises(UnusableInput, match="6 months in a row"):
        fit_defaults(short, minimum_defaults=10, minimum_on_book=100)


def test_a_segment_that_was_never_seen_is_the_pool() -> None:
    found = fit_defaults(
        count(drawn(500, 30, seed=4), LATER, 90, 12, (*SEGMENTS, "c")), minimum_defaults=10, minimum_on_book=50
    )
    cell = next(cell for cell in found.cells if (cell.segment, cell.bucket) == ("c", "current"))
    assert (cell.contracts, cell.own_weight) == (0, 0.0)
    assert (found.hazard[2, CURRENT, 2:12] > 0.0).all() and (found.mortality[2] > 0.0).all()


def test_counted_from_new_contracts_other_buckets_are_the_tail() -> None:
    months = drawn(2000, 40, seed=1)
    found = fit_defaults(count(months, LATER, 90, 12, SEGMENTS, origins=(0, 1)), minimum_defaults=10, minimum_on_book=100)
    assert {cell.bucket: cell.how for cell in found.cells if cell.from_month == 1} == {
        "current": "counts", "1-30": "tail", "31-60": "tail", "61-90": "borrowed", "probation": "tail", "recently_late": "tail",
    }  # fmt: skip
    every = fit_defaults(count(months, LATER, 90, 12, SEGMENTS), minimum_defaults=10, minimum_on_book=100)
    second = BUCKETS.index("31-60")
    assert found.hazard[:, second, 0] == pytest.approx(every.hazard[:, second, 0], rel=0.15)


def test_thin_buckets_say_so() -> None:
    few = count(drawn(60, 30, seed=4), LATER, 90, 12, SEGMENTS)
    cells = fit_defaults(few, minimum_defaults=30, minimum_on_book=10).cells
    assert all(cell.thin for cell in cells if cell.bucket == "probation")
    assert any("thin: few defaults" in cell.told() for cell in cells)


def test_folds_sum_to_the_fit_of_the_rest(counts: Counts) -> None:
    months = drawn(4000, 40, seed=1)
    fold = months.fold[months.contract]
    kept = replace(months, fold=months.fold, **{
        name: value[fold != 7] for name, value in vars(months).items() if np.shape(value) == fold.shape
    })  # fmt: skip
    found = fit_defaults(count(kept, LATER, 90, 12, SEGMENTS), minimum_defaults=10, minimum_on_book=100)
    left_out = fit_defaults(counts.without(7), minimum_defaults=10, minimum_on_book=100)
    assert np.array_equal(found.hazard, left_out.hazard) and np.array_equal(found.mortality, left_out.mortality)


def test_months_on_book_that_nobody_has_are_refused() -> None:
    counts = count(drawn(100, 20, seed=1), LATER, 90, 12, SEGMENTS, origins=(300, 310))
    with pytest.raises(UnusableInput, match="300 to 310"):
        fit_defaults(counts, minimum_defaults=10, minimum_on_book=100)
