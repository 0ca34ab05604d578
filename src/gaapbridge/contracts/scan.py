"""One scan over the contracts of a kind: tasks to workers, parts of the table to disk, totals added, causes collected.

Nothing is lost on the way: a row is measured, or rejected with its reason, or left out for a reason that is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from gaapbridge.contracts.added_up import AddedUp, SecondPath
from gaapbridge.contracts.alike_ids import Apart, alike_findings, without_alike
from gaapbridge.contracts.kept_parts import KeptParts, TakenUp
from gaapbridge.contracts.kept_rows import KeptRows
from gaapbridge.contracts.totals import Totals
from gaapbridge.engine import Engine
from gaapbridge.engine.sink import Parts
from gaapbridge.tapes.checks import NO_REJECTS
from gaapbridge.tapes.ranges import Read
from gaapbridge.terms.finding import NAMED_CONTRACTS, Finding, named

if TYPE_CHECKING:
    from gaapbridge.contracts.hindsight import Hindsight  # compiled: loaded only where contracts are measured

Progress = Callable[[int], None]
Work = TypeVar("Work")


@dataclass(frozen=True)
class Cause:
    """What a finding says of contracts that share a cause: its name, the tie-out concerned, why, and what to do."""

    name: str
    check: str | None
    why: str
    remedy: str


@dataclass(frozen=True)
class Part:
    """The outcome of one range of contracts: what was read of each tape, by its name, and what was measured.

    ``totals`` and ``table`` are None where no row was good; ``rejects`` were found while measuring; ``causes`` holds
    ``contract_id`` and ``amount_minor`` of the contracts concerned, by cause; ``hindsight`` is there of kinds whose losses are
    expected, ``buckets`` are ``Expectation.by_bucket`` of those; ``kept`` are rows that may be kept in the run; ``apart`` are
    ids on one of the two tapes; ``added`` is there once the table has been added up again, and the number of its ``contracts``;
    ``taken_up`` says whether an earlier close measured them.
    """

    read: Mapping[str, Read] = field(default_factory=dict)
    totals: Totals | None = None
    table: pl.DataFrame | None = None
    rejects: pl.DataFrame = field(default_factory=lambda: NO_REJECTS)
    causes: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    hindsight: Hindsight | None = None
    kept: KeptRows | None = None
    buckets: pl.DataFrame | None = None
    apart: Apart = field(default_factory=Apart)
    added: AddedUp | None = None
    contracts: int = 0
    taken_up: TakenUp = field(default_factory=TakenUp)

    @property
    def rows(self) -> int:
        """Rows of all tapes in the range."""
        return sum(read.totals.rows for read in self.read.values())


@dataclass(frozen=True)
class Task:
    """The work of one range of contracts, as plain data: how its kind is measured, its rows wherever they lie, the setting
    of the close, where its part of the table goes, the number of the range, how that part is added up again, and where finished
    parts are kept, if anywhere. Any worker comes to the same."""

    measured: Callable[[Any, Any], Part]
    rows: Any
    setting: Any
    parts: Parts
    number: int
    second: SecondPath
    kept: KeptParts | None = None


KEPT_APART = 16
"""Ranges whose kept rows wait to be put together: all at once costs less than each to those before, and memory is bounded."""


@dataclass
class Scan:
    """What a scan leaves: what was read, totals, rejects found while measuring, contracts by cause, buckets, kept rows, ids on
    one of the two tapes, the table added up, how many contracts were taken up."""

    read: dict[str, Read] = field(default_factory=dict)
    totals: Totals | None = None
    rejects: list[pl.DataFrame] = field(default_factory=list)
    causes: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    hindsight: Hindsight | None = None
    kept: list[KeptRows] = field(default_factory=list)
    buckets: list[pl.DataFrame] = field(default_factory=list)
    apart: Apart = field(default_factory=Apart)
    added: AddedUp | None = None
    taken_up: TakenUp = field(default_factory=TakenUp)

    def add(self, part: Part) -> None:
        """Take in the outcome of one more range."""
        for tape, read in part.read.items():
            self.read[tape] = self.read[tape] + read if tape in self.read else read
        if part.totals is not None:
            self.totals = part.totals if self.totals is None else self.totals.plus(part.totals)
        if part.hindsight is not None:
            self.hindsight = part.hindsight if self.hindsight is None else self.hindsight.plus(part.hindsight)
        if part.kept is not None:
            self.kept.append(part.kept)
            if len(self.kept) == KEPT_APART:
                self.kept = [KeptRows.together(self.kept)]
        if part.rejects.height:
            self.rejects.append(part.rejects)
        if part.buckets is not None:
            self.buckets.append(part.buckets)
        self.apart.add(part.apart)
        self.taken_up += part.taken_up
        if part.added is not None:
            self.added = part.added if self.added is None else self.added + part.added
        for cause, rows in part.causes.items():
            found = self.causes.setdefault(cause, [])
            found += list(zip(rows["contract_id"].to_list(), rows["amount_minor"].fill_null(0).to_list(), strict=True))


def scan(work: Callable[[Work], Part], tasks: Iterable[Work], engine: Engine, progress: Progress) -> Scan:
    """Everything that the work on all ranges comes to, which depends neither on ranges nor on workers."""
    found = Scan()
    for part in engine.map_in_order(work, tasks):
        found.add(part)
        progress(part.rows)
    return found


def done(task: Task) -> Part:
    """A task's part, its table written and added up again: taken up where one is kept that was made of the same, else made now.
    Where a worker fails and another does the same task again, nothing is left twice."""
    return _made(task) if task.kept is None else task.kept.part_of(task, _made)


def _made(task: Task) -> Part:
    part = task.measured(task.rows, task.setting)
    if part.table is None:
        return part
    task.parts.put(part.table, task.number)
    totals_only = task.parts.columns is not None
    kept = part.kept.with_measured(part.table) if totals_only and part.kept is not None else part.kept
    return replace(part, table=None, kept=kept, added=task.second.add_up(part.table), contracts=part.table.height)


def by_cause(
    contracts: pl.DataFrame, conditions: Mapping[str, pl.Expr], amount: pl.Expr, amounts: Mapping[str, pl.Expr] | None = None
) -> dict[str, pl.DataFrame]:
    """Contracts that meet a condition, by cause, with their ``amount``, or the one of ``amounts`` that the cause is about."""
    some = contracts.select(condition.any().alias(cause) for cause, condition in conditions.items()).row(0, named=True)
    met = contracts.select(conditions[cause].fill_null(False).alias(cause) for cause, found in some.items() if found)
    told = {one.name: (amounts or {}).get(one.name, amount).alias("amount_minor") for one in met}
    return {one.name: contracts.lazy().filter(one).select("contract_id", told[one.name]).collect() for one in met}


def findings_of(found: Scan, explained: Mapping[str, Cause], address: str) -> list[Finding]:
    """One finding for each cause: how many contracts, how much, and the first of them by name; and one for ids that the two
    tapes write differently."""
    pairs = found.apart.pairs()
    findings = list(alike_findings(pairs, address))
    for cause, every in sorted(without_alike(found.causes, pairs).items()):
        rows = sorted(every)
        first = named([contract for contract, _ in rows[:NAMED_CONTRACTS]], len(rows))
        amount, told = sum(amount for _, amount in rows), explained[cause]
        why = f"{len(rows)} contract{'s' if len(rows) > 1 else ''}: {told.why}"
        findings.append(Finding(told.name, f"{address}/{first}", amount, why, told.remedy, told.check))
    return findings
