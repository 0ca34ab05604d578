"""Sheets that are no plain table, and files that are no plain workbook: refused by name, before anything large is opened."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from gaapbridge.tapes.from_xlsx import read_xlsx
from gaapbridge.tapes.layout import PLAIN, Layout
from gaapbridge.tapes.raw import Raw
from gaapbridge.terms import UnusableInput
from tests.findings.xlsx_made import claims, number, rows, text, texts, workbook

TABLE = rows(texts("loan", "fees"), [text("A"), number(1)], [text("B"), number(2)], [text("C"), number(3)])
"""Columns A and B, the header in row 1, three loans in rows 2 to 4."""


def read(path: Path, layout: Layout = PLAIN) -> Raw:
    return read_xlsx(path, path.name, "loans", layout)


def cells(raw: Raw) -> list[tuple[object, ...]]:
    return [row for batch in raw.batches(raw.header, None) for row in batch.rows()]


def refusal(path: Path, layout: Layout = PLAIN) -> UnusableInput:
    with pytest.raises(UnusableInput) as raised:
        read(path, layout)
    assert raised.value.file == path.name and raised.value.remedy
    return raised.value


def with_row(sheet: str, row: int, attributes: str) -> str:
    return sheet.replace(f'<row r="{row}">', f'<row r="{row}" {attributes}>')


@pytest.mark.parametrize("attributes", ['hidden="1"', 'hidden="true"', 'ht="0" customHeight="1"'])
def test_a_hidden_row_within_the_table_is_refused(tmp_path: Path, attributes: str) -> None:
    seen = refusal(workbook(tmp_path / "a.xlsx", with_row(TABLE, 3, attributes)))
    assert seen.value == "row 3" and "hidden" in seen.rule


def test_many_hidden_rows_are_counted(tmp_path: Path) -> None:
    sheet = rows(texts("loan"), *([text(str(loan))] for loan in range(9)))
    for row in range(3, 10):
        sheet = with_row(sheet, row, 'hidden="1"')
    assert refusal(workbook(tmp_path / "a.xlsx", sheet)).value == "rows 3, 4, 5, 6, 7 and 2 more"


def test_hidden_rows_that_are_not_of_the_table_hide_nothing(tmp_path: Path) -> None:
    """A title that is skipped, a total that is left out, blank rows below."""
    sheet = rows(texts("Loans"), texts("loan", "fees"), [text("A"), number(1)], [text("Total"), number(1)], [])
    for row in (1, 4, 5):
        sheet = with_row(sheet, row, 'hidden="1"')
    raw = read(workbook(tmp_path / "a.xlsx", sheet), Layout(skip_rows=1, total_rows=1))
    assert (raw.header, cells(raw)) == (("loan", "fees"), [("A", "1")])


@pytest.mark.parametrize("attributes", ['hidden="1"', 'width="0" customWidth="1"'])
def test_a_hidden_column_within_the_table_is_refused(tmp_path: Path, attributes: str) -> None:
    """Columns beyond the table are hidden by who likes a tidy sheet."""
    beyond = f'<cols><col min="3" max="16384" {attributes}/></cols>'
    assert len(cells(read(workbook(tmp_path / "a.xlsx", beyond + TABLE)))) == 3
    within = f'<cols><col min="2" max="16384" {attributes}/></cols>'
    assert refusal(workbook(tmp_path / "b.xlsx", within + TABLE)).value == "column B"


@pytest.mark.parametrize(
    ("names", "states", "named", "chosen"),
    [
        (["loans", "other"], ["visible", "visible"], None, 0),
        (["other", "loans"], ["visible", "visible"], None, 1),
        (["other"], ["visible"], None, 0),
        (["lookup", "other"], ["hidden", "visible"], None, 1),
        (["loans", "other"], ["visible", "visible"], "other", 1),
        (["loans", "other"], ["visible", "hidden"], "other", 1),
        (["loans", "other"], ["visible", "veryHidden"], "other", 1),
        (["loans", "other"], ["hidden", "visible"], None, "visible"),
        (["loans", "other"], ["veryHidden", "visible"], None, "visible"),
        (["one", "two"], ["visible", "visible"], None, "a workbook has one sheet, or one named loans"),
        (["one", "two"], ["hidden", "hidden"], None, "a workbook has one sheet, or one named loans"),
        (["one", "two"], ["visible", "visible"], "three", "the workbook has the sheet that the plan names"),
    ],
)
def test_which_sheet_is_read(
    tmp_path: Path, names: Sequence[str], states: Sequence[str], named: str | None, chosen: int | str
) -> None:
    sheets = [rows(texts("loan"), [text(f"of sheet {position}")]) for position in range(len(names))]
    path = workbook(tmp_path / "a.xlsx", *sheets, names=names, states=states)
    layout = Layout(sheet=named)
    if isinstance(chosen, int):
        assert cells(read(path, layout)) == [(f"of sheet {chosen}",)]
    else:
        assert chosen in refusal(path, layout).rule


def test_a_sheet_that_is_misspelt_is_suggested(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", TABLE, TABLE, names=["Loans 2023", "Notes"])
    assert refusal(path, Layout(sheet="Loan 2023")).remedy == "did you mean Loans 2023?"


@pytest.mark.parametrize("reference", ["A2:A3", "A1:A2", "B4:C9", "A3:B3"])
def test_merged_cells_in_the_rows_of_a_table_are_refused_by_their_range(tmp_path: Path, reference: str) -> None:
    merged = f'<mergeCells count="1"><mergeCell ref="{reference}"/></mergeCells>'
    seen = refusal(workbook(tmp_path / "a.xlsx", TABLE + merged))
    assert seen.value == reference and "merged" in seen.rule


@pytest.mark.parametrize("reference", ["A6:B9", "D2:D4"])
def test_merged_cells_outside_the_table_merge_nothing_of_it(tmp_path: Path, reference: str) -> None:
    merged = f'<mergeCells count="1"><mergeCell ref="{reference}"/></mergeCells>'
    assert len(cells(read(workbook(tmp_path / "a.xlsx", TABLE + merged)))) == 3


def test_a_report_with_a_title_two_header_rows_and_totals(tmp_path: Path) -> None:
    """A merged heading names every column it covers; one merged downwards names its column; totals are left out."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [
        ["Loan report"],
        ["loan", "balances", None, None, "days"],
        [None, "principal", "interest", "fees", None],
        ["A", 100, 5, 1, 0],
        ["B", 200, 7, 2, 31],
        ["Total", 300, 12, 3, None],
        ["checked by", None, None, None, None],
    ]:
        sheet.append(row)
    for reference in ("A1:E1", "A2:A3", "B2:D2", "E2:E3", "A7:C7"):
        sheet.merge_cells(reference)
    book.save(tmp_path / "a.xlsx")
    raw = read(tmp_path / "a.xlsx", Layout(skip_rows=1, header_rows=2, total_rows=2))
    assert raw.header == ("loan", "balances principal", "balances interest", "balances fees", "days")
    assert cells(raw) == [("A", "100", "5", "1", "0"), ("B", "200", "7", "2", "31")]


def test_a_heading_that_is_not_merged_names_one_column(tmp_path: Path) -> None:
    sheet = rows(texts("balances", "", "days"), texts("principal", "interest", ""), texts("1", "2", "3"))
    raw = read(workbook(tmp_path / "a.xlsx", sheet), Layout(header_rows=2))
    assert raw.header == ("balances principal", "interest", "days")


def test_a_bad_cell_of_a_total_is_none_of_the_table(tmp_path: Path) -> None:
    sheet = rows(texts("Loans"), texts("fees"), [number(1)], ["<c><f>A9</f></c>"], ["<c><f>SUM(A3:A4)</f></c>"])
    raw = read(workbook(tmp_path / "a.xlsx", sheet), Layout(skip_rows=1, total_rows=1))
    assert raw.rows == 2
    assert raw.spoiled.select("row", "value").rows() == [(2, "=A9")]


def test_totals_may_be_all_there_is(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", rows(texts("fees"), ["<c><f>SUM(A3:A4)</f></c>"]))
    assert read(path, Layout(total_rows=1)).rows == read(path, Layout(total_rows=2)).rows == 0


def test_parts_are_found_whatever_the_case_of_their_names(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", TABLE)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("worksheets", "Worksheets").replace("styles", "Styles"), content)
    assert len(cells(read(path))) == 3


def far(reference: str, row: int, cell: str) -> str:
    return TABLE.replace("</sheetData>", f'<row r="{row}"><c r="{reference}"{cell}</row></sheetData>')


def test_a_cell_far_from_the_table_is_refused_where_it_stands(tmp_path: Path) -> None:
    seen = refusal(workbook(tmp_path / "a.xlsx", far("XFD1048576", 1_048_576, "><v>1</v></c>")))
    assert seen.value == "a cell at XFD1048576" and "2,000,000" in seen.rule and "CSV or Parquet" in seen.remedy


def test_formats_and_claims_far_from_the_table_are_no_cells_of_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", '<dimension ref="A1:XFD1048576"/>' + far("XFD1048576", 1_048_576, ' s="1"/>'))
    assert cells(read(path)) == [("A", "1"), ("B", "2"), ("C", "3")]


@pytest.mark.parametrize(("last", "fits"), [(1_000_001, True), (1_000_002, False)])
def test_two_million_cells_below_the_header_are_the_most(tmp_path: Path, last: int, fits: bool) -> None:
    path = workbook(tmp_path / "a.xlsx", far(f"A{last}", last, "><v>4</v></c>"))
    if fits:
        assert read(path).rows == 1_000_000
    else:
        assert refusal(path).value == f"a cell at A{last}"


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_part_that_unpacks_to_gigabytes_is_refused_by_the_size_it_states(tmp_path: Path, part: str) -> None:
    seen = refusal(claims(workbook(tmp_path / "a.xlsx", TABLE), part, 2_000 << 20))
    assert seen.value == f"{part} of 2,000 MB" and "CSV or Parquet" in seen.remedy


def replaced(path: Path, part: str, made: Callable[[str], str]) -> Path:
    """The workbook with one part made another."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, made(content) if name == part else content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    path = replaced(workbook(tmp_path / "a.xlsx", TABLE), SHEET, lambda sheet: bomb + sheet.replace(">1<", ">&b;<"))
    assert refusal(path).value == f"{SHEET} declares a document type"


@pytest.mark.parametrize(
    "made",
    [
        lambda sheet: sheet[:-30],
        lambda sheet: sheet.replace("</v>", "</w>", 1),
        lambda sheet: sheet.replace("<v>1</v>", "<v>one</v>"),
        lambda sheet: sheet.replace('<row r="2">', '<row r="second">'),
    ],
    ids=["cut off", "ill formed", "no number", "no row"],
)
def test_a_damaged_sheet_is_no_whole_workbook(tmp_path: Path, made: Callable[[str], str]) -> None:
    assert "whole Excel workbook" in refusal(replaced(workbook(tmp_path / "a.xlsx", TABLE), SHEET, made)).rule


def test_other_archives_and_protected_files_are_no_workbooks(tmp_path: Path) -> None:
    """A workbook with a password is no archive at all, but a compound document."""
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("loans.csv", "loan\nA\n")
    assert refusal(tmp_path / "a.xlsx").value == "there is no xl/_rels/workbook.xml.rels"
    (tmp_path / "b.xlsx").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4_096))
    assert "without a password" in refusal(tmp_path / "b.xlsx").rule
