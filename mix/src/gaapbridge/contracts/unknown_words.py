"""Words of a tape that its plan has no line for: their rejects say which line would read them.

A status that comes for the first time in a second year is refused, never guessed; who reads the refusal need only add a line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from gaapbridge.tapes.checks import NO_REJECTS
from gaapbridge.tapes.ranges import Read
from gaapbridge.tapes.read import Source
from gaapbridge.tapes.survey import READ_ROWS
from gaapbridge.tapes.trade_words import ON_BOOK, WRITTEN_OFF, meanings, says_charged_off, words_of_ours

_EXIT = "exit_date"
"""The day on which a contract left: a row that has it is in another word than on_book, and one that has not is on book."""


def told_of_words(read: Read, tape: Source, name: str) -> Read:
    """What was read of the tape that is ``name`` in the manifest, its rejects of words that are none of ours with the line of
    the plan that would read each: of what the trade has it for, that which the rows' own cells allow.

    ``Matured`` in ``tapes.loans.closing``: add ``"Matured" = "matured"`` under ``[tapes.loans.read.values.status]``.
    """
    if not any(part.height for part in read.rejects):
        return read  # as of nearly every tape: to ask which words are ours took a fifteenth of a small close
    rules = tape.schema.rules
    known = {rule.sentence: words_of_ours(tape.schema, rule.column) for rule in rules if rule.id == f"{rule.column}_known"}
    ours = {sentence: words for sentence, words in known.items() if words}
    unknown = pl.concat([NO_REJECTS, *read.rejects]).filter(pl.col("rule").is_in(list(ours)) & (pl.col("value") != ""))
    if unknown.is_empty():
        return read
    beside = unknown.join(_left(tape, unknown["row"]), on="row", how="left")
    lines = _lines(beside, ours, ".".join(name.split(".")[:2]))
    return replace(read, rejects=tuple(_told(part, lines) for part in read.rejects))


def _left(tape: Source, rows: pl.Series) -> pl.DataFrame:
    """Whether some rows of a tape have the day on which their contract left, readable or not; not known without such days."""
    if _EXIT not in tape.schema.names:
        return pl.DataFrame({"row": rows.unique(), "left": None}, schema_overrides={"left": pl.Boolean})
    if _EXIT in tape.lacking:
        return pl.DataFrame({"row": rows.unique(), "left": False})
    given = pl.col(_EXIT).is_not_null()
    return pl.concat(
        part.frame.filter(pl.col("row").is_in(rows.implode())).select(
            "row", left=given | pl.col("row").is_in(part.bad["row"].implode())
        )
        for part in tape.batches(READ_ROWS, [_EXIT])
    )


def _lines(unknown: pl.DataFrame, ours: Mapping[str, Sequence[str]], tape: str) -> pl.DataFrame:
    """The line that would read each word, in all rows of the tape."""
    words = unknown.group_by("rule", "column", "value", maintain_order=True).agg(pl.col("left").drop_nulls().unique())
    lines = [_line(tape, column, word, ours[rule], left) for rule, column, word, left in words.iter_rows()]
    return words.select("rule", "column", "value", line=pl.Series(lines, dtype=pl.String))


def _told(rejects: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Rejects of one part, those of a word with the line that would read it."""
    beside = rejects.join(lines, on=["rule", "column", "value"], how="left", maintain_order="left")
    return beside.with_columns(remedy=pl.coalesce("line", "remedy")).drop("line")


def _line(tape: str, column: str, word: str, ours: Sequence[str], left: Sequence[bool]) -> str:
    """The line that reads a word, with what else it may be where the trade has it in several meanings or in none. Of these it
    is none that all its rows contradict: on_book where each has ``left``, another where none has. One that may say that the
    contract was charged off is offered that first, and on_book never.

    >>> _line("tapes.loans", "status", "Redeemed", ["on_book", "prepaid", "matured"], [True])
    'add the line "Redeemed" = "prepaid" (or "matured") under [tapes.loans.read.values.status] of the plan, or correct the cell'
    >>> _line("tapes.loans", "status", "Gone", ["on_book", "prepaid"], [True])
    'add the line "Gone" = "prepaid" under [tapes.loans.read.values.status] of the plan, or correct the cell'
    >>> _line("tapes.loans", "status", "Chg Off X", ["on_book", "prepaid", "written_off"], [False]).split(" under ")[0]
    'add the line "Chg Off X" = "written_off" (or "prepaid")'
    """
    means = meanings(column, word, ours) or _known(word, ours)
    first, *others = [one for one in means if len(left) != 1 or (one != ON_BOOK) == left[0]] or means
    written = json.dumps(word, ensure_ascii=False)
    choice = f" (or {', '.join(json.dumps(other) for other in others)})" if others else ""
    return f'add the line {written} = "{first}"{choice} under [{tape}.read.values.{column}] of the plan, or correct the cell'


def _known(word: str, ours: Sequence[str]) -> Sequence[str]:
    """Every word of ours that one of a file may be which the trade has in no meaning: of a charge-off that one first."""
    if WRITTEN_OFF not in ours or not says_charged_off(word):
        return ours
    return [WRITTEN_OFF, *(one for one in ours if one not in (WRITTEN_OFF, ON_BOOK))]
