"""R15: every artefact of a run is there, and is as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import RECOMPUTED
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import sha256_of


def as_written(folder: Path, hashes: Mapping[str, str]) -> list[Check]:
    """Every artefact by its path in the folder, against the SHA-256 that the run's manifest has of it.

    The manifest cannot vouch for itself: what it says is taken as it stands.
    """
    return [_kept(folder / name, name, sha256) for name, sha256 in hashes.items()]


def refuse_changed(folder: Path, hashes: Mapping[str, str]) -> None:
    """Raise ``UnusableInput`` where an artefact of a run is missing, or is not as the run wrote it."""
    for check in as_written(folder, hashes):
        if not check.holds:
            raise UnusableInput(
                file=str(folder / str(check.row)),
                rule=f"an artefact is as its run wrote it; this one is {check.part}",
                remedy="restore the run, or close the plan again",
            )


def _kept(path: Path, name: str, sha256: str) -> Check:
    missing = not path.is_file()
    changed = missing or sha256_of(path) != sha256
    return Check(
        f"R15/{name}",
        "R15",
        None,
        name,
        None,
        expected=0,
        actual=int(changed),
        evidence=RECOMPUTED,
        part="missing" if missing else "changed",
        figures=f"{name} {'is not in the folder' if missing else 'does not have the SHA-256 stated in manifest.json'}",
        unit="file",
    )
