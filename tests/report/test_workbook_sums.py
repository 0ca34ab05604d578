"""Ids that SUMIFS takes for others: accounts that are patterns, comparisons, or one number written in two ways."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import openpyxl

from gaapbridge.period_close import close
from gaapbridge.report.workbook import FILE, write
from gaapbridge.report.workbook.cover import BEYOND_DOUBLES
from gaapbridge.report.workbook.sheets import Book
from gaapbridge.starter import write_starter
from tests.report.recalculated import Calculated

RENAMED = {"1301": "13*", "1302": "130?", "1201": "~1", "1001": "<9", "1002": "0100", "1203": "100"}
"""Accounts of the starter's lender by codes that Excel takes for a pattern, a comparison, and each other."""


def test_an_account_that_is_a_pattern_is_one_account(tmp_path: Path) -> None:
    """Each formula comes to the figure beside it, as an engine of others calculates it."""
    plan = write_starter(tmp_path / "lender").plan
    for path in (plan, *(plan.parent / "ledger").glob("*.csv")):
        text = path.read_text(encoding="utf-8")
        for code, renamed in RENAMED.items():
            text = re.sub(rf"^{code},", f"{renamed},", text.replace(f'"{code}"', f'"{renamed}"'), flags=re.MULTILINE)
        path.write_text(text, encoding="utf-8")
    run = close(plan)
    assert {*RENAMED.values()} <= set(run.ledgers[run.manifest.statements.closing])
    write(run, tmp_path)
    formulas = list(Calculated(tmp_path / FILE).formulas())
    assert [one for one in formulas if not one.agrees] == []
    assert any("SUMPRODUCT((" in one.formula for one in formulas)
    assert not any("SUMIFS" in one.formula for one in formulas)


def test_a_book_that_no_spreadsheet_holds_to_the_unit_says_so(tmp_path: Path) -> None:
    """Cash and capital of nine quadrillion: the cover warns, and the figures beside formulas are the run's."""
    plan = write_starter(tmp_path / "lender").plan
    for path in (plan.parent / "ledger").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        more = re.sub(r"(?m)^(1001,[^,]*),(\d+),", lambda found: f"{found[1]},{int(found[2]) + 9 * 10**17},", text)
        more = re.sub(r"(?m)^(4001,[^,]*),0,(\d+)", lambda found: f"{found[1]},0,{int(found[2]) + 9 * 10**17}", more)
        assert len(more) > len(text) + 10
        path.write_text(more, encoding="utf-8")
    run = close(plan)
    assert all(check.holds for check in run.listed.checks)
    write(run, tmp_path)
    cover = [cell.value for cell in openpyxl.load_workbook(tmp_path / FILE, data_only=True)["Cover"]["A"]]
    assert BEYOND_DOUBLES in cover and "9,007,199,254,740,991" in BEYOND_DOUBLES


def test_lines_that_repeat_are_written_as_if_one_by_one(tmp_path: Path) -> None:
    """The same bytes, whichever values come again, in a workbook that is held in memory and in one that is not."""
    rows = [("note", f"entry {place % 7}", place % 5 or None, None if place % 5 else 12_345, "same") for place in range(40)]
    styles = ("text", "strong", "line", "line", "apart")
    for large in (False, True):
        made = []
        for name in ("quick", "plain"):
            book = Book(tmp_path / f"{name}-{large}.xlsx", large, datetime(2023, 12, 31), "Lender")
            book.describe("a", "b", "c")
            sheet = book.sheet("Journals", [10] * 5, title="journals")
            if name == "quick":
                sheet.lines(rows, styles)
            else:
                for row in rows:
                    for column, (value, style) in enumerate(zip(row, styles, strict=True)):
                        if value is not None:
                            (sheet.text if isinstance(value, str) else sheet.number)(column, value, style)
                    sheet.next()
            sheet.text(0, "after")
            book.close()
            made.append(book.path.read_bytes())
        assert made[0] == made[1]
