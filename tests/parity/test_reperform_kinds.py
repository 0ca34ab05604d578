"""Re-performing a run of loans, guarantees and awards: each kind from its own tapes, one outcome."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest

from gaapbridge.reperform.calculation import Calculation, StateKind
from gaapbridge.reperform.exact import Framework
from gaapbridge.reperform.grid import months_later
from gaapbridge.reperform.guarantees.contract import FeeInstalment, Guarantee
from gaapbridge.reperform.run import calculate_one, reperform
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import sha256_of
from tests.manifests import rewrite, vouch
from tests.parity import award_facts
from tests.parity.guarantee_facts import calculated, fee_losses, fees, guarantee
from tests.parity.reperform_facts import curve_rows
from tests.parity.run_facts import write_csv, write_run

Change = Callable[[dict[str, dict[str, Any]]], None]
Tapes = dict[str, list[dict[str, Any]]]

GUARANTEE_TABLES = """
[tapes.guarantees]
amounts = "major"
columns = { contract_id = "guarantee_no", paid_out_minor = "paid_out" }
[tapes.guarantee_fees]
amounts = "minor"
columns = { contract_id = "guarantee_no", fee_minor = "fee" }
"""
AWARD_TABLES = """
[tapes.awards]
amounts = "major"
columns = { award_id = "grant_no" }
[tapes.award_tranches]
amounts = "minor"
columns = { award_id = "grant_no" }
[tapes.award_events]
amounts = "minor"
"""


def write_three(folder: Path, spoil_guarantees: Change | None = None, spoil_awards: Change | None = None) -> Path:
    """The run of twenty loans with eight guarantees and three awards beside them."""
    run = write_run(folder)
    add(folder, run, "guarantees", GUARANTEE_TABLES, *guarantee_tapes(), spoil_guarantees)
    add(folder, run, "awards", AWARD_TABLES, *award_tapes(), spoil_awards)
    return run


def add(
    folder: Path, run: Path, kind: str, tables: str, tapes: Tapes, measured: list[dict[str, Any]], change: Change | None
) -> None:
    """Tapes written, rows measured, plan and manifest extended."""
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    for source, rows in tapes.items():
        path = folder / f"{source}.csv"
        write_csv(path, rows)
        manifest["sources"][source] = {"path": path.name, "sha256": sha256_of(path)}
    rewrite(run, manifest)
    with (run / "plan.toml").open("a", encoding="utf-8") as plan:
        plan.write(tables)
    rows_by_id = {row["contract_id"]: row for row in measured}
    if change is not None:
        change(rows_by_id)
    (run / "measurements" / kind).mkdir()
    parquet.write_table(arrow.Table.from_pylist(list(rows_by_id.values())), run / "measurements" / kind / "part-00000.parquet")
    vouch(run)


def guarantee_tapes() -> tuple[Tapes, list[dict[str, Any]]]:
    """Guarantees that stay, are new, settled, paid out or lost, on tapes under the lender's own names."""
    sides: dict[str, list[Any]] = {"opening": [], "closing": [], "opening_fees": [], "closing_fees": []}
    measured = []
    for number in range(8):
        terms = {"origination_date": date(2022, 8, 1 + number), "first_payment_date": date(2022, 9, 1 + number)}
        facts: dict[str, Any] = {"contract_id": f"G{number}", "term_instalments": 24, "related_party": number == 3, **terms}
        before, after = guarantee(**facts), guarantee(**facts, days_past_due=20 * number)
        if number in (2, 3):
            status = "paid_out" if number == 3 else "settled_early"
            after = replace(after, status=status, exit_date=date(2023, 7, 1), paid_out_minor=50_000 if number == 3 else 0)
        opening = (before, moved(number, fees(collected=2, of=24))) if number != 4 else None
        closing = (after, moved(number, fees(collected=9, of=24))) if number != 5 else None
        measured.append(measured_row(calculated(opening, closing)))
        for name, side in (("opening", opening), ("closing", closing)):
            if side is not None:
                sides[name].append(side[0])
                sides[f"{name}_fees"] += side[1]
    tapes: Tapes = {
        **{f"tapes.guarantees.{name}": [guarantee_row(one) for one in sides[name]] for name in ("opening", "closing")},
        **{f"tapes.guarantee_fees.{name}": [fee_row(one) for one in sides[f"{name}_fees"]] for name in ("opening", "closing")},
        **{f"curves.guarantees.{name}": rows for name, rows in zip(CURVES, curve_rows(), strict=False)},
        "curves.guarantees.fee_loss": fee_losses(),
    }
    return tapes, measured


CURVES = ("prepayment", "hazard", "loss_given_default")


def moved(number: int, instalments: tuple[FeeInstalment, ...]) -> tuple[FeeInstalment, ...]:
    """Fees of guarantee `number`, eight months earlier."""
    return tuple(
        replace(
            one,
            contract_id=f"G{number}",
            due_date=months_later(one.due_date, -8),
            coverage_start=months_later(one.coverage_start, -8),
            coverage_end=months_later(one.coverage_end, -8),
        )
        for one in instalments
    )


def guarantee_row(one: Guarantee) -> dict[str, Any]:
    """A row in major units, under the lender's names."""
    row = asdict(one)
    for name in [name for name in row if name.endswith("_minor") and row[name] is not None]:
        row[name] = f"{row[name] // 100}.{row[name] % 100:02}"
    return {"guarantee_no": row.pop("contract_id"), "paid_out": row.pop("paid_out_minor"), **row}


def fee_row(one: FeeInstalment) -> dict[str, Any]:
    row = asdict(one)
    return {"guarantee_no": row.pop("contract_id"), "fee": row.pop("fee_minor"), **row}


def award_tapes() -> tuple[Tapes, list[dict[str, Any]]]:
    """One award granted before the period, one in it, one after it."""
    grants = {"A0": date(2022, 6, 1), "A1": date(2023, 3, 1), "A2": date(2024, 2, 1)}
    event = award_facts.forfeited(120, date(2023, 5, 1))
    rates = award_facts.forfeitures("0.1", "0.15")
    tapes: Tapes = {
        "tapes.awards": [
            {"grant_no": name, "grant_date": day, "function": award_facts.FUNCTION, "fair_value_per_unit": "7.125"}
            for name, day in grants.items()
        ],
        "tapes.award_tranches": [
            {"grant_no": name, "tranche": number, "vesting_date": day + timedelta(days=400 * number), "units": 500}
            for name, day in grants.items()
            for number in (1, 2)
        ],
        "tapes.award_events": [asdict(event) | {"award_id": "A0"}],
        "curves.awards.forfeiture": [
            {"valid_from": day, "function": award_facts.FUNCTION, "annual_rate": rate}
            for day, rate in (("2020-01-01", "0.1"), ("2023-06-30", "0.15"))
        ],
    }
    measured = []
    for name, grant in grants.items():
        tranches = [award_facts.tranche(str(number), grant + timedelta(days=400 * number), 500) for number in (1, 2)]
        events = (event,) if name == "A0" else ()
        found = award_facts.calculated(*tranches, events=events, rates=rates, fair_value="7.125", grant=grant)
        measured.append(measured_row(replace(found, contract_id=name)))
    return tapes, measured


def measured_row(calculation: Calculation) -> dict[str, Any]:
    facts: dict[str, Any] = {"contract_id": calculation.contract_id, **calculation.facts}
    return facts | {column: figure.amount for column, figure in calculation.figures.items()}


def test_an_honest_run_of_three_kinds_agrees_throughout(tmp_path: Path) -> None:
    found = reperform(write_three(tmp_path), sample=None)
    assert found.differences == ()
    assert {kind: (len(drawn.contract_ids), drawn.population) for kind, drawn in found.kinds.items()} == {
        "loan": (20, 20),
        "guarantee": (8, 8),
        "award": (3, 3),
    }
    assert found.kinds["guarantee"].figures_compared > 8 * 80
    assert found.kinds["award"].strata == {
        "research_and_development, ignored": 1,
        "research_and_development, new": 1,
        "research_and_development, stayed": 1,
    }
    text = found.as_text()
    assert "Guarantees: 8 of 8" in text and "drawn      1  settled_early, stage 1 to 0" in text
    assert "Not checked" not in text
    kinds = json.loads(json.dumps(found.as_dict()))["kinds"]
    assert kinds["award"]["population"] == 3 and kinds["loan"]["strata"]


def test_a_sample_is_shared_out_over_the_kinds(tmp_path: Path) -> None:
    found = reperform(write_three(tmp_path), sample=12)
    assert {kind: len(drawn.contract_ids) for kind, drawn in found.kinds.items()} == {"loan": 5, "guarantee": 4, "award": 3}
    assert len(found.addresses) == 12 and "award/A1" in found.addresses


def test_every_planted_error_of_guarantees_and_awards_is_found(tmp_path: Path) -> None:
    def spoil_guarantees(rows: dict[str, dict[str, Any]]) -> None:
        rows["G0"]["us_stand_ready"] += 1
        rows["G1"]["ifrs_loss_allowance"] -= 1
        rows["G2"]["us_set_off"] += 1
        rows["G3"]["related_party"] = False
        rows["G4"]["path"] = "stayed"
        rows["G6"]["opening_vat_stand_ready"] += 1

    def spoil_awards(rows: dict[str, dict[str, Any]]) -> None:
        rows["A0"]["ifrs_cumulative_cost"] += 1
        rows["A1"]["units_vested"] += 1

    found = reperform(write_three(tmp_path, spoil_guarantees, spoil_awards), sample=None)
    assert sorted((one.address, one.column) for one in found.disagreements) == [
        ("award/A0", "ifrs_cumulative_cost"),
        ("award/A1", "units_vested"),
        ("guarantee/G0", "us_stand_ready"),
        ("guarantee/G1", "ifrs_loss_allowance"),
        ("guarantee/G2", "us_set_off"),
        ("guarantee/G3", "related_party"),
        ("guarantee/G4", "path"),
        ("guarantee/G6", "opening_vat_stand_ready"),
    ]
    assert all(one.verdict == "disagreement" for one in found.differences)


@pytest.mark.campaign
def test_an_address_opens_a_contract_of_any_kind(tmp_path: Path) -> None:
    run = write_three(tmp_path)
    states: tuple[tuple[str, StateKind, Framework], ...] = (
        ("guarantee/G3", "exit", "ifrs"),
        ("award/A0", "opening", "us"),
        ("loan/L00", "closing", "ifrs"),
        ("L00", "closing", "ifrs"),
    )
    for address, state, framework in states:
        again = calculate_one(run, address)
        calculation = again.calculation
        assert (again.differences, again.instead) == ((), None)
        assert f"{calculation.kind}/{calculation.contract_id}".endswith(address)
        assert len(calculation.states[state, framework].steps) > 5
    with pytest.raises(UnusableInput, match="not a contract") as refused:
        calculate_one(run, "guarantee/G33")
    assert "guarantee/G3" in refused.value.remedy


def test_contracts_left_out_are_found_by_kind(tmp_path: Path) -> None:
    """A guarantee and two awards are missing; the award granted after the closing has nothing to measure."""

    def drop(*names: str) -> Change:
        def change(rows: dict[str, dict[str, Any]]) -> None:
            for name in names:
                del rows[name]

        return change

    run = write_three(tmp_path, drop("G6"), drop("A1", "A2"))
    assert [(one.address, one.calculated) for one in reperform(run, sample=6).disagreements] == [
        ("guarantee/G6", "on a tape"),
        ("award/A1", "on a tape"),
    ]
    write_csv(run / "rejects.csv", [{"contract_id": "G6"}, {"contract_id": "A1"}])
    assert reperform(vouch(run), sample=6).disagreements == ()


@pytest.mark.campaign
def test_a_run_of_awards_alone(tmp_path: Path) -> None:
    run = write_three(tmp_path)
    shutil.rmtree(run / "measurements" / "loans")
    plan = (run / "plan.toml").read_text(encoding="utf-8")
    start, end = plan.index("[elections.effective_interest]"), plan.index("[elections.share_based_compensation]")
    tapes, awards = plan.index("[tapes.loans]"), plan.index("[tapes.awards]")
    (run / "plan.toml").write_text(plan[:start] + plan[end:tapes] + plan[awards:], encoding="utf-8")
    found = reperform(vouch(run), sample=None)
    assert list(found.kinds) == ["award"]
    assert found.differences == ()
    with pytest.raises(UnusableInput, match="no guarantees"):
        reperform(run, addresses=["guarantee/G1"])


@pytest.mark.campaign
def test_flows_from_a_carried_opening_are_not_checked(tmp_path: Path) -> None:
    def spoil(rows: dict[str, dict[str, Any]]) -> None:
        rows["G0"]["opening_us_stand_ready"] += 5
        rows["G0"]["us_release"] += 5
        rows["G1"]["us_stand_ready"] += 5

    run = write_three(tmp_path, spoil)
    plan = (run / "plan.toml").read_text(encoding="utf-8")
    (run / "plan.toml").write_text(plan.replace('"opening_tape"', '"prior_run"\nrun = "latest"'), encoding="utf-8")
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    manifest["sources"] = {name: file for name, file in manifest["sources"].items() if not name.endswith(".opening")}
    rewrite(run, manifest)
    found = reperform(vouch(run), addresses=["guarantee/G0", "guarantee/G1"])
    assert [(one.address, one.column) for one in found.disagreements] == [("guarantee/G1", "us_stand_ready")]
    assert "opening figures of a guarantee: brought forward from the prior run" in found.as_text()


def test_a_source_that_the_manifest_leaves_out_is_named(tmp_path: Path) -> None:
    run = write_three(tmp_path)
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    del manifest["sources"]["curves.guarantees.fee_loss"]
    rewrite(run, manifest)
    with pytest.raises(UnusableInput, match="names every source"):
        reperform(run)
