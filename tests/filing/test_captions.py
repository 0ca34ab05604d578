"""Captions mean the same to whoever reads tables and to the rules: of a published table without ids nothing false is found."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.misprints import Table, tables
from gaapbridge.terms.captions import is_mezzanine, looks_like_total, meaning_of_row, rows_by_meaning
from gaapbridge.terms.statement_kinds import kind_in, kind_named
from gaapbridge.verification import verify
from tests.published import published

Json = dict[str, Any]


def by_captions_alone(raw: Json) -> Json:
    """The table as it would be transcribed by somebody who knows none of our ids, roles, sections and rolls."""
    bare = copy.deepcopy(raw)
    for statement in bare["statements"]:
        for number, row in enumerate(statement["rows"]):
            row.setdefault("label", row["id"])
            row["id"] = f"r{number}"
            for key in ("of", "role", "section"):
                row.pop(key, None)
    for key in ("rollforward", "period_sums"):
        bare.pop(key, None)
    return bare


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.path.stem)
def test_captions_alone_make_no_finding_that_ids_do_not(table: Table, tmp_path: Path) -> None:
    (tmp_path / table.path.name).write_text(json.dumps(by_captions_alone(table.raw)), encoding="utf-8")
    found, known = (
        {(one.check, one.statement, one.column, one.difference) for one in verify(file, **table.options).findings}
        for file in (tmp_path / table.path.name, table.path)
    )
    assert found <= known


def test_rules_of_tax_and_of_the_parent_are_held_by_captions(tmp_path: Path) -> None:
    """Qifu's income tax, 3,582 off its deferred tax by sign alone, was found false of a table without ids."""
    raw = json.loads(published("qifu-2023").read_text(encoding="utf-8"))
    (tmp_path / "bare.json").write_text(json.dumps(by_captions_alone(raw)), encoding="utf-8")
    outcome = verify(tmp_path / "bare.json")
    held = {one.check for one in outcome.checks}
    assert held == {"R1", "R2", "R3", "R4", "R5", "R6", "R8", "R12", "R13"}
    assert [one.difference for one in outcome.findings] == [72_932, 69_350]


MEANT = {
    "TOTAL ASSETS:": "ta",
    "Total liabilities & equity": "tle",
    "Total liabilities, mezzanine equity and shareholders' equity": "tle",
    "Total unitholders’ equity": "eq",
    "Share owners’ equity": "eq",
    "Total shareholders' (deficit) equity": "eq",
    "Total XYZ Inc. shareholders' equity": "eq_parent",
    "Total mezzanine equity": None,
    "Retained earnings (accumulated deficit)": "re",
    "Income tax (expense) benefit": "tax",
    "Net (loss)/income": "ni",
    "Net income attributable to non-controlling interests": None,
    "净利润": "ni",
    "未分配利润": "re",
}


@pytest.mark.parametrize("caption", MEANT)
def test_what_a_caption_means(caption: str) -> None:
    assert meaning_of_row(caption) == MEANT[caption]


def test_equity_of_the_holders_beside_interests_is_that_of_the_parent() -> None:
    """Unless it stands below them, and adds them up; of two totals of assets neither is the one."""
    held, others = "Total stockholders' equity", "Noncontrolling interests"
    assert rows_by_meaning([held, others]) == {"eq_parent": 0}
    assert rows_by_meaning([others, held]) == {"eq": 1}
    assert rows_by_meaning([held, others, "Total equity"]) == {"eq_parent": 0, "eq": 2}
    assert rows_by_meaning(["Total assets", "", "Total assets"]) == {}


def test_what_adds_up_and_what_stands_between() -> None:
    totals = {
        "Loans, total",
        "Net revenues",
        "Loss before taxes",
        "Income from operations",
        "合计",
        "Net earnings attributable",
    }
    others = {"Net loss on investments", "Loss from discontinued operations", "Net interest income", "Totality of awards"}
    assert {one for one in totals | others if looks_like_total(one)} == totals
    mezzanine = {"Class A ordinary shares subject to possible redemption", "Redeemable noncontrolling interests", "夹层权益"}
    assert {
        one for one in (*mezzanine, "Non-redeemable interests", "Redeemable share liability") if is_mezzanine(one)
    } == mezzanine


def test_a_kind_is_named_by_the_words_that_head_it() -> None:
    named = {
        "Unaudited Condensed Consolidated Statements of Operations and Comprehensive Loss": "income statement",
        "statement of other comprehensive income": "income statement",
        "P&L": "income statement",
        "Statement of Financial Condition": "balance sheet",
        "财务状况表": "balance sheet",
        "statement of cash flows from operations": None,
        "something else": None,
    }
    assert {text: kind_named(text) for text in named} == named
    assert kind_in("Statement of cash flows from operations") == "cash flow statement"
