"""Rows of one contract on the tapes of both instants: good together or not at all.

A contract whose row is rejected at one instant cannot be measured, and its other row must not read as if it had come or gone.
"""

from __future__ import annotations

import polars as pl

from gaapbridge.tapes.ranges import Held
from gaapbridge.tapes.schema import Rule

OTHER_ROW_GOOD = Rule(
    "other_row_good",
    "contract_id",
    "the other rows of the contract are good",
    "correct the rows of the contract that are rejected for a reason of their own",
    lambda _: pl.col("other_rejected"),
    follows=True,
)


def without(tape: Held, rejected: pl.Series) -> Held:
    """A tape without the rows of contracts that are ``rejected`` elsewhere."""
    if rejected.is_empty() or tape.good.is_empty():
        return tape
    beside = tape.good.with_columns(other_rejected=pl.col("contract_id").is_in(rejected.implode()))
    return tape.across(beside, [OTHER_ROW_GOOD])
