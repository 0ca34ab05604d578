"""Histories in the layouts of their lenders: arrears in words, days as text, months without a day, months in columns."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import gaapbridge
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.estimation.history import open_history, stated_paths
from gaapbridge.estimation.wide import code, wide
from gaapbridge.plan.history_file import read_history
from gaapbridge.terms.errors import UnusableInput
from tests.estimation.lender import write_history

IN_WORDS = '[history.loans.performance.read.values.days_past_due]\n"M0" = 0\n"M1" = 1\n"M2" = 31\n"M3" = 61\n"M4+" = 91\n'


def lender(folder: Path, *more: str) -> Path:
    """The plan of a lender in whose history nothing is wrong, with what it states of the file besides."""
    plan = write_history(folder)
    text = plan.read_text(encoding="utf-8").replace("findings = 0", "findings = 9")
    plan.write_text(text.replace("[history.loans.outcomes]", "\n".join((*more, "[history.loans.outcomes]"))), encoding="utf-8")
    return plan


def rewritten(folder: Path, **columns: pl.Expr) -> None:
    """The monthly performance with some columns written otherwise."""
    months = pl.read_csv(folder / "months.csv", try_parse_dates=True)
    months.with_columns(**columns).write_csv(folder / "months.csv")


def stage() -> pl.Expr:
    """Days past due as the month of arrears that they are in."""
    month = ((pl.col("days_past_due") + 29) // 30).cast(pl.String)
    return pl.when(pl.col("days_past_due") > 90).then(pl.lit("m4 +")).otherwise("M" + month)


def hazards(plan: Path, to: Path) -> pl.DataFrame:
    gaapbridge.estimate(plan, to=to)
    return pl.read_csv(to / "loans" / "hazard.csv")


def test_arrears_in_words_count_as_the_days_that_the_plan_says(tmp_path: Path) -> None:
    """Nobody is late by a day that another band begins with, so bands say as much as days."""
    plan = lender(tmp_path / "words", IN_WORDS)
    expected = hazards(lender(tmp_path / "days"), tmp_path / "of_days")
    rewritten(plan.parent, days_past_due=stage())
    assert hazards(plan, tmp_path / "of_words").equals(expected)


@pytest.mark.parametrize(
    ("words", "rule", "remedy"),
    [
        (IN_WORDS.replace('"M4+" = 91\n', ""), "is one of the words under read.values.days_past_due, or a whole number", "add"),
        (IN_WORDS.replace("91", '"91"'), "read.values.days_past_due says of each word which whole number it is", '"M4+" = 31'),
        ("", "days_past_due is a whole number in digits, within 64 bits", "say in the plan's read table how it is written"),
    ],
)
def test_a_word_that_no_line_explains_is_no_number(words: str, rule: str, remedy: str, tmp_path: Path) -> None:
    plan = lender(tmp_path, words)
    rewritten(tmp_path, days_past_due=stage())
    with pytest.raises(UnusableInput) as refused:
        gaapbridge.estimate(plan)
    assert rule in refused.value.rule and remedy in refused.value.remedy


@pytest.mark.parametrize("read", ["", "[history.loans.performance.read]\nthousands = ','"])
def test_days_with_their_unit_are_told_with_the_cell_and_the_remedy(read: str, tmp_path: Path) -> None:
    """A column of which no cell is a number is not an empty one."""
    plan = lender(tmp_path, read)
    rewritten(tmp_path, days_past_due=pl.col("days_past_due").cast(pl.String) + " days")
    with pytest.raises(UnusableInput) as refused:
        gaapbridge.estimate(plan)
    assert (refused.value.column, refused.value.value) == ("days_past_due", "0 days, 20 days, 50 days and 4 others")
    assert "days_past_due is a whole number" in refused.value.rule and "write the number" in refused.value.remedy


def test_days_with_nils_before_them_are_days(tmp_path: Path) -> None:
    expected = hazards(lender(tmp_path / "days"), tmp_path / "of_days")
    plan = lender(tmp_path / "padded")
    rewritten(plan.parent, days_past_due=pl.col("days_past_due").cast(pl.String).str.zfill(3))
    assert '"000"' not in (plan.parent / "months.csv").read_text() and ",020," in (plan.parent / "months.csv").read_text()
    assert hazards(plan, tmp_path / "of_padded").equals(expected)


@pytest.mark.parametrize(("stated", "written"), [("%Y-%m", "%Y-%m"), ("%b %Y", "%b %Y"), ("%Y%m", "%Y%m")])
def test_a_month_without_a_day_is_its_last(stated: str, written: str, tmp_path: Path) -> None:
    plan = lender(tmp_path, "[history.loans.performance.read]", f'dates = ["{stated}"]')
    rewritten(tmp_path, month_end=pl.col("month_end").dt.to_string(written))
    plan_read = read_history(plan, DECLARED)
    tape = open_history(plan_read, "loans", stated_paths(plan_read)).tapes["performance"]
    days = {day for one in tape.source.batches() for day in one.frame["month_end"]}
    assert min(days) == date(2019, 1, 31) and date(2020, 2, 29) in days and len(days) == 36
    assert gaapbridge.estimate(plan).kinds


def filed_wide(folder: Path) -> Path:
    """The performance with a column of each measure and month."""
    months = pl.read_csv(folder / "months.csv", try_parse_dates=True).with_columns(pl.col("month_end").dt.to_string("%Y-%m"))
    names = {"balance_minor": "Balance", "days_past_due": "DPD", "status": "Status"}
    parts = [
        months.pivot("month_end", index=["contract_id", "segment"], values=name).rename(
            lambda column, called=called: column if column in ("contract_id", "segment") else f"{called} {column}"
        )
        for name, called in names.items()
    ]
    whole = parts[0].join(parts[1], on=["contract_id", "segment"]).join(parts[2], on=["contract_id", "segment"])
    whole.write_csv(folder / "wide.csv")
    return folder / "wide.csv"


def test_months_in_columns_are_refused_with_the_line_that_turns_them(tmp_path: Path) -> None:
    """The line of the remedy, run as it stands, gives a file with the figures of the one that was refused."""
    of_rows = lender(tmp_path / "rows")
    not_wide = 'ignore = ["missed", "month_on_book", "remaining_instalments"]'
    of_rows.write_text(of_rows.read_text(encoding="utf-8").replace('ignore = ["missed"]', not_wide), encoding="utf-8")
    expected = hazards(of_rows, tmp_path / "of_rows")
    plan = lender(tmp_path / "wide")
    file = filed_wide(plan.parent)
    text = plan.read_text(encoding="utf-8").replace('path = "months.csv"', 'path = "wide.csv"')
    plan.write_text(text.replace('ignore = ["missed"]\n', ""), encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        gaapbridge.estimate(plan)
    assert refused.value.value == "2019-01 to 2021-12" and "36 months stand in columns" in refused.value.rule
    header = file.read_text().split("\n")[0].split(",")
    found = wide(header)
    assert found is not None and f'python -c "{code(file, found)}"' in refused.value.remedy, "no sign that a shell takes"
    subprocess.run([sys.executable, "-c", code(file, found)], check=True)
    columns = "[history.loans.performance.columns]\nbalance_minor = 'Balance'\ndays_past_due = 'DPD'\nstatus = 'Status'\n"
    by_month = text.replace('"wide.csv"', '"wide-by-month.csv"').replace('ignore = ["missed"]\n', "")
    read = f'{columns}[history.loans.performance.read]\ndates = ["%Y-%m"]\n'
    plan.write_text(by_month.replace("[history.loans.outcomes]", f"{read}[history.loans.outcomes]"), encoding="utf-8")
    made = hazards(plan, tmp_path / "of_wide")
    assert made.equals(expected)


@pytest.mark.parametrize(
    ("header", "months"),
    [
        (["id", "2022-01-31", "2022-02-28", "2022-03-31"], 3),
        (["合同号", "余额2022年1月", "余额2022年2月", "余额2022年12月"], 3),
        (["id", "Bal Jan-22", "Bal Feb-22", "Bal Mar-22"], 3),
        (["id", "bal_202201", "bal_202202", "bal_202203"], 3),
        (["id", "opened 2022-01", "closed 2022-02"], None),
        (["id", "balance 2020", "balance 2021", "balance 2022"], None),
        (["id", "month_end", "balance", "score_202212"], None),
    ],
)
def test_months_are_seen_in_the_names_of_columns(header: list[str], months: int | None) -> None:
    found = wide(header)
    assert (found and len(found.months)) == months
    if found is not None:
        (shape,) = re.findall(r"m = '(.*?)';", code(Path("a.csv"), found))
        cells = pl.Series(header[1:]).str.extract(shape)
        assert cells.to_list() == list(found.months)


def test_a_rule_that_many_rows_break_is_told_once(tmp_path: Path) -> None:
    """With how many rows, the first of them, and the first of their values."""
    plan = lender(tmp_path)
    rewritten(tmp_path, balance_minor=-pl.col("balance_minor") - pl.int_range(pl.len()))
    rows = pl.read_csv(tmp_path / "months.csv").height
    with pytest.raises(UnusableInput) as refused:
        gaapbridge.estimate(plan)
    reasons = (refused.value, *refused.value.further)
    (balance,) = (one for one in reasons if one.column == "balance_minor")
    assert balance.row == f"1, 2, 3, 4, 5 and {rows - 5:,} more" and balance.value is not None
    assert re.fullmatch(r"-[0-9]+, -[0-9]+, -[0-9]+ and [0-9,]+ others", balance.value)
    assert len(reasons) == len({(one.column, one.rule) for one in reasons})


def test_rows_that_are_borne_are_told_once_for_their_rule(tmp_path: Path) -> None:
    plan = lender(tmp_path)
    place, late = pl.int_range(pl.len()), pl.col("days_past_due").cast(pl.String)
    rewritten(tmp_path, days_past_due=pl.when(place < 5).then("about " + place.cast(pl.String)).otherwise(late))
    text = gaapbridge.estimate(plan, settings=["history.rejected_rows=5"]).as_text()
    told = [line for line in text.split("\n") if "about" in line]
    assert len(told) == 1 and ", rows 1, 2, 3, 4, 5, days_past_due about 0, about 1, about 2 and 2 others: " in told[0]
    assert "Rejected rows: 5" in text


def on_book_alone(folder: Path) -> pl.DataFrame:
    """The history of what is on book alone; and its contracts that left by another way than a charge-off."""
    months = pl.read_csv(folder / "months.csv", try_parse_dates=True)
    on_book = (pl.col("status") == "on_book") & (pl.col("balance_minor") > 0)
    months.filter(on_book).write_csv(folder / "months.csv")
    plan = folder / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(re.sub(r"control = .*\n", "", text), encoding="utf-8")
    off = months.filter(pl.col("status") == "charged_off")
    came = pl.read_csv(folder / "outcomes.csv", try_parse_dates=True)
    amounts = off.select("contract_id", date="month_end", what=pl.lit("charge_off"), amount_minor=pl.lit(80_000, pl.Int64))
    pl.concat([came, amounts]).write_csv(folder / "outcomes.csv")
    return months


def test_records_of_what_is_on_book_alone_are_no_defaults(tmp_path: Path) -> None:
    """With the key they give the hazards and prepayments of the records with the rows by which contracts were repaid."""
    plan = lender(tmp_path / "alone")
    on_book_alone(plan.parent)
    with pytest.raises(UnusableInput) as refused:
        gaapbridge.estimate(plan)
    assert "the rows of 11 of 120 contracts end with a balance, 0 are repaid by one" in refused.value.rule
    assert 'without_last_row = "repaid" under [history.loans]' in refused.value.remedy
    whole = lender(tmp_path / "whole")
    gaapbridge.estimate(whole, to=tmp_path / "of_whole")
    gaapbridge.estimate(plan, to=tmp_path / "of_alone", settings=["history.loans.without_last_row=repaid"])
    for table in ("hazard", "prepayment"):
        made, expected = (pl.read_csv(tmp_path / name / "loans" / f"{table}.csv") for name in ("of_alone", "of_whole"))
        assert made.equals(expected), table
    stated = {
        name: '"without_last_row"' in (tmp_path / name / "loans" / "estimation.json").read_text()
        for name in ("of_alone", "of_whole")
    }
    assert stated == {"of_alone": True, "of_whole": False}


def test_who_is_in_default_and_has_no_row_any_more_was_not_repaid(tmp_path: Path) -> None:
    plan = lender(tmp_path)
    on_book_alone(tmp_path)
    came = pl.read_csv(tmp_path / "outcomes.csv")
    came.filter((pl.col("contract_id") != "L000") | (pl.col("what") != "charge_off")).write_csv(tmp_path / "outcomes.csv")
    made = gaapbridge.estimate(plan, settings=["history.loans.without_last_row=repaid"])
    (left,) = (one for one in made.findings if one.name == "left a history with a balance")
    assert left.where == "history.loans/L000"
