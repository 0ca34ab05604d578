"""Days as lenders write them, as days of ISO 8601. Each format is tried on the cells that have its shape."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from gaapbridge.tapes.written_numbers import folded_of

EXCEL = "excel"
"""In the place of a format: the number of days by which a workbook stores a day."""

_DAY_BEFORE_FIRST = pl.date(1899, 12, 30)
_FIRST_SURE = 61
"""1 March 1900: a workbook counts a 29 February of that year, which there was not."""

ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}( 00:00:00)?$"
"""What a day looks like that is read without a format."""

_SHAPES = {
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    "m": "[0-9]{1,2}",
    "d": "[0-9]{1,2}",
    "b": r"\p{L}{3}",
    "B": r"\p{L}+",
    "H": "[0-9]{1,2}",
    "M": "[0-9]{2}",
    "S": "[0-9]{2}",
}


def days(text: pl.Series, formats: Sequence[str]) -> pl.Series:
    """Texts as days, empty where no format has their shape or the calendar has no such day; ISO 8601 always last."""
    cell = pl.col("text")
    plain = folded_of(text).str.strip_chars().alias("plain")
    read = [_counted(pl.col("plain")) if form == EXCEL else _parsed(pl.col("plain"), form) for form in formats]
    either = pl.coalesce(*read, pl.when(cell.str.contains(ISO)).then(cell))
    return pl.DataFrame([text.alias("text"), plain]).select(either).to_series().alias(text.name)


def is_of_months(form: str) -> bool:
    """Whether a format has no day.

    >>> is_of_months("%Y-%m"), is_of_months("%d/%m/%Y"), is_of_months("excel")
    (True, False, False)
    """
    return form != EXCEL and "%d" not in form


def in_other_orders(text: pl.Series, formats: Sequence[str]) -> pl.Series:
    """The format in which a text is a day, of some ``formats`` with day and month exchanged; empty where it is in none.

    >>> in_other_orders(pl.Series(["12/31/2023", "31/12/2023", "soon"]), ["%d/%m/%Y"]).to_list()
    ['%m/%d/%Y', None, None]
    """
    exchanged = [re.sub("%[dm]", lambda part: "%m" if part[0] == "%d" else "%d", form) for form in formats if "%d" in form]
    plain = folded_of(text).str.strip_chars().alias("plain")
    read = [pl.when(_parsed(pl.col("plain"), form).is_not_null()).then(pl.lit(form)) for form in exchanged if "%m" in form]
    return pl.DataFrame([plain]).select(pl.coalesce(*read, pl.lit(None, pl.String)).alias("other")).to_series()


def _parsed(text: pl.Expr, form: str) -> pl.Expr:
    of_shape = pl.when(text.str.contains(shape_of(form))).then(text)
    if is_of_months(form):
        first = (of_shape + " 1").str.to_date(f"{form} %d", strict=False)
        return first.dt.month_end().dt.to_string("%Y-%m-%d")
    return of_shape.str.to_date(form, strict=False).dt.to_string("%Y-%m-%d")


def _counted(text: pl.Expr) -> pl.Expr:
    number = text.str.extract(r"^([0-9]{1,7})(?:\.0+)?$", 1).cast(pl.Int64)
    known = pl.when(number.is_between(_FIRST_SURE, 2_958_465)).then(number)
    return (_DAY_BEFORE_FIRST + pl.duration(days=known)).dt.to_string("%Y-%m-%d")


def shape_of(form: str) -> str:
    """What a text of that format looks like. Day and month have two digits where a number follows without anything between.

    >>> shape_of("%Y%m%d"), shape_of("%d/%m/%Y")
    ('^[0-9]{4}[0-9]{2}[0-9]{2}$', '^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$')
    """
    parts = re.findall(r"%.|[^%]+", form)
    shape = []
    for place, part in enumerate(parts):
        if part[0] != "%":
            shape.append(re.escape(part).replace(r"\ ", " "))
            continue
        beside = [other for other in (*parts[max(place - 1, 0) : place], *parts[place + 1 : place + 2]) if other[0] == "%"]
        shape.append(_SHAPES[part[1]].replace("{1,2}", "{2}") if beside else _SHAPES[part[1]])
    return f"^{''.join(shape)}$"
