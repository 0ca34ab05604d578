"""Files that cannot be used at all: each says what is wrong where, and what to do; none is read in part."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from gaapbridge.assumptions.curve_tables import HAZARD
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.tapes.read import open_tape
from gaapbridge.terms import UnusableInput
from tests.findings.tapes_made import GOOD, broken, csv_text, loans, read_loans, rows_of, write_csv, write_parquet, write_xlsx


def folder(path: Path) -> Path:
    (path / "loans.csv").mkdir()
    return path / "loans.csv"


def missing(path: Path) -> Path:
    write_csv(path, csv_text({}), "loans-2023.csv")
    return path / "loan-2023.csv"


def cut_off(path: Path) -> Path:
    whole = write_parquet(path, loans({}, {}))
    whole.write_bytes(whole.read_bytes()[:-100])
    return whole


def torn_page(path: Path) -> Path:
    """The footer is whole, the pages before it are not."""
    whole = write_parquet(path, loans(*[{}] * 1_000))
    content = bytearray(whole.read_bytes())
    content[4:400] = b"\xff" * 396
    whole.write_bytes(bytes(content))
    return whole


def parquet_that_is_text(path: Path) -> Path:
    return write_csv(path, csv_text({}), "loans.parquet")


def workbook_that_is_text(path: Path) -> Path:
    return write_csv(path, csv_text({}), "loans.xlsx")


def two_sheets(path: Path) -> Path:
    workbook = openpyxl.Workbook()
    workbook.create_sheet("more")
    workbook.save(path / "loans.xlsx")
    return path / "loans.xlsx"


def empty_sheet(path: Path) -> Path:
    openpyxl.Workbook().save(path / "loans.xlsx")
    return path / "loans.xlsx"


def header(change: Callable[[str], str]) -> Callable[[Path], Path]:
    def made(path: Path) -> Path:
        first, rest = csv_text({}).split("\n", 1)
        return write_csv(path, change(first) + "\n" + rest)

    return made


def twice_in_parquet(path: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table([pa.array(["a"]), pa.array(["b"])], names=["segment", "segment"])
    pq.write_table(table, path / "loans.parquet")
    return path / "loans.parquet"


def typed(name: str, cells: pl.Series) -> Callable[[Path], Path]:
    return lambda path: write_parquet(path, loans({}).with_columns(cells.alias(name)))


UNUSABLE: dict[str, tuple[Callable[[Path], Path], dict[str, str]]] = {
    "missing file": (missing, {"rule": "the file exists", "remedy": "did you mean loans-2023.csv?"}),
    "folder": (folder, {"rule": "a tape is a file, not a folder"}),
    "other ending": (lambda path: write_csv(path, "x", "loans.txt"), {"value": ".txt", "remedy": "save the tape as one"}),
    "no ending": (lambda path: write_csv(path, "x", "loans"), {"value": "no ending"}),
    "no bytes": (lambda path: write_csv(path, ""), {"rule": "the file is not empty"}),
    "blank lines": (lambda path: write_csv(path, "\n\n"), {"rule": "the file has a header and rows"}),
    "header only": (lambda path: write_csv(path, csv_text()), {"rule": "the loan tape has at least one row"}),
    "no rows": (lambda path: write_parquet(path, loans()), {"rule": "the loan tape has at least one row"}),
    "no rows in sheet": (write_xlsx, {"rule": "the loan tape has at least one row"}),
    "empty sheet": (empty_sheet, {"rule": "the sheet has a header and rows"}),
    "two sheets": (two_sheets, {"value": "Sheet, more", "remedy": "name the sheet loans"}),
    "truncated Parquet": (cut_off, {"rule": "the file is a whole Parquet file"}),
    "torn Parquet": (torn_page, {"rule": "the file is a whole Parquet file"}),
    "text as Parquet": (parquet_that_is_text, {"rule": "the file is a whole Parquet file"}),
    "text as workbook": (workbook_that_is_text, {"rule": "the file is a whole Excel workbook"}),
    "missing column": (header(lambda first: first.replace("annual_rate", "rate")), {"row": "header", "column": "rate"}),
    "unknown column": (
        header(lambda first: first.replace("watch_list", "watchlist")),
        {"column": "watchlist", "remedy": 'map it in columns (watch_list = "watchlist"), or list it in ignore'},
    ),
    "repeated column": (
        header(lambda first: first.replace("cured_date", "exit_date")),
        {"column": "exit_date", "value": "columns 23 and 25", "rule": "a column name stands once in the header"},
    ),
    "repeated in Parquet": (twice_in_parquet, {"column": "segment", "rule": "a column name stands once"}),
    "lines of an old Macintosh": (
        lambda path: write_csv(path, csv_text({}, {}).replace("\r\n", "\n").replace("\n", "\r")),
        {"row": "header", "remedy": "for old Macintoshes"},
    ),
    "column without name": (
        header(lambda first: first.replace("forborne", "")),
        {"column": f"column {LOANS.names.index('forborne') + 1}"},
    ),
    "semicolons": (
        lambda path: write_csv(path, csv_text({}).replace(",", ";")),
        {"rule": "the cells of a CSV file are separated by commas"},
    ),
    "Latin-1": (
        lambda path: write_csv(path, csv_text({}, {"segment": "crédit"}).encode("latin-1")),
        {"row": "2", "value": "byte 0xe9", "remedy": '"cp1252" makes crédit'},
    ),
    "Cyrillic": (
        lambda path: write_csv(path, csv_text({"segment": "кредит"}).encode("koi8-r")),
        {"row": "1", "value": "byte 0xcb", "remedy": 'state read.encoding: "GB18030" makes '},
    ),
    "open quote": (
        lambda path: write_csv(path, csv_text({"contract_id": '"A1'})),
        {"rule": "quotes in a CSV file enclose whole cells"},
    ),
    "stray quote": (lambda path: write_csv(path, csv_text({"contract_id": '"A"1'})), {"rule": "quotes in a CSV file"}),
    "list for a number": (
        typed("days_past_due", pl.Series([[1, 2]])),
        {"column": "days_past_due", "value": "type List(Int64)"},
    ),
    "truth for a number": (typed("term_instalments", pl.Series([True])), {"value": "type Boolean"}),
    "number for a date": (typed("origination_date", pl.Series([20230131])), {"value": "type Int64"}),
    "time with a zone": (
        typed("origination_date", pl.Series([datetime(2023, 1, 31, tzinfo=UTC)])),
        {"column": "origination_date", "value": "type Datetime"},
    ),
    "fraction for an id": (typed("contract_id", pl.Series([1.0])), {"column": "contract_id", "value": "type Float64"}),
    "bytes for an id": (typed("contract_id", pl.Series([b"A"])), {"value": "type Binary"}),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_file(name: str, tmp_path: Path) -> None:
    make, expected = UNUSABLE[name]
    path = make(tmp_path)
    with pytest.raises(UnusableInput) as caught:
        read_loans(path)
    said = caught.value.as_dict()
    assert said["file"] == path.name
    assert said["rule"] and said["remedy"]
    for label, text in expected.items():
        assert text in said[label], said


def test_all_missing_columns_are_listed(tmp_path: Path) -> None:
    path = write_parquet(tmp_path, loans({}).drop("segment", "currency", "annual_rate"))
    with pytest.raises(UnusableInput, match=r"column: segment .*and 2 more: currency, annual_rate"):
        read_loans(path)


def test_a_missing_column_names_the_nearest_of_the_file(tmp_path: Path) -> None:
    path = write_parquet(tmp_path, loans({}).rename({"principal_minor": "principle_minor"}))
    with pytest.raises(UnusableInput, match=r"map it in columns \(principal_minor = \"principle_minor\"\)"):
        read_loans(path, ignore=["*"])


def test_a_column_like_none_of_ours_is_offered_what_is_missing(tmp_path: Path) -> None:
    """`purpose` is spelt like no column of ours, and one that the file has under our name is never offered."""
    odd = write_parquet(tmp_path, loans({}).rename({"currency": "purpose"}))
    with pytest.raises(UnusableInput, match=r"ignore, or map it in columns where it holds what is missing: currency$"):
        read_loans(odd)
    twin = write_parquet(tmp_path, loans({}).with_columns(currency_code=pl.lit("CNY")))
    with pytest.raises(UnusableInput, match=r"column: currency_code .*remedy: list it in ignore$"):
        read_loans(twin)


def test_ignored_columns_are_left_out(tmp_path: Path) -> None:
    path = write_parquet(tmp_path, loans({}).with_columns(branch=pl.lit("x"), colour=pl.lit([1])))
    with pytest.raises(UnusableInput, match=r"column: branch .*and 1 more: colour"):
        read_loans(path)
    with pytest.raises(UnusableInput, match="column: colour"):
        read_loans(path, ignore=["branch"])
    for ignore in (["branch", "colour"], ["*"]):
        assert read_loans(path, ignore=ignore).good.columns == ["row", *LOANS.names]


def test_columns_are_mapped(tmp_path: Path) -> None:
    path = write_parquet(tmp_path, loans({}, {"days_past_due": -1}).rename({"days_past_due": "dpd", "segment": "Product"}))
    result = read_loans(path, columns={"days_past_due": "dpd", "segment": "Product"})
    assert rows_of(result) == [1]
    assert broken(result) == [(2, "days_past_due", "-1")]


MAPPINGS: dict[str, tuple[dict[str, str], str]] = {
    "ours unknown": ({"days_pastdue": "dpd"}, "column: days_pastdue .*did you mean days_past_due"),
    "theirs unknown": ({"days_past_due": "dpdx"}, "column: dpdx .*did you mean dpd"),
    "twice": (
        {"days_past_due": "dpd", "term_instalments": "dpd"},
        "column: dpd .* and days_past_due and term_instalments take it .*leave the line of one",
    ),
    "spare": ({"days_past_due": "dpd", "watch_list": "forborne"}, "column: watch_list"),
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_mapping_that_does_not_fit_is_refused(name: str, tmp_path: Path) -> None:
    columns, said = MAPPINGS[name]
    path = write_parquet(tmp_path, loans({}).rename({"days_past_due": "dpd"}))
    with pytest.raises(UnusableInput, match=said):
        read_loans(path, columns=columns)


def test_an_events_tape_may_be_empty(tmp_path: Path) -> None:
    path = write_csv(tmp_path, ",".join(EVENTS.names) + "\n", "events.csv")
    parsed = open_tape(path, EVENTS).whole()
    assert parsed.frame.height == 0
    assert parsed.bad.height == 0


def test_a_sheet_is_found_by_name(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.create_sheet("hazard")
    sheet.append(list(HAZARD.names))
    sheet.append([date(2020, 1, 1), "base", "consumer", "A", "current", 1, 0.01, 0.9, 90])
    workbook.save(tmp_path / "curves.xlsx")
    assert open_tape(tmp_path / "curves.xlsx", HAZARD).whole().frame["hazard"].to_list() == [0.01]


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(tmp_path: Path) -> None:
    path = write_csv(tmp_path, b"\xef\xbb\xbf" + csv_text({}, {}).replace("\n", "\r\n").encode())
    result = read_loans(path)
    assert broken(result) == []
    assert result.good.drop("row").equals(loans({}, {}))


def test_every_format_gives_the_same_rows(tmp_path: Path) -> None:
    changes = ({}, {"status": "prepaid", "exit_date": date(2023, 6, 30)}, {"watch_list": True, "instalment_minor": 11_001})
    expected = loans(*changes)
    for path in (
        write_parquet(tmp_path, expected),
        write_csv(tmp_path, csv_text(*changes)),
        write_xlsx(tmp_path, *changes),
    ):
        result = read_loans(path)
        assert broken(result) == []
        assert result.good.drop("row").equals(expected), path.suffix
        assert rows_of(result) == [1, 2, 3]


def test_good_is_the_whole_contract() -> None:
    assert tuple(GOOD) == LOANS.names
