"""The tapes of guarantees: four of them, opened with their curves, cut alike, the rows of a range held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gaapbridge.assumptions.curves import Curves, read_curves
from gaapbridge.assumptions.rates import FeeLosses, read_fee_losses
from gaapbridge.contracts.contract_tapes import CutTapes, Ranges, open_cut
from gaapbridge.contracts.guarantees import KIND
from gaapbridge.contracts.guarantees.whole import whole_guarantees
from gaapbridge.contracts.scan import Part
from gaapbridge.contracts.scenarios import refuse_unknown_scenarios
from gaapbridge.contracts.tape_rows import TapeRows
from gaapbridge.plan import Plan
from gaapbridge.tapes.both_tapes import without
from gaapbridge.tapes.ranges import Held, Read

SCHEMAS = {tape.key: tape.schema for tape in KIND.tapes}
"""The tapes of one instant, as the plan names them."""


@dataclass(frozen=True)
class GuaranteeTapes:
    """The guarantee tapes of a close, opened: those of the closing instant, and of the opening one where the plan has them."""

    curves: Curves
    fee_losses: FeeLosses
    cut: CutTapes

    kind = "guarantees"

    @property
    def rows(self) -> int:
        """Rows of all its tapes."""
        return self.cut.rows

    def ranges(self, folder: Path) -> Iterator[Ranges]:
        """The rows of each range of guarantees, on every tape."""
        return self.cut.ranges(folder)

    @staticmethod
    def check(ranges: Ranges) -> Part:
        """What is read of each tape in a range; nothing is measured."""
        return Part({source: tape.read for source, tape in held_together(ranges).items()})

    def read(self, found: Mapping[str, Read]) -> list[TapeRows]:
        """What was read of each tape, in all ranges."""
        return self.cut.read(found)


def held_together(ranges: Ranges) -> dict[str, Held]:
    """The rows of a range of guarantees, by tape: each guarantee with all its instalments and at both instants, or not at
    all."""
    tapes = {source: part.held(SCHEMAS[source.split(".")[1]]) for source, part in ranges.items()}
    states = [state for state in ("opening", "closing") if _named("guarantees", state) in tapes]
    rejected = {state: pl.concat([tapes[_named(name, state)].rejected_ids for name in SCHEMAS]) for state in states}
    for state in states:
        both = [_named(name, state) for name in SCHEMAS]
        whole = whole_guarantees(*(tapes[source] for source in both))
        others = [rejected[other] for other in states if other != state]
        tapes |= {
            source: without(tape, pl.concat(others)) if others else tape for source, tape in zip(both, whole, strict=True)
        }
    return tapes


def _named(name: str, state: str) -> str:
    return f"tapes.{name}.{state}"


def open_tapes(plan: Plan, paths: Mapping[str, Path]) -> GuaranteeTapes:
    """Open the guarantee tapes, their fee instalments and their curves. Raises ``UnusableInput``; reads no guarantee but for
    its id."""
    prefix = "curves.guarantees."
    prepayment, hazard, lost = (paths[prefix + name] for name in ("prepayment", "hazard", "loss_given_default"))
    curves = read_curves(prepayment, hazard, lost, recovery=None)
    refuse_unknown_scenarios(plan, curves)
    fee_losses = read_fee_losses(paths[prefix + "fee_loss"], curves.segments)
    return GuaranteeTapes(curves, fee_losses, open_cut(plan, paths, KIND, curves.segments))
