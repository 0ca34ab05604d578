"""Both frameworks measured directly from the per-award table, never through journals: the other side of tie-out R10.

Additional paid-in capital of awards is their cumulative cost; the expense of a function is what its awards' cost gained in
the period. The same expressions, award by award, are what ``explain`` ranks.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gaapbridge.contracts.measured import Direct, Expressions, directly
from gaapbridge.differences.share_based_compensation import EXPENSE_ROLES


def measured_directly(table: Path) -> tuple[Direct, Direct]:
    """US GAAP and IFRS from the per-award table of a run, in whole numbers."""
    return directly(table, _expressions("us"), _expressions("ifrs"))


def _expressions(framework: str) -> Expressions:
    return {
        "opening": balances(framework, "opening_"),
        "closing": balances(framework, ""),
        "income": expenses(framework),
        "memoranda": {},
    }


def balances(framework: str, state: str) -> dict[str, pl.Expr]:
    """Debit-positive balance of an award on every role; ``state`` is ``""`` (closing) or ``opening_``."""
    return {"additional_paid_in_capital": -pl.col(f"{state}{framework}_cumulative_cost")}


def expenses(framework: str) -> dict[str, pl.Expr]:
    """Expense of an award in the period, on the role of its function."""
    gained = pl.col(f"{framework}_cumulative_cost") - pl.col(f"opening_{framework}_cumulative_cost")
    return {role: pl.when(pl.col("segment") == function).then(gained).otherwise(0) for function, role in EXPENSE_ROLES.items()}


def contribution(column: str, role: str, opening: bool, presentation: str | None) -> pl.Expr | None:
    """Debit-positive amount that one award contributes to a role in a column; None where awards have none.

    For balances IFRS less US GAAP at the instant; for expenses what the period took through income.
    """
    state = "opening_" if opening else ""
    ifrs, us = ({**balances(side, state), **expenses(side)} for side in ("ifrs", "us"))
    return ifrs[role] - us[role] if role in ifrs else None
