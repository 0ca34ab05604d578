"""The tapes of contracts of one kind, as the plan names them: what they have in common, and how they are opened and cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import polars as pl

from gaapbridge.assumptions.curves import Curves
from gaapbridge.contracts.alike_ids import Apart
from gaapbridge.contracts.instalment_apart import instalments_at_sight
from gaapbridge.contracts.kept_rows import Ranking, kept_rows
from gaapbridge.contracts.kind import Kind, Received
from gaapbridge.contracts.nearly_listed import told_of_writing
from gaapbridge.contracts.scan import Part
from gaapbridge.contracts.tape_rows import NOT_STATED, TapeRows
from gaapbridge.contracts.unknown_words import told_of_words
from gaapbridge.plan import Plan
from gaapbridge.plan.model import Control
from gaapbridge.plan.reading import Written
from gaapbridge.tapes.members import others
from gaapbridge.tapes.ranges import ContractTape, Held, Read, TapeRange, cut_alike, open_contracts
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.tapes.schema import Circumstances, Schema
from gaapbridge.tapes.survey import READ_ROWS
from gaapbridge.terms.finding import Finding

Assumed = TypeVar("Assumed")

Ranges = Mapping[str, TapeRange]
"""The rows of one range of contracts on every tape of their kind, by the tape's name in the manifest."""


class Tapes(Protocol):
    """All tapes of one kind of contract, opened; ``file`` is the one that must hold contracts, ``files`` are all of them,
    ``lacking`` are the columns that each does not have.

    ``findings`` are about what is assumed of them. ``ranges`` are their rows, cut into plain data that travels to workers; what
    such a cut cannot be read from in place is written into a folder. ``check`` holds the rows of a range against their schemas
    and against each other; ``read`` says of every tape what was found in all ranges together; ``located`` names of rows
    (``file``, ``row``) the file in which they stand, where a tape has several.
    """

    @property
    def kind(self) -> str: ...

    @property
    def file(self) -> str: ...

    @property
    def files(self) -> Mapping[str, str]: ...

    @property
    def lacking(self) -> Mapping[str, Sequence[str]]: ...

    @property
    def rows(self) -> int: ...

    @property
    def findings(self) -> Sequence[Finding]: ...

    @property
    def check(self) -> Callable[[Any], Part]: ...

    def ranges(self, folder: Path) -> Iterable[Any]: ...

    def read(self, found: Mapping[str, Read]) -> list[TapeRows]: ...

    def located(self, rows: pl.DataFrame) -> pl.DataFrame: ...


Together = Callable[[Ranges], dict[str, Held]]
"""How the rows of a range are held against their schemas and against each other, by tape."""


@dataclass(frozen=True)
class CutTapes(Generic[Assumed]):
    """The tapes of a kind, cut by ranges of contract ids, by their names in the manifest, and what is ``assumed`` of its
    contracts. ``controls`` are the control totals that the plan states, ``findings`` are about what is assumed."""

    of: Kind
    tapes: Mapping[str, ContractTape]
    controls: Mapping[str, Control]
    held: Together
    assumed: Assumed
    findings: Sequence[Finding] = ()

    @property
    def kind(self) -> str:
        """The key of the kind."""
        return self.of.key

    @property
    def file(self) -> str:
        """The tape that must hold contracts."""
        return self.tapes[f"tapes.{self.of.tapes[0].key}.closing"].source.file

    @property
    def longest_term(self) -> int:
        """Longest term on any of them, in instalments."""
        return max(tape.survey.longest_term for tape in self.tapes.values())

    @property
    def files(self) -> dict[str, str]:
        """What each of them is called in rejects."""
        return {source: tape.source.file for source, tape in self.tapes.items()}

    @property
    def lacking(self) -> dict[str, tuple[str, ...]]:
        """The columns that each of them does not have."""
        return {source: tape.source.lacking for source, tape in self.tapes.items()}

    @property
    def rows(self) -> int:
        """Rows of all of them."""
        return sum(tape.source.rows for tape in self.tapes.values())

    @property
    def unstated(self) -> dict[str, str]:
        """By income role that is measured from what came in since the opening, which of the tapes do not state it to date;
        none of one that a tape of cash states of the period."""
        contracts = [self.tapes[source].source for source in self.of.tapes[0].sources if source in self.tapes]
        lacking = {
            role: [source.file for source in contracts if stated.column not in source.theirs]
            for role, stated in self.of.received.items()
            if not self._paid(stated)
        }
        return {
            role: f"{' and '.join(files)} {'has' if len(files) == 1 else 'have'} no {self.of.received[role].column}"
            for role, files in lacking.items()
            if files
        }

    def _paid(self, stated: Received) -> bool:
        cash = self.tapes.get(f"tapes.{stated.tape}")
        return cash is not None and stated.paid in cash.source.theirs

    @property
    def check(self) -> Callable[[Ranges], Part]:
        """What is read of each tape in a range; nothing is measured."""
        return partial(_checked, self.held, self.of.tapes[0].sources)

    def measured(self, measure: Callable[[Mapping[str, Held], Any], Part]) -> Callable[[Ranges, Any], Part]:
        """The work on a range: its rows held together, then measured in the setting of the close where some are good."""
        contracts = tuple(tape.key for tape in self.of.tapes if tape.at_both)
        return partial(_measured, self.held, self.of.tapes[0].sources, measure, contracts, Ranking.of(self.of))

    def ranges(self, folder: Path) -> Iterator[Ranges]:
        """The rows of each range of contracts, on every tape."""
        yield from cut_alike(self.tapes, folder)

    def read(self, found: Mapping[str, Read]) -> list[TapeRows]:
        """What was read of each tape, in all its ranges."""
        for source, read in found.items():
            assert read.totals.rows == self.tapes[source].source.rows, f"every row of {source} is in one range"
        return [
            TapeRows.of(source, self._told(source, found[source]), self.controls.get(source, NOT_STATED), tape.source)
            for source, tape in self.tapes.items()
        ]

    def _told(self, source: str, read: Read) -> Read:
        """What was read of a tape, with the ids of contracts that its rows mean and write differently, and the lines that would
        read its words."""
        tape = self.tapes[source].source
        return told_of_writing(told_of_words(read, tape, source), tape.schema, partial(self._ids, source))

    def _ids(self, source: str) -> Iterator[pl.Series]:
        """Ids of the contracts that the rows of a tape are of: those of its instant, or of both where it has none."""
        instant = source.split(".")[2:]
        for listing in self.of.tapes[0].sources:
            if listing in self.tapes and (not instant or listing.split(".")[2:] == instant):
                parts = self.tapes[listing].source.batches(READ_ROWS, ["contract_id"])
                yield from (part.frame["contract_id"] for part in parts)

    def located(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of the tapes by the files in which they stand."""
        return located_in([tape.source for tape in self.tapes.values()], rows)


def located_in(sources: Iterable[Source], rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of some tapes (``file``, ``row``) by the files in which they stand, and their numbers there."""
    for source in sources:
        rows = source.located(rows)
    return rows


def _checked(held: Together, contracts: tuple[str, ...], ranges: Ranges) -> Part:
    tapes = held(ranges)
    read = {source: tape.read for source, tape in tapes.items()}
    modified = [tape.good for tape in tapes.values() if {"contract_id", "kind"} <= {*tape.good.columns}]
    causes = instalments_at_sight(tapes[contracts[-1]].good, modified) if contracts[-1] in tapes else {}
    return Part(read, causes=causes, apart=_apart(contracts, ranges, tapes))


def _apart(contracts: tuple[str, ...], ranges: Ranges, tapes: Mapping[str, Held]) -> Apart:
    """Ids of contracts on one of their two tapes."""
    opening, closing = contracts[0], contracts[-1]
    day = ranges[opening].circumstances.instant if opening in ranges else None
    return Apart.of(tapes.get(opening), tapes.get(closing), day)


def _measured(
    held: Together,
    on: tuple[str, ...],
    measure: Callable[[Mapping[str, Held], Any], Part],
    contracts: tuple[str, ...],
    ranking: Ranking,
    ranges: Ranges,
    setting: Any,
) -> Part:
    tapes = held(ranges)
    read = {source: tape.read for source, tape in tapes.items()}
    if not any(tape.some_good for source, tape in tapes.items() if source.split(".")[1] in contracts):
        return Part(read, apart=_apart(on, ranges, tapes))
    part = measure(tapes, setting)
    assert part.table is not None, "good rows make a table"
    kept = kept_rows(ranking, part.table, {source: tape.good for source, tape in tapes.items()})
    kept = kept.beside({source: tape.written for source, tape in tapes.items()})
    return replace(part, read=read, kept=kept, apart=_apart(on, ranges, tapes))


def open_cut(
    plan: Plan,
    paths: Mapping[str, Path],
    kind: Kind,
    held: Together,
    assumed: Assumed,
    curves: Curves | None,
    findings: Sequence[Finding] = (),
) -> CutTapes[Assumed]:
    """The tapes of a kind that a plan names, of its opening, its closing and its period. Raises ``UnusableInput``; reads no
    more than ids and terms. Rows are held against segments, ratings and days of recognition of the ``curves``, if any."""
    period = Circumstances(opening=plan.period.opening, closing=plan.period.closing)
    tapes: dict[str, ContractTape] = {}
    controls: dict[str, Control] = {}
    for tape in kind.tapes:
        if tape.at_both and (both := plan.tapes.at_both(tape.key)) is not None:
            for state in ("opening", "closing"):
                source, instant = f"tapes.{tape.key}.{state}", getattr(plan.period, state)
                at = Circumstances(instant=instant, currency=plan.entity.currency)
                if curves is not None:
                    at = replace(
                        at, segments=curves.segments, ratings=curves.by_rating or None,
                        default_days=curves.default_days_on(instant),
                    )  # fmt: skip
                if source in paths:
                    tapes[source] = _open(plan, paths, source, plan.written_at(tape.key, state), tape.schema, at)
                    controls[source] = getattr(both.control, state)
        elif not tape.at_both and (whole := plan.tapes.whole(tape.key)) is not None:
            within = replace(period, counts_same=whole.same_rows == "counted")
            tapes[tape.sources[0]] = _open(plan, paths, tape.sources[0], whole.written, tape.schema, within)
            controls[tape.sources[0]] = whole.control
    return CutTapes(kind, tapes, controls, held, assumed, findings)


def _open(
    plan: Plan,
    paths: Mapping[str, Path],
    source: str,
    stated: Written,
    schema: Schema,
    circumstances: Circumstances,
) -> ContractTape:
    file, files = _files(plan, paths, source)
    return open_contracts(
        paths[source], schema, circumstances, amounts=stated.amounts, minor_digits=plan.entity.minor_digits,
        columns=stated.columns, ignore=stated.ignore, file=file, read=stated.read, currency=plan.entity.currency, files=files,
    )  # fmt: skip


def _files(plan: Plan, paths: Mapping[str, Path], source: str) -> tuple[str, dict[str, Path]]:
    """What a tape is called, and its files by what they are called."""
    every = (paths[source], *others(paths, source))
    files = {plan.name_of(path): path for path in every}
    assert len(files) == len(every), "files that are not one are called by different names"
    first = next(iter(files))
    return first if len(files) == 1 else f"{first} and {len(files) - 1} more", files


def open_whole(plan: Plan, paths: Mapping[str, Path], name: str, schema: Schema) -> Source | None:
    """The one tape ``[tapes.NAME]`` of a plan, None where there is none. Raises ``UnusableInput``; reads no row."""
    tape = plan.tapes.whole(name)
    if tape is None:
        return None
    source = f"tapes.{name}"
    file, files = _files(plan, paths, source)
    return open_tape(
        paths[source], schema, amounts=tape.amounts, minor_digits=plan.entity.minor_digits, columns=tape.columns,
        ignore=tape.ignore, file=file, read=tape.read, currency=plan.entity.currency, files=files,
    )  # fmt: skip
