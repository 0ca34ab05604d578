"""What a run measured: its plan, manifest and sources, each checked against the hash recorded then."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from gaapbridge.reperform.tapes import Tape
from gaapbridge.run.folder import MANIFEST, PLAN, measurement_files, measurement_path
from gaapbridge.run.manifest import read_manifest
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import sha256_of


@dataclass(frozen=True)
class Sources:
    """Everything a recalculation starts from; nothing in it was computed by the run but the measurements."""

    run_folder: Path
    plan: Mapping[str, Any]
    files: Mapping[str, Path]

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

    def tape(self, name: str, instant: str = "") -> Tape | None:
        """A tape of the plan, of two instants its opening or closing one; None where the run read none."""
        path = self.files.get(f"tapes.{name}.{instant}" if instant else f"tapes.{name}")
        if path is None:
            return None
        described = self.plan.get("tapes", {}).get(name, {})
        return Tape(path, described.get("columns", {}), str(described.get("amounts", "minor")))

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
        """The measured rows of one kind of contract."""
        found = measurement_files(self.run_folder, kind)
        if not found:
            folder = measurement_path(self.run_folder, kind)
            raise UnusableInput(file=str(folder), rule="a run has measurements", remedy="run the close again")
        return found


def read_sources(run: str | os.PathLike[str]) -> Sources:
    """The sources of a run, verified: a file changed since, or gone, is unusable input."""
    run_folder = Path(run)
    return Sources(run_folder, _plan(run_folder / PLAN), _verified(run_folder))


def _plan(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, ValueError) as wrong:
        raise UnusableInput(file=str(path), rule=f"unreadable: {wrong}", remedy="name the folder of a whole run") from wrong


def _verified(run_folder: Path) -> dict[str, Path]:
    """Path of every source by name, each with the hash the manifest recorded."""
    manifest = read_manifest(run_folder)
    paths = manifest.source_paths(run_folder)
    for name, path in paths.items():
        if not path.is_file():
            raise UnusableInput(file=str(path), column=name, rule="the source is gone", remedy="restore the file")
        if sha256_of(path) != manifest.sources[name].sha256:
            raise UnusableInput(
                file=str(path),
                column=name,
                rule="the source has changed since the run",
                remedy="restore the file the run measured, or run the close again",
            )
    return paths
