"""The journals line by line with the names of their accounts: what the sheet of entries adds up."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.places import ENTRIES, JOURNALS_FIRST_ROW, JournalSheet, Places
from gaapbridge.report.workbook.sheets import Book, Sheet, at

COLUMNS = (
    ("", "Note", 8), ("", "Entry", 38), ("", "Account", 10), ("", "Account name", 50), ("", "Segment", 20),
    ("debit", "Debit", 18), ("credit", "Credit", 18), ("", "Text", 44),
)  # fmt: skip
"""Of each column the end of its name in formulas, blank where none uses it, its title and its width.

The cause of an entry, what it is of and its row of the statement stand once for it, on the sheet of entries."""

ACCOUNT, SEGMENT, DEBIT, CREDIT = (
    [title for _, title, _ in COLUMNS].index(title) for title in ("Account", "Segment", "Debit", "Credit")
)


def journal_sheets(places: Places) -> Iterator[Declared]:
    """The journals, one sheet or several, whose columns have names."""
    for part in places.journals:
        contains = f"{len(part.lines):,} journal lines"
        yield Declared(part.name, "journals", contains, partial(_write, part))


def _write(part: JournalSheet, book: Book, places: Places, declared: Declared) -> None:
    sheet = declared.opened(book, [width for _, _, width in COLUMNS], freeze=(JOURNALS_FIRST_ROW, 2))
    sheet.heading("Minor units. A line that is changed here moves every figure that it belongs to.", "said")
    sheet.on_paper(head=1)
    _totals(sheet, part)
    sheet.row = JOURNALS_FIRST_ROW - 1
    numeric = [place in (DEBIT, CREDIT) for place in range(len(COLUMNS))]
    sheet.header([title for _, title, _ in COLUMNS], numeric)
    _lines(sheet, part, places)
    last = JOURNALS_FIRST_ROW + max(len(part.lines), 1) - 1
    sheet.sheet.autofilter(JOURNALS_FIRST_ROW - 1, 0, last, len(COLUMNS) - 1)
    for place, (name, _, _) in enumerate(COLUMNS):
        if name:
            book.name(f"{part.prefix}_{name}", part.column(place))


def _totals(sheet: Sheet, part: JournalSheet) -> None:
    """Debits and credits added up, above the lines, where they stay in sight."""
    sheet.row = JOURNALS_FIRST_ROW - 3
    sheet.text(DEBIT - 1, "Added up", "strong")
    sums = (sum(line.debit_minor for line in part.lines), sum(line.credit_minor for line in part.lines))
    for column, result in zip((DEBIT, CREDIT), sums, strict=True):
        span = part.column(column).partition("!")[2]
        sheet.formula(column, f"=SUM({span})", result, "strong_number")


def _lines(sheet: Sheet, part: JournalSheet, places: Places) -> None:
    """The lines, which are most of a workbook."""
    named = {code: one.name for code, one in places.manifest.accounts.items()}
    sheet.lines(
        (
            (
                line.note,
                line.entry,
                line.account,
                named[line.account],
                line.segment,
                line.debit_minor or None,
                None if line.debit_minor else line.credit_minor,
                line.text,
            )
            for line in part.lines
        ),
        ("text", "text", "text", "text", "text", "line", "line", "apart"),
    )
    if len(part.lines) <= MOST_LINKED and not sheet.book.large:
        _links(sheet, part, places)
    sheet.row = JOURNALS_FIRST_ROW + len(part.lines)


def _links(sheet: Sheet, part: JournalSheet, places: Places) -> None:
    """Lead from the first line of an entry back to it, and from each line to the contracts of its segment."""
    for place, line in enumerate(part.lines):
        sheet.row = JOURNALS_FIRST_ROW + place
        if (part.name, place) in places.entry_rows:
            sheet.link(1, ENTRIES, at(places.entry_rows[part.name, place], 1), line.entry)
        found = places.sampled.of_segment(places.manifest, line.note, line.account, line.segment)
        if found is not None:
            sheet.link(SEGMENT, found[0], at(found[1], 0), line.segment)


MOST_LINKED = 20_000
"""Lines up to which each leads to the contracts of its segment; a spreadsheet takes 65,530 links on a sheet."""
