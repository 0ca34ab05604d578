"""The notes of a run as every report shows them: of each difference its text, elections and tables; and the tax on all of them
together. What stands and moves behind a note account by account is told in ``differences``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from gaapbridge.report.told.elections import ToldElection, told_answers
from gaapbridge.run.reader import Run
from gaapbridge.statement.document import IFRS, US_GAAP, Column, Document, Statement
from gaapbridge.statement.note_tables import NoteTable, by_kind, note_tables, when_of
from gaapbridge.statement.notes_text import TITLES, Adjusted, NotesSaid, as_filed, basis_of, rounding_of
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT

AmountOf = Callable[[Statement, str], int]
"""What a column comes to in a statement."""

TAX_QUESTIONS = ("How is deferred tax on the difference measured?", "At which rate of tax?")
"""The questions on tax whose answers stand under the tax impacts, too."""


@dataclass(frozen=True, slots=True)
class ToldNote:
    """One difference: its column, what each framework does, the lender's answers with their paragraphs, its tables (lines by
    statement, roll-forward, tax, movement of losses), and its adjustments."""

    id: str
    numeral: str | None
    caption: str
    paragraphs: tuple[tuple[str, str], ...]
    elections: tuple[ToldElection, ...]
    tables: tuple[NoteTable, ...]
    adjustments: tuple[Adjusted, ...]


@dataclass(frozen=True, slots=True)
class ToldNotes:
    """All notes of a run: on what basis the statements stand, in sentences with their titles; equity and net income from one
    framework to the other; each note; and tax by note."""

    basis: tuple[tuple[str, str], ...]
    summary: tuple[NoteTable, ...]
    notes: tuple[ToldNote, ...]
    tax: tuple[NoteTable, ...]


UNSAID = NotesSaid("", "", {})
"""What a run of before says of its notes beside their figures, but in a text."""


def told_notes(run: Run, *, figures_suffice: bool = False) -> ToldNotes:
    """The notes of a run in the order of its columns.

    A run of before has their words in a text alone: where ``figures_suffice`` they are left out, else ``UnusableInput`` is
    raised.
    """
    document, said = run.document, UNSAID if figures_suffice and not run.says_notes else run.notes_said
    basis = {
        "Basis of preparation": basis_of(document, with_vat=said.with_vat),
        "US GAAP amounts": said.us_gaap,
        "Earlier periods": said.beside,
        "Rounding": rounding_of(document),
        "Restatement": _restated(run),
    }
    return ToldNotes(
        basis=tuple((as_filed(title), as_filed(text)) for title, text in basis.items() if text),
        summary=tuple(_summary(document)),
        notes=tuple(_note(run, column, said) for column in document.columns),
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


def _note(run: Run, column: Column, said: NotesSaid) -> ToldNote:
    own = said.notes.get(column.id)
    if own is None:
        return ToldNote(column.id, column.note, column.caption, (), (), tuple(note_tables(run.document, column.id)), ())
    answers = told_answers(run, column)
    return ToldNote(
        id=column.id,
        numeral=column.note,
        caption=column.caption,
        paragraphs=tuple((as_filed(title), as_filed(own.paragraphs[key])) for key, title in TITLES.items()),
        elections=tuple(replace(one, question=as_filed(one.question), answer=as_filed(one.answer)) for one in answers),
        tables=tuple(note_tables(run.document, column.id, own.tax, own.losses)),
        adjustments=tuple(own.adjustments),
    )


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
