"""What the contracts of one kind come to: totals by path and stage, and both frameworks measured directly beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from gaapbridge.contracts.movements import MovementTable
from gaapbridge.contracts.totals import Totals
from gaapbridge.difference import SIDES, Note


@dataclass(frozen=True)
class Side:
    """One framework, all contracts of a kind, by posting role and debit positive: balances at both instants, and what the
    period took through income (revenue below nil, expense above). ``memoranda`` are amounts a ledger needs besides.
    """

    opening: Mapping[str, int]
    closing: Mapping[str, int]
    income: Mapping[str, int]
    memoranda: Mapping[str, int]


@dataclass(frozen=True)
class Measured:
    """All contracts of one kind, by two paths: totals, which the journals read, and sums of the per-contract table."""

    kind: str
    totals: Totals
    us: Side
    ifrs: Side
    tables: tuple[MovementTable, ...]


Expressions = Mapping[str, pl.Expr]
"""Debit-positive amounts of a contract, by posting role."""

Income = Mapping[str, Expressions]
"""What a contract took through income: by role, and in it by the part that a note may own (``Note.parts``)."""

Answers = Mapping[str, Mapping[str, Any]]
"""The answers of a plan to its elections, by note."""

STATES = {"opening": "opening_", "closing": ""}
"""What the columns of a table of contracts begin with, by instant."""


class Direct(Protocol):
    """The module of a kind that measures a contract directly, as expressions over its row in the table of contracts.

    ``balances`` by role at a state (``""`` closing, ``opening_``); ``income`` of the period, revenue below nil, expense above;
    ``memoranda`` are amounts a ledger needs besides.
    """

    def balances(self, framework: str, state: str) -> Expressions: ...

    def income(self, framework: str, answers: Answers) -> Income: ...

    def memoranda(self, framework: str) -> Expressions: ...


def measured_directly(direct: Direct, table: Path, answers: Answers) -> tuple[Side, Side]:
    """Both frameworks as whole-number sums over a table of contracts, in one reading of all its parts."""
    wanted = {
        f"{framework} {part} {role}": amount.sum()
        for framework in SIDES
        for part, amounts in _parts(direct, framework, answers).items()
        for role, amount in amounts.items()
    }
    parts = pl.scan_parquet(table / "*.parquet")
    found = parts.select(amount.alias(name) for name, amount in wanted.items()).collect().row(0, named=True)
    summed: dict[str, dict[str, dict[str, int]]] = {
        framework: {part: {} for part in ("opening", "closing", "income", "memoranda")} for framework in SIDES
    }
    for name, amount in found.items():
        framework, part, role = name.split(" ")
        summed[framework][part][role] = int(amount)
    return Side(**summed["us"]), Side(**summed["ifrs"])


def _parts(direct: Direct, framework: str, answers: Answers) -> dict[str, Expressions]:
    income = direct.income(framework, answers)
    return {
        **{instant: direct.balances(framework, prefix) for instant, prefix in STATES.items()},
        "income": {role: pl.sum_horizontal(parts.values()) for role, parts in income.items()},
        "memoranda": direct.memoranda(framework),
    }


def contribution(direct: Direct, note: Note, role: str, instant: str, answers: Answers) -> pl.Expr | None:
    """Debit-positive amount that one contract contributes to a role in a note's column; None where its kind has none.

    For balances IFRS less US GAAP at the instant; for income what the parts that the note owns took through it in the period.
    """
    us, ifrs = (direct.income(framework, answers) for framework in SIDES)
    if role in ifrs:
        return _owned(ifrs[role], note.parts.get(role)) - _owned(us[role], note.parts.get(role))
    before, after = (direct.balances(framework, STATES[instant]) for framework in SIDES)
    return after[role] - before[role] if role in after else None


def _owned(parts: Expressions, names: Sequence[str] | None) -> pl.Expr:
    """Parts of an income role, those of some names or all; nil where there are none."""
    nil = pl.lit(0, pl.Int64)
    return pl.sum_horizontal(nil, *(amount for name, amount in parts.items() if names is None or name in names))


def over_all(measured: Sequence[Measured], framework: str, part: str) -> dict[str, int]:
    """A part of ``Side`` (``opening``, ``closing``, ``income``) over all kinds of contracts, by role."""
    added: dict[str, int] = {}
    for one in measured:
        amounts: Mapping[str, int] = getattr(getattr(one, framework), part)
        for role, amount in amounts.items():
            added[role] = added.get(role, 0) + amount
    return added
