"""The input rows that a run keeps, so that a contract can be explained when the tapes have gone.

Kept are the contracts whose frameworks differ most, altogether and in each component, the largest, and a seeded sample. Each
range of contracts brings its own first of every ranking, and the first of all of them together are kept: how ranges are cut and
rows are ordered changes nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.kind import Kind
from gaapbridge.tapes.cells import IN_THE_FILE

KEPT, KEPT_OF_COMPONENT = 50, 10
"""Contracts that are kept of a ranking, and of one by a single component: as many as explain a printed cell."""

MOST_ROWS = 500
"""Rows of a contract on one tape up to which they are kept: more than forty years of monthly instalments."""

SEED = 20231231
"""What the sample is drawn with: contracts in the order of a checksum of it and their ids."""

DIFFERENCE, SIZE, SAMPLE = "difference", "size", "sample"
_OF_ALL = (DIFFERENCE, SIZE, SAMPLE)
_STATES = {"opening_": "opening ", "": "", "exit_": "exit "}


@dataclass(frozen=True)
class Ranking:
    """How the contracts of a kind are ranked, as plain data: the column with their ids on every tape, the tapes with the
    amount that weighs them, and their compared components."""

    identity: str
    weighed: tuple[str, ...]
    amount: str | None
    components: tuple[str, ...]

    @classmethod
    def of(cls, kind: Kind) -> Ranking:
        """The ranking of a kind, from what it declares."""
        first = kind.tapes[0]
        shown = (*kind.shown(flows=False), *kind.shown(flows=True))
        return cls(first.schema.identity or "contract_id", first.sources, first.weighed_by, shown)


@dataclass(frozen=True)
class KeptRows:
    """The first contracts of each ranking (``ranking``, ``contract_id``, ``rank``, largest first), and their rows by tape;
    ``measured`` are their rows of the table of contracts, where a run keeps no others."""

    first: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    identity: str
    measured: pl.DataFrame | None = None

    @classmethod
    def together(cls, parts: Sequence[KeptRows]) -> KeptRows:
        """Those of several ranges: the first of each ranking among all of theirs."""
        if len(parts) == 1:
            return parts[0]
        identity, first = parts[0].identity, _first(pl.concat([part.first for part in parts]))
        chosen = pl.col(identity).is_in(first["contract_id"].unique().implode())
        rows = {name: pl.concat([part.rows[name] for part in parts], how="diagonal").filter(chosen) for name in parts[0].rows}
        tables = [part.measured for part in parts if part.measured is not None]
        return cls(first, rows, identity, _of_first(pl.concat(tables), first) if tables else None)

    def beside(self, written: Mapping[str, pl.DataFrame | None]) -> KeptRows:
        """The same with what stands in the files, by tape, in columns beside those that read differently."""
        rows = {name: _beside(kept, written.get(name)) for name, kept in self.rows.items()}
        return replace(self, rows=rows)

    def with_measured(self, table: pl.DataFrame) -> KeptRows:
        """The same with the rows of these contracts in the table of their range."""
        return replace(self, measured=_of_first(table, self.first))

    @property
    def kept_for(self) -> list[tuple[str, str]]:
        """Each contract of which rows are kept, in the order of their ids, with the rankings that it is among the first of."""
        here = pl.concat([rows[self.identity] for rows in self.rows.values()]).unique()
        kept = self.first.filter(pl.col("contract_id").is_in(here.implode()))
        return kept.group_by("contract_id").agg(pl.col("ranking").sort().str.join(", ")).sort("contract_id").rows()


def kept_rows(ranking: Ranking, table: pl.DataFrame, tapes: Mapping[str, pl.DataFrame]) -> KeptRows:
    """The rows to be kept of a range: ``table`` is its table of contracts, ``tapes`` the good rows of each tape in the order of
    their contracts."""
    ids = table["contract_id"]
    differences = table.select(_differences(ranking, table.columns))
    ranks = {one.name: one for one in differences}
    ranks[DIFFERENCE] = differences.sum_horizontal()
    ranks[SAMPLE] = _drawn(ids)
    places = {name: _ahead(amounts, _kept_of(name)) for name, amounts in ranks.items()}
    ahead = pl.DataFrame(
        {
            "ranking": [name for name, found in places.items() for _ in found],
            "contract_id": ids[np.concatenate(list(places.values()))],
            "rank": np.concatenate([ranks[name].to_numpy()[found] for name, found in places.items()]),
        },
        schema=_RANKED,
    )
    first = _first(pl.concat([ahead, _largest(ranking, ids, tapes)]))
    chosen = first["contract_id"].unique().sort()
    return KeptRows(first, _of(chosen, ranking.identity, tapes), ranking.identity)


def _differences(ranking: Ranking, columns: Collection[str]) -> list[pl.Expr]:
    """Absolute differences between the frameworks, at both instants, at exit and in the period."""
    return [
        (pl.col(f"{state}ifrs_{name}") - pl.col(f"{state}us_{name}")).abs().alias(f"{said}{name}")
        for state, said in _STATES.items()
        for name in ranking.components
        if f"{state}us_{name}" in columns
    ]


def _largest(ranking: Ranking, ids: pl.Series, tapes: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The largest of the measured contracts, by the larger of each one's amounts at both instants."""
    stated = [tapes[name] for name in ranking.weighed if name in tapes]
    if ranking.amount is None or not stated:
        return pl.DataFrame(schema=_RANKED)
    owners, amounts = (pl.concat([tape[name] for tape in stated]) for name in (ranking.identity, ranking.amount))
    number = 2 * KEPT
    while True:  # of each contract there are at most two rows, and few are not measured
        places = _ahead(amounts, number)
        ahead = pl.DataFrame({"contract_id": owners[places], "rank": amounts[places]})
        measured = ahead.join(ids.to_frame(), on="contract_id", how="semi").group_by("contract_id").agg(pl.col("rank").max())
        if measured.height >= KEPT or number > owners.len():
            return measured.select(pl.lit(SIZE).alias("ranking"), pl.all())
        number *= 8


def _ahead(ranks: pl.Series, number: int) -> NDArray[np.intp]:
    """The places of the first to that of a number, and of all that equal it; none of nil: few, to be sorted in place of all."""
    amounts = ranks.to_numpy()
    above = amounts[amounts > 0]
    least = int(np.partition(above, -number)[-number]) if above.size > number else 1
    return np.flatnonzero(amounts >= least)


def _beside(kept: pl.DataFrame, written: pl.DataFrame | None) -> pl.DataFrame:
    if written is None:
        return kept
    named = written.rename({name: name + IN_THE_FILE for name in written.columns if name != "row"})
    return kept.join(named, on="row", how="left", maintain_order="left")


def _of_first(table: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.col("contract_id").is_in(first["contract_id"].unique().implode()))


def _first(ranked: pl.DataFrame) -> pl.DataFrame:
    """The first contracts of each ranking, in its order; among equals those of lower ids."""
    in_order = ranked.sort("ranking", "rank", "contract_id", descending=[False, True, False])
    number = pl.when(pl.col("ranking").is_in(_OF_ALL)).then(KEPT).otherwise(KEPT_OF_COMPONENT)
    return in_order.filter(pl.int_range(pl.len()).over("ranking") < number)


def _kept_of(ranking: str) -> int:
    return KEPT if ranking in _OF_ALL else KEPT_OF_COMPONENT


_RANKED = {"ranking": pl.String, "contract_id": pl.String, "rank": pl.Int64}


def _of(chosen: pl.Series, identity: str, tapes: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The rows of chosen contracts on each tape; none of a contract that has more of them on a tape than are kept."""
    kept = np.full(chosen.len(), True)
    ends = {}
    for name, rows in tapes.items():
        found = rows.select(pl.col(identity).search_sorted(chosen, side).alias(side) for side in ("left", "right"))
        first, last = (one.to_numpy() for one in found)
        ends[name] = first, last
        kept &= last - first <= MOST_ROWS
    of: dict[str, pl.DataFrame] = {}
    for name, rows in tapes.items():
        places = [np.arange(*pair) for pair in zip(*(one[kept] for one in ends[name]), strict=True)]
        of[name] = rows[np.concatenate([np.zeros(0, np.int64), *places])]
    return of


def _drawn(ids: pl.Series) -> pl.Series:
    """A number from 1 for each id, the higher the sooner drawn."""
    checksums = map(zlib.crc32, ids.cast(pl.Binary), repeat(zlib.crc32(f"{SEED}/".encode())))
    return pl.Series(1 + np.fromiter(checksums, np.int64, ids.len()))
