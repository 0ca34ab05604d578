"""A file of amounts that no contract measures, read whole: its good rows, and all that is wrong with it in one refusal.

Nothing can be left out of a journal, so no row is rejected for the rest to go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.plan import Plan
from gaapbridge.plan.given import AdjustmentsFile, GivenNote
from gaapbridge.tapes.checks import check
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Circumstances, Schema
from gaapbridge.terms.errors import UnusableInput, nearest

MOST_TOLD = 20
"""Faults of a file that one refusal names."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row."""

    row: int
    column: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column} {self.value}: {self.rule}"


@dataclass
class GivenFile:
    """The good rows of a file by column, each with its number as ``row``, and the faults found so far."""

    name: str
    rows: list[dict[str, Any]]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: dict[str, Any], column: str, rule: str, remedy: str) -> None:
        """Note what is wrong with a row, to go on looking."""
        self.faults.append(Fault(row["row"], column, str(row[column] or ""), rule, remedy))

    def refuse_faults(self) -> None:
        """Raise ``UnusableInput`` that names every fault found, the first in full."""
        for refusal in self.refusals():
            raise refusal

    def refusals(self) -> list[UnusableInput]:
        """One refusal that names every fault found, the first in full; none where there is no fault."""
        if not self.faults:
            return []
        first, *others = sorted(self.faults, key=lambda fault: fault.row)
        told = "; ".join(map(str, others[: MOST_TOLD - 1]))
        more = f" (and {len(others)} more: {told}{'; ...' if len(others) >= MOST_TOLD else ''})" if others else ""
        refusal = UnusableInput(
            file=self.name, row=str(first.row), column=first.column, value=first.value, rule=f"{first.rule}{more}",
            remedy=first.remedy,
        )  # fmt: skip
        return [refusal]


def read_given_file(plan: Plan, path: Path, schema: Schema, stated: GivenNote | AdjustmentsFile, table: str) -> GivenFile:
    """The rows of a file, and what its schema finds wrong with them; ``table`` is that of the plan which names it."""
    source = open_tape(
        path, schema, amounts=stated.amounts, minor_digits=plan.entity.minor_digits, columns=stated.columns,
        ignore=stated.ignore, read=stated.read, currency=plan.entity.currency, file=plan.name_of(path),
        mapped_in=f"{table}.columns",
    )  # fmt: skip
    checked = check(source.whole(), schema, Circumstances(), source.file)
    return GivenFile(source.file, list(checked.good.iter_rows(named=True)), list(_faults(checked.rejects)))


def _faults(rejects: pl.DataFrame) -> Iterator[Fault]:
    for row, column, value, rule, remedy in rejects.select("row", "column", "value", "rule", "remedy").iter_rows():
        yield Fault(row, column, value, rule, remedy)


def check_account(plan: Plan, file: GivenFile, row: dict[str, Any], known: frozenset[str], what: str) -> bool:
    """Whether a row is on an account that it may touch, in the row of the statement that it says."""
    account, line = row["account"], row["line"]
    if account not in known:
        near = " or ".join(nearest(account, known))
        file.fault(
            row, "account", f"the account is {what}", f"did you mean {near}?" if near else f"known: {', '.join(sorted(known))}"
        )
        return False
    carried = plan.accounts[account].line
    if line is not None and line != carried:
        file.fault(
            row, "line", f"account {account} is carried in the row {carried}", f"correct the row, or accounts.{account}.line"
        )
        return False
    return True
