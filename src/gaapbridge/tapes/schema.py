"""What a tape must contain, declared once as columns and rules.

The readers take the types from here, the checks the rules, and `docs/reference/tapes.md` its text, so
that the three cannot disagree. The schemas themselves stand in the folders of the kinds of contracts and
with the tables of assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import polars as pl

Cell = Literal["text", "date", "count", "minor", "number", "flag"]
"""What a cell holds: `minor` is an amount of money in minor units, `count` any other whole number."""

Amounts = Literal["minor", "major"]
"""Whether a file states money in minor units (whole numbers) or in major units (decimals)."""

DTYPES: Mapping[str, pl.DataType] = {
    "text": pl.String(),
    "date": pl.Date(),
    "count": pl.Int64(),
    "minor": pl.Int64(),
    "number": pl.Float64(),
    "flag": pl.Boolean(),
}

UNSEEN = "\u200b\u2060\ufeff\u00ad"
"""Signs in a text that no eye sees: of no width, and a hyphen that stands only at the end of a line."""

LARGEST_MINOR = 2**53 - 1
"""The largest amount that the float64 estimates of the kernels still hold to the minor unit."""

MOST_INSTALMENTS = 480
"""The longest term that a tape may have."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a tape: its type, whether a cell may be empty, and what an empty cell means.

    A column without a default and not nullable must be present and given in every row. A default
    applies where the column is absent from the tape altogether, or where its cell is empty.

    >>> Column("days_past_due", "count", "days since the oldest unpaid instalment fell due").required
    True
    """

    name: str
    kind: Cell
    description: str
    nullable: bool = False
    default: int | float | str | bool | None = None

    @property
    def dtype(self) -> pl.DataType:
        """The exact type of the column in every frame that leaves this package."""
        return DTYPES[self.kind]

    @property
    def required(self) -> bool:
        """Whether the tape must have the column and every row a value."""
        return not self.nullable and self.default is None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a rule compares a row with: the instant or period, the currency, the segments, functions, ratings and contracts, and
    by segment the days past due for which its hazards are made.

    A rule whose circumstance is not given (None) is not applied. Where rows that may have a number have none and are the same,
    ``counts_same`` says that each counts.
    """

    instant: date | None = None
    opening: date | None = None
    closing: date | None = None
    currency: str | None = None
    segments: tuple[str, ...] | None = None
    functions: tuple[str, ...] | None = None
    ratings: tuple[str, ...] | None = None
    default_days: tuple[tuple[str, int], ...] | None = None
    contracts: pl.Series | None = field(default=None, compare=False)
    counts_same: bool = False

    def words(self) -> dict[str, str]:
        """The circumstances as they are named in the sentence of a rule."""
        return {
            "instant": str(self.instant),
            "opening": str(self.opening),
            "closing": str(self.closing),
            "currency": str(self.currency),
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition on a row: how it reads, what to do, and the expression that is true where it is broken.

    `column` is the one a break is reported on; the columns of `beside` are shown next to its value.
    `{instant}`, `{opening}`, `{closing}` and `{currency}` in the sentence stand for circumstances.
    An empty cell breaks no rule but the one that a required cell is given; a rule that is `of_giving` stands
    in the place of that one. `bounds` states the lowest and highest whole number allowed where that is all the
    rule says, so that a chunk is cleared by its extremes. One that `follows` is broken only because another row is
    rejected for a reason of its own; one that `looks_up` is broken where the contract is not listed where it has to be.
    """

    id: str
    column: str
    sentence: str
    remedy: str
    broken: Callable[[Circumstances], pl.Expr | None]
    beside: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None
    of_giving: bool = False
    follows: bool = False
    looks_up: bool = False


@dataclass(frozen=True, slots=True)
class Unusual:
    """A value that a good row may have but seldom has: a number above `most`. It is no reject, it is a finding.

    `name` says what is unusual, `remedy` what to do where it is a mistake and where it is none.
    """

    name: str
    column: str
    most: float
    remedy: str


@dataclass(frozen=True, slots=True)
class Schema:
    """One kind of tape: its columns, its rules, and the columns that identify and weigh a row.

    `rules` look at a row by itself; those `across` tapes are held against it once the other tapes are at hand. `key` is
    unique within the tape; of a tape without one no two rows are the same where it has columns `once`, by which its rows are
    mostly told apart already, and mostly ordered; `number` is the column of a row's own number, by which two that are the same
    otherwise are told apart. `identity` and `amount` name the columns that a reject repeats, so that its owner finds the row
    and the report its weight. `sums` are further columns whose sums a lender may state as control totals. `given` are columns
    that tell something only where some row gives them: blank in every row they are as good as left out, and nil is stated as 0.
    Where only the months of its days count, ``by_month``, a format may have no day: the month's last is taken.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    across: tuple[Rule, ...] = ()
    key: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    number: str | None = None
    identity: str | None = None
    amount: str | None = None
    sums: tuple[str, ...] = ()
    unusual: tuple[Unusual, ...] = ()
    may_be_empty: bool = False
    given: tuple[str, ...] = ()
    by_month: bool = False

    def column(self, name: str) -> Column:
        """The column of that name; an unknown one is our mistake (`KeyError`)."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in the order of the schema."""
        return tuple(column.name for column in self.columns)


def at_least(column: str, low: int, remedy: str) -> Rule:
    """The rule that a count is not below `low`.

    >>> at_least("days_past_due", 0, "correct it").sentence
    'days_past_due is at least 0'
    """
    return _bounded(column, low, 2**63 - 1, f"{column} is at least {low}", remedy)


def between(column: str, low: int, high: int, remedy: str) -> Rule:
    """The rule that a count is from `low` to `high`."""
    return _bounded(column, low, high, f"{column} is from {low} to {high}", remedy)


def amount_from(column: str, low: int, remedy: str, high: int = LARGEST_MINOR) -> Rule:
    """The rule that an amount is not below `low` and small enough to be measured to the minor unit."""
    return _bounded(column, low, high, f"{column} is from {low} to {high} minor units", remedy)


def _bounded(column: str, low: int, high: int, sentence: str, remedy: str) -> Rule:
    return Rule(
        f"{column}_bounds",
        column,
        sentence,
        remedy,
        lambda _: ~pl.col(column).is_between(low, high),
        bounds=(low, high),
    )


def at_most(column: str, other: str, remedy: str, why: str = "") -> Rule:
    """The rule that an amount is no larger than another of its row; ``why`` goes on with the sentence.

    >>> at_most("costs_paid_minor", "principal_minor", "correct it").sentence
    'costs_paid_minor is at most principal_minor'
    """
    return Rule(
        f"{column}_within_{other}",
        column,
        f"{column} is at most {other}{why}",
        remedy,
        lambda _: pl.col(column) > pl.col(other),
        beside=(other,),
    )


def one_of(column: str, words: tuple[str, ...]) -> Rule:
    """The rule that a text is one of the known words."""
    listed = ", ".join(words)
    return Rule(
        f"{column}_known",
        column,
        f"{column} is one of {listed}",
        f"write one of {listed}, or say in read.values.{column} of the plan which your words mean",
        lambda _: ~any_of([pl.col(column) == word for word in words]),
    )


def ordered(column: str, word: Literal["after", "from"], other: str, remedy: str) -> Rule:
    """The rule that a date lies after another, or not before it.

    >>> ordered("cured_date", "from", "default_date", "correct it").sentence
    'cured_date is not before default_date'
    """
    strict = word == "after"
    return Rule(
        f"{column}_{word}_{other}",
        column,
        f"{column} is {'after' if strict else 'not before'} {other}",
        remedy,
        lambda _: pl.col(column) <= pl.col(other) if strict else pl.col(column) < pl.col(other),
        beside=(other,),
    )


PLACEHOLDERS = (date(1899, 12, 30), date(1900, 1, 1), date(1970, 1, 1), date(2099, 12, 31), date(9999, 12, 31))
"""Days that systems write where they know none."""


def real_dates(*columns: str) -> tuple[Rule, ...]:
    """The rules that dates are days on which something can have happened, or can fall due.

    >>> [rule.column for rule in real_dates("exit_date", "default_date")]
    ['exit_date', 'default_date']
    """
    return tuple(_real_date(column) for column in columns)


def _real_date(column: str) -> Rule:
    stand_ins = ", ".join(map(str, PLACEHOLDERS))

    def broken(_: Circumstances) -> pl.Expr:
        day = pl.col(column)
        return ~day.is_between(date(1950, 1, 1), date(2100, 12, 31)) | day.is_in(PLACEHOLDERS)

    return Rule(
        f"{column}_real",
        column,
        f"{column} is a day from 1950 to 2100, none that stands for no day ({stand_ins})",
        "give the day; where there is none, leave the cell empty if it may be",
        broken,
    )


def by_instant(column: str, remedy: str) -> Rule:
    """The rule that a date is not after the instant of the tape."""

    def broken(circumstances: Circumstances) -> pl.Expr | None:
        return None if circumstances.instant is None else pl.col(column) > circumstances.instant

    return Rule(f"{column}_by_instant", column, f"{column} is not after {{instant}}", remedy, broken)


def of_entity(remedy: str) -> Rule:
    """The rule that a row is in the currency of the entity."""

    def broken(circumstances: Circumstances) -> pl.Expr | None:
        return None if circumstances.currency is None else pl.col("currency") != circumstances.currency

    return Rule("currency_of_entity", "currency", "currency is the entity's currency {currency}", remedy, broken)


def any_of(conditions: list[pl.Expr]) -> pl.Expr:
    """True where one of the conditions holds."""
    first, *others = conditions
    for condition in others:
        first = first | condition
    return first
