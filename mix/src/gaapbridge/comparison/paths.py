"""By which path a change reached equity: changes of estimate through profit, changes of policy and errors through the opening.

A revised estimate or a changed technique is a flow of the period in profit (IAS 8.36; 250-10-45-17); a changed policy, or an
error put right, moves the opening and stands in equity as its basis difference (IAS 8.22, 8.42; 250-10-45-5, 45-23).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gaapbridge.difference import ASSUMPTIONS, BASIS_DIFFERENCE
from gaapbridge.run.reader import Run

PATHS = {
    ASSUMPTIONS: "changes of estimate, in profit before tax",
    BASIS_DIFFERENCE: "opening basis difference, in equity net of tax",
}
"""The paths told apart, by the flow that posts them, in words."""


@dataclass(frozen=True)
class PathMoved:
    """What a column took to equity by one path in either run, income and equity positive, minor units."""

    column: str
    path: str
    old_minor: int
    new_minor: int

    @property
    def difference_minor(self) -> int:
        """New less old."""
        return self.new_minor - self.old_minor

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {**asdict(self), "difference_minor": self.difference_minor}


def paths_between(old: Run, new: Run) -> tuple[PathMoved, ...]:
    """Every path by which a column took something to equity in either run, in the order of the new run's columns."""
    before, after = _taken(old), _taken(new)
    columns = dict.fromkeys((*new.document.column_ids, *old.document.column_ids))
    every = ((column, path) for column in columns for path in PATHS)
    return tuple(
        PathMoved(*key, before.get(key, 0), after.get(key, 0)) for key in every if before.get(key, 0) or after.get(key, 0)
    )


def _taken(run: Run) -> dict[tuple[str, str], int]:
    """What went to income with the flow of each path, and to the equity line of the opening, by column and path."""
    taken: dict[tuple[str, str], int] = {}
    basis, profit = run.manifest.posting.get(BASIS_DIFFERENCE), run.manifest.profit_rows
    for line in run.listed.journals:
        for path, counts in ((ASSUMPTIONS, line.line in profit), (BASIS_DIFFERENCE, line.account == basis)):
            if counts and line.flow == path:
                taken[line.note, path] = taken.get((line.note, path), 0) - line.amount_minor
    return taken
