"""What the contracts of one kind come to: totals by path and stage, and both frameworks measured directly beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from gaapbridge.contracts.movements import MovementTable
from gaapbridge.contracts.totals import Totals
from gaapbridge.difference import SIDES, Note, Sums
from gaapbridge.terms.finding import Finding

if TYPE_CHECKING:
    from gaapbridge.contracts.hindsight import Hindsight  # compiled: loaded only where contracts are measured


@dataclass(frozen=True)
class Side:
    """One framework, all contracts of a kind, debit positive, by posting role and in it by part.

    Balances at both instants, and what the period took through income (revenue below nil, expense above); ``memoranda`` are
    amounts a ledger needs besides.
    """

    opening: Mapping[str, Mapping[str, int]]
    closing: Mapping[str, Mapping[str, int]]
    income: Mapping[str, Mapping[str, int]]
    memoranda: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Measured:
    """All contracts of one kind, by two paths: totals, whose ``sums`` the journals read, and the table of contracts added
    up.

    ``hindsight`` is there where an opening expected losses of them; ``keyed`` are totals for disclosures,
    ``findings`` what only all contracts together show. ``unstated`` says by income role why it is not known of what came in
    in the period.
    """

    kind: str
    totals: Totals
    sums: Sums
    us: Side
    ifrs: Side
    tables: tuple[MovementTable, ...]
    hindsight: Hindsight | None = None
    keyed: Sequence[Mapping[str, object]] = ()
    findings: Sequence[Finding] = ()
    unstated: Mapping[str, str] = field(default_factory=dict)

    def owned(self, note: Note, instant: str, besides: str | None = None) -> int:
        """What a note owns of these contracts at an instant, but for one role: IFRS less US GAAP, debit positive."""
        us, ifrs = getattr(self.us, instant), getattr(self.ifrs, instant)
        roles = [role for role in note.balances.get(self.kind, ()) if role != besides]
        return sum(ifrs[role][part] - us[role][part] for role in roles for part in us[role] if note.owns(role, part))


Expressions = Mapping[str, Mapping[str, pl.Expr]]
"""Debit-positive amounts of a contract: by posting role, and in it by the part that a note may own (``Note.parts``)."""

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

    def income(self, framework: str, answers: Answers) -> Expressions: ...

    def memoranda(self, framework: str) -> Expressions: ...


def undivided(amounts: Mapping[str, pl.Expr]) -> dict[str, dict[str, pl.Expr]]:
    """Amounts by role of which each is one note's: one part, called as the role."""
    return {role: {role: amount} for role, amount in amounts.items()}


Place = tuple[str, str, str, str]
"""Where an amount of a contract measured directly stands: framework, field of ``Side``, posting role and part."""


def directly(direct: Direct, answers: Answers) -> dict[Place, pl.Expr]:
    """Every amount of a contract by both frameworks, measured directly."""
    return {
        (framework, field, role, part): amount
        for framework in SIDES
        for field, by_role in _fields(direct, framework, answers).items()
        for role, parts in by_role.items()
        for part, amount in parts.items()
    }


def both_sides(amounts: Mapping[Place, int]) -> tuple[Side, Side]:
    """US GAAP and IFRS from the sums of their amounts."""
    summed: dict[str, dict[str, dict[str, dict[str, int]]]] = {
        framework: {sums: {} for sums in ("opening", "closing", "income", "memoranda")} for framework in SIDES
    }
    for (framework, sums, role, part), amount in amounts.items():
        summed[framework][sums].setdefault(role, {})[part] = amount
    return Side(**summed["us"]), Side(**summed["ifrs"])


def _fields(direct: Direct, framework: str, answers: Answers) -> dict[str, Expressions]:
    return {
        **{instant: direct.balances(framework, prefix) for instant, prefix in STATES.items()},
        "income": direct.income(framework, answers),
        "memoranda": direct.memoranda(framework),
    }


Both = tuple[Expressions, Expressions]
"""The same amounts under US GAAP and under IFRS."""


def sides_of(direct: Direct, instant: str, answers: Answers) -> tuple[Both, Both]:
    """Income of the period and balances at an instant, from which contributions to every role are told: to build them
    anew for each takes longer than to sum them."""
    us, ifrs = SIDES
    return (
        (direct.income(us, answers), direct.income(ifrs, answers)),
        (direct.balances(us, STATES[instant]), direct.balances(ifrs, STATES[instant])),
    )


def contribution(sides: Sequence[Both], note: Note, role: str) -> pl.Expr | None:
    """Debit-positive amount that one contract contributes to a role in a note's column; None where its kind has none.

    IFRS less US GAAP of the parts that the note owns, of ``sides_of`` an instant: income of the period, or a balance.
    """
    for us, ifrs in sides:
        if role in ifrs:
            return _owned(ifrs[role], note, role) - _owned(us[role], note, role)
    return None


def _owned(parts: Mapping[str, pl.Expr], note: Note, role: str) -> pl.Expr:
    """The parts of a role that a note owns; nil where there are none."""
    return pl.sum_horizontal(pl.lit(0, pl.Int64), *(amount for part, amount in parts.items() if note.owns(role, part)))


def over_all(measured: Sequence[Measured], framework: str, part: str) -> dict[str, int]:
    """A part of ``Side`` (``opening``, ``closing``, ``income``) over all kinds of contracts, by role."""
    added: dict[str, int] = {}
    for one in measured:
        amounts: Mapping[str, Mapping[str, int]] = getattr(getattr(one, framework), part)
        for role, parts in amounts.items():
            added[role] = added.get(role, 0) + sum(parts.values())
    return added
