"""The statements as they are printed: balance sheet and income statement, each with its comparatives below."""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.report.told.statements import ToldRow, ToldStatement
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.places import (
    BALANCE_SHEET,
    FACE_FIRST_COLUMN,
    FACE_FIRST_ROW,
    INCOME_STATEMENT,
    Places,
)
from gaapbridge.report.workbook.sheets import Book, Sheet, at
from gaapbridge.statement.document import IFRS

CAPTION, AMOUNT = 50, 16
"""Widths of a caption and of an amount, in characters."""


def face_sheets(places: Places) -> Iterator[Declared]:
    """The balance sheets and the income statements, where the run has such statements."""
    for name in (BALANCE_SHEET, INCOME_STATEMENT):
        if places.face(name):
            yield Declared(name, "", "as printed, with comparatives", _face)


def _face(book: Book, places: Places, declared: Declared) -> None:
    told = places.told
    sheet = declared.opened(book, (CAPTION, *[AMOUNT] * len(told.columns)), freeze=(FACE_FIRST_ROW, 1))
    sheet.heading(f"Reconciliation between U.S. GAAP and IFRS: {declared.name.lower()}", "heading")
    said = "Each amount leads to its formula; IFRS is a formula here too."
    sheet.heading(f"Amounts in {told.unit}{f'. {told.status}' if told.status else ''}. {said}", "said")
    sheet.row = FACE_FIRST_ROW
    for statement in places.face(declared.name):
        if sheet.row > FACE_FIRST_ROW:
            sheet.sheet.set_h_pagebreaks([sheet.row])
        _statement(sheet, places, statement)
        sheet.next(2)


def _statement(sheet: Sheet, places: Places, statement: ToldStatement) -> None:
    beside = "" if statement.is_measured else " (as printed by the run of that period, which holds its formulas)"
    sheet.heading(f"{statement.when}{beside}", "heading")
    if statement.basis:
        sheet.heading(statement.basis, "said")
    sheet.header(["", *(column.caption for column in places.told.columns)], [False, *[True] * len(places.told.columns)])
    for row in statement.printed_rows:
        if row.heading:
            sheet.heading(row.heading, "strong")
        _row(sheet, places, statement, row)
        sheet.next()


def _row(sheet: Sheet, places: Places, statement: ToldStatement, row: ToldRow) -> None:
    """One row: amounts as printed, each linked to its formula, and IFRS added across."""
    sheet.text(0, row.label, "strong" if row.kind == "total" else "text")
    last = FACE_FIRST_COLUMN + len(places.column_ids) - 1
    for place, column in enumerate(places.column_ids):
        at_column, printed = FACE_FIRST_COLUMN + place, row.cells[column].printed
        if statement.is_measured:
            sheet.link(at_column, places.formula_sheet(statement.id), places.formula_cell(statement.id, row.id, column))
        if column == IFRS:
            across = f"=SUM({at(sheet.row, FACE_FIRST_COLUMN)}:{at(sheet.row, last - 1)})"
            sheet.formula(at_column, across, printed, row.kind)
        else:
            sheet.number(at_column, printed, row.kind)
