"""Hashes of files that a user's commands have taken before, each as long as nothing has touched its file since.

To hash the tapes and the tables of ten million contracts takes longer than to explain one of them. A file that is the same by
device, number, size and both its times is the one that was hashed: whoever writes to it, even one who sets the time of writing
back, moves the time of touching. A file that was touched within two seconds before it was hashed is not remembered, as another
touch may have the same time. What is remembered lies in a private folder of the user's, and only ``explain`` trusts it: whoever
verifies, calculates again or opens with a run reads every byte.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gaapbridge.measure.private_folder import cache_root, is_own, why_not_private, write_whole
from gaapbridge.terms.hashes import sha256_of

MOST_FOLDERS = 500
"""Folders of which hashes are remembered; those that were learned longest ago are forgotten first."""

SMALL = 64_000
"""Bytes below which a file is hashed each time: that takes no longer than to look it up."""

_FRESH_NS = 2_000_000_000
_ENDING = ".json"

Stamp = tuple[int, ...]
"""A file's device, number, size, and when it was last written and last touched, in nanoseconds."""


def stamp_of(path: Path) -> Stamp:
    """The stamp of a file as it is now."""
    state = path.stat()
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


@dataclass
class Remembered:
    """Hashes by the folder that the files lie in, and the name of each, with the stamps for which they hold; ``place`` is where
    they are kept, None where nothing is."""

    place: Path | None
    known: dict[Path, dict[str, tuple[Stamp, str]]] = field(default_factory=dict)
    learned: set[Path] = field(default_factory=set)

    def sha256_of(self, path: Path) -> str:
        """The SHA-256 of a file: as it was taken before, where nothing has touched it since; else taken now."""
        at, before = path.absolute(), stamp_of(path)
        if before[2] < SMALL:
            return sha256_of(path)
        known = self._of_folder(at.parent).get(at.name)
        if known is not None and known[0] == before:
            return known[1]
        began, sha256 = time.time_ns(), sha256_of(path)
        self._learn(at, before, sha256, began)
        return sha256

    def learn(self, hashes: Mapping[Path, str], since_ns: int) -> None:
        """Remember hashes that were taken at ``since_ns`` or later, of files that nothing has touched since before that."""
        for path, sha256 in hashes.items():
            with contextlib.suppress(OSError):
                self._learn(path.absolute(), stamp_of(path), sha256, since_ns)

    def _learn(self, path: Path, stamp: Stamp, sha256: str, since_ns: int) -> None:
        """A hash, if its file has the stamp still and had it well before."""
        with contextlib.suppress(OSError):
            if stamp[2] >= SMALL and stamp_of(path) == stamp and max(stamp[-2:]) + _FRESH_NS < since_ns:
                self._of_folder(path.parent)[path.name] = (stamp, sha256)
                self.learned.add(path.parent)

    def _of_folder(self, folder: Path) -> dict[str, tuple[Stamp, str]]:
        if folder not in self.known:
            self.known[folder] = {} if self.place is None else _read(_file_of(self.place, folder))
        return self.known[folder]

    def keep(self) -> None:
        """Keep what was learned, folder by folder, each whole or not at all; what cannot be kept is taken anew next time."""
        if self.place is None or not self.learned:
            return
        for folder in self.learned:
            with contextlib.suppress(OSError):
                write_whole(_file_of(self.place, folder), (json.dumps(self.known[folder]).encode(),))
        self.learned.clear()
        with contextlib.suppress(OSError):
            files = sorted(self.place.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime_ns)
            for path in files[: max(len(files) - MOST_FOLDERS, 0)]:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def remembered() -> Iterator[Remembered]:
    """The hashes that this user's commands remember; those that are taken meanwhile are kept at the end."""
    place = cache_root() / "hashes"
    trusted = place.is_absolute() and why_not_private(place) is None
    hashes = Remembered(place if trusted else None)
    try:
        yield hashes
    finally:
        hashes.keep()


def _file_of(place: Path, folder: Path) -> Path:
    return place / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]}{_ENDING}"


def _read(path: Path) -> dict[str, tuple[Stamp, str]]:
    """What is remembered of a folder; nothing where that is not the user's own, or no such thing."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as stream:
            content = json.load(stream) if is_own(os.fstat(stream.fileno())) else {}
        return {name: (tuple(map(int, stamp)), str(sha256)) for name, (stamp, sha256) in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
