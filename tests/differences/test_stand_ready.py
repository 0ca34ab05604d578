"""Fair values at inception measured as the plan elects, against the definition worked out month by month."""

from __future__ import annotations

import csv
import math
import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.starter import write_starter

TRIAL_BALANCE = re.compile(r"\n\[trial_balance\].*?\n(?=\n\[)", re.DOTALL)
RATE, MARGIN = 0.05, 0.1
FEES, FEE = 12 * 31_000, 31_000


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def closed(folder: Path, **answers: str) -> tuple[Path, Run]:
    """The starter's lender, no fair value on its tapes and no ledger, with some answers replaced; 2023 on both tapes."""
    plan = write_starter(folder / "lender").plan
    text = TRIAL_BALANCE.sub("\n", plan.read_text(encoding="utf-8"))
    for name, answer in {"stand_ready_discount_rate": dated(RATE), "stand_ready_margin": dated(MARGIN), **answers}.items():
        text, replaced = re.subn(rf"(?m)^{name} = .*$", f"{name} = {answer}", text)
        assert replaced == 1, name
    plan.write_text(text, encoding="utf-8")
    for path in (plan.parent / "tapes").glob("guarantees-*.csv"):
        pl.read_csv(path).with_columns(stand_ready_minor=pl.lit(None, pl.Int64)).write_csv(path)
    return plan.parent, close(plan)


def dated(*values: float | str, since: tuple[str, ...] = ("2020-01-01", "2023-01-01")) -> str:
    """An estimate in versions, each from its day on."""
    versions = zip(since, values, strict=False)
    return f"[{', '.join(f'{{ valid_from = {day}, value = {value} }}' for day, value in versions)}]"


def inception(run: Run) -> dict[str, int]:
    """What each guarantee came in with: the stand-ready liability at the opening, or the inception of the period."""
    table = run.measurements("guarantees").collect()
    return dict(zip(table["contract_id"], table["us_inception"], strict=True))


def rounded(amount: float) -> int:
    return math.floor(amount + 0.5)


@pytest.mark.campaign
def test_nominal_fees_are_their_sum(tmp_path: Path) -> None:
    _, run = closed(tmp_path, stand_ready_measurement='"nominal_fees"')
    assert inception(run)["GUARANTEE-2"] == FEES
    assert [check.id for check in run.listed.checks if not check.holds] == [] and run.listed.findings == ()


def test_discounted_fees_are_discounted_from_their_due_dates(tmp_path: Path) -> None:
    """Twelve fees in advance, the first on the day of origination, at 5 % on actual/365."""
    folder, run = closed(tmp_path, stand_ready_measurement='"discounted_fees"')
    fees = [row for row in rows_of(folder / "tapes/guarantee-fees-2023-12-31.csv") if row["contract_id"] == "GUARANTEE-2"]
    days = [(date.fromisoformat(row["due_date"]) - date(2023, 6, 15)).days for row in fees]
    assert len(days) == 12 and days[0] == 0
    expected = rounded(sum(FEE / (1 + RATE) ** (one / 365) for one in days))
    assert FEES * 0.97 < expected < FEES
    assert inception(run)["GUARANTEE-2"] == expected
    assert [check.id for check in run.listed.checks if not check.holds] == [] and run.listed.findings == ()


def expected_payouts(folder: Path) -> float:
    """sum S h LGD EAD v^t of GUARANTEE-2 as it began: 120,000.00 at 1 % a month in twelve equal parts of principal.

    Paid out 61 days past due, so with the third instalment after the one missed: a payout of month t lost what was owed three
    months before, and four months' interest.
    """
    curves = folder / "curves"
    hazards = [
        row
        for row in rows_of(curves / "guarantees-hazard.csv")
        if (row["scenario"], row["bucket"], row["segment"]) == ("base", "current", "guaranteed")
    ]
    leaving = [float(row["single_monthly_mortality"]) for row in rows_of(curves / "guarantees-prepayment.csv")]
    (loss,) = [
        float(row["lgd_discounted"])
        for row in rows_of(curves / "guarantees-loss-given-default.csv")
        if (row["scenario"], row["months_since_default"]) == ("base", "0")
    ]
    principal, months, lag, total, alive = 12_000_000, 12, 3, 0.0, 1.0
    for month in range(1, months + lag + 1):
        row: dict[str, Any] = hazards[min(month, len(hazards)) - 1]
        missed = min(max(month - lag - 1, 0), months - 1)
        owed = principal * (months - missed) / months
        interest = principal * 0.01 * month if missed == 0 else owed * 0.01 * (lag + 1)
        hazard = float(row["hazard"])
        total += alive * hazard * loss * (owed + interest) / (1 + RATE) ** (month / 12)
        alive *= 1 - hazard - leaving[min(month, len(leaving)) - 1] * float(row["performing"])
    return total


def test_expected_payouts_are_those_of_a_contract_that_begins(tmp_path: Path) -> None:
    folder, run = closed(tmp_path, stand_ready_measurement='"expected_payouts_plus_margin"', us_supportable_months="480")
    expected = rounded((1 + MARGIN) * expected_payouts(folder))
    assert 0 < expected < FEES
    assert inception(run)["GUARANTEE-2"] == expected
    assert [check.id for check in run.listed.checks if not check.holds] == [] and run.listed.findings == ()


@pytest.mark.campaign
def test_a_guarantee_keeps_its_fair_value(tmp_path: Path) -> None:
    """GUARANTEE-1 began in 2022: its liability at the opening is its fair value released straight-line over 365 days."""
    folder, run = closed(tmp_path, stand_ready_measurement='"expected_payouts_plus_margin"', us_supportable_months="480")
    value = rounded((1 + MARGIN) * expected_payouts(folder))
    table = run.measurements("guarantees").collect().filter(pl.col("contract_id") == "GUARANTEE-1")
    elapsed = (date(2022, 12, 31) - date(2022, 4, 15)).days
    assert table["opening_us_stand_ready"].to_list() == [value - rounded(value * elapsed / 365)]


def test_a_later_margin_is_that_of_guarantees_made_since(tmp_path: Path) -> None:
    """From 2023 on half the margin: GUARANTEE-2 of June 2023 has it, GUARANTEE-1 of April 2022 keeps that of its day, at both
    instants, so that a fair value is never measured again (460-10-35-1)."""
    folder, run = closed(
        tmp_path,
        stand_ready_measurement='"expected_payouts_plus_margin"',
        us_supportable_months="480",
        stand_ready_margin=dated(MARGIN, MARGIN / 2),
    )
    value, later = (rounded((1 + margin) * expected_payouts(folder)) for margin in (MARGIN, MARGIN / 2))
    table = run.measurements("guarantees").collect().filter(pl.col("contract_id") == "GUARANTEE-1")
    elapsed = (date(2022, 12, 31) - date(2022, 4, 15)).days
    assert table["opening_us_stand_ready"].to_list() == [value - rounded(value * elapsed / 365)]
    assert inception(run)["GUARANTEE-2"] == later != value
    assert [check.id for check in run.listed.checks if not check.holds] == [] and run.listed.findings == ()


@pytest.mark.campaign
@pytest.mark.parametrize("margin", ["0", "10"])
def test_a_fair_value_above_the_fees_is_that_of_the_fees_and_a_finding(tmp_path: Path, margin: str) -> None:
    folder, run = closed(
        tmp_path,
        stand_ready_measurement='"expected_payouts_plus_margin"',
        us_supportable_months="480",
        stand_ready_margin=dated(margin),
    )
    expected = rounded((1 + float(margin)) * expected_payouts(folder))
    above = max(expected - FEES, 0)
    assert (above > 0) is (margin == "10")
    assert inception(run)["GUARANTEE-2"] == min(expected, FEES)
    found = {finding.name: finding.amount_minor for finding in run.listed.findings}
    assert found == ({"expected payouts above the fees": 2 * above} if above else {})
