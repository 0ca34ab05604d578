"""The pictures of a pack: which figures each shows, the file it is in, and what it says in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from gaapbridge.report.charts import Step, bands, bridge, stages
from gaapbridge.report.charts_of_contracts import ContractPictures
from gaapbridge.report.pack.notes import cause_steps, note_page
from gaapbridge.report.pack.site import CONTRACTS, HINDSIGHT, INDEX, MOVEMENTS, file_name, up
from gaapbridge.report.told.pictured import (
    DEFAULTS,
    EXPECTED_AND_CAME,
    READ,
    allowance_steps,
    bridge_steps,
    bridged,
    by_stage,
    called,
    hindsight_bands,
)
from gaapbridge.report.told.statements import ToldStatements
from gaapbridge.report.told.trail import told_causes
from gaapbridge.run.reader import Run

FOOTED = "Figures are rounded so that they add up: each may be one from its exact amount, which the table has."
"""What is said of steps that are rounded between two sums."""


@dataclass(frozen=True)
class Pictures:
    """The pictures by file; ``figures`` say on which page each stands and what it shows, ``steps`` what the index tells too.

    They are drawn while pages are written: a thread waits for them.
    """

    drawn: Mapping[str, Future[str]]
    figures: Mapping[str, tuple[str, str]]
    steps: Mapping[str, tuple[str, Sequence[Step]]]

    @property
    def files(self) -> dict[str, str]:
        """The pictures by file, once all are drawn."""
        return {_file(name): svg.result() for name, svg in self.drawn.items()}

    def figure(self, page: str) -> dict[str, str] | None:
        """The one picture of a page; None where it has none."""
        return next(iter(self.of_page(page)), None)

    def of_page(self, page: str) -> list[dict[str, str]]:
        """The pictures of a page."""
        return [
            {"file": f"{up(page)}{_file(name)}", "alt": alt} for name, (where, alt) in self.figures.items() if where == page
        ]

    @property
    def bridges(self) -> list[tuple[str, dict[str, str], Sequence[Step]]]:
        """The bridges of the index: caption, picture, steps."""
        drawn = zip(self.steps.values(), self.of_page(INDEX), strict=True)
        return [(caption, figure, steps) for (caption, steps), figure in drawn]


def _file(name: str) -> str:
    return f"charts/{file_name(name)}.svg"


def draw_pictures(run: Run, told: ToldStatements, of_contracts: ContractPictures) -> Pictures:
    """All pictures of a run: the bridges, the causes of each note, the allowances by stage, the hindsight, single contracts.

    It returns as soon as it is known what they show.
    """
    steps = {name: (caption, bridge_steps(told, row)) for name, caption, row in bridged(run, told)}
    files: dict[str, Callable[[], str]] = {name: partial(bridge, own, told.unit) for name, (_, own) in steps.items()}
    figures = {name: (INDEX, f"{caption}, in {told.unit}. {READ}") for name, (caption, _) in steps.items()}
    for note in told.notes:
        causes = cause_steps(told_causes(run, note.id), told.unit_minor)
        name = f"causes-{note.id}"
        files[name] = partial(bridge, causes, told.unit)
        figures[name] = (note_page(note.id), f"{note.caption}: {causes[-1].label} by cause, in {told.unit}. {READ} {FOOTED}")
    if run.movements:
        files["stages"] = partial(stages, [by_stage(one, told.unit_minor) for one in run.movements], told.unit)
        figures["stages"] = (MOVEMENTS, f"Loss allowance at the closing by stage, in {told.unit}.")
    for table in run.movements:
        name = f"allowance-{table.kind}-{table.framework}"
        files[name] = partial(bridge, allowance_steps(table, told.unit_minor), told.unit)
        figures[name] = (
            MOVEMENTS,
            f"{called(table)}: the loss allowance from opening to closing by cause, in {told.unit}. {READ} {FOOTED}",
        )
    for name, title, rows in hindsight_bands(run):
        files[name] = partial(bands, rows, DEFAULTS)
        figures[name] = (HINDSIGHT, f"{title}: {EXPECTED_AND_CAME}.")
    for one in of_contracts.drawn:
        files[one.name] = partial(getattr, one, "svg")
        figures[one.name] = (CONTRACTS, one.caption)
    beside = ThreadPoolExecutor(max_workers=1)
    drawn = {name: beside.submit(draw) for name, draw in files.items()}
    beside.shutdown(wait=False)
    return Pictures(drawn, figures, steps)
