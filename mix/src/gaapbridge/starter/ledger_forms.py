"""In which form a ledger states its balances, told from its figures: debits and credits, or a balance by side or sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from gaapbridge.plan.reading import ReadTable
from gaapbridge.starter.guess import COLUMNS, open_question, together
from gaapbridge.starter.tape_faults import of_columns
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.tapes.ledger import balance_of
from gaapbridge.tapes.read import open_tape
from gaapbridge.terms.errors import UnusableInput

ACCOUNT = "account"
SIDES, BALANCE, SIDE = ("debit_minor", "credit_minor"), "balance_minor", "side"
"""Our columns of the two forms."""


def in_one_form(tape: TapeFile) -> TapeFile:
    """A ledger with the columns of one form; those of another are not read. What the figures leave open is a question."""
    found = tape.matches.keys()
    if not {*SIDES, BALANCE} & found:
        why = "no column of debits and credits, or of balances, was found"
        lines = [f'{ours} = ""' for ours in (*SIDES, BALANCE)]
        return _asked(tape, ", ".join((*SIDES, BALANCE)), why, *lines)
    if {*SIDES, BALANCE} <= found:
        tape = _of_both(tape)
    if BALANCE not in tape.matches:
        return without(tape, [BALANCE, SIDE])
    return _sided(tape if {*SIDES} & tape.matches.keys() else without(tape, SIDES))


def _of_both(tape: TapeFile) -> TapeFile:
    """A ledger with debits, credits and a balance: the balance, where they are not what it comes to."""
    rows = _rows(tape, [*SIDES, BALANCE])
    names = " and ".join(tape.matches[ours].theirs for ours in SIDES)
    if rows is None:
        why = f"{names} may be balances or movements of the period: leave them or {tape.matches[BALANCE].theirs} out"
        return _asked(tape, BALANCE, why)
    same = (rows[SIDES[0]] - rows[SIDES[1]]).abs() == rows[BALANCE].abs()
    if same.all():
        return without(tape, [BALANCE, SIDE])
    return _because(without(tape, SIDES), f"{names} are movements of the period: they do not come to it")


def _sided(tape: TapeFile) -> TapeFile:
    """A ledger of balances: beside their side where the figures bear it out, else by their sign."""
    rows = _rows(tape, [BALANCE, *([SIDE] if SIDE in tape.matches else [])])
    if rows is None:
        return tape
    if SIDE in tape.matches:
        if _both_ways(rows.select(balance_of([BALANCE, SIDE])).to_series()):
            return tape
        tape = _because(without(tape, [SIDE]), f"its sign says what {tape.matches[SIDE].theirs} says")
    if _both_ways(rows[BALANCE]):
        return _because(tape, "its sign is taken as debit positive: look at it")
    return _asked(tape, SIDE, "all balances have one sign, and no column that says debit or credit was found", 'side = ""')


def balances_of(tape: TapeFile) -> list[dict[str, int]] | None:
    """The balances of the accounts in each file, debit positive; None where one is not read as is proposed."""
    names = [ours for ours in (ACCOUNT, *SIDES, BALANCE, SIDE) if ours in tape.matches]
    read = [_read(tape, path, names) for path in tape.paths]
    stated = [rows for rows in read if rows is not None]
    if ACCOUNT not in names or len(stated) < len(read):
        return None
    return [dict(rows.select(ACCOUNT, balance_of(names)).drop_nulls().iter_rows()) for rows in stated]


def _both_ways(balances: pl.Series) -> bool:
    return bool((balances > 0).any() and (balances < 0).any())


def _rows(tape: TapeFile, names: Sequence[str]) -> pl.DataFrame | None:
    """The rows of some columns in all files, exact; None where one is not read as is proposed."""
    found = [_read(tape, path, names) for path in tape.paths]
    read = [rows for rows in found if rows is not None]
    return pl.concat(read) if len(read) == len(found) else None


def _read(tape: TapeFile, path: Path, names: Sequence[str]) -> pl.DataFrame | None:
    schema = replace(tape.schema, columns=tuple(tape.schema.column(name) for name in names), rules=(), key=())
    try:
        whole = open_tape(
            path, schema, amounts=tape.amounts, columns={ours: tape.matches[ours].theirs for ours in names}, ignore=("*",),
            read=ReadTable(**of_columns(tape, names)), currency=None if tape.currency is None else tape.currency[0],
        ).whole()  # fmt: skip
    except UnusableInput:
        return None
    zeros = [pl.col(name).fill_null(0) for name in names if name in (*SIDES, BALANCE)]
    return None if whole.bad.height else whole.frame.select(names).with_columns(zeros)


def without(tape: TapeFile, names: Sequence[str]) -> TapeFile:
    """A ledger of another form than some of our columns are of: those of the file that stand for them are not read."""
    kept = {ours: match for ours, match in tape.matches.items() if ours not in names}
    read = of_columns(tape, [ours for ours in tape.schema.names if ours not in names])
    keys = {"amounts": tape.amounts, **read}
    return replace(
        tape,
        schema=replace(tape.schema, columns=tuple(one for one in tape.schema.columns if one.name not in names)),
        matches=kept,
        unread=(*tape.unread, *(tape.matches[ours].theirs for ours in names if ours in tape.matches)),
        guess=replace(tape.guess, keys=keys),
        words={ours: words for ours, words in tape.words.items() if ours in kept},
        faults={ours: fault for ours, fault in tape.faults.items() if ours not in names},
    )


def _because(tape: TapeFile, why: str) -> TapeFile:
    balance = tape.matches[BALANCE]
    return replace(tape, matches={**tape.matches, BALANCE: replace(balance, why=f"{balance.why}; {why}")})


def _asked(tape: TapeFile, about: str, why: str, *lines: str) -> TapeFile:
    return replace(tape, guess=together((tape.guess, open_question(about, why, *lines, table=COLUMNS))))
