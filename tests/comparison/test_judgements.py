"""Runs whose curves were estimated on other judgements: named with both values, and what moved taken to their tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.changes.judgements import judgements_between
from gaapbridge.comparison import compare
from gaapbridge.run.manifest import Estimated
from gaapbridge.terms.hashes import sha256_of

LOSSES = "curves.loans.loss_given_default"
TABLE = "loss_given_default.csv"
STATED = {"default_days": 90, "severity_years": "all", "scenarios": {"odds": {"base": 1.0, "downside": 1.5}}}
OTHERWISE = {**STATED, "severity_years": 2}
TOLD = f'curves   {LOSSES}: estimated on history.loans.severity_years "all" → 2'
TIMING = ('default_timing = "end"', 'default_timing = "middle"')


def estimate(folder: Path, stated: dict[str, Any], share: float) -> None:
    """Write the account of a loss table of which a share of what was lost is left."""
    table = pl.read_csv(folder / TABLE).with_columns(pl.col("lgd_undiscounted", "lgd_discounted") * share)
    table.write_csv(folder / TABLE)
    tables = {TABLE: {"sha256": sha256_of(folder / TABLE), "told": []}}
    content = {"gaapbridge": "0.1.0", "kind": "loans", "known_at": ["2019-12-31"], "contract_months": 9, "sources": []}
    (folder / "estimation.json").write_text(json.dumps({**content, "tables": tables, "stated": stated}), encoding="utf-8")


def test_what_moved_is_of_the_tables_that_were_estimated_again_in_place(lender) -> None:
    """One change takes all of it: nothing of it stands outside the plan."""
    estimate(lender.folder / "curves", STATED, 1.0)
    old = lender.close(2023)
    estimate(lender.folder / "curves", OTHERWISE, 0.5)
    new = lender.close(2023)
    comparison = compare(old, new)
    text = comparison.as_text()
    assert TOLD in text and f"All of it: {LOSSES}: estimated on other judgements" in text
    assert "Changed outside the plan" not in text
    assert comparison.as_dict()["changes"]["judgements"] == [
        {"key": "history.loans.severity_years", "old": '"all"', "new": "2", "tables": [LOSSES]}
    ]
    both = compare(old, lender.close(2023, TIMING))
    assert both.attribution is not None and both.exit_code == 0
    assert [step.changes for step in both.attribution.steps] == [
        (f"{LOSSES}: estimated on other judgements",), ("elections.expected_credit_loss.default_timing",),
    ]  # fmt: skip
    assert both.attribution.steps[0].contributions


def made(stated: dict[str, Any], *, changed: bool = False) -> Estimated:
    return Estimated("0.1.0", ("2019-12-31",), ("months.csv",), 9, changed, (), (), stated)


def test_a_judgement_that_tables_share_is_told_once_and_of_tables_that_differ_alone() -> None:
    tables = ["curves.loans.hazard", LOSSES, "curves.loans.prepayment"]
    worse = {**STATED, "scenarios": {"odds": {"base": 1.0, "downside": 2.0}}}
    old, new = ({table: made(stated) for table in tables} for stated in (STATED, worse))
    told = judgements_between(old, new, tables[:2])
    assert list(map(str, told)) == [f"curves.loans.hazard, {LOSSES}: estimated on history.scenarios.odds.downside 1.5 → 2.0"]
    assert not judgements_between(old, {table: made(worse, changed=True) for table in tables}, tables), "changed by hand since"
    assert not judgements_between(old, {table: made({}) for table in tables}, tables), "an account that states nothing"
