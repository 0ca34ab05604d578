"""Files that are named for the other instant than the one that they state: asked, for all figures would move backwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from gaapbridge.starter.guess import OWN, open_question, together
from gaapbridge.starter.ledger_file import LedgerFile
from gaapbridge.starter.own_tapes import instants_of
from gaapbridge.starter.tape_file import TapeFile

_REMEDY = "name the file of the opening first, and write the plan again"


def in_order(tapes: Mapping[str, TapeFile], ledger: LedgerFile | None) -> tuple[dict[str, TapeFile], LedgerFile | None]:
    """The tapes and the ledger, with the question where files of theirs state a day of the other instant."""
    asked = {key: _asking(tape, _turned(tape)) for key, tape in tapes.items()}
    if ledger is None:
        return asked, None
    period = None if ledger.opening else instants_of(tapes)
    why = _turned(ledger.tape) or (_other_day(ledger.tape, *period) if period is not None else "")
    return asked, replace(ledger, tape=_asking(ledger.tape, why))


def _asking(tape: TapeFile, why: str) -> TapeFile:
    """The tape with a question about its files, in each of its layouts."""
    if not why:
        return tape
    guess = together((tape.guess, open_question("opening and closing", f"{why}: {_REMEDY}", table=OWN)))
    return replace(tape, guess=guess, before=None if tape.before is None else _asking(tape.before, why))


def _turned(tape: TapeFile) -> str:
    """That what is named for the opening states a later day than what is named for the closing, or nothing."""
    opening, closing = _days(tape)
    if not opening or not closing or min(opening.values()) <= max(closing.values()):
        return ""
    return f"{_said(opening, 'opening')}, and {_said(closing, 'closing')}"


def _other_day(tape: TapeFile, opening: date, closing: date) -> str:
    """That what is named for an instant states the day of the other one of the tapes, or nothing."""
    of_opening, of_closing = _days(tape)
    if closing in of_opening.values():
        return f"{_said(of_opening, 'opening')}, the day of the closing tapes"
    return f"{_said(of_closing, 'closing')}, the day of the opening tapes" if opening in of_closing.values() else ""


def _days(tape: TapeFile) -> tuple[dict[str, date], dict[str, date]]:
    """The days that the files of the opening and of the closing state, by their names."""
    names = [path.name for look in tape.looks for path in look.paths]
    stated = list(zip(names, tape.instants, strict=True))
    of_each = stated[: tape.of_opening], stated[tape.of_opening :]
    opening, closing = ({name: day for name, day in files if day is not None} for files in of_each)
    return opening, closing


def _said(days: Mapping[str, date], instant: str) -> str:
    name, day = next(iter(days.items()))
    return f"{name}, named for the {instant}, states {day}"
