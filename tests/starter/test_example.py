"""The starter plan closes unedited: every note, both instants, a ledger that agrees, and figures worked out by hand."""

import json

import polars as pl
import pytest

from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.starter.plan_text import notes_in_order


def test_the_unedited_close_is_clean(closed: Run) -> None:
    assert closed.exit_code == 0
    assert [check.id for check in closed.listed.checks if not check.holds] == []
    assert (closed.listed.findings, closed.rejected_rows) == ((), 0)


def test_the_ledger_is_agreed_at_both_instants(closed: Run) -> None:
    agreed = {(check.check, check.statement) for check in closed.listed.checks if check.check in ("R9", "R10")}
    assert agreed == {
        ("R9", "bs-2022"), ("R9", "bs-2023"),
        ("R10", "bs-2022"), ("R10", "bs-2023"), ("R10", "is-2023"),
    }  # fmt: skip
    left = json.loads((closed.folder / "not_checked.json").read_text())
    reasons = "no rate, no cash of guarantees, too few contracts, awards in salaries"
    assert {one["check"] for one in left} <= {"R6", "R16", "R17", "R19"}, reasons


def test_every_column_moves_in_every_statement(closed: Run) -> None:
    exact = json.loads((closed.folder / "exact.json").read_text())
    columns = [column["id"] for column in exact["columns"]]
    assert columns == [folder.note.column for folder in notes_in_order()]
    for statement in exact["statements"]:
        moved = {column for row in statement["rows"] for column, amount in row["adj"].items() if amount}
        assert moved == set(columns), statement["id"]


def test_the_independent_calculator_agrees(closed: Run) -> None:
    again = reperform(closed.folder, sample=25)
    assert again.figures_compared > 100 and again.disagreements == ()


@pytest.mark.parametrize(
    ("kind", "contract", "column", "amount_minor"),
    [
        # 36 instalments of 1,000,000: 18 are due after the closing of 2023, 6 of them after that of 2024
        ("loans", "LOAN-1", "closing_principal", 18_000_000),
        ("loans", "LOAN-1", "closing_principal_non_current", 6_000_000),
        # fair value 336,000; 5 of 12 fees still to come; 199 of 366 days covered: 336,000 - 182,689
        ("guarantees", "GUARANTEE-2", "us_fee_receivable", 140_000),
        ("guarantees", "GUARANTEE-2", "us_stand_ready", 153_311),
        # the fee of 31,000 collected on 15 December covers 31 days, 15 of them in January
        ("guarantees", "GUARANTEE-2", "ifrs_contract_liability", 15_000),
        # 7,600 units at 5.00; 639 of 1,461 days: 3,800,000 x 639 / 1,461
        ("awards", "AWARD-1", "us_cumulative_cost", 1_662_012),
    ],
)
def test_a_figure_worked_out_by_hand(closed: Run, kind: str, contract: str, column: str, amount_minor: int) -> None:
    table = pl.read_parquet(closed.folder / "measurements" / kind / "*.parquet")
    assert table.filter(pl.col("contract_id") == contract)[column].to_list() == [amount_minor]


def test_the_loan_past_due_is_in_stage_2(closed: Run) -> None:
    table = pl.read_parquet(closed.folder / "measurements" / "loans" / "*.parquet")
    stages = dict(table.select("contract_id", "stage_closing").iter_rows())
    assert (stages["LOAN-1"], stages["LOAN-2"]) == (1, 2)
