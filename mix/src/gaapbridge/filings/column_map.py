"""The option `--columns`: which heading of a table means what, where its words do not say it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gaapbridge.filings.column_words import TEXT_COLUMNS, Means, folded
from gaapbridge.filings.headings import Column
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.key_values import key_values

OPTION = "--columns"
_ENDS = {"us_gaap": Means.FROM, "from": Means.FROM, "ifrs": Means.TO, "to": Means.TO}
_PARTS = {"memo": Means.MEMO, "sum": Means.SUM, "adjustment": Means.ADJUSTMENT, **_ENDS}
_PAIRS = '"us_gaap=As reported,ifrs=As restated"; quote a heading that holds a comma'
EXAMPLE = f'{OPTION} "us_gaap=As reported,ifrs=As restated"'


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Headings by what they mean: columns of figures, and columns of texts by their key."""

    figures: Mapping[str, Means] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def names_both_of(self, columns: Iterable[Column]) -> bool:
        """Whether both frameworks of some columns are given, so that nothing is left to guess."""
        return {Means.FROM, Means.TO} <= {self.meaning(one.heading, one.words) for one in columns}

    def meaning(self, *headings: str) -> Means | None:
        """What was said of a column by one of its headings; None where nothing was."""
        plain = [folded(one) for one in headings]
        return next((means for heading, means in self.figures.items() if folded(heading) in plain), None)

    def text_column(self, heading: str) -> str | None:
        """The key that was given to a column of texts; None where none was."""
        return next((key for key, given in self.texts.items() if folded(given) == folded(heading)), None)

    def refuse_unknown(self, known: set[str], file: str) -> None:
        """Raises `UnusableInput` where a heading is named that no table of the file has."""
        plain = {folded(one) for one in known}
        for heading in (*self.figures, *self.texts.values()):
            if folded(heading) not in plain:
                like = nearest(heading, known)
                found = f"did you mean {' or '.join(like)}" if like else f"found are {', '.join(sorted(known)) or 'none'}"
                raise UnusableInput(file=file, column=OPTION, value=heading, rule="the table has this heading", remedy=found)


NO_MAP = ColumnMap()


def column_map(given: str | Mapping[str, str] | None) -> ColumnMap:
    """The map that is written `us_gaap=As reported,ifrs=As restated,label=Item,Note=memo`, or given as a mapping.

    A key of ours stands before the heading; a heading stands before `adjustment`, `sum` or `memo`, and, where tables have
    several pairs, before `from` or `to`, as often as needed.

    >>> column_map("us_gaap=As reported,ifrs=As restated,Note=memo").figures["Note"]
    <Means.MEMO: 'memo'>
    >>> column_map("Local books=from,Group books=to,Tax books=from,Statutory=to").figures["Tax books"]
    <Means.FROM: 'us_gaap'>

    Raises `UnusableInput`.
    """
    if not given:
        return NO_MAP
    pairs = given if isinstance(given, Mapping) else key_values(OPTION, next(csv.reader([given])), _PAIRS)
    figures: dict[str, Means] = {}
    texts: dict[str, str] = {}
    for key, value in pairs.items():
        heading = key if value.lower() in _PARTS and key.lower() not in _ENDS else value
        if heading in figures or heading in texts.values():
            raise _refused(f"{key}={value}", f"{heading} is given once already: leave one of the two out")
        if key.lower() in _ENDS:
            figures[value] = _ENDS[key.lower()]
        elif value.lower() in _PARTS:
            figures[key] = _PARTS[value.lower()]
        elif key.lower() in TEXT_COLUMNS:
            texts[key.lower()] = value
        else:
            keys = ", ".join((*_ENDS, *TEXT_COLUMNS))
            raise _refused(f"{key}={value}", f"known keys are {keys}; a heading may be from, to, adjustment, sum or memo")
    return ColumnMap(figures, texts)


def _refused(value: str, remedy: str) -> UnusableInput:
    return UnusableInput(column=OPTION, value=value, rule="a column is given as KEY=HEADING or HEADING=ROLE", remedy=remedy)
