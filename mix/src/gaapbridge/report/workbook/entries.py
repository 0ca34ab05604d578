"""The journal entries account by account, each the sum of its lines: few rows for formulas to look through in any ledger.

Statements that looked through every line of a large ledger with each of their formulas would take a calculator minutes.
"""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.report.told.differences import in_words
from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.journals import ACCOUNT, CREDIT, DEBIT
from gaapbridge.report.workbook.places import ENTRIES, ENTRIES_FIRST_ROW, EXACT_OF_NOTE, JOURNALS_FIRST_ROW, Entry, Places
from gaapbridge.report.workbook.sheets import Book, Sheet, at, quoted
from gaapbridge.run.journals import JournalLine

COLUMNS = (
    ("note", "Note", 8), ("", "Entry", 33), ("flow", "Cause", 16), ("component", "Of what", 20), ("kind", "Kind", 15),
    ("account", "Account", 10), ("", "Account name", 43), ("statement", "Statement", 10), ("line", "Row", 10),
    ("", "Lines", 8), ("", "Debit", 18), ("", "Credit", 18), ("net", "Debit less credit", 18),
)  # fmt: skip
"""Of each column the end of its name in formulas, blank where none uses it, its title and its width."""

TITLES = [title for _, title, _ in COLUMNS]
CODE, ROW, LINES, DEBITS, CREDITS, NET = (
    TITLES.index(title) for title in ("Account", "Row", "Lines", "Debit", "Credit", "Debit less credit")
)


def entry_sheet(places: Places) -> Iterator[Declared]:
    """The entries, whose columns have names."""
    contains = "journal entries by account, which every formula of a note adds up"
    yield Declared(ENTRIES, "journal entries", contains, _write)


def _write(book: Book, places: Places, declared: Declared) -> None:
    sheet = declared.opened(book, [width for _, _, width in COLUMNS], freeze=(ENTRIES_FIRST_ROW, 2))
    sheet.on_paper(head=1)
    what = "an entry" if all(one.entries == 1 for one in places.summed) else "the entries of one cause"
    sheet.heading(
        f"Minor units. Each row adds up the lines of {what} on one account; the statements and notes add up these rows.",
        "said",
    )
    last = ENTRIES_FIRST_ROW + max(len(places.summed), 1) - 1
    _totals(sheet, places, last)
    sheet.row = ENTRIES_FIRST_ROW - 1
    sheet.header(TITLES, [place >= LINES for place in range(len(COLUMNS))])
    for entry in places.summed:
        _entry(sheet, places, entry)
    sheet.sheet.autofilter(ENTRIES_FIRST_ROW - 1, 0, last, len(COLUMNS) - 1)
    for place, (name, _, _) in enumerate(COLUMNS):
        if name:
            span = f"{at(ENTRIES_FIRST_ROW, place, fixed=True)}:{at(last, place, fixed=True)}"
            book.name(f"entry_{name}", f"{quoted(declared.name)}!{span}")


def _row_of_statement(sheet: Sheet, places: Places, line: JournalLine) -> None:
    """The row of the statement that an entry belongs to, a link to what the note does to it at the closing or in the period."""
    ids = places.manifest.statements
    statement = ids.income if places.statement_of(line.line) == "IS" else ids.closing
    if (line.note, statement, line.line) in places.touched_rows:
        row = places.touched_rows[line.note, statement or "", line.line]
        sheet.link(ROW, places.note_sheet(line.note), at(row, EXACT_OF_NOTE), line.line)
    else:
        sheet.text(ROW, line.line)


def _totals(sheet: Sheet, places: Places, last: int) -> None:
    """All entries added up, and what stands on lines and in no entry: nil unless a line was given another account."""
    sheet.row = ENTRIES_FIRST_ROW - 4
    sums = (sum(one.debit_minor for one in places.summed), sum(one.credit_minor for one in places.summed))
    sheet.text(DEBITS - 1, "Added up", "strong")
    for column, result in zip((DEBITS, CREDITS), sums, strict=True):
        sheet.formula(column, f"=SUM({at(ENTRIES_FIRST_ROW, column)}:{at(last, column)})", result, "strong_number")
    sheet.formula(NET, f"={at(sheet.row, DEBITS)}-{at(sheet.row, CREDITS)}", sums[0] - sums[1], "strong_number")
    sheet.next()
    sheet.text(DEBITS - 1, "On lines, in no entry", "strong")
    for column, of in ((DEBITS, DEBIT), (CREDITS, CREDIT)):
        lines = "+".join(f"SUM({one.column(of)})" for one in places.journals)
        sheet.formula(column, f"={lines}-{at(sheet.row - 1, column)}", 0, "strong_number")


def _entry(sheet: Sheet, places: Places, entry: Entry) -> None:
    """One row: what the entry is, a link to its first line, its sums as formulas over its own lines alone."""
    line, (where, first, _) = entry.first, entry.spans[0]
    account = places.manifest.accounts[line.account].name
    texts = (
        line.note, None, line.flow, line.component, line.kind, line.account, account, places.statement_of(line.line), line.line
    )  # fmt: skip
    for column, text in enumerate(texts[:-1]):
        if text is not None:
            sheet.text(column, text)
    _row_of_statement(sheet, places, line)
    name = line.entry if entry.entries == 1 else f"{entry.entries:,} entries of cause {in_words(line.flow)}"
    sheet.link(1, where.name, at(JOURNALS_FIRST_ROW + first, 1), name)
    sheet.number(LINES, entry.count)
    code = f"${at(sheet.row, CODE)}"
    for column, of, result in ((DEBITS, DEBIT, entry.debit_minor), (CREDITS, CREDIT, entry.credit_minor)):
        parts = [
            places.sums.of(one.span(of, first, end), {one.span(ACCOUNT, first, end): code}) for one, first, end in entry.spans
        ]
        sheet.formula(column, f"={'+'.join(parts)}", result)
    net = entry.debit_minor - entry.credit_minor
    sheet.formula(NET, f"={at(sheet.row, DEBITS)}-{at(sheet.row, CREDITS)}", net)
    sheet.next()
