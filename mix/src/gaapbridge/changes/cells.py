"""The cells of the statements that two runs both print, side by side: in printed units, and in exact minor units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gaapbridge.statement.document import IFRS, US_GAAP, Document, Row, Statement
from gaapbridge.statement.effects import equity_row
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT

NET_INCOME = "ni"
"""The row of net income where no roll-forward names one."""


class Printed(Protocol):
    """What has statements: ``document`` in printed units, ``exact`` in minor units. A run, or a close that is to become one."""

    @property
    def document(self) -> Document: ...

    @property
    def exact(self) -> Document: ...


@dataclass(frozen=True)
class Cell:
    """One cell in both runs. Exact amounts are None where a run shows the statement only as a prior run printed it.

    A row or a column that one of the runs does not have is nil there.
    """

    statement: str
    row: str
    column: str
    label: str
    role: str
    old_printed: int
    new_printed: int
    old_minor: int | None
    new_minor: int | None

    @property
    def address(self) -> str:
        """Where ``explain`` opens it."""
        return f"{self.statement}/{self.row}/{self.column}"

    @property
    def printed_difference(self) -> int:
        """New less old, as printed."""
        return self.new_printed - self.old_printed

    @property
    def difference_minor(self) -> int | None:
        """New less old in minor units, where both are known."""
        return None if self.old_minor is None or self.new_minor is None else self.new_minor - self.old_minor

    @property
    def moved(self) -> bool:
        """Whether it prints otherwise, or is another exact amount."""
        return bool(self.printed_difference or self.difference_minor)

    @property
    def rounding_only(self) -> bool:
        """Whether it prints otherwise though its exact amount is the same: what is rounded beside it moved."""
        return bool(self.printed_difference) and self.difference_minor == 0

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "address": self.address,
            "label": self.label,
            "printed": {"old": self.old_printed, "new": self.new_printed, "difference": self.printed_difference},
            "minor": {"old": self.old_minor, "new": self.new_minor, "difference": self.difference_minor},
        }


@dataclass(frozen=True)
class Effect:
    """What a column does to ``equity`` or ``net income``: its cell in that row. For the frameworks, the row itself."""

    column: str
    on: str
    cell: Cell


def common_statements(old: Printed, new: Printed) -> tuple[Statement, ...]:
    """The new run's statements that the old run prints too, the latest of each kind first."""
    return tuple(one for one in new.document.statements if same_in(old.document, one) is not None)


def same_in(document: Document, statement: Statement) -> Statement | None:
    """The same statement of another document: by its id, else by its kind and time. Runs of before named the income of a
    half-year, a quarter or a month by its last day alone."""
    when = (statement.kind, statement.as_of, statement.period)
    by_time = (one for one in document.statements if (one.kind, one.as_of, one.period) == when)
    return document.statement(statement.id) or next(by_time, None)


def columns_of(old: Printed, new: Printed) -> tuple[str, ...]:
    """US GAAP, the columns of both runs in the order of the new one, IFRS."""
    return tuple(dict.fromkeys((US_GAAP, *new.document.column_ids, *old.document.column_ids, IFRS)))


def cells_of(old: Printed, new: Printed) -> tuple[Cell, ...]:
    """Every cell of the statements that both runs print, in the order of the new one."""
    return tuple(cell for statement in common_statements(old, new) for cell in _cells(statement, old, new))


def _cells(statement: Statement, old: Printed, new: Printed) -> Iterator[Cell]:
    before = same_in(old.document, statement)
    assert before is not None, "a statement that both print"
    exact = tuple(same_in(run.exact, statement) for run in (old, new))
    for row in _rows(before, statement):
        for column in columns_of(old, new):
            minor = [None if one is None else _amount(one.row(row.id), column) for one in exact]
            yield Cell(
                statement=statement.id,
                row=row.id,
                column=column,
                label=row.label,
                role=row.role,
                old_printed=_amount(before.row(row.id), column),
                new_printed=_amount(statement.row(row.id), column),
                old_minor=None if None in minor else minor[0],
                new_minor=None if None in minor else minor[1],
            )


def _rows(old: Statement, new: Statement) -> Sequence[Row]:
    return [*new.rows, *(row for row in old.rows if new.row(row.id) is None)]


def _amount(row: Row | None, column: str) -> int:
    return 0 if row is None else row.amount(column)


def effects_of(cells: Sequence[Cell], old: Printed, new: Printed) -> tuple[Effect, ...]:
    """What each column does to equity in the latest balance sheet both print, and to net income in the latest income
    statement."""
    by_address = {cell.address: cell for cell in cells}
    found = []
    for kind, on in ((BALANCE_SHEET, "equity"), (INCOME_STATEMENT, "net income")):
        latest = next((one for one in common_statements(old, new) if one.kind == kind), None)
        row = None if latest is None else _effect_row(latest, new.exact)
        if latest is not None and row is not None:
            addresses = [(column, f"{latest.id}/{row}/{column}") for column in columns_of(old, new)]
            found += [Effect(column, on, by_address[address]) for column, address in addresses]
    return tuple(found)


def _effect_row(statement: Statement, exact: Document) -> str | None:
    if statement.kind == BALANCE_SHEET:
        row = equity_row(statement, None)
        return None if row is None else row.id
    named = exact.rolls[0].flow_row if exact.rolls else NET_INCOME
    return named if statement.row(named) is not None else None


def exact_amounts(document: Document, columns: Sequence[str], statements: Sequence[Statement]) -> Mapping[str, int]:
    """Every cell of some statements as an exact document has them, in minor units by address."""
    found = ((statement.id, same_in(document, statement)) for statement in statements)
    return {
        f"{name}/{row.id}/{column}": row.amount(column)
        for name, same in found
        if same is not None
        for row in same.rows
        for column in columns
    }
