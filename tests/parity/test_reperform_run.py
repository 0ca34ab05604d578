"""Re-performing a whole run folder: sources verified, a sample drawn, planted errors found and no others."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest

from gaapbridge.reperform.compare import compare_contract, compare_row
from gaapbridge.reperform.loans.book import LOAN_STRATA
from gaapbridge.reperform.loans.row import STAGE_3_INTEREST, calculate_contract
from gaapbridge.reperform.run import calculate_one, reperform
from gaapbridge.reperform.sample import draw
from gaapbridge.terms.errors import UnusableInput
from tests.manifests import rewrite, vouch
from tests.parity.reperform_facts import assumptions, elections, loan
from tests.parity.run_facts import book, measured_row, write_csv, write_run


def test_an_honest_run_agrees_throughout(tmp_path: Path) -> None:
    found = reperform(write_run(tmp_path), sample=None)
    assert found.differences == ()
    assert len(found.addresses) == found.population == 20
    assert found.figures_compared > 20 * 50
    assert "disagreements                0" in found.as_text()
    assert json.loads(json.dumps(found.as_dict()))["disagreements"] == []


def test_every_planted_error_is_found(tmp_path: Path) -> None:
    def spoil(rows: dict[str, dict[str, Any]]) -> None:
        rows["L00"]["ifrs_loss_allowance"] += 1
        rows["L01"]["us_deferred_fees"] -= 100
        rows["L02"]["exit_vat_deferred_fees"] += 1
        rows["L03"]["us_expected_recoveries"] = -rows["L03"]["us_expected_recoveries"]
        rows["L05"]["stage_closing"] = 3 - rows["L05"]["stage_closing"]
        rows["L06"]["ifrs_rate_per_period"] += 1e-8
        rows["L07"]["status"] = "matured"

    found = reperform(write_run(tmp_path, spoil), sample=None)
    differences = {(one.contract_id, one.column): one.difference for one in found.disagreements}
    assert sorted(differences) == [
        ("L00", "ifrs_loss_allowance"),
        ("L01", "us_deferred_fees"),
        ("L02", "exit_vat_deferred_fees"),
        ("L03", "us_expected_recoveries"),
        ("L05", "stage_closing"),
        ("L06", "ifrs_rate_per_period"),
        ("L07", "status"),
    ]
    assert differences["L00", "ifrs_loss_allowance"] == "1"
    assert differences["L01", "us_deferred_fees"] == "-100"
    assert "L01  us_deferred_fees  measured" in found.as_text()


def test_one_contract_comes_with_its_steps(tmp_path: Path) -> None:
    def spoil(rows: dict[str, dict[str, Any]]) -> None:
        rows["L00"]["closing_vat_accrued_interest"] += 1

    run = write_run(tmp_path, spoil)
    again = calculate_one(run, "L00")
    calculation = again.calculation
    assert [one.column for one in again.differences] == ["closing_vat_accrued_interest"]
    state = calculation.states["closing", "ifrs"]
    assert {"effective rate per period", "stage", "loss allowance"} <= {one.name for one in state.steps}
    assert len(state.months) == 2 * (24 - 15 + 3)  # two scenarios, nine instalments, and three due dates to recognition
    assert calculate_one(run, "loan/L03").differences == ()


@pytest.mark.campaign
def test_a_missing_column_is_refused_and_an_extra_one_reported(tmp_path: Path) -> None:
    def widen(rows: dict[str, dict[str, Any]]) -> None:
        for row in rows.values():
            row["costs_paid"] = 1

    run = write_run(tmp_path, widen)
    assert reperform(run, sample=3).not_checked == ("measured columns of a loan that are not calculated here: costs_paid",)
    file = run / "measurements" / "loans" / "part-00000.parquet"
    parquet.write_table(parquet.read_table(file).drop_columns(["exit_us_loss_allowance"]), file)
    with pytest.raises(UnusableInput, match="every column"):
        reperform(vouch(run))


@pytest.mark.parametrize("at_once", [1_000_000, 7, 1])
def test_a_contract_left_out_is_found(tmp_path: Path, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ids are held at a time."""
    monkeypatch.setattr("gaapbridge.reperform.run.IDS_AT_ONCE", at_once)
    run = write_run(tmp_path, measured_ids=18)
    found = reperform(run, sample=5)
    assert [one.contract_id for one in found.disagreements] == ["L18", "L19"]
    write_csv(run / "rejects.csv", [{"file": "x", "contract_id": "L18"}, {"file": "x", "contract_id": "L19"}])
    assert reperform(vouch(run), sample=5).disagreements == ()


def test_a_measured_contract_that_no_tape_holds(tmp_path: Path) -> None:
    def invent(rows: dict[str, dict[str, Any]]) -> None:
        rows["L99"] = {**rows["L00"], "contract_id": "L99"}

    found = reperform(write_run(tmp_path, invent), addresses=["L99", "loan/L00"])
    assert [(one.contract_id, one.calculated) for one in found.disagreements] == [("L99", "not on the tapes")]
    assert found.seed is None


def test_a_changed_source_is_refused(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    with (tmp_path / "hazard.csv").open("a", encoding="utf-8") as opened:
        opened.write("\n")
    with pytest.raises(UnusableInput, match="changed since the run"):
        reperform(run)
    (tmp_path / "hazard.csv").unlink()
    with pytest.raises(UnusableInput, match="gone"):
        reperform(run)


def test_a_measurement_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    (file,) = (run / "measurements/loans").glob("*.parquet")
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(UnusableInput, match=r"this one is changed"):
        reperform(run)
    with pytest.raises(UnusableInput, match="whole Parquet file"):
        reperform(vouch(run))


@pytest.mark.campaign
def test_a_figure_changed_after_the_close_is_no_disagreement_of_two_calculators(tmp_path: Path) -> None:
    """Asked from Python as from the command line: the run is refused, by the file that is not as it was written."""
    run = write_run(tmp_path)
    (file,) = (run / "measurements/loans").glob("*.parquet")
    table = parquet.read_table(file)
    place = table.schema.get_field_index("us_loss_allowance")
    more = [amount + 1 for amount in table["us_loss_allowance"].to_pylist()]
    parquet.write_table(table.set_column(place, table.schema.field(place), [more]), file)
    with pytest.raises(UnusableInput, match=r"part-00000\.parquet.*an artefact is as its run wrote it; this one is changed"):
        reperform(run)
    assert reperform(vouch(run), sample=None).disagreements != ()


def test_an_unknown_contract_names_its_neighbours(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        reperform(write_run(tmp_path), addresses=["L1O"])
    assert "loan/L1" in str(refused.value)
    with pytest.raises(UnusableInput, match="no guarantees"):
        calculate_one(write_run(tmp_path / "again"), "guarantee/G1")


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"a run folder holds manifest\.json"):
        reperform(tmp_path)


@pytest.mark.campaign
def test_a_carried_opening_is_not_checked(tmp_path: Path) -> None:
    def spoil(rows: dict[str, dict[str, Any]]) -> None:
        rows["L00"]["opening_us_deferred_fees"] += 5
        for _, closing, events in book():  # what a default of the period takes is told by the opening row, which nobody read
            alone = measured_row(calculate_contract(None, closing, events, assumptions(mortality="0.01"), elections()))
            rows[closing.contract_id][STAGE_3_INTEREST] = alone[STAGE_3_INTEREST]

    run = write_run(tmp_path, spoil)
    plan = (run / "plan.toml").read_text(encoding="utf-8")
    (run / "plan.toml").write_text(plan.replace('"opening_tape"', '"prior_run"\nrun = "latest"'), encoding="utf-8")
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    del manifest["sources"]["tapes.loans.opening"]
    rewrite(run, manifest)
    found = reperform(vouch(run), sample=None)
    assert found.disagreements == ()
    assert "prior run" in found.as_text()


def test_the_draw_spreads_and_repeats(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    files = tuple((run / "measurements" / "loans").glob("*.parquet"))
    drawn = draw(files, 8, 1, LOAN_STRATA)
    assert len(drawn.contract_ids) == 8
    assert drawn == draw(files, 8, 1, LOAN_STRATA)
    assert len(drawn.strata) >= 4
    table = parquet.read_table(files[0])
    parquet.write_table(table.take(list(reversed(range(20)))), files[0])
    assert set(draw(files, 8, 1, LOAN_STRATA).contract_ids) == set(drawn.contract_ids)
    assert any(set(draw(files, 8, s, LOAN_STRATA).contract_ids) != set(drawn.contract_ids) for s in (2, 3, 4))


def test_one_unit_is_excused_only_near_half() -> None:
    contract = loan(
        repayment_type="bullet",
        term_instalments=1,
        annual_rate=Decimal(0),
        first_payment_date=date(2024, 4, 1),
    )
    textbook = elections(default_timeline="none")
    found = calculate_contract(None, contract, (), assumptions(hazard="0.0001", lgd="0.05"), textbook)
    row = measured_row(found)
    assert row["us_loss_allowance"] == 1  # 0.5 exactly
    row["us_loss_allowance"] = row["us_loss_allowance_current"] = 0
    _, differing = compare_row(row, found)
    assert [(one.column, one.verdict) for one in differing] == [
        ("us_loss_allowance", "agrees to rounding"),
        ("us_loss_allowance_current", "agrees to rounding"),
    ]
    row["us_loss_allowance"] = 2  # a unit from 1 too, but no rounding of 0.5
    assert compare_row(row, found)[1][0].verdict == "disagreement"


def test_an_honest_alternative_is_excused_as_a_whole() -> None:
    """The PD test is exactly at its threshold: either stage is right, but the row must follow from it."""
    chosen = elections(sicr_pd_ratio=Decimal(1), sicr_pd_increase=Decimal(0))
    contract = loan(repayment_type="bullet", term_instalments=36)
    found = calculate_contract(None, contract, (), assumptions(), chosen)
    (_, choices), *_ = found.alternatives
    other = calculate_contract(None, contract, (), assumptions(), chosen, choices=choices)
    assert {found.facts["stage_closing"], other.facts["stage_closing"]} == {1, 2}
    row = measured_row(other)
    _, differing = compare_contract(row, partial(calculate_contract, None, contract, (), assumptions(), chosen))
    assert {one.reason for one in differing} == {"PD test at its threshold"}
    row["ifrs_loss_allowance"] += 7
    _, differing = compare_contract(row, partial(calculate_contract, None, contract, (), assumptions(), chosen))
    assert "disagreement" in {one.verdict for one in differing}
