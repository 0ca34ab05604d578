"""One sheet for each note: both frameworks account by account, the movement by cause from last year's closing to this one's."""

from __future__ import annotations

from dataclasses import dataclass

from gaapbridge.book.journal import EntryKind
from gaapbridge.report.told.statements import ToldColumn
from gaapbridge.report.workbook.places import EXACT_FIRST_COLUMN, JOURNALS, Places
from gaapbridge.report.workbook.sheets import A3, Book, Sheet, at, in_a_sentence, quoted
from gaapbridge.run.journals import JournalLine

BROUGHT_FORWARD = str(EntryKind.BROUGHT_FORWARD)


def write_notes(book: Book, places: Places) -> None:
    """Write the sheet of every note of the run."""
    for note in places.told.notes:
        _note(book, places, note)


@dataclass(frozen=True)
class _Posted:
    """The journal lines of a note: flows in order, accounts by component, sums by component, account and flow."""

    flows: tuple[str, ...]
    accounts: tuple[tuple[str, str], ...]
    sums: dict[tuple[str, str, str], int]

    @classmethod
    def of(cls, lines: list[JournalLine]) -> _Posted:
        flows = dict.fromkeys(_flow(line) for line in lines)
        sums: dict[tuple[str, str, str], int] = {}
        for line in lines:
            key = (line.component, line.account, _flow(line))
            sums[key] = sums.get(key, 0) + line.amount_minor
        first = [BROUGHT_FORWARD] if BROUGHT_FORWARD in flows else []
        ordered = [*first, *(flow for flow in flows if flow != BROUGHT_FORWARD)]
        accounts = sorted(dict.fromkeys((component, account) for component, account, _ in sums))
        return cls(tuple(ordered), tuple(accounts), sums)


def _flow(line: JournalLine) -> str:
    """The cause that a line moves by; what was brought forward is the opening, whatever its entry calls it."""
    return BROUGHT_FORWARD if line.kind == BROUGHT_FORWARD else line.flow


def _note(book: Book, places: Places, note: ToldColumn) -> None:
    posted = _Posted.of([line for line in places.run.listed.journals if line.note == note.id])
    widths = (24, 12, 50, *[17] * max(len(posted.flows) + 2, 7))
    sheet = book.sheet(
        places.note_sheet(note.id), widths, freeze=(3, 0), paper=A3, title=f"{places.told.entity}: {note.caption}"
    )
    sheet.heading("IFRS less U.S. GAAP. Amounts of accounts in minor units, debit positive.", "said")
    sheet.next()
    _effects(sheet, places, note)
    _frameworks(sheet, places, note, posted)
    _movement(sheet, places, note, posted)
    _words(sheet, places, note)


def _effects(sheet: Sheet, places: Places, note: ToldColumn) -> None:
    """The rows of the statements that the note touches, exact and printed, each a link to its formula."""
    sheet.heading(f"What it does to the statements, in {places.told.unit}")
    for statement in places.measured:
        touched = [row for row in statement.rows if row.cells[note.id].exact_minor or row.cells[note.id].printed]
        if not touched:
            continue
        sheet.header(
            ("Row", "", f"{statement.heading.capitalize()}, {in_a_sentence(statement.when)}", "Exact", "Printed"),
            (False,) * 3 + (True,) * 2,
        )
        name, place = places.formula_sheet(statement.id), places.column_ids.index(note.id)
        for row in touched:
            cell = places.formula_cell(statement.id, row.id, note.id)
            kind = row.kind
            sheet.text(0, row.id, "id")
            sheet.link(2, name, cell, row.label)
            exact = places.in_units(row.cells[note.id].exact_minor or 0)
            sheet.formula(3, f"={quoted(name)}!{cell}", exact, f"exact_{kind}")
            printed_at = EXACT_FIRST_COLUMN + len(places.column_ids) + 1 + place
            printed = f"={quoted(name)}!{at(places.formula_rows[statement.id, row.id, 'row'], printed_at)}"
            sheet.formula(4, printed, row.cells[note.id].printed, kind)
            sheet.next()
        sheet.next()


def _frameworks(sheet: Sheet, places: Places, note: ToldColumn, posted: _Posted) -> None:
    """Both frameworks at the closing, account by account."""
    ids = places.manifest.statements
    ledger = places.run.ledgers.get(ids.closing, {})
    sheet.heading("Both frameworks at the closing, by account")
    sheet.header(("", "Account", "Name", "U.S. GAAP", "This note", "U.S. GAAP and this note"), (False,) * 3 + (True,) * 3)
    for account in dict.fromkeys(account for _, account in posted.accounts):
        moved = places.posted_by_account.get((note.id, account), 0)
        code = f"$B{sheet.row + 1}"
        sheet.text(1, account)
        sheet.text(2, places.manifest.accounts[account].name)
        sheet.formula(3, f"=SUMIFS(tb_closing,tb_account,{code})", ledger.get(account, 0))
        sheet.formula(4, "=" + places.posted(f'{{je}}_note,"{note.id}",{{je}}_account,{code}', note.id), moved)
        sheet.formula(5, f"={at(sheet.row, 3)}+{at(sheet.row, 4)}", ledger.get(account, 0) + moved)
        sheet.next()
    sheet.next()


def _movement(sheet: Sheet, places: Places, note: ToldColumn, posted: _Posted) -> None:
    """The roll-forward from last year's closing, by what moves, account and cause."""
    sheet.heading("From last year's closing to this one's, by cause")
    titles = ("Of what", "Account", "Name", *(_words_of(flow) for flow in posted.flows), "Closing")
    sheet.header(titles, (False,) * 3 + (True,) * (len(posted.flows) + 1))
    heads = {flow: at(sheet.row, 3 + place, fixed=True) for place, flow in enumerate(posted.flows)}
    for place, flow in enumerate(posted.flows):
        sheet.text(3 + place, flow, "id_right")
    sheet.next()
    first = sheet.row
    for component, account in posted.accounts:
        entry = next(
            line.entry for line in places.run.listed.journals
            if (line.note, line.component, line.account) == (note.id, component, account)
        )  # fmt: skip
        where, row = places.entries[note.id, entry]
        sheet.text(0, component)
        sheet.text(1, account)
        sheet.link(2, where, at(row, 0), places.manifest.accounts[account].name)
        moved = [posted.sums.get((component, account, flow), 0) for flow in posted.flows]
        for place, flow in enumerate(posted.flows):
            sheet.formula(3 + place, _by_cause(places, note, heads[flow], flow, sheet.row), moved[place])
        last = 3 + len(moved)
        sheet.formula(last, f"=SUM({at(sheet.row, 3)}:{at(sheet.row, last - 1)})", sum(moved), "strong_number")
        sheet.next()
    if posted.accounts:
        sheet.text(2, "Sum, nil where the journal balances", "strong")
        for column in range(3, 4 + len(posted.flows)):
            sheet.formula(column, f"=SUM({at(first, column)}:{at(sheet.row - 1, column)})", 0, "total")
        sheet.next()
    sheet.next()


def _by_cause(places: Places, note: ToldColumn, head: str, flow: str, row: int) -> str:
    """Lines of one component and account that one cause moves."""
    own = f'{{je}}_note,"{note.id}",{{je}}_component,$A{row + 1},{{je}}_account,$B{row + 1}'
    if flow == BROUGHT_FORWARD:
        return "=" + places.posted(f"{own},{{je}}_kind,{head}", note.id)
    return "=" + places.posted(f'{own},{{je}}_flow,{head},{{je}}_kind,"<>{BROUGHT_FORWARD}"', note.id)


def _words_of(flow: str) -> str:
    return "Last year's closing" if flow == BROUGHT_FORWARD else flow.replace("_", " ").capitalize()


def _words(sheet: Sheet, places: Places, note: ToldColumn) -> None:
    """The note as it is printed."""
    lines = places.run.notes_text.split("\n")
    captions = {column.caption for column in places.told.notes}
    begins = next((place for place, line in enumerate(lines) if line.strip() == note.caption), None)
    if begins is None:
        return
    sheet.heading("The note as it is printed")
    for line in lines[begins + 1 :]:
        if line.strip() in captions or line.strip() in ("Tax impacts", "Restatement"):
            break
        sheet.text(0, line.rstrip(), "printed")
        sheet.next()
    sheet.link(0, JOURNALS if len(places.journals) == 1 else places.journals[0].name, "A1", "Journals")
    sheet.next()
