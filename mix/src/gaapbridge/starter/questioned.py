"""Columns that are called as ours are, and hold something else by their figures: not read until their owner says so."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from gaapbridge.starter.guess import COLUMNS, Question
from gaapbridge.starter.names import Match
from gaapbridge.starter.tape_file import TapeFile

_INSTALMENT, _INTEREST, _LATE = "instalment_minor", "billed_unpaid_interest_minor", "days_past_due"
_OWED = "outstanding_principal_minor"
_SAYS_UNPAID = re.compile(r"unpaid|past.?due|overdue|arrear|欠|逾期|未还|未收", re.I)
_ABOVE_NIL = "[1-9]"


def without_questioned(tape: TapeFile, first: pl.DataFrame, header: list[str]) -> TapeFile:
    """The tape without the columns that its first rows speak against: each of them switched off, with the question, and among
    those that are not read, in the order of the header."""
    asked = {**_instalment(tape), **_interest(tape.matches, first)}
    if not asked:
        return tape
    unread = {*tape.unread, *(tape.matches[ours].theirs for ours in asked)}
    questions = (
        Question(ours, why, (f"{ours} = {json.dumps(tape.matches[ours].theirs, ensure_ascii=False)}",), COLUMNS)
        for ours, why in asked.items()
    )
    return replace(
        tape,
        matches={ours: match for ours, match in tape.matches.items() if ours not in asked},
        unread=tuple(name for name in dict.fromkeys([*header, *tape.unread]) if name in unread),
        guess=replace(tape.guess, questions=(*tape.guess.questions, *questions)),
        money=tuple(dict.fromkeys([*tape.money, *(tape.matches[ours].theirs for ours in asked if ours == _INTEREST)])),
        faults={ours: fault for ours, fault in tape.faults.items() if ours not in asked},
    )


def _instalment(tape: TapeFile) -> dict[str, str]:
    """An instalment that a rule of the tape does not allow of some contracts, or nil: without it, it is computed."""
    fault = tape.faults.get(_INSTALMENT, "")
    broken = any(fault.endswith(rule.sentence) for rule in tape.schema.rules if rule.column == _INSTALMENT)
    if not broken:
        return {}
    return {_INSTALMENT: f"{fault}, so such contracts would be rejected; not read, it is computed of all of them"}


def _interest(matches: Mapping[str, Match], first: pl.DataFrame) -> dict[str, str]:
    """Interest of contracts most of which are not late at all, and of most that are not: it accrued, and was not billed."""
    if not {_INTEREST, _LATE, _OWED} <= matches.keys() or _SAYS_UNPAID.search(matches[_INTEREST].theirs):
        return {}
    with_it, late, owed = (
        first[matches[ours].theirs].cast(pl.String).fill_null("").str.contains(_ABOVE_NIL) for ours in (_INTEREST, _LATE, _OWED)
    )
    current = int((with_it & ~late).sum())
    if 2 * current <= with_it.sum() or 2 * current <= (owed & ~late).sum():
        return {}
    told = f"{current:,} of {with_it.sum():,} contracts with it are 0 days past due, as where it accrues and is not billed"
    return {_INTEREST: f"{told}; read it only where it fell due"}
