"""The independent calculator's grid, schedules and rates against published and hand-derived figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

import pytest

from gaapbridge.reperform.exact import EXACT, ONE, ZERO, is_near_half, rounded
from gaapbridge.reperform.grid import Grid, whole_months
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.schedule import contractual_schedule
from gaapbridge.reperform.yields import (
    Flows,
    contractual_flows,
    effective_rate,
    expected_flows,
    present_value,
)
from tests.parity.reperform_facts import loan


def grid_of(contract: Loan) -> Grid:
    return Grid.of(contract.origination_date, contract.first_payment_date, contract.term_instalments)


def unit_grid(periods: int) -> Grid:
    return Grid.of(date(2023, 1, 1), date(2023, 2, 1), periods)


def certain(*amounts: str | int) -> Flows:
    return Flows((ZERO, *(Decimal(amount) for amount in amounts)), (ONE,) * (len(amounts) + 1))


@pytest.mark.parametrize(
    ("paid", "flows", "rate"),
    [
        ("950", (40, 40, 40, 40, 1140), "0.06958446"),
        ("1000", (59, 59, 59, 59, 1309), "0.09995319"),
        ("1250", (75, 100, 125, 150, 1455), "0.10012805"),
        ("6960000", (435000,) * 18, "0.0127039"),
        ("7000000", (435000,) * 18, "0.01207114"),
    ],
)
def test_published_rates(paid: str, flows: tuple[int, ...], rate: str) -> None:
    solved = effective_rate(Decimal(paid), certain(*flows), unit_grid(len(flows))).per_period
    assert solved is not None
    assert abs(solved - Decimal(rate)) < Decimal("1e-8")


def test_rate_is_solved_to_forty_digits() -> None:
    """Paying 1 and receiving 1, 1 solves v + v^2 = 1: the golden ratio."""
    solved = effective_rate(ONE, certain(1, 1), unit_grid(2)).per_period
    with localcontext(EXACT):
        assert solved is not None
        assert abs(solved - (Decimal(5).sqrt() - 1) / 2) < Decimal("1e-39")


def test_first_period_of_its_own_length() -> None:
    """One flow after phi months: 101/100 = (1+r)^phi."""
    grid = Grid.of(date(2023, 1, 10), date(2023, 2, 25), 1)
    solved = effective_rate(Decimal(100), certain(101), grid).per_period
    with localcontext(EXACT):
        assert grid.first_period == Decimal(46) / Decimal(31)
        assert solved is not None
        assert abs((ONE + solved) ** grid.first_period - Decimal("1.01")) < Decimal("1e-38")


@pytest.mark.parametrize(
    ("paid", "flows", "reason"),
    [("0", (1,), "net initial"), ("1", (0,), "sum"), ("1", (2,), "no rate"), ("6", (1, 1), "no rate")],
)
def test_no_rate_is_a_reason(paid: str, flows: tuple[int, ...], reason: str) -> None:
    found = effective_rate(Decimal(paid), certain(*flows), unit_grid(len(flows)))
    assert found.per_period is None
    assert reason in found.reason
    assert found.a_year is None


def test_pool_with_prepayments_under_both_frameworks() -> None:
    """100 loans of 12,000 at 2 % a month, cost 240 each; 40 repay at month 6."""
    instalment = Decimal("1134.715159")
    balances = [Decimal(12000)]
    for _ in range(12):
        balances.append(balances[-1] * Decimal("1.02") - instalment)
    leaving = {6: Decimal("0.4")}
    grid = unit_grid(12)
    contractual = certain(*[str(instalment)] * 12)
    expected = Flows(
        (ZERO, *(instalment + leaving.get(j, ZERO) * balances[j] for j in range(1, 13))),
        (ONE, *(ONE - leaving.get(j, ZERO) for j in range(1, 13))),
    )
    us = effective_rate(Decimal(12240), contractual, grid).per_period
    ifrs = effective_rate(Decimal(12240), expected, grid).per_period
    assert us is not None and ifrs is not None
    assert round(us, 5) == Decimal("0.01679")
    assert round(ifrs, 5) == Decimal("0.01642")
    differences = ["-452.892632", "-878.840404", "-1276.8236", "-1645.796072", "-1984.684636", "484.682139"]
    for k, difference in enumerate(differences, start=1):
        there = 60 if k >= 6 else 100
        gap = present_value(expected, grid, ifrs, k) - present_value(contractual, grid, us, k)
        assert abs(gap * there - Decimal(difference)) < Decimal("0.0005")


def test_due_dates_are_clamped_to_month_ends() -> None:
    grid = Grid.of(date(2023, 12, 31), date(2024, 1, 31), 4)
    assert [grid.due(j) for j in range(5)] == [
        date(2023, 12, 31),
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2024, 4, 30),
    ]
    assert grid.position(date(2024, 2, 28)).k == 1
    assert grid.position(date(2024, 2, 29)).k == 2
    assert grid.position(date(2024, 4, 29)).k == 3
    assert grid.position(date(2024, 4, 30)).k == 4
    ended, later = grid.position(date(2024, 4, 30)), grid.position(date(2024, 6, 15))
    assert (later.k, later.f, later.period_length) == (ended.k, ended.f, ended.period_length) == (4, 0, 1)
    assert (ended.passed, ended.stub) == (4, 0)
    assert (later.passed, later.stub) == (5, Decimal(15) / Decimal(30))  # due dates go on: 31 May, 30 June
    with localcontext(EXACT):
        assert grid.position(date(2024, 2, 15)).f == Decimal(15) / Decimal(29)


def test_a_clamped_first_month_counts_as_one() -> None:
    assert Grid.of(date(2023, 1, 31), date(2023, 2, 28), 1).first_period == 1
    assert Grid.of(date(2023, 1, 29), date(2023, 2, 28), 1).first_period == 1
    with localcontext(EXACT):
        assert Grid.of(date(2023, 1, 31), date(2023, 3, 1), 1).first_period == Decimal(29) / Decimal(28)


def test_whole_months() -> None:
    assert whole_months(date(2023, 1, 31), date(2023, 2, 28)) == 1
    assert whole_months(date(2024, 2, 29), date(2025, 2, 27)) == 11
    assert whole_months(date(2024, 2, 29), date(2025, 2, 28)) == 12
    assert whole_months(date(2024, 2, 29), date(2024, 1, 1)) == 0


def test_level_schedule_of_a_free_loan() -> None:
    contract = loan(annual_rate=ZERO, principal_minor=1000, term_instalments=3)
    schedule = contractual_schedule(contract, grid_of(contract))
    assert list(schedule.flows) == [0, 333, 333, 334]
    assert list(schedule.balances) == [1000, 667, 334, 0]


def test_equal_principal_rounds_the_part_and_stops_at_nil() -> None:
    """5 minor units over 10 instalments: half a unit rounds away from zero, so five instalments of one."""
    contract = loan(
        annual_rate=ZERO,
        principal_minor=5,
        term_instalments=10,
        repayment_type="equal_principal",
        service_fee_minor=2,
    )
    schedule = contractual_schedule(contract, grid_of(contract))
    assert list(schedule.flows) == [0, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0]


def test_bullet_and_interest_free_schedules() -> None:
    bullet = loan(repayment_type="bullet", term_instalments=3)
    schedule = contractual_schedule(bullet, grid_of(bullet))
    assert list(schedule.flows) == [0, 1000, 1000, 101_000]
    free = loan(repayment_type="interest_free_instalments", term_instalments=3, service_fee_minor=700)
    schedule = contractual_schedule(free, grid_of(free))
    assert schedule.rate == 0
    assert list(schedule.flows) == [0, 34_033, 34_033, 34_034]


def test_instalment_above_what_is_owed_ends_the_loan_early() -> None:
    contract = loan(instalment_minor=60_000, term_instalments=4)
    schedule = contractual_schedule(contract, grid_of(contract))
    assert list(schedule.flows[1:]) == [60_000, Decimal("41410"), 0, 0]
    assert list(schedule.balances[2:]) == [0, 0, 0]


@pytest.mark.parametrize("repayment_type", ["level", "equal_principal", "bullet"])
@pytest.mark.parametrize("first_payment", [date(2023, 5, 1), date(2023, 5, 20), date(2023, 4, 15)])
@pytest.mark.parametrize("n", [1, 7, 480])
def test_without_fees_the_rate_is_the_contract_rate(repayment_type: str, first_payment: date, n: int) -> None:
    """A loan made and repaid at par yields its contract rate under both frameworks, whoever prepays.

    An odd first period breaks this slightly: interest there is simple, discounting compound.
    """
    contract = loan(repayment_type=repayment_type, first_payment_date=first_payment, term_instalments=n)
    with localcontext(EXACT):
        grid = grid_of(contract)
        schedule = contractual_schedule(contract, grid)
        assert schedule.balances[n] == 0
        rates = [
            effective_rate(Decimal(100_000), flows, grid).per_period
            for flows in (contractual_flows(schedule), expected_flows(schedule, lambda j: Decimal("0.03")))
        ]
        even = first_payment == date(2023, 5, 1)
        for rate in rates:
            assert rate is not None
            assert abs(rate - Decimal("0.01")) < Decimal("1e-30" if even else "1e-4")


def test_worth_rolls_forward_at_the_rate() -> None:
    """G_k (1+r) - flow = G_{k+1}, to the last of 480 instalments."""
    contract = loan(term_instalments=480, fees_received_minor=3000, principal_minor=50_000_000)
    with localcontext(EXACT):
        grid = grid_of(contract)
        schedule = contractual_schedule(contract, grid)
        flows = contractual_flows(schedule)
        rate = effective_rate(Decimal(49_997_000), flows, grid).per_period
        assert rate is not None
        worth = [present_value(flows, grid, rate, k) for k in (0, 1, 240, 241, 479, 480)]
        assert abs(worth[0] - 49_997_000) < Decimal("1e-30")
        for before, k in ((0, 1), (2, 241), (4, 480)):
            assert abs(worth[before] * (1 + rate) - flows.amounts[k] - worth[before + 1]) < Decimal("1e-30")


def test_rounding_is_half_away_from_zero() -> None:
    given = ["0.5", "-0.5", "1.5", "-1.5", "2.49999", "-2.5000001", "-0.4"]
    assert [rounded(Decimal(text)) for text in given] == [1, -1, 2, -2, 2, -3, 0]
    assert is_near_half(Decimal("-7.5000009"))
    assert not is_near_half(Decimal("-7.500002"))
