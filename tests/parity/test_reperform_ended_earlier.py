"""Closes of contracts that had ended by the opening instant, by one tape or by both, calculated again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest

from gaapbridge.example import write_example
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from tests.parity.awkward_facts import failing_checks, rewrite, write_plan

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
BEFORE = date(2022, 12, 20)


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    """The example lender: its tapes are changed by each test."""
    write_example(tmp_path, loans=60)
    return tmp_path


def of_both(lender: Path, tape: str) -> str:
    """A contract that both tapes show on book and never late."""
    seen = [
        {row["contract_id"] for row in parquet.read_table(path).to_pylist() if row["status"] == "on_book" and is_early(row)}
        for path in (lender / "tapes" / f"{tape}-{day}.parquet" for day in (OPENING, CLOSING))
    ]
    return min(seen[0] & seen[1])


def is_early(row: dict[str, Any]) -> bool:
    """Whether it was issued before the day it is made to leave on, and has never been in default."""
    return row["origination_date"] < BEFORE and row["days_past_due"] == 0 and row["default_date"] is None


def change(lender: Path, tape: str, contract_id: str, days: tuple[date, ...], **changed: Any) -> None:
    """What the tapes of some instants say of a contract, changed."""
    for day in days:
        rewrite(
            lender / "tapes" / f"{tape}-{day}.parquet",
            lambda row: {**row, **changed} if row["contract_id"] == contract_id else row,
        )


def closed(lender: Path) -> tuple[set[str | None], list[dict[str, str | int]]]:
    """Checks that do not hold, and disagreements, of the close from its opening tape."""
    run = close(write_plan(lender / "plan.toml", "changed", {"early_settlement": '"fee_kept"'}))
    found = reperform(run.folder, sample=None)
    return failing_checks(run), [one.as_dict() for one in found.disagreements]


@pytest.mark.campaign
def test_the_example_unchanged(lender: Path) -> None:
    assert closed(lender) == (set(), [])


@pytest.mark.campaign
@pytest.mark.parametrize("status", ["settled_early", "matured"])
@pytest.mark.parametrize("collected", [True, False])
def test_fees_kept_from_before_and_collected_in_the_period_are_cash(lender: Path, status: str, collected: bool) -> None:
    """Owed whole at the opening; at the closing collected to the last of them, or but for one."""
    contract_id = of_both(lender, "guarantees")
    change(lender, "guarantees", contract_id, (OPENING, CLOSING), status=status, exit_date=BEFORE)
    change(lender, "guarantee-fees", contract_id, (OPENING,), collected_minor=0, written_off_minor=0)
    collect(lender, contract_id, all_of_them=collected)
    assert closed(lender) == (set(), [])


def collect(lender: Path, contract_id: str, *, all_of_them: bool) -> None:
    """The fees of a guarantee collected at the closing, all of them or all but the last."""
    path = lender / "tapes" / f"guarantee-fees-{CLOSING}.parquet"
    dues = [row["due_date"] for row in parquet.read_table(path).to_pylist() if row["contract_id"] == contract_id]

    def collected(row: dict[str, Any]) -> dict[str, Any]:
        if row["contract_id"] != contract_id:
            return row
        paid = row["fee_minor"] if all_of_them or row["due_date"] < max(dues) else 0
        return {**row, "collected_minor": paid, "written_off_minor": 0}

    rewrite(path, collected)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("tape", "status"),
    [
        ("loans", "prepaid"),
        ("loans", "written_off"),
        ("guarantees", "settled_early"),
        ("guarantees", "paid_out"),
    ],
)
def test_on_book_at_the_opening_and_gone_before_by_the_closing_tape_is_lost(lender: Path, tape: str, status: str) -> None:
    contract_id = of_both(lender, tape)
    paid = {"paid_out_minor": 5_000} if status == "paid_out" else {}
    change(lender, tape, contract_id, (CLOSING,), status=status, exit_date=BEFORE, **paid)
    assert closed(lender) == (set(), [])
