"""Words of the trade that the files of a first year do not hold: a plan reads them in the second, or says which line would."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.period_close import close
from gaapbridge.starter import OwnFiles, Starter, write_starter
from gaapbridge.tapes.trade_words import USUAL_WORDS, meanings
from gaapbridge.terms.errors import UnusableInput

HEADER = (
    "Loan No,Product,Currency,Disbursement date,First due date,Loan amount,Interest rate (% p.a.),Term (months),"
    "Repayment method,Outstanding principal,Days past due,Status,Exit date"
)
FIRST = "L-1,all,GBP,2022-06-15,2022-07-15,360000.00,12,24,Equal principal,270000.00,0,Active,"
SECOND = "L-2,all,GBP,2022-09-10,2022-10-10,240000.00,12,24,Equal principal,210000.00,0,Active,"
"""Two loans at the end of 2022, of the end of which no word is said yet."""


def tape(folder: Path, day: str, *rows: str) -> Path:
    path = folder / f"loans-{day}.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def proposed(folder: Path) -> Starter:
    """The plan of a first year in which every loan is active."""
    return write_starter(folder / "own", OwnFiles(loans=(tape(folder, "2022-12-31", FIRST, SECOND),)))


def second_year(starter: Starter, *words: str, days: tuple[str, str] = ("2023-06-15", "2023-06-15")) -> Path:
    """The same plan a year later, on a tape in which its loans have left by those words, on those days."""
    rows = [f"{row.rsplit(',', 3)[0]},0,{word},{day}" for row, word, day in zip((FIRST, SECOND), words, days, strict=True)]
    tape(starter.plan.parent.parent, "2023-12-31", *rows)
    plan = starter.plan.with_name("plan-2023.toml")
    shutil.copy(starter.plan, plan)
    plan.write_text(plan.read_text(encoding="utf-8").replace("2022-12-31", "2023-12-31"), encoding="utf-8")
    return plan


@pytest.mark.parametrize(
    "words",
    [("prepaid", "Repaid early"), ("PREPAID", "Written-off"), ("Charged Off", "charge-off"), ("early payoff", "Prepaid")],
)
def test_a_usual_word_that_comes_later_is_read(tmp_path: Path, words: tuple[str, str]) -> None:
    assert check(second_year(proposed(tmp_path), *words)).rejects.to_dicts() == []


def test_a_plan_lists_what_each_would_be_and_leaves_open_what_has_two_meanings(tmp_path: Path) -> None:
    text = proposed(tmp_path).plan.read_text(encoding="utf-8")
    status = tomllib.loads(text)["tapes"]["loans"]["read"]["values"]["status"]
    assert status["Active"] == status["past due"] == "on_book"
    assert (status["prepaid"], status["matured"], status["charged off"]) == ("prepaid", "matured", "written_off")
    assert "active" not in status and "paid out" not in status
    assert '\n#"redeemed" = "prepaid"  # or matured\n' in text and "redeemed" not in status


def test_every_usual_word_is_known() -> None:
    """A usual word that no column of ours has would be listed nowhere."""
    assert [word for column, words in USUAL_WORDS.items() for word in words if not meanings(column, word)] == []


def test_the_refusal_of_an_unknown_word_has_the_line_that_reads_it(tmp_path: Path) -> None:
    plan = second_year(proposed(tmp_path), "Redeemed", "Gone")
    lines = {
        "Redeemed": 'add the line "Redeemed" = "prepaid" (or "matured") under [tapes.loans.read.values.status] of the plan, or '
        "correct the cell",
        "Gone": 'add the line "Gone" = "prepaid" (or "matured", "written_off") under '
        "[tapes.loans.read.values.status] of the plan, or correct the cell",
    }
    found = check(plan)
    assert dict(found.rejects.select("value", "remedy").iter_rows()) == lines
    with pytest.raises(UnusableInput) as refused:
        close(plan)
    told = [(one.row, one.column, one.value) for one in (refused.value, *refused.value.further)]
    assert told == [("1", "status", "Redeemed"), ("2", "status", "Gone")]
    text = plan.read_text(encoding="utf-8")
    table = "[tapes.loans.read.values.status]\n"
    plan.write_text(text.replace(table, table + '"Redeemed" = "prepaid"\n"Gone" = "prepaid"\n'), encoding="utf-8")
    assert check(plan).rejects.to_dicts() == []


@pytest.mark.parametrize(
    ("days", "offered"),
    [
        (("2023-06-15", "2023-06-15"), '"prepaid" (or "matured", "written_off")'),
        (("", ""), '"on_book"'),
        (("", "2023-06-15"), '"on_book" (or "prepaid", "matured", "written_off")'),
    ],
)
def test_a_word_is_offered_what_the_exit_dates_of_its_rows_allow(tmp_path: Path, days: tuple[str, str], offered: str) -> None:
    """A row that has left is not on book, nor has one left that has no day: such a line would be refused in its turn."""
    plan = second_year(proposed(tmp_path), "Gone", "Gone", days=days)
    remedies = check(plan).rejects.filter(pl.col("column") == "status")["remedy"].to_list()
    line = f'add the line "Gone" = {offered} under [tapes.loans.read.values.status] of the plan, or correct the cell'
    assert remedies == [line] * 2


@pytest.mark.parametrize("days", [("2023-06-15", "2023-06-15"), ("", "")])
def test_a_word_that_may_say_charged_off_is_offered_that_first(tmp_path: Path, days: tuple[str, str]) -> None:
    """Pasted as it is offered, no contract that was written off is read as repaid, or as on book."""
    plan = second_year(proposed(tmp_path), "Chg Off to agency", "Not yet charged off", days=days)
    sold, not_yet = check(plan).rejects.filter(pl.col("column") == "status")["remedy"].to_list()
    assert sold.startswith('add the line "Chg Off to agency" = "written_off" (or "prepaid", "matured") under ')
    assert not_yet.startswith(f'add the line "Not yet charged off" = "{"prepaid" if days[0] else "on_book"}"')
    assert meanings("status", "Skip - Chg Off") == ("written_off",), "a debtor who is gone"


def test_a_known_word_without_its_day_keeps_its_meanings(tmp_path: Path) -> None:
    """What misses is the day, not a loan on book."""
    rejects = check(second_year(proposed(tmp_path), "Redeemed", "Active", days=("", ""))).rejects
    assert [line.split(" under ")[0] for line in rejects["remedy"]] == ['add the line "Redeemed" = "prepaid" (or "matured")']


def test_rows_with_the_same_word_are_named_together(tmp_path: Path) -> None:
    plan = second_year(proposed(tmp_path), "Gone", "Gone")
    assert ", rows 1, 2, status Gone: status is one of on_book, prepaid, matured, written_off. " in check(plan).as_text()
    with pytest.raises(UnusableInput) as refused:
        close(plan)
    assert (refused.value.row, refused.value.further) == ("1, 2", ())


def test_a_word_of_two_meanings_in_two_writings_stays_unknown(tmp_path: Path) -> None:
    starter = proposed(tmp_path)
    text = starter.plan.read_text(encoding="utf-8")
    table = "[tapes.loans.read.values.status]\n"
    starter.plan.write_text(text.replace(table, table + '"OUT" = "prepaid"\n"out" = "on_book"\n'), encoding="utf-8")
    found = check(second_year(starter, "OUT", "Out")).rejects
    assert found["value"].to_list() == ["Out"]
