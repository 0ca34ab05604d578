"""Rows of one contract on the tapes of both instants: good together or not at all.

A contract whose row is rejected at one instant cannot be measured, and its other row must not read as if it had come or gone.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from gaapbridge.tapes.checks import REJECTS, Checked, check_across
from gaapbridge.tapes.schema import Rule, Schema
from gaapbridge.tapes.stream import ContractTape

OTHER_ROW_GOOD = Rule(
    "other_row_good",
    "contract_id",
    "the other rows of the contract are good",
    "correct the rows of the contract that are rejected for a reason of their own",
    lambda _: pl.col("other_rejected"),
    follows=True,
)


def good_on_both(frame: pl.DataFrame, schema: Schema, others: Iterable[ContractTape], file: str) -> Checked:
    """Rows of a tape whose contracts have no rejected row on the ``others``, from a chunk brought together with theirs."""
    rejected = [tape.rejected_ids for tape in others if not tape.rejected_ids.is_empty()]
    if not rejected or frame.is_empty():
        return Checked(frame, pl.DataFrame(schema=REJECTS), schema.amount)
    return without(frame, schema, pl.concat(rejected), file)


def without(frame: pl.DataFrame, schema: Schema, rejected: pl.Series, file: str) -> Checked:
    """Rows of a tape but those of the ``rejected`` contracts."""
    beside = frame.with_columns(other_rejected=pl.col("contract_id").is_in(rejected.implode()))
    return check_across(beside, schema, [OTHER_ROW_GOOD], file)
