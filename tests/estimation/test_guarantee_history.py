"""Histories of guarantees: the example lender's own against its chances, and small ones by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import gaapbridge
from gaapbridge.assumptions.curve_tables import FEE_LOSS, HAZARD
from gaapbridge.assumptions.curves import open_table
from gaapbridge.example.market import GUARANTEED_LOANS
from gaapbridge.terms.errors import UnusableInput
from tests.estimation import example_truth as truth
from tests.estimation.example_history import PLAN, write_guarantees

DAYS = dict(zip(GUARANTEED_LOANS.segments, GUARANTEED_LOANS.default_days.tolist(), strict=True))


def write_plan(folder: Path, **stated: str) -> Path:
    """The plan of a history of guarantees, some of its text changed."""
    text = PLAN
    for old, new in stated.items():
        lines = [line for line in text.splitlines() if line.startswith(f"{old} =")]
        text = text.replace(lines[0], new)
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return folder / "plan.toml"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The history of 20,000 guarantees of the example lender, and the curves estimated from it."""
    folder = tmp_path_factory.mktemp("example")
    write_guarantees(folder, 20_000, 7)
    gaapbridge.estimate(write_plan(folder))
    return folder


VALIDATION = """[history.validation]
openings = [2022-08-31, 2022-09-30]
out_of_sample_known_at = 2023-09-30
window_months = 12
confidence = 0.95
calendar_allowance = 0.1
least_expected = 50
claims_from = 250
"""


def validated(folder: Path, to: Path, **stated: str) -> dict[str, Any]:
    """What the validation of a folder's history tells."""
    plan = write_plan(folder, **stated)
    plan.write_text(plan.read_text(encoding="utf-8") + VALIDATION, encoding="utf-8")
    gaapbridge.estimate(plan, to=to, validate=True)
    told: dict[str, Any] = json.loads((to / "guarantees" / "validation.json").read_text(encoding="utf-8"))
    return told


def test_funders_of_each_day_are_validated_by_themselves(example: Path, tmp_path: Path) -> None:
    """Out of sample nothing is outside; and a day's tests are those of a history of its segments alone."""
    told = validated(example, tmp_path / "all")
    by_day: dict[int, list[dict[str, Any]]] = {}
    for test in told["tests"]:
        by_day.setdefault(test.pop("default_days"), []).append(test)
    drawn = {day: [test["name"].partition(",")[0] for test in tests] for day, tests in by_day.items()}
    assert drawn == {day: ["out of sample", "out of time"] for day in (31, 62, 90)}
    sampled = [row for tests in by_day.values() for row in tests[0]["summary"] if row["cells"]]
    assert [(row["verdict"], row["cells_inside"]) for row in sampled] == [("inside", row["cells"]) for row in sampled]
    assert sum(row["cells"] for row in sampled) > 50
    banks = pl.col("segment").str.starts_with("bank")
    contracts = pl.read_parquet(example / "contracts.parquet").filter(banks)
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in ("months", "contracts", "outcomes", "fees"):
        rows = pl.read_parquet(example / f"{name}.parquet")
        rows.filter(pl.col("contract_id").is_in(contracts["contract_id"].implode())).write_parquet(alone / f"{name}.parquet")
    own = validated(alone, tmp_path / "own", default_days_of="")["tests"]
    assert [test.pop("name").partition(", defaults on")[0] for test in by_day[62]] == [test.pop("name") for test in own]
    assert by_day[62] == own
    text = (tmp_path / "all" / "guarantees" / "validation.md").read_text(encoding="utf-8")
    assert text.count("\n- Out of time, month ends on a working day, defaults on day ") == 3


def test_every_segment_has_the_day_on_which_its_funder_is_paid(example: Path) -> None:
    timing = pl.read_csv(example / "curves" / "guarantees" / "payout_timing.csv")
    assert dict(timing.select("segment", "paid_out_days").iter_rows()) == DAYS
    assert timing["share"].to_list() == [1.0] * len(DAYS)
    hazard = pl.read_csv(example / "curves" / "guarantees" / "hazard.csv")
    assert dict(hazard.select("segment", "default_days").unique().iter_rows()) == DAYS
    assert open_table(example / "curves" / "guarantees" / "hazard.csv", HAZARD, None).rows == hazard.height


def test_defaults_are_those_of_the_chances(example: Path) -> None:
    """Over all segments, within two standard errors of 500 to 1,000 defaults."""
    found = truth.defaults_in_a_year(example)
    sums = found.group_by("arrears").agg(
        pl.len(), *((pl.col(name) * pl.col("months")).sum() / pl.col("months").sum() for name in ("true", "estimated"))
    )
    ratios = {bucket: made / true for bucket, _, true, made in sums.iter_rows()}
    assert ratios == pytest.approx(dict.fromkeys(("current", "1-30", "31-60", "61-90"), 1.0), abs=0.06)


def test_what_is_not_recovered_of_a_payout_is_lost(example: Path) -> None:
    found = truth.losses(example)
    assert (found["estimated"] / found["true"]).to_list() == pytest.approx([1.0] * found.height, abs=0.04)


def test_fees_are_lost_as_the_chances_have_it(example: Path) -> None:
    found = truth.fees(example)
    ratios = found.select(
        "bucket", all=pl.col("loss_rate") / pl.col("true"), earned=pl.col("earned_loss_rate") / pl.col("true_earned")
    )
    by_bucket = ratios.group_by("bucket").mean()
    assert by_bucket["all"].to_list() == pytest.approx([1.0] * 4, abs=0.06)
    assert by_bucket["earned"].to_list() == pytest.approx([1.0] * 4, abs=0.06)
    assert open_table(example / "curves" / "guarantees" / "fee_loss.csv", FEE_LOSS, None).rows == 4 * len(DAYS)


def test_the_account_says_how_fees_were_counted(example: Path) -> None:
    account = json.loads((example / "curves" / "guarantees" / "estimation.json").read_text(encoding="utf-8"))
    told = {(one["segment"], one["bucket"]): one["how"] for one in account["tables"]["fee_loss.csv"]["told"]}
    assert told["bank-b", "current"] == "own counts"
    assert told["trust-b", "31-60"] == "a payout is due"
    assert {one["source"] for one in account["sources"]} == {
        f"history.guarantees.{name}" for name in ("performance", "contracts", "outcomes", "fees")
    }


def test_funders_of_one_segment_are_found_to_be_paid_on_different_days(example: Path, tmp_path: Path) -> None:
    """All segments as one: days 31, 62 and 90 are a mixture; a segment with a day that is not its own is told of it."""
    one = pl.col("segment").replace(["bank-a", "trust-b"], "all")
    pl.read_parquet(example / "contracts.parquet").with_columns(one).write_parquet(example / "as_one.parquet")
    constant = 'contracts = { path = "as_one.parquet", amounts = "minor" }'
    days = "default_days_of = { trust-a = 31, trust-c = 31, trust-d = 31 }"
    names = {"contracts": constant, "default_days_of": days}
    made = gaapbridge.estimate(write_plan(example, **names), to=tmp_path / "curves")
    found = {one.name: one for one in made.findings}
    mixed, other = found["payouts on different days"], found["payouts on another day than stated"]
    assert mixed.where == "history.guarantees/2023-09/all"
    assert "from day 62, others from day 31" in mixed.why
    assert other.where == "history.guarantees/2023-09/insurer-c"


def test_payouts_on_another_day_are_found_at_every_month_end(tmp_path: Path) -> None:
    plan = by_hand(tmp_path, PAID_OUT, FEES)
    text = plan.read_text(encoding="utf-8").replace("known_at = [2023-09-30]", "known_at = [2023-07-31, 2023-09-30]")
    plan.write_text(text.replace("payouts = {", "default_days_of = { bank = 31 }\npayouts = {"), encoding="utf-8")
    found = [one.where for one in gaapbridge.estimate(plan).findings if one.name == "payouts on another day than stated"]
    assert found == ["history.guarantees/2023-07/bank", "history.guarantees/2023-09/bank"]


def by_hand(folder: Path, outcomes: str, fees: str) -> Path:
    """Ten guarantees that go one way, and ninety that stay, over 2022 to 2023; fees of the ten."""
    days = pl.date_range(date(2022, 1, 1), date(2023, 9, 1), "1mo", eager=True).dt.month_end().to_list()
    late = {15: 10, 16: 41}
    rows = [
        (f"G{number:02d}", "bank", day, 1000, late.get(place, 0) if number < 10 else 0, "on_book", place + 1)
        for number in range(100)
        for place, day in enumerate(days)
        if number >= 10 or place < 17
    ]
    names = ("contract_id", "segment", "month_end", "balance_minor", "days_past_due", "status", "month_on_book")
    pl.DataFrame(rows, schema=names, orient="row").write_csv(folder / "months.csv")
    (folder / "outcomes.csv").write_text("contract_id,date,what,amount_minor\n" + outcomes, encoding="utf-8")
    (folder / "fees.csv").write_text(
        "contract_id,due_date,fee_minor,collected_minor,collected_on,written_off_minor,written_off_on\n" + fees,
        encoding="utf-8",
    )
    plan = write_plan(
        folder,
        default_days_of="",
        minimum_on_book="minimum_on_book = 5",
        minimum_charge_offs="minimum_charge_offs = 1",
        performance='performance = { path = "months.csv", amounts = "minor" }',
        contracts="",
        outcomes='outcomes = { path = "outcomes.csv", amounts = "minor" }',
        fees='fees = { path = "fees.csv", amounts = "minor" }',
    )
    text = plan.read_text(encoding="utf-8").replace("minimum_contracts = 200", "minimum_contracts = 1")
    plan.write_text(text, encoding="utf-8")
    return plan


EACH = [f"G{number:02d}" for number in range(10)]
PAID_OUT = "".join(f"{one},2023-06-21,payout,1000\n{one},2023-08-01,recovery,250\n" for one in EACH)
WRITTEN_OFF = "".join(f"{one},2023-09-01,charge_off,750\n" for one in EACH)
FEES = "".join(f"{one},2023-0{month}-20,100,0,,0,\n" for one in EACH for month in (6, 7, 8))


def test_a_payout_is_the_loss_and_a_write_off_of_it_is_not_another(tmp_path: Path) -> None:
    """1,000 paid out on day 62, 250 recovered: 75 %, whether or not what is left of it is charged off afterwards."""
    lost = []
    for name, outcomes in (("plain", PAID_OUT), ("written_off", PAID_OUT + WRITTEN_OFF)):
        (tmp_path / name).mkdir()
        gaapbridge.estimate(by_hand(tmp_path / name, outcomes, FEES))
        table = pl.read_csv(tmp_path / name / "curves" / "guarantees" / "loss_given_default.csv")
        lost.append(table["lgd_undiscounted"][0])
        timing = pl.read_csv(tmp_path / name / "curves" / "guarantees" / "payout_timing.csv")
        assert timing.row(0)[2:4] == (62, 62)
    assert lost == pytest.approx([0.75, 0.75])


def test_fees_open_at_a_payout_are_lost(tmp_path: Path) -> None:
    """Of three fees of 100 none is collected: all is lost from everywhere."""
    gaapbridge.estimate(by_hand(tmp_path, PAID_OUT, FEES))
    table = pl.read_csv(tmp_path / "curves" / "guarantees" / "fee_loss.csv")
    rates = dict(table.select("bucket", "loss_rate").iter_rows())
    assert rates == {"current": 1.0, "1-30": 1.0, "31-60": 1.0, "61-90": 1.0}


def test_a_fee_that_cannot_be_is_rejected(tmp_path: Path) -> None:
    plan = by_hand(tmp_path, PAID_OUT, FEES + "G01,2023-09-20,100,60,2023-09-21,50,2023-09-22\nX,2023-09-20,100,0,,0,\n")
    with pytest.raises(UnusableInput, match="no more of a fee is collected and written off than it is"):
        gaapbridge.estimate(plan)
    made = gaapbridge.estimate(plan, settings=["history.rejected_rows=2"])
    assert made.kinds[0].rejects["rule"].to_list() == [
        "no more of a fee is collected and written off than it is",
        "the guarantee has good rows of monthly performance",
    ]


def test_a_day_of_a_segment_that_is_not_there_is_refused(tmp_path: Path) -> None:
    plan = by_hand(tmp_path, PAID_OUT, FEES)
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("payouts = {", "default_days_of = { bnak = 31 }\npayouts = {"), encoding="utf-8")
    with pytest.raises(UnusableInput, match="a day is stated of segments that the history has: bank"):
        gaapbridge.estimate(plan)


def test_what_payouts_and_fees_need_is_asked_for(tmp_path: Path) -> None:
    plan = by_hand(tmp_path, PAID_OUT, FEES)
    text = plan.read_text(encoding="utf-8")
    for key, said in (("payouts", "payouts are held against default_days"), ("fee_losses", "fees are followed")):
        kept = [line for line in text.splitlines() if not line.startswith(key)]
        plan.write_text("\n".join(kept), encoding="utf-8")
        with pytest.raises(UnusableInput, match=said):
            gaapbridge.estimate(plan)
