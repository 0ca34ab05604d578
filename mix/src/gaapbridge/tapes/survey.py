"""A first look at the contract ids of whole tapes: are they in order, how long are the terms, and where to cut them?

Only ids and terms are read. What is kept is one id of every thousand, so memory does not grow with the tape.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from gaapbridge.tapes.raw import BATCH_ROWS
from gaapbridge.tapes.read import Source
from gaapbridge.tapes.schema import MOST_INSTALMENTS
from gaapbridge.terms import UnusableInput

READ_ROWS = 4 * BATCH_ROWS
"""Rows of a range where a contract may have several; rows looked at and dealt out at a time."""

MARK_ROWS = 1_024
"""Rows that one mark stands for: ranges are cut no finer."""


@dataclass(frozen=True)
class Survey:
    """What a tape's ids show before its rows are read.

    ``ascending``: every row has an id, and none is less than the one before in binary order. ``marks``: the id of every
    ``MARK_ROWS``-th row, in the order of the file. ``longest_term``: instalments, at least 1 and at most ``MOST_INSTALMENTS``.
    """

    ascending: bool
    marks: tuple[str, ...]
    longest_term: int


def survey_of(source: Source, currency: str | None) -> Survey:
    """The survey of a tape of contracts. Raises ``UnusableInput`` where no row at its head is in the entity's currency."""
    in_order, last, longest, seen = True, "", 1, 0
    marks: list[str] = []
    _refuse_currency(source, currency)
    term = [name for name in source.schema.names if name == "term_instalments"]
    for parsed in source.batches(READ_ROWS, ["contract_id", *term]):
        ids = parsed.frame["contract_id"]
        in_order = in_order and ids.len() > 0 and ascending(ids, strictly=False) and last <= ids[0]
        last = ids[-1] if in_order else last
        marks += ids.slice((MARK_ROWS - 1 - seen) % MARK_ROWS).gather_every(MARK_ROWS).drop_nulls().to_list()
        seen += ids.len()
        for name in term:
            most = parsed.frame[name].max()
            longest = max(longest, most) if isinstance(most, int) else longest
    return Survey(in_order, tuple(marks), min(longest, MOST_INSTALMENTS))


def ascending(ids: pl.Series, *, strictly: bool) -> bool:
    """Whether every id is given and, ``strictly``, greater than the one before; otherwise not less than it.

    >>> ascending(pl.Series(["a", "a"]), strictly=False), ascending(pl.Series(["a", "a"]), strictly=True)
    (True, False)
    """
    before, after = ids.slice(0, max(ids.len() - 1, 0)), ids.slice(1)
    return ids.null_count() == 0 and not ((after <= before) if strictly else (after < before)).any()


def cuts_of(tapes: Sequence[tuple[Sequence[str], int]]) -> tuple[str, ...]:
    """The last id of each range of contracts but the last: the same for all tapes, each given by its marks and the rows
    that a range may have of it. They depend on the tapes alone.

    >>> cuts_of([(["d", "h", "l", "p"], 2 * MARK_ROWS), (["c", "g"], MARK_ROWS)])
    ('c', 'g', 'l')
    """
    rows: Counter[int] = Counter()
    cuts: list[str] = []
    for contract_id, tape in sorted((mark, tape) for tape, (marks, _) in enumerate(tapes) for mark in marks):
        rows[tape] += MARK_ROWS
        if rows[tape] >= tapes[tape][1] and cuts[-1:] != [contract_id]:
            cuts.append(contract_id)
            rows.clear()
    return tuple(cuts)


def _refuse_currency(source: Source, currency: str | None) -> None:
    if currency is None or "currency" not in source.theirs:
        return
    head = next(iter(source.batches(READ_ROWS, ["currency"])), None)
    given = pl.Series([], dtype=pl.String) if head is None else head.frame["currency"].drop_nulls()
    if given.is_empty() or (given == currency).any():
        return
    raise UnusableInput(
        file=source.file,
        row="1",
        column="currency",
        value=", ".join(given.unique().sort().head(5).to_list()),
        rule=f"the tape is in the entity's currency {currency}",
        remedy="name the tape of this entity, or correct entity.currency in the plan",
    )
