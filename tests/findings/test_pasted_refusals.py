"""What cannot be read of a pasted table is refused, all of it at once; what is passed over is named."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app, main
from gaapbridge.filings.amounts import figure_of
from gaapbridge.filings.column_map import column_map
from gaapbridge.filings.dates import span_of
from gaapbridge.filings.reading import read_tables
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import verify
from tests.filing.pasted_forms import FORMS, lines_of, written

UNREADABLE = lines_of("""
Item | US GAAP | ECL | IFRS
Loans | 100 | ten | 90
Cash | 5O | 0 | 50
Other | 7 | 1 |
""")


@pytest.mark.parametrize("form", [one for one in FORMS if one != "html"])
def test_all_refusals_come_at_once(form: str, tmp_path: Path) -> None:
    """A word for a figure, a letter for a nought, a blank where the row does not add up with nil."""
    with pytest.raises(UnusableInput) as refused:
        verify(written(tmp_path, form, UNREADABLE))
    all_of_them = [refused.value, *refused.value.further]
    assert [(one.row, one.column, one.value) for one in all_of_them] == [
        ("line 2", "ECL", "ten"), ("line 3", "US GAAP", "5O"), ("line 4", "IFRS", None),
    ]  # fmt: skip
    assert all(one.file and one.rule and one.remedy for one in all_of_them)


def test_the_command_line_prints_a_line_for_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [*UNREADABLE, *([f"Row {number}", "x", "0", "1"] for number in range(30))]
    monkeypatch.setattr("sys.argv", ["gaapbridge", "verify", str(written(tmp_path, "csv", many))])
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    assert (left.value.code, printed.out) == (2, "")
    lines = printed.err.splitlines()
    assert len(lines) == 21 and lines[-1].endswith("13 more are refused")
    assert "column: ECL | value: ten" in lines[0]


def test_a_table_that_names_no_pair_is_refused_with_its_headings(tmp_path: Path) -> None:
    table = lines_of("""
    Item | Alpha | Beta | Gamma
    Loans | 100 | -10 | 90
    """)
    with pytest.raises(UnusableInput) as refused:
        verify(written(tmp_path, "csv", table))
    assert refused.value.value == "Alpha, Beta, Gamma, Item" and "--columns" in refused.value.remedy
    result = CliRunner().invoke(app, ["verify", str(tmp_path / "pasted.csv"), "--columns", "us_gaap=Alpha,ifrs=Gamma"])
    assert result.exit_code == 0 and "R1      1 checks  all hold" in result.output


def test_a_table_that_reconciles_down_the_page_is_read_so_and_transposed(tmp_path: Path) -> None:
    down = [
        ["", "2023", "2022"],
        ["Net income under US GAAP", "100", "90"],
        ["ECL", "-10", "5"],
        ["Net income under IFRS", "90", "95"],
    ]
    assert not verify(written(tmp_path, "csv", down)).findings
    across = [list(cells) for cells in zip(*down, strict=True)]
    assert not verify(written(tmp_path, "csv", across)).findings


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ("us_gaap=Alfa,ifrs=Gamma", "did you mean Alpha"),
        ("us_gaap", "write --columns"),
        ("usgaap=Alpha", "known keys are"),
        ("Beta=half", "adjustment, sum or memo"),
    ],
)
def test_a_map_that_cannot_be_used(columns: str, word: str, tmp_path: Path) -> None:
    table = [["Item", "Alpha", "Beta", "Gamma"], ["Loans", "100", "-10", "90"]]
    with pytest.raises(UnusableInput) as refused:
        verify(written(tmp_path, "csv", table), columns=columns)
    assert word in refused.value.remedy and refused.value.column == "--columns"


def test_figures_cut_at_their_separators_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_text("Item,US GAAP,ECL,IFRS\nLoans,1,100,-100,1,000\nCash,5,0,5\n", encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        verify(path)
    assert "no more cells than the header (4)" in refused.value.rule


def test_formulas_without_a_value_are_all_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Item", "US GAAP", "ECL", "IFRS"], ["Loans", 100, "=-10", 90], ["Cash", "=5", None, 5]):
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(UnusableInput) as refused:
        verify(tmp_path / "book.xlsx")
    assert [(one.row, one.column, one.value) for one in (refused.value, *refused.value.further)] == [
        ("line 2", "ECL", "=-10"), ("line 3", "US GAAP", "=5"),
    ]  # fmt: skip


def test_tables_of_a_page_that_were_passed_over_are_named(tmp_path: Path) -> None:
    good = "<table><tr><td></td><td>US GAAP</td><td>ECL</td><td>IFRS</td></tr><tr><td>Loans</td>{}</tr></table>"
    cells = "<td>100</td><td>(10)</td><td>90</td>"
    odd = "<table><tr><td>Employees</td><td>12</td><td>13</td></tr></table>"
    page = tmp_path / "page.htm"
    page.write_text(f"<body>{odd}{good.format(cells)}{odd}</body>", encoding="utf-8")
    assert [one["why"] for one in read_tables(page).not_read] == [
        "2 other tables: no two frameworks with an adjustment between them"
    ]
    page.write_text(f"<body>{good.format(cells)}<p>As of May 1, 2023</p>{good.format(cells.replace('90', '9O'))}</body>")
    (left,) = read_tables(page).not_read
    assert left["where"] == "table 2: US GAAP" and "9O" in str(left["why"])
    page.write_text(f"<body>{good.format(cells.replace('90', '9O'))}</body>", encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        verify(page)
    assert (refused.value.row, refused.value.value) == ("table 1, line 2", "9O")


@pytest.mark.parametrize(
    "content",
    [
        *(
            b"",
            b"no page",
            b"<html></html>",
            b"<table>",
            b"<table><tr><td colspan=99999999>1</td></tr></table>",
            b"\xff\xfe\x00",
        ),
        *(b"<table>" * 5_000 + b"<tr><td>US GAAP</td></tr>", b"<div>" * 100_000),
    ],
)
def test_a_page_that_holds_nothing_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(content)
    with pytest.raises(UnusableInput):
        verify(tmp_path / "page.html")


@pytest.mark.campaign(but=12)
@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(
            ("$(10)", "-10"),
            ("($10)", "-10"),
            ("-$10", "-10"),
            ("¥1,234", "1234"),
            ("RMB 5", "5"),
            ("(10", None),
            ("10)", None),
        ),
        *(("——", "0"), ("–", "0"), ("−5", "-5"), ("– 5", "-5"), ("5-", "-5"), ("△10", "-10"), ("▲10", "-10"), ("--5", None)),
        *(("n/a", "0"), ("N.M.", "0"), ("nil", "0"), ("1,234(1)", "1234"), ("1,234 [a]", "1234"), ("12*", "12"), ("5¹", "5")),
        *(
            ("10%", "10"),
            ("(1.5)%", "-1.5"),
            ("1.3 pts.", "1.3"),
            ("1\u00a0234", "1234"),
            ("1'234.5", "1234.5"),
            (".07", "0.07"),
        ),
        *(
            ("１２３", "123"),
            ("（１０）", "-10"),
            ("29,82,076", None),
            ("1.234,5", None),
            ("1e5", None),
            ("12 34", None),
            ("", None),
        ),
        *(("٣", None), ("9" * 50, None), ("US$(1,234.56)", "-1234.56"), ("1,234元", "1234"), ("(—)", "0")),
    ],
)
def test_figures_as_they_are_printed(text: str, amount: str | None) -> None:
    figure = figure_of(text)
    assert (None if figure is None else str(figure.amount)) == amount


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("As of December 31, 2023", "2023-12-31"),
        ("31 December 2023", "2023-12-31"),
        ("For the fiscal year ended June 30, 2025", "2024-07-01/2025-06-30"),
        ("Three Months Ended Sept. 30, 2024", "2024-07-01/2024-09-30"),
        ("Nine months ended February 29, 2024", "2023-06-01/2024-02-29"),
        ("13 weeks ended January 27, 2024", "2023-10-29/2024-01-27"),
        ("January 1, 2023 to June 30, 2023", "2023-01-01/2023-06-30"),
        ("Q2 2025", "2025-04-01/2025-06-30"),
        ("截至2023年6月30日止六个月", "2023-01-01/2023-06-30"),
        ("2023年度", "2023-01-01/2023-12-31"),
        ("截至2023年12月31日", "2023-12-31"),
        ("December 31, 2023 and 2022", "2023-12-31"),
        ("December 31, 2023 and March 31, 2024", None),
        ("February 30, 2023", None),
        ("Note 12", None),
    ],
)
def test_dates_in_words(text: str, said: str | None) -> None:
    span = span_of(text)
    assert (None if span is None else span.period or span.as_of) == said


@pytest.mark.parametrize("columns", ["us_gaap=A,ifrs=A", "us_gaap=A,ifrs=C,A=memo", "A=memo,label=A"])
def test_a_heading_means_one_thing(columns: str) -> None:
    with pytest.raises(UnusableInput, match="KEY=HEADING") as refused:
        column_map(columns)
    assert "is given once already" in refused.value.remedy
    with pytest.raises(UnusableInput, match="each key once"):
        column_map("B=memo,B=sum")
