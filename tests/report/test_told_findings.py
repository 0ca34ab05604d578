"""Findings in the currency: an amount in a sentence as one in its cell, and nothing of a run's own names in a header."""

from __future__ import annotations

from pathlib import Path

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.period_close.right_ledger import _Accounts, _retained_earnings
from gaapbridge.plan import read_plan
from gaapbridge.report.told.findings import InCurrency, told_findings, told_rejects
from gaapbridge.starter import write_starter


def test_every_amount_of_a_sentence_is_in_the_currency(tmp_path: Path) -> None:
    """400,000.00 of retained earnings, 138,865.59 of profit closed to them, 650,000.00 found: 111,134.41 too much."""
    plan = read_plan(write_starter(tmp_path / "lender").plan, DECLARED)
    accounts = _Accounts(income=("6001",), retained=("4104",))
    opening, closing = {"4104": -40_000_000, "6001": -13_886_559}, {"4104": -65_000_000}
    assert plan.trial_balance is not None
    check = _retained_earnings(plan, plan.trial_balance, accounts, opening, closing)

    (table,) = told_findings([check.as_finding("")], [check], InCurrency("USD", 2), lambda minor: minor / 100)
    ((_, _, amount, unit, why, *_),) = table.rows
    assert (amount, unit) == (-111_134.41, "USD")
    assert why == (
        "expected USD (538,865.59), found USD (650,000.00); credit USD 400,000.00 at the opening, USD 138,865.59 profit of the "
        "year that ended, USD 0.00 declared, USD 650,000.00 at the closing"
    )
    assert "40,000,000 minor units at the opening" in check.figures


def test_a_currency_without_decimals_and_counts_are_as_they_are() -> None:
    """1,500 yen are 1,500; twelve defaults are no amount, nor is an account's number."""
    told = "owed at 12 defaults on account 12900; chance explains 1,500 minor units to 2,000 minor units"
    assert InCurrency("JPY", 0).text(told) == "owed at 12 defaults on account 12900; chance explains JPY 1,500 to JPY 2,000"


def test_rejected_rows_are_headed_in_words() -> None:
    """The run calls them contract_id and amount_minor; a reader's amount is 12,500.00."""
    table = told_rejects([{"file": "loans.csv", "contract_id": "L1", "amount_minor": "1250000"}], InCurrency("USD", 2))
    assert table.header[-2:] == ("contract", "amount") and table.rows[0][-2:] == ("L1", "USD 12,500.00")
