"""Statements that were made to be hard to read: ``verify`` reads or refuses each in a moment, and says which."""

from __future__ import annotations

import time
from pathlib import Path

import openpyxl
import pytest

from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import Verification, verify
from tests.findings.xlsx_made import claims, number, rows, texts, workbook

HEAD = "<tr><td></td><td>US GAAP</td><td>ECL</td><td>IFRS</td></tr>"
BODY = (
    "<tr><td>Loans</td><td>900</td><td>{}</td><td>800</td></tr>"
    "<tr><td>Total assets</td><td>900</td><td>(100)</td><td>800</td></tr>"
)
PAGE = f"<html><body><table>{HEAD}{BODY}</table></body></html>"
SHEET = (texts("", "US GAAP", "ECL", "IFRS"), [*texts("Loans"), number(900), number(-100), number(800)])


def of_page(folder: Path, cell: str = "(100)", page: str = PAGE, encoding: str = "utf-8") -> Verification:
    path = folder / "page.html"
    path.write_bytes(page.replace("{}", cell).encode(encoding))
    return verify(path)


@pytest.mark.parametrize(
    "cell",
    [
        "<i>" * 1_500 + "(100)" + "</i>" * 1_500,
        "<script>5</script>(100)",
        "<style>td { width: 5px }</style>(100)",
        "<span style='display:none'>5</span>(100)",
        "<!-- 5 -->(1<!-- 5 -->00)",
        "(100)<sup>(a)</sup>",
    ],
    ids=["deep", "script", "style", "hidden", "comment", "mark"],
)
def test_a_cell_is_what_a_reader_sees(tmp_path: Path, cell: str) -> None:
    outcome = of_page(tmp_path, cell)
    assert len(outcome.checks) >= 2 and not outcome.findings


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_in_utf_16_needs_no_mark(tmp_path: Path, encoding: str) -> None:
    assert not of_page(tmp_path, encoding=encoding).findings


def test_spans_cost_nothing(tmp_path: Path) -> None:
    """A span of 5,000 digits, and 300 cells that each cover 1,000 rows and columns: more than a minute, once."""
    wide = "<td colspan=1000 rowspan=1000>1</td>" * 300
    tall = f"<table><tr>{wide}</tr>{'<tr><td>1</td></tr>' * 300}</table>"
    page = PAGE.replace("<body>", f"<body>{tall}").replace("<td>800", f'<td colspan="{"9" * 5_000}">800', 1)
    started = time.process_time()
    of_page(tmp_path, page=PAGE.replace("<body>", f"<body>{tall}"))
    assert not of_page(tmp_path, page=page.replace(tall, "")).findings
    assert time.process_time() - started < 10


def test_cells_below_a_tall_one_stand_beside_it(tmp_path: Path) -> None:
    body = "<tr><td rowspan=2>Loans</td><td>900</td><td>(100)</td><td>800</td></tr><tr><td>5</td><td>1</td><td>6</td></tr>"
    page = f"<table>{HEAD}{body}</table>"
    outcome = of_page(tmp_path, page=page)
    assert [check.expected for check in outcome.checks if check.check == "R1"] == [800, 6]


@pytest.mark.parametrize("element", ["div", "span", "table><tr><td"])
def test_a_page_too_deep_to_be_read_whole_is_refused(tmp_path: Path, element: str) -> None:
    page = PAGE.replace("<body>", "<body>" + f"<{element}>" * 3_000)
    with pytest.raises(UnusableInput, match="at most 2,048 deep"):
        of_page(tmp_path, page=page)


@pytest.mark.parametrize(
    ("sheet", "shown"),
    [
        (rows(*SHEET, {"A": number(1)}).replace("A3", "XFD1048576").replace('r="3"', 'r="1048576"'), "a cell at XFD1048576"),
        (rows(*SHEET, {"A": number(1)}).replace("A3", "A1048576").replace('r="3"', 'r="1048576"'), "a cell at A1048576"),
        (rows(*SHEET) + '<mergeCells><mergeCell ref="A8:XFD1048576"/></mergeCells>', "merged cells at A8:XFD1048576"),
    ],
    ids=["cell", "row", "merged"],
)
def test_a_sheet_with_a_cell_far_from_the_others_is_refused(tmp_path: Path, sheet: str, shown: str) -> None:
    with pytest.raises(UnusableInput, match="at most 200,000 cells") as refused:
        verify(workbook(tmp_path / "far.xlsx", sheet))
    assert refused.value.value == shown and "delete" in refused.value.remedy


def test_a_style_far_from_the_others_is_no_cell(tmp_path: Path) -> None:
    far = rows(*SHEET, {"A": '<c s="1"></c>'}).replace("A3", "XFD1048576").replace('r="3"', 'r="1048576"')
    assert not verify(workbook(tmp_path / "style.xlsx", far)).findings


def test_a_workbook_that_unpacks_to_more_than_a_statement_is_refused(tmp_path: Path) -> None:
    path = claims(workbook(tmp_path / "bomb.xlsx", rows(*SHEET)), "xl/sharedStrings.xml", 200 << 20)
    with pytest.raises(UnusableInput, match="unpack to at most 64 MB"):
        verify(path)


def test_a_sheet_that_is_a_chart_is_passed_over_and_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["", "US GAAP", "ECL", "IFRS"], ["Loans", 900, -100, 800]):
        book.active.append(row)
    book.create_chartsheet("Trend")
    book.save(tmp_path / "chart.xlsx")
    outcome = verify(tmp_path / "chart.xlsx")
    assert not outcome.findings and "it is a chart, or otherwise no sheet of cells" in outcome.as_text()


def csv(folder: Path, columns: int, lines: int, caption: str = "r{}") -> Path:
    names = ",".join(f"c{number}" for number in range(columns))
    ones = ",".join("1" * columns)
    path = folder / "large.csv"
    body = "".join(f"{caption.format(line)},1,{ones},{columns + 1}\n" for line in range(lines))
    path.write_text(f",US GAAP,{names},IFRS\n{body}", encoding="utf-8")
    return path


@pytest.mark.parametrize(("columns", "lines", "caption"), [(1, 5_000, "r{}"), (1, 5_000, "other"), (900, 5, "r{}")])
def test_a_large_table_is_read_in_seconds(tmp_path: Path, columns: int, lines: int, caption: str) -> None:
    """Time that grew with the square of rows and columns: 13 s of 1,000 rows, 36 s of 1,000 columns."""
    path, started = csv(tmp_path, columns, lines, caption), time.process_time()
    outcome = verify(path)
    assert time.process_time() - started < 12 and not outcome.findings and len(outcome.checks) >= lines


@pytest.mark.parametrize(("columns", "lines", "shown"), [(1_000, 2, "a line of 1,003 cells"), (1, 60_000, "240,003 cells")])
def test_a_table_larger_than_any_statement_is_refused(tmp_path: Path, columns: int, lines: int, shown: str) -> None:
    with pytest.raises(UnusableInput, match="a table has at most 200,000 cells, and 1,000 in a line") as refused:
        verify(csv(tmp_path, columns, lines))
    assert refused.value.value == shown
