"""Vouchers: the journals of a run as a ledger books them, each balanced, with one day of posting.

Which vouchers there are depends on what the ledger does with a difference once it is booked. In a ledger that carries it
forward (a parallel ledger, a ledger group, an accounting book) the movement of the period is booked. Where the difference is
booked anew each time (an adjustment book, a consolidation package) that of the period before is reversed on the first day and
the whole closing difference booked on the last. What is brought forward meets retained earnings, never profit, on either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from gaapbridge.book.journal import EntryKind
from gaapbridge.difference import BASIS_DIFFERENCE
from gaapbridge.run.journals import JournalLine
from gaapbridge.terms.errors import UnusableInput

Book = Literal["movements", "balances"]
BOOKS: Mapping[str, str] = {
    "movements": "the ledger carries differences forward, as a parallel ledger does: the movement of the period is booked",
    "balances": "differences are booked anew each period: last period's are reversed on the first day, the closing ones booked "
    "on the last",
}
"""What becomes of a difference in the ledger, by the word for it."""

Opening = str
OPENINGS: Mapping[str, str] = {
    "booked": "the ledger holds the difference brought forward",
    "unbooked": "nothing of earlier periods is in the ledger yet",
}
"""Whether the ledger holds what was brought forward; a version, as v1, says that it holds what that one of the period before
left."""

OPENING, REVERSAL, RESTATEMENT, MOVEMENT, CLOSING, TAX, WITHDRAWN_OPENING, WITHDRAWN = (
    "opening", "reversal", "restatement", "movement", "closing", "tax", "withdrawn opening", "withdrawn"
)  # fmt: skip
KINDS: Mapping[str, str] = {
    OPENING: "O", REVERSAL: "R", RESTATEMENT: "S", MOVEMENT: "M", CLOSING: "C", TAX: "T",
    WITHDRAWN_OPENING: "V", WITHDRAWN: "W",
}  # fmt: skip
"""Kinds of vouchers, each with its letter in a number; a place among them never changes."""

TAKEN_BACK = (REVERSAL, WITHDRAWN_OPENING, WITHDRAWN)
"""Kinds whose lines have the texts of what they take back, and say so beside."""


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """One line: the plan's account, the segment, the amount (debit positive, minor units, never nil) and its text; ``entry`` is
    the entry of the journal that it comes from, empty where several were netted."""

    account: str
    segment: str
    amount_minor: int
    text: str
    entry: str


@dataclass(frozen=True, slots=True)
class Voucher:
    """The lines that a ledger books under one number: of one note, one kind and one day; ``part`` counts from 0 where the
    ledger takes fewer lines than there are. Lines that do not add up to nil raise ``ValueError``: our mistake."""

    note: str
    kind: str
    day: date
    part: int
    lines: tuple[VoucherLine, ...]

    def __post_init__(self) -> None:
        if sum(line.amount_minor for line in self.lines):
            raise ValueError(f"a voucher balances: {self.note} {self.kind} of {self.day} does not")

    @property
    def debit_minor(self) -> int:
        """What is debited, and credited as well."""
        return sum(max(line.amount_minor, 0) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Booking:
    """How a run is booked: the two answers, and what of it the vouchers depend on.

    ``one_instant`` is a run without an income statement: its journals lead everything through income accounts, of a period
    that it does not state, so that they meet ``retained_earnings`` in the ledger; ``income`` are those accounts. ``held`` is
    what the ledger carries of the period before, by note, where that is not what the run brings forward.
    """

    book: str
    opening: str
    first_day: date
    closing: date
    one_instant: bool
    income: frozenset[str]
    retained_earnings: str
    held: Mapping[str, Sequence[JournalLine]] | None = None

    def vouchers(
        self, journals: Sequence[JournalLine], *, tax_apart: bool, net: bool, most_lines: int | None
    ) -> Iterator[Voucher]:
        """The vouchers of a run's journals, in the order of its notes; none of them without lines."""
        for note in dict.fromkeys((*(line.note for line in journals), *(self.held or ()))):
            own = [line for line in journals if line.note == note]
            for kind, day, lines in self._kinds(note, own, tax_apart):
                yield from in_parts(Voucher(note, kind, day, 0, tuple(_netted(lines) if net else lines)), most_lines)

    def _kinds(self, note: str, lines: Sequence[JournalLine], tax_apart: bool) -> Iterator[tuple[str, date, list[VoucherLine]]]:
        if self.one_instant:
            yield OPENING, self.closing, [self._without_income(_line(line)) for line in lines]
            return
        brought = [_line(line) for line in lines if line.kind == EntryKind.BROUGHT_FORWARD]
        tax = [_line(line) for line in lines if line.kind == EntryKind.TAX]
        rest = [line for line in lines if line.kind == EntryKind.MOVEMENT]
        restated = [_line(line) for line in rest if line.flow == BASIS_DIFFERENCE]
        moved = [_line(line) for line in rest if line.flow != BASIS_DIFFERENCE]
        held = brought if self.held is None else [_line(line) for line in self.held.get(note, ())]
        if self.book == "movements":
            yield OPENING, self.first_day, brought if self.opening == "unbooked" else []
            yield RESTATEMENT, self.first_day, [*self._restated(brought, held), *restated]
            yield MOVEMENT, self.closing, [*moved, *([] if tax_apart else tax)]
        else:
            yield REVERSAL, self.first_day, list(map(reversed_line, held)) if self.opening != "unbooked" else []
            yield CLOSING, self.closing, [*brought, *restated, *moved, *([] if tax_apart else tax)]
        yield TAX, self.closing, tax if tax_apart else []

    def _restated(self, brought: Sequence[VoucherLine], held: Sequence[VoucherLine]) -> list[VoucherLine]:
        """From what the ledger holds of the period before to what the run brings forward; nothing where that is the same."""
        if self.held is None:
            return []
        lines = _netted([*brought, *map(reversed_line, held)])
        return [replace(line, text="opening restated", entry="opening restated") for line in lines]

    def _without_income(self, line: VoucherLine) -> VoucherLine:
        return replace(line, account=self.retained_earnings) if line.account in self.income else line


def _line(line: JournalLine) -> VoucherLine:
    return VoucherLine(line.account, line.segment, line.amount_minor, line.text, line.entry)


def reversed_line(line: VoucherLine) -> VoucherLine:
    """The same on the other side."""
    return replace(line, amount_minor=-line.amount_minor)


def _netted(lines: Iterable[VoucherLine]) -> list[VoucherLine]:
    """One line for each account and segment, in the order in which they come; those that come to nil are left out."""
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        at = (line.account, line.segment)
        sums[at] = sums.get(at, 0) + line.amount_minor
    return [VoucherLine(account, segment, amount, "", "") for (account, segment), amount in sums.items() if amount]


def in_parts(voucher: Voucher, most_lines: int | None) -> Iterator[Voucher]:
    """The voucher, or parts of it that each balance and have no more lines than that. Raises ``UnusableInput`` where lines that
    balance only together are more."""
    if not voucher.lines:
        return
    if most_lines is None or len(voucher.lines) <= most_lines:
        yield voucher
        return
    part, taken = 0, list[VoucherLine]()
    for group in _groups(voucher.lines):
        if len(group) > most_lines:
            rule = f"the ledger takes {most_lines:,} lines of a voucher, and {len(group):,} balance only together"
            raise UnusableInput(key=f"{voucher.note} {voucher.kind}", rule=rule, remedy='state lines = "each" in the layout')
        if taken and len(taken) + len(group) > most_lines:
            yield replace(voucher, part=part, lines=tuple(taken))
            part, taken = part + 1, []
        taken += group
    yield replace(voucher, part=part, lines=tuple(taken))


def _groups(lines: Sequence[VoucherLine]) -> Iterator[list[VoucherLine]]:
    """The smallest groups that balance, by entry and segment: segments of an entry that do not balance alone are one group."""
    by_entry: dict[str, dict[str, list[VoucherLine]]] = {}
    for line in lines:
        by_entry.setdefault(line.entry, {}).setdefault(line.segment, []).append(line)
    for by_segment in by_entry.values():
        across: list[VoucherLine] = []
        for group in by_segment.values():
            if sum(line.amount_minor for line in group):
                across += group
            else:
                yield group
        if across:
            yield across
