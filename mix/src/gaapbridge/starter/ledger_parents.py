"""Accounts of a ledger that add up others: left out where the figures of all files bear it out, else asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from gaapbridge.starter.guess import Guess, open_question, sure, together
from gaapbridge.starter.ledger_forms import ACCOUNT, balances_of
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.tapes.ledger_totals import Parts as PartsOf
from gaapbridge.tapes.ledger_totals import adding_up, parts_of

TOTAL_WHERE = "total_where"

_REFUSED = "Each is refused until it is mapped, or taken out below and left out by total_where"


@dataclass(frozen=True)
class Parents:
    """A ledger without the accounts that add up others: those ``left_out`` and those ``asked``, with what is beneath each."""

    tape: TapeFile
    left_out: PartsOf
    asked: PartsOf

    def above(self, code: str) -> str:
        """The lowest of the accounts left out that an account is part of; blank where it is of none."""
        over = [one for one, below in self.left_out.items() if one != code and (code.startswith(one) or code in below)]
        return min(over, key=lambda one: (len(self.left_out[one]), -len(one)), default="")


def without_parents(tape: TapeFile, codes: Collection[str], opening: TapeFile | None = None) -> Parents:
    """A ledger of these accounts, read without those whose balance is in every file the sum of the accounts beneath them, and
    in its columns of the ``opening``. Of the others that have some beneath them it is a question whether they count."""
    begun, balances = parts_of(codes), balances_of(tape)
    if balances is not None and opening is not None:
        balances += balances_of(opening) or []
    parts = _beneath(begun, balances or ())
    if not parts:
        return Parents(tape, {}, {})
    left_out = {one: below for one, below in parts.items() if balances and all(_adds_up(one, below, held) for held in balances)}
    asked = {one: below for one, below in parts.items() if one not in left_out}
    guess = tape.guess
    if left_out:
        stated = guess.keys.get(TOTAL_WHERE, {})
        given = stated.get(ACCOUNT, [])
        texts = [*([given] if isinstance(given, str) else given), *left_out]
        why = f"{len(left_out)} accounts that are the sum of {_said(left_out, begun)}, in every file"
        guess = _stated(guess, sure(TOTAL_WHERE, {**stated, ACCOUNT: texts}, why))
    if asked:
        why = f"{', '.join(asked)} may be totals of {_said(asked, begun)}: a balance may count once only. {_REFUSED}"
        guess = together((guess, open_question("accounts", why)))
    return Parents(replace(tape, guess=guess), left_out, asked)


def _beneath(begun: PartsOf, balances: Sequence[Mapping[str, int]]) -> PartsOf:
    """What is beneath each account that may add up others: by codes that begin so, else by the figures of some file."""
    found: dict[str, dict[str, None]] = {}
    for held in balances:
        for one, below in adding_up(held).items():
            found.setdefault(one, {}).update(dict.fromkeys(below))
    wider = {one: tuple(below) for one, below in found.items() if one not in begun}
    return {one: wider.get(one) or begun[one] for one in sorted({*wider, *begun})}


def _adds_up(one: str, below: Collection[str], held: Mapping[str, int]) -> bool:
    """Whether a file has an account as the sum of those beneath it, or has it not at all."""
    return one not in held or held[one] == sum(held.get(code, 0) for code in below)


def _said(whole: Collection[str], begun: PartsOf) -> str:
    """What accounts add up, in words."""
    if all(one in begun for one in whole):
        return "those whose codes begin so"
    return "those that their codes cover, or that stand right below them"


def _stated(guess: Guess, more: Guess) -> Guess:
    """A guess with a key of another in the place of its own, and both reasons."""
    both = together((guess, more))
    return replace(both, keys={**both.keys, **more.keys})
