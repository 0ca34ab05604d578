"""How a lender's file says what our columns hold: the wording, the numbers, the days and the columns of a `read` table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from gaapbridge.tapes.layout import Layout
from gaapbridge.tapes.schema import Cell

Stated = str | bool | int
"""A value as a plan states it."""

EVERY = "*"
"""In the place of a column that is trimmed: every column of text."""

UNITS: Mapping[str, tuple[int, bool]] = {
    "minor": (0, False),
    "major": (0, True),
    "thousand": (3, True),
    "ten_thousand": (4, True),
    "lakh": (5, True),
    "million": (6, True),
    "crore": (7, True),
    "hundred_million": (8, True),
}
"""Units of amounts: the power of ten, and whether it is one of major units."""


@dataclass(frozen=True)
class ByColumn:
    """A key of a ``read`` table that names columns of ours.

    ``kinds`` are those of columns that it may name, ``held`` what these hold where that is not anything. It has a ``list`` of
    columns, a ``table`` with one value for each, or ``tables``, one for each. ``by_text``: the cells of its columns are read
    from their text, whatever type the file holds them in.
    """

    kinds: tuple[Cell, ...] = get_args(Cell)
    held: str | None = None
    form: Literal["list", "table", "tables"] = "list"
    by_text: bool = True


RATIOS: Mapping[str, int] = {"percent": -2, "per_mille": -3}
"""Keys that say in what ratios are written: the power of ten."""

BY_COLUMN: Mapping[str, ByColumn] = {
    "negative": ByColumn(("minor",), "amounts"),
    **{key: ByColumn(("number",), "ratios") for key in RATIOS},
    "units": ByColumn(("minor",), "amounts", "table"),
    "values": ByColumn(("text", "flag", "count"), "words or whole numbers", "tables"),
    "trim": ByColumn(("text",), "words"),
    "pad": ByColumn(("text",), "words", "table"),
    "constant": ByColumn(form="table"),
    "first_of": ByColumn(form="table", by_text=False),
    "total_where": ByColumn(form="table"),
}
"""Every key of a ``read`` table that names columns of ours, in the order in which a plan is written."""


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
    def pad(self) -> Mapping[str, int]: ...

    @property
    def first_of(self) -> Mapping[str, Sequence[str]]: ...

    @property
    def constant(self) -> Mapping[str, Stated]: ...

    @property
    def total_where(self) -> Mapping[str, str | Sequence[str]]: ...

    @property
    def only(self) -> Mapping[str, Sequence[str]]: ...

    @property
    def left_out(self) -> Mapping[str, Sequence[str]]: ...

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


def named_by(how: How, key: str) -> list[str]:
    """The columns of ours that one of those keys names."""
    return [ours for ours in getattr(how, key) if ours != EVERY]


def layout_of(how: How) -> Layout:
    """The layout among what is stated of a file."""
    return Layout(how.skip_rows, how.header_rows, how.total_rows, how.sheet, how.delimiter, how.encoding)
