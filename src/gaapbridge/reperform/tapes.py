"""Reading tapes for the independent calculator: csv from the standard library, Parquet and XLSX opened only.

Written apart from the measured run's readers, but for tapes whose plan says how their lender writes them. Rows come back as
mappings with canonical names; a wanted set of contract ids keeps a sample from loading a whole tape.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import InvalidOperation
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from gaapbridge.reperform.elections import as_decimal
from gaapbridge.reperform.loan import FIELD_NAMES, Event, Loan, Payment
from gaapbridge.reperform.translated import Lying, Translated
from gaapbridge.reperform.workbook import Sheet
from gaapbridge.terms.errors import UnusableInput

Row = Mapping[str, Any]
Columns = Mapping[str, Sequence[Any]]
Table = Iterable[Row] | Columns
"""A table of cells by name: row by row, or column by column."""

Read = TypeVar("Read")

DAY_COLUMNS = frozenset({"coverage_start", "coverage_end", "date"})
WHOLE_COLUMNS = frozenset({"term_instalments", "days_past_due", "months_since_last_missed", "units"})
NUMBER_COLUMNS = frozenset({"annual_rate", "guaranteed_share", "fair_value_per_unit", "pd_12m", "pd_12m_at_origination"})
FLAG_COLUMNS = frozenset({"watch_list", "forborne", "related_party"})
TRUE_WORDS, FALSE_WORDS = frozenset({"true", "1", "yes", "y", "t"}), frozenset({"false", "0", "no", "n", "f"})
FEW = 20_000
"""Rows of a file that is small enough to be looked through here."""
GROUPS_EACH = 2
"""Row groups of a file that may hold the rows of a contract, where the file is in the order of its ids."""

EVENT_COLUMNS = ("contract_id", "event_date", "kind", "amount_minor")
PAYMENT_COLUMNS = ("contract_id", "date", "principal_minor", "interest_minor", "fees_minor", "service_fees_minor", "payment_id")


@dataclass(frozen=True, slots=True)
class Tape:
    """A tape of the run: where it is, how its columns are named, and the unit of its amounts."""

    path: Lying
    names: Mapping[str, str]
    amounts: str

    def name_of(self, column: str) -> str:
        """The tape's name of one of our columns."""
        return self.names.get(column, column)

    def states(self, column: str) -> bool:
        """Whether the tape has one of our columns, filled or not."""
        return self.name_of(column) in column_names(self.path)

    def gives(self, column: str) -> bool:
        """Whether the tape has one of our columns with something in some row, or has no row at all: an amount of payments that
        is blank in every row is not told."""
        if not self.states(column):
            return False
        cells = column_values(self.path, self.name_of(column))
        first = next(cells, None)
        return first is None or any(cell.strip() not in ("", "None") for cell in chain((first,), cells))


def read_contracts(tape: Tape, minor_digits: int, wanted: Collection[str] | None = None) -> dict[str, Loan]:
    """The contracts of a loan tape by id.

    Rows that cannot make a contract are left out: the measured run has rejected them, and if it measured one
    all the same, it is reported as not on the tape.
    """
    blank = {"interest_received_minor": 0} if tape.states("interest_received_minor") else {}
    made = read_each(tape, minor_digits, FIELD_NAMES, lambda row: Loan.from_row({**blank, **row}), wanted)
    return {contract.contract_id: contract for contract in made}


def read_events(tape: Tape, minor_digits: int, wanted: Collection[str] | None = None) -> dict[str, tuple[Event, ...]]:
    """The period's events by contract id, in the order of the tape; of those that are the same the first."""
    made = dict.fromkeys(read_each(tape, minor_digits, EVENT_COLUMNS, lambda row: Event(**row), wanted))
    return by_key(made, lambda event: event.contract_id)


def read_payments(
    tape: Tape,
    minor_digits: int,
    opening: date,
    closing: date,
    wanted: Collection[str] | None = None,
    *,
    counts_same: bool = False,
) -> dict[str, tuple[Payment, ...]]:
    """The period's payments by contract id, in the order of the tape; of those that are the same the first, or, where the plan
    says that each counts, all that have no number."""
    rows = read_each(tape, minor_digits, PAYMENT_COLUMNS, lambda row: Payment(paid_on=row.pop("date"), **row), wanted)
    made = {(payment, place if counts_same and not payment.payment_id else 0): payment for place, payment in enumerate(rows)}
    counted = (payment for payment in made.values() if payment.counts(opening, closing))
    return by_key(counted, lambda payment: payment.contract_id)


def read_each(
    tape: Tape,
    minor_digits: int,
    columns: tuple[str, ...],
    make: Callable[[dict[str, Any]], Read],
    wanted: Collection[str] | None = None,
) -> Iterator[Read]:
    """What `make` makes of the rows of a tape, under our names and typed; the first of `columns` identifies them.

    Rows of which nothing can be made are left out.
    """
    for row in read_rows(tape.path, tape.name_of(columns[0]), wanted):
        try:
            yield make(_typed(row, columns, tape, minor_digits))
        except (TypeError, ValueError, KeyError, InvalidOperation):
            continue


def by_key(made: Iterable[Read], key: Callable[[Read], str]) -> dict[str, tuple[Read, ...]]:
    """What was read, gathered under its key in the order of the tape."""
    gathered: dict[str, list[Read]] = {}
    for one in made:
        gathered.setdefault(key(one), []).append(one)
    return {name: tuple(found) for name, found in gathered.items()}


def read_rows(path: Lying, id_column: str = "", wanted: Collection[str] | None = None) -> Iterator[Row]:
    """Rows of a CSV, Parquet or XLSX file under the file's own names, of a translated one under ours; of `wanted` ids only,
    found in `id_column`."""
    ids = None if wanted is None else frozenset(wanted)
    if isinstance(path, Translated):
        yield from path.rows(id_column, ids)
        return
    with _usable(path):
        opened = path.rows() if isinstance(path, Sheet) else _OPENERS[path.suffix.lower()](path, id_column, ids)
        for row in opened:
            if ids is None or str(row.get(id_column)) in ids:
                yield row


def read_columns(path: Lying) -> Columns:
    """The same column by column, of a table that is read whole: of a CSV file without a mapping for every row."""
    if not isinstance(path, Path) or path.suffix.lower() != ".csv":
        return columns_of(read_rows(path))
    with _usable(path), path.open(newline="", encoding="utf-8-sig") as opened:
        names, *rows = [cells for cells in csv.reader(opened) if cells] or [[]]
        width = max(map(len, rows), default=0)
        blanks = [None] * width
        cells = list(chain.from_iterable(row if len(row) == width else (*row, *blanks[len(row) :]) for row in rows))
        return {name: cells[place::width] for place, name in enumerate(names[:width])}


def columns_of(table: Table) -> Columns:
    """A table column by column; nothing where a row has no such cell.

    >>> columns_of([{"valid_from": "2023-01-01", "rate": "0.1"}, {"rate": "0.2"}])
    {'valid_from': ['2023-01-01', None], 'rate': ['0.1', '0.2']}
    """
    if isinstance(table, Mapping):
        return table
    rows = list(table)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


@contextmanager
def _usable(path: Lying) -> Iterator[None]:
    """A file that cannot be read is unusable input."""
    try:
        yield
    except KeyError as unknown:
        raise UnusableInput(file=str(path), rule="a tape is .csv, .parquet or .xlsx", remedy="convert the file") from unknown
    except (OSError, ValueError) as wrong:
        raise UnusableInput(file=str(path), rule=f"unreadable: {wrong}", remedy="provide it again") from wrong


def column_names(path: Lying) -> Collection[str]:
    """The names of the columns of a file: the file's own, of a translated one ours."""
    if isinstance(path, Translated):
        return path.source.theirs
    with _usable(path):
        return path.header() if isinstance(path, Sheet) else _HEADERS[path.suffix.lower()](path)


def column_values(path: Lying, column: str) -> Iterator[str]:
    """The values of one column as text; for knowing which contracts a tape lists."""
    if isinstance(path, Path) and path.suffix.lower() == ".parquet":
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


def _typed(row: Row, columns: tuple[str, ...], tape: Tape, minor_digits: int) -> dict[str, Any]:
    """The row under our names, with dates, integers, decimals and flags for their texts; blanks left out."""
    typed: dict[str, Any] = {}
    for column in columns:
        value = row.get(tape.name_of(column))
        if value is not None and str(value).strip():
            typed[column] = _cell(column, value, tape.amounts, minor_digits)
    return typed


def _cell(column: str, value: object, amounts: str, minor_digits: int) -> object:
    """One value as its column is meant: dates and amounts are known by the end of the name."""
    if column.endswith("_date") or column in DAY_COLUMNS:
        return as_day(value)
    if column.endswith("_minor"):
        return as_minor(value, amounts, minor_digits)
    if column in WHOLE_COLUMNS:
        return as_minor(value, "minor", 0)
    if column in NUMBER_COLUMNS:
        return as_decimal(value)
    return _flag(value) if column in FLAG_COLUMNS else str(value)


def _flag(value: object) -> bool:
    word = str(value).strip().lower()
    if word in TRUE_WORDS or word in FALSE_WORDS:
        return word in TRUE_WORDS
    raise ValueError(f"{value} is neither true nor false")


def _csv_header(path: Path) -> Collection[str]:
    with path.open(newline="", encoding="utf-8-sig") as opened:
        return csv.DictReader(opened).fieldnames or ()


def _parquet_header(path: Path) -> Collection[str]:
    import pyarrow.parquet as parquet

    names: list[str] = parquet.read_schema(path).names
    return names


def _xlsx_header(path: Path) -> Collection[str]:
    return Sheet(path).header()


def _csv_rows(path: Path, id_column: str, wanted: frozenset[str] | None) -> Iterator[Row]:
    with path.open(newline="", encoding="utf-8-sig") as opened:
        yield from csv.DictReader(opened)


def parquet_rows(
    path: Path, id_column: str, wanted: frozenset[str] | None, columns: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Rows of a Parquet file, of all columns or some; of some ids only, if wanted.

    In a few rows, and in the few row groups that may hold the ids, these are looked for here: what filters in the library takes
    longer to load than that.
    """
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(path) as opened:
        if wanted is None:
            for batch in opened.iter_batches(20_000, columns=columns):
                yield from batch.to_pylist()
            return
        if id_column in opened.schema_arrow.names:
            groups = _groups_with(opened.metadata, opened.schema_arrow.get_field_index(id_column), wanted)
            rows = sum(opened.metadata.row_group(group).num_rows for group in groups)
            if rows <= FEW or len(groups) <= GROUPS_EACH * len(wanted):
                yield from _rows_of_groups(opened, groups, id_column, wanted, columns)
                return
    try:
        table = parquet.read_table(path, columns=columns, filters=[(id_column, "in", sorted(wanted))])
    except (NotImplementedError, TypeError):  # an id column that is not text: select in Python instead
        table = parquet.read_table(path, columns=columns)
    for batch in table.to_batches(max_chunksize=20_000):
        yield from batch.to_pylist()


def _groups_with(metadata: Any, place: int, wanted: frozenset[str]) -> list[int]:
    """The row groups of a file that may hold some ids, by the first and the last that each says it has."""
    named = sorted(wanted)

    def may_hold(group: int) -> bool:
        ends = metadata.row_group(group).column(place).statistics
        if ends is None or not ends.has_min_max or not isinstance(ends.min, str):
            return True
        at = bisect_left(named, ends.min)
        return at < len(named) and named[at] <= ends.max

    return [group for group in range(metadata.num_row_groups) if may_hold(group)]


def _rows_of_groups(
    opened: Any, groups: Sequence[int], id_column: str, wanted: frozenset[str], columns: Sequence[str] | None
) -> Iterator[dict[str, Any]]:
    for group in groups:
        few = opened.read_row_group(group, columns)
        for place, one in enumerate(few[id_column].to_pylist()):
            if str(one) in wanted:
                yield from few.slice(place, 1).to_pylist()


def _xlsx_rows(path: Path, id_column: str, wanted: frozenset[str] | None) -> Iterator[Row]:
    yield from Sheet(path).rows()


_OPENERS = {".csv": _csv_rows, ".parquet": parquet_rows, ".pq": parquet_rows, ".xlsx": _xlsx_rows}
_HEADERS = {".csv": _csv_header, ".parquet": _parquet_header, ".pq": _parquet_header, ".xlsx": _xlsx_header}
