"""The reader of a run: every part typed and as it was written, read when asked for, and no library that is not needed."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import gaapbridge
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.filings import read_json
from gaapbridge.period_close import close
from gaapbridge.run import Run, open_run
from gaapbridge.run.artefacts import ARTEFACTS
from gaapbridge.run.folder import FILES, MANIFEST
from gaapbridge.starter import write_starter
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.document_writing import as_json
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from tests.manifests import rewrite, write_manifest
from tests.published import published


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run of the starter."""
    return close(write_starter(tmp_path_factory.mktemp("read") / "lender").plan)


def test_close_returns_the_reader_of_the_folder_it_wrote(run: Run) -> None:
    assert type(run) is Run is gaapbridge.Run
    assert run == open_run(run.folder) == open_run(str(run.folder))
    assert run.as_dict() == Run(run.folder).as_dict() and run.as_text() == Run(run.folder).as_text()


def test_one_list_writes_every_artefact(run: Run) -> None:
    """What stands in the folder is the list, measurements, input rows and the manifest with the hash of all the others."""
    written = {str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.is_file()}
    measured = {f"measurements/{kind}/part-00000.parquet" for kind in run.kinds}
    tapes = [(kind.key, name.removeprefix("tapes.")) for kind in KINDS.values() for one in kind.tapes for name in one.sources]
    kept = {f"samples/{kind}/{name}.parquet" for kind, name in tapes} | {f"samples/{kind}/contracts.csv" for kind in KINDS}
    assert run.kinds == sorted(KINDS)
    always = {*ARTEFACTS} - {"restatement.json"}
    vouching = {"manifest.json", "manifest.sha256"}
    assert written == {*always, *measured, *kept, *vouching} == {*run.manifest.artefacts_sha256, *vouching}


def test_every_check_is_read_again(run: Run) -> None:
    content = json.loads((run.folder / "checks.json").read_text(encoding="utf-8"))
    assert [check.as_dict() for check in run.listed.checks] == content != []


def test_findings_and_what_was_not_checked_are_read_as_they_were_made(tmp_path: Path) -> None:
    findings = (Finding("lost", "loan/1", None, "gone", "look"), Finding("rows", "tape", 2, "more", "count", "R9", "rows"))
    left = (NotChecked("R9", "bs-2023", None, "us_gaap", "no ledger", "name it"),)
    for name, listed in (("findings", findings), ("not_checked", left)):
        (tmp_path / f"{name}.json").write_text(json.dumps([one.as_dict() for one in listed]), encoding="utf-8")
    read = Run(write_manifest(tmp_path))
    assert (read.listed.findings, read.listed.not_checked) == (findings, left)


def test_documents_are_read_and_written_alike(run: Run) -> None:
    for name, document in (("statement.json", run.document), ("exact.json", run.exact)):
        assert as_json(document) == read_json(run.folder / name)


@pytest.mark.parametrize("name", ["qifu-2021", "qifu-2023"])
def test_a_published_document_survives_being_written(name: str) -> None:
    document = read_document(read_json(published(name)), f"{name}.json")
    assert read_document(as_json(document), f"{name}.json") == document


def test_journals_are_the_lines_of_the_table(run: Run) -> None:
    table = pl.read_parquet(run.folder / "journals.parquet").rows(named=True)
    assert [(one.entry, one.account, one.line, one.text, one.debit_minor, one.credit_minor) for one in run.listed.journals] == [
        tuple(row[name] for name in ("entry", "account", "line", "text", "debit_minor", "credit_minor")) for row in table
    ]
    assert sum(line.amount_minor for line in run.listed.journals) == 0 != len(run.listed.journals)


def test_ledgers_movements_and_rejects(run: Run) -> None:
    assert set(run.ledgers) == {"bs-2023", "is-2023", "bs-2022"}
    assert {(table.kind, table.framework) for table in run.movements} == {
        (kind, framework) for kind in ("loans", "guarantees") for framework in ("us", "ifrs")
    }
    for table in run.movements:
        for stage, closing in table.closing.items():
            assert sum(line[stage] for line in table.lines.values()) == closing
    with (run.folder / "rejects.csv").open(encoding="utf-8", newline="") as stream:
        assert run.rejected_rows == len(list(csv.DictReader(stream))) == 0


def test_a_measurement_by_id(run: Run) -> None:
    row = run.measurement("loans", "LOAN-1")
    assert row is not None and row["contract_id"] == "LOAN-1"
    assert run.measurement("loans", "LOAN-0") is None
    assert run.measurements("loans").collect().height == 3
    with pytest.raises(UnusableInput, match=f"this run measured {', '.join(sorted(KINDS))}"):
        run.measurements("planted")


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"a run folder holds manifest\.json"):
        Run(tmp_path)
    with pytest.raises(UnusableInput, match="there must be such a run"):
        open_run("latest", tmp_path)


def test_an_artefact_of_another_form_is_named(run: Run, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run.folder, tmp_path / "v1"))
    assert Run(copy).unchanged() == Run(copy)
    (copy / "findings.json").write_text('[{"name": "a finding of no place"}]', encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"file: findings\.json \| key: 0\.where"):
        _ = Run(copy).listed.findings
    with pytest.raises(UnusableInput, match=r"findings\.json \| rule: an artefact is .*; this one is changed"):
        Run(copy).unchanged()


READ = """
import sys
from gaapbridge.run import Run
run = Run(sys.argv[1])
run.as_text(), run.listed.journals, run.document, run.exact, run.ledgers, run.movements, run.listed.not_checked
print(*sorted({"numpy", "numba", "pyarrow", "polars"} & set(sys.modules)))
"""


def test_reading_all_but_measurements_loads_no_array_library(run: Run) -> None:
    done = subprocess.run([sys.executable, "-c", READ, str(run.folder)], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_package_lists_its_verbs() -> None:
    assert set(gaapbridge.__all__) <= set(dir(gaapbridge))
    assert gaapbridge.Run is Run
    with pytest.raises(AttributeError, match="gaapbridge has no 'closed'"):
        _ = gaapbridge.closed


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_planted_artefact_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    """A file that is read as an artefact and has no hash in the manifest: a restatement, the losses looked back on."""
    copy = Path(shutil.copytree(run.folder, tmp_path / "v1"))
    manifest = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    manifest["artefacts_sha256"].pop(name, None)
    rewrite(copy, manifest)
    if not (copy / name).exists():
        (copy / name).write_text("{}", encoding="utf-8")
    with pytest.raises(UnusableInput, match="this one is not in its manifest"):
        Run(copy).unchanged()
