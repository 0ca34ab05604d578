"""Tapes held against their contracts, as a close does."""

from __future__ import annotations

from datetime import date

import polars as pl

from gaapbridge.example.market import GUARANTEED_LOANS
from gaapbridge.tapes.cells import BAD_CELLS, Parsed
from gaapbridge.tapes.checks import check
from gaapbridge.tapes.schema import Circumstances, Schema


def rejects(tape: pl.DataFrame, schema: Schema, instant: date) -> pl.DataFrame:
    """Rows of a tape that its contract refuses."""
    numbered = tape.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))
    circumstances = Circumstances(instant=instant, currency="CNY", segments=GUARANTEED_LOANS.segments)
    return check(Parsed(numbered, pl.DataFrame(schema=BAD_CELLS)), schema, circumstances, "tape").rejects
