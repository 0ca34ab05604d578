"""Words of a tape that its plan has no line for: their rejects say which line would read them.

A status that comes for the first time in a second year is refused, never guessed; who reads the refusal need only add a line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from gaapbridge.tapes.ranges import Read
from gaapbridge.tapes.schema import Schema
from gaapbridge.tapes.trade_words import meanings, words_of_ours


def told_of_words(read: Read, schema: Schema, source: str) -> Read:
    """What was read of the tape that is ``source`` in the manifest, its rejects of words that are none of ours with the line of
    the plan that would read each.

    ``Matured`` in ``tapes.loans.closing``: add ``"Matured" = "matured"`` under ``[tapes.loans.read.values.status]``.
    """
    known = {rule.sentence: words_of_ours(schema, rule.column) for rule in schema.rules if rule.id == f"{rule.column}_known"}
    ours = {sentence: words for sentence, words in known.items() if words}
    tape = ".".join(source.split(".")[:2])
    return replace(read, rejects=tuple(_told(part, ours, tape) for part in read.rejects)) if ours else read


def _told(rejects: pl.DataFrame, ours: Mapping[str, Sequence[str]], tape: str) -> pl.DataFrame:
    """Rejects of one part; ``ours`` are the words that a column may hold, by the rule that says so."""
    unknown = rejects.filter(pl.col("rule").is_in(list(ours)) & (pl.col("value") != ""))
    words = unknown.select("rule", "column", "value").unique(maintain_order=True)
    if words.is_empty():
        return rejects
    lines = [_line(tape, column, word, ours[rule]) for rule, column, word in words.iter_rows()]
    told = words.with_columns(line=pl.Series(lines))
    beside = rejects.join(told, on=["rule", "column", "value"], how="left", maintain_order="left")
    return beside.with_columns(remedy=pl.coalesce("line", "remedy")).drop("line")


def _line(tape: str, column: str, word: str, ours: Sequence[str]) -> str:
    """The line that reads a word, with what else it may be where the trade has it in several meanings or in none.

    >>> _line("tapes.loans", "status", "Redeemed", ["on_book", "prepaid", "matured"])
    'add the line "Redeemed" = "prepaid" (or "matured") under [tapes.loans.read.values.status] of the plan, or correct the cell'
    """
    first, *others = meanings(column, word, ours) or ours
    written = json.dumps(word, ensure_ascii=False)
    choice = f" (or {', '.join(json.dumps(other) for other in others)})" if others else ""
    return f'add the line {written} = "{first}"{choice} under [{tape}.read.values.{column}] of the plan, or correct the cell'
