"""What a disclosure table is made of, and what it is held against: the books of a run, and the sums of its contracts.

Books are the US GAAP ledger of the run; under IFRS, with what the notes' journals brought to the same accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gaapbridge.difference import FRAMEWORKS
from gaapbridge.run.reader import Run
from gaapbridge.statement.document import IFRS as IFRS_COLUMN
from gaapbridge.statement.document import US_GAAP as US_COLUMN
from gaapbridge.statement.notes_text import as_filed
from gaapbridge.statement.printing import caption_when

if TYPE_CHECKING:  # loaded when a run is read
    import polars as pl

US, IFRS = as_filed(FRAMEWORKS["us"]), "IFRS"

LINE, TOTAL, BESIDE = "line", "total", "beside"
"""What a row is: one of those that add up, what they come to with the total before, one below that adds to nothing."""

MONEY, UNITS, PER_UNIT, DAYS_AS_YEARS = "money", "units", "per unit", "years"
"""What amounts are: minor units, units of shares, minor units a share, days that are printed as years."""


ON_SHEET, IN_INCOME = "the balance sheet as printed, before rounding", "the income statement as printed, before rounding"
IN_ACCOUNTS, IN_RUN = "accounts of the ledger, with what the notes brought to them", "other figures of the run"
NOT_TIED = "no account, since the plan posts none of these amounts"
"""What a disclosure is held against, the strongest first: the last but one shares its source, and proves the least; the last is
nothing, and does not hold."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What a disclosure comes to, and what it is held against, both debit positive or both as disclosed."""

    what: str
    disclosed_minor: int
    books_minor: int
    against: str = IN_RUN

    @property
    def holds(self) -> bool:
        """Whether both are the same, to the minor unit; never of what nothing is held against."""
        return self.disclosed_minor == self.books_minor and self.against != NOT_TIED


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a disclosure: its amounts by column, what it is, and what its amounts are where not those of the columns."""

    caption: str
    amounts: tuple[int, ...]
    kind: str = LINE
    form: str = ""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A table with the paragraph that asks for it: rows of amounts, and what it is held against.

    ``forms`` say of each column what its amounts are, money where they say nothing; ``sums`` are the places of columns that add
    up those before them. ``lacks`` says why there is no table, where there should be one; ``subject`` what it is about:
    loans, guarantees, share awards. ``is_instant`` tells what stands at a day from what moved in a period, ``when`` that day or
    period in words; ``before`` is the same of the period before, where there is a source for it (IAS 1.38).
    """

    title: str
    paragraph: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    ties: tuple[Tie, ...] = ()
    forms: tuple[str, ...] = ()
    sums: tuple[int, ...] = ()
    lacks: str = ""
    subject: str = ""
    is_instant: bool = False
    when: str = ""
    before: Disclosure | None = None

    @property
    def is_nil(self) -> bool:
        """Whether it says nothing."""
        return not self.lacks and not any(any(row.amounts) for row in self.rows)

    @property
    def totals(self) -> list[int]:
        """The places of the rows that add up those above."""
        return [place for place, row in enumerate(self.rows) if row.kind == TOTAL]

    def goes_on(self, before: Disclosure) -> bool:
        """Whether it is a roll-forward that begins on the day on which that of the period before ends."""
        return len(before.totals) == 1 and self.rows[0].caption == before.rows[before.totals[0]].caption

    def form(self, row: Row, place: int) -> str:
        """What the amount of a row in a column is."""
        return row.form or (self.forms[place] if self.forms else MONEY)


@dataclass(frozen=True)
class Books:
    """The books of a run, and its contracts, as disclosures ask them: at its closing, or at its opening."""

    run: Run
    is_opening: bool = False

    @property
    def state(self) -> str:
        """How columns of what was measured at that instant begin."""
        return "opening_" if self.is_opening else ""

    @property
    def instant(self) -> str:
        """How columns of what a contract was at that instant end, or begin: ``opening``, ``closing``."""
        return "opening" if self.is_opening else "closing"

    @cached_property
    def days(self) -> tuple[str, str]:
        """The opening and the closing in words."""
        period = self.run.manifest.period
        return caption_when(period.opening), caption_when(period.closing)

    @property
    def frozen_from(self) -> int:
        """From how many days past due a loan is on non-accrual, as the lender elects."""
        return int(self.run.closing_answers["effective_interest"]["nonaccrual_days_past_due"])

    @property
    def closing_year(self) -> int:
        """The year in which the period ends; at the opening, that before."""
        period = self.run.manifest.period
        return int((period.opening if self.is_opening else period.closing)[:4])

    def held(self, roles: Iterable[str], side: str = "us", *, is_opening: bool = False) -> int:
        """What the accounts of some roles hold at the closing, or the opening, debit positive; under IFRS with what notes
        brought to them."""
        is_opening = is_opening or self.is_opening
        accounts, ids = self._accounts(roles), self.run.manifest.statements
        ledger = self.run.ledgers[ids.opening if is_opening and ids.opening else ids.closing]
        rolled = [one for one in self.run.roll_forward if one.account in accounts] if side == "ifrs" else []
        brought = sum(one.opening_minor if is_opening else one.closing_minor for one in rolled)
        return sum(ledger.get(account, 0) for account in accounts) + brought

    def tie(self, what: str, disclosed_minor: int, roles: Sequence[str], side: str = "us", sign: int = 1) -> tuple[Tie, ...]:
        """What is disclosed against the accounts of some roles; nothing where one of them takes what other roles post, too.

        Where a role has no account there is nothing to hold an amount against: that is a tie that fails, not one left out.
        """
        if disclosed_minor and any(role not in self.run.manifest.posting for role in roles):
            return (Tie(what, disclosed_minor, 0, NOT_TIED),)
        if not self._own(roles) or (self.is_opening and self.run.manifest.statements.opening not in self.run.ledgers):
            return ()
        return (Tie(what, disclosed_minor, sign * self.held(roles, side), IN_ACCOUNTS),)

    def ends(
        self, what: str, opening_minor: int, closing_minor: int, roles: Sequence[str], side: str = "us", sign: int = 1
    ) -> tuple[Tie, ...]:
        """What a roll-forward opens and closes at, each against the accounts of some roles then."""
        ties = self.tie(what, closing_minor, roles, side, sign)
        if not ties or ties[0].against == NOT_TIED or self.run.manifest.statements.opening not in self.run.ledgers:
            return ties
        begun = Tie(f"{what}: opening", opening_minor, sign * self.held(roles, side, is_opening=True), IN_ACCOUNTS)
        return (begun, *ties)

    def stated(self, what: str, disclosed_minor: int, roles: Sequence[str], side: str = "us") -> tuple[Tie, ...]:
        """What is disclosed against the rows of the statements that print the accounts of some roles, signed as printed.

        Where such a row holds an account of something else too, the accounts stand in its place, assets and expenses positive.
        """
        manifest, accounts = self.run.manifest, self._accounts(roles)
        lines = {manifest.accounts[account].line for account in accounts}
        in_income = bool(lines & set(manifest.profit_rows))
        ids = manifest.statements
        statement = self.run.exact.statement((ids.income if in_income else getattr(ids, self.instant)) or "")
        if not self._own(roles) or statement is None or self._others_on(lines, accounts):
            return self.tie(what, disclosed_minor, roles, side)
        rows = [row for line in lines if (row := statement.row(line)) is not None]
        printed = sum(row.amount(IFRS_COLUMN if side == "ifrs" else US_COLUMN) for row in rows)
        return (Tie(what, disclosed_minor, printed, IN_INCOME if in_income else ON_SHEET),)

    def _others_on(self, lines: Collection[str], accounts: Collection[str]) -> bool:
        """Whether accounts beside these have a balance on some lines."""
        manifest = self.run.manifest
        ids = (getattr(manifest.statements, self.instant), manifest.statements.income)
        moved = {account for name in ids if name for account, amount in self.run.ledgers.get(name, {}).items() if amount}
        moved |= {one.account for one in self.run.roll_forward}
        return any(manifest.accounts[one].line in lines for one in moved - set(accounts) if one in manifest.accounts)

    def _own(self, roles: Sequence[str]) -> bool:
        """Whether the accounts of some roles take what these alone post."""
        accounts = self._accounts(roles)
        return bool(accounts) and not accounts & {
            account for role, account in self.run.manifest.posting.items() if role not in roles
        }

    def _accounts(self, roles: Iterable[str]) -> set[str]:
        posting = self.run.manifest.posting
        return {posting[role] for role in roles if role in posting}

    def in_sheet(self, account: str) -> bool:
        """Whether an account is of the balance sheet, retained earnings left out."""
        line = self.run.manifest.accounts[account].line
        return line not in (*self.run.manifest.profit_rows, self.run.manifest.retained_row)

    def columns(self, kind: str) -> frozenset[str]:
        """The columns of the table of a kind's contracts."""
        return frozenset(self.run.measurements(kind).collect_schema().names())

    def sums(self, kind: str, *columns: str) -> dict[str, int]:
        """The sums of some columns of the table of a kind's contracts; a column that it lacks is nil."""
        return self.grouped(kind, (), dict.fromkeys(columns)).get((), dict.fromkeys(columns, 0))

    def grouped(
        self, kind: str, keys: Sequence[str | pl.Expr], sums: Mapping[str, pl.Expr | None]
    ) -> dict[tuple[object, ...], dict[str, int]]:
        """Sums over the contracts of a kind by columns of their table, or over all; None sums the column of the name."""
        import polars as pl

        known, table = self.columns(kind), self.run.measurements(kind)
        named = [
            (one if one is not None else pl.col(name) if name in known else pl.lit(0)).sum().alias(name)
            for name, one in sums.items()
        ]
        frame = (table.group_by(keys).agg(named) if keys else table.select(named)).collect()
        held = frame.columns[: len(keys)]
        return {
            tuple(row[key] for key in held): {name: int(row[name] or 0) for name in sums} for row in frame.iter_rows(named=True)
        }


def added(found: Iterable[Mapping[str, int]], name: str) -> int:
    """One sum over several groups."""
    return sum(one[name] for one in found)


def rolled(
    books: Books, opening: Sequence[int], causes: Mapping[str, Sequence[int]], closing: Sequence[int]
) -> tuple[Row, ...]:
    """Opening, causes and closing by column; what they leave unexplained is a row, so that it is seen. Causes of nil are left
    out."""
    first, last = books.days
    left = [end - begin - sum(moved) for end, begin, *moved in zip(closing, opening, *causes.values(), strict=True)]
    named = {**causes, NOT_EXPLAINED: left}
    moves = (Row(caption, tuple(amounts)) for caption, amounts in named.items() if any(amounts))
    return Row(first, tuple(opening)), *moves, Row(last, tuple(closing), TOTAL)


NOT_EXPLAINED = "Not explained"
"""The row of what a roll-forward does not explain; a tie names it too."""


def explained(title: str, rows: Sequence[Row]) -> Tie:
    """That opening and causes lead to the closing, in the last column."""
    *moves, closing = rows
    said = sum(row.amounts[-1] for row in moves if row.caption != NOT_EXPLAINED)
    return Tie(f"{title}: opening and causes", said, closing.amounts[-1])


def across(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The same rows with a last column that adds up the others."""
    return tuple(Row(row.caption, (*row.amounts, sum(row.amounts)), row.kind, row.form) for row in rows)


def totalled(rows: Sequence[Row], caption: str = "Total") -> tuple[Row, ...]:
    """Rows and what they come to."""
    total = tuple(map(sum, zip(*(row.amounts for row in rows), strict=True)))
    return (*rows, Row(caption, total, TOTAL)) if rows else ()


MOST_ROWS = 30
"""Segments that a table names; the smallest beyond are one row."""


def largest(sizes: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """The segments that a table names, by name, and those that are one row together."""
    ordered = sorted(sizes, key=lambda name: (-abs(sizes[name]), name))
    return sorted(ordered[:MOST_ROWS]), sorted(ordered[MOST_ROWS:])
