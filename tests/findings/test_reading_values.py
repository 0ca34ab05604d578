"""Tapes in their lender's writing: days, numbers, units and words read as the plan says, and nothing read otherwise."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest

from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.plan.reading import ReadTable
from gaapbridge.tapes.checks import check
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Circumstances
from gaapbridge.terms import UnusableInput
from tests.findings.small_tape import SMALL
from tests.findings.tapes_made import broken, csv_text, read_loans, write_csv


def cells(folder: Path, column: str, *written: str, amounts: str = "minor", **read: Any) -> list[Any]:
    """What the cells of a column are read as; None of one that is rejected."""
    lines = [f'A{number},"{cell}"' for number, cell in enumerate(written)]
    path = write_csv(folder, "\n".join([f"contract_id,{column}", *lines]) + "\n", "small.csv")
    source = open_tape(path, SMALL, amounts=amounts, read=ReadTable(**read), currency="CNY")  # type: ignore[arg-type]
    return source.whole().frame[column].to_list()


def rejected(folder: Path, column: str, *written: str, **read: Any) -> list[tuple[int, str | None, str | None, str]]:
    """Row, column, value and rule of the cells of a column that are rejected."""
    lines = [f'A{number},"{cell}"' for number, cell in enumerate(written)]
    path = write_csv(folder, "\n".join([f"contract_id,{column}", *lines]) + "\n", "small.csv")
    source = open_tape(path, SMALL, read=ReadTable(**read), currency="CNY")
    return check(source.whole(), SMALL, Circumstances(), "small.csv").rejects.select("row", "column", "value", "rule").rows()


def test_days_in_each_stated_format_and_always_as_iso(tmp_path: Path) -> None:
    read = cells(tmp_path, "day", "20230131", "31/01/2023", "1/2/2023", "2023-01-31", dates=["%Y%m%d", "%d/%m/%Y"])
    assert read == [date(2023, 1, 31), date(2023, 1, 31), date(2023, 2, 1), date(2023, 1, 31)]
    days = [date(2023, 2, 1), date(2023, 12, 31)]
    assert cells(tmp_path, "day", "2023年2月1日", "２０２３年１２月３１日", dates=["%Y年%m月%d日"]) == days
    assert cells(tmp_path, "day", "Jan 31, 2023", "31-Jan-23", dates=["%b %d, %Y", "%d-%b-%y"]) == [date(2023, 1, 31)] * 2


def test_days_counted_by_a_workbook(tmp_path: Path) -> None:
    """44957 is 31 January 2023; 60 is a day that there was not."""
    assert cells(tmp_path, "day", "44957", "44957.0", "60", dates=["excel"]) == [date(2023, 1, 31), date(2023, 1, 31), None]


@pytest.mark.parametrize("cell", ["31/02/2023", "01/02/23", "2023/01/31", "31/01/2023 08:00", "yesterday", "20230131"])
def test_a_day_of_no_stated_format_is_rejected_as_it_stands(cell: str, tmp_path: Path) -> None:
    ((row, column, value, rule),) = rejected(tmp_path, "day", cell, dates=["%d/%m/%Y"])
    assert (row, column, value) == (1, "day", cell)
    assert rule == "day is a day of the calendar, written %d/%m/%Y, %Y-%m-%d"


def test_a_day_in_another_order_says_that_two_are_mixed(tmp_path: Path) -> None:
    """31/12/2023 beside 12/31/2023: what else may be either was read by the plan's format, right or wrong."""
    csv = "contract_id,day\nA1,31/12/2023\nA2,12/31/2023\nA3,03/04/2023\nA4,31/02/2023\n"
    bad = open_tape(write_csv(tmp_path, csv, "small.csv"), SMALL, read=ReadTable(dates=["%d/%m/%Y"])).whole().bad
    remedies = dict(bad.select("value", "remedy").iter_rows())
    assert remedies["12/31/2023"].startswith("it is a day in %m/%d/%Y alone: two orders of day and month are mixed")
    assert remedies["31/02/2023"] == "correct the cell, or add its format to read.dates", "a day in no order"
    assert set(remedies) == {"12/31/2023", "31/02/2023"}


EUROPE = {"decimal": ",", "thousands": "."}
AMOUNTS: dict[str, tuple[str, dict[str, Any], int | None]] = {
    "plain": ("1234.5", {}, 123450),
    "thousands unstated": ("1,234.50", {}, None),
    "thousands": ("1,234,567.50", {"thousands": ","}, 123456750),
    "European": ("1.234.567,50", EUROPE, 123456750),
    "European thousands": ("700.000", EUROPE, 70000000),
    "ungrouped": ("1234567,5", EUROPE, 123456750),
    "a point in Europe": ("1234.50", EUROPE, None),
    "grouped wrongly": ("12.34.567", EUROPE, None),
    "Swiss": ("1'234.50", {"thousands": "'"}, 123450),
    "blank": ("1\u202f234,50", {"decimal": ",", "thousands": " "}, 123450),
    "parentheses": ("(1,234.50)", {"thousands": ","}, -123450),
    "minus after": ("1234.50-", {}, -123450),
    "minus sign": ("\u221212.00", {}, -1200),
    "twice negative": ("(-12.00)", {}, None),
    "open": ("(12.00", {}, None),
    "yuan": ("¥1,234.50", {"thousands": ","}, 123450),
    "full width": ("￥１，２３４．５０", {"thousands": ","}, 123450),
    "yuan after": ("1234.50元", {}, 123450),
    "code before": ("CNY 12.50", {}, 1250),
    "code after": ("(12.50 CNY)", {}, -1250),
    "another currency": ("$12.50", {}, None),
    "another code": ("USD 12.50", {}, None),
    "no whole digit": (".5", {}, 50),
    "percent of an amount": ("5%", {}, None),
    "no digit": ("-", {}, None),
    "finer than the minor unit": ("1.005", {}, None),
}


@pytest.mark.parametrize("name", AMOUNTS)
def test_an_amount_in_major_units(name: str, tmp_path: Path) -> None:
    written, read, minor = AMOUNTS[name]
    assert cells(tmp_path, "lent_minor", written, amounts="major", **read) == [minor]


def test_amounts_of_the_other_sign(tmp_path: Path) -> None:
    """Costs that a system states as what is paid out; nil has no sign."""
    read = cells(tmp_path, "lent_minor", "(1,234.56)", "$ -", "5", "0", amounts="major", negative=["lent_minor"], thousands=",")
    assert read == [123456, None, -500, 0], "dollars are not of the entity"
    assert cells(tmp_path, "lent_minor", "¥ -", "-", "¥-") == [0, None, 0], "a dash alone may be anything"


UNITS: dict[str, tuple[str, str, str, int | None]] = {
    "ten thousand of minor": ("minor", "ten_thousand", "12.3456", 12345600),
    "thousand of minor": ("minor", "thousand", "1.5", 150000),
    "thousand of major": ("major", "thousand", "1.5", 150000),
    "major of minor": ("minor", "major", "15.25", 1525),
    "minor of major": ("major", "minor", "1525", 1525),
    "small minor of major": ("major", "minor", "-5", -5),
    "minor of minor": ("minor", "minor", "1525", 1525),
    "thousand, too fine": ("minor", "thousand", "0.000001", None),
}


@pytest.mark.parametrize("name", UNITS)
def test_an_amount_in_the_unit_of_its_column(name: str, tmp_path: Path) -> None:
    amounts, unit, written, minor = UNITS[name]
    assert cells(tmp_path, "lent_minor", written, amounts=amounts, units={"lent_minor": unit}) == [minor]


def test_three_decimals_of_a_unit_that_has_fewer_may_be_thousands(tmp_path: Path) -> None:
    """Refused where nothing is stated, with and without a read table; read as what the plan says where it does. Thousands of
    major units have five decimals to the minor unit, and a currency of three has three."""
    plain = write_csv(tmp_path, "contract_id,lent_minor\nA1,700.000\nA2,700.00\nA3,-1.000\n", "small.csv")
    read = open_tape(plain, SMALL).whole()
    assert read.frame["lent_minor"].to_list() == [None, 700, None]
    assert read.bad["value"].to_list() == ["700.000", "-1.000"]
    assert open_tape(plain, SMALL, amounts="major").whole().frame["lent_minor"].to_list() == [None, 70000, None]
    assert open_tape(plain, SMALL, amounts="major", minor_digits=3).whole().frame["lent_minor"].to_list()[0] == 700000
    assert cells(tmp_path, "lent_minor", "700.000") == [None]
    assert cells(tmp_path, "lent_minor", "700.000", units={"lent_minor": "minor"}, amounts="major") == [None]
    assert cells(tmp_path, "lent_minor", "700.000", decimal=".") == [700]
    assert cells(tmp_path, "lent_minor", "700.000", amounts="major") == [None]
    assert cells(tmp_path, "lent_minor", "700.000", amounts="major", decimal=".") == [70000]
    assert cells(tmp_path, "lent_minor", "12.345", amounts="major", units={"lent_minor": "thousand"}) == [1234500]
    assert cells(tmp_path, "lent_minor", "700.000", **EUROPE) == [700000]


def test_ratios_in_percent_and_per_mille(tmp_path: Path) -> None:
    assert cells(tmp_path, "annual_rate", "15.4", "15.4%", "0.5", "3‰", percent=["annual_rate"]) == [0.154, 0.154, 0.005, 0.003]
    assert cells(tmp_path, "annual_rate", "0.154", "15.4%", "１５．４％", "1.5e-2") == [0.154, 0.154, 0.154, 0.015]
    assert cells(tmp_path, "annual_rate", "15,4 %", **EUROPE) == [0.154]
    assert cells(tmp_path, "annual_rate", "12", per_mille=["annual_rate"]) == [0.012]


def test_a_mark_behind_an_exponent_counts_as_behind_any_number(tmp_path: Path) -> None:
    written = ["1.2E-01%", "0.12%", "1.2E-01‰", "1.2E-01", "1.2e1 %"]
    assert cells(tmp_path, "annual_rate", *written, decimal=".") == [0.0012, 0.0012, 0.00012, 0.12, 0.12]
    read = cells(tmp_path, "annual_rate", "1.2E1", "1.2E1%", "1.2E1‰", decimal=".", percent=["annual_rate"])
    assert read == [0.12, 0.12, 0.012]


@pytest.mark.parametrize("cell", ["72000¹", "517466②", "½", "72000⁰", "７2㈠"])
def test_the_mark_of_a_note_is_no_digit(cell: str, tmp_path: Path) -> None:
    assert cells(tmp_path, "lent_minor", cell, "７２０００", decimal=".") == [None, 72_000]
    days = ["2022061⑤", "２０２２０６１５"]
    assert cells(tmp_path, "day", *days, dates=["%Y%m%d"]) == [None, date(2022, 6, 15)]
    assert [row[2] for row in rejected(tmp_path, "lent_minor", cell, decimal=".")] == [cell]


def test_counts(tmp_path: Path) -> None:
    assert cells(tmp_path, "months", "1,200", "36", "36.5", "12%", thousands=",") == [1200, 36, None, None]


def test_words_of_the_lender(tmp_path: Path) -> None:
    status = {"正常": "on_book", "逾期": "on_book", "结清": "matured"}
    assert cells(tmp_path, "status", "正常", " 逾期 ", "结清", "matured", values={"status": status}) == [
        "on_book", "on_book", "matured", "matured",
    ]  # fmt: skip
    ((row, column, value, _),) = rejected(tmp_path, "status", "正常", "核销", values={"status": status})
    assert (row, column, value) == (2, "status", "核销")


def test_words_that_no_rule_knows_are_those_of_the_plan(tmp_path: Path) -> None:
    pools = {"A类": "consumer"}
    assert cells(tmp_path, "pool", "A类", "consumer", "B类", values={"pool": pools}) == ["consumer", "consumer", None]
    ((row, _, value, rule),) = rejected(tmp_path, "pool", "A类", "B类", values={"pool": pools})
    assert (row, value) == (2, "B类")
    assert rule == "pool is one of the words under read.values.pool, or of ours: consumer"


def test_a_word_of_theirs_that_is_another_of_ours_is_read_as_the_plan_says(tmp_path: Path) -> None:
    """A lender who calls consumer loans business and the other way round."""
    values = {"pool": {"consumer": "sme", "sme": "consumer"}, "status": {"on_book": "matured", "matured": "on_book"}}
    for column in values:
        theirs, ours = list(values[column]), list(values[column].values())
        assert cells(tmp_path, column, *theirs, values=values) == ours
    assert cells(tmp_path, "pool", "consumer", "sme", values={"pool": {"consumer": "sme"}}) == ["sme", "sme"]


def test_truths(tmp_path: Path) -> None:
    assert cells(tmp_path, "related", "是", "否", "true", "maybe", values={"related": {"是": True, "否": False}}) == [
        True, False, True, None,
    ]  # fmt: skip


def test_what_the_plan_calls_empty(tmp_path: Path) -> None:
    assert cells(tmp_path, "day", "-", " ", "2023-01-31", empty=["-", "N/A"]) == [None, None, date(2023, 1, 31)]
    assert rejected(tmp_path, "day", "-", " N/A ", " ", empty=["-", "N/A"]) == []


def test_ids_are_trimmed_where_the_plan_says(tmp_path: Path) -> None:
    """The quotes of =\"A1\" are doubled in a CSV file."""
    written = ("A1 ", "\u00a0A2", "'A3", '=""A4""')
    path = write_csv(tmp_path, "contract_id\n" + "".join(f'"{one}"\n' for one in written), "small.csv")
    assert open_tape(path, SMALL, read=ReadTable(trim=["contract_id"])).whole().frame["contract_id"].to_list() == [
        "A1", "A2", "A3", "A4",
    ]  # fmt: skip
    every = open_tape(path, SMALL, read=ReadTable(trim=["*"])).whole().frame["contract_id"].to_list()
    assert every == ["A1", "A2", "A3", "A4"]
    untrimmed = open_tape(path, SMALL, read=ReadTable()).whole().frame["contract_id"].to_list()
    assert untrimmed == ["A1 ", "\u00a0A2", "'A3", '="A4"'], "what is not stated stays as it is"


def test_columns_made_of_several_and_of_none(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "借据号,loan no,lent\nA1,,5\n,A2,6\n", "small.csv")
    read = ReadTable(
        first_of={"contract_id": ["借据号", "loan no", "old no"]}, constant={"status": "on_book", "related": False}
    )
    frame = open_tape(path, SMALL, columns={"lent_minor": "lent"}, read=read).whole().frame
    assert frame["contract_id"].to_list() == ["A1", "A2"]
    assert frame["status"].to_list() == ["on_book"] * 2 and frame["related"].to_list() == [False] * 2
    assert frame["lent_minor"].to_list() == [5, 6]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_a_moment_at_midnight_is_a_day_whatever_it_is_made_of(unit: Literal["ms", "us", "ns"], tmp_path: Path) -> None:
    """Moments of a Parquet file beside days, where either may hold the day; one with a time of day is none."""
    moments = [datetime(2023, 6, 5), None, datetime(2023, 6, 5, 0, 0, 1)]
    frame = pl.DataFrame({"contract_id": ["A1", "A2", "A3"], "booked": pl.Series(moments, dtype=pl.Datetime(unit))})
    frame = frame.with_columns(due=pl.Series([None, date(2023, 7, 1), None], dtype=pl.Date))
    frame.write_parquet(tmp_path / "small.parquet")
    for formats in ([], ["%d/%m/%Y"]):
        read = ReadTable(first_of={"day": ["due", "booked"]}, dates=formats)
        whole = open_tape(tmp_path / "small.parquet", SMALL, read=read).whole()
        assert whole.frame["day"].to_list() == [date(2023, 6, 5), date(2023, 7, 1), None]
        assert whole.bad["row"].to_list() == [3]


def test_rows_of_totals_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "contract_id,lent_minor\nA1,5\n 合计 ,5\nA2,x\n合计,5\n", "small.csv")
    source = open_tape(path, SMALL, read=ReadTable(total_where={"contract_id": "合计"}))
    assert (source.rows, source.raw.left_out) == (2, 2)
    assert source.whole().frame["row"].to_list() == [1, 3]
    assert source.whole().bad["row"].to_list() == [3]


def test_rows_of_totals_by_any_of_several_texts_and_every_column(tmp_path: Path) -> None:
    """A row is left out where each of the columns that are named holds one of its texts."""
    path = write_csv(tmp_path, "contract_id,segment,lent_minor\nA1,x,5\n小计,x,5\nTotal,,5\n小计,,7\n合计,,5\n", "small.csv")
    read = ReadTable(total_where={"contract_id": ["小计", "合计"]})
    columns = {"status": "segment"}
    found = open_tape(path, SMALL, columns=columns, read=read)
    assert (found.rows, found.raw.left_out) == (2, 3)
    assert found.whole().frame["contract_id"].to_list() == ["A1", "Total"]
    both = ReadTable(total_where={"contract_id": ["小计", "合计"], "status": "x"})
    assert open_tape(path, SMALL, columns=columns, read=both).whole().frame["contract_id"].to_list() == [
        "A1", "Total", "小计", "合计",
    ]  # fmt: skip


def test_a_reject_shows_what_stands_in_the_file(tmp_path: Path) -> None:
    """1540 % is above what a loan bears; the reject has both the ratio and the cell."""
    path = write_csv(tmp_path, csv_text({}, {"annual_rate": "1540%"}, {"annual_rate": "x%"}))
    values = broken(read_loans(path, read=ReadTable()))
    assert values == [(2, "annual_rate", '15.4 ("1540%" in the file)'), (3, "annual_rate", "x%")]


def test_a_typed_column_is_read_in_its_unit(tmp_path: Path) -> None:
    frame = pl.DataFrame({"contract_id": ["A1"], "day": [20231231], "lent_minor": [1.5], "annual_rate": [15.4], "months": [36]})
    frame.write_parquet(tmp_path / "small.parquet")
    read = ReadTable(dates=["%Y%m%d"], units={"lent_minor": "thousand"}, percent=["annual_rate"], decimal=",")
    row = open_tape(tmp_path / "small.parquet", SMALL, read=read).whole().frame.row(0, named=True)
    assert row == {
        "row": 1,
        "contract_id": "A1",
        "day": date(2023, 12, 31),
        "lent_minor": 150000,
        "annual_rate": 0.154,
        "months": 36,
    }


def test_a_whole_tape_of_a_chinese_lender(tmp_path: Path) -> None:
    """The same loans as in our own writing, to the last cell."""
    ours = read_loans(write_csv(tmp_path, csv_text({}, {"status": "prepaid", "exit_date": date(2023, 6, 30)})))
    changes = {
        "origination_date": "20230131", "annual_rate": "18%", "principal_minor": "0.12", "status": "正常", "watch_list": "否",
    }  # fmt: skip
    path = write_csv(tmp_path, csv_text(changes, {**changes, "status": "提前结清", "exit_date": "20230630"}), "theirs.csv")
    read = ReadTable(
        dates=["%Y%m%d"],
        units={"principal_minor": "ten_thousand"},
        values={"status": {"正常": "on_book", "提前结清": "prepaid"}, "watch_list": {"否": False}},
    )
    theirs = read_loans(path, read=read)
    assert theirs.rejects.is_empty() and theirs.good.equals(ours.good)


MISFITS: dict[str, tuple[dict[str, Any], str]] = {
    "percent of an amount": ({"percent": ["lent_minor"]}, "read.percent names columns of the small tape that hold ratios"),
    "unit of a ratio": ({"units": {"annual_rate": "major"}}, "read.units names columns of the small tape that hold amounts"),
    "words of an amount": ({"values": {"lent_minor": {"a": 1}}}, "read.values names columns of the small tape that hold words"),
    "a word for a number": ({"values": {"months": {"a": "b"}}}, "read.values.months says of each word which whole number"),
    "a truth for a number": ({"values": {"months": {"a": True}}}, "read.values.months says of each word which whole number"),
    "a month for a day": ({"dates": ["%Y-%m"]}, "a format of dates has a day, but in a history"),
    "unknown column": ({"trim": ["contract"]}, "read.trim names columns"),
    "constant of a column that is there": (
        {"constant": {"lent_minor": 5}},
        "is for a column that the file does not",
    ),
    "none of several": ({"first_of": {"pool": ["b", "c"]}}, "one of the columns of read.first_of.pool is in the file"),
    "totals by no column": ({"total_where": {"day": "sum"}}, "a column of read.total_where is in the file"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_what_does_not_fit_the_tape_is_refused(name: str, tmp_path: Path) -> None:
    read, rule = MISFITS[name]
    path = write_csv(tmp_path, "contract_id,lent_minor\nA1,5\n", "small.csv")
    with pytest.raises(UnusableInput, match=rule):
        open_tape(path, SMALL, read=ReadTable(**read))


WRONG: dict[str, dict[str, Any]] = {
    "one separator for both": {"decimal": ",", "thousands": ","},
    "the default point for both": {"thousands": "."},
    "day and month either way": {"dates": ["%d/%m/%Y", "%m/%d/%Y"]},
    "no year": {"dates": ["%d/%m"]},
    "a format of hours alone": {"dates": ["%H:%M"]},
    "percent and per mille": {"percent": ["annual_rate"], "per_mille": ["annual_rate"]},
    "a unit that is none": {"units": {"lent_minor": "dozen"}},
    "a key that is none": {"otherwise": "keep"},
    "a separator of two characters": {"decimal": ",,"},
    "a digit": {"thousands": "1"},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_table_that_contradicts_itself_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        ReadTable(**WRONG[name])


def test_every_column_of_loans_can_be_read_in_any_writing(tmp_path: Path) -> None:
    """An empty table changes nothing."""
    path = write_csv(tmp_path, csv_text({}, {}))
    assert read_loans(path, read=ReadTable()).good.equals(read_loans(path).good)
    assert LOANS.names == tuple(read_loans(path).good.columns[1:])


@pytest.mark.parametrize("read", [None, ReadTable(thousands=",")], ids=["without a read table", "with one"])
def test_an_amount_of_another_currency_is_told_so(read: ReadTable | None, tmp_path: Path) -> None:
    """In a lender of dollars: whatever else may be wrong with the cell, its sign or code is another currency's."""
    written = ["€1200", "HK$ 12", "1200 EUR", "(GBP 5)", "￥7"]
    lines = [f"A{number},{cell}" for number, cell in enumerate([*written, "12x", "12 units"])]
    path = write_csv(tmp_path, "\n".join(["contract_id,lent_minor", *lines]) + "\n", "small.csv")
    source = open_tape(path, SMALL, read=read, currency="USD")
    remedies = check(source.whole(), SMALL, Circumstances(), "small.csv").rejects["remedy"].to_list()
    others = [remedy.split(" is of another currency than the entity's USD: ")[0] for remedy in remedies[:5]]
    assert others == ["€", "HK$", "EUR", "GBP", "¥"]
    assert not any("another currency" in remedy for remedy in remedies[5:]) and len(remedies) == 7


def test_the_sign_of_the_entity_is_no_other_currency(tmp_path: Path) -> None:
    """Without a read table no sign is taken; the remedy is to write the number, not to convert it."""
    path = write_csv(tmp_path, "contract_id,lent_minor\nA,$1200\nB,US$1200\nC,1200 USD\n", "small.csv")
    found = check(open_tape(path, SMALL, currency="USD").whole(), SMALL, Circumstances(), "small.csv").rejects
    assert found.height == 3 and not found["remedy"].str.contains("another currency").any()


def test_words_for_whole_numbers_are_read_by_their_signs(tmp_path: Path) -> None:
    """60+ is not 60, which is a number; case and blanks are of the writing alone, and a line for a number goes before it."""
    words = {"months": {"Current": 0, "31-60 Days": 31, "60+": 61, "7": 8}}
    written = ("current", "31-60days", "31 60 days", "60 +", "60", "7", "seven", "007")
    assert cells(tmp_path, "months", *written, values=words) == [0, 31, None, 61, 60, 8, None, 7]
    rule = "months is one of the words under read.values.months, or a whole number"
    assert rejected(tmp_path, "months", "seven", values=words) == [(1, "months", "seven", rule)]
