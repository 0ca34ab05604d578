"""A lender that gives its trial balance in the second year only: each statement stands on what there is for it."""

from __future__ import annotations

import json
import shutil

from gaapbridge.checking import check


def without_ledger(lender, year: int):
    """The plan of a year, its table of the ledger taken out."""
    plan = lender.folder / {2022: "plan-2022.toml", 2023: "plan.toml"}[year]
    text = plan.read_text()
    start = text.index("[trial_balance]")
    end = text.find("\n[", start)
    plan.write_text(text[:start] + (text[end + 1 :] if end > 0 else ""))
    return plan


def test_an_opening_with_its_own_ledger_is_not_printed_as_it_stood_without(lender) -> None:
    """2022 as printed then is a sub-ledger with a balancing figure; beside 2023 it is the lender's balance sheet."""
    shutil.rmtree(lender.runs)
    without_ledger(lender, 2022)
    first, second = lender.close(2022), lender.close(2023)
    (then, *_) = json.loads((first / "statement.json").read_text())["statements"]
    now = json.loads((second / "statement.json").read_text())["statements"]
    by_id = {statement["id"]: statement for statement in now}
    assert then["id"] == "bs-2022" and "No trial balance" in then["basis"]
    assert next(row for row in then["rows"] if row["id"] == "balancing")["us_gaap"] != 0
    assert "basis" not in by_id["bs-2022"] and "basis" not in by_id["bs-2023"]
    assert "No trial balance" in by_id["is-2022"]["basis"], "as printed then"
    assert json.loads((second / "findings.json").read_text()) == []


def test_check_names_what_a_close_without_ledger_prints_beside(lender) -> None:
    """No ledger says what the opening was; the prior run does, and the close measures the same."""
    shutil.rmtree(lender.runs)
    without_ledger(lender, 2022)
    lender.close(2022)
    beside = check(without_ledger(lender, 2023)).beside
    printed = json.loads((lender.close(2023) / "statement.json").read_text())["statements"]
    assert beside == ("bs-2022", "is-2022")
    assert {*beside} < {one["id"] for one in printed}
