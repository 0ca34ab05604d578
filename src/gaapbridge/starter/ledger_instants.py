"""The columns of a ledger that state the balances of the opening beside those of the closing: 期初 and 期末, beginning and
ending."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gaapbridge.starter.guess import OWN, open_question, together
from gaapbridge.starter.known_names import names_of
from gaapbridge.starter.ledger_forms import BALANCE, SIDE, SIDES, balances_of
from gaapbridge.starter.names import Match, plain
from gaapbridge.starter.tape_file import TapeFile

_BEFORE = ("beginning", "opening", "begin", "start")
_OPENS = {r"\bending\b": _BEFORE, r"\bclosing\b": _BEFORE, r"\bend\b": _BEFORE, "期末": ("期初", "年初")}
"""Words of the closing in the names of columns, with those of the opening."""


def opening_columns(tape: TapeFile, both: bool) -> dict[str, Match]:
    """The columns of the opening in a ledger whose one file is that of ``both`` instants, or is named for each; none where it
    has none, or is not read so."""
    if not _FIGURES & tape.matches.keys() or not (both if len(tape.paths) == 1 else _one_file(tape.paths)):
        return {}
    found = {ours: match for ours in (*SIDES, BALANCE, SIDE) if (match := _named(ours, tape.unread)) is not None}
    if {*SIDES} <= found.keys():
        stated = {ours: found[ours] for ours in SIDES}
    elif BALANCE in found:
        side = found.get(SIDE) or tape.matches.get(SIDE)
        stated = {BALANCE: found[BALANCE], **({SIDE: side} if side is not None else {})}
    else:
        return {}
    return stated if balances_of(at_opening(tape, stated)) is not None else {}


_FIGURES = {*SIDES, BALANCE}


def at_opening(tape: TapeFile, stated: Mapping[str, Match]) -> TapeFile:
    """A ledger as its file states it at the opening."""
    kept = {ours: match for ours, match in tape.matches.items() if ours not in (*_FIGURES, SIDE)}
    return replace(tape, matches={**kept, **stated}, paths=tape.paths[:1])


def of_both_instants(tape: TapeFile, stated: Mapping[str, Match]) -> TapeFile:
    """A ledger whose columns of the opening are read too; a question where one file is that of both instants and has none."""
    read = {match.theirs for match in stated.values()}
    tape = replace(tape, unread=tuple(name for name in tape.unread if name not in read))
    if stated or not _one_file(tape.paths):
        return tape
    why = (
        f"both instants would take the same columns of {tape.paths[-1].name}, which is refused: name the ledger of the "
        "opening, or map its columns in [trial_balance.opening_columns]"
    )
    return replace(tape, guess=together((tape.guess, open_question("opening", why, table=OWN))))


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
