"""Re-performing a whole run folder: sources verified, a sample drawn, planted errors found and no others."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest

from gaapbridge.reperform.compare import compare_contract, compare_row
from gaapbridge.reperform.contract import Contract, Event
from gaapbridge.reperform.row import Calculation, calculate_contract
from gaapbridge.reperform.run import calculate_one, reperform
from gaapbridge.reperform.sample import draw
from gaapbridge.reperform.sources import sha256_of
from gaapbridge.terms.errors import UnusableInput
from tests.parity.reperform_facts import PLAN, assumptions, curve_rows, elections, loan

Change = Callable[[dict[str, dict[str, Any]]], None]


def book() -> list[tuple[Contract | None, Contract, tuple[Event, ...]]]:
    """Twenty loans, some of them new, late, prepaid or written off."""
    found: list[tuple[Contract | None, Contract, tuple[Event, ...]]] = []
    for number in range(20):
        facts: dict[str, Any] = {
            "contract_id": f"L{number:02d}",
            "principal_minor": 100_000 + 7_919 * number,
            "outstanding_principal_minor": 55_555 + 100 * number,
            "origination_date": date(2022, 9, 5) + timedelta(days=number),
            "first_payment_date": date(2022, 10, 5) + timedelta(days=number),
            "term_instalments": 24,
            "fees_received_minor": 1_234,
            "costs_paid_minor": 200 * number,
            "annual_rate": Decimal("0.01") * number,
        }
        opening = loan(**facts)
        events: tuple[Event, ...] = ()
        if number % 5 == 1:
            facts |= {"days_past_due": 35 * (number // 5)}
        if number % 5 == 2:
            facts |= {"status": "prepaid", "exit_date": date(2023, 6, 20)}
        if number % 5 == 3:
            facts |= {"status": "written_off", "exit_date": date(2023, 11, 20), "days_past_due": 181}
            events = (Event(facts["contract_id"], date(2023, 12, 20), "recovery", 123),)
        found.append((None if number % 5 == 4 else opening, loan(**facts), events))
    return found


def measured_row(calculation: Calculation, status: str) -> dict[str, Any]:
    """A measurement as the run writes it."""
    return {
        "contract_id": calculation.contract_id,
        "segment": "s",
        "status": status,
        **calculation.stages,
        **{column: figure.amount for column, figure in calculation.figures.items()},
        **{f"{framework}_rate_per_period": float(rate) for framework, rate in calculation.rates.items()},
    }


def write_tape(path: Path, contracts: list[Contract]) -> None:
    names = [name for name in Contract.__slots__ if name != "contract_id"]
    rows = [{"loan_no": one.contract_id, **{name: getattr(one, name) for name in names}} for one in contracts]
    for row in rows:
        row["annual_rate"] = float(row["annual_rate"])
    if path.suffix == ".parquet":
        parquet.write_table(arrow.Table.from_pylist(rows), path)
        return
    write_csv(path, rows)


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_run(folder: Path, change: Change | None = None, measured_ids: int = 20) -> Path:
    """A plan folder with tapes and curves, and a run beside it measured by the calculator itself."""
    run = folder / "runs" / "v1"
    (run / "measurements" / "loans").mkdir(parents=True)
    lines = book()
    write_tape(folder / "loans-2022.csv", [opening for opening, _, _ in lines if opening is not None])
    write_tape(folder / "loans-2023.parquet", [closing for _, closing, _ in lines])
    happened = [
        {
            "contract_id": one.contract_id,
            "event_date": one.event_date,
            "kind": one.kind,
            "amount_minor": "1.23",
        }
        for _, _, events in lines
        for one in events
    ]
    write_csv(folder / "events.csv", [{"loan_no": row.pop("contract_id"), **row} for row in happened])
    curves = dict(
        zip(
            ("prepayment", "hazard", "loss_given_default", "recovery"),
            curve_rows(mortality="0.01"),
            strict=True,
        )
    )
    for name, rows in curves.items():
        write_csv(folder / f"{name}.csv", rows)
    used = assumptions(mortality="0.01")
    measured = {}
    for opening, closing, events in lines[:measured_ids]:
        calculation = calculate_contract(opening, closing, events, used, elections())
        measured[closing.contract_id] = measured_row(calculation, closing.status)
    if change is not None:
        change(measured)
    table = arrow.Table.from_pylist(list(measured.values()))
    parquet.write_table(table, run / "measurements" / "loans" / "part-00000.parquet")
    plan = PLAN.replace('amounts = "major"', 'amounts = "major"\ncolumns = { contract_id = "loan_no" }')
    (run / "plan.toml").write_text(plan, encoding="utf-8")
    files = {
        "tapes.loans.opening": "loans-2022.csv",
        "tapes.loans.closing": "loans-2023.parquet",
        "tapes.events": "events.csv",
        **{f"curves.{name}": f"{name}.csv" for name in curves},
    }
    sources = {name: {"path": file, "sha256": sha256_of(folder / file)} for name, file in files.items()}
    manifest = {"plan_folder": "../..", "sources": sources}
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return run


def test_an_honest_run_agrees_throughout(tmp_path: Path) -> None:
    found = reperform(write_run(tmp_path), sample=None)
    assert found.differences == ()
    assert len(found.contract_ids) == found.population == 20
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
    calculation, found = calculate_one(run, "L00")
    assert [one.column for one in found] == ["closing_vat_accrued_interest"]
    state = calculation.states["closing", "ifrs"]
    assert {"effective rate per period", "stage", "loss allowance"} <= {one.name for one in state.steps}
    assert len(state.months) == 2 * (24 - 15)  # two scenarios, from December 2023 to September 2024
    assert calculate_one(run, "L03")[1] == ()


def test_a_missing_column_is_refused_and_an_extra_one_reported(tmp_path: Path) -> None:
    def widen(rows: dict[str, dict[str, Any]]) -> None:
        for row in rows.values():
            row["costs_paid"] = 1

    run = write_run(tmp_path, widen)
    assert reperform(run, sample=3).not_checked == ("measured columns that are not calculated here: costs_paid",)
    file = run / "measurements" / "loans" / "part-00000.parquet"
    parquet.write_table(parquet.read_table(file).drop_columns(["exit_us_loss_allowance"]), file)
    with pytest.raises(UnusableInput, match="every column"):
        reperform(run)


def test_a_contract_left_out_is_found(tmp_path: Path) -> None:
    run = write_run(tmp_path, measured_ids=18)
    found = reperform(run, sample=5)
    assert [one.contract_id for one in found.disagreements] == ["L18", "L19"]
    write_csv(run / "rejects.csv", [{"file": "x", "contract_id": "L18"}, {"file": "x", "contract_id": "L19"}])
    assert reperform(run, sample=5).disagreements == ()


def test_a_measured_contract_that_no_tape_holds(tmp_path: Path) -> None:
    def invent(rows: dict[str, dict[str, Any]]) -> None:
        rows["L99"] = {**rows["L00"], "contract_id": "L99"}

    found = reperform(write_run(tmp_path, invent), contract_ids=["L99", "L00"])
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


def test_an_unknown_contract_names_its_neighbours(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        reperform(write_run(tmp_path), contract_ids=["L1O"])
    assert "L1" in str(refused.value)


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="unreadable"):
        reperform(tmp_path)


def test_a_carried_opening_is_not_checked(tmp_path: Path) -> None:
    def spoil(rows: dict[str, dict[str, Any]]) -> None:
        rows["L00"]["opening_us_deferred_fees"] += 5

    run = write_run(tmp_path, spoil)
    plan = (run / "plan.toml").read_text(encoding="utf-8")
    (run / "plan.toml").write_text(plan.replace('"opening_tape"', '"prior_run"\nrun = "latest"'), encoding="utf-8")
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    del manifest["sources"]["tapes.loans.opening"]
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = reperform(run, sample=None)
    assert found.disagreements == ()
    assert "prior run" in found.as_text()


def test_the_draw_spreads_and_repeats(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    files = tuple((run / "measurements" / "loans").glob("*.parquet"))
    drawn = draw(files, 8, seed=1)
    assert len(drawn.contract_ids) == 8
    assert drawn == draw(files, 8, seed=1)
    assert len(drawn.strata) >= 4
    table = parquet.read_table(files[0])
    parquet.write_table(table.take(list(reversed(range(20)))), files[0])
    assert set(draw(files, 8, seed=1).contract_ids) == set(drawn.contract_ids)
    assert any(set(draw(files, 8, seed=s).contract_ids) != set(drawn.contract_ids) for s in (2, 3, 4))


def test_one_unit_is_excused_only_near_half() -> None:
    contract = loan(
        repayment_type="bullet",
        term_instalments=1,
        annual_rate=Decimal(0),
        first_payment_date=date(2024, 4, 1),
    )
    found = calculate_contract(None, contract, (), assumptions(hazard="0.0001", lgd="0.05"), elections())
    row = measured_row(found, "on_book")
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
    assert {found.stages["stage_closing"], other.stages["stage_closing"]} == {1, 2}
    row = measured_row(other, "on_book")
    _, differing = compare_contract(row, None, contract, (), assumptions(), chosen)
    assert {one.reason for one in differing} == {"PD test at its threshold"}
    row["ifrs_loss_allowance"] += 7
    _, differing = compare_contract(row, None, contract, (), assumptions(), chosen)
    assert "disagreement" in {one.verdict for one in differing}
