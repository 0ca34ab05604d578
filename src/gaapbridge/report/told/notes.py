"""The notes of a run as every report shows them: of each difference its text, elections and tables, and what moved it by cause;
and the tax on all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gaapbridge.difference import BASIS_DIFFERENCE
from gaapbridge.run.reader import Rolled, Run
from gaapbridge.statement.document import IFRS, US_GAAP, Column, Document, Statement
from gaapbridge.statement.note_tables import NoteTable, by_kind, note_tables, when_of
from gaapbridge.statement.notes_text import TITLES, Adjusted, as_filed, basis_of, rounding_of
from gaapbridge.statement.printing import caption_when
from gaapbridge.terms.money import nearest_unit
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT

AmountOf = Callable[[Statement, str], int]
"""What a column comes to in a statement."""

TAX_QUESTIONS = ("How is deferred tax on the difference measured?", "At which rate of tax?")
"""The questions on tax whose answers stand under the tax impacts, too."""


@dataclass(frozen=True, slots=True)
class ToldNote:
    """One difference: its column, what each framework does, the lender's elections, its tables, and its adjustments.

    ``causes`` is what moved the difference in equity from the opening to the closing, in printed units and by cause; None where
    nothing was brought forward or moved.
    """

    id: str
    numeral: str | None
    caption: str
    paragraphs: tuple[tuple[str, str], ...]
    elections: tuple[tuple[str, str], ...]
    tables: tuple[NoteTable, ...]
    causes: NoteTable | None
    adjustments: tuple[Adjusted, ...]


@dataclass(frozen=True, slots=True)
class ToldNotes:
    """All notes of a run: on what basis the statements stand, in sentences with their titles; equity and net income from one
    framework to the other; each note; and tax by note."""

    basis: tuple[tuple[str, str], ...]
    summary: tuple[NoteTable, ...]
    notes: tuple[ToldNote, ...]
    tax: tuple[NoteTable, ...]


def told_notes(run: Run) -> ToldNotes:
    """The notes of a run in the order of its columns. Raises ``UnusableInput`` in a run that has them as text alone."""
    document, said = run.document, run.notes_said
    basis = {
        "Basis of preparation": basis_of(document),
        "US GAAP amounts": said.us_gaap,
        "Earlier periods": said.beside,
        "Rounding": rounding_of(document),
        "Restatement": _restated(run),
    }
    return ToldNotes(
        basis=tuple((as_filed(title), as_filed(text)) for title, text in basis.items() if text),
        summary=tuple(_summary(document)),
        notes=tuple(_note(run, column) for column in document.columns),
        tax=tuple(_tax(document)),
    )


def _summary(document: Document) -> Iterator[NoteTable]:
    """Equity at the dates and net income of the periods, from US GAAP through each note to IFRS."""
    kinds = by_kind(document)
    for statements, row_of in (
        (kinds.get(BALANCE_SHEET, []), Statement.total_equity),
        (kinds.get(INCOME_STATEMENT, []), lambda one: one.row("ni")),
    ):
        found = [(one, row) for one in statements if (row := row_of(one)) is not None]
        if not found:
            continue
        columns = [(US_GAAP, "Under U.S. GAAP"), *((one.id, one.caption) for one in document.columns), (IFRS, "Under IFRS")]
        rows = tuple((caption, tuple(row.amount(column) for _, row in found)) for column, caption in columns)
        kept = tuple((caption, amounts) for caption, amounts in rows if any(amounts))
        yield NoteTable(found[0][1].label.capitalize(), tuple(when_of(one) for one, _ in found), kept)


def _restated(run: Run) -> str:
    """What is restated and why, in a sentence; blank as a rule."""
    told = run.restatement
    if told is None:
        return ""
    because = str(told["because"]).rstrip(".")
    return f"These statements restate those of {told['restates']} as filed ({told['filed']}): {because}."


def _note(run: Run, column: Column) -> ToldNote:
    said = run.notes_said.notes[column.id]
    return ToldNote(
        id=column.id,
        numeral=column.note,
        caption=column.caption,
        paragraphs=tuple((as_filed(title), as_filed(said.paragraphs[key])) for key, title in TITLES.items()),
        elections=tuple((as_filed(asked), as_filed(answer)) for asked, answer in said.elections),
        tables=tuple(note_tables(run.document, column.id, said.tax, said.losses)),
        causes=_causes(run, column.id),
        adjustments=tuple(said.adjustments),
    )


def _causes(run: Run, column: str) -> NoteTable | None:
    """What moved a column's difference in equity by cause, its tax among them: the flows of its journals on the accounts of the
    balance sheet but retained earnings, whose difference they are. What rounding leaves is a row of its own.

    A loss allowance lower by 1,000, of which 900 brought forward: opening 900, remeasurement 100, closing 1,000.
    """
    manifest = run.manifest
    beside = {*manifest.profit_rows, manifest.retained_row}
    basis = manifest.posting.get(BASIS_DIFFERENCE)
    held = [
        one
        for one in run.roll_forward
        if one.note == column and one.account != basis and manifest.accounts[one.account].line not in beside
    ]
    opening, flows = sum(one.opening_minor for one in held), _by_flow(held)
    if not opening and not any(flows.values()):
        return None
    unit = _unit_minor(run)
    opened, closed = nearest_unit(opening, unit), nearest_unit(opening + sum(flows.values()), unit)
    moved = {flow.replace("_", " ").capitalize(): nearest_unit(amount, unit) for flow, amount in flows.items()}
    moved["Rounding"] = closed - opened - sum(moved.values())
    first, last = (caption_when(day) for day in (manifest.period.opening, manifest.period.closing))
    rows = [(first, opened), *((name, amount) for name, amount in moved.items() if amount), (last, closed)]
    title = "Movement of the difference by cause"
    return NoteTable(title, (last,), tuple((caption, (amount,)) for caption, amount in rows), is_headed=False)


def _by_flow(rolled: Sequence[Rolled]) -> dict[str, int]:
    flows: dict[str, int] = {}
    for one in rolled:
        for flow, amount in one.flows_minor.items():
            flows[flow] = flows.get(flow, 0) + amount
    return flows


def _unit_minor(run: Run) -> int:
    entity = run.plan_content["entity"]
    minor: int = int(entity["presentation_unit"]) * 10 ** int(entity["minor_digits"])
    return minor


def _tax(document: Document) -> list[NoteTable]:
    """Income tax of the periods, and deferred tax at the dates, by note and in sum; a table without an amount is left out."""
    flows = [one for one in document.statements if one.kind != BALANCE_SHEET and one.row("tax") is not None]
    sheets = [one for one in document.statements if one.kind == BALANCE_SHEET and one.deferred_tax_rows]
    tables = [
        _tax_table(document, "Income tax expense in the adjustments", flows, _income_tax),
        _tax_table(document, "Deferred tax assets less deferred tax liabilities in the adjustments", sheets, _deferred_tax),
    ]
    return [one for one in tables if one.rows]


def _tax_table(document: Document, title: str, statements: Sequence[Statement], amount_of: AmountOf) -> NoteTable:
    rows = [(column.caption, tuple(amount_of(statement, column.id) for statement in statements)) for column in document.columns]
    total = tuple(sum(amounts[place] for _, amounts in rows) for place in range(len(statements)))
    kept = [(caption, amounts) for caption, amounts in rows if any(amounts)]
    return NoteTable(title, tuple(map(when_of, statements)), (*kept, ("Total", total)) if kept else ())


def _income_tax(statement: Statement, column: str) -> int:
    row = statement.row("tax")
    return 0 if row is None else row.amount(column)


def _deferred_tax(statement: Statement, column: str) -> int:
    return sum(sign * row.amount(column) for sign, row in statement.deferred_tax_rows)
