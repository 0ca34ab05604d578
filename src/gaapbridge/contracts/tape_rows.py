"""One tape as it was read: rows, amount, rejects of its checks, unusual values, and how its control totals compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from gaapbridge.plan.model import Control
from gaapbridge.tapes.stream import ContractTape
from gaapbridge.tapes.unusual import UnusualRows
from gaapbridge.terms.finding import MINOR_UNITS, Finding

NOT_STATED = Control()
"""The control totals of a tape of which the plan states none."""


@dataclass(frozen=True)
class TapeRows:
    """One tape after all its rows were held against its contract, rejects included in ``rows`` and ``amount_minor``.

    ``source`` is its name in the manifest; ``amount_minor`` is None where nothing in its contract weighs a row.
    """

    source: str
    rows: int
    amount_minor: int | None
    rejects: tuple[pl.DataFrame, ...]
    control: Control = NOT_STATED
    unusual: tuple[UnusualRows, ...] = ()

    @classmethod
    def of(cls, source: str, tape: ContractTape, control: Control, *across: pl.DataFrame) -> TapeRows:
        """A streamed tape; ``across`` are rejects of rules that look at other tapes."""
        return cls(source, tape.totals.rows, tape.totals.amount_minor, (*tape.rejects, *across), control, tape.unusual)

    @property
    def rejected_rows(self) -> int:
        """How many of its rows break a rule."""
        rejected: set[int] = set().union(*(part["row"].to_list() for part in self.rejects))
        return len(rejected)

    @property
    def controls(self) -> list[tuple[str, int, int]]:
        """Control totals that the plan states: name, stated, found."""
        totals = {name: self.rows if name == "rows" else self.amount_minor for name in self.control.stated}
        return [(name, stated, found) for name, stated in self.control.stated.items() if (found := totals[name]) is not None]


def tape_findings(tapes: Iterable[TapeRows]) -> list[Finding]:
    """Findings about tapes: control totals of the plan that they do not hold, rejects included, and unusual values."""
    return [finding for tape in tapes for finding in (*_of_controls(tape), *_of_unusual_rows(tape))]


def _of_controls(tape: TapeRows) -> Iterator[Finding]:
    for name, stated, found in tape.controls:
        if stated != found:
            yield Finding(
                name="control total differs",
                where=f"{tape.source}/{name}",
                amount_minor=found - stated,
                why=f"the plan states {stated:,}, the tape holds {found:,}, rejects included",
                remedy="export the tape again, or correct the control total",
                check="R9",
                unit="rows" if name == "rows" else MINOR_UNITS,
            )


def _of_unusual_rows(tape: TapeRows) -> Iterator[Finding]:
    for found in tape.unusual:
        if found.rows:
            column, most = found.unusual.column, found.unusual.most
            yield Finding(
                name=found.unusual.name,
                where=f"{tape.source}/{column}",
                amount_minor=None,
                why=f"rows with {column} above {most:g}: {found.rows:,}, of contracts {found.named}",
                remedy=found.unusual.remedy,
            )
