"""A whole close of small contracts against enumeration: every path of every loan and guarantee, to the minor unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest

from gaapbridge.example import write_example
from gaapbridge.period_close import close
from gaapbridge.reperform.exact import NEAR_HALF
from gaapbridge.reperform.run import reperform
from tests.parity.awkward_facts import replace_rows, write_plan
from tests.parity.enumerated_facts import (
    BUCKETS,
    CALLED_EARLY,
    CLOSING,
    INTEREST,
    LOSS,
    OF_GUARANTEES,
    OF_LOANS,
    SEGMENTS,
    VALID_FROM,
    Standing,
    facts_of,
    hazard_rows,
    loss_rows,
    lost,
    prepayment_rows,
    standings,
)
from tests.parity.enumeration import Borrower
from tests.parity.run_facts import write_csv

OPENING, SCENARIO, INSTALMENTS, DIGITS = date(2022, 12, 31), "base", 4, 17
SHARE = Fraction(4, 5)
PAID_OUT = {30: CALLED_EARLY, 16: OF_GUARANTEES, 1: replace(OF_GUARANTEES, days_at_recognition=60)}
"""Guarantees are paid out at the trigger of their segment: at 31, 62 and 60 days."""

ELECTIONS: dict[str, dict[str, str]] = {
    "undiscounted, interest at the instant": {"us_method": '"pd_lgd"', "nonaccrual_days_past_due": "120"},
    "discounted, interest reversed by day 90": {"us_method": '"dcf"', "nonaccrual_days_past_due": "90"},
    "discounted, interest lost whole": {
        "us_method": '"dcf"',
        "nonaccrual_days_past_due": "120",
        "us_dcf_lost_interest": '"whole"',
    },
}
COMMON = {
    "default_timeline": '"first_missed"',
    "us_scenarios": "[{ valid_from = 2020-01-01, base = 1.0 }]",
    "ifrs_scenarios": "[{ valid_from = 2020-01-01, base = 1.0 }]",
    "us_historical_scenario": '"base"',
    "us_dcf_lost_interest": '"at_loss_given_default"',
    "payout_days_past_due": f"{{ {', '.join(f'due-{day} = {one.days_at_recognition}' for day, one in PAID_OUT.items())} }}",
    "us_guarantee_discount": '"contract_rate"',
    "guarantee_discount_rate": "[{ valid_from = 2020-01-01, value = 0.0 }]",
}


@pytest.fixture(scope="module")
def small_contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example lender with small contracts of every age and bucket on its closing tapes, and their borrowers' curves."""
    folder = tmp_path_factory.mktemp("enumerated")
    write_example(folder, loans=60)
    tapes, curves = folder / "tapes", folder / "curves"
    loan, guarantee, fee = (
        parquet.read_table(tapes / f"{name}-{CLOSING}.parquet").slice(0, 1).to_pylist()[0]
        for name in ("loans", "guarantees", "guarantee-fees")
    )
    for name, row in (("loans", loan), ("guarantees", guarantee), ("guarantee-fees", fee)):
        replace_rows(tapes / f"{name}-{OPENING}.parquet", [{**row, "segment": SEGMENTS[0]} if "segment" in row else row])
    replace_rows(tapes / "events-2023.parquet", [])
    replace_rows(tapes / f"loans-{CLOSING}.parquet", [on_tape(loan, name, one) for name, one in loans()])
    replace_rows(
        tapes / f"guarantees-{CLOSING}.parquet",
        [{**on_tape(guarantee, name, one), "guaranteed_share": float(SHARE)} for name, one in guarantees()],
    )
    replace_rows(tapes / f"guarantee-fees-{CLOSING}.parquet", [{**fee, "contract_id": name} for name, _ in guarantees()])
    write_curves(curves, dict.fromkeys(PAID_OUT, OF_LOANS))
    recovered = {"valid_from": VALID_FROM, "months_since_write_off": 0, "remaining_recovery_ratio": 0}
    write_csv(curves / "recovery.csv", [{**recovered, "segment": one} for one in SEGMENTS])
    write_curves(curves / "guarantees", PAID_OUT)
    losses = [
        {"valid_from": VALID_FROM, "segment": one, "bucket": late, "loss_rate": 0.1, "earned_loss_rate": 0.02}
        for one in SEGMENTS
        for late in BUCKETS
    ]
    write_csv(curves / "guarantees" / "fee_loss.csv", losses)
    return folder


def write_curves(folder: Path, borrowers: Mapping[int, Borrower]) -> None:
    """The tables of one kind of contract, by borrowers of each segment; what is lost is the same at any time."""
    hazards = [row for day, one in borrowers.items() for row in hazard_rows(one, SCENARIO, 9, DIGITS, (day,))]
    write_csv(folder / "hazard.csv", hazards)
    write_csv(folder / "prepayment.csv", [row for day, one in borrowers.items() for row in prepayment_rows(one, (day,))])
    write_csv(folder / "loss_given_default.csv", loss_rows(SCENARIO))


def loans() -> Iterator[tuple[str, Standing]]:
    for number, one in enumerate(standings(OF_LOANS, instalments=INSTALMENTS)):
        yield f"L{number:03}", one


def guarantees() -> Iterator[tuple[str, Standing]]:
    number = 0
    for day, borrower in PAID_OUT.items():
        for one in standings(borrower, instalments=INSTALMENTS, days_due=(day,)):
            yield f"G{number:03}", one
            number += 1


def on_tape(like: dict[str, Any], name: str, one: Standing) -> dict[str, Any]:
    """The row of a contract on book without fees, costs or history."""
    blank = dict.fromkeys((column for column in like if column.endswith("_date") or column == "stand_ready_minor"), None)
    nil = dict.fromkeys((column for column in like if column.endswith("_minor") and column not in blank), 0)
    row = {**like, **blank, **nil, "contract_id": name, "status": "on_book", "loan_id": f"F{name}", **facts_of(one)}
    return {column: row[column] for column in like} | {"annual_rate": float(12 * INTEREST)}


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("name", list(ELECTIONS))
def test_every_allowance_is_what_the_paths_lose(small_contracts: Path, name: str) -> None:
    chosen = {**COMMON, **ELECTIONS[name]}
    run = close(write_plan(small_contracts / "plan.toml", str(list(ELECTIONS).index(name)), chosen))
    at_contract_rate = 1 / (1 + INTEREST)
    us = {
        "discount": at_contract_rate if chosen["us_method"] == '"dcf"' else Fraction(1),
        "of_interest": Fraction(1) if chosen["us_dcf_lost_interest"] == '"whole"' else LOSS,
    }
    us_interest = "at_the_instant" if chosen["nonaccrual_days_past_due"] == "120" else "none"
    measured = {
        kind: {row["contract_id"]: row for row in parquet.read_table(run.folder / "measurements" / kind).to_pylist()}
        for kind in ("loans", "guarantees")
    }
    for contract_id, one in loans():
        row, facts = measured["loans"][contract_id], facts_of(one)
        agree(row["us_loss_allowance"], lost(OF_LOANS, one, facts, interest=us_interest, **us))
        agree(row["ifrs_loss_allowance"], lost(OF_LOANS, one, facts, interest="to_recognition", discount=at_contract_rate))
    for contract_id, one in guarantees():
        row, facts, borrower = measured["guarantees"][contract_id], facts_of(one), PAID_OUT[one.day_due]
        agree(row["us_loss_allowance"], SHARE * lost(borrower, one, facts, interest="to_recognition", **us))
        agree(row["ifrs_loss_allowance"], SHARE * lost(borrower, one, facts, interest="to_recognition", discount=Fraction(1)))
    assert len(measured["loans"]) > 100 and len(measured["guarantees"]) > 60
    assert reperform(run.folder, sample=None).disagreements == ()


def agree(measured: int, paths: Fraction) -> None:
    """A measured amount is the enumerated one to the nearest unit, halves either way."""
    assert abs(measured - paths) <= Fraction(1, 2) + Fraction(Decimal(NEAR_HALF)), (measured, float(paths))
