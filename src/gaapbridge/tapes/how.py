"""How a lender's file says what our columns hold: the wording, the numbers, the days and the columns of a `read` table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from gaapbridge.tapes.layout import Layout

Stated = str | bool | int
"""A value as a plan states it."""

EVERY = "*"
"""In the place of a column that is trimmed: every column of text."""

UNITS: Mapping[str, tuple[int, bool]] = {
    "minor": (0, False),
    "major": (0, True),
    "thousand": (3, True),
    "ten_thousand": (4, True),
}
"""Units of amounts: the power of ten, and whether it is one of major units."""


class How(Protocol):
    """What a plan states of the way in which a file is written; docs/reference/reading.md says every key."""

    @property
    def dates(self) -> Sequence[str]: ...

    @property
    def decimal(self) -> str | None: ...

    @property
    def thousands(self) -> str | None: ...

    @property
    def negative(self) -> Sequence[str]: ...

    @property
    def percent(self) -> Sequence[str]: ...

    @property
    def per_mille(self) -> Sequence[str]: ...

    @property
    def units(self) -> Mapping[str, str]: ...

    @property
    def values(self) -> Mapping[str, Mapping[str, Stated]]: ...

    @property
    def empty(self) -> Sequence[str]: ...

    @property
    def trim(self) -> Sequence[str]: ...

    @property
    def first_of(self) -> Mapping[str, Sequence[str]]: ...

    @property
    def constant(self) -> Mapping[str, Stated]: ...

    @property
    def total_where(self) -> Mapping[str, str | Sequence[str]]: ...

    @property
    def skip_rows(self) -> int: ...

    @property
    def header_rows(self) -> int: ...

    @property
    def total_rows(self) -> int: ...

    @property
    def sheet(self) -> str | None: ...

    @property
    def delimiter(self) -> str | None: ...

    @property
    def encoding(self) -> str | None: ...


def layout_of(how: How) -> Layout:
    """The layout among what is stated of a file."""
    return Layout(how.skip_rows, how.header_rows, how.total_rows, how.sheet, how.delimiter, how.encoding)
