"""Answers written as extracts, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gaapbridge.plan import Plan
from gaapbridge.plan.queries import SOURCE_KINDS, SOURCES, Extract
from gaapbridge.plan.refusals import refusal
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.writing import writing

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK_ROWS = 20_000
"""Rows that are fetched, and held, at a time."""


def no_answer(extract: Extract, rule: str, remedy: str, value: str | None = None) -> UnusableInput:
    """A query without an answer, called by its file and by what it stands for in the plan."""
    return UnusableInput(file=extract.query.query, key=extract.name, value=value, rule=rule, remedy=remedy)


def not_installed(plan: Plan, source: str) -> UnusableInput:
    """A source whose library is not there."""
    kind = plan.sources[source].kind
    rule, remedy = f"a source of that kind needs {SOURCE_KINDS[kind].library}", f'python -m pip install "gaapbridge[{kind}]"'
    return refusal(plan.path, f"{SOURCES}.{source}.kind", kind, rule, f"install it: {remedy}")


def unbound(extract: Extract, names: Iterable[str]) -> UnusableInput | None:
    """A query that asks for a parameter it has not; None where it has them all."""
    for name in sorted(set(names) - set(extract.parameters)):
        known = ", ".join(extract.parameters)
        return no_answer(extract, f"a query has the parameters {known} here", f"write one of them for {name}", name)
    return None


def write_answer(extract: Extract, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write batches of rows as an extract, in their order."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with writing(extract.path), pq.ParquetWriter(extract.path, schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
    except pa.ArrowException as error:
        reason = str(error).split("\n")[0]
        raise no_answer(extract, f"an answer has columns that can be kept ({reason})", "cast the column to text") from None
