"""Finished parts of the tables of contracts, taken up again where all that they were made of is the same.

A part is found by one fingerprint of what it depends on: the code and the libraries that measure, the setting of the close as
far as its kind takes it, how the second path adds up, and the rows of the range, by the hashes of the files in which they lie
and how they are cut and read. A tax rate or an account is none of these. What is kept is the part of the table as it was
written and the rest of the part, each byte hashed; whatever does not agree is measured again.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from struct import Struct
from typing import TYPE_CHECKING, Any

from gaapbridge.engine.fingerprint import Fingerprint, NoFingerprint
from gaapbridge.engine.kept import Disagrees, Kept
from gaapbridge.terms.hashes import Seen

if TYPE_CHECKING:
    from gaapbridge.contracts.scan import Part, Task

FORMAT = 1
"""The number of the form of an entry: two lengths, of the part without its table and of what this is compressed to, that, then
its table."""

_LENGTHS, _CODEC = Struct(">QQ"), "zstd"


@dataclass(frozen=True)
class TakenUp:
    """How many contracts were not measured, since an earlier close had; and parts of earlier closes that were damaged."""

    contracts: int = 0
    damaged: int = 0

    def __add__(self, other: TakenUp) -> TakenUp:
        return TakenUp(self.contracts + other.contracts, self.damaged + other.damaged)

    def told(self) -> Iterator[str]:
        """What a person at a terminal is told of it: nothing where all was measured."""
        if self.damaged:
            ranges = f"{self.damaged:,} range{'s' if self.damaged > 1 else ''} of contracts"
            yield f"measured again, as what was kept of them is damaged: {ranges}"
        if self.contracts:
            yield f"taken up as they were measured before: {self.contracts:,} contracts"


@dataclass(frozen=True)
class KeptParts:
    """Where the parts of a close are kept, as plain data: ``made_of`` is the fingerprint of what all of them depend on,
    ``sources`` are the files of the close as they were hashed."""

    kept: Kept
    made_of: str
    sources: Mapping[str, Seen]

    @classmethod
    def opened(cls, made_with: object, sources: Mapping[str, Seen]) -> KeptParts | None:
        """Those of a close by what measures it, and its sources; None where nothing can be kept."""
        kept = Kept.opened()
        return None if kept is None else cls(kept, Fingerprint({}).of((FORMAT, made_with)), sources)

    def made_by(self, *measuring: object) -> KeptParts | None:
        """Those that are measured in one way, which any of the values may change; None where it has no fingerprint."""
        try:
            return replace(self, made_of=self._fingerprint().of((self.made_of, *measuring)))
        except NoFingerprint:
            return None

    def part_of(self, task: Task, make: Callable[[Task], Part]) -> Part:
        """The part of a task, its table in its place: as it was kept, or made, and kept if its files are still those hashed."""
        damaged = 0
        try:
            key = self._fingerprint().of((self.made_of, *_told_apart(task, _OF_ALL), *_told_apart(task.parts, ("folder",))))
            content = self.kept.take(key)
            if content is not None:
                return _taken_up(content, task)
        except NoFingerprint:
            return make(task)
        except Disagrees:
            damaged = 1
        part = make(task)
        if all(seen.untouched for seen in self.sources.values()):
            self.kept.put(key, _content_of(part, task))
        return replace(part, taken_up=TakenUp(damaged=damaged))

    def _fingerprint(self) -> Fingerprint:
        return Fingerprint({str(seen.path): seen.sha256 for seen in self.sources.values()})


_OF_ALL = ("measured", "setting", "second", "parts", "number", "kept")
"""What of a task is in the fingerprint of all of them, or says no more than where its part goes."""


def _told_apart(carried: Any, but: Collection[str]) -> Iterator[tuple[str, object]]:
    """What is carried beside some fields, so that whatever is added to it tells parts apart."""
    return ((one.name, getattr(carried, one.name)) for one in fields(carried) if one.name not in but)


def _content_of(part: Part, task: Task) -> list[bytes]:
    """A part that was made, as it is kept."""
    from pyarrow import compress

    table = b"" if part.added is None else task.parts.written(task.number)
    rest = pickle.dumps(part)
    small = compress(rest, codec=_CODEC, asbytes=True)  # totals are nil at most places
    return [_LENGTHS.pack(len(rest), len(small)), small, table]


def _taken_up(content: bytes, task: Task) -> Part:
    """A part that was kept, its table put where its task has it; what is unpickled was hashed with this user's secret."""
    from pyarrow import decompress

    length, small = _LENGTHS.unpack_from(content)
    end = _LENGTHS.size + small
    part: Part = pickle.loads(decompress(content[_LENGTHS.size : end], length, _CODEC, asbytes=True))
    if part.added is not None:
        task.parts.put_written(content[end:], task.number)
    return replace(part, taken_up=TakenUp(part.contracts))
