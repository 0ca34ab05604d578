"""A lender that gives its trial balance in the second year only: each statement stands on what there is for it."""

from __future__ import annotations

import json
import shutil


def test_an_opening_with_its_own_ledger_is_not_printed_as_it_stood_without(lender) -> None:
    """2022 as printed then is a sub-ledger with a balancing figure; beside 2023 it is the lender's balance sheet."""
    shutil.rmtree(lender.runs)
    text = lender.plan(2022).read_text()
    start = text.index("[trial_balance]")
    end = text.find("\n[", start)
    (lender.folder / "plan-2022.toml").write_text(text[:start] + (text[end + 1 :] if end > 0 else ""))
    first, second = lender.close(2022), lender.close(2023)
    (then, *_) = json.loads((first / "statement.json").read_text())["statements"]
    now = json.loads((second / "statement.json").read_text())["statements"]
    by_id = {statement["id"]: statement for statement in now}
    assert then["id"] == "bs-2022" and "No trial balance" in then["basis"]
    assert next(row for row in then["rows"] if row["id"] == "balancing")["us_gaap"] != 0
    assert "basis" not in by_id["bs-2022"] and "basis" not in by_id["bs-2023"]
    assert "No trial balance" in by_id["is-2022"]["basis"], "as printed then"
    assert json.loads((second / "findings.json").read_text()) == []
