"""Mortality by age and the fading factor of buckets, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.estimation import months as m
from gaapbridge.estimation.cohorts import count
from gaapbridge.estimation.prepayment import fading_factors, mortality, shrunk, smoothed
from tests.estimation.histories import START, Contract, drawn, history

LATER = START + 200


def test_shrinkage_by_hand() -> None:
    found = shrunk(np.array([0.01, 0.01, 0.0]), np.array([1000.0, 0.0, 50.0]), np.array([16.0, 0.0, 0.0]), 10)
    assert found == pytest.approx([0.013, 0.01, 0.0], abs=1e-15)


def with_bands(paying: dict[tuple[int, int], int], prepaid: dict[tuple[int, int], int]):
    """Counts of nobody but those who pay and prepay by (segment, band), all of them in the band's first month."""
    empty = count(history(Contract([0])), LATER, 90, 12, ("a", "b"))
    aged, repaid = np.zeros_like(empty.aged), np.zeros_like(empty.aged)
    for key, number in paying.items():
        aged[0, key[0], key[1] * 6 + 1] = number
    for key, number in prepaid.items():
        repaid[0, key[0], key[1] * 6 + 1] = number
    return replace(empty, aged=aged, aged_prepaid=repaid)


def test_without_shrinkage_a_band_has_what_was_counted() -> None:
    counts = with_bands({(0, 1): 1000, (0, 3): 500, (1, 1): 1000, (1, 3): 500}, {(0, 1): 10, (0, 3): 10, (1, 1): 30, (1, 3): 5})
    found = mortality(counts, 0)
    assert found.by_band[:, [1, 3]] == pytest.approx(np.array([[0.01, 0.02], [0.03, 0.01]]))
    assert found.seen == (7, 24)
    told = [(one.from_month, one.to_month, one.how, one.paying, one.prepaid) for one in found.ages if one.segment == "a"]
    assert told == [
        (1, 6, "nearest", 0, 0),
        (7, 12, "counts", 1000, 10),
        (13, 18, "nearest", 0, 0),
        (19, 24, "counts", 500, 10),
        (25, 480, "nearest", 0, 0),
    ]
    assert "from the nearest ages seen" in found.ages[0].told()


def test_between_middles_it_runs_straight_and_outside_it_holds() -> None:
    counts = with_bands(
        {(0, 1): 1000, (0, 2): 1000, (1, 1): 1000, (1, 2): 1000}, {(0, 1): 12, (0, 2): 24, (1, 1): 1, (1, 2): 1}
    )
    found = mortality(counts, 0).by_age[0]
    assert found[[8, 9]] == pytest.approx([0.012, 0.013], abs=1e-12)
    assert found[:9] == pytest.approx(np.full(9, 0.012))
    assert found[15:] == pytest.approx(np.full(465, 0.024))


def test_a_month_that_is_like_no_other_shows_where_it_is_thick() -> None:
    """Of a band five months prepay at 1 % and the sixth at 10 %: next to K = 10 its 1,000 of 10,000 are nearly its own."""
    counts = with_bands({}, {})
    aged, repaid = counts.aged.copy(), counts.aged_prepaid.copy()
    aged[0, 0, 7:13], repaid[0, 0, 7:13] = 10_000, [100] * 5 + [1000]
    found = mortality(replace(counts, aged=aged, aged_prepaid=repaid), 10).by_age[0]
    band = 1500 / 60_000
    of_all = band * (1000 + 10) / (10_000 * band + 10)
    assert found[11] == pytest.approx(of_all * (1000 + 10) / (10_000 * of_all + 10), rel=0.02)
    assert found[11] == pytest.approx(0.1, rel=0.01) and found[6:11] == pytest.approx(np.full(5, 0.01), rel=0.02)


def test_a_thin_segment_takes_the_pool() -> None:
    counts = with_bands({(0, 1): 100_000, (1, 1): 10}, {(0, 1): 1000, (1, 1): 2})
    found = mortality(counts, 10)
    weights = {one.segment: one.own_weight for one in found.ages if one.how == "counts"}
    assert found.by_band[1, 1] == pytest.approx(0.01, rel=0.45) and weights["b"] < 0.02
    assert found.by_band[0, 1] == pytest.approx(0.01, rel=0.01) and weights["a"] > 0.98


def test_few_at_old_ages_go_on_from_the_ages_before_them() -> None:
    """Young contracts prepay at 2 %, those of 13 to 24 months at 0.5 %, and 200 contract-months after that have one prepayment.

    The mean of all, 1.7 %, would expect three there and pull it up to more than twice what its neighbours say.
    """
    rates = smoothed(np.array([50_000.0, 8_000.0, 8_000.0, 200.0]), np.array([1000.0, 40.0, 40.0, 1.0]), np.arange(4))
    assert rates[:3] == pytest.approx([0.02, 0.005, 0.005], rel=0.1)
    assert rates[3] == pytest.approx(0.005, rel=0.1)


def test_ages_that_differ_by_chance_alone_have_one_mortality() -> None:
    rates = smoothed(np.array([1000.0, 1000.0, 1000.0]), np.array([9.0, 11.0, 10.0]), np.arange(3))
    assert rates == pytest.approx(np.full(3, 0.01), rel=0.01)
    assert (smoothed(np.array([10.0, 20.0]), np.zeros(2), np.arange(2)) == 0.0).all()


def test_ages_that_are_not_stated_have_one_mortality() -> None:
    contracts = [Contract([0] * 10, m.PREPAID if place % 2 else m.STILL, age=m.UNKNOWN) for place in range(20)]
    found = mortality(count(history(*contracts), LATER, 90, 12, ("a",)), 0)
    assert found.seen is None
    assert [one.told() for one in found.ages] == ["a, months on book 1 to 480: one for all ages, as the history states none"]
    assert not found.ages[0].thin
    assert found.by_age == pytest.approx(np.full((1, 480), 10 / 180))


def test_a_mean_factor_fades_in_a_straight_line() -> None:
    """17 prepaid where 10 were expected in each of six months, each once: alone a factor of 1.7; next to K it is the line's."""
    empty = with_bands({(0, 0): 10_000}, {(0, 0): 100})
    fading, prepaid, distinct = np.zeros_like(empty.fading), np.zeros_like(empty.prepaid), np.zeros_like(empty.distinct)
    fading[0, 0, 1, :, 0], prepaid[0, 0, 1, :6], distinct[0, 0, 1, 3] = 1000, 17, 102
    counts = replace(empty, fading=fading, prepaid=prepaid, distinct=distinct)
    found = mortality(counts, 0)
    assert fading_factors(counts, found, 0)[1, :7] == pytest.approx([1.7] * 6 + [1.0])
    mean = (102 + 40) / (60 + 40)
    line = [1 + (mean - 1) * 2 * left / 7 for left in (6, 5, 4, 3, 2, 1)]
    by_hand = [prior * (17 + 40) / (10 * prior + 40) for prior in line]
    assert fading_factors(counts, found, 40)[1, :6] == pytest.approx(by_hand)


def test_factors_fade_and_foretell_what_was_prepaid() -> None:
    counts = count(drawn(2000, 40, seed=2), LATER, 90, 12, ("a", "b"))
    found = mortality(counts, 0)
    factors = fading_factors(counts, found, 0)
    late = BUCKETS.index("recently_late")
    assert factors[late, 0] > 1.2 > factors[0, 0], "who missed in the last three months prepays twice as often"
    assert (factors[:, 6:] == 1.0).all()
    foretold = np.einsum("fsbka,sa->bk", counts.fading, found.by_band) * factors[:, :6]
    assert foretold[late] == pytest.approx(counts.prepaid.sum(axis=(0, 1))[late, :6])
