"""A first look at the contract ids of a whole tape: are they in order, does one stand twice, how long are the terms?

A Parquet file in order shows it by the statistics of its row groups. Otherwise two columns are read: a tape in order costs
one comparison a row; of another, 64-bit hashes are kept (8 bytes a row), and only ids whose hashes meet are compared as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.portfolio.read import CHUNK_ROWS, Source

READ_ROWS = 4 * CHUNK_ROWS
"""Rows read and checked at a time; a row costs a third less there than in chunks of a quarter."""

_SAMPLE_EVERY = 499


@dataclass(frozen=True)
class Survey:
    """What a tape's ids show before its rows are read.

    ``ascending``: the rows lie in the binary order of their ids. ``duplicated``: ids that stand more than once; None where
    only the order of the row groups is known, so that order and repetition within a group are yet to be looked at.
    ``sample``: ids of a tape that is not in order, sorted, from which its order is planned. ``longest_term``: instalments,
    at least 1.
    """

    ascending: bool
    duplicated: frozenset[str] | None
    sample: tuple[str, ...]
    longest_term: int


def survey_of(source: Source) -> Survey:
    """The survey of a loan tape; rows without an id take no part in order and repetition."""
    stated = _stated(source)
    if stated is not None:
        return stated
    order = _Order()
    longest = 1
    for parsed in source.batches(READ_ROWS, ["contract_id", "term_instalments"]):
        order.see(parsed.frame["contract_id"].drop_nulls())
        term = parsed.frame["term_instalments"].max()
        longest = max(longest, int(term)) if isinstance(term, int) else longest
    if order.ascending:
        return Survey(True, frozenset(order.repeated), (), longest)
    hashes: list[NDArray[np.uint64]] = []
    sample: list[str] = []
    for ids in _ids(source):
        hashes.append(ids.hash(0).to_numpy())
        sample.extend(ids.gather_every(_SAMPLE_EVERY).to_list())
    return Survey(False, _repeated(source, np.concatenate(hashes)), tuple(sorted(sample)), longest)


def _stated(source: Source) -> Survey | None:
    """The survey that the statistics of small row groups make, where each group lies wholly after the one before."""
    if max(source.raw.groups, default=0) > READ_ROWS:
        return None
    ids, terms = source.extremes("contract_id"), source.extremes("term_instalments")
    if not ids or not terms:
        return None
    if any(lowest <= highest for (_, highest), (lowest, _) in pairwise(ids)):
        return None
    return Survey(True, None, (), max(1, *(highest for _, highest in terms)))


class _Order:
    """Whether ids seen so far ascend, and which of them stood twice in a row."""

    def __init__(self) -> None:
        self.ascending = True
        self.repeated: set[str] = set()
        self._last: str | None = None

    def see(self, ids: pl.Series) -> None:
        """Take the next ids into account; nothing more to learn once one of them has come too late."""
        if not self.ascending or ids.is_empty():
            return
        if self._last is not None:
            self.ascending = self._last <= ids[0]
            if self._last == ids[0]:
                self.repeated.add(self._last)
        before, after = ids.slice(0, ids.len() - 1), ids.slice(1)
        self.ascending = self.ascending and not (after < before).any()
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


def strictly_ascending(ids: pl.Series) -> bool:
    """Whether every id is given and greater than the one before.

    >>> strictly_ascending(pl.Series(["a", "b"])), strictly_ascending(pl.Series(["a", "a"]))
    (True, False)
    """
    return ids.null_count() == 0 and not (ids.slice(1) <= ids.slice(0, max(ids.len() - 1, 0))).any()
