"""The tables of a note as plain figures: what its column adds to each line, how its difference in equity rolls forward, the tax
on it, and how the losses it measures moved. Text, pages and workbooks print these same tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaapbridge.statement.document import Document, Roll, Statement
from gaapbridge.statement.effects import equity_row
from gaapbridge.statement.printing import caption_when
from gaapbridge.terms.statement_kinds import BALANCE_SHEET


@dataclass(frozen=True)
class Losses:
    """How the losses expected of one kind of contract moved over all stages, in printed units that add: captions with the
    amounts of US GAAP and IFRS, a release below nil."""

    contracts: str
    rows: Sequence[tuple[str, int, int]]


@dataclass(frozen=True)
class NoteTable:
    """Figures of a note in printed units: a caption and one amount for each head. Of a single column the head is not printed,
    ``is_headed`` false, where title and captions say of what it is."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    is_headed: bool = True


def note_tables(
    document: Document, column: str, tax: Sequence[tuple[str, int]] = (), losses: Sequence[Losses] = ()
) -> list[NoteTable]:
    """The tables of a column's note in the order of print; ``tax`` are the items of its tax proof, by name.

    A table without an amount is left out.
    """
    tables = [_touched(column, kind, statements, document) for kind, statements in by_kind(document).items()]
    for roll in document.rolls:
        tables += [_roll_forward(document, roll, column), _tax_proof(document, roll, column, tax)]
    return [one for one in (*tables, *map(_losses, losses)) if one is not None]


def by_kind(document: Document) -> dict[str, list[Statement]]:
    """The statements of a document by their kind, in printed order."""
    kinds: dict[str, list[Statement]] = {}
    for statement in document.statements:
        kinds.setdefault(statement.kind, []).append(statement)
    return kinds


def when_of(statement: Statement) -> str:
    """The date or period of a statement in words."""
    return caption_when(statement.as_of, statement.period)


def within(caption: str) -> str:
    """A caption as it stands inside a sentence.

    >>> within("As of December 31, 2023")
    'as of December 31, 2023'
    """
    return caption[:1].lower() + caption[1:]


def _touched(column: str, kind: str, statements: Sequence[Statement], document: Document) -> NoteTable | None:
    """The lines that a column touches in any of the statements of a kind, and the profit they lead to, by statement."""
    profit = {roll.flow_row for roll in document.rolls}
    deducted = {row_id for one in statements for total in profit for row_id in _deducted(one, total)}
    rows = []
    for row in (one for one in statements[0].rows if one.role == "line" or one.id in profit):
        amounts = tuple(_amount(statement, row.id, column) for statement in statements)
        beyond = kind == BALANCE_SHEET and row.section.startswith("non-current") and "noncurrent" not in row.label
        less = "Less: " if row.id in deducted else ""
        if any(amounts):
            rows.append((f"{less}{row.label}{' (non-current)' if beyond else ''}", amounts))
    return NoteTable("", tuple(map(when_of, statements)), tuple(rows)) if rows else None


def _deducted(statement: Statement, total: str, sign: int = 1) -> set[str]:
    """The rows that are deducted on the way to a total."""
    row = statement.row(total)
    if row is None or not row.of:
        return {total} if sign < 0 else set()
    return {row_id for step, part in row.of for row_id in _deducted(statement, part, sign * step)}


def _amount(statement: Statement, row_id: str, column: str) -> int:
    row = statement.row(row_id)
    return 0 if row is None else row.amount(column)


def _roll_forward(document: Document, roll: Roll, column: str) -> NoteTable | None:
    """From the opening difference in equity to the closing one: through profit, and through what is declared not to be profit.

    Statements are rounded one by one; where that leaves a unit between them it is printed, so that the figures add.
    """
    opening, closing, flow = (_statement(document, name) for name in (roll.opening.statement, roll.close, roll.flow))
    equity = equity_row(closing, roll.retained if column in roll.offset else None)
    profit = flow.row(roll.flow_row)
    if equity is None or profit is None:
        return None
    opened, closed, income = (
        _amount(statement, row_id, column)
        for statement, row_id in ((opening, equity.id), (closing, equity.id), (flow, profit.id))
    )
    moved = {name.replace("_", " ").capitalize(): amount for name, amount in roll.paths.get(column, {}).items()}
    moved["Rounding"] = closed - opened - income - sum(moved.values())
    rows = [
        (when_of(opening), opened),
        (f"{profit.label} {within(when_of(flow))}", income),
        *((name, amount) for name, amount in moved.items() if amount),
        (when_of(closing), closed),
    ]
    title = f"Roll-forward of the difference in {equity.label.lower()}"
    return _single(title, when_of(closing), rows)


def _tax_proof(document: Document, roll: Roll, column: str, items: Sequence[tuple[str, int]]) -> NoteTable | None:
    """From what a column adds to income before tax to its income tax, a benefit above nil; nothing where it bears no tax."""
    flow = _statement(document, roll.flow)
    income, tax = flow.row("pbt"), flow.row("tax")
    if not items or income is None or tax is None or not any((tax.amount(column), *(amount for _, amount in items))):
        return None
    named = {**dict(items), "Rounding": tax.amount(column) - sum(amount for _, amount in items)}
    rows = [
        (income.label, income.amount(column)),
        *((name, amount) for name, amount in named.items() if amount),
        (tax.label, tax.amount(column)),
    ]
    return _single(f"Income tax on the difference {within(when_of(flow))}", when_of(flow), rows)


def _single(title: str, head: str, rows: Sequence[tuple[str, int]]) -> NoteTable:
    """A table of one column."""
    return NoteTable(title, (head,), tuple((caption, (amount,)) for caption, amount in rows), is_headed=False)


def _losses(losses: Losses) -> NoteTable:
    """From the losses expected at the opening to those of the closing, under both frameworks."""
    title = f"Losses expected of {losses.contracts}, all stages (IFRS 7.35H; ASC 326-20-50-13)"
    rows = ((caption, (us_gaap, ifrs)) for caption, us_gaap, ifrs in losses.rows if us_gaap or ifrs)
    return NoteTable(title, ("US GAAP", "IFRS"), tuple(rows))


def _statement(document: Document, name: str | None) -> Statement:
    return next(statement for statement in document.statements if statement.id == name)
