"""Opening a tape: its format, its header held against the schema, its rows in exact types.

What makes a file unusable as a whole is raised here (`UnusableInput`); what spoils a single cell or row
becomes a reject in `checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from gaapbridge.tapes.cells import NO_BAD_CELLS, Parsed, Reading, impossible, parse, rule_of
from gaapbridge.tapes.cut_rows import refuse_contracts
from gaapbridge.tapes.header import NOWHERE, matched, sources_of
from gaapbridge.tapes.how import How, layout_of
from gaapbridge.tapes.layout import PLAIN
from gaapbridge.tapes.members import as_one, located
from gaapbridge.tapes.named_units import in_other_currencies, refuse_other_units
from gaapbridge.tapes.opening import opened
from gaapbridge.tapes.raw import BATCH_ROWS, Raw
from gaapbridge.tapes.schema import Amounts, Schema
from gaapbridge.tapes.translation import translation
from gaapbridge.terms import UnusableInput


@dataclass(frozen=True, slots=True)
class Source:
    """A tape whose header fits its schema; nothing but the header has been read of a Parquet file.

    `theirs` maps our column names to the file's, for the columns the file has. `foreign` are columns of amounts whose header
    names another currency than the entity's, with it.
    """

    path: Path
    file: str
    schema: Schema
    reading: Reading
    raw: Raw
    theirs: Mapping[str, str]
    foreign: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """The number of data rows of the file."""
        return self.raw.rows

    @property
    def lacking(self) -> tuple[str, ...]:
        """Our columns that the file does not have; in rows that were read they are empty or have their default."""
        return tuple(name for name in self.schema.names if name not in self.theirs)

    def batches(self, rows: int | None = BATCH_ROWS, columns: Sequence[str] | None = None) -> Iterator[Parsed]:
        """The rows in file order and exact types; `columns` picks some of ours, None all the file has."""
        spoiled = self.spoiled
        for batch in self.numbered(rows, columns):
            yield parsed(batch, self.schema, self.reading, spoiled)

    def numbered(self, rows: int | None, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """The rows in file order as the file has them, under our column names and with their number in `row`."""
        picked = {ours: theirs for ours, theirs in self.theirs.items() if columns is None or ours in columns}
        ours_of = {theirs: ours for ours, theirs in picked.items()}
        done = 0
        for batch in self.raw.batches(list(picked.values()), rows):
            if self.raw.numbered:
                yield batch
                continue
            number = pl.int_range(done + 1, done + batch.height + 1, dtype=pl.Int64, eager=True).alias("row")
            yield (batch if list(picked) == batch.columns else batch.rename(ours_of)).hstack([number])
            done += batch.height

    def located(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of this tape (``file``, ``row``) by the file of it in which they stand, and their number there."""
        return located(rows, self.file, self.raw.members)

    def whole(self) -> Parsed:
        """All rows at once."""
        if self.rows == 0:
            return Parsed(self._no_rows, NO_BAD_CELLS)
        parts = list(self.batches(rows=None))
        written = [part.written for part in parts if part.written is not None]
        return Parsed(
            pl.concat([part.frame for part in parts]),
            pl.concat([part.bad for part in parts]),
            pl.concat(written) if written else None,
        )

    def totals(self) -> pl.DataFrame:
        """The rows of totals that are left out, in file order and exact types; what is no figure is empty."""
        read = [parse(rows, self.schema, self.reading).frame for rows in self.raw.totals_as_rows()]
        return pl.concat([self._no_rows, *(one.select(self._no_rows.columns) for one in read)]).sort("row")

    @property
    def _no_rows(self) -> pl.DataFrame:
        held = {name: self.schema.column(name).dtype for name in self.theirs}
        return pl.DataFrame(schema={"row": pl.Int64(), **held})

    @property
    def spoiled(self) -> pl.DataFrame:
        """The rows and cells the file itself spoils, with our column names; ignored columns left out."""
        if self.raw.spoiled.is_empty():  # nearly always
            return self.raw.spoiled
        ours_of = {theirs: ours for ours, theirs in self.theirs.items()}
        column = pl.col("column")
        kept = self.raw.spoiled.filter(column.is_null() | column.is_in(list(ours_of)))
        return kept.with_columns(column.replace(ours_of))


def parsed(numbered: pl.DataFrame, schema: Schema, reading: Reading, spoiled: pl.DataFrame) -> Parsed:
    """Numbered rows in exact types; what the file itself has `spoiled` is reported of these rows and columns."""
    read = parse(numbered, schema, reading)
    if spoiled.is_empty():
        return read
    column = pl.col("column")
    here = spoiled.filter(
        pl.col("row").is_in(numbered["row"].implode()), column.is_null() | column.is_in(list(numbered.columns))
    )
    misshapen = here.filter(column.is_null())["row"].implode()
    return Parsed(read.frame, pl.concat([here, read.bad.filter(~pl.col("row").is_in(misshapen))]), read.written)


def open_tape(
    path: str | Path,
    schema: Schema,
    *,
    amounts: Amounts = "minor",
    minor_digits: int = 2,
    columns: Mapping[str, str] | None = None,
    ignore: Sequence[str] = (),
    file: str | None = None,
    read: How | None = None,
    currency: str | None = None,
    mapped_in: str = "columns",
    files: Mapping[str, Path] | None = None,
) -> Source:
    """The tape at the path, its header held against the schema.

    `columns` maps our names to the file's; `ignore` lists file columns that mean nothing to us (`"*"`
    all of them); `file` is the name by which rejects call the tape; `read` says how its lender writes it, in
    which amounts may bear the signs of the `currency`; `mapped_in` is where a plan maps columns; `files` are
    those of a tape in several, by what rejects call them. Raises
    `UnusableInput` for a file that is missing, not a file, cut off, empty, or that lacks, repeats or adds columns,
    or whose column has a type that no cell of the schema's could have.
    """
    path = Path(path)
    name = file if file is not None else str(path)
    layout = PLAIN if read is None else layout_of(read)
    named = files or {name: path}
    raw = as_one([opened(one, called, schema, layout) for called, one in named.items()], name)
    return as_tape(
        raw, path, schema, amounts=amounts, minor_digits=minor_digits, columns=columns, ignore=ignore, read=read,
        currency=currency, mapped_in=mapped_in,
    )  # fmt: skip


def as_tape(
    raw: Raw,
    path: Path,
    schema: Schema,
    *,
    amounts: Amounts = "minor",
    minor_digits: int = 2,
    columns: Mapping[str, str] | None = None,
    ignore: Sequence[str] = (),
    read: How | None = None,
    currency: str | None = None,
    mapped_in: str = "columns",
) -> Source:
    """A file that is open, in the layout that ``read`` states, as the tape at the path; all else as ``open_tape`` says."""
    reading = Reading(amounts, minor_digits, raw.workbook, by_plan=mapped_in != NOWHERE, currency=currency)
    if read is None:
        theirs = matched(raw, schema, columns or {}, ignore, mapped_in)
        sources: dict[str, tuple[str, ...]] = {ours: (name,) for ours, name in theirs.items()}
        refuse_other_units(raw.file, schema, sources, amounts, {})
    else:
        sources = sources_of(raw, schema, columns or {}, ignore, read, mapped_in)
        refuse_other_units(raw.file, schema, sources, amounts, read.units)
        translated = translation(raw, schema, read, reading, currency, sources)
        refuse_contracts(raw, translated, schema, reading)
        raw, reading = translated.of(raw), replace(reading, told=translated.told(), dates=translated.how.dates)
        theirs = {ours: ours for ours in sources}
    if raw.rows == 0 and not schema.may_be_empty:
        raise UnusableInput(
            file=raw.file,
            rule=f"the {schema.title.lower()} has at least one row",
            remedy="export the file again, or leave its source out of the plan",
        )
    source = Source(path, raw.file, schema, reading, raw, theirs)
    _refuse_types(source)
    untold = {ours for ours in schema.given if ours in theirs and not _is_given(raw, theirs[ours])}
    told = {ours: name for ours, name in theirs.items() if ours not in untold}
    return replace(source, theirs=told, foreign=in_other_currencies(schema, sources, currency))


def _is_given(raw: Raw, name: str) -> bool:
    """Whether a column holds anything in some row, readable or not; of a tape without a row it is said to be there."""
    cells = (one for batch in raw.batches([name], BATCH_ROWS) for one in batch.get_columns())
    return raw.rows == 0 or any(one.name != "row" and one.null_count() < len(one) and _not_blank(one) for one in cells)


def _not_blank(cells: pl.Series) -> bool:
    return cells.dtype != pl.String or bool((cells.str.strip_chars() != "").any())


def _refuse_types(source: Source) -> None:
    for ours, theirs in source.theirs.items():
        column = source.schema.column(ours)
        dtype = source.raw.dtypes[theirs]
        if impossible(dtype, column):
            rule, remedy = rule_of(column, source.reading)
            raise UnusableInput(file=source.file, row="header", column=theirs, value=f"type {dtype}", rule=rule, remedy=remedy)
