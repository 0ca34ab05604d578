"""One tape as it was read: rows, amount, rejects of its checks, unusual values, and how its control totals compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from gaapbridge.plan.model import Control
from gaapbridge.tapes.named_units import currencies_named
from gaapbridge.tapes.ranges import Read
from gaapbridge.tapes.read import Source
from gaapbridge.terms.finding import MINOR_UNITS, Finding

NOT_STATED = Control()
"""The control totals of a tape of which the plan states none."""


@dataclass(frozen=True)
class TapeRows:
    """One tape after all its rows were held against their schema and against other tapes, with its control totals.

    ``source`` is its name in the manifest; ``left_out`` counts rows of totals and ``others`` rows of kinds that the plan leaves
    out, by their words, which are in no other number; ``totals`` has by column the sums that rows of totals state; ``foreign``
    are columns whose header names another currency than the entity's, with it.
    """

    source: str
    read: Read
    control: Control = NOT_STATED
    left_out: int = 0
    others: Mapping[str, int] = field(default_factory=dict)
    totals: Mapping[str, Sequence[int]] = field(default_factory=dict)
    foreign: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: str, read: Read, control: Control, tape: Source) -> TapeRows:
        """A tape as it was read, with what its file holds besides."""
        return cls(source, read, control, tape.raw.left_out, tape.raw.others, tape.raw.totals, tape.foreign)

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
        return [(name, stated, self._found(name)) for name, stated in self.control.stated.items()]

    @property
    def totals_of_file(self) -> list[tuple[str, int, int]]:
        """Sums that the rows of totals of the file state and the plan does not: name, stated, found. Of several rows one may
        state the sum of all, or each that of a part."""
        sums = [
            (name, list(stated), self._found(name)) for name, stated in self.totals.items() if name not in self.control.stated
        ]
        return [(name, found if found in (*stated, sum(stated)) else stated[-1], found) for name, stated, found in sums]

    def _found(self, name: str) -> int:
        """The rows of the tape, or the sum of a column."""
        return {"rows": self.rows, **self.read.sums}.get(name, self.read.totals.amount_minor)


def said_apart(others: Mapping[str, int]) -> str:
    """Rows of other kinds in words.

    >>> said_apart({"放款": 1200, "核销": 1})
    '1,200 of 放款, 1 of 核销'
    """
    return ", ".join(f"{rows:,} of {word}" for word, rows in others.items())


def tape_findings(tapes: Iterable[TapeRows]) -> list[Finding]:
    """Findings about tapes: control totals of the plan that they do not hold, rejects included, unusual values, and headers in
    another currency than the entity's."""
    return [finding for tape in tapes for finding in (*_of_controls(tape), *_of_unusual_rows(tape), *_of_headers(tape))]


def _of_controls(tape: TapeRows) -> Iterator[Finding]:
    of_plan = ("the plan states", "export the tape again, or correct the control total")
    of_file = (
        "the row of totals of the file states",
        "look for rows that are missing or doubled; where that row adds up something else, state the control total of the tape "
        "in the plan, which goes before it",
    )
    for controls, (states, remedy) in ((tape.controls, of_plan), (tape.totals_of_file, of_file)):
        for name, stated, found in controls:
            if stated != found:
                yield Finding(
                    name="control total differs",
                    where=f"{tape.source}/{name}",
                    amount_minor=found - stated,
                    why=f"{states} {stated:,}, the tape holds {found:,}, rejects included",
                    remedy=remedy,
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


def _of_headers(tape: TapeRows) -> Iterator[Finding]:
    for ours, name in tape.foreign.items():
        yield Finding(
            name="header in another currency",
            where=f"{tape.source}/{ours}",
            amount_minor=None,
            why=f"{name} is read for it and names {' or '.join(sorted(currencies_named(name)))}, not the currency of the "
            "entity, in which its amounts are taken to be",
            remedy="map the column that is in the currency of the entity, or correct the header of the file",
        )
