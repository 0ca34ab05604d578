"""R14: a close held against the closes of its months, quarters or halves, wherever these make it up exactly.

A balance knows no part, so every closing balance is the same to the minor unit. Income and postings of the parts add up to the
whole's but for one thing: interest of stage 3 is a flow of days, rounded once at the contract in each close. What these
roundings come to is added up contract by contract, so that every line agrees without a tolerance; that they are roundings and
no more is a check of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gaapbridge.book.journal import EntryKind
from gaapbridge.contracts.kind import Kind
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import SIDES
from gaapbridge.engine.sink import scan_parts
from gaapbridge.notes import FOLDERS
from gaapbridge.period_close.entries import NoteColumn
from gaapbridge.period_close.statements import Statements
from gaapbridge.period_close.ties import Ties
from gaapbridge.plan import Plan
from gaapbridge.run.folder import measurement_path
from gaapbridge.run.parts import Divisions, Parts, divisions_of
from gaapbridge.run.reader import Run
from gaapbridge.run.samples import WITH_DETAIL
from gaapbridge.statement.checks import Check
from gaapbridge.statement.document import US_GAAP, Statement
from gaapbridge.statement.evidence import RECOMPUTED, proven
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.printing import BALANCING
from gaapbridge.terms.errors import UnusableInput

Posted = Mapping[tuple[str, str], int]
"""What journals posted in a period, tax included, by column and account, debit positive."""

NAMED = 3
"""Runs or contracts that are named; the others are counted."""


@dataclass(frozen=True)
class HeldAgainst:
    """What a close is held against its parts by: their tie-outs, and the folders of the runs."""

    ties: Ties
    runs: tuple[Path, ...] = ()


@dataclass(frozen=True)
class _Whole:
    """A close that is about to be written, as far as its parts know it."""

    plan: Plan
    columns: Sequence[NoteColumn]
    statements: Statements
    tables: Mapping[str, Path]

    @property
    def income(self) -> str:
        """The id of its income statement, in which what is checked of it all stands."""
        return self.plan.period.income_statement

    def left(self, why: str, remedy: str, row: str | None = None) -> NotChecked:
        """What is not checked of it."""
        return NotChecked("R14", self.income, row, None, why, remedy)


def held_against_parts(
    plan: Plan, columns: Sequence[NoteColumn], statements: Statements, kinds: Sequence[str], folder: Path
) -> HeldAgainst:
    """R14 of a close whose ``kinds`` are measured below ``folder``; nothing of one that has no income, or no parts."""
    if statements.ids.income is None:
        return HeldAgainst(Ties((), ()))
    whole = _Whole(plan, columns, statements, {kind: measurement_path(folder, kind) for kind in kinds})
    period, runs = plan.period, plan.locate(plan.runs.folder)
    try:
        divisions = divisions_of(runs, plan.entity.name, period.opening, period.closing)
        held = [_held(whole, parts) for parts in divisions.found]
    except UnusableInput as damaged:
        return HeldAgainst(Ties((), (whole.left(f"a close of a part of it cannot be read: {damaged}", "restore that run"),)))
    ties = Ties((), tuple(_beside(whole, divisions)))
    for one in held:
        ties = ties.and_those(one.ties)
    return HeldAgainst(ties, tuple(dict.fromkeys(run for one in held for run in one.runs)))


def _beside(whole: _Whole, divisions: Divisions) -> Iterator[NotChecked]:
    """Closes within the period that make it up with no others."""
    if not divisions.beside:
        return
    names = [period.standing.folder.parent.name for period in divisions.beside]
    missing = ", ".join(divisions.missing)
    why = f"{_listed(names)} {'is a part' if len(names) == 1 else 'are parts'} of it and do not make it up: "
    why += f"no close of {missing}" if missing else "they overlap"
    yield whole.left(why, "close what is missing, then this period again" if missing else "nothing, where it is meant")


def _held(whole: _Whole, parts: Parts) -> HeldAgainst:
    """One division: balances at the end, income and postings added up, the flows of days by contract, and how parts open."""
    runs = [Run(folder).unchanged() for folder in parts.folders]
    other = next((run for run in runs if _made_of(run) != _made_of_plan(whole)), None)
    if other is not None:
        why = f"{other.folder.parent.name} has other columns, another currency or other units than this close"
        return HeldAgainst(Ties((), (whole.left(f"its {parts.name}: {why}", "close that part again as this period is"),)))
    division = _Division(whole, parts, runs)
    return HeldAgainst(Ties(tuple(division.checks()), tuple(division.left())), parts.folders)


def _made_of(run: Run) -> tuple[object, ...]:
    entity = run.plan_content["entity"]
    return (entity["currency"], entity["minor_digits"], *sorted(run.manifest.columns))


def _made_of_plan(whole: _Whole) -> tuple[object, ...]:
    entity = whole.plan.entity
    return (entity.currency, entity.minor_digits, *sorted(column.note.column for column in whole.columns))


@dataclass(frozen=True)
class _Division:
    """A close and the runs of its parts, oldest first."""

    whole: _Whole
    parts: Parts
    runs: Sequence[Run]

    def checks(self) -> Iterator[Check]:
        """All of it, in the order in which it is read: how parts open, balances, income, postings, contracts."""
        yield self._chained()
        yield from self._balances()
        if self._without_tables:
            return
        remainders = {
            (kind, flow): _remainders(self.whole.tables[kind], self.runs, kind, flow)
            for kind in self.whole.tables
            for flow in KINDS[kind].by_days
        }
        passed = _passed(self.whole.plan, remainders)
        yield from self._income(passed)
        yield from self._postings(passed)
        if not self._apart:
            yield from (self._by_contract(KINDS[kind], flow, found) for (kind, flow), found in remainders.items())

    def left(self) -> Iterator[NotChecked]:
        """The contracts, where an answer makes a flow of days depend on where the period begins; income, postings and
        contracts, where a part keeps no table of what each contract rounds."""
        if named := self._without_tables:
            only = "keeps totals only" if len(named) == 1 else "keep totals only"
            why = f"{_listed(named)} {only}, and flows of days are rounded by contract: income and postings are not held"
            yield self.whole.left(f"its {self.parts.name}: {why}", f"{WITH_DETAIL} for each, then close this period again")
            return
        for name, answer in self._apart:
            why = f"{name} = {answer}: what is measured depends on where a period begins, and its {self.parts.name} have more"
            yield self.whole.left(why, "nothing: both are right by that answer", "contracts")

    @property
    def _without_tables(self) -> list[str]:
        """The parts that keep no table of contracts, where one is needed."""
        needed = any(KINDS[kind].by_days for kind in self.whole.tables)
        return [run.folder.parent.name for run in self.runs if needed and run.keeps_totals_only]

    @property
    def _apart(self) -> list[tuple[str, str]]:
        plan = self.whole.plan
        declared = [(key, one) for key in plan.notes.order if key in FOLDERS for one in FOLDERS[key].elections.ELECTIONS]
        answers = [(one, plan.answers_at(key, plan.period.closing).get(one.name)) for key, one in declared if one.by_period]
        return [(one.name, answer) for one, answer in answers if answer == one.by_period]

    def _check(self, place: str, column: str | None, expected: int, found: int, tolerance: int = 0, figures: str = "") -> Check:
        """A check of the close under an address such as ``is-2023/fi/ecl``, of which the parts' name is the last word."""
        statement, _, row = place.partition("/")
        known = statement in (self.whole.income, self.whole.statements.ids.closing)
        return Check(
            "/".join(part for part in ("R14", place, column, self.parts.name) if part),
            "R14",
            statement if known else self.whole.income,
            row,
            column,
            expected,
            found,
            proven(RECOMPUTED, expected, found),
            tolerance=tolerance,
            figures=figures,
            remedy=f"open the same figure of each of its {self.parts.name} with explain; one of them, or this close, is of "
            "other tapes, another ledger or other estimates",
        )

    def _chained(self) -> Check:
        """Each part opens with the version that stands of the part before; one that does not is of what was superseded."""
        pairs = zip(self.runs, self.runs[1:], strict=False)
        torn = [later for before, later in pairs if later.prior_folder is not None and not _same(later.prior_folder, before)]
        figures = f"{_listed([one.folder.parent.name for one in torn])} opened with another version" if torn else ""
        return Check(
            f"R14/{self.whole.income}/opened/{self.parts.name}", "R14", self.whole.income, "opened", None, 0, len(torn),
            RECOMPUTED, figures=figures, unit="parts", remedy="close these parts again, in the order of time, then this period",
        )  # fmt: skip

    def _balances(self) -> Iterator[Check]:
        """Every closing balance of the last part is the whole's."""
        ids = self.whole.statements.ids
        last = self.runs[-1].exact.statement(self.runs[-1].manifest.statements.closing)
        whole = self.whole.statements.exact.statement(ids.closing)
        assert whole is not None and last is not None, "a close has a closing balance sheet"
        yield from self._rows(whole, [last], {})

    def _income(self, passed: Posted) -> Iterator[Check]:
        """Every line of income of the parts adds up to the whole's, with what the roundings at contracts come to."""
        whole = self.whole.statements.exact.statement(self.whole.income)
        parts = [run.exact.statement(str(run.manifest.statements.income)) for run in self.runs]
        assert whole is not None, "asked only where there is income"
        rows, accounts = self.whole.statements.layout.income_statement.rows, self.whole.plan.accounts
        printed = {row.id: row for row in rows}
        by_row: dict[tuple[str, str], int] = {}
        for (column, account), amount in passed.items():
            row = accounts[account].line
            by_row[column, row] = by_row.get((column, row), 0) + printed[row].printed(amount)
        yield from self._rows(whole, [part for part in parts if part is not None], by_row)

    def _rows(self, whole: Statement, parts: Sequence[Statement], passed: Posted) -> Iterator[Check]:
        """Lines of a statement, column by column, that are not nil everywhere."""
        retained = self.whole.statements.layout.retained_earnings
        for row in (row for row in whole.rows if row.role == "line"):
            for column in (US_GAAP, *(one.note.column for one in self.whole.columns)):
                rows = _with_balancing(whole, row.id, column, retained)
                found = sum(_amount(whole, one, column) for one in rows)
                of_parts = [sum(_amount(part, one, column) for one in rows) for part in parts]
                if rows and any((found, *of_parts)):
                    room = self._room(column, row.id)
                    expected = sum(of_parts) + passed.get((column, row.id), 0)
                    yield self._check(f"{whole.id}/{', '.join(rows)}", column, expected, found, room)

    def _postings(self, passed: Posted) -> Iterator[Check]:
        """What journals posted to each account, tax included."""
        whole = {
            (one.note.column, account): amount
            for one in self.whole.columns
            for account, amount in one.journal.balances(EntryKind.MOVEMENT, EntryKind.TAX).items()
        }
        parts: dict[tuple[str, str], int] = {}
        for run in self.runs:
            for line in run.listed.journals:
                if line.kind != EntryKind.BROUGHT_FORWARD:
                    parts[line.note, line.account] = parts.get((line.note, line.account), 0) + line.amount_minor
        for column, account in dict.fromkeys((*whole, *parts)):
            found, of_parts = whole.get((column, account), 0), parts.get((column, account), 0)
            if found or of_parts:
                room = self._room(column, self.whole.plan.accounts[account].line)
                expected = of_parts + passed.get((column, account), 0)
                yield self._check(f"journal/{account}", column, expected, found, room)

    def _room(self, column: str, row: str) -> int:
        """Half a minor unit for the tax of the whole and of each part, where a close rounds the tax of its own period."""
        plan, note = self.whole.plan, next((one for one in self.whole.columns if one.note.column == column), None)
        tax = None if note is None else plan.tax.get(note.note.key)
        if note is None or tax is None or tax.method != "roll_forward":
            return 0
        touched = {plan.accounts[line.account].line for line in note.journal.lines(EntryKind.TAX)}
        touched.add(self.whole.statements.layout.retained_earnings)
        return self._roundings if row in touched else 0

    @property
    def _roundings(self) -> int:
        """What a figure that is rounded once in the whole and once in each part may differ by, in minor units."""
        return (len(self.runs) + 1) // 2

    def _by_contract(self, kind: Kind, flow: str, found: pl.DataFrame) -> Check:
        """How many contracts differ in a flow of days by more than its roundings: nobody knew the same of what they owed."""
        beyond = found.filter(pl.col("remainder").abs() > self._roundings).sort(pl.col("remainder").abs(), descending=True)
        together, remainder = beyond["remainder"].sum(), int(found["remainder"].sum())
        first = [f"{kind.word}/{name} {amount:+,}" for name, amount in beyond.head(NAMED).iter_rows()]
        figures = f"{remainder:+,} minor units of roundings"
        if first:
            figures = f"{together:+,} minor units, of them {', '.join(first)}"
        return Check(
            f"R14/{self.whole.income}/{kind.key}/{flow}/{self.parts.name}", "R14", self.whole.income, f"{kind.key}/{flow}",
            None, 0, beyond.height, proven(RECOMPUTED, found.height), figures=figures, unit=kind.contracts,
            remedy="what was owed from day to day is told from the tapes of each close: give all of them tapes of payments; or "
            "take what the parts have, which know more",
        )  # fmt: skip


def _same(folder: Path, run: Run) -> bool:
    return folder.exists() and folder.samefile(run.folder)


def _listed(names: Sequence[str]) -> str:
    """A few names, and how many more there are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _amount(statement: Statement, row: str, column: str) -> int:
    found = statement.by_id.get(row)
    return 0 if found is None else found.amount(column)


def _with_balancing(statement: Statement, row: str, column: str, retained: str) -> tuple[str, ...]:
    """A row; without a ledger retained earnings have the income of one period only, and the figure that balances has the rest:
    the two together, once."""
    if column != US_GAAP or BALANCING not in statement.by_id:
        return (row,)
    return {retained: (retained, BALANCING), BALANCING: ()}.get(row, (row,))


def _remainders(table: Path, runs: Sequence[Run], kind: str, flow: str) -> pl.DataFrame:
    """A flow of days by contract, IFRS less US GAAP: what the whole has less what the parts have, of all that have any."""
    us, ifrs = (pl.col(f"{side}_{flow}") for side in SIDES)

    def of(rows: pl.LazyFrame, sign: int) -> pl.LazyFrame:
        return rows.select("contract_id", remainder=sign * (ifrs - us)).filter(pl.col("remainder") != 0)

    parts = [of(run.measurements(kind), -1) for run in runs if kind in run.kinds]
    every = pl.concat([of(scan_parts(table), 1), *parts])
    return every.group_by("contract_id").agg(pl.col("remainder").sum()).sort("contract_id").collect()


def _passed(plan: Plan, remainders: Mapping[tuple[str, str], pl.DataFrame]) -> Posted:
    """What the remainders of all contracts come to in the columns and accounts that the flows pass between."""
    found: dict[tuple[str, str], int] = {}
    for (kind, flow), by_contract in remainders.items():
        debit, credit = KINDS[kind].by_days[flow]
        total = int(by_contract["remainder"].sum())
        for key in (key for key in plan.notes.order if key in FOLDERS and _owns(key, kind, flow)):
            for role, amount in ((debit, total), (credit, -total)):
                at = (FOLDERS[key].note.column, plan.account_of(role))
                found[at] = found.get(at, 0) + amount
    return found


def _owns(key: str, kind: str, flow: str) -> bool:
    """Whether a note has what a flow of days earns."""
    note = FOLDERS[key].note
    return any(role in note.profit.get(kind, ()) and note.owns(role, flow) for role in KINDS[kind].by_days[flow])
