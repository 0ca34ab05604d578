"""What was measured under US GAAP and moved between two runs, where the ledger, which is the US GAAP column, did not.

A changed answer of US GAAP moves what is measured, and no balance of the ledger until it is booked: the adjustment moves by as
much the other way, and IFRS with the column it starts from (R9 says by how much the two differ).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from gaapbridge.run.reader import Run

SUB_LEDGER = "R9"


@dataclass(frozen=True)
class Unbooked:
    """What an account of a statement holds as measured under US GAAP in either run, minor units, debit positive."""

    statement: str
    account: str
    name: str
    old_minor: int
    new_minor: int

    @property
    def difference_minor(self) -> int:
        """New less old."""
        return self.new_minor - self.old_minor

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {**asdict(self), "difference_minor": self.difference_minor}


def unbooked_between(old: Run, new: Run) -> tuple[Unbooked, ...]:
    """The accounts of which other amounts were measured in runs of one period, by statement; of a statement in which the
    ledger moved by as much together none, for there it was booked.

    An allowance of 256,093 becomes 242,157 where 24 months are supportable for 12, and the ledger has 223,011 in both.
    """
    if old.manifest.period != new.manifest.period:
        return ()
    return tuple(one for name in _statements(new) for one in _of_statement(old, new, name))


def _of_statement(old: Run, new: Run, statement: str) -> Iterator[Unbooked]:
    before, after = (_measured(run, statement) for run in (old, new))
    both = [account for account in after if account in before]
    measured, booked = (sum(after[account][place] - before[account][place] for account in both) for place in (0, 1))
    if measured != booked:
        for account in both:
            was, now = before[account][0], after[account][0]
            if was != now:
                yield Unbooked(statement, account, new.manifest.accounts[account].name, was, now)


def _measured(run: Run, statement: str) -> dict[str, tuple[int, int]]:
    """By account what was measured of the contracts, and what the ledger has."""
    checks = (one for one in run.listed.checks if one.check == SUB_LEDGER and one.statement == statement)
    return {str(one.row): (one.expected, one.actual) for one in checks}


def _statements(run: Run) -> dict[str, None]:
    return dict.fromkeys(str(one.statement) for one in run.listed.checks if one.check == SUB_LEDGER)
