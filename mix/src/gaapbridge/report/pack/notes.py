"""The page of a note: its causes with their picture, what is disclosed of it, the lines it adjusts, its journals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from gaapbridge.report.charts import Step
from gaapbridge.report.pack.listings import answers_view
from gaapbridge.report.pack.site import Site, file_name
from gaapbridge.report.pack.statements import entry_address
from gaapbridge.report.pack.views import Cell, Shown, View, simple
from gaapbridge.report.told.differences import told_accounts, told_rolls, told_touched
from gaapbridge.report.told.notes import ToldNote
from gaapbridge.report.told.statements import LINE, ToldColumn, ToldStatements
from gaapbridge.report.told.trail import ToldCause, ToldEntry, told_causes, told_entries
from gaapbridge.run.reader import Run
from gaapbridge.statement.note_tables import NoteTable
from gaapbridge.statement.printing import amount_text
from gaapbridge.terms.money import nearest_unit

CAUSES = ("cause", "of equity", "of which through net income")

PLACES = (
    ("causes", "What made the difference"), ("accounting", "The note"), ("lines", "Lines that it adjusts"),
    ("accounts", "Account by account"), ("journals", "Journals"),
)  # fmt: skip
"""The parts of the page of a note, in their order."""


def note_page(column: str) -> str:
    """The page of a note."""
    return f"notes/{file_name(column)}.html"


def place_notes(site: Site, run: Run, notes: Sequence[ToldColumn]) -> dict[str, tuple[ToldEntry, ...]]:
    """Say where every entry stands; the entries of each note."""
    entries = {note.id: told_entries(run, note.id) for note in notes}
    for note, own in entries.items():
        site.add(f"note/{note}", note_page(note), "")
        for entry in own:
            site.add(entry_address(entry.id), note_page(note), entry_address(entry.id))
    return entries


def note_content(run: Run, told: ToldStatements, note: ToldNote, entries: Sequence[ToldEntry], shown: Shown) -> dict[str, Any]:
    """What the page of a note shows."""
    causes, page = told_causes(run, note.id), note_page(note.id)
    return {
        "places": [{"anchor": anchor, "heading": heading} for anchor, heading in PLACES],
        "said": "IFRS less US GAAP. Each cause is what the entries of that name moved in the period; what was brought forward "
        "from the period before stands first. Amounts that raise equity or net income are positive.",
        "causes": _causes(causes, entries, shown),
        "paragraphs": note.paragraphs,
        "views": [*_of_note(note, told.unit)],
        "lines": simple("Lines", ("line", "statement", f"printed, {told.unit}"), _lines(told, note.id, shown, page)),
        "accounts": [_accounts(run, note.id, shown), _rolls(run, note.id, shown)],
        "entries": [_entry(entry, shown, page) for entry in entries],
    }


def _of_note(note: ToldNote, unit: str) -> Iterator[View]:
    """The tables of a note as they are printed, its adjustments, and the lender's answers."""
    yield from (printed_view(one, unit) for one in note.tables if one.title)
    for one in note.adjustments:
        legs = [(Cell(account), Cell(amount_text(amount), True)) for account, amount in one.legs]
        yield simple(f"{one.name}, {one.what}: {one.said}", ("account", unit), legs)
    if note.elections:
        yield answers_view(note.elections)


def printed_view(table: NoteTable, unit: str) -> View:
    """A table of the notes in printed units, what it comes to below."""
    told = [(Cell(caption), *(Cell(amount_text(amount), True) for amount in amounts)) for caption, amounts in table.rows]
    *rows, total = told or [()]
    heads = table.heads if table.is_headed else (unit,) * len(table.heads)
    return simple(f"{table.title}, {unit}" if table.is_headed else table.title, ("", *heads), rows, total=total)


def _accounts(run: Run, note: str, shown: Shown) -> View:
    """Both frameworks account by account, at both instants."""
    names = ("account", *(f"{what}, {when}" for when in ("opening", "closing") for what in ("US GAAP", "this note", "both")))
    rows = []
    for one in told_accounts(run, note):
        sides = ((one.us_gaap_opening, one.note_opening), (one.us_gaap_closing, one.note_closing))
        both = [amount for us_gaap, own in sides for amount in (us_gaap, own, None if us_gaap is None else us_gaap + own)]
        amounts = (Cell("" if amount is None else shown.money(amount), True) for amount in both)
        rows.append((Cell(f"{one.account} {one.name}"), *amounts))
    return simple(f"Both frameworks by account, {shown.currency}, debit positive", names, rows)


def _rolls(run: Run, note: str, shown: Shown) -> View:
    """The roll-forward from last year's closing, by what moves, account and cause."""
    told = told_rolls(run, note)
    names = ("account", "of what", *told.heads, "Closing")
    rows = [
        (
            Cell(f"{one.account} {one.name}"),
            Cell(one.component.replace("_", " ")),
            *(
                Cell(shown.money(amount), True)
                for amount in (*(one.by_cause.get(cause, 0) for cause in told.causes), one.closing)
            ),
        )
        for one in told.rolls
    ]
    title = f"From last year's closing to this one's by account and cause, {shown.currency}, debit positive"
    return simple(title, names, rows)


def _causes(causes: Sequence[ToldCause], entries: Sequence[ToldEntry], shown: Shown) -> View:
    first = {entry.flow: entry.id for entry in reversed(entries)}
    rows = [
        (
            Cell(one.name, False, f"#{entry_address(first[one.flow])}"),
            Cell(shown.money(one.equity_minor), True),
            Cell(shown.money(one.income_minor), True),
        )
        for one in causes
    ]
    equity, income = sum(one.equity_minor for one in causes), sum(one.income_minor for one in causes)
    total = (Cell("At the end of the period"), Cell(shown.money(equity), True), Cell(shown.money(income), True))
    names = (CAUSES[0], *(f"{name}, {shown.currency}" for name in CAUSES[1:]))
    return simple("Differences by cause", names, rows, total=total)


def cause_steps(causes: Sequence[ToldCause], unit_minor: int) -> list[Step]:
    """The causes as the steps of a bridge: of equity, or of net income where the note moves none; in printed units.

    Each step is what lies between two rounded sums, so that the steps add up to the sum they lead to.
    """
    moves_equity = any(one.equity_minor for one in causes)
    steps, at, printed = list[Step](), 0, 0
    for one in causes:
        at += one.equity_minor if moves_equity else one.income_minor
        steps.append(Step(one.name, nearest_unit(at, unit_minor) - printed))
        printed = nearest_unit(at, unit_minor)
    last = "effect on total equity" if moves_equity else "effect on net income"
    return [*(step for step in steps if step.amount), Step(last, printed, is_sum=True)]


def _lines(told: ToldStatements, column: str, shown: Shown, page: str) -> Iterator[tuple[Cell, ...]]:
    for statement, rows in told_touched(told, column):
        for row in rows:
            cell = row.cells[column]
            if row.kind == LINE and cell.printed:
                href = shown.site.link(cell.address, page)
                yield Cell(row.label), Cell(statement.when), Cell(amount_text(cell.printed), True, href)


def _entry(entry: ToldEntry, shown: Shown, page: str) -> dict[str, Any]:
    rows = [
        (
            shown.text("account", line.account, page),
            Cell(line.segment),
            Cell(shown.money(line.debit_minor) if line.debit_minor else "", True),
            Cell(shown.money(line.credit_minor) if line.credit_minor else "", True),
            Cell(line.text),
        )
        for line in entry.lines
    ]
    names = ("account", "segment", f"debit, {shown.currency}", f"credit, {shown.currency}", "text")
    debit = shown.money(sum(line.debit_minor for line in entry.lines))
    fold = f"{len(rows):,} lines, debit and credit {debit} {shown.currency}; entry {entry.id}"
    return {"anchor": entry_address(entry.id), "view": replace(simple(entry.name, names, rows), fold=fold)}
