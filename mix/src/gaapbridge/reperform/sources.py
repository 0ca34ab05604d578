"""What a run measured: its plan, manifest and sources, each checked against the hash recorded then.

Where a tape has gone or has changed since, the input rows that the run keeps of some contracts stand for the tapes of its kind.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.plan.reading import at_instant
from gaapbridge.reperform.tapes import Tape
from gaapbridge.reperform.translated import Lying, Translated, translated_table, translated_tape
from gaapbridge.run.folder import MANIFEST, PLAN, SAMPLES, measurement_path
from gaapbridge.run.manifest import Manifest, has_manifest, read_manifest
from gaapbridge.run.samples import TOTALS_ONLY, measured_files, sample_files
from gaapbridge.tapes.members import others, tape_of
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import Hashing, sha256_of


@dataclass(frozen=True)
class Sources:
    """Everything a recalculation starts from; nothing in it was computed by the run but the measurements.

    ``plans`` are that of the run and, before it, those of the runs that it and they opened with, the latest first.
    ``instead`` says by kind of contract why its tapes are those of the few contracts whose rows the run keeps.
    """

    run_folder: Path
    plans: tuple[Mapping[str, Any], ...]
    files: Mapping[str, Path]
    instead: Mapping[str, str] = field(default_factory=dict)

    @property
    def plan(self) -> Mapping[str, Any]:
        """The plan of the run."""
        return self.plans[0]

    @property
    def plan_file(self) -> str:
        """The plan as the run keeps it."""
        return str(self.run_folder / PLAN)

    @property
    def opening_is_carried(self) -> bool:
        """Whether the amounts brought forward are those of a prior run."""
        return bool(self.plan.get("opening", {}).get("source") == "prior_run")

    def has_tape(self, name: str) -> bool:
        """Whether the plan has a tape of that name."""
        return name in self.plan.get("tapes", {})

    def counts_same(self, name: str) -> bool:
        """Whether the plan has rows of a tape count that are the same and have no number."""
        return bool(self.plan.get("tapes", {}).get(name, {}).get("same_rows") == "counted")

    def tape(self, name: str, instant: str = "") -> Tape | None:
        """A tape of the plan, of two instants its opening or closing one; None where the run read none."""
        source = f"tapes.{name}.{instant}" if instant else f"tapes.{name}"
        path = self.files.get(source)
        if path is None:
            return None
        if path.is_relative_to(self.run_folder / SAMPLES):
            return Tape(path, {}, "minor")
        described = self._described(name, instant)
        opened = translated_tape(name, [path, *others(self.files, source)], described, self.plan.get("entity", {}))
        names = {} if isinstance(opened, Translated) else described.get("columns", {})
        return Tape(opened, names, str(described.get("amounts", "minor")))

    def _described(self, name: str, instant: str) -> Mapping[str, Any]:
        """What is said of a tape: of the closing tape of a prior run that the run opened with, what that run's plan says."""
        stated = self.plan.get("tapes", {}).get(name, {})
        if not instant:
            return dict(stated)
        then = self.plans[1].get("tapes", {}).get(name) if len(self.plans) > 1 else None
        carried = instant == "opening" and self.opening_is_carried and instant not in stated
        return at_instant(then, "closing") if carried and then is not None else at_instant(stated, instant)

    def table(self, kind: str, name: str) -> Lying | None:
        """A table of assumptions of a kind of contract; None where the run read none."""
        path = self.files.get(f"curves.{kind}.{name}")
        read = self.plan.get("curves", {}).get(kind, {}).get("read", {})
        return None if path is None else translated_table(kind, name, path, read, self.plan.get("entity", {}))

    def needed_table(self, kind: str, name: str) -> Lying:
        """A table that every run of its kind has."""
        table = self.table(kind, name)
        return self.file(f"curves.{kind}.{name}") if table is None else table

    def file(self, name: str) -> Path:
        """A source that every run of its kind has."""
        if name not in self.files:
            raise UnusableInput(
                file=str(self.run_folder / MANIFEST),
                column=f"sources.{name}",
                rule="the manifest names every source",
                remedy="run the close again",
            )
        return self.files[name]

    def measurements(self, kind: str) -> tuple[Path, ...]:
        """The measured rows of one kind of contract; of a run of totals only those that it keeps."""
        found = measured_files(self.run_folder, kind)
        if not found:
            folder = measurement_path(self.run_folder, kind)
            raise UnusableInput(file=str(folder), rule="a run has measurements", remedy="run the close again")
        return found


KEPT = "as the run keeps them"
"""Why the rows that a run keeps are taken where nothing is wrong with its tapes: it was asked for. Or else the run keeps totals
only, so that there is nothing else to hold a calculation against."""


def read_sources(
    run: str | os.PathLike[str], kinds: Collection[str] = tuple(KINDS), *, kept: bool = False, hashing: Hashing = sha256_of
) -> Sources:
    """The sources of a run that contracts of some kinds are calculated from, verified.

    A table of assumptions changed since, or gone, is unusable input; so is a tape, unless the run keeps rows of it. With
    ``kept`` those rows are taken in any case, and no tape is looked at; so they are where the run keeps totals only.
    """
    run_folder = Path(run)
    manifest = read_manifest(run_folder)
    paths = manifest.source_paths(run_folder)
    files: dict[str, Path] = {}
    instead: dict[str, str] = {}
    for kind in kinds:
        sources = [name for tape in KINDS[kind].tapes for name in tape.sources]
        tapes = {name: path for name, path in paths.items() if tape_of(name) in sources}
        rows = sample_files(run_folder, kind)
        asked = KEPT if kept else TOTALS_ONLY if manifest.detail is not None else ""
        faults = [] if asked and rows else _faults(tapes, manifest, hashing)
        if rows and (asked or faults):
            instead[kind] = f"{faults[0].file}: {faults[0].rule}" if faults else asked
            tapes = {name: rows[name] for name in tapes if name in rows}
        tables = {name: path for name, path in paths.items() if name.startswith(f"curves.{kind}.")}
        for fault in (*_faults(tables, manifest, hashing), *(() if rows else faults)):
            raise fault
        files |= tables | tapes
    return Sources(run_folder, tuple(_plans(run_folder)), files, instead)


def _plans(run_folder: Path) -> Iterator[Mapping[str, Any]]:
    """The plan of a run, then those of the runs before it; where one has gone, what the last one says was in use before it."""
    while True:
        manifest = read_manifest(run_folder)
        yield read_plan(run_folder)
        if manifest.prior_run is None:
            return
        if not has_manifest(run_folder / manifest.prior_run):
            yield from _said(manifest)
            return
        run_folder = run_folder / manifest.prior_run


def _said(manifest: Manifest) -> Iterator[Mapping[str, Any]]:
    """The techniques that a manifest says were in use before, as plans of the periods that ended on the last day of each."""
    stated = manifest.techniques_before or {}
    for day in sorted({day for by_day in stated.values() for day in by_day}, reverse=True):
        answers = {note: {name: _parsed(text) for name, text in by_day.get(day, {}).items()} for note, by_day in stated.items()}
        yield {"period": {"closing": day}, "elections": answers}


def _parsed(answer: str) -> object:
    """An answer as a plan writes it."""
    return tomllib.loads(f"answer = {answer}", parse_float=Decimal)["answer"]


def read_plan(run: str | os.PathLike[str]) -> dict[str, Any]:
    """The plan as the run keeps it, its numbers as they are written."""
    path = Path(run) / PLAN
    try:
        return dict(_plan_of(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError) as wrong:
        raise UnusableInput(file=str(path), rule=f"unreadable: {wrong}", remedy="name the folder of a whole run") from wrong


@lru_cache(maxsize=8)
def _plan_of(text: str) -> Mapping[str, Any]:
    """A plan by its text: every kind of contract asks for those of the run and of the runs before it."""
    return tomllib.loads(text, parse_float=Decimal)


def _faults(paths: Mapping[str, Path], manifest: Manifest, hashing: Hashing) -> list[UnusableInput]:
    """What is wrong with some sources, by the hashes that the manifest recorded."""
    found = []
    for name, path in paths.items():
        if not path.is_file():
            found.append(UnusableInput(file=str(path), column=name, rule="the source is gone", remedy="restore the file"))
        elif hashing(path) != manifest.sources[name].sha256:
            remedy = "restore the file the run measured, or run the close again"
            rule = "the source has changed since the run"
            found.append(UnusableInput(file=str(path), column=name, rule=rule, remedy=remedy))
    return found
