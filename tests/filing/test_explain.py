"""Explanations of a demonstration run: cells that add up, contracts side by side, unknown addresses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from gaapbridge.example import write_example
from gaapbridge.explanation import explain
from gaapbridge.period_close import Run, close
from gaapbridge.terms.errors import UnusableInput


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("explained")
    return close(write_example(folder, loans=400).plans[2022])


def test_every_cell_of_every_column_adds_up(run: Run) -> None:
    """Journals and segments behind a line add to its exact amount; a sub-total's rows and unprinted part to its own."""
    exact = json.loads((run.folder / "exact.json").read_text())
    opened = 0
    for statement in exact["statements"]:
        for row in statement["rows"]:
            for column in exact["columns"]:
                amount = row["adj"].get(column["id"], 0)
                explanation = explain(run.folder, f"{statement['id']}/{row['id']}/{column['id']}")
                assert explanation.facts["exact_minor"] == amount
                tables = {table.title: table for table in explanation.tables}
                if amount and row["role"] == "line":
                    assert sum(r[-1] for r in tables["Journals"].rows) == amount
                    assert sum(r[-1] for r in tables["Segments"].rows) == amount
                    opened += 1
                if "Adds up from" in tables:
                    assert sum(r[-1] for r in tables["Adds up from"].rows) == amount
    assert opened > 10


def test_us_gaap_opens_to_ledger_accounts_and_ifrs_to_the_row(run: Run) -> None:
    accounts = next(t for t in explain(run.folder, "bs-2022/loans_c/us_gaap").tables if "Ledger" in t.title)
    assert sum(row[-1] for row in accounts.rows) == explain(run.folder, "bs-2022/loans_c/us_gaap").facts["exact_minor"]
    across = explain(run.folder, "bs-2022/loans_c/ifrs")
    assert sum(row[-1] for row in across.tables[0].rows) == across.facts["exact_minor"]


def test_a_contract_shows_both_frameworks_and_agrees(run: Run) -> None:
    with (run.folder / "journals.csv").open(newline="") as stream:
        assert next(csv.DictReader(stream))
    largest = next(t for t in explain(run.folder, "bs-2022/loans_nc/ecl").tables if t.title == "Largest contracts")
    explanation = explain(run.folder, largest.rows[0][0])
    assert explanation.facts["independent calculation"] == "agrees"
    text = explanation.as_text()
    for paragraph in ("310-20-35-26", "326-20-30-6", "B5.4.4", "B5.5.44"):
        assert paragraph in text
    assert json.dumps(explanation.as_dict())


@pytest.mark.parametrize("address", ["bs-2022/loan_nc/ecl", "loan/L00000000X", "nonsense"])
def test_an_unknown_address_names_the_nearest(run: Run, address: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        explain(run.folder, address)
    assert "nearest" in str(refused.value)


def test_the_run_is_verified_by_verify(run: Run) -> None:
    from gaapbridge.verification import verify

    outcome = verify(run.folder / "statement.json", statutory_rate="0.25")
    assert outcome.findings == ()
    assert len(outcome.checks) > 100


def test_totals_carry_their_hash(run: Run) -> None:
    totals = json.loads((run.folder / "totals.json").read_text())
    assert len(totals["sha256"]) == 64 and totals["posted"]
    manifest = json.loads((run.folder / "manifest.json").read_text())
    assert set(manifest["artefacts_sha256"]) >= {"statement.json", "journals.csv", "totals.json", "plan.toml"}
    assert Path(run.folder / "measurements" / "loans" / "part-00000.parquet").is_file()
