"""A run folder made by hand for the tests of re-performance: tapes, curves, plan, manifest and measured rows."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet

from gaapbridge.reperform.calculation import Calculation
from gaapbridge.reperform.loan import Event, Loan
from gaapbridge.reperform.loans.row import calculate_contract
from gaapbridge.run.manifest import Source
from gaapbridge.terms.hashes import sha256_of
from tests.manifests import write_manifest
from tests.parity.reperform_facts import PLAN, assumptions, curve_rows, elections, loan

Change = Callable[[dict[str, dict[str, Any]]], None]


def book() -> list[tuple[Loan | None, Loan, tuple[Event, ...]]]:
    """Twenty loans, some of them new, late, prepaid or written off."""
    found: list[tuple[Loan | None, Loan, tuple[Event, ...]]] = []
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


def measured_row(calculation: Calculation) -> dict[str, Any]:
    """A measurement as the run writes it."""
    return {
        "contract_id": calculation.contract_id,
        "segment": "s",
        "path": "stayed",
        **calculation.facts,
        **{column: figure.amount for column, figure in calculation.figures.items()},
        **{f"{framework}_rate_per_period": float(rate) for framework, rate in calculation.rates.items()},
    }


def write_tape(path: Path, contracts: list[Loan]) -> None:
    names = [name for name in Loan.__slots__ if name != "contract_id"]
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
        measured[closing.contract_id] = measured_row(calculation)
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
        **{f"curves.loans.{name}": f"{name}.csv" for name in curves},
    }
    sources = {name: Source(file, sha256_of(folder / file)) for name, file in files.items()}
    return write_manifest(run, plan_folder="../..", sources=sources)
