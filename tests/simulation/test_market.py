"""The curves describe the markets that were simulated, and the plans name files and accounts that exist."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gaapbridge.assumptions.curves import read_curves
from gaapbridge.assumptions.rates import read_fee_losses, read_forfeitures
from gaapbridge.contracts.awards import schema as award_tape
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.guarantees import schema as guarantee_tape
from gaapbridge.example import ExampleFiles, write_example
from gaapbridge.example.fee_losses import fee_losses
from gaapbridge.example.market import (
    BUCKETS,
    GUARANTEED_LOANS,
    OWN_LOANS,
    SCENARIOS,
    SEGMENTS,
    VERSIONS,
    Market,
    hazards,
    losses_given_default,
    recovery_weights,
    remaining_recoveries,
)
from gaapbridge.example.tapes import AWARD_EVENT_KINDS, FUNCTIONS, GUARANTEE_STATUSES
from gaapbridge.plan import read_plan
from tests.simulation.conftest import Frames

MARKETS = pytest.mark.parametrize("market", [OWN_LOANS, GUARANTEED_LOANS], ids=["own", "guaranteed"])
STATES = {OWN_LOANS.default_days: 4, GUARANTEED_LOANS.default_days: 3}


@MARKETS
def test_hazards_and_prepayment_never_exceed_certainty(market: Market) -> None:
    for regime in market.regimes:
        for scenario in SCENARIOS:
            table, performing = hazards(regime, scenario, 40)
            assert (table >= 0.0).all()
            assert (performing >= 0.0).all()
            assert (table + performing * regime.prepay.max()).max() < 1.0


@MARKETS
def test_worse_scenarios_lose_more(market: Market) -> None:
    first = STATES[market.default_days] - 1
    for regime in market.regimes:
        table = {scenario: hazards(regime, scenario, 24)[0][:, 0, :] for scenario in SCENARIOS}
        assert (table["base"][:, :first] == 0.0).all()
        up, base, down = (table[scenario][:, first:] for scenario in ("upside", "base", "downside"))
        assert (up < base).all()
        assert (base < down).all()
        plain, present = losses_given_default(market, regime, "base", 25)
        assert (present >= plain).all()
        assert (np.diff(plain, axis=1) >= -1e-12).all()
        assert (plain[:, -1] == 1.0).all()
    before, after = market.regimes
    assert (hazards(after, "base", 24)[0][:, 0, first:] > hazards(before, "base", 24)[0][:, 0, first:]).all()
    assert (after.prepay < before.prepay).all()


@MARKETS
def test_recoveries_run_out(market: Market) -> None:
    assert recovery_weights().sum() == pytest.approx(1.0)
    left = remaining_recoveries(market.regimes[0])
    assert (np.diff(left, axis=1) < 0.0).all()
    assert (left[:, -1] == 0.0).all()


def test_what_is_lost_of_a_payout_is_what_recoveries_leave() -> None:
    """No cure stands between: loss given payout and the share still to be recovered are one whole."""
    for regime in GUARANTEED_LOANS.regimes:
        plain, _ = losses_given_default(GUARANTEED_LOANS, regime, "base", 18)
        assert plain == pytest.approx(1.0 - remaining_recoveries(regime)[:, :18])


def test_curve_files_are_complete(example: ExampleFiles) -> None:
    """The readers refuse a gap, a key given twice and a probability out of bounds."""
    folder = example.folder / "curves"
    names = ("prepayment", "hazard", "loss_given_default")
    for place in (folder, folder / "guarantees"):
        recovery = folder / "recovery.csv" if place == folder else None
        curves = read_curves(*(place / f"{name}.csv" for name in names), recovery, VERSIONS)
        assert curves.segments == tuple(sorted(SEGMENTS))
        assert set(curves.scenarios) == set(SCENARIOS)
        assert curves.versions == VERSIONS
    losses = read_fee_losses(folder / "guarantees" / "fee_loss.csv", SEGMENTS, VERSIONS)
    assert losses.versions == VERSIONS
    for place, regime in enumerate(GUARANTEED_LOANS.regimes):
        assert losses.loss_rate[place] == pytest.approx(fee_losses(regime), abs=1e-6)
    assert set(read_forfeitures(folder / "awards" / "forfeiture.csv", VERSIONS).functions) == set(FUNCTIONS)


def test_words_are_those_of_the_tapes() -> None:
    assert guarantee_tape.STATUSES == GUARANTEE_STATUSES
    assert set(award_tape.FUNCTIONS) == set(FUNCTIONS)
    assert set(AWARD_EVENT_KINDS) < set(award_tape.AWARD_EVENT_KINDS)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExampleFiles]:
    """A lender large enough to count who defaulted."""
    yield write_example(tmp_path_factory.mktemp("large"), loans=40_000, guarantees=40_000)


@MARKETS
def test_defaults_and_survival_of_a_year_are_those_of_the_curves(large: ExampleFiles, market: Market) -> None:
    """Contracts current at the end of 2021 with a year or more to run: who defaulted in 2022, who is still on book."""
    tapes = large.tapes if market is OWN_LOANS else large.guarantees
    opening, closing = (pl.read_parquet(tapes[date(year, 12, 31)]) for year in (2021, 2022))
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
    regime = market.regimes[0]
    hazard, performing = (table[:, 0, :] for table in hazards(regime, "base", 12))
    months = (2021 - after["first_payment_date"].dt.year()) * 12 + 13 - after["first_payment_date"].dt.month()
    defaults, staying = 0.0, 0.0
    for segment, month in zip(after["segment"], months, strict=True):
        place = SEGMENTS.index(segment)
        alive = 1.0
        for ahead in range(12):
            defaults += alive * hazard[place, ahead]
            alive *= 1.0 - hazard[place, ahead] - performing[place, ahead] * regime.prepay[place, min(month + ahead, 35)]
        staying += alive
    seen = after.filter(pl.col("default_date").dt.year() == 2022).height
    assert defaults > 30.0
    assert abs(seen - defaults) < 4.0 * defaults**0.5
    performing = after.filter((pl.col("status") == "on_book") & pl.col("default_date").is_null()).height
    assert performing / after.height == pytest.approx(staying / after.height, abs=0.03)


def test_fees_not_collected_are_those_of_the_loss_rates(large: ExampleFiles) -> None:
    """Fees by the month open at the end of 2021: what of them was never collected in the two years that followed."""
    tape = pl.read_parquet(large.guarantees[date(2021, 12, 31)]).filter(pl.col("status") == "on_book")
    opening, year_on, closing = (pl.read_parquet(large.guarantee_fees[date(year, 12, 31)]) for year in (2021, 2022, 2023))
    monthly = (
        opening.group_by("contract_id").len().join(tape, on="contract_id").filter(pl.col("len") == pl.col("term_instalments"))
    )
    still_open = (
        opening.with_columns(left=pl.col("fee_minor") - pl.col("collected_minor") - pl.col("written_off_minor"))
        .filter(pl.col("left") > 0)
        .join(monthly.select("contract_id", "segment", "days_past_due"), on="contract_id")
    )
    key = ["contract_id", "due_date"]
    later = still_open.select(*key, "segment", "days_past_due", "left")
    for tape_later, name in ((year_on, "first"), (closing, "second")):
        seen = tape_later.select(*key, pl.col("collected_minor").alias(name))
        later = later.join(seen, on=key, how="left")
    outcome = later.with_columns(collected=pl.max_horizontal("first", "second").fill_null(0))
    rates = fee_losses(GUARANTEED_LOANS.regimes[0])
    expected = [0.0, 0.0, 0.0]
    lost, receivable = [0, 0, 0], [0, 0, 0]
    buckets = ((0, 0), (1, 30), (31, 60))
    for place, (least, most) in enumerate(buckets):
        rows = outcome.filter(pl.col("days_past_due").is_between(least, most))
        receivable[place] = int(rows["left"].sum())
        lost[place] = receivable[place] - int(rows["collected"].sum())
        by_segment = rows.group_by("segment").agg(pl.col("left").sum())
        expected[place] = sum(left * rates[SEGMENTS.index(segment), place] for segment, left in by_segment.rows())
    shares = [lost[place] / receivable[place] for place in range(3)]
    assert shares[0] < 0.2 < shares[1] < shares[2]
    for place, tolerance in enumerate((0.015, 0.05, 0.05)):
        assert shares[place] == pytest.approx(expected[place] / receivable[place], abs=tolerance), BUCKETS[place]


@pytest.mark.parametrize("year", [2022, 2023])
def test_plans_are_complete(example: ExampleFiles, tapes: Frames, guarantees: Frames, year: int) -> None:
    plan = read_plan(example.plans[year], DECLARED)
    assert (plan.period.opening, plan.period.closing) == (date(year - 1, 12, 31), date(year, 12, 31))
    assert plan.opening.source == ("prior_run" if year == 2023 else "opening_tape")
    assert plan.tapes.kinds == ("loans", "guarantees", "awards")
    named = [*files_in(tomllib.loads(example.plans[year].read_text(encoding="utf-8")))]
    assert len(named) == 21
    assert all(plan.locate(name).is_file() for name in named)
    for control, tape in ((plan.tapes.loans, tapes[year]), (plan.tapes.guarantees, guarantees[year])):
        assert control is not None
        assert control.control.closing.rows == tape.height
        assert control.control.closing.outstanding_principal_minor == tape["outstanding_principal_minor"].sum()


def files_in(table: dict[str, object]) -> Iterator[str]:
    """Every file that a plan names."""
    for entry in table.values():
        if isinstance(entry, dict):
            yield from files_in(entry)
        elif isinstance(entry, str) and entry.endswith((".parquet", ".csv")):
            yield entry


def test_every_account_stands_in_the_statement(example: ExampleFiles, root: Path) -> None:
    plan = tomllib.loads(example.plans[2023].read_text(encoding="utf-8"))
    layout = json.loads((root / "src/gaapbridge/filings/layouts/lender.json").read_text(encoding="utf-8"))
    rows = {row["id"]: row["role"] for statement in layout["statements"] for row in statement["rows"]}
    assert {account["line"] for account in plan["accounts"].values()} <= set(rows)
    touched = {plan["accounts"][account]["line"] for account in plan["posting"].values()}
    assert {rows[line] for line in touched} == {"line"}


def test_every_election_has_a_reason(example: ExampleFiles) -> None:
    """Every answer stands below its question: an election without one is one that a reader cannot question."""
    text = example.plans[2022].read_text(encoding="utf-8")
    lines = text[text.index("[elections.") : text.index("[vat]")].splitlines()
    answers = [number for number, line in enumerate(lines) if re.match(r"[a-z_0-9]+ = ", line)]
    assert len(answers) == sum(len(note.elections) for note in DECLARED.notes.values())
    assert [lines[number] for number in answers if not lines[number - 1].startswith("#")] == []


def test_curves_are_written_with_every_key_once(example: ExampleFiles) -> None:
    keys = {"recovery.csv": 3, "guarantees/fee_loss.csv": 3, "awards/forfeiture.csv": 2, "hazard.csv": 5}
    for name, columns in keys.items():
        with (example.folder / "curves" / name).open(encoding="utf-8", newline="") as file:
            rows = [tuple(row.values())[:columns] for row in csv.DictReader(file)]
        assert len(rows) == len(set(rows))
        assert {row[0] for row in rows} == {version.isoformat() for version in VERSIONS}
