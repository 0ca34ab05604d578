"""What the sheet of cash flows tells of a contract, line by line, so that how far it reaches is known before it is written.

Both frameworks side by side, the cash flows of its tapes row by row, and the losses expected of every month ahead under both,
which come to the loss allowance.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gaapbridge.explanation.contract import WHEN
from gaapbridge.form import Table
from gaapbridge.report.told.contract_words import facts_in_words
from gaapbridge.report.told.differences import in_words
from gaapbridge.report.told.trail import ToldContract

WIDTHS = (46, 16, 16, 16, 16, 16, 16, 16, 16)
"""Widths of the columns."""

What = Literal["heading", "head", "fact", "both", "row", "month", "sum", "measured", "blank"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a block: what it is, and its cells from the first column on, amounts in minor units.

    ``of`` says how many lines above it a sum adds up, ``money`` which places of a tape's row are amounts.
    """

    what: What
    cells: tuple[Any, ...] = ()
    of: int = 0
    money: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Block:
    """A contract with the lines that tell of it."""

    contract: ToldContract
    lines: tuple[Line, ...]


def blocks_of(contracts: Sequence[ToldContract], files: Collection[str]) -> Iterator[Block]:
    """The blocks of contracts, in their order; ``files`` are those that may have several rows for one."""
    for one in contracts:
        yield Block(one, tuple(_lines(one, files)))


def _lines(contract: ToldContract, files: Collection[str]) -> Iterator[Line]:
    told = contract.explanation
    for name, value in facts_in_words({name: one for name, one in told.facts.items() if name != "calculated from"}):
        yield Line("fact", (in_words(name), value))
    for table in told.tables:
        if table.header[-1] == "difference":
            yield from _both(table)
    for table in told.tables:
        if table.title.startswith(INPUT_ROWS):
            yield from _rows(table, table.title.removeprefix(INPUT_ROWS))
        elif (found := INPUT_ROW.fullmatch(table.title)) and found["file"] in files:
            names, values = zip(("row", int(found["row"])), *table.rows, strict=True)
            yield from _rows(replace(table, header=names, rows=(values,)), found["file"])
    yield from _expected(told.tables)


INPUT_ROWS, INPUT_ROW = "Input rows of ", re.compile(r"Input row (?P<row>\d+) of (?P<file>.*)")
"""How the table of a tape is called that has several rows for a contract, and of one that has a single one."""


def _both(table: Table) -> Iterator[Line]:
    """Amounts under both frameworks, and their difference."""
    yield Line("blank")
    yield Line("head", (in_words(_state_of(table)), "U.S. GAAP", "IFRS", "Difference"))
    for name, us, ifrs, _ in table.rows:
        yield Line("both", (in_words(name), us, ifrs))


def _state_of(table: Table) -> str:
    """The date at which amounts were measured, as the caption of their table has it."""
    return table.title.removeprefix("Measured").lstrip(", ").removesuffix(", minor units")


def _rows(table: Table, file: str) -> Iterator[Line]:
    """The cash flows and events of a tape, a line for each of its rows."""
    shown = [place for place, name in enumerate(table.header) if name != "row" and not name.endswith("_id")]
    names = [table.header[place] for place in shown]
    money = frozenset(place for place, name in enumerate(names, 2) if name.endswith("_minor"))
    numbers = table.header.index("row")
    yield Line("blank")
    yield Line("head", (file, "Row", *(in_words(name.removesuffix("_minor")) for name in names)))
    for row in table.rows:
        yield Line("row", ("", row[numbers], *(row[place] for place in shown)), money=money)


def _expected(tables: Sequence[Table]) -> Iterator[Line]:
    """Losses expected month by month, of the last state that has them, under both frameworks."""
    by_state: dict[str, dict[str, Table]] = {}
    for table in tables:
        if table.title.startswith(MONTHS):
            state, _, framework = table.title.removeprefix(MONTHS).rpartition(", ")
            by_state.setdefault(state, {})[framework] = table
    measured = {_state_of(table): table for table in tables}
    state = next((state for state in LAST_FIRST if state in by_state), "")
    if not state:
        return
    sides = [_by_month(table) for _, table in sorted(by_state[state].items(), reverse=True)]
    yield Line("blank")
    yield Line("heading", (f"Losses expected month by month, {state}",))
    yield Line("head", MONTH_HEADS)
    months = sorted({month for side in sides for month in side})
    for month in months:
        due, principal = next(side[month][:2] for side in sides if month in side)
        both = (cell for side in sides for cell in side.get(month, (None,) * 5)[2:])
        yield Line("month", (f"Month {month}", "" if due is None else str(due), principal, *both))
    sums = [sum(month[4] for month in side.values()) for side in sides]
    yield Line("sum", ("Added up", *sums), len(months))
    allowance = next((row[1:3] for row in measured[state].rows if row[0] == ALLOWANCE), None) if state in measured else None
    if allowance is not None:
        yield Line("measured", ("Loss allowance, as measured", *allowance))


MONTHS = "Months, "
ALLOWANCE = "loss allowance"
LAST_FIRST = tuple(WHEN[state] for state in ("closing", "exit", "opening"))
"""States by which losses are told: at the closing, else at the exit, else at the opening."""

MONTH_HEADS = (
    "In default", "First missed due", "Principal exposed", "U.S. GAAP: probability", "Discount factor", "Expected loss",
    "IFRS: probability", "Discount factor", "Expected loss",
)  # fmt: skip


def _by_month(table: Table) -> Mapping[int, tuple[Any, ...]]:
    """By month: due date, principal, probability over scenarios, discount factor and loss."""
    found: dict[int, list[Any]] = {}
    for cells in table.rows:
        row = dict(zip(table.header, cells, strict=True))
        month = row["recognised in month"]
        probability = row["weight"] * row["survival"] * row["hazard"]
        if month not in found:
            found[month] = [row["first missed due"], row["principal"], 0, row["discount factor"], 0]
        found[month][2] += probability
        found[month][4] += row["loss"]
    return {month: tuple(one) for month, one in found.items()}
