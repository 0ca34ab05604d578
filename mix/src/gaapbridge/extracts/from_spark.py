"""Queries to a Spark: tables that exist nowhere else, such as those of a lake, answered by the session that measures or by one
that is begun for them.

The rows are packed where they are, by ``mapInArrow``, and come one partition after the other, in the order of the query: never
all at once. A query stands in the brackets of another, where Spark takes nothing but a SELECT.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa

from gaapbridge.extracts.written import no_answer, not_installed, write_answer
from gaapbridge.plan import Plan
from gaapbridge.plan.queries import Extract
from gaapbridge.spark_session import LIBRARY, spark_faults, spark_session, told


def ask(plan: Plan, source: str, extracts: Sequence[Extract], folder: Path) -> None:
    """Put queries to Spark and write their answers. Raises ``UnusableInput``."""
    if find_spec(LIBRARY) is None:
        raise not_installed(plan, source)
    with spark_session() as session:
        for extract in extracts:
            try:
                _answer(session, extract)
            except spark_faults() as fault:
                remedy = "correct the query; its days are :opening, :closing and, of one instant, :instant"
                raise no_answer(extract, f"Spark answers the query, which is one SELECT ({told(fault)})", remedy) from None


def _answer(session: Any, extract: Extract) -> None:
    text = extract.text.rstrip().rstrip(";")
    rows = session.sql(f"SELECT * FROM (\n{text}\n)", args=dict(extract.parameters))
    schema = rows.limit(0).toArrow().schema
    write_answer(extract, schema, _unpacked(rows.mapInArrow(_packed, "rows binary").toLocalIterator(), schema))


def _packed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Each batch as one value: so it passes through Spark with the types that it has."""
    for batch in batches:
        packed = pa.BufferOutputStream()
        with pa.ipc.new_stream(packed, batch.schema) as stream:
            stream.write_batch(batch)
        yield pa.record_batch([pa.array([packed.getvalue().to_pybytes()], pa.binary())], names=["rows"])


def _unpacked(rows: Iterable[Any], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for row in rows:
        with pa.ipc.open_stream(row.rows) as stream:
            yield from stream.read_all().cast(schema).to_batches()
