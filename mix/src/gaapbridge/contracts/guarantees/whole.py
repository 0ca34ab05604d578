"""Guarantees and their fee instalments held against each other, range by range.

A guarantee counts with all its instalments or not at all, and every row that does not count is among the rejects.
"""

from __future__ import annotations

import polars as pl

from gaapbridge.tapes.ranges import Held


def whole_guarantees(guarantees: Held, fees: Held) -> tuple[Held, Held]:
    """Guarantees and fee instalments of one range and instant that are good together.

    Rejected are the guarantees of which an instalment is rejected, the other instalments of those and of guarantees that are
    rejected themselves, and instalments of contracts that are not on the guarantee tape.
    """
    contract = pl.col("contract_id")
    listed = guarantees.good["contract_id"].implode()
    if guarantees.rejects.is_empty() and fees.rejects.is_empty() and fees.good.select(contract.is_in(listed).all()).item():
        return guarantees, fees
    without_guarantee, without_fees = guarantees.rejected_ids.implode(), fees.rejected_ids.implode()
    beside_fees = guarantees.good.with_columns(fees_rejected=contract.is_in(without_fees))
    beside_guarantees = fees.good.with_columns(
        guarantee_unlisted=~(contract.is_in(listed) | contract.is_in(without_guarantee)),
        guarantee_rejected=contract.is_in(without_guarantee) | (contract.is_in(listed) & contract.is_in(without_fees)),
    )
    return (
        guarantees.across(beside_fees, guarantees.schema.across),
        fees.across(beside_guarantees, fees.schema.across),
    )
