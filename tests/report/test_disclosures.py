"""The disclosures against the tapes and ledger of the lender, read without ours; and where the books say another thing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.example.demo import Demonstration, demonstrate
from gaapbridge.progress import Progress
from gaapbridge.report.exhibit.disclosure_pages import disclosures_of
from gaapbridge.report.told.disclosures import Disclosure, told_disclosures
from gaapbridge.run import Run


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Both years of an example lender large enough to have loans on non-accrual."""
    return demonstrate(tmp_path_factory.mktemp("years") / "demo", 2_000, Progress(show=False))


@pytest.fixture(scope="module")
def told(done: Demonstration) -> dict[str, Disclosure]:
    """The disclosures of its later year, by title."""
    return {one.title: one for one in told_disclosures(done.run)}


def tape(done: Demonstration, name: str) -> pl.DataFrame:
    """A tape of the lender."""
    return pl.read_parquet(done.plan.parent / "tapes" / f"{name}.parquet")


def test_each_agrees_to_the_books_in_both_years(done: Demonstration) -> None:
    for run in (done.prior, done.run):
        ties = [tie for one in told_disclosures(run) for tie in one.ties]
        assert len(ties) == 14 and all(tie.disclosed_minor for tie in ties)
        assert [tie for tie in ties if not tie.holds] == []


def test_what_is_past_due_is_that_of_the_tape(done: Demonstration, told: dict[str, Disclosure]) -> None:
    loans = tape(done, "loans-2023-12-31").filter(pl.col("status") == "on_book")
    days, principal, frozen_from = pl.col("days_past_due"), pl.col("outstanding_principal_minor"), 90
    assert f"nonaccrual_days_past_due = {frozen_from}\n" in done.plan.read_text(encoding="utf-8")
    bands = {
        "Current": days == 0,
        "1-30 days past due": days.is_between(1, 30),
        "31-60 days past due": days.is_between(31, 60),
        "61 days past due or more": days > 60,
    }
    expected = {
        name: (
            loans.filter(band).select(principal.sum()).item(),
            loans.filter(band & (days >= frozen_from)).select(principal.sum()).item(),
        )
        for name, band in bands.items()
    }
    rows = dict(told["Loans by days past due"].rows)
    assert {name: rows[name] for name in expected if name in rows} == {name: one for name, one in expected.items() if any(one)}
    assert rows["Total"] == tuple(map(sum, zip(*expected.values(), strict=True))) and all(rows["Total"])


def test_write_offs_by_year_are_those_of_the_events(done: Demonstration, told: dict[str, Disclosure]) -> None:
    events = tape(done, "events-2023").filter(pl.col("kind") == "write_off")
    dated = tape(done, "loans-2023-12-31").select("contract_id", year=pl.col("origination_date").dt.year())
    by_year = events.join(dated, on="contract_id").group_by("year").agg(pl.col("amount_minor").sum())
    expected = {str(year): (amount,) for year, amount in by_year.iter_rows()}
    rows = dict(told["Loans written off by year of origination"].rows)
    assert {year: amounts for year, amounts in rows.items() if year != "Total"} == expected and len(expected) > 1


def test_fees_collected_are_those_of_the_tape(done: Demonstration, told: dict[str, Disclosure]) -> None:
    closing = tape(done, "guarantee-fees-2023-12-31").select("contract_id", "due_date", end="collected_minor")
    opening = tape(done, "guarantee-fees-2022-12-31").select("contract_id", "due_date", begin="collected_minor")
    both = closing.join(opening, on=["contract_id", "due_date"], how="left")
    collected = both.select((pl.col("end") - pl.col("begin").fill_null(0)).sum()).item()
    assert dict(told["Fees receivable of guarantees, gross"].rows)["Collected"] == (-collected,)


def test_the_stand_ready_liability_is_that_of_the_statement(done: Demonstration, told: dict[str, Disclosure]) -> None:
    exact = json.loads((done.run.folder / "exact.json").read_text(encoding="utf-8"))
    rows = next(one["rows"] for one in exact["statements"] if one["id"] == "bs-2023")
    (stated,) = [row["us_gaap"] for row in rows if row["id"] == "gl_sr"]
    assert told["Stand-ready liability"].rows[-1][1] == (stated,) and stated > 0


def test_a_ledger_that_says_another_thing_is_told(done: Demonstration, tmp_path: Path) -> None:
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    ledgers = json.loads((other / "ledger.json").read_text(encoding="utf-8"))
    ledgers["bs-2023"]["2111"] -= 700
    (other / "ledger.json").write_text(json.dumps(ledgers), encoding="utf-8")
    run = Run(other)
    failing = [tie for one in told_disclosures(run) for tie in one.ties if not tie.holds]
    assert [(tie.what, tie.books_minor - tie.disclosed_minor) for tie in failing] == [("Stand-ready liability", 700)]
    said = [block.text for block in disclosures_of(run).blocks if block.block == "paragraph"]
    assert said[-1].startswith("These do not agree: Stand-ready liability.")
    agreed = [block.text for block in disclosures_of(done.run).blocks if block.block == "paragraph"]
    assert agreed[-1].startswith("Every one of them agrees.")


def test_printed_columns_add(done: Demonstration) -> None:
    tables = [block for block in disclosures_of(done.run).blocks if block.block == "table"][:-1]
    assert len(tables) == 11
    for table in tables:
        *parts, total = [[amount_of(text) for text in row.amounts] for row in table.rows]
        assert [sum(column) for column in zip(*parts, strict=True)] == total


def amount_of(text: str) -> int:
    """What a printed amount says."""
    figure = int(text.strip("()").replace(",", "").replace("—", "0"))
    return -figure if text.startswith("(") else figure
