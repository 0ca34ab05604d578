"""Journals: the only form in which a difference between the frameworks reaches the statement.

A line is a debit or a credit, an entry balances, a journal belongs to one note and one period and
touches only the accounts its note has declared. What breaks these rules cannot be constructed, so
nothing downstream has to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """What an entry is: the opening difference with its tax, a cause of its movement, or the movements' tax."""

    BROUGHT_FORWARD = "brought_forward"
    MOVEMENT = "movement"
    TAX = "tax"


@dataclass(frozen=True, slots=True)
class Line:
    """One leg of an entry: a debit or a credit of whole minor units, never both, never nil.

    >>> Line("1301", "consumer", 500, 0, "deferral at the effective rate").amount_minor
    500
    """

    account: str
    segment: str
    debit_minor: int
    credit_minor: int
    text: str

    def __post_init__(self) -> None:
        for amount in (self.debit_minor, self.credit_minor):
            if isinstance(amount, bool) or not isinstance(amount, int):
                raise TypeError(f"a journal amount is a whole number of minor units, not {amount!r}")
        if self.debit_minor < 0 or self.credit_minor < 0:
            raise ValueError(f"a debit or credit is not negative: {self!r}")
        if (self.debit_minor == 0) == (self.credit_minor == 0):
            raise ValueError(f"a line is a debit or a credit, exactly one of them: {self!r}")

    @classmethod
    def of(cls, account: str, segment: str, amount_minor: int, text: str) -> Line:
        """The line of a debit-positive amount: a debit above zero, a credit below.

        >>> Line.of("1301", "consumer", -500, "reversal").credit_minor
        500
        """
        return cls(account, segment, max(amount_minor, 0), max(-amount_minor, 0), text)

    @property
    def amount_minor(self) -> int:
        """The amount, debit positive."""
        return self.debit_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class Entry:
    """A balanced group of lines with one cause.

    `flow` names the cause (`origination`, `accretion`, ...), `component` what of the note it moves, by
    which roll-forwards are told. Debits that differ from credits raise `ValueError`: our mistake, not the
    lender's.

    >>> debit = Line("1301", "consumer", 500, 0, "")
    >>> credit = Line("6001", "consumer", 0, 500, "")
    >>> Entry("ii-1", "accretion", "deferral", EntryKind.MOVEMENT, (debit, credit)).is_nil
    False
    """

    id: str
    flow: str
    component: str
    kind: EntryKind
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        EntryKind(self.kind)  # a `ValueError` where it is none
        debits = sum(line.debit_minor for line in self.lines)
        credits = sum(line.credit_minor for line in self.lines)
        if debits != credits:
            raise ValueError(f"entry {self.id} does not balance: debits {debits}, credits {credits}")

    @property
    def is_nil(self) -> bool:
        """Whether the entry has no lines (it is then not worth posting)."""
        return not self.lines


@dataclass(frozen=True, slots=True)
class Journal:
    """All entries of one note in one period, in the order in which they are posted."""

    note: str
    period: str
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        ids = [entry.id for entry in self.entries]
        repeated = sorted({one for one in ids if ids.count(one) > 1}) if len(set(ids)) < len(ids) else []
        if repeated:
            raise ValueError(f"journal {self.note}: entry ids occur twice: {', '.join(repeated)}")

    def declare(self, accounts: Iterable[str]) -> Journal:
        """The same journal, once it is sure that it touches no account but `accounts`.

        A note declares the accounts it may touch; another account raises `ValueError`.
        """
        undeclared = {line.account for line in self.lines()} - set(accounts)
        if undeclared:
            raise ValueError(f"note {self.note} touches accounts it has not declared: {sorted(undeclared)}")
        return self

    def lines(self, *kinds: EntryKind) -> Iterator[Line]:
        """Every line, or those of entries of the given kinds, in order."""
        for entry in self.entries:
            if not kinds or entry.kind in kinds:
                yield from entry.lines

    def balances(self, *kinds: EntryKind) -> dict[str, int]:
        """Debit-positive sum of each account touched, of all entries or of those of the given kinds."""
        sums: dict[str, int] = {}
        for line in self.lines(*kinds):
            sums[line.account] = sums.get(line.account, 0) + line.amount_minor
        return sums
