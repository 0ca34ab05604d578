"""The tapes of loans: opened with their curves, cut by ranges of contracts, and the rows of a range held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gaapbridge.assumptions.curves import Curves, read_curves
from gaapbridge.contracts.contract_tapes import CutTapes, Ranges, open_cut
from gaapbridge.contracts.loans import KIND
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.contracts.scan import Part
from gaapbridge.contracts.scenarios import refuse_unknown_scenarios
from gaapbridge.contracts.tape_rows import TapeRows
from gaapbridge.plan import Plan
from gaapbridge.tapes.both_tapes import without
from gaapbridge.tapes.ranges import Held, Read

OPENING_TAPE, CLOSING_TAPE, EVENTS_TAPE = "tapes.loans.opening", "tapes.loans.closing", "tapes.events"


@dataclass(frozen=True)
class LoanTapes:
    """The loan tapes of a close and the events of its period, opened; no opening tape or no events where the plan has none."""

    curves: Curves
    cut: CutTapes

    kind = "loans"

    @property
    def rows(self) -> int:
        """Rows of all its tapes."""
        return self.cut.rows

    def ranges(self, folder: Path) -> Iterator[Ranges]:
        """The rows of each range of loans, on every tape."""
        return self.cut.ranges(folder)

    @staticmethod
    def check(ranges: Ranges) -> Part:
        """What is read of each tape in a range; nothing is measured."""
        return Part({source: tape.read for source, tape in held_together(ranges).items()})

    def read(self, found: Mapping[str, Read]) -> list[TapeRows]:
        """What was read of each tape, in all ranges."""
        return self.cut.read(found)


def held_together(ranges: Ranges) -> dict[str, Held]:
    """The rows of a range of loans, by tape: held against their schemas, and good on both loan tapes or on none."""
    loans = {source: ranges[source].held(LOANS) for source in (OPENING_TAPE, CLOSING_TAPE) if source in ranges}
    rejected = {source: tape.rejected_ids for source, tape in loans.items()}
    other = {OPENING_TAPE: CLOSING_TAPE, CLOSING_TAPE: OPENING_TAPE}
    tapes = {
        source: without(tape, rejected[other[source]]) if other[source] in loans else tape for source, tape in loans.items()
    }
    if EVENTS_TAPE in ranges:
        listed = pl.concat([tape.every["contract_id"].drop_nulls() for tape in loans.values()])
        tapes[EVENTS_TAPE] = ranges[EVENTS_TAPE].held(EVENTS, listed)
    return tapes


def open_tapes(plan: Plan, paths: Mapping[str, Path]) -> LoanTapes:
    """Open the loan tapes, the events and the curves of a plan. Raises ``UnusableInput``; reads no loan but for its id."""
    curves = read_curves(
        paths["curves.loans.prepayment"],
        paths["curves.loans.hazard"],
        paths["curves.loans.loss_given_default"],
        paths.get("curves.loans.recovery"),
    )
    refuse_unknown_scenarios(plan, curves)
    return LoanTapes(curves, open_cut(plan, paths, KIND, curves.segments))
