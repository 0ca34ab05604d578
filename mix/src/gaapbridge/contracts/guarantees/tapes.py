"""The tapes of guarantees: four of them, opened with their curves, cut alike, the rows of a range held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from gaapbridge.assumptions.curves import Curves, read_curves
from gaapbridge.assumptions.rates import FeeLosses, read_fee_losses
from gaapbridge.contracts.contract_tapes import CutTapes, Ranges, open_cut
from gaapbridge.contracts.curves_asked import curve_findings, refuse_other_curves
from gaapbridge.contracts.guarantees import KIND
from gaapbridge.contracts.guarantees.whole import whole_guarantees
from gaapbridge.contracts.segments_asked import refuse_other_segments
from gaapbridge.plan import Plan
from gaapbridge.tapes.both_tapes import without
from gaapbridge.tapes.ranges import Held

SCHEMAS = {tape.key: tape.schema for tape in KIND.tapes}
"""The tapes of one instant, as the plan names them."""


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


def open_tapes(plan: Plan, paths: Mapping[str, Path]) -> CutTapes[tuple[Curves, FeeLosses]]:
    """Open the guarantee tapes, their fee instalments and their curves. Raises ``UnusableInput``; reads no guarantee but for
    its id."""
    prefix = "curves.guarantees."
    prepayment, hazard, lost = (paths[prefix + name] for name in ("prepayment", "hazard", "loss_given_default"))
    how = plan.curves.read("guarantees")
    curves = read_curves(prepayment, hazard, lost, None, plan.instants.values(), how)
    refuse_other_segments(plan, curves)
    refuse_other_curves(plan, curves, guaranteed=True)
    fee_losses = read_fee_losses(paths[prefix + "fee_loss"], curves.segments, plan.instants.values(), how.get("fee_loss"))
    found = curve_findings(plan, curves, "guarantees")
    return open_cut(plan, paths, KIND, held_together, (curves, fee_losses), curves, found)
