"""Tapes, curves and ledgers by queries over files: the figures of the files, and everything the run needs kept in it."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaapbridge.checking import check
from gaapbridge.comparison import compare
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import answer, files_below, one_query, over_files
from tests.miniature import first_year, second_year

LOANS = Path("tapes/loans-2023-12-31.csv")
FIGURES = ("journals.csv", "exact.json", "statement.txt", "totals.json", "checks.json", "findings.json", "notes.txt")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """The starter's lender, and the same by queries whose files have gone since."""
    folders = [tmp_path_factory.mktemp("asked") / name for name in ("files", "queries")]
    for folder in folders:
        write_starter(folder)
    over_files(folders[1] / "plan.toml")
    runs = [Run(close(folder / "plan.toml").folder) for folder in folders]
    for name in ("tapes", "curves", "ledger", "sql"):
        shutil.rmtree(folders[1] / name)
    return runs[0], runs[1]


def test_the_figures_are_those_of_the_files(closed: tuple[Run, Run]) -> None:
    for name in FIGURES:
        assert (closed[1].folder / name).read_bytes() == (closed[0].folder / name).read_bytes(), name


def test_a_run_keeps_what_was_asked_and_what_came(closed: tuple[Run, Run]) -> None:
    run = closed[1]
    asked, sources = run.manifest.queries, run.manifest.sources
    assert asked is not None and set(asked) == set(sources), "every file of the starter's plan is a query"
    loans, source = asked["tapes.loans.closing"], sources["tapes.loans.closing"]
    text = "SELECT * FROM tapes_loans_2023_12_31"
    assert (source.path, loans.source, loans.kind) == ("sql/tapes/loans-2023-12-31.sql", "exports", "duckdb")
    assert loans.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert loans.parameters == {"instant": "2023-12-31", "opening": "2022-12-31", "closing": "2023-12-31"}
    assert asked["tapes.loans.opening"].parameters["instant"] == "2022-12-31"
    assert "instant" not in asked["curves.loans.hazard"].parameters
    kept = run.folder / "extracts/tapes.loans.closing.parquet"
    assert source.sha256 == hashlib.sha256(kept.read_bytes()).hexdigest()
    assert run.manifest.artefacts_sha256["extracts/tapes.loans.closing.parquet"] == source.sha256
    assert (run.folder / "extracts/tapes.loans.closing.sql").read_text(encoding="utf-8") == text
    assert pq.read_table(kept)["contract_id"].to_pylist() == ["LOAN-1", "LOAN-2", "LOAN-3"]
    scratch = str(Path(tempfile.gettempdir()) / "gaapbridge-").encode()
    assert [path for path in run.folder.rglob("*") if path.is_file() and scratch in path.read_bytes()] == []


@pytest.mark.campaign
def test_nothing_has_to_be_asked_again(closed: tuple[Run, Run]) -> None:
    files, run = closed
    assert not (run.plan_folder / LOANS).exists()
    for kind in ("loan/LOAN-2", "guarantee/GUARANTEE-1", "award/AWARD-1"):
        assert "does not agree" not in explain(run, kind).as_text()
    again = reperform(run.folder)
    assert again.differences == () and sum(len(kind.contract_ids) for kind in again.kinds.values()) == 6
    assert not any("whose rows the run keeps" in reason for reason in again.not_checked), "whole tapes, not samples of them"
    told = compare(files, run)
    assert told.changes.in_place == () and not any(cell.moved for cell in told.cells)


def test_a_changed_extract_is_seen(closed: tuple[Run, Run], tmp_path: Path) -> None:
    run = Path(shutil.copytree(closed[1].folder, tmp_path / "run"))
    kept = run / "extracts/tapes.loans.closing.parquet"
    rows = pq.read_table(kept)
    pq.write_table(rows.slice(1), kept)
    with pytest.raises(UnusableInput, match="this one is changed"):
        Run(run).unchanged()
    shutil.copy(closed[1].folder / "extracts/tapes.loans.closing.parquet", kept)
    shutil.copy(kept, kept.with_name("tapes.loans.third.parquet"))
    with pytest.raises(UnusableInput, match="not in its manifest"):
        Run(run).unchanged()


@pytest.mark.campaign
def test_the_same_extract_makes_the_same_run(starter_copy: Path) -> None:
    plan = over_files(starter_copy / "plan.toml")
    first, second = close(plan).folder, close(plan).folder
    assert files_below(first) == files_below(second)
    files = [name for name in files_below(first) - {"manifest.json", "manifest.sha256"} if (first / name).is_file()]
    assert [name for name in files if differ(first, second, name)] == []


def differ(first: Path, second: Path, name: str) -> bool:
    return (first / name).read_bytes() != (second / name).read_bytes()


@pytest.mark.campaign
def test_the_order_of_rows_moves_no_figure(starter_copy: Path) -> None:
    runs = []
    for order in ("contract_id", "contract_id DESC"):
        plan = starter_copy / "plan.toml"
        text = f"SELECT * FROM loans ORDER BY {order}"
        if runs:
            (starter_copy / "loans.sql").write_text(text, encoding="utf-8")
        else:
            one_query(plan, text)
        runs.append(close(plan).folder)
    first, second = (pq.read_table(run / "extracts/tapes.loans.closing.parquet")["contract_id"].to_pylist() for run in runs)
    assert first == ["LOAN-1", "LOAN-2", "LOAN-3"] and second == first[::-1], "an extract keeps the order in which rows came"
    for name in FIGURES:
        assert not differ(runs[0], runs[1], name), name


@pytest.mark.campaign
def test_what_a_query_gave_otherwise_is_told_and_closed_again(starter_copy: Path) -> None:
    """A loan whose rows came with 10 days past due instead of 45: the change is the query's, though the plan is the same."""
    plan = one_query(starter_copy / "plan.toml", "SELECT * FROM loans")
    old = close(plan)
    (starter_copy / "loans.sql").write_text(
        "SELECT * REPLACE (CASE contract_id WHEN 'LOAN-2' THEN '10' ELSE days_past_due END AS days_past_due) FROM loans"
    )
    text = plan.read_text(encoding="utf-8")
    plan.write_text(re.sub(r"(?m)^findings = \d+", "findings = 99", text), encoding="utf-8")
    new = close(plan)
    (starter_copy / "loans.sql").unlink()
    told = compare(old, new)
    change, threshold = told.changes.keys
    assert (change.key, threshold.key) == (("tapes", "loans", "closing"), ("thresholds", "findings"))
    assert "v1/extracts/tapes.loans.closing.parquet" in change.old and "v2/extracts" in change.new
    assert any(cell.moved for cell in told.cells)
    assert told.attribution is not None and told.attribution.closed_again and told.attribution.failing == ()
    assert [step.changes for step in told.attribution.steps if step.contributions] == [("tapes.loans.closing",)]


@pytest.mark.campaign
def test_a_prior_run_opens_with_its_extract(starter_copy: Path) -> None:
    plan = starter_copy / "plan.toml"
    second = second_year(plan.read_text(encoding="utf-8"))
    plan.write_text(first_year(plan.read_text(encoding="utf-8")), encoding="utf-8")
    one_query(plan, "SELECT * FROM loans", tables='loans = "tapes/loans-2022-12-31.csv"')
    prior = close(plan)
    (starter_copy / "tapes/loans-2022-12-31.csv").unlink()
    without = second.replace('opening = "tapes/loans-2022-12-31.csv"\n', "")
    assert without != second
    plan.write_text(without, encoding="utf-8")
    run = close(plan)
    opening = run.manifest.sources["tapes.loans.opening"]
    assert opening.path.endswith("example-lender/2022-12-31/v1/extracts/tapes.loans.closing.parquet")
    assert opening.sha256 == prior.manifest.sources["tapes.loans.closing"].sha256
    assert reperform(run.folder).differences == ()


@pytest.mark.campaign
def test_names_and_writing_are_mapped_as_those_of_a_file(starter_copy: Path) -> None:
    ours = close(starter_copy / "plan.toml")
    plan = one_query(
        starter_copy / "plan.toml",
        "WITH loans AS (SELECT DATE '2022-12-31' AS instant, * FROM loans_2022"
        " UNION ALL SELECT DATE '2023-12-31', * FROM loans_2023)"
        " SELECT contract_id AS 借据号, CAST(annual_rate AS DECIMAL(9, 6)) * 100 AS annual_rate,"
        " * EXCLUDE (instant, contract_id, annual_rate) FROM loans WHERE instant = $instant",
        tables='loans_2022 = "tapes/loans-2022-12-31.csv"\nloans_2023 = ["tapes/loans-2023-12-31.csv"]',
    )
    text = plan.read_text(encoding="utf-8").replace("columns = {}", 'columns = { contract_id = "借据号" }', 1)
    text = text.replace('opening = "tapes/loans-2022-12-31.csv"', 'opening = { source = "exports", query = "loans.sql" }')
    plan.write_text(text + '\n[tapes.loans.read]\npercent = ["annual_rate"]\n', encoding="utf-8")
    asked = close(plan)
    assert (asked.folder / "journals.csv").read_bytes() == (ours.folder / "journals.csv").read_bytes()
    assert reperform(asked.folder).differences == ()


def test_a_reject_names_the_query_and_the_row_of_its_answer(starter_copy: Path) -> None:
    plan = one_query(
        starter_copy / "plan.toml",
        "SELECT * REPLACE (CASE contract_id WHEN 'LOAN-3' THEN 'next month' ELSE origination_date END AS origination_date)"
        " FROM loans ORDER BY contract_id",
    )
    checked = check(plan)
    (reject,) = [one for one in checked.rejects.to_dicts() if one["value"] == "next month"]
    assert (reject["file"], reject["row"]) == ("loans.sql (exports, 2023-12-31)", 3)
    assert (reject["column"], reject["value"]) == ("origination_date", "next month")
    with pytest.raises(UnusableInput) as refused:
        close(plan)
    assert refused.value.file == "loans.sql (exports, 2023-12-31)" and refused.value.row == "3"


@pytest.mark.campaign
def test_a_curve_and_a_ledger_that_are_refused_are_called_by_their_queries(starter_copy: Path) -> None:
    over_files(starter_copy / "plan.toml")
    for query, called in (
        ("sql/curves/loans-hazard.sql", "sql/curves/loans-hazard.sql (exports)"),
        ("sql/ledger/trial-balance-2023-12-31.sql", "sql/ledger/trial-balance-2023-12-31.sql (exports, 2023-12-31)"),
    ):
        text = (starter_copy / query).read_text(encoding="utf-8")
        (starter_copy / query).write_text(f"{text} LIMIT 0", encoding="utf-8")
        with pytest.raises(UnusableInput, match="has at least one row") as refused:
            check(starter_copy / "plan.toml")
        assert refused.value.file == called
        (starter_copy / query).write_text(text, encoding="utf-8")


def test_a_check_leaves_nothing_behind(starter_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    over_files(starter_copy / "plan.toml")
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    before = files_below(starter_copy)
    checked = check(starter_copy / "plan.toml")
    assert checked.exit_code == 0
    assert {file.path for file in checked.files if file.source == "tapes.events"} == {
        "sql/tapes/loan-events-2023.sql (exports)"
    }
    assert files_below(starter_copy) == before and files_below(tmp_path / "scratch") == set()


def test_tables_in_parquet_and_json(starter_copy: Path) -> None:
    """Whole numbers, decimals and days come in their types, exact; a table may be in several files."""
    for number, day in ((1, "2023-12-31"), (2, "2022-12-31")):
        (starter_copy / f"days-{number}.json").write_text(f'{{"id": {number}, "day": "{day}"}}', encoding="utf-8")
    cents = pa.array(["90071992547409.93", None]).cast(pa.decimal128(18, 2))
    pq.write_table(pa.table({"id": [1, 2], "amount": cents}), starter_copy / "amounts.parquet")
    plan = one_query(
        starter_copy / "plan.toml",
        "SELECT id, day, amount, sum(id) OVER () AS total FROM days JOIN amounts USING (id) ORDER BY id",
        tables='days = "days-*.json"\namounts = "amounts.parquet"',
    )
    rows = answer(plan).to_pylist()
    exact = Decimal("90071992547409.93")  # a binary fraction would make it .94
    assert rows == [
        {"id": 1, "day": date(2023, 12, 31), "amount": exact, "total": 3},
        {"id": 2, "day": date(2022, 12, 31), "amount": None, "total": 3},
    ]


def test_the_cells_of_a_csv_file_are_text(starter_copy: Path) -> None:
    plan = one_query(starter_copy / "plan.toml", "SELECT * FROM loans")
    assert set(answer(plan).schema.types) == {pa.string()}


def test_a_library_that_is_not_there(starter_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UnusableInput) as refused:
        check(one_query(starter_copy / "plan.toml", "SELECT * FROM loans"))
    assert (refused.value.key, refused.value.value) == ("sources.exports.kind", "duckdb")
    assert refused.value.remedy == 'install it: python -m pip install "gaapbridge[duckdb]"'


LOADED = """
import sys
from gaapbridge.checking import check
check(sys.argv[1])
print(*sorted({"duckdb", "psycopg"} & set(sys.modules)))
"""


@pytest.mark.campaign
def test_only_a_plan_that_asks_loads_a_database(starter_copy: Path) -> None:
    plan = starter_copy / "plan.toml"
    assert _loaded(plan) == []
    assert _loaded(one_query(plan, "SELECT * FROM loans")) == ["duckdb"]


def _loaded(plan: Path) -> list[str]:
    done = subprocess.run([sys.executable, "-c", LOADED, str(plan)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()
