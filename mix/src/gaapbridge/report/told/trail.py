"""The way from a printed number to a contract, as every report tells it: line, note, cause, journal, segment, contract.

Cells and contracts are explained by the explanation's own words; nothing is measured here, and no tape is read.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from gaapbridge.book.journal import EntryKind
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.explanation.cell import CONTRACTS, explain_cells, largest_contracts
from gaapbridge.explanation.contract import explain_kept, explain_measured
from gaapbridge.explanation.form import Explanation, Table
from gaapbridge.report.told.causes import cause_in_words
from gaapbridge.run.journals import JournalLine
from gaapbridge.run.reader import Run

LARGEST, SAMPLED = 3, 3
"""Contracts of a kind that are told in full: those largest in the cells of the statements, and those first in the sample."""

MOST_LINES = 4_000
"""Lines of a note's journals that are told segment by segment; of more, every account of an entry is told in one line."""

SAMPLE = "sample"
"""What a contract is kept for that was drawn, and not for its size."""

BROUGHT_FORWARD = "brought_forward"

FOR_SIZE, FOR_SAMPLE = "among the largest behind a printed figure", "drawn into the sample of the run"
"""Why a contract is told in full."""

NAMED, MOST_NAMED = "named in this report", 500
"""Why a contract is told as it was measured, without its steps, and how many of a kind are at most."""


@dataclass(frozen=True, slots=True)
class ToldCause:
    """One cause of a difference: what it did to equity, and how much of that went through net income; minor units.

    New contracts, ``origination``, that lower equity by 1,200.00 through profit have -120,000 in both. ``is_before`` says that
    it was brought forward, and moved nothing in the period.
    """

    column: str
    flow: str
    equity_minor: int
    income_minor: int
    is_before: bool

    @property
    def name(self) -> str:
        """The cause in words."""
        return cause_in_words(self.column, self.flow)


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """One entry of a note's journals: its name, cause and component, and its lines, which add to nil."""

    id: str
    column: str
    flow: str
    component: str
    lines: tuple[JournalLine, ...]

    @property
    def name(self) -> str:
        """The entry in words: `Written off: loss allowance`."""
        cause, component = cause_in_words(self.column, self.flow), self.component.replace("_", " ")
        said = f"{cause}: {component}" if component and component != cause else cause
        return said[:1].upper() + said[1:]


@dataclass(frozen=True, slots=True)
class ToldContract:
    """A contract told in full, step by step, or as it was measured, and why it is."""

    address: str
    contracts: str
    why: str
    explanation: Explanation

    @property
    def in_full(self) -> bool:
        """Whether its steps are told too."""
        return self.why != NAMED


def told_cells(run: Run) -> dict[str, Explanation]:
    """Every cell that the run measured, explained, by its address; what stands as an earlier run printed it is left out."""
    measured = run.exact.cells
    return explain_cells(run, (address for address in run.document.cells if address in measured))


def told_causes(run: Run, column: str) -> tuple[ToldCause, ...]:
    """What made the difference of a column, cause by cause: that brought forward first, then the flows as they are posted.

    Over all causes equity moves by the column's effect on total equity, income by that on net income (IAS 1.106, 505-10-50-2).
    """
    manifest, found = run.manifest, dict[tuple[bool, str], list[int]]()
    at_equity = {row.id for one in run.exact.statements for row in one.rows if row.of_what == "equity"} | {
        manifest.retained_row
    }
    for line in _posted(run, column):
        amounts = found.setdefault((line.kind != EntryKind.BROUGHT_FORWARD, line.flow), [0, 0])
        through_profit = line.line in manifest.profit_rows
        amounts[0] += 0 if through_profit or line.line in at_equity else line.amount_minor
        amounts[1] -= line.amount_minor if through_profit else 0
    ordered = sorted(found.items(), key=lambda one: one[0][0])
    before = _before(column, [amounts for (moves, _), amounts in ordered if not moves])
    moved = ((flow, amounts) for (moves, flow), amounts in ordered if moves)
    return (
        *before,
        *(ToldCause(column, flow, equity_minor, income_minor, False) for flow, (equity_minor, income_minor) in moved),
    )


def _before(column: str, brought_forward: list[list[int]]) -> Iterator[ToldCause]:
    """All that was brought forward as one cause, its deferred tax with it."""
    if brought_forward:
        equity_minor, income_minor = map(sum, zip(*brought_forward, strict=True))
        yield ToldCause(column, BROUGHT_FORWARD, equity_minor, income_minor, True)


def told_entries(run: Run, column: str) -> tuple[ToldEntry, ...]:
    """The entries of a column, each with its lines; the segments of an account as one line where there are too many of them."""
    lines = _posted(run, column)
    entries = [(entry, tuple(own)) for entry, own in groupby(lines, key=lambda line: line.entry)]
    whole = len(lines) <= MOST_LINES
    return tuple(
        ToldEntry(entry, column, own[0].flow, own[0].component, own if whole else tuple(_by_account(own)))
        for entry, own in entries
    )


def _posted(run: Run, column: str) -> list[JournalLine]:
    return [line for line in run.listed.journals if line.note == column]


def _by_account(lines: tuple[JournalLine, ...]) -> Iterator[JournalLine]:
    sums: dict[str, list[JournalLine]] = {}
    for line in lines:
        sums.setdefault(line.account, []).append(line)
    for own in sums.values():
        first, amount = own[0], sum(line.amount_minor for line in own)
        segments = f"{len(own):,} lines"
        yield JournalLine(
            first.note, first.period, first.entry, first.flow, first.component, first.kind, first.account, first.line,
            segments, max(amount, 0), max(-amount, 0), first.text,
        )  # fmt: skip


def told_contracts(run: Run, cells: Mapping[str, Explanation]) -> tuple[ToldContract, ...]:
    """A few contracts of each kind in full, chosen alike whenever the run is told: however many contracts it has.

    Of those whose input rows the run keeps: the largest behind its cells, then some of its sample. Every other contract that
    stands under a cell, or in a finding, as it was measured.
    """
    return tuple(one for kind in run.kinds for one in _of_kind(run, kind, cells))


def _of_kind(run: Run, key: str, cells: Mapping[str, Explanation]) -> Iterator[ToldContract]:
    kind, kept = KINDS[key], dict(run.sampled(key))
    named = _named(run, kind.word, [table for cell in cells.values() for table in cell.tables])
    largest = _largest(named, kept)
    drawn = [one for one, why in kept.items() if SAMPLE in why.split(", ") and one not in largest]
    chosen = [*largest, *drawn[:: max(1, len(drawn) // SAMPLED)][:SAMPLED]]
    for one, explanation in zip(chosen, explain_kept(run, kind, chosen) if chosen else (), strict=True):
        yield ToldContract(explanation.address, kind.contracts, FOR_SIZE if one in largest else FOR_SAMPLE, explanation)
    others = [one for one in named if one not in chosen][:MOST_NAMED]
    for explanation in explain_measured(run, kind, others):
        yield ToldContract(explanation.address, kind.contracts, NAMED, explanation)


def largest_kept(run: Run, key: str, word: str, kept: Container[str]) -> list[str]:
    """The contracts of a kind, by its key and the word of its addresses, that are largest behind the printed figures, of
    those whose input rows the run keeps: the same ones as ``told_contracts`` has in full, without explaining any cell."""
    measured = run.exact.cells
    behind = largest_contracts(run, (address for address in run.document.cells if address in measured), [key])
    return _largest(_named(run, word, behind.values()), kept)


def _largest(named: Mapping[str, int], kept: Container[str]) -> list[str]:
    return [one for one in named if one in kept and named[one]][:LARGEST]


def _named(run: Run, word: str, tables: Iterable[Table]) -> dict[str, int]:
    """Contracts of a kind that stand under cells, the largest first, each with its largest amount there; then of findings."""
    sizes: dict[str, int] = {}
    for address, size in _listed(tables):
        kind, _, one = address.partition("/")
        if kind == word:
            sizes[one] = max(sizes.get(one, 0), size)
    named = {one: sizes[one] for one in sorted(sizes, key=lambda one: (-sizes[one], one))}
    found = (finding.where.partition("/") for finding in run.listed.findings)
    return named | {one: 0 for kind, _, one in found if kind == word and one not in named}


def _listed(tables: Iterable[Table]) -> Iterator[tuple[str, int]]:
    """Contracts named under cells, with their amounts there."""
    for table in tables:
        if table.tells.what == CONTRACTS:
            yield from ((row[0], abs(row[-1])) for row in table.rows)
