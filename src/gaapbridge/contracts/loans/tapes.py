"""The tapes of loans: opened with their curves and events, and streamed through their checks chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from gaapbridge.assumptions.curves import Curves, read_curves
from gaapbridge.contracts.contract_tapes import open_at, open_whole
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.contracts.scenarios import refuse_unknown_scenarios
from gaapbridge.contracts.tape_rows import TapeRows
from gaapbridge.plan import Plan
from gaapbridge.plan.model import ContractTapes
from gaapbridge.tapes.both_tapes import good_on_both
from gaapbridge.tapes.checks import Checked, check
from gaapbridge.tapes.schema import Circumstances
from gaapbridge.tapes.stream import ContractTape, aligned, empty_frame, known_ids

Frames = tuple[pl.DataFrame, ...]
"""Opening and closing rows of the same contracts."""


@dataclass(frozen=True)
class LoanTapes:
    """The loan tapes of a close, opened; ``read`` is complete once they have been streamed.

    ``events`` are read whole; None where the plan names no such tape. ``across`` collects rejects of rows whose contract is
    rejected on the other tape, by instant.
    """

    stated: ContractTapes
    curves: Curves
    opening: ContractTape | None
    closing: ContractTape
    events: Checked | None
    across: dict[str, list[pl.DataFrame]] = field(default_factory=dict)

    kind = "loans"

    @property
    def rows(self) -> int:
        """Rows of both tapes."""
        return self.closing.source.rows + (self.opening.source.rows if self.opening else 0)

    @property
    def longest_term(self) -> int:
        """Longest term on either tape, in instalments."""
        return max(self.closing.longest_term, self.opening.longest_term if self.opening else 1)

    @property
    def files(self) -> tuple[str, str]:
        """Names of the opening and of the closing tape; where there is no opening tape no row is of it."""
        closing = self.closing.source.file
        return (self.opening.source.file if self.opening else closing, closing)

    def pairs(self) -> Iterator[Frames]:
        """Opening and closing rows in chunks of the same contracts, good on both tapes."""
        if self.opening is None:
            yield from aligned(iter([empty_frame(LOANS)]), self.closing.chunks())
            return
        before, after = self.opening, self.closing
        for opening, closing in aligned(before.chunks(), after.chunks()):
            yield self._good("opening", before, opening, after), self._good("closing", after, closing, before)

    def _good(self, state: str, tape: ContractTape, rows: pl.DataFrame, other: ContractTape) -> pl.DataFrame:
        checked = good_on_both(rows, LOANS, (other,), tape.source.file)
        if checked.rejects.height:
            self.across.setdefault(state, []).append(checked.rejects)
        return checked.good

    def stream(self, progress: Callable[[int], None]) -> None:
        """Hold every row against its contract; nothing is measured."""
        for pair in self.pairs():
            progress(sum(frame.height for frame in pair))

    def read(self) -> list[TapeRows]:
        """What was read of each tape."""
        control, tapes = self.stated.control, (("opening", self.opening), ("closing", self.closing))
        read = [
            TapeRows.of(f"tapes.loans.{state}", tape, getattr(control, state), *self.across.get(state, ()))
            for state, tape in tapes
            if tape is not None
        ]
        if self.events is not None:
            totals = self.events.totals()
            read.append(TapeRows("tapes.events", totals.rows, totals.amount_minor, (self.events.rejects,)))
        return read


def open_tapes(plan: Plan, paths: Mapping[str, Path]) -> LoanTapes:
    """Open the loan tapes, the events and the curves of a plan. Raises ``UnusableInput``; reads no loan."""
    stated = plan.tapes.at_both("loans")
    assert stated is not None, "the plan's reader has seen to it"
    curves = read_curves(
        paths["curves.loans.prepayment"],
        paths["curves.loans.hazard"],
        paths["curves.loans.loss_given_default"],
        paths.get("curves.loans.recovery"),
    )
    refuse_unknown_scenarios(plan, curves)
    opening = open_at(plan, paths, "loans", "opening", LOANS, curves.segments) if "tapes.loans.opening" in paths else None
    closing = open_at(plan, paths, "loans", "closing", LOANS, curves.segments)
    events = _events(plan, paths, [tape for tape in (opening, closing) if tape])
    return LoanTapes(stated, curves, opening, closing, events)


def _events(plan: Plan, paths: Mapping[str, Path], tapes: list[ContractTape]) -> Checked | None:
    source = open_whole(plan, paths, "events", EVENTS)
    if source is None:
        return None
    parsed = source.whole()
    named = parsed.frame["contract_id"].drop_nulls().unique()
    circumstances = Circumstances(
        opening=plan.period.opening, closing=plan.period.closing, contracts=known_ids(tapes, named) if source.rows else None
    )
    return check(parsed, EVENTS, circumstances, source.file)
