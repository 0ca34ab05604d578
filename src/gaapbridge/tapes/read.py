"""Opening a tape: its format, its header held against the schema, its rows in exact types.

What makes a file unusable as a whole is raised here (`UnusableInput`); what spoils a single cell or row
becomes a reject in `checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gaapbridge.tapes.cells import BAD_CELLS, Parsed, Reading, impossible, parse, rule_of
from gaapbridge.tapes.from_csv import read_csv
from gaapbridge.tapes.from_parquet import read_parquet
from gaapbridge.tapes.from_xlsx import read_xlsx
from gaapbridge.tapes.raw import Raw
from gaapbridge.tapes.schema import Amounts, Schema
from gaapbridge.terms import UnusableInput, nearest

FORMATS = (".parquet", ".csv", ".xlsx")
CHUNK_ROWS = 65_536
"""Rows of a chunk: large enough to keep the kernels busy, small enough for the cache."""


@dataclass(frozen=True, slots=True)
class Source:
    """A tape whose header fits its schema; nothing but the header has been read of a Parquet file.

    `theirs` maps our column names to the file's, for the columns the file has.
    """

    path: Path
    file: str
    schema: Schema
    reading: Reading
    raw: Raw
    theirs: Mapping[str, str]

    @property
    def rows(self) -> int:
        """The number of data rows of the file."""
        return self.raw.rows

    def batches(self, rows: int | None = CHUNK_ROWS, columns: Sequence[str] | None = None) -> Iterator[Parsed]:
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
            yield batch.rename(ours_of).with_columns(row=pl.int_range(done + 1, done + batch.height + 1, dtype=pl.Int64))
            done += batch.height

    def whole(self) -> Parsed:
        """All rows at once."""
        if self.rows == 0:
            held = {name: self.schema.column(name).dtype for name in self.theirs}
            return Parsed(pl.DataFrame(schema={"row": pl.Int64(), **held}), pl.DataFrame(schema=BAD_CELLS))
        parts = list(self.batches(rows=None))
        return Parsed(pl.concat([part.frame for part in parts]), pl.concat([part.bad for part in parts]))

    @property
    def spoiled(self) -> pl.DataFrame:
        """The rows and cells the file itself spoils, with our column names; ignored columns left out."""
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
    return Parsed(read.frame, pl.concat([here, read.bad.filter(~pl.col("row").is_in(misshapen))]))


def open_tape(
    path: str | Path,
    schema: Schema,
    *,
    amounts: Amounts = "minor",
    minor_digits: int = 2,
    columns: Mapping[str, str] | None = None,
    ignore: Sequence[str] = (),
    file: str | None = None,
) -> Source:
    """The tape at the path, its header held against the schema.

    `columns` maps our names to the file's; `ignore` lists file columns that mean nothing to us (`"*"`
    all of them); `file` is the name by which rejects call the tape. Raises `UnusableInput` for a file
    that is missing, not a file, cut off, empty, or that lacks, repeats or adds columns, or whose column
    has a type that no cell of the schema's could have.
    """
    path = Path(path)
    name = file if file is not None else str(path)
    raw = _open(path, name, schema)
    if raw.rows == 0 and not schema.may_be_empty:
        raise UnusableInput(
            file=name,
            rule=f"the {schema.title.lower()} has at least one row",
            remedy="export the file again, or leave its source out of the plan",
        )
    reading = Reading(amounts, minor_digits, raw.workbook)
    source = Source(path, name, schema, reading, raw, _matched(raw, schema, columns or {}, ignore))
    _refuse_types(source)
    return source


def _open(path: Path, file: str, schema: Schema) -> Raw:
    if path.is_dir():
        raise UnusableInput(file=file, rule="a tape is a file, not a folder", remedy="name the file in the folder")
    if not path.is_file():
        beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        close = nearest(path.name, beside)
        remedy = f"did you mean {' or '.join(close)}?" if close else "correct the path in the plan"
        raise UnusableInput(file=file, rule="the file exists", remedy=remedy)
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise UnusableInput(
            file=file,
            value=path.suffix or "no ending",
            rule=f"the file name ends in {', '.join(FORMATS)}",
            remedy="save the tape as one of them, under that ending",
        )
    if path.stat().st_size == 0:
        raise UnusableInput(file=file, rule="the file is not empty", remedy="export the file again")
    try:
        match kind:
            case ".parquet":
                return read_parquet(path, file)
            case ".csv":
                return read_csv(path, file)
            case _:
                return read_xlsx(path, file, schema.name)
    except PermissionError as error:
        raise UnusableInput(file=file, rule="the file may be read", remedy="give read permission") from error


def _matched(raw: Raw, schema: Schema, columns: Mapping[str, str], ignore: Sequence[str]) -> dict[str, str]:
    """Our column names to the file's, for the columns the file has; every other column explained."""
    for ours, theirs in columns.items():
        if ours not in schema.names:
            raise _column_error(raw, ours, f"columns maps columns of the {schema.name} tape", schema.names)
        if theirs not in raw.header:
            raise _column_error(raw, theirs, f"the column mapped to {ours} is in the file", raw.header)
    taken = set(columns.values())
    if len(taken) < len(columns):
        twice = next(theirs for theirs in taken if list(columns.values()).count(theirs) > 1)
        raise _column_error(raw, twice, "a column of the file is mapped to one of ours", ())
    free = [name for name in raw.header if name not in taken and name not in ignore]
    matched = {**columns, **{name: name for name in free if name in schema.names and name not in columns}}
    _refuse_unknown(raw, schema, matched, [name for name in free if matched.get(name) != name], ignore)
    _refuse_missing(raw, schema, matched)
    return {ours: matched[ours] for ours in schema.names if ours in matched}


def _refuse_unknown(raw: Raw, schema: Schema, matched: Mapping[str, str], extra: list[str], ignore: Sequence[str]) -> None:
    if not extra or "*" in ignore:
        return
    first, *others = extra
    more = f" (and {len(others)} more: {', '.join(others[:5])})" if others else ""
    close = nearest(first, [name for name in schema.names if name not in matched], n=1)
    missing = ", ".join(_missing(schema, matched))
    if close:
        remedy = f'map it in columns ({close[0]} = "{first}"), or list it in ignore'
    else:
        remedy = f"list it in ignore{f', or map it in columns where it holds what is missing: {missing}' if missing else ''}"
    raise UnusableInput(
        file=raw.file,
        row="header",
        column=first,
        rule=f"every column is one of the {schema.name} tape{more}",
        remedy=remedy,
    )


def _refuse_missing(raw: Raw, schema: Schema, matched: Mapping[str, str]) -> None:
    missing = _missing(schema, matched)
    if not missing:
        return
    first, *others = missing
    more = f" (and {len(others)} more: {', '.join(others[:5])})" if others else ""
    close = nearest(first, [name for name in raw.header if name not in matched.values()], n=1)
    new = f'add it ({schema.column(first).description}), or map it in columns ({first} = "...")'
    meant = f'map it in columns ({first} = "{close[0]}")' if close else new
    raise UnusableInput(
        file=raw.file,
        row="header",
        column=first,
        rule=f"the {schema.title.lower()} has the column{more}",
        remedy=meant,
    )


def _missing(schema: Schema, matched: Mapping[str, str]) -> list[str]:
    return [column.name for column in schema.columns if column.required and column.name not in matched]


def _column_error(raw: Raw, column: str, rule: str, known: Sequence[str]) -> UnusableInput:
    close = nearest(column, known, n=1)
    remedy = f"did you mean {close[0]}?" if close else "correct the columns table of the plan"
    return UnusableInput(file=raw.file, column=column, rule=rule, remedy=remedy)


def _refuse_types(source: Source) -> None:
    for ours, theirs in source.theirs.items():
        column = source.schema.column(ours)
        dtype = source.raw.dtypes[theirs]
        if impossible(dtype, column):
            rule, remedy = rule_of(column, source.reading)
            raise UnusableInput(file=source.file, row="header", column=theirs, value=f"type {dtype}", rule=rule, remedy=remedy)
