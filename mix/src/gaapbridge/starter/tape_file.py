"""What a lender's own tape seems to hold, and how it seems to be written: guesses with reasons, and what is left open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gaapbridge.starter.guess import Guess
from gaapbridge.starter.known_names import names_of
from gaapbridge.starter.names import Match, unlike
from gaapbridge.starter.seen_numbers import BOTH
from gaapbridge.starter.tape_words import Words
from gaapbridge.tapes.schema import Amounts, Column, Schema
from gaapbridge.tapes.trade_words import words_of_ours

FIRST_ROWS = 5_000
"""Rows that are looked at."""


@dataclass(frozen=True)
class TapeFile:
    """What a tape seems to hold, of the files of one instant or of two: ``of_opening`` of them are the opening's, the first.

    ``guess`` has ``amounts`` and the keys of ``read``; ``currency`` is a code and what shows it; ``unexplained`` are columns
    that are read for nothing and may not be left so. Of the ``unread`` ones ``may_be`` are those nearest to columns of ours
    that were not found, and ``money`` those that hold amounts. Of all rows: ``segments``, and ``words`` that a tape may not
    hold, by our column, with those of ours that each would be. ``faults`` say, by our column, what cannot be used in the first
    rows even so; ``signed`` is a number that bears signs, if any; ``instants`` are days that names or titles of the files
    state, ``ids`` those of the contracts in the first rows of each file, ``without_rows`` files that have a header alone.
    Where the files of the opening are in another layout than those of the closing, all is said of these but segments, words
    and days, which are of both, and ``before`` is the tape of the opening alone.
    """

    schema: Schema
    paths: tuple[Path, ...]
    of_opening: int
    matches: Mapping[str, Match]
    unread: tuple[str, ...]
    may_be: Mapping[str, Sequence[str]]
    money: tuple[str, ...]
    unexplained: tuple[str, ...]
    guess: Guess
    currency: tuple[str, str] | None
    segments: tuple[str, ...]
    words: Words
    faults: Mapping[str, str]
    signed: str
    instants: tuple[date | None, ...]
    ids: tuple[frozenset[str], ...] = ()
    without_rows: tuple[Path, ...] = ()
    before: TapeFile | None = None

    @property
    def looks(self) -> tuple[TapeFile, ...]:
        """The tape of each layout, that of the opening first."""
        return (self,) if self.before is None else (self.before, self)

    @property
    def nothing_taken(self) -> tuple[str, ...]:
        """What is said of each file that has no row."""
        return tuple(f"{path.name} has a header and no row: nothing is taken from it" for path in self.without_rows)

    @property
    def amounts(self) -> Amounts:
        """How the file seems to state money; minor units where that is left open."""
        amounts: Amounts = self.guess.keys.get("amounts", "minor")
        return amounts

    @property
    def amounts_stated(self) -> str | None:
        """Why money seems to be stated so; None where a close asks for it: both readings are offered."""
        asked = any(question.choices == BOTH for question in self.guess.questions)
        return None if asked else " ".join(self.guess.reasons["amounts"].split())

    @property
    def read(self) -> dict[str, Any]:
        """The keys of ``read``."""
        return {key: value for key, value in self.guess.keys.items() if key != "amounts"}

    @property
    def renamed(self) -> dict[str, Match]:
        """The columns that are each one of the file's; not those that are the first given of several."""
        return {ours: match for ours, match in self.matches.items() if ours not in self.guess.keys.get("first_of", {})}

    @property
    def made(self) -> Collection[str]:
        """Our columns that every row has the same value of."""
        stated: Mapping[str, Any] = self.guess.keys.get("constant", {})
        return stated.keys()

    @property
    def missing(self) -> tuple[Column, ...]:
        """Columns that the tape must have and this one does not seem to."""
        return tuple(column for column in self._absent() if column.required)

    @property
    def defaulted(self) -> tuple[Column, ...]:
        """Columns that the tape may have and this one does not seem to."""
        return tuple(column for column in self._absent() if not column.required)

    def nearest(self, ours: str) -> list[str]:
        """Columns of the file that are read for nothing and may be one of ours."""
        return list(self.may_be.get(ours, ()))

    def unlike(self, ours: str) -> list[str]:
        """Columns of the file that are called like one of ours and state another measure, with what to do about them."""
        return unlike(ours, self.unread, names_of(self.schema.name))

    def advice(self, ours: str) -> list[str]:
        """What else is to be said of a column of ours that was not found: columns that state another measure, and the one word
        that it may hold, which is stated where it is that of all rows."""
        words = words_of_ours(self.schema, ours)
        once = f'where it is so of every row, add {ours} = "{words[0]}" to read.constant of the tape' if len(words) == 1 else ""
        return [*self.unlike(ours), *([once] if once else [])]

    def _absent(self) -> Iterator[Column]:
        return (one for one in self.schema.columns if one.name not in self.matches and one.name not in self.made)

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "files": list(map(str, self.paths)),
            "without_rows": list(map(str, self.without_rows)),
            "columns": {ours: match.theirs for ours, match in self.matches.items()},
            "guessed": {ours: match.why for ours, match in self.matches.items()},
            "amounts": self.amounts if self.amounts_stated else None,
            "read": self.read,
            "reasons": dict(self.guess.reasons),
            "questions": [vars(question) for question in self.guess.questions],
            "currency": None if self.currency is None else self.currency[0],
            "missing": {column.name: self.nearest(column.name) for column in self.missing},
            "defaulted": {column.name: column.default for column in self.defaulted},
            "ignored": list(self.unread),
            "segments": list(self.segments),
            "words": {ours: {theirs: list(means) for theirs, means in words.items()} for ours, words in self.words.items()},
            "faults": dict(self.faults),
            **({} if self.before is None else {"opening": self.before.as_dict()}),
        }
