"""Guarantees and their fee instalments held against each other, chunk by chunk as they are streamed side by side.

A guarantee counts with all its instalments or not at all, and every row that does not count is among the rejects.
"""

from __future__ import annotations

import polars as pl

from gaapbridge.contracts.guarantees.schema import GUARANTEE_FEES, GUARANTEES
from gaapbridge.tapes.checks import Checked, check_across
from gaapbridge.tapes.stream import ContractTape


def whole_guarantees(
    guarantees: pl.DataFrame, fees: pl.DataFrame, guarantee_tape: ContractTape, fee_tape: ContractTape
) -> tuple[Checked, Checked]:
    """Guarantees and fee instalments of one instant that are good together, from chunks that `aligned` brought together.

    Rejected are the guarantees of which an instalment is rejected, the other instalments of those and of guarantees that are
    rejected themselves, and instalments of contracts that are not on the guarantee tape.
    """
    contract = pl.col("contract_id")
    without_guarantee, without_fees = guarantee_tape.rejected_ids.implode(), fee_tape.rejected_ids.implode()
    listed = guarantees["contract_id"].implode()
    good = check_across(
        guarantees.with_columns(fees_rejected=contract.is_in(without_fees)),
        GUARANTEES,
        GUARANTEES.across,
        guarantee_tape.source.file,
    )
    kept = check_across(
        fees.with_columns(
            guarantee_unlisted=~(contract.is_in(listed) | contract.is_in(without_guarantee)),
            guarantee_rejected=contract.is_in(without_guarantee) | (contract.is_in(listed) & contract.is_in(without_fees)),
        ),
        GUARANTEE_FEES,
        GUARANTEE_FEES.across,
        fee_tape.source.file,
    )
    return good, kept
