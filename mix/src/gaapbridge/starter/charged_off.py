"""The amount of a write-off beside a balance that is nil since: it is the principal outstanding at the write-off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from gaapbridge.starter.guess import sure, together
from gaapbridge.starter.seen_numbers import unit_said
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.starter.tape_words import says_written_off
from gaapbridge.tapes.raw import BATCH_ROWS, Raw
from gaapbridge.tapes.trade_words import says_charged_off

_PRINCIPAL, _STATUS = "outstanding_principal_minor", "status"
_RECOVERED = ("recover", "收回", "追回", "回收")
_ABOVE_NIL = "[1-9]"


def with_charged_off(tape: TapeFile, raws: Sequence[Raw]) -> TapeFile:
    """The tape with amounts written off read before the balances, where each contract that was written off has a balance of
    nil and such an amount, and no other contract has anything in that column."""
    if not {_PRINCIPAL, _STATUS} <= tape.matches.keys():
        return tape
    balance = tape.matches[_PRINCIPAL].theirs
    called = [
        name
        for name in tape.money
        if says_charged_off(name)
        and not any(word in name.lower() for word in _RECOVERED)
        and unit_said(name) == unit_said(balance)
    ]
    if len(called) != 1 or not _told(tape, raws, called[0]):
        return tape
    (amount,) = called
    reason = f"{_PRINCIPAL}: of contracts written off {balance} is nil and {amount} is not, of all others it is empty"
    return replace(
        tape,
        unread=tuple(name for name in tape.unread if name != amount),
        money=tuple(name for name in tape.money if name != amount),
        guess=together((tape.guess, sure("first_of", {_PRINCIPAL: [amount, balance]}, reason))),
    )


def _told(tape: TapeFile, raws: Sequence[Raw], amount: str) -> bool:
    """Whether the rows of all files say so, one of them at least."""
    names = [amount, tape.matches[_PRINCIPAL].theirs, tape.matches[_STATUS].theirs]
    empty = ["", *tape.read.get("empty", ())]
    some = False
    for raw in raws:
        if not set(names) <= set(raw.header):
            return False
        for batch in raw.batches(names, BATCH_ROWS):
            off = says_written_off(batch[names[2]], tape.schema)
            cells = [batch[name].cast(pl.String).fill_null("").str.strip_chars() for name in names[:2]]
            stated, owed = (one.str.contains(_ABOVE_NIL) for one in cells)
            if (off & (~stated | owed)).any() or not cells[0].filter(~off).is_in(empty).all():
                return False
            some = some or bool(off.any())
    return some
