"""Loans in default whose last instalment is behind: what earns nothing more, and what is not amortised, in both calculators."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gaapbridge.starter import write_starter
from tests.differences.loans_added import closed_with
from tests.simulation.default_by_hand import Contract, InDefault

OPENING, DEFAULT, CLOSING = date(2022, 12, 31), date(2023, 5, 16), date(2023, 12, 31)
PRINCIPAL, FEES, RATE = 12_000_000, 600_000, 0.01
UNPAID_SINCE_FEBRUARY = {
    "origination_date": "2023-01-15",
    "first_payment_date": "2023-02-15",
    "repayment_type": "bullet",
    "outstanding_principal_minor": PRINCIPAL,
    "days_past_due": 319,
}
"""In default, and not accrued under US GAAP, from 16 May on: ninety days after 15 February."""

OVER_BEFORE = {"contract_id": "OVER-BEFORE", "term_instalments": 3, "billed_unpaid_interest_minor": 360_000}
OVER_SINCE = {"contract_id": "OVER-SINCE", "term_instalments": 6, "billed_unpaid_interest_minor": 720_000}
WITH_FEES = OVER_SINCE | {"contract_id": "WITH-FEES", "fees_received_minor": FEES}
BY_ITS_DATE = UNPAID_SINCE_FEBRUARY | {
    "contract_id": "BY-ITS-DATE",
    "origination_date": "2022-09-15",
    "first_payment_date": "2022-10-15",
    "term_instalments": 3,
    "days_past_due": 0,
    "default_date": DEFAULT,
    "status": "matured",
    "exit_date": date(2023, 12, 16),
}
"""On no tape before, and in default by its date: by the row it is repaid of, no instalment is missed and the principal owed."""
OVER_WITH_FEES = OVER_BEFORE | {"contract_id": "OVER-WITH-FEES", "fees_received_minor": FEES}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = write_starter(tmp_path_factory.mktemp("starter") / "lender").folder
    loans = (OVER_BEFORE, OVER_SINCE, WITH_FEES, OVER_WITH_FEES, BY_ITS_DATE)
    return closed_with(folder, *(UNPAID_SINCE_FEBRUARY | one for one in loans))[1]


RATIOS = (0.64, 0.73, 0.82, 0.82, 0.82, 0.82, 0.82, 0.82)
"""What is lost of what is owed, discounted, from 16 May, 16 June and each month on."""


def test_revenue_after_the_last_due_date_is_the_rate_on_what_is_expected_back(measured: dict[str, dict[str, Any]]) -> None:
    """Due on 15 April, a month before the default; 12,360,000 owed, and the contract brings nothing from then on.

    What stands in no interest account is revenue all the same: the rate on what is owed less its allowance, out of provision.
    """
    gross, months = PRINCIPAL * (1 + RATE * 3), (1, 1, 1, 1, 1, 1, 1, 15 / 31)
    revenue = sum(RATE * gross * (1 - lost) * days for lost, days in zip(RATIOS, months, strict=True))
    assert measured["OVER-BEFORE"]["ifrs_interest_on_allowance"] == -round(revenue)


def test_who_owes_the_principal_has_not_paid_the_last_instalment(measured: dict[str, dict[str, Any]]) -> None:
    """Nothing is past due by the row, and 12,000,000 is owed for seven months of default: revenue is 1 % of what of it is
    expected back, 43,200, 32,400 and five times 21,600."""
    revenue = sum(RATE * PRINCIPAL * (1 - lost) for lost in RATIOS[:7])
    assert measured["BY-ITS-DATE"]["ifrs_interest_on_allowance"] == -round(revenue) == -183_600


def test_revenue_before_and_after_the_last_due_date(measured: dict[str, dict[str, Any]]) -> None:
    """Due on 15 July: until then the contract brings 1 % of principal, for 30 of 31 days from 15 May and the month from 15
    June, after it nothing; revenue is 1 % of what is owed less its allowance, before and after."""
    owed = [PRINCIPAL * (1 + RATE * periods) for periods in (4 + 1 / 31, 5 + 1 / 30, 6, 6, 6, 6, 6, 6)]
    months = (1, 1, 1, 1, 1, 1, 1, 15 / 31)
    revenue = sum(RATE * gross * (1 - lost) * days for gross, lost, days in zip(owed, RATIOS, months, strict=True))
    by_contract = RATE * PRINCIPAL * (30 / 31 + 1)
    assert measured["OVER-SINCE"]["ifrs_interest_on_allowance"] == round(by_contract - revenue)


@pytest.mark.parametrize(("one", "left_out"), [(WITH_FEES, 52_664), (OVER_WITH_FEES, -556_342)])
def test_fees_are_taken_until_the_last_due_date(
    measured: dict[str, dict[str, Any]], one: dict[str, Any], left_out: int
) -> None:
    """What is left of the fees on 16 May is income of gross amounts by 15 July. More is lost than that, so that revenue is on
    what is recovered all the same, at the rate that fees and expected prepayments make of 1 %, after the last due date too."""
    term, fees = one["term_instalments"], one["fees_received_minor"]
    contract = Contract(PRINCIPAL, "0.12", term, date(2023, 1, 15), "bullet", fees=fees, prepaid=("0.01", "0.02"))
    told = InDefault(contract, [], DEFAULT, CLOSING, lambda first, month: Decimal(str(RATIOS[month])))
    assert told.not_revenue(OPENING, CLOSING) == left_out
    assert measured[one["contract_id"]]["ifrs_interest_on_allowance"] == left_out


def test_fees_are_not_amortised_while_interest_is_not_accrued(measured: dict[str, dict[str, Any]]) -> None:
    """On 31 December US GAAP has what was left on 16 May, four periods and a day behind (310-20-35-17); IFRS has nothing."""
    flows = [RATE * PRINCIPAL] * 5 + [(1 + RATE) * PRINCIPAL]
    low, high = 0.0, 0.1
    for _ in range(100):
        middle = (low + high) / 2
        worth = sum(flow / (1 + middle) ** number for number, flow in enumerate(flows, start=1))
        low, high = (middle, high) if worth > PRINCIPAL - FEES else (low, middle)
    in_may = sum(flow / (1 + low) ** number for number, flow in enumerate(flows[4:], start=1)) * (1 + low) ** (1 / 31)
    found = measured["WITH-FEES"]
    assert found["us_deferred_fees"] == round(in_may - PRINCIPAL * (1 + RATE) ** (1 / 31)) < -200_000
    assert (found["ifrs_deferred_fees"], found["us_deferred_fees_non_current"]) == (0, 0)


def test_fees_amortised_to_the_end_leave_nothing(measured: dict[str, dict[str, Any]]) -> None:
    """Accrued until 16 May, and due for the last time before that: there was nothing left to freeze."""
    assert measured["OVER-WITH-FEES"]["us_deferred_fees"] == 0
