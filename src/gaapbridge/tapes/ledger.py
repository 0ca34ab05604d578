"""The trial balance of one instant: debit-positive balances by account, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from gaapbridge.tapes.charted import charted
from gaapbridge.tapes.checks import check, refusal
from gaapbridge.tapes.how import How
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.tapes.schema import Amounts, Circumstances, Column, Schema, amount_from
from gaapbridge.terms import Finding
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


class LedgerHow(Protocol):
    """How a plan says that the files of its trial balances are read: the unit of amounts, their names of our columns and those
    that mean nothing to us, their writing, and which accounts of theirs are which of the plan."""

    @property
    def amounts(self) -> Amounts: ...

    @property
    def columns(self) -> Mapping[str, str]: ...

    @property
    def ignore(self) -> Sequence[str]: ...

    @property
    def read(self) -> How | None: ...

    @property
    def accounts(self) -> Mapping[str, str]: ...


def open_trial_balance(path: Path, how: LedgerHow, minor_digits: int, currency: str, file: str | None = None) -> Source:
    """A trial balance whose header fits, called ``file`` where that is not its path. Raises ``UnusableInput``."""
    return open_tape(
        path, TRIAL_BALANCE, amounts=how.amounts, minor_digits=minor_digits, columns=how.columns, ignore=how.ignore,
        read=how.read, currency=currency, file=file,
    )  # fmt: skip


def read_trial_balance(source: Source, chart: Collection[str], mapped: Mapping[str, str]) -> LedgerBalances:
    """A trial balance whose accounts are all in the chart, some as ``mapped``; one that does not sum to nil is a finding.

    Raises ``UnusableInput`` for a bad cell or accounts that the chart does not know: nothing can be left out of a ledger.
    """
    checked = check(source.whole(), TRIAL_BALANCE, Circumstances(), source.file)
    if checked.rejects.height:
        raise refusal(checked.rejects)
    rows = checked.good.select("account", "row", pl.col("debit_minor") - pl.col("credit_minor")).rows()
    accounts = charted([(account, row) for account, row, _ in rows], chart, mapped, source.file)
    balances: dict[str, int] = {}
    for account, _, balance in rows:
        balances[accounts[account]] = balances.get(accounts[account], 0) + balance
    total = sum(balances.values())
    if not total:
        return LedgerBalances(balances, ())
    finding = Finding(
        name="trial balance does not balance",
        where=Path(source.file).name,
        amount_minor=total,
        why="debits do not equal credits",
        remedy="export the ledger again; every later tie-out carries this difference",
        check="R9",
    )
    return LedgerBalances(balances, (finding,))
