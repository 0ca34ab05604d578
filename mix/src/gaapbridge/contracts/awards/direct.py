"""Both frameworks measured directly from the per-award table, never through journals: the other side of tie-out R10.

Additional paid-in capital of awards is their cumulative cost; the expense of a function is what its awards' cost gained in
the period. The same expressions, award by award, are what ``explain`` ranks.
"""

from __future__ import annotations

import polars as pl

from gaapbridge.contracts.measured import Answers, undivided
from gaapbridge.differences.share_based_compensation import EXPENSE_ROLES


def balances(framework: str, state: str) -> dict[str, dict[str, pl.Expr]]:
    """Debit-positive balance of an award on every role; ``state`` is ``""`` (closing) or ``opening_``."""
    return undivided({"additional_paid_in_capital": -pl.col(f"{state}{framework}_cumulative_cost")})


def income(framework: str, answers: Answers) -> dict[str, dict[str, pl.Expr]]:
    """Expense of an award in the period, on the role of its function."""
    gained = pl.col(f"{framework}_cumulative_cost") - pl.col(f"opening_{framework}_cumulative_cost")
    return {
        role: {"cost": pl.when(pl.col("segment") == function).then(gained).otherwise(0)}
        for function, role in EXPENSE_ROLES.items()
    }


def memoranda(framework: str) -> dict[str, dict[str, pl.Expr]]:
    """None: a ledger needs nothing besides."""
    return {}
