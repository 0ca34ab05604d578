"""The second path: the table of contracts added up by expressions of its own, never through totals or journals.

A worker adds up the columns of a range once its part of the table is written, by what tells contracts apart in the expressions.
These are evaluated once, over the sums of all ranges: of the contracts that a condition does not tell apart, the sum of an
expression is that expression of the sums. The sums are whole numbers of any size, so how ranges are cut changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from gaapbridge.contracts.exact_sums import ExactSums, whole
from gaapbridge.contracts.keyed import Keyed, balances_of, keyed_sums, told_apart_at
from gaapbridge.contracts.kind import Kind
from gaapbridge.contracts.like_for_like import ByCurves
from gaapbridge.contracts.measured import Answers, Direct, Place, directly


@dataclass(frozen=True)
class AddedUp:
    """What some contracts come to by their table: sums of its columns, and how many are compared by their curves alone."""

    sums: ExactSums
    by_curves: ByCurves

    def __add__(self, other: AddedUp) -> AddedUp:
        return AddedUp(self.sums + other.sums, self.by_curves + other.by_curves)


@dataclass(frozen=True)
class SecondPath:
    """How the table of a kind is added up, as plain data: sums of both frameworks' amounts as expressions over its rows, built
    once for all ranges, and by instant the columns of its balances. Each expression adds and subtracts columns of amounts, of
    all contracts or of those that others tell apart: nothing else of it could be taken of sums."""

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
        columns = [name for name in table.columns if name in self._asked or name in self._keys]
        return AddedUp(ExactSums.of(table, columns, self._keys), ByCurves.of(table))

    @cached_property
    def _asked(self) -> set[str]:
        """The columns that its expressions and balances are of."""
        of_expressions = {name for amount in self.sums.values() for name in amount.meta.root_names()}
        return of_expressions.union(*(columns.values() for columns in self.balances.values()))

    @cached_property
    def _keys(self) -> set[str]:
        """The columns by which balances are totalled."""
        return {name for instant in self.balances for name in told_apart_at(instant)}

    def amounts(self, added: AddedUp) -> dict[Place, int]:
        """What is measured directly, summed over the contracts that were added up."""
        upper, lower = (table.select(self.sums.values()).row(0) for table in added.sums.as_tables())
        return dict(zip(self.sums, map(whole, upper, lower), strict=True))

    def keyed(self, added: AddedUp) -> Keyed:
        """Their totals by key."""
        return keyed_sums(self.balances, added.sums)
