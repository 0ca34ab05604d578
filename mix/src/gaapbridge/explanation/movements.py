"""Explanation of the movement tables of the loss allowance, by stage, as a run kept them (IFRS 7.35H; 326-20-50-13)."""

from __future__ import annotations

from gaapbridge.difference import FRAMEWORKS
from gaapbridge.explanation.form import Explanation, Table
from gaapbridge.run.movements import Movements
from gaapbridge.run.reader import Run

MOVEMENTS = "movements"
"""The address of the tables."""


def explain_movements(run: Run) -> Explanation:
    """Every kind of contract under both frameworks: lines down, stages across, the closing as the last row, minor units.

    What files add, an overlay of 500.00 for one, is the row ``adjustment``, and stands as ``not allocated`` to a stage.
    """
    facts = {"unit": "minor units", "run": str(run.folder)}
    return Explanation(MOVEMENTS, facts, tuple(_table(one) for one in run.movements))


def _table(table: Movements) -> Table:
    stages = [stage for stage in table.closing if any(line.get(stage) for line in (*table.lines.values(), table.closing))]
    rows = {**table.lines, "closing": table.closing}
    named = tuple(
        (name.replace("_", " "), *(row.get(stage, 0) for stage in stages), sum(row.values())) for name, row in rows.items()
    )
    title = f"{table.kind.capitalize()}, {FRAMEWORKS[table.framework]}"
    return Table(title, ("line", *(stage.replace("_", " ") for stage in stages), "all"), named)
