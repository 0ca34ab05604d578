"""One scan over the contracts of a kind: batches to workers, tables to disk, totals added, causes for findings collected.

Nothing is lost on the way: a row is measured, or rejected with its reason, or left out for a reason that is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from gaapbridge.contracts.totals import Totals
from gaapbridge.engine.local import map_in_order
from gaapbridge.terms.finding import NAMED_CONTRACTS, Finding, named

Progress = Callable[[int], None]
Batch = TypeVar("Batch")


@dataclass(frozen=True)
class Cause:
    """What a finding says of contracts that share a cause: its name, the tie-out concerned, why, and what to do."""

    name: str
    check: str | None
    why: str
    remedy: str


@dataclass(frozen=True)
class Part:
    """The outcome of one batch; ``causes`` holds ``contract_id`` and ``amount_minor`` of the contracts concerned, by cause."""

    totals: Totals
    table: pl.DataFrame
    rejects: pl.DataFrame
    causes: Mapping[str, pl.DataFrame]
    rows: int


@dataclass
class Scan:
    """What a scan leaves: totals, rejects found while measuring, and contracts by cause."""

    totals: Totals | None = None
    rejects: list[pl.DataFrame] = field(default_factory=list)
    causes: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        """Take in the outcome of one more batch."""
        self.totals = part.totals if self.totals is None else self.totals.plus(part.totals)
        if part.rejects.height:
            self.rejects.append(part.rejects)
        for cause, rows in part.causes.items():
            found = self.causes.setdefault(cause, [])
            found += list(zip(rows["contract_id"].to_list(), rows["amount_minor"].fill_null(0).to_list(), strict=True))


def scan(
    batches: Iterable[Batch], measure: Callable[[Batch], Part], table_path: Path, workers: int, progress: Progress
) -> Scan:
    """Measure every batch, keep the table of contracts, add the totals. Results do not depend on batches or workers."""
    found, writer = Scan(), None
    table_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        for part in map_in_order(measure, batches, workers):
            table = part.table.to_arrow()
            if writer is None:
                writer = _writer(table_path, table.schema)
            writer.write_table(table)
            found.add(part)
            progress(part.rows)
    finally:
        if writer is not None:
            writer.close()
    return found


def _writer(table_path: Path, schema: Any) -> Any:
    """A Parquet file of contracts: whole numbers as differences, which is smaller and twice as fast to write."""
    import pyarrow as arrow
    from pyarrow import parquet

    amounts = [column.name for column in schema if column.type == arrow.int64()]
    words = [column.name for column in schema if column.name not in {*amounts, "contract_id"}]
    encoding = dict.fromkeys(amounts, "DELTA_BINARY_PACKED")
    return parquet.ParquetWriter(table_path, schema, compression="zstd", use_dictionary=words, column_encoding=encoding)


def findings_of(found: Scan, explained: Mapping[str, Cause], address: str) -> list[Finding]:
    """One finding for each cause: how many contracts, how much, and the first of them by name."""
    findings = []
    for cause, every in sorted(found.causes.items()):
        rows = sorted(every)
        first = named([contract for contract, _ in rows[:NAMED_CONTRACTS]], len(rows))
        amount, told = sum(amount for _, amount in rows), explained[cause]
        why = f"{len(rows)} contracts: {told.why}"
        findings.append(Finding(told.name, f"{address}/{first}", amount, why, told.remedy, told.check))
    return findings
