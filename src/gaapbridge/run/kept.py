"""R15: every artefact of a run is there and is as it was written, and nothing else is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from gaapbridge.run.folder import MANIFEST, READ_AGAIN
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import RECOMPUTED
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import sha256_of


def as_written(folder: Path, name: str, sha256: str) -> Check:
    """An artefact by its path in the folder, against the SHA-256 that the run's manifest has of it.

    The manifest cannot vouch for itself: what it says is taken as it stands.
    """
    path = folder / name
    if not path.is_file():
        return _check(name, "missing", f"{name} is not in the folder")
    part = "" if sha256_of(path) == sha256 else "changed"
    return _check(name, part, f"{name} does not have the SHA-256 stated in manifest.json" if part else "")


def unlisted(folder: Path, hashes: Mapping[str, str]) -> list[Check]:
    """A failing check for each file in the folder that the manifest has no SHA-256 of, but for what systems leave there: files
    whose names begin with a point, and that nothing reads."""
    found: list[str] = []
    for above, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(above) / name).is_symlink()]
        found += [(Path(above) / name).relative_to(folder).as_posix() for name in (*files, *links)]
    others = sorted(name for name in {*found} - {*hashes, MANIFEST} if not Path(name).name.startswith(".") or _is_read(name))
    return [_check(name, "unlisted", f"{name} has no SHA-256 in manifest.json") for name in others]


def _is_read(name: str) -> bool:
    """Whether a file in the folder is taken for an artefact where it lies."""
    return name in READ_AGAIN or (name.partition("/")[0] in READ_AGAIN and name.endswith(".parquet"))


def refuse_changed(folder: Path, hashes: Mapping[str, str]) -> None:
    """Raise ``UnusableInput`` where an artefact of a run is missing or is not as the run wrote it, and where a file that would
    be read as one has no hash."""
    checks = [as_written(folder, name, sha256) for name, sha256 in hashes.items()]
    planted = [check for check in unlisted(folder, hashes) if _is_read(str(check.row))]
    for check in (*checks, *planted):
        if not check.holds:
            is_that = "not in its manifest" if check.part == "unlisted" else check.part
            raise UnusableInput(
                file=str(folder / str(check.row)),
                rule=f"an artefact is as its run wrote it; this one is {is_that}",
                remedy="restore the run, or close the plan again",
            )


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
