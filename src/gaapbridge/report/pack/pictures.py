"""The pictures of a pack: which figures each shows, the file it is in, and what it says in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import FRAMEWORKS
from gaapbridge.report.charts import Band, Step, bands, bridge, stages
from gaapbridge.report.charts_of_contracts import contract_pictures
from gaapbridge.report.pack.notes import cause_steps, note_page
from gaapbridge.report.pack.site import CONTRACTS, HINDSIGHT, INDEX, MOVEMENTS, file_name, up
from gaapbridge.report.told.statements import ToldRow, ToldStatements
from gaapbridge.report.told.trail import told_causes
from gaapbridge.run.movements import LINES, Movements, stage_in_short
from gaapbridge.run.reader import Run
from gaapbridge.statement.document import IFRS, US_GAAP
from gaapbridge.statement.note_tables import within
from gaapbridge.terms.money import nearest_unit

MOST_BARS = 40
"""Bars of a picture of hindsight; a lender may have any number of segments."""

READ = "Grey raises, white lowers, black is a sum."


@dataclass(frozen=True)
class Pictures:
    """The pictures by file; ``figures`` say on which page each stands and what it shows, ``steps`` what the index tells too.

    They are drawn in a thread beside, while pages are written: the first keeps the interpreter to itself for about 0.7 s,
    while the engine that draws starts, and those after it hold no lock of it.
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


def draw_pictures(run: Run, told: ToldStatements) -> Pictures:
    """All pictures of a run: the bridges, the causes of each note, the allowances by stage, the hindsight.

    It returns as soon as it is known what they show.
    """
    steps = {name: (caption, bridge_steps(told, row)) for name, caption, row in _bridged(run, told)}
    files: dict[str, Callable[[], str]] = {name: partial(bridge, own, told.unit) for name, (_, own) in steps.items()}
    figures = {name: (INDEX, f"{caption}, in {told.unit}. {READ}") for name, (caption, _) in steps.items()}
    for note in told.notes:
        causes = cause_steps(told_causes(run, note.id), told.unit_minor)
        name = f"causes-{note.id}"
        files[name] = partial(bridge, causes, told.unit)
        figures[name] = (note_page(note.id), f"{note.caption}: {causes[-1].label} by cause, in {told.unit}. {READ}")
    if run.movements:
        files["stages"] = partial(stages, [_by_stage(one, told.unit_minor) for one in run.movements], told.unit)
        figures["stages"] = (MOVEMENTS, f"Loss allowance at the closing by stage, in {told.unit}.")
    for table in run.movements:
        name, (called, _) = f"allowance-{table.kind}-{table.framework}", _by_stage(table, told.unit_minor)
        files[name] = partial(bridge, allowance_steps(table, told.unit_minor), told.unit)
        figures[name] = (
            MOVEMENTS,
            f"{called}: the loss allowance from opening to closing by cause, in {told.unit}. {READ}",
        )
    for name, title, rows in _hindsight(run):
        files[name] = partial(bands, rows, "defaults recognised in the period")
        alt = f"{title}: a bar from where to where chance explains it, a line for what was expected, a point for what came."
        figures[name] = (HINDSIGHT, alt)
    for one in contract_pictures(run):
        files[one.name] = one.draw
        figures[one.name] = (CONTRACTS, one.caption)
    beside = ThreadPoolExecutor(max_workers=1)
    drawn = {name: beside.submit(draw) for name, draw in files.items()}
    beside.shutdown(wait=False)
    return Pictures(drawn, figures, steps)


def _bridged(run: Run, told: ToldStatements) -> Iterator[tuple[str, str, ToldRow]]:
    """The rows that are bridged: total equity at the closing, net income of the period."""
    measured = run.manifest.statements
    closing, exact = told.statement(measured.closing), run.exact.statement(measured.closing)
    equity = None if exact is None else exact.total_equity()
    if closing is not None and equity is not None:
        yield "equity", f"Total equity {within(closing.when)}", _row(closing.rows, equity.id)
    income = told.statement(measured.income)
    if income is not None and run.exact.rolls:
        flow = next((row for row in income.rows if row.id == run.exact.rolls[0].flow_row), None)
        if flow is not None:
            yield "net-income", f"{flow.label} {within(income.when)}", flow


def _row(rows: Sequence[ToldRow], row_id: str) -> ToldRow:
    return next(row for row in rows if row.id == row_id)


def bridge_steps(told: ToldStatements, row: ToldRow) -> list[Step]:
    """A printed row as a bridge: US GAAP, each note, IFRS; a nil note has its step too."""
    return [Step(column.caption, row.cells[column.id].printed, is_sum=column.id in (US_GAAP, IFRS)) for column in told.columns]


def _by_stage(table: Movements, unit_minor: int) -> tuple[str, dict[str, int]]:
    named = {stage_in_short(stage): (stage, nearest_unit(amount, unit_minor)) for stage, amount in table.closing.items()}
    shown = {said: amount for said, (stage, amount) in named.items() if amount or stage.startswith("stage")}
    return f"{KINDS[table.kind].contracts.capitalize()}, {FRAMEWORKS[table.framework]}", shown


def allowance_steps(table: Movements, unit_minor: int) -> list[Step]:
    """A movement table as a bridge from its opening to its closing over all stages, in printed units that add up."""
    opening, *lines = table.lines.items()
    at = sum(opening[1].values())
    steps, printed = [Step("Opening", nearest_unit(at, unit_minor), is_sum=True)], nearest_unit(at, unit_minor)
    for name, by_stage in lines:
        at += sum(by_stage.values())
        steps.append(Step(LINES.get(name, name), nearest_unit(at, unit_minor) - printed))
        printed = nearest_unit(at, unit_minor)
    closing = nearest_unit(sum(table.closing.values()), unit_minor)
    return [*(step for step in steps if step.amount or step.is_sum), Step("Closing", closing, is_sum=True)]


def _hindsight(run: Run) -> Iterator[tuple[str, str, list[Band]]]:
    """The segments of each kind of contract under IFRS, all of them first."""
    for kind in run.hindsight:
        cells: list[Mapping[str, Any]] = [
            one for one in kind["cells"] if one["framework"] == "ifrs" and one["by"] in ("total", "segment")
        ]
        if kind["kind"] in KINDS and cells:
            called = KINDS[kind["kind"]].contracts
            rows = [
                Band(one["cell"] or f"all {called}", one["expected"], one["low"], one["high"], one["observed"])
                for one in cells[:MOST_BARS]
            ]
            yield f"hindsight-{kind['kind']}", f"Defaults of {called}", rows
