"""Reading tapes for the independent calculator: csv from the standard library, Parquet and XLSX opened only.

Written apart from the measured run's readers. Rows come back as mappings with canonical names; a wanted set
of contract ids keeps a sample from loading a whole tape.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import InvalidOperation
from pathlib import Path
from typing import Any

from gaapbridge.reperform.contract import FIELD_NAMES, Contract, Event
from gaapbridge.reperform.elections import as_decimal
from gaapbridge.terms.errors import UnusableInput

Row = Mapping[str, Any]

DATE_COLUMNS = frozenset(name for name in FIELD_NAMES if name.endswith("_date")) | {"event_date"}
MINOR_COLUMNS = frozenset(name for name in FIELD_NAMES if name.endswith("_minor")) | {"amount_minor"}
WHOLE_COLUMNS = frozenset({"term_instalments", "days_past_due"})
FLAG_COLUMNS = frozenset({"watch_list", "forborne"})
TRUE_WORDS, FALSE_WORDS = frozenset({"true", "1", "yes", "y", "t"}), frozenset({"false", "0", "no", "n", "f"})
EVENT_COLUMNS = ("contract_id", "event_date", "kind", "amount_minor")


def read_contracts(
    path: Path,
    names: Mapping[str, str],
    amounts: str,
    minor_digits: int,
    wanted: Collection[str] | None = None,
) -> dict[str, Contract]:
    """The contracts of a loan tape by id, `names` mapping our columns to the tape's.

    Rows that cannot make a contract are left out: the measured run has rejected them, and if it measured one
    all the same, it is reported as not on the tape.
    """
    contracts: dict[str, Contract] = {}
    for row in read_rows(path, _source_names(names, FIELD_NAMES), wanted):
        try:
            contract = Contract.from_row(_typed(row, FIELD_NAMES, names, amounts, minor_digits))
        except (TypeError, ValueError, InvalidOperation):
            continue
        contracts[contract.contract_id] = contract
    return contracts


def read_events(
    path: Path,
    names: Mapping[str, str],
    amounts: str,
    minor_digits: int,
    wanted: Collection[str] | None = None,
) -> dict[str, tuple[Event, ...]]:
    """The period's events by contract id, in the order of the tape."""
    events: dict[str, list[Event]] = {}
    for row in read_rows(path, _source_names(names, EVENT_COLUMNS), wanted):
        try:
            given = _typed(row, EVENT_COLUMNS, names, amounts, minor_digits)
            event = Event(**given)
        except (TypeError, ValueError, InvalidOperation):
            continue
        events.setdefault(event.contract_id, []).append(event)
    return {contract_id: tuple(happened) for contract_id, happened in events.items()}


def read_rows(path: Path, names: Mapping[str, str] | None = None, wanted: Collection[str] | None = None) -> Iterator[Row]:
    """Rows of a CSV, Parquet or XLSX file under the file's own names, of `wanted` contract ids only.

    `names` maps our names to the file's; only `contract_id` is needed from it here.
    """
    id_column = (names or {}).get("contract_id", "contract_id")
    ids = None if wanted is None else frozenset(wanted)
    try:
        opened = _OPENERS[path.suffix.lower()](path, id_column, ids)
        for row in opened:
            if ids is None or str(row.get(id_column)) in ids:
                yield row
    except KeyError as unknown:
        raise UnusableInput(file=str(path), rule="a tape is .csv, .parquet or .xlsx", remedy="convert the file") from unknown
    except (OSError, ValueError) as wrong:
        raise UnusableInput(file=str(path), rule=f"unreadable: {wrong}", remedy="provide it again") from wrong


def column_values(path: Path, column: str) -> Iterator[str]:
    """The values of one column as text; for knowing which contracts a tape lists."""
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as parquet

        with parquet.ParquetFile(path) as opened:
            for batch in opened.iter_batches(columns=[column]):
                yield from (str(value) for value in batch.column(0).to_pylist())
        return
    yield from (str(row[column]) for row in read_rows(path))


def as_day(value: object) -> date:
    """A date from a date, a timestamp or ISO text.

    >>> as_day("2023-12-31"), as_day(datetime(2024, 2, 29, 12))
    (datetime.date(2023, 12, 31), datetime.date(2024, 2, 29))
    """
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value).strip()[:10])


def as_minor(value: object, amounts: str, minor_digits: int) -> int:
    """Whole minor units of an amount; a major amount with too many decimals is refused.

    >>> as_minor("12.34", "major", 2), as_minor(1234, "minor", 2)
    (1234, 1234)
    """
    amount = as_decimal(value)
    scaled = amount.scaleb(minor_digits) if amounts == "major" else amount
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{value} is not a whole number of minor units")
    return int(scaled)


def _typed(row: Row, columns: tuple[str, ...], names: Mapping[str, str], amounts: str, minor_digits: int) -> dict[str, Any]:
    """The row under our names, with dates, integers, decimals and flags for their texts; blanks left out."""
    typed: dict[str, Any] = {}
    for column in columns:
        value = row.get(names.get(column, column))
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if column in DATE_COLUMNS:
            typed[column] = as_day(value)
        elif column in MINOR_COLUMNS:
            typed[column] = as_minor(value, amounts, minor_digits)
        elif column in WHOLE_COLUMNS:
            typed[column] = as_minor(value, "minor", 0)
        elif column == "annual_rate":
            typed[column] = as_decimal(value)
        elif column in FLAG_COLUMNS:
            typed[column] = _flag(value)
        else:
            typed[column] = str(value)
    return typed


def _flag(value: object) -> bool:
    word = str(value).strip().lower()
    if word in TRUE_WORDS or word in FALSE_WORDS:
        return word in TRUE_WORDS
    raise ValueError(f"{value} is neither true nor false")


def _source_names(names: Mapping[str, str], columns: tuple[str, ...]) -> dict[str, str]:
    return {column: names.get(column, column) for column in columns}


def _csv_rows(path: Path, id_column: str, wanted: frozenset[str] | None) -> Iterator[Row]:
    with path.open(newline="", encoding="utf-8-sig") as opened:
        yield from csv.DictReader(opened)


def _parquet_rows(path: Path, id_column: str, wanted: frozenset[str] | None) -> Iterator[Row]:
    import pyarrow.parquet as parquet

    filters = None if wanted is None else [(id_column, "in", sorted(wanted))]
    try:
        table = parquet.read_table(path, filters=filters)
    except (NotImplementedError, TypeError):  # an id column that is not text: select in Python instead
        table = parquet.read_table(path)
    for batch in table.to_batches(max_chunksize=20_000):
        yield from batch.to_pylist()


def _xlsx_rows(path: Path, id_column: str, wanted: frozenset[str] | None) -> Iterator[Row]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        header = [str(name) for name in next(rows, ())]
        for values in rows:
            if any(value is not None for value in values):
                yield dict(zip(header, values, strict=False))
    finally:
        book.close()


_OPENERS = {".csv": _csv_rows, ".parquet": _parquet_rows, ".pq": _parquet_rows, ".xlsx": _xlsx_rows}
