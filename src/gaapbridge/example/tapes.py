"""The tape writer: columns of integers become the canonical loan and event tapes, in Parquet.

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

Columns = Mapping[str, NDArray[Any]]
"""Columns of one tape; equal lengths. Texts are int8 codes into ``TEXTS``, dates are day numbers or
``NO_DATE``.
"""

ROW_GROUP_ROWS = 65_536
CURRENCY = "CNY"
NO_AMOUNT = np.int64(-1)
"""Stands where an optional amount is not given; written as null."""

REPAYMENT_TYPES = ("level", "equal_principal", "bullet", "interest_free_instalments")
STATUSES = ("on_book", "prepaid", "matured", "written_off")
EVENT_KINDS = ("write_off", "recovery", "prepayment")
ON_BOOK, PREPAID, MATURED, WRITTEN_OFF = 0, 1, 2, 3
WRITE_OFF, RECOVERY, PREPAYMENT = 0, 1, 2

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
        pa.field("cured_date", pa.date32(), _OPTIONAL),
        pa.field("nonaccrual_date", pa.date32(), _OPTIONAL),
        pa.field("watch_list", pa.bool_(), _REQUIRED),
        pa.field("forborne", pa.bool_(), _REQUIRED),
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
_ID_DIGITS = 9


class TapeWriter:
    """One Parquet tape being written. Rows are kept until a row group is full; closing writes the rest.

    ``texts`` names the words of each coded column (segments differ from lender to lender). Memory: one row
    group.
    """

    def __init__(self, path: Path, schema: pa.Schema, texts: Mapping[str, tuple[str, ...]]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        amounts = [field.name for field in schema if field.type == pa.int64()]
        self._schema, self._texts = schema, texts
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self._file = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            use_dictionary=[name for name in schema.names if name not in {*amounts, "contract_id"}],
            column_encoding=dict.fromkeys(amounts, "DELTA_BINARY_PACKED"),
            store_schema=False,
        )

    def append(self, columns: Columns) -> None:
        """Add rows; ``contract_id`` is a column of contract numbers."""
        batch = pa.record_batch([_arrow(columns, field, self._texts) for field in self._schema], schema=self._schema)
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

    def __enter__(self) -> TapeWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def loan_tape(path: Path, segments: tuple[str, ...]) -> TapeWriter:
    """A loan tape to append to."""
    texts = {
        "segment": segments,
        "currency": (CURRENCY,),
        "repayment_type": REPAYMENT_TYPES,
        "status": STATUSES,
    }
    return TapeWriter(path, LOAN_COLUMNS, texts)


def event_tape(path: Path) -> TapeWriter:
    """An event tape to append to."""
    return TapeWriter(path, EVENT_COLUMNS, {"kind": EVENT_KINDS})


def contract_ids(numbers: NDArray[np.int64]) -> pa.Array:
    """Contract ids: the letter L and nine digits, built as bytes for the whole column at once.

    >>> contract_ids(np.array([7, 123456789])).to_pylist()
    ['L000000007', 'L123456789']
    """
    width = _ID_DIGITS + 1
    text = np.empty((numbers.size, width), dtype=np.uint8)
    text[:, 0] = ord("L")
    rest = numbers.astype(np.int64)
    for place in range(_ID_DIGITS, 0, -1):
        text[:, place] = ord("0") + rest % 10
        rest = rest // 10
    offsets = np.arange(0, (numbers.size + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(numbers.size, pa.py_buffer(offsets), pa.py_buffer(text.reshape(-1)))


def _arrow(columns: Columns, field: pa.Field, texts: Mapping[str, tuple[str, ...]]) -> pa.Array:
    """One column as Arrow: ids from numbers, words from codes, nulls from the two stand-ins."""
    rows = columns["contract_id"].size
    if field.name == "contract_id":
        return contract_ids(columns["contract_id"])
    if field.name in texts:
        codes = columns.get(field.name, np.zeros(rows, dtype=np.int8))
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(texts[field.name])).cast(pa.string())
    if field.type == pa.date32():
        dates = columns.get(field.name, np.full(rows, NO_DATE, dtype=np.int32)).astype(np.int32)
        return pa.array(dates, mask=dates == NO_DATE).cast(pa.date32())
    if field.type == pa.bool_():
        return pa.array(columns.get(field.name, np.zeros(rows, dtype=np.bool_)))
    if field.type == pa.float64():
        return pa.array(columns[field.name])
    amounts = columns.get(field.name, np.zeros(rows, dtype=np.int64)).astype(np.int64)
    return pa.array(amounts, mask=amounts == NO_AMOUNT if field.nullable else None)
