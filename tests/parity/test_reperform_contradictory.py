"""Loans in default whose tapes contradict themselves, calculated again: both calculators read them alike.

Terms, days of default and cure, interest owed and received are drawn at random, whatever the borrower paid: no lender's tapes
are so, but every branch of what is owed from day to day is taken.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.simulation.run_off import write_lender
from tests.simulation.test_paid_in_default import CLOSING, OPENING, TOLD

Row = dict[str, Any]


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("payments", ["of principal and interest", "of principal alone", "none"])
def test_contradictory_defaults_are_read_alike(payments: str, tmp_path: Path) -> None:
    """Some forty loans of a hundred are in default at some time of the year; rows that no close takes are rejected."""
    plans = write_lender(tmp_path, instants=(OPENING, CLOSING), also=tuple(TOLD.values()), seed=2)
    contradict(tmp_path / "tapes", random.Random(payments))
    if payments == "of principal alone":
        for tape in (tmp_path / "tapes").glob("loan-payments-*.csv"):
            pl.read_csv(tape, infer_schema=False).drop("interest_minor").write_csv(tape)
    for plan in plans.values():
        text = taking_all(plan)
        if payments == "none":
            text = re.sub(r"(?m)^\[tapes\.payments\]\n(\w+ = .*\n)+", "", text)
        plan.write_text(text, encoding="utf-8")
    measured = agreed([close(plan) for plan in plans.values()][-1])
    assert (measured["ifrs_interest_on_allowance"] != 0).sum() > 30


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("method", "lost", "nil"),
    [
        pytest.param("pd_lgd", ("0.004", "0.002"), 4, id="little lost"),
        pytest.param("pd_lgd", ("0.6", "0.5"), 0, marks=pytest.mark.campaign, id="much lost"),
        pytest.param("dcf", ("0.004", "0.002"), 6, marks=pytest.mark.campaign, id="cash flows"),
    ],
)
def test_what_is_deferred_in_default_is_read_alike(method: str, lost: tuple[str, str], nil: int, tmp_path: Path) -> None:
    """Large fees, tax in them, with costs or without; accrued until 150 days past due, or to a day of the lender's; repayments
    expected faster from the middle of the year on: an allowance takes all of what is deferred, a part of it, or nothing."""
    plans = write_lender(tmp_path, instants=(OPENING, CLOSING), also=tuple(TOLD.values()), seed=3)
    contradict(tmp_path / "tapes", random.Random(method), charged)
    for plan in plans.values():
        text = re.sub(r"(?m)^(nonaccrual_days_past_due = )90", r"\g<1>150", taking_all(plan))
        plan.write_text(re.sub(r'(?m)^(us_method = )"\w+"', rf'\1"{method}"', text), encoding="utf-8")
    losses, prepayment = tmp_path / "curves" / "loans-loss-given-default.csv", tmp_path / "curves" / "loans-prepayment.csv"
    of_loss = {name: pl.lit(share) for name, share in zip(("lgd_discounted", "lgd_undiscounted"), lost, strict=True)}
    pl.read_csv(losses, infer_schema=False).with_columns(**of_loss).write_csv(losses)
    before = pl.read_csv(prepayment, infer_schema=False)
    faster = (pl.col("single_monthly_mortality").cast(pl.Float64) * 2 + 0.01).round(6).cast(pl.String)
    since = pl.lit("2023-07-01").alias("valid_from")
    pl.concat([before, before.with_columns(since, faster)]).write_csv(prepayment)
    measured = agreed([close(plan) for plan in plans.values()][-1])
    in_default = measured.filter((pl.col("stage_closing") == 3) & (pl.col("ifrs_deferred_fees") != 0))
    assert (in_default["ifrs_loss_allowance"] == 0).sum() >= nil and in_default.height >= 10
    accrues = (pl.col("us_deferred_fees") + pl.col("us_deferred_costs") < 0) & (pl.col("us_accrued_interest") != 0)
    # Few, as a discount that US GAAP still accretes is taxed under neither framework; some, so that the tax is compared at all.
    assert (in_default.filter(accrues)["closing_vat_deferred_fees"] != 0).sum() >= 2


def taking_all(plan: Path) -> str:
    """The plan's text, with any number of rows rejected."""
    return re.sub(r"(?m)^(rejected_rows|rejected_principal_minor) = .*$", r"\1 = 100000000000", plan.read_text("utf-8"))


def agreed(run: Run) -> pl.DataFrame:
    """The loans measured, on all of which both calculators agree."""
    found = reperform(run.folder, sample=None)
    assert [(one.contract_id, one.column, one.measured, one.calculated) for one in found.disagreements] == []
    return run.measurements("loans").collect()


def contradict(tapes: Path, chance: random.Random, said: Callable[[random.Random], Row] | None = None) -> None:
    """Writes both tapes of loans anew, each contract with the same facts in both, as `facts` draws them or what is said."""
    files = {day: tapes / f"loans-{day}.csv" for day in (OPENING, CLOSING)}
    rows = {day: pl.read_csv(file, infer_schema=False).to_dicts() for day, file in files.items()}
    stated = chance.random() < 0.5
    drawn = {
        contract: (said or facts)(chance) for contract in sorted({row["contract_id"] for one in rows.values() for row in one})
    }
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


def charged(chance: random.Random) -> Row:
    """The same, with small fees or up to a fifth of the loan, and costs; some on non-accrual since a day."""
    drawn = facts(chance)
    drawn["terms"] |= {
        "fees_received_minor": str(chance.choice([100_000, 5_000_000, 20_000_000])),
        "costs_paid_minor": str(chance.choice([0, 0, 77_777, 2_000_000])),
        "nonaccrual_date": str(drawn["default"]) if chance.random() < 0.3 else "",
    }
    return drawn


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
