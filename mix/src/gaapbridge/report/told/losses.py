"""How loss allowances moved from opening to closing, and what came of what the opening expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gaapbridge.difference import FRAMEWORKS
from gaapbridge.explanation.form import Explanation
from gaapbridge.explanation.hindsight import explain_hindsight
from gaapbridge.report.told.compared_run import REFUSED, compared_run, is_refused
from gaapbridge.report.told.differences import in_words
from gaapbridge.run.movements import LINES, STAGES, Movements
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import caption_when

MOVED = "Loss allowances from the opening to the closing, cause by cause and stage by stage (IFRS 7.35H; ASC 326-20-50-13)."
WITHOUT_BEFORE = "The run of the period before is not at hand, so there are no comparative amounts (IAS 1.38)."
EXPECTED = "What the opening expected of the period, and what came of it (R17)."
"""What is said above the tables."""


@dataclass(frozen=True, slots=True)
class ToldMovement:
    """The losses of one kind of contract under one framework, minor units: a caption and an amount for each stage.

    The first row is the opening, those below it what moved it, so that all of them add up to ``closing``, which was measured.
    """

    title: str
    when: str
    stages: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    closing: tuple[str, tuple[int, ...]]


def told_movements(run: Run) -> tuple[ToldMovement, ...]:
    """The movement tables of a run in its order, rows that are nil left out; none in a run without losses.

    An opening of 5,189,897.54 and causes of 2,090,578.19 close at 7,280,475.73, in each column and over all of them.
    """
    opening, closing = run.manifest.period.opening, run.manifest.period.closing
    words = caption_when(opening), caption_when(closing), caption_when(None, f"{opening}/{closing}")
    return tuple(_moved(one, *words) for one in run.movements)


def compared_movements(run: Run) -> tuple[tuple[ToldMovement, ToldMovement | None], ...]:
    """The movement tables of a run, each with that of the period before where the run that it opens with is at hand."""
    prior = compared_run(run)
    before = {} if prior is None else {one.title: one for one in told_movements(prior)}
    return tuple((one, before.get(one.title)) for one in told_movements(run))


def without_before(run: Run) -> str:
    """Why the movement tables of a run have no comparatives: there is no run of the period before, or it was refused."""
    return f"{REFUSED} There are no comparative amounts (IAS 1.38)." if is_refused(run) else WITHOUT_BEFORE


def _moved(table: Movements, first: str, last: str, when: str) -> ToldMovement:
    held = (*table.lines.values(), table.closing)
    stages = [stage for stage in table.closing if any(line.get(stage) for line in held)]
    captions = {"opening": first, **LINES}
    rows = [
        (captions.get(name) or in_words(name), _across(line, stages))
        for name, line in table.lines.items()
        if name == "opening" or any(line.values())
    ]
    return ToldMovement(
        title=f"{table.kind.capitalize()}, {FRAMEWORKS[table.framework]}{_OF_IFRS if table.framework == 'us' else ''}",
        when=when,
        stages=tuple(STAGES.get(stage) or in_words(stage) for stage in stages),
        rows=tuple(rows),
        closing=(last, _across(table.closing, stages)),
    )


_OF_IFRS = ", by the IFRS stage of each contract: US GAAP has no stages"


def _across(line: Mapping[str, int], stages: Sequence[str]) -> tuple[int, ...]:
    return tuple(line.get(stage, 0) for stage in stages)


def told_hindsight(run: Run) -> Explanation | None:
    """What the opening expected against what came, tables without a row left out; None where nothing was expected."""
    if not run.hindsight:
        return None
    told = explain_hindsight(run)
    return replace(told, tables=tuple(one for one in told.tables if one.rows))
