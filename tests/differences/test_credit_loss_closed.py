"""Note (i) in closes of the example lender: curves in force on the day, recoveries received, probation, what R7 tolerates."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.differences.expected_credit_loss import ifrs, us_gaap
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.treatment import Credit
from gaapbridge.example import ExampleFiles
from gaapbridge.measure import kernels
from gaapbridge.period_close import close
from gaapbridge.plan.read import read_plan
from gaapbridge.run import Run

NOTE = "expected_credit_loss"
OWED = 1_000


def closed(lender: ExampleFiles, name: str, *replacements: tuple[str, str]) -> Run:
    """The first year closed again for an entity of its own, with some of the plan's text replaced."""
    text = lender.plans[2022].read_text(encoding="utf-8")
    for old, new in (('"Example Lender"', f'"{name}"'), *replacements):
        assert old in text, old
        text = text.replace(old, new)
    plan = lender.folder / f"plan-{name}.toml"
    plan.write_text(text, encoding="utf-8")
    return close(plan)


def allowances(run: Run, kind: str, contracts: pl.Series) -> pl.DataFrame:
    """Allowances of some contracts under both frameworks, at both instants."""
    columns = ["contract_id", *(f"{state}{side}_loss_allowance" for state in ("opening_", "") for side in ("us", "ifrs"))]
    return run.measurements(kind).select(columns).filter(pl.col("contract_id").is_in(contracts)).collect()


@pytest.mark.campaign
def test_curves_that_start_on_the_balance_date_are_in_force_on_it(lender: ExampleFiles) -> None:
    """A version dated 31 December 2022 measures that day's balance as one of the day before does; one of 2023 does not."""
    runs = {}
    for first_day in ("2022-12-30", "2022-12-31", "2023-01-01"):
        shutil.copytree(lender.folder / "curves", lender.folder / f"curves-{first_day}")
        for path in (lender.folder / f"curves-{first_day}").rglob("*.csv"):
            path.write_text(path.read_text().replace("2023-10-01", first_day))
        runs[first_day] = closed(lender, f"from {first_day}", ('"curves/', f'"curves-{first_day}/'))
    for kind in ("loans", "guarantees"):
        tape = pl.read_parquet(lender.folder / "tapes" / f"{kind}-2022-12-31.parquet")
        before = tape.filter(pl.col("origination_date") < date(2022, 12, 30))["contract_id"]
        day_before, on_the_day, after = (allowances(run, kind, before) for run in runs.values())
        assert on_the_day.height > 100
        assert on_the_day.equals(day_before)
        opening = ["opening_us_loss_allowance", "opening_ifrs_loss_allowance"]
        assert on_the_day.select(opening).equals(after.select(opening)), "the opening keeps its own curves"
        assert not on_the_day.equals(after)


def test_a_score_that_worsened_puts_a_contract_into_stage_2(lender: ExampleFiles, years: list[Run]) -> None:
    """The probability test fires for contracts on time whose score is worse than it was; switched off, they are in stage 1."""
    without = closed(lender, "No probability test", ("value = 2.5", "value = 1000"))
    moved = 0
    for kind in ("loans", "guarantees"):
        tape = pl.read_parquet(lender.folder / "tapes" / f"{kind}-2022-12-31.parquet")
        told = tape.select("contract_id", "days_past_due", "rating", "rating_at_origination", "watch_list", "forborne")
        stages = (run.measurements(kind).select("contract_id", "stage_closing").collect() for run in (years[0], without))
        tested, untested = stages
        both = told.join(tested, on="contract_id").join(untested, on="contract_id", suffix="_without")
        fired = both.filter(pl.col("stage_closing") != pl.col("stage_closing_without"))
        assert set(fired["stage_closing"]) <= {2} and set(fired["stage_closing_without"]) <= {1}
        on_time = fired.filter(pl.col("days_past_due") == 0)
        assert (on_time["rating"] != on_time["rating_at_origination"]).all() and set(on_time["rating"]) <= {"weak"}
        left = both.filter((pl.col("stage_closing_without") == 2) & (pl.col("days_past_due") < 30))
        assert left.filter(~pl.col("watch_list") & ~pl.col("forborne")).height == 0
        moved += on_time.height
    assert moved > 5


def test_recoveries_expected_of_a_loan_are_not_above_what_is_still_owed(lender: ExampleFiles, years: list[Run]) -> None:
    """All but 1,000 of each loan written off is recovered: no more than 1,000 is still expected (326-20-30-1)."""
    first = years[0].measurements("loans").collect()
    hopeful = first.filter(pl.col("path") == "written_off", pl.col("us_expected_recoveries") > OWED)
    assert hopeful.height > 5
    received = pl.col("principal_written_off") - pl.col("recoveries_received") - OWED
    events = pl.read_parquet(lender.folder / "tapes/events-2022.parquet")
    more = hopeful.select("contract_id", event_date=date(2022, 12, 31), kind=pl.lit("recovery"), amount_minor=received)
    pl.concat([events, more]).write_parquet(lender.folder / "tapes/events-recovered.parquet")
    run = closed(lender, "Recovered loans", ("tapes/events-2022", "tapes/events-recovered"))
    _only_what_is_owed_is_expected(run, "loans", hopeful, "expected_recoveries", {"us": OWED, "ifrs": OWED})


@pytest.mark.campaign
def test_recoveries_expected_of_a_guarantee_are_not_above_what_is_still_owed(lender: ExampleFiles, years: list[Run]) -> None:
    """Paid out, and all but 1,000 of it recovered since: both frameworks expect what is left at most."""
    first = years[0].measurements("guarantees").collect()
    hopeful = first.filter(pl.col("path") == "written_off", pl.col("ifrs_recoveries_receivable") > OWED)
    assert hopeful.height > 5
    tape = pl.read_parquet(lender.folder / "tapes/guarantees-2022-12-31.parquet")
    recovered = pl.when(pl.col("contract_id").is_in(hopeful["contract_id"])).then(pl.col("paid_out_minor") - OWED)
    tape = tape.with_columns(recovered_minor=recovered.otherwise(pl.col("recovered_minor")))
    tape.write_parquet(lender.folder / "tapes/guarantees-recovered.parquet")
    run = closed(lender, "Recovered guarantees", ("tapes/guarantees-2022-12-31", "tapes/guarantees-recovered"))
    _only_what_is_owed_is_expected(run, "guarantees", hopeful, "recoveries_receivable", {"us": OWED, "ifrs": OWED})


def _only_what_is_owed_is_expected(
    run: Run, kind: str, hopeful: pl.DataFrame, component: str, expected: dict[str, int]
) -> None:
    table = run.measurements(kind).collect().filter(pl.col("contract_id").is_in(hopeful["contract_id"]))
    assert table.height == hopeful.height
    assert set(table["principal_written_off"] - table["recoveries_received"]) == {OWED}
    for side, amount in expected.items():
        assert set(table[f"{side}_{component}"]) == {amount}
    assert [check.id for check in run.listed.checks if check.id.startswith(("R5", "R10b", "R11")) and not check.holds] == []


def test_what_is_still_owed_bounds_expected_recoveries(answers: Elections) -> None:
    """1,000 written off, 40 % still recoverable and worth 38 %: 400 and 380, or the 300 that are owed once 700 were received.

    Under IFRS that is an asset which bears interest at the effective rate; or nothing is left of it, by election.
    """
    written_off, remaining, discounted = (np.array([each, each]) for each in (1_000.0, 0.4, 0.38))
    owed = np.array([1_000.0, 300.0])
    rate, given = np.array([0.01, 0.01]), (written_off, remaining, discounted, owed)
    nil, kept = (replace(answers, ifrs_after_write_off=answer) for answer in ("nil", "expected_recoveries"))
    for answer in (nil, kept):
        assert us_gaap.expected_recoveries(*given, answer).tolist() == [400.0, 300.0]
    assert ifrs.expected_recoveries(*given, kept).tolist() == [380.0, 300.0]
    assert ifrs.expected_recoveries(*given, nil).tolist() == [0.0, 0.0]
    expected = np.array([380.0, 300.0])
    assert ifrs.interest_on_recoveries(rate, expected, kept) == pytest.approx([3.8, 3.0])
    for side, elected in ((ifrs, nil), (us_gaap, nil), (us_gaap, kept)):
        assert side.interest_on_recoveries(rate, expected, elected).tolist() == [0.0, 0.0]


@pytest.fixture
def answers(lender: ExampleFiles) -> Elections:
    """The elections of the lender's first year."""
    return Elections.of(read_plan(lender.plans[2022], DECLARED).closing_answers[NOTE])


def test_probation_ends_on_the_last_of_its_days(lender: ExampleFiles) -> None:
    """90 days after curing: the 89th is in probation, the 90th is not (IFRS 9 5.5.7); uncured and 90 days late is default."""
    answers = Elections.of(read_plan(lender.plans[2022], DECLARED).closing_answers[NOTE])
    assert (answers.cure_probation_days, answers.default_days_past_due) == (90, 90)
    day = np.datetime64("2022-12-31")
    cured = np.array([day - 89, day - 90, "NaT", "NaT", "NaT"], dtype="datetime64[D]")
    defaulted = np.array(["2022-01-31", "2022-01-31", "2022-01-31", "NaT", "NaT"], dtype="datetime64[D]")
    late = np.array([0, 0, 0, 89, 90])
    no, nil = np.zeros(5, dtype=bool), np.zeros(5)
    credit = Credit(
        guaranteed=False,
        instant=np.full(5, day),
        days_past_due=late,
        default_days=np.full(5, 90),
        default_date=defaulted,
        cured_date=cured,
        watch_list=no,
        forborne=no,
        pd_now=nil,
        pd_at_origination=nil,
        pd_12m=nil,
    )
    assert ifrs.in_probation(credit, answers).tolist() == [True, False, False, False, False]
    assert ifrs.in_default(credit, answers).tolist() == [False, False, True, False, True]


def test_r7_allows_half_a_minor_unit_for_each_rounding_and_no_more(years: list[Run], tables: dict[str, Path]) -> None:
    """A component of a loan in each of two notes is quoted inclusive of tax, four of a guarantee: each is rounded once.

    Those of guarantees all but cancel out, so that what may differ is held against the tax inside the stand-ready liability.
    """
    closed = {kind: pl.read_parquet(tables[kind]) for kind in ("loans", "guarantees")}
    on_book = {kind: int(table["closing_on_book"].sum()) for kind, table in closed.items()}
    checks = {check.id: check for check in years[-1].listed.checks if check.check == "R7"}
    roundings_of = {"ecl": on_book["loans"], "eir": on_book["loans"], "fg": 4 * on_book["guarantees"]}
    for column, roundings in roundings_of.items():
        check = checks[f"R7/bs-2023/{column}"]
        assert check.tolerance == (roundings + 1) // 2
        of_one = closed["guarantees"]["closing_vat_stand_ready"].sum() if column == "fg" else check.expected
        assert 0 < check.tolerance < abs(of_one) or column == "ecl", "none of its interest is taxed yet"
        assert not replace(check, actual=check.expected + check.tolerance + 1).holds


@pytest.mark.parametrize(("peak", "repaid"), [(2_000.0, True), (2_000.01, False)])
def test_a_balance_may_double_and_no_more(peak: float, repaid: bool) -> None:
    """1,000 lent: instalments that let it grow to 2,000 and repay it do; beyond that no instalment repays it."""
    assert kernels.outgrows(np.array([1_000.0, 1_500.0, peak, 900.0, 0.0]), 4) is not repaid
