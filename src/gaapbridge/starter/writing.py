"""How a file writes its days, numbers and amounts, told from the columns that are read and those that may yet be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from gaapbridge.starter.guess import NONE, OWN, Guess, open_question, sure, together
from gaapbridge.starter.seen_days import FORMATS, MONTHS, guess_days
from gaapbridge.starter.seen_numbers import (
    BOTH,
    guess_negative,
    guess_nothing,
    guess_percent,
    guess_separators,
    guess_units,
    unit_said,
)
from gaapbridge.tapes.schema import Circumstances, Schema

Texts = Mapping[str, Sequence[str]]

_HALF = 0.5


@dataclass(frozen=True)
class Columns:
    """Columns of a file by those of ours that they stand for: their names, types and different cells of the first rows."""

    schema: Schema
    names: Mapping[str, str]
    dtypes: Mapping[str, pl.DataType]
    texts: Texts
    workbook: bool

    def of(self, *kinds: str) -> dict[str, Sequence[str]]:
        """The cells of the columns of some kinds."""
        return {ours: self.texts[ours] for ours in self.names if self.schema.column(ours).kind in kinds}

    def and_those(self, others: Columns) -> Columns:
        """These columns and others."""
        names, dtypes = {**self.names, **others.names}, {**self.dtypes, **others.dtypes}
        return replace(self, names=names, dtypes=dtypes, texts={**self.texts, **others.texts})


def writing(read: Columns, likely: Columns, unread: Texts, titled: Mapping[str, str]) -> Guess:
    """How days, numbers and amounts are written. ``likely`` are columns that are not read and may be ones of ours: what they
    are written in is stated too where the columns that are read do not contradict it, so that reading one takes one line.
    ``unread`` are other columns of numbers, ``titled`` units that titles state."""
    both = read.and_those(likely)
    money = read.of("minor")
    return together((
        *(_wider(look(read), look(both)) for look in (_days, partial(_separators, titled=titled), _nothing)),
        _percent(read),
        replace(_percent(likely), questions=()),
        *_units(read, likely, unread, titled),
        guess_negative([ours for ours in money if _not_below_nil(ours, read.schema)], money),
    ))  # fmt: skip


def _wider(read: Guess, both: Guess) -> Guess:
    """The guess from more columns, where it says what the one from those that are read says, and asks no more."""
    kept = all(both.keys.get(key) == value or set(value) <= set(both.keys.get(key, ())) for key, value in read.keys.items())
    return both if kept and both.questions == read.questions else read


def _days(columns: Columns) -> Guess:
    days = columns.of("date").items()
    texts = {ours: cells for ours, cells in days if columns.dtypes[ours] == pl.String or columns.dtypes[ours].is_integer()}
    return guess_days(texts, (*FORMATS, *MONTHS) if columns.schema.by_month else FORMATS)


def _separators(columns: Columns, titled: Collection[str]) -> Guess:
    money = columns.of("minor")
    coarse = [ours for ours in money if ({unit_said(columns.names[ours])} - {None} or {*titled}) - {"major", "minor"}]
    return guess_separators(_numbers(columns), money, columns.workbook, coarse)


def _nothing(columns: Columns) -> Guess:
    return guess_nothing(_numbers(columns))


def _numbers(columns: Columns) -> dict[str, Sequence[str]]:
    found = columns.of("minor", "number", "count").items()
    return {ours: cells for ours, cells in found if columns.dtypes[ours] == pl.String}


def _units(read: Columns, likely: Columns, unread: Texts, titled: Mapping[str, str]) -> Iterator[Guess]:
    """The unit of the amounts; of a tape without any that is read what those say that may be amounts, else it is open."""
    money, more = read.of("minor"), likely.of("minor")
    if money:
        found = guess_units({ours: read.names[ours] for ours in money}, money, titled)
        yield found
        yield _units_of(likely, more, found.keys.get("amounts"), titled)
    elif not any(column.kind == "minor" for column in read.schema.columns) or not (more or unread):
        yield sure("amounts", "minor", "no amounts in it")
    else:
        found = guess_units(
            {ours: likely.names[ours] for ours in more} or {name: name for name in unread}, more or unread, titled
        )
        keys = {key: value for key, value in found.keys.items() if more or key == "amounts"}
        asked = [question.why for question in found.questions]
        yield open_question("amounts", asked[0], *BOTH, table=OWN) if asked else replace(found, keys=keys)


def _units_of(columns: Columns, money: Texts, amounts: str | None, titled: Mapping[str, str]) -> Guess:
    """The units of columns that are not read where they are not that of the tape."""
    title = next(iter(titled), None) if len(titled) == 1 else None
    said = {ours: unit_said(columns.names[ours]) or title for ours in money}
    units = {ours: unit for ours, unit in said.items() if unit not in (None, amounts)}
    if amounts is None or not units:
        return NONE
    return sure("units", units, f"where they are read: {', '.join(columns.names[ours] for ours in units)}")


def _percent(columns: Columns) -> Guess:
    fractions = fractions_of(columns.schema)
    return guess_percent({ours: name for ours, name in columns.names.items() if ours in fractions}, columns.texts)


def fractions_of(schema: Schema) -> list[str]:
    """The columns of numbers that are fractions: a rule of the tape is broken by 50, which others write for a half."""
    numbers = [column.name for column in schema.columns if column.kind == "number"]
    stated = [{**dict.fromkeys(numbers, _HALF), name: 100 * _HALF} for name in numbers]
    dtypes = {column.name: column.dtype for column in schema.columns}
    row_of_each = pl.DataFrame([dict.fromkeys(numbers, _HALF), *stated], schema=dtypes)
    broken = [rule.broken(Circumstances()) for rule in schema.rules]
    count = pl.sum_horizontal(pl.lit(0), *(one.fill_null(value=False) for one in broken if one is not None))
    as_fractions, *in_percent = row_of_each.select(count).to_series()
    return [name for name, number in zip(numbers, in_percent, strict=True) if number > as_fractions]


def _not_below_nil(ours: str, schema: Schema) -> bool:
    """Whether an amount of a column may not be negative."""
    return any(rule.column == ours and rule.bounds is not None and rule.bounds[0] == 0 for rule in schema.rules)
