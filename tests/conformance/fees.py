"""Fee instalments of one guarantee as a close takes them, at the start and at the end of every period of an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaapbridge.contracts.guarantees.fee_rows import FeeRows
from gaapbridge.differences.financial_guarantee.treatment import Fees

DAY_NIL = np.datetime64("2000-01-01")
"""Inception; a period of the example is a day."""


@dataclass(frozen=True)
class Instalments:
    """Fees due at the start of successive periods, what was collected to date in each state, and the periods each covers."""

    fees: Sequence[int]
    collected: Sequence[int]
    coverage_periods: int = 1


def up_front(premium: int, periods: int) -> Instalments:
    """One fee, collected at inception, for all periods."""
    return Instalments([premium], [premium] * (periods + 1), periods)


def fees_of(fair_value: int, instalments: Instalments) -> Fees:
    """The guarantee in every state as one column of many guarantees: a tape for each state, collections to the oldest fees."""
    states, rows = len(instalments.collected), len(instalments.fees)
    fee = np.tile(np.array(instalments.fees, dtype=np.int64), states)
    due_before = np.tile(np.cumsum(instalments.fees) - instalments.fees, states)
    collected = np.clip(np.repeat(np.array(instalments.collected, dtype=np.int64), rows) - due_before, 0, fee)
    start = DAY_NIL + np.tile(np.arange(rows) * instalments.coverage_periods, states)
    whole = np.arange(states)
    tape = FeeRows(
        guarantees=states, place=whole, run=np.repeat(whole, rows), first=whole * rows, due=start, start=start,
        end=start + instalments.coverage_periods, fee=fee, collected=collected,
        written_off=np.zeros_like(fee),
    )  # fmt: skip
    return Fees(
        fair_value=np.full(states, fair_value, dtype=np.int64),
        elapsed_days=whole,
        term_days=np.full(states, rows * instalments.coverage_periods),
        kept=np.zeros(states, dtype=np.bool_),
        **tape.at(DAY_NIL + whole),
    )
