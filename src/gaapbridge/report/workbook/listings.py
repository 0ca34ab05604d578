"""The lists behind the statements: allowance by stage, hindsight, tax, findings, elections, contracts, manifest."""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.changes.between import changes_between
from gaapbridge.difference import FRAMEWORKS
from gaapbridge.explanation.hindsight import explain_hindsight
from gaapbridge.form import Table
from gaapbridge.notes import FOLDERS
from gaapbridge.plan.written import written
from gaapbridge.report.workbook.places import ALLOWANCE, ELECTIONS, FINDINGS, HINDSIGHT, MANIFEST, SAMPLE, Places
from gaapbridge.report.workbook.sheets import Book, Sheet, at
from gaapbridge.run import open_run
from gaapbridge.run.reader import Movements, Run
from gaapbridge.terms.errors import UnusableInput

MOST_CONTRACTS = 1_000
"""Sample contracts of a kind that are listed."""


def write_allowance(book: Book, places: Places) -> None:
    """The movement of loss allowances by cause, stage and framework, the closing added up (IFRS 7.35H; 326-20-50-13)."""
    if not places.run.movements:
        return
    sheet = book.sheet(ALLOWANCE, (34, *[19] * 7), freeze=(2, 1), title=f"{places.told.entity}: loss allowance by stage")
    sheet.heading("Minor units. The last row is the closing as it was measured; the one above it is added up here.", "said")
    for table in places.run.movements:
        sheet.next()
        _allowance(sheet, table)


def _allowance(sheet: Sheet, table: Movements) -> None:
    stages = [stage for stage in table.closing if any(line.get(stage) for line in (*table.lines.values(), table.closing))]
    sheet.heading(f"{table.kind.capitalize()}, {FRAMEWORKS[table.framework]}")
    sheet.header(["", *(stage.replace("_", " ").capitalize() for stage in stages), "All"], [False, *[True] * (len(stages) + 1)])
    first, last = sheet.row, len(stages) + 1
    for name, line in table.lines.items():
        sheet.text(0, name.replace("_", " ").capitalize())
        for place, stage in enumerate(stages, 1):
            sheet.number(place, line.get(stage, 0))
        across = f"{at(sheet.row, 1)}:{at(sheet.row, last - 1)}" if stages else ""
        sheet.formula(last, f"=SUM({across})" if stages else "=0", sum(line.values()))
        sheet.next()
    sheet.text(0, "Closing, added up", "strong")
    for place in range(1, last + 1):
        added = sum(line.get(stages[place - 1], 0) for line in table.lines.values()) if place < last else None
        added = sum(sum(line.values()) for line in table.lines.values()) if added is None else added
        sheet.formula(place, f"=SUM({at(first, place)}:{at(sheet.row - 1, place)})", added, "total")
    sheet.next()
    sheet.text(0, "Closing, as measured")
    for place, stage in enumerate(stages, 1):
        sheet.number(place, table.closing.get(stage, 0))
    sheet.number(last, sum(table.closing.values()))
    sheet.next()


def write_hindsight(book: Book, places: Places) -> None:
    """What the opening expected of the period, and what came (R17)."""
    if not places.run.hindsight:
        return
    told = explain_hindsight(places.run)
    sheet = book.sheet(HINDSIGHT, (30, *[19] * 8), freeze=(1, 1), title=f"{places.told.entity}: expected against what came")
    for name, fact in told.facts.items():
        sheet.text(0, name, "strong")
        sheet.text(1, fact)
        sheet.next()
    for table in told.tables:
        sheet.next()
        listed(sheet, table)


def write_findings(book: Book, places: Places) -> None:
    """Findings with their remedy, rejected rows, and what could not be checked."""
    listed_of, rejects = places.run.listed, book.masks.rejects(places.run.rejects)
    widths = (30, 30, 18, 12, 60, 60, 18, 18)
    sheet = book.sheet(FINDINGS, widths, freeze=(1, 1), title=f"{places.told.entity}: findings and rejected rows")
    findings = tuple(
        (one.name, one.where, one.amount_minor, one.unit, one.why, one.remedy, one.check, one.accepted)
        for one in book.masks.findings(listed_of.findings)
    )
    left = tuple((one.check, one.statement, one.row, one.column, one.why, one.remedy) for one in listed_of.not_checked)
    header = ("Finding", "Where", "Amount", "Unit", "Why", "Remedy", "Check", "Accepted because")
    columns = (
        tuple(rejects[0]) if rejects else ("file", "row", "column", "value", "rule", "remedy", "contract_id", "amount_minor")
    )
    for table in (
        Table("Findings", header, findings),
        Table("Not checked", ("Check", "Statement", "Row", "Column", "Why", "Remedy"), left),
        Table("Rejected rows", columns, tuple(tuple(row.values()) for row in rejects[:MOST_REJECTS])),
    ):
        listed(sheet, table)
        sheet.next()
    if len(rejects) > MOST_REJECTS:
        sheet.heading(f"{len(rejects) - MOST_REJECTS:,} more stand in rejects.csv of the run.", "said")


MOST_REJECTS = 100_000
"""Rejected rows that are listed; the run has all of them."""


def write_elections(book: Book, places: Places) -> None:
    """Every accounting election with its answer and paragraph, and what changed since the last run."""
    sheet = book.sheet(ELECTIONS, ELECTIONS_WIDTHS, freeze=(1, 2), title=f"{places.told.entity}: accounting elections")
    sheet.header(("Note", "Election", "Answer", "Question", "Paragraph", "Nature"))
    for note, answers in places.run.closing_answers.items():
        declared = {one.name: one for one in FOLDERS[note].elections.ELECTIONS} if note in FOLDERS else {}
        for name, answer in answers.items():
            election = declared.get(name)
            said = (election.question, election.paragraph, str(election.nature)) if election else ("", "", "")
            texts = (_words(note), _words(name), answer if isinstance(answer, str) else written(answer), *said)
            sheet.tall(*zip(texts, ELECTIONS_WIDTHS, strict=True))
            for column, text in enumerate(texts):
                sheet.text(column, text, "wrapped")
            sheet.next()
    sheet.next()
    sheet.heading("What changed since the last run")
    for line in _changed(places.run):
        sheet.heading(line, "text")


ELECTIONS_WIDTHS = (26, 30, 34, 72, 40, 12)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _changed(run: Run) -> Iterator[str]:
    """What changed from the version before, else from the run of the period before."""
    try:
        before = open_run("previous", beside=run.resolved())
        yield f"Since {before.folder.name} of this period:"
    except UnusableInput:
        if run.prior_folder is None or not run.prior_folder.is_dir():
            yield "There is no earlier run."
            return
        before = Run(run.prior_folder)
        yield f"Since the run of the period before, {before.manifest.period}:"
    changes = list(changes_between(before, run).as_lines())
    yield from changes or ["nothing"]


def write_sample(book: Book, places: Places) -> None:
    """Contracts whose input rows the run keeps: what each is kept for, and what was measured of it, US GAAP beside IFRS."""
    import polars as pl

    run = places.run
    sheet = book.sheet(SAMPLE, (26, 26, 26, *[19] * 14), freeze=(2, 1), title=f"{places.told.entity}: sample contracts")
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
    manifest = places.manifest
    sheet = book.sheet(MANIFEST, (40, 70, 70), freeze=(1, 1), title=f"{places.told.entity}: manifest of the run")
    facts = {
        "content_sha256": manifest.content_sha256, "code_sha256": manifest.code_sha256, "plan_sha256": manifest.plan_sha256,
        "version": manifest.version, "format": str(manifest.format), "written_at": manifest.written_at,
        **{f"library {name}": version for name, version in manifest.libraries.items()},
    }  # fmt: skip
    inputs = tuple((name, one.path, one.sha256) for name, one in manifest.sources.items())
    for table in (
        Table("Run", ("", "", ""), tuple((name, value, None) for name, value in facts.items())),
        Table("Inputs", ("Input", "File", "SHA-256"), inputs),
        Table("Artefacts", ("File", "SHA-256"), tuple(manifest.artefacts_sha256.items())),
    ):
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
