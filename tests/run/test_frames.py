"""A run's frames: columns and types as the page of Python lists them, the rows of the typed objects, exact throughout."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.run.frames import statement_frame
from gaapbridge.run.journals import COLUMNS
from gaapbridge.starter import write_starter
from gaapbridge.statement.checks import NotChecked
from gaapbridge.statement.document import IFRS, US_GAAP
from gaapbridge.statement.evidence import by_evidence
from gaapbridge.terms.finding import Finding
from tests.docs.pages import DOCS, Page
from tests.manifests import write_manifest

PAGE = Page(DOCS / "reference" / "python.md")
FRAMES = ("statement", "journals", "checks", "findings", "not_checked")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run of the starter."""
    return close(write_starter(tmp_path_factory.mktemp("frames") / "lender").plan)


@pytest.mark.parametrize("name", FRAMES)
def test_the_page_lists_every_column_with_its_type(name: str, run: Run) -> None:
    """The amounts of a statement once for all columns of notes: the page says which stand between the others."""
    (table,) = [one for one in PAGE.tables if one.heading == f"run.{name}"]
    listed = [(row["column"], row["type"]) for row in table.rows]
    notes = run.document.column_ids
    for place, (column, kind) in reversed(list(enumerate(listed))):
        if column.startswith("NOTE"):
            listed[place : place + 1] = [(column.replace("NOTE", note), kind) for note in notes]
    assert [(column, type(kind).__name__) for column, kind in getattr(run, name).schema.items()] == listed
    assert all(row["what it is"] for row in table.rows)


def test_the_statement_is_printed_and_exact(run: Run) -> None:
    frame = run.statement
    columns = [US_GAAP, *run.document.column_ids, IFRS]
    rows = [(one, row) for one in run.document.statements for row in one.rows]
    assert frame.height == len(rows) > 50
    for place, (one, row) in enumerate(rows):
        found = frame.row(place, named=True)
        exact = run.exact.statement(one.id)
        assert exact is not None
        minor = exact.row(row.id)
        assert minor is not None
        assert (found["statement"], found["id"], found["label"], found["role"]) == (one.id, row.id, row.label, row.role)
        assert [found[column] for column in columns] == [row.amount(column) for column in columns]
        assert [found[f"{column}_minor"] for column in columns] == [minor.amount(column) for column in columns]
    assert frame.filter(pl.col("statement") == "bs-2023")["as_of"].unique().to_list() == [date(2023, 12, 31)]
    assert frame.filter(pl.col("statement") == "is-2023")["period"].unique().to_list() == ["2022-12-31/2023-12-31"]
    shown = frame.filter(pl.col("printed"))["label"].to_list()
    assert all(label.split()[0] in run.statement_text for label in shown) and 0 < len(shown) < frame.height


def test_a_comparative_that_the_run_did_not_measure_has_no_exact_amount(run: Run) -> None:
    known = tuple(one for one in run.exact.statements if one.id != "bs-2022")
    frame = statement_frame(run.document, replace(run.exact, statements=known))
    before = frame.filter(pl.col("statement") == "bs-2022")
    assert before["us_gaap_minor"].null_count() == before.height > 0 == before["us_gaap"].null_count()
    assert frame.filter(pl.col("statement") != "bs-2022")["us_gaap_minor"].null_count() == 0


def test_journals_balance_by_entry(run: Run) -> None:
    frame = run.journals
    assert frame.rows() == [tuple(getattr(line, name) for name in COLUMNS) for line in run.listed.journals] != []
    balance = frame.group_by("entry").agg((pl.col("debit_minor") - pl.col("credit_minor")).sum())
    assert balance["debit_minor"].unique().to_list() == [0]


def test_checks_are_the_listed_ones_and_sort_strongest_first(run: Run) -> None:
    frame = run.checks
    assert frame.rows(named=True) == [one.as_dict() for one in run.listed.checks]
    counts = frame.group_by("evidence").len().sort("evidence").rows()
    assert counts == [(kind, number) for kind, number in by_evidence(run.listed.checks).items() if number]
    assert (frame["actual"] - frame["expected"]).to_list() == frame["difference"].to_list()


def test_findings_keep_an_amount_of_none_and_every_minor_unit(tmp_path: Path) -> None:
    """2^53 + 1 is no float; an amount that is not stated is no nil. A frame without rows has its columns all the same."""
    large = 2**53 + 1
    findings = (
        Finding("lost", "loan/1", None, "gone", "look"),
        Finding("more", "tape", large, "so", "count", "R9", "rows", "known"),
    )
    left = (NotChecked("R9", "bs-2023", None, "us_gaap", "no ledger", "name it"),)
    for name, listed in (("findings", findings), ("not_checked", left), ("checks", ())):
        (tmp_path / f"{name}.json").write_text(json.dumps([one.as_dict() for one in listed]), encoding="utf-8")
    read = Run(write_manifest(tmp_path))
    assert read.findings["amount_minor"].to_list() == [None, large]
    assert read.findings.rows(named=True) == [one.as_dict() for one in findings]
    assert read.not_checked.rows(named=True) == [one.as_dict() for one in left]
    assert read.checks.height == 0 and read.checks.schema["difference"] == pl.Int64


def test_measurements_are_read_when_they_are_collected(run: Run) -> None:
    lazy = run.measurements("loans")
    assert isinstance(lazy, pl.LazyFrame)
    assert_frame_equal(lazy.select("contract_id").collect(), lazy.collect().select("contract_id"))
    assert {kind for name, kind in lazy.collect_schema().items() if name.endswith("loss_allowance")} == {pl.Int64()}


def test_what_the_page_shows_runs(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lines one after another, on the starter's lender, with the figures that it shows."""
    monkeypatch.chdir(tmp_path)
    write_starter(tmp_path / "mine")
    names: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.text, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        exec(block, names)
