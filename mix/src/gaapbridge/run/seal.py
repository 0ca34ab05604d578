"""The seal of a run: the SHA-256 of its manifest, which has those of all other files, beside it as ``sha256sum`` writes it.

It finds a manifest that was changed, or damaged, after the close. It is no signature: whoever can write into the folder can
write a manifest and its seal. Therefore the same hash is printed where they cannot reach: on the cover of the report, and in
the manifest of the next run that opens with this one; ``verify`` compares the latter and prints the hash for the former.
"""

from __future__ import annotations

from pathlib import Path

from gaapbridge.run.folder import MANIFEST, SEAL
from gaapbridge.terms.hashes import sha256_of

SEALED_SINCE = 3
"""The first format of manifests that are sealed; a run of before has none, and nothing vouches for its manifest."""


def seal_text(manifest_sha256: str) -> str:
    """What stands in the seal, so that ``sha256sum --check manifest.sha256`` in the folder says the same."""
    return f"{manifest_sha256}  {MANIFEST}\n"


def seal_fault(run: Path, form: int) -> str:
    """What is wrong with the manifest of a run, of a format, by its seal: one of both `missing` or `changed`, or nothing."""
    seal = run / SEAL
    if not seal.is_file():
        return "missing" if form >= SEALED_SINCE else ""
    if not (run / MANIFEST).is_file():
        return "missing"
    return "" if seal.read_bytes().split() == seal_text(sha256_of(run / MANIFEST)).encode().split() else "changed"
