"""Accounts of a ledger that hold what the plan has in two: proposed to be divided by what is measured of the contracts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from gaapbridge.notes import FOLDERS
from gaapbridge.starter.account_names import CAPITAL, SHARE_AWARDS, SURPLUS, TERM, account_words
from gaapbridge.starter.chart import Chart
from gaapbridge.starter.ledger_account import LedgerAccount

_SURPLUS_WORDS = [account_words(name) for name in SURPLUS]


def with_divisions(accounts: Sequence[LedgerAccount], chart: Chart, kinds: Collection[str]) -> tuple[LedgerAccount, ...]:
    """Accounts of a ledger, those divided that hold what is due within a year and later, or capital and share awards: where
    the latter is measured of contracts of these ``kinds``, and no account of the ledger is it alone."""
    placed = {one.code: one for one in accounts}
    for first, other in _pairs(chart, kinds):
        whole = [one for one in placed.values() if one.ours == first and one.row is None]
        if any(one.ours == other for one in placed.values()) or any(account_words(one.name) & TERM for one in whole):
            continue
        for one in whole:
            if first != CAPITAL or account_words(one.name) in _SURPLUS_WORDS:
                why = f"{one.why}; {other} takes of it what is measured of the contracts: look at it"
                placed[one.code] = replace(one, beside=(other,), why=why)
    return tuple(placed.values())


def _pairs(chart: Chart, kinds: Collection[str]) -> Iterator[tuple[str, str]]:
    """Accounts of the plan with those that are measured of contracts of these kinds and may be held with them."""
    notes = [folder.note for folder in FOLDERS.values() if any(kind in kinds for kind in folder.note.kinds)]
    for role in dict.fromkeys(role for note in notes for role in note.balance_roles(list(kinds))):
        sooner = role.replace("_non_current", "_current")
        if role == SHARE_AWARDS:
            yield CAPITAL, chart.posting[role]
        elif sooner != role:
            yield chart.posting[sooner], chart.posting[role]
