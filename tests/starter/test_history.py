"""A plan with curves of the lender's own history: made in one go, asked where a file leaves something open, never filled in."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import gaapbridge
from gaapbridge.checking import check
from gaapbridge.cli import app
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.period_close import close
from gaapbridge.plan.history_file import read_history
from gaapbridge.report.told.elections import told_assumptions
from gaapbridge.starter import OwnFiles, Starter, write_starter
from gaapbridge.starter.history_text import EXAMPLE, TO, history_lines
from gaapbridge.starter.own_tapes import COPIED_TITLE
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import sha256_of
from tests.estimation.simulated.filed import filed
from tests.estimation.simulated.lender import history, live
from tests.estimation.simulated.tapes import LAST, lately, write_files

TABLES = ("hazard", "prepayment", "loss_given_default", "recovery")

Files = dict[str, tuple[Path, ...]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a simulated lender: tapes of 2022 and 2023, and five years of months."""
    months = lately(history(live(1_200, seed=3)))
    return write_files(tmp_path_factory.mktemp("lender"), months, filed(months), LAST - 12, LAST)


@pytest.fixture(scope="module")
def starter(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Starter:
    return write_starter(tmp_path_factory.mktemp("own") / "plan", OwnFiles(**files))


def content(starter: Starter) -> dict[str, object]:
    return tomllib.loads(starter.plan.read_text(encoding="utf-8"))


def cut(files: Files, folder: Path, until: str, since: str = "2000-01-01") -> Path:
    """The monthly performance of some days alone."""
    path = folder / "cut.csv"
    pl.read_csv(files["history"][0]).filter(pl.col("month_end").is_between(pl.lit(since), pl.lit(until))).write_csv(path)
    return path


def test_a_history_and_tapes_of_one_simulation_close_without_a_line_edited(starter: Starter) -> None:
    plan = content(starter)
    assert plan["curves"] == {"loans": {table: f"{TO}/loans/{table}.csv" for table in TABLES}}
    assert "known_at" not in plan["history"], "that of the plan's instants"
    assert "curves" not in plan["starter"]["unanswered"] and "history.loans" in plan["starter"]["unanswered"]
    assert not (starter.folder / "curves" / "README.md").exists() and COPIED_TITLE not in starter.plan.read_text("utf-8")
    checked = check(starter.plan)
    assert (checked.findings, checked.rejects.height, checked.exit_code) == ((), 0, 0)
    assert {"history.loans.performance", "curves.loans.hazard"} <= {file.source for file in checked.files}
    run = close(starter.plan)
    assert "Loans receivable, net" in run.as_text()
    made = run.manifest.estimated["curves.loans.hazard"]
    assert made.known_at == ("2022-12-31", "2023-12-31") and not made.changed
    (told,) = (table for table in told_assumptions(run) if table.title == "How estimated tables were made")
    assert {row[0] for row in told.rows} == {f"loans, {table.replace('_', ' ')}" for table in TABLES}


def test_the_curves_are_those_of_the_command(starter: Starter, tmp_path: Path) -> None:
    """What the plan says of the history reads it as it was read when the curves were made."""
    again = gaapbridge.estimate(starter.plan, to=tmp_path / "again")
    (kind,) = again.kinds
    assert dict(kind.files) == {f"{table}.csv": sha256_of(starter.folder / TO / "loans" / f"{table}.csv") for table in TABLES}
    account = json.loads((starter.folder / TO / "loans" / "estimation.json").read_text(encoding="utf-8"))
    named = [file["file"] for source in account["sources"] for file in source["files"]]
    assert named and all((starter.folder / file).is_file() for file in named)


def test_the_report_says_what_was_guessed_estimated_and_decided(starter: Starter) -> None:
    text = starter.as_text()
    assert "remaining_instalments         instalments_remaining  (a name of the trade)" in text
    assert "charge-off → charge_off" in text
    assert "curves as known at 2022-12-31, 2023-12-31" in text and f"in {starter.folder}/{TO}/loans" in text
    told = json.loads(json.dumps(starter.as_dict()))["history"]
    assert told["known_at"] == ["2022-12-31", "2023-12-31"] and told["not_estimated"] is None
    assert set(told["tapes"]) == {"performance", "outcomes"}


def test_every_decision_of_the_example_is_one_of_a_history(folder: Path) -> None:
    """The tables that a plan has switched off read as they stand."""
    folder.mkdir()
    (folder / "plan.toml").write_text(
        '[entity]\nname = "A"\ncurrency = "USD"\nminor_digits = 2\npresentation_unit = 1\n'
        + "\n".join(history_lines(EXAMPLE)).replace("#known_at", "known_at")
    )
    assert set(read_history(folder / "plan.toml", DECLARED).history.kinds) == {"loans"}


def test_without_tapes_the_history_is_a_file_of_its_own(files: Files, folder: Path) -> None:
    starter = write_starter(folder, OwnFiles(history=files["history"]))
    plan = content(starter)
    assert set(plan) == {"format", "starter", "entity", "history"}
    assert [str(day) for day in plan["history"]["known_at"]] == ["2023-12-31"], "the last month of the history"
    assert gaapbridge.estimate(starter.plan).kinds
    text = starter.plan.read_text(encoding="utf-8")
    assert all((folder / path).is_file() for path in re.findall(r'^#\w+ = "(curves/.*)"$', text, re.MULTILINE))
    said = " ".join(starter.as_text().split())
    assert "to close takes tapes too" in said and "No file of outcomes" in said and "No file of outcomes" in text
    with pytest.raises(UnusableInput, match="closes nothing"):
        check(starter.plan)


def test_a_history_that_is_too_short_leaves_the_plan_and_says_so(files: Files, tmp_path: Path, folder: Path) -> None:
    short = cut(files, tmp_path, "2023-12-31", since="2022-06-30")
    starter = write_starter(folder, OwnFiles(loans=files["loans"], history=(short,)))
    plan = content(starter)
    assert plan["curves"]["loans"]["hazard"] == "curves/loans-hazard.csv" and "curves" in plan["starter"]["unanswered"]
    assert not (folder / TO).exists()
    for text in (starter.as_text(), starter.plan.read_text(encoding="utf-8")):
        said = " ".join(text.replace("#", " ").split())
        assert "CURVES NOT ESTIMATED" in said and "the history begins in 2022-06" in said
        assert "Remedy: give a history that begins more than 12 months before" in said
    assert "None was estimated from your contracts" in " ".join(starter.plan.read_text("utf-8").replace("#", " ").split())


def test_a_history_that_ends_before_the_closing_is_said(files: Files, tmp_path: Path, folder: Path) -> None:
    starter = write_starter(folder, OwnFiles(loans=files["loans"], history=(cut(files, tmp_path, "2023-09-30"),)))
    assert "the history goes to 2023-09" in starter.as_text()


def test_amounts_that_name_no_unit_are_asked_before_anything_is_estimated(files: Files, tmp_path: Path, folder: Path) -> None:
    outcomes = tmp_path / "outcomes.csv"
    pl.read_csv(files["history_outcomes"][0]).rename({"Amount (cents)": "Amount"}).write_csv(outcomes)
    starter = write_starter(folder, OwnFiles(history=files["history"], history_outcomes=(outcomes,)))
    text = starter.plan.read_text(encoding="utf-8")
    assert '\n#amounts = "major"\n#amounts = "minor"\n' in text
    assert "CURVES NOT ESTIMATED, history.loans.outcomes.amounts missing" in " ".join(starter.as_text().split())
    starter.plan.write_text(text.replace('\n#amounts = "minor"', '\namounts = "minor"'), encoding="utf-8")
    assert gaapbridge.estimate(starter.plan).kinds


def test_the_dictionary_has_the_files_of_a_history(starter: Starter, files: Files, folder: Path) -> None:
    alone = write_starter(folder, OwnFiles(history=files["history"]))
    for one in (starter, alone):
        text = (one.folder / "dictionary.md").read_text(encoding="utf-8")
        (named,) = re.findall(r"^\| `history.loans.performance.path` \| (.*) \| \[Monthly performance\]", text, re.MULTILINE)
        assert (one.folder / named).is_file() and "\n## Monthly performance\n" in text and "| `missed_instalments` |" in text
    assert "## Outcomes of a history" in (starter.folder / "dictionary.md").read_text(encoding="utf-8")
    assert "`tapes.loans" not in (alone.folder / "dictionary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("in_months", [True, False])
def test_a_segment_is_taken_from_where_it_stands(in_months: bool, files: Files, tmp_path: Path, folder: Path) -> None:
    """One for all contracts is stated nowhere: on the tape of contracts it would go before the column of the months."""
    months = pl.read_csv(files["history"][0])
    contracts = months.unique("contract_id", maintain_order=True).select("contract_id", "segment", "principal_minor", "rate")
    contracts.drop(*(["segment"] if in_months else [])).write_csv(tmp_path / "contracts.csv")
    months.drop("principal_minor", "rate", *([] if in_months else ["segment"])).write_csv(tmp_path / "months.csv")
    named = OwnFiles(history=(tmp_path / "months.csv",), history_contracts=(tmp_path / "contracts.csv",))
    starter = write_starter(folder, named)
    assert "constant" not in starter.plan.read_text(encoding="utf-8")
    hazard = pl.read_csv(folder / TO / "loans" / "hazard.csv")
    assert set(hazard["segment"]) == {"middle", "prime", "thin"}


def test_segments_of_tapes_that_the_history_lacks_are_asked(files: Files, tmp_path: Path, folder: Path) -> None:
    renamed = tmp_path / "loans-2023-12-31.csv"
    pl.read_csv(files["loans"][1]).with_columns(pl.col("segment").replace({"thin": "new app"})).write_csv(renamed)
    starter = write_starter(folder, OwnFiles(**{**files, "loans": (renamed,)}))
    text = starter.plan.read_text(encoding="utf-8")
    assert "OPEN, segments: the tapes have new app" in text
    assert '\n#segments = ["middle", "prime", "thin", "new app"]\n' in text
    assert [str(day) for day in content(starter)["history"]["known_at"]] == ["2023-12-31"], "one instant"
    assert set(pl.read_csv(folder / TO / "loans" / "hazard.csv")["segment"]) == {"middle", "prime", "thin"}
    with pytest.raises(UnusableInput, match="22 rows rejected"):
        close(starter.plan)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["history_outcomes"], "a history has monthly performance"),
        (["history", "awards"], "the history of loans comes with their tapes, or by itself"),
        (["history", "history_fees", "loans"], "the history of guarantees comes with their tapes, or by itself"),
    ],
)
def test_a_history_comes_with_its_own(files: Files, folder: Path, options: list[str], said: str) -> None:
    named = {option: files.get(option, files["loans"][:1]) for option in options}
    with pytest.raises(UnusableInput, match=said):
        write_starter(folder, OwnFiles(**named))
    assert not folder.exists()


def test_the_command_takes_a_history_and_its_outcomes(files: Files, folder: Path) -> None:
    loans = [part for path in files["loans"] for part in ("--loans", str(path))]
    more = ["--history", str(files["history"][0]), "--history-outcomes", str(files["history_outcomes"][0])]
    made = CliRunner().invoke(app, ["new", "plan", str(folder), *loans, *more, "--format", "json"])
    assert made.exit_code == 0, made.output
    assert f"{TO}/loans/hazard.csv" in json.loads(made.stdout)["files"]
    with pytest.raises(UnusableInput, match="overwrites nothing"):
        write_starter(folder, OwnFiles(history=files["history"]))


def test_tapes_that_state_no_day_have_curves_at_both_instants_of_the_plan(files: Files, tmp_path: Path, folder: Path) -> None:
    named = tuple(
        shutil.copy(path, tmp_path / f"tape-{year}.csv") for path, year in zip(files["loans"], (2022, 2023), strict=True)
    )
    starter = write_starter(folder, OwnFiles(**{**files, "loans": tuple(map(Path, named))}))
    assert "known_at" not in content(starter)["history"], "those of the period that the plan asks for"
    account = json.loads((folder / TO / "loans" / "estimation.json").read_text(encoding="utf-8"))
    assert account["known_at"] == ["2022-12-31", "2023-12-31"]
    assert check(starter.plan).findings == ()


def test_what_a_plan_has_switched_off_of_validation_holds_its_curves(starter: Starter, tmp_path: Path) -> None:
    text = starter.plan.read_text(encoding="utf-8")
    before, _, after = text.partition("#[history.validation]\n")
    keys, blank, rest = after.partition("\n\n")
    on = starter.plan.with_name("validated.toml")
    on.write_text(f"{before}[history.validation]\n{keys.replace('#', '')}{blank}{rest}", encoding="utf-8")
    (kind,) = gaapbridge.estimate(on, to=tmp_path / "validated", validate=True).kinds
    on.unlink()
    assert kind.details["validation"] is not None


def test_a_judgement_changed_after_estimating_is_found(files: Files, folder: Path) -> None:
    starter = write_starter(folder, OwnFiles(**files))
    text = starter.plan.read_text(encoding="utf-8")
    assert '\nseverity_years = "all"' in text
    starter.plan.write_text(text.replace('\nseverity_years = "all"', '\nseverity_years = "drift"'), encoding="utf-8")
    (other,) = check(starter.plan).findings
    assert (other.name, other.where) == ("curves estimated on other judgements", "history.loans")
    assert other.why.endswith(': severity_years is "drift" and was "all"') and other.why in close(starter.plan).as_text()
    gaapbridge.estimate(starter.plan)
    assert check(starter.plan).findings == ()
