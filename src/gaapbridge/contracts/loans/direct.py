"""Both frameworks measured directly from the per-contract table, never through journals: the other side of tie-out R10.

Balances are sums of measured amounts. Income is what a contract's carrying amount gained plus the cash it paid, less what
was advanced for it; the provision is what its allowance gained plus what was written off. The same expressions, contract
by contract, are what ``explain`` ranks. Minor units; value-added tax is taken out of the difference only.
"""

from __future__ import annotations

import polars as pl

from gaapbridge.contracts.measured import Answers

CARRYING = ("deferred_fees", "deferred_costs", "accrued_interest")

_OFF = pl.col("path").is_in(["written_off", "new_written_off"])
_BORN = pl.col("path").is_in(["new", "new_settled", "new_written_off"])
_RAN = ~pl.col("path").is_in(["ignored", "written_off_earlier"])


def balances(framework: str, state: str) -> dict[str, pl.Expr]:
    """Debit-positive balance of a contract on every role; ``state`` is ``""`` (closing) or ``opening_``."""
    own, shared = f"{state}{framework}_", state or "closing_"
    beyond = pl.col(f"{own}deferred_fees_non_current") + pl.col(f"{own}deferred_costs_non_current")
    deferred = pl.col(f"{own}deferred_fees") + pl.col(f"{own}deferred_costs")
    allowance, current = pl.col(f"{own}loss_allowance"), pl.col(f"{own}loss_allowance_current")
    return {
        "principal_current": pl.col(f"{shared}principal") - pl.col(f"{shared}principal_non_current"),
        "principal_non_current": pl.col(f"{shared}principal_non_current"),
        "deferred_current": deferred - beyond,
        "deferred_non_current": beyond,
        "accrued_interest": pl.col(f"{own}accrued_interest"),
        "loss_allowance_current": -current,
        "loss_allowance_non_current": current - allowance,
        "expected_recoveries": pl.col(f"{own}expected_recoveries"),
        "other_tax_payable": _value_added_tax(framework, shared) * -1,
    }


def income(framework: str, answers: Answers) -> dict[str, dict[str, pl.Expr]]:
    """Debit-positive income of a loan in the period; interest on the allowance of stage 3 moves from revenue to provision."""
    on_allowance = pl.col(f"{framework}_interest_on_allowance")
    return {
        "financing_income": {"yield": -_yield(framework), "interest_on_allowance": on_allowance},
        "provision_for_loans": {"losses": _provision(framework) - on_allowance},
    }


def memoranda(framework: str) -> dict[str, pl.Expr]:
    """The carrying amount written off, gross of its allowance."""
    return {"written_off_gross": pl.col("principal_written_off") + _when(_OFF, _carrying(f"exit_{framework}_"))}


def _yield(framework: str) -> pl.Expr:
    """What a loan earned: carrying amount gained, plus interest cash, less net amounts advanced, less value-added tax of the
    difference."""
    gained = _carrying(f"{framework}_") - _carrying(f"opening_{framework}_") + _when(_OFF, _carrying(f"exit_{framework}_"))
    advanced = _when(_BORN, pl.col("costs_paid") - pl.col("fees_received"))
    cash = _when(_RAN, pl.col("interest_received") + pl.col("interest_settled"))
    tax = _value_added_tax(framework, "closing_") - _value_added_tax(framework, "opening_")
    tax = tax + _when(_OFF, _value_added_tax(framework, "exit_"))
    return gained - advanced + cash - tax


def _provision(framework: str) -> pl.Expr:
    """What was provided for a loan: change of the allowance, plus the carrying amount written off, less recoveries received
    and expected."""
    written_off = pl.col("principal_written_off") + _carrying(f"exit_{framework}_") - _value_added_tax(framework, "exit_")
    allowance = pl.col(f"{framework}_loss_allowance") - pl.col(f"opening_{framework}_loss_allowance")
    expected = pl.col(f"{framework}_expected_recoveries") - pl.col(f"opening_{framework}_expected_recoveries")
    return allowance + _when(_OFF, written_off) - expected - pl.col("recoveries_received")


def _carrying(prefix: str) -> pl.Expr:
    return pl.sum_horizontal(pl.col(prefix + component) for component in CARRYING)


def _when(condition: pl.Expr, amount: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(amount).otherwise(0)


def _value_added_tax(framework: str, state: str) -> pl.Expr:
    """Tax inside the difference at a state: IFRS carries it, US GAAP is what it is measured against."""
    if framework == "us":
        return pl.lit(0, pl.Int64)
    return pl.col(f"{state}vat_deferred_fees") + pl.col(f"{state}vat_accrued_interest")
