"""The tape writer: columns of integers become the canonical tapes of loans, guarantees and awards, in Parquet.

Row groups hold 65,536 rows so that a reader can give one to each worker; money is delta-packed, which is
smaller and faster to read. Nothing but the rows themselves goes into a file, so equal rows give equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gaapbridge.example.calendar import NO_DATE
from gaapbridge.example.market import RATINGS

Columns = Mapping[str, NDArray[Any]]
"""Columns of one tape; equal lengths. Texts are int8 codes into ``TEXTS``, dates are day numbers or
``NO_DATE``.
"""

ROW_GROUP_ROWS = 65_536
CURRENCY = "CNY"
NO_AMOUNT = np.int64(-1)
"""Stands where an optional amount is not given; written as null."""

NOT_STATED = float("nan")
"""Stands where an optional number is not given; written as null."""

REPAYMENT_TYPES = ("level", "equal_principal", "bullet", "interest_free_instalments")
STATUSES = ("on_book", "prepaid", "matured", "written_off")
GUARANTEE_STATUSES = ("on_book", "settled_early", "matured", "paid_out")
"""The same four states of a contract, as each tape calls them."""
EVENT_KINDS = ("write_off", "recovery", "prepayment")
FUNCTIONS = ("origination_and_servicing", "sales_and_marketing", "general_and_administrative", "research_and_development")
TRANCHES = ("1", "2", "3", "4")
AWARD_EVENT_KINDS = ("forfeiture", "exercise", "expiry")
ON_BOOK, PREPAID, MATURED, WRITTEN_OFF = 0, 1, 2, 3
WRITE_OFF, RECOVERY, PREPAYMENT = 0, 1, 2
FORFEITURE, EXERCISE, EXPIRY = 0, 1, 2

_REQUIRED, _OPTIONAL = False, True
LOAN_COLUMNS = pa.schema(
    [
        pa.field("contract_id", pa.string(), _REQUIRED),
        pa.field("segment", pa.string(), _REQUIRED),
        pa.field("currency", pa.string(), _REQUIRED),
        pa.field("origination_date", pa.date32(), _REQUIRED),
        pa.field("first_payment_date", pa.date32(), _REQUIRED),
        pa.field("maturity_date", pa.date32(), _OPTIONAL),
        pa.field("principal_minor", pa.int64(), _REQUIRED),
        pa.field("annual_rate", pa.float64(), _REQUIRED),
        pa.field("term_instalments", pa.int64(), _REQUIRED),
        pa.field("repayment_type", pa.string(), _REQUIRED),
        pa.field("instalment_minor", pa.int64(), _OPTIONAL),
        pa.field("service_fee_minor", pa.int64(), _REQUIRED),
        pa.field("fees_received_minor", pa.int64(), _REQUIRED),
        pa.field("costs_paid_minor", pa.int64(), _REQUIRED),
        pa.field("outstanding_principal_minor", pa.int64(), _REQUIRED),
        pa.field("billed_unpaid_interest_minor", pa.int64(), _REQUIRED),
        pa.field("interest_received_minor", pa.int64(), _REQUIRED),
        pa.field("days_past_due", pa.int64(), _REQUIRED),
        pa.field("status", pa.string(), _REQUIRED),
        pa.field("exit_date", pa.date32(), _OPTIONAL),
        pa.field("default_date", pa.date32(), _OPTIONAL),
        pa.field("claim_at_default_minor", pa.int64(), _OPTIONAL),
        pa.field("cured_date", pa.date32(), _OPTIONAL),
        pa.field("nonaccrual_date", pa.date32(), _OPTIONAL),
        pa.field("watch_list", pa.bool_(), _REQUIRED),
        pa.field("forborne", pa.bool_(), _REQUIRED),
        pa.field("rating", pa.string(), _REQUIRED),
        pa.field("rating_at_origination", pa.string(), _REQUIRED),
    ]
)
EVENT_COLUMNS = pa.schema(
    [
        pa.field("contract_id", pa.string(), _REQUIRED),
        pa.field("event_date", pa.date32(), _REQUIRED),
        pa.field("kind", pa.string(), _REQUIRED),
        pa.field("amount_minor", pa.int64(), _REQUIRED),
    ]
)
PAYMENT_COLUMNS = pa.schema(
    [
        pa.field("contract_id", pa.string(), _REQUIRED),
        pa.field("date", pa.date32(), _REQUIRED),
        pa.field("principal_minor", pa.int64(), _REQUIRED),
        pa.field("interest_minor", pa.int64(), _REQUIRED),
        pa.field("fees_minor", pa.int64(), _REQUIRED),
    ]
)
_TERM_FIELDS = (
    "segment", "currency", "origination_date", "first_payment_date", "maturity_date", "principal_minor", "annual_rate",
    "term_instalments", "repayment_type", "instalment_minor",
)  # fmt: skip
_STANDING_FIELDS = (
    "days_past_due", "status", "exit_date", "default_date", "claim_at_default_minor", "cured_date", "watch_list", "forborne",
    "rating", "rating_at_origination",
)  # fmt: skip
GUARANTEE_COLUMNS = pa.schema(
    [
        LOAN_COLUMNS.field("contract_id"),
        pa.field("loan_id", pa.string(), _REQUIRED),
        *(LOAN_COLUMNS.field(name) for name in _TERM_FIELDS),
        pa.field("guaranteed_share", pa.float64(), _OPTIONAL),
        pa.field("stand_ready_minor", pa.int64(), _OPTIONAL),
        LOAN_COLUMNS.field("outstanding_principal_minor"),
        LOAN_COLUMNS.field("billed_unpaid_interest_minor"),
        *(LOAN_COLUMNS.field(name) for name in _STANDING_FIELDS),
        pa.field("related_party", pa.bool_(), _REQUIRED),
        pa.field("paid_out_minor", pa.int64(), _REQUIRED),
        pa.field("recovered_minor", pa.int64(), _REQUIRED),
    ]
)
FEE_COLUMNS = pa.schema(
    [
        pa.field("contract_id", pa.string(), _REQUIRED),
        pa.field("due_date", pa.date32(), _REQUIRED),
        pa.field("coverage_start", pa.date32(), _REQUIRED),
        pa.field("coverage_end", pa.date32(), _REQUIRED),
        pa.field("fee_minor", pa.int64(), _REQUIRED),
        pa.field("collected_minor", pa.int64(), _REQUIRED),
        pa.field("written_off_minor", pa.int64(), _REQUIRED),
    ]
)
AWARD_COLUMNS = pa.schema(
    [
        pa.field("award_id", pa.string(), _REQUIRED),
        pa.field("grant_date", pa.date32(), _REQUIRED),
        pa.field("function", pa.string(), _REQUIRED),
        pa.field("currency", pa.string(), _REQUIRED),
        pa.field("fair_value_per_unit", pa.float64(), _REQUIRED),
        pa.field("condition", pa.string(), _REQUIRED),
    ]
)
TRANCHE_COLUMNS = pa.schema(
    [
        pa.field("award_id", pa.string(), _REQUIRED),
        pa.field("tranche", pa.string(), _REQUIRED),
        pa.field("vesting_date", pa.date32(), _REQUIRED),
        pa.field("units", pa.int64(), _REQUIRED),
        pa.field("fair_value_per_unit", pa.float64(), _OPTIONAL),
    ]
)
AWARD_EVENT_COLUMNS = pa.schema(
    [
        pa.field("award_id", pa.string(), _REQUIRED),
        pa.field("tranche", pa.string(), _REQUIRED),
        pa.field("event_date", pa.date32(), _REQUIRED),
        pa.field("kind", pa.string(), _REQUIRED),
        pa.field("units", pa.int64(), _REQUIRED),
    ]
)
_ID_DIGITS = 9
_LOAN, _GUARANTEE, _FUNDERS_LOAN, _AWARD = "L", "G", "F", "A"


class TapeWriter:
    """One Parquet tape being written. Rows are kept until a row group is full; closing writes the rest.

    ``letters`` names the columns of ids and their first letter, the row's own id first; ``texts`` the words of
    each coded column (segments differ from lender to lender). Memory: one row group.
    """

    def __init__(self, path: Path, schema: pa.Schema, letters: Mapping[str, str], texts: Mapping[str, tuple[str, ...]]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        amounts = [field.name for field in schema if field.type == pa.int64()]
        self._schema, self._letters, self._texts = schema, letters, texts
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self._file = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            use_dictionary=[name for name in schema.names if name not in {*amounts, *letters}],
            column_encoding=dict.fromkeys(amounts, "DELTA_BINARY_PACKED"),
            store_schema=False,
        )

    def append(self, columns: Columns) -> None:
        """Add rows; ids are columns of numbers."""
        rows = columns[next(iter(self._letters))].size
        batch = pa.record_batch([self._arrow(columns, field, rows) for field in self._schema], schema=self._schema)
        self._waiting.append(batch)
        self._waiting_rows += batch.num_rows
        if self._waiting_rows >= ROW_GROUP_ROWS:
            self._write(whole_groups_only=True)

    def close(self) -> None:
        """Write the rows still waiting and finish the file."""
        self._write(whole_groups_only=False)
        self._file.close()

    def _write(self, *, whole_groups_only: bool) -> None:
        table = pa.Table.from_batches(self._waiting, self._schema)
        rows = table.num_rows - table.num_rows % ROW_GROUP_ROWS if whole_groups_only else table.num_rows
        for start in range(0, rows, ROW_GROUP_ROWS):
            group = table.slice(start, min(ROW_GROUP_ROWS, rows - start))
            self._file.write_table(group, row_group_size=ROW_GROUP_ROWS)
        self._waiting = table.slice(rows).combine_chunks().to_batches()
        self._waiting_rows = table.num_rows - rows

    def _arrow(self, columns: Columns, field: pa.Field, rows: int) -> pa.Array:
        """One column as Arrow: ids from numbers, words from codes, nulls from their stand-ins."""
        if field.name in self._letters:
            return identifiers(columns[field.name], self._letters[field.name])
        if field.name in self._texts:
            codes = columns.get(field.name, np.zeros(rows, dtype=np.int8))
            words = pa.array(self._texts[field.name])
            return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), words).cast(pa.string())
        if field.type == pa.date32():
            dates = columns.get(field.name, np.full(rows, NO_DATE, dtype=np.int32)).astype(np.int32)
            return pa.array(dates, mask=dates == NO_DATE).cast(pa.date32())
        if field.type == pa.bool_():
            return pa.array(columns.get(field.name, np.zeros(rows, dtype=np.bool_)))
        if field.type == pa.float64():
            return pa.array(columns[field.name], from_pandas=True)
        missing = NO_AMOUNT if field.nullable else np.int64(0)
        amounts = columns.get(field.name, np.full(rows, missing)).astype(np.int64)
        return pa.array(amounts, mask=amounts == NO_AMOUNT if field.nullable else None)

    def __enter__(self) -> TapeWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def loan_tape(path: Path, segments: tuple[str, ...]) -> TapeWriter:
    """A loan tape to append to."""
    return TapeWriter(path, LOAN_COLUMNS, {"contract_id": _LOAN}, _contract_texts(segments, STATUSES))


def event_tape(path: Path) -> TapeWriter:
    """An event tape to append to."""
    return TapeWriter(path, EVENT_COLUMNS, {"contract_id": _LOAN}, {"kind": EVENT_KINDS})


def payment_tape(path: Path) -> TapeWriter:
    """A tape of payments to append to."""
    return TapeWriter(path, PAYMENT_COLUMNS, {"contract_id": _LOAN}, {})


def guarantee_tape(path: Path, segments: tuple[str, ...]) -> TapeWriter:
    """A guarantee tape to append to."""
    letters = {"contract_id": _GUARANTEE, "loan_id": _FUNDERS_LOAN}
    return TapeWriter(path, GUARANTEE_COLUMNS, letters, _contract_texts(segments, GUARANTEE_STATUSES))


def fee_tape(path: Path) -> TapeWriter:
    """A tape of fee instalments to append to."""
    return TapeWriter(path, FEE_COLUMNS, {"contract_id": _GUARANTEE}, {})


def award_tape(path: Path) -> TapeWriter:
    """An award tape to append to."""
    texts = {"function": FUNCTIONS, "currency": (CURRENCY,), "condition": ("service",)}
    return TapeWriter(path, AWARD_COLUMNS, {"award_id": _AWARD}, texts)


def tranche_tape(path: Path) -> TapeWriter:
    """A tape of award tranches to append to."""
    return TapeWriter(path, TRANCHE_COLUMNS, {"award_id": _AWARD}, {"tranche": TRANCHES})


def award_event_tape(path: Path) -> TapeWriter:
    """A tape of award events to append to."""
    return TapeWriter(path, AWARD_EVENT_COLUMNS, {"award_id": _AWARD}, {"tranche": TRANCHES, "kind": AWARD_EVENT_KINDS})


def identifiers(numbers: NDArray[np.int64], letter: str) -> pa.Array:
    """Ids: a letter and nine digits, built as bytes for the whole column at once.

    >>> identifiers(np.array([7, 123456789]), "L").to_pylist()
    ['L000000007', 'L123456789']
    """
    width = _ID_DIGITS + 1
    text = np.empty((numbers.size, width), dtype=np.uint8)
    text[:, 0] = ord(letter)
    rest = numbers.astype(np.int64)
    for place in range(_ID_DIGITS, 0, -1):
        text[:, place] = ord("0") + rest % 10
        rest = rest // 10
    offsets = np.arange(0, (numbers.size + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(numbers.size, pa.py_buffer(offsets), pa.py_buffer(text.reshape(-1)))


def _contract_texts(segments: tuple[str, ...], statuses: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    ratings = {"rating": RATINGS, "rating_at_origination": RATINGS}
    return {"segment": segments, "currency": (CURRENCY,), "repayment_type": REPAYMENT_TYPES, "status": statuses, **ratings}
