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
STATED = {
    "default_days": 90, "look_back_months": 12, "minimum_on_book": 1000, "severity_years": "drift", "discount_rate": "0.12",
    "origins": None, "last_month": None, "exclusions": [
        {"rule": "contracts_left_out", "from": None, "to": None, "contracts": ["L-1", "L-2"], "segments": [], "reason": "new"},
    ],
    "scenarios": {
        "odds": {"base": 1.0, "downside": [2.0, 1.5]}, "lgd_odds": {}, "satellite": None, "supportable_months": 12,
        "reversion": "straight_line", "reversion_months": 6, "reversion_reached": "in_month",
    },
}  # fmt: skip
"""What was decided in estimating, as an account has it."""

DECIDED = {
    "default": "recognised 90 days past due; it or a missed instalment marks a contract for 12 months",
    "losses": "severity of all years, carried on by their drift; recoveries discounted at 12 % a year",
    "minimum counts": "on book 1,000",
    "origins counted": "every month's end of each contract",
    "odds of worsening": "base 1, downside 2 then 1.5; held for 12 months, "
    "back to those of history over 6, in the last of them",
    "odds of loss given default": "the same in all scenarios, those of history",
    "dated rule 1": "contracts_left_out, of 2 contracts: new",
}
"""The same in words, by what it is about."""

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
        "stated": STATED,
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
    question = f"How were the tables curves.loans.prepayment, {HAZARDS} made?"
    (told,) = [one for one in said if question in one]
    assert told[question] == TOLD
    about = "Decided for the curves of loans: "
    assert {key.removeprefix(about): words for key, words in told.items() if key.startswith(about)} == DECIDED
    assert "How were the tables" in run.notes_text and "L-1" not in run.notes_text
    assert hazards_of(run) == f"{OF_A_CONTRACT}, bucket current: 61% own counts; longer than was seen"
    facts = explain_contract(run, KINDS["loans"], "LOAN-1").facts
    assert facts["prepayment"] == f"{OF_A_CONTRACT}: counted in bands", "what is told of every segment"
    assert "recovery" not in facts, "of which the account says nothing"


def test_assumptions_list_how_every_cell_of_the_closing_was_made(starter_copy: Path) -> None:
    """The review pack and the workbook show the table; versions that no longer serve are left out. The judgements and the files
    stand beside, once for all tables of an estimate."""
    account(starter_copy)
    tables = {table.title: table.rows for table in told_assumptions(close(starter_copy / "plan.toml"))}
    assert sorted(tables["How estimated tables were made"]) == sorted([
        ("loans, hazard", "", "", "", OF_A_CONTRACT),
        ("loans, hazard", "business", "current", "1 to 14", "61% own counts"),
        ("loans, hazard", "business", "current", "15 to 480", "longer than was seen"),
        ("loans, prepayment", "", "", "", OF_A_CONTRACT),
        ("loans, prepayment", "*", "", "", "counted in bands"),
    ])  # fmt: skip
    both = "loans, prepayment; loans, hazard"
    assert tables["Judgements that estimated tables rest on"] == tuple((both, *one) for one in DECIDED.items())
    assert tables["Histories of estimated tables"] == ((both, "months.parquet", "0"),)


def test_of_many_files_the_first_and_the_last_are_named_with_one_hash(starter_copy: Path) -> None:
    """The hash is that of the hashes of all, a line each; the manifest keeps every file."""
    account(starter_copy)
    path = starter_copy / "curves/estimation.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    files = [{"file": f"months/{month:02d}.csv", "sha256": f"{month:064d}"} for month in range(1, 13)]
    path.write_text(json.dumps(content | {"sources": [{"files": files}]}), encoding="utf-8")
    made = (close(starter_copy / "plan.toml").manifest.estimated or {})[HAZARDS]
    every = hashlib.sha256("".join(f"{month:064d}\n" for month in range(1, 13)).encode()).hexdigest()
    assert f"from 12 files, months/01.csv to months/12.csv, SHA-256 of all their hashes {every[:12]} (107,339" in made.told()
    assert len(made.sources) == len(made.sources_sha256) == 12


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
    assert "How w" not in run.notes_text
