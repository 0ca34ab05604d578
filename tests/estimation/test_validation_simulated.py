"""Curves that are right by construction are inside as often as is said; those that are 30 % off are found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gaapbridge.estimation import months as m
from gaapbridge.estimation.validation import validate
from gaapbridge.estimation.validation.book import book_at
from gaapbridge.estimation.validation.run_off import LossTerms, exposure
from gaapbridge.estimation.validation.verdict import INSIDE, OUTSIDE
from tests.estimation.validated import OPENING, conditions, curves, lived

HAZARDS = (0.004, 0.03, 0.08, 0.15, 0.02, 0.008)


def validated(seed: int, count: int, times: float = 1.0, **changed: Any) -> list[dict[str, Any]]:
    """What validation tells of contracts that lived by curves, if it holds them against the same times so much."""
    truth = curves(HAZARDS)
    months, standing = lived(truth, count, seed, 12)
    told = validate(
        [months], lambda _: standing, lambda *_: curves(HAZARDS, times=times), [OPENING], range(10),
        known=OPENING, until=OPENING + 12, conditions=conditions(**changed),
    )  # fmt: skip
    return list(told["tests"])


def judged(tests: list[dict[str, Any]], name: str) -> list[str]:
    """Verdicts on all cells of out-of-sample tests, a verdict of numbers or of amounts."""
    cells = [row for test in tests if not test["out_of_time"] for row in test["cells"]]
    return [row[name] for row in cells if row[name] in (INSIDE, OUTSIDE)]


def test_right_curves_are_inside_in_95_of_100_cells() -> None:
    found = [validated(seed, 1_500) for seed in range(25)]
    for name in ("verdict", "verdict_of_amount"):
        verdicts = [one for tests in found for one in judged(tests, name)]
        share = verdicts.count(INSIDE) / len(verdicts)
        assert len(verdicts) > 800 and 0.93 <= share <= 0.98, (name, share)


def test_curves_that_expect_30_percent_too_much_are_found() -> None:
    """Hazards 1.3 times too high; of a bucket in which most default anyway, that is less of the number that do."""
    for seed in range(5):
        tests = validated(seed, 6_000, times=1.3, least_expected=50.0)
        (summary, _) = next(test for test in tests if not test["out_of_time"])["summary"]
        assert summary["verdict"] == OUTSIDE and summary["ratio"] == pytest.approx(0.875, abs=0.03)
        assert summary["cells_inside"] < 0.6 * summary["cells"]


def test_curves_that_cannot_tell_probation_from_clean_are_right_in_total_and_found_by_bucket() -> None:
    """A chain over arrears alone gives all who owe nothing overdue one hazard: the total is right, and no part of it is."""
    true = (0.004, 0.03, 0.08, 0.15, 0.04, 0.01)
    one = sum(true[place] for place in (0, 4, 5)) / 3
    months, standing = lived(curves(true), 12_000, 2, 12)
    told = validate(
        [months], lambda _: standing, lambda *_: curves((one, *true[1:4], one, one)), [OPENING], range(10), known=OPENING,
        until=OPENING + 12, conditions=conditions(least_expected=50.0),
    )  # fmt: skip
    rows = {
        row["cell"]: row for row in told["tests"][0]["cells"] if row["outcome"] == "default" and row["dimension"] == "bucket"
    }
    assert {name for name, row in rows.items() if row["verdict"] == OUTSIDE} == {"current", "probation", "recently_late"}
    assert rows["current"]["ratio"] < 0.3 and rows["probation"]["ratio"] > 1.8
    assert 0.93 < told["tests"][0]["summary"][0]["ratio"] < 1.07
    assert told["tests"][0]["calibration"]["slope"] > 1.0


def test_gross_charge_off_is_inside_as_often_as_is_said() -> None:
    """Of defaults half are charged off two months later, of what was owed then; the terms of loss are those."""
    truth, inside = curves((0.02,) * 6), []
    terms = LossTerms(np.array([[0.0, 0.0, 0.5]] * 2), 0.6, 0.0, 0.0, 10**9, np.zeros(1))
    for seed in range(60):
        months, standing = lived(truth, 500, seed, 24, one_bucket=True)
        history, of_rows = charged_off(months, standing, seed, 2, OPENING + 24)
        told = validate(
            [history], lambda _, of_rows=of_rows: of_rows, lambda *_: truth, [OPENING], [], known=OPENING, until=OPENING + 24,
            conditions=conditions(), losses=lambda *_: terms,
        )  # fmt: skip
        (row,) = told["tests"][0]["run_off"]
        inside.append(row["gross"]["verdict"] == INSIDE)
    assert 0.88 <= np.mean(inside) <= 1.0 and abs(row["expected_charge_offs"] / row["charge_offs"] - 1.0) < 0.35


def charged_off(months: m.Months, standing: m.Tiny, seed: int, lag: int, until: int) -> tuple[m.Months, m.Tiny]:
    """The history with two rows more of a half of those who default: in default still, then charged off at the exposure that
    the curves expect, which for a month ahead is the balance on a level instalment."""
    chance = np.random.default_rng(seed + 1_000)
    last = np.flatnonzero(np.append(months.contract[1:] != months.contract[:-1], True) & (standing < 0))
    last = last[chance.random(len(last)) < 0.5]
    book = book_at(months, standing, OPENING)
    owed = exposure(book, 90, until - OPENING)
    at = months.month[last] - OPENING - 1
    amount = np.rint(owed[months.contract[last], at]).astype(np.int64)
    kept = np.append(np.arange(len(months.contract)), np.repeat(last, lag))
    ahead = np.append(np.zeros(len(months.contract), np.int64), np.tile(np.arange(1, lag + 1), len(last)))
    order = np.lexsort((months.month[kept] + ahead, months.contract[kept]))
    row, ahead = kept[order], ahead[order]
    off = np.append(np.zeros(len(months.contract), np.int64), np.repeat(amount, lag))[order]
    final = ahead == lag
    by_row = {name: getattr(months, name)[row] for name in BY_ROW} | {
        "month": (months.month[row] + ahead).astype(np.int32), "written_off_minor": np.where(final, off, 0),
        "event": np.where(final, m.CHARGED_OFF, months.event[row]).astype(np.int8),
    }  # fmt: skip
    seen = by_row["month"] <= until
    return replace(months, **{name: of[seen] for name, of in by_row.items()}), standing[row][seen]


BY_ROW = (
    "contract", "month", "age", "remaining", "arrears_days", "balance_minor", "written_off_minor", "recovered_minor",
    "cost_minor", "event", "observed", "frozen",
)  # fmt: skip


def test_month_ends_on_a_weekend_are_tests_of_their_own() -> None:
    """2018-12-31 is a Monday, 2019-03-31 a Sunday."""
    truth = curves((0.01,) * 6)
    months, standing = lived(truth, 200, 1, 24, one_bucket=True)
    told = validate(
        [months], lambda _: standing, lambda *_: truth, [OPENING, OPENING + 3], range(10), known=OPENING, until=OPENING + 24,
        conditions=conditions(),
    )  # fmt: skip
    assert [(test["name"], test["openings"]) for test in told["tests"]] == [
        ("out of sample, month ends on a working day", ["2018-12-31"]),
        ("out of time, month ends on a working day", ["2018-12-31"]),
        ("out of sample, month ends on a weekend", ["2019-03-31"]),
        ("out of time, month ends on a weekend", ["2019-03-31"]),
    ]
    assert any("Saturday or Sunday" in limit for limit in told["limits"])


def test_curves_that_are_right_are_calibrated() -> None:
    (test, *_) = validated(1, 8_000)
    line = test["calibration"]
    assert abs(line["slope"] - 1.0) < 3 * line["slope_error"]
    assert all(row["low"] <= row["came"] <= row["high"] for row in line["bands"][1:-1])


def test_overlapping_openings_are_inside_as_often() -> None:
    """The number of defaults at four openings a quarter apart, which count most defaults more than once."""
    truth = curves((0.01,) * 6)
    openings, inside = [OPENING + month for month in (0, 3, 4, 7)], []
    for seed in range(60):
        months, standing = lived(truth, 800, seed, 24, one_bucket=True)
        months = replace(months, fold=np.zeros_like(months.fold))
        told = validate(
            [months], lambda _, standing=standing: standing, lambda *_: truth, openings, [0],
            known=OPENING + 24, until=OPENING + 24, conditions=conditions(),
        )  # fmt: skip
        (test,) = [test for test in told["tests"] if not test["out_of_time"] and not test["weekend"]]
        totals = [row for row in test["cells"] if row["dimension"] == "all"]
        inside += [row["verdict"] == INSIDE for row in totals]
        assert all(row["variance"]["overlap"] > 0.5 * row["variance"]["chance"] for row in totals)
    assert 0.9 <= np.mean(inside) <= 0.99


def test_curves_fitted_to_few_defaults_are_inside_as_often_with_their_own_error() -> None:
    """A hazard counted of one year's 30 or so defaults, held against the next year's of other contracts: without its own error
    the interval would hold it in about four of five cases alone."""
    truth, inside, inside_narrow = curves((0.01,) * 6), [], []
    for seed in range(60):
        months, standing = lived(truth, 300, seed, 24, one_bucket=True)
        at_risk = (months.month <= OPENING + 11) & (standing >= 0) & (months.event == m.STILL)
        came = int(((standing < 0) & (months.month <= OPENING + 12)).sum())
        hazard = came / at_risk.sum() / 1.25  # half of the contracts have it, half one and a half times it
        told = validate(
            [months], lambda _, standing=standing: standing, lambda *_, hazard=hazard: curves((hazard,) * 6),
            [OPENING + 12], [], known=OPENING + 12, until=OPENING + 24, conditions=conditions(),
        )  # fmt: skip
        (test,) = told["tests"]
        (total,) = [row for row in test["cells"] if row["dimension"] == "all" and row["outcome"] == "default"]
        inside.append(total["verdict"] == INSIDE)
        inside_narrow.append(total["low_narrow"] <= total["came"] <= total["high_narrow"])
    assert 0.88 <= np.mean(inside) <= 1.0 and np.mean(inside_narrow) < np.mean(inside)


def test_chunks_and_their_order_change_nothing() -> None:
    truth = curves(HAZARDS)
    parts = [lived(truth, 300, seed, 12) for seed in (1, 2, 3)]
    standing = {id(months): of for months, of in parts}

    def told(order: list[int]) -> Any:
        found = validate(
            [parts[place][0] for place in order], lambda months: standing[id(months)], lambda *_: truth, [OPENING], range(10),
            known=OPENING, until=OPENING + 12, conditions=conditions(),
        )  # fmt: skip
        return [
            (row["cell"], row["contracts"], row["came"], row["expected"], row["came_minor"], row["expected_minor"], row["low"])
            for test in found["tests"]
            for row in test["cells"]
        ]

    assert told([0, 1, 2]) == told([2, 0, 1])
