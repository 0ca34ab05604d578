"""Unusual values in the good rows of a tape, counted range by range."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from gaapbridge.tapes.schema import Unusual
from gaapbridge.terms.finding import NAMED_CONTRACTS, named


@dataclass(frozen=True)
class UnusualRows:
    """How many rows that break no rule have an unusual value, and the lowest of their contract ids.

    Neither depends on how the rows are cut; rows without such a value cost one maximum.
    """

    unusual: Unusual
    rows: int = 0
    first_ids: tuple[str, ...] = ()

    @staticmethod
    def of(unusual: Unusual, good: pl.DataFrame) -> UnusualRows:
        """What good rows of a tape have of it."""
        highest: Any = good[unusual.column].max()
        if highest is None or highest <= unusual.most:
            return UnusualRows(unusual)
        ids = good.filter(pl.col(unusual.column) > unusual.most)["contract_id"]
        return UnusualRows(unusual, ids.len(), _first(ids.to_list()))

    def __add__(self, other: UnusualRows) -> UnusualRows:
        return UnusualRows(self.unusual, self.rows + other.rows, _first(self.first_ids + other.first_ids))

    @property
    def named(self) -> str:
        """The first contracts by name, and whether there are others."""
        return named(self.first_ids, self.rows)


def _first(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids))[:NAMED_CONTRACTS])
