"""The columns of a ledger that state the balances of the opening beside those of the closing: 期初 and 期末, beginning and
ending."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gaapbridge.plan.reading import ReadTable
from gaapbridge.starter.guess import NONE, OWN, open_question, together
from gaapbridge.starter.known_names import names_of
from gaapbridge.starter.ledger_forms import BALANCE, SIDE, SIDES, balances_of
from gaapbridge.starter.names import Match
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.starter.tape_words import clear_words, foreign_words, words_in
from gaapbridge.tapes.how import layout_of
from gaapbridge.tapes.opening import opened
from gaapbridge.tapes.plain_words import plain

_BEFORE = ("beginning", "opening", "begin", "start")
_OPENS = {r"\bending\b": _BEFORE, r"\bclosing\b": _BEFORE, r"\bend\b": _BEFORE, "期末": ("期初", "年初")}
"""Words of the closing in the names of columns, with those of the opening."""


def with_opening(tape: TapeFile, both: bool) -> tuple[TapeFile, dict[str, Match]]:
    """A ledger and its columns of the opening, where one file is that of ``both`` instants or is named for each; none where it
    has none, or they are not read so. That a file is named for each and has none is a question."""
    twice = _one_file(tape.paths)
    if not {*SIDES, BALANCE} & tape.matches.keys() or not (twice or (both and len(tape.paths) == 1)):
        return tape, {}
    stated = _stated(tape)
    worded = _worded(tape, stated)
    if stated and balances_of(at_opening(worded, stated)) is not None:
        read = {match.theirs for match in stated.values()}
        return replace(worded, unread=tuple(name for name in tape.unread if name not in read)), stated
    why = (
        f"both instants would take the same columns of {tape.paths[-1].name}, which is refused: name the ledger of the "
        "opening, or map its columns in [trial_balance.read.opening.columns]"
    )
    asked = open_question("opening", why, table=OWN) if twice else NONE
    return replace(tape, guess=together((tape.guess, asked))), {}


def at_opening(tape: TapeFile, stated: Mapping[str, Match]) -> TapeFile:
    """A ledger as its file states it at the opening."""
    kept = {ours: match for ours, match in tape.matches.items() if ours not in (*SIDES, BALANCE, SIDE)}
    return replace(tape, matches={**kept, **stated}, paths=tape.paths[:1])


def _stated(tape: TapeFile) -> dict[str, Match]:
    """The columns of the opening in one form: debits and credits, or balances, beside a side where there is one."""
    found = {ours: match for ours in (*SIDES, BALANCE, SIDE) if (match := _named(ours, tape.unread)) is not None}
    if {*SIDES} <= found.keys():
        return {ours: found[ours] for ours in SIDES}
    side = found.get(SIDE) or tape.matches.get(SIDE)
    if BALANCE not in found:
        return {}
    return {BALANCE: found[BALANCE], **({SIDE: replace(side, why=found[BALANCE].why)} if side is not None else {})}


def _worded(tape: TapeFile, stated: Mapping[str, Match]) -> TapeFile:
    """A ledger with the words of the sides at the opening: an account that is nil then has another than at the closing."""
    if SIDE not in stated:
        return tape
    path = tape.paths[0]
    raw = opened(path, str(path), tape.schema, layout_of(ReadTable(**tape.read)))
    words = words_in([raw], {SIDE: stated[SIDE]}, tape.schema)[SIDE]
    both = {**tape.words.get(SIDE, {}), **foreign_words(tape.schema.column(SIDE), words, tape.schema)}
    guess = together((tape.guess, clear_words({SIDE: both})))
    return replace(tape, words={**tape.words, SIDE: both}, guess=guess)


def _one_file(paths: Sequence[Path]) -> bool:
    """Whether two files are one, or have one content."""
    return len(paths) > 1 and paths[0].read_bytes() == paths[-1].read_bytes()


def _named(ours: str, header: Sequence[str]) -> Match | None:
    """The column that is called as one of ours is at the closing, of the opening."""
    names = names_of("trial_balance").get(ours, ())
    known = {
        plain(re.sub(closes, other, name))
        for name in names
        for closes, opens in _OPENS.items()
        for other in opens
        if re.search(closes, name)
    }
    found = [name for name in header if plain(name) in known]
    return Match(ours, found[0], "called as that of the closing is: look at it") if len(found) == 1 else None
