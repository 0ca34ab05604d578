"""Tables of assumptions with an account of how they were estimated beside them: what a close says of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.explanation.contract import explain_contract
from gaapbridge.period_close import close
from gaapbridge.report.told.elections import told_assumptions
from gaapbridge.run import Run

HAZARDS = "curves.loans.hazard"
TOLD = "estimated as known at 2021-12-31 and 2022-12-31 from months.parquet (107,339 contract-months)"
OF_A_CONTRACT = TOLD.replace("2021-12-31 and ", "")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def cells(known_at: str, own: str) -> list[dict[str, Any]]:
    at = {"known_at": known_at, "segment": "business", "bucket": "current"}
    return [
        {**at, "from_month": 1, "to_month": 14, "how": f"{own} own counts", "made": "counts"},
        {**at, "from_month": 15, "to_month": 480, "how": "longer than was seen", "made": "tail"},
    ]


def account(folder: Path) -> None:
    """Write the account of the hazards of loans, and of a table that has neither buckets nor months."""
    hazard, prepayment = folder / "curves/loans-hazard.csv", folder / "curves/loans-prepayment.csv"
    paid = [{"known_at": "2022-12-31", "segment": "*", "how": "counted in bands"}]
    content = {
        "gaapbridge": "0.1.0",
        "kind": "loans",
        "known_at": ["2021-12-31", "2022-12-31"],
        "contract_months": 107_339,
        "sources": [{"source": "history.loans.performance", "files": [{"file": "months.parquet", "sha256": "0", "rows": 9}]}],
        "tables": {
            hazard.name: {"sha256": sha256(hazard), "told": [*cells("2021-12-31", "58%"), *cells("2022-12-31", "61%")]},
            prepayment.name: {"sha256": sha256(prepayment), "told": paid},
        },
    }
    (folder / "curves/estimation.json").write_text(json.dumps(content), encoding="utf-8")


def hazards_of(run: Run) -> object:
    return explain_contract(run, KINDS["loans"], "LOAN-1").facts.get("hazards")


def test_a_close_says_how_its_tables_were_estimated(starter_copy: Path) -> None:
    """The notes the table, an explanation the cells of the contract's bucket in the version known last at the closing."""
    account(starter_copy)
    run = close(starter_copy / "plan.toml")
    stated = run.manifest.estimated
    assert stated is not None and sorted(stated) == [HAZARDS, "curves.loans.prepayment"]
    assert stated[HAZARDS].told() == TOLD
    said = [dict(note.elections) for note in run.notes_said.notes.values()]
    question = f"How was the table {HAZARDS} made?"
    assert [one[question] for one in said if question in one] == [TOLD]
    assert "How was the table" in run.notes_text
    assert hazards_of(run) == f"{OF_A_CONTRACT}, bucket current: 61% own counts; longer than was seen"
    facts = explain_contract(run, KINDS["loans"], "LOAN-1").facts
    assert facts["prepayment"] == f"{OF_A_CONTRACT}: counted in bands", "what is told of every segment"
    assert "recovery" not in facts, "of which the account says nothing"


def test_assumptions_list_how_every_cell_of_the_closing_was_made(starter_copy: Path) -> None:
    """The review pack and the workbook show the table; versions that no longer serve are left out."""
    account(starter_copy)
    tables = {table.title: table.rows for table in told_assumptions(close(starter_copy / "plan.toml"))}
    assert sorted(tables["How estimated tables were made"]) == sorted([
        ("loans, hazard", "", "", "", OF_A_CONTRACT),
        ("loans, hazard", "business", "current", "1 to 14", "61% own counts"),
        ("loans, hazard", "business", "current", "15 to 480", "longer than was seen"),
        ("loans, prepayment", "", "", "", OF_A_CONTRACT),
        ("loans, prepayment", "*", "", "", "counted in bands"),
    ])  # fmt: skip


def test_a_table_that_was_changed_since_is_said_to_be(starter_copy: Path) -> None:
    """Of its cells the account says nothing any more."""
    account(starter_copy)
    hazard = starter_copy / "curves/loans-hazard.csv"
    hazard.write_text(hazard.read_text() + "\n")
    run = close(starter_copy / "plan.toml")
    assert run.manifest.estimated is not None
    assert run.manifest.estimated[HAZARDS].changed and not run.manifest.estimated[HAZARDS].cells
    assert hazards_of(run) == f"{OF_A_CONTRACT}; the file was changed since, bucket current"


OTHER_FORMS = [
    None,
    "{",
    "[]",
    "{}",
    '{"tables": {"loans-hazard.csv": {}}}',
    '{"gaapbridge": "9", "known_at": [], "contract_months": 1, "sources": [{}], "tables": {"loans-hazard.csv": {}}}',
]


@pytest.mark.parametrize("content", OTHER_FORMS)
def test_a_file_that_is_no_account_says_nothing(starter_copy: Path, content: str | None) -> None:
    if content is not None:
        (starter_copy / "curves/estimation.json").write_text(content)
    run = close(starter_copy / "plan.toml")
    assert run.exit_code == 0 and run.manifest.estimated is None and hazards_of(run) is None
    assert "How was the table" not in run.notes_text
