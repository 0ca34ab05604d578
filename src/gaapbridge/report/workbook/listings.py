"""The lists behind the statements: allowance by stage, hindsight, findings, elections, contracts, manifest."""

from __future__ import annotations

from dataclasses import replace

from gaapbridge.form import Table
from gaapbridge.report.told.elections import told_assumptions, told_elections
from gaapbridge.report.told.findings import FOUND, told_findings, told_not_checked, told_rejects
from gaapbridge.report.told.losses import EXPECTED, MOVED, WITHOUT_BEFORE, ToldMovement, compared_movements, told_hindsight
from gaapbridge.report.told.manifest import told_changes, told_manifest
from gaapbridge.report.workbook.places import ALLOWANCE, ELECTIONS, FINDINGS, HINDSIGHT, MANIFEST, SAMPLE, Places
from gaapbridge.report.workbook.sheets import LETTERS, Book, Sheet, at, in_a_sentence

MOST_CONTRACTS = 1_000
"""Sample contracts of a kind that are listed."""

MOST_REJECTS = 100_000
"""Rejected rows that are listed; the run has all of them."""


def write_allowance(book: Book, places: Places) -> None:
    """The movement of loss allowances by cause, stage and framework, the closing added up (IFRS 7.35H; 326-20-50-13)."""
    movements = compared_movements(places.run)
    if not movements:
        return
    sheet = book.sheet(ALLOWANCE, (46, *[19] * 7), freeze=(3, 1), title=f"{places.told.entity}: loss allowance by stage")
    sheet.heading(MOVED, "said")
    sheet.heading(
        f"Amounts in {places.currency}. The last row is as it was measured; the one above it is added up here.", "said"
    )
    if not all(before for _, before in movements):
        sheet.heading(WITHOUT_BEFORE, "said")
    for told in (one for both in movements for one in both if one is not None):
        sheet.next()
        _allowance(sheet, places, told)


def _allowance(sheet: Sheet, places: Places, told: ToldMovement) -> None:
    sheet.heading(f"{told.title}, {in_a_sentence(told.when)}")
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


def write_hindsight(book: Book, places: Places) -> None:
    """What the opening expected of the period, and what came (R17)."""
    told = told_hindsight(places.run)
    if told is None:
        return
    sheet = book.sheet(HINDSIGHT, (30, *[19] * 8), freeze=(1, 1), title=f"{places.told.entity}: expected against what came")
    sheet.heading(EXPECTED, "said")
    for name, fact in told.facts.items():
        sheet.text(0, name, "strong")
        sheet.text(1, fact)
        sheet.next()
    for table in told.tables:
        sheet.next()
        listed(sheet, table)


def write_findings(book: Book, places: Places) -> None:
    """Findings with their remedy, rejected rows, and what could not be checked."""
    widths = (28, 28, 14, 12, 52, 52, 15, 15)
    sheet = book.sheet(FINDINGS, widths, freeze=(1, 1), title=f"{places.told.entity}: findings and rejected rows")
    findings = told_findings(book.masks.findings(places.run.listed.findings))
    rejects = told_rejects(book.masks.rejects(places.run.rejects))
    most = replace(rejects, rows=rejects.rows[:MOST_REJECTS])
    for table in (*(findings or (Table("Findings", FOUND, ()),)), told_not_checked(places.run), most):
        listed(sheet, table)
        sheet.next()
    if len(rejects.rows) > MOST_REJECTS:
        sheet.heading(f"{len(rejects.rows) - MOST_REJECTS:,} more stand in rejects.csv of the run.", "said")


def write_elections(book: Book, places: Places) -> None:
    """Every answer of the plan with its paragraph, where estimates come from, and what changed since the last run."""
    title = f"{places.told.entity}: accounting elections"
    sheet = book.sheet(ELECTIONS, ELECTIONS_WIDTHS, freeze=(1, 1), title=title)
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


def write_sample(book: Book, places: Places) -> None:
    """Contracts whose input rows the run keeps: what each is kept for, and what was measured of it, US GAAP beside IFRS."""
    import polars as pl

    run = places.run
    sheet = book.sheet(SAMPLE, (24, 25, 26, *[13] * 14), freeze=(2, 1), title=f"{places.told.entity}: sample contracts")
    sheet.heading("Minor units. gaapbridge explain opens each of them step by step, by its address.", "said")
    for kind in run.kinds:
        kept = dict(run.sampled(kind)[:MOST_CONTRACTS])
        measured = run.measurements(kind).filter(pl.col("contract_id").is_in(list(kept))).sort("contract_id").collect()
        measures = [one.removeprefix("ifrs_") for one in measured.columns if one.startswith("ifrs_")]
        both = [one for one in measures if f"us_{one}" in measured.columns and one != "rate_per_period"]
        shown = [one for one in both if any((measured[f"{side}_{one}"] != 0).any() for side in ("us", "ifrs"))][:7]
        columns = [f"{side}_{one}" for one in shown for side in ("us", "ifrs")]
        titles = [f"{one.replace('_', ' ').capitalize()}, {side}" for one in shown for side in ("U.S. GAAP", "IFRS")]
        rows = measured.select("contract_id", "segment", *columns).rows()
        table = tuple(
            (book.masks.address(f"{kind.removesuffix('s')}/{row[0]}"), row[1], kept[row[0]], *row[2:]) for row in rows
        )
        listed(sheet, Table(kind.capitalize(), ("Address", "Segment", "Kept for", *titles), table))
        sheet.next()


def write_manifest(book: Book, places: Places) -> None:
    """Inputs, code and artefacts with the hashes by which they are known again."""
    told = told_manifest(places.run)
    sheet = book.sheet(MANIFEST, (40, 70, 70), freeze=(1, 1), title=f"{places.told.entity}: manifest of the run")
    for table in (Table("Run", ("", ""), told.facts), *told.tables):
        listed(sheet, table)
        sheet.next()


def listed(sheet: Sheet, table: Table) -> None:
    """A table as it stands: numbers as numbers to the right, texts as texts."""
    sheet.heading(table.title)
    sheet.header([title[:1].upper() + title[1:] for title in table.header], table.numeric)
    styles = ["text", *("apart" if number else "text" for number in table.numeric)]
    wrapped = {"text": "wrapped", "apart": "indented"}
    for row in table.rows:
        long = {column for column, value in enumerate(row[:-1]) if isinstance(value, str) and _is_cut(sheet, column, value)}
        if long:
            sheet.tall(*((row[column], LETTERS * sheet.widths[column]) for column in long))
        for column, value in enumerate(row):
            sheet.value(column, value, wrapped[styles[column]] if column in long else styles[column])
        sheet.next()
    if not table.rows:
        sheet.heading("none", "said")


def _is_cut(sheet: Sheet, column: int, text: str) -> bool:
    """Whether a text is longer than its cell, so that the next one would hide its end."""
    return column < len(sheet.widths) and len(text) > LETTERS * sheet.widths[column]
