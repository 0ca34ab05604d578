"""A lender whose answers make the two frameworks agree: notes whose difference is all policy have an empty journal.

The starter's lender again, but that nobody prepays, so that expected flows are contractual ones, and that every loan is
watched, so that IFRS counts the whole life too. What is left of a difference then is one that no answer takes away: where a
default begins with the first instalment missed, IFRS has the interest of a loan to its recognition, US GAAP what is accrued.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from gaapbridge.difference import COMMON_ROLES
from gaapbridge.differences.expected_credit_loss import NOTE as LOSSES
from gaapbridge.notes import FOLDERS, NOTES
from gaapbridge.period_close import close
from gaapbridge.plan.read import toml_content
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from tests.differences.journals import journal

ALIKE = {
    "expected_credit_loss": {
        "us_method": '"dcf"',
        "us_scenarios": "[{ valid_from = 2020-01-01, base = 0.6, upside = 0.15, downside = 0.25 }]",
        "us_supportable_months": "480",
        "us_guarantee_discount": '"current_rate"',
        "cure_probation_days": "0",
    },
    "effective_interest": {"nonaccrual_days_past_due": "3650"},
    "share_based_compensation": {"us_attribution": '"graded"', "us_forfeitures": '"estimated"'},
}
"""The answers by note: losses discounted over the same scenarios, no end of accrual, each tranche by itself."""

NO_EQUAL_POLICY = {
    "financial_guarantee": "ASC 460 recognises fees and a duty to stand ready at inception, IFRS neither: no answer makes the "
    "two alike",
}


TIMELINES = ("first_missed", "none")
"""The answers to when a default begins."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    return {timeline: closed(tmp_path_factory, timeline) for timeline in TIMELINES}


def closed(tmp_path_factory: pytest.TempPathFactory, timeline: str) -> Run:
    starter = write_starter(tmp_path_factory.mktemp("alike") / "lender")
    text = starter.plan.read_text(encoding="utf-8")
    for answers in (*ALIKE.values(), {"default_timeline": f'"{timeline}"'}):
        for name, answer in answers.items():
            text, replaced = re.subn(rf"(?m)^{name} = .*$", f"{name} = {answer}", text)
            assert replaced == 1, name
    starter.plan.write_text(text, encoding="utf-8")
    files = toml_content(starter.plan)
    for tables in files["curves"].values():
        if "prepayment" in tables:
            _rewritten(starter.plan.parent / tables["prepayment"], single_monthly_mortality="0")
    for kind in ("loans", "guarantees"):
        for instant in ("opening", "closing"):
            _rewritten(starter.plan.parent / files["tapes"][kind][instant], watch_list="true")
    return close(starter.plan)


def _rewritten(path: Path, **values: str) -> None:
    """A CSV file with some of its columns, or further ones, holding the same in every row."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [{**row, **values} for row in csv.DictReader(stream)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("key", sorted(FOLDERS))
def test_equal_answers_make_no_difference(runs: dict[str, Run], key: str) -> None:
    if key in NO_EQUAL_POLICY:
        pytest.skip(NO_EQUAL_POLICY[key])
    if key not in ALIKE:
        pytest.skip(f"nobody has said by which answers the two sides of {key} agree")
    assert [line for line in journal(runs["none"]) if line["note"] == NOTES[key].column] == []


@pytest.mark.parametrize("timeline", TIMELINES)
def test_guarantees_are_measured_where_they_make_no_difference(runs: dict[str, Run], timeline: str) -> None:
    """Their losses are there on both sides, to the same minor unit, in a run without a line of note (i) on their account."""
    run = runs[timeline]
    table = run.measurements("guarantees").collect()
    for state in ("opening_", ""):
        assert table[f"{state}us_loss_allowance"].to_list() == table[f"{state}ifrs_loss_allowance"].to_list()
        assert table[f"{state}us_loss_allowance"].sum() > 0
    own = set(LOSSES.roles(["guarantees"])) - {*COMMON_ROLES}
    accounts = {run.manifest.posting[role] for role in own}
    assert [line for line in journal(run) if line["note"] == LOSSES.column and line["account"] in accounts] == []


@pytest.mark.parametrize("key", sorted(NO_EQUAL_POLICY))
def test_where_no_answer_makes_the_two_alike_the_column_is_not_empty(runs: dict[str, Run], key: str) -> None:
    assert [line for line in journal(runs["none"]) if line["note"] == NOTES[key].column]
