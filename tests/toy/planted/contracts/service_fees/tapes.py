"""The tapes of service fees, opened and cut by ranges of contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gaapbridge.contracts.service_fees import KIND
from gaapbridge.contracts.service_fees.schema import SERVICE_FEES

from gaapbridge.contracts.contract_tapes import CutTapes, Ranges, open_cut
from gaapbridge.contracts.scan import Part
from gaapbridge.contracts.tape_rows import TapeRows
from gaapbridge.plan import Plan
from gaapbridge.tapes.both_tapes import without
from gaapbridge.tapes.ranges import Held, Read, not_given

OPENING_TAPE, CLOSING_TAPE = "tapes.service_fees.opening", "tapes.service_fees.closing"


@dataclass(frozen=True)
class FeeTapes:
    """The tapes of a close."""

    cut: CutTapes

    kind = "service_fees"

    @property
    def rows(self) -> int:
        """Rows of both tapes."""
        return self.cut.rows

    def ranges(self, folder: Path) -> Iterator[Ranges]:
        """The rows of each range of fees, on both tapes."""
        return self.cut.ranges(folder)

    @staticmethod
    def check(ranges: Ranges) -> Part:
        """What is read of each tape in a range; nothing is measured."""
        return Part({source: tape.read for source, tape in held_together(ranges).items()})

    def read(self, found: Mapping[str, Read]) -> list[TapeRows]:
        """What was read of each tape, in all ranges."""
        return self.cut.read(found)


def held_together(ranges: Ranges) -> dict[str, Held]:
    """The rows of a range, by tape: good on both tapes or on none."""
    held = {source: tape.held(SERVICE_FEES) for source, tape in ranges.items()}
    opening, closing = (held.get(source, not_given(SERVICE_FEES)) for source in (OPENING_TAPE, CLOSING_TAPE))
    kept = {OPENING_TAPE: without(opening, closing.rejected_ids), CLOSING_TAPE: without(closing, opening.rejected_ids)}
    return {source: kept[source] for source in held}


def open_tapes(plan: Plan, paths: Mapping[str, Path]) -> FeeTapes:
    """Open the tapes of a plan. Raises ``UnusableInput``; reads no more than ids."""
    return FeeTapes(open_cut(plan, paths, KIND, ()))
