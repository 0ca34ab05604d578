"""Hashes of files, by which a run knows its inputs and its artefacts again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was before it was read: its hash, its size, and when it was last written and last touched, in nanoseconds.

    The hash tells what was in it; the times also tell a file that was another meanwhile and is itself again.
    """

    path: Path
    sha256: str
    size: int
    written_ns: int
    touched_ns: int

    @classmethod
    def of(cls, path: Path) -> Seen:
        """The file at a path as it is now."""
        state = path.stat()
        return cls(path, sha256_of(path), state.st_size, state.st_mtime_ns, state.st_ctime_ns)

    @property
    def unchanged(self) -> bool:
        """Whether the file is there, and is as it was."""
        return self.path.is_file() and Seen.of(self.path) == self
