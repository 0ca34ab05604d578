"""A plan with curves of a lender's own guarantees: of the example lender's history, written from its simulation."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import gaapbridge
from gaapbridge.checking import check
from gaapbridge.starter import OwnFiles, Starter, write_starter
from gaapbridge.starter.history_text import TO
from gaapbridge.terms.hashes import sha256_of
from tests.estimation import example_history

NAMED = ("hazard", "prepayment", "loss_given_default", "fee_loss")
"""The tables that a plan of guarantees names; when funders were paid and what came back stands beside them."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> OwnFiles:
    """Three years of 3,000 guarantees of the example lender, all of whose funders are paid on one day, and the tapes of the
    starter's."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patched:
        ends = pl.date_range(date(2021, 1, 1), date(2023, 12, 1), "1mo", eager=True).dt.month_end().to_list()
        patched.setattr(example_history, "MONTH_ENDS", ends)
        example_history.write_guarantees(folder, 3_000, 7)
    tapes = write_starter(folder / "starter").folder / "tapes"
    segments = pl.read_csv(tapes / "guarantees-2023-12-31.csv")["segment"].unique().sort()
    number = pl.int_range(pl.len()) % len(segments)
    contracts = pl.read_parquet(folder / "contracts.parquet")
    contracts.with_columns(
        segment=contracts.select(number).to_series().replace_strict(dict(enumerate(segments)))
    ).write_parquet(folder / "contracts.parquet")
    return OwnFiles(
        guarantees=tuple(tapes / f"guarantees-{year}-12-31.csv" for year in (2022, 2023)),
        guarantee_fees=tuple(tapes / f"guarantee-fees-{year}-12-31.csv" for year in (2022, 2023)),
        history=(folder / "months.parquet",),
        history_contracts=(folder / "contracts.parquet",),
        history_outcomes=(folder / "outcomes.parquet",),
        history_fees=(folder / "fees.parquet",),
    )


@pytest.fixture(scope="module")
def starter(own: OwnFiles, tmp_path_factory: pytest.TempPathFactory) -> Starter:
    return write_starter(tmp_path_factory.mktemp("plan") / "plan", own)


def test_a_history_of_guarantees_gives_the_curves_of_its_plan(starter: Starter, tmp_path: Path) -> None:
    plan = tomllib.loads(starter.plan.read_text(encoding="utf-8"))
    assert plan["curves"]["guarantees"] == {table: f"{TO}/guarantees/{table}.csv" for table in NAMED}
    assert set(plan["history"]["guarantees"]) >= {"performance", "outcomes", "fees", "payouts", "fee_losses"}
    assert "history.guarantees" in plan["starter"]["unanswered"] and "curves" not in plan["starter"]["unanswered"]
    assert "loans" not in plan["history"] and starter.history is not None and starter.history.estimation is not None
    gaapbridge.estimate(starter.plan, to=tmp_path / "again")
    for table in NAMED:
        made = starter.folder / TO / "guarantees" / f"{table}.csv"
        assert sha256_of(made) == sha256_of(tmp_path / "again" / "guarantees" / f"{table}.csv")


def test_a_close_takes_them(starter: Starter) -> None:
    checked = check(starter.plan)
    assert {"history.guarantees.fees", "curves.guarantees.fee_loss"} <= {file.source for file in checked.files}
    run = gaapbridge.close(starter.plan)
    assert run.manifest.estimated["curves.guarantees.hazard"].known_at == ("2022-12-31", "2023-12-31")


def test_fees_say_that_a_history_alone_is_of_guarantees(own: OwnFiles, tmp_path: Path) -> None:
    alone = OwnFiles(**{name: getattr(own, name) for name in vars(own) if name.startswith("history")})
    starter = write_starter(tmp_path / "alone", alone)
    text = starter.plan.read_text(encoding="utf-8")
    assert "[history.guarantees.fees]" in text and "#[curves.guarantees]" in text and "--guarantees TAPE" in text
    assert [one.kind for one in gaapbridge.estimate(starter.plan).kinds] == ["guarantees"]
