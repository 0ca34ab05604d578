"""The tapes of guarantees: four of them, opened with their curves and streamed side by side through their checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from gaapbridge.assumptions.curves import Curves, read_curves
from gaapbridge.assumptions.rates import FeeLosses, read_fee_losses
from gaapbridge.contracts.contract_tapes import open_at
from gaapbridge.contracts.guarantees.schema import GUARANTEE_FEES, GUARANTEES
from gaapbridge.contracts.guarantees.whole import whole_guarantees
from gaapbridge.contracts.scenarios import refuse_unknown_scenarios
from gaapbridge.contracts.tape_rows import TapeRows
from gaapbridge.plan import Plan
from gaapbridge.tapes.both_tapes import good_on_both
from gaapbridge.tapes.checks import Checked
from gaapbridge.tapes.stream import ContractTape, aligned, empty_frame

Frames = tuple[pl.DataFrame, ...]
"""Guarantees opening and closing, fee instalments opening and closing: good rows of the same contracts."""

NAMES = ("guarantees", "guarantee_fees")
"""The tapes of one instant, as the plan names them."""


@dataclass(frozen=True)
class GuaranteeTapes:
    """The guarantee tapes of a close, opened; ``read`` is complete once they have been streamed.

    ``opening`` and ``closing`` are pairs of tapes, as in ``NAMES``; ``across`` collects rejects of rules that look at the
    other tape of a pair, by source.
    """

    plan: Plan
    curves: Curves
    fee_losses: FeeLosses
    opening: tuple[ContractTape, ContractTape] | None
    closing: tuple[ContractTape, ContractTape]
    across: dict[str, list[pl.DataFrame]] = field(default_factory=dict)

    kind = "guarantees"

    @property
    def rows(self) -> int:
        """Rows of the guarantee tapes."""
        return self.closing[0].source.rows + (self.opening[0].source.rows if self.opening else 0)

    @property
    def longest_term(self) -> int:
        """Longest term on either tape, in instalments."""
        return max(tapes[0].longest_term for tapes in (self.closing, self.opening) if tapes is not None)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the tapes in the order of the frames; where there is no opening tape no row is of it."""
        return tuple(tape.source.file for pair in zip(self.opening or self.closing, self.closing, strict=True) for tape in pair)

    def frames(self) -> Iterator[Frames]:
        """Rows of the four tapes in chunks of the same contracts, each guarantee with all its instalments or not at all."""
        absent = (empty_frame(GUARANTEES), empty_frame(GUARANTEE_FEES))
        before = [tape.chunks() for tape in self.opening] if self.opening else [iter([frame]) for frame in absent]
        after = [tape.chunks() for tape in self.closing]
        for opened, closed, fees_opened, fees_closed in aligned(before[0], after[0], before[1], after[1]):
            opening = self._good(opened, fees_opened, "opening") if self.opening else (opened, fees_opened)
            closing = self._good(closed, fees_closed, "closing")
            if self.opening:
                opening, closing = self._on_both(opening, "opening"), self._on_both(closing, "closing")
            yield opening[0], closing[0], opening[1], closing[1]

    def _good(self, guarantees: pl.DataFrame, fees: pl.DataFrame, state: str) -> Frames:
        return self._kept(whole_guarantees(guarantees, fees, *self._pair(state)), state)

    def _on_both(self, frames: Frames, state: str) -> Frames:
        """Rows whose guarantee has no rejected row at the other instant either."""
        others = self._pair("closing" if state == "opening" else "opening")
        contracts = (GUARANTEES, GUARANTEE_FEES)
        checked = [
            good_on_both(frame, contract, others, tape.source.file)
            for frame, contract, tape in zip(frames, contracts, self._pair(state), strict=True)
        ]
        return self._kept(checked, state)

    def _pair(self, state: str) -> tuple[ContractTape, ContractTape]:
        pair = self.opening if state == "opening" else self.closing
        assert pair is not None, "asked only where there is such a pair"
        return pair

    def _kept(self, pair: Sequence[Checked], state: str) -> Frames:
        for name, checked in zip(NAMES, pair, strict=True):
            if checked.rejects.height:
                self.across.setdefault(f"tapes.{name}.{state}", []).append(checked.rejects)
        return tuple(checked.good for checked in pair)

    def stream(self, progress: Callable[[int], None]) -> None:
        """Hold every row against its contract and against the other tapes; nothing is measured."""
        for opened, closed, _, _ in self.frames():
            progress(opened.height + closed.height)

    def read(self) -> list[TapeRows]:
        """What was read of each tape."""
        read = []
        for place, name in enumerate(NAMES):
            stated = self.plan.tapes.at_both(name)
            assert stated is not None, "the plan's reader has seen to it"
            control = stated.control
            for state, tapes in (("opening", self.opening), ("closing", self.closing)):
                if tapes is not None:
                    source = f"tapes.{name}.{state}"
                    read.append(TapeRows.of(source, tapes[place], getattr(control, state), *self.across.get(source, ())))
        return read


def open_tapes(plan: Plan, paths: Mapping[str, Path]) -> GuaranteeTapes:
    """Open the guarantee tapes, their fee instalments and their curves. Raises ``UnusableInput``; reads no guarantee."""
    prefix = "curves.guarantees."
    prepayment, hazard, lost = (paths[prefix + name] for name in ("prepayment", "hazard", "loss_given_default"))
    curves = read_curves(prepayment, hazard, lost, recovery=None)
    refuse_unknown_scenarios(plan, curves)
    fee_losses = read_fee_losses(paths[prefix + "fee_loss"], curves.segments)
    opening = _tapes(plan, paths, "opening", curves) if "tapes.guarantees.opening" in paths else None
    return GuaranteeTapes(plan, curves, fee_losses, opening, _tapes(plan, paths, "closing", curves))


def _tapes(plan: Plan, paths: Mapping[str, Path], state: str, curves: Curves) -> tuple[ContractTape, ContractTape]:
    """The guarantees and the fee instalments of one instant."""
    guarantees, fees = NAMES
    return (
        open_at(plan, paths, guarantees, state, GUARANTEES, curves.segments),
        open_at(plan, paths, fees, state, GUARANTEE_FEES, curves.segments),
    )
