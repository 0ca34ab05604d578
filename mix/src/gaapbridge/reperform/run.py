"""Re-performing a run: a sample of its measured contracts calculated again, independently, and compared."""

from __future__ import annotations

import csv
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zlib import crc32

from gaapbridge.contracts.kind import Kind
from gaapbridge.contracts.kinds import KINDS, OF_WORD
from gaapbridge.reperform.book import Book
from gaapbridge.reperform.calculation import Calculate, Calculation
from gaapbridge.reperform.compare import Difference, compare_contract, missing
from gaapbridge.reperform.outcome import Reperformance, Reperformed
from gaapbridge.reperform.sample import Drawn, draw, rows, shares
from gaapbridge.reperform.sources import Sources, read_plan, read_sources
from gaapbridge.run.folder import REJECTS
from gaapbridge.run.hashed import refuse_changed
from gaapbridge.run.manifest import read_manifest
from gaapbridge.run.samples import TOTALS_ONLY, WITH_DETAIL
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.hashes import Hashing, sha256_of
from gaapbridge.terms.text import visible

SEED = 20231231

NO_CALCULATOR = "no second calculator"
"""What is said of contracts of a kind that has no folder here: nothing calculates them again."""

MEASURED_OTHERWISE = "not made: the run is of a version that knew no timeline of a default"
"""What is said of a run whose losses were measured by another specification than is calculated here."""


IDS_AT_ONCE = 1_000_000
"""Ids that are held at a time while the tapes are searched for contracts that were not measured: about 100 MB."""


def has_calculator(kind: Kind) -> bool:
    """Whether contracts of a kind can be calculated again: it has a folder here, with ``open_book`` in ``book``."""
    return find_spec(f"gaapbridge.reperform.{kind.key}") is not None


def is_measured_otherwise(run: str | os.PathLike[str]) -> bool:
    """Whether a run expects losses without saying when a default begins, as versions before that question did."""
    losses = read_plan(run).get("elections", {}).get("expected_credit_loss")
    return losses is not None and "default_timeline" not in losses


def open_book(kind: Kind, sources: Sources, rows: Mapping[str, Mapping[str, Any]] | None = None) -> Book:
    """The contracts of one kind in a run, each with its calculation; refused where a promised column is not measured: of all of
    them, or of those of which ``rows`` have been read."""
    book: Book = import_module(f"gaapbridge.reperform.{kind.key}.book").open_book(sources)
    book.require_columns(rows)
    return book


def reperform(
    run: str | os.PathLike[str],
    sample: int | None = 100,
    seed: int = SEED,
    addresses: Collection[str] | None = None,
) -> Reperformance:
    """Calculate a sample of a run's contracts again and compare every figure.

    The sample is shared out over the kinds of contracts. `sample` None takes all; `addresses` takes exactly those
    contracts. The artefacts of the run must be as it wrote them, and tables of assumptions unchanged since (UnusableInput
    otherwise); where tapes are not, the sample is drawn among the contracts whose rows the run keeps. Without given addresses
    the tapes are also searched for contracts that were neither measured nor rejected.
    """
    refuse_changed(Path(run), read_manifest(Path(run)).artefacts_sha256)
    sources = read_sources(run)
    measured = [kind for kind in KINDS.values() if sources.has_tape(kind.key)]
    books = {kind.word: open_book(kind, sources) for kind in measured if has_calculator(kind)}
    without = tuple(f"{kind.key}: {NO_CALCULATOR}" for kind in measured if kind.word not in books)
    instead = {KINDS[kind].word: why for kind, why in sources.instead.items()}
    among = {kind: frozenset(books[kind].listed()) for kind in instead if kind in books}
    drawn = _drawn(books, sample, seed, among) if addresses is None else _named(books, addresses)
    kinds: dict[str, Reperformed] = {}
    found: list[Difference] = []
    for kind, book in books.items():
        if kind in among:
            _refuse_not_kept(kind, drawn[kind].contract_ids, among[kind], instead[kind])
        compared, differing = _compared(book, drawn[kind].contract_ids)
        kinds[kind] = Reperformed(drawn[kind].population, drawn[kind].contract_ids, drawn[kind].strata, compared)
        found += differing
        if addresses is None and kind not in among:
            found += _unmeasured(book, _rejected(sources.run_folder / REJECTS))
    return Reperformance(
        run_folder=str(sources.run_folder),
        seed=seed if addresses is None and sample is not None else None,
        kinds=kinds,
        differences=tuple(found),
        not_checked=(
            *without,
            *(f"{kind}s but the {len(among[kind]):,} whose rows the run keeps ({instead[kind]})" for kind in among),
            *(reason for book in books.values() for reason in book.not_checked),
        ),
    )


@dataclass(frozen=True)
class One:
    """One contract calculated again, its differences from the run, and why its rows are those the run keeps, where they are."""

    calculation: Calculation
    differences: tuple[Difference, ...]
    instead: str | None


def calculate_one(
    run: str | os.PathLike[str], address: str, row: Mapping[str, Any] | None = None, hashing: Hashing = sha256_of
) -> One:
    """One measured contract of a run calculated with every step, and its differences from the run: from its ``row`` of the
    table, where that has been read already.

    An id alone is a contract's of the first kind.
    """
    word, contract_id = split_address(address)
    rows = None if row is None else {contract_id: row}
    return calculate_some(run, word, (contract_id,), rows=rows, hashing=hashing)[contract_id]


def calculate_some(
    run: str | os.PathLike[str],
    word: str,
    contract_ids: Collection[str],
    *,
    kept: bool = False,
    rows: Mapping[str, Mapping[str, Any]] | None = None,
    hashing: Hashing = sha256_of,
) -> dict[str, One]:
    """The same of several contracts of one kind, whose tables of assumptions are read once.

    With ``kept`` they are calculated from the input rows that the run keeps even where the tapes are as they were. ``rows``
    are those of the table of contracts, where they have been read; ``hashing`` tells whether tapes are as they were.
    """
    sources = read_sources(run, [OF_WORD[word].key], kept=kept, hashing=hashing)
    known = {kind.word: kind for kind in KINDS.values() if sources.has_tape(kind.key) and has_calculator(kind)}
    if word not in known:
        named = f"{word}/{next(iter(contract_ids))}"
        raise UnusableInput(value=named, rule=f"the run has no {word}s", remedy=f"it has {', '.join(known)}")
    book, instead = open_book(known[word], sources, rows), sources.instead.get(known[word].key)
    if instead is not None:
        _refuse_not_kept(word, contract_ids, frozenset(book.listed()), instead)
    measured = _measured(book, tuple(contract_ids)) if rows is None else rows
    calculations = book.calculations(frozenset(contract_ids))
    made = {}
    for one in contract_ids:
        if one not in calculations:
            raise UnusableInput(value=f"{word}/{one}", rule="measured, but on no tape", remedy="restore the tapes")
        calculation = calculations[one](detail=True)
        _, found = compare_contract(measured[one], calculations[one], made=calculation, skip=book.carried)
        made[one] = One(calculation, tuple(found), instead)
    return made


def split_address(address: str) -> tuple[str, str]:
    """Kind and id of a contract's address.

    >>> split_address("guarantee/G-1"), split_address("L-1/b")
    (('guarantee', 'G-1'), ('loan', 'L-1/b'))
    """
    word, _, contract_id = address.partition("/")
    return (word, contract_id) if contract_id and word in OF_WORD else (next(iter(OF_WORD)), address)


def _drawn(books: Mapping[str, Book], sample: int | None, seed: int, among: Mapping[str, Collection[str]]) -> dict[str, Drawn]:
    """A draw from every kind, or `among` some of it: all of them, or its share of the sample."""
    populations = {kind: len(among[kind]) if kind in among else _population(book) for kind, book in books.items()}
    sizes = populations if sample is None else shares(max(sample, 1), populations)
    return {kind: draw(book.measurements, sizes[kind], seed, book.strata, among.get(kind)) for kind, book in books.items()}


def _refuse_not_kept(kind: str, contract_ids: Collection[str], kept: frozenset[str], why: str) -> None:
    """Without its tapes a contract can be calculated again only where the run keeps its rows."""
    for contract_id in contract_ids:
        if contract_id not in kept:
            near = nearest(contract_id, kept) or sorted(kept)[:3]
            raise UnusableInput(
                value=f"{kind}/{contract_id}",
                rule=f"the run keeps the input rows of a contract that is calculated without its tapes ({why})",
                remedy=f"{WITH_DETAIL if why == TOTALS_ONLY else 'restore the tape'}, "
                f"or name one of the {len(kept):,} it keeps, such as " + ", ".join(f"{kind}/{name}" for name in near),
            )


def _named(books: Mapping[str, Book], addresses: Collection[str]) -> dict[str, Drawn]:
    """The contracts named, by kind."""
    named: dict[str, dict[str, None]] = {kind: {} for kind in books}
    for address in addresses:
        kind, contract_id = split_address(address)
        if kind not in named:
            raise UnusableInput(value=address, rule=f"the run has no {kind}s", remedy=f"it has {', '.join(books)}")
        named[kind][contract_id] = None
    return {kind: Drawn(tuple(named[kind]), _population(book), {}) for kind, book in books.items()}


def _population(book: Book) -> int:
    import pyarrow.parquet as parquet

    counts: list[int] = [parquet.read_metadata(file).num_rows for file in book.measurements]
    return sum(counts)


def _compared(book: Book, chosen: tuple[str, ...]) -> tuple[int, list[Difference]]:
    """How many figures of the chosen contracts were compared, and those that differ."""
    if not chosen:
        return 0, []
    measured = _measured(book, chosen)
    calculations = book.calculations(frozenset(chosen))
    compared, found = 0, list[Difference]()
    for contract_id in chosen:
        if contract_id not in calculations:
            found.append(missing(book.kind, contract_id, "measured", "not on the tapes"))
            continue
        count, differing = compare_contract(measured[contract_id], calculations[contract_id], skip=book.carried)
        compared += count
        found += differing
    return compared, found


def _measured(book: Book, chosen: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The measured rows of the chosen contracts; one that is not there is refused with its neighbours."""
    measured = {str(row["contract_id"]): row for row in rows(book.measurements, wanted=frozenset(chosen))}
    for contract_id in chosen:
        if contract_id not in measured:
            near = nearest(contract_id, book.measured_ids())
            raise UnusableInput(
                value=f"{book.kind}/{contract_id}",
                rule="not a contract of this run",
                remedy=f"nearest: {', '.join(f'{book.kind}/{name}' for name in near) or 'none'}",
            )
    return measured


def _unmeasured(book: Book, rejected: set[str]) -> list[Difference]:
    """Contracts on a tape that the run neither measured nor rejected, though they can be measured.

    The ids of all are gone through as often as bounds the number of them that is held at a time.
    """
    times = -(-_population(book) // IDS_AT_ONCE)
    unknown: dict[str, None] = {}
    for turn in range(max(times, 1)):
        measured = {one for one in book.measured_ids() if times < 2 or crc32(one.encode()) % times == turn}
        of_turn = (one for one in book.listed() if times < 2 or crc32(one.encode()) % times == turn)
        unknown |= dict.fromkeys(one for one in of_turn if one not in measured and visible(one) not in rejected)
    if not unknown:
        return []
    calculations = book.calculations(unknown)
    return [
        missing(book.kind, contract_id, "neither measured nor rejected", on_tape)
        for contract_id in sorted(unknown)
        if (on_tape := _on_tape(calculations.get(contract_id)))
    ]


def _on_tape(calculate: Calculate | None) -> str:
    """What the tapes hold of a contract that was not measured; nothing where there is nothing to measure."""
    if calculate is None:
        return "on a tape, unusable"
    calculation = calculate(detail=False)
    return "on a tape" if calculation.states and not calculation.problem else ""


def _rejected(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    with path.open(newline="", encoding="utf-8-sig") as opened:
        return {row.get("contract_id") or "" for row in csv.DictReader(opened)}
