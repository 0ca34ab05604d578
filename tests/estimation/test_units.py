"""Outcomes in another unit than balances: no figure is made of them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import gaapbridge
from gaapbridge.estimation.units import Units, refuse_another_unit
from gaapbridge.terms.errors import UnusableInput
from tests.estimation.lender import write_history
from tests.estimation.test_charge_offs_read import START
from tests.estimation.test_history_reading import LONG, MARCH, read, row


def with_amounts(folder: Path, times: float, what: tuple[str, ...]) -> Path:
    """The plan of ten guarantees that were paid out, amounts of some outcomes so many times what they were."""
    write_history(folder)
    outcomes = pl.read_csv(folder / "payouts.csv")
    other = (pl.col("amount_minor") * times).cast(pl.Int64)
    amount = pl.when(pl.col("what").is_in(what)).then(other).otherwise("amount_minor")
    outcomes.with_columns(amount_minor=amount).write_csv(folder / "payouts.csv")
    plan = folder / "guarantees.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("\nfindings = 0", "\nfindings = 99"), encoding="utf-8")
    return plan


@pytest.mark.parametrize(
    ("times", "what", "said"),
    [
        (0.01, ("payout", "recovery"), "10 of 10 charge-offs are a 50th of what was owed, or less"),
        (100, ("recovery",), "recoveries of 10 of 10 contracts are more than 10 times the charge-off"),
        (100, ("payout", "recovery"), "what was charged off or paid out is at most 50 times what the contract ever owed"),
    ],
)
def test_outcomes_in_another_unit_are_refused(tmp_path: Path, times: float, what: tuple[str, ...], said: str) -> None:
    plan = with_amounts(tmp_path, times, what)
    with pytest.raises(UnusableInput, match=said):
        gaapbridge.estimate(plan)
    assert not (tmp_path / "curves").exists()


def test_units_that_the_plan_states_are_read(tmp_path: Path) -> None:
    """The same outcomes in yuan, and said to be: the tables of those in fen."""
    tables = []
    for name, times, amounts in (("fen", 1, "minor"), ("yuan", 0.01, "major")):
        plan = with_amounts(tmp_path / name, times, ("payout", "recovery"))
        text = plan.read_text(encoding="utf-8")
        stated = f'path = "payouts.csv"\namounts = "{amounts}"'
        plan.write_text(text.replace('path = "payouts.csv"\namounts = "minor"', stated), encoding="utf-8")
        gaapbridge.estimate(plan)
        folder = plan.parent / "curves" / "guarantees"
        tables.append([(folder / f"{one}.csv").read_bytes() for one in ("loss_given_default", "recovery")])
    assert tables[0] == tables[1]


@pytest.mark.parametrize(("amount", "good"), [(35_000, True), (35_001, False)])
def test_a_charge_off_that_cannot_be_is_rejected(tmp_path: Path, amount: int, good: bool) -> None:
    """700 was ever owed; what is rejected is not used: all that was owed last is lost."""
    rows = START + row("A", MARCH, 0, status="charged_off") + LONG
    history = read(tmp_path, rows, outcomes=f"A,{MARCH},charge_off,{amount}\n")
    assert sum(one.height for one in history.read["outcomes"].rejects) == (0 if good else 1)
    (months,) = history.months()
    assert months.written_off_minor.sum() == (amount if good else 600)


def test_few_and_halves_say_nothing() -> None:
    for units in (Units(9, 9, 9, 9), Units(10, 5, 10, 5), Units(), Units(2, 1, 30, 15) + Units(8, 4)):
        refuse_another_unit(units, "loans", "outcomes.csv")
    with pytest.raises(UnusableInput, match="6 of 10 charge-offs"):
        refuse_another_unit(Units(5, 3) + Units(5, 3), "loans", "outcomes.csv")
