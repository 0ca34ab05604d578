"""The history of a kind of contracts: its tapes opened, cut by ranges of contracts, and each range made into months.

A history of any length is read in the memory of a range: rows are read where they lie, in the order of their contracts, or are
dealt out to ranges on disk first, as those of a lender's files by month are. The months of a range are kept on disk as arrays,
so that they are read as often as curves need them, but their tapes once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from gaapbridge.contracts.contract_tapes import files_called, located_in
from gaapbridge.contracts.rejects import together
from gaapbridge.contracts.tape_rows import TapeRows, tape_findings
from gaapbridge.engine.local import Threads, processors
from gaapbridge.estimation.arrays import Arrays, Setting, arrays_of, contract_numbers, month_of
from gaapbridge.estimation.calendar import Calendar, calendar_of
from gaapbridge.estimation.contradictions import of_rows
from gaapbridge.estimation.exclusions import contracts_of, excluded, left_out, refuse_of_nothing
from gaapbridge.estimation.fee_losses import FeeMonths
from gaapbridge.estimation.guaranteed import PAID, fee_months, fees_of, paid_out, store_fees, stored_fees
from gaapbridge.estimation.last_rows import NOBODY, with_last_rows
from gaapbridge.estimation.months import UNKNOWN, Months, month_number
from gaapbridge.estimation.performed import fees_performed, outcomes_performed
from gaapbridge.estimation.pools import Pool, pools_of
from gaapbridge.estimation.repeats import charged_off_again, told_of_rows
from gaapbridge.estimation.schema import LISTED, ON_BOOK, ONE_A_MONTH, SCHEMAS, STAYS_AWAY
from gaapbridge.estimation.seen import Seen, findings_of, month_name
from gaapbridge.estimation.wide import refuse_wide
from gaapbridge.plan.history import ContractHistory, Exclusion
from gaapbridge.plan.history_file import HistoryPlan
from gaapbridge.plan.queries import Files, Query
from gaapbridge.plan.refusals import refusal
from gaapbridge.progress import Stage
from gaapbridge.tapes import members
from gaapbridge.tapes.how import layout_of
from gaapbridge.tapes.layout import PLAIN
from gaapbridge.tapes.opening import opened
from gaapbridge.tapes.ranges import ContractTape, Held, Read, TapeRange, cut_alike, open_contracts
from gaapbridge.tapes.schema import Circumstances
from gaapbridge.tapes.survey import READ_ROWS
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.writing import writing

Ranges = Mapping[str, TapeRange]

_PERFORMANCE = "performance"
_SAME_ROW = "a row stands once on the tape"


@dataclass(frozen=True)
class HistoryTapes:
    """The tapes of the history of a kind, opened, by their keys; and what is the same for all its contracts;
    and the months it has."""

    plan: HistoryPlan
    kind: str
    stated: ContractHistory
    tapes: Mapping[str, ContractTape]
    setting: Setting
    calendar: Calendar

    @property
    def rows(self) -> int:
        """Rows of all tapes."""
        return sum(tape.source.rows for tape in self.tapes.values())

    @property
    def by_missed(self) -> bool:
        """Whether arrears are counted in instalments that were missed."""
        return "days_past_due" in self.tapes["performance"].source.lacking

    @property
    def first_known(self) -> int:
        """The first month end of which tables are made."""
        return min(map(month_number, self.plan.known_at))

    @property
    def named(self) -> frozenset[str]:
        """The contracts that rules name."""
        return frozenset(one for rule in self.stated.exclusions for one in rule.contracts)

    def located(self, rejects: pl.DataFrame) -> pl.DataFrame:
        """Rejects by the files in which their rows stand."""
        return located_in([tape.source for tape in self.tapes.values()], rejects)

    def tape_rows(self, read: Mapping[str, Read]) -> list[TapeRows]:
        """What was read of each tape, with its control totals."""
        return [
            TapeRows.of(f"history.{self.kind}.{key}", read[key], self.stated.tapes[key].control, tape.source)
            for key, tape in self.tapes.items()
        ]


@dataclass(frozen=True)
class Chunk:
    """A range of contracts: what was read of each tape, what its months tell, their number on disk, None without any; and the
    payouts of guarantees."""

    read: Mapping[str, Read]
    seen: Seen
    number: int | None = None
    paid_out: pl.DataFrame | None = None


@dataclass(frozen=True)
class History:
    """A history that was read: its chunks lie in a folder, as often as they are asked for."""

    tapes: HistoryTapes
    folder: Path
    chunks: Sequence[int]
    read: Mapping[str, Read]
    seen: Seen
    paid_out: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PAID))

    @property
    def pools(self) -> tuple[Pool, ...]:
        """Segments by the day on which their defaults are recognised."""
        return pools_of(self.tapes.stated, self.tapes.setting.segments)

    def fees(self, number: int, pool: Pool) -> FeeMonths:
        """The fees of one chunk, of the guarantees of a pool that no rule leaves out."""
        fees, ids = stored_fees(self.folder, number), _ids(self.folder, number)
        out = left_out(fees.segment, ids, self.tapes.setting.segments, self.tapes.stated.exclusions)
        return fees_of(fees, ~out & pool.has(fees.segment), pool.renumbered(fees.segment))

    def paid_out_by(self, known: int) -> pl.DataFrame:
        """Payouts of guarantees by the end of a month, of those that no rule leaves out."""
        of, setting = self.paid_out.filter((pl.col("month") <= known) & (pl.col("segment") >= 0)), self.tapes.setting
        out = left_out(of["segment"].to_numpy(), of["contract_id"], setting.segments, self.tapes.stated.exclusions)
        return of.filter(pl.Series(~out))

    def months(self, rules: Sequence[Exclusion] | None = None) -> Iterator[Months]:
        """The months of each chunk, under the rules of the plan or some of them; contracts without a segment are left out."""
        over = self.tapes.stated.exclusions if rules is None else rules
        yield from (self.chunk(number, over) for number in self.chunks)

    def chunk(self, number: int, rules: Sequence[Exclusion]) -> Months:
        """The months of one chunk under some rules."""
        (months,) = self.under(number, (rules,))
        return months

    def under(self, number: int, sets: Iterable[Sequence[Exclusion]]) -> Iterator[Months]:
        """The months of one chunk, read once, under one set of rules after the other."""
        stored, ids = _stored(self.folder, number)
        for rules in sets:
            known = excluded(stored, ids, self.tapes.setting.segments, rules)
            yield contracts_of(known, known.segment != UNKNOWN)


def stated_queries(plan: HistoryPlan) -> dict[str, Query]:
    """Every query of a history, by the names that their sources have."""
    return {
        name: query
        for source, files in plan.stated().items()
        for name, query in members.named(source, [one for one in _listed(files) if isinstance(one, Query)]).items()
    }


def stated_paths(plan: HistoryPlan) -> dict[str, Path]:
    """Where every source of a history is; of a query, what it gave."""
    found: dict[str, Path] = {}
    for source, files in plan.stated().items():
        queries = members.named(source, [one for one in _listed(files) if isinstance(one, Query)])
        names = [one for one in _listed(files) if isinstance(one, str)]
        answers = [plan.extracts[name].path for name in queries]
        found |= members.named(source, answers or members.found(plan.folder, names))
    return found


def _listed(files: Files) -> Sequence[str | Query]:
    return files if isinstance(files, list) else [files]


def open_history(plan: HistoryPlan, kind: str, paths: Mapping[str, Path]) -> HistoryTapes:
    """The tapes of the history of a kind. Raises ``UnusableInput``, also where a history is too short for its look-back."""
    stated = plan.history.kinds[kind]
    at = Circumstances(segments=tuple(stated.segments) or None)
    tapes = {key: _opened(plan, kind, key, paths, at) for key in stated.tapes}
    calendar, segments = _looked_over(plan, kind, tapes)
    chosen = tuple(stated.segments) or segments
    _refuse_unknown(plan, kind, stated, chosen)
    lacking, days = tuple(calendar.lacking), tuple(map(stated.days_of, chosen))
    setting = Setting(chosen, calendar.first, calendar.last, stated.matured_within_months, lacking, days)
    opened = HistoryTapes(plan, kind, stated, tapes, setting, calendar)
    _refuse_short(opened)
    refuse_of_nothing(plan.path, f"history.{kind}.exclusions", stated.exclusions, chosen, (calendar.first, calendar.last))
    return opened


def _refuse_unknown(plan: HistoryPlan, kind: str, stated: ContractHistory, segments: Sequence[str]) -> None:
    """Raise where a day of recognition is that of no segment."""
    for segment in stated.default_days_of:
        if segment not in segments:
            rule = f"a day is stated of segments that the history has: {', '.join(segments)}"
            raise refusal(plan.path, f"history.{kind}.default_days_of", segment, rule, "correct the segment, or remove it")


def _opened(plan: HistoryPlan, kind: str, key: str, paths: Mapping[str, Path], at: Circumstances) -> ContractTape:
    source, written = f"history.{kind}.{key}", plan.history.kinds[kind].written(key)
    file, files = files_called(plan, paths, source)
    try:
        return open_contracts(
            paths[source], SCHEMAS[key], at, amounts=written.amounts, minor_digits=plan.entity.minor_digits,
            columns=written.columns, ignore=written.ignore, file=file, read=written.read, currency=plan.entity.currency,
            files=files,
        )  # fmt: skip
    except UnusableInput as unusable:
        if key == _PERFORMANCE and unusable.row == "header":
            for called, path in (files or {file: paths[source]}).items():
                layout = PLAIN if written.read is None else layout_of(written.read)
                refuse_wide(called, path, opened(path, called, SCHEMAS[key], layout).header)
        raise


def _looked_over(plan: HistoryPlan, kind: str, tapes: Mapping[str, ContractTape]) -> tuple[Calendar, tuple[str, ...]]:
    """The months of a history, up to the last that the plan states, and its segments."""
    performance, last = tapes["performance"], plan.history.kinds[kind].last_month
    calendar, segments = calendar_of(performance)
    for parsed in tapes["contracts"].source.batches(READ_ROWS, ["segment"]) if "contracts" in tapes else ():
        segments |= _words(parsed.frame)
    file = performance.source.file
    if not segments:
        rule, remedy = "some contract has a segment", 'give segments, or read.constant = { segment = "all" } where there is one'
        raise UnusableInput(file=file, column="segment", rule=rule, remedy=remedy)
    if last is not None:
        calendar = _until(plan, f"history.{kind}.last_month", calendar, last)
    calendar.refuse_few_beyond(file)
    return calendar, tuple(sorted(segments))


def _until(plan: HistoryPlan, key: str, calendar: Calendar, last: date) -> Calendar:
    if month_number(last) < calendar.first:
        rule, remedy = f"the history begins in {month_name(calendar.first)}", "state a later month, or remove the key"
        raise refusal(plan.path, key, str(last), rule, remedy)
    return calendar.until(month_number(last))


def _words(frame: pl.DataFrame) -> set[str]:
    return {*frame["segment"].drop_nulls().unique().to_list()} if "segment" in frame.columns else set()


def _refuse_short(opened: HistoryTapes) -> None:
    """Raise where some curves would be made of no more than the look-back, or of months that are not there."""
    first, last, needed = opened.setting.first_seen, opened.setting.last_seen, opened.stated.look_back_months
    for day in opened.plan.known_at:
        known = month_number(day)
        if known > last:
            remedy = f"give the months up to then, or leave {day} out of known_at"
            raise refusal(opened.plan.path, "history.known_at", str(day), f"the history goes to {month_name(last)}", remedy)
        if known - first < needed:
            rule = f"the history begins in {month_name(first)}: {max(known - first, 0)} months before, within the look-back"
            remedy = f"give a history that begins more than {needed} months before, or leave the day out of known_at"
            raise refusal(opened.plan.path, "history.known_at", str(day), rule, remedy)


def read_tapes(tapes: HistoryTapes, folder: Path, step: Stage) -> History:
    """Read a history: its chunks are written into the folder. ``step`` is told of rows that were read."""
    read: dict[str, Read] = {}
    seen, chunks, paid = Seen(), [], [pl.DataFrame(schema=PAID)]
    work = partial(_chunk, tapes, folder)
    engine = Threads(processors())
    for chunk in engine.map_in_order(work, enumerate(cut_alike(tapes.tapes, folder))):
        for key, one in chunk.read.items():
            read[key] = read[key] + one if key in read else one
        seen += chunk.seen
        if chunk.number is not None:
            chunks.append(chunk.number)
        if chunk.paid_out is not None:
            paid.append(chunk.paid_out)
        step(sum(one.totals.rows for one in chunk.read.values()))
    return History(tapes, folder, chunks, read, seen, pl.concat(paid))


def _chunk(tapes: HistoryTapes, folder: Path, numbered: tuple[int, Ranges]) -> Chunk:
    (number, ranges), setting = numbered, tapes.setting
    held = {key: part.held(SCHEMAS[key]) for key, part in ranges.items()}
    performance = _apart(held["performance"], held.get("contracts"))
    outcomes = outcomes_performed(held["outcomes"], performance.good) if "outcomes" in held else None
    held |= {"performance": performance} | ({"outcomes": outcomes} if outcomes is not None else {})
    if "fees" in held:
        held["fees"] = fees_performed(held["fees"], performance.good)
    read = {key: tape.read for key, tape in held.items()}
    good = performance.good.filter(month_of("month_end") <= setting.last_seen)
    if good.is_empty():
        return Chunk(read, Seen())
    contracts = held["contracts"].good if "contracts" in held else None
    stated = pl.DataFrame(schema=_NOTHING) if outcomes is None else outcomes.good
    again = charged_off_again(good, stated)
    came = stated.filter(~again)
    doubtful = performance.rejects.filter(pl.col("rule") != _SAME_ROW)["contract_id"].drop_nulls().unique()
    ended = NOBODY
    if tapes.stated.without_last_row is not None:
        good, ended = with_last_rows(good, came, doubtful, setting)
    arrays = arrays_of(good, contracts, came, doubtful, setting)
    _store(folder, number, arrays)
    if "fees" in held:
        store_fees(folder, number, fee_months(held["fees"].good, arrays, setting))
    told = {**of_rows(good), "charged_off_again": told_of_rows(stated.filter(again))}
    kept = excluded(arrays.months, arrays.ids, setting.segments, tapes.stated.exclusions)
    seen = Seen.of(arrays, told, kept, tapes.first_known, tapes.named, ended)
    return Chunk(read, seen, number, paid_out(good, came, arrays))


_NOTHING = {"contract_id": pl.String(), "date": pl.Date(), "what": pl.String(), "amount_minor": pl.Int64()}


def _apart(performance: Held, contracts: Held | None) -> Held:
    """Rows of performance by contract and month, those rejected that contradict another."""
    good = performance.good.with_columns(month=month_of("month_end"))
    number, month = contract_numbers(good["contract_id"]), good["month"].to_numpy()
    if ((np.diff(number) == 0) & (np.diff(month) < 0)).any():
        good = good.sort("contract_id", "month", maintain_order=True)
        month = good["month"].to_numpy()
    same = (np.diff(number) == 0) & (np.diff(month) == 0)
    twice = np.append(same, False) | np.append(False, same)
    flags = good.with_columns(repeated=pl.Series(twice[: len(number)]))
    rules = [ONE_A_MONTH]
    if contracts is not None:
        flags = flags.with_columns(listed=pl.col("contract_id").is_in(contracts.good["contract_id"].implode()))
        rules.append(LISTED)
    kept = performance.across(flags, rules)
    return kept.across(kept.good.with_columns(back_on_book=_back(kept.good)), [STAYS_AWAY])


def _back(good: pl.DataFrame) -> pl.Series:
    """Where something is owed by a contract that left in an earlier month."""
    number = contract_numbers(good["contract_id"])
    if not len(number):
        return pl.Series([], dtype=pl.Boolean)
    on_book = (good["status"] == ON_BOOK).to_numpy() & (good["balance_minor"] > 0).to_numpy()
    left = np.cumsum(~on_book) - ~on_book
    first = np.flatnonzero(np.diff(number, prepend=-1))
    return pl.Series(on_book & (left > left[first][number]))


_STORED = tuple(one.name for one in fields(Months) if one.name != "first_seen")


def _store(folder: Path, number: int, made: Arrays) -> None:
    """Keep the months of a chunk, and the ids of its contracts."""
    arrays: Any = {name: getattr(made.months, name) for name in _STORED}
    with writing(folder):
        np.savez(folder / f"{number}.npz", first_seen=np.int64(made.months.first_seen), **arrays)
        made.ids.to_frame().write_ipc(folder / f"{number}.arrow")


def _stored(folder: Path, number: int) -> tuple[Months, pl.Series]:
    with np.load(folder / f"{number}.npz") as arrays:
        months = Months(**{name: arrays[name] for name in _STORED}, first_seen=int(arrays["first_seen"]))
    return months, _ids(folder, number)


def _ids(folder: Path, number: int) -> pl.Series:
    """Ids of the contracts of a chunk, by their numbers."""
    return pl.read_ipc(folder / f"{number}.arrow")["contract_id"]


def history_findings(history: History) -> list[Finding]:
    """What is found of a history: of its tapes, and of its contracts."""
    tapes = history.tapes
    of_tapes = tape_findings(tapes.tape_rows(history.read))
    of_months = tapes.calendar.findings(f"history.{tapes.kind}")
    return [
        *of_tapes,
        *of_months,
        *findings_of(
            history.seen, tapes.kind, tapes.stated, tapes.setting.segments, tapes.by_missed, tapes.first_known, tapes.named
        ),
    ]


def rejects_of(history: History) -> pl.DataFrame:
    """What is rejected of a history, by the files and rows in which it stands."""
    return together(history.tapes.located(part) for read in history.read.values() for part in read.rejects)
