"""One tape as it was read: rows, amount, rejects of its checks, unusual values, and how its control totals compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from gaapbridge.plan.model import Control
from gaapbridge.tapes.ranges import Read
from gaapbridge.terms.finding import MINOR_UNITS, Finding

NOT_STATED = Control()
"""The control totals of a tape of which the plan states none."""


@dataclass(frozen=True)
class TapeRows:
    """One tape after all its rows were held against their schema and against other tapes, with its control totals.

    ``source`` is its name in the manifest; ``left_out`` counts rows of totals, which are in no other number.
    """

    source: str
    read: Read
    control: Control = NOT_STATED
    left_out: int = 0

    @property
    def rows(self) -> int:
        """All its rows, rejects included."""
        return self.read.totals.rows

    @property
    def rejects(self) -> tuple[pl.DataFrame, ...]:
        """A row for each rule that one of its rows breaks."""
        return self.read.rejects

    @property
    def rejected_rows(self) -> int:
        """How many of its rows break a rule."""
        rejected: set[int] = set().union(*(part["row"].to_list() for part in self.rejects))
        return len(rejected)

    @property
    def controls(self) -> list[tuple[str, int, int]]:
        """Control totals that the plan states: name, stated, found."""
        found = {"rows": self.rows, **self.read.sums}
        weight = self.read.totals.amount_minor
        return [(name, stated, found.get(name, weight)) for name, stated in self.control.stated.items()]


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
                unit=MINOR_UNITS if name.endswith("_minor") else name,
            )


def _of_unusual_rows(tape: TapeRows) -> Iterator[Finding]:
    for found in tape.read.unusual:
        if found.rows:
            column, most = found.unusual.column, found.unusual.most
            yield Finding(
                name=found.unusual.name,
                where=f"{tape.source}/{column}",
                amount_minor=None,
                why=f"{column} is above {most:g} in {found.rows:,} row{'s' if found.rows > 1 else ''}: {found.named}",
                remedy=found.unusual.remedy,
            )
