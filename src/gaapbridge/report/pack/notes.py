"""The page of a note: its causes with their picture, what is disclosed of it, the lines it adjusts, its journals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gaapbridge.report.charts import Step
from gaapbridge.report.pack.site import Site, file_name
from gaapbridge.report.pack.statements import entry_address
from gaapbridge.report.pack.views import Cell, Shown, View, simple
from gaapbridge.report.told.statements import ToldColumn, ToldStatements
from gaapbridge.report.told.trail import ToldCause, ToldEntry, told_causes, told_entries
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import amount_text

CAUSES = ("cause", "of equity", "of which through net income")


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


def note_content(
    run: Run, told: ToldStatements, note: ToldColumn, entries: Sequence[ToldEntry], shown: Shown
) -> dict[str, Any]:
    """What the page of a note shows."""
    causes, page = told_causes(run, note.id), note_page(note.id)
    return {
        "said": "IFRS less US GAAP. Each cause is what the entries of that name moved in the period; what was brought forward "
        "from the period before stands first. Amounts that raise equity or net income are positive.",
        "causes": _causes(causes, entries, shown),
        "text": note_text(run.notes_text, note.note or ""),
        "lines": simple("Lines", ("line", "statement", f"printed, {told.unit}"), _lines(told, note.id, shown, page)),
        "entries": [_entry(entry, shown, page) for entry in entries],
    }


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
        steps.append(Step(one.name, rounded(at, unit_minor) - printed))
        printed = rounded(at, unit_minor)
    last = "effect on total equity" if moves_equity else "effect on net income"
    return [*(step for step in steps if step.amount), Step(last, printed, is_sum=True)]


def rounded(minor: int, unit_minor: int) -> int:
    """Minor units in whole printed units, halves away from nil.

    >>> rounded(149_999, 100_000), rounded(-150_000, 100_000)
    (1, -2)
    """
    size = (2 * abs(minor) + unit_minor) // (2 * unit_minor)
    return size if minor >= 0 else -size


def _lines(told: ToldStatements, column: str, shown: Shown, page: str) -> Iterator[tuple[Cell, ...]]:
    for statement in told.statements:
        for row in statement.printed_rows:
            cell = row.cells[column]
            if row.kind == "line" and cell.printed:
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
    name = f"{entry.flow.replace('_', ' ')}, {entry.component.replace('_', ' ')}".rstrip(", ")
    return {"anchor": entry_address(entry.id), "name": name.capitalize(), "view": simple(f"Entry {entry.id}", names, rows)}


def note_text(text: str, numeral: str) -> list[str]:
    """What is disclosed of a note: its part of the notes below the statements, as they are printed, line by line."""
    lines, own = text.splitlines(), list[str]()
    within = False
    for line in lines:
        if line.startswith("(") and line.partition(")")[0][1:].strip("ivx") == "" and line.partition(")")[2].startswith(" "):
            within = line.startswith(f"({numeral}) ")
        if within:
            own.append(line)
    return own
