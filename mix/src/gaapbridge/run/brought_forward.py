"""Amounts brought forward: what a run leaves to the next one, and the file a lender gives where there is no prior run.

One row an account and segment of a note: ``note`` (its key in the plan), ``account``, ``segment``, ``debit_minor``,
``credit_minor``. Balance-sheet accounts only, deferred tax included; equity follows from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gaapbridge.book.journal import Journal
from gaapbridge.difference import BASIS_DIFFERENCE, RETAINED, Note
from gaapbridge.notes import NOTES
from gaapbridge.plan import Plan
from gaapbridge.run.form import plain_text
from gaapbridge.tapes.checks import check, refusal
from gaapbridge.tapes.header import NOWHERE
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Circumstances, Column, Schema, amount_from
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.money import LARGEST_TOTAL

AccountSegment = tuple[str, str]
PriorBalances = Mapping[str, Mapping[AccountSegment, int]]
"""Amounts brought forward: note, then (account, segment), debit positive, tax included."""

_SIGN = "state a negative debit as a credit, and a negative credit as a debit"

BROUGHT_FORWARD = Schema(
    name="brought_forward",
    title="Amounts brought forward",
    description=(
        "The differences between IFRS and US GAAP at the opening instant, by note, account and segment: what a prior run "
        "left in `brought_forward.csv`, or the lender's own figures where there is no prior run. Balance-sheet accounts "
        "only, deferred tax (segment `all`, its valuation allowance `valuation allowance`) included; retained earnings follow "
        "from them."
    ),
    columns=(
        Column("note", "text", "key of the note, as in notes.order of the plan"),
        Column("account", "text", "account code of the plan"),
        Column(
            "segment",
            "text",
            "segment of the contracts; all for deferred tax, valuation allowance for what of it is not realised",
        ),
        Column("debit_minor", "minor", "difference that is a debit", default=0),
        Column("credit_minor", "minor", "difference that is a credit", default=0),
    ),
    rules=tuple(amount_from(name, 0, _SIGN, LARGEST_TOTAL) for name in ("debit_minor", "credit_minor")),
    key=("note", "account", "segment"),
    may_be_empty=True,
)


def carried_forward(
    plan: Plan, journals: Mapping[str, Journal], notes: Mapping[str, Note] = NOTES
) -> Iterator[tuple[object, ...]]:
    """Rows of the file that a run leaves: closing balances its journals (by note) posted, income and equity left out."""
    for key in plan.notes.order:
        sums: dict[AccountSegment, int] = {}
        outside = _outside(plan, notes[key])
        for line in journals[key].lines():
            if line.account not in outside:
                at = (line.account, line.segment)
                sums[at] = sums.get(at, 0) + line.amount_minor
        for (account, segment), amount in sorted(sums.items()):
            if amount:
                yield (key, account, segment, max(amount, 0), max(-amount, 0))


HEADER = BROUGHT_FORWARD.names


def read_brought_forward(plan: Plan, path: Path, notes: Mapping[str, Note] = NOTES) -> PriorBalances:
    """The amounts in such a file, by note, account and segment. Raises ``UnusableInput`` at the first row it cannot use."""
    checked = check(
        open_tape(path, BROUGHT_FORWARD, file=path.name, mapped_in=NOWHERE).whole(), BROUGHT_FORWARD, Circumstances(), path.name
    )
    if checked.rejects.height:
        raise refusal(checked.rejects)
    balances: dict[str, dict[AccountSegment, int]] = {note: {} for note in plan.notes.order}
    for number, note, safe_account, safe_segment, debit, credit in checked.good.iter_rows():
        account, segment = plain_text(safe_account), plain_text(safe_segment)
        _refuse(path, number, "note", note, list(balances), "a column of the plan")
        known = _balance_sheet_accounts(plan, notes[note])
        _refuse(path, number, "account", account, known, f"a balance-sheet account that {note} posts to")
        if debit != credit:
            balances[note][account, segment] = debit - credit
    return balances


def _refuse(path: Path, row: int, column: str, value: str, known: Sequence[str], what: str) -> None:
    if value not in known:
        near = " or ".join(nearest(value, known))
        raise UnusableInput(
            file=path.name, row=str(row), column=column, value=value,
            rule=f"the {column} is {what}",
            remedy=f"did you mean {near}?" if near else f"known: {', '.join(known)}",
        )  # fmt: skip


def _balance_sheet_accounts(plan: Plan, note: Note) -> list[str]:
    """Accounts that a note brings forward by amount."""
    return sorted({plan.account_of(role) for role in note.roles(plan.tapes.kinds)} - _outside(plan, note))


def _outside(plan: Plan, note: Note) -> set[str]:
    """Accounts of a note that are not brought forward by amount: income, and equity that follows."""
    roles = {*note.profit_roles, BASIS_DIFFERENCE, RETAINED, "income_tax_expense"}
    return {plan.account_of(role) for role in roles.intersection(note.roles(plan.tapes.kinds))}
