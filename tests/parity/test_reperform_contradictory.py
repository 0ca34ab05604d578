"""Loans in default whose tapes contradict themselves, calculated again: both calculators read them alike.

Terms, days of default and cure, interest owed and received are drawn at random, whatever the borrower paid: no lender's tapes
are so, but every branch of what is owed from day to day is taken.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from tests.simulation.run_off import write_lender
from tests.simulation.test_paid_in_default import CLOSING, OPENING, TOLD

Row = dict[str, Any]


@pytest.mark.parametrize("payments", ["of principal and interest", "of principal alone", "none"])
def test_contradictory_defaults_are_read_alike(payments: str, tmp_path: Path) -> None:
    """Some forty loans of a hundred are in default at some time of the year; rows that no close takes are rejected."""
    plans = write_lender(tmp_path, instants=(OPENING, CLOSING), also=tuple(TOLD.values()), seed=2)
    contradict(tmp_path / "tapes", random.Random(payments))
    if payments == "of principal alone":
        for tape in (tmp_path / "tapes").glob("loan-payments-*.csv"):
            pl.read_csv(tape, infer_schema=False).drop("interest_minor").write_csv(tape)
    for plan in plans.values():
        text = re.sub(r"(?m)^(rejected_rows|rejected_principal_minor) = .*$", r"\1 = 100000000000", plan.read_text("utf-8"))
        if payments == "none":
            text = re.sub(r"(?m)^\[tapes\.payments\]\n(\w+ = .*\n)+", "", text)
        plan.write_text(text, encoding="utf-8")
    run = [close(plan) for plan in plans.values()][-1]
    taken = run.measurements("loans").select("ifrs_interest_on_allowance").collect().to_series()
    assert (taken != 0).sum() > 30
    found = reperform(run.folder, sample=None)
    assert [(one.contract_id, one.column, one.measured, one.calculated) for one in found.disagreements] == []


def contradict(tapes: Path, chance: random.Random) -> None:
    """Writes both tapes of loans anew, each contract with the same facts in both."""
    files = {day: tapes / f"loans-{day}.csv" for day in (OPENING, CLOSING)}
    rows = {day: pl.read_csv(file, infer_schema=False).to_dicts() for day, file in files.items()}
    stated = chance.random() < 0.5
    drawn = {contract: facts(chance) for contract in sorted({row["contract_id"] for one in rows.values() for row in one})}
    for day, file in files.items():
        pl.DataFrame(list(_drawn(rows[day], drawn, day, stated=stated)), infer_schema_length=None).write_csv(file)


def facts(chance: random.Random) -> Row:
    """What one contract is said to be."""
    default = date(2022, 6, 1) + timedelta(days=chance.randrange(540))
    return {
        "default": default,
        "cured": default + timedelta(days=chance.randrange(5, 300)) if chance.random() < 0.5 else None,
        "again": chance.random() < 0.3,
        "billed": [chance.randrange(5_000, 3_000_000) if chance.random() < 0.7 else 0 for _ in range(2)],
        "received": (chance.randrange(10**6), chance.randrange(10**6, 10**7)),
        "terms": {
            "repayment_type": chance.choice(["level", "level", "bullet", "equal_principal"]),
            "fees_received_minor": str(chance.choice([0, 100_000])),
            "service_fee_minor": str(chance.choice([0, 0, 1_234])),
            "costs_paid_minor": "0",
            "term_instalments": str(chance.choice([12, 18, 24, 36])),
            "instalment_minor": None,
            "maturity_date": None,
        },
        "unlisted": chance.random() < 0.1,
    }


def _drawn(rows: list[Row], drawn: dict[str, Row], day: date, *, stated: bool) -> Iterator[Row]:
    """The rows of a day with what was drawn; a tenth is missing at the opening."""
    for row in rows:
        one, last = drawn[row["contract_id"]], day == CLOSING
        if one["unlisted"] and not last:
            continue
        row |= {name: value for name, value in one["terms"].items() if name in row or value is not None}
        row |= {"billed_unpaid_interest_minor": str(one["billed"][last]), "default_date": None, "cured_date": None}
        left = date.fromisoformat(row["exit_date"]) if row.get("exit_date") else date.max
        if date.fromisoformat(row["origination_date"]) < one["default"] <= min(day, left - timedelta(days=1)):
            row["default_date"] = str(one["default"])
            if one["cured"] is not None and one["cured"] <= min(day, left - timedelta(days=1)):
                row |= {"cured_date": str(one["cured"]), "days_past_due": "120" if last and one["again"] else "0"}
        row.pop("interest_received_minor", None)
        yield row | ({"interest_received_minor": str(one["received"][last])} if stated else {})
