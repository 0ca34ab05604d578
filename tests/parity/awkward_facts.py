"""What the closes of awkward contracts share: tapes rewritten, plans with other elections and room for findings."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet

from gaapbridge.run import Run

ROOM = {"rejected_rows": "1000", "rejected_principal_minor": "1000000000000", "findings": "100000"}


def rewrite(path: Path, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    """Replace or drop the rows of a Parquet tape."""
    replace_rows(path, [changed for row in parquet.read_table(path).to_pylist() if (changed := change(row)) is not None])


def replace_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """A Parquet tape of the same columns with other rows."""
    parquet.write_table(arrow.Table.from_pylist(rows, schema=parquet.read_schema(path)), path)


def write_plan(example: Path, name: str, elections: Mapping[str, str]) -> Path:
    """A plan of the example from its opening tape, with other elections, no ledger, room for rejects and findings."""
    text = example.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^source = "prior_run".*\nrun = .*$', 'source = "opening_tape"', text)
    text = re.sub(r"(?ms)^\[(trial_balance|tapes\.\w+\.control\.\w+)\].*?(?=^\[)", "", text)
    for election, value in {**elections, **ROOM}.items():
        text, found = re.subn(rf"(?m)^{election} = .*$", f"{election} = {value}", text, count=1)
        assert found == 1, election
    plan = example.with_name(f"plan-{name}.toml")
    plan.write_text(re.sub(r'(?m)^folder = ".*"$', f'folder = "runs-{name}"', text), encoding="utf-8")
    return plan


def failing_checks(run: Run) -> set[str | None]:
    """The checks of a run that do not hold."""
    return {check.check for check in run.checks if not check.holds}


def paths_of(run_folder: Path, kind: str) -> set[str]:
    """How the contracts of a run went through its period."""
    return set(parquet.read_table(run_folder / "measurements" / kind, columns=["path"])["path"].to_pylist())


def day_between(chance: random.Random, first: date, last: date) -> date:
    """A day drawn from a span, both ends among them."""
    return first + timedelta(days=chance.randrange((last - first).days + 1))
