"""Verification of the published filings: exactly the disagreements they are known to hold, no more, no fewer."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.verification import Verification, verify
from tests.published import PUBLISHED, published

QIFU, OPENING = published("qifu-2023"), published("qifu-2021")

AT_ONE = {
    ("R4", "", "bs-2022", "fg", -290_544),
    ("R5", "", "bs-2022", "fg", -290_543),
    ("R6", "sign", "bs-2021", "ecl", None),
    ("R6", "sign", "bs-2022", "ecl", None),
    ("R6", "sign", "bs-2023", "ecl", None),
    ("R6", "rate", "bs-2022", "fg", None),
    ("R6", "rate", "bs-2023", "fg", None),
}
"""Check, part, where it closes, column, difference (None: not an amount of the rule)."""

AT_NIL = AT_ONE | {
    ("R4", "", "bs-2022", "eir", -1),
    ("R5", "", "bs-2023", "eir", 1),
    ("R6", "movement", "bs-2022", "eir", -1),
    ("R6", "movement", "bs-2022", "fg", -1),
    ("R6", "movement", "bs-2023", "eir", -1),
}

RULES = {
    "crossfoot": "R1", "subtotal": "R2", "balance": "R3", "roll": "R4", "roll-pretax": "R5", "roll-tax": "R6",
    "tax-sign": "R6", "roll-offset": "R8", "sum-of-periods": "R14",
}  # fmt: skip


def found(outcome: Verification) -> set[tuple[str, str, str | None, str | None, int | None]]:
    keys: set[tuple[str, str, str | None, str | None, int | None]] = set()
    for finding in outcome.findings:
        part = next((p for p in ("sign", "rate", "movement") if finding.check == "R6" and p in finding.name), "")
        amount = None if part in ("sign", "rate") else finding.difference
        keys.add((finding.check, part, finding.statement, finding.column, amount))
    return keys


@pytest.mark.parametrize(("tolerance", "expected"), [(1, AT_ONE), (0, AT_NIL)])
def test_the_published_filing(tolerance: int, expected: set[tuple[str, str, str, str, int | None]]) -> None:
    outcome = verify(QIFU, opening=OPENING, statutory_rate="0.25", vat_rate="0.06", tolerance=tolerance)
    assert found(outcome) == expected
    assert len(outcome.findings) == len(expected)
    for rule in ("R1", "R2", "R3", "R7", "R8", "R12", "R13"):
        checks = [check for check in outcome.checks if check.check == rule]
        assert checks
        assert all(check.difference == 0 for check in checks)


@pytest.mark.parametrize(("tolerance", "count"), [(1, 4), (0, 6)])
def test_without_the_opening_the_first_rolls_are_not_checked(tolerance: int, count: int) -> None:
    outcome = verify(QIFU, statutory_rate="0.25", vat_rate="0.06", tolerance=tolerance)
    assert len(outcome.findings) == count
    assert {left.check for left in outcome.not_checked if left.statement == "bs-2022"} >= {"R4", "R5", "R6"}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_filing_holds_what_its_transcription_lists(name: str) -> None:
    """Every published table of the package, with the file that it opens on where it names one, whose own are another's."""
    content = json.loads(published(name).read_text(encoding="utf-8"))
    declared, own = content["published_anomalies"], {statement["id"] for statement in content["statements"]}
    elsewhere = [roll["open"] for roll in content.get("rollforward", []) if "#" in roll["open"]]
    opening = published(elsewhere[0].partition(".json#")[0]) if elsewhere else None
    expected = sorted(
        (
            RULES[d["check"]],
            d["where"],
            d.get("row") or "",
            d.get("column") or "",
            d.get("diff") if d["check"] != "tax-sign" else None,
        )
        for d in declared
    )
    outcome = verify(published(name), opening=opening, tolerance=0)
    got = sorted(
        (
            f.check,
            f.statement or "",
            (f.row or "") if any(d.get("row") for d in declared) else "",
            _column(f.check, f.column, declared),
            None if "sign" in f.name else f.difference,
        )
        for f in outcome.findings
        if f.statement is None or f.statement in own
    )
    assert got == expected


def _column(check: str, column: str | None, declared: list[dict[str, object]]) -> str:
    """Row-wise disagreements are listed without a column."""
    return "" if check == "R1" and not any(d.get("column") for d in declared if d["check"] == "crossfoot") else column or ""


def test_json_and_exit_codes(tmp_path: Path) -> None:
    arguments = ["verify", str(QIFU), "--opening", str(OPENING), "--statutory-rate", "0.25", "--vat-rate", "0.06"]
    result = CliRunner().invoke(app, [*arguments, "--format", "json"])
    assert result.exit_code == 1
    outcome = json.loads(result.stdout)
    assert set(outcome) == {"checks", "findings", "not_checked", "implied_rates"}
    assert len(outcome["findings"]) == 7
    keys = {"id", "check", "statement", "row", "column", "expected", "actual", "difference", "tolerance", "unit", "holds"}
    keys |= {"evidence"}
    assert all(set(check) == keys and isinstance(check["difference"], int) for check in outcome["checks"])
    ids = [check["id"] for check in outcome["checks"]]
    assert len(set(ids)) == len(ids) and "R4/bs-2022/fg" in ids
    clean = CliRunner().invoke(app, ["verify", str(published("sony-2020"))])
    assert clean.exit_code == 0


@pytest.mark.campaign
def test_sub_totals_upon_sub_totals_take_as_long_as_there_are(tmp_path: Path) -> None:
    """Twenty thousand rows, each the sub-total of the one before: a thousand times as long as twenty, not a million times."""
    rows = [{"id": "r0", "us_gaap": 1, "adj": {"ecl": 0}, "ifrs": 1}]
    rows += [{**rows[0], "id": f"r{place}", "role": "subtotal", "of": [[1, f"r{place - 1}"]]} for place in range(1, 20_000)]
    rows.reverse()  # a reader that settles one row at a time has to go through all of them each time
    file = tmp_path / "chain.json"
    file.write_text(json.dumps({"columns": [{"id": "ecl"}], "statements": [{"id": "bs-2023", "rows": rows}]}), encoding="utf-8")
    began = time.process_time()
    outcome = verify(file)
    assert time.process_time() - began < 60 and not outcome.findings
    assert {check.check for check in outcome.checks} == {"R1", "R12"} and len(outcome.checks) == 2 * len(rows) - 1
