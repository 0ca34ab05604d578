"""Accounts of a ledger that add up others: left out where the figures of all files bear it out, else asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from gaapbridge.starter.guess import Guess, open_question, sure, together
from gaapbridge.starter.ledger_forms import ACCOUNT, balances_of
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.tapes.ledger_totals import adding_up, parts_of

TOTAL_WHERE = "total_where"

_REFUSED = "Each is refused until it is mapped, or taken out below and left out by total_where"


@dataclass(frozen=True)
class Parents:
    """A ledger without the accounts that add up others: those ``left_out``, and those ``asked``, with what is beneath each."""

    tape: TapeFile
    left_out: tuple[str, ...]
    asked: Mapping[str, tuple[str, ...]]


def without_parents(tape: TapeFile, codes: Collection[str]) -> Parents:
    """A ledger of these accounts, read without those whose balance is in every file the sum of the accounts beneath them. Of
    the others that have some beneath them it is a question whether they count."""
    parts = parts_of(codes)
    if not parts:
        return Parents(tape, (), {})
    balances = balances_of(tape)
    sums = None if balances is None else [(one, adding_up(one)) for one in balances]
    left_out = tuple(code for code in parts if sums is not None and all(code in added for one, added in sums if code in one))
    asked = {code: below for code, below in parts.items() if code not in left_out}
    guess = tape.guess
    if left_out:
        stated = guess.keys.get(TOTAL_WHERE, {})
        given = stated.get(ACCOUNT, [])
        texts = [*([given] if isinstance(given, str) else given), *left_out]
        why = f"{len(left_out)} accounts that are the sum of those whose codes begin so, in every file"
        guess = _stated(guess, sure(TOTAL_WHERE, {**stated, ACCOUNT: texts}, why))
    if asked:
        why = f"{', '.join(asked)} may be totals of accounts that begin so: a balance may count once only. {_REFUSED}"
        guess = together((guess, open_question("accounts", why)))
    return Parents(replace(tape, guess=guess), left_out, asked)


def _stated(guess: Guess, more: Guess) -> Guess:
    """A guess with a key of another in the place of its own, and both reasons."""
    both = together((guess, more))
    return replace(both, keys={**both.keys, **more.keys})
