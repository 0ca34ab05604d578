"""The slow count of a simulated history: the same from its rows as from the lives behind them, and blind to what came after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.estimation.simulated import truth
from tests.estimation.simulated.chunks import another_future, chosen
from tests.estimation.simulated.counted import Counted, counted
from tests.estimation.simulated.lender import FIRST, Lives, Wave, Window, history, live
from tests.estimation.simulated.process import CHARGED_OFF, CLASSES, IN_DEFAULT, ON_BOOK, PREPAID

HORIZON = 15


def _of_lives(lives: Lives, window: Window) -> Counted:
    """The counts from the places in the chain, with no row read."""
    out = Counted()
    at = truth.origins(lives, window)
    for contract, month, bucket in zip(at.contract.tolist(), at.month.tolist(), at.bucket.tolist(), strict=True):
        segment = CLASSES[int(lives.of[contract])].segment
        for ahead in range(1, min(HORIZON, window.last - month) + 1):
            now = int(lives.place[contract, month + ahead])
            if month + ahead - lives.vintage[contract] >= lives.term[contract]:
                break
            key = (segment, truth.BUCKETS[bucket], ahead)
            out.on_book[key] += 1
            out.defaults[key] += IN_DEFAULT <= now <= CHARGED_OFF
            out.prepaid[key] += now == PREPAID
            if now >= ON_BOOK:
                break
    return out


@pytest.mark.parametrize("window", [Window(last=50), Window(first=20, last=55, seen_from_age=4)])
def test_counts_from_rows_are_counts_from_lives(window: Window) -> None:
    lives = live(500, seed=11)
    of_rows = counted(history(lives, window), FIRST + window.last, HORIZON)
    of_lives = _of_lives(lives, window)
    for name in ("on_book", "defaults", "prepaid"):
        assert +getattr(of_rows, name) == +getattr(of_lives, name), name
    assert sum(of_rows.defaults.values()) > 100


def test_what_came_later_changes_no_count() -> None:
    """A history to month 59 counted until 40, the history that ends at 40, and one in which all went otherwise after 40."""
    lives = live(300, seed=3)
    whole = history(lives)
    counts = counted(whole, FIRST + 40, HORIZON)
    assert counts == counted(history(lives, Window(last=40)), FIRST + 40, HORIZON)
    assert counts == counted(another_future(whole, FIRST + 40), FIRST + 40, HORIZON)
    assert counted(whole, FIRST + 59, HORIZON) != counted(another_future(whole, FIRST + 40), FIRST + 59, HORIZON)


def test_counts_of_parts_add_up_in_any_order() -> None:
    months = history(live(300, seed=4))
    whole = counted(months, FIRST + 59, HORIZON)
    order = np.random.default_rng(4).permutation(len(months.segment))
    assert counted(chosen(months, order), FIRST + 59, HORIZON) == whole
    parts = [counted(chosen(months, part), FIRST + 59, HORIZON).on_book for part in np.array_split(order, 3)]
    assert parts[0] + parts[1] + parts[2] == whole.on_book


def test_a_month_that_is_not_observed_says_nothing() -> None:
    """Whatever stands in the columns of such a month, the counts are the same; and fewer than of the whole history."""
    lives = live(300, seed=6)
    months = history(lives, Window(gaps=0.05))
    unseen = ~months.observed
    assert 0.02 < unseen.mean() < 0.06
    other = replace(
        months,
        arrears_days=np.where(unseen, 120, months.arrears_days).astype(np.int32),
        balance_minor=np.where(unseen, 77, months.balance_minor),
    )
    here, there = (counted(each, FIRST + 59, HORIZON) for each in (months, other))
    assert here.on_book == there.on_book and here.defaults == there.defaults
    assert 0 < sum(here.on_book.values()) < sum(counted(history(lives), FIRST + 59, HORIZON).on_book.values())


def test_the_dated_rule_takes_the_wave_out() -> None:
    """A quarter of the book defers four months. Raw, most of them default; by the rule hardly more than without a wave."""
    wave = Wave(36, 39, 0.25)
    defaults = {}
    for name, lives, window in (
        ("raw", live(600, seed=8, wave=wave), Window(frozen=False)),
        ("by the rule", live(600, seed=8, wave=wave), Window()),
        ("without a wave", live(600, seed=8), Window()),
    ):
        counts = counted(history(lives, window), FIRST + 59, HORIZON)
        defaults[name] = sum(counts.defaults.values()) / sum(counts.on_book.values())
    assert defaults["raw"] > 1.5 * defaults["without a wave"]
    assert defaults["by the rule"] == pytest.approx(defaults["without a wave"], rel=0.25)
