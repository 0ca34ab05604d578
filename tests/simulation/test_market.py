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
from gaapbridge.contracts.loans.recoveries import discounted
from gaapbridge.example import ExampleFiles, write_example
from gaapbridge.example.chain import BUCKETS, hazards
from gaapbridge.example.contracts import ARRANGED_PRODUCT, OWN_PRODUCT, Product
from gaapbridge.example.fee_losses import fee_losses
from gaapbridge.example.losses import losses_given_default, remaining_recoveries, steps_of
from gaapbridge.example.market import (
    DAYS_PER_MONTH,
    GUARANTEED_LOANS,
    OWN_LOANS,
    RATING_SHARES,
    RATINGS,
    SCENARIOS,
    VERSIONS,
    Numbers,
    Regime,
    recovery_weights,
)
from gaapbridge.example.tapes import AWARD_EVENT_KINDS, FUNCTIONS, GUARANTEE_STATUSES
from gaapbridge.plan import read_plan
from tests.simulation.conftest import Frames

PRODUCTS = pytest.mark.parametrize("product", [OWN_PRODUCT, ARRANGED_PRODUCT], ids=["own", "guaranteed"])


def table(product: Product, regime: Regime, scenario: str = "base", months: int = 24) -> tuple[Numbers, Numbers]:
    """Hazards and shares performing, segment x rating x bucket x month ahead."""
    return hazards(product.market, steps_of(product, regime, scenario), months)


@PRODUCTS
def test_hazards_and_prepayment_never_exceed_certainty(product: Product) -> None:
    for regime in product.market.regimes:
        for scenario in SCENARIOS:
            hazard, performing = table(product, regime, scenario, 40)
            assert (hazard >= 0.0).all() and (performing >= 0.0).all()
            assert (hazard + performing <= 1.0 + 1e-12).all()


def test_the_chain_by_hand() -> None:
    """Who is current cannot default before his third miss, recognised a little less than a month after it (90 days are
    2.957 months: in one of 23 cases already in the month of the miss), or on the day itself (62 days are 2.037).
    """
    regime = OWN_LOANS.regimes[0]
    hazard, performing = table(OWN_PRODUCT, regime)
    early = 1.0 - (90 / 30.4375 - 2.0)
    nothing, worse = regime.roll[0]
    assert hazard[0, :, BUCKETS.index("61-90"), 0] == pytest.approx(1.0)
    assert hazard[0, :, BUCKETS.index("31-60"), 0] == pytest.approx(early * worse)
    assert hazard[0, :, BUCKETS.index("1-30"), :2] == pytest.approx(np.tile([0.0, early * nothing * worse], (3, 1)))
    assert (hazard[0, :, 0, :2] == 0.0).all()
    assert performing[0, :, 0, 0] == pytest.approx(1.0 - regime.miss[0])
    assert performing[0, :, 1:4, 0] == pytest.approx(0.0)
    hazard, _ = table(ARRANGED_PRODUCT, regime := GUARANTEED_LOANS.regimes[0])
    nothing, worse = regime.roll[0]
    bank, trust = (GUARANTEED_LOANS.segments.index(f"{funder}-a") for funder in ("bank", "trust"))
    assert hazard[bank, :, BUCKETS.index("31-60"), 0] == pytest.approx((3.0 - 62 / 30.4375) * worse)
    assert hazard[trust, :, BUCKETS.index("1-30"), 0] == pytest.approx((2.0 - 31 / 30.4375) * nothing)
    assert hazard[trust, :, BUCKETS.index("31-60"), 0] == pytest.approx(1.0)


@PRODUCTS
def test_worse_scenarios_and_scores_lose_more(product: Product) -> None:
    market, first = product.market, 3
    for regime in market.regimes:
        of = {scenario: table(product, regime, scenario)[0][:, :, 0, first:] for scenario in SCENARIOS}
        assert (of["upside"] < of["base"]).all()
        assert (of["base"] < of["downside"]).all()
        assert (np.diff(of["base"], axis=1) > 0.0).all()
        plain, present = losses_given_default(product, regime, "base", 25)
        assert (present >= plain).all()
        assert (np.diff(plain, axis=1) >= -1e-12).all()
        assert plain[:, -1] == pytest.approx(1.0)
    before, after = market.regimes
    assert (table(product, after)[0][:, :, 0, first:] > table(product, before)[0][:, :, 0, first:]).all()
    assert (after.prepay < before.prepay).all()


@PRODUCTS
def test_scenarios_weighed_as_in_the_plan_are_unbiased(product: Product, example: ExampleFiles) -> None:
    """Losses of twelve months of a current borrower, over all scenarios, are those of the base to one in a hundred."""
    plan = tomllib.loads(example.plans[2022].read_text(encoding="utf-8"))
    (weights,) = plan["elections"]["expected_credit_loss"]["ifrs_scenarios"]
    del weights["valid_from"]
    regime = product.market.regimes[0]
    losses = {}
    for scenario in weights:
        hazard, performing = (each[:, :, 0, :12] for each in table(product, regime, scenario))
        staying = np.cumprod(1.0 - hazard - performing * regime.prepay[:, None, :12], axis=-1)
        alive = np.concatenate([np.ones_like(staying[..., :1]), staying[..., :-1]], axis=-1)
        losses[scenario] = (alive * hazard).sum(axis=-1) * losses_given_default(product, regime, scenario, 1)[1]
    weighed = sum(weight * losses[scenario] for scenario, weight in weights.items())
    shares = np.array(RATING_SHARES)
    assert (weighed @ shares).sum() == pytest.approx((losses["base"] @ shares).sum(), rel=0.01)


@PRODUCTS
def test_recoveries_run_out(product: Product) -> None:
    assert recovery_weights().sum() == pytest.approx(1.0)
    left = remaining_recoveries(product.market.regimes[0])
    assert (np.diff(left, axis=1) < 0.0).all()
    assert (left[:, -1] == 0.0).all()


def test_what_is_lost_of_a_payout_is_what_recoveries_leave() -> None:
    """No cure stands between: loss given payout and the share still to be recovered are one whole."""
    for regime in GUARANTEED_LOANS.regimes:
        plain, _ = losses_given_default(ARRANGED_PRODUCT, regime, "base", 18)
        assert plain == pytest.approx(1.0 - remaining_recoveries(regime)[:, :18])


def test_recoveries_of_payouts_are_discounted_at_the_rate_of_the_plan(example: ExampleFiles) -> None:
    """A recovery of month k is worth 1.03^(-k/12) on the day of the payout (IFRS 9 B5.5.48)."""
    plan = tomllib.loads(example.plans[2022].read_text(encoding="utf-8"))
    ((_, rate),) = (one.values() for one in plan["elections"]["expected_credit_loss"]["guarantee_discount_rate"])
    assert rate == 0.03
    worth = (recovery_weights() * 1.03 ** (-np.arange(1, 19) / 12)).sum()
    for regime in GUARANTEED_LOANS.regimes:
        _, present = losses_given_default(ARRANGED_PRODUCT, regime, "base", 1)
        assert 1.0 - present[:, 0] == pytest.approx(regime.recovered * worth)


def test_a_write_off_makes_no_jump_but_the_interest_of_the_month_it_ends(tapes: Frames) -> None:
    """The third month in default, the last before a write-off on its last day: what is left of the loan net of its loss, and
    what is expected then, discounted at the rates of the loans on the tape (IFRS 9 B5.5.44).
    """
    mean = tapes[2022].group_by("segment").agg(pl.col("annual_rate").mean() / 12)
    rates = dict(mean.iter_rows())
    rate = np.array([rates[segment] for segment in OWN_LOANS.segments])
    for regime in OWN_LOANS.regimes:
        _, lost = losses_given_default(OWN_PRODUCT, regime, "base", 3)
        before = (1.0 - lost[:, 2]) * (1.0 + rate * (90 / DAYS_PER_MONTH + 1 + 2))
        after = discounted(remaining_recoveries(regime), rate)[:, 0]
        assert after / before - 1.0 == pytest.approx(rate, abs=0.006)


def test_curve_files_are_complete(example: ExampleFiles) -> None:
    """The readers refuse a gap, a key given twice and a probability out of bounds."""
    folder = example.folder / "curves"
    names = ("prepayment", "hazard", "loss_given_default")
    for place in (folder, folder / "guarantees"):
        recovery = folder / "recovery.csv" if place == folder else None
        curves = read_curves(*(place / f"{name}.csv" for name in names), recovery, VERSIONS)
        market = OWN_LOANS if place == folder else GUARANTEED_LOANS
        assert curves.segments == tuple(sorted(market.segments))
        assert curves.ratings == tuple(sorted(RATINGS))
        assert set(curves.scenarios) == set(SCENARIOS)
        assert curves.versions == VERSIONS
    losses = read_fee_losses(folder / "guarantees" / "fee_loss.csv", GUARANTEED_LOANS.segments, VERSIONS)
    assert losses.versions == VERSIONS
    for place, regime in enumerate(GUARANTEED_LOANS.regimes):
        of_all, of_earned = fee_losses(regime)
        assert losses.loss_rate[place] == pytest.approx(of_all, abs=1e-6)
        assert losses.earned_loss_rate[place] == pytest.approx(of_earned, abs=1e-6)
    assert set(read_forfeitures(folder / "awards" / "forfeiture.csv", VERSIONS).functions) == set(FUNCTIONS)


def test_words_are_those_of_the_tapes() -> None:
    assert guarantee_tape.STATUSES == GUARANTEE_STATUSES
    assert set(award_tape.FUNCTIONS) == set(FUNCTIONS)
    assert set(AWARD_EVENT_KINDS) < set(award_tape.AWARD_EVENT_KINDS)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExampleFiles]:
    """A lender large enough to count who defaulted."""
    yield write_example(tmp_path_factory.mktemp("large"), loans=40_000, guarantees=40_000)


@PRODUCTS
def test_who_is_on_book_after_a_year_is_whom_the_curves_leave(large: ExampleFiles, product: Product) -> None:
    """Contracts current at the end of 2021 with a year or more to run: neither defaulted nor prepaid in 2022."""
    tapes = large.tapes if product is OWN_PRODUCT else large.guarantees
    opening, closing = (pl.read_parquet(tapes[date(year, 12, 31)]) for year in (2021, 2022))
    watched = opening.filter(
        (pl.col("status") == "on_book") & (pl.col("days_past_due") == 0) & (pl.col("maturity_date") > date(2022, 12, 31))
    )
    after = watched.join(closing.select("contract_id", "status", "default_date"), on="contract_id", suffix="_later")
    assert after.height == watched.height > 1_000
    regime, segments = product.market.regimes[0], product.market.segments
    hazard, performing = table(product, regime, months=12)
    staying = 0.0
    for row in after.to_dicts():
        place, rating = segments.index(row["segment"]), RATINGS.index(row["rating"])
        months_on_book = max(0, 13 - row["first_payment_date"].month)
        prepaid = regime.prepay[place, months_on_book : months_on_book + 12]
        staying += np.prod(1.0 - hazard[place, rating, 0] - prepaid * performing[place, rating, 0])
    there = after.filter((pl.col("status_later") == "on_book") & pl.col("default_date_later").is_null()).height
    assert abs(there - staying) < 4.0 * (staying * (1.0 - staying / after.height)) ** 0.5


@pytest.mark.parametrize("year", [2022, 2023])
def test_plans_are_complete(example: ExampleFiles, tapes: Frames, guarantees: Frames, year: int) -> None:
    plan = read_plan(example.plans[year], DECLARED)
    assert (plan.period.opening, plan.period.closing) == (date(year - 1, 12, 31), date(year, 12, 31))
    assert plan.opening.source == ("prior_run" if year == 2023 else "opening_tape")
    assert plan.tapes.kinds == ("loans", "guarantees", "awards")
    named = [*files_in(tomllib.loads(example.plans[year].read_text(encoding="utf-8")))]
    assert len(named) == 22
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
    keys = {"recovery.csv": 3, "guarantees/fee_loss.csv": 3, "awards/forfeiture.csv": 2, "hazard.csv": 6}
    for name, columns in keys.items():
        with (example.folder / "curves" / name).open(encoding="utf-8", newline="") as file:
            rows = [tuple(row.values())[:columns] for row in csv.DictReader(file)]
        assert len(rows) == len(set(rows))
        assert {row[0] for row in rows} == {version.isoformat() for version in VERSIONS}
