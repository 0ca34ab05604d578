"""The tie-outs with their tick marks and legend, and the proof of income tax, note by note."""

from __future__ import annotations

from gaapbridge.report.told.tie_outs import LEGEND, ToldCheck, told_checks
from gaapbridge.report.workbook.places import TAX, TIE_OUTS, Places
from gaapbridge.report.workbook.sheets import Book, Sheet, at, quoted

TITLES = (
    "Mark", "Check", "What holds", "Statement", "Row", "Column", "Expected", "Found", "Difference", "Tolerance", "Result",
    "Evidence", "Unit",
)  # fmt: skip
RESULT, EVIDENCE = "K", "L"
"""The columns of a check's result and of what it proves."""

BEFORE_TAX, INCOME_TAX = "pbt", "tax"
"""Rows of the income statement that a proof of tax compares."""


def write_tie_outs(book: Book, places: Places) -> None:
    """Write every check, its difference and result by formula, below a legend of the tick marks."""
    widths = (7, 40, 54, 12, 22, 10, 20, 20, 16, 12, 9, 16, 16)
    head = len(LEGEND) + 4
    sheet = book.sheet(TIE_OUTS, widths, freeze=(head, 2), title=f"{places.told.entity}: tie-outs")
    sheet.heading(
        "Difference and result are formulas. By construction proves that nothing was changed since.",
        "said",
    )
    checks = told_checks(places.run)
    span = f"$A${head + 1}:$A${head + max(len(checks), 1)}"
    for mark, what in LEGEND.items():
        sheet.text(0, mark, "mark")
        sheet.text(1, what)
        sheet.formula(6, f"=COUNTIF({span},$A{sheet.row + 1})", sum(one.mark == mark for one in checks))
        sheet.text(7, "checks", "said")
        sheet.next()
    sheet.next()
    numeric = [title in ("Expected", "Found", "Difference", "Tolerance") for title in TITLES]
    sheet.header(TITLES, numeric)
    for one in checks:
        _check(sheet, one)
    sheet.sheet.autofilter(head - 1, 0, max(head, sheet.row - 1), len(TITLES) - 1)


def _check(sheet: Sheet, one: ToldCheck) -> None:
    sheet.text(0, one.mark, "mark")
    for column, text in enumerate((one.id, one.what, one.statement, one.row, one.column), 1):
        if text:
            sheet.text(column, text)
    for column, amount in ((6, one.expected), (7, one.actual), (9, one.tolerance)):
        sheet.number(column, amount)
    row = sheet.row
    sheet.formula(8, f"={at(row, 7)}-{at(row, 6)}", one.actual - one.expected)
    sheet.formula(10, f'=IF(ABS({at(row, 8)})<={at(row, 9)},"holds","FAILS")', "holds" if one.holds else "FAILS", "centred")
    sheet.text(11, one.evidence)
    sheet.text(12, one.unit)
    sheet.next()


def write_tax(book: Book, places: Places) -> None:
    """Write income before tax and tax of every note, what rate that is, and the proofs that the close made (R6)."""
    sheet = book.sheet(TAX, (44, 22, 22, 22, 22, 14), freeze=(2, 1), title=f"{places.told.entity}: proof of income tax")
    sheet.heading("Where a note's rate is not the statutory one, its proof says what else bears tax, or none.", "said")
    income = places.told.statement(places.manifest.statements.income)
    rows = {} if income is None else {row.id: row for row in income.rows}
    if income is not None and BEFORE_TAX in rows and INCOME_TAX in rows:
        sheet.header((f"In {places.told.unit}", "Income before tax", "Income tax", "Rate"), (False, True, True, True))
        name = quoted(places.formula_sheet(income.id))
        for note in places.told.notes:
            sheet.text(0, note.caption)
            amounts = []
            for column, row in enumerate((BEFORE_TAX, INCOME_TAX), 1):
                amounts.append(places.in_units(rows[row].cells[note.id].exact_minor or 0))
                sheet.formula(column, f"={name}!{places.formula_cell(income.id, row, note.id)}", amounts[-1], "exact_line")
            rate = -amounts[1] / amounts[0] if amounts[0] else 0.0
            before, tax = at(sheet.row, 1), at(sheet.row, 2)
            sheet.formula(3, f"=IF({before}=0,0,-{tax}/{before})", rate, "share")
            sheet.next()
    sheet.next()
    sheet.heading("Proofs of the close, minor units")
    sheet.header(("Check", "Expected", "Found", "Difference", "Tolerance", "Result"), (False, True, True, True, True, False))
    for one in told_checks(places.run):
        if one.rule == "R6":
            sheet.text(0, one.id)
            for column, amount in ((1, one.expected), (2, one.actual), (4, one.tolerance)):
                sheet.number(column, amount)
            at_row = sheet.row
            sheet.formula(3, f"={at(at_row, 2)}-{at(at_row, 1)}", one.actual - one.expected)
            sheet.formula(
                5, f'=IF(ABS({at(at_row, 3)})<={at(at_row, 4)},"holds","FAILS")', "holds" if one.holds else "FAILS", "centred"
            )
            sheet.next()
