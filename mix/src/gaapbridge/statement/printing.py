"""The printed statement: a reconciliation document as text, as a filing prints it, and as a flat table.

The text prints the lines that some column touches, with every sub-total and total. The table holds every row and can be
verified like the document itself.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from gaapbridge.statement.document import Document, Row, Statement, of_text
from gaapbridge.statement.flat_form import NO_VAT
from gaapbridge.terms.addresses import whole_months
from gaapbridge.terms.periods import first_and_last_day
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT
from gaapbridge.terms.text import readable, text_of
from gaapbridge.terms.wrapping import columns_of, least_columns, padded, wrapped

LABEL_WIDTH = 46
COLUMN_WIDTH = 16
"""Characters of a caption and of an amount with the space before it; a longer word or amount widens its table."""

LEAST_LABEL_WIDTH, SHORTEST_LABEL = 28, 12
"""Characters of a caption where the terminal is narrow; and where not even one amount fits beside that."""

CONTINUED = "continued"
"""What the further columns of a statement are headed with where not all of them fit side by side."""

UNITS = {"thousand": "thousands of ", "million": "millions of ", "one": ""}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
LENGTHS = (
    *("", "month", "two months", "three months", "four months", "five months", "six months"),
    *("seven months", "eight months", "nine months", "ten months", "eleven months", "year"),
)
"""What a period of so many months is called."""

ONE_DAY = timedelta(days=1)

BALANCING = "balancing"
"""Row of the figure that balances a statement; it is always printed."""

WITHOUT_LEDGER = {
    BALANCE_SHEET: "No trial balance: U.S. GAAP holds only what the sub-ledgers give, equity is the balancing figure; "
    "this is not the lender's balance sheet.",
    INCOME_STATEMENT: "No trial balance: U.S. GAAP holds only what the sub-ledgers give; "
    "this is not the lender's income statement.",
}
"""What a kind of statement says below its heading where no trial balance was given."""

UNDER_TOTALS = ("assets", "liabilities", "total", "")
"""Sections that hold totals only, so they bear no heading of their own."""


def print_statement(document: Document, width: int | None = None) -> str:
    """Every statement of a document: parentheses for negatives, an em dash for nil.

    Where the columns do not fit into ``width`` they follow each other in blocks, the captions of the rows beside each.
    """
    lines = [
        document.issuer,
        "Reconciliation between U.S. GAAP and International Financial Reporting Standards",
        f"(Amounts in {unit_of(document)})",
        *filter(None, [document.status]),
        "",
    ]
    for statement in document.statements:
        lines += _statement(document, statement, width)
    return text_of(lines, width).rstrip() + "\n"


def unit_of(document: Document) -> str:
    """The unit of a document's amounts in words: `thousands of CNY`."""
    return f"{UNITS.get(document.unit, f'units of {document.unit} ')}{document.currency}"


def amount_text(amount: int) -> str:
    """An amount as a filing prints it.

    >>> amount_text(-1234), amount_text(0)
    ('(1,234)', '—')
    """
    return "—" if amount == 0 else f"({-amount:,})" if amount < 0 else f"{amount:,}"


def money_text(amount_minor: int, minor_digits: int) -> str:
    """Minor units as people write an amount of the currency, with its decimals.

    >>> money_text(62_752_870, 2), money_text(-5, 2), money_text(0, 2), money_text(1_500, 0)
    ('627,528.70', '(0.05)', '—', '1,500')
    """
    written = f"{Decimal(abs(amount_minor)).scaleb(-minor_digits):,.{minor_digits}f}"
    return "—" if amount_minor == 0 else f"({written})" if amount_minor < 0 else written


@dataclass(frozen=True)
class _Grid:
    """Where captions and amounts stand: the characters of a caption, those of every column, the columns shown by place."""

    label: int
    width: int
    places: range

    def rule(self, mark: str) -> str:
        """A line below or above the amounts."""
        return " " * self.label + ("  " + mark * (self.width - 2)) * len(self.places)

    def header(self, titles: Sequence[str]) -> list[str]:
        """Column titles wrapped and set flush at the bottom, with a rule beneath."""
        titled = [wrapped(readable(titles[place]), self.width - 2, hanging=0) for place in self.places]
        height = max(map(len, titled))
        flush = [[""] * (height - len(words)) + words for words in titled]
        lines = [
            " " * self.label + "".join(padded(words[level], self.width, right=True) for words in flush)
            for level in range(height)
        ]
        return [*(line.rstrip() for line in lines), self.rule("-")]

    def row(self, caption: str, amounts: Sequence[int]) -> list[str]:
        """A caption, wrapped where it is long, with the amounts on its last line."""
        *words, last = wrapped(readable(caption), self.label - 2)
        figures = "".join(_right(amount_text(amounts[place]), self.width) for place in self.places)
        return [*words, padded(last, self.label) + figures.rstrip()]


def _statement(document: Document, statement: Statement, terminal: int | None) -> list[str]:
    titles = ["U.S. GAAP", *(column.caption for column in document.columns), "IFRS"]
    rows = [(row, _across(document, row)) for row in statement.rows if is_printed(row)]
    lines = [heading_of(statement)]
    when = caption_when(statement.as_of, statement.period)
    for grid in _grids(titles, [amounts for _, amounts in rows], terminal):
        lines += [when, *filter(None, [statement.basis]), *grid.header(titles), *_lines(statement, rows, grid), ""]
        when = f"{caption_when(statement.as_of, statement.period)}, {CONTINUED}"
    return lines


def _grids(titles: Sequence[str], amounts: Sequence[Sequence[int]], terminal: int | None) -> list[_Grid]:
    """One grid for all columns, or where a terminal is too narrow several, of as many columns each as can be."""
    longest = [3 + len(amount_text(one)) for row in amounts for one in row]
    every = range(len(titles))
    whole = _Grid(LABEL_WIDTH, max(COLUMN_WIDTH, 2 + _longest_word(titles), *longest), every)
    if terminal is None or whole.label + len(every) * whole.width <= terminal:
        return [whole]
    width = max(min(2 + max(map(least_columns, titles)), terminal - SHORTEST_LABEL), *longest)
    beside = max(1, (terminal - LEAST_LABEL_WIDTH) // width)
    blocks = -(-len(every) // beside)
    beside = -(-len(every) // blocks)
    label = min(LABEL_WIDTH, max(SHORTEST_LABEL, terminal - beside * width))
    return [_Grid(label, width, every[first : first + beside]) for first in every[::beside]]


def _lines(statement: Statement, rows: Sequence[tuple[Row, Sequence[int]]], grid: _Grid) -> Iterator[str]:
    """The rows of a statement with the headings of its sections and its rules."""
    before: Row | None = None
    for row, amounts in rows:
        if opens_section(statement, row, before):
            yield f"{row.section.capitalize()}:"
        if row.of and before is not None and not before.of:
            yield grid.rule("-")
        yield from grid.row(row.label, amounts)
        if row.role == "total":
            yield grid.rule("=")
        before = row


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
    return _caption_of(period or "")


def _caption_of(period: str) -> str:
    """A period in words: its length where it has whole months, else both days. It begins after the first of them, but for a
    first of the month, which is its first day.

    >>> _caption_of("2022-12-31/2023-12-31"), _caption_of("2023-01-01/2023-06-30")
    ('For the year ended December 31, 2023', 'For the six months ended June 30, 2023')
    >>> _caption_of("2023-12-31/2024-01-31"), _caption_of("2024-03-14/2024-12-31")
    ('For the month ended January 31, 2024', 'For the period from March 15, 2024 to December 31, 2024')
    """
    span = first_and_last_day(period)
    if span is None:
        return f"For the period {period}".rstrip()
    opening, last = span
    months = whole_months(opening - ONE_DAY if opening.day == 1 else opening, last)
    if months is not None and 0 < months < len(LENGTHS):
        return f"For the {LENGTHS[months]} ended {_day(str(last))}"
    return f"For the period from {_day(str(opening + ONE_DAY))} to {_day(str(last))}"


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def _longest_word(titles: Sequence[str]) -> int:
    return max(columns_of(word) for title in titles for word in title.split())


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
