"""The opening of a column where it is measured otherwise than it was brought forward: as the prior run left it, and the gap.

A prior run tells balances by account and segment, the measurement by component as well. What was brought forward is told by
component from the opening as measured, so that each component's roll-forward leads from what the ledger holds of it to its own
closing; the gap stands with the component that the account is of, the largest there where it is of several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gaapbridge.book.journal import Entry, EntryKind, Line
from gaapbridge.difference import BASIS_DIFFERENCE, RETAINED
from gaapbridge.plan import Plan
from gaapbridge.run.brought_forward import AccountSegment

Balances = Mapping[AccountSegment, int]


def moved(carried: Balances, measured: Balances) -> dict[AccountSegment, int]:
    """Gap from the opening as brought forward to that as measured, by account and segment, where there is one."""
    keys = sorted({*carried, *measured})
    gap = {key: measured.get(key, 0) - carried.get(key, 0) for key in keys}
    return {key: amount for key, amount in gap.items() if amount}


def restated_opening(
    plan: Plan, numeral: str, measured: Sequence[Entry], movements: Sequence[Entry], gap: Balances, kind: str
) -> list[Entry]:
    """The entries of an opening that is ``gap`` more than what was brought forward: for each component what the prior run left
    of it, and what the difference adds, through equity. ``measured`` is the opening as measured, ``movements`` those of the
    period, by which an account is told whose component is measured at nil.

    Awards of 723,944 on account 4002 that are measured at nil now: 723,944 brought forward, a difference of -723,944, nil left.
    """
    equity = {plan.account_of(RETAINED)}
    opened: dict[str, dict[AccountSegment, int]] = {}
    for entry in measured:
        _add(opened.setdefault(entry.component, {}), entry.lines, equity)
    differences: dict[str, dict[AccountSegment, int]] = {}
    for key, amount in gap.items():
        component = _component_of(key, opened, movements)
        differences.setdefault(component, {})[key] = amount
        of_component = opened.setdefault(component, {})
        of_component[key] = of_component.get(key, 0) - amount
    basis, text = plan.account_of(BASIS_DIFFERENCE), f"opening basis difference: {kind}"
    brought = [
        _against(numeral, "brought_forward", name, EntryKind.BROUGHT_FORWARD, one, plan.account_of(RETAINED), "brought forward")
        for name, one in opened.items()
    ]
    return brought + [
        _against(numeral, BASIS_DIFFERENCE, name, EntryKind.MOVEMENT, one, basis, text) for name, one in differences.items()
    ]


def _add(balances: dict[AccountSegment, int], lines: Sequence[Line], besides: set[str]) -> None:
    for line in lines:
        if line.account not in besides:
            key = (line.account, line.segment)
            balances[key] = balances.get(key, 0) + line.amount_minor


def _component_of(key: AccountSegment, opened: Mapping[str, Balances], movements: Sequence[Entry]) -> str:
    """Whose an account is in a segment: the component with the most on it at the opening, else one that posts to it."""
    here = {name: abs(one[key]) for name, one in opened.items() if key in one}
    if here:
        return max(here, key=lambda name: here[name])
    elsewhere = [name for name, one in opened.items() if any(account == key[0] for account, _ in one)]
    posting = [entry.component for entry in movements if any(line.account == key[0] for line in entry.lines)]
    return [*elsewhere, *posting, *opened, *(entry.component for entry in movements), "opening"][0]


def _against(numeral: str, flow: str, component: str, kind: EntryKind, balances: Balances, equity: str, text: str) -> Entry:
    """Balances as an entry that meets equity with what is left of them."""
    lines = [Line.of(*key, amount, text) for key, amount in sorted(balances.items()) if amount]
    if left := -sum(line.amount_minor for line in lines):
        lines.append(Line.of(equity, "all", left, text))
    return Entry(f"{numeral}-{flow}-{component}", flow, component, kind, tuple(lines))
