"""A comparison of two runs: what changed, what moved, and which change moved it; as data, and as text.

The text says what changed, what moved in every column and why, what the checks say, then every cell that moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.changes.between import Changes
from gaapbridge.changes.cells import Cell, Effect, columns_of
from gaapbridge.comparison.attribution import Attribution
from gaapbridge.comparison.paths import PATHS, PathMoved
from gaapbridge.comparison.steps import Step
from gaapbridge.comparison.unbooked import Unbooked
from gaapbridge.form import Part, Table, as_lines
from gaapbridge.notebook import result_html
from gaapbridge.run.reader import Run
from gaapbridge.statement.document import IFRS, US_GAAP
from gaapbridge.statement.evidence import by_evidence, counted
from gaapbridge.statement.printing import unit_of
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.text import text_of, visible

ACROSS = 5
"""Changes whose contributions to every cell stand beside it; with more of them they are in the JSON only."""

ROUNDING = "rounding"
"""What stands for the exact difference of a cell that only prints otherwise."""

NAMED = 5
"""Cells or checks that are named; the others are counted."""


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side. ``notices`` say what cannot be compared, and why; ``attribution`` is None where none was made."""

    old: Run
    new: Run
    notices: tuple[str, ...]
    changes: Changes
    cells: tuple[Cell, ...]
    effects: tuple[Effect, ...]
    paths: tuple[PathMoved, ...]
    unbooked: tuple[Unbooked, ...]
    attribution: Attribution | None

    @property
    def moved(self) -> tuple[Cell, ...]:
        """Cells that print differently, or whose exact amounts differ."""
        return tuple(cell for cell in self.cells if cell.moved)

    @property
    def exit_code(self) -> int:
        """0; 1 where the contributions of the changes do not add up to the difference."""
        return 1 if self.attribution is not None and self.attribution.failing else 0

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``: every cell, moved or not."""
        return {
            "old": _run(self.old),
            "new": _run(self.new),
            "notices": self.notices,
            "changes": self.changes.as_dict(),
            "findings": {
                word: [finding.as_dict() for finding in found] for word, found in findings_between(self.old, self.new).items()
            },
            "checks": checks_between(self.old, self.new),
            "files": files_between(self),
            "effects": [{"column": one.column, "on": one.on, **one.cell.as_dict()} for one in self.effects],
            "paths": [path.as_dict() for path in self.paths],
            "unbooked": [one.as_dict() for one in self.unbooked],
            "cells": [cell.as_dict() for cell in self.cells],
            "attribution": None if self.attribution is None else self.attribution.as_dict(),
        }

    def as_text(self, width: int | None = None) -> str:
        """For a terminal, of so many columns: what changed, what moved in every column and why, then the cells that moved."""
        return "\n\n".join(text_of(as_lines(section, width), width) for section in self._sections())

    def __repr__(self) -> str:
        moved = f"{len(self.moved):,} of {len(self.cells):,} cells moved"
        return visible(f"Comparison({str(self.old.folder)!r}, {str(self.new.folder)!r}: {moved})")

    def _repr_html_(self) -> str:
        return result_html(self._sections())

    def _sections(self) -> Iterator[Sequence[Part]]:
        """What is said of the two runs: each a heading with what stands below it."""
        sections = [
            _heading(self),
            ["What changed", *_changed(self)],
            _effects(self),
            _paths(self),
            _unbooked(self),
            _why(self),
            ["What the checks say", *_outcomes(self)],
            *_moved_cells(self),
        ]
        yield from filter(None, sections)


def findings_between(old: Run, new: Run) -> dict[str, list[Finding]]:
    """Findings that appeared, went away, or changed in amount (as the new run has them)."""
    before, after = ({(finding.name, finding.where): finding for finding in run.listed.findings} for run in (old, new))
    both = [key for key in after if key in before]
    return {
        "appeared": [finding for key, finding in after.items() if key not in before],
        "went_away": [finding for key, finding in before.items() if key not in after],
        "of_another_amount": [after[key] for key in both if after[key].amount_minor != before[key].amount_minor],
    }


def checks_between(old: Run, new: Run) -> dict[str, Any]:
    """How many checks either run made, how many held, what they prove; those only one made, and those that turned, by id."""
    before, after = ({check.id: check.holds for check in run.listed.checks} for run in (old, new))
    both = [name for name in after if name in before]
    return {
        "old": {"made": len(before), "held": sum(before.values()), "evidence": by_evidence(old.listed.checks)},
        "new": {"made": len(after), "held": sum(after.values()), "evidence": by_evidence(new.listed.checks)},
        "appeared": [name for name in after if name not in before],
        "went_away": [name for name in before if name not in after],
        "hold_no_more": [name for name in both if before[name] and not after[name]],
        "hold_again": [name for name in both if after[name] and not before[name]],
    }


def files_between(comparison: Comparison) -> dict[str, list[str]]:
    """Files that only one of the runs wrote."""
    old, new = (set(run.manifest.artefacts_sha256) for run in (comparison.old, comparison.new))
    return {"only_in_old": sorted(old - new), "only_in_new": sorted(new - old)}


def _run(run: Run) -> dict[str, Any]:
    return {
        "run": str(run.folder),
        "entity": run.manifest.entity,
        "opening": run.manifest.period.opening,
        "closing": run.manifest.period.closing,
        "written_at": run.manifest.written_at,
        "set": dict(run.manifest.set or {}),
        "prior_run": None if run.prior_folder is None else str(run.prior_folder),
        "parts": _parts_of(run),
    }


def _heading(comparison: Comparison) -> list[Part]:
    runs = [
        f"  {name}  {_when(run)}  {run.folder}{_said_of(run)}"
        for name, run in (("old", comparison.old), ("new", comparison.new))
    ]
    units = f"  Amounts in {unit_of(comparison.new.document)}; exact differences and contributions in minor units."
    latest = comparison.new.manifest
    return [f"{latest.entity}, {latest.period}", *runs, units, *comparison.notices]


def _said_of(run: Run) -> str:
    """The status of a run, and what it restates."""
    restates = f"restates {run.manifest.restates}" if run.manifest.restates else None
    return "".join(f", {one}" for one in (run.manifest.status, restates) if one)


def _when(run: Run) -> str:
    return run.manifest.written_at[:16].replace("T", " ")


def _changed(comparison: Comparison) -> Iterator[str]:
    """What changed, and in each run what was set on the command line."""
    yield from comparison.changes.as_lines()
    for name, run in (("old", comparison.old), ("new", comparison.new)):
        yield from (
            f"  set      {name}, on the command line: {key} = {value}" for key, value in (run.manifest.set or {}).items()
        )


def _effects(comparison: Comparison) -> list[Part]:
    """One line for each column: its effect on equity and on net income, old, new and difference."""
    found = {(effect.column, effect.on): effect.cell for effect in comparison.effects}
    statements = {effect.on: effect.cell.statement for effect in comparison.effects}
    rows = []
    for column in dict.fromkeys(effect.column for effect in comparison.effects):
        figures = [figure for on in statements for figure in _figures(found[column, on])]
        rows.append((_caption(comparison, column), *figures))
    header = [name for on in statements for name in (f"{on}: old", "new", "difference", "exact")]
    title = ", ".join(f"{on} ({statement})" for on, statement in statements.items()) or "nothing that both runs print"
    return [f"What moved: {title}", *([Table("", ("column", *header), tuple(rows))] if rows else [])]


def _paths(comparison: Comparison) -> list[Part]:
    """What changes of estimate took through profit, and other changes through the opening, where that moved."""
    moved = [one for one in comparison.paths if one.difference_minor]
    if not moved:
        return []
    header = ("column", "minor units", "old", "new", "difference")
    rows = tuple(
        (_caption(comparison, one.column), PATHS[one.path], one.old_minor, one.new_minor, one.difference_minor) for one in moved
    )
    return ["By which path", Table("", header, rows)]


def _unbooked(comparison: Comparison) -> list[Part]:
    """What moved of US GAAP as measured and not in its column, which is the ledger's."""
    if not comparison.unbooked:
        return []
    header = ("measured under US GAAP, minor units", "old", "new", "difference")
    rows = tuple(
        (f"{one.statement}/{one.account} {one.name}", one.old_minor, one.new_minor, one.difference_minor)
        for one in comparison.unbooked
    )
    return ["Measured under US GAAP, and not booked", *UNBOOKED, Table("", header, rows)]


UNBOOKED = (
    "  The US GAAP column is the ledger's, in which none of this is booked yet: adjustments move by as much the other way,",
    "  and IFRS with them. An account that is divided as measured moves between its parts alone.",
)


def _figures(cell: Cell) -> list[int | str | None]:
    exact = ROUNDING if cell.rounding_only else cell.difference_minor
    return [cell.old_printed, cell.new_printed, cell.printed_difference, exact]


def _caption(comparison: Comparison, column: str) -> str:
    captions = {one.id: one.caption for one in (*comparison.old.document.columns, *comparison.new.document.columns)}
    return {US_GAAP: "US GAAP", IFRS: "IFRS"}.get(column) or captions[column]


def _why(comparison: Comparison) -> list[Part]:
    """What each change contributed to every effect that moved, each applied after those above it."""
    attribution = comparison.attribution
    if attribution is None or not (attribution.steps or attribution.failing):
        return []
    if len(attribution.steps) == 1 and not attribution.checks:
        return ["Why", f"  All of it: {_named(attribution.steps[0])}", *_remarks(attribution)]
    moved = [one for one in comparison.effects if any(one.cell.address in step.contributions for step in attribution.steps)]
    contributed = [[step.contributions.get(one.cell.address, 0) for one in moved] for step in attribution.steps]
    whole = [one.cell.difference_minor or 0 for one in moved]
    left = [total - sum(parts) for total, parts in zip(whole, zip(*contributed, strict=True), strict=True)]
    names = [f"[{number}] {_named(step)}" for number, step in enumerate(attribution.steps, start=1)]
    lines = [*zip(names, contributed, strict=True), *([("not attributed", left)] if any(left) else [])]
    header = ("minor units; each change after those above it", *(f"{one.column} {one.on}" for one in moved))
    rows = tuple((name, *amounts) for name, amounts in [*lines, ("whole difference", whole)])
    return ["Why", *([Table("", header, rows)] if moved else []), *_remarks(attribution)]


def _named(step: Step) -> str:
    return " + ".join(step.changes)


def _remarks(attribution: Attribution) -> Iterator[str]:
    if attribution.ground.unjudged:
        yield f"  Changed outside the plan: {', '.join(attribution.ground.unjudged)}"
    for step in attribution.steps:
        for reason in step.merged:
            yield f"  {_named(step)}: closed as one, since a plan on the way cannot be used ({reason})"
    number, failing = len(attribution.checks), attribution.failing
    if failing:
        named = [f"{check.id.removeprefix('attribution/')} by {check.difference:+,}" for check in failing]
        yield f"  Contributions do not add up in {len(failing):,} of {number:,} cells: {_some(named)}."
        since = ", ".join(attribution.changed_since.named) or "nothing that a manifest records"
        yield f"  Changed since the new run: {since}. Close its plan again, and compare with that run."
    elif number:
        yield f"  Contributions add up to the difference in {number:,} of {number:,} cells."


def _outcomes(comparison: Comparison) -> Iterator[str]:
    """Findings, checks and files of the two runs."""
    old, new = comparison.old, comparison.new
    checks = checks_between(old, new)
    yield from (f"  checks   {name}: {counted(run.listed.checks)}" for name, run in (("old", old), ("new", new)))
    for word in ("appeared", "went_away", "hold_no_more", "hold_again"):
        if checks[word]:
            yield f"  checks   {len(checks[word]):,} {word.replace('_', ' ')}: {_some(checks[word])}"
    held = [", ".join(_parts_of(run)) or "none" for run in (old, new)]
    if held[0] != held[1]:
        yield f"  parts    held against {held[0]} → {held[1]}"
    turned = {*checks["hold_no_more"], *checks["hold_again"]}
    for word, findings in findings_between(old, new).items():
        untold = [one.sentence for one in findings if one.where not in turned]
        yield from (f"  finding  {word.replace('_', ' ')}: {finding}" for finding in untold[:NAMED])
        if len(untold) > NAMED:
            yield f"  finding  {word.replace('_', ' ')}: {len(untold) - NAMED:,} more, all in --format json"
    for word, names in files_between(comparison).items():
        if names:
            yield f"  files    {word.replace('_', ' ')}: {', '.join(names)}"


def _parts_of(run: Run) -> list[str]:
    """The runs of shorter periods that a run was held against (R14), each by its period and version."""
    return ["/".join(Path(folder).parts[-2:]) for folder in run.manifest.parts or ()]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _moved_cells(comparison: Comparison) -> Iterator[list[Part]]:
    """A table for each statement and column in which cells moved: lines largest first, then totals.

    Cells that only print otherwise, because of what is rounded beside them, are counted in one line.
    """
    steps = () if comparison.attribution is None else comparison.attribution.steps
    rounded = [cell.address for cell in comparison.moved if cell.rounding_only]
    moved = [cell for cell in comparison.moved if not cell.rounding_only]
    beside = steps if 1 < len(steps) <= ACROSS else ()
    header = ("cell", "row", "old", "new", "difference", "exact", *(f"[{number}]" for number, _ in enumerate(beside, start=1)))
    places = [
        (statement.id, f"{statement.kind.capitalize()} {statement.id}", column)
        for statement in comparison.new.document.statements
        for column in columns_of(comparison.old, comparison.new)
    ]
    for statement_id, title, column in places:
        cells = [cell for cell in moved if (cell.statement, cell.column) == (statement_id, column)]
        if cells:
            rows = tuple(_row(cell, beside) for cell in sorted(cells, key=_size))
            yield [f"{title}, {_caption(comparison, column)}", Table("", header, rows)]
    if len(steps) > ACROSS:
        yield [f"What each of the {len(steps)} changes contributed to every cell is in --format json."]
    if rounded:
        counted = "1 cell prints" if len(rounded) == 1 else f"{len(rounded):,} cells print"
        yield [f"By rounding only, {counted} otherwise, with the same exact amount: {_some(rounded)}."]
    if not comparison.moved:
        yield ["No cell moved."]


def _size(cell: Cell) -> tuple[bool, int, int, str]:
    return cell.role != "line", -abs(cell.difference_minor or 0), -abs(cell.printed_difference), cell.address


def _row(cell: Cell, steps: Sequence[Step]) -> tuple[str | int | None, ...]:
    return (cell.address, cell.label, *_figures(cell), *(step.contributions.get(cell.address, 0) for step in steps))
