"""The files of a run against the hashes that its manifest has of them: what is missing, changed, or in no manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from gaapbridge.run.folder import FILES, MANIFEST, SEAL, TABLES
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import Hashing, sha256_of


def fault_of(path: Path, sha256: str, hashing: Hashing = sha256_of) -> str:
    """What is wrong with a file by its hash: `missing`, `changed`, or nothing."""
    if not path.is_file():
        return "missing"
    return "" if hashing(path) == sha256 else "changed"


def unlisted_names(folder: Path, hashes: Mapping[str, str]) -> list[str]:
    """Files in a folder, by their paths in it, that have no hash, but for what systems leave there: files whose names begin
    with a point, and that nothing reads."""
    found: list[str] = []
    for above, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(above) / name).is_symlink()]
        found += [(Path(above) / name).relative_to(folder).as_posix() for name in (*files, *links)]
    strange = {*found} - {*hashes, MANIFEST, SEAL}
    return sorted(name for name in strange if not Path(name).name.startswith(".") or _is_read(name))


def refuse_changed(folder: Path, hashes: Mapping[str, str], hashing: Hashing = sha256_of) -> None:
    """Raise ``UnusableInput`` where an artefact of a run is missing or is not as the run wrote it, and where a file that would
    be read as one has no hash."""
    faults = {name: fault_of(folder / name, sha256, hashing) for name, sha256 in hashes.items()}
    faults |= {name: "not in its manifest" for name in unlisted_names(folder, hashes) if _is_read(name)}
    for name, fault in faults.items():
        if fault:
            raise UnusableInput(
                file=str(folder / name),
                rule=f"an artefact is as its run wrote it; this one is {fault}",
                remedy="restore the run, or close the plan again",
            )


def _is_read(name: str) -> bool:
    """Whether a file in the folder is taken for an artefact where it lies."""
    return name in FILES or (name.partition("/")[0] in TABLES and name.endswith(".parquet"))
