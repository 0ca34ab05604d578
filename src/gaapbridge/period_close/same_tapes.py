"""The closing tape that is the opening tape once more: every contract agrees with itself, and nothing happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.tapes.members import tape_of
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.hashes import Seen


def same_tapes(sources: Mapping[str, Seen]) -> Iterator[Finding]:
    """A finding for each kind of contract whose two tapes of contracts have the same content, file by file."""
    for kind in KINDS.values():
        if len(kind.tapes[0].sources) < 2:
            continue
        opening, closing = (_content(sources, source) for source in kind.tapes[0].sources)
        if opening and opening == closing:
            yield Finding(
                name="closing tape is the opening tape",
                where=kind.tapes[0].sources[1],
                amount_minor=None,
                why="its files have the content of the opening tape's, so that every balance is a period old",
                remedy="name the tape of the closing instant; from one period to the next both names move on",
                check="R9",
            )


def _content(sources: Mapping[str, Seen], source: str) -> list[str]:
    """The hashes of the files of a tape, none where the plan names none."""
    return sorted(seen.sha256 for name, seen in sources.items() if tape_of(name) == source)
