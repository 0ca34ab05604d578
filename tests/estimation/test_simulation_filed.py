"""Rows as a lender files them have all that the history has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from gaapbridge.estimation import months as words
from gaapbridge.estimation.months import month_number
from tests.estimation.simulated.filed import filed, month_end
from tests.estimation.simulated.lender import FIRST, Window, history, live, on_weekend


def test_a_month_end_and_back() -> None:
    assert month_end(24_227) == date(2018, 12, 31)
    assert month_number(month_end(24_193)) == 24_193


def test_rows_have_all_that_the_history_has() -> None:
    months = history(live(200, seed=1), Window(gaps=0.05))
    rows = filed(months, repeated=0.1, shuffled=True)
    gone = months.event == words.GONE
    once = rows.performance.unique()
    assert once.height == (months.observed & ~gone).sum()
    assert once.height < rows.performance.height < 1.2 * once.height
    assert once.select("contract_id", "month_end").is_duplicated().sum() == 0
    assert once["balance_minor"].sum() == months.balance_minor.sum()
    assert rows.charge_offs["written_off_minor"].sum() == months.written_off_minor.sum() > 0
    assert rows.recoveries["recovered_minor"].sum() == months.recovered_minor.sum() > 0
    assert set(once["status"]) == {"on book", "repaid early", "matured", "charged off"}


def test_the_cost_of_collecting_is_taken_off_the_cash() -> None:
    """A cost of a fifth of the cash: 80 net of 100 with 20 of cost."""
    lives = live(200, seed=1)
    costly = replace(lives, process=replace(lives.process, cost_ratio=0.2))
    recoveries = filed(history(costly)).recoveries
    spent, cash = recoveries["cost_minor"].sum(), recoveries["recovered_minor"].sum()
    assert abs(spent / cash - 0.2) < 1e-4
    assert cash - spent == filed(history(lives)).recoveries["recovered_minor"].sum()


def test_a_month_end_on_a_weekend_looks_late() -> None:
    """A tenth of what is paid for the end of the month comes on Monday: more stand in 1-30 then, and none a month later."""
    days = np.arange(60)
    assert [month_end(FIRST + month).weekday() >= 5 for month in days.tolist()] == on_weekend(days).tolist()
    lives = live(1_000, seed=1)
    late, plain = history(lives, Window(weekend=0.1)), history(lives)
    weekend = on_weekend(late.month.astype(np.int64) - FIRST)
    more = late.arrears_days != plain.arrears_days
    assert not more[~weekend].any()
    assert 0.03 < more[weekend].mean() < 0.06
    assert set(late.arrears_days[more]) == {30} and set(plain.arrears_days[more]) == {0}
