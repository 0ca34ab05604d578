"""Re-performing a run: a sample of its measured contracts calculated again, independently, and compared."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from gaapbridge.reperform.awards.book import award_book
from gaapbridge.reperform.book import Book
from gaapbridge.reperform.calculation import Calculate, Calculation
from gaapbridge.reperform.compare import Difference, compare_contract, missing
from gaapbridge.reperform.guarantees.book import guarantee_book
from gaapbridge.reperform.loans.book import loan_book
from gaapbridge.reperform.outcome import Reperformance, Reperformed
from gaapbridge.reperform.sample import Drawn, draw, rows, shares
from gaapbridge.reperform.sources import Sources, read_sources
from gaapbridge.terms.errors import UnusableInput, nearest

SEED = 20231231

BOOKS: tuple[tuple[str, str, Callable[[Sources], Book]], ...] = (
    ("loan", "loans", loan_book),
    ("guarantee", "guarantees", guarantee_book),
    ("award", "awards", award_book),
)
"""Kinds of contracts: the word of their address, their tape, and how their book is opened."""


def reperform(
    run_folder: Path,
    sample: int | None = 100,
    seed: int = SEED,
    addresses: Collection[str] | None = None,
) -> Reperformance:
    """Calculate a sample of a run's contracts again and compare every figure.

    The sample is shared out over loans, guarantees and awards. `sample` None takes all; `addresses` takes exactly those
    contracts. Sources must be unchanged since the run (UnusableInput otherwise). Without given addresses the tapes are
    also searched for contracts that were neither measured nor rejected.
    """
    sources = read_sources(Path(run_folder))
    books = {word: open_book(sources) for word, tape, open_book in BOOKS if sources.has_tape(tape)}
    for book in books.values():
        book.require_columns()
    drawn = _drawn(books, sample, seed) if addresses is None else _named(books, addresses)
    kinds: dict[str, Reperformed] = {}
    found: list[Difference] = []
    for kind, book in books.items():
        compared, differing = _compared(book, drawn[kind].contract_ids)
        kinds[kind] = Reperformed(drawn[kind].population, drawn[kind].contract_ids, drawn[kind].strata, compared)
        found += differing
        if addresses is None:
            found += _unmeasured(book, _rejected(sources.run_folder / "rejects.csv"))
    return Reperformance(
        run_folder=str(run_folder),
        seed=seed if addresses is None and sample is not None else None,
        kinds=kinds,
        differences=tuple(found),
        not_checked=tuple(reason for book in books.values() for reason in book.not_checked),
    )


def calculate_one(run_folder: Path, address: str) -> tuple[Calculation, tuple[Difference, ...]]:
    """One measured contract of a run calculated with every step, and its differences from the run.

    The address is loan/ID, guarantee/ID or award/ID; an id alone is a loan's.
    """
    sources = read_sources(Path(run_folder))
    kind, contract_id = split_address(address)
    books = {word: open_book for word, tape, open_book in BOOKS if sources.has_tape(tape)}
    if kind not in books:
        raise UnusableInput(value=address, rule=f"the run has no {kind}s", remedy=f"it has {', '.join(books)}")
    book = books[kind](sources)
    book.require_columns()
    measured = _measured(book, (contract_id,))
    calculate = book.calculations({contract_id}).get(contract_id)
    if calculate is None:
        raise UnusableInput(value=address, rule="measured, but on no tape", remedy="restore the tapes")
    _, found = compare_contract(measured[contract_id], calculate, skip=book.carried)
    return calculate(detail=True), tuple(found)


def split_address(address: str) -> tuple[str, str]:
    """Kind and id of a contract's address.

    >>> split_address("guarantee/G-1"), split_address("L-1/b")
    (('guarantee', 'G-1'), ('loan', 'L-1/b'))
    """
    word, _, contract_id = address.partition("/")
    return (word, contract_id) if contract_id and word in {kind for kind, _, _ in BOOKS} else ("loan", address)


def _drawn(books: Mapping[str, Book], sample: int | None, seed: int) -> dict[str, Drawn]:
    """A draw from every kind: all of them, or its share of the sample."""
    populations = {kind: _population(book) for kind, book in books.items()}
    sizes = populations if sample is None else shares(max(sample, 1), populations)
    return {kind: draw(book.measurements, sizes[kind], seed, book.strata) for kind, book in books.items()}


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
    """Contracts on a tape that the run neither measured nor rejected, though they can be measured."""
    known = {*book.measured_ids(), *rejected}
    unknown = dict.fromkeys(one for one in book.listed() if one not in known)
    if not unknown:
        return []
    calculations = book.calculations(unknown)
    return [
        missing(book.kind, contract_id, "neither measured nor rejected", on_tape)
        for contract_id in unknown
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
