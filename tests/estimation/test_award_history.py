"""Histories of awards: the example lender's own against the rates that its staff leave at, and how rates are written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import gaapbridge
from gaapbridge.assumptions.curve_tables import FORFEITURE
from gaapbridge.assumptions.curves import open_table
from gaapbridge.assumptions.rates import read_forfeitures
from gaapbridge.example.awards import FORFEITURE_RATES, write_awards
from gaapbridge.period_close.estimated import estimated_tables
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import Seen
from tests.estimation.example_history import PLAN

AWARDS = """[history.awards]
first_day = 2019-01-01
minimum_forfeitures = 40
awards = { path = "tapes/awards.parquet", amounts = "minor" }
award_tranches = { path = "tapes/award-tranches.parquet", amounts = "minor" }
award_events = { path = "tapes/award-events.parquet", amounts = "minor" }
"""


def write_history(folder: Path, loans: int, seed: int) -> Path:
    """The awards of an example lender with so many loans, and a plan of their history."""
    (folder / "tapes").mkdir(parents=True)
    write_awards(folder, np.random.default_rng(seed), loans)
    head = PLAN[: PLAN.index("[history.guarantees]")].replace("[2023-09-30]", "[2021-12-31, 2023-09-30]")
    (folder / "plan.toml").write_text(head + AWARDS, encoding="utf-8")
    return folder / "plan.toml"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The history of the 2,080 awards of a lender with a million loans, and the rates estimated from it."""
    folder = tmp_path_factory.mktemp("awards")
    gaapbridge.estimate(write_history(folder, 1_000_000, 3))
    return folder


def test_rates_are_those_at_which_staff_leave(example: Path) -> None:
    """Weighted by unit-years, whatever the length of service: staff of the example leave at one rate."""
    account = json.loads((example / "curves" / "awards" / "estimation.json").read_text(encoding="utf-8"))
    told = pl.DataFrame(account["tables"]["forfeiture.csv"]["told"]).filter(pl.col("known_at") == "2023-09-30")
    table = pl.read_csv(example / "curves" / "awards" / "forfeiture.csv").filter(pl.col("valid_from") == "2023-09-30")
    rates = (
        told.with_columns(table["annual_rate"])
        .group_by("function")
        .agg(
            rate=(pl.col("annual_rate") * pl.col("unit_years")).sum() / pl.col("unit_years").sum(),
            left=pl.col("forfeitures").sum(),
        )
    )
    for function, rate, _ in rates.iter_rows():
        assert rate == pytest.approx(FORFEITURE_RATES[function][0], abs=0.03), function
    assert told["how"].str.contains(", own counts: ").all()
    assert told["from_service_years"].max() > 0


def test_the_table_is_one_that_a_plan_names(example: Path) -> None:
    path = example / "curves" / "awards" / "forfeiture.csv"
    table = pl.read_csv(path, try_parse_dates=True)
    assert open_table(path, FORFEITURE, None).rows == table.height
    assert read_forfeitures(path, table["valid_from"].unique().to_list(), None).functions == tuple(FORFEITURE_RATES)


def test_a_close_reads_how_they_were_made(example: Path) -> None:
    path = example / "curves" / "awards" / "forfeiture.csv"
    (made,) = estimated_tables({"curves.awards.forfeiture": Seen.of(path, example)}).values()
    assert made.known_at == ("2021-12-31", "2023-09-30") and not made.changed
    assert made.contract_months > 2_080
    assert {cell.segment for cell in made.cells} == set(FORFEITURE_RATES)
    assert made.cells_of("2023-12-31", "sales_and_marketing", "").startswith("from 0 completed years of service, own counts: ")


def test_few_forfeitures_are_told(tmp_path: Path) -> None:
    plan = write_history(tmp_path, 1_000, 3)
    made = gaapbridge.estimate(plan)
    assert {one.name for one in made.findings} == {"forfeitures of a function too few"}
    assert "Forfeited a year, of unvested units" in made.as_text(120)
    assert made.as_dict()["kinds"][0]["kind"] == "awards"


def test_nothing_is_known_before_the_history_begins(tmp_path: Path) -> None:
    plan = write_history(tmp_path, 1_000, 3)
    plan.write_text(plan.read_text(encoding="utf-8").replace("2019-01-01", "2022-01-01"), encoding="utf-8")
    with pytest.raises(UnusableInput, match="after the first day of the history of awards"):
        gaapbridge.estimate(plan)
