"""The cover: whose reconciliation it is, of which run, who signs for it, and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from gaapbridge.report.told.cover import told_facts, told_signatures
from gaapbridge.report.told.tie_outs import told_checks, told_evidence
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.places import MOST_IN_A_DOUBLE, TIE_OUTS, Places
from gaapbridge.report.workbook.sheets import LETTERS, Book, Sheet, quoted
from gaapbridge.report.workbook.tie_out_sheet import EVIDENCE, RESULT

WIDTHS = (44, 22, 13, 70)
BESIDE = sum(WIDTHS[1:])
"""Widths of the columns, and what stands beside a caption has in all."""

BEYOND_DOUBLES = (
    f"Amounts add up to more than {MOST_IN_A_DOUBLE:,} minor units, which no spreadsheet holds to the unit: a check that FAILS "
    "here may hold. The pack has every figure in full, and the checks as the run made them."
)
"""What a workbook says of itself where its formulas cannot be exact."""


def cover(others: Sequence[Declared]) -> Declared:
    """The sheet that the workbook opens on; it leads to the others."""
    return Declared("Cover", "", "whose reconciliation it is, who signs for it, and the sheets", partial(_cover, others))


def _cover(others: Sequence[Declared], book: Book, places: Places, declared: Declared) -> None:
    told = places.told
    sheet = declared.opened(book, WIDTHS, portrait=True)
    sheet.heading("Reconciliation between U.S. GAAP and International Financial Reporting Standards", "heading")
    sheet.next()
    for name, value in told_facts(places.run):
        is_long = len(value) > LETTERS * BESIDE
        if is_long:
            sheet.tall((value, LETTERS * BESIDE))
            sheet.across(1, len(WIDTHS) - 1, value)
        else:
            sheet.text(1, value)
        sheet.text(0, name, "strong_top" if is_long else "strong")
        sheet.next()
    sheet.text(0, "Minor units in a printed unit", "strong")
    book.name("unit_minor", f"{declared.name}!$B${sheet.row + 1}")
    sheet.number(1, told.unit_minor, "number_left")
    sheet.next(2)
    sheet.heading("Signed for this run only; a sign-off is void where the hash of the run is another")
    for column, title in enumerate(("", "Name", "Date", "Signature")):
        sheet.text(column, title, "head")
    sheet.next()
    for one in told_signatures(places.run):
        for column, text in enumerate((one.role, one.name, one.day, "")):
            sheet.text(column, text, "signed_off" if column else "text")
        sheet.next()
    sheet.next()
    _proof(sheet, places)
    sheet.next()
    _contents(sheet, others)


def _proof(sheet: Sheet, places: Places) -> None:
    """Checks by what they prove, and what the workbook itself adds up."""
    checks = told_checks(places.run)
    sheet.heading("Checks by what they prove")
    sheet.header(("Evidence", "Checks", "Of them fail", "What that means"), (False, True, True, False))
    results, evidences = (f"{quoted(TIE_OUTS)}!${letter}$1:${letter}${len(checks) + 100}" for letter in (RESULT, EVIDENCE))
    for kind in told_evidence(checks):
        sheet.text(0, kind.kind)
        asked = f"{evidences},$A{sheet.row + 1}"
        sheet.formula(1, f"=COUNTIFS({asked})", kind.checks)
        sheet.formula(2, f'=COUNTIFS({asked},{results},"FAILS")', kind.failing)
        sheet.text(3, kind.meaning, "meaning")
        sheet.next()
    findings = places.run.listed.findings
    sheet.text(0, "Findings")
    sheet.number(1, len(findings))
    sheet.next()
    sheet.text(0, "Rejected rows of the tapes")
    sheet.number(1, places.run.rejected_rows)
    sheet.next(2)
    sheet.heading("What this workbook adds up by itself, each nil where it holds")
    if places.is_beyond_doubles:
        sheet.heading(BEYOND_DOUBLES, "mark_left")
    for statement in places.measured:
        if (statement.id, "ta", "row") in places.formula_rows and (statement.id, "tle", "row") in places.formula_rows:
            sheet.text(0, f"{statement.id}: assets less liabilities and equity, IFRS")
            one, other = (places.formula_cell(statement.id, total, "ifrs") for total in ("ta", "tle"))
            name = quoted(places.formula_sheet(statement.id))
            by_id = {row.id: row.cells["ifrs"].exact_minor or 0 for row in statement.rows}
            apart = places.in_units(by_id["ta"] - by_id["tle"])
            sheet.formula(1, f"=ROUND({name}!{one}-{name}!{other},{places.digits})", apart, "exact_line")
            sheet.next()
    sheet.text(0, "Trial balance, closing, minor units")
    sheet.formula(1, "=SUM(tb_closing)", sum(places.run.ledgers[places.manifest.statements.closing].values()))
    sheet.next()
    sheet.text(0, "Journals, debits less credits, minor units")
    parts = "+".join(f"SUM({one.prefix}_debit)-SUM({one.prefix}_credit)" for one in places.journals)
    sheet.formula(1, f"={parts}", 0)
    sheet.next()


def _contents(sheet: Sheet, others: Sequence[Declared]) -> None:
    """The sheets, each a link."""
    sheet.heading("Sheets")
    for one in others:
        sheet.link(0, one.name, "A1", one.name)
        sheet.text(1, one.contains)
        sheet.next()
