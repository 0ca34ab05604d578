"""The values that a column of an import layout may take, by name: what a voucher and a line say, whatever the ledger.

A value is a text, which may be cut; a code, which may not; a date, a whole number, or an exact amount in major units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from gaapbridge.run.folder import slug
from gaapbridge.vouchers.numbers import Numbered
from gaapbridge.vouchers.voucher import KINDS, TAKEN_BACK, Voucher, VoucherLine

Cell = str | int | date | Decimal | None
"""What stands in a column; None where the line has no such amount."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a run says of all its vouchers, and how the layout calls things.

    ``version`` is that of the run, ``reference`` the start of the hash of its content; ``places`` are the notes' in the
    statement; ``fiscal_month`` is the month in which a fiscal year ends. ``failing`` says that checks of the run fail.
    """

    entity: str
    currency: str
    minor_digits: int
    opening: date
    closing: date
    version: int
    reference: str
    places: Mapping[str, int]
    fiscal_month: int
    names: Mapping[str, str]
    accounts: Mapping[str, str]
    words: Mapping[str, str]
    failing: bool

    def word(self, name: str) -> str:
        """What the layout calls a note, a segment or a kind of voucher; the word itself where it says nothing."""
        return self.words.get(name, name)

    @property
    def warning(self) -> str:
        """What stands before every text of a run with failing checks."""
        return f"{self.word('CHECKS FAIL')} " if self.failing else ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A line of a voucher where it is written, counted from 1; of what is said of vouchers only, their first."""

    facts: Facts
    voucher: Voucher
    line: VoucherLine
    place: int

    @property
    def numbered(self) -> Numbered:
        """What the number of the voucher is made from."""
        facts, voucher = self.facts, self.voucher
        letter, kind_place = KINDS[voucher.kind], [*KINDS].index(voucher.kind) + 1
        place = facts.places[voucher.note]
        return Numbered(facts.entity, facts.opening, facts.closing, facts.version, place, letter, kind_place, voucher.part)

    @property
    def title(self) -> str:
        """Note and kind, in the layout's words."""
        return f"{self.facts.word(self.voucher.note)} {self.facts.word(self.voucher.kind)}"

    @property
    def text(self) -> str:
        """What the journal says of the line, or the title of a line that nets several."""
        return self.facts.warning + (self.line.text or self.title)

    @property
    def line_text(self) -> str:
        """The same for a ledger without columns for note, segment and kind."""
        segment = "" if self.line.segment == "all" else f" {self.facts.word(self.line.segment)}"
        where = self.facts.word(self.voucher.note) + segment
        kind = self.facts.word(self.voucher.kind)
        reversed_text = f"{kind}: " if self.voucher.kind in TAKEN_BACK and self.line.text else ""
        return f"{self.facts.warning}{where}: {reversed_text}{self.line.text or kind}"

    @property
    def measured_on(self) -> date:
        """The instant at which a difference was measured: the opening of what is booked on the first day, else the closing."""
        return self.facts.closing if self.voucher.day == self.facts.closing else self.facts.opening

    @property
    def reference(self) -> str:
        """Whose voucher it is, for people: entity, first and last day, version, note, kind."""
        facts, voucher = self.facts, self.voucher
        span = f"{date.fromordinal(facts.opening.toordinal() + 1)}_{facts.closing}"
        part = f" {voucher.part + 1}" if voucher.part else ""
        return f"{slug(facts.entity)} {span} v{facts.version} {voucher.note} {voucher.kind}{part}"

    @property
    def fiscal(self) -> tuple[int, int]:
        """Fiscal year, called by the calendar year in which it ends, and month of it from 1, of the day of posting.

        A year that ends in June: July 2023 is month 1 of 2024.
        """
        day, end = self.voucher.day, self.facts.fiscal_month
        return day.year + (day.month > end), (day.month - end - 1) % 12 + 1

    def major(self, amount_minor: int) -> Decimal:
        """An amount in major units, exact, with all decimals of the currency."""
        return Decimal(amount_minor).scaleb(-self.facts.minor_digits)


@dataclass(frozen=True, slots=True)
class Value:
    """A value: where it comes from, what may become of it, and what it is, for whoever writes a layout."""

    of: Callable[[Posted], Cell]
    form: Literal["text", "code", "date", "number", "amount"]
    meaning: str
    of_line: bool = False


def _debit(posted: Posted) -> Decimal | None:
    return posted.major(posted.line.amount_minor) if posted.line.amount_minor > 0 else None


def _credit(posted: Posted) -> Decimal | None:
    return posted.major(-posted.line.amount_minor) if posted.line.amount_minor < 0 else None


def _account(posted: Posted) -> str:
    return posted.facts.accounts.get(posted.line.account, posted.line.account)


VALUES: Mapping[str, Value] = {
    "document": Value(lambda one: one.numbered.number, "code", "the voucher's number, sixteen characters, never given twice"),
    "document_in_period": Value(
        lambda one: one.numbered.number_in_period(one.voucher.day),
        "number",
        "a whole number of at most nine digits that no other voucher posted in that month has",
    ),
    "reference": Value(lambda one: one.reference, "code", "entity, first and last day, version, note and kind, for people"),
    "entity": Value(lambda one: one.facts.entity, "text", "the plan's name of the entity"),
    "run": Value(
        lambda one: f"v{one.facts.version} {one.facts.reference}", "code", "version and hash of the run (`export.json`)"
    ),
    "header_text": Value(
        lambda one: f"{one.facts.warning}{one.facts.reference} {one.title}", "text", "hash of the run, note and kind"
    ),
    "title": Value(lambda one: f"{one.facts.warning}{one.title}", "text", "note and kind"),
    "kind": Value(lambda one: one.facts.word(one.voucher.kind), "text", "kind of voucher"),
    "note": Value(lambda one: one.voucher.note, "code", "the note: its column in the statement"),
    "posting_date": Value(lambda one: one.voucher.day, "date", "the day of posting: the period's first or last"),
    "document_date": Value(
        lambda one: one.measured_on, "date", "the instant at which the difference was measured: the closing, or the opening"
    ),
    "fiscal_year": Value(lambda one: one.fiscal[0], "number", "the fiscal year, by the calendar year in which it ends"),
    "fiscal_period": Value(lambda one: one.fiscal[1], "number", "the month of the fiscal year, from 1"),
    "currency": Value(lambda one: one.facts.currency, "code", "the currency, ISO 4217"),
    "line": Value(lambda one: one.place, "number", "the line in the voucher, from 1", True),
    "account": Value(_account, "code", "the account", True),
    "account_name": Value(
        lambda one: one.facts.names.get(one.line.account, ""), "text", "its name: the layout's, else the plan's", True
    ),
    "debit": Value(_debit, "amount", "the amount of a debit, blank otherwise", True),
    "credit": Value(_credit, "amount", "the amount of a credit, blank otherwise", True),
    "amount": Value(lambda one: one.major(one.line.amount_minor), "amount", "the amount, credits negative", True),
    "amount_unsigned": Value(lambda one: one.major(abs(one.line.amount_minor)), "amount", "the amount on either side", True),
    "segment": Value(
        lambda one: one.facts.word(one.line.segment), "text", "the segment, `all` where the amount has none", True
    ),
    "text": Value(lambda one: one.text, "text", "what the journal says of the line", True),
    "line_text": Value(lambda one: one.line_text, "text", "note, segment and what the journal says of the line", True),
}
"""Every value, by the name that a layout gives it."""

NUMBERS = ("document", "reference", "document_in_period")
"""Values that tell vouchers apart."""

AMOUNTS = frozenset(name for name, value in VALUES.items() if value.form == "amount")
"""Values that are amounts."""
