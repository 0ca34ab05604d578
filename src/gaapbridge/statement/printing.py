"""The printed statement: a reconciliation document as text, as a filing prints it, and as a flat table.

The text prints the lines that some column touches, with every sub-total and total. The table holds every row and can be
verified like the document itself.
"""

from __future__ import annotations

import csv
import io
import textwrap
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from gaapbridge.statement.document import Document, Row, Statement
from gaapbridge.statement.effects import BALANCE_SHEET
from gaapbridge.statement.flat_form import NO_VAT, of_text
from gaapbridge.statement.rolls_by_date import first_and_last_day
from gaapbridge.terms.text import text_of

LABEL_WIDTH = 46
COLUMN_WIDTH = 16
"""Characters of a caption and of an amount with the space before it; a longer word or amount widens its table."""

UNITS = {"thousand": "thousands of ", "million": "millions of ", "one": ""}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
BALANCING = "balancing"
"""Row of the figure that balances a statement; it is always printed."""

UNDER_TOTALS = ("assets", "liabilities", "total", "")
"""Sections that hold totals only, so they bear no heading of their own."""


def print_statement(document: Document) -> str:
    """Every statement of a document: parentheses for negatives, an em dash for nil."""
    lines = [
        document.issuer,
        "Reconciliation between U.S. GAAP and International Financial Reporting Standards",
        f"(Amounts in {unit_of(document)})",
        "",
    ]
    for statement in document.statements:
        lines += _statement(document, statement)
    return text_of(lines).rstrip() + "\n"


def unit_of(document: Document) -> str:
    """The unit of a document's amounts in words: `thousands of CNY`."""
    return f"{UNITS.get(document.unit, f'units of {document.unit} ')}{document.currency}"


def amount_text(amount: int) -> str:
    """An amount as a filing prints it.

    >>> amount_text(-1234), amount_text(0)
    ('(1,234)', '—')
    """
    return "—" if amount == 0 else f"({-amount:,})" if amount < 0 else f"{amount:,}"


def _statement(document: Document, statement: Statement) -> list[str]:
    titles = ["U.S. GAAP", *(column.caption for column in document.columns), "IFRS"]
    rows = [row for row in statement.rows if is_printed(row)]
    amounts = [_across(document, row) for row in rows]
    width = max(COLUMN_WIDTH, 2 + _longest_word(titles), *(3 + len(amount_text(one)) for row in amounts for one in row))
    lines = [heading_of(statement), caption_when(statement.as_of, statement.period), *filter(None, [statement.basis])]
    lines += _header(titles, width)
    before: Row | None = None
    for row, figures in zip(rows, amounts, strict=True):
        if opens_section(statement, row, before):
            lines.append(f"{row.section.capitalize()}:")
        if row.of and before is not None and not before.of:
            lines.append(_rule("-", len(titles), width))
        lines += _row(row, figures, width)
        if row.role == "total":
            lines.append(_rule("=", len(titles), width))
        before = row
    return [*lines, ""]


def _across(document: Document, row: Row) -> list[int]:
    return [row.us_gaap, *(row.amount(column) for column in document.column_ids), row.ifrs]


def is_printed(row: Row) -> bool:
    """Whether a row is a sub-total, a line that some column touches, or the figure that balances a statement."""
    touched = any(row.adjustments.values()) or row.us_gaap != row.ifrs
    return bool(row.role != "line" or touched or (row.id == BALANCING and row.us_gaap))


def opens_section(statement: Statement, row: Row, before: Row | None) -> bool:
    """Whether the name of its section stands above a row: of a balance sheet, where another section went before."""
    headed = statement.kind == BALANCE_SHEET and row.role == "line" and row.section not in UNDER_TOTALS
    return headed and (before is None or before.section != row.section)


def heading_of(statement: Statement) -> str:
    """What stands above a statement."""
    return "RECONCILED AMOUNTS" if statement.kind == "list" else statement.kind.upper()


def caption_when(as_of: str | None, period: str | None = None) -> str:
    """The date or period of a statement in words."""
    if as_of:
        return f"As of {_day(as_of)}"
    length, last = _length(period or "")
    return f"For the {length} ended {_day(last)}" if length else f"For the period {period or ''}".rstrip()


def _length(period: str) -> tuple[str | None, str]:
    """What a period of whole months is called, and its last day.

    >>> _length("2022-12-31/2023-12-31"), _length("2023-01-01/2023-06-30")
    (('year', '2023-12-31'), ('six months', '2023-06-30'))
    """
    span = first_and_last_day(period)
    if span is None:
        return None, period
    first, last = span
    months = 12 * (last.year - first.year) + last.month - first.month + (first.day == 1)
    whole = (first.day == 1 or _closes_month(first)) and _closes_month(last)
    return {12: "year", 9: "nine months", 6: "six months", 3: "three months"}.get(months if whole else 0), str(last)


def _closes_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def _longest_word(titles: Sequence[str]) -> int:
    return max(len(word) for title in titles for word in title.split())


def _header(titles: Sequence[str], width: int) -> list[str]:
    """Column titles wrapped and set flush at the bottom, with a rule beneath."""
    wrapped = [textwrap.wrap(title, width - 2, break_on_hyphens=False) for title in titles]
    height = max(len(words) for words in wrapped)
    padded = [[""] * (height - len(words)) + words for words in wrapped]
    lines = [" " * LABEL_WIDTH + "".join(words[level].rjust(width) for words in padded) for level in range(height)]
    return [*(line.rstrip() for line in lines), _rule("-", len(titles), width)]


def _rule(mark: str, columns: int, width: int) -> str:
    return " " * LABEL_WIDTH + ("  " + mark * (width - 2)) * columns


def _row(row: Row, amounts: Sequence[int], width: int) -> list[str]:
    """A caption, wrapped where it is long, with the amounts on its last line."""
    words = textwrap.wrap(row.label, LABEL_WIDTH - 2, subsequent_indent="  ")
    figures = "".join(_right(amount_text(amount), width) for amount in amounts)
    return [*words[:-1], words[-1].ljust(LABEL_WIDTH) + figures.rstrip()]


def _right(text: str, width: int) -> str:
    """Right-aligned so that digits stand under digits: a closing parenthesis hangs over."""
    return text.rjust(width) if text.endswith(")") else (text + " ").rjust(width)


def statement_csv(document: Document) -> str:
    """Every row of every statement in the flat form, which `verify` reads; see `statement.flat_form`.

    The movements declared not to be profit stand below the flow statement they belong to, one row for each.
    """
    columns = document.column_ids
    header = ["statement", "kind", "as_of", "period", "complete", "id", "label", "section", "role", "of"]
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow([*header, "us_gaap", *columns, "ifrs", "derived", "issuer", "currency", "unit", NO_VAT])
    issue = [_plain(text) for text in (document.issuer, document.currency, document.unit)]
    issue.append(" ".join(column.id for column in document.columns if column.vat_in_lines is False))
    for statement in document.statements:
        dated = [statement.as_of or "", statement.period or "", str(statement.complete).lower()]
        place = [statement.id, statement.kind, *dated]
        for row in statement.rows:
            caption = [row.id, _plain(row.label), _plain(row.section), row.role]
            derived = " ".join(sorted(row.derived))
            table.writerow([*place, *caption, _plain(of_text(row.of)), *_across(document, row), derived, *issue])
        for role, name, movement in _paths(document, statement.id):
            amounts = ["", *(movement.get(column, 0) for column in columns), ""]
            table.writerow([*place, name, "", "", role, "", *amounts, "", *issue])
    return stream.getvalue()


def _paths(document: Document, flow: str) -> list[tuple[str, str, dict[str, int]]]:
    """Role, name and amount by column of every movement a flow statement's roll declares not to be profit."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for roll in document.rolls:
        for role, paths in (("path", roll.paths), ("path_pretax", roll.paths_pretax)):
            for column, named in paths.items() if roll.flow == flow else ():
                for name, amount in named.items():
                    found.setdefault((role, name), {})[column] = amount
    return [(role, name, movement) for (role, name), movement in found.items()]


def _plain(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
