"""Hazards made under a dated rule and a tape that tells defaults of its days; and a return to history that no plan elects."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.assumptions.account import Account, Unchanged, account_beside
from gaapbridge.contracts.dated_rules import default_not_counted
from gaapbridge.period_close import close

RULE = {"rule": "count_unchanged", "from": "2020-04-15", "to": "2020-08-31", "contracts": [], "segments": []}
HAZARD = "curves/loans-hazard.csv"


def write_account(folder: Path, **stated: Any) -> Path:
    """An account of the loans' hazards beside them, as far as a close asks it."""
    account = {"tables": {Path(HAZARD).name: {}}, "stated": {"exclusions": [RULE]}, "scenarios": [], **stated}
    (folder / HAZARD).parent.mkdir(exist_ok=True)
    (folder / HAZARD).with_name("estimation.json").write_text(json.dumps(account), encoding="utf-8")
    return folder / HAZARD


def version(known: str, share: list[float], *multipliers: float) -> dict[str, Any]:
    return {"known": known, "share_of_history": share, "scenarios": {"base": {"multipliers": list(multipliers)}}}


def test_a_rule_is_of_whole_months_and_of_whom_it_names(tmp_path: Path) -> None:
    named = {**RULE, "contracts": ["A"], "segments": ["auto"]}
    other = {"rule": "months_left_out", "from": "2020-04-01", "to": "2020-05-31", "contracts": [], "segments": []}
    found = account_beside(write_account(tmp_path, stated={"exclusions": [named, other]}))
    assert found.unchanged == (Unchanged(date(2020, 4, 1), date(2020, 9, 1), ("A",), ("auto",)),)


@pytest.mark.parametrize(
    "text", [None, "{", "[]", "{}", '{"tables": {"another.csv": {}}}', '{"tables": {"loans-hazard.csv": 0}}']
)
def test_what_is_no_account_of_the_hazards_says_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "estimation.json").write_text(text, encoding="utf-8")
    assert account_beside(tmp_path / "loans-hazard.csv") == Account()


def test_a_version_has_the_share_that_was_last_known(tmp_path: Path) -> None:
    """Where all odds are 1 nothing reverts, and nothing is told."""
    versions = [
        version("2019-12", [0, 1], 1.5, 1.0),
        version("2020-12", [0, 0.5, 1], 1.5, 1.2, 1.0),
        version("2021-12", [1], 1.0),
    ]
    found = account_beside(write_account(tmp_path, scenarios=versions))
    days = (date(2019, 12, 30), date(2019, 12, 31), date(2020, 12, 30), date(2022, 1, 1))
    assert [found.share_on(day) for day in days] == [(), (0, 1), (0, 1), (0, 0.5, 1)]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"default_date": date(2020, 4, 1)}, True),
        ({"default_date": date(2020, 8, 31), "cured_date": date(2020, 12, 1)}, True),
        ({"default_date": date(2020, 3, 31), "cured_date": date(2020, 6, 1)}, False),
        ({"default_date": date(2020, 9, 1)}, False),
        ({"days_past_due": 213}, True),
        ({"days_past_due": 212}, True),
        ({"days_past_due": 211}, False),
        ({"days_past_due": 89}, False),
        ({"days_past_due": 213, "default_date": date(2020, 9, 1)}, False),
        ({"default_date": date(2020, 5, 1), "status": "written_off"}, False),
        ({"default_date": date(2020, 5, 1), "contract_id": "B", "segment": "boats"}, False),
        ({"default_date": date(2020, 5, 1), "contract_id": "A", "segment": "boats"}, True),
    ],
)
def test_which_defaults_the_hazards_do_not_count(row: dict[str, Any], found: bool) -> None:
    """At 90 days a contract that is 212 days past due on 31 December was in default from 31 August on: 122 days before."""
    stands = {"contract_id": "B", "segment": "auto", "status": "on_book", "days_past_due": 0, "default_days": 90}
    dates = {"default_date": pl.Date, "cured_date": pl.Date}
    told = pl.DataFrame([{**dict.fromkeys(dates), **stands, **row}], schema_overrides=dates)
    rules = [Unchanged(date(2020, 4, 1), date(2020, 9, 1), ("A",), ("auto",))]
    assert told.select(default_not_counted(rules, date(2020, 12, 31)).fill_null(False)).item() is found
    assert not told.select(default_not_counted([], date(2020, 12, 31))).item()


@pytest.mark.parametrize(("share", "found"), [([0] * 12 + [1], False), ([0] * 11 + [0.2, 1], True), ([0] * 24 + [1], False)])
def test_hazards_revert_as_the_plan_elects_or_later(starter_copy: Path, share: list[float], found: bool) -> None:
    """The plan has 12 months supportable, and history at once after them."""
    write_account(starter_copy, stated={"exclusions": []}, scenarios=[version("2019-12", share, *[1.5] * len(share))])
    names = {finding["name"] for finding in close(starter_copy / "plan.toml").findings.to_dicts()}
    assert names == ({"hazards revert before the plan says"} if found else set())
