"""The loans of a frame held against the schema of the loan tape, as a close does with a file's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.tapes.cells import BAD_CELLS, Parsed
from gaapbridge.tapes.checks import Checked, check
from gaapbridge.tapes.schema import Circumstances


def check_loans(
    frame: pl.DataFrame, *, instant: date, currency: str, segments: Sequence[str] | None = None, file: str = "loans"
) -> Checked:
    """The rows of a frame in the schema's exact types; `row` is numbered from 1 where absent. Default is at 62 days."""
    if "row" not in frame.columns:
        frame = frame.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))
    known = None if segments is None else tuple(segments)
    days = None if known is None else tuple((segment, 62) for segment in known)
    circumstances = Circumstances(instant=instant, currency=currency, segments=known, default_days=days)
    return check(Parsed(frame, pl.DataFrame(schema=BAD_CELLS)), LOANS, circumstances, file)
