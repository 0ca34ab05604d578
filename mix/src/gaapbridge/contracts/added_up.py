"""The second path: the table of contracts added up by expressions of its own, never through totals or journals.

A worker adds up the rows of a range once its part of the table is written. The sums are whole numbers of any size, so how
ranges are cut changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from gaapbridge.contracts.keyed import Keyed, balances_of, keyed_sums, keyed_together
from gaapbridge.contracts.kind import Kind
from gaapbridge.contracts.like_for_like import ByCurves
from gaapbridge.contracts.measured import Answers, Direct, Place, directly


@dataclass(frozen=True)
class AddedUp:
    """What some contracts come to by their table: sums of what is measured directly, totals by key, and how many are compared
    by their curves alone."""

    amounts: Mapping[Place, int]
    keyed: Keyed
    by_curves: ByCurves

    def __add__(self, other: AddedUp) -> AddedUp:
        amounts = {place: amount + other.amounts[place] for place, amount in self.amounts.items()}
        return AddedUp(amounts, keyed_together(self.keyed, other.keyed), self.by_curves + other.by_curves)


@dataclass(frozen=True)
class SecondPath:
    """How the table of a kind is added up, as plain data: sums of both frameworks' amounts as expressions over its rows, built
    once for all ranges, and by instant the columns of its balances."""

    sums: Mapping[Place, pl.Expr]
    balances: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, kind: Kind, direct: Direct, answers: Answers) -> SecondPath:
        """That of a kind under a plan's ``answers``."""
        amounts = directly(direct, answers)
        sums = {place: amount.cast(pl.Int128).sum().alias(" ".join(place)) for place, amount in amounts.items()}
        return cls(sums, balances_of(kind))  # a sum of int64 would wrap without a word

    def add_up(self, table: pl.DataFrame) -> AddedUp:
        """What the contracts of a table come to."""
        amounts = table.lazy().select(self.sums.values()).collect().row(0)
        return AddedUp(dict(zip(self.sums, amounts, strict=True)), keyed_sums(self.balances, table), ByCurves.of(table))
