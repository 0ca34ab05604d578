"""Tapes held against their contracts, as a close does."""

from __future__ import annotations

from datetime import date

import polars as pl

from gaapbridge.example.market import SEGMENTS
from gaapbridge.portfolio.cells import BAD_CELLS, Parsed
from gaapbridge.portfolio.checks import check
from gaapbridge.portfolio.contract import Circumstances, Contract


def rejects(tape: pl.DataFrame, contract: Contract, instant: date) -> pl.DataFrame:
    """Rows of a tape that its contract refuses."""
    numbered = tape.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))
    circumstances = Circumstances(instant=instant, currency="CNY", segments=SEGMENTS)
    return check(Parsed(numbered, pl.DataFrame(schema=BAD_CELLS)), contract, circumstances, "tape").rejects
