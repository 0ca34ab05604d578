"""A history with a column for each month: refused, with the line of code that makes a row of each month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gaapbridge.terms.errors import UnusableInput

FEWEST = 3
"""Months in the names of columns from which a file is one of months in columns."""

_YEAR, _NAMES = "(?:19|20)[0-9]{2}", "(?<![A-Za-z])(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_MONTHS = (
    rf"(?<![0-9]){_YEAR}([-/_. ]?)(?:0[1-9]|1[0-2])(?:\1[0-3][0-9])?(?![0-9])",
    rf"{_YEAR}年[0-9]{{1,2}}月",
    rf"{_NAMES}[-/_. ]?{_YEAR}(?![0-9])",
    rf"{_NAMES}[-/_. ][0-9]{{2}}(?![0-9])",
)
"""How months, or their ends, stand in the names of columns."""


@dataclass(frozen=True)
class Wide:
    """The months that stand in names of columns, as they are written there, and the columns without one."""

    months: tuple[str, ...]
    others: tuple[str, ...]


def wide(header: Sequence[str]) -> Wide | None:
    """The months in a header; None where there are fewer than three of one writing.

    >>> found = wide(["id", "Balance 2022-01", "Balance 2022-02", "DPD 2022-01", "DPD 2022-02", "DPD 2022-03"])
    >>> found.others, found.months
    (('id',), ('2022-01', '2022-02', '2022-03'))
    >>> wide(["id", "balance 2022", "balance 2023", "paid 2021-01"]) is None
    True
    """
    for shape in _MONTHS:
        named = {name: month[0] for name in header if (month := re.search(shape, name, re.I))}
        if len(months := dict.fromkeys(named.values())) >= FEWEST:
            return Wide(tuple(months), tuple(name for name in header if name not in named))
    return None


def refuse_wide(file: str, path: Path, header: Sequence[str]) -> None:
    """Raise ``UnusableInput`` for a file with a column for each month."""
    found = wide(header)
    if found is None:
        return
    rule = f"a history has a row of each contract and month, and in this file {len(found.months)} months stand in columns"
    raise UnusableInput(
        file=file,
        row="header",
        value=f"{found.months[0]} to {found.months[-1]}",
        rule=rule,
        remedy=f"make a row of each month, and name that file instead: python -c {_quoted(code(path, found))}",
    )


def code(path: Path, found: Wide) -> str:
    """A line of Python that writes another file beside it: a row of each contract and month, in it the columns without
    a month, ``month_end``, and of what stands under the months a column each, called as in the file, or ``value``. Every cell
    stays as it is written."""
    read = f"pl.read_csv({str(path)!r}, infer_schema=False)"
    if path.suffix.lower() == ".parquet":
        read = f"pl.read_parquet({str(path)!r}).cast(pl.String)"
    elif path.suffix.lower() == ".xlsx":
        read = f"pl.read_csv({str(path.with_suffix('.csv'))!r}, infer_schema=False)"  # its sheet, saved as CSV
    to = path.with_name(f"{path.stem}-by-month.csv")
    return (
        f"import polars as pl; i = {list(found.others)!r}; m = '({_shape(found.months[0])})'; v = pl.col('variable'); "
        f"{read}.unpivot(index=i).drop_nulls('value')"
        ".with_columns(month_end=v.str.extract(m), what=v.str.replace(m, '').str.strip_chars(' _-').replace('', 'value'))"
        f".pivot('what', index=[*i, 'month_end'], values='value').write_csv({str(to)!r})"
    )


def _shape(month: str) -> str:
    """The pattern of all months that are written as one, in what the engine of Polars knows.

    >>> _shape("2022-01"), _shape("Jan 22"), _shape("2022年1月")
    ('[0-9]{4}-[0-9]{1,2}', '[A-Za-z]{3} [0-9]{1,2}', '[0-9]{4}年[0-9]{1,2}月')
    """
    parts = re.findall("[0-9]+|[A-Za-z]+|[^0-9A-Za-z]", month)
    return "".join(map(_part, parts))


def _part(part: str) -> str:
    if part.isascii() and part.isdigit():
        return f"[0-9]{{{len(part)}}}" if len(part) > 2 else "[0-9]{1,2}"
    return "[A-Za-z]{3}" if part.isascii() and part.isalpha() else part.replace(".", "[.]")


def _quoted(line: str) -> str:
    """A line of code as a shell takes it."""
    escaped = re.sub(r'([\\"$`])', r"\\\1", line)
    return f'"{escaped}"'
