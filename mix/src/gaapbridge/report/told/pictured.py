"""What a run's pictures show, whichever part draws them: the bridged rows, allowances by stage and cause, what came of what was
expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import FRAMEWORKS
from gaapbridge.report.charts import Band, Step
from gaapbridge.report.told.statements import ToldRow, ToldStatements
from gaapbridge.run.movements import LINES, Movements, stage_in_short
from gaapbridge.run.reader import Run
from gaapbridge.statement.document import IFRS, US_GAAP
from gaapbridge.statement.note_tables import within
from gaapbridge.terms.money import nearest_unit

_OF_IFRS = " by IFRS stage"

MOST_BARS = 40
"""Bars of a picture of hindsight; a lender may have any number of segments."""

READ = "Grey raises, white lowers, black is a sum."
EXPECTED_AND_CAME = "a bar from where to where chance explains it, a line for what was expected, a point for what came"
DEFAULTS = "defaults recognised in the period"
"""How pictures are read, and the axis of what came."""


def bridged(run: Run, told: ToldStatements) -> Iterator[tuple[str, str, ToldRow]]:
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


def by_stage(table: Movements, unit_minor: int) -> tuple[str, dict[str, int]]:
    """What a bar of a picture of allowances is called, `Loans, IFRS`, and its amount in printed units by stage."""
    named = {stage_in_short(stage): (stage, nearest_unit(amount, unit_minor)) for stage, amount in table.closing.items()}
    shown = {said: amount for said, (stage, amount) in named.items() if amount or stage.startswith("stage")}
    return f"{called(table)}{_OF_IFRS if table.framework == 'us' else ''}", shown


def called(table: Movements) -> str:
    """What a movement table is of: `Loans, US GAAP`."""
    return f"{KINDS[table.kind].contracts.capitalize()}, {FRAMEWORKS[table.framework]}"


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


def hindsight_bands(run: Run) -> Iterator[tuple[str, str, list[Band]]]:
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
