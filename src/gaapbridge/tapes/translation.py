"""A file in its lender's writing as one in ours: under our column names, its cells as our readers take them.

What is not written as the plan says becomes empty and is reported with what stands in the file; it is never read in another
way. Beside every cell that is read differently from how it stands goes what stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from gaapbridge.tapes.cells import IN_THE_FILE, Reading, parse
from gaapbridge.tapes.chosen_rows import ChosenRows, chosen_rows, given, numbered
from gaapbridge.tapes.how import BY_COLUMN, EVERY, RATIOS, UNITS, How, Stated, named_by
from gaapbridge.tapes.plain_words import rewritten
from gaapbridge.tapes.raw import Raw
from gaapbridge.tapes.schema import UNSEEN, Column, Schema
from gaapbridge.tapes.written_days import days
from gaapbridge.tapes.written_numbers import Writing

_WRAPPED = r'^="(.*)"$'
_AROUND = f" \t\u00a0{UNSEEN}"


@dataclass(frozen=True)
class Translation:
    """How each of our columns is made from those of a file: ``sources`` are their names there, none of a constant;
    ``typed`` are columns that the file holds in a type of ours already, ``pointed`` those whose text is ours or the
    plan's: with a point before decimals, ``timestamps`` columns of the file that hold moments without a zone. ``chosen`` says
    which of its rows are its content."""

    schema: Schema
    how: How
    reading: Reading
    currency: str | None
    sources: Mapping[str, tuple[str, ...]]
    typed: frozenset[str]
    pointed: frozenset[str]
    timestamps: frozenset[str]
    chosen: ChosenRows

    def of(self, raw: Raw) -> Raw:
        """The whole file under our names; rows of totals and of other kinds are left out, all others keep their number."""
        apart, cut = self.chosen.apart(raw, self.summed), [numbered(one.frame, one.above) for one in raw.cut]
        first = {names[0]: ours for ours, names in self.sources.items() if names}

        def batches(names: Sequence[str], rows: int | None) -> Iterator[pl.DataFrame]:
            needed = [*dict.fromkeys([*(name for ours in names for name in self.sources[ours]), *self.chosen.columns])]
            done = 0
            for batch in raw.batches(needed or list(raw.header[:1]), rows):
                yield self.read(self.chosen.of(numbered(batch, done)), names)
                done += batch.height

        def totals() -> list[pl.DataFrame]:
            every = {name: name for names in self.sources.values() for name in names}
            rows = [self.chosen.apart(raw, every).totals, *cut] if self.chosen.totals else cut
            return [self.read(part, list(self.sources)) for part in rows]

        column = pl.col("column")
        spoiled = raw.spoiled.filter(column.is_null() | column.is_in(list(first))).with_columns(column.replace(first))
        dtypes = {ours: self._dtype(raw, ours) for ours in self.sources}
        return replace(
            raw, dtypes=dtypes, rows=raw.rows - apart.totals.height - sum(apart.others.values()), batches=batches,
            spoiled=spoiled, groups=(), numbered=True, left_out=raw.left_out + apart.totals.height, others=apart.others,
            totals=self._stated([apart.totals, *cut]), totals_as_rows=totals,
        )  # fmt: skip

    def told(self) -> dict[str, tuple[str, str]]:
        """By column the rule that its cells follow, and the remedy, where the plan says how it is written."""
        return {ours: said for ours in self.sources if (said := self._told(self.schema.column(ours))) is not None}

    def read(self, rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
        """Numbered rows of the file, under our names as our readers take them."""
        return pl.DataFrame([rows["row"], *(made for ours in names for made in self._made(ours, rows))])

    @property
    def summed(self) -> dict[str, str]:
        """The columns whose sums a tape is told by, with those of the file that they are: not one made of several."""
        schema = self.schema
        named = [*([schema.amount] if schema.amount else []), *schema.sums]
        return {ours: self.sources[ours][0] for ours in named if len(self.sources.get(ours, ())) == 1}

    def _stated(self, totals: Sequence[pl.DataFrame]) -> dict[str, tuple[int, ...]]:
        """The sums that rows of totals state, by column of ours; none of a file of several kinds of rows, which they are of."""
        if self.chosen.kinds:
            return {}
        read = [parse(self.read(rows, list(self.summed)), self.schema, self.reading).frame for rows in totals if rows.height]
        sums = {ours: tuple(sum_ for one in read for sum_ in one[ours].drop_nulls().to_list()) for ours in self.summed}
        return {ours: stated for ours, stated in sums.items() if stated}

    def _made(self, ours: str, batch: pl.DataFrame) -> tuple[pl.Series, ...]:
        """The cells of a column, and beside them what stands in the file where that reads differently."""
        if ours in self.typed:
            return (batch[self.sources[ours][0]].alias(ours),)
        text = batch.with_columns(self._text(ours).alias(ours))[ours]
        read = _each(text, partial(self._cells, self.schema.column(ours)))
        return read, text.set(text.eq_missing(read), None).alias(ours + IN_THE_FILE)

    def _text(self, ours: str) -> pl.Expr:
        """What stands in the file of a column, or the plan's in every row of one that the file does not have."""
        if not self.sources[ours]:
            return pl.lit(_written(self.how.constant[ours]), dtype=pl.String)
        return given(self.sources[ours], self.how.empty, self.timestamps)

    def _cells(self, column: Column, text: pl.Series) -> pl.Series:
        if column.name in self.how.trim or (EVERY in self.how.trim and column.kind == "text"):
            text = text.str.strip_chars(_AROUND).str.replace(_WRAPPED, "$1").str.strip_prefix("'").str.strip_chars()
        if column.name in self.how.pad:
            text = _padded(text, self.how.pad[column.name])
        if column.name in self.how.values:
            return self._worded(column, text)
        match column.kind:
            case "text" | "flag":
                return text
            case "date":
                return days(text, self.how.dates)
        return self._writing(column).plain(text)

    def _worded(self, column: Column, text: pl.Series) -> pl.Series:
        """Our words for theirs; a word that is neither stays where a rule of the schema or a type knows words, or is empty.
        Where it knows them, a word means the same in another case, or with other blanks or hyphens: a name of a segment does
        not."""
        text, words = text.str.strip_chars(), {their: _written(ours) for their, ours in self.how.values[column.name].items()}
        if column.kind == "text" and not self._words_known(column):
            words = {ours: ours for ours in words.values()} | words  # what the plan says of a word goes before what it is
            return text.replace_strict(words, default=None, return_dtype=pl.String)
        if column.kind == "count":
            return self._counted(column, text, words)
        otherwise = rewritten(text).replace_strict(
            _whatever_the_writing(words, rewritten), default=text, return_dtype=pl.String
        )
        return text.replace_strict(words, default=otherwise, return_dtype=pl.String)

    def _counted(self, column: Column, text: pl.Series, words: Mapping[str, str]) -> pl.Series:
        """Numbers for words, as 31 for M2; what is written as a number is one, and any other word is empty. ``60`` is no word
        of ``60+``: signs count, the case and the blanks alone do not."""
        number = self._writing(column).plain(text)
        alike = _whatever_the_writing(words, _closed_up)
        worded = _closed_up(text).replace_strict(alike, default=None, return_dtype=pl.String)
        return text.replace_strict(words, default=worded.fill_null(number), return_dtype=pl.String)

    def _words_known(self, column: Column) -> bool:
        return any(rule.id == f"{column.name}_known" for rule in self.schema.rules)

    def _writing(self, column: Column) -> Writing:
        pointed = column.name in self.pointed
        decimal, thousands = (".", None) if pointed else (self.how.decimal or ".", self.how.thousands)
        if column.kind == "minor":
            power = self._power(column)
            decimals = power + (self.reading.minor_digits if self.reading.amounts == "major" else 0)
            unsure = decimals < 3 and self.how.decimal is None and not pointed
            return Writing(
                decimal, thousands, self.currency, power=power, exponents=self.reading.workbook, no_thirds=unsure,
                other_sign=column.name in self.how.negative,
            )  # fmt: skip
        if column.kind == "number":
            power = next((power for key, power in RATIOS.items() if column.name in getattr(self.how, key)), 0)
            return Writing(decimal, thousands, power=power, marked=True, exponents=True)
        return Writing(decimal, thousands)

    def _power(self, column: Column) -> int:
        """The power of ten from the unit of a column to that of the tape."""
        amounts, digits = self.reading.amounts, self.reading.minor_digits
        power, major = UNITS[self.how.units.get(column.name, amounts)]
        return power + digits * (int(major) - int(amounts == "major"))

    def _dtype(self, raw: Raw, ours: str) -> pl.DataType:
        return raw.dtypes[self.sources[ours][0]] if ours in self.typed else pl.String()

    def _told(self, column: Column) -> tuple[str, str] | None:
        if column.name in self.how.values:
            if column.kind == "count":
                return (
                    f"{column.name} is one of the words under read.values.{column.name}, or a whole number",
                    f"add the word to read.values.{column.name} of the plan, with its number, or correct the cell",
                )
            words = ", ".join(map(_written, dict.fromkeys(self.how.values[column.name].values())))
            return (
                f"{column.name} is one of the words under read.values.{column.name}, or of ours: {words}",
                f"add the word to read.values.{column.name} of the plan, or correct the cell",
            )
        if column.name in self.typed or column.kind in ("text", "flag"):
            return None
        if column.kind == "date":
            formats = ", ".join([*self.how.dates, "%Y-%m-%d"])
            return (
                f"{column.name} is a day of the calendar, written {formats}",
                "correct the cell, or add its format to read.dates",
            )
        return self._numbers_told(column)

    def _numbers_told(self, column: Column) -> tuple[str, str]:
        apart = "" if self.how.thousands is None else f" and {self.how.thousands!r} between thousands"
        written = f"written with {self.how.decimal or '.'!r} before decimals{apart}"
        remedy = "correct the cell, or state read.decimal and read.thousands as the file has them"
        if column.kind == "count":
            alone = f"write the number alone, 35 and not 35 days; of words say in read.values.{column.name} which each is"
            return f"{column.name} is a whole number, {written}", f"{alone}; or {remedy}"
        if column.kind != "minor":
            return f"{column.name} is a number, {written}", remedy
        unit = self.how.units.get(column.name, self.reading.amounts).replace("_", " ")
        money = f" of {self.currency}" if self.currency else ""
        unsure = "; three decimals may be thousands, unless read.decimal says" if self._writing(column).no_thirds else ""
        return f"{column.name} is an amount in {unit} units{money}, not finer than the minor unit, {written}{unsure}", remedy


def translation(
    raw: Raw, schema: Schema, how: How, reading: Reading, currency: str | None, sources: Mapping[str, tuple[str, ...]]
) -> Translation:
    """The translation of a file of which some columns make ours."""
    named = {ours for key, one in BY_COLUMN.items() if one.by_text for ours in named_by(how, key)}
    typed = frozenset(
        ours
        for ours, names in sources.items()
        if len(names) == 1 and ours not in named and not _is_text(raw.dtypes[names[0]], schema.column(ours), how)
    )
    pointed = frozenset(ours for ours, names in sources.items() if not any(raw.dtypes[name] == pl.String for name in names))
    timestamps = frozenset(
        name for name, dtype in raw.dtypes.items() if isinstance(dtype, pl.Datetime) and dtype.time_zone is None
    )
    return Translation(schema, how, reading, currency, sources, typed, pointed, timestamps, chosen_rows(how, sources))


def _is_text(dtype: pl.DataType, column: Column, how: How) -> bool:
    """Whether the cells of a column are read from their text: also numbers that stand for days."""
    if column.kind == "date" and how.dates and dtype.is_integer():
        return True
    return dtype == pl.String or isinstance(dtype, (pl.Categorical, pl.Enum))


def _padded(text: pl.Series, width: int) -> pl.Series:
    """Numbers with the nils before them that make them so wide; a text that is none stays.

    >>> _padded(pl.Series(["31", "0000000031", "A31"]), 10).to_list()
    ['0000000031', '0000000031', 'A31']
    """
    one = pl.col("text")
    padded = pl.when(one.str.contains("^[0-9]+$")).then(one.str.zfill(width)).otherwise(one)
    return text.to_frame("text").select(padded.alias(text.name)).to_series()


def _each(text: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Texts as they are read, each different one once where most stand more often."""
    different = text.unique()
    if 2 * different.len() > text.len():
        return read(text)
    return text.replace_strict(different, read(different), return_dtype=pl.String)


def _whatever_the_writing(words: Mapping[str, str], plainly: Callable[[pl.Series], pl.Series]) -> dict[str, str]:
    """By a word without what is of its writing alone, ``plainly``, the one of ours that it is; none that would be two.

    >>> _whatever_the_writing({"Charged-Off": "written_off", "CO": "written_off", "co": "on_book"}, rewritten)
    {'charged off': 'written_off'}
    """
    means: dict[str, set[str]] = {}
    for written, ours in zip(plainly(pl.Series(list(words), dtype=pl.String)), words.values(), strict=True):
        means.setdefault(written, set()).add(ours)
    return {written: next(iter(ours)) for written, ours in means.items() if len(ours) == 1}


def _closed_up(words: pl.Series) -> pl.Series:
    """Words in small letters without their blanks.

    >>> _closed_up(pl.Series(["31 - 60 Days"])).to_list()
    ['31-60days']
    """
    return words.str.to_lowercase().str.replace_all(r"\s+", "")


def _written(value: Stated) -> str:
    """A value of a plan as a cell holds it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
