"""Finished work kept outside the runs: private, bounded, and taken only where it is what was put there.

An entry is one file by its key: a keyed hash of key and content, then the content. The secret of the hash lies in the folder,
which its user alone can read and write, so an entry that came from elsewhere, was cut, changed, or put under another key does
not agree and is not taken. Whatever fails, as a full disk does, no close fails for it.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gaapbridge.measure.private_folder import UNFINISHED, cache_root, is_own, why_not_private, write_whole
from gaapbridge.scratch import alone_in
from gaapbridge.terms.errors import UnusableInput

MEGABYTE = 1_000_000
USUAL_MEGABYTES = 2_000
"""What is kept where ``GAAPBRIDGE_PARTS_MB`` says nothing: ten closes of a million contracts."""

_ENDING, _SECRET = ".kept", "secret"
_HASH_BYTES, _PRIVATE, _AN_HOUR_NS = 32, 0o700, 3_600 * 10**9


class Disagrees(ValueError):
    """An entry that is there and is not what was put there."""


@dataclass(frozen=True)
class Kept:
    """A folder of entries of at most so many bytes altogether; what was put or taken ``since_ns`` is not removed for others, so
    that a close that is larger than the bound keeps what there is room for."""

    folder: Path
    most_bytes: int
    since_ns: int

    @classmethod
    def opened(cls) -> Kept | None:
        """The user's own, made where it is missing; None where it is switched off or cannot be trusted."""
        stated = os.environ.get("GAAPBRIDGE_PARTS_MB", str(USUAL_MEGABYTES))
        folder = cache_root() / "parts"
        if not stated.isascii() or not stated.isdigit() or int(stated) == 0 or not folder.is_absolute():
            return None
        if why_not_private(folder) is not None:
            return None
        with contextlib.suppress(OSError):
            folder.chmod(_PRIVATE)
            kept = cls(folder, int(stated) * MEGABYTE, time.time_ns())
            kept._sweep()
            with contextlib.suppress(UnusableInput), alone_in(folder):
                kept._room_for(0)
            return kept if kept._secret() else None
        return None

    def take(self, key: str) -> bytes | None:
        """The content under a key, which is used now; None where there is none. Raises ``Disagrees``."""
        file = self._file(key)
        with contextlib.suppress(OSError):
            with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as stream:
                stated, content = stream.read(_HASH_BYTES), stream.read()
                owned = is_own(os.fstat(stream.fileno()))
            if not owned or not hmac.compare_digest(stated, self._hash(key, content)):
                file.unlink()
                raise Disagrees(key)
            os.utime(file)
            return content
        return None

    def put(self, key: str, content: Sequence[bytes]) -> None:
        """Keep a content under a key, whole or not at all; not where there is no room for it."""
        whole = b"".join(content)
        if not self.folder.is_dir():  # a worker of another machine
            return
        with contextlib.suppress(OSError, UnusableInput), alone_in(self.folder):
            if not self._room_for(len(whole) + _HASH_BYTES):
                return
            write_whole(self._file(key), (self._hash(key, whole), whole))

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}{_ENDING}"

    def _hash(self, key: str, content: bytes) -> bytes:
        keyed = hmac.new(self._secret(), key.encode(), "sha256")
        keyed.update(content)
        return keyed.digest()

    def _secret(self) -> bytes:
        """What the hashes of this folder are keyed with, drawn once; of two closes that draw it the first one's stands."""
        place = self.folder / _SECRET
        if not place.exists():
            opened, drawn = tempfile.mkstemp(prefix=UNFINISHED, dir=self.folder)
            with open(opened, "wb") as stream:
                stream.write(secrets.token_bytes(_HASH_BYTES))
            with contextlib.suppress(FileExistsError):
                os.link(drawn, place)
            os.unlink(drawn)
        return place.read_bytes()

    def _room_for(self, size: int) -> bool:
        """Whether so many bytes more are within the bound once what was used longest ago has gone."""
        entries = ((path, path.stat()) for path in self.folder.glob(f"*{_ENDING}"))
        found = sorted((state.st_mtime_ns, state.st_size, path) for path, state in entries)
        excess = sum(held for _, held, _ in found) + size - self.most_bytes
        for used_ns, held, path in found:
            if excess <= 0 or used_ns >= self.since_ns:
                break
            path.unlink(missing_ok=True)
            excess -= held
        return excess <= 0

    def _sweep(self) -> None:
        """Remove what was being written an hour ago by a close that ended meanwhile."""
        for path in self.folder.glob(f"{UNFINISHED}*"):
            if time.time_ns() - path.stat().st_mtime_ns > _AN_HOUR_NS:
                path.unlink(missing_ok=True)
