"""Both frameworks measured directly from the per-contract table, never through journals: the other side of tie-out R10.

Balances are sums of measured amounts. Income is what a contract's carrying amount gained plus the cash it paid, less what
was advanced for it; the provision is what its allowance gained plus what was written off. The same expressions, contract
by contract, are what ``explain`` ranks. Minor units; value-added tax is taken out of the difference only.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from gaapbridge.contracts.measured import Answers, undivided

DEFERRED = ("deferred_fees", "deferred_costs")
CARRYING = (*DEFERRED, "accrued_interest")
INCLUSIVE = ("deferred_fees", "accrued_interest")
"""Components that may contain value-added tax; each is a part of other tax payable."""

_OFF = pl.col("path").is_in(["written_off", "new_written_off"])
_BORN = pl.col("path").is_in(["new", "new_settled", "new_written_off"])
_RAN = ~pl.col("path").is_in(["ignored", "written_off_earlier"])


def balances(framework: str, state: str) -> dict[str, dict[str, pl.Expr]]:
    """Debit-positive balance of a contract on every role; ``state`` is ``""`` (closing) or ``opening_``."""
    own, shared = f"{state}{framework}_", state or "closing_"
    beyond = pl.col(f"{own}deferred_fees_non_current") + pl.col(f"{own}deferred_costs_non_current")
    deferred = pl.col(f"{own}deferred_fees") + pl.col(f"{own}deferred_costs")
    allowance, current = pl.col(f"{own}loss_allowance"), pl.col(f"{own}loss_allowance_current")
    amounts = {
        "principal_current": pl.col(f"{shared}principal") - pl.col(f"{shared}principal_non_current"),
        "principal_non_current": pl.col(f"{shared}principal_non_current"),
        "deferred_current": deferred - beyond,
        "deferred_non_current": beyond,
        "accrued_interest": pl.col(f"{own}accrued_interest"),
        "loss_allowance_current": -current,
        "loss_allowance_non_current": current - allowance,
        "expected_recoveries": pl.col(f"{own}expected_recoveries"),
    }
    taxes = {name: -_value_added_tax(framework, shared, name) for name in INCLUSIVE}
    return {**undivided(amounts), "other_tax_payable": taxes}


def income(framework: str, answers: Answers) -> dict[str, dict[str, pl.Expr]]:
    """Debit-positive income of a loan in the period; interest on the allowance of stage 3 moves from revenue to provision, that
    on what is expected after a write-off from provision to revenue.

    Deferrals end in income or, at a write-off, in the provision; interest accrued likewise, with the losses.
    """
    on_allowance, on_recoveries = (pl.col(f"{framework}_interest_on_{of}") for of in ("allowance", "recoveries"))
    accrued_off = _when(_OFF, _net_of_tax(framework, "exit_", ("accrued_interest",)))
    return {
        "financing_income": {
            "deferral": -_amortisation(framework),
            "accrued_interest": -_interest(framework),
            "interest_on_allowance": on_allowance,
            "interest_on_recoveries": -on_recoveries,
        },
        "provision_for_loans": {
            "deferral": _when(_OFF, _net_of_tax(framework, "exit_", DEFERRED)),
            "losses": _provision(framework) + accrued_off - on_allowance + on_recoveries,
        },
    }


def memoranda(framework: str) -> dict[str, dict[str, pl.Expr]]:
    """The carrying amount written off, gross of its allowance."""
    written_off = pl.col("principal_written_off") + _when(_OFF, _sum(f"exit_{framework}_", CARRYING))
    return undivided({"written_off_gross": written_off})


def _amortisation(framework: str) -> pl.Expr:
    """What deferred fees and costs earned: carrying amount gained, less net amounts advanced."""
    advanced = _when(_BORN, pl.col("costs_paid") - pl.col("fees_received"))
    return _gained(framework, DEFERRED) - advanced


def _interest(framework: str) -> pl.Expr:
    """Interest earned at the contract rate: what accrued interest gained, plus interest cash; with it fees for paying late or
    ahead, which are income of their day under both frameworks (310-10-25-12; IFRS 9 3.2.12, B5.4.3)."""
    received = pl.col("interest_received") + pl.col("interest_settled") + pl.col("other_fees_received")
    cash = _when(_RAN, received)
    return _gained(framework, ("accrued_interest",)) + cash


def _gained(framework: str, components: Sequence[str]) -> pl.Expr:
    """What components gained in the period, less value-added tax of the difference, before what was written off of them."""
    closing, opening, exit_ = (_net_of_tax(framework, state, components) for state in ("", "opening_", "exit_"))
    return closing - opening + _when(_OFF, exit_)


def _provision(framework: str) -> pl.Expr:
    """What was provided for a loan: change of the allowance, plus the principal written off, less recoveries received and
    expected."""
    allowance = pl.col(f"{framework}_loss_allowance") - pl.col(f"opening_{framework}_loss_allowance")
    expected = pl.col(f"{framework}_expected_recoveries") - pl.col(f"opening_{framework}_expected_recoveries")
    return allowance + pl.col("principal_written_off") - expected - pl.col("recoveries_received")


def _net_of_tax(framework: str, state: str, components: Sequence[str]) -> pl.Expr:
    """Carrying amount of components at a state (``""`` closing) less the value-added tax in it."""
    taxes = [_value_added_tax(framework, state or "closing_", name) for name in components if name in INCLUSIVE]
    return _sum(f"{state}{framework}_", components) - pl.sum_horizontal(taxes)


def _sum(prefix: str, components: Sequence[str]) -> pl.Expr:
    return pl.sum_horizontal(pl.col(prefix + component) for component in components)


def _when(condition: pl.Expr, amount: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(amount).otherwise(0)


def _value_added_tax(framework: str, state: str, component: str) -> pl.Expr:
    """Tax inside the difference of a component at a state: IFRS carries it, US GAAP is what it is measured against."""
    return pl.lit(0, pl.Int64) if framework == "us" else pl.col(f"{state}vat_{component}")
