"""What the contracts of one kind come to: totals by path and stage, and both frameworks measured directly beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gaapbridge.contracts.movements import MovementTable
from gaapbridge.contracts.totals import Totals


@dataclass(frozen=True)
class Direct:
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
    us: Direct
    ifrs: Direct
    tables: tuple[MovementTable, ...]


def detail_path(folder: Path, kind: str) -> Path:
    """The per-contract table of one kind in a run folder."""
    return folder / "measurements" / kind / "part-00000.parquet"


Expressions = Mapping[str, Mapping[str, pl.Expr]]
"""What to add up over a per-contract table: ``opening``, ``closing``, ``income`` and ``memoranda``, each by role."""


def directly(table: Path, us: Expressions, ifrs: Expressions) -> tuple[Direct, Direct]:
    """Both frameworks as whole-number sums over a per-contract table, in one reading of it."""
    wanted = {
        f"{framework} {part} {role}": amount.sum()
        for framework, parts in (("us", us), ("ifrs", ifrs))
        for part, amounts in parts.items()
        for role, amount in amounts.items()
    }
    found = pl.scan_parquet(table).select(amount.alias(name) for name, amount in wanted.items()).collect().row(0, named=True)
    summed: dict[str, dict[str, dict[str, int]]] = {
        framework: {part: {} for part in ("opening", "closing", "income", "memoranda")} for framework in ("us", "ifrs")
    }
    for name, amount in found.items():
        framework, part, role = name.split(" ")
        summed[framework][part][role] = int(amount)
    return Direct(**summed["us"]), Direct(**summed["ifrs"])


def over_all(measured: Sequence[Measured], framework: str, part: str) -> dict[str, int]:
    """A part of ``Direct`` (``opening``, ``closing``, ``income``) over all kinds of contracts, by role."""
    added: dict[str, int] = {}
    for one in measured:
        amounts: Mapping[str, int] = getattr(getattr(one, framework), part)
        for role, amount in amounts.items():
            added[role] = added.get(role, 0) + amount
    return added
