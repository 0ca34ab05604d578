"""Comparison of two runs: what changed between them, what moved in every column, by how much, and which change moved it."""

from __future__ import annotations

import os

from gaapbridge.changes.between import changes_between
from gaapbridge.changes.cells import cells_of, common_statements, effects_of, same_in
from gaapbridge.comparison.attribution import attribute as attributed
from gaapbridge.comparison.outcome import Comparison
from gaapbridge.comparison.paths import paths_between
from gaapbridge.comparison.unbooked import unbooked_between
from gaapbridge.progress import Progress
from gaapbridge.run import open_run
from gaapbridge.run.reader import Run

__all__ = ["Comparison", "compare"]


def compare(
    old: Run | os.PathLike[str] | str,
    new: Run | os.PathLike[str] | str,
    *,
    attribute: bool = True,
    progress: Progress | None = None,
) -> Comparison:
    """Compare two runs, or the runs of two folders, the older one first.

    With ``attribute`` and more than one change, plans on the way from the old to the new one are closed again in scratch
    folders; the runs themselves are only read. Raises ``UnusableInput`` where a folder is no run, or not as its
    run wrote it.
    """
    before, after = (open_run(run).resolved().unchanged() for run in (old, new))
    changes = changes_between(before, after)
    cells, paths = cells_of(before, after), paths_between(before, after)
    notices = _notices(before, after)
    attribution = None
    if attribute and before.manifest.entity == after.manifest.entity and before.manifest.period == after.manifest.period:
        attribution = attributed(before, after, changes, progress or Progress(show=False))
    effects, unbooked = effects_of(cells, before, after), unbooked_between(before, after)
    return Comparison(before, after, notices, changes, cells, effects, paths, unbooked, attribution)


def _notices(old: Run, new: Run) -> tuple[str, ...]:
    """What a reader must know before trusting a difference."""
    notices = []
    then, now = old.manifest, new.manifest
    if then.entity != now.entity:
        notices.append(f"The runs are of different entities, {then.entity} and {now.entity}; their changes are not attributed.")
    if then.period != now.period:
        spans = [str(manifest.period) for manifest in (then, now)]
        notices.append(f"The runs close different periods, {spans[0]} and {spans[1]}; their changes are not attributed.")
    for name, run, other in (("old", old, new), ("new", new, old)):
        alone = [one.id for one in run.document.statements if same_in(other.document, one) is None]
        if alone:
            notices.append(f"Only the {name} run prints {', '.join(alone)}.")
        added = set(run.document.column_ids) - set(other.document.column_ids)
        if added:
            columns = [column.caption for column in run.document.columns if column.id in added]
            notices.append(f"Only the {name} run has the column {', '.join(columns)}; it counts as nil in the other.")
    if not common_statements(old, new):
        notices.append("No statement is printed by both runs: there is nothing to compare.")
    if (old.document.currency, old.document.unit) != (new.document.currency, new.document.unit):
        units = [f"{run.document.unit} {run.document.currency}" for run in (old, new)]
        notices.append(f"The runs print in different units, {units[0]} and {units[1]}: read the exact amounts.")
    return tuple(notices)
