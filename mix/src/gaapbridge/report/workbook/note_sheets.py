"""One sheet for each note: what it does to the statements, both frameworks account by account, the movement by cause from last
year's closing to this one's, and the note with the lender's answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from gaapbridge.report.told.differences import (
    ToldAccount,
    ToldRoll,
    ToldRolls,
    in_words,
    told_accounts,
    told_rolls,
)
from gaapbridge.report.told.notes import ToldNote, told_notes
from gaapbridge.report.told.trail import BROUGHT_FORWARD
from gaapbridge.report.workbook.criteria import literal
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.places import ENTRIES, EXACT_FIRST_COLUMN, EXACT_OF_NOTE, JOURNALS, Places
from gaapbridge.report.workbook.sheets import A3, LETTERS, Book, Sheet, at, quoted
from gaapbridge.statement.note_tables import NoteTable, within

SAID_WIDTHS = (24, 12, 50, 19, 19, 19, 19)
"""Widths of the columns over which a paragraph of a note is wrapped."""

NAME, LAST = 2, len(SAID_WIDTHS) - 1
"""The column of names, and the last one of these."""


def note_sheets(places: Places) -> Iterator[Declared]:
    """A sheet for every note of the run."""
    for note in told_notes(places.run, figures_suffice=True).notes:
        yield Declared(places.note_sheet(note.id), note.caption, note.caption, partial(_note, note))


def _note(note: ToldNote, book: Book, places: Places, declared: Declared) -> None:
    rolls = told_rolls(places.run, note.id)
    widths = (24, 12, 50, *[19] * max(len(rolls.causes) + 2, 7))
    sheet = declared.opened(book, widths, freeze=(3, 0), paper=A3)
    sheet.heading("IFRS less U.S. GAAP. Each table says in which unit it is.", "said")
    sheet.next()
    _effects(sheet, places, note)
    _frameworks(sheet, places, note, told_accounts(places.run, note.id))
    _movement(sheet, places, note, rolls)
    _printed(sheet, places, note)


def _effects(sheet: Sheet, places: Places, note: ToldNote) -> None:
    """The rows of the statements that the note touches, exact and printed, each a link to its formula, and to the first of the
    entries behind it."""
    sheet.heading(f"What it does to the statements, in {places.told.unit}")
    for statement, touched in places.touched(note.id):
        sheet.header(
            ("", "", f"{statement.heading.capitalize()}, {within(statement.when)}", "Exact", "Printed", "Entries"),
            (False,) * 3 + (True,) * 3,
        )
        name, place = places.formula_sheet(statement.id), places.column_ids.index(note.id)
        for row in touched:
            cell = places.formula_cell(statement.id, row.id, note.id)
            kind = row.kind
            sheet.link(2, name, cell, row.label)
            exact = places.in_units(row.cells[note.id].exact_minor or 0)
            sheet.formula(EXACT_OF_NOTE, f"={quoted(name)}!{cell}", exact, f"money_{kind}")
            printed_at = EXACT_FIRST_COLUMN + len(places.column_ids) + 1 + place
            printed = f"={quoted(name)}!{at(places.formula_rows[statement.id, row.id, 'row'], printed_at)}"
            sheet.formula(4, printed, row.cells[note.id].printed, kind)
            if (note.id, row.id) in places.first_entries:
                sheet.link(5, ENTRIES, at(places.first_entries[note.id, row.id], 1), "entries", "link_right")
            sheet.next()
        sheet.next()


def _frameworks(sheet: Sheet, places: Places, note: ToldNote, accounts: Sequence[ToldAccount]) -> None:
    """Both frameworks by account, at last year's closing and at this one's."""
    sheet.heading(f"Both frameworks by account, in {places.currency}, debit positive")
    opened = bool(accounts) and accounts[0].us_gaap_opening is not None
    when = (*(("opening",) if opened else ()), "closing")
    titles = [f"{what}, {day}" for day in when for what in ("U.S. GAAP", "This note", "U.S. GAAP with this note")]
    sheet.header(("", "Account", "Name", *titles), (*(False,) * 3, *(True,) * len(titles)))
    for one in accounts:
        code = f"$B{sheet.row + 1}"
        sheet.text(1, one.account)
        sheet.text(2, one.name)
        for place, day in enumerate(when):
            own = {"note": literal(note.id), "account": code}
            if day == "opening":
                own["kind"] = literal(BROUGHT_FORWARD)
            us_gaap, moved = one.at(day)
            first = 3 + 3 * place
            _money(sheet, places, first, places.on_ledger(day, "account", code), us_gaap)
            _money(sheet, places, first + 1, places.net_posted(**own), moved)
            both = f"=ROUND({at(sheet.row, first)}+{at(sheet.row, first + 1)},{places.money_digits})"
            sheet.formula(first + 2, both, places.in_money(us_gaap + moved), "money_line")
        sheet.next()
    sheet.next()


def _movement(sheet: Sheet, places: Places, note: ToldNote, told: ToldRolls) -> None:
    """The roll-forward from last year's closing, by what moves, account and cause."""
    sheet.heading(f"From last year's closing to this one's, by cause, in {places.currency}, debit positive")
    titles = ("Of what", "Account", "Name", *told.heads, "Closing")
    sheet.header(titles, (False,) * 3 + (True,) * (len(told.causes) + 1))
    first, last = sheet.row, 3 + len(told.causes)
    for one in told.rolls:
        where, row = places.first_lines[note.id, one.component, one.account]
        sheet.text(0, in_words(one.component))
        sheet.text(1, one.account)
        sheet.link(NAME, where, at(row, 0), one.name)
        for place, cause in enumerate(told.causes, 3):
            _money(sheet, places, place, _by_cause(places, note, one, cause, f"$B{sheet.row + 1}"), one.by_cause.get(cause, 0))
        across = f"=ROUND(SUM({at(sheet.row, 3)}:{at(sheet.row, last - 1)}),{places.money_digits})"
        sheet.formula(last, across, places.in_money(one.closing), "money_strong")
        sheet.next()
    if told.rolls:
        sheet.text(2, "Sum, nil where the journal balances", "strong")
        for column in range(3, last + 1):
            down = f"=ROUND(SUM({at(first, column)}:{at(sheet.row - 1, column)}),{places.money_digits})"
            sheet.formula(column, down, 0, "money_total")
        sheet.next()
    sheet.next()


def _by_cause(places: Places, note: ToldNote, roll: ToldRoll, cause: str, code: str) -> str:
    """Lines of one component and account that one cause moves."""
    own = {"note": literal(note.id), "component": literal(roll.component), "account": code}
    if cause == BROUGHT_FORWARD:
        return places.net_posted(**own, kind=literal(BROUGHT_FORWARD))
    return places.net_posted(but=BROUGHT_FORWARD, **own, flow=literal(cause))


def _money(sheet: Sheet, places: Places, column: int, minor: str, result_minor: int) -> None:
    """Minor units by formula as an amount of the currency, with its decimals."""
    sheet.formula(
        column, f"=ROUND({minor}/{places.money_minor},{places.money_digits})", places.in_money(result_minor), "money_line"
    )


def _printed(sheet: Sheet, places: Places, note: ToldNote) -> None:
    """The note as it is printed: its text, its tables, what was adjusted, and what the lender answered."""
    sheet.heading("The note as it is printed")
    for title, text in note.paragraphs:
        sheet.tall((f"{title}. {text}", LETTERS * sum(SAID_WIDTHS)))
        sheet.across(0, LAST, f"{title}. {text}")
        sheet.next()
    for table in note.tables:
        sheet.next()
        printed_table(sheet, table, places.told.unit, NAME)
    for one in note.adjustments:
        sheet.next()
        sheet.tall((f"{one.name}, {one.what}: {one.said}", LETTERS * sum(SAID_WIDTHS)))
        sheet.across(0, LAST, f"{one.name}, {one.what}: {one.said}")
        sheet.next()
        for account, amount in one.legs:
            sheet.text(NAME, account)
            sheet.number(NAME + 1, places.in_money(amount), "money_line")
            sheet.next()
    _answers(sheet, note)
    sheet.link(0, JOURNALS if len(places.journals) == 1 else places.journals[0].name, "A1", "Journals")
    sheet.next()


def printed_table(sheet: Sheet, table: NoteTable, unit: str, at_column: int) -> None:
    """A table of the notes in printed units: captions in a column, an amount for each head beside."""
    sheet.heading(f"{table.title or 'Lines of the statements'}, in {unit}", "strong")
    if table.is_headed:
        before = at_column + 1
        sheet.header((*("",) * before, *table.heads), (*(False,) * before, *(True,) * len(table.heads)))
    last = len(table.rows) - 1 if table.title else None
    for place, (caption, amounts) in enumerate(table.rows):
        sheet.text(at_column, caption)
        for column, amount in enumerate(amounts, at_column + 1):
            sheet.number(column, amount, "total" if place == last else "line")
        sheet.next()


def _answers(sheet: Sheet, note: ToldNote) -> None:
    """Every answer beside its question and paragraph."""
    sheet.next()
    if not note.elections:
        return
    sheet.heading("What the lender answered")
    sheet.header(("Paragraph", "", "Question", "Answer", "", "", ""))
    wide = sum(SAID_WIDTHS[NAME + 1 :])
    for one in note.elections:
        sheet.tall((one.paragraph, sum(SAID_WIDTHS[:NAME])), (one.question, SAID_WIDTHS[NAME]), (one.answer, wide))
        sheet.across(0, NAME - 1, one.paragraph)
        sheet.text(NAME, one.question, "wrapped")
        sheet.across(NAME + 1, LAST, one.answer)
        sheet.next()
    sheet.next()
