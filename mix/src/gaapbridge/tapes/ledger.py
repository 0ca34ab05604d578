"""The trial balance of one instant: debit-positive balances by account, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from gaapbridge.tapes.charted import charted
from gaapbridge.tapes.checks import check, refusal
from gaapbridge.tapes.how import How
from gaapbridge.tapes.ledger_totals import adding_up, parts_of
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.tapes.schema import Amounts, Circumstances, Column, Rule, Schema, amount_from, one_of
from gaapbridge.terms import Finding, UnusableInput
from gaapbridge.terms.money import LARGEST_TOTAL

DEBIT, CREDIT, NIL = "debit", "credit", "nil"
"""The words of the column ``side``."""

_SHOWN = 20
"""Accounts that a finding names."""

TRIAL_BALANCE = Schema(
    name="trial_balance",
    title="Trial balance",
    description=(
        "The US GAAP ledger at one instant, one row for each account, before the profit of the period is closed to "
        "retained earnings: total debits equal total credits. A row may state a debit and a credit; the balance is "
        "the difference. Or it states balance_minor, whose side says the column side where there is one, its sign otherwise."
    ),
    columns=(
        Column("account", "text", "account code of the chart; unique"),
        Column("name", "text", "name of the account", nullable=True),
        Column("debit_minor", "minor", "debit", default=0),
        Column("credit_minor", "minor", "credit", default=0),
        Column("balance_minor", "minor", "balance, debit positive; in the place of debit_minor and credit_minor", default=0),
        Column("side", "text", "where balance_minor stands: debit, credit, or nil where it is nil", nullable=True),
    ),
    rules=(
        amount_from("debit_minor", 0, "state a negative debit as a credit", LARGEST_TOTAL),
        amount_from("credit_minor", 0, "state a negative credit as a debit", LARGEST_TOTAL),
        amount_from("balance_minor", -LARGEST_TOTAL, "state the balance in a smaller unit of the plan", LARGEST_TOTAL),
        one_of("side", (DEBIT, CREDIT, NIL)),
        Rule(
            "side_nil",
            "side",
            "side is nil only where balance_minor is",
            "state the side of the balance",
            lambda _: (pl.col("side") == NIL) & (pl.col("balance_minor") != 0),
            beside=("balance_minor",),
        ),
    ),
    key=("account",),
)


@dataclass(frozen=True)
class Listed:
    """An account as a ledger lists it: its code and name there, the account of the plan it belongs to, its balance."""

    code: str
    name: str | None
    ours: str
    balance: int


@dataclass(frozen=True)
class LedgerBalances:
    """Balances by account, minor units, debit positive, the accounts as they are listed, and findings about them."""

    balances: dict[str, int]
    listed: tuple[Listed, ...]
    findings: tuple[Finding, ...]


class LedgerHow(Protocol):
    """How a plan says that the files of its trial balances are read: the unit of amounts, their names of our columns and those
    that mean nothing to us, and their writing."""

    @property
    def amounts(self) -> Amounts: ...

    @property
    def columns(self) -> Mapping[str, str]: ...

    @property
    def ignore(self) -> Sequence[str]: ...

    @property
    def read(self) -> How | None: ...


def open_trial_balance(path: Path, how: LedgerHow, minor_digits: int, currency: str, file: str | None = None) -> Source:
    """A trial balance whose header fits, its balances stated in one way, called ``file`` where that is not its path.

    Raises ``UnusableInput``."""
    source = open_tape(
        path, TRIAL_BALANCE, amounts=how.amounts, minor_digits=minor_digits, columns=how.columns, ignore=how.ignore,
        read=how.read, currency=currency, file=file,
    )  # fmt: skip
    _refuse_forms(source)
    return source


def _refuse_forms(source: Source) -> None:
    """Raise where the columns of a trial balance state its balances in no way, or in two."""
    both = [ours for ours in ("debit_minor", "credit_minor") if ours in source.theirs]
    if both and "balance_minor" in source.theirs:
        raise UnusableInput(
            file=source.file, row="header", value=", ".join([*both, "balance_minor"]),
            rule="a trial balance states debits and credits, or balances, not both",
            remedy="name one of them in [trial_balance] columns, and the other columns in ignore",
        )  # fmt: skip
    if "balance_minor" not in source.theirs and not both:
        raise UnusableInput(
            file=source.file, row="header", column="balance_minor",
            rule="a trial balance has debit_minor and credit_minor, or balance_minor",
            remedy='map them in [trial_balance] columns (balance_minor = "...")',
        )  # fmt: skip
    if both and "side" in source.theirs:
        raise UnusableInput(
            file=source.file, row="header", column="side", rule="a side is that of a balance", remedy="list it in ignore"
        )


def read_trial_balance(source: Source, chart: Mapping[str, str], mapped: Mapping[str, str]) -> LedgerBalances:
    """A trial balance whose accounts are all in the chart, which has names by codes, some as ``mapped``; one that does not sum
    to nil is a finding.

    Raises ``UnusableInput`` for a bad cell, a balance without a side or accounts that the chart does not know: nothing can be
    left out of a ledger.
    """
    checked = check(source.whole(), TRIAL_BALANCE, Circumstances(), source.file)
    if checked.rejects.height:
        raise refusal(checked.rejects)
    rows = checked.good.select("account", "row", "name", _debit_positive(source, checked.good)).rows()
    theirs = {account: balance for account, _, _, balance in rows}
    whole = {account: parts for account, parts in adding_up(theirs).items() if theirs[account]}
    accounts = charted([(account, row, name) for account, row, name, _ in rows], chart, mapped, source.file, whole)
    balances: dict[str, int] = {}
    for account, _, _, balance in rows:
        balances[accounts[account]] = balances.get(accounts[account], 0) + balance
    listed = tuple(Listed(account, name, accounts[account], balance) for account, _, name, balance in rows)
    return LedgerBalances(balances, listed, (*_twice(theirs, whole, source.file), *_out_of_balance(theirs, source.file)))


def _twice(theirs: Mapping[str, int], whole: Mapping[str, Sequence[str]], file: str) -> Iterator[Finding]:
    """Accounts that are counted with those that they add up: the ``whole``, each with these."""
    if not whole:
        return
    listed = ", ".join(f'"{account}"' for account in whole)
    begun = [account for account, parts in whole.items() if all(part.startswith(account) for part in parts)]
    said = (
        [f"{_first(begun)} {'is' if len(begun) == 1 else 'are each'} the sum of the accounts whose codes begin so"]
        if begun
        else []
    )
    others = [f"{account} is the sum of {_first(parts)}" for account, parts in whole.items() if account not in begun]
    yield Finding(
        name="account counted with its parts",
        where=Path(file).name,
        amount_minor=sum(abs(theirs[account]) for account in whole),
        why=f"{'; '.join([*said, *([_first(others, '; ')] if others else [])])}, and all of them count",
        remedy=f"leave out what adds up others: [trial_balance.read] total_where = {{ account = [{listed}] }}",
        check="R9",
    )


def _out_of_balance(theirs: Mapping[str, int], file: str) -> Iterator[Finding]:
    if total := sum(theirs.values()):
        whole = [*parts_of(theirs)]
        may_be = f"; {_first(whole)} and accounts that begin so are both there: a balance may count twice" if whole else ""
        first = "leave out what adds up others by [trial_balance.read] total_where, or " if whole else ""
        yield Finding(
            name="trial balance does not balance",
            where=Path(file).name,
            amount_minor=total,
            why=f"debits do not equal credits{may_be}",
            remedy=f"{first}export the ledger again; every later tie-out carries this difference",
            check="R9",
        )


def _first(codes: Sequence[str], apart: str = ", ") -> str:
    """Codes in a row; of many the first, and how many there are besides."""
    more = len(codes) - _SHOWN
    return apart.join(codes) if more <= 0 else f"{apart.join(codes[:_SHOWN])} and {more} more"


def balance_of(names: Collection[str]) -> pl.Expr:
    """The balance of a row, debit positive, from those of our columns that a ledger has."""
    if "balance_minor" not in names:
        debit, credit = (pl.col(one) if one in names else pl.lit(0) for one in ("debit_minor", "credit_minor"))
        return (debit - credit).alias("balance")
    negated = pl.col("side").eq_missing(CREDIT) if "side" in names else pl.lit(value=False)
    return pl.when(negated).then(-pl.col("balance_minor")).otherwise(pl.col("balance_minor")).alias("balance")


def _debit_positive(source: Source, good: pl.DataFrame) -> pl.Series:
    """The balance of each row. Raises ``UnusableInput`` where one has no side, or all stand on one: then what the plan says of
    their sides cannot be so."""
    if "balance_minor" not in source.theirs:
        return good.select(balance_of(("debit_minor", "credit_minor"))).to_series()
    sided = "side" in source.theirs
    without = good.filter(pl.col("side").is_null() & (pl.col("balance_minor") != 0)) if sided else good.clear()
    for account, row in without.select("account", "row").head(1).iter_rows():
        raise UnusableInput(
            file=source.file, row=str(row), column="side", value=account, rule="every balance that is not nil has a side",
            remedy="fill the cell; or list the column in ignore, where the sign of the balance says it",
        )  # fmt: skip
    balances = good.select(balance_of(source.theirs)).to_series()
    if (balances != 0).any() and ((balances >= 0).all() or (balances <= 0).all()):
        said = "list it in ignore: the sign says it" if sided else "map the column that says it"
        raise UnusableInput(
            file=source.file, column="side" if sided else "balance_minor",
            rule="some balances are debits and some are credits; read so, all are one of them",
            remedy=f"of the side, {said}",
        )  # fmt: skip
    return balances
