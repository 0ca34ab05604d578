"""Hashes of files, by which a run knows its inputs and its artefacts again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from gaapbridge.terms.errors import UnusableInput

File = TypeVar("File")
Told = TypeVar("Told")

_LOOKS, _PAUSE_S = 5, 0.002
"""How often a folder is looked at again, and how long after."""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def at_once(look: Callable[[File], Told], files: Iterable[File]) -> list[Told]:
    """What a look at each of some files tells, in their order; a processor each, for hashing waits for no other.

    >>> at_once(len, ["ab", "c"])
    [2, 1]
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(look, files))


Hashing = Callable[[Path], str]
"""What tells the SHA-256 of a file: by reading it, or by knowing that nothing has touched it since it was read."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was before it was read: its hash, its size, when it was last written and last touched, and what led to it.

    The hash tells what was in it; the times, in nanoseconds, also tell a file that was another meanwhile and is itself again;
    ``way`` a folder or a link that was.
    """

    path: Path
    sha256: str
    size: int
    written_ns: int
    touched_ns: int
    top: Path
    way: tuple[Place, ...]

    @classmethod
    def of(cls, path: Path, top: Path) -> Seen:
        """The file at a path as it is now, and the way to it from a folder above, or from the root where that is not above."""
        way, state = tuple(_way(path, top)), path.stat()
        return cls(path, sha256_of(path), state.st_size, state.st_mtime_ns, state.st_ctime_ns, top, way)

    @property
    def untouched(self) -> bool:
        """Whether the file has the size and the times that it had, which tells most changes without reading it again."""
        with contextlib.suppress(OSError):
            state = self.path.stat()
            return (state.st_size, state.st_mtime_ns, state.st_ctime_ns) == (self.size, self.written_ns, self.touched_ns)
        return False

    @property
    def unchanged(self) -> bool:
        """Whether the file is there, and it and the way to it are as they were."""
        if not self.path.is_file():
            return False
        now = Seen.of(self.path, self.top)
        same_way = len(now.way) == len(self.way) and all(map(Place.stood, self.way, now.way))
        return same_way and replace(now, way=self.way) == self


def changed(file: str, key: str | None) -> UnusableInput:
    """The refusal of a file that was read while somebody wrote to it."""
    return UnusableInput(
        file=file,
        key=key,
        rule="the file stays as it is while a close reads it; this one was changed meanwhile",
        remedy="close again once nobody writes to it",
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A file, folder or link on the way to a file: which one it is, and when it was last written and last touched."""

    path: str
    is_folder: bool
    device: int
    number: int
    written_ns: int
    touched_ns: int

    @classmethod
    def of(cls, path: Path) -> Place:
        """What stands at a path now; links are not followed."""
        state = path.lstat()
        times = state.st_mtime_ns, state.st_ctime_ns
        return cls(str(path), stat.S_ISDIR(state.st_mode), state.st_dev, state.st_ino, *times)

    def stood(self, now: Place) -> bool:
        """Whether it stood there all the time. A folder is looked at again where that seems not so: its two times are written
        one after the other while something is made in it, and a look between them sees only the second."""
        for _ in range(_LOOKS):
            if self.is_unmoved(now) or not self.is_folder:
                break
            time.sleep(_PAUSE_S)
            with contextlib.suppress(OSError):
                now = Place.of(Path(self.path))
        return self.is_unmoved(now)

    def is_unmoved(self, now: Place) -> bool:
        """Whether what stands there now is the same and stood there all the time: what is moved aside and back is touched. What
        is made in a folder touches it too, but is written in it."""
        if now == self:
            return True
        made_in = self.is_folder and now.written_ns != self.written_ns
        return replace(now, written_ns=self.written_ns, touched_ns=self.touched_ns) == self and (
            made_in or now.touched_ns == self.touched_ns
        )


def _way(path: Path, top: Path) -> Iterator[Place]:
    """What leads to a file, by the path as it is named and by the one that links make of it."""
    ways = [(path.absolute(), top.absolute())]
    if (resolved := path.resolve()) != ways[0][0]:
        ways.append((resolved, top.resolve()))
    for named, above in ways:
        for place in (named, *named.parents):
            yield Place.of(place)
            if place == above:
                break
