"""The second path adds up columns first and evaluates its expressions over the sums: the same as contract by contract."""

from functools import reduce
from operator import add
from types import ModuleType

import numpy as np
import polars as pl
import pytest

from gaapbridge.contracts.added_up import SecondPath
from gaapbridge.contracts.awards import direct as awards
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.exact_sums import ExactSums, whole
from gaapbridge.contracts.guarantees import direct as guarantees
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.loans import direct as loans
from gaapbridge.difference import PATHS
from gaapbridge.differences.share_based_compensation import EXPENSE_ROLES
from gaapbridge.plan import read_plan

CONTRACTS = 400
DIRECT = {"loans": loans, "guarantees": guarantees, "awards": awards}


@pytest.mark.parametrize("shown", ["by_flow", "net_in_provision"])
@pytest.mark.parametrize(("kind", "direct"), DIRECT.items())
def test_the_sums_of_its_expressions_are_those_expressions_of_sums(
    kind: str, direct: ModuleType, shown: str, starter_copy
) -> None:
    """An expression that did more than add and subtract amounts, of contracts that other columns tell apart, would differ."""
    answers = read_plan(starter_copy / "plan.toml", DECLARED).closing_answers
    guarantee = {**answers["financial_guarantee"], "guarantee_income": shown}
    second = SecondPath.of(KINDS[kind], direct, {**answers, "financial_guarantee": guarantee})
    columns = sorted({name for amount in second.sums.values() for name in amount.meta.root_names()})
    drawn = np.random.default_rng(7)
    told_apart = {
        "path": drawn.choice(PATHS, CONTRACTS),
        "related_party": drawn.random(CONTRACTS) < 0.5,
        "segment": drawn.choice(sorted(EXPENSE_ROLES), CONTRACTS),
    }
    table = pl.DataFrame({name: told_apart.get(name, drawn.integers(-(2**40), 2**40, CONTRACTS)) for name in columns})
    by_contract = table.select(second.sums.values()).row(0)
    parts = map(second.add_up, (table.head(7), table.slice(7, 300), table.slice(307)))
    assert tuple(second.amounts(reduce(add, parts)).values()) == by_contract
    assert any(by_contract)


def test_sums_are_exact_at_the_ends_of_what_a_column_holds() -> None:
    ends = [2**63 - 1, -(2**63), -1, 0, 2**32, 2**32 - 1, 2**63 - 1]
    table = pl.DataFrame({"sort": ["a", "b", "a", "b", "a", "b", "a"], "amount": ends})
    sums = ExactSums.of(table, ["sort", "amount"])
    twice = sums + ExactSums.of(table.filter(sort="a"), ["sort", "amount"])
    told = {sort: whole(*(int(half[0]) for half in halves)) for (sort,), halves in twice.halves.items()}
    assert told == {"a": 2 * (ends[0] + ends[2] + ends[4] + ends[6]), "b": ends[1] + ends[3] + ends[5]}
    assert twice.contracts == {("a",): 8, ("b",): 3}
