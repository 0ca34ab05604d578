"""What is deferred in the losses of defaults ahead, from cash alone, as the textbook convention makes that exact (IFRS 9
5.5.17, B5.5.28, B5.5.29; ASC 326-20-30-1, 30-4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import pytest

from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, FRAMEWORKS, ONE, ZERO, Framework
from gaapbridge.reperform.grid import months_later
from gaapbridge.reperform.loan import Loan
from tests.parity.cash_facts import (
    DEFERRED,
    HAZARD,
    LOST,
    MADE,
    OF_INSTALMENTS,
    OF_THE_END,
    at_the_end,
    instalments,
)
from tests.parity.reperform_facts import assumptions, curve_rows, elections, in_two_versions, loan, state

NEAR = Decimal("1e-18")


@pytest.fixture(autouse=True)
def exact() -> Iterator[None]:
    """Fifty digits, as the calculator has."""
    with localcontext(EXACT):
        yield


def estimate(contract: Loan, framework: Framework, day: date, part: str = "", **given: Any) -> Decimal:
    """The loss allowance of a state, not rounded, or its current part."""
    return state(contract, framework, day, **given).figure(f"loss_allowance{part}").exact


def textbook(framework: Framework, **chosen: Any) -> Elections:
    """No timeline, and US GAAP by cash flows; what US GAAP goes by is nothing to IFRS."""
    return elections(default_timeline="none", us_method="dcf" if framework == "us" else "pd_lgd", **chosen)


@pytest.mark.parametrize(("framework", "leaving"), [("us", "0"), ("ifrs", "0"), ("ifrs", "0.03")])
@pytest.mark.parametrize(
    "deferred", [*DEFERRED, {"service_fee_minor": 150}, {"service_fee_minor": 150, "costs_paid_minor": 2_000}]
)
def test_an_allowance_is_what_the_gross_amount_has_above_the_cash_expected(
    framework: Framework, deferred: dict[str, int], leaving: str
) -> None:
    """Who defaults has paid the instalment of the day, and 55 % of the rest is recovered: on every due date the allowance is
    what the contract pays, less what is expected, at the rate of the gross amount (B5.5.28; 326-20-30-4)."""
    cash = instalments(deferred.get("service_fee_minor", 0), leaving)
    v = cash.factor(120_000 - deferred.get("fees_received_minor", 0) + deferred.get("costs_paid_minor", 0))
    chosen = textbook(framework, exposure_at_default="after_instalment")
    for k in range(12):
        expected = cash.worth(v, k) - cash.with_defaults(v, k, lambda n: cash.pays[n - 1] + (ONE - LOST) * cash.owed[n])
        for more in (0, 5_555):  # owes more than its schedule: all of it in proportion
            owed = int(cash.owed[k]) + more
            contract = loan(**OF_INSTALMENTS, **deferred, outstanding_principal_minor=owed)
            found = estimate(contract, framework, months_later(MADE, k), curves=assumptions(mortality=leaving), chosen=chosen)
            assert abs(found - expected * owed / cash.owed[k]) < NEAR


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("deferred", DEFERRED)
@pytest.mark.parametrize("lost_whole", [False, True])
def test_the_same_of_a_loan_with_interest(framework: Framework, deferred: dict[str, int], lost_whole: bool) -> None:
    """120,000 at the end, with 1,200 of interest a month that who defaults has not paid: 55 % of both are recovered, or nothing
    of the interest. The last month has nothing deferred any more: all that is owed is due."""
    cash = at_the_end()
    v = cash.factor(120_000 - deferred.get("fees_received_minor", 0) + deferred.get("costs_paid_minor", 0))
    told = "whole" if lost_whole else "at_loss_given_default"
    chosen = textbook(framework, us_dcf_lost_interest=told, nonaccrual_days_past_due=None)
    interest = ZERO if lost_whole and framework == "us" else (ONE - LOST) * 1_200
    for k in range(12):
        expected = cash.worth(v, k) - cash.with_defaults(v, k, lambda n: (ONE - LOST) * 120_000 + interest)
        contract = loan(**OF_THE_END, **deferred, outstanding_principal_minor=120_000)
        assert abs(estimate(contract, framework, months_later(MADE, k), chosen=chosen) - expected) < NEAR


@pytest.mark.parametrize("on_the_old_curves", [False, True])
def test_what_is_deferred_ahead_is_by_the_curves_of_the_state(on_the_old_curves: bool) -> None:
    """3 % repay early a month, 8 % from October on by a new version: the rate of origination, flows and those who leave by the
    version of the state, as in the gross amount."""
    first, now = instalments(leaving="0.03"), instalments(leaving="0.03" if on_the_old_curves else "0.08")
    v, day = first.factor(124_000), date(2023, 11, 1)
    curves = in_two_versions(curve_rows(mortality="0.03"), curve_rows(mortality="0.08", valid_from="2023-10-01"))
    chosen = textbook("ifrs", exposure_at_default="after_instalment")
    contract = loan(**OF_INSTALMENTS, costs_paid_minor=4_000, outstanding_principal_minor=50_000)
    if on_the_old_curves:
        day = date(2023, 9, 1)
    k = day.month - 4
    expected = now.worth(v, k) - now.with_defaults(v, k, lambda n: now.pays[n - 1] + (ONE - LOST) * now.owed[n])
    found = estimate(contract, "ifrs", day, curves=curves, chosen=chosen)
    assert abs(found - expected * 50_000 / now.owed[k]) < NEAR


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_default_of_which_more_is_recovered_than_is_carried_is_no_gain(framework: Framework) -> None:
    """Fees of 12,000 and 4.5 % lost: the gross amount of who defaults early is less than is recovered, and only defaults of the
    last months, when most is earned, lose anything."""
    cash = instalments()
    v = cash.factor(108_000)
    short = [cash.worth(v, number) - (ONE - LOST / 10) * cash.owed[number] for number in range(1, 13)]
    assert min(short) < 0 < max(short)
    expected = sum((v**t * (ONE - HAZARD) ** (t - 1) * HAZARD * max(ZERO, one) for t, one in enumerate(short, start=1)), ZERO)
    contract = loan(**OF_INSTALMENTS, fees_received_minor=12_000, outstanding_principal_minor=120_000)
    chosen = textbook(framework, exposure_at_default="after_instalment")
    assert abs(estimate(contract, framework, MADE, curves=assumptions(lgd="0.05"), chosen=chosen) - expected) < NEAR


def test_before_the_instalment_the_deferral_is_scaled_to_what_is_owed() -> None:
    """Who defaults owes the instalment of the day too: what is deferred is that of the due date, on one unit of principal."""
    cash = instalments()
    v = cash.factor(124_000)
    expected = ZERO
    for t in range(1, 13):
        owed, after = cash.owed[t - 1], cash.owed[t]
        deferred = owed * (cash.worth(v, t) - after) / after if after else ZERO
        expected += v**t * (ONE - HAZARD) ** (t - 1) * HAZARD * (LOST * owed + deferred)
    contract = loan(**OF_INSTALMENTS, costs_paid_minor=4_000, outstanding_principal_minor=120_000)
    assert abs(estimate(contract, "ifrs", MADE, chosen=textbook("ifrs")) - expected) < NEAR


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_it_is_beside_the_loan_without_fees_at_the_rate_that_this_has(framework: Framework) -> None:
    """A first period of 45 days in one of 30: 1,800 of interest, not compounded. So without fees the rate is below 1 %, and
    what is owed is worth more than 120,000: none of that is a fee."""
    cash = at_the_end()
    cash = replace(cash, pays=(Decimal(1_800), *cash.pays[1:]))
    v, bare = (cash.factor(paid_out, Decimal("1.5")) for paid_out in (116_000, 120_000))
    assert cash.worth(bare, 5) > 120_001
    contract = loan(
        **OF_THE_END, first_payment_date=date(2023, 5, 16), fees_received_minor=4_000, outstanding_principal_minor=120_000
    )
    found = state(contract, framework, date(2023, 5, 16), chosen=textbook(framework))
    by_hand = {t: cash.worth(v, 1 + t) - cash.worth(bare, 1 + t) for t in range(1, 11)} | {11: ZERO}
    assert len(found.months) == 11 * (1 if framework == "us" else 2)
    assert all(abs(month.deferral - by_hand[month.recognised_in_month]) < NEAR for month in found.months)
