"""The tapes of share awards: read whole with their forfeiture rates, and held against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gaapbridge.assumptions.rates import Forfeitures, read_forfeitures
from gaapbridge.contracts.awards.schema import AWARD_EVENTS, AWARD_TRANCHES, AWARDS
from gaapbridge.contracts.awards.whole import Awards, read_awards
from gaapbridge.contracts.tape_rows import TapeRows
from gaapbridge.plan import Plan
from gaapbridge.plan.model import WholeTape
from gaapbridge.tapes.checks import REJECTS
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.tapes.schema import Schema


@dataclass(frozen=True)
class AwardTapes:
    """The award tapes of a close, read whole; ``sources`` are the files by their names in the manifest."""

    awards: Awards
    forfeitures: Forfeitures
    sources: Mapping[str, Source]

    kind = "awards"

    @property
    def rows(self) -> int:
        """Rows of the three tapes."""
        return self.awards.rows

    def stream(self, progress: Callable[[int], None]) -> None:
        """Nothing is left to be read: awards are held against their contracts when their tapes are opened."""
        progress(self.rows)

    def read(self) -> list[TapeRows]:
        """What was read of each tape."""
        rejects = self.awards.rejects.select(REJECTS.names())
        return [
            TapeRows(name, source.rows, None, (rejects.filter(pl.col("file") == source.file),))
            for name, source in self.sources.items()
        ]


def open_tapes(plan: Plan, paths: Mapping[str, Path]) -> AwardTapes:
    """Read the award tapes and the forfeiture rates of a plan. Raises ``UnusableInput``."""
    tapes = plan.tapes
    assert tapes.awards is not None and tapes.award_tranches is not None, "the plan's reader has seen to it"
    forfeitures = read_forfeitures(paths["curves.awards.forfeiture"])
    awards = _open(plan, tapes.awards, paths["tapes.awards"], AWARDS)
    tranches = _open(plan, tapes.award_tranches, paths["tapes.award_tranches"], AWARD_TRANCHES)
    listed = tapes.award_events
    events = None if listed is None else _open(plan, listed, paths["tapes.award_events"], AWARD_EVENTS)
    read = read_awards(
        awards, tranches, events, currency=plan.entity.currency, functions=forfeitures.functions,
        minor_digits=plan.entity.minor_digits,
    )  # fmt: skip
    named = {"tapes.awards": awards, "tapes.award_tranches": tranches, "tapes.award_events": events}
    return AwardTapes(read, forfeitures, {name: source for name, source in named.items() if source is not None})


def _open(plan: Plan, tape: WholeTape, path: Path, schema: Schema) -> Source:
    return open_tape(
        path, schema, amounts=tape.amounts, minor_digits=plan.entity.minor_digits, columns=tape.columns, ignore=tape.ignore,
        file=plan.name_of(path),
    )  # fmt: skip
