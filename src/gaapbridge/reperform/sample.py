"""Drawing a sample of measured contracts: the largest differences, and others spread over stages and status.

The draw depends on the seed and the contract ids only, not on the order of rows or files: within a stratum
contracts are taken in the order of a hash of seed and id.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STRATUM_COLUMNS = ("status", "stage_opening", "stage_closing")
SIZE_COMPONENTS = (
    "deferred_fees",
    "deferred_costs",
    "accrued_interest",
    "loss_allowance",
)
SIZE_COLUMNS = tuple(
    f"{prefix}{framework}_{component}"
    for prefix in ("", "exit_")
    for framework in ("us", "ifrs")
    for component in SIZE_COMPONENTS
)
LARGEST_SHARE = 4
"""One in four of a sample is taken for the size of its difference."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The ids drawn, in order of drawing; how many contracts there were; how many were drawn by stratum."""

    contract_ids: tuple[str, ...]
    population: int
    strata: dict[str, int]


def draw(files: tuple[Path, ...], size: int, seed: int) -> Drawn:
    """At most `size` contracts: a quarter for the largest differences, the rest in turn from the strata."""
    largest: list[tuple[int, str, str]] = []
    strata: dict[str, list[tuple[int, str]]] = {}
    population = 0
    for row in rows(files, ("contract_id", *STRATUM_COLUMNS, *SIZE_COLUMNS)):
        population += 1
        contract_id, stratum = str(row["contract_id"]), stratum_of(row)
        heapq.heappush(largest, (difference_of(row), contract_id, stratum))
        if len(largest) > max(size // LARGEST_SHARE, 1):
            heapq.heappop(largest)
        order = strata.setdefault(stratum, [])
        heapq.heappush(order, (-place(seed, contract_id), contract_id))  # keeps the lowest places
        if len(order) > size:
            heapq.heappop(order)
    chosen: dict[str, str] = {}
    for _, contract_id, stratum in sorted(largest, key=lambda one: (-one[0], one[1]))[:size]:
        chosen[contract_id] = stratum
    waiting = {stratum: sorted(order, reverse=True) for stratum, order in sorted(strata.items())}
    while len(chosen) < size and any(waiting.values()):
        for stratum, order in waiting.items():
            _take_one(order, stratum, chosen, size)
    counts: dict[str, int] = {}
    for stratum in chosen.values():
        counts[stratum] = counts.get(stratum, 0) + 1
    return Drawn(tuple(chosen), population, dict(sorted(counts.items())))


def rows(
    files: tuple[Path, ...], columns: tuple[str, ...] | None = None, wanted: Collection[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Measured rows of the run's Parquet files: some columns or all, some contracts or all."""
    import pyarrow.parquet as parquet

    names = None if columns is None else list(columns)
    for file in files:
        if wanted is not None:
            filters = [("contract_id", "in", sorted(wanted))]
            yield from parquet.read_table(file, columns=names, filters=filters).to_pylist()
            continue
        with parquet.ParquetFile(file) as opened:
            for batch in opened.iter_batches(batch_size=20_000, columns=names):
                yield from batch.to_pylist()


def stratum_of(row: Mapping[str, Any]) -> str:
    """Status and the stages at both instants.

    >>> stratum_of({"status": "on_book", "stage_opening": 1, "stage_closing": 2})
    'on_book, stage 1 to 2'
    """
    return f"{row['status']}, stage {row['stage_opening']} to {row['stage_closing']}"


def difference_of(row: Mapping[str, Any]) -> int:
    """Sum of the absolute differences ifrs - us of a row's closing and exit components."""
    return sum(
        abs(row[f"{prefix}ifrs_{component}"] - row[f"{prefix}us_{component}"])
        for prefix in ("", "exit_")
        for component in SIZE_COMPONENTS
    )


def place(seed: int, contract_id: str) -> int:
    """The place of a contract in the draw of a seed.

    >>> place(1, "A") == place(1, "A"), place(1, "A") == place(2, "A")
    (True, False)
    """
    return int.from_bytes(hashlib.blake2b(f"{seed}/{contract_id}".encode(), digest_size=8).digest())


def _take_one(order: list[tuple[int, str]], stratum: str, chosen: dict[str, str], size: int) -> None:
    """Take the next contract of a stratum that is not yet chosen."""
    while order and len(chosen) < size:
        _, contract_id = order.pop(0)
        if contract_id not in chosen:
            chosen[contract_id] = stratum
            return
