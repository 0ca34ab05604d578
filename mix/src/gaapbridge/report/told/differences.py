"""A difference account by account: both frameworks at the opening and the closing, what moved it by cause, and the rows that
it touches; minor units, debit positive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gaapbridge.report.told.causes import cause_in_words
from gaapbridge.report.told.statements import ToldRow, ToldStatement, ToldStatements
from gaapbridge.report.told.trail import BROUGHT_FORWARD, told_causes
from gaapbridge.run.reader import Run

CLOSED = "last year's closing"
"""What was brought forward, at the head of its column."""


@dataclass(frozen=True, slots=True)
class ToldAccount:
    """An account that a note posts to: its balance under US GAAP and what the note adds to it, at both instants.

    The opening is None where the run has no ledger of it. 7,280 under US GAAP and 1,614 of the note are 8,894 under IFRS, as
    far as no other note moves the account.
    """

    account: str
    name: str
    us_gaap_opening: int | None
    note_opening: int
    us_gaap_closing: int
    note_closing: int

    def at(self, instant: str) -> tuple[int, int]:
        """The balance under US GAAP and what the note adds, at the ``opening`` or the ``closing``."""
        if instant == "closing":
            return self.us_gaap_closing, self.note_closing
        return self.us_gaap_opening or 0, self.note_opening


@dataclass(frozen=True, slots=True)
class ToldRoll:
    """What of a note, on one account: the difference brought forward, what each cause moved it by, and what it came to."""

    component: str
    account: str
    name: str
    by_cause: Mapping[str, int]
    closing: int


@dataclass(frozen=True, slots=True)
class ToldRolls:
    """The roll-forward of a note from last year's closing: its causes, what was brought forward first, and a roll for each
    component and account, which add up to nil in every cause."""

    column: str
    causes: tuple[str, ...]
    rolls: tuple[ToldRoll, ...]

    @property
    def heads(self) -> tuple[str, ...]:
        """The causes as heads of columns: `Last year's closing`, `Written off`."""
        said = (CLOSED if cause == BROUGHT_FORWARD else cause_in_words(self.column, cause) for cause in self.causes)
        return tuple(f"{one[:1].upper()}{one[1:]}" for one in said)


def told_rolls(run: Run, column: str) -> ToldRolls:
    """How a note moved, by component, account and cause."""
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for line in (line for line in run.listed.journals if line.note == column):
        cause = BROUGHT_FORWARD if line.kind == BROUGHT_FORWARD else line.flow
        moved = sums.setdefault((line.component, line.account), {})
        moved[cause] = moved.get(cause, 0) + line.amount_minor
    rolls = (
        ToldRoll(component, account, _name(run, account), moved, sum(moved.values()))
        for (component, account), moved in sorted(sums.items())
    )
    return ToldRolls(column, tuple(one.flow for one in told_causes(run, column)), tuple(rolls))


def in_words(name: str) -> str:
    """A component, or a cause, as it is printed.

    >>> in_words("accrued_interest")
    'Accrued interest'
    """
    return name.replace("_", " ").capitalize()


def told_accounts(run: Run, column: str) -> tuple[ToldAccount, ...]:
    """The accounts that a note posts to in the order of their numbers, as both frameworks have them."""
    ids, ledgers = run.manifest.statements, run.ledgers
    opening = None if ids.opening is None else ledgers.get(ids.opening)
    closing = ledgers.get(ids.closing, {})
    sums: dict[str, list[int]] = {}
    for one in (one for one in run.roll_forward if one.note == column):
        amounts = sums.setdefault(one.account, [0, 0])
        amounts[0] += one.opening_minor
        amounts[1] += one.closing_minor
    return tuple(
        ToldAccount(
            account=account,
            name=_name(run, account),
            us_gaap_opening=None if opening is None else opening.get(account, 0),
            note_opening=before,
            us_gaap_closing=closing.get(account, 0),
            note_closing=after,
        )
        for account, (before, after) in sorted(sums.items())
    )


def told_touched(told: ToldStatements, column: str) -> tuple[tuple[ToldStatement, tuple[ToldRow, ...]], ...]:
    """The rows that a note touches, by statement; a statement that it leaves alone is left out."""
    touched = (
        (one, tuple(row for row in one.rows if row.cells[column].printed or row.cells[column].exact_minor))
        for one in told.statements
    )
    return tuple((statement, rows) for statement, rows in touched if rows)


def _name(run: Run, account: str) -> str:
    return run.manifest.accounts[account].name
