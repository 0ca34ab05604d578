"""Hindsight of the miniature, by hand: what each contract's opening expected, and who stands outside."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.starter import write_starter


def total(run_folder: Path, kind: str, framework: str) -> dict[str, Any]:
    told = json.loads((run_folder / "hindsight.json").read_text(encoding="utf-8"))
    (table,) = [one for one in told if one["kind"] == kind]
    (cell,) = [one for one in table["cells"] if one["framework"] == framework and one["by"] == "total"]
    return {**cell, **table["outside"]}


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_starter(tmp_path_factory.mktemp("hindsight") / "lender").folder


@pytest.fixture(scope="module")
def run(lender: Path) -> Any:
    return close(lender / "plan.toml")


def hazards(lender: Path, scenario: str, segment: str) -> list[tuple[float, float]]:
    lines = (lender / "curves/loans-hazard.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines if f",{scenario},{segment},current," in line]
    return [(float(row[-3]), float(row[-2])) for row in rows]


def within_a_year(lender: Path, scenario: str, segment: str, prepaying: float) -> float:
    """Of one current contract: sum of S h over twelve months, by hand."""
    alive, came = 1.0, 0.0
    for hazard, performing in hazards(lender, scenario, segment):
        came += alive * hazard
        alive *= 1.0 - hazard - prepaying * performing
    return came


def test_a_contract_expects_what_its_curve_says_of_twelve_months(lender: Path, run: Any) -> None:
    """LOAN-1 is of segment business, LOAN-3 of consumer; both are current and past the seasoning of prepayment. LOAN-3 has
    ten due dates to go and a lag of three, so twelve months count of it too."""
    expected = within_a_year(lender, "base", "business", 0.01) + within_a_year(lender, "base", "consumer", 0.02)
    cell = total(run.folder, "loans", "us")
    assert (cell["contracts"], cell["observed"]) == (2, 0)
    assert cell["expected"] == pytest.approx(expected, abs=2e-5)
    assert (cell["born"], cell["lost"], cell["in_default_at_opening"]) == (1, 0, 0)


def test_ifrs_mixes_its_scenarios(lender: Path, run: Any) -> None:
    weights = {"base": 0.6, "upside": 0.15, "downside": 0.25}
    expected = sum(
        weight * (within_a_year(lender, name, "business", 0.01) + within_a_year(lender, name, "consumer", 0.02))
        for name, weight in weights.items()
    )
    assert total(run.folder, "loans", "ifrs")["expected"] == pytest.approx(expected, abs=2e-5)


def test_a_default_that_no_one_expected_is_found(lender: Path, tmp_path: Path) -> None:
    changed = Path(shutil.copytree(lender, tmp_path / "lender", ignore=shutil.ignore_patterns("runs")))
    plan = changed / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("hindsight_confidence = 0.999", "hindsight_confidence = 0.9"), encoding="utf-8")
    tape = changed / "tapes/loans-2023-12-31.csv"
    header, *rows = tape.read_text(encoding="utf-8").splitlines()
    dated = [f"{row},{'2023-11-30' if row.startswith('LOAN-1,') else ''}" for row in rows]
    tape.write_text("\n".join([f"{header},default_date", *dated, ""]), encoding="utf-8")
    run = close(plan)
    found = {finding.where for finding in run.listed.findings if finding.check == "R17"}
    assert "R17/loans/us/total/number" in found
    assert total(run.folder, "loans", "us")["observed"] == 1


def test_all_contracts_together_are_expected_and_judged(run: Any) -> None:
    """What is expected of loans and of guarantees adds up, and so does what came; chance spreads less than both bands do."""
    told = json.loads((run.folder / "hindsight.json").read_text(encoding="utf-8"))
    *kinds, every = told
    assert [one["kind"] for one in told] == ["loans", "guarantees", "all"]
    for place, framework in enumerate(("us", "ifrs")):
        cell = every["cells"][place]
        parts = [next(one for one in kind["cells"] if one["framework"] == framework and one["by"] == "total") for kind in kinds]
        assert cell["framework"] == framework and cell["by"] == "total"
        for name in ("contracts", "observed", "expected_amount_minor", "expected_loss_minor"):
            assert cell[name] == pytest.approx(sum(part[name] for part in parts), abs=1), name
        assert cell["expected"] == pytest.approx(sum(part["expected"] for part in parts), abs=1e-5)
        assert cell["expected"] > 0 and cell["high"] <= sum(part["high"] for part in parts)
    assert {"R17/all/us/total/number", "R17/all/ifrs/total/number"} <= {check.id for check in run.listed.checks}


def test_the_table_is_explained(run: Any) -> None:
    text = explain(run, "hindsight").as_text()
    assert "Loans, US GAAP: defaults recognised in the period" in text and "Guarantees, IFRS" in text
    assert max(map(len, text.splitlines())) <= 80
    *_, together = explain(run, "hindsight").tables[0].as_lines()
    assert together.split()[0] == "all"
