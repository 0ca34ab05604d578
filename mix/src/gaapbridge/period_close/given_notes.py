"""The file of a given note: balances at both instants and the movements between them, held together and made into legs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from gaapbridge.difference import BASIS_DIFFERENCE, RETAINED, Note
from gaapbridge.period_close.deferred_tax import deferred_of, untaxed
from gaapbridge.period_close.given import BROUGHT_FORWARD, MOVEMENT, Accounts, Bears, Given, Leg, entry_of, joined
from gaapbridge.period_close.given_file import GivenFile, check_account, read_given_file
from gaapbridge.period_close.taxed_anew import with_standing
from gaapbridge.plan import Plan
from gaapbridge.run.brought_forward import AccountSegment
from gaapbridge.run.given_rows import GivenRow
from gaapbridge.tapes.given import BALANCE, GIVEN

Row = dict[str, Any]

COMPONENT = "given"
"""The component of what a given note posts."""

TAKEN = (BROUGHT_FORWARD, BASIS_DIFFERENCE)
"""Flows of the close itself, which no row may be of."""

_INCOME = "income and expense have no balance at an instant: what they were is in retained earnings"
_RETAINED = "retained earnings at an instant follow from the other balances"
_OF_TAX = "what moves deferred tax goes through income tax or equity, and nothing else is in it"


def read_given_note(plan: Plan, note: Note, path: Path, carried: Mapping[AccountSegment, int] | None, adjusted: Given) -> Given:
    """What the file of a given note comes to in the period of a plan.

    ``carried`` is what was brought forward of the note, None where nothing was: it is the opening where the file states no
    balances there. ``adjusted`` is what adjustments of the note come to. Raises ``UnusableInput`` for a row that cannot be
    posted, movements that do not balance, a file that is of another period, and one that does not tell what a later rate moves.
    """
    file = read_given_file(plan, path, GIVEN, plan.given[note.key], f"given.{note.key}")
    accounts = Accounts.of(plan, note)
    known = _known(plan, note, accounts)
    what = f"one of given.{note.key}.accounts"
    rows = [row for row in file.rows if check_account(plan, file, row, known, what) and _is_sound(plan, file, row, accounts)]
    balances = {instant: [row for row in rows if row["path"] == BALANCE and row["date"] == day] for instant, day in _days(plan)}
    moves = [row for row in rows if row["path"] != BALANCE and plan.period.opening < row["date"] <= plan.period.closing]
    if plan.opening.source == "none":
        balances, moves = {"opening": balances["closing"], "closing": []}, []
    taxes = _balanced(file, moves, accounts, note, plan)
    _refuse_another_period(plan, file, rows, balances, moves, carried)
    file.refuse_faults()
    legs = [*_opening(plan, note, file, balances["opening"], accounts), *_movements(plan, note, file, moves, taxes)]
    given = joined(plan, note, legs, opening_follows=True)
    if not balances["opening"] and carried:
        given = _opened_as_carried(plan, note, given, carried)
    given = with_standing(plan, note, file, rows, given, adjusted)
    return _closed_as_stated(given, balances["closing"], accounts, plan)


def _days(plan: Plan) -> tuple[tuple[str, date], ...]:
    return (("opening", plan.period.opening), ("closing", plan.period.closing))


def _known(plan: Plan, note: Note, accounts: Accounts) -> frozenset[str]:
    """The accounts that its rows may touch."""
    stated = plan.given[note.key]
    return frozenset(stated.accounts) | (accounts.taxes if stated.tax == "stated" else frozenset())


def _is_sound(plan: Plan, file: GivenFile, row: Row, accounts: Accounts) -> bool:
    """Whether a movement has a name of its own, and a balance is of an account that has one."""
    if row["path"] in TAKEN:
        file.fault(
            row, "path", "an opening is stated in rows of the path balance", "write balance, or call what moves it otherwise"
        )
        return False
    if row["path"] == BALANCE:
        income = row["account"] in accounts.profit or row["account"] in accounts.taxes - accounts.deferred
        if income or accounts.role_of[row["account"]] == RETAINED:
            file.fault(row, "account", _INCOME if income else _RETAINED, "leave the row out, or name what moves it in path")
            return False
    return True


def _balanced(file: GivenFile, moves: Sequence[Row], accounts: Accounts, note: Note, plan: Plan) -> set[tuple[date, str]]:
    """The movements that are tax, by day and path; those that do not balance, or mix tax with what bears it, are faults."""
    flows: dict[tuple[date, str], list[Row]] = {}
    for row in moves:
        flows.setdefault((row["date"], row["path"]), []).append(row)
    equity = {plan.account_of(role) for role in note.equity_roles}
    taxes: set[tuple[date, str]] = set()
    for (day, path), rows in flows.items():
        if left := sum(row["amount_minor"] for row in rows):
            rule = f"the legs of {path} on {day} balance; debits less credits are {left:,} minor units"
            file.fault(rows[0], "path", rule, "add the leg that is missing, or correct the amounts")
        if any(row["account"] in accounts.taxes for row in rows):
            taxes.add((day, path))
            for row in rows:
                if row["account"] not in accounts.taxes | equity:
                    file.fault(row, "account", _OF_TAX, f"give the tax on {path} a path of its own, as tax_on_{path}")
    return taxes


def _refuse_another_period(
    plan: Plan,
    file: GivenFile,
    rows: Sequence[Row],
    balances: Mapping[str, Sequence[Row]],
    moves: Sequence[Row],
    carried: Mapping[AccountSegment, int] | None,
) -> None:
    """A difference that stood before the opening is stated there, or was brought forward; the file reaches into the period."""
    before = [row for row in rows if row["date"] <= plan.period.opening]
    if not rows or _is_over(before):
        return
    if before and not balances["opening"] and not carried:
        rule = f"a difference that began before the opening has balances on {plan.period.opening}"
        file.fault(before[0], "date", rule, "state them in rows of the path balance")
    reached = balances["closing"] or (plan.opening.source == "none" and balances["opening"])
    if not reached and not moves:
        rule = f"the file has movements after {plan.period.opening}, or balances on {plan.period.closing}"
        file.fault(
            rows[-1], "date", rule, "give the file of this period; where nothing moves, state the balances at the closing"
        )


def _is_over(rows: Sequence[Row]) -> bool:
    """Whether the last that is said of a difference, by rows up to some day, is that it is nil."""
    last = max((row["date"] for row in rows), default=None)
    said = [row for row in rows if row["date"] == last and row["path"] == BALANCE]
    return bool(said) and not any(row["amount_minor"] for row in said)


def _opening(plan: Plan, note: Note, file: GivenFile, rows: Sequence[Row], accounts: Accounts) -> Iterator[Leg]:
    for row in rows:
        yield _leg(plan, note, file, row, BROUGHT_FORWARD, is_tax=row["account"] in accounts.deferred)


def _movements(plan: Plan, note: Note, file: GivenFile, rows: Sequence[Row], taxes: set[tuple[date, str]]) -> Iterator[Leg]:
    for row in rows:
        yield _leg(plan, note, file, row, MOVEMENT, is_tax=(row["date"], row["path"]) in taxes)


def _leg(plan: Plan, note: Note, file: GivenFile, row: Row, kind: str, *, is_tax: bool) -> Leg:
    bears: Bears = "tax" if is_tax else "stated" if plan.given[note.key].tax == "stated" else "rate"
    flow = BROUGHT_FORWARD if kind == BROUGHT_FORWARD else row["path"]
    entry, posted_as = entry_of(note, kind, flow, COMPONENT, bears)
    amount = row["amount_minor"]
    given = GivenRow(
        note=note.column, entry=entry, kind=posted_as, flow=flow, account=row["account"], segment=row["segment"],
        debit_minor=max(amount, 0), credit_minor=max(-amount, 0), file=file.name, row=row["row"], name=row["item"] or "",
        date=str(row["date"]), path=row["path"],
    )  # fmt: skip
    return Leg(given, COMPONENT, "brought forward" if kind == BROUGHT_FORWARD else row["path"].replace("_", " "), bears)


def _opened_as_carried(plan: Plan, note: Note, given: Given, carried: Mapping[AccountSegment, int]) -> Given:
    """The same, with the opening that was brought forward in the place of one that the file does not state."""
    bears: Bears = "stated" if plan.given[note.key].tax == "stated" else "rate"
    legs = [
        Leg(_carried_row(note, account, segment, amount), COMPONENT, "brought forward", bears)
        for (account, segment), amount in sorted(untaxed(plan, carried).items())
    ]
    opened = joined(plan, note, legs, opening_follows=True)
    closing = dict(given.balances["closing"])
    for account, amount in opened.balances["opening"].items():
        closing[account] = closing.get(account, 0) + amount
    return replace(
        given,
        posted=replace(given.posted, brought_forward=opened.posted.brought_forward),
        balances={"opening": opened.balances["opening"], "closing": closing},
        tax_opening=deferred_of(plan, carried).gross if bears == "stated" else 0,
        apart_opening=opened.apart_opening,
    )


def _carried_row(note: Note, account: str, segment: str, amount: int) -> GivenRow:
    return GivenRow(
        note=note.column, entry="", kind=BROUGHT_FORWARD, flow=BROUGHT_FORWARD, account=account, segment=segment,
        debit_minor=max(amount, 0), credit_minor=max(-amount, 0), file="", row=0, name="", date="", path=BALANCE,
    )  # fmt: skip


def _closed_as_stated(given: Given, rows: Sequence[Row], accounts: Accounts, plan: Plan) -> Given:
    """The same, with the balances that the file states at the closing, to be held against what it posts."""
    if not rows:
        return given
    closing: dict[str, int] = {}
    tax = 0
    for row in rows:
        if row["account"] in accounts.deferred:
            tax += row["amount_minor"]
        else:
            closing[row["account"]] = closing.get(row["account"], 0) + row["amount_minor"]
    states_tax = plan.given[given.note.key].tax == "stated"
    return replace(given, closing=closing, tax_closing=tax if states_tax else None)
