"""What is deferred of a loan: its fees and costs, by the interest method, and nothing where none were charged."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gaapbridge.measure import kernels
from tests.differences.loans_added import closed_with
from tests.parity.reperform_facts import loan, state

PRINCIPAL, RATE, TERM = 12_000_000.0, 0.01, 12
ELAPSED = (0.0, 0.25, 0.5, 0.75, 1.0)
KINDS = (kernels.LEVEL, kernels.EQUAL_PRINCIPAL, kernels.BULLET, kernels.INTEREST_FREE)
FIRST_LENGTHS = (1.0, 6.1, 0.4)
MORTALITY = 0.02


def deferrals(kind: int, first_length: float, mortality: float, charge: float, service_fee: float = 0.0) -> NDArray[np.float64]:
    """Deferrals after each instalment k (rows) at each elapsed part of the running period (columns)."""
    rate, one = 0.0 if kind == kernels.INTEREST_FREE else RATE, np.ones(1)
    instalment = round(kernels.level_instalment(PRINCIPAL, rate, TERM))
    schedule = kernels.ScheduleTerms(
        one * PRINCIPAL, one * rate, np.array([TERM]), np.array([kind]), one * instalment, one * PRINCIPAL / TERM,
        one * service_fee, one * first_length,
    )  # fmt: skip
    rates = kernels.RateRows(one * (PRINCIPAL - charge), np.full((1, TERM + 1), mortality), np.zeros((1, 1), np.int64))
    after, elapsed = (grid.reshape(-1, 1) for grid in np.meshgrid(np.arange(TERM), ELAPSED, indexing="ij"))
    balance, flow = np.zeros(TERM + 1), np.zeros(TERM + 1)
    kernels.agreed_outgrows(schedule, 0, balance, flow)
    values = kernels.ValueRows(
        np.zeros(after.size, np.int64), np.zeros(after.shape, np.int64), after, elapsed,
        np.where(after == 0, first_length, 1.0), balance[after],
    )  # fmt: skip
    factors, outcomes = np.ones((1, 1)), np.zeros((1, 1), np.int64)
    assert kernels.solve_rates(rates.initial[0], rates, 0, balance, flow, schedule, factors, outcomes)
    found: NDArray[np.float64] = kernels.scan_deferrals(schedule, rates, values, factors)
    return found.reshape(TERM, len(ELAPSED))


@pytest.mark.parametrize("mortality", [0.0, MORTALITY])
@pytest.mark.parametrize("first_length", FIRST_LENGTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_deferred_where_nothing_was_charged(kind: int, first_length: float, mortality: float) -> None:
    assert (deferrals(kind, first_length, mortality, charge=0.0) == 0.0).all()


@pytest.mark.parametrize("charge", [240_000.0, -240_000.0])
@pytest.mark.parametrize("mortality", [0.0, MORTALITY])
@pytest.mark.parametrize("first_length", FIRST_LENGTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_charged_is_deferred_and_runs_off(kind: int, first_length: float, mortality: float, charge: float) -> None:
    """All of it at origination; from one due date to the next without a step, but for those who leave; then nothing."""
    found = deferrals(kind, first_length, mortality, charge)
    assert found[0, 0] == pytest.approx(-charge)
    assert found[:-1, -1] == pytest.approx((1.0 - mortality) * found[1:, 0], abs=1e-4)
    assert found[-1, -1] == pytest.approx(0.0, abs=1e-4)
    sizes = np.append((found / -charge)[:, :-1].ravel(), 0.0)
    assert (np.diff(sizes) < 0.0).all() or mortality > 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_on_due_dates_the_scheduled_balance_is_taken_off(kind: int) -> None:
    """With a regular first period: present value less scheduled balance, 12 instalments at the rate of the fee."""
    found = deferrals(kind, 1.0, 0.0, 240_000.0)[:, 0]
    rate = 0.0 if kind == kernels.INTEREST_FREE else RATE
    instalment = round(PRINCIPAL * rate / (1 - (1 + rate) ** -TERM)) if rate else 0
    balance, flow = [PRINCIPAL], []
    for number in range(1, TERM + 1):
        interest = balance[-1] * rate
        repaid = {kernels.LEVEL: instalment - interest, kernels.BULLET: 0.0}.get(kind, PRINCIPAL / TERM)
        repaid = balance[-1] if number == TERM else repaid
        flow.append(interest + repaid)
        balance.append(balance[-1] - repaid)
    low, high = 0.5, 1.0
    for _ in range(200):
        factor = (low + high) / 2
        worth = sum(paid * factor ** (number + 1) for number, paid in enumerate(flow))
        low, high = (factor, high) if worth < PRINCIPAL - 240_000 else (low, factor)
    worth = [sum(paid * low ** (number + 1) for number, paid in enumerate(flow[k:])) for k in range(TERM)]
    assert found.tolist() == pytest.approx([amount - owed for amount, owed in zip(worth, balance, strict=False)], abs=1e-3)


def test_a_service_fee_is_deferred_until_it_is_due() -> None:
    """It belongs to the yield, and is earned over the period at whose end it is paid."""
    found = deferrals(kernels.INTEREST_FREE, 1.0, 0.0, 0.0, service_fee=45_000.0)
    assert found[0, 0] == pytest.approx(0.0, abs=1e-4)
    assert found[:-1, -1] - 45_000.0 == pytest.approx(found[1:, 0], abs=1e-4)
    assert found[-1, -1] == pytest.approx(45_000.0)


@pytest.mark.campaign
def test_the_second_calculator_defers_nothing_on_any_day() -> None:
    """From the first day to the last, with a first period of 18 days, of a month, and of three."""
    for first in (date(2023, 4, 19), date(2023, 5, 1), date(2023, 7, 1)):
        contract = loan(
            origination_date=date(2023, 4, 1), first_payment_date=first, term_instalments=6, outstanding_principal_minor=50_000
        )
        for day in range(0, 240, 7):
            for framework in ("us", "ifrs"):
                found = state(contract, framework, date(2023, 4, 1) + timedelta(days=day))
                assert found.figures["deferred_fees"].exact == Decimal(0) == found.figures["deferred_costs"].exact


def test_loans_without_a_charge_on_a_tape(starter_copy: Path) -> None:
    """Plain, with a first instalment after six months, interest-free, a bullet, on non-accrual: nil, and nothing to find."""
    plain = {"origination_date": "2023-03-16", "first_payment_date": "2023-04-16", "outstanding_principal_minor": 3_135_640}
    late = {"days_past_due": 110, "default_date": "2023-12-01", "billed_unpaid_interest_minor": 200_000}
    run, found = closed_with(
        starter_copy,
        {"contract_id": "PLAIN", **plain},
        {"contract_id": "SIX-MONTHS", **plain, "origination_date": "2023-06-30", "first_payment_date": "2023-12-30"},
        {"contract_id": "FREE", **plain, "repayment_type": "interest_free_instalments", "annual_rate": 0},
        {"contract_id": "BULLET", **plain, "repayment_type": "bullet", "outstanding_principal_minor": 12_000_000},
        {"contract_id": "STOPPED", **plain, **late, "outstanding_principal_minor": 8_000_000},
    )
    assert len(found) == 5
    for row in found.values():
        assert [row[f"{side}_deferred_{what}"] for side in ("us", "ifrs") for what in ("fees", "costs")] == [0] * 4
    assert not [one for one in run.listed.findings if "1303" in str(one) or "1304" in str(one)]


@pytest.mark.campaign
def test_a_fee_in_a_first_period_of_its_own_length(starter_copy: Path) -> None:
    """One instalment X after half a year, half of it behind: the carrying amounts are roots of what was lent and of X."""
    long = {"origination_date": "2023-10-01", "first_payment_date": "2024-03-31", "term_instalments": 1}
    _, found = closed_with(
        starter_copy,
        {"contract_id": "LONG", **long, "fees_received_minor": 240_000, "outstanding_principal_minor": 12_000_000},
    )
    owed = 12_000_000 * (1 + 0.01 * 182 / 31)
    deferred = sqrt(owed) * (sqrt(11_760_000) - sqrt(12_000_000))
    row = found["LONG"]
    assert (row["us_deferred_fees"], row["ifrs_deferred_fees"]) == (round(deferred), round(deferred))
    assert row["us_accrued_interest"] == round(12_000_000 * 0.01 * 91 / 31)
