"""Tables as people paste them: each form is read as what is printed in it, whatever file it comes in."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gaapbridge.filings.reading import read_tables
from gaapbridge.verification import verify
from tests.filing.pasted_forms import FORMS, Cells, lines_of, written

Raw = dict[str, Any]

PRINTED = lines_of("""
Reconciliation between U.S. GAAP and IFRS, in thousands | | | | |
As of December 31, 2023 | | | | |
Item | US GAAP | Expected credit losses (Note i) | Other (1) | % change | IFRSs
 | RMB | RMB | RMB | | RMB
ASSETS | | | | |
Current assets: | | | | |
Loans receivable, net (1) | ¥1,000 | $(10) | —— | -1.0% | 990
Cash * | 500 | — | – | n/a | ５００
Total current assets | 1,500 | （10） | — | | 1,490
Goodwill | nil | △2 | | | -2
Total assets | RMB 1,500 | –12 | | | 1,488[a]
LIABILITIES AND EQUITY | | | | |
Payables | 400* | | 5 | | 405¹
Total liabilities | 400 | | 5 | | 405
Retained earnings | 1,100 | (12) | (5) | | 1,083
Total shareholders' equity | 1,100 | 12- | (5) | | 1 083
Total liabilities and shareholders’ equity | 1,500 | −12 | 0 | | 1,488
(1) Net of the allowance. | | | | |
""")  # fmt: skip


def rows(statement: Raw) -> dict[str, tuple[Any, ...]]:
    return {row["id"]: (row["us_gaap"], *row["adj"].values(), row["ifrs"]) for row in statement["rows"]}


def read(folder: Path, form: str, table: Cells, **options: str) -> Any:
    return read_tables(written(folder, form, table), **options)


@pytest.mark.parametrize("form", FORMS)
def test_a_balance_sheet_in_every_form(form: str, tmp_path: Path) -> None:
    """Title above the header, units below it, sections, every dash, sign and mark; a column of per cents is no adjustment."""
    found = read(tmp_path, form, PRINTED)
    (sheet,) = found.statements
    assert (found.top["currency"], found.top["unit"]) == ("RMB", "thousand")
    assert (sheet["id"], sheet["kind"], sheet["as_of"], sheet["complete"]) == ("bs-2023", "balance sheet", "2023-12-31", True)
    assert [(one["id"], one["role"], one.get("note")) for one in found.columns] == [
        ("ecl", "adjustment", "i"), ("other", "adjustment", "1"), ("change", "memo", None),
    ]  # fmt: skip
    assert rows(sheet) == {
        "loans_receivable_net": (1000, -10, 990),
        "cash": (500, 500),
        "total_current_assets": (1500, -10, 1490),
        "goodwill": (0, -2, -2),
        "ta": (1500, -12, 1488),
        "payables": (400, 5, 405),
        "tl": (400, 5, 405),
        "re": (1100, -12, -5, 1083),
        "eq": (1100, -12, -5, 1083),
        "tle": (1500, -12, 1488),
    }
    roles = {row["id"]: (row["role"], row["section"]) for row in sheet["rows"]}
    assert roles["loans_receivable_net"] == ("line", "current assets")
    assert roles["total_current_assets"] == ("subtotal", "current assets")
    assert roles["goodwill"] == ("line", "non-current assets")
    assert roles["payables"] == ("line", "liabilities")
    assert roles["re"] == ("line", "equity")
    assert roles["tle"] == ("total", "total")


@pytest.mark.parametrize("form", FORMS)
def test_one_changed_cell_is_found_in_every_form(form: str, tmp_path: Path) -> None:
    changed = [[cell.replace("1,490", "1,491") for cell in row] for row in PRINTED]
    assert not verify(written(tmp_path, form, PRINTED)).findings
    findings = verify(written(tmp_path, form, changed)).findings
    assert ("R1", "total_current_assets", 1) in {(one.check, one.row, one.difference) for one in findings}


INCOME = lines_of("""
 | Year ended December 31, 2023 | | | Year ended December 31, 2022 | |
In millions | As previously reported | Adjustments | As restated | As previously reported | Adjustments | As restated
Revenue | 100.5 | 2.0 | 102.5 | 90 | 1 | 91
Cost of sales | (50) | - | (50) | (40) | - | (40)
Income before taxes | 50.5 | 2.0 | 52.5 | 50 | 1 | 51
Income tax expense | (10) | (0.5) | (10.5) | (10) | - | (10)
Net income | 40.5 | 1.5 | 42.0 | 40 | 1 | 41
Net income per share - basic | 1.25 | 0.05 | 1.30 | 1.20 | 0.03 | 1.23
Operating margin | 50.2% | | 51.2% | 55.6% | | 56.0%
""")  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_two_periods_side_by_side_under_a_header_of_two_rows(form: str, tmp_path: Path) -> None:
    """Amounts with decimals; a row per share is a memo; per cents without adjustments are told as not read, once."""
    found = read(tmp_path, form, INCOME)
    assert [(one["id"], one["period"]) for one in found.statements] == [
        ("is-2023", "2023-01-01/2023-12-31"), ("is-2022", "2022-01-01/2022-12-31"),
    ]  # fmt: skip
    assert [one["id"] for one in found.columns] == ["adjustments"]
    assert found.names == [("As previously reported", "As restated")]
    first, second = map(rows, found.statements)
    assert first["tax"] == (-10, Decimal("-0.5"), Decimal("-10.5")) and second["ni"] == (40, 1, 41)
    roles = {row["id"]: row["role"] for row in found.statements[0]["rows"]}
    assert roles["net_income_per_share_basic"] == "memo" and roles["pbt"] == "subtotal" and roles["revenue"] == "line"
    assert [one["where"].endswith("Operating margin") for one in found.not_read] == [True]
    assert not verify(written(tmp_path, form, INCOME)).findings


ADJUSTED_FIRST = lines_of("""
 | IFRS | | Differences | | US GAAP |
Loans | $ | 990 | | 10 | | 1,000
Cash | $ | 500 | | — | | 500
Net assets | $ | (1,490 | ) | (10 | ) | (1,500 | )
""")


@pytest.mark.parametrize("form", FORMS)
def test_signs_and_brackets_in_cells_of_their_own_and_the_adjusted_column_first(form: str, tmp_path: Path) -> None:
    """990 and 10 lead to 1,000: read from the left, since no row adds up from the right."""
    found = read(tmp_path, form, ADJUSTED_FIRST)
    assert rows(found.statements[0]) == {"loans": (990, 10, 1000), "cash": (500, 500), "eq": (-1490, -10, -1500)}
    from_the_right = [[cell.replace("10", "-10") if cell == "10" else cell for cell in row] for row in ADJUSTED_FIRST]
    from_the_right[3] = ["Net assets", "$", "(1,490", ")", "10", "", "(1,500", ")"]
    found = read(tmp_path, form, from_the_right)
    assert rows(found.statements[0]) == {"loans": (1000, -10, 990), "cash": (500, 500), "eq": (-1500, 10, -1490)}


FILLED_DOWN = lines_of("""
statement | kind | date | section | label | As reported | note | Adoption | As adjusted
Sheet | Balance Sheet | 2023-12-31 | Assets | Loans | 100 | 12 | (10) | 90
 | | | | Total assets | 100 | | (10) | 90
 | | 2022-12-31 | Assets | Loans | 90 | 12 | (20) | 70
 | | | | Total assets | 90 | | (20) | 70
Flow | Income statement | 2023 | | Net income | 30 | | 10 | 40
""")


@pytest.mark.parametrize("form", FORMS)
def test_texts_left_blank_go_on_and_a_numeric_note_column_is_no_adjustment(form: str, tmp_path: Path) -> None:
    found = read(tmp_path, form, FILLED_DOWN)
    assert [(one["id"], one["kind"], one.get("as_of"), one.get("period")) for one in found.statements] == [
        ("Sheet", "balance sheet", "2023-12-31", None),
        ("Sheet 2022", "balance sheet", "2022-12-31", None),
        ("Flow", "income statement", None, "2023-01-01/2023-12-31"),
    ]
    assert rows(found.statements[1]) == {"loans": (90, -20, 70), "ta": (90, -20, 70)}
    assert {row["section"] for row in found.statements[1]["rows"]} == {"assets"}
    assert not verify(written(tmp_path, form, FILLED_DOWN)).findings


FLAT = lines_of("""
statement | kind | as_of | id | section | us_gaap | note | ecl | ifrs
bs | Balance Sheet | 2023-12-31 | loans | assets | $100 | 12 | $(10) | $90.5
 | | | cash | | —— | 12 | —— | ——
 | | | dta | | 5 | | △2 | 3
""")


@pytest.mark.parametrize("form", [one for one in FORMS if one != "html"])
def test_the_flat_form_takes_what_is_printed(form: str, tmp_path: Path) -> None:
    """Decimals, currency signs, blanks that go on from the row above, a note's number between the frameworks."""
    (sheet,) = read(tmp_path, form, FLAT).statements
    assert rows(sheet) == {"loans": (100, -10, Decimal("90.5")), "cash": (0, 0), "dta": (5, -2, 3)}
    assert {row["section"] for row in sheet["rows"]} == {"assets"}
    (finding,) = verify(written(tmp_path, form, FLAT)).findings
    assert (finding.check, finding.row, finding.difference) == ("R1", "loans", 5)


CHINESE = lines_of("""
合并资产负债表 | | |
截至2023年12月31日（人民币千元） | | |
项目 | 美国公认会计准则 | 预期信用损失 | 国际财务报告准则
流动资产： | | |
贷款 | 1,000 | （10） | 990
资产总计 | 1,000 | （10） | 990
负债合计 | 400 | — | 400
未分配利润 | 600 | （10） | 590
股东权益合计 | 600 | （10） | 590
负债和股东权益总计 | 1,000 | （10） | 990
截至2023年12月31日止年度 | | |
净利润 | 100 | （5） | 95
""")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_a_chinese_table_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in CHINESE)
    path.write_bytes(text.encode(encoding))
    found = read_tables(path)
    assert (found.top["currency"], found.top["unit"]) == ("RMB", "thousand")
    assert [one["id"] for one in found.columns] == ["ecl"]
    sheet, flow = found.statements
    assert list(rows(sheet)) == ["贷款", "ta", "tl", "re", "eq", "tle"]
    assert (sheet["as_of"], flow["period"]) == ("2023-12-31", "2023-01-01/2023-12-31")
    assert rows(flow) == {"ni": (100, -5, 95)}
    told = [one["where"] for one in found.not_read]
    assert told == (["encoding"] if encoding in ("gb18030", "utf-16-le", "utf-16-be") else [])
    assert not verify(path).findings


def test_which_heading_means_what_may_be_told(tmp_path: Path) -> None:
    table = lines_of("""
    Caption A | Old | Step 1 | Subtotal | Step 2 | New | Checked
    Loans | 100 | (10) | 90 | 5 | 95 | 7
    Cash | 50 | 1 | 51 | 2 | 53 | 8
    """)
    found = read(tmp_path, "csv", table, columns="us_gaap=Old,ifrs=New,label=Caption A,Checked=memo")
    assert rows(found.statements[0]) == {"loans": (100, -10, 5, 90, 95), "cash": (50, 1, 2, 51, 53)}
    assert {one["id"]: one["role"] for one in found.columns} == {
        "step_1": "adjustment", "subtotal": "sum", "step_2": "adjustment", "checked": "memo",
    }  # fmt: skip
    assert next(one["of"] for one in found.columns if one["id"] == "subtotal") == ["us_gaap", "step_1"]
    assert found.names == [("Old", "New")]


def test_every_sheet_that_is_a_reconciliation_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    """A second sheet of 100, -10 and 95 was passed over without a word."""
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["Prepared by", "the controller"])
    for name, last in (("2023", 90), ("2022", 95)):
        sheet = book.create_sheet(name)
        for row in (["Item", "US GAAP", "Expected credit losses", "IFRS"], ["Loans", 100, -10, last]):
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    outcome = verify(tmp_path / "book.xlsx")
    assert [(one.statement, one.difference) for one in outcome.findings] == [("bs_2", 5)]
    assert [one["where"] for one in read_tables(tmp_path / "book.xlsx").not_read] == ["sheet Notes: Prepared by"]


def test_merged_headings_hidden_rows_and_formats_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["", "December 31, 2023", None, None, "December 31, 2022", None, None],
        ["", "US GAAP", "ECL", "IFRS", "US GAAP", "ECL", "IFRS"],
        ["Loans", 100, -10, 90, 80, -8, 72],
        ["Cash", 5.5, None, 5.5, 6, None, 6],
        ["Coverage", 0.1, 0.02, 0.12, 0.2, 0.01, 0.21],
    ):
        sheet.append(row)
    sheet.merge_cells("B1:D1")
    sheet.merge_cells("E1:G1")
    sheet.row_dimensions[4].hidden = True
    for cell in sheet[5][1:]:
        cell.number_format = "0.0%"
    book.save(tmp_path / "book.xlsx")
    first, second = read_tables(tmp_path / "book.xlsx").statements
    assert (first["as_of"], second["as_of"]) == ("2023-12-31", "2022-12-31")
    assert rows(first) == {"loans": (100, -10, 90), "cash": (Decimal("5.5"), Decimal("5.5")), "coverage": (10, 2, 12)}
    assert [row["role"] for row in second["rows"]] == ["line", "line", "memo"]
