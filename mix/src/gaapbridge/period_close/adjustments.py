"""Adjustments: late and top-side journals inside notes, of this period's file and carried on from the prior run.

An adjustment is a flow of its own in the column of its note. It stands among what is brought forward from then on, or reverses
by itself in the period in which its reversing date falls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from gaapbridge.difference import RETAINED, Note
from gaapbridge.measure.tax import tax_on
from gaapbridge.period_close.given import (
    BROUGHT_FORWARD,
    MOVEMENT,
    Accounts,
    Bears,
    Given,
    Leg,
    entry_of,
    joined,
)
from gaapbridge.period_close.given_file import GivenFile, check_account, read_given_file
from gaapbridge.period_close.taxed_anew import adjustments_standing, rate_changes, traces_tax
from gaapbridge.plan import Plan
from gaapbridge.run.brought_forward import AccountSegment
from gaapbridge.run.given_rows import ADJUSTMENT, REVERSED, GivenRow
from gaapbridge.tapes.given import ADJUSTMENTS
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.money import LARGEST_TOTAL

Row = dict[str, Any]

ALIKE = ("note", "date", "reason", "prepared_by", "approved_by", "source", "reversing_date")
"""What every leg of an adjustment says alike."""


def read_adjustments(plan: Plan, notes: Mapping[str, Note], path: Path | None, carried: Sequence[GivenRow]) -> dict[str, Given]:
    """What adjustments come to, by note: those of the file, and those ``carried`` on from the prior run.

    Raises ``UnusableInput`` that names every row which cannot be posted, and every adjustment that does not balance.
    """
    columns = {note.column for note in notes.values()}
    earlier = [row for row in carried if row.note in columns]
    _refuse_left_accounts(plan, notes, earlier)
    rows = earlier if path is None else _with_file(plan, notes, path, earlier)
    given = {}
    for key, note in notes.items():
        own = [row for row in rows if row.note == note.column]
        legs = [leg for name in dict.fromkeys(row.name for row in own) for leg in _legs(plan, note, own, name)]
        given[key] = adjustments_standing(plan, note, joined(plan, note, legs, opening_follows=False), legs)
    return given


def _refuse_left_accounts(plan: Plan, notes: Mapping[str, Note], earlier: Sequence[GivenRow]) -> None:
    """Raise where an adjustment is carried on that is on an account which its note no longer posts to."""
    of_note = {note.column: (note, Accounts.of(plan, note)) for note in notes.values()}
    for row in earlier:
        note, accounts = of_note[row.note]
        if row.account not in accounts.role_of:
            raise UnusableInput(
                file=str(plan.path), key=f"accounts.{row.account}", value=row.account,
                rule=f"adjustment {row.name} is carried on from the prior run, on an account that note {note.numeral} posts to",
                remedy="keep the account of the note, or reverse the adjustment in the period before by a reversing_date",
            )  # fmt: skip


def adjustment_findings(given: Mapping[str, Given]) -> Iterator[Finding]:
    """A finding for each adjustment that nobody approved, or whoever prepared it."""
    for one in given.values():
        made = {row.name: row for row in one.rows if row.prepared_by}
        for name, row in made.items():
            debits = sum(leg.debit_minor for leg in one.rows if (leg.name, leg.flow) == (name, row.flow))
            where = f"adjustments/{name}"
            if not row.approved_by:
                yield Finding(
                    name="adjustment not approved",
                    where=where,
                    amount_minor=debits,
                    why=f"prepared by {row.prepared_by} in note {one.note.numeral}, approved by nobody: {row.reason}",
                    remedy="have somebody else approve it and name them in approved_by, or take it out",
                )
            elif row.approved_by.strip().casefold() == row.prepared_by.strip().casefold():
                yield Finding(
                    name="adjustment approved by its preparer",
                    where=where,
                    amount_minor=debits,
                    why=f"{row.prepared_by} prepared and approved it in note {one.note.numeral}: {row.reason}",
                    remedy="have somebody else approve it: two pairs of eyes see what one does not",
                )


def without_adjustments(plan: Plan, carried: Mapping[AccountSegment, int], given: Given) -> dict[AccountSegment, int]:
    """What was brought forward of a note, but for the adjustments that are carried on beside it."""
    postings = (posting for entry in given.posted.brought_forward for posting in entry.postings if posting.role != RETAINED)
    left = [((plan.account_of(posting.role), posting.segment), posting.amount_minor) for posting in postings]
    deferred = Accounts.of(plan, given.note).deferred
    brought = (row for row in given.rows if row.kind == BROUGHT_FORWARD and row.account in deferred)
    left += [((row.account, row.segment), row.amount_minor) for row in brought]
    own = dict(carried)
    for at, amount in left:
        own[at] = own.get(at, 0) - amount
    return {at: amount for at, amount in own.items() if amount}


def _with_file(plan: Plan, notes: Mapping[str, Note], path: Path, earlier: Sequence[GivenRow]) -> list[GivenRow]:
    """The rows carried on, approved by whom the file says, and those of the file that are new, up to the closing."""
    assert plan.adjustments is not None, "there is a file"
    file = read_given_file(plan, path, ADJUSTMENTS, plan.adjustments, "adjustments")
    sound = [row for row in file.rows if _is_sound(plan, notes, file, row)]
    whole: dict[str, list[Row]] = {}
    for row in sound:
        whole.setdefault(row["id"], []).append(row)
    known: dict[str, list[GivenRow]] = {}
    for one in earlier:
        known.setdefault(one.name, []).append(one)
    for name, rows in whole.items():
        _check_legs(plan, file, name, rows, notes)
        if name in known and _posted(known[name]) != _amounts(rows):
            rule = f"adjustment {name} is carried on from the prior run with other amounts: a number is used once"
            file.fault(rows[0], "id", rule, "give it a number of its own, or the legs that it had")
    file.refuse_faults()
    if (total := sum(row["debit_minor"] for row in sound)) > LARGEST_TOTAL:
        raise UnusableInput(
            file=file.name, column="debit_minor", value=f"{total:,}",
            rule="the debits of all adjustments add up to less than 10^18 minor units, as all that is posted does",
            remedy="correct the amounts; read.amounts says in which unit they stand",
        )  # fmt: skip
    wanted = [row for name, rows in whole.items() if name not in known for row in rows]
    made = [_given_row(plan, notes[row["note"]], file, row) for row in wanted]
    approved = {name: rows[0]["approved_by"] or "" for name, rows in whole.items()}
    carried = [replace(row, approved_by=approved.get(row.name, row.approved_by)) for row in earlier]
    return [*carried, *(row for row in made if row.date <= str(plan.period.closing))]


def _is_sound(plan: Plan, notes: Mapping[str, Note], file: GivenFile, row: Row) -> bool:
    """Whether a leg is of a note of the plan and on an account of that; equity is moved under a name."""
    if row["note"] not in notes:
        near = " or ".join(nearest(row["note"], notes))
        remedy = f"did you mean {near}?" if near else f"known: {', '.join(notes)}"
        file.fault(row, "note", "an adjustment is in a note of notes.order", remedy)
        return False
    note = notes[row["note"]]
    accounts = Accounts.of(plan, note)
    what = f"one that note {note.numeral} posts to: what moves another is a difference, and a given note, of its own"
    if not check_account(plan, file, row, frozenset(accounts.role_of), what):
        return False
    if accounts.role_of[row["account"]] in note.equity_roles and not row["path"]:
        rule = "equity is moved otherwise than by profit under a name"
        file.fault(row, "path", rule, "say in path what moves it, or name an account of income")
        return False
    return True


def _check_legs(plan: Plan, file: GivenFile, name: str, rows: Sequence[Row], notes: Mapping[str, Note]) -> None:
    """The legs of an adjustment say the same of it and balance; where tax is among them, that balances by itself."""
    for column in ALIKE:
        other = next((row for row in rows if row[column] != rows[0][column]), None)
        if other is not None:
            file.fault(other, column, f"the legs of adjustment {name} have one {column}", "write the same in each")
            return
    note = notes[rows[0]["note"]]
    accounts = Accounts.of(plan, note)
    if left := sum(map(_amount, rows)):
        rule = f"adjustment {name} balances; debits less credits are {left:,} minor units"
        file.fault(rows[0], "id", rule, "add the leg that is missing, or correct the amounts")
    elif any(row["account"] in accounts.deferred for row in rows):
        if left := sum(_amount(row) for row in rows if row["account"] in accounts.taxes):
            rule = f"the tax stated in adjustment {name} is deferred tax against income tax; {left:,} minor units are left"
            file.fault(rows[0], "id", rule, "state both, or neither to have the note's own tax")
    elif any(row["account"] in accounts.taxes for row in rows):
        rule = f"income tax stated in adjustment {name} is against deferred tax"
        file.fault(rows[0], "id", rule, "state both, or neither to have the note's own tax")
    first = rows[0]
    moves_equity = any(accounts.role_of[row["account"]] in note.equity_roles for row in rows)
    if first["date"] is None and moves_equity and rate_changes(plan, note.key):
        rule = "where the rate of tax changes in the period, what moves equity bears that of its day"
        file.fault(first, "date", rule, "state the date in each leg")
    if first["reversing_date"] is not None and first["date"] is None and first["reversing_date"] <= plan.period.closing:
        rule = f"an adjustment without a date is of {plan.period.closing}, and reverses on a later day"
        file.fault(first, "reversing_date", rule, "state its date, or a later day")


def _amount(row: Row) -> int:
    amount: int = row["debit_minor"] - row["credit_minor"]
    return amount


def _amounts(rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    amounts: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["account"], row["segment"])
        amounts[key] = amounts.get(key, 0) + _amount(row)
    return amounts


def _posted(rows: Sequence[GivenRow]) -> dict[tuple[str, str], int]:
    amounts: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.account, row.segment)
        amounts[key] = amounts.get(key, 0) + row.amount_minor
    return amounts


def _given_row(plan: Plan, note: Note, file: GivenFile, row: Row) -> GivenRow:
    """A row of the file, not posted yet."""
    return GivenRow(
        note=note.column, entry="", kind="", flow="", account=row["account"], segment=row["segment"],
        debit_minor=row["debit_minor"], credit_minor=row["credit_minor"], file=file.name, row=row["row"], name=row["id"],
        date=str(row["date"] or plan.period.closing), path=row["path"] or "", reason=row["reason"],
        prepared_by=row["prepared_by"], approved_by=row["approved_by"] or "", source=row["source"] or "",
        reversing_date=str(row["reversing_date"] or ""),
    )  # fmt: skip


def _legs(plan: Plan, note: Note, rows: Sequence[GivenRow], name: str) -> Iterator[Leg]:
    """The legs of one adjustment in the period: brought forward or made, and reversed where its day has come."""
    own = [row for row in rows if row.name == name]
    accounts = Accounts.of(plan, note)
    states_tax = note.key not in plan.tax or any(row.account in accounts.taxes for row in own)
    made, reverses = date.fromisoformat(own[0].date), own[0].reversing_date
    opening, closing = plan.period.opening, plan.period.closing
    reversed_on = date.fromisoformat(reverses) if reverses else date.max
    if plan.opening.source != "none" and reversed_on <= opening:
        return
    steps = [(BROUGHT_FORWARD, BROUGHT_FORWARD, 1)] if made <= opening else [(MOVEMENT, ADJUSTMENT, 1)]
    if reversed_on <= closing:
        steps.append((MOVEMENT, REVERSED, -1))
    for kind, flow, sign in steps:
        for row in own:
            bears: Bears = "tax" if row.account in accounts.taxes else "stated" if states_tax else "rate"
            component, text = f"adjustment {name}", _TEXTS[flow].format(name=name, reason=row.reason)
            placed = _placed(note, row, kind, flow, component, bears, sign)
            in_equity = kind == BROUGHT_FORWARD and bears == "rate" and accounts.role_of[row.account] in note.equity
            tax = tax_on(row.amount_minor, _rate_then(plan, note, made)) if in_equity else 0
            yield Leg(placed, component, text, bears, tax)


def _rate_then(plan: Plan, note: Note, made: date) -> Fraction:
    """The rate of the tax that stands in equity beside an adjustment: that of the day on which it was made; where a later rate
    moves it there, that of the opening."""
    tax = plan.tax[note.key]
    as_made = not traces_tax(plan, note.key) and tax.unrated(made) is None
    return tax.rate_at(made if as_made else plan.instants["opening"])


_TEXTS = {
    BROUGHT_FORWARD: "brought forward: adjustment {name}, {reason}",
    ADJUSTMENT: "adjustment {name}: {reason}",
    REVERSED: "adjustment {name} reversed: {reason}",
}


def _placed(note: Note, row: GivenRow, kind: str, flow: str, component: str, bears: Bears, sign: int) -> GivenRow:
    """A row as it is posted in an entry, with its sides exchanged where it is reversed."""
    entry, posted_as = entry_of(note, kind, flow, component, bears)
    debit, credit = (row.debit_minor, row.credit_minor)[::sign]
    return replace(row, entry=entry, kind=posted_as, flow=flow, debit_minor=debit, credit_minor=credit)
