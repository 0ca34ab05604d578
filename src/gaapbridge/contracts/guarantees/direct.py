"""Both frameworks measured directly from the per-contract table of guarantees, never through journals: the other side of R10.

Balances are sums of measured amounts. Income is what the fees on the books gained plus the cash they brought, less what was
recognised at inception without income; provisions are what allowances gained plus what was lost. Minor units.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gaapbridge.contracts.measured import Direct, Expressions, directly

NET = "net_in_provision"
"""The election that shows the whole net movement on one provision line."""

_VAT = ("vat_fee_receivable", "vat_stand_ready", "vat_contract_liability")


def measured_directly(table: Path, net_in_provision: bool) -> tuple[Direct, Direct]:
    """US GAAP and IFRS from the per-contract table of a run, in whole numbers.

    ``net_in_provision``: the presentation in which IFRS shows US GAAP's lines, and the net difference on the provision.
    """
    return directly(table, _expressions("us", False), _expressions("ifrs", net_in_provision))


def _expressions(framework: str, net_in_provision: bool) -> Expressions:
    return {
        "opening": balances(framework, "opening_"),
        "closing": balances(framework, ""),
        "income": income(framework, net_in_provision),
        "memoranda": {"paid_out": pl.col("principal_written_off"), "recovered": pl.col("recoveries_received")},
    }


def balances(framework: str, state: str) -> dict[str, pl.Expr]:
    """Debit-positive balance of a guarantee on every role; ``state`` is ``""`` (closing) or ``opening_``."""
    own = f"{state}{framework}_"
    related, amounts = pl.col("related_party"), {}
    for component, sign in (("fee_receivable", 1), ("fee_allowance", -1)):
        later = sign * pl.col(f"{own}{component}_non_current")
        current = sign * pl.col(own + component) - later
        for term, amount in (("current", current), ("non_current", later)):
            amounts[f"{component}_{term}"] = pl.when(~related).then(amount).otherwise(0)
            amounts[f"{component}_related_{term}"] = pl.when(related).then(amount).otherwise(0)
    return amounts | {
        "stand_ready_liability": -pl.col(f"{own}stand_ready"),
        "contract_liability": pl.col(f"{own}higher_of") - pl.col(f"{own}contract_liability"),
        "other_tax_payable": -_value_added_tax(framework, state or "closing_"),
        "guarantee_contingent": pl.col(f"{own}expected_recoveries") - pl.col(f"{own}loss_allowance"),
    }


def income(framework: str, net_in_provision: bool) -> dict[str, pl.Expr]:
    """Debit-positive income of a guarantee in the period: revenue below nil, expense above."""
    own = _own_lines(framework)
    if not net_in_provision:
        return own
    shown, total = _own_lines("us"), pl.sum_horizontal(own[role] for role in own)
    contingent = _contingent(framework)
    shown["provision_for_contingent"] = contingent
    net = "provision_for_fee_receivable"
    return {**shown, net: total - pl.sum_horizontal(amount for role, amount in shown.items() if role != net)}


def _own_lines(framework: str) -> dict[str, pl.Expr]:
    """Every line as earned: fees gained on the books, with cash, less what came in without income; allowances gained."""
    own, before = f"{framework}_", f"opening_{framework}_"
    accretion, written_off = pl.col(f"{own}fee_accretion"), pl.col(f"{own}fee_write_off")
    gross = _fees_on_book(own) - _fees_on_book(before) + pl.col("fees_collected") + written_off
    allowance = pl.col(f"{own}fee_allowance") - pl.col(f"{before}fee_allowance")
    tax_accretion = _tax_of_flow(framework, "vat_fee_accretion")
    tax_written_off = _tax_of_flow(framework, "vat_fee_write_off")
    tax = _value_added_tax(framework, "closing_") - _value_added_tax(framework, "opening_")
    absorbed = pl.col(f"{own}higher_of") - pl.col(f"{before}higher_of")
    return {
        "guarantee_revenue": -(gross - accretion - (tax + tax_accretion + tax_written_off)),
        "fee_accretion": -(accretion + tax_accretion),
        "provision_for_fee_receivable": allowance + written_off - tax_written_off,
        "provision_for_contingent": _contingent(framework) - absorbed,
    }


def _contingent(framework: str) -> pl.Expr:
    """Provision for contingent liabilities: liability gained, plus paid out, less recovered."""
    own, before = f"{framework}_", f"opening_{framework}_"
    liability = pl.col(f"{own}loss_allowance") - pl.col(f"{own}expected_recoveries")
    opened = pl.col(f"{before}loss_allowance") - pl.col(f"{before}expected_recoveries")
    return liability - opened + pl.col("principal_written_off") - pl.col("recoveries_received")


def _fees_on_book(prefix: str) -> pl.Expr:
    """Fees receivable less what stands against them, gross."""
    return pl.col(f"{prefix}fee_receivable") - pl.col(f"{prefix}stand_ready") - pl.col(f"{prefix}contract_liability")


def _value_added_tax(framework: str, state: str) -> pl.Expr:
    """Tax inside the difference at a state: IFRS carries it, US GAAP is what it is measured against."""
    if framework == "us":
        return pl.lit(0, pl.Int64)
    return pl.sum_horizontal(pl.col(state + name) for name in _VAT)


def _tax_of_flow(framework: str, flow: str) -> pl.Expr:
    """Tax inside the difference of a flow to income, carried by IFRS."""
    return pl.lit(0, pl.Int64) if framework == "us" else pl.col(flow)


def contribution(column: str, role: str, opening: bool, presentation: str | None) -> pl.Expr | None:
    """Debit-positive amount that one guarantee contributes to a role in a column; None where guarantees have none.

    ``presentation`` is the election ``guarantee_income``.
    """
    if role in ("guarantee_revenue", "fee_accretion", "provision_for_fee_receivable", "provision_for_contingent"):
        ifrs, us = income("ifrs", presentation == NET)[role], income("us", False)[role]
        if role != "provision_for_contingent":
            return ifrs - us
        of_losses = _contingent("ifrs") - _contingent("us")
        return of_losses if column == "ecl" else (ifrs - us) - of_losses
    state = "opening_" if opening else ""
    ours, theirs = balances("ifrs", state), balances("us", state)
    return ours[role] - theirs[role] if role in ours else None
