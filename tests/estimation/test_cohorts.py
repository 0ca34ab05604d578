"""Counts of cohorts: by hand, against a slow count by its definition, and additive."""

from dataclasses import fields

import numpy as np
import pytest

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.estimation import months as m
from gaapbridge.estimation.cohorts import Counts, bands, count
from gaapbridge.estimation.states import standings
from gaapbridge.measure.histories import DEFAULTED, NOWHERE, REPAID
from gaapbridge.terms import UnusableInput
from tests.estimation.histories import START, Contract, drawn, history, of_contracts

SEGMENTS = ("retail", "trade")
LATER = START + 200


def arrays(counts: Counts) -> dict[str, np.ndarray]:
    return {one.name: getattr(counts, one.name) for one in fields(counts) if isinstance(getattr(counts, one.name), np.ndarray)}


def alike(left: Counts, right: Counts) -> bool:
    return all(np.array_equal(value, arrays(right)[name]) for name, value in arrays(left).items())


def test_the_example_of_the_docstring() -> None:
    found = count(history(Contract([0, 0, 30, 60, 90])), LATER, 90, 12, SEGMENTS)
    current = BUCKETS.index("current")
    assert found.on_book[0, 0, current, :5].tolist() == [2, 2, 2, 1, 0]
    assert found.defaulted[0, 0, current, :5].tolist() == [0, 0, 1, 1, 0]
    assert found.paying[0, 0, current, :5].tolist() == [1, 0, 0, 0, 0]
    assert found.distinct[0, 0, :, 1].tolist() == [1, 1, 1, 0, 0, 0], "one default, seen from three buckets"
    assert found.distinct[0, 0, current].tolist() == [1, 1, 1, 0]


def test_a_month_of_maturity_counts_nowhere() -> None:
    matured = count(history(Contract([0, 0, 0], m.MATURED)), LATER, 90, 12, SEGMENTS)
    prepaid = count(history(Contract([0, 0, 0], m.PREPAID)), LATER, 90, 12, SEGMENTS)
    assert matured.on_book.sum() == 1 and matured.prepaid.sum() == 0
    assert prepaid.on_book.sum() == 3 and prepaid.prepaid[0, 0, 0, :2].tolist() == [1, 1]
    assert (prepaid.aged.sum(), prepaid.aged_prepaid.sum()) == (2, 1)


def test_who_is_late_at_maturity_counts_nowhere_like_who_pays() -> None:
    """Of a term of four both are on book at the ends of months 1 to 3; from the fourth only the late one is left to default."""
    pays, late = Contract([0, 0, 0, 0], m.MATURED, term=4), Contract([0, 0, 30, 60, 90, 120], m.CHARGED_OFF, term=4)
    found = count(history(pays, late), LATER, 90, 12, SEGMENTS)
    assert found.on_book[0, 0, 0, :4].tolist() == [4, 2, 0, 0]
    assert found.defaulted.sum() == found.distinct[..., 1].sum() == 0
    unknown = history(late)
    unknown.remaining[:] = m.UNKNOWN
    assert count(unknown, LATER, 90, 12, SEGMENTS).defaulted.sum() > 0, "a history that states no term counts all"


def test_only_the_months_on_book_that_are_asked_for_are_origins() -> None:
    whole = history(Contract([0, 0, 30, 60, 90]), Contract([0, 0, 30, 0, 0, 0, 0, 0], age=9))
    found = count(whole, LATER, 90, 12, SEGMENTS, origins=(1, 1))
    assert found.on_book[0, 0].sum(axis=1).tolist() == [4, 0, 0, 0, 0, 0] and found.defaulted[0, 0, 0, 3] == 1
    every = count(whole, LATER, 90, 12, SEGMENTS)
    assert np.array_equal(found.steps, every.steps) and np.array_equal(found.aged, every.aged)
    two = count(whole, LATER, 90, 12, SEGMENTS, origins=(2, 3))
    assert two.on_book[0, 0].sum(axis=1).tolist() == [3, 2, 0, 0, 0, 0], "months 2 and 3 of the first, none of the second"
    whole.age[:] = m.UNKNOWN
    assert not count(whole, LATER, 90, 12, SEGMENTS, origins=(0, 480)).on_book.any()
    assert count(whole, LATER, 90, 12, SEGMENTS).on_book.any()


def test_a_contract_that_defaults_twice_is_one_contract_with_two_defaults() -> None:
    found = count(history(Contract([0, 90, 0, 90, 0])), LATER, 90, 12, SEGMENTS)
    probation = BUCKETS.index("probation")
    assert found.distinct[0, 0, 0].tolist() == [1, 1, 1, 0]
    assert found.distinct[0, 0, probation].tolist() == [1, 1, 1, 0]
    assert found.defaulted[0, 0, [0, probation], 0].tolist() == [1, 1]


def test_a_prepayment_is_counted_once_of_each_bucket_within_six_months() -> None:
    found = count(history(Contract([0, 30, *[0] * 7, 0], m.PREPAID)), LATER, 90, 12, SEGMENTS)
    late = BUCKETS.index("recently_late")
    assert found.distinct[0, 0, :, 3].tolist() == [0, 0, 0, 0, 0, 1], "seven months late, the arrears longer ago"
    assert found.prepaid[0, 0, late, :7].tolist() == [1] * 7


def by_definition(months: m.Months, until: int) -> Counts:
    """The same counts one origin and one month after another."""
    empty = count(of_contracts(months, 0, 0), until, 90, 12, SEGMENTS)
    stood = standings(months, 90, 12)
    for t in np.flatnonzero(stood.origin & (months.month < until)):
        place = months.contract[t]
        key = months.fold[place], months.segment[place], stood.bucket[t]
        for u in range(t + 1, months.contract.size):
            if months.contract[u] != place or months.month[u] > until or stood.past[u] or stood.step[u] == NOWHERE:
                break
            ahead = months.month[u] - months.month[t] - 1
            empty.on_book[(*key, ahead)] += 1
            empty.defaulted[(*key, ahead)] += stood.step[u] == DEFAULTED
            empty.prepaid[(*key, ahead)] += stood.step[u] == REPAID
            if stood.step[u] in (DEFAULTED, REPAID):
                break
    return empty


def test_counts_are_those_of_the_definition() -> None:
    months = drawn(200, 40, seed=5)
    until = START + 30
    found, slow = count(months, until, 90, 12, SEGMENTS), by_definition(months, until)
    assert found.defaulted.sum() > 100 < found.prepaid.sum()
    for name in ("on_book", "defaulted", "prepaid"):
        assert np.array_equal(getattr(found, name), getattr(slow, name)), name
    assert found.steps.sum() == found.on_book[..., 0].sum()
    assert np.array_equal(found.fading.sum(axis=-1), found.paying[..., :6])


def test_counts_are_additive_and_by_fold() -> None:
    months = drawn(100, 30, seed=8)
    whole = count(months, LATER, 90, 12, SEGMENTS)
    parts = [count(of_contracts(months, a, a + 25), LATER, 90, 12, SEGMENTS) for a in (75, 0, 50, 25)]
    assert alike(parts[0] + parts[1] + parts[2] + parts[3], whole)
    kept = whole.without(3)
    assert kept.on_book.sum() == whole.on_book.sum() - whole.on_book[3].sum()
    assert kept.without(4).on_book.sum() == kept.on_book.sum() - whole.on_book[4].sum()


def test_later_months_are_not_read() -> None:
    months = drawn(100, 30, seed=9)
    until = START + 12
    early = months.month <= until
    cut = {name: value[early] for name, value in vars(months).items() if np.shape(value) == early.shape}
    assert alike(count(months, until, 90, 12, SEGMENTS), count(m.Months(**{**vars(months), **cut}), until, 90, 12, SEGMENTS))


def test_bands_of_age() -> None:
    assert bands(np.array([0, 1, 6, 7, 12, 13, 480, 600, -1], np.int32)).tolist() == [0, 0, 0, 1, 1, 2, 79, 79, 80]


def test_a_look_back_of_nothing_is_refused() -> None:
    with pytest.raises(UnusableInput, match="look_back_months"):
        count(history(Contract([0])), LATER, 90, 0, SEGMENTS)
