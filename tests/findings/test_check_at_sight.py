"""What ``check`` finds of tapes and ledgers before anything is measured: instalments of another loan, cash below nil."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.starter import write_starter


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    """The starter's lender."""
    return write_starter(tmp_path / "lender").folder


def change(path: Path, key: str, changes: Mapping[str, Mapping[str, object]]) -> None:
    """Rows of a file changed, by the column that identifies them."""
    rows = pl.read_csv(path, infer_schema=False)
    for name in {name for row in changes.values() for name in row} - {*rows.columns}:
        rows = rows.with_columns(pl.lit("").alias(name))
    for row, cells in changes.items():
        of_row = pl.col(key) == row
        rows = rows.with_columns(
            pl.when(of_row).then(pl.lit(str(cell))).otherwise(name).alias(name) for name, cell in cells.items()
        )
    rows.write_csv(path)


def found(lender: Path) -> list[tuple[str, str, int | None]]:
    return [(one.name, one.where, one.amount_minor) for one in check(lender / "plan.toml").findings]


FAR = [("instalment far from the term", "loan/LOAN-2", 5_174_662)]


@pytest.mark.parametrize(
    ("instalment", "expected"),
    [("100000", FAR), ("36", FAR), ("1066185", []), ("540000", []), ("2130000", []), ("2140000", FAR)],
)
def test_an_instalment_of_another_loan_is_found(instalment: str, expected: list[object], lender: Path) -> None:
    """120,000.00 over twelve months at 1 % are repaid by 10,661.85 a month: below half, or above twice, it is another's."""
    tape = lender / "tapes/loans-2023-12-31.csv"
    change(tape, "contract_id", {"LOAN-2": {"instalment_minor": instalment}})
    assert found(lender) == expected


def test_an_instalment_that_was_modified_is_not(lender: Path) -> None:
    """What was agreed anew has other terms than principal, rate and term at origination say."""
    change(lender / "tapes/loans-2023-12-31.csv", "contract_id", {"LOAN-2": {"instalment_minor": "100000"}})
    events = next((lender / "tapes").glob("loan-events-*.csv"))
    header = events.read_text(encoding="utf-8").splitlines()[0].split(",")
    row = {"contract_id": "LOAN-2", "event_date": "2023-06-15", "kind": "modification"}
    with events.open("a", encoding="utf-8") as stream:
        stream.write(",".join(row.get(name, "0") for name in header) + "\n")
    assert found(lender) == []


@pytest.mark.parametrize(
    ("cash", "expected"),
    [
        (16_000_000, [("cash is overdrawn", "trial_balance.closing/1002, 1001", -1_751_705)]),
        (17_751_705, []),
    ],
)
def test_cash_below_nil_is_found(cash: int, expected: list[object], lender: Path) -> None:
    """1002 takes what loans bring and is in credit beside 1001 of the bank: both are one amount of cash."""
    capital = 50_000_000 - 48_765_382 + cash
    ledger = lender / "ledger/trial-balance-2023-12-31.csv"
    change(ledger, "account", {"1001": {"debit_minor": cash}, "4001": {"credit_minor": capital}})
    assert found(lender) == expected


def test_cash_of_a_bank_by_any_name_is_not_below_nil(lender: Path) -> None:
    """What else is on the row of cash in the statement makes up what the clearing account is below nil."""
    change(lender / "ledger/trial-balance-2023-12-31.csv", "account", {"1001": {"name": "Correspondents"}})
    assert found(lender) == []
