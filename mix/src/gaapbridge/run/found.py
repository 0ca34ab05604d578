"""A run found by how it is named: a folder, ``latest`` or ``previous``, or the plan that it was closed from.

``previous`` is the version before another one, of the same entity, period and plan; so is ``latest`` beside a run that is
named. By itself ``latest`` is the run written last. A run itself names the one of the period before that it opens with.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from gaapbridge.plan.read import toml_content
from gaapbridge.run import folder as names
from gaapbridge.run.hashed import fault_of
from gaapbridge.run.manifest import has_manifest
from gaapbridge.run.periods import closed_periods, period_of
from gaapbridge.run.reader import Run
from gaapbridge.terms.arguments import expect
from gaapbridge.terms.errors import UnusableInput

LATEST, PREVIOUS = RELATIVE = ("latest", "previous")
PLAN_ENDING = ".toml"

Name = str | os.PathLike[str]


def open_run(name: Name, runs: Path = Path("runs"), *, beside: Run | None = None) -> Run:
    """A run by its folder; the last one of a plan by the plan's file; ``latest`` or ``previous`` of those under ``runs``, or of
    the versions of ``beside``. Raises ``UnusableInput`` where there is none."""
    if isinstance(name, Run):
        return name
    expect("run", name, Run, str, os.PathLike)
    if name not in RELATIVE:
        return _of_plan(Path(name)) if str(name).endswith(PLAN_ENDING) else Run(Path(name))
    if beside is None and name == LATEST:
        return _written_last(runs)
    named = beside or _written_last(runs)
    known = _versions_like(named)
    before = [run for run in known if names.number_of(run.folder) < names.number_of(named.folder)]
    chosen = known if name == LATEST else before
    if not chosen:
        which = f"a version before {named.folder.name}" if name == PREVIOUS else "a version"
        raise _none(str(named.folder), str(name), f"there must be {which}, of the same entity, period and plan")
    return chosen[-1]


def open_two(old: Name, new: Name, runs: Path = Path("runs")) -> tuple[Run, Run]:
    """Two runs, the one that is ``latest`` or ``previous`` found beside the other; ``previous`` and ``latest`` are the last two
    versions of what was written last."""
    if new in RELATIVE and old not in RELATIVE:
        named = open_run(old, runs)
        return named, open_run(new, runs, beside=named)
    named = open_run(new, runs)
    return open_run(old, runs, beside=named), named


def _of_plan(path: Path) -> Run:
    """The last run that was closed from a plan."""
    stated = toml_content(path)
    try:
        period, one_instant = stated["period"], stated["opening"]["source"] == "none"
        opening, closing = None if one_instant else period["opening"], period["closing"]
        periods = closed_periods(path.parent / stated["runs"]["folder"], stated["entity"]["name"], closing)
    except (KeyError, TypeError, AttributeError):
        raise _none(str(path), None, "a plan states [entity], [period], [opening] and [runs]") from None
    found = period_of(periods, opening)
    folders = [] if found is None else [version.folder for version in found.versions]
    closed = [run for run in map(Run, folders) if _same_plan(run, path.name, path.parent)]
    if not closed:
        raise _none(str(path), None, "there must be a run that was closed from this plan")
    return closed[-1]


def _versions_like(run: Run) -> list[Run]:
    """The versions of a run's period that were closed from its plan, oldest first."""
    return [one for one in _of_its_period(run) if _same_plan(one, run.manifest.plan_file, run.plan_folder)]


def version_beside(run: Run, name: str) -> Run:
    """Another version of a run's period, by the name of its folder. Raises ``UnusableInput`` where there is none."""
    found = next(_of_its_period(run, name), None)
    if found is None:
        raise _none(str(run.folder.parent), name, f"the version is one of {run.manifest.period}")
    return found


def _of_its_period(run: Run, name: str | None = None) -> Iterator[Run]:
    """The versions of a run's period, oldest first, each opened as it is reached; of one ``name`` alone where one is given."""
    root, manifest = run.folder.resolve().parent.parent, run.manifest
    for folder in names.versions(*names.folders_closing_on(root.parent, root.name, manifest.period.closing)):
        if name in (None, folder.name) and has_manifest(folder):
            one = Run(folder)
            if (one.manifest.entity, one.manifest.period) == (manifest.entity, manifest.period):
                yield one


def _same_plan(run: Run, file: str | None, folder: Path) -> bool:
    """Whether a run was closed from a plan; one of before does not state its file."""
    same_file = None in (run.manifest.plan_file, file) or run.manifest.plan_file == file
    return same_file and run.plan_folder == folder.resolve()


def _written_last(runs: Path) -> Run:
    """The last run under a folder: the last version of the period of the last time in the manifests.

    A manifest that cannot be read is left aside where it is older, as a file, than that of the run found.
    """
    whole: list[Run] = []
    damaged: list[tuple[float, UnusableInput]] = []
    for folder in names.version_folders(runs):
        with contextlib.suppress(OSError):  # what is removed meanwhile, or is another user's, is not found
            if has_manifest(folder):
                try:
                    whole.append(Run(folder))
                except UnusableInput as unusable:
                    damaged.append(((folder / names.MANIFEST).stat().st_mtime, unusable))
    last = max(whole, key=lambda run: (run.manifest.written_at, str(run.folder)), default=None)
    if last is not None:  # versions are numbered as they are written, whatever the clock of the machine said
        last = max(
            (run for run in whole if run.folder.parent == last.folder.parent), key=lambda run: names.number_of(run.folder)
        )
    since = 0.0 if last is None else (last.folder / names.MANIFEST).stat().st_mtime
    for written, refusal in damaged:
        if written >= since:
            raise refusal
    if last is None:
        raise _none(str(runs), LATEST, "there must be such a run")
    return last


def run_before(run: Run) -> Run | None:
    """The run that another opens with; None where it opens with none, or that is gone or by now another."""
    folder = run.prior_folder
    if folder is None or not has_manifest(folder):
        return None
    opened_with = run.manifest.prior_run_sha256  # none of runs written before runs were sealed
    if opened_with is not None and fault_of(folder / names.MANIFEST, opened_with):
        return None
    prior = Run(folder)
    closes = (prior.manifest.entity, prior.manifest.period.closing)
    return prior if closes == (run.manifest.entity, run.manifest.period.opening) else None


def run_around(path: Path) -> Path | None:
    """The run that a place is in, or is; None where it is in none."""
    place = path.resolve()
    own = (names.PLAN, names.STATEMENT)
    return next(
        (one for one in (place, *place.parents) if has_manifest(one) and all((one / name).is_file() for name in own)), None
    )


def _none(file: str, value: str | None, rule: str) -> UnusableInput:
    return UnusableInput(file=file, value=value, rule=rule, remedy="close a plan first, or name a run folder")
