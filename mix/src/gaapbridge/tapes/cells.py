"""Strict conversion of the cells of a file to the types of the schema.

A cell that is not exactly what its column states becomes empty here and is reported as a bad cell; it
is never repaired. The invariant is that a conversion empties bad cells only, so that the bad ones are
those that were given before and are empty after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from gaapbridge.tapes.schema import LARGEST_MINOR, Amounts, Column, Schema
from gaapbridge.tapes.written_days import in_other_orders
from gaapbridge.tapes.written_numbers import foreign_signs
from gaapbridge.terms.periods import FIRST_YEAR, LAST_YEAR

BAD_CELLS = pl.Schema(
    {
        "row": pl.Int64(),
        "column": pl.String(),
        "value": pl.String(),
        "rule": pl.String(),
        "remedy": pl.String(),
    }
)
"""One row for each cell that could not be read; `column` is empty where the whole row is misshapen."""

NO_BAD_CELLS = pl.DataFrame(schema=BAD_CELLS)
"""The report where every cell could be read, as nearly always: to make it anew would cost more than many a tape."""

IN_THE_FILE = " in the file"
"""Ends the name of the column beside one that is read differently from how it stands, with what stands there."""

_OTHER_CURRENCY = "{{}} is of another currency than the entity's {0}: state it in {0}, or leave the row to another entity"

_EPOCH = date(1970, 1, 1).toordinal()
_TOLERANCE = 1e-6
_NOISE, _MOST_NOISE = 1e-14, 0.25
_WHOLE = r"^-?[0-9]+$"
_THIRDS = r"\.[0-9]{3}$"
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_TRUE = ("true", "True", "TRUE", "1")
_FALSE = ("false", "False", "FALSE", "0")
_KNOWN = (date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH)
_DAY = r"^(19[0-9]{2}|2[01][0-9]{2}|2200)-[0-9]{2}-[0-9]{2}$"
_TAKEN = (date(FIRST_YEAR, 1, 1).toordinal() - _EPOCH, date(LAST_YEAR, 12, 31).toordinal() - _EPOCH)
_A_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are read: the unit of amounts, the digits of the minor unit, and whether from a workbook.

    A workbook holds every number as a binary fraction and every date with a time of day; both are
    allowed for there, within a millionth of a minor unit, or what a large number is off by so, and at midnight. ``told`` has by
    column the rule and the remedy of those that the plan says how to read, ``dates`` the formats of days that it states;
    ``by_plan`` is whether a plan can say it of the file. ``currency`` is the entity's.
    """

    amounts: Amounts = "minor"
    minor_digits: int = 2
    workbook: bool = False
    told: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    dates: Sequence[str] = ()
    by_plan: bool = True
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A batch of rows in the columns and types of the schema, with its bad cells (`BAD_CELLS`).

    `frame` has the schema's columns that the file has, and `row`, the number of the data row in the
    file from 1. `written` has by row, under our names, what stands in the file in the place of cells that read
    differently; None where none does.
    """

    frame: pl.DataFrame
    bad: pl.DataFrame
    written: pl.DataFrame | None = None


def parse(raw: pl.DataFrame, schema: Schema, reading: Reading) -> Parsed:
    """The raw batch (our column names, and `row`) in exact types; bad cells empty and reported."""
    empty_before = empty_cells_of(raw)
    columns = [column for column in schema.columns if column.name in empty_before]
    pointless = _pointless(raw, columns)
    frame = raw.select("row", *(_exact(raw[one.name], one, reading, one.name not in pointless) for one in columns))
    bad, empty_now = [NO_BAD_CELLS], empty_cells_of(frame)
    for column in columns:
        beside = column.name + IN_THE_FILE in empty_before
        if not beside and empty_now[column.name] <= empty_before[column.name]:
            continue
        cells, converted = raw[column.name], frame[column.name]
        if beside:
            stated = raw[column.name + IN_THE_FILE]
            cells = stated.to_frame().select(pl.coalesce(stated, cells.cast(pl.String))).to_series()
        if converted.null_count() > cells.null_count():
            spoiled = converted.is_null() & cells.is_not_null()
            bad.append(bad_cells(raw["row"].filter(spoiled), cells.filter(spoiled), column, reading))
    return Parsed(frame, pl.concat(bad), _written(raw))


def empty_cells_of(frame: pl.DataFrame) -> dict[str, int]:
    """The number of empty cells of each column."""
    return {cells.name: cells.null_count() for cells in frame.get_columns()}


def _pointless(raw: pl.DataFrame, columns: Sequence[Column]) -> set[str]:
    """The columns of whole numbers that are texts without any point: one look tells whether each is digits."""
    texts = [one.name for one in columns if one.kind in ("count", "minor") and raw.schema[one.name] == pl.String]
    if not texts:
        return set()
    pointed = raw.select(pl.col(texts).str.contains(".", literal=True).any()).row(0, named=True)
    return {name for name, some in pointed.items() if not some}


def _written(raw: pl.DataFrame) -> pl.DataFrame | None:
    """What stands in the file where it reads differently, by row and under our names."""
    beside = {name: name.removesuffix(IN_THE_FILE) for name in raw.columns if name.endswith(IN_THE_FILE)}
    return raw.select("row", *beside).rename(beside) if beside else None


def as_written(rejects: pl.DataFrame, written: pl.DataFrame | None) -> pl.DataFrame:
    """Rejects with what stands in the file beside each value that reads differently: `0.154 ("15.4%" in the file)`."""
    if written is None or rejects.is_empty():
        return rejects
    of_these = written.filter(pl.col("row").is_in(rejects["row"].unique().implode()))
    stated = of_these.unpivot(index="row", variable_name="column", value_name="stated").drop_nulls("stated")
    stands = pl.col("stated").is_not_null() & (pl.col("stated") != pl.col("value"))
    shown = pl.when(stands).then(pl.format('{} ("{}" in the file)', "value", "stated")).otherwise("value")
    return rejects.join(stated, on=["row", "column"], how="left", maintain_order="left").select(
        shown.alias("value") if name == "value" else name for name in rejects.columns
    )


def convert(cells: pl.Series, column: Column, reading: Reading) -> pl.Series:
    """The cells in the column's exact type, empty where they are not exactly of it.

    >>> count = Column("term_instalments", "count", "")
    >>> convert(pl.Series(["12", "1,200", "x"]), count, Reading()).to_list()
    [12, None, None]
    >>> amount = Column("principal_minor", "minor", "")
    >>> convert(pl.Series(["1234.5", "0.005"]), amount, Reading("major", 2)).to_list()
    [123450, None]
    """
    return cells.to_frame().select(_exact(cells, column, reading)).to_series()


def _exact(stated: pl.Series, column: Column, reading: Reading, pointed: bool = True) -> pl.Expr:
    """The cells of a series in the column's exact type, as an expression over a frame that has it: all columns are converted at
    once, which costs little more than one. ``pointed`` is whether a text may have a point."""
    dtype, cells = stated.dtype, pl.col(stated.name)
    if dtype == pl.Date and column.kind == "date":
        return _calendar(cells.to_physical())
    if dtype == column.dtype and (column.kind != "minor" or reading.amounts == "minor"):
        return cells
    if dtype == pl.Null:
        return cells.cast(column.dtype)
    if isinstance(dtype, (pl.Categorical, pl.Enum)):
        dtype, cells = pl.String(), cells.cast(pl.String)
    match column.kind:
        case "text":
            return cells.cast(pl.String)
        case "date":
            return _dates(cells, dtype, reading)
        case "flag":
            return _flags(cells, dtype)
        case "number":
            return _numbers(cells, dtype)
        case "count":
            return _whole(cells, dtype, digits=0, tolerance=0.0, pointed=pointed, workbook=reading.workbook)
        case "minor":
            digits = reading.minor_digits if reading.amounts == "major" else 0
            if digits < 3 and isinstance(dtype, pl.String) and pointed:
                cells = _where(~cells.str.contains(_THIRDS), cells)  # three decimals may be thousands: 700.000
            return _whole(cells, dtype, digits=digits, tolerance=_TOLERANCE, pointed=pointed, workbook=reading.workbook)


def impossible(dtype: pl.DataType, column: Column) -> bool:
    """Whether no cell of a Parquet column of this type could be of the schema's type.

    >>> impossible(pl.List(pl.Int64), Column("days_past_due", "count", "")), impossible(
    ...     pl.String(), Column("days_past_due", "count", ""))
    (True, False)
    """
    textual = isinstance(dtype, (pl.String, pl.Categorical, pl.Enum, pl.Null))
    if textual:
        return False
    match column.kind:
        case "text":
            return not dtype.is_integer()
        case "date":
            local = isinstance(dtype, pl.Datetime) and dtype.time_zone is None
            return not (isinstance(dtype, pl.Date) or local)
        case "flag":
            return not (isinstance(dtype, pl.Boolean) or dtype.is_integer())
        case _:
            return not dtype.is_numeric()


def rule_of(column: Column, reading: Reading) -> tuple[str, str]:
    """The rule a cell of the column has to satisfy to be read at all, and the remedy where it does not."""
    if column.name in reading.told:
        return reading.told[column.name]
    rule, remedy = _own_rule(column, reading)
    return rule, remedy + ("; or say in the plan's read table how it is written" if reading.by_plan else "")


def _own_rule(column: Column, reading: Reading) -> tuple[str, str]:
    """The rule and the remedy of a file that is written as ours are."""
    match column.kind:
        case "text":
            return f"{column.name} is text", "write the column as text"
        case "date":
            return (
                f"{column.name} is a day of the calendar from {FIRST_YEAR} to {LAST_YEAR}, written YYYY-MM-DD",
                "write the date as year-month-day, without a time of day",
            )
        case "flag":
            return f"{column.name} is true or false", "write true, false, 1 or 0"
        case "number":
            return (
                f"{column.name} is a number in digits with a decimal point",
                "write the number without separators, signs of percent or currency",
            )
        case "minor" if reading.amounts == "major":
            return (
                f"{column.name} is an amount in digits with at most {reading.minor_digits} decimals",
                "write the amount without thousands separators and not finer than the minor unit",
            )
        case _:
            return (
                f"{column.name} is a whole number in digits, within 64 bits",
                "write the number without separators or decimals; amounts in minor units",
            )


def bad_cells(rows: pl.Series, cells: pl.Series, column: Column, reading: Reading) -> pl.DataFrame:
    """The report of unreadable cells of one column (`BAD_CELLS`)."""
    rule, remedy = rule_of(column, reading)
    found = pl.DataFrame({"row": rows, "value": _text(cells)})
    told = pl.lit(remedy)
    if column.kind == "minor" and reading.currency is not None:
        foreign = pl.format(_OTHER_CURRENCY.format(reading.currency), "foreign")
        found = found.with_columns(foreign_signs(found["value"], reading.currency))
        told = pl.when(pl.col("foreign").is_null()).then(told).otherwise(foreign)
    elif column.kind == "date" and reading.dates:
        found = found.with_columns(in_other_orders(found["value"], reading.dates))
        told = pl.when(pl.col("other").is_null()).then(told).otherwise(pl.format(_OTHER_ORDER, "other"))
    return found.select(
        "row",
        pl.lit(column.name).alias("column"),
        "value",
        pl.lit(rule).alias("rule"),
        told.alias("remedy"),
    )


_OTHER_ORDER = (
    "it is a day in {} alone: two orders of day and month are mixed in the column, so that others up to the twelfth may have "
    "been read as other days; export it in one order"
)
"""The remedy of a day that only another order than the plan's makes one."""


def bad_rows(rows: Sequence[int], values: Sequence[str], rule: str, remedy: str, column: str | None = None) -> pl.DataFrame:
    """The report of rows or cells that the file itself spoils (`BAD_CELLS`)."""
    count = len(rows)
    if not count:
        return NO_BAD_CELLS
    return pl.DataFrame(
        {
            "row": list(rows),
            "column": [column] * count,
            "value": list(values),
            "rule": [rule] * count,
            "remedy": [remedy] * count,
        },
        schema=BAD_CELLS,
    )


def _dates(cells: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        count, a_day = cells.to_physical(), _A_DAY[dtype.time_unit]
        return _calendar(_where(count % a_day == 0, count // a_day))
    text = cells.str.strip_suffix(" 00:00:00") if reading.workbook else cells
    return _where(text.str.contains(_DAY), text).str.to_date("%Y-%m-%d", strict=False)


def _calendar(days: pl.Expr) -> pl.Expr:
    """Dates of days since 1970, in the years that are taken; a binary file can hold such at which Polars panics."""
    return _where(days.is_between(*_TAKEN), days).cast(pl.Int32).cast(pl.Date)


def _text(cells: pl.Series) -> pl.Series:
    """Cells as they are reported: dates by ISO 8601, and as the numbers they are stored by where there are no such dates."""
    if not isinstance(cells.dtype, (pl.Date, pl.Datetime)):
        return cells.cast(pl.String)
    count = cells.to_physical()
    a_day = 1 if isinstance(cells.dtype, pl.Date) else _A_DAY[cells.dtype.time_unit]
    if (count // a_day).is_between(*_KNOWN).all():
        return cells.cast(pl.String)
    return count.cast(pl.String)


def _flags(cells: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    text = cells.cast(pl.String) if dtype.is_integer() else cells
    true, false = text.is_in(_TRUE), text.is_in(_FALSE)
    return _where(true | false, true)


def _numbers(cells: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, (pl.Decimal, pl.String)):
        text = cells.cast(pl.String)
        cells = _where(text.str.contains(_NUMBER), text) if isinstance(dtype, pl.String) else text
    return cells.cast(pl.Float64, strict=False)


def _whole(cells: pl.Expr, dtype: pl.DataType, *, digits: int, tolerance: float, pointed: bool, workbook: bool) -> pl.Expr:
    """Whole numbers of `10**-digits`, exact: text by shifting the point, integers in 128 bits."""
    if dtype.is_float():
        return _whole_floats(cells, digits, tolerance)
    if dtype.is_integer():
        return (cells.cast(pl.Int128) * pl.lit(10**digits, dtype=pl.Int128)).cast(pl.Int64, strict=False)
    text = cells.cast(pl.String)
    exact = _shifted(text, digits, pointed)
    return pl.coalesce(exact, _whole_floats(_numbers(text, pl.String()), digits, tolerance)) if workbook else exact


def _shifted(text: pl.Expr, digits: int, pointed: bool) -> pl.Expr:
    """The decimal texts as whole numbers of `10**-digits`; digits beyond may only be zeros."""
    if digits == 0 and not pointed:
        return _where(text.str.contains(_WHOLE), text).cast(pl.Int64, strict=False)
    decimal = rf"^(-?[0-9]+)(?:\.([0-9]{{1,{digits}}})0*)?$" if digits else r"^(-?[0-9]+)(?:\.()0+)?$"
    part = text.str.extract(decimal, 2).fill_null("").str.pad_end(digits, "0")
    return (text.str.extract(decimal, 1) + part).cast(pl.Int64, strict=False)


def _whole_floats(cells: pl.Expr, digits: int, tolerance: float) -> pl.Expr:
    """Binary fractions as whole numbers of `10**-digits`: of a large one more than the tolerance is but the last digits of a
    sum, 545,405,760.45 being 0.0000076 of a cent from its nearest fraction."""
    scaled = cells.cast(pl.Float64) * float(10**digits)
    nearest = scaled.round(mode="half_away_from_zero")
    allowed = (scaled.abs() * _NOISE).clip(tolerance, _MOST_NOISE) if tolerance else pl.lit(0.0)
    near = ((scaled - nearest).abs() <= allowed) & (nearest.abs() <= float(LARGEST_MINOR))
    return _where(near, nearest).cast(pl.Int64, strict=False)


def _where(condition: pl.Expr, cells: pl.Expr) -> pl.Expr:
    """The cells where the condition holds, empty elsewhere."""
    return pl.when(condition).then(cells)
