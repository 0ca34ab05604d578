"""Rows of one contract on the tapes of both instants: good together or not at all.

A contract whose row is rejected at one instant cannot be measured, and its other row must not read as if it had come or gone.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from gaapbridge.portfolio.checks import REJECTS, Checked, check_across
from gaapbridge.portfolio.contract import Contract, Rule
from gaapbridge.portfolio.stream import ContractTape

OTHER_ROW_GOOD = Rule(
    "other_row_good",
    "contract_id",
    "the contract's rows on the tape of the other instant are good",
    "correct the rows of the contract that are rejected there",
    lambda _: pl.col("other_rejected"),
    follows=True,
)


def good_on_both(frame: pl.DataFrame, contract: Contract, others: Iterable[ContractTape], file: str) -> Checked:
    """Rows of a tape whose contracts have no rejected row on the ``others``, from a chunk brought together with theirs."""
    rejected = [tape.rejected_ids for tape in others if not tape.rejected_ids.is_empty()]
    if not rejected or frame.is_empty():
        return Checked(frame, pl.DataFrame(schema=REJECTS), contract.amount)
    among = pl.concat(rejected).implode()
    return check_across(frame.with_columns(other_rejected=pl.col("contract_id").is_in(among)), contract, [OTHER_ROW_GOOD], file)
