"""What stands first of a validation: sides of openings, worst cells, what a total could see, losses, and what rules move."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import gaapbridge
from gaapbridge.estimation import months as m
from gaapbridge.estimation.validation.book import IN_DEFAULT
from gaapbridge.estimation.validation.conclusions import HEADLINE, conclusions, headline_texts, rules_texts
from gaapbridge.estimation.validation.rules import CameWithout
from gaapbridge.estimation.validation.summary import (
    from_opening_to_opening,
    run_off_summary,
    seen_outside,
    side_chance,
    worst_cells,
)
from gaapbridge.estimation.validation.verdict import OUTSIDE, OUTSIDE_FEW
from tests.estimation.test_estimate import lender
from tests.estimation.test_validation import history, told
from tests.estimation.validated import OPENING


@pytest.mark.parametrize(("above", "below"), [(5, 0), (13, 0), (7, 1), (3, 3), (0, 1)])
def test_the_chance_of_a_side_is_that_of_the_binomial_test(above: int, below: int) -> None:
    assert side_chance(above, below) == pytest.approx(stats.binomtest(above, above + below, 0.5).pvalue)


def test_openings_are_told_from_the_lowest_to_the_highest_with_their_sides() -> None:
    found = from_opening_to_opening([1.25, None, 0.9, 2.06, 1.0])
    assert found == {"openings": 4, "lowest": 0.9, "highest": 2.06, "above": 2, "below": 1, "side_chance": 1.0}
    assert from_opening_to_opening([None]) is None


def test_what_a_total_could_have_seen_is_what_its_interval_leaves() -> None:
    assert seen_outside(500.0, 350, 650) == {"under": 0.7, "over": 1.3} and seen_outside(0.0, 0, 3) is None


def cell(dimension: str, name: str, contracts: int, expected: float, came: int, verdict: str) -> dict[str, Any]:
    return {
        "dimension": dimension, "cell": name, "contracts": contracts, "expected": expected, "came": came,
        "ratio": came / expected, "verdict": verdict,
    }  # fmt: skip


def test_worst_cells_are_of_the_dimension_in_which_most_was_expected_outside() -> None:
    rows = [
        cell("all", "all", 1_000, 400.0, 390, OUTSIDE), cell("balance", "small", 100, 40.0, 90, OUTSIDE_FEW),
        cell("balance", "large", 800, 300.0, 190, OUTSIDE), cell("age", "young", 100, 60.0, 61, "inside"),
        cell("age", "old", 300, 80.0, 110, OUTSIDE), cell("age", "older", 10, 1.0, 4, OUTSIDE_FEW),
    ]  # fmt: skip
    found = worst_cells(rows, (OUTSIDE, OUTSIDE_FEW))
    assert [one["cell"] for one in found] == ["large", "small"]
    assert [one["share_of_expected"] for one in found] == [0.75, 0.1] and found[0]["share_of_contracts"] == 0.8
    assert worst_cells(rows[:1], (OUTSIDE, OUTSIDE_FEW)) == []


def test_cells_outside_are_said_with_what_they_hold_and_that_they_cancel() -> None:
    found = told()
    test, rows = found["tests"][-1], [cell("all", "all", 1_000, 400.0, 390, OUTSIDE)]
    rows += [cell("balance", "small", 100, 40.0, 90, OUTSIDE_FEW), cell("balance", "large", 800, 300.0, 240, OUTSIDE)]
    test["summary"][0] |= {"cells": 30, "cells_inside": 29, "worst": worst_cells(rows, (OUTSIDE, OUTSIDE_FEW))}
    said = next(one for one in conclusions(found) if one.startswith("Of 30 cells of defaults"))
    assert "29 are inside; by balance 2 are outside, with 90 % of the contracts and 85 % of the defaults expected" in said
    assert "(came over expected: large: 0.80; small: 2.25). They err to both sides, and cancel in the total." in said


def run_off(expected: int, came: int, severity: float, severity_came: float) -> dict[str, Any]:
    """An opening with gross charge-off expected and come, and severities; losses are inside from 0.4 to 1.6 times expected."""
    loss, lost = expected * severity, came * severity_came
    return {
        "gross": {
            "expected_minor": expected, "came_minor": came, "low_minor": expected // 2, "high_minor": 2 * expected,
            "ratio": came / expected, "verdict": "inside",
        },
        "loss": {
            "expected_minor": loss, "came_minor": lost, "low_minor": 0.4 * loss, "high_minor": 1.6 * loss, "ratio": lost / loss,
            "verdict": "inside" if 0.4 <= lost / loss <= 1.6 else "outside",
        },
        "severity_expected": severity, "severity_came": severity_came,
    }  # fmt: skip


def test_losses_are_told_by_opening_with_severity_apart() -> None:
    """1,000 and 2,000 expected at 0.4; 1,500 and 1,800 came at 0.6 and 0.5: losses of 900 for 400 and of 900 for 800."""
    gross, severity, loss = run_off_summary([run_off(1_000, 1_500, 0.4, 0.6), run_off(2_000, 1_800, 0.4, 0.5)])
    assert (gross["expected"], gross["came"], gross["ratio"], gross["inside"]) == (3_000, 3_300, 1.1, 2)
    assert gross["by_opening"]["lowest"] == 0.9 and gross["by_opening"]["above"] == 1
    assert severity["expected"] == pytest.approx(0.4) and severity["came"] == pytest.approx(1_800 / 3_300)
    assert severity["by_opening"]["lowest"] == pytest.approx(1.25) and severity["by_opening"]["above"] == 2
    assert loss["ratio"] == pytest.approx(1.5) and loss["inside"] == 1 and loss["by_opening"]["above"] == 2
    assert loss["by_opening"]["highest"] == pytest.approx(2.25) and loss["seen_outside"]["over"] == pytest.approx(1.6)
    assert run_off_summary([]) == []


def test_what_came_without_a_rule_stands_beside_what_came_under_it() -> None:
    """Of the four on book contract 0 defaults and 1 is prepaid; without the rule 6 is found in default before it is repaid."""
    months, standing = history()
    late = standing.copy()
    late[(months.contract == 6) & (months.month == OPENING + 1)] = IN_DEFAULT
    event = np.where((months.contract == 6) & (months.month == OPENING + 1), m.STILL, months.event).astype(np.int8)
    without = CameWithout("count_unchanged", (OPENING,), 12)
    without.add(replace(months, event=event), late)
    summary = [{"outcome": name, "contracts": 4, "came": 1, "expected": 2.0} for name in ("default", "prepayment")]
    default, prepayment = without.rows([OPENING], summary)
    assert (default["came"], default["came_without"], default["contracts_without"]) == (1, 2, 4)
    assert (prepayment["came"], prepayment["came_without"]) == (1, 1)
    test = {"without_rules": [default, prepayment]}
    assert [len(rules_texts(test)), len(rules_texts(test, moved=True))] == [2, 1]
    assert rules_texts(test)[0] == ("count_unchanged", "default", "4", "1", "4", "2", "1.00")


def test_what_came_without_a_rule_is_what_a_plan_without_it_is_told(tmp_path: Path) -> None:
    plan = lender(tmp_path)
    text = plan.read_text(encoding="utf-8").replace("2019-03-01", "2021-01-01").replace("2019-04-30", "2021-05-31")
    plan.write_text(text, encoding="utf-8")
    under = gaapbridge.estimate(plan, validate=True).kinds[0].details["validation"]["tests"][-1]
    first, last = text.index("[[history.loans.exclusions]]"), text.index("[history.loans.performance]")
    plan.write_text(text[:first] + text[last:], encoding="utf-8")
    alone = gaapbridge.estimate(plan, validate=True).kinds[0].details["validation"]["tests"][-1]
    default, prepayment = under["without_rules"]
    assert default["rule"] == "count_unchanged 2021-01-01 to 2021-05-31" and default["came"] < default["came_without"]
    assert [row["came_without"] for row in (default, prepayment)] == [row["came"] for row in alone["summary"]]
    assert {row["contracts_without"] for row in (default, prepayment)} == {row["contracts"] for row in alone["summary"]}
    assert alone["without_rules"] == []


def test_at_most_four_sentences_stand_first_and_losses_have_rows_of_their_own() -> None:
    found = told()
    said = list(conclusions(found))
    assert 2 <= len(said) <= 4 and said[0].startswith("Out of time") and any("Loss by run-off" in one for one in said)
    assert said[-1].startswith("The total of defaults would have been outside under")
    for test in found["tests"]:
        rows = headline_texts(test)
        assert all(len(row) == len(HEADLINE) for row in rows)
        assert [row[0] for row in rows[-3:]] == ["gross charge-off, minor", "severity", "loss, minor"]
        assert all(band["verdict"] for band in test["calibration"]["bands"])


def test_sides_are_said_in_words() -> None:
    found = told()
    test = found["tests"][-1]
    test["run_off_summary"] = run_off_summary([run_off(1_000, 1_500, 0.4, 0.6)] * 5)
    said = next(one for one in conclusions(found) if one.startswith("Loss by run-off"))
    assert "came to 2.25 of what was expected, by opening 2.25 to 2.25, above at every one of 5 openings" in said
    assert "and inside its interval at 0 of 5" in said
    assert "in 6 of 100 if they were independent, but they share contracts and months" in said
    test["run_off_summary"] = run_off_summary([run_off(1_000, 1_500, 0.4, 0.6), run_off(1_000, 500, 0.4, 0.4)])
    assert not any("by chance" in one for one in conclusions(found))
    test["summary"][0]["by_opening"] = from_opening_to_opening([0.75, 0.85, 0.8])
    assert ", by opening 0.75 to 0.85, below at every one of 3 openings" in next(conclusions(found))
    test["summary"][0]["by_opening"] = from_opening_to_opening([0.75, 1.1])
    assert "by opening 0.75 to 1.10)" in next(conclusions(found))
