"""The verb and the command: tables that a plan names, with how each was made, in one step and never half."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import gaapbridge
from gaapbridge.assumptions.curve_tables import BUCKETS, LOSS_GIVEN_DEFAULT, PREPAYMENT, RECOVERY
from gaapbridge.assumptions.curves import open_table, read_curves
from gaapbridge.cli import app
from gaapbridge.estimation import run
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import sha256_of
from tests.estimation.lender import write_history


def lender(folder: Path) -> Path:
    """The plan of a lender, of two month ends, that bears some findings."""
    plan = write_history(folder)
    text = plan.read_text(encoding="utf-8").replace("known_at = [", "known_at = [2021-06-30, ")
    plan.write_text(text.replace("findings = 0", "findings = 9"), encoding="utf-8")
    return plan


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lender(tmp_path_factory.mktemp("history"))


def test_tables_are_those_a_plan_names(plan: Path) -> None:
    made = gaapbridge.estimate(plan, validate=True)
    folder = plan.parent / "curves" / "loans"
    for name, schema in (("prepayment", PREPAYMENT), ("loss_given_default", LOSS_GIVEN_DEFAULT), ("recovery", RECOVERY)):
        assert open_table(folder / f"{name}.csv", schema, None).rows > 0
    hazard = pl.read_csv(folder / "hazard.csv", try_parse_dates=True)
    assert set(hazard["bucket"]) == set(BUCKETS)
    assert set(hazard["scenario"]) == {"base", "downside"}
    assert hazard["valid_from"].unique().sort().cast(pl.String).to_list() == ["2021-06-30", "2021-12-31"]
    assert (hazard["hazard"] + hazard["performing"]).max() <= 1.0
    first = hazard.filter(pl.col("months_ahead") == 4).pivot(
        "scenario", values="hazard", index=["valid_from", "segment", "bucket"]
    )
    assert (first["downside"] >= first["base"]).all() and (first["downside"] > first["base"]).any()
    assert made.exit_code == 0
    assert {file.name for file in folder.iterdir()} == {
        "hazard.csv", "prepayment.csv", "loss_given_default.csv", "recovery.csv", "estimation.json", "rejects.csv",
        "findings.csv", "validation.json", "validation.md",
    }  # fmt: skip


def test_every_table_says_how_it_was_made(plan: Path) -> None:
    gaapbridge.estimate(plan)
    folder = plan.parent / "curves" / "loans"
    account = json.loads((folder / "estimation.json").read_text(encoding="utf-8"))
    assert account["known_at"] == ["2021-06-30", "2021-12-31"]
    assert {file["file"]: file["sha256"] for one in account["sources"] for file in one["files"]} == {
        name: sha256_of(plan.parent / name) for name in ("months.csv", "outcomes.csv")
    }
    for name, table in account["tables"].items():
        assert table["sha256"] == sha256_of(folder / name)
        assert table["told"]
    cells = {(one["segment"], one["bucket"]) for one in account["tables"]["hazard.csv"]["told"]}
    assert cells == {(segment, bucket) for segment in ("boats", "cars") for bucket in BUCKETS}
    for version in account["tables"]["prepayment.csv"]["told"]:
        ages = {segment: [one for one in version["ages"] if one["segment"] == segment] for segment in ("boats", "cars")}
        for told in ages.values():
            assert [one["from_month"] for one in told] == [1, *(one["to_month"] + 1 for one in told[:-1])]
            assert told[-1]["to_month"] == 480
            assert all(one["prepaid"] <= one["paying_months"] for one in told)
    (rule, _) = account["exclusions"]
    assert rule["rule"]["reason"] == "deferrals"
    assert rule["with"] != rule["without"] or rule["with"]["known_at"]
    assert account["stated"]["minimum_defaults"] == 1


def test_the_same_history_gives_the_same_bytes(plan: Path, tmp_path: Path) -> None:
    first, again = (gaapbridge.estimate(plan, to=tmp_path / name) for name in ("first", "again"))
    assert first.kinds[0].files == again.kinds[0].files


def test_hazards_of_a_young_book_rest_on_its_months_on_book(plan: Path, tmp_path: Path) -> None:
    """Every cell counted says from which; prepayment by age is of all months either way."""
    ages = ["history.loans.origins.from=0", "history.loans.origins.to=2"]
    names = {"every": [], "first": [*ages, "history.loans.minimum_on_book=1"]}
    made = {name: gaapbridge.estimate(plan, to=tmp_path / name, settings=stated) for name, stated in names.items()}
    hazards = {name: pl.read_csv(tmp_path / name / "loans" / "hazard.csv") for name in names}
    assert not hazards["first"].equals(hazards["every"])
    account = json.loads((tmp_path / "first" / "loans" / "estimation.json").read_text(encoding="utf-8"))
    assert account["stated"]["origins"] == {"from": 0, "to": 2}
    counted = [one["how"] for one in account["tables"]["hazard.csv"]["told"] if one["made"] == "counts"]
    assert counted and all("counted from 0 to 2 months on book alone" in how for how in counted)
    assert made["first"].kinds[0].files["prepayment.csv"] == made["every"].kinds[0].files["prepayment.csv"]


def test_a_validation_without_a_book_of_the_months_counted_is_refused(plan: Path, tmp_path: Path) -> None:
    young = ["history.loans.origins.from=0", "history.loans.origins.to=2", "history.loans.minimum_on_book=1"]
    with pytest.raises(UnusableInput, match="months on book that origins states"):
        gaapbridge.estimate(plan, to=tmp_path / "young", settings=young, validate=True)


def test_nothing_later_is_known(plan: Path, tmp_path: Path) -> None:
    """Rows after a month end change no curve known at it, whatever they say."""
    other = lender(tmp_path)
    rows = pl.read_csv(tmp_path / "months.csv", try_parse_dates=True)
    later = pl.col("month_end") > pl.date(2021, 7, 31)
    changed = rows.with_columns(
        pl.when(later & (pl.col("status") == "on_book")).then(0).otherwise("days_past_due").alias("days_past_due")
    )
    changed.write_csv(tmp_path / "months.csv")
    gaapbridge.estimate(plan, to=tmp_path / "as_it_was")
    gaapbridge.estimate(other, to=tmp_path / "otherwise")
    tables = [pl.read_csv(tmp_path / name / "loans" / "hazard.csv") for name in ("as_it_was", "otherwise")]
    known = [one.filter(pl.col("valid_from") == "2021-06-30") for one in tables]
    assert known[0].equals(known[1])
    assert not tables[0].equals(tables[1])


def test_rejects_above_what_the_plan_bears_are_a_refusal(tmp_path: Path) -> None:
    plan = lender(tmp_path)
    with (tmp_path / "months.csv").open("a", encoding="utf-8") as rows:
        rows.write("L999,cars,2021-12-31,-5,0,0,on_book,1,10\n")
    with pytest.raises(UnusableInput, match=r"1 rows of the history are rejected, and history.rejected_rows is 0"):
        gaapbridge.estimate(plan)
    made = gaapbridge.estimate(plan, settings=["history.rejected_rows=1"])
    assert made.kinds[0].rejects["contract_id"].to_list() == ["L999"]
    assert "control total differs" in {one.name for one in made.findings}


def test_a_history_cut_off_is_refused(tmp_path: Path) -> None:
    """The last months of many contracts were not exported: none of them is a default, and none is taken for one."""
    plan = lender(tmp_path)
    rows = pl.read_csv(tmp_path / "months.csv", try_parse_dates=True)
    kept = (pl.col("contract_id") > "L050") | (pl.col("month_end") <= pl.date(2021, 10, 31))
    rows.filter(kept).write_csv(tmp_path / "months.csv")
    with pytest.raises(UnusableInput, match=r"of all 120 contracts end in it.*state last_month"):
        gaapbridge.estimate(plan)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    plan = lender(tmp_path)
    (tmp_path / "curves").mkdir()
    (tmp_path / "curves" / "by_hand.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(UnusableInput, match="holds nothing else"):
        gaapbridge.estimate(plan)


def test_an_interrupt_leaves_the_tables_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = lender(tmp_path)
    gaapbridge.estimate(plan)
    before = {file: file.read_bytes() for file in (tmp_path / "curves").rglob("*.*")}

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "_write_account", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gaapbridge.estimate(plan)
    assert {file: file.read_bytes() for file in (tmp_path / "curves").rglob("*.*")} == before
    assert {one.name for one in tmp_path.iterdir() if one.is_dir() or one.name.startswith(".")} == {"curves"}


def test_a_plan_without_history_is_told_what_to_add(tmp_path: Path) -> None:
    plan = lender(tmp_path)
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text[: text.index("[history]")], encoding="utf-8")
    with pytest.raises(UnusableInput):
        gaapbridge.estimate(plan)
    plan.write_text(text[: text.index("[history.validation]")] + text[text.index("[history.loans]") :], encoding="utf-8")
    with pytest.raises(UnusableInput, match="a validation is stated in the plan"):
        gaapbridge.estimate(plan, validate=True)


def test_a_query_stands_for_a_file(tmp_path: Path) -> None:
    plan = lender(tmp_path)
    gaapbridge.estimate(plan, to=tmp_path / "files")
    (tmp_path / "months.sql").write_text("select * from months where cast(month_end as date) <= $instant", encoding="utf-8")
    text = plan.read_text(encoding="utf-8").replace('path = "months.csv"', 'path = { source = "core", query = "months.sql" }')
    source = '[sources.core]\nkind = "duckdb"\ntables = { months = "months.csv" }\n'
    plan.write_text(text.replace("[history]\n", source + "[history]\n"), encoding="utf-8")
    asked = gaapbridge.estimate(plan, to=tmp_path / "asked")
    assert asked.kinds[0].files == {name: sha256_of(tmp_path / "files" / "loans" / name) for name in asked.kinds[0].files}


def test_check_reads_the_history_of_a_plan(tmp_path: Path) -> None:
    """A whole plan with a history: its tapes are among the files, its faults among rejects and findings."""
    CliRunner().invoke(app, ["new", "plan", str(tmp_path / "lender")])
    write_history(tmp_path / "lender" / "history")
    own = (tmp_path / "lender" / "history" / "plan.toml").read_text(encoding="utf-8")
    stated = own[own.index("[history]") :].replace('path = "', 'path = "history/').replace("known_at = [2021-12-31]\n", "")
    plan = tmp_path / "lender" / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text + "\n" + stated.replace("[history]", "[history]\nknown_at = [2021-12-31]"), encoding="utf-8")
    clean = gaapbridge.check(plan)
    assert (clean.exit_code, clean.findings) == (0, ())
    assert {"history.loans.performance", "history.loans.outcomes"} <= {file.source for file in clean.files}
    with (tmp_path / "lender" / "history" / "months.csv").open("a", encoding="utf-8") as rows:
        rows.write("L999,cars,2021-12-31,-5,0,0,on_book,1,10\n")
    faulty = gaapbridge.check(plan)
    assert faulty.rejects["file"].to_list() == ["history/months.csv"]
    assert {one.where for one in faulty.findings} == {"history.loans.performance/rows"}
    plan.write_text(text + "\n" + stated, encoding="utf-8")
    (short,) = (one for one in gaapbridge.check(plan).findings if one.name == "history cannot be used")
    assert (short.name, short.where) == ("history cannot be used", "history.known_at") and "goes to 2021-12" in short.why


def test_rules_that_leave_nothing_are_refused_by_their_day(tmp_path: Path) -> None:
    plan = lender(tmp_path)
    everybody = 'rule = "contracts_left_out"\nsegments = ["boats", "cars"]\nreason = "all"\n[history.loans.performance]'
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("[history.loans.performance]", f"[[history.loans.exclusions]]\n{everybody}"), encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"history\.known_at.*as known at 2021-06-30.*less out by rules"):
        gaapbridge.estimate(plan)


def test_every_table_that_is_written_is_one_that_is_read(plan: Path, tmp_path: Path) -> None:
    gaapbridge.estimate(plan, to=tmp_path / "made")
    names = ("prepayment", "hazard", "loss_given_default", "recovery")
    prepayment, hazard, lost, recovery = (tmp_path / "made" / "loans" / f"{name}.csv" for name in names)
    curves = read_curves(prepayment, hazard, lost, recovery, [date(2021, 6, 30), date(2021, 12, 31)])
    assert curves.segments == ("boats", "cars")


def test_an_opening_before_anybody_can_be_told_is_refused_by_its_key(tmp_path: Path) -> None:
    plan = lender(tmp_path)
    text = plan.read_text(encoding="utf-8").replace("openings = [2020-12-31]", "openings = [2019-01-31]")
    assert "openings = [2019-01-31]" in text
    without_age = text.replace('ignore = ["missed"]', 'ignore = ["missed", "month_on_book"]')
    plan.write_text(without_age, encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"key: history\.validation .*6 months in a row"):
        gaapbridge.estimate(plan, validate=True)
