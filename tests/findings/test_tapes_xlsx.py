"""The cells of a workbook: each is read as Excel shows it, or named with what is wrong with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gaapbridge.reperform.tapes import read_rows
from gaapbridge.tapes.from_xlsx import read_xlsx
from gaapbridge.tapes.raw import Raw
from gaapbridge.terms import UnusableInput
from tests.findings.tapes_made import broken, read_loans, rows_of, write_xlsx
from tests.findings.xlsx_made import EASTERN, EXCEL_2013, STYLES, number, rows, text, texts, workbook

SINCE_1904 = (date(2023, 3, 16) - date(1904, 1, 1)).days
SINCE_1900 = (date(2023, 3, 16) - date(1899, 12, 30)).days


def read(path: Path) -> Raw:
    return read_xlsx(path, path.name, "loans")


def cells(raw: Raw) -> list[tuple[Any, ...]]:
    return [row for batch in raw.batches(raw.header, None) for row in batch.rows()]


def faults(raw: Raw) -> list[tuple[int, str, str, str]]:
    return raw.spoiled.select("row", "column", "value", "rule").rows()


@pytest.mark.parametrize("after", ["", EXCEL_2013], ids=["plain", "Excel 2013"])
@pytest.mark.parametrize(
    ("before", "days"),
    [
        ('<workbookPr date1904="1"/>', SINCE_1904),
        ('<workbookPr date1904="true"/>', SINCE_1904),
        ('<workbookPr date1904="0"/>', SINCE_1900),
        ('<workbookPr defaultThemeVersion="124226"/>', SINCE_1900),
        ("", SINCE_1900),
    ],
)
def test_dates_are_counted_from_the_day_that_the_workbook_says(tmp_path: Path, before: str, days: int, after: str) -> None:
    """A text is no date cell, a plain number neither: both stay what they are, among dates too, wherever they stand."""
    sheet = rows(
        texts("when", "until", "amount", "last"),
        [number(days, 1), number(days, 1), number(days), number(days, 1)],
        [number(days + 0.75, 1), text("2023-03-16"), number(1, 0), text("2023-03-16")],
        [number(days, 2), number(days, 2), number(2, 0), number(days, 2)],
    )
    midnight, evening = "2023-03-16 00:00:00", "2023-03-16 18:00:00"
    for styles, eastern in ((EASTERN, midnight), (STYLES, str(days))):
        path = workbook(tmp_path / "a.xlsx", sheet, before=before, after=after, styles=styles)
        assert cells(read(path)) == [
            (midnight, midnight, str(days), midnight),
            (evening, "2023-03-16", "1", "2023-03-16"),
            (eastern, eastern, "2", eastern),
        ]


@pytest.mark.parametrize("after", ["", EXCEL_2013], ids=["plain", "Excel 2013"])
@pytest.mark.parametrize("flag", ["1", "true"])
def test_the_independent_calculator_counts_from_1904_too(tmp_path: Path, flag: str, after: str) -> None:
    sheet = rows(texts("loan", "when", "until"), [text("A"), number(SINCE_1904, 1), number(SINCE_1904 + 1, 2)])
    path = workbook(tmp_path / "a.xlsx", sheet, before=f'<workbookPr date1904="{flag}"/>', after=after, styles=EASTERN)
    (row,) = read_rows(path)
    assert [row[name].date() for name in ("when", "until")] == [date(2023, 3, 16), date(2023, 3, 17)]


@pytest.mark.parametrize("code", ["0.00", "General"])
def test_a_built_in_date_with_a_code_of_its_own_is_what_the_code_says(tmp_path: Path, code: str) -> None:
    styles = f'<numFmts count="1"><numFmt numFmtId="31" formatCode="{code}"/></numFmts><cellXfs><xf numFmtId="31"/></cellXfs>'
    path = workbook(tmp_path / "a.xlsx", rows(texts("amount"), [number(45_001)]), styles=styles)
    assert cells(read(path)) == [("45001",)]


NO_VALUE = "the formula has no stored value"


@pytest.mark.parametrize("stored", ["", "<v/>", "<v></v>"])
def test_a_formula_that_was_never_calculated_is_a_bad_cell(tmp_path: Path, stored: str) -> None:
    sheet = rows(
        texts("loan", "fees"),
        [text("A"), f"<c><f>B3*0.05</f>{stored}</c>"],
        [text("B"), "<c><f>B3*0.05</f><v>600000</v></c>"],
        [text("C"), '<c t="str"><f>IF(1,"","")</f><v></v></c>'],
        [text("D"), '<c t="str"><f>IF(1,"","")</f></c>'],
    )
    raw = read(workbook(tmp_path / "a.xlsx", sheet))
    assert faults(raw) == [(1, "fees", "=B3*0.05", NO_VALUE), (4, "fees", '=IF(1,"","")', NO_VALUE)]
    assert cells(raw) == [("A", None), ("B", "600000"), ("C", None), ("D", None)]


@pytest.mark.parametrize(("after", "bad"), [('<calcPr fullCalcOnLoad="1"/>', [1]), ("<calcPr/>", []), ("", [])])
def test_a_nil_that_stands_for_a_calculation_to_come_is_no_value(tmp_path: Path, after: str, bad: list[int]) -> None:
    """Programs that do not calculate store 0 with a formula and ask Excel to calculate on opening."""
    sheet = rows(texts("fees"), ["<c><f>1+1</f><v>0</v></c>"], ["<c><f>1+1</f><v>2</v></c>"], [number(0)])
    raw = read(workbook(tmp_path / "a.xlsx", sheet, after=after))
    assert faults(raw) == [(row, "fees", "=1+1", NO_VALUE) for row in bad]


def test_a_loan_with_an_uncalculated_formula_is_rejected_and_a_last_row_of_them_too(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path, {}, {}, {})
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    sheet["O3"] = "=G3*0.05"
    sheet["AE5"] = "=SUM(A2:A4)"
    sheet["AE1"] = "pd_12m_new"
    book.save(path)
    result = read_loans(path, ignore=["*"])
    assert rows_of(result) == [1, 3]
    assert (2, "fees_received_minor", "=G3*0.05") in broken(result)
    assert {row for row, _, _ in broken(result)} == {2, 4}


def test_a_number_of_more_digits_than_a_workbook_keeps_is_a_bad_cell(tmp_path: Path) -> None:
    sheet = rows(
        texts("loan", "amount"),
        [number("86853301000019907"), number("0.30000000000000004")],
        [text("86853301000019907"), number("12345678.25")],
        [number("8.6853301000019904E+17"), number("1.5E-07")],
        [number("1e+16"), ""],
        [number("999999999999999"), number("1000000000000000")],
    )
    raw = read(workbook(tmp_path / "a.xlsx", sheet))
    rule = "a number of more than 15 digits cannot be an id or an exact amount"
    assert faults(raw) == [
        (1, "loan", "86853301000019907", rule),
        (3, "loan", "8.6853301000019904E+17", rule),
        (4, "loan", "1e+16", rule),
        (5, "amount", "1000000000000000", rule),
    ]
    assert set(raw.spoiled["remedy"]) == {"store it as text"}
    assert cells(raw)[1] == ("86853301000019907", "12345678.25")
    assert cells(raw)[4][0] == "999999999999999"


def test_a_fraction_keeps_all_its_digits(tmp_path: Path) -> None:
    """As the binary fraction that the workbook stores; its last digit alone is noise. A time of day is none, nor is a date."""
    stored = {
        "0.3333333333333333": "0.3333333333333333",
        "1.2345678E-5": "0.000012345678",
        "1.23E-11": "1.23e-11",
        "-1234.5678901234": "-1234.5678901234",
        "0.30000000000000004": "0.3",
        "12.000000000000002": "12",
        "0.154": "0.154",
        "545405760.45": "545405760.45",
        "-134217728.99": "-134217728.99",
        "1000000.1": "1000000.1",
    }
    when = number("45001.395833333336", 1)
    sheet = rows(texts("loan", "rate", "when", "again"), *([number(1), number(one), when, number(one)] for one in stored))
    read_cells = cells(read(workbook(tmp_path / "a.xlsx", sheet)))
    for place in (1, 3):
        assert [float(row[place]) for row in read_cells] == [float(one) for one in stored.values()]
        assert [row[place] for row in read_cells][-4:] == ["0.154", "545405760.45", "-134217728.99", "1000000.1"]
    assert {row[2] for row in read_cells} == {"2023-03-16 09:30:00"}


def test_a_long_id_is_rejected_as_a_number_and_read_as_a_text(tmp_path: Path) -> None:
    ids: list[Any] = [868533010000199071, "868533010000199071", "868533010000199072"]
    result = read_loans(write_xlsx(tmp_path, *({"contract_id": one} for one in ids)))
    assert [row for row, _, _ in broken(result)] == [1]
    assert result.good["contract_id"].to_list() == ids[1:]


def test_what_stands_between_other_cells_is_seen_as_well(tmp_path: Path) -> None:
    """Numbers and shared texts within a row are passed over quickly; what is wrong among them is not."""
    shared = '<c t="s"><v>0</v></c>'
    sheet = rows(
        texts("a", "b", "c", "d", "e", "f"),
        [number(1), shared, "<c><f>A1</f></c>", number(2), number("-3.25"), shared],
        [number(1), shared, number(2), number("1234567890123456"), number(3), shared],
        [number(1), shared, number(2), '<c t="e"><v>#DIV/0!</v></c>', number(3), shared],
    )
    raw = read(workbook(tmp_path / "a.xlsx", sheet, strings=["word"]))
    assert [(row, column, value) for row, column, value, _ in faults(raw)] == [
        (1, "c", "=A1"),
        (2, "d", "1234567890123456"),
        (3, "d", "#DIV/0!"),
    ]
    assert cells(raw)[0] == ("1", "word", None, "2", "-3.25", "word")


def test_a_table_may_start_anywhere(tmp_path: Path) -> None:
    """Blank rows above it and columns beside it are not of it; rows are counted from its header, names go with its columns."""
    sheet = rows(
        {"C": text("loan"), "D": text("fees")},
        {"C": text("A"), "D": '<c t="e"><v>#N/A</v></c>'},
        {"C": text("B"), "D": number(5)},
        first=4,
    )
    raw = read(workbook(tmp_path / "a.xlsx", sheet))
    assert raw.header == ("loan", "fees")
    assert [fault[:3] for fault in faults(raw)] == [(1, "fees", "#N/A")]
    assert cells(raw) == [("A", None), ("B", "5")]


def test_a_column_that_the_header_does_not_name_is_refused(tmp_path: Path) -> None:
    sheet = rows({"B": text("loan")}, {"A": text("?"), "B": text("A")})
    with pytest.raises(UnusableInput, match="every column has a name"):
        read(workbook(tmp_path / "a.xlsx", sheet))


def test_a_header_may_be_a_number(tmp_path: Path) -> None:
    raw = read(workbook(tmp_path / "a.xlsx", rows([number("1234567890123456")], [number(1)])))
    assert (raw.header, faults(raw)) == (("1234567890123456",), [])


def test_cells_that_do_not_say_where_they_stand_follow_each_other(tmp_path: Path) -> None:
    sheet = (
        "<sheetData><row>" + "".join(texts("loan", "fees")) + "</row>"
        "<row><c><v>7</v></c><c><f>A1</f></c></row><row><c><v>8</v></c><c><v>9</v></c></row></sheetData>"
    )
    raw = read(workbook(tmp_path / "a.xlsx", sheet))
    assert [fault[:3] for fault in faults(raw)] == [(1, "fees", "=A1")]
    assert cells(raw) == [("7", None), ("8", "9")]


@pytest.mark.parametrize("last", [number(5), text("5"), "<c><f>2+3</f><v>5</v></c>"])
def test_what_stands_behind_the_cells_is_not_of_them(tmp_path: Path, last: str) -> None:
    behind = (
        '<conditionalFormatting sqref="A2"><cfRule type="expression" priority="1"><formula>A2>4</formula></cfRule>'
        "</conditionalFormatting><headerFooter><oddHeader>Confidential</oddHeader></headerFooter>"
    )
    raw = read(workbook(tmp_path / "a.xlsx", rows(texts("fees"), [last]) + behind))
    assert (cells(raw), raw.spoiled.height) == ([("5",)], 0)
