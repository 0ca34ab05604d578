"""The workbook as it is printed: how small, over how many pages across, with which rows and columns on each; and its units."""

from __future__ import annotations

from itertools import pairwise

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gaapbridge.example.demo import Demonstration
from gaapbridge.report.workbook import FILE, write
from gaapbridge.report.workbook.sheets import pages_across
from gaapbridge.run import Run

WIDEST_INCHES = {("landscape", 9): 10.69, ("portrait", 9): 7.27, ("landscape", 8): 15.54}
"""Inches between the margins, by how the paper lies and its size."""


@pytest.fixture(scope="module")
def run(done: Demonstration) -> Run:
    """The second year of an example lender, which opens from its first."""
    return done.run


@pytest.fixture(scope="module")
def sheets(run: Run, tmp_path_factory: pytest.TempPathFactory) -> list[Worksheet]:
    """The sheets of its workbook, read by a library of others."""
    folder = tmp_path_factory.mktemp("report")
    write(run, folder)
    return openpyxl.load_workbook(folder / FILE).worksheets


def inches(sheet: Worksheet, first: int, end: int) -> float:
    """How wide some columns are: a digit is seven pixels of 96 an inch."""
    letters = [get_column_letter(place + 1) for place in range(first, end)]
    held = {letter: sheet.column_dimensions[letter].width for letter in letters if letter in sheet.column_dimensions}
    groups = {one.min: one for one in sheet.column_dimensions.values()}
    widths = []
    for place, letter in enumerate(letters, first + 1):
        group = next((one for one in groups.values() if one.min <= place <= one.max), None)
        widths.append(group.width if group is not None else held.get(letter, 8.43))
    return sum(width * 7 for width in widths) / 96


def test_no_sheet_is_shrunk_beyond_reading(sheets: list[Worksheet]) -> None:
    """One page across at no less than 58 %, or pages of columns that each fit the paper, the first columns on every one."""
    split = 0
    for sheet in sheets:
        room = WIDEST_INCHES[sheet.page_setup.orientation, int(sheet.page_setup.paperSize)]
        columns = sheet.max_column
        if sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage:
            assert int(sheet.page_setup.fitToHeight) == 0 and inches(sheet, 0, columns) * 0.58 <= room, sheet.title
            continue
        split += 1
        percent = int(sheet.page_setup.scale or 100) / 100
        begins = [0, *(one.id for one in sheet.col_breaks.brk), columns]
        repeated = column_index_from_string(sheet.print_title_cols.split(":$")[-1].strip("$"))
        assert percent >= 0.58 and repeated >= 1, sheet.title
        for place, (first, end) in enumerate(pairwise(begins)):
            again = inches(sheet, 0, repeated) if place else 0
            assert (inches(sheet, first, end) + again) * percent <= room, (sheet.title, first)
    assert split


def test_every_page_has_a_head_and_a_foot(run: Run, sheets: list[Worksheet]) -> None:
    for sheet in sheets:
        assert sheet.print_title_rows and run.manifest.entity in str(sheet.oddFooter.center.text), sheet.title
        assert "&P" in str(sheet.oddFooter.right.text) or "Page" in str(sheet.oddFooter.right.text)
    heads = {sheet.title: sheet[sheet.print_title_rows.split(":$")[-1]] for sheet in sheets}
    for title, word in (("Tie-outs", "Mark"), ("Journals", "Entry"), ("Entries", "Cause"), ("Trial balance", "Account")):
        assert word in [cell.value for cell in heads[title]], title


def test_the_allowance_is_in_the_currency_with_the_period_before(run: Run, sheets: list[Worksheet]) -> None:
    """What was measured, with its decimals; the year before below the year."""
    (sheet,) = (one for one in sheets if one.title == "Allowance")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    closing = next(one for one in run.movements if (one.kind, one.framework) == ("loans", "ifrs"))
    measured = [row for row in rows if str(row[0]).endswith("2023, as measured")]
    assert sum(closing.closing.values()) / 100 in [
        amount for row in measured for amount in row if isinstance(amount, float | int)
    ]
    titles = [str(row[0]) for row in rows if " ended December 31, " in str(row[0])]
    assert len(titles) == 2 * len(run.movements) and "US GAAP has no stages" in titles[0]
    assert [title[-4:] for title in titles] == ["2023", "2022"] * len(run.movements)
    assert not any("minor units" in str(row[0]) for row in rows)


def test_a_sheet_that_fits_is_not_split_and_pages_are_as_few_as_can_be() -> None:
    assert pages_across((40, 20, 20), 960, 1) == (100, ())
    percent, begins = pages_across((12, 50, 5, *[16] * 6, 2, *[16] * 6, 2, *[16] * 6), 1390, 2, (10, 17))
    assert begins == (10,) and 58 <= percent < 100
