"""Both frameworks measured directly from the per-contract table of guarantees, never through journals: the other side of R10.

Balances are sums of measured amounts. Income is what the fees on the books gained plus the cash they brought, less what was
recognised at inception without income; provisions are what allowances gained plus what was lost. Minor units.
"""

from __future__ import annotations

import polars as pl

from gaapbridge.contracts.measured import Answers, undivided
from gaapbridge.differences.financial_guarantee import ifrs
from gaapbridge.differences.financial_guarantee.elections import Elections

NET_ROLE = "provision_for_fee_receivable"
"""The line that takes the whole net movement where it is shown on one."""

_FEE_ASSETS = {"fee_receivable": 1, "accrued_fee": 1, "fee_allowance": -1, "accrued_fee_allowance": -1}

_VAT = ("vat_fee_receivable", "vat_accrued_fee", "vat_stand_ready", "vat_contract_liability")


def balances(framework: str, state: str) -> dict[str, dict[str, pl.Expr]]:
    """Debit-positive balance of a guarantee on every role; ``state`` is ``""`` (closing) or ``opening_``."""
    own = f"{state}{framework}_"
    related, amounts = pl.col("related_party"), {}
    for component, sign in _FEE_ASSETS.items():
        later = sign * pl.col(f"{own}{component}_non_current")
        current = sign * pl.col(own + component) - later
        for term, amount in (("current", current), ("non_current", later)):
            amounts[f"{component}_{term}"] = pl.when(~related).then(amount).otherwise(0)
            amounts[f"{component}_related_{term}"] = pl.when(related).then(amount).otherwise(0)
    amounts |= {
        "stand_ready_liability": -pl.col(f"{own}stand_ready"),
        "contract_liability": pl.col(f"{own}higher_of") - pl.col(f"{own}contract_liability"),
        "other_tax_payable": -_value_added_tax(framework, state or "closing_"),
        "guarantee_contingent": pl.col(f"{own}expected_recoveries") - pl.col(f"{own}loss_allowance"),
        "recoveries_receivable": pl.col(f"{own}recoveries_receivable"),
    }
    return undivided(amounts)


def income(framework: str, answers: Answers) -> dict[str, dict[str, pl.Expr]]:
    """Debit-positive income of a guarantee in the period: revenue below nil, expense above.

    Where IFRS shows the whole net movement on one line, the other lines are those of US GAAP.
    """
    own = _own_lines(framework)
    if framework == "us" or not ifrs.shows_net_movement(Elections.of(answers["financial_guarantee"])):
        return own
    shown = {**_own_lines("us"), "provision_for_contingent": {"losses": own["provision_for_contingent"]["losses"]}}
    elsewhere = pl.sum_horizontal(amount for role, parts in shown.items() if role != NET_ROLE for amount in parts.values())
    total = pl.sum_horizontal(amount for parts in own.values() for amount in parts.values())
    return {**shown, NET_ROLE: {"net": total - elsewhere}}


def memoranda(framework: str) -> dict[str, dict[str, pl.Expr]]:
    """Amounts paid out and recovered, the same under both frameworks."""
    return undivided({"paid_out": pl.col("principal_written_off"), "recovered": pl.col("recoveries_received")})


def _own_lines(framework: str) -> dict[str, dict[str, pl.Expr]]:
    """Every line as earned: fees gained on the books, with cash, less what came in without income; allowances gained."""
    own, before = f"{framework}_", f"opening_{framework}_"
    accretion, written_off = pl.col(f"{own}fee_accretion"), pl.col(f"{own}fee_write_off")
    gross = _fees_on_book(own) - _fees_on_book(before) + pl.col("fees_collected") + written_off
    allowance = _fee_allowances(own) - _fee_allowances(before)
    tax_accretion = _tax_of_flow(framework, "vat_fee_accretion")
    tax_written_off = _tax_of_flow(framework, "vat_fee_write_off")
    tax = _value_added_tax(framework, "closing_") - _value_added_tax(framework, "opening_")
    absorbed = pl.col(f"{own}higher_of") - pl.col(f"{before}higher_of")
    return {
        "guarantee_revenue": {"fees": -(gross - accretion - (tax + tax_accretion + tax_written_off))},
        "fee_accretion": {"fees": -(accretion + tax_accretion)},
        NET_ROLE: {"fees": allowance + written_off - tax_written_off},
        "provision_for_contingent": {"losses": _contingent(framework), "higher_of": -absorbed},
    }


def _contingent(framework: str) -> pl.Expr:
    """Provision for contingent liabilities: liability gained less recoveries expected, plus paid out, less recovered."""
    gained = _losses(f"{framework}_") - _losses(f"opening_{framework}_")
    return gained + pl.col("principal_written_off") - pl.col("recoveries_received")


def _losses(prefix: str) -> pl.Expr:
    """Losses expected less recoveries expected, wherever these stand."""
    recoveries = pl.col(f"{prefix}expected_recoveries") + pl.col(f"{prefix}recoveries_receivable")
    return pl.col(f"{prefix}loss_allowance") - recoveries


def _fees_on_book(prefix: str) -> pl.Expr:
    """Fees receivable, due or not, less what stands against them, gross."""
    assets = pl.col(f"{prefix}fee_receivable") + pl.col(f"{prefix}accrued_fee")
    return assets - pl.col(f"{prefix}stand_ready") - pl.col(f"{prefix}contract_liability")


def _fee_allowances(prefix: str) -> pl.Expr:
    """Loss allowances of fees, due or not."""
    return pl.col(f"{prefix}fee_allowance") + pl.col(f"{prefix}accrued_fee_allowance")


def _value_added_tax(framework: str, state: str) -> pl.Expr:
    """Tax inside the difference at a state: IFRS carries it, US GAAP is what it is measured against."""
    if framework == "us":
        return pl.lit(0, pl.Int64)
    return pl.sum_horizontal(pl.col(state + name) for name in _VAT)


def _tax_of_flow(framework: str, flow: str) -> pl.Expr:
    """Tax inside the difference of a flow to income, carried by IFRS."""
    return pl.lit(0, pl.Int64) if framework == "us" else pl.col(flow)
