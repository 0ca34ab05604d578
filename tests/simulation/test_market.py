"""The curves describe the market that was simulated, and the plans name files and accounts that exist."""

from __future__ import annotations

import csv
import json
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gaapbridge.differences.effective_interest.elections import ELECTIONS as YIELD_ELECTIONS
from gaapbridge.differences.expected_credit_loss.elections import ELECTIONS as LOSS_ELECTIONS
from gaapbridge.example import ExampleFiles, write_example
from gaapbridge.example.market import (
    SCENARIOS,
    SEGMENTS,
    VERSIONS,
    hazards,
    losses_given_default,
    recovery_weights,
    regimes,
    remaining_recoveries,
)
from gaapbridge.plan import read_plan

NOTES = {"expected_credit_loss": LOSS_ELECTIONS, "effective_interest": YIELD_ELECTIONS}


def test_hazards_and_prepayment_never_exceed_certainty() -> None:
    for regime in regimes():
        for scenario in SCENARIOS:
            table = hazards(regime, scenario, 40)
            assert (table >= 0.0).all()
            assert table.max() + regime.prepay.max() < 1.0


def test_worse_scenarios_lose_more() -> None:
    for regime in regimes():
        up, base, down = (hazards(regime, scenario, 24)[:, 0, 3:] for scenario in ("upside", "base", "downside"))
        assert (up < base).all()
        assert (base < down).all()
        plain, present = losses_given_default(regime, "base", 25)
        assert (present >= plain).all()
        assert (np.diff(plain, axis=1) >= -1e-12).all()
        assert (plain[:, -1] == 1.0).all()
    before, after = regimes()
    assert (hazards(after, "base", 24)[:, 0, 3:] > hazards(before, "base", 24)[:, 0, 3:]).all()
    assert (after.prepay < before.prepay).all()


def test_recoveries_run_out() -> None:
    assert recovery_weights().sum() == pytest.approx(1.0)
    left = remaining_recoveries(regimes()[0])
    assert (np.diff(left, axis=1) < 0.0).all()
    assert (left[:, -1] == 0.0).all()


def test_curve_files_hold_every_key_once(example: ExampleFiles) -> None:
    keys = {"hazard": 5, "prepayment": 3, "loss_given_default": 4, "recovery": 3}
    for name, columns in keys.items():
        with (example.folder / "curves" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = [tuple(row.values())[:columns] for row in csv.DictReader(file)]
        assert len(rows) == len(set(rows))
        assert {row[0] for row in rows} == {version.isoformat() for version in VERSIONS}
        assert set(SEGMENTS) <= {cell for row in rows for cell in row}


def test_defaults_and_survival_of_a_year_are_those_of_the_curves(tmp_path: Path) -> None:
    """Contracts current at the end of 2021 with a year or more to run: who defaulted in 2022, who is still on book."""
    files = write_example(tmp_path, loans=40_000)
    opening, closing = (pl.read_parquet(files.tapes[date(year, 12, 31)]) for year in (2021, 2022))
    watched = opening.filter(
        (pl.col("status") == "on_book")
        & (pl.col("days_past_due") == 0)
        & (pl.col("billed_unpaid_interest_minor") == 0)
        & (pl.col("maturity_date") >= date(2022, 12, 31))
    )
    after = watched.select("contract_id", "segment", "first_payment_date").join(
        closing.select("contract_id", "status", "default_date"), on="contract_id"
    )
    assert after.height == watched.height > 1_000
    regime = regimes()[0]
    hazard = hazards(regime, "base", 12)[:, 0, :]
    months = (2021 - after["first_payment_date"].dt.year()) * 12 + 13 - after["first_payment_date"].dt.month()
    defaults, staying = 0.0, 0.0
    for segment, month in zip(after["segment"], months, strict=True):
        place = SEGMENTS.index(segment)
        alive = 1.0
        for ahead in range(12):
            defaults += alive * hazard[place, ahead]
            alive *= 1.0 - hazard[place, ahead] - regime.prepay[place, min(month + ahead, 35)]
        staying += alive
    seen = after.filter(pl.col("default_date").dt.year() == 2022).height
    assert defaults > 30.0
    assert abs(seen - defaults) < 4.0 * defaults**0.5
    performing = after.filter((pl.col("status") == "on_book") & pl.col("default_date").is_null()).height
    assert performing / after.height == pytest.approx(staying / after.height, abs=0.03)


@pytest.mark.parametrize("year", [2022, 2023])
def test_plans_are_complete(example: ExampleFiles, tapes: dict[int, pl.DataFrame], year: int) -> None:
    plan = read_plan(example.plans[year], NOTES)
    assert (plan.period.opening, plan.period.closing) == (date(year - 1, 12, 31), date(year, 12, 31))
    assert plan.opening.source == ("prior_run" if year == 2023 else "opening_tape")
    ledger = plan.trial_balance
    assert ledger is not None
    assert plan.tapes.events is not None
    assert plan.curves.recovery is not None
    named = [plan.tapes.loans.closing, plan.tapes.events.path, ledger.closing, plan.curves.hazard, plan.curves.recovery]
    assert all(plan.locate(name).is_file() for name in named)
    control = plan.tapes.loans.control.closing
    assert control.rows == tapes[year].height
    assert control.outstanding_principal_minor == tapes[year]["outstanding_principal_minor"].sum()


def test_every_account_stands_in_the_statement(example: ExampleFiles, root: Path) -> None:
    plan = tomllib.loads(example.plans[2023].read_text(encoding="utf-8"))
    layout = json.loads((root / "src/gaapbridge/filings/layouts/loans.json").read_text(encoding="utf-8"))
    rows = {row["id"] for statement in layout["statements"] for row in statement["rows"]}
    assert {account["line"] for account in plan["accounts"].values()} <= rows


def test_every_election_has_a_reason(example: ExampleFiles) -> None:
    """An election without a comment is one that a reader cannot question."""
    bare = []
    for line in example.plans[2022].read_text(encoding="utf-8").splitlines():
        name = line.split(" = ")[0]
        if name in {election.name for note in NOTES.values() for election in note} and "#" not in line:
            bare.append(name)
    assert bare == []
