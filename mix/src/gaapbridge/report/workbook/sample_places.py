"""Where sampled contracts, their input rows and their cash flows stand, told before anything is written.

Of a run with 213 loans kept, ``Sample loans`` has a row for each, ``Input loans`` every row that it was read from, and
``Cash flows`` a few of them in full.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from gaapbridge.report.told.sampled import ToldSample, ToldSampled, told_in_full, told_samples
from gaapbridge.report.told.trail import ToldContract
from gaapbridge.report.workbook.cash_flow_blocks import Block, blocks_of
from gaapbridge.report.workbook.sheets import sheet_name
from gaapbridge.run.manifest import Manifest
from gaapbridge.run.reader import Run

CASH_FLOWS = "Cash flows"

SAMPLE_FIRST_ROW, INPUT_FIRST_ROW, CASH_FLOWS_FIRST_ROW = 4, 3, 3
"""Rows, from nil, at which contracts, the first tape and the first contract in full begin."""

Place = tuple[str, int]
"""A sheet and a row of it, from nil."""

InputPlace = tuple[str, int, int]
"""The same of an input row, and its number in the file."""


@dataclass(frozen=True)
class SamplePlaces:
    """The places of the contracts of a run's sample."""

    run: Run

    @cached_property
    def samples(self) -> tuple[ToldSample, ...]:
        """The sample of each kind."""
        return told_samples(self.run)

    @cached_property
    def in_full(self) -> tuple[ToldContract, ...]:
        """The contracts that are told in full."""
        return tuple(one for sample in self.samples for one in told_in_full(self.run, sample))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """What is told of these, line by line."""
        files = {row[0] for sample in self.samples for tape in sample.tapes if not tape.is_single for row in tape.rows}
        return tuple(blocks_of(self.in_full, files))

    def sample_sheet(self, kind: str) -> str:
        """The sheet that lists the contracts of a kind."""
        return sheet_name(f"Sample {kind}", f"Sample {self._number(kind)}")

    def input_sheet(self, kind: str) -> str:
        """The sheet of the rows that contracts of a kind were read from."""
        return sheet_name(f"Input {kind}", f"Input {self._number(kind)}")

    @cached_property
    def contract_rows(self) -> dict[str, Place]:
        """Where each contract is listed, by its address."""
        return {
            one.address: (self.sample_sheet(sample.kind), SAMPLE_FIRST_ROW + place)
            for sample in self.samples
            for place, one in enumerate(sample.contracts)
        }

    @cached_property
    def segments(self) -> dict[tuple[str, str], Place]:
        """Where the first contract of a segment is listed, by kind and segment."""
        found: dict[tuple[str, str], Place] = {}
        for sample in self.samples:
            for one in sample.contracts:
                found.setdefault((sample.kind, one.segment), self.contract_rows[one.address])
        return found

    @cached_property
    def input_rows(self) -> dict[tuple[str, str], InputPlace]:
        """Where the first row of a contract stands, by the name of its tape and its address."""
        found: dict[tuple[str, str], InputPlace] = {}
        for sample in self.samples:
            row, addresses = INPUT_FIRST_ROW, {one.contract_id: one.address for one in sample.contracts}
            for tape in sample.tapes:
                row += 2 + bool(tape.alike)
                for one in tape.rows:
                    found.setdefault((tape.name, addresses[one[2]]), (self.input_sheet(sample.kind), row, one[1]))
                    row += 1
                row += 1 + bool(tape.left_out)
        return found

    @cached_property
    def cash_flows(self) -> dict[str, int]:
        """The row at which a contract is told in full, by its address."""
        row, found = CASH_FLOWS_FIRST_ROW, dict[str, int]()
        for block in self.blocks:
            found[block.contract.address] = row
            row += len(block.lines) + 2
        return found

    def of_segment(self, manifest: Manifest, note: str, account: str, segment: str) -> Place | None:
        """Where the contracts behind a journal line begin: of the kind whose roles the account takes, where several have such a
        segment."""
        kinds = manifest.roles.get(note, {})
        own = [kind for kind, roles in kinds.items() if account in {manifest.posting.get(role) for role in roles}]
        return next((place for kind in (*own, *kinds) if (place := self.segments.get((kind, segment)))), None)

    def _number(self, kind: str) -> int:
        return [one.kind for one in self.samples].index(kind) + 1


def single_tapes(sample: ToldSample) -> Iterable[str]:
    """The names of the tapes that have one row for a contract, the closing first."""
    return reversed([tape.name for tape in sample.tapes if tape.is_single])


def first_of(sample: ToldSample, contract: ToldSampled, places: SamplePlaces) -> InputPlace | None:
    """The input row of a contract that is shown first: at the closing, or where it has left before at the opening."""
    held = (places.input_rows.get((name, contract.address)) for name in single_tapes(sample))
    return next((place for place in held if place), None)
