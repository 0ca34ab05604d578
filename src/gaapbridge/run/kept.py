"""R15: every artefact of a run is there and is as it was written, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gaapbridge.run.hashed import fault_of, unlisted_names
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import RECOMPUTED


def as_written(folder: Path, name: str, sha256: str) -> Check:
    """An artefact by its path in the folder, against the SHA-256 that the run's manifest has of it.

    The manifest cannot vouch for itself: what it says is taken as it stands.
    """
    part = fault_of(folder / name, sha256)
    told = {
        "missing": f"{name} is not in the folder",
        "changed": f"{name} does not have the SHA-256 stated in manifest.json",
    }
    return _check(name, part, told.get(part, ""))


def unlisted(folder: Path, hashes: Mapping[str, str]) -> list[Check]:
    """A failing check for each file in the folder that the manifest has no SHA-256 of."""
    return [_check(name, "unlisted", f"{name} has no SHA-256 in manifest.json") for name in unlisted_names(folder, hashes)]


def _check(name: str, part: str, figures: str) -> Check:
    """One file; a ``part`` is what is wrong with it."""
    return Check(
        f"R15/{name}",
        "R15",
        None,
        name,
        None,
        expected=0,
        actual=int(bool(part)),
        evidence=RECOMPUTED,
        part=part,
        figures=figures,
        unit="file",
    )
