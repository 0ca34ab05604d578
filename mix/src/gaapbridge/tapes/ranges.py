"""Tapes of contracts cut by ranges of contract ids, and the rows of a range held against their schema.

A range of a tape is plain data: where its rows lie and how they are read, so that any worker can read them. All tapes of a
kind of contract are cut at the same ids, so that a contract's rows are in one range whatever tape they are on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.tapes.cells import Parsed, Reading, as_written, convert
from gaapbridge.tapes.checks import NO_REJECTS, ControlTotals, check, check_across, exact_sum
from gaapbridge.tapes.from_parquet import read_rows
from gaapbridge.tapes.how import How
from gaapbridge.tapes.raw import BATCH_ROWS
from gaapbridge.tapes.read import Source, open_tape, parsed
from gaapbridge.tapes.schema import Amounts, Circumstances, Rule, Schema
from gaapbridge.tapes.spill import dealt
from gaapbridge.tapes.survey import MARK_ROWS, READ_ROWS, Survey, ascending, cuts_of, survey_of
from gaapbridge.tapes.unusual import UnusualRows

CHUNK_ROWS = 16_384
"""Contracts of a range: enough that what a range costs besides is little, few enough that two workers stay within 0.6 GB."""

_LARGEST_GROUP = 16 * BATCH_ROWS
"""Rows of a Parquet file's row groups up to which ranges are read from it: each finds its place in its group anew, which in one
of that size costs two and a half times as much as in one of 65,536 rows, and as much as to deal the rows out and read them."""


@dataclass(frozen=True)
class ContractTape:
    """One tape of contracts: opened, and its ids surveyed."""

    source: Source
    circumstances: Circumstances
    survey: Survey

    @property
    def range_rows(self) -> int:
        """Rows that a range may have of it: more where a contract may have several."""
        return CHUNK_ROWS if self.source.schema.key else READ_ROWS

    def ranges(self, cuts: Sequence[str], folder: Path) -> list[TapeRange]:
        """Its ranges; ``cuts`` are the last ids of all but the last. What cannot be read from its own file by ranges is
        written once more into ``folder``; a short tape is at hand."""
        groups, path, whole = self.source.raw.groups, self.source.raw.path, not cuts
        if path and groups and (whole or (self.survey.ascending and max(groups) <= _LARGEST_GROUP)):
            return [self._range(self._stretch(path, *ends)) for ends in pairwise([None, *cuts, None])]
        if whole and self.source.rows:
            return [self._range(AtHand(pl.concat(list(self.source.numbered(READ_ROWS)))))]
        return [self._range(Pile(files)) for files in dealt(self.source, cuts, folder)]

    def _range(self, lying: Stretch | Pile | AtHand) -> TapeRange:
        source = self.source
        return TapeRange(source.file, source.theirs, source.reading, self.circumstances, source.spoiled, lying)

    def _stretch(self, path: Path, after: str | None, until: str | None) -> Stretch:
        """The stretch between two ids, as narrow as the marks tell."""
        marks, rows = self.survey.marks, self.source.rows
        first = 0 if after is None else bisect_right(marks, after) * MARK_ROWS
        end = rows if until is None else min((bisect_right(marks, until) + 1) * MARK_ROWS, rows)
        return Stretch(path, first, max(end - first, 0), after, until)


@dataclass(frozen=True)
class Stretch:
    """Rows of a Parquet file one after the other, of which those above the id ``after`` and up to ``until`` are meant."""

    path: Path
    first: int
    length: int
    after: str | None
    until: str | None

    def rows(self, part: TapeRange, schema: Schema) -> pl.DataFrame:
        """The rows, numbered, as the file has them."""
        batch = read_rows(self.path, part.file, list(part.theirs.values()), self.first, self.length)
        batch.columns = list(part.theirs)
        numbers = np.arange(self.first + 1, self.first + batch.height + 1)
        batch.insert_column(batch.width, pl.Series("row", numbers))
        if self.after is None and self.until is None:
            return batch
        ids = convert(batch["contract_id"], schema.column("contract_id"), part.reading)
        first = 0 if self.after is None else bisect_right(ids, self.after)
        end = batch.height if self.until is None else bisect_right(ids, self.until)
        return batch.slice(first, end - first)


@dataclass(frozen=True)
class Pile:
    """Rows dealt out to files of their own."""

    files: tuple[Path, ...]

    def rows(self, part: TapeRange, schema: Schema) -> pl.DataFrame:
        """The rows, numbered, as their tape has them."""
        if not self.files:
            return empty_frame(schema).select("row", *part.theirs)
        return pl.concat([pl.read_ipc(file) for file in self.files])


@dataclass(frozen=True)
class AtHand:
    """All rows of a short tape that is no Parquet file, and has been read as a whole."""

    frame: pl.DataFrame

    def rows(self, part: TapeRange, schema: Schema) -> pl.DataFrame:
        """The rows, numbered, as their tape has them."""
        return self.frame


@dataclass(frozen=True)
class TapeRange:
    """The rows of one tape whose contracts are of one range: where they lie and how they are read, as plain data.

    Rows without an id are in the first range. ``theirs`` maps our column names to the file's; ``spoiled`` are the rows and
    cells that the file itself spoils, of the whole tape.
    """

    file: str
    theirs: Mapping[str, str]
    reading: Reading
    circumstances: Circumstances
    spoiled: pl.DataFrame
    lying: Stretch | Pile | AtHand

    def held(self, schema: Schema, listed: pl.Series | None = None) -> Held:
        """The rows held against their schema; ``listed`` are contracts of other tapes, for rules that look for them."""
        every = parsed(self.lying.rows(self, schema), schema, self.reading, self.spoiled)
        return held(every, schema, replace(self.circumstances, contracts=listed), self.file)


@dataclass(frozen=True)
class Read:
    """What was read of a tape or of a range of it: rows and amounts, rejects, unusual values in the good rows, and the sums of
    further columns over all rows, rejects included."""

    totals: ControlTotals
    rejects: tuple[pl.DataFrame, ...]
    unusual: tuple[UnusualRows, ...]
    sums: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Read) -> Read:
        unusual = tuple(one + more for one, more in zip(self.unusual, other.unusual, strict=True))
        sums = {name: sum_ + other.sums[name] for name, sum_ in self.sums.items()}
        return Read(self.totals + other.totals, self.rejects + other.rejects, unusual, sums)


@dataclass(frozen=True)
class Held:
    """Rows of a tape held against their schema and then against other tapes: ``every`` row as it was read, the good ones so
    far in the order of their contracts, and the rejects so far. ``totals``, ``unusual`` and ``sums`` are of the schema alone;
    ``written`` is what stands in the file where that reads differently."""

    schema: Schema
    file: str
    every: pl.DataFrame
    good: pl.DataFrame
    rejects: pl.DataFrame
    totals: ControlTotals
    unusual: tuple[UnusualRows, ...] = ()
    written: pl.DataFrame | None = None
    sums: Mapping[str, int] = field(default_factory=dict)

    @property
    def rejected_ids(self) -> pl.Series:
        """Ids of the contracts of which a row was rejected so far."""
        ids = self.rejects["contract_id"]
        return ids.drop_nulls().unique() if ids.len() else ids

    @property
    def some_good(self) -> bool:
        """Whether some row breaks no rule of its schema."""
        return self.totals.rows > self.totals.rejected_rows

    @property
    def read(self) -> Read:
        """What was read, without the good rows."""
        return Read(self.totals, (self.rejects,) if self.rejects.height else (), self.unusual, self.sums)

    def across(self, frame: pl.DataFrame, rules: Sequence[Rule]) -> Held:
        """The good rows, in a ``frame`` with columns of other tapes beside them, held against rules across tapes."""
        checked = check_across(frame, self.schema, rules, self.file)
        rejects = as_written(checked.rejects, self.written)
        return replace(self, good=checked.good, rejects=pl.concat([self.rejects, rejects]))


def held(every: Parsed, schema: Schema, circumstances: Circumstances, file: str) -> Held:
    """The rows of a tape, or all rows of some contracts, held against their schema."""
    identity = schema.identity or "contract_id"
    in_order = ascending(every.frame[identity], strictly=bool(schema.key))
    checked = check(every, schema, circumstances, file, in_order=in_order)
    good = checked.good if in_order else checked.good.sort(identity, maintain_order=True)
    unusual = tuple(UnusualRows.of(unusual, good) for unusual in schema.unusual)
    totals, sums = checked.totals(), _sums(every, schema)
    return Held(schema, file, every.frame, good, checked.rejects, totals, unusual, every.written, sums)


def _sums(every: Parsed, schema: Schema) -> dict[str, int]:
    """The further sums of a tape that a lender may state, over all its rows but those whose cells cannot be told apart."""
    if not schema.sums:
        return {}
    frame, shifted = every.frame, every.bad.filter(pl.col("column").is_null())["row"]
    told = frame if shifted.is_empty() else frame.filter(~pl.col("row").is_in(shifted.implode()))
    return {name: exact_sum(told[name]) if name in told.columns else 0 for name in schema.sums}


def not_given(schema: Schema) -> Held:
    """A tape that the plan does not name."""
    none = empty_frame(schema)
    return Held(schema, schema.name, none, none, NO_REJECTS, ControlTotals())


@lru_cache(64)
def empty_frame(schema: Schema) -> pl.DataFrame:
    """No rows in the columns of a schema."""
    return pl.DataFrame(schema={"row": pl.Int64(), **{column.name: column.dtype for column in schema.columns}})


def open_contracts(
    path: Path,
    schema: Schema,
    circumstances: Circumstances,
    *,
    amounts: Amounts,
    minor_digits: int,
    columns: Mapping[str, str],
    ignore: Sequence[str],
    file: str,
    read: How | None = None,
    currency: str | None = None,
    files: Mapping[str, Path] | None = None,
) -> ContractTape:
    """A tape of contracts ready to be cut: header held against the schema, ids surveyed. Raises ``UnusableInput``."""
    source = open_tape(
        path, schema, amounts=amounts, minor_digits=minor_digits, columns=columns, ignore=ignore, file=file, read=read,
        currency=currency, files=files,
    )  # fmt: skip
    return ContractTape(source, circumstances, survey_of(source, circumstances.currency))


def cut_alike(tapes: Mapping[str, ContractTape], folder: Path) -> Iterator[dict[str, TapeRange]]:
    """The ranges of tapes that are cut at the same ids: for each range the rows of every tape, by the tape's name."""
    cuts = cuts_of([(tape.survey.marks, tape.range_rows) for tape in tapes.values()])
    ranges = [tape.ranges(cuts, folder / name) for name, tape in tapes.items()]
    for every in zip(*ranges, strict=True):
        yield dict(zip(tapes, every, strict=True))
