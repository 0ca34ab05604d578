"""Drawing a sample of the measured contracts of one kind: the largest differences, and others spread over strata.

The draw depends on the seed and the contract ids only, not on the order of rows or files: within a stratum
contracts are taken in the order of a hash of seed and id.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.reperform.tapes import parquet_rows

LARGEST_SHARE = 4
"""One in four of a sample is taken for the size of its difference."""


@dataclass(frozen=True, slots=True)
class Strata:
    """How the measured rows of one kind are told apart, and the columns whose differences say how large they are."""

    columns: tuple[str, ...]
    name: Callable[[Mapping[str, Any]], str]
    sizes: tuple[tuple[str, str], ...]

    @property
    def read(self) -> tuple[str, ...]:
        """Every column the draw needs."""
        return ("contract_id", *self.columns, *(column for pair in self.sizes for column in pair))

    def difference(self, row: Mapping[str, Any]) -> int:
        """Sum of the absolute differences ifrs - us of a row."""
        return sum(abs(row[ifrs] - row[us]) for us, ifrs in self.sizes)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The ids drawn, in order of drawing; how many contracts there were; how many were drawn by stratum."""

    contract_ids: tuple[str, ...]
    population: int
    strata: dict[str, int]


def draw(files: tuple[Path, ...], size: int, seed: int, by: Strata, among: Collection[str] | None = None) -> Drawn:
    """At most `size` contracts, of all or `among` some: a quarter for the largest differences, others in turn from strata."""
    largest: list[tuple[int, str, str]] = []
    strata: dict[str, list[tuple[int, str]]] = {}
    population = 0
    for row in rows(files, by.read):
        population += 1
        if among is not None and row["contract_id"] not in among:
            continue
        contract_id, stratum = str(row["contract_id"]), by.name(row)
        heapq.heappush(largest, (by.difference(row), contract_id, stratum))
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


def shares(sample: int, populations: Mapping[str, int]) -> dict[str, int]:
    """A sample shared out over kinds of contracts, one each in turn, none more than there are.

    >>> shares(10, {"loan": 900, "guarantee": 50, "award": 2})
    {'loan': 4, 'guarantee': 4, 'award': 2}
    """
    given = dict.fromkeys(populations, 0)
    while sum(given.values()) < min(sample, sum(populations.values())):
        for kind in given:
            if given[kind] < populations[kind] and sum(given.values()) < sample:
                given[kind] += 1
    return given


def rows(
    files: tuple[Path, ...], columns: tuple[str, ...] | None = None, wanted: Collection[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Measured rows of the run's Parquet files: some columns or all, some contracts or all."""
    chosen = None if wanted is None else frozenset(wanted)
    for file in files:
        yield from parquet_rows(file, "contract_id", chosen, None if columns is None else list(columns))


def sizes_of(prefixes: tuple[str, ...], components: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Pairs of columns, US GAAP and IFRS, of some components in some states.

    >>> sizes_of(("", "exit_"), ("loss_allowance",))[1]
    ('exit_us_loss_allowance', 'exit_ifrs_loss_allowance')
    """
    return tuple((f"{prefix}us_{name}", f"{prefix}ifrs_{name}") for prefix in prefixes for name in components)


def by_status_and_stage(row: Mapping[str, Any]) -> str:
    """Status and the stages at both instants.

    >>> by_status_and_stage({"status": "on_book", "stage_opening": 1, "stage_closing": 2})
    'on_book, stage 1 to 2'
    """
    return f"{row['status']}, stage {row['stage_opening']} to {row['stage_closing']}"


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
