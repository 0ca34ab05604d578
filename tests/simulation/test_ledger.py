"""The trial balance sums to zero whatever is measured, and its income follows from the balances it is given."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaapbridge.example import ExampleFiles, chart, complete_ledger, trial_balance, write_example
from gaapbridge.example.ledger import MEASURED_ROLES, Ledger, read_ledger

INSTANTS = [date(2021, 12, 31), date(2022, 12, 31), date(2023, 12, 31)]
fen = st.integers(-(10**15), 10**15)


@st.composite
def measured(draw: st.DrawFn) -> dict[str, int]:
    """Any balances by role; some roles are not given."""
    roles = draw(st.sets(st.sampled_from(sorted(MEASURED_ROLES))))
    amounts = {role: draw(fen) for role in sorted(roles)}
    return {role: -abs(amount) if "allowance" in role else amount for role, amount in amounts.items()}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return write_example(tmp_path_factory.mktemp("ledger"), loans=400).ledger


@given(measured(), measured(), st.sampled_from(INSTANTS))
def test_it_sums_to_zero_and_holds_what_was_measured(
    ledger: Ledger, now: dict[str, int], then: dict[str, int], instant: date
) -> None:
    held = trial_balance(ledger, instant, now, then)
    assert sum(held.values()) == 0
    for role, amount in now.items():
        if role in chart.CHART.posting and role != "other_tax_payable" and not role.startswith("share_based"):
            assert held[chart.CHART.posting[role]] == amount


@given(measured(), measured())
def test_a_year_opens_where_the_last_one_closed(ledger: Ledger, then: dict[str, int], now: dict[str, int]) -> None:
    """Retained earnings brought forward are last year's after closing its profit."""
    first, second = INSTANTS[1], INSTANTS[2]
    closing = trial_balance(ledger, first, then, {})
    opening = trial_balance(ledger, second, now, then)
    profit = sum(closing[account] for account in chart.INCOME_STATEMENT_ACCOUNTS)
    assert opening[chart.RETAINED_EARNINGS] == closing[chart.RETAINED_EARNINGS] + profit


def test_income_and_provision_are_cash_plus_movement(example: ExampleFiles) -> None:
    """The two formulas of the docstring, in the lender's own figures and made-up balances."""
    then = {"deferred_current": 500, "deferred_non_current": 70, "accrued_interest": 900, "loss_allowance_current": -4_000}
    now = {"deferred_current": 650, "deferred_non_current": 40, "accrued_interest": 1_300, "loss_allowance_current": -9_000}
    now |= {"expected_recoveries": 250}
    year = slice(12, 24)
    interest, fees, costs = (int(getattr(example.books.loans, name)[year].sum()) for name in ("interest", "fees", "costs"))
    lost, recovered = int(example.books.loans.written_off[year].sum()), int(example.books.loans.recovered[year].sum())
    now["written_off_gross"] = lost + 33
    held = trial_balance(example.ledger, date(2022, 12, 31), now, then)
    vat = sum(_vat(int(example.books.loans.interest[month]) + int(example.books.loans.fees[month])) for month in range(12, 24))
    income = interest + fees - costs - vat + (650 + 40 + 1_300) - (500 + 70 + 900) + 33
    assert held[chart.FINANCING_INCOME] == -income
    assert held[chart.PROVISION_FOR_LOANS] == (9_000 - 250) - 4_000 + lost + 33 - recovered


def test_provisions_of_guarantees_are_cash_plus_movement(example: ExampleFiles) -> None:
    """Payouts less recoveries, and fees lost less the VAT in them, each with the movement of its allowance."""
    then = {"guarantee_contingent": -7_000, "fee_allowance_current": -900, "fee_allowance_related_non_current": -40}
    now = {"guarantee_contingent": -9_500, "fee_allowance_current": -700, "fee_allowance_related_non_current": -90}
    held = trial_balance(example.ledger, date(2022, 12, 31), now, then)
    cash, year = example.books.guarantees, slice(12, 24)
    kept = example.books.guarantee_years[date(2022, 12, 31)]
    paid, recovered = int(cash.paid_out[year].sum()), int(cash.recovered[year].sum())
    assert held[chart.PROVISION_FOR_CONTINGENT] == paid - recovered + 2_500
    lost = kept.others.written_off + kept.related.written_off
    assert held[chart.PROVISION_FOR_FEES] == lost - _vat(lost) - 200 + 50
    assert held[chart.GUARANTEE_REVENUE] == -(kept.released - _vat(kept.released))


def test_costs_of_share_awards_go_to_their_functions(example: ExampleFiles) -> None:
    """Paid-in capital is cumulative; what the functions leave of its movement is administrative."""
    instant, without = date(2022, 12, 31), {"additional_paid_in_capital": 0}
    before = trial_balance(example.ledger, instant, without, {})
    costs = {"servicing": 100, "marketing": 20, "administrative": 300, "research": 50}
    now = {f"share_based_{function}": cost for function, cost in costs.items()} | {"additional_paid_in_capital": -1_471}
    held = trial_balance(example.ledger, instant, now, {"additional_paid_in_capital": -1_000})
    assert held[chart.CHART.posting["additional_paid_in_capital"]] == -1_471
    accounts = (
        chart.SERVICING_EXPENSES,
        chart.SALES_EXPENSES,
        chart.ADMINISTRATIVE_EXPENSES,
        chart.RESEARCH_EXPENSES,
        chart.RETAINED_EARNINGS,
        chart.CHART.posting["deferred_tax_assets"],
    )
    assert [held[account] - before[account] for account in accounts] == [100, 20, 301, 50, 1_000, 0]


def test_deferred_tax_is_a_quarter_of_what_is_not_yet_taxed(example: ExampleFiles) -> None:
    now = {"loss_allowance_current": -1_000, "accrued_interest": 200, "deferred_current": 0}
    held = trial_balance(example.ledger, date(2021, 12, 31), now, {})
    assert held[chart.CHART.posting["deferred_tax_assets"]] == 200
    assert held[chart.CHART.posting["deferred_tax_liabilities"]] == 0


def test_the_lender_is_solvent_and_pays_its_way(example: ExampleFiles) -> None:
    for instant, year in example.ledger.years.items():
        assert sum(year.balances.values()) == 0, instant
        assert year.balances[chart.CASH] + year.balances[chart.LOAN_CASH] > 0
        assert year.balances[chart.EQUIPMENT] >= 0
        assert year.balances[chart.FUNDING_CURRENT] < 0
    profit = sum(example.ledger.years[INSTANTS[2]].balances[account] for account in chart.INCOME_STATEMENT_ACCOUNTS)
    assert profit < 0


def test_wrong_balances_are_refused(example: ExampleFiles) -> None:
    with pytest.raises(ValueError, match="no account of the example ledger"):
        trial_balance(example.ledger, INSTANTS[1], {"allowance": 1}, {})
    with pytest.raises(ValueError, match="debit positive"):
        trial_balance(example.ledger, INSTANTS[1], {"loss_allowance_current": 1}, {})


def test_the_ledger_can_be_completed_from_its_folder(tmp_path: Path) -> None:
    files = write_example(tmp_path, loans=300)
    assert read_ledger(tmp_path / "ledger" / "general-ledger.json") == files.ledger
    again = complete_ledger(tmp_path, {INSTANTS[2]: {"loss_allowance_current": -12_345}})
    with again[INSTANTS[2]].open(encoding="utf-8", newline="") as file:
        rows = {row["account"]: row for row in csv.DictReader(file)}
    assert rows[chart.CHART.posting["loss_allowance_current"]]["credit_minor"] == "12345"
    assert sum(int(row["debit_minor"]) - int(row["credit_minor"]) for row in rows.values()) == 0
    assert list(rows) == list(chart.CHART.accounts)


def _vat(received: int) -> int:
    return (2 * received * 6 + 106) // 212
