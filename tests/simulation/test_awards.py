"""The three tapes of share awards tell one story, and staff leave at the rates that the plan is given."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gaapbridge.example import ExampleFiles
from gaapbridge.example.awards import FORFEITURE_RATES, Awards, draw_awards, event_rows
from gaapbridge.example.calendar import day_number
from gaapbridge.example.tapes import FORFEITURE

Tapes = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def awards(example: ExampleFiles) -> Tapes:
    """The three tapes, and each tranche with what happened to its units."""
    read = {name: pl.read_parquet(path) for name, path in example.awards.items()}
    key = ["award_id", "tranche"]
    by_kind = [
        read["award_events"].filter(pl.col("kind") == kind).group_by(key).agg(pl.col("units").sum().alias(kind))
        for kind in ("forfeiture", "exercise", "expiry")
    ]
    tranches = read["award_tranches"].join(read["awards"].drop("fair_value_per_unit"), on="award_id")
    for kind in by_kind:
        tranches = tranches.join(kind, on=key, how="left")
    read["tranches"] = tranches.with_columns(pl.col("forfeiture", "exercise", "expiry").fill_null(0))
    return read


@pytest.fixture(scope="module")
def many() -> Awards:
    """Awards enough to count how many holders left."""
    return draw_awards(np.random.Generator(np.random.PCG64(7)), 36_000_000)


def test_a_few_hundred_awards_of_every_kind(awards: Tapes) -> None:
    granted = awards["awards"]
    assert 200 < granted.height < 500
    assert granted["award_id"].is_unique().all()
    assert granted["grant_date"].dt.year().unique().sort().to_list() == [2019, 2020, 2021, 2022, 2023]
    assert set(granted["function"]) == set(FORFEITURE_RATES)
    assert granted["fair_value_per_unit"].is_between(40.0, 90.0).all()
    early = granted.filter(pl.col("grant_date").dt.year() <= 2020)["fair_value_per_unit"].mean()
    assert early == pytest.approx(54.0, abs=4.0)
    counts = awards["award_tranches"].group_by("award_id").len()["len"]
    assert set(counts) == {1, 2, 3, 4}
    assert (counts == 4).mean() > 0.5


def test_tranches_vest_yearly_or_at_once(awards: Tapes) -> None:
    tranches = awards["tranches"]
    years = tranches["vesting_date"].dt.year() - tranches["grant_date"].dt.year()
    assert set(years) == {0, 1, 2, 3, 4}
    assert (tranches["vesting_date"] >= tranches["grant_date"]).all()
    assert (tranches["units"] > 0).all()
    at_once = tranches.filter(years == 0)
    assert (at_once["vesting_date"] == at_once["grant_date"]).all()
    assert 0 < at_once.height < 0.1 * awards["awards"].height + 10


def test_who_leaves_forfeits_all_that_has_not_vested(awards: Tapes) -> None:
    left = (
        awards["award_events"]
        .filter(pl.col("kind") == "forfeiture")
        .group_by("award_id")
        .agg(pl.col("event_date").unique().alias("days"))
    )
    assert left.height > 20
    assert (left["days"].list.len() == 1).all()
    gone = awards["tranches"].join(left.with_columns(pl.col("days").list.first()), on="award_id")
    unvested = pl.col("vesting_date") > pl.col("days")
    assert (gone.filter(unvested)["forfeiture"] == gone.filter(unvested)["units"]).all()
    assert (gone.filter(~unvested)["forfeiture"] == 0).all()


def test_only_what_has_vested_is_exercised_or_expires(awards: Tapes) -> None:
    tranches = awards["tranches"]
    assert (tranches["forfeiture"] + tranches["exercise"] + tranches["expiry"] <= tranches["units"]).all()
    both = awards["award_events"].join(awards["award_tranches"], on=["award_id", "tranche"])
    settled = both.filter(pl.col("kind") != "forfeiture")
    assert (settled["event_date"] >= settled["vesting_date"]).all()
    assert (
        both.filter(pl.col("kind") == "forfeiture")["event_date"] < both.filter(pl.col("kind") == "forfeiture")["vesting_date"]
    ).all()
    assert both["event_date"].max() <= date(2023, 12, 31)
    assert set(both["kind"]) == {"forfeiture", "exercise", "expiry"}


def test_staff_leave_at_the_rates_of_the_plan(example: ExampleFiles, many: Awards) -> None:
    """Of those there at the end of 2021, the share that left within 2022, by function; and the same rates on file."""
    start, end = day_number(date(2021, 12, 31)), day_number(date(2022, 12, 31))
    there = (many.granted_on <= start) & (many.left_on > start)
    for place, (function, rates) in enumerate(FORFEITURE_RATES.items()):
        of = there & (many.function == place)
        share = float((many.left_on[of] <= end).mean())
        assert share == pytest.approx(rates[0], abs=4.0 * (rates[0] / int(of.sum())) ** 0.5), function
        assert rates[1] > rates[0]
    with (Path(example.folder) / "curves" / "awards" / "forfeiture.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["valid_from"], row["function"]): float(row["annual_rate"]) for row in csv.DictReader(file)}
    assert rows == {
        (version, function): rates[place]
        for place, version in enumerate(("2020-01-01", "2023-10-01"))
        for function, rates in FORFEITURE_RATES.items()
    }


def test_forfeitures_dated_after_the_last_day_are_not_told(many: Awards) -> None:
    rows = event_rows(np.random.Generator(np.random.PCG64(8)), many)
    told = rows["award_id"][rows["kind"] == FORFEITURE]
    left = many.number[many.left_on > day_number(date(2023, 12, 31))]
    assert not set(told) & set(left)
    assert (rows["event_date"] <= day_number(date(2023, 12, 31))).all()
