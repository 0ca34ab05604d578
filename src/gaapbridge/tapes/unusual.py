"""Unusual values in the good rows of a tape, counted while it is streamed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from gaapbridge.tapes.schema import Unusual
from gaapbridge.terms.finding import NAMED_CONTRACTS, named


@dataclass
class UnusualRows:
    """How many rows that break no rule have an unusual value, and the lowest of their contract ids.

    Neither depends on how the rows are cut into chunks; a chunk without such a row costs one maximum.
    """

    unusual: Unusual
    rows: int = 0
    first_ids: tuple[str, ...] = ()

    def see(self, good: pl.DataFrame) -> None:
        """Take the next good rows of the tape into account."""
        value = pl.col(self.unusual.column)
        highest = good.select(value.max()).item()
        if highest is None or highest <= self.unusual.most:
            return
        ids = good.filter(value > self.unusual.most)["contract_id"]
        self.rows += ids.len()
        self.first_ids = tuple(sorted({*self.first_ids, *ids.sort().head(NAMED_CONTRACTS)})[:NAMED_CONTRACTS])

    @property
    def named(self) -> str:
        """The first contracts by name, and whether there are others."""
        return named(self.first_ids, self.rows)
