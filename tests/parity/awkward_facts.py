"""What the closes of awkward contracts share: tapes rewritten, plans with other elections and room for findings."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet

from gaapbridge.run import Run
from tests.parity.run_facts import write_csv

HAZARDS = {"default_days_past_due": "curves/hazard.csv", "payout_days_past_due": "curves/guarantees/hazard.csv"}
CREDIT_RISK = {
    "rating": arrow.string(),
    "rating_at_origination": arrow.string(),
    "pd_12m": arrow.float64(),
    "pd_12m_at_origination": arrow.float64(),
}
ROOM = {"rejected_rows": "1000", "rejected_principal_minor": "1000000000000", "findings": "100000"}


def rewrite(path: Path, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    """Replace or drop the rows of a Parquet tape."""
    replace_rows(path, [changed for row in parquet.read_table(path).to_pylist() if (changed := change(row)) is not None])


def replace_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """A Parquet tape of the same columns with other rows, and with what the rows say of credit risk."""
    schema = parquet.read_schema(path)
    for name, kind in CREDIT_RISK.items():
        if any(name in row for row in rows[:1]) and name not in schema.names:
            schema = schema.append(arrow.field(name, kind))
    parquet.write_table(arrow.Table.from_pylist(rows, schema=schema), path)


def risk_at_origination(chance: random.Random) -> dict[str, Any]:
    """The rating with which a contract was made; of some the twelve-month probability too."""
    probability = chance.choice([None, None, None, 0.001, 0.02, 0.05])
    return {"rating_at_origination": chance.choice("AAB"), "pd_12m_at_origination": probability}


def risk_now(made: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """The rating of a contract; its twelve-month probability where that at origination is known."""
    known = made["pd_12m_at_origination"] is not None
    return {"rating": chance.choice("AB"), "pd_12m": chance.choice([0.001, 0.02, 0.05, 0.3]) if known else None}


def rate(path: Path) -> None:
    """Make a hazard table one by the ratings of awkward tapes: A defaults half as often as B, which is the first one there."""
    with path.open(newline="", encoding="utf-8") as opened:
        every = list(csv.DictReader(opened))
    first: dict[str, str | None] = {}
    for row in every:
        first.setdefault(row["segment"], row.get("rating"))
    rows = [{**row, "rating": "B"} for row in every if row.get("rating") == first[row["segment"]]]
    write_csv(path, [*rows, *({**row, "rating": "A", "hazard": str(float(row["hazard"]) / 2)} for row in rows)])


def write_plan(example: Path, name: str, elections: Mapping[str, str]) -> Path:
    """A plan of the example from its opening tape, with other elections, no ledger, room for rejects and findings.

    Where another day of default or payout is elected, the hazards are said to be made for it.
    """
    text = example.read_text(encoding="utf-8")
    for election, hazards in HAZARDS.items():
        if election in elections and elections[election].isdigit():
            restated = hazards.replace(".csv", f"-{elections[election]}.csv")
            restate_default_days(example.parent / hazards, example.parent / restated, elections[election])
            text, found = re.subn(rf'(?m)^(hazard +)= "{hazards}"', rf'\1= "{restated}"', text)
            assert found == 1, hazards
    text = re.sub(r'(?m)^source = "prior_run".*\nrun = .*$', 'source = "opening_tape"', text)
    text = re.sub(r"(?ms)^\[(trial_balance|tapes\.\w+\.control\.\w+)\].*?(?=^\[)", "", text)
    for election, value in {**elections, **ROOM}.items():
        text, found = re.subn(rf"(?m)^{election} = .*$", f"{election} = {value}", text, count=1)
        assert found == 1, election
    plan = example.with_name(f"plan-{name}.toml")
    plan.write_text(re.sub(r'(?m)^folder = ".*"$', f'folder = "runs-{name}"', text), encoding="utf-8")
    return plan


def restate_default_days(path: Path, restated: Path, days: str) -> None:
    """The same hazards, as if they had been made for another day of default."""
    with path.open(newline="", encoding="utf-8") as opened:
        rows = [{**row, "default_days": days} for row in csv.DictReader(opened)]
    write_csv(restated, rows)


def failing_checks(run: Run) -> set[str | None]:
    """The checks of a run that do not hold."""
    return {check.check for check in run.listed.checks if not check.holds}


def paths_of(run_folder: Path, kind: str) -> set[str]:
    """How the contracts of a run went through its period."""
    return set(parquet.read_table(run_folder / "measurements" / kind, columns=["path"])["path"].to_pylist())


def day_between(chance: random.Random, first: date, last: date) -> date:
    """A day drawn from a span, both ends among them."""
    return first + timedelta(days=chance.randrange((last - first).days + 1))
