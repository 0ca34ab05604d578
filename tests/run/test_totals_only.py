"""A run that keeps totals only: what it has is what a full run has, and what needs every contract says that it is not there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gaapbridge.comparison import compare
from gaapbridge.engine.local import Threads
from gaapbridge.example.demo import Demonstration
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.report import write_report
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import sha256_of
from gaapbridge.verification import verify
from tests.made_once import MadeOnce

TOTALS = ["runs.detail=totals"]
OWN = {"manifest.json", "manifest.sha256", "plan.toml"}
"""Files that say how a run was closed, in which the two differ."""


@pytest.fixture(scope="module")
def lender(made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return made_once.copied(300, tmp_path_factory.mktemp("totals") / "demo")


@pytest.fixture(scope="module")
def bare(lender: Demonstration) -> Run:
    """The second year, closed again to totals only."""
    return close(lender.plan, settings=TOTALS)


def files(run: Run) -> dict[str, str]:
    found = {path.relative_to(run.folder).as_posix(): path for path in run.folder.rglob("*") if path.is_file()}
    return {name: sha256_of(path) for name, path in found.items() if name not in OWN and not name.startswith("measurements/")}


def without_kept(found: Mapping[str, str]) -> dict[str, str]:
    return {name: sha256 for name, sha256 in found.items() if not name.endswith("/measured.parquet")}


def refusal(run: Run, address: str) -> str:
    with pytest.raises(UnusableInput) as refused:
        explain(run, address)
    return str(refused.value)


def test_all_else_is_as_in_a_full_run(lender: Demonstration, bare: Run) -> None:
    """Statements, journals, totals, checks with what they prove, findings, what is not checked, samples: byte for byte."""
    assert not (bare.folder / "measurements").exists() and bare.keeps_totals_only and not lender.run.keeps_totals_only
    assert without_kept(files(bare)) == files(lender.run)
    assert bare.kinds == lender.run.kinds and bare.manifest.detail == "totals"
    assert len(bare.listed.checks) > 500 and bare.unchanged() == bare
    assert "Detail: totals only" in bare.as_text() and bare.as_dict()["detail"] == "totals"
    assert "Detail:" not in lender.run.as_text() and lender.run.as_dict()["detail"] == "full"


def test_workers_and_ranges_change_no_byte(lender: Demonstration, bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gaapbridge.tapes.ranges.CHUNK_ROWS", 37)
    again = close(lender.plan, settings=TOTALS, engine=Threads(1))
    assert files(again) == files(bare)


def test_a_contract_whose_rows_are_kept_is_explained_and_no_other(lender: Demonstration, bare: Run) -> None:
    for kind, word in (("loans", "loan"), ("guarantees", "guarantee"), ("awards", "award")):
        kept = [one for one, _ in bare.sampled(kind)]
        told, full = explain(bare, f"{word}/{kept[0]}"), explain(lender.run, f"{word}/{kept[0]}")
        assert told.tables == full.tables and told.facts["independent calculation"] == "agrees"
        assert "totals only" in told.facts["calculated from"]
        assert bare.measured_rows(kind, kept) == lender.run.measured_rows(kind, kept)
    every = lender.run.measurements("loans").select("contract_id").collect()["contract_id"]
    kept = {one for one, _ in bare.sampled("loans")}
    told = refusal(bare, f"loan/{next(one for one in every if one not in kept)}")
    assert "totals only" in told and "runs.detail=full" in told
    with pytest.raises(UnusableInput, match=r"runs\.detail=full"):
        bare.measurements("loans")
    with pytest.raises(UnusableInput, match="this run measured"):
        bare.measurements("leases")


def test_a_cell_is_opened_down_to_its_segments(lender: Demonstration, bare: Run) -> None:
    address = "bs-2023/loans_c/ecl"
    told, full = explain(bare, address), explain(lender.run, address)
    assert told.tables == tuple(one for one in full.tables if one.title != "Largest contracts") != full.tables
    assert "runs.detail=full" in told.facts["largest contracts"]
    assert explain(bare, "movements").tables == explain(lender.run, "movements").tables
    assert explain(bare, "hindsight").tables == explain(lender.run, "hindsight").tables


def test_it_is_calculated_again_among_the_contracts_it_keeps(bare: Run) -> None:
    done = reperform(bare, sample=12)
    assert not done.disagreements and sum(len(one.contract_ids) for one in done.kinds.values()) == 12
    assert {kind: one.population for kind, one in done.kinds.items()} == {
        word: len(bare.sampled(kind)) for kind, word in (("loans", "loan"), ("guarantees", "guarantee"), ("awards", "award"))
    }
    assert any("totals only" in one for one in done.not_checked)


def test_it_is_verified_and_compared(lender: Demonstration, bare: Run) -> None:
    assert verify(bare.folder).exit_code == verify(lender.run.folder).exit_code
    told = compare(lender.run, bare).as_text()
    assert "No cell moved." in told and "runs.detail" in told


def test_its_report_lacks_what_is_made_of_the_table(bare: Run, tmp_path: Path) -> None:
    written = write_report(bare, only="workbook,filing", to=tmp_path / "report")
    said = (written.folder / "tables.htm").read_text(encoding="utf-8")
    assert "keeps totals only" in said and "amortised cost" not in said
    with pytest.raises(UnusableInput, match=r"runs\.detail=full"):
        write_report(bare, only="workbook", mask_ids=True, to=tmp_path / "masked")


def test_the_next_year_opens_with_it(lender: Demonstration, tmp_path: Path) -> None:
    """Of the prior run the table is not read: what it brings forward stands in files of its own."""
    plan = lender.plan.read_text(encoding="utf-8")
    first = next(path for path in lender.plan.parent.glob("plan*.toml") if path != lender.plan)
    prior = close(first, settings=TOTALS)
    assert prior.keeps_totals_only and "prior_run" in plan
    named = close(lender.plan, settings=[f'opening.run="{prior.folder}"'])
    assert without_kept(files(named)) == files(lender.run)
    told = write_report(named, only="filing", to=tmp_path / "report").folder / "tables.htm"
    assert "amortised cost" in told.read_text(encoding="utf-8")


def test_another_word_is_refused(lender: Demonstration) -> None:
    with pytest.raises(UnusableInput, match=r"runs\.detail"):
        close(lender.plan, settings=["runs.detail=some"])
