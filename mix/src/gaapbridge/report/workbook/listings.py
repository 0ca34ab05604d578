"""The lists behind the statements: allowance by stage, hindsight, findings, elections, manifest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from gaapbridge.explanation.form import Explanation
from gaapbridge.form import Table
from gaapbridge.report.told.elections import told_assumptions, told_elections
from gaapbridge.report.told.findings import FOUND, told_findings, told_not_checked, told_rejects
from gaapbridge.report.told.losses import EXPECTED, MOVED, ToldMovement, compared_movements, told_hindsight, without_before
from gaapbridge.report.told.manifest import told_changes, told_manifest
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.places import Places
from gaapbridge.report.workbook.sheets import LETTERS, Book, Sheet, at
from gaapbridge.statement.note_tables import within

MOST_REJECTS = 100_000
"""Rejected rows that are listed; the run has all of them."""

WIDE = 40
"""Letters of a column in which a text is worth to be wrapped."""


def allowance_sheet(places: Places) -> Iterator[Declared]:
    """The movement of loss allowances by cause, stage and framework, the closing added up (IFRS 7.35H; 326-20-50-13)."""
    if movements := compared_movements(places.run):
        contains = "loss allowance by stage and cause, both frameworks"
        yield Declared("Allowance", "loss allowance by stage", contains, partial(_write_allowance, movements))


def _write_allowance(
    movements: Sequence[tuple[ToldMovement, ToldMovement | None]], book: Book, places: Places, declared: Declared
) -> None:
    sheet = declared.opened(book, (46, *[19] * 7), freeze=(3, 1))
    sheet.heading(MOVED, "said")
    sheet.heading(
        f"Amounts in {places.currency}. The last row is as it was measured; the one above it is added up here.", "said"
    )
    if not all(before for _, before in movements):
        sheet.heading(without_before(places.run), "said")
    for told in (one for both in movements for one in both if one is not None):
        sheet.next()
        _allowance(sheet, places, told)


def _allowance(sheet: Sheet, places: Places, told: ToldMovement) -> None:
    sheet.heading(f"{told.title}, {within(told.when)}")
    sheet.header(["", *told.stages, "All"], [False, *[True] * (len(told.stages) + 1)])
    first, last = sheet.row, len(told.stages) + 1
    for caption, amounts in told.rows:
        sheet.text(0, caption)
        for place, amount in enumerate(amounts, 1):
            sheet.number(place, places.in_money(amount), "exact_line")
        across = f"SUM({at(sheet.row, 1)}:{at(sheet.row, last - 1)})" if amounts else "0"
        _added(sheet, places, last, across, sum(amounts), "exact_line")
        sheet.next()
    when, closing = told.closing
    sheet.text(0, f"{when}, added up", "strong")
    sums = [sum(column) for column in zip(*(amounts for _, amounts in told.rows), strict=True)]
    for place, added in enumerate((*sums, sum(sums)), 1):
        _added(sheet, places, place, f"SUM({at(first, place)}:{at(sheet.row - 1, place)})", added, "exact_total")
    sheet.next()
    sheet.text(0, f"{when}, as measured")
    for place, amount in enumerate((*closing, sum(closing)), 1):
        sheet.number(place, places.in_money(amount), "exact_line")
    sheet.next()


def _added(sheet: Sheet, places: Places, column: int, of: str, result_minor: int, style: str) -> None:
    """A sum of amounts of the currency, which its minor units keep from being a fraction off."""
    sheet.formula(column, f"=ROUND({of},{places.money_digits})", places.in_money(result_minor), style)


def hindsight_sheet(places: Places) -> Iterator[Declared]:
    """What the opening expected of the period, and what came (R17)."""
    if (told := told_hindsight(places.run)) is not None:
        contains = "what the opening expected of the period against what came"
        yield Declared("Hindsight", "expected against what came", contains, partial(_write_hindsight, told))


def _write_hindsight(told: Explanation, book: Book, places: Places, declared: Declared) -> None:
    sheet = declared.opened(book, (30, *[19] * 8), freeze=(1, 1))
    sheet.heading(EXPECTED, "said")
    for name, fact in told.facts.items():
        sheet.text(0, name, "strong")
        sheet.text(1, fact)
        sheet.next()
    for table in told.tables:
        sheet.next()
        listed(sheet, _in_currency(table, places))


def _in_currency(table: Table, places: Places) -> Table:
    """A table that tells which of its columns are in minor units, with these in the currency, which its title names."""
    if not table.tells.minor:
        return table
    money = [name in table.tells.minor for name in table.header]
    rows = (
        tuple(
            places.in_money(value) if yes and isinstance(value, int) else value for value, yes in zip(row, money, strict=True)
        )
        for row in table.rows
    )
    return replace(table, title=f"{table.tells.name}, {places.currency}", rows=tuple(rows))


def findings_sheet(places: Places) -> Iterator[Declared]:
    """Findings with their remedy, rejected rows, and what could not be checked."""
    contains = "findings, rejected rows, and what could not be checked"
    yield Declared("Findings", "findings and rejected rows", contains, _write_findings)


def _write_findings(book: Book, places: Places, declared: Declared) -> None:
    sheet = declared.opened(book, (28, 28, 14, 12, 52, 52, 15, 15), freeze=(1, 1))
    findings = told_findings(
        book.masks.findings(places.run.listed.findings), places.run.listed.checks, places.texts, places.in_money
    )
    rejects = told_rejects(book.masks.rejects(places.run.rejects), places.texts)
    most = replace(rejects, rows=rejects.rows[:MOST_REJECTS])
    for table in (*(findings or (Table("Findings", FOUND, ()),)), told_not_checked(places.run, places.texts), most):
        listed(sheet, table)
        sheet.next()
    if len(rejects.rows) > MOST_REJECTS:
        sheet.heading(f"{len(rejects.rows) - MOST_REJECTS:,} more stand in rejects.csv of the run.", "said")


def elections_sheet(places: Places) -> Iterator[Declared]:
    """Every answer of the plan with its paragraph, where estimates come from, and what changed since the last run."""
    contains = "accounting elections, and what changed since the last run"
    yield Declared("Elections", "accounting elections", contains, _write_elections)


def _write_elections(book: Book, places: Places, declared: Declared) -> None:
    sheet = declared.opened(book, ELECTIONS_WIDTHS, freeze=(1, 1))
    sheet.header(("Note", "Question", "Answer", "Paragraph", "Nature", "In the plan"))
    for one in told_elections(places.run):
        texts = (one.note, one.question, one.answer, one.paragraph, one.nature, one.in_plan)
        sheet.tall(*zip(texts, ELECTIONS_WIDTHS, strict=True))
        for column, text in enumerate(texts):
            sheet.text(column, text, "wrapped")
        sheet.next()
    for table in told_assumptions(places.run):
        sheet.next()
        listed(sheet, table)
    sheet.next()
    changes = told_changes(places.run)
    sheet.heading("What changed since the last run")
    for line in (changes.since, *changes.lines):
        sheet.heading(line, "text")


ELECTIONS_WIDTHS = (30, 50, 50, 30, 11, 44)


def manifest_sheet(places: Places) -> Iterator[Declared]:
    """Inputs, code and artefacts with the hashes by which they are known again."""
    yield Declared("Manifest", "manifest of the run", "inputs, code and artefacts with their hashes", _write_manifest)


def _write_manifest(book: Book, places: Places, declared: Declared) -> None:
    told = told_manifest(places.run)
    sheet = declared.opened(book, (40, 70, 70), freeze=(1, 1))
    for table in (Table("Run", ("", ""), told.facts), *told.tables):
        listed(sheet, table)
        sheet.next()


def listed(sheet: Sheet, table: Table) -> None:
    """A table as it stands: numbers as numbers to the right, texts as texts; a text of the last column runs on where that is
    narrow, as nothing follows it."""
    sheet.heading(table.title)
    sheet.header([title[:1].upper() + title[1:] for title in table.header], table.numeric)
    styles = ["text", *("apart" if number else "text" for number in table.numeric)]
    wrapped = {"text": "wrapped", "apart": "indented"}
    for row in table.rows:
        within = row if len(row) <= len(sheet.widths) and sheet.widths[len(row) - 1] >= WIDE else row[:-1]
        long = {column for column, value in enumerate(within) if isinstance(value, str) and sheet.is_cut(column, value)}
        if long:
            sheet.tall(*((row[column], LETTERS * sheet.widths[column]) for column in long))
        for column, value in enumerate(row):
            sheet.value(column, value, wrapped[styles[column]] if column in long else styles[column])
        sheet.next()
    if not table.rows:
        sheet.heading("none", "said")
