"""A lender's own trial balances at first sight: their columns, and which of their accounts are which of the plan by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.plan.reading import ReadTable
from gaapbridge.starter.account_names import ACCOUNT_NAMES
from gaapbridge.starter.chart import Chart
from gaapbridge.starter.first_lines import TOTALS
from gaapbridge.starter.first_sight import look_at
from gaapbridge.starter.guess import NONE, Guess, open_question, together
from gaapbridge.starter.ledger_forms import in_one_form
from gaapbridge.starter.names import near, plain
from gaapbridge.starter.plan_text import comment, quoted
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.starter.tape_toml import tables_of
from gaapbridge.tapes.how import layout_of
from gaapbridge.tapes.ledger import TRIAL_BALANCE
from gaapbridge.tapes.opening import opened


@dataclass(frozen=True)
class LedgerAccount:
    """An account of a ledger: its code and name, the account of the plan it seems to be, and others that it may be."""

    code: str
    name: str
    ours: str | None
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class LedgerFile:
    """What trial balances seem to hold, and their accounts in the order of their codes; ``chart`` names those of the plan."""

    tape: TapeFile
    accounts: tuple[LedgerAccount, ...]
    chart: Mapping[str, str]

    @property
    def clear(self) -> tuple[LedgerAccount, ...]:
        """Accounts that seem to be one of the plan."""
        return tuple(account for account in self.accounts if account.ours is not None)

    @property
    def unclear(self) -> tuple[LedgerAccount, ...]:
        """Accounts that may be any."""
        return tuple(account for account in self.accounts if account.ours is None)

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {**self.tape.as_dict(), "accounts": {one.code: one.ours for one in self.accounts}}


def look_at_ledger(paths: Sequence[Path], chart: Chart) -> LedgerFile:
    """Trial balances at first sight, that of the closing last. Raises ``UnusableInput`` as a look at a tape does."""
    tape = in_one_form(look_at(paths, TRIAL_BALANCE, len(paths) - 1))
    named = {code: account.name for code, account in chart.accounts.items()}
    found = _listed(tape)
    accounts = tuple(_account(code, name, chart, named) for code, name in sorted(found.items()))
    return LedgerFile(replace(tape, guess=together((tape.guess, _parts(found)))), accounts, named)


def accounts_of(table: str, ledger: LedgerFile) -> Iterator[str]:
    """The tables of a ledger in a plan: its columns, how it is written, and its accounts = the plan's. One that is not clear is
    switched off, so that a close asks for it; it is left empty where the plan has an account of that code that is called
    otherwise."""
    yield from tables_of(table, ledger.tape)
    yield ""
    yield from comment(
        'Accounts of the ledger = the plan\'s, by their names; also "12*" and "4000-4999". What is not clear is switched off, '
        "and asked for: map it, or add it to [accounts] of part 5 with the row of the statement it belongs to."
    )
    yield f"[{table}.accounts]"
    longest = max((len(quoted(one.code)) for one in ledger.accounts), default=0)
    for one in ledger.accounts:
        code = quoted(one.code).ljust(longest)
        if one.ours is not None:
            yield f"{code} = {quoted(one.ours)}  # {_line(one.name)}: {ledger.chart[one.ours]}"
        else:
            may_be = f"; may be {', '.join(f'{near} {ledger.chart[near]}' for near in one.near)}" if one.near else ""
            off = "" if one.code in ledger.chart else "#"
            yield f'{off}{code} = ""  # OPEN: {_line(one.name) or "no name"}{may_be}'


def _line(name: str) -> str:
    return " ".join(name.split())


def _listed(tape: TapeFile) -> dict[str, str]:
    """Names by codes of the accounts in all files, without rows of totals."""
    if "account" not in tape.matches:
        return {}
    columns = [tape.matches[ours].theirs for ours in ("account", "name") if ours in tape.matches]
    found: dict[str, str] = {}
    for path in tape.paths:
        raw = opened(path, str(path), tape.schema, layout_of(ReadTable(**tape.read)))
        for batch in raw.batches([name for name in columns if name in raw.header], None):
            texts = batch.with_columns(pl.all().cast(pl.String).str.strip_chars()).fill_null("")
            for row in texts.iter_rows(named=True):
                code = row.get(columns[0], "")
                if code and code.casefold() not in TOTALS:
                    found.setdefault(code, row.get(columns[-1], "") if len(columns) > 1 else "")
    return found


def _account(code: str, name: str, chart: Chart, named: Mapping[str, str]) -> LedgerAccount:
    """An account with the one of the plan whose name it bears."""
    words = sorted(plain(name).split())
    called = {ours: (plain(known), *map(plain, _trade(ours, chart))) for ours, known in named.items()}
    exactly = [ours for ours, names in called.items() if words and words in [sorted(one.split()) for one in names]]
    if len(exactly) == 1:
        return LedgerAccount(code, name, exactly[0])
    known = {ours: (named[ours], *_trade(ours, chart)) for ours in named}
    return LedgerAccount(code, name, None, tuple(exactly or near(name, list(named), known)))


def _trade(account: str, chart: Chart) -> tuple[str, ...]:
    """Names of the trade of an account of the plan: those of the roles that post to it, and its own."""
    roles = [role for role, posted in chart.posting.items() if posted == account]
    return tuple(name for key in (*roles, account) for name in ACCOUNT_NAMES.get(key, ()))


def _parts(accounts: Mapping[str, str]) -> Guess:
    """The question of accounts that are listed with accounts they may be the total of."""
    codes = sorted(accounts)
    whole = [one for one, other in pairwise(codes) if other.startswith(one)]
    if not whole:
        return NONE
    shown = ", ".join(whole[:5])
    return open_question("accounts", f"{shown} may be totals of accounts that begin so: a balance may count once only")
