"""Conventions that are not measured: refused by name on the tape that states them, and the remedy named does away with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.period_close import close
from gaapbridge.plan import read_plan
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.starter import OwnFiles, write_starter
from gaapbridge.terms.errors import UnusableInput

LOANS, AWARDS, TRANCHES = "loans-2023-12-31.csv", "awards.csv", "award-tranches.csv"


def changed(folder: Path, name: str, contract: str, **cells: str) -> None:
    path = folder / "tapes" / name
    tape = pl.read_csv(path, infer_schema=False)
    tape = tape.with_columns(pl.lit(None, pl.String).alias(column) for column in cells if column not in tape.columns)
    of_it = pl.col(tape.columns[0]) == contract
    tape.with_columns(
        pl.when(of_it).then(pl.lit(cell)).otherwise(column).alias(column) for column, cell in cells.items()
    ).write_csv(path)


def closed(folder: Path) -> tuple[Run, list[tuple[Any, ...]]]:
    plan = folder / "plan.toml"
    text = plan.read_text().replace("rejected_rows = 0", "rejected_rows = 99")
    plan.write_text(text.replace("rejected_principal_minor = 0", "rejected_principal_minor = 999999999"))
    run = close(plan)
    rejects = pl.read_csv(run.folder / "rejects.csv", infer_schema=False)
    return run, rejects.select("column", "value", "rule", "remedy").rows()


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("word", ["actual/365", "Actual/360", "ACT/ACT"])
def test_interest_by_days_is_refused_and_a_word_for_what_is_measured_is_explained(starter_copy: Path, word: str) -> None:
    changed(starter_copy, LOANS, "LOAN-2", day_count=word)
    _, rejects = closed(starter_copy)
    assert rejects[0] == (
        "day_count",
        word,
        "day_count is 30/360: every month bears a twelfth of annual_rate, a broken one by its days; no other is measured",
        "take the contract off the tapes and measure it apart; where your word means 30/360, say so in "
        "read.values.day_count of the plan",
    )
    plan = starter_copy / "plan.toml"
    read = f'\n[tapes.loans.read.values.day_count]\n"{word}" = "30/360"\n'
    plan.write_text(plan.read_text().replace("[tapes.loans.control.closing]", read + "\n[tapes.loans.control.closing]"))
    run, rejects = closed(starter_copy)
    assert rejects == []
    assert run.measurement("loans", "LOAN-2") is not None
    assert reperform(run.folder, sample=None).differences == ()


def test_the_day_count_of_a_file_of_its_own_is_read_and_not_ignored(tmp_path: Path) -> None:
    header = "Account No,Product,CCY,Issue Date,First Due Date,Loan Amount,Int Rate,Term,Repayment Method,Current Balance,DPD"
    loan = "A-1,consumer,CNY,2023-03-16,2023-04-16,120000.00,0.12,12,level,31356.40,0"
    file = tmp_path / "loans-2023-12-31.csv"
    file.write_text(f"{header},Day Count\n{loan},Actual/360\n", encoding="utf-8")
    plan = write_starter(tmp_path / "mine", OwnFiles(loans=(file,))).plan
    assert read_plan(plan, DECLARED).tapes.loans.columns["day_count"] == "Day Count"
    with pytest.raises(UnusableInput, match=re.escape("day_count is 30/360")):
        close(plan)


@pytest.mark.campaign
def test_a_contract_taken_off_the_tapes_is_no_longer_refused(starter_copy: Path) -> None:
    changed(starter_copy, LOANS, "LOAN-2", payment_frequency="quarterly")
    _, rejects = closed(starter_copy)
    assert rejects[0][:3] == (
        "payment_frequency",
        "quarterly",
        "payment_frequency is monthly: instalments fall due a month apart; no other is measured",
    )
    for name in (LOANS, "loan-payments-2023.csv"):
        path = starter_copy / "tapes" / name
        pl.read_csv(path, infer_schema=False).filter(pl.col("contract_id") != "LOAN-2").write_csv(path)
    run, rejects = closed(starter_copy)
    assert rejects == []
    assert run.measurement("loans", "LOAN-2") is None


@pytest.mark.campaign
def test_instalments_three_months_apart_are_seen_from_the_maturity(starter_copy: Path) -> None:
    """Twelve instalments from 16 April 2023 to 16 January 2026: no month apart, and not measured as if they were."""
    changed(starter_copy, LOANS, "LOAN-2", maturity_date="2026-01-16")
    _, rejects = closed(starter_copy)
    assert rejects[0][0] == "maturity_date"
    assert rejects[0][3].endswith(
        "take a contract whose instalments do not fall due a month apart off the tapes, it is not measured"
    )


@pytest.mark.campaign
def test_service_from_before_the_grant_is_refused_and_what_is_vested_then_stated(starter_copy: Path) -> None:
    """The first tranche's service began before the grant; vested at the grant, it costs its whole value on that day."""
    award = pl.read_csv(starter_copy / "tapes" / AWARDS, infer_schema=False).row(0, named=True)
    changed(starter_copy, AWARDS, award["award_id"], vesting_start_date="2020-01-01")
    _, rejects = closed(starter_copy)
    assert rejects[0][:2] == ("vesting_start_date", f"2020-01-01 (grant_date {award['grant_date']})")
    changed(starter_copy, AWARDS, award["award_id"], vesting_start_date="")
    tranches = starter_copy / "tapes" / TRANCHES
    tape = pl.read_csv(tranches, infer_schema=False)
    vested = tape.head(1).with_columns(tranche=pl.lit("vested"), vesting_date=pl.lit(award["grant_date"]), units=pl.lit("100"))
    before, _ = closed(starter_copy)
    pl.concat([tape, vested]).write_csv(tranches)
    run, rejects = closed(starter_copy)
    assert rejects == []
    worth = round(100 * float(award["fair_value_per_unit"]) * 100)
    rows = [one.measurement("awards", award["award_id"]) for one in (before, run)]
    assert rows[0] is not None and rows[1] is not None
    assert rows[1]["ifrs_cumulative_cost"] - rows[0]["ifrs_cumulative_cost"] == worth
    assert reperform(run.folder, sample=None).differences == ()


@pytest.mark.campaign
def test_a_tranche_that_vests_before_the_grant_is_refused_and_vests_on_it(starter_copy: Path) -> None:
    award = pl.read_csv(starter_copy / "tapes" / AWARDS, infer_schema=False).row(0, named=True)
    path = starter_copy / "tapes" / TRANCHES
    tape = pl.read_csv(path, infer_schema=False).with_row_index("place")
    first = pl.col("place") == 0
    for day in ("2019-12-31", award["grant_date"]):
        tape.with_columns(pl.when(first).then(pl.lit(day)).otherwise("vesting_date").alias("vesting_date")).drop(
            "place"
        ).write_csv(path)
        _, rejects = closed(starter_copy)
        assert bool(rejects) == (day != award["grant_date"])
        if rejects:
            assert (
                rejects[0][3] == "give units that are vested at the grant the grant date; else correct the date that is wrong"
            )
