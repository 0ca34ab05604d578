"""Cells that cannot be read: the row is rejected, the cell named with its value, the rows beside it go on."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.tapes.cells import Reading, convert
from gaapbridge.tapes.checks import ControlTotals
from gaapbridge.tapes.schema import Column
from tests.findings.tapes_made import GOOD, broken, csv_text, loans, read_loans, rows_of, write_csv, write_parquet, write_xlsx

BAD_TEXT: list[tuple[str, str]] = [
    ("principal_minor", "1.5"),
    ("principal_minor", "12e3"),
    ("principal_minor", " 120000"),
    ("principal_minor", "120 000"),
    ("principal_minor", "¥120000"),
    ("principal_minor", "١٢٣"),
    ("principal_minor", "9223372036854775808"),
    ("principal_minor", "-9223372036854775809"),
    ("principal_minor", "NULL"),
    ("term_instalments", "twelve"),
    ("days_past_due", "nan"),
    ("annual_rate", "18%"),
    ("annual_rate", "0.18x"),
    ("annual_rate", "inf"),
    ("annual_rate", "nan"),
    ("annual_rate", "1/8"),
    ("origination_date", "2023-02-30"),
    ("origination_date", "2023-13-01"),
    ("origination_date", "2023-1-31"),
    ("origination_date", "31.01.2023"),
    ("origination_date", "01/31/2023"),
    ("origination_date", "20230131"),
    ("origination_date", "2023-01-31T00:00:00"),
    ("exit_date", "none"),
    ("watch_list", "yes"),
    ("watch_list", "2"),
    ("forborne", "t"),
]


@pytest.mark.campaign(but=9)
@pytest.mark.parametrize(("column", "text"), BAD_TEXT)
def test_a_bad_cell_of_a_csv_file(column: str, text: str, tmp_path: Path) -> None:
    result = read_loans(write_csv(tmp_path, csv_text({}, {column: text}, {})))
    assert rows_of(result) == [1, 3]
    assert broken(result) == [(2, column, text)]
    assert result.rejects["contract_id"].to_list() == ["A2"]


def test_thousands_separators_are_not_read(tmp_path: Path) -> None:
    quoted = read_loans(write_csv(tmp_path, csv_text({}, {"principal_minor": '"1,234"'})))
    assert broken(quoted) == [(2, "principal_minor", "1,234")]
    unquoted = read_loans(write_csv(tmp_path, csv_text({}, {"principal_minor": "1,234"}, {})))
    assert broken(unquoted) == [(2, None, f"{len(LOANS.names) + 1} cells")]
    assert unquoted.totals() == ControlTotals(3, 20_000, 1, 0)  # the amount of a shifted row is not known
    assert rows_of(unquoted) == [1, 3]


def test_rows_of_another_width_are_rejected_not_filled(tmp_path: Path) -> None:
    lines = csv_text({}, {}, {}, {}).split("\n")
    lines[2] = lines[2].rsplit(",", 3)[0]
    lines.insert(4, "")
    result = read_loans(write_csv(tmp_path, "\n".join(lines) + "\n\n"))
    assert rows_of(result) == [1, 3, 5]
    assert broken(result) == [(2, None, f"{len(LOANS.names) - 3} cells"), (4, None, "0 cells")]


def test_commas_quotes_and_line_ends_inside_quotes_are_text(tmp_path: Path) -> None:
    path = write_csv(tmp_path, csv_text({"contract_id": '"A,1\n""x"""'}, {"principal_minor": "x"}))
    result = read_loans(path)
    assert result.good["contract_id"].to_list() == ['A,1\n"x"']
    assert broken(result) == [(2, "principal_minor", "x")]


def test_a_bad_cell_is_not_reported_as_an_empty_one_too(tmp_path: Path) -> None:
    changes = ({"status": "prepaid", "exit_date": "x"}, {"default_date": "x", "cured_date": "2023-06-30"})
    result = read_loans(write_csv(tmp_path, csv_text(*changes)))
    assert broken(result) == [(1, "exit_date", "x"), (2, "default_date", "x")]


def test_an_unreadable_cell_and_a_broken_rule_are_both_named(tmp_path: Path) -> None:
    result = read_loans(write_csv(tmp_path, csv_text({"principal_minor": "x", "days_past_due": "-1"})))
    assert broken(result) == [(1, "principal_minor", "x"), (1, "days_past_due", "-1")]


MAJOR: list[tuple[str, int | None]] = [
    ("1234.56", 123_456),
    ("1234.5", 123_450),
    ("1234", 123_400),
    ("1234.5600", 123_456),
    ("-0.05", -5),
    ("0", 0),
    ("92233720368547758.07", 2**63 - 1),
    ("92233720368547758.08", None),
    ("1234.567", None),
    ("0.001", None),
    ("1,234.56", None),
    ("1.234,56", None),
    (".5", None),
    ("5.", None),
    ("1e3", None),
    ("+5", None),
]


@pytest.mark.parametrize(("text", "minor"), MAJOR)
def test_major_units_are_converted_exactly(text: str, minor: int | None) -> None:
    column = Column("principal_minor", "minor", "")
    assert convert(pl.Series([text]), column, Reading("major", 2)).to_list() == [minor]


@given(st.integers(-(10**17), 10**17), st.integers(0, 4))
def test_every_decimal_of_the_minor_unit_is_exact(minor: int, digits: int) -> None:
    text = f"{Decimal(minor).scaleb(-digits):f}"
    column = Column("principal_minor", "minor", "")
    assert convert(pl.Series([text]), column, Reading("major", digits)).to_list() == [minor]
    assert Fraction(text) * 10**digits == minor


@given(st.text(max_size=12))
def test_no_text_is_read_as_another_number(text: str) -> None:
    column = Column("days_past_due", "count", "")
    (number,) = convert(pl.Series([text], dtype=pl.String), column, Reading()).to_list()
    assert number is None or Decimal(text) == number


def test_a_finer_amount_than_the_minor_unit_is_rejected(tmp_path: Path) -> None:
    owed = {"outstanding_principal_minor": "100"}
    changes = (
        {**owed, "principal_minor": "1200.00", "fees_received_minor": "10.005"},
        {**owed, "principal_minor": "1200.50"},
    )
    result = read_loans(write_csv(tmp_path, csv_text(*changes)), amounts="major", minor_digits=2)
    assert broken(result) == [(1, "fees_received_minor", "10.005")]
    assert result.good["principal_minor"].to_list() == [120_050]
    assert "at most 2 decimals" in result.rejects["rule"][0]


def test_a_large_amount_is_a_binary_fraction_of_its_minor_units(tmp_path: Path) -> None:
    """Above 2^27 no double is within a millionth of a cent of most amounts; the last digits of a sum are noise, half a cent is
    none."""
    exact, owed = [545_405_760.45, 134_217_728.99, 900_000_000_000.07], 1e11 + 0.1 + 0.2
    amounts = [*exact, owed, 545_405_760.455, 10.005]
    tape = loans(*({} for _ in amounts)).with_columns(pl.Series("principal_minor", amounts))
    result = read_loans(write_parquet(tmp_path, tape), amounts="major", minor_digits=2)
    assert {row for row, column, _ in broken(result) if column == "principal_minor"} == {5, 6}
    assert result.good["principal_minor"].to_list() == [54_540_576_045, 13_421_772_899, 90_000_000_000_007, 10_000_000_000_030]


PARQUET: list[tuple[str, pl.Series, int | None, Any]] = [
    ("days_past_due", pl.Series(["5", "x"]), 2, 5),
    ("days_past_due", pl.Series([5.0, 5.5]), 2, 5),
    ("days_past_due", pl.Series([5, 2**64 - 1], dtype=pl.UInt64), 2, 5),
    ("days_past_due", pl.Series([5, 6], dtype=pl.Int8), None, 5),
    ("principal_minor", pl.Series([120_000.0, 120_000.4]), 2, 120_000),
    ("principal_minor", pl.Series([120_000.0, float("nan")]), 2, 120_000),
    ("principal_minor", pl.Series([120_000.0, 1e300]), 2, 120_000),
    ("principal_minor", pl.Series([Decimal("120000.00"), Decimal("120000.01")]), 2, 120_000),
    ("annual_rate", pl.Series(["0.18", "abc"]), 2, 0.18),
    ("annual_rate", pl.Series([0.25, 0.5], dtype=pl.Float32), None, 0.25),
    ("annual_rate", pl.Series([Decimal("0.18"), Decimal("0.20")]), None, 0.18),
    ("origination_date", pl.Series(["2023-01-31", "2023-02-30"]), 2, date(2023, 1, 31)),
    ("origination_date", pl.Series([datetime(2023, 1, 31), datetime(2023, 1, 31, 9)]), 2, date(2023, 1, 31)),
    ("watch_list", pl.Series([1, 2]), 2, True),
    ("watch_list", pl.Series(["TRUE", ""]), 2, True),
    ("segment", pl.Series(["consumer", "sme"], dtype=pl.Categorical), None, "consumer"),
    ("contract_id", pl.Series([17, 18]), None, "17"),
    ("maturity_date", pl.Series([None, None]), None, None),
]


@pytest.mark.parametrize(("column", "cells", "bad_row", "first"), PARQUET, ids=str)
def test_a_parquet_column_of_another_type(
    column: str, cells: pl.Series, bad_row: int | None, first: Any, tmp_path: Path
) -> None:
    result = read_loans(write_parquet(tmp_path, loans({}, {}).with_columns(cells.alias(column))))
    assert [(row, name) for row, name, _ in broken(result)] == ([] if bad_row is None else [(bad_row, column)])
    assert result.good[column].to_list()[0] == first
    assert result.good.schema[column] == loans({}).schema[column]


def test_binary_fractions_in_major_units(tmp_path: Path) -> None:
    frame = loans({}, {}, {}).with_columns(pl.Series("principal_minor", [1200.10, 0.1 + 0.2, 1200.105]))
    frame = frame.with_columns(pl.lit(0.29).alias("outstanding_principal_minor"), pl.lit(0).alias("costs_paid_minor"))
    result = read_loans(write_parquet(tmp_path, frame), amounts="major", minor_digits=2)
    assert broken(result) == [(3, "principal_minor", "1200.105")]
    assert result.good["outstanding_principal_minor"].to_list() == [29, 29]
    assert result.good["principal_minor"].to_list() == [120_010, 30]


def test_dates_truths_and_numbers_of_a_workbook(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path,
        {"origination_date": datetime(2023, 1, 31), "contract_id": 17},
        {"origination_date": datetime(2023, 1, 31, 9, 30)},
        {"origination_date": "2023-01-31", "watch_list": "false", "principal_minor": "120000"},
        {"origination_date": "2023-02-30", "principal_minor": 120_000.25},
        {"origination_date": 44_957},
    )
    result = read_loans(path)
    assert broken(result) == [
        (2, "origination_date", "2023-01-31 09:30:00"),
        (4, "origination_date", "2023-02-30"),
        (4, "principal_minor", "120000.25"),
        (5, "origination_date", "44957"),
    ]
    assert result.good["contract_id"].to_list() == ["17", "A3"]


def test_amounts_of_a_workbook_in_major_units(tmp_path: Path) -> None:
    money = {"outstanding_principal_minor": 100, "fees_received_minor": 0, "costs_paid_minor": 0, "interest_received_minor": 0}
    path = write_xlsx(
        tmp_path,
        {**money, "principal_minor": 1234.56},
        {**money, "principal_minor": 1000.1 + 0.2},
        {**money, "principal_minor": 1234.567},
    )
    result = read_loans(path, amounts="major", minor_digits=2)
    assert result.good["principal_minor"].to_list() == [123_456, 100_030]
    assert broken(result) == [(3, "principal_minor", "1234.567")]


def test_error_cells_of_a_workbook_are_rejects_even_where_a_cell_may_be_empty(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path, {}, {}, {})
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.active
    assert sheet is not None
    for row, column, text in ((3, "exit_date", "#DIV/0!"), (4, "principal_minor", "#REF!")):
        cell = sheet.cell(row, list(GOOD).index(column) + 1, text)
        cell.data_type = "e"
    workbook.save(path)
    result = read_loans(path)
    assert rows_of(result) == [1]
    assert broken(result) == [(2, "exit_date", "#DIV/0!"), (3, "principal_minor", "#REF!")]


def test_formatted_rows_below_a_sheet_are_not_rows_but_gaps_are(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path, {}, {})
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.active
    assert sheet is not None
    sheet.insert_rows(3)
    sheet["A9"] = ""
    workbook.save(path)
    result = read_loans(path)
    assert rows_of(result) == [1, 3]
    assert {row for row, _, _ in broken(result)} == {2}


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        (pl.Series([2**31 - 1], dtype=pl.Int32).cast(pl.Date), "2147483647"),
        (pl.Series([-719_163], dtype=pl.Int32).cast(pl.Date), "-719163"),
        (pl.Series([2**62]).cast(pl.Datetime("ms")), str(2**62)),
    ],
)
def test_a_date_beyond_the_calendar_is_a_bad_cell(tmp_path: Path, cells: pl.Series, shown: str) -> None:
    """Binary files can hold days outside the years 1 to 9999: reported by the number they are stored as."""
    result = read_loans(write_parquet(tmp_path, loans({}).with_columns(origination_date=cells)))
    (reject,) = result.rejects.rows(named=True)
    assert (reject["column"], reject["value"]) == ("origination_date", shown)
