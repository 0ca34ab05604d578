"""The contracts whose input rows a run keeps: their amounts under both frameworks, and the rows that they were read from.

Journals are posted by segment, so the contracts of a segment stand together, those that differ most first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import RELATED
from gaapbridge.explanation.contract import explain_kept
from gaapbridge.report.told.contract_words import BECAME
from gaapbridge.report.told.trail import FOR_SAMPLE, FOR_SIZE, LARGEST, SAMPLE, SAMPLED, ToldContract, largest_kept
from gaapbridge.run.reader import Run

if TYPE_CHECKING:  # loaded when a run is read
    import polars as pl

MOST_CONTRACTS = 1_000
"""Contracts of a kind that are listed."""

MOST_MEASURES = 6
"""Amounts told of each, those that are largest over all of them."""

MOST_ROWS = 500
"""Rows told of a tape that has several for a contract: those of the contracts that differ most. The run keeps all of them."""


@dataclass(frozen=True, slots=True)
class ToldSampled:
    """A contract: its address, its id, its segment as journals have it, what became of it in the period, what it is kept for,
    and of each measure what it is at the closing under US GAAP and under IFRS, minor units."""

    address: str
    contract_id: str
    segment: str
    became: str
    kept_for: str
    amounts: tuple[tuple[int, int], ...]

    @property
    def apart(self) -> int:
        """By how much the frameworks differ over it: amounts of 100 and 120, and of 50 and 45, are 25 apart."""
        return sum(abs(ifrs - us) for us, ifrs in self.amounts)


@dataclass(frozen=True, slots=True)
class ToldTape:
    """The rows that a run keeps of a tape, in the order of the contracts; ``left_out`` of them are not told.

    ``columns`` are file, row, the contract's id, then those of the tape whose values differ; ``alike`` are the others that have
    one, each with it. A tape ``is_single`` where a contract has one row in it.
    """

    name: str
    columns: tuple[str, ...]
    alike: tuple[tuple[str, Any], ...]
    rows: tuple[tuple[Any, ...], ...]
    is_single: bool
    left_out: int


@dataclass(frozen=True, slots=True)
class ToldSample:
    """The sample of one kind of contract: its key, the names of its measures, the contracts by segment, and its tapes."""

    kind: str
    measures: tuple[str, ...]
    contracts: tuple[ToldSampled, ...]
    tapes: tuple[ToldTape, ...]


def told_samples(run: Run) -> tuple[ToldSample, ...]:
    """The sample of each kind that the run keeps rows of."""
    return tuple(_told(run, kind, kept) for kind in run.kinds if (kept := dict(run.sampled(kind)[:MOST_CONTRACTS])))


def told_in_full(run: Run, sample: ToldSample) -> tuple[ToldContract, ...]:
    """Some contracts of a sample in full, with every step and month: those largest behind a printed figure, as the pack has
    them, those that differ most, then some that were drawn."""
    kind, drawn_for = KINDS[sample.kind], {one.contract_id: one.kept_for for one in sample.contracts}
    ranked = sorted(sample.contracts, key=lambda one: (-one.apart, one.contract_id))
    why = dict.fromkeys(largest_kept(run, kind.key, kind.word, drawn_for), FOR_SIZE)
    why |= {one.contract_id: MOST_APART for one in ranked[:LARGEST] if one.contract_id not in why}
    drawn = sorted(one for one, kept_for in drawn_for.items() if SAMPLE in kept_for.split(", ") and one not in why)
    why |= dict.fromkeys(drawn[:: max(1, len(drawn) // SAMPLED)][:SAMPLED], FOR_SAMPLE)
    return tuple(
        ToldContract(told.address, kind.contracts, why[one], told)
        for one, told in zip(why, explain_kept(run, kind, list(why)), strict=True)
    )


MOST_APART = "among those over which the frameworks differ most"
"""Why a contract is told in full, where it was not drawn."""


def _told(run: Run, kind: str, kept: Mapping[str, str]) -> ToldSample:
    measured = run.measured_rows(kind, list(kept))
    measures = _measures(KINDS[kind].shown(flows=False), list(measured.values()))
    contracts = [
        ToldSampled(
            address=f"{KINDS[kind].word}/{one}",
            contract_id=one,
            segment=f"{row['segment']}{RELATED if row.get('related_party') else ''}",
            became=BECAME.get(row["path"], str(row["path"]).replace("_", " ")),
            kept_for=kept[one].replace("_", " "),
            amounts=tuple((row[f"us_{name}"], row[f"ifrs_{name}"]) for name in measures),
        )
        for one, row in measured.items()
    ]
    contracts.sort(key=lambda one: (one.segment, -one.apart, one.contract_id))
    tapes = sorted(_tapes(run, kind, contracts), key=lambda tape: not tape.is_single)
    return ToldSample(kind, tuple(measures), tuple(contracts), tuple(tapes))


def _measures(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The balances at the closing that both frameworks have, the largest of them, in the order in which a run has them."""
    sizes = {
        name: sum(abs(row[f"us_{name}"]) + abs(row[f"ifrs_{name}"]) for row in rows)
        for name in names
        if rows and {f"us_{name}", f"ifrs_{name}"} <= set(rows[0])
    }
    largest = sorted((name for name in sizes if sizes[name]), key=lambda name: -sizes[name])[:MOST_MEASURES]
    return [name for name in names if name in largest]


def _tapes(run: Run, kind: str, contracts: Sequence[ToldSampled]) -> Iterator[ToldTape]:
    """The tapes of a kind that have rows."""
    rows = run.kept_rows(kind)
    identity = KINDS[kind].tapes[0].schema.identity or "contract_id"
    for name in (name for tape in KINDS[kind].tapes for name in tape.sources):
        if name in rows and rows[name].height:
            yield _tape(name, rows[name], identity, contracts)


def _tape(name: str, held: pl.DataFrame, identity: str, contracts: Sequence[ToldSampled]) -> ToldTape:
    """A tape: every row where a contract has one, else those of the contracts that differ most."""
    of_tape = [one for one in held.columns if one not in (*_FIRST, identity) and held[one].null_count() < held.height]
    alike = [one for one in of_tape if held.height > 1 and held[one].n_unique() == 1]
    columns = (*_FIRST, identity, *(one for one in of_tape if one not in alike))
    by_contract: dict[str, list[tuple[Any, ...]]] = {}
    for row in held.select(columns).rows():
        by_contract.setdefault(row[len(_FIRST)], []).append(row)
    is_single = all(len(own) == 1 for own in by_contract.values())
    ids = [one.contract_id for one in contracts]
    ranked = [one.contract_id for one in sorted(contracts, key=lambda one: (-one.apart, one.contract_id))]
    told = {*(ids if is_single else _within(ranked, by_contract))}
    rows = tuple(row for one in ids if one in told for row in by_contract.get(one, ()))
    return ToldTape(name, columns, tuple((one, held[one][0]) for one in alike), rows, is_single, held.height - len(rows))


_FIRST = ("file", "row")
"""The columns that say where a row stands, before those of its tape."""


def _within(ids: Sequence[str], rows: Mapping[str, Sequence[object]]) -> list[str]:
    """The first contracts that have no more rows than are told."""
    told, left = list[str](), MOST_ROWS
    for one in ids:
        left -= len(rows.get(one, ()))
        if left < 0:
            break
        told.append(one)
    return told
