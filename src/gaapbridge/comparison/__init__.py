"""Comparison of two runs: what changed between them, what moved in every column, by how much, and which change moved it."""

from __future__ import annotations

from pathlib import Path

from gaapbridge.comparison.attribution import attribute as attributed
from gaapbridge.comparison.cells import cells_of, common_statements, effects_of
from gaapbridge.comparison.changes import changes_between
from gaapbridge.comparison.outcome import Comparison
from gaapbridge.comparison.record import Record, read_record
from gaapbridge.progress import Progress

__all__ = ["Comparison", "compare"]


def compare(old: Path, new: Path, *, attribute: bool = True, progress: Progress | None = None) -> Comparison:
    """Compare two runs by their folders, the older one first.

    With ``attribute`` and more than one change, plans on the way from the old to the new one are closed again in scratch
    folders; the runs themselves are only read. Raises ``UnusableInput`` where a folder is no run, or not as its
    run wrote it.
    """
    before, after = read_record(Path(old)), read_record(Path(new))
    changes = changes_between(before, after)
    cells = cells_of(before, after)
    notices = _notices(before, after)
    attribution = None
    if attribute and before.entity == after.entity and before.period == after.period:
        attribution = attributed(before, after, changes, progress or Progress(show=False))
    return Comparison(before, after, notices, changes, cells, effects_of(cells, before, after), attribution)


def _notices(old: Record, new: Record) -> tuple[str, ...]:
    """What a reader must know before trusting a difference."""
    notices = []
    if old.entity != new.entity:
        notices.append(f"The runs are of different entities, {old.entity} and {new.entity}; their changes are not attributed.")
    if old.period != new.period:
        spans = [" to ".join(record.period) for record in (old, new)]
        notices.append(f"The runs close different periods, {spans[0]} and {spans[1]}; their changes are not attributed.")
    common = {one.id for one in common_statements(old, new)}
    for name, record in (("old", old), ("new", new)):
        alone = [one.id for one in record.printed.statements if one.id not in common]
        if alone:
            notices.append(f"Only the {name} run prints {', '.join(alone)}.")
        added = set(record.printed.column_ids) - set((new if record is old else old).printed.column_ids)
        if added:
            columns = [column.caption for column in record.printed.columns if column.id in added]
            notices.append(f"Only the {name} run has the column {', '.join(columns)}; it counts as nil in the other.")
    if not common:
        notices.append("No statement is printed by both runs: there is nothing to compare.")
    if (old.printed.currency, old.printed.unit) != (new.printed.currency, new.printed.unit):
        units = [f"{record.printed.unit} {record.printed.currency}" for record in (old, new)]
        notices.append(f"The runs print in different units, {units[0]} and {units[1]}: read the exact amounts.")
    return tuple(notices)
