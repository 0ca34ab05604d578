"""What the cells and the header of a file show of its writing, and what they leave open."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.awards.schema import AWARD_TRANCHES, AWARDS
from gaapbridge.contracts.guarantees.schema import GUARANTEES
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.starter.first_lines import first_look
from gaapbridge.starter.guess import Guess
from gaapbridge.starter.seen_days import day_in, guess_days
from gaapbridge.starter.seen_numbers import currency_said, guess_percent, guess_separators, guess_units
from gaapbridge.starter.writing import fractions_of
from gaapbridge.tapes.ledger import TRIAL_BALANCE
from gaapbridge.tapes.plain_words import plain
from gaapbridge.tapes.schema import Column, Rule

DAYS: dict[str, tuple[list[str], list[str] | None]] = {
    "ISO needs none": (["2023-01-31", "2023-02-28"], None),
    "run together": (["20230131", "20221215"], ["%Y%m%d"]),
    "day first": (["31/01/2023", "05/06/2023"], ["%d/%m/%Y"]),
    "month first": (["01/31/2023", "05/06/2023"], ["%m/%d/%Y"]),
    "without nils": (["1/31/2023", "5/6/2023"], ["%m/%d/%Y"]),
    "two digits of the year": (["06/15/22", "12/31/22"], ["%m/%d/%y"]),
    "named": (["31-Jan-2023", "28-Feb-2023"], ["%d-%b-%Y"]),
    "American, named": (["Jan 31, 2023"], ["%b %d, %Y"]),
    "Chinese": (["2023年1月31日", "2023年12月5日"], ["%Y年%m月%d日"]),
    "numbers of a workbook": (["44957", "45291"], ["excel"]),
    "two shapes": (["20230131", "2023/2/28"], ["%Y%m%d", "%Y/%m/%d"]),
    "no days": (["soon", "later"], None),
    "a year of no contract": (["01/31/0203"], None),
}


@pytest.mark.parametrize("name", DAYS)
def test_days(name: str) -> None:
    texts, formats = DAYS[name]
    found = guess_days({"origination_date": texts})
    assert (found.keys.get("dates"), found.questions) == (formats, ())


def test_one_column_tells_for_another() -> None:
    """A file is written in one way: 31 is no month, so 03/04/2023 of the other column is of April."""
    found = guess_days({"origination_date": ["03/04/2023"], "maturity_date": ["31/12/2025"]})
    assert found.keys["dates"] == ["%d/%m/%Y"]


def test_what_may_be_either_is_asked() -> None:
    found = guess_days({"origination_date": ["03/04/2023", "11/12/2022"]})
    assert "dates" not in found.keys
    assert found.questions[0].choices == ('dates = ["%d/%m/%Y"]', 'dates = ["%m/%d/%Y"]')
    years = guess_days({"origination_date": ["28.02.23"]})
    assert years.questions[0].choices == ('dates = ["%d.%m.%y"]', 'dates = ["%y.%m.%d"]')
    same = guess_days({"origination_date": ["04/04/2023"]})
    assert same.keys["dates"] and not same.questions, "4 April either way, and nothing else to read"


MANY = [f"0{month}/{day:02}/2023" for month in range(1, 10) for day in range(1, 13) if month != day]
"""99 days that are others with day and month exchanged."""

EITHER = {
    "nothing tells": ([], "01/02/2023 may be either, and so may every other day of that shape"),
    "day first": (["31/01/2023"], "01/02/2023 may be either; 31/01/2023 is no day in %m/%d/%Y"),
    "month first": (["01/31/2023"], "01/02/2023 may be either; 01/31/2023 is no day in %d/%m/%Y"),
    "both": (
        ["01/31/2023", "31/01/2023"],
        "01/02/2023 may be either; 01/31/2023 is no day in %d/%m/%Y, 31/01/2023 is no day in %m/%d/%Y",
    ),
    "none": (["31/02/2023"], "01/02/2023 may be either, and so may every other day of that shape"),
}
"""Few days among many that tell, and why it is asked all the same. 31/02/2023 is a day in neither."""


@pytest.mark.parametrize("name", EITHER)
def test_what_is_asked_of_days_is_true_of_them(name: str) -> None:
    few, why = EITHER[name]
    (question,) = guess_days({"origination_date": [*few, *MANY]}).questions
    assert question.why == why
    assert question.choices == ('dates = ["%d/%m/%Y"]', 'dates = ["%m/%d/%Y"]')


@pytest.mark.parametrize(
    ("texts", "form", "why"),
    [
        (["03/04/2023", "31/12/2025"], "%d/%m/%Y", "31/12/2025 is no other day in any format"),
        (["03/04/2023", "12/31/2025"], "%m/%d/%Y", "12/31/2025 is no other day in any format"),
        (["04/04/2023"], "%d/%m/%Y", "04/04/2023 is no other day in any format"),
        (["31.12.23", "01.02.03"], None, "31.12.23 may be either, and so may every other day of that shape"),
    ],
)
def test_the_reason_for_a_format_names_a_day_that_tells(texts: list[str], form: str | None, why: str) -> None:
    """3 April may be 4 March: it is no reason, and stands before the one that is."""
    found = guess_days({"origination_date": texts})
    assert found.keys.get("dates") == ([form] if form else None)
    assert [*found.reasons.values(), *(question.why for question in found.questions)] == [why]


def test_a_day_of_no_calendar_among_many_is_no_reason_to_ask() -> None:
    """Of 40 days one is 31 February: the format is told, with the day that is none."""
    texts = [f"{day:02}/{month:02}/2023" for month in (1, 3) for day in range(10, 30)][:39]
    found = guess_days({"origination_date": [*texts, "31/02/2023"]})
    assert found.keys["dates"] == ["%d/%m/%Y"] and "31/02/2023" in found.reasons["dates"]
    half = guess_days({"origination_date": ["31/01/2023", "01/31/2023"]})
    assert half.keys == {}, "two ways of writing in one file are none"
    (question,) = half.questions
    assert question.why.startswith(
        "two orders of day and month are mixed: 31/01/2023 is a day in %d/%m/%Y alone, 01/31/2023 in %m/%d/%Y alone"
    )
    assert question.choices == (), "no line of a plan reads both"
    assert guess_days({"origination_date": ["soon", "later"]}).questions == ()


def test_what_stands_where_there_is_no_day_is_empty() -> None:
    found = guess_days({"exit_date": ["00000000", "20230131", "N/A"]})
    assert found.keys == {"dates": ["%Y%m%d"], "empty": ["00000000", "N/A"]}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("trial-20231231.csv", date(2023, 12, 31)), ("as of 2023-06-30", date(2023, 6, 30)), ("20230131_20230228", None),
        ("Report of 31/12/2023", date(2023, 12, 31)), ("截至2023年12月31日", date(2023, 12, 31)), ("v20239999", None),
        ("As of: 12/31/2022", date(2022, 12, 31)), ("Report of 03/04/2023", None), ("As of 04/04/2023", date(2023, 4, 4)),
        ("As of: 12/31/2022 Run: 01/13/2023", date(2022, 12, 31)), ("12/31/2022 printed 01/13/2023", None),
        ("As of: 03/04/2023 Run: 04/13/2023", None), ("01/01/2023 - 12/31/2023", None), ("13/13/2023", None),
        ("Run: 2023-01-03 As of 2022-12-31", date(2022, 12, 31)), ("trial-12-31-2023.csv", date(2023, 12, 31)),
         ("Balances as at 31/12/2022", date(2022, 12, 31)),
    ],
)  # fmt: skip
def test_the_day_of_a_title(text: str, day: date | None) -> None:
    assert day_in(text) == day


SEPARATORS: dict[str, tuple[list[str], dict[str, str], bool]] = {
    "plain": (["1234.50", "12"], {}, False),
    "English": (["1,234.50"], {"thousands": ","}, False),
    "one group": (["12,345", "7"], {"thousands": ","}, False),
    "European": (["1.234,50"], {"thousands": ".", "decimal": ","}, False),
    "European, one group": (["12.345", "7,50"], {"thousands": ".", "decimal": ","}, False),
    "comma alone": (["1234,5"], {"decimal": ","}, False),
    "Swiss": (["1'234.50"], {"thousands": "'"}, False),
    "blank": (["1 234,50"], {"thousands": " ", "decimal": ","}, False),
    "signed": (["($1,234.50)", "-5.00"], {"thousands": ","}, False),
    "both ways": (["1,234.50", "1.234,50"], {}, True),
    "thousands or decimals": (["12.345", "7"], {}, True),
}


@pytest.mark.parametrize("name", SEPARATORS)
def test_separators(name: str) -> None:
    texts, keys, asked = SEPARATORS[name]
    found = guess_separators({"principal_minor": texts}, ["principal_minor"], workbook=False)
    assert (found.keys, bool(found.questions)) == (keys, asked)


@pytest.mark.parametrize(
    ("texts", "rates", "keys", "asked"),
    [
        (["508,000", "338,667"], [], {}, True),
        (["508.000", "338.667"], [], {}, True),
        (["508,000", "0,750"], [], {"decimal": ","}, False),
        (["508,000", "1,508,000"], [], {"thousands": ","}, False),
        (["508,000"], ["0.05"], {"thousands": ","}, False),
    ],
)
def test_thousands_of_a_currency_may_have_three_decimals(
    texts: list[str], rates: list[str], keys: dict[str, str], asked: bool
) -> None:
    """508 thousand to the unit, as a German ledger writes it under a header in kEUR, or 508,000 thousand."""
    cells = {"principal_minor": texts, "annual_rate": rates}
    found = guess_separators(cells, ["principal_minor"], workbook=False, coarse=["principal_minor"])
    assert (found.keys, bool(found.questions)) == (keys, asked)


def test_a_rate_of_three_decimals_says_nothing_of_thousands() -> None:
    found = guess_separators({"annual_rate": ["1.234"], "principal_minor": ["500"]}, ["principal_minor"], workbook=False)
    assert found == Guess()


PERCENTS: dict[str, tuple[str, list[str], list[str], bool]] = {
    "fractions": ("Rate", ["0.154", "0.05"], [], False),
    "percent": ("Rate", ["15.4", "0.9", "5"], ["annual_rate"], False),
    "with the sign": ("Rate", ["15.4%", "5%"], [], False),
    "by the header": ("年利率(%)", ["0.9", "1.5", "0.5"], ["annual_rate"], False),
    "below one under a header": ("Rate (%)", ["0.154", "0.05"], [], True),
    "some above": ("Rate", ["0.154", "0.05", "5.4"], [], True),
}


@pytest.mark.parametrize("name", PERCENTS)
def test_percent(name: str) -> None:
    header, texts, percent, asked = PERCENTS[name]
    found = guess_percent({"annual_rate": header}, {"annual_rate": texts})
    assert (found.keys.get("percent", []), bool(found.questions)) == (percent, asked)


def test_fractions_are_those_of_the_tape() -> None:
    """What its rules keep below 10 or 1, not the value of a share in money."""
    rates = ["annual_rate", "pd_12m", "pd_12m_at_origination"]
    assert sorted(fractions_of(LOANS)) == rates
    assert sorted(fractions_of(GUARANTEES)) == ["annual_rate", "guaranteed_share", "pd_12m", "pd_12m_at_origination"]
    assert fractions_of(AWARDS) == fractions_of(AWARD_TRANCHES) == fractions_of(TRIAL_BALANCE) == []
    share = Rule("part", "secured_share", "secured_share is at most 1", "correct it", lambda _: pl.col("secured_share") > 1)
    column = Column("secured_share", "number", "share that is secured", nullable=True)
    planted = replace(LOANS, columns=(*LOANS.columns, column), rules=(*LOANS.rules, share))
    assert sorted(fractions_of(planted)) == [*rates, "secured_share"]


UNITS: dict[str, tuple[dict[str, str], list[str], str | None, dict[str, str], bool]] = {
    "decimals": ({"principal_minor": "Amount"}, ["500.25"], "major", {}, False),
    "currency signs": ({"principal_minor": "Amount"}, ["$500"], "major", {}, False),
    "whole": ({"principal_minor": "Amount"}, ["500"], None, {}, True),
    "whole beside cents": (
        {"principal_minor": "Amount", "fees_received_minor": "Fee (cents)"}, ["500"], None,
        {"fees_received_minor": "minor"}, True,
    ),
    "our names": ({"principal_minor": "principal_minor"}, ["500"], "minor", {}, False),
    "yuan": ({"principal_minor": "放款金额(元)"}, ["500"], "major", {}, False),
    "cents": ({"principal_minor": "Amount (cents)"}, ["500"], "minor", {}, False),
    "all in thousands": ({"principal_minor": "Amount ($000s)"}, ["500"], "major", {"principal_minor": "thousand"}, False),
    "one in thousands": (
        {"principal_minor": "Amount", "outstanding_principal_minor": "Balance ($000s)"}, ["500.25"], "major",
        {"outstanding_principal_minor": "thousand"}, False,
    ),
    "one in ten thousand": (
        {"principal_minor": "金额(元)", "outstanding_principal_minor": "余额(万元)"}, ["1.5"], "major",
        {"outstanding_principal_minor": "ten_thousand"}, False,
    ),
    "lakhs": ({"principal_minor": "Amount (lakhs)"}, ["0.80"], "major", {"principal_minor": "lakh"}, False),
    "crore": ({"principal_minor": "Amount (₹ crore)"}, ["2"], "major", {"principal_minor": "crore"}, False),
    "Tsd.": ({"principal_minor": "Amount Tsd."}, ["508"], "major", {"principal_minor": "thousand"}, False),
    "Mio.": ({"principal_minor": "Betrag (Mio. EUR)"}, ["1.25"], "major", {"principal_minor": "million"}, False),
    "百万": ({"principal_minor": "金额(百万元)"}, ["1.25"], "major", {"principal_minor": "million"}, False),
}  # fmt: skip


@pytest.mark.parametrize("name", UNITS)
def test_units(name: str) -> None:
    names, texts, amounts, units, asked = UNITS[name]
    found = guess_units(names, dict.fromkeys(names, texts))
    assert (found.keys.get("amounts"), found.keys.get("units", {}), bool(found.questions)) == (amounts, units, asked)


@pytest.mark.parametrize(
    ("header", "texts", "code"),
    [
        (["Balance (USD)"], ["5"], "USD"), (["贷款余额(元)"], ["5"], "CNY"), (["Balance"], ["$5.00"], "USD"),
        (["Balance"], ["EUR 5.00"], "EUR"), (["Balance"], ["5.00"], None), (["Amount (USD)", "Amount (EUR)"], ["5"], None),
    ],
)  # fmt: skip
def test_currency(header: list[str], texts: list[str], code: str | None) -> None:
    found = currency_said(header, texts)
    assert (found[0] if found else None) == code


def test_a_contract_at_the_end_is_no_row_of_totals(tmp_path: Any) -> None:
    """A row with a number and most cells filled is a contract, also where the number begins like a remark."""
    names = ["loan id", "balance", "status", "rate", "term", "product", "dpd", "currency"]
    rows = [",".join(names), "A1,5,x,1,2,p,0,EUR", "Note-7,5,x,1,2,p,0,EUR"]
    path = tmp_path / "tape.csv"
    path.write_text("\n".join(rows) + "\n")
    known = {plain(name) for name in names}
    assert first_look(path, lambda text: plain(text) in known).layout == Guess()
    path.write_text("\n".join([*rows, "Total,10,,,,,,", "", "Note: unaudited"]) + "\n")
    assert first_look(path, lambda text: plain(text) in known).layout.keys == {"total_rows": 3}


def test_an_account_that_is_nil_is_no_row_of_totals(tmp_path: Any) -> None:
    """A ledger of eight columns ends in accounts of income that were closed: code and name, and nothing beside them."""
    names = ["科目编码", "科目名称", "期初借方", "期初贷方", "本期借方", "本期贷方", "期末借方", "期末贷方"]
    rows = [",".join(names), "1001,现金,5,,,,5,", "4001,实收资本,,5,,,,5", "6011,利息收入,,,,,,", "6011.01,贷款利息收入,,,,,,"]
    path = tmp_path / "ledger.csv"
    known = {plain(name) for name in names}
    for below, total_rows in (([], None), (["合计,,5,5,,,5,5"], 1), (["合计,,5,5,,,5,5", "20231231,制表,,,,,,"], 2)):
        path.write_text("\n".join([*rows, *below]) + "\n", encoding="utf-8")
        assert first_look(path, lambda text: plain(text) in known).layout.keys.get("total_rows") == total_rows
