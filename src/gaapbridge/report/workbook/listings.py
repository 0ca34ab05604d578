"""The lists behind the statements: allowance by stage, hindsight, findings, elections, contracts, manifest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from gaapbridge.explanation.form import Explanation
from gaapbridge.form import Table
from gaapbridge.report.told.elections import told_assumptions, told_elections
from gaapbridge.report.told.findings import FOUND, told_findings, told_not_checked, told_rejects
from gaapbridge.report.told.losses import EXPECTED, MOVED, ToldMovement, told_hindsight, told_movements
from gaapbridge.report.told.manifest import told_changes, told_manifest
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.places import Places
from gaapbridge.report.workbook.sheets import Book, Sheet, at

MOST_CONTRACTS = 1_000
"""Sample contracts of a kind that are listed."""

MOST_REJECTS = 100_000
"""Rejected rows that are listed; the run has all of them."""


def allowance_sheet(places: Places) -> Iterator[Declared]:
    """The movement of loss allowances by cause, stage and framework, the closing added up (IFRS 7.35H; 326-20-50-13)."""
    if places.run.movements:
        contains = "loss allowance by stage and cause, both frameworks"
        yield Declared("Allowance", "loss allowance by stage", contains, _write_allowance)


def _write_allowance(book: Book, places: Places, declared: Declared) -> None:
    sheet = declared.opened(book, (46, *[19] * 7), freeze=(2, 1))
    unit = f"minor units of {places.told.currency}, as in the journals, not {places.told.unit}"
    sheet.heading(f"{MOVED} Amounts in {unit}. The last row is as it was measured; the one above it is added up here.", "said")
    for told in told_movements(places.run):
        sheet.next()
        _allowance(sheet, told)


def _allowance(sheet: Sheet, told: ToldMovement) -> None:
    sheet.heading(told.title)
    sheet.header(["", *told.stages, "All"], [False, *[True] * (len(told.stages) + 1)])
    first, last = sheet.row, len(told.stages) + 1
    for caption, amounts in told.rows:
        sheet.text(0, caption)
        for place, amount in enumerate(amounts, 1):
            sheet.number(place, amount)
        across = f"=SUM({at(sheet.row, 1)}:{at(sheet.row, last - 1)})" if amounts else "=0"
        sheet.formula(last, across, sum(amounts))
        sheet.next()
    when, closing = told.closing
    sheet.text(0, f"{when}, added up", "strong")
    sums = [sum(column) for column in zip(*(amounts for _, amounts in told.rows), strict=True)]
    for place, added in enumerate((*sums, sum(sums)), 1):
        sheet.formula(place, f"=SUM({at(first, place)}:{at(sheet.row - 1, place)})", added, "total")
    sheet.next()
    sheet.text(0, f"{when}, as measured")
    for place, amount in enumerate((*closing, sum(closing)), 1):
        sheet.number(place, amount)
    sheet.next()


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
        listed(sheet, table)


def findings_sheet(places: Places) -> Iterator[Declared]:
    """Findings with their remedy, rejected rows, and what could not be checked."""
    contains = "findings, rejected rows, and what could not be checked"
    yield Declared("Findings", "findings and rejected rows", contains, _write_findings)


def _write_findings(book: Book, places: Places, declared: Declared) -> None:
    sheet = declared.opened(book, (30, 30, 18, 12, 60, 60, 18, 18), freeze=(1, 1))
    findings = told_findings(book.masks.findings(places.run.listed.findings))
    rejects = told_rejects(book.masks.rejects(places.run.rejects))
    most = replace(rejects, rows=rejects.rows[:MOST_REJECTS])
    for table in (*(findings or (Table("Findings", FOUND, ()),)), told_not_checked(places.run), most):
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


ELECTIONS_WIDTHS = (38, 56, 56, 38, 12, 52)


def sample_sheet(places: Places) -> Iterator[Declared]:
    """Contracts whose input rows the run keeps: what each is kept for, and what was measured of it, US GAAP beside IFRS."""
    yield Declared("Sample contracts", "sample contracts", "contracts whose input rows the run keeps", _write_sample)


def _write_sample(book: Book, places: Places, declared: Declared) -> None:
    import polars as pl

    run = places.run
    sheet = declared.opened(book, (26, 26, 26, *[19] * 14), freeze=(2, 1))
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
    """A table as it stands: numbers as numbers to the right, texts as texts."""
    sheet.heading(table.title)
    sheet.header([title[:1].upper() + title[1:] for title in table.header], table.numeric)
    styles = ["text", *("apart" if number else "text" for number in table.numeric)]
    for row in table.rows:
        for column, value in enumerate(row):
            sheet.value(column, value, styles[column])
        sheet.next()
    if not table.rows:
        sheet.heading("none", "said")
