"""Contracts on which nothing is overdue and whose past differs, worked out on paper: each has the hazards of its own bucket.

1,000,000.00 are owed without interest and due at once in the end, two years away; half of a default is lost, nobody prepays,
and defaults are recognised in the third and fourth month alone, by h each: (h + (1 - h) h) / 2 of it is the allowance under
both frameworks. Current, h = 1 %: 0.995 %. Recently late, 4 %: 3.92 %. In probation, 10 %: 9.5 %.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_added import closed_with

MONTHLY = {"current": "0.01", "recently_late": "0.04", "probation": "0.1"}
CURRENT, LATE, PROBATION = 995_000, 3_920_000, 9_500_000
OWED = 100_000_000
IN_CURRENT = 18_000_000
"""Of LOAN-1 of the starter's lender; LOAN-2 is past due."""
BULLET = {
    "origination_date": date(2022, 3, 15),
    "first_payment_date": date(2022, 4, 15),
    "principal_minor": OWED,
    "outstanding_principal_minor": OWED,
    "annual_rate": 0,
    "term_instalments": 48,
    "repayment_type": "bullet",
}
BESIDE = {"origination_date": date(2023, 1, 15), "first_payment_date": date(2023, 2, 15), "term_instalments": 38}
"""Made within the period: a loan that was there at the opening would stand on its tape."""


def write_curves(folder: Path, kind: str, *, looks_back: int | None = 12, late: bool = True) -> None:
    """Curves of the lender's own segments and scenarios as on paper; with the bucket of the recently late, or without."""
    hazard = pl.read_csv(folder / f"curves/{kind}-hazard.csv")
    keys = hazard.select("valid_from", "scenario", "segment", "default_days").unique(maintain_order=True)
    rows = [
        {**key, "bucket": bucket, "months_ahead": month, "hazard": MONTHLY.get(bucket, "0.5") if month in (3, 4) else "0"}
        for key in keys.iter_rows(named=True)
        for bucket in BUCKETS
        if late or bucket != "recently_late"
        for month in range(1, 6)
    ]
    stated = {} if looks_back is None else {"look_back_months": pl.lit(looks_back)}
    told = pl.DataFrame(rows).with_columns(performing=pl.lit(0.5), **stated)
    told.write_csv(folder / f"curves/{kind}-hazard.csv")
    for table, values in {"loss-given-default": (0.5, "lgd_undiscounted", "lgd_discounted"), "prepayment": (0.0,)}.items():
        path = folder / f"curves/{kind}-{table}.csv"
        value, *columns = values
        names = columns or ["single_monthly_mortality"]
        pl.read_csv(path).with_columns(pl.lit(value).alias(str(name)) for name in names).write_csv(path)


def allowances(folder: Path, *rows: dict[str, Any]) -> list[tuple[int, int]]:
    """US and IFRS allowances of such loans of a starter's lender, in the order of the rows."""
    named = [{"contract_id": f"OWN-{place}", **BULLET, **BESIDE, **row} for place, row in enumerate(rows)]
    _, found = closed_with(folder, *named)
    return [(one["us_loss_allowance"], one["ifrs_loss_allowance"]) for one in (found[row["contract_id"]] for row in named)]


def cured(day: date) -> dict[str, Any]:
    return {"default_date": date(2023, 5, 1), "cured_date": day}


def test_two_loans_alike_but_for_a_missed_instalment(starter_copy: Path) -> None:
    """What a tape tells of the past is what the hazards are of: never missed, four months ago, cured in the period."""
    write_curves(starter_copy, "loans")
    rows = [{"months_since_last_missed": None}, {"months_since_last_missed": 4}, cured(date(2023, 7, 1))]
    assert allowances(starter_copy, *rows) == [(CURRENT,) * 2, (LATE,) * 2, (PROBATION,) * 2]


def test_how_far_back_a_miss_and_a_cure_count(starter_copy: Path) -> None:
    """Of six months: an instalment missed six months ago counts, of seven not; a cure of five whole months, of six not.
    A contract that missed one too when it was cured longer ago is recently late."""
    write_curves(starter_copy, "loans", looks_back=6)
    rows = [
        {"months_since_last_missed": 6},
        {"months_since_last_missed": 7},
        cured(date(2023, 7, 1)),
        cured(date(2023, 6, 30)),
        {**cured(date(2023, 6, 30)), "months_since_last_missed": 6},
    ]
    assert allowances(starter_copy, *rows) == [(LATE,) * 2, (CURRENT,) * 2, (PROBATION,) * 2, (CURRENT,) * 2, (LATE,) * 2]


def test_arrears_go_before_all_of_it(starter_copy: Path) -> None:
    """A day past due: (0.5 + 0.5 x 0.5) / 2 of it, 37.5 %, whatever was missed before."""
    write_curves(starter_copy, "loans")
    assert allowances(starter_copy, {"days_past_due": 1, "months_since_last_missed": 0, **cured(date(2023, 7, 1))}) == [
        (37_500_000, 37_500_000)
    ]


@pytest.mark.parametrize("looks_back", [None, 12])
def test_a_table_without_the_bucket_knows_no_misses(starter_copy: Path, looks_back: int | None) -> None:
    """Without a look-back probation is as elected, 90 days: a cure of six months ago is forgotten; with one it counts."""
    write_curves(starter_copy, "loans", looks_back=looks_back, late=False)
    rows = [{"months_since_last_missed": 4}, cured(date(2023, 7, 1)), cured(date(2023, 12, 1))]
    longer = CURRENT if looks_back is None else PROBATION
    assert allowances(starter_copy, *rows) == [(CURRENT,) * 2, (longer,) * 2, (PROBATION,) * 2]


def test_stages_follow_the_election_and_what_the_hazards_say(starter_copy: Path) -> None:
    """Where the tape states no probabilities: 7.84 % against 1.99 % of a like loan at origination is 3.9 times, a significant
    increase; 19 % is too. Probation by the election alone is stage 3."""
    write_curves(starter_copy, "loans")
    unstated = {"pd_12m": None, "pd_12m_at_origination": None}
    rows = [{}, {"months_since_last_missed": 4}, cured(date(2023, 7, 1)), cured(date(2023, 12, 1))]
    named = [{"contract_id": f"OWN-{place}", **BULLET, **BESIDE, **unstated, **row} for place, row in enumerate(rows)]
    _, found = closed_with(starter_copy, *named)
    told = [(found[row["contract_id"]]["stage_closing"], found[row["contract_id"]]["pd_ratio"]) for row in named]
    assert [stage for stage, _ in told] == [1, 2, 2, 3]
    assert [ratio for _, ratio in told] == pytest.approx([1.0, 0.0784 / 0.0199, 0.19 / 0.0199, 0.19 / 0.0199])


def test_who_owes_nothing_cannot_default_within_two_months(starter_copy: Path) -> None:
    """Of the recently late as of the current: the finding names the bucket."""
    write_curves(starter_copy, "loans")
    hazards = starter_copy / "curves/loans-hazard.csv"
    sooner = (pl.col("bucket") == "recently_late") & (pl.col("months_ahead") == 2) & (pl.col("segment") == "consumer")
    early = pl.when(sooner).then(0.001).otherwise("hazard").alias("hazard")
    pl.read_csv(hazards).with_columns(early).write_csv(hazards)
    run, _ = closed_with(starter_copy, {"contract_id": "OWN", **BULLET, **BESIDE, "months_since_last_missed": 3})
    (found,) = (one for one in run.listed.findings if one.name == "default sooner than it can come")
    assert found.where == "curves.loans.hazard/consumer" and "of bucket recently_late from" in found.why


@pytest.mark.parametrize(
    ("cells", "amount"),
    [
        ([{}, {}], 2 * OWED + IN_CURRENT),
        ([{"months_since_last_missed": None}] * 2, 2 * OWED + IN_CURRENT),
        ([{"months_since_last_missed": None}, {"months_since_last_missed": 4}], None),
    ],
    ids=["no column", "a column that is blank", "one that is told"],
)
def test_a_tape_that_tells_no_misses_is_named(starter_copy: Path, cells: list[dict[str, Any]], amount: int | None) -> None:
    """With the principal that stands in current for want of it; a blank cell beside one that is filled is no miss."""
    write_curves(starter_copy, "loans")
    run, _ = closed_with(
        starter_copy, *({"contract_id": f"OWN-{place}", **BULLET, **BESIDE, **one} for place, one in enumerate(cells))
    )
    found = {one.name: one.amount_minor for one in run.listed.findings}
    assert found.get("missed instalments not told") == amount


def guarantees(folder: Path, *rows: dict[str, Any]) -> Run:
    """The run of a starter's lender with guarantees of such loans, of 80 %."""
    tape, fees = (folder / f"tapes/guarantee{name}-2023-12-31.csv" for name in ("s", "-fees"))
    written, fee = pl.read_csv(tape, infer_schema=False), pl.read_csv(fees, infer_schema=False)
    pattern = written.filter(pl.col("contract_id") == "GUARANTEE-2").row(0, named=True)
    made = [
        {
            **pattern, **BULLET, **BESIDE, "contract_id": f"OWN-{place}", "loan_id": f"FUNDED-BY-{place}",
            "maturity_date": None, "guaranteed_share": 0.8, "stand_ready_minor": None, **row,
        }
        for place, row in enumerate(rows)
    ]  # fmt: skip
    further = pl.DataFrame([{name: None if cell is None else str(cell) for name, cell in one.items()} for one in made])
    pl.concat([written, further], how="diagonal").write_csv(tape)
    ends = {"due_date": "2023-02-15", "coverage_start": "2023-01-15", "coverage_end": "2026-03-15"}
    own = [{"contract_id": one["contract_id"], **ends, "fee_minor": "90000000", "collected_minor": "0"} for one in made]
    pl.concat([fee, pl.DataFrame(own)], how="diagonal").write_csv(fees)
    plan = folder / "plan.toml"
    text = plan.read_text()
    rate = "guarantee_discount_rate = [{ valid_from = 2020-01-01, value = 0.03 }]"
    assert text.count(rate) == 1
    plan.write_text(text.replace(rate, rate.replace("0.03", "0")))
    run = close(plan)
    assert reperform(run.folder, sample=None).differences == ()
    return run


def test_guarantees_of_loans_that_were_late(starter_copy: Path) -> None:
    """80 % of what a loan would lose."""
    write_curves(starter_copy, "guarantees")
    run = guarantees(starter_copy, {}, {"months_since_last_missed": 4}, cured(date(2023, 7, 1)))
    found = run.measurements("guarantees").filter(pl.col("contract_id").str.starts_with("OWN")).sort("contract_id").collect()
    assert found["us_loss_allowance"].to_list() == [796_000, 3_136_000, 7_600_000]
    assert found["ifrs_loss_allowance"].to_list() == [796_000, 3_136_000, 7_600_000]
