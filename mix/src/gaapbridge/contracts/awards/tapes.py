"""The tapes of share awards: read whole with their forfeiture rates, and held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gaapbridge.assumptions.rates import Forfeitures, read_forfeitures
from gaapbridge.contracts.awards.schema import AWARD_EVENTS, AWARD_TRANCHES, AWARDS
from gaapbridge.contracts.awards.whole import Awards, read_awards
from gaapbridge.contracts.contract_tapes import located_in, open_whole
from gaapbridge.contracts.nearly_listed import told_of_writing
from gaapbridge.contracts.scan import Part
from gaapbridge.contracts.tape_rows import TapeRows
from gaapbridge.contracts.unknown_words import told_of_words
from gaapbridge.plan import Plan
from gaapbridge.plan.model import Control
from gaapbridge.tapes.ranges import Read
from gaapbridge.tapes.read import Source


@dataclass(frozen=True)
class AwardTapes:
    """The award tapes of a close, read whole; ``sources`` are the files by their names in the manifest, ``controls`` what the
    plan states as their totals."""

    awards: Awards
    forfeitures: Forfeitures
    sources: Mapping[str, Source]
    controls: Mapping[str, Control]

    kind = "awards"
    findings = ()

    @property
    def file(self) -> str:
        """The tape that must hold awards."""
        return self.sources["tapes.awards"].file

    @property
    def files(self) -> dict[str, str]:
        """What each of them is called in rejects."""
        return {source: tape.file for source, tape in self.sources.items()}

    @property
    def lacking(self) -> dict[str, tuple[str, ...]]:
        """The columns that each of them does not have."""
        return {source: tape.lacking for source, tape in self.sources.items()}

    @property
    def rows(self) -> int:
        """Rows of the three tapes."""
        return self.awards.rows

    def ranges(self, folder: Path) -> Iterator[Awards]:
        """All awards, as one range: they have been held against their schemas when their tapes were opened."""
        yield self.awards

    @staticmethod
    def check(awards: Awards) -> Part:
        """What was read of each tape."""
        return Part(awards.read)

    def located(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of the tapes by the files in which they stand."""
        return located_in(self.sources.values(), rows)

    def read(self, found: Mapping[str, Read]) -> list[TapeRows]:
        """What was read of each tape."""
        return [
            TapeRows.of(name, self._told(name, found[source.schema.name], source), self.controls[name], source)
            for name, source in self.sources.items()
        ]

    def _told(self, name: str, read: Read, source: Source) -> Read:
        """What was read of a tape, with the ids of awards that its rows mean and write differently, and the lines that would
        read its words."""
        awards, read = self.sources["tapes.awards"], told_of_words(read, source, name)
        return told_of_writing(read, source.schema, lambda: (part.frame["award_id"] for part in awards.batches()))


def open_tapes(plan: Plan, paths: Mapping[str, Path]) -> AwardTapes:
    """Read the award tapes and the forfeiture rates of a plan. Raises ``UnusableInput``."""
    how = plan.curves.read("awards").get("forfeiture")
    forfeitures = read_forfeitures(paths["curves.awards.forfeiture"], plan.instants.values(), how)
    schemas = {"awards": AWARDS, "award_tranches": AWARD_TRANCHES, "award_events": AWARD_EVENTS}
    sources = {key: open_whole(plan, paths, key, schema) for key, schema in schemas.items()}
    awards, tranches, events = sources.values()
    assert awards is not None and tranches is not None, "the plan's reader has seen to it"
    read = read_awards(
        awards, tranches, events, currency=plan.entity.currency, functions=forfeitures.functions,
        minor_digits=plan.entity.minor_digits,
    )  # fmt: skip
    given = {f"tapes.{key}": source for key, source in sources.items() if source is not None}
    stated = {f"tapes.{key}": tape.control for key in schemas if (tape := plan.tapes.whole(key)) is not None}
    return AwardTapes(read, forfeitures, given, stated)
