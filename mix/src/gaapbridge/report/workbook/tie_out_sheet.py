"""The tie-outs with their tick marks and legend, difference and result of each by formula."""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.report.told.tie_outs import LEGEND, ToldCheck, told_checks
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.places import TIE_OUTS, Places
from gaapbridge.report.workbook.sheets import LETTERS, Book, Sheet, at

TITLES = (
    "Mark", "Check", "What holds", "Statement", "Row", "Column", "Expected", "Found", "Difference", "Tolerance", "Result",
    "Evidence", "Unit",
)  # fmt: skip
RESULT, EVIDENCE = "K", "L"
"""The columns of a check's result and of what it proves."""


def tie_out_sheet(places: Places) -> Iterator[Declared]:
    """Every check, its difference and result by formula, below a legend of the tick marks."""
    yield Declared(TIE_OUTS, "tie-outs", "every check, with tick marks and their legend", _write)


def _write(book: Book, places: Places, declared: Declared) -> None:
    widths = (6, 36, 58, 9, 19, 10, 15, 15, 12, 10, 8, 14, 10)
    head = len(LEGEND) + 4
    sheet = declared.opened(book, widths, freeze=(head, 2))
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
    sheet.row -= 1
    sheet.text(TITLES.index("Result"), "Result", "head_centred")
    sheet.next()
    for one in checks:
        _check(sheet, one)
    sheet.sheet.autofilter(head - 1, 0, max(head, sheet.row - 1), len(TITLES) - 1)


def _check(sheet: Sheet, one: ToldCheck) -> None:
    sheet.text(0, one.mark, "mark")
    texts = {column: text for column, text in enumerate((one.id, one.what, one.statement, one.row, one.column), 1) if text}
    cut = {column: (text, LETTERS * sheet.widths[column]) for column, text in texts.items() if sheet.is_cut(column, text)}
    if cut:
        sheet.tall(*cut.values())
    for column, text in texts.items():
        sheet.text(column, text, "wrapped" if column in cut else "text")
    for column, amount in ((6, one.expected), (7, one.actual), (9, one.tolerance)):
        sheet.number(column, amount)
    difference_and_result(sheet, one, (6, 7, 8, 9, 10))
    sheet.text(11, one.evidence)
    sheet.text(12, one.unit)
    sheet.next()


def difference_and_result(sheet: Sheet, one: ToldCheck, columns: tuple[int, int, int, int, int]) -> None:
    """The difference of a check and whether it holds, by formula from the cells beside; ``columns`` are those of what was
    expected and found, the difference, the tolerance and the result."""
    expected, found, difference, tolerance, _ = (at(sheet.row, column) for column in columns)
    sheet.formula(columns[2], f"={found}-{expected}", one.difference)
    result = "holds" if one.holds else "FAILS"
    sheet.formula(columns[4], f'=IF(ABS({difference})<={tolerance},"holds","FAILS")', result, "centred")
