"""The exhibit of a run: its statements with a column for each note, the notes with the period's figures, the tax on them.

It has the form in which lenders listed in two places file it: a supplemental disclosure, balance sheets before income
statements, notes (i), (ii), ... below, and tax impacts last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from gaapbridge.notes import FOLDERS
from gaapbridge.report.exhibit.blocks import (
    HEADING,
    LINE,
    SUB_TOTAL,
    TOTAL,
    Block,
    Contents,
    Heading,
    Pairs,
    Paragraph,
    Picture,
    Table,
    TableRow,
)
from gaapbridge.report.exhibit.front import foot_of, front_of, unit_of
from gaapbridge.report.exhibit.words import Words
from gaapbridge.report.told.limits import LIMITED, limits_of
from gaapbridge.report.told.notes import TAX_QUESTIONS, ToldNote, ToldNotes, told_notes
from gaapbridge.report.told.pictured import READ, bridge_steps, bridged
from gaapbridge.report.told.statements import ToldStatement, ToldStatements, told_statements
from gaapbridge.run.reader import Run
from gaapbridge.statement.note_tables import NoteTable
from gaapbridge.statement.notes_text import Adjusted, as_filed
from gaapbridge.statement.printing import amount_text

KINDS = {"line": LINE, "sub-total": SUB_TOTAL, "total": TOTAL}
"""The kinds of rows of a statement as a page sets them."""

OF_CHECKS = tuple(
    as_filed(one.question)
    for folder in FOLDERS.values()
    for one in folder.elections.ELECTIONS
    if one.name.startswith("hindsight_")
)
"""Questions on how a run is checked, which no reader of a filing asks; the run's own notes have them."""

ADJUSTS_SHEET, ADJUSTS_INCOME = "Lines of the balance sheets that it adjusts", "Lines of the income statements that it adjusts"
"""Captions of what a note brings to the statements."""

TITLE = "Reconciliation between U.S. GAAP and International Financial Reporting Standards"


def exhibit_of(run: Run, language: str) -> Contents:
    """The exhibit of a run in a language of the table of words. Raises ``UnusableInput`` where the run has no notes apart."""
    words = Words.of(run, language)
    statements, notes = told_statements(run), told_notes(run)
    blocks = (
        *_opening(run, statements, notes, words),
        *_statements(statements, words),
        *_notes(statements, notes, run.kinds, words),
    )
    return Contents(words(TITLE), words(statements.entity), language, foot_of(run, words), blocks)


def _opening(run: Run, told: ToldStatements, notes: ToldNotes, words: Words) -> Iterator[Block]:
    """Whose reconciliation it is, in which unit, and on what basis."""
    yield from front_of(run, told, ("SUPPLEMENTAL DISCLOSURE", TITLE.upper()), words)
    yield from (Paragraph(words.prose(text), _lead(title, words)) for title, text in notes.basis if title != "Rounding")
    yield from (_table(table, words) for table in notes.summary)
    for _, caption, row in bridged(run, told):
        steps = tuple(replace(step, label=words(_numeral(step.label))) for step in bridge_steps(told, row))
        yield Picture(words.prose(f"{caption}, in {told.unit}. {READ}"), words(told.unit), steps)


def _numeral(caption: str) -> str:
    """A note by its numeral alone, which the table above a picture has with its caption: `(ii)`; another caption as it is."""
    numeral, _, rest = caption.partition(" ")
    return numeral if rest and numeral.startswith("(") and numeral.endswith(")") else caption


def _lead(title: str, words: Words) -> str:
    """The words with which a paragraph begins."""
    return words.filled("{lead}.", lead=words(title))


def _statements(told: ToldStatements, words: Words) -> Iterator[Block]:
    heads = tuple(words(column.caption) for column in told.columns)
    unit = unit_of(told, words)
    for one in told.statements:
        yield Heading(words(one.heading), 1, (words(one.when), unit, *filter(None, [words(one.basis)])), on_new_page=True)
        yield Table("", heads, tuple(_rows(told, one, words)), is_wide=True)


def _rows(told: ToldStatements, statement: ToldStatement, words: Words) -> Iterator[TableRow]:
    deducted = {child for row in statement.rows for sign, child in row.of if sign < 0}
    for row in statement.printed_rows:
        if row.heading:
            yield TableRow(words(row.heading), (), HEADING)
        amounts = tuple(amount_text(row.cells[column.id].printed) for column in told.columns)
        less = "Less: " if row.kind == LINE and row.id in deducted else ""
        yield TableRow(words(f"{less}{row.label}"), amounts, KINDS[row.kind])


def _notes(told: ToldStatements, notes: ToldNotes, kinds: Collection[str], words: Words) -> Iterator[Block]:
    yield Heading(words("Notes to the reconciliation"), 1, (unit_of(told, words),), on_new_page=True)
    yield from (Paragraph(words.prose(text), _lead(title, words)) for title, text in notes.basis if title == "Rounding")
    for note in notes.notes:
        yield from _note(note, limits_of(note.id, kinds), words)
    yield Heading(words("Tax impacts"), 2)
    yield from (Paragraph(words.prose(text), _lead(note.caption, words)) for note in notes.notes if (text := _taxed(note)))
    yield from (_table(table, words) for table in notes.tax)


def _note(note: ToldNote, limits: str, words: Words) -> Iterator[Block]:
    yield Heading(words(note.caption), 2)
    said = (*note.paragraphs, *([(LIMITED, limits)] if limits else []))
    yield from (Paragraph(words.prose(text), _lead(title, words)) for title, text in said)
    yield from (_table(table, words) for table in note.tables)
    yield from (block for one in note.adjustments for block in _adjusted(one, words))
    left_out = (*TAX_QUESTIONS, *OF_CHECKS)
    asked = tuple(
        (words(one.question.replace("`", "")), words(one.answer)) for one in note.elections if one.question not in left_out
    )
    if asked:
        yield Pairs((words("Policies and estimates applied"), words("Answer")), asked)


def _table(table: NoteTable, words: Words) -> Table:
    """A table of a note; what it comes to stands under a double rule, where its title says of what. Lines of the statements,
    which have no title, are called what they are."""
    heads = tuple(words(as_filed(head)) if table.is_headed else "" for head in table.heads)
    last = len(table.rows) - 1 if table.title else None
    rows = (
        TableRow(words(caption), tuple(map(amount_text, amounts)), TOTAL if place == last else LINE)
        for place, (caption, amounts) in enumerate(table.rows)
    )
    return Table(words(table.title or _adjusts(table)), heads, tuple(rows))


def _adjusts(table: NoteTable) -> str:
    """The caption of lines that a note adjusts: those of balance sheets stand at dates, those of income statements for periods.
    A table without heads, which says of what it is, has none."""
    if not table.is_headed:
        return ""
    return ADJUSTS_SHEET if any(head.startswith("As of") for head in table.heads) else ADJUSTS_INCOME


def _adjusted(adjusted: Adjusted, words: Words) -> Iterator[Block]:
    yield Paragraph(words(f"{adjusted.what}: {adjusted.said}"), words.filled("{lead}.", lead=adjusted.name))
    rows = (TableRow(words(account), (amount_text(amount),)) for account, amount in adjusted.legs)
    yield Table("", ("",), tuple(rows))


def _taxed(note: ToldNote) -> str:
    """How the difference of a note is taxed, in a sentence; blank where it is not."""
    answers = {one.question: one.answer for one in note.elections}
    method, rate = (answers.get(question, "") for question in TAX_QUESTIONS)
    if not method:
        return ""
    return f"{method[:1].upper()}{method[1:]}{f'; at {rate}' if rate else ''}."
