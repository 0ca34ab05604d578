"""A first look at the contract ids of a whole tape: are they in order, does one stand twice, how long are the terms?

A Parquet file in order shows it by the statistics of its row groups. Otherwise the ids are read, and the terms where the tape
has any: a tape in order costs one comparison a row; of another, 64-bit hashes are kept (8 bytes a row), and only ids whose
hashes meet are compared as text. Where a contract may have several rows, nothing is asked but the order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from operator import le, lt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.tapes.read import CHUNK_ROWS, Source

MOST_INSTALMENTS = 480
"""The longest term that a tape may have."""

READ_ROWS = 4 * CHUNK_ROWS
"""Rows read and checked at a time; a row costs a third less there than in chunks of a quarter."""

_SAMPLE_EVERY = 499


@dataclass(frozen=True)
class Survey:
    """What a tape's ids show before its rows are read.

    ``ascending``: the rows lie in the binary order of their ids. ``duplicated``: ids that stand more than once and must not;
    None where only the order of the row groups is known, so that order and repetition within a group are yet to be looked at.
    ``sample``: ids of a tape that is not in order, sorted, from which its order is planned. ``longest_term``: instalments,
    at least 1.
    """

    ascending: bool
    duplicated: frozenset[str] | None
    sample: tuple[str, ...]
    longest_term: int


def survey_of(source: Source) -> Survey:
    """The survey of a tape of contracts; rows without an id take no part in order and repetition."""
    stated = _stated(source)
    if stated is not None:
        return stated
    unique = bool(source.schema.key)
    order = _Order()
    longest = 1
    for parsed in source.batches(READ_ROWS, ["contract_id", *_terms(source)]):
        order.see(parsed.frame["contract_id"].drop_nulls(), unique=unique)
        for name in _terms(source):
            term = parsed.frame[name].max()
            longest = max(longest, int(term)) if isinstance(term, int) else longest
    if order.ascending:
        return Survey(True, frozenset(order.repeated), (), longest)
    hashes: list[NDArray[np.uint64]] = []
    sample: list[str] = []
    for ids in _ids(source):
        sample.extend(ids.gather_every(_SAMPLE_EVERY).to_list())
        if unique:
            hashes.append(ids.hash(0).to_numpy())
    repeated = _repeated(source, np.concatenate(hashes)) if unique else frozenset[str]()
    return Survey(False, repeated, tuple(sorted(sample)), longest)


def _terms(source: Source) -> list[str]:
    """The column of the terms, where the tape has one."""
    return [name for name in source.schema.names if name == "term_instalments"]


def _stated(source: Source) -> Survey | None:
    """The survey that the statistics of small row groups make, where each group lies wholly after the one before.

    A contract that may have many rows may also begin in one group and go on in the next.
    """
    if max(source.raw.groups, default=0) > READ_ROWS:
        return None
    ids = source.extremes("contract_id")
    if not ids:
        return None
    precedes = lt if source.schema.key else le
    if not all(precedes(highest, lowest) for (_, highest), (lowest, _) in pairwise(ids)):
        return None
    longest = 1
    for name in _terms(source):
        terms = source.extremes(name)
        if not terms:
            return None
        longest = max(longest, *(highest for _, highest in terms))
    return Survey(True, None, (), longest)


class _Order:
    """Whether ids seen so far ascend, and which of those that are to be unique stood twice in a row."""

    def __init__(self) -> None:
        self.ascending = True
        self.repeated: set[str] = set()
        self._last: str | None = None

    def see(self, ids: pl.Series, *, unique: bool) -> None:
        """Take the next ids into account; nothing more to learn once one of them has come too late."""
        if not self.ascending or ids.is_empty():
            return
        if self._last is not None:
            self.ascending = self._last <= ids[0]
            if unique and self._last == ids[0]:
                self.repeated.add(self._last)
        self.ascending = self.ascending and ascending(ids, strictly=False)
        if unique:
            before, after = ids.slice(0, ids.len() - 1), ids.slice(1)
            self.repeated.update(after.filter(after == before).to_list())
        self._last = ids[-1]


def _ids(source: Source) -> Iterator[pl.Series]:
    for parsed in source.batches(READ_ROWS, ["contract_id"]):
        yield parsed.frame["contract_id"].drop_nulls()


def _repeated(source: Source, hashes: NDArray[np.uint64]) -> frozenset[str]:
    """Ids that are equal as text among those whose hashes are."""
    hashes.sort()
    meeting = pl.Series(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
    if meeting.is_empty():
        return frozenset()
    found = pl.concat([ids.filter(ids.hash(0).is_in(meeting.implode())) for ids in _ids(source)])
    return frozenset(found.filter(found.is_duplicated()).to_list())


def ascending(ids: pl.Series, *, strictly: bool) -> bool:
    """Whether every id is given and, ``strictly``, greater than the one before; otherwise not less than it.

    >>> ascending(pl.Series(["a", "a"]), strictly=False), ascending(pl.Series(["a", "a"]), strictly=True)
    (True, False)
    """
    before, after = ids.slice(0, max(ids.len() - 1, 0)), ids.slice(1)
    return ids.null_count() == 0 and not ((after <= before) if strictly else (after < before)).any()
