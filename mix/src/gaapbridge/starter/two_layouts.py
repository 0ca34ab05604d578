"""Tapes of both instants in layouts of their own: as one tape, and parted into what both share and what is of one alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gaapbridge.starter.guess import OWN, Guess, Question, open_question, sure, together
from gaapbridge.starter.names import Match
from gaapbridge.starter.seen_numbers import BOTH
from gaapbridge.starter.tape_file import TapeFile

_SEGMENT = "segment"


def in_two_layouts(before: TapeFile, closing: TapeFile) -> TapeFile:
    """The tape of the closing with that of the opening before it. Words mean the same in both; where one shows a currency, the
    other has it too; where one alone has segments, those of the other are asked."""
    before, closing = _of_currency(before, closing.currency), _of_currency(closing, before.currency)
    before, closing = _of_segment(before, closing.matches), _of_segment(closing, before.matches)
    words = {ours: {**before.words.get(ours, {}), **closing.words.get(ours, {})} for ours in {**before.words, **closing.words}}
    return replace(
        closing,
        of_opening=len(before.paths),
        segments=tuple(sorted({*before.segments, *closing.segments})),
        words=words,
        instants=(*before.instants, *closing.instants),
        before=before,
    )


def _of_currency(tape: TapeFile, shown: tuple[str, str] | None) -> TapeFile:
    if tape.currency is not None or shown is None or "currency" not in tape.schema.names or "currency" in tape.matches:
        return tape
    stated = sure("constant", {"currency": shown[0]}, f"currency: {shown[1]}, in the file of the other instant")
    return replace(tape, currency=shown, guess=together((tape.guess, stated)))


def _of_segment(tape: TapeFile, other: Mapping[str, Match]) -> TapeFile:
    """The tape with the question of which segments its contracts are, where the file of the other instant alone says it."""
    if _SEGMENT not in other or _SEGMENT in tape.matches or _SEGMENT not in tape.made:
        return tape
    one = tape.read["constant"][_SEGMENT]
    why = (
        f"{other[_SEGMENT].theirs} says it in the file of the other instant, and no column of this one: as contracts of {one}, "
        "all would move from one segment to another; add the column to the file, or leave that of the other unread"
    )
    return replace(tape, guess=together((tape.guess, open_question(_SEGMENT, why))))


@dataclass(frozen=True)
class Part:
    """What a plan says of both files or of one alone: the columns that have other names there, keys of ``read`` with their
    reasons, and questions. ``tape`` is the one whose columns are told that were not found; ``amounts`` and ``ignore`` stand
    here where they are of this file alone."""

    renamed: Sequence[Match]
    guess: Guess
    tape: TapeFile | None
    amounts: str | None = None
    ignore: Sequence[str] | None = None


def parted(tape: TapeFile) -> tuple[Part, dict[str, Part]]:
    """What a plan says of a tape: of both instants, and of each alone where their files are in layouts of their own."""
    if tape.before is None:
        return Part(list(tape.renamed.values()), tape.guess, tape), {}
    of = {"opening": tape.before, "closing": tape}
    columns = {instant: {ours: match.theirs for ours, match in one.renamed.items()} for instant, one in of.items()}
    shared = {ours for ours, theirs in columns["opening"].items() if columns["closing"].get(ours) == theirs}
    keys = _shared(tape.before.read, tape.read)
    asked = [question for question in tape.before.guess.questions if question in tape.guess.questions]
    amounts, other = _amounts_alone(tape.before, tape), set(tape.before.unread) != set(tape.unread)
    alone = {
        instant: Part(
            [match for ours, match in one.renamed.items() if ours not in shared],
            _without(one, keys, [*asked, *(question for question in one.guess.questions if _elsewhere(question, instant))]),
            one,
            amounts=amounts[instant],
            ignore=one.unread if other else None,
        )
        for instant, one in of.items()
    }
    common = Guess(keys, tape.guess.reasons, tuple(asked))
    return Part([match for ours, match in tape.renamed.items() if ours in shared], common, None), alone


def _shared(opening: Mapping[str, Any], closing: Mapping[str, Any]) -> dict[str, Any]:
    """Keys that both state alike; of a table those of its keys, and the words of both, for one word means one thing."""
    keys: dict[str, Any] = {}
    for key, value in closing.items():
        other = opening.get(key)
        if isinstance(value, dict) and isinstance(other, dict):
            alike = {name: one for name, one in value.items() if other.get(name) == one}
            keys |= {key: alike} if alike else {}
        elif value == other:
            keys[key] = value
    return {key: value for key, value in keys.items() if key != "values"}


def _without(tape: TapeFile, shared: Mapping[str, Any], asked: Sequence[Question]) -> Guess:
    """What is guessed of one file and not of both; words apart, which are of both."""
    keys: dict[str, Any] = {}
    for key, value in tape.read.items():
        left = (
            {name: one for name, one in value.items() if name not in shared.get(key, {})} if isinstance(value, dict) else value
        )
        if key != "values" and left and key not in (() if isinstance(value, dict) else shared):
            keys[key] = left
    questions = tuple(one for one in tape.guess.questions if one not in asked)
    return Guess(keys, tape.guess.reasons, questions)


def _elsewhere(question: Question, instant: str) -> bool:
    """Whether a question about one file is asked in the tape's own table: those about the unit, but where the opening's is
    another than the closing's, or may be."""
    return question.table == OWN and (instant == "closing" or question.choices == BOTH)


def _amounts_alone(opening: TapeFile, closing: TapeFile) -> dict[str, str | None]:
    """The unit of the amounts that each file states alone: beside one that is asked, so that the answer is not read for both;
    that of the opening also where it is another."""
    differ = opening.amounts_stated is None or closing.amounts_stated is None
    other = differ or opening.amounts != closing.amounts
    return {
        "opening": opening.amounts if opening.amounts_stated is not None and other else None,
        "closing": closing.amounts if closing.amounts_stated is not None and differ else None,
    }
