"""A file with a header and no row, as of events in a period in which nothing happened: a plan reads it, and says so."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.period_close import close
from gaapbridge.starter import Starter, write_starter
from gaapbridge.starter.own_files import OwnFiles
from gaapbridge.terms.errors import UnusableInput

EVENTS = ("contract_id", "event_date", "kind", "amount_minor")


def header_alone(path: Path, *names: str) -> Path:
    """A file of columns without a row, in the format that its name says."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.active.append(names)
        book.save(path)
    elif path.suffix == ".parquet":
        pl.DataFrame(schema=dict.fromkeys(names, pl.String)).write_parquet(path)
    else:
        path.write_text(",".join(names) + "\n", encoding="utf-8")
    return path


def proposed(lender: Path, **others: tuple[Path, ...]) -> tuple[Starter, dict[str, Any]]:
    """A plan for the loans of the starter's lender and other files of his, and what it holds."""
    loans = tuple(lender / "tapes" / f"loans-{year}-12-31.csv" for year in (2022, 2023))
    starter = write_starter(lender / "own", OwnFiles(loans=loans, **others))
    return starter, tomllib.loads(starter.plan.read_text(encoding="utf-8"))


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_period_without_events_has_a_plan(starter_copy: Path, form: str) -> None:
    empty = header_alone(starter_copy / f"events.{form}", *EVENTS)
    starter, plan = proposed(starter_copy, events=(empty,))
    said = f"events.{form} has a header and no row: nothing is taken from it"
    report = starter.as_text()
    assert f"\n{said}\nGuessed from the header; read it again in part 6 of plan.toml:\n  contract_id" in report
    assert f"# {said}.\n" in starter.plan.read_text(encoding="utf-8")
    assert starter.as_dict()["tapes"]["events"]["without_rows"] == [str(empty)]
    assert plan["tapes"]["events"]["amounts"] == "minor"
    assert said in check(starter.plan).as_text()


def test_it_closes_as_a_plan_without_the_tape(starter_copy: Path) -> None:
    starter, _ = proposed(starter_copy, events=(header_alone(starter_copy / "events.csv", *EVENTS),))
    run = close(starter.plan)
    text = starter.plan.read_text(encoding="utf-8")
    table = text[text.index("[tapes.events]") : text.index("# Cash received from the borrowers")]
    starter.plan.write_text(text.replace(table, ""), encoding="utf-8")
    without = close(starter.plan)
    assert (run.exact.statements, run.listed.findings) == (without.exact.statements, without.listed.findings)


def test_names_alone_tell_the_columns_and_no_row_the_unit(starter_copy: Path) -> None:
    empty = header_alone(starter_copy / "events.csv", "Loan ID", "Event Date", "Event Type", "Amount", "Remark")
    starter, plan = proposed(starter_copy, events=(empty,))
    assert plan["tapes"]["events"]["columns"] == {
        "contract_id": "Loan ID", "event_date": "Event Date", "kind": "Event Type", "amount_minor": "Amount",
    }  # fmt: skip
    assert plan["tapes"]["events"]["ignore"] == ["Remark"]
    assert "read" not in plan["tapes"]["events"], "no row shows how a day or a number is written"
    (question,) = starter.tapes["events"].guess.questions
    assert (question.about, question.why) == ("amounts", "the tape has no row that shows it")


@pytest.mark.parametrize("name", ["a.csv", "z.csv"])
def test_beside_a_file_with_rows_that_one_tells(starter_copy: Path, name: str) -> None:
    empty = header_alone(starter_copy / name, *EVENTS)
    starter, _ = proposed(starter_copy, events=(empty, starter_copy / "tapes" / "loan-events-2023.csv"))
    report = starter.as_text()
    assert f"\n{name} has a header and no row: nothing is taken from it\nGuessed from the header and the first 5,000" in report
    assert starter.tapes["events"].guess.questions == ()


def test_a_tape_of_contracts_without_any_is_refused(starter_copy: Path) -> None:
    header, *_ = (starter_copy / "tapes" / "loans-2022-12-31.csv").read_text(encoding="utf-8").splitlines()
    header_alone(starter_copy / "tapes" / "loans-2022-12-31.csv", *header.split(","))
    with pytest.raises(UnusableInput, match="the loan tape has at least one row"):
        proposed(starter_copy)
