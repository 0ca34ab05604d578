"""Service fees measured directly from the table of contracts: the other side of tie-out R10."""

from __future__ import annotations

import polars as pl

from gaapbridge.contracts.measured import Answers, undivided


def balances(framework: str, state: str) -> dict[str, dict[str, pl.Expr]]:
    """Debit-positive balance of a fee; ``state`` is ``""`` (closing) or ``opening_``."""
    # The table of contracts has the closing state without a prefix: ``us_receivable`` and ``opening_us_receivable``.
    return undivided({"service_fee_receivable": pl.col(f"{state}{framework}_receivable")})


def income(framework: str, answers: Answers) -> dict[str, dict[str, pl.Expr]]:
    """Revenue of a fee in the period, below nil."""
    # The inner word is the part of the role: where several notes post to one role, ``Note.parts`` says whose it is.
    return {"service_fee_revenue": {"fees": -pl.col(f"{framework}_revenue")}}


def memoranda(framework: str) -> dict[str, dict[str, pl.Expr]]:
    """None: the example lender's simulated ledger needs no amount of a fee besides balances and income."""
    return {}
