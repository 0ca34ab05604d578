"""Book, outcomes and expectations of a history small enough to be worked out by hand, and what is written of them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaapbridge.estimation import months as m
from gaapbridge.estimation.validation import validate
from gaapbridge.estimation.validation.book import IN_DEFAULT, NOT_TOLD, Book, book_at
from gaapbridge.estimation.validation.cells import Grid
from gaapbridge.estimation.validation.distinct import Distinct
from gaapbridge.estimation.validation.expected import before_the_last, expected, lag_of
from gaapbridge.estimation.validation.observed import observed
from gaapbridge.estimation.validation.report import write_validation
from gaapbridge.estimation.validation.run_off import LossTerms, RunOff, exposure
from gaapbridge.estimation.validation.verdict import OUTSIDE_FEW, TOO_FEW
from gaapbridge.terms.errors import UnusableInput
from tests.estimation.validated import BUCKETS, OPENING, conditions, curves, lived

ROWS = (
    # contract, months after the opening, bucket or default, event, balance, written off, recovered
    (0, -1, 0, m.STILL, 1_000, 0, 0), (0, 0, 1, m.STILL, 1_000, 0, 0), (0, 1, 2, m.STILL, 1_000, 0, 0),
    (0, 2, IN_DEFAULT, m.STILL, 1_000, 0, 0), (0, 3, IN_DEFAULT, m.CHARGED_OFF, 0, 900, 0),
    (0, 4, IN_DEFAULT, m.GONE, 0, 0, 250),
    (1, 0, 0, m.STILL, 2_000, 0, 0), (1, 1, 0, m.PREPAID, 0, 0, 0),
    (2, 0, IN_DEFAULT, m.STILL, 3_000, 0, 0), (2, 1, IN_DEFAULT, m.STILL, 3_000, 0, 0),
    (3, 0, NOT_TOLD, m.STILL, 4_000, 0, 0), (3, 1, 0, m.STILL, 4_000, 0, 0),
    (4, 0, 4, m.STILL, 5_000, 0, 0), (4, 1, 4, m.STILL, 5_000, 0, 0), (4, 2, 4, m.LEFT, 0, 0, 0),
    (5, 1, 0, m.STILL, 6_000, 0, 0),
    (6, 0, 0, m.STILL, 7_000, 0, 0), (6, 1, 0, m.MATURED, 0, 0, 0),
)  # fmt: skip
"""In default and charged off; prepaid; in default already; look-back not seen; sold; not yet there; matured."""


def history() -> tuple[m.Months, m.Tiny]:
    contract, ahead, standing, event, balance, off, recovered = (np.array(column) for column in zip(*ROWS, strict=True))
    nil = np.zeros(len(ROWS), dtype=np.int64)
    return m.Months(
        contract=contract.astype(np.int32), month=(OPENING + ahead).astype(np.int32), age=(10 + ahead).astype(np.int32),
        remaining=(12 - ahead).astype(np.int32), arrears_days=np.where(standing == 1, 30, 0).astype(np.int32),
        balance_minor=balance.astype(np.int64), written_off_minor=off.astype(np.int64),
        recovered_minor=recovered.astype(np.int64), cost_minor=nil, event=event.astype(np.int8),
        observed=np.ones(len(ROWS), bool), frozen=(contract == 4) & (ahead == 1), segment=np.zeros(7, dtype=np.int32),
        fold=np.zeros(7, dtype=np.int8), vintage=np.full(7, OPENING - 10, dtype=np.int32),
        principal_minor=np.full(7, 10_000), rate=np.zeros(7), first_seen=OPENING - 1,
    ), standing.astype(np.int8)  # fmt: skip


def test_a_book_holds_who_is_on_book_and_not_in_default_as_known_then() -> None:
    book = book_at(*history(), OPENING)
    assert book.contract.tolist() == [0, 1, 4, 6] and book.bucket.tolist() == [1, 0, 4, 0]
    assert book.balance_minor.tolist() == [1_000, 2_000, 5_000, 7_000] and book.missed.tolist() == [1, 0, 0, 0]
    assert book.outside == {"in default": 1, "look-back not seen": 1, "month not observed": 0}


def test_what_comes_later_does_not_change_a_book() -> None:
    months, standing = history()
    later = np.where(months.month > OPENING, NOT_TOLD, standing).astype(np.int8)
    before, after = book_at(months, standing, OPENING), book_at(months, later, OPENING)
    assert all(np.array_equal(getattr(before, name), getattr(after, name)) for name in ("contract", "bucket", "age"))


def test_outcomes_are_the_first_of_each_and_a_contract_sold_is_seen_until_then() -> None:
    months, standing = history()
    came = observed(months, standing, book_at(months, standing, OPENING), OPENING + 12)
    assert came.default.tolist() == [2, 0, 0, 0] and came.prepaid.tolist() == [0, 1, 0, 0]
    assert came.ended.tolist() == [3, 1, 0, 1] and came.seen.tolist() == [12, 12, 2, 12]
    assert came.charged_off.tolist() == [3, 0, 0, 0]
    assert came.frozen.tolist() == [0, 0, 1, 0]
    assert came.gross_minor.tolist() == [900, 0, 0, 0] and came.recovered_minor.tolist() == [250, 0, 0, 0]


def test_what_collecting_cost_is_taken_off_what_was_recovered() -> None:
    """250 of cash that 40 were spent on: 210 came."""
    months, standing = history()
    spent = np.where(months.event == m.GONE, 40, 0)
    came = observed(replace(months, cost_minor=spent), standing, book_at(months, standing, OPENING), OPENING + 12)
    assert came.recovered_minor.tolist() == [210, 0, 0, 0]


def test_curves_rest_on_distinct_contracts_by_the_buckets_they_stood_in() -> None:
    months, standing = history()
    distinct = Distinct(conditions(), (OPENING + 1, OPENING + 2))
    distinct.add(months, standing)
    assert distinct.contracts[0].tolist() == [[0, 0, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0]]
    assert distinct.contracts[1].tolist() == [[1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]


def test_a_second_default_counts_where_the_contract_stood_before_it() -> None:
    """In default in month 2, cured, in probation from month 3 and in default again in month 5: curves known in month 4 rest on
    one default of `current` and none of `probation`, those of month 5 on one of each. Written off in it, it does not begin."""
    standing = np.array([0, 0, IN_DEFAULT, 4, 4, IN_DEFAULT, IN_DEFAULT], dtype=np.int8)
    count, (months, _) = len(standing), history()
    nil, ahead = np.zeros(count, dtype=np.int64), np.arange(count)
    whole = dict.fromkeys(("balance_minor", "written_off_minor", "recovered_minor", "cost_minor"), nil)
    small = {name: nil.astype(np.int32) for name in ("contract", "age", "remaining", "arrears_days")}
    event = np.where(ahead == count - 1, m.CHARGED_OFF, m.STILL).astype(np.int8)
    one = replace(
        months, month=(OPENING + ahead).astype(np.int32), event=event, observed=nil == 0, frozen=nil > 0, **whole, **small
    )
    distinct = Distinct(conditions(), (OPENING + 1, OPENING + 4, OPENING + 5, OPENING + 6))
    distinct.add(one, standing)
    assert distinct.contracts[0][:, [0, 4]].tolist() == [[0, 0], [1, 0], [1, 1], [1, 1]]
    assert distinct.contracts[0].sum() == 5
    assert distinct.relative_deviation(0)[2].tolist() == [1.0] * 6


def one_contract(remaining: int, missed: int = 0, rate: float = 0.0) -> Book:
    one = np.ones(1, dtype=np.int64)
    return Book(
        opening=OPENING, contract=0 * one, row=0 * one, bucket=0 * one, segment=0 * one, fold=0 * one, age=5 * one,
        remaining=remaining * one, missed=missed * one, balance_minor=100_000 * one, principal_minor=150_000 * one,
        vintage=one, rate=np.array([rate]),
        outside={},
    )  # fmt: skip


def test_default_is_expected_by_the_formula_of_the_close_up_to_the_horizon() -> None:
    """h = 0.01, s c = 0.02 x 1, three instalments left and 90 days: H = 6."""
    ahead = expected(one_contract(3), curves((0.01,) * 6, mortality=0.02, performing=1.0), 12)
    twelve = np.array([12])
    assert ahead.horizon.tolist() == [6]
    assert ahead.within(ahead.recognised, twelve)[0] == pytest.approx(0.01 * sum(0.97**t for t in range(6)))
    assert ahead.within(ahead.prepaid, twelve)[0] == pytest.approx(0.02 * sum(0.97**t for t in range(6)))
    assert ahead.within(ahead.recognised, np.array([2]))[0] == pytest.approx(0.01 * 1.97)
    assert [lag_of(days) for days in (90, 61, 60, 31, 30)] == [3, 3, 2, 2, 1]


def test_a_contract_is_expected_to_prepay_before_its_last_instalment_alone() -> None:
    """Three instalments left: it prepays in months 1 and 2, matures in 3, and may default in 6 still."""
    book = one_contract(3)
    ahead = expected(book, curves((0.01,) * 6, mortality=0.02, performing=1.0), 12)
    assert before_the_last(book).tolist() == [2] and before_the_last(one_contract(m.UNKNOWN)).tolist() == [480]
    assert ahead.within(ahead.prepaid, before_the_last(book))[0] == pytest.approx(0.02 * 1.97)


def test_exposure_is_what_was_owed_before_the_first_instalment_missed() -> None:
    """Ten instalments of 10,000 without interest: month 4 is the last whose first miss is the next instalment due."""
    assert exposure(one_contract(10), 90, 6)[0].tolist() == [100_000, 100_000, 100_000, 100_000, 90_000, 80_000]
    assert exposure(one_contract(9, missed=1), 90, 5)[0].tolist() == [100_000, 100_000, 100_000, 90_000, 80_000]
    owed = exposure(one_contract(10, rate=0.12), 90, 5)[0]
    payment = 100_000 * 0.01 / (1 - 1.01**-10)
    assert owed[4] == pytest.approx(100_000 * 1.01 - payment)


def test_a_balance_is_held_against_its_schedule() -> None:
    """150,000 in 15 instalments, ten of them left: 100,000 on schedule; with nine left behind, with eleven of sixteen ahead."""
    grid = Grid(conditions(), (OPENING,))
    names = grid.names()

    def band(remaining: int) -> str:
        cells = grid.of(one_contract(remaining))[:, 0]
        return next(name for dimension, name in (names[cell] for cell in cells) if dimension == "balance over schedule")

    assert [band(10), band(9), band(12), band(0)] == ["0.97 to 1.03", "from 1.03", "0.8 to 0.97", "not stated"]


def test_a_contract_is_in_one_cell_of_every_dimension_in_their_order() -> None:
    grid = Grid(conditions(), (OPENING,))
    names = grid.names()
    assert Counter(dimension for dimension, _ in names) == grid.sizes
    assert [names[cell][0] for cell in grid.of(one_contract(10))[:, 0]] == list(grid.sizes)


def test_a_run_off_is_gross_and_severity_apart_and_claims_nothing_of_few() -> None:
    months, standing = history()
    book = book_at(months, standing, OPENING)
    fitted = curves((0.01,) * 6, mortality=0.0)
    came = observed(months, standing, book, OPENING + 12)
    terms = LossTerms(np.array([[0.0, 0.5], [0.0, 0.5]]), 0.6, 0.3, 0.1, 40, np.zeros(1))
    run_off = RunOff((OPENING,), OPENING + 12)
    run_off.add(book, expected(book, fitted, 12), came, terms, 90)
    (row,) = run_off.rows((terms,), conditions(calendar_allowance=0.1))
    seen = {0: 11, 1: 11, 4: 1, 6: 11}  # of a default in month t half is charged off in t + 1, if that is still seen
    number = sum(0.5 * 0.01 * 0.99**t for months_seen in seen.values() for t in range(months_seen))
    assert row["expected_charge_offs"] == pytest.approx(number + 0.5 * 0.01 * 0.99, rel=1e-9)
    assert row["gross"]["came_minor"] == 900 and row["severity_came"] == 650 / 900 and row["charge_offs"] == 1
    assert sum(row["by_month"]["expected_minor"]) == pytest.approx(row["gross"]["expected_minor"], abs=6)
    assert row["claim"] == "not claimed: 1 charge-offs, fewer than 250"


def told(**changed: Any) -> dict[str, Any]:
    truth = curves((0.004, 0.03, 0.08, 0.15, 0.02, 0.008))
    months, standing = lived(truth, 600, 3, 12)
    return validate(
        [months], lambda _: standing, lambda *_: truth, [OPENING], [0, 1], known=OPENING, until=OPENING + 12,
        conditions=conditions(**changed), losses=lambda *_: LossTerms(np.full((2, 3), 0.2), 0.5, 0.2, 0.1, 300, np.zeros(1)),
    )  # fmt: skip


def test_everything_is_written_twice_and_read_again(tmp_path: Path) -> None:
    found = told()
    as_json, as_text = write_validation(found, tmp_path)
    assert json.loads(as_json.read_text()) == json.loads(json.dumps(found))
    text = as_text.read_text()
    assert all(limit in text for limit in found["limits"]) and all(bucket in text for bucket in BUCKETS)
    assert "Run-off to 2019-12-31" in text and "standard deviation of 0 %" in text


def test_a_cell_of_few_is_told_so_and_a_surprise_in_it_too() -> None:
    (test, *_) = told(least_expected=1e6)["tests"]
    assert {row["verdict"] for row in test["cells"]} <= {TOO_FEW, OUTSIDE_FEW}
    assert {row["verdict_of_amount"] for row in test["cells"]} == {TOO_FEW}


def test_an_opening_without_its_whole_window_is_refused() -> None:
    months, standing = lived(curves((0.01,) * 6), 10, 1, 12)
    with pytest.raises(UnusableInput, match="2018-12-31"):
        validate(
            [months], lambda _: standing, lambda *_: curves((0.01,) * 6), [OPENING], [], known=OPENING,
            until=OPENING + 11, conditions=conditions(),
        )  # fmt: skip
