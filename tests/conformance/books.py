"""Worked examples as a close posts them: totals of a few contracts through roll-forwards, movement tables and journals."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.book.roll_forward import RollForward
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.guarantees import KIND
from gaapbridge.contracts.loans import direct
from gaapbridge.contracts.movements import contingent_tables
from gaapbridge.contracts.rows import Rows
from gaapbridge.contracts.totals import Standing, total
from gaapbridge.difference import PATHS, Sums
from gaapbridge.period_close.entries import NoteColumn, post_notes
from gaapbridge.plan import Plan
from gaapbridge.plan.read import read_plan
from gaapbridge.plan.tax import DatedRate, NoteTax
from gaapbridge.starter import write_starter
from gaapbridge.statement.layout import LayoutRow

# ---------------------------------------------------------------- allowances


def closing(opening: int, additions: Mapping[str, int], uses: Mapping[str, int]) -> int:
    """Where a roll-forward ends."""
    movements = [*additions.items(), *((flow, -amount) for flow, amount in uses.items())]
    return RollForward(opening, tuple(movements)).closing_minor


def provision_for_loans(opening: int, required_closing: int, written_off: int, recovered: int) -> int:
    """Provision of a period under US GAAP, from a table of two contracts: one stayed, one was written off."""
    nil = {f"{prefix}us_expected_recoveries": [0, 0] for prefix in ("", "opening_")}
    gone = {f"exit_us_{name}": [0, 0] for name in direct.CARRYING}
    contracts = pl.DataFrame(
        {
            "path": ["stayed", "written_off"],
            "opening_us_loss_allowance": [opening, 0],
            "us_loss_allowance": [required_closing, 0],
            "principal_written_off": [0, written_off],
            "recoveries_received": [0, recovered],
            "us_interest_on_allowance": [0, 0],
            "us_interest_on_recoveries": [0, 0],
            **nil,
            **gone,
        }
    )
    return int(contracts.select(direct.income("us", {})["provision_for_loans"]["losses"].sum()).item())


@dataclass(frozen=True)
class Contingent:
    """The contingent liability of a period: paid out less recovered, provided, and how much of that on existing guarantees."""

    net_payout: int
    change_in_estimate: int
    provision: int
    closing: int


def contingent(opening: int, new_guarantees: int, payouts: int, recoveries: int, required_closing: int) -> Contingent:
    """The movement table of three guarantees: one stayed, one is new, one was paid out and recovered in part."""
    paths = ("stayed", "new", "written_off")
    stayed = required_closing - new_guarantees
    rows = Rows.of(KIND, len(paths))
    rows["opening_us_loss_allowance"] = np.array([opening, 0, 0])
    for state in ("late", "closing"):
        rows[f"{state}_us_loss_allowance"] = np.array([stayed, new_guarantees, 0])
    rows["principal_written_off"] = np.array([0, 0, payouts])
    rows["recoveries_received"] = np.array([0, 0, recoveries])
    one = np.ones(len(paths), dtype=np.int64)
    standing = Standing(one * 0, np.array([PATHS.index(path) for path in paths]), one, one)
    table, _ = contingent_tables(total(standing, rows, ("all",)))
    assert not table.residual.any()
    lines = {name: int(amounts.sum()) for name, amounts in table.lines.items()}
    used = ("write_off", "recovery")
    provision = sum(amount for name, amount in lines.items() if name not in ("opening", *used))
    return Contingent(
        net_payout=-sum(lines[name] for name in used),
        change_in_estimate=provision - lines["origination"],
        provision=provision,
        closing=int(table.measured_closing.sum()),
    )


# ---------------------------------------------------------------- tax of a column

EFFECTS = {
    "expected_credit_losses": ("expected_credit_loss", "loans", "{}_us_loss_allowance"),
    "effective_interest": ("effective_interest", "loans", "{}_ifrs_deferred_costs"),
    "share_based": ("share_based_compensation", "awards", "{}_us_cumulative_cost"),
    "financial_guarantee": ("financial_guarantee", "guarantees", "{}_us_fee_allowance"),
}
"""For each column of an example: its note, the kind of contract, and a series of which more under it is more profit."""

SEGMENTS = {"loans": ("all",), "guarantees": ("all",), "awards": ("sales_and_marketing",)}


@cache
def _plan() -> Plan:
    """The starter's plan, whose notes and accounts the examples borrow."""
    with tempfile.TemporaryDirectory() as folder:
        return read_plan(write_starter(Path(folder) / "lender").plan, DECLARED)


@dataclass(frozen=True)
class Taxed:
    """A column as posted: deferred tax by side and income tax, as printed, and what is left in equity."""

    deferred_tax_assets: int
    deferred_tax_liabilities: int
    income_tax: int
    equity_net: int


LIABILITY_METHOD = {"method": "liability_method", "basis": "enacted", "reverses": [1]}


def taxed(effects: Mapping[str, int], rates: Mapping[str, Decimal], ledger: Mapping[str, int]) -> dict[str, Taxed]:
    """The journals of columns whose effect before tax arose in the period on contracts new in it.

    ``ledger`` holds, by posting role and debit positive, the deferred tax that the columns find in the closing ledger.
    """
    columns = {EFFECTS[name][0]: name for name in effects}
    plan = _plan()
    tax = {
        note: NoteTax.model_validate({**LIABILITY_METHOD, "rates": [_enacted(rates, columns.get(note, ""))]})
        for note in plan.tax
    }
    found = {plan.account_of(role): amount for role, amount in ledger.items()}
    posted, findings = post_notes(plan.model_copy(update={"tax": tax}), _sums(effects), None, {"closing": found})
    assert {finding.name for finding in findings} <= {"deferred tax on both sides"}
    return {columns[c.note.key]: _printed(plan, c) for c in posted if c.note.key in columns}


def _enacted(rates: Mapping[str, Decimal], column: str) -> DatedRate:
    """The rate of a column, enacted long ago; nil where none is given."""
    long_ago = date(2000, 1, 1)
    return DatedRate.model_validate({"enacted": long_ago, "from": long_ago, "rate": rates.get(column, 0)})


def _sums(effects: Mapping[str, int]) -> dict[str, Sums]:
    """Totals of every kind, nil but for the effects, measured on new contracts at the closing instant."""
    totals: dict[str, dict[str, dict[str, dict[str, int]]]] = {
        kind: defaultdict(lambda: defaultdict(dict)) for kind in SEGMENTS
    }
    for name, amount in effects.items():
        _, kind, series = EFFECTS[name]
        for state in ("late", "closing"):
            totals[kind]["new"][series.format(state)] = {SEGMENTS[kind][0]: amount}
    return {kind: Sums(SEGMENTS[kind], totals[kind]) for kind in SEGMENTS}


def _printed(plan: Plan, column: NoteColumn) -> Taxed:
    balances = column.journal.balances("brought_forward", "movement", "tax")

    def shown(role: str, normal: str) -> int:
        return LayoutRow(role, role, "", "line", (), normal).printed(balances.get(plan.account_of(role), 0))

    tax = shown("income_tax_expense", "credit")
    return Taxed(
        shown("deferred_tax_assets", "debit"), shown("deferred_tax_liabilities", "credit"), tax, column.pre_tax_income + tax
    )


def as_answered(rate: float) -> Decimal:
    """A rate as a plan states it."""
    return Decimal(str(rate))


def rate_of(tax: int, income: int) -> Decimal:
    """The rate that a plan would state for a year: tax over income before tax."""
    return Decimal(tax) / Decimal(income)
