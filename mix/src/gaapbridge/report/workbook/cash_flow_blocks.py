"""What the sheet of cash flows tells of a contract, line by line, so that how far it reaches is known before it is written.

Both frameworks side by side, the cash flows of its tapes row by row, and the losses expected of every month ahead under each,
which come to the loss allowance.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gaapbridge.explanation.contract import FLOWS, INPUT, MEASURED, WHEN
from gaapbridge.form import Table
from gaapbridge.report.told.contract_words import facts_in_words
from gaapbridge.report.told.differences import in_words
from gaapbridge.report.told.months import ToldLosses, told_losses
from gaapbridge.report.told.trail import ToldContract

WIDTHS = (42, 16, 16, 16, 16, 16, 16, 16, 16, 16)
"""Widths of the columns."""

What = Literal[
    "heading", "said", "head", "fact", "both", "row", "month", "sum", "gross", "cut", "left", "measured", "blank"
]  # fmt: skip


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
        yield Line("fact", (f"{name[:1].upper()}{name[1:]}".replace("_", " "), value))
    for table in told.tables:
        if table.tells.what in (MEASURED, FLOWS):
            yield from _both(table)
    for table in told.tables:
        if table.tells.what == INPUT and table.tells.row is None:
            yield from _rows(table)
        elif table.tells.what == INPUT and table.tells.file in files:
            names, values = zip(("row", table.tells.row), *table.rows, strict=True)
            yield from _rows(replace(table, header=names, rows=(values,)))
    losses = told_losses(told.tables)
    for one in losses:
        yield from _expected(one, losses[0])


def _both(table: Table) -> Iterator[Line]:
    """Amounts under both frameworks, and their difference."""
    yield Line("blank")
    yield Line("head", (in_words(WHEN.get(table.tells.instant, table.tells.name)), "U.S. GAAP", "IFRS", "Difference"))
    for name, us, ifrs, _ in table.rows:
        yield Line("both", (in_words(name), us, ifrs))


def _rows(table: Table) -> Iterator[Line]:
    """The cash flows and events of a tape, a line for each of its rows."""
    shown = [place for place, name in enumerate(table.header) if name != "row" and not name.endswith("_id")]
    names = [table.header[place] for place in shown]
    money = frozenset(place for place, name in enumerate(names, 2) if name in table.tells.minor)
    numbers = table.header.index("row")
    yield Line("blank")
    yield Line("head", (table.tells.file, "Row", *(in_words(name.removesuffix("_minor")) for name in names)))
    for row in table.rows:
        yield Line("row", ("", row[numbers], *(row[place] for place in shown)), money=money)


def _expected(losses: ToldLosses, first: ToldLosses) -> Iterator[Line]:
    """Losses expected month by month under one framework, down to the loss allowance; how they multiply above the first."""
    yield Line("blank")
    yield Line("heading", (f"Losses expected {WHEN[losses.instant]}, {SIDES[losses.framework]}",))
    if losses is first:
        yield Line("said", (HOW_A_MONTH_MULTIPLIES,))
    yield Line("head", MONTH_HEADS)
    for one in losses.months:
        yield Line("month", (f"Month {one.month}" if one.month else "In default already", one))
    yield Line("sum", ("Added up", sum(one.loss for one in losses.months)), len(losses.months))
    if losses.at_most is not None:
        yield Line("gross", ("Gross amount, the most that can be lost", losses.at_most))
        yield Line("cut", ("Above it, and not lost", min(0, losses.at_most - round(sum(one.loss for one in losses.months)))))
        yield Line("left", ("Loss allowance", losses.at_most))
    if losses.allowance is not None:
        yield Line("measured", ("Loss allowance, as measured", losses.allowance))


SIDES = {"us": "U.S. GAAP", "ifrs": "IFRS"}
"""How a filing calls the frameworks."""

MONTH_HEADS = (
    "In default", "First missed due", "Principal exposed", "Interest exposed", "Deferred costs (fees)", "Probability",
    "Loss given default", "Loss of interest", "Discount factor", "Expected loss",
)  # fmt: skip

HOW_A_MONTH_MULTIPLIES = (
    "Expected loss = probability x (loss given default x principal + loss of interest x interest + deferred costs, less fees) "
    "x discount factor, not below nil. Probabilities of scenarios are added up, and weight their shares of loss."
)
"""How the columns of a month give its loss, in words."""
