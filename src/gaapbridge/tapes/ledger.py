"""The trial balance of one instant: debit-positive balances by account, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from gaapbridge.tapes.checks import check, refusal
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Amounts, Circumstances, Column, Schema, amount_from
from gaapbridge.terms import Finding, UnusableInput, nearest
from gaapbridge.terms.money import LARGEST_TOTAL

TRIAL_BALANCE = Schema(
    name="trial_balance",
    title="Trial balance",
    description=(
        "The US GAAP ledger at one instant, one row for each account, before the profit of the period is closed to "
        "retained earnings: total debits equal total credits. A row may state a debit and a credit; the balance is "
        "the difference."
    ),
    columns=(
        Column("account", "text", "account code of the chart; unique"),
        Column("name", "text", "name of the account", nullable=True),
        Column("debit_minor", "minor", "debit", default=0),
        Column("credit_minor", "minor", "credit", default=0),
    ),
    rules=(
        amount_from("debit_minor", 0, "state a negative debit as a credit", LARGEST_TOTAL),
        amount_from("credit_minor", 0, "state a negative credit as a debit", LARGEST_TOTAL),
    ),
    key=("account",),
)


@dataclass(frozen=True)
class LedgerBalances:
    """Balances by account, minor units, debit positive, and findings about them."""

    balances: dict[str, int]
    findings: tuple[Finding, ...]


def read_trial_balance(path: Path, amounts: Amounts, minor_digits: int, chart: Collection[str]) -> LedgerBalances:
    """A trial balance file whose accounts are all in the chart; one that does not sum to nil is a finding.

    Raises ``UnusableInput`` for a bad cell or an account that the chart does not know: nothing can be left out of a ledger.
    """
    source = open_tape(path, TRIAL_BALANCE, amounts=amounts, minor_digits=minor_digits)
    checked = check(source.whole(), TRIAL_BALANCE, Circumstances(), str(path))
    if checked.rejects.height:
        raise refusal(checked.rejects)
    balances: dict[str, int] = {}
    for row in checked.good.iter_rows(named=True):
        if row["account"] not in chart:
            near = " or ".join(nearest(row["account"], chart))
            raise UnusableInput(
                file=str(path),
                row=str(row["row"]),
                column="account",
                value=row["account"],
                rule="every account of the ledger is in the plan's [accounts]",
                remedy=f"add it to [accounts]{', or did you mean ' + near if near else ''}",
            )
        balances[row["account"]] = row["debit_minor"] - row["credit_minor"]
    total = sum(balances.values())
    if not total:
        return LedgerBalances(balances, ())
    finding = Finding(
        name="trial balance does not balance",
        where=str(path.name),
        amount_minor=total,
        why="debits do not equal credits",
        remedy="export the ledger again; every later tie-out carries this difference",
        check="R9",
    )
    return LedgerBalances(balances, (finding,))
