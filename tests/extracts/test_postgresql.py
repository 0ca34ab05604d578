"""Two years of a lender closed from a PostgreSQL server, and everything that is asked of the runs once the server has gone."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from functools import partial
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaapbridge.checking import check
from gaapbridge.example import write_example
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import FILE, with_queries
from tests.extracts.server import DECLARED, VARIABLE, load, query_of

pytestmark = pytest.mark.campaign  # a server, and two years of it

FIGURES = ("journals.csv", "exact.json", "statement.txt", "totals.json", "checks.json")


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory, started: Any) -> Iterator[dict[str, list[Run]]]:
    """Two years of the example lender closed from its files, and from a server that is stopped afterwards."""
    files, asked = (tmp_path_factory.mktemp("years") / name for name in ("files", "asked"))
    example = write_example(files, loans=200)
    shutil.copytree(files, asked)
    named = [found[3] for plan in example.plans.values() for found in FILE.finditer(plan.read_text(encoding="utf-8"))]
    server = started()
    load(server.get_uri(), files, dict.fromkeys(named))
    plans = [asked / example.plans[year].name for year in (2022, 2023)]
    for plan in plans:
        with_queries(plan, partial(query_of, files), "core", DECLARED)
    second = plans[1].read_text(encoding="utf-8")
    plans[1].write_text(re.sub(r"(?m)^opening = \{ source = \"core\", query = \"sql/tapes.*\n", "", second), encoding="utf-8")
    for name in ("tapes", "curves", "ledger"):
        shutil.rmtree(asked / name)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(VARIABLE, server.get_uri())
        runs = {
            "files": [Run(close(example.plans[year]).folder) for year in (2022, 2023)],
            "asked": [Run(close(plan).folder) for plan in plans],
        }
    server.cleanup()
    yield runs


def test_the_figures_are_those_of_the_files(years: dict[str, list[Run]]) -> None:
    first, second = zip(years["files"], years["asked"], strict=True)
    for name in FIGURES:
        assert (first[1].folder / name).read_bytes() == (first[0].folder / name).read_bytes(), name
    for files, asked in (first, second):
        assert (asked.folder / "journals.csv").read_bytes() == (files.folder / "journals.csv").read_bytes()
        for kind in files.kinds:
            ours, theirs = (run.measurements(kind).collect().sort(pl.first()) for run in (files, asked))
            assert theirs.equals(ours) and ours.height > 0


def test_one_query_serves_both_instants(years: dict[str, list[Run]]) -> None:
    asked = years["asked"][0].manifest.queries or {}
    loans = [asked[f"tapes.loans.{state}"] for state in ("opening", "closing")]
    assert loans[0].sha256 == loans[1].sha256
    assert [one.parameters["instant"] for one in loans] == ["2021-12-31", "2022-12-31"]
    assert {one.kind for one in asked.values()} == {"postgresql"}


def test_a_run_is_explained_and_performed_again_without_its_server(years: dict[str, list[Run]]) -> None:
    assert VARIABLE not in os.environ
    for run in years["asked"]:
        again = reperform(run.folder, sample=20)
        assert again.differences == () and not any("whose rows the run keeps" in one for one in again.not_checked)
    run = years["asked"][1]
    opening = run.manifest.sources["tapes.loans.opening"]
    assert opening.path.endswith("2022-01-01_2022-12-31/v1/extracts/tapes.loans.closing.parquet"), (
        "the prior run's extract opens the year"
    )
    (address,) = run.measurements("loans").select("contract_id").collect().head(1)["contract_id"].to_list()
    assert address in explain(run, f"loan/{address}").as_text()


def test_a_second_close_needs_the_server(years: dict[str, list[Run]], monkeypatch: pytest.MonkeyPatch) -> None:
    plan = years["asked"][0].plan_folder / "plan-2022.toml"
    with pytest.raises(UnusableInput) as unset:
        check(plan)
    assert (unset.value.key, unset.value.value) == ("sources.core.environment", VARIABLE)
    monkeypatch.setenv(VARIABLE, f"host={plan.parent} user=reader password=hunter2")
    with pytest.raises(UnusableInput) as gone:
        check(plan)
    assert (gone.value.key, gone.value.rule) == ("sources.core", "the database can be connected to (no server answers there)")
    assert "hunter2" not in str(gone.value)


def test_whole_numbers_stay_whole(years: dict[str, list[Run]]) -> None:
    tape, ledger = (years["asked"][0].folder / f"extracts/{name}.closing.parquet" for name in ("tapes.loans", "trial_balance"))
    assert pq.read_schema(tape).field("outstanding_principal_minor").type == pa.int64()
    assert pq.read_schema(ledger).field("debit_minor").type == pa.decimal128(20, 2)
