"""A lender's own trial balances at first sight: their columns, and which of their accounts are which of the plan by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.plan.reading import ReadTable
from gaapbridge.starter.account_names import GUARANTEES, LOSSES, OF_PROFIT, account_words, likeness, row_of, trade_names
from gaapbridge.starter.chart import Chart
from gaapbridge.starter.first_sight import look_at
from gaapbridge.starter.ledger_account import LedgerAccount
from gaapbridge.starter.ledger_division import with_divisions
from gaapbridge.starter.ledger_forms import in_one_form
from gaapbridge.starter.ledger_instants import at_opening, with_opening
from gaapbridge.starter.ledger_parents import without_parents
from gaapbridge.starter.names import Match
from gaapbridge.starter.plan_text import array, comment, quoted
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.starter.tape_toml import tables_of
from gaapbridge.tapes.account_sides import says_balance, says_profit
from gaapbridge.tapes.how import layout_of
from gaapbridge.tapes.ledger import TRIAL_BALANCE
from gaapbridge.tapes.opening import opened
from gaapbridge.tapes.raw import BATCH_ROWS
from gaapbridge.tapes.total_words import TOTALS

LIKE_WORDS = 1 / 2
"""Share of words in common from which two names are alike."""

_LONG = 4
"""Digits of a code from which longer ones that begin so are parts of its account."""

_SEVERAL = [account_words(name) for name in (*LOSSES, *GUARANTEES)]

_CHOICES = 3
"""Accounts of the plan that are named beside one that is not clear."""

_OWN = "-ledger"
"""What tells the code of an account of the ledger from another one of the plan's."""


@dataclass(frozen=True)
class LedgerFile:
    """What trial balances seem to hold, and their accounts in the order of their codes; ``chart`` names those of the plan, and
    ``opening`` are the columns of the opening where one file states both instants."""

    tape: TapeFile
    accounts: tuple[LedgerAccount, ...]
    chart: Mapping[str, str]
    opening: Mapping[str, Match]

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
        return {
            **self.tape.as_dict(),
            "columns_of_opening": {ours: match.theirs for ours, match in self.opening.items()},
            "accounts": {one.code: [one.ours, *one.beside] if one.beside else one.ours for one in self.accounts},
        }


def look_at_ledger(paths: Sequence[Path], chart: Chart, kinds: Collection[str] = (), both: bool = False) -> LedgerFile:
    """Trial balances at first sight, that of the closing last, beside tapes of some kinds of contracts, which are of ``both``
    instants or of one. Raises ``UnusableInput`` as a look at a tape does."""
    tape, opening = with_opening(in_one_form(look_at(paths, TRIAL_BALANCE, len(paths) - 1)), both)
    found, plan = _listed(tape), _Plan(_called(chart), chart.of_profit(), chart.measured(kinds))
    parents = without_parents(tape, found, at_opening(tape, opening) if opening else None)
    placed: dict[str, LedgerAccount] = {}
    for code, name in sorted(found.items()):
        placed[code] = _account(code, name, plan, placed.get(parents.above(code)))
    once = [_counted_once(one, parents.asked) for code, one in placed.items() if code not in parents.left_out]
    accounts = with_divisions(once, chart, kinds)
    named = {code: account.name for code, account in chart.accounts.items()}
    added = {one.ours: _line(one.name) for one in accounts if one.ours is not None and one.row is not None}
    return LedgerFile(parents.tape, accounts, {**named, **added}, opening)


def accounts_of(table: str, ledger: LedgerFile) -> Iterator[str]:
    """The tables of a ledger in a plan: its columns, how it is written, and its accounts = the plan's. One that is not clear is
    switched off, so that a close asks for it; it is left empty where the plan has an account of that code that is called
    otherwise."""
    yield from tables_of(table, ledger.tape)
    yield from _opening(table, ledger)
    yield ""
    yield from comment(
        'Accounts of the ledger = the plan\'s, by their names; also "12*" and "4000-4999"; ["1301", "1302"] divides one '
        "by what is measured of the contracts. What is not clear is switched off, and asked for: map it, or add it to "
        "[accounts] of part 5 with the row of the statement it belongs to."
    )
    yield f"[{table}.accounts]"
    longest = max((len(quoted(one.code)) for one in ledger.accounts), default=0)
    for one in ledger.accounts:
        code = quoted(one.code).ljust(longest)
        if one.ours is not None:
            is_ours = "" if one.row else f": {ledger.chart[one.ours]}"
            ours = array([one.ours, *one.beside]) if one.beside else quoted(one.ours)
            yield f"{code} = {ours}  # {_line(one.name)}{is_ours} ({one.why})"
        else:
            may_be = f"; may be {', '.join(may_be_of(one, ledger.chart))}" if one.near or one.parts else ""
            off = "" if one.code in ledger.chart or one.parts else "#"
            yield f'{off}{code} = ""  # OPEN: {_line(one.name) or "no name"}{may_be}'


def _opening(table: str, ledger: LedgerFile) -> Iterator[str]:
    """The table of the columns of the opening, where one file states both instants."""
    if ledger.opening:
        yield ""
        yield from comment(
            "The columns of the opening, in the place of those above. They are to be the balances of the instant at which the "
            "period opens: of a month's file they are those of a month before its end."
        )
        yield f"[{table}.read.opening.columns]"
    yield from (f"{ours} = {quoted(match.theirs)}  # {match.why}" for ours, match in ledger.opening.items())


def may_be_of(account: LedgerAccount, chart: Mapping[str, str]) -> list[str]:
    """What an account that is not clear may be, in words: the total of others, or accounts of the plan."""
    total = [f"the total of {', '.join(account.parts)}: then leave it out by total_where"] if account.parts else []
    return [*total, *(f"{near} {chart[near]}" for near in account.near)]


def accounts_added(ledger: LedgerFile) -> Iterator[str]:
    """The lines of the plan's chart for accounts of the ledger that no note touches."""
    added = [one for one in ledger.accounts if one.row is not None]
    if added:
        yield from ("", "# Of the ledger, touched by no note: the row is told from the name, look at each.")
    for one in added:
        yield f'{quoted(str(one.ours))} = {{ name = {quoted(_line(one.name))}, line = "{one.row}" }}'


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
        for batch in raw.batches([name for name in columns if name in raw.header], BATCH_ROWS):
            texts = batch.with_columns(pl.all().cast(pl.String).str.strip_chars()).fill_null("")
            for row in texts.iter_rows(named=True):
                code = row.get(columns[0], "")
                if code and code.casefold() not in TOTALS:
                    found.setdefault(code, row.get(columns[-1], "") if len(columns) > 1 else "")
    return found


@dataclass(frozen=True)
class _Plan:
    """The words of the names of each account of a plan, by its code, the accounts of income and expense, and those on which
    contracts are measured."""

    called: Mapping[str, Sequence[frozenset[str]]]
    profit: Collection[str]
    measured: Collection[str]

    def fits(self, ours: str, name: str) -> bool:
        """Whether a name may be that of an account: one of income or expense of those only, a balance of the others."""
        return not (says_balance(name) if ours in self.profit else says_profit(name))


def _account(code: str, name: str, plan: _Plan, above: LedgerAccount | None) -> LedgerAccount:
    """An account with the one of the plan that bears its name, or its code and a like name; else with the row of the statement
    in which an account of that name counts; else as the one ``above``, of which it is part."""
    words, called = account_words(name), plan.called
    exactly = [ours for ours, names in called.items() if words and words in names]
    fitting = [ours for ours in called if plan.fits(ours, name)]
    own = [ours for ours in fitting if code == ours or (len(ours) >= _LONG and code.startswith(ours))]
    several = words in _SEVERAL
    if several and plan.measured:
        exactly = [ours for ours in exactly if ours in plan.measured] or exactly
    named = exactly if len(exactly) == 1 or several else [ours for ours in exactly if ours in own]
    if len(named) == 1:
        return LedgerAccount(code, name, named[0], why="its name")
    if several:
        return LedgerAccount(code, name, None, tuple(exactly))
    alike = {ours: likeness(words, called[ours]) for ours in fitting}
    best = sorted((ours for ours in fitting if alike[ours] >= LIKE_WORDS), key=lambda ours: -alike[ours])
    if len(own) == 1 and own[0] in best and not exactly:
        return LedgerAccount(code, name, own[0], why="its code, and a like name: look at it")
    if not exactly and (row := row_of(name)) is not None:
        return LedgerAccount(code, name, _own_code(code, called), why="its name: look at it", row=row)
    if not exactly and not best and above is not None and above.ours is not None:
        of_profit = above.row in OF_PROFIT if above.row else above.ours in plan.profit
        if not (says_balance(name) if of_profit else says_profit(name)):
            ours = _own_code(code, called) if above.row else above.ours
            return LedgerAccount(code, name, ours, why=f"part of {above.code} {_line(above.name)}: look at it", row=above.row)
    return LedgerAccount(code, name, None, tuple(dict.fromkeys((*exactly, *own, *best)))[:_CHOICES])


def _own_code(code: str, called: Collection[str]) -> str:
    """The code in the plan of an account that no note touches: its own, where no other has it."""
    return f"{code}{_OWN if code in called else ''}"


def _counted_once(account: LedgerAccount, asked: Mapping[str, tuple[str, ...]]) -> LedgerAccount:
    """An account that may be the total of others is none of the plan, whatever its name says."""
    if account.code not in asked:
        return account
    return LedgerAccount(account.code, account.name, None, parts=asked[account.code])


def _called(chart: Chart) -> dict[str, list[frozenset[str]]]:
    """The words of the names of each account of the plan: its own, and those of the trade for it and for what posts to it."""
    keys = {code: [role for role, posted in chart.posting.items() if posted == code] for code in chart.accounts}
    return {
        code: [*map(account_words, (account.name, *(name for key in (*keys[code], code) for name in trade_names(key))))]
        for code, account in chart.accounts.items()
    }
