"""What is deferred in the losses of defaults ahead, by hand: from cash alone where the textbook convention makes that exact,
then month by month (IFRS 9 5.5.17, B5.5.28, B5.5.29; ASC 326-20-30-1, 30-4, 30-5)."""

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
    HALF,
    HAZARD,
    LOST,
    MADE,
    OF_INSTALMENTS,
    OF_THE_END,
    Cash,
    at_the_end,
    instalments,
)
from tests.parity.reperform_facts import assumptions, curve_rows, elections, in_two_versions, loan, state, step, unearned

NEAR = Decimal("1e-18")


@pytest.fixture(autouse=True)
def exact() -> Iterator[None]:
    """Fifty digits, as the calculator has."""
    with localcontext(EXACT):
        yield


def estimate(contract: Loan, framework: Framework, day: date, part: str = "", **given: Any) -> Decimal:
    """The loss allowance of a state, not rounded, or its current part."""
    return state(contract, framework, day, **given).figure(f"loss_allowance{part}").exact


# ---------------------------------------------------------------- from cash alone


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
    chosen = textbook(framework, us_dcf_lost_interest=told)
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


# ---------------------------------------------------------------- the timeline of a default

DUE = [MADE, *(months_later(MADE, number) for number in range(1, 13))]
FLOWS = [10_000] * 12
JULY = date(2023, 7, 1)
"""Three instalments are due: of one who has paid them, defaults of months 1 to 4 owe all, of month t those but t - 1."""


def kept(net: int, day: date) -> Decimal:
    """What is deferred on a day, on one unit of principal, of twelve instalments without interest for a net amount paid out."""
    return unearned(ONE / instalments().factor(net) - ONE, DUE, FLOWS, day)


def due_on(number: int) -> date:
    """A due date, those after the last instalment among them."""
    return months_later(MADE, number)


ACCRUING: dict[str, Any] = {"us_interest": "none", "nonaccrual_days_past_due": None}
"""US accrual never stops."""


def share_of(net: int, passed: int, month: int, before: int) -> Decimal:
    """What is deferred so many months before the due date of a month ahead, but not before the last due date; nil after all."""
    number = max(passed, passed + month - before)
    return kept(net, due_on(number)) if number < 12 else ZERO


def hand_made(
    contract: Loan,
    passed: int,
    paid: int,
    net: int,
    frozen: Decimal | None = None,
    leaving: str = "0",
    *,
    stopped: int | None = None,
) -> Decimal:
    """By hand, US GAAP and not discounted: of every month ahead half of what is owed, and of what is deferred then costs, and
    fees left when accrual stops, so many months before or never; but what is frozen today where nothing was paid since."""
    total, there = ZERO, ONE
    for t in range(1, 12 - passed + 3 + 1):
        j = max(paid, min(passed + t - 4, 11))
        owed = contract.outstanding_principal_minor * Decimal(12 - j) / (12 - paid)
        deferred = max(ZERO, share_of(net, passed, t, max(0, stopped or 0))) * owed
        if stopped is not None:
            deferred += min(ZERO, share_of(net, passed, t, stopped)) * owed
        if frozen is not None and j == paid:
            deferred = frozen * contract.outstanding_principal_minor
        total += HAZARD * there * (HALF * owed + deferred)
        there *= ONE - HAZARD - Decimal(leaving)
    return total


@pytest.mark.parametrize(("fees", "costs"), [(0, 6_000), (6_000, 0), (2_000, 5_000), (5_000, 2_000)])
@pytest.mark.parametrize("leaving", ["0", "0.05"])
def test_costs_are_lost_and_a_discount_still_accreted_offsets_nothing(fees: int, costs: int, leaving: str) -> None:
    """US GAAP by chances and losses: costs left on the day of recognition are lost, of fees the estimate knows nothing. Who
    repays early is gone before, and changes no deferral of the others."""
    contract = loan(**OF_INSTALMENTS, fees_received_minor=fees, costs_paid_minor=costs, outstanding_principal_minor=90_000)
    found = state(contract, "us", JULY, assumptions(mortality=leaving), elections(**ACCRUING))
    expected = hand_made(contract, 3, 3, 120_000 - fees + costs, leaving=leaving)
    assert abs(found.figure("loss_allowance").exact - expected) < NEAR
    assert step(found, "deferred fees and costs lost in a default") == "costs alone"
    without = hand_made(contract, 3, 3, 120_000, leaving=leaving)
    assert expected == without if fees > costs else expected - without > 40


STOPS = [(1, 3), (30, 2), (74, 1), (75, 0), (90, 0), (91, 0), (105, 0), (106, -1), (120, -1), (180, -3), (360, -9)]
"""Days past due at which accrual stops, and how many months that is before the ninetieth, when a default is recognised: 16
days are more than half a month."""

WITH = [(114_000, {"fees_received_minor": 6_000}), (126_000, {"costs_paid_minor": 6_000})]
"""A net amount paid out, and the fees or costs of it."""


@pytest.mark.parametrize(("days", "stopped"), [*STOPS, (None, None)])
def test_a_discount_counts_as_it_is_left_when_accrual_stops(days: int | None, stopped: int | None) -> None:
    """On 1 July, nothing overdue. What is left of fees on the day on which accrual stops is no income to come, be it before a
    default is recognised, with it or after it, and never before today's due date; the later it stops, the less. Costs are
    frozen where it stops before, and else those of the day of recognition."""
    chosen = elections(us_interest="none", nonaccrual_days_past_due=days)
    without = hand_made(loan(outstanding_principal_minor=90_000), 3, 3, 120_000)
    for net, given in WITH:
        contract = loan(**OF_INSTALMENTS, **given, outstanding_principal_minor=90_000)
        expected = hand_made(contract, 3, 3, net, stopped=stopped)
        found = state(contract, "us", JULY, chosen=chosen)
        assert abs(found.figure("loss_allowance").exact - expected) < NEAR
        counts_nothing = net < 120_000 and stopped in (None, -9)
        assert (expected < without, expected > without) == (net < 120_000 and not counts_nothing, net > 120_000)
        if days is not None:
            assert step(found, "months from the stop of accrual to recognition M") == stopped
            told = "costs, and a discount left when accrual stops"
            assert step(found, "deferred fees and costs lost in a default") == told


@pytest.mark.parametrize(("days", "stopped"), [*STOPS, (None, 0)])
@pytest.mark.parametrize("timeline", ["first_missed", "none"])
def test_by_cash_flows_what_is_deferred_is_frozen_when_accrual_stops(days: int | None, stopped: int, timeline: str) -> None:
    """US GAAP by cash flows: of a default what was deferred when accrual stopped before it, fees as costs, else when it is
    recognised. IFRS knows no such day."""
    chosen = elections(us_method="dcf", us_interest="none", nonaccrual_days_past_due=days, default_timeline=timeline)
    for net, given in WITH:
        contract = loan(**OF_INSTALMENTS, **given, outstanding_principal_minor=90_000)
        for framework, before in (("us", max(0, stopped)), ("ifrs", 0)):
            found = state(contract, framework, JULY, chosen=chosen).months  # type: ignore[arg-type]
            assert len(found) >= 9
            for month in found:
                expected = month.principal * share_of(net, 3, month.recognised_in_month, before)
                assert abs(month.deferral - expected) < NEAR


@pytest.mark.parametrize(("days", "stopped"), [*STOPS, (None, None)])
def test_the_textbook_follows_the_same_days(days: int | None, stopped: int | None) -> None:
    """Election none: in month 1 all of 90,000 is owed, in month 9 what is left of it; accrual stops as with a timeline."""
    chosen = elections(us_interest="none", nonaccrual_days_past_due=days, default_timeline="none")
    for net, given in WITH:
        contract = loan(**OF_INSTALMENTS, **given, outstanding_principal_minor=90_000)
        found = state(contract, "us", JULY, chosen=chosen).months
        assert [month.principal for month in found] == [10_000 * left for left in range(9, 0, -1)]
        for month in found:
            t = month.recognised_in_month
            costs = max(ZERO, share_of(net, 3, t, max(0, stopped or 0)))
            fees = ZERO if stopped is None else min(ZERO, share_of(net, 3, t, stopped))
            assert abs(month.deferral - month.principal * (costs + fees)) < NEAR


@pytest.mark.parametrize(
    ("given", "days", "months"),
    [
        (WITH[0][1], 30, {1: "discount of due date 3", 2: "discount of due date 3", 9: "discount of due date 10"}),
        (WITH[0][1], 120, {1: "discount of due date 5", 7: "discount of due date 11", 8: "discount of due date 12"}),
        (WITH[0][1], None, {1: "no discount: accreted"}),
        (WITH[1][1], 30, {1: "costs of due date 3", 4: "costs of due date 5"}),
        (WITH[1][1], 120, {1: "costs of due date 4", 4: "costs of due date 7"}),
        (WITH[1][1], None, {1: "costs of due date 4"}),
        ({**WITH[0][1], "nonaccrual_date": JULY}, 120, {1: "frozen", 4: "frozen", 5: "discount of due date 9"}),
    ],
)
def test_every_month_says_what_is_counted(given: dict[str, Any], days: int | None, months: dict[int, str]) -> None:
    """By the number of the due date whose deferral a default of the month takes: three are behind on 1 July."""
    contract = loan(**OF_INSTALMENTS, **given, outstanding_principal_minor=90_000)
    found = state(contract, "us", JULY, chosen=elections(us_interest="none", nonaccrual_days_past_due=days))
    told = {month.recognised_in_month: month.deferral_counted for month in found.months}
    assert {month: told[month] for month in months} == months
    by_cash_flows = elections(us_method="dcf", us_interest="none", nonaccrual_days_past_due=days)
    told = {one.recognised_in_month: one.deferral_counted for one in state(contract, "us", JULY, chosen=by_cash_flows).months}
    assert told[5] == ("due date 6" if days == 30 else "due date 8")


def test_a_discount_that_turns_into_costs_counts_as_what_it_is_on_the_day() -> None:
    """A fee of 100 beside a service fee of 150 a month is below nil on the first due dates and above it then: costs of the
    third due date count, and no discount is left when accrual stops; before, on the day on which the loan is made, it is."""
    cash = instalments(150)
    v = cash.factor(119_900)
    share = [cash.worth(v, number) / cash.owed[number] - ONE for number in range(12)] + [ZERO] * 6
    assert share[0] < 0 and all(one > 0 for one in share[2:11])
    contract = loan(**OF_INSTALMENTS, fees_received_minor=100, service_fee_minor=150, outstanding_principal_minor=120_000)
    for days, stopped in ((30, 2), (60, 1), (90, 0), (120, -1)):
        chosen = elections(us_interest="none", nonaccrual_days_past_due=days)
        for month in state(contract, "us", MADE, chosen=chosen).months:
            t = month.recognised_in_month
            costs, fees = share[max(0, t - max(0, stopped))], share[max(0, t - stopped)]
            assert abs(month.deferral - month.principal * (max(ZERO, costs) + min(ZERO, fees))) < NEAR


LATE = {"days_past_due": 30, "nonaccrual_date": date(2023, 5, 16), "outstanding_principal_minor": 110_000}
"""30 days past due on 1 July: the instalment of 1 June was missed first, one is paid; frozen since 16 May."""


@pytest.mark.parametrize(("fees", "costs"), [(6_000, 0), (0, 6_000)])
def test_what_is_frozen_on_non_accrual_stays_until_the_arrears_are_paid(fees: int, costs: int) -> None:
    """Defaults of months 1 and 2 miss no instalment after those of today: frozen fees count, whole, with their sign. Who is in
    default later has paid the arrears: fees are accreted again, and offset nothing."""
    contract = loan(**OF_INSTALMENTS, **LATE, fees_received_minor=fees, costs_paid_minor=costs)
    net = 120_000 - fees + costs
    frozen = kept(net, date(2023, 5, 16))
    chosen = elections(**ACCRUING)
    found = state(contract, "us", JULY, chosen=chosen)
    assert abs(found.figure("loss_allowance").exact - hand_made(contract, 3, 1, net, frozen)) < NEAR
    assert all(abs(month.deferral - frozen * 110_000) < NEAR for month in found.months[:2])
    assert abs(step(found, "the same of a unit of principal until arrears are paid") - frozen) < NEAR  # type: ignore[operator]
    contract = replace(contract, nonaccrual_date=None)
    assert abs(estimate(contract, "us", JULY, chosen=chosen) - hand_made(contract, 3, 1, net)) < NEAR


@pytest.mark.parametrize(("fees", "costs"), [(6_000, 0), (0, 6_000)])
def test_by_cash_flows_fees_count_whether_frozen_or_not(fees: int, costs: int) -> None:
    """US GAAP by cash flows, and IFRS that knows no non-accrual: of each month the deferral of its due date, but frozen."""
    contract = loan(**OF_INSTALMENTS, **LATE, fees_received_minor=fees, costs_paid_minor=costs)
    net = 120_000 - fees + costs
    frozen, share = kept(net, date(2023, 5, 16)), [kept(net, due_on(number)) for number in range(4, 12)] + [ZERO] * 4
    owed = [Decimal(10_000 * (12 - max(1, min(t - 1, 11)))) for t in range(1, 13)]
    accreted = [amount * part for amount, part in zip(owed, share, strict=True)]
    chosen = elections(us_method="dcf", us_interest="none")
    us, ifrs = (state(contract, framework, JULY, chosen=chosen) for framework in FRAMEWORKS)
    assert [month.recognised_in_month for month in us.months] == list(range(1, 13))
    for month, by_day, amount in zip(us.months, accreted, owed, strict=True):
        t = month.recognised_in_month
        deferred = frozen * 110_000 if t < 3 else by_day
        assert (month.principal, abs(month.deferral - deferred) < NEAR) == (amount, True)
        assert month.discount_factor == (ONE / (ONE + (us.rate_per_period or ZERO))) ** t
        expected = (ONE - HAZARD) ** (t - 1) * HAZARD * (LOST * amount + deferred) * month.discount_factor
        assert abs(month.weighted_loss - expected) < NEAR
    assert all(abs(month.deferral - accreted[month.recognised_in_month - 1]) < NEAR for month in ifrs.months)


@pytest.mark.parametrize("timeline", ["first_missed", "none"])
@pytest.mark.parametrize(("nonaccrual_date", "left"), [(date(2024, 2, 16), True), (date(2024, 4, 1), False)])
def test_what_is_frozen_outlasts_the_last_due_date(timeline: str, nonaccrual_date: date, left: bool) -> None:
    """A month past its last due date, frozen since the middle of February: fees count in either month ahead, in which nothing
    is deferred by the schedule; in no month if frozen when the last instalment was due."""
    contract = loan(
        **OF_INSTALMENTS,
        fees_received_minor=6_000,
        days_past_due=30,
        nonaccrual_date=nonaccrual_date,
        outstanding_principal_minor=10_000,
    )
    frozen = kept(114_000, nonaccrual_date) * 10_000
    assert (frozen < -20) is left
    found = state(contract, "us", date(2024, 5, 1), chosen=elections(default_timeline=timeline))
    months = 2 if timeline == "first_missed" else 1
    expected = sum((HAZARD * (ONE - HAZARD) ** (t - 1) * (5_000 + frozen) for t in range(1, months + 1)), ZERO)
    assert [abs(month.deferral - frozen) < NEAR for month in found.months] == [True] * months
    assert abs(found.figure("loss_allowance").exact - expected) < NEAR


def test_the_textbook_knows_no_arrears_that_are_paid() -> None:
    """Election none, on non-accrual: in every month ahead what is frozen, in proportion to what is then owed."""
    contract = loan(**OF_INSTALMENTS, **LATE, fees_received_minor=6_000)
    frozen = kept(114_000, date(2023, 5, 16))
    found = state(contract, "us", JULY, chosen=elections(default_timeline="none"))
    owed = [Decimal(110_000) * left / 9 for left in range(9, 0, -1)]
    assert all(abs(month.deferral - frozen * one) < NEAR for month, one in zip(found.months, owed, strict=True))


@pytest.mark.parametrize("changed", [{"days_past_due": 89}, {"default_date": MADE, "cured_date": date(2023, 6, 20)}])
def test_on_probation_and_in_arrears_it_counts_as_in_every_contract_not_in_default(changed: dict[str, Any]) -> None:
    """89 days past due no instalment is paid, on probation all are: what costs add to a US allowance is what is left of them
    at each default ahead, and under IFRS fees lower it."""
    paid = 0 if "days_past_due" in changed else 3
    contract = loan(**OF_INSTALMENTS, **changed, outstanding_principal_minor=90_000)
    costly = loan(**OF_INSTALMENTS, **changed, outstanding_principal_minor=90_000, costs_paid_minor=6_000)
    chosen = elections(**{**ACCRUING, "nonaccrual_days_past_due": None})
    found = [estimate(one, "us", JULY, chosen=chosen) for one in (contract, costly)]
    expected = [hand_made(contract, 3, paid, net) for net in (120_000, 126_000)]
    assert all(abs(one - by_hand) < NEAR for one, by_hand in zip(found, expected, strict=True))
    with_fees = loan(**OF_INSTALMENTS, **changed, outstanding_principal_minor=90_000, fees_received_minor=6_000)
    assert estimate(with_fees, "ifrs", JULY) < estimate(contract, "ifrs", JULY) < estimate(costly, "ifrs", JULY)


@pytest.mark.parametrize(
    ("framework", "method", "stops"),
    [("us", "dcf", None), ("us", "pd_lgd", None), ("us", "pd_lgd", 90), ("us", "pd_lgd", 121), ("ifrs", "dcf", None)],
)
@pytest.mark.parametrize("deferred", [*DEFERRED, {"fees_received_minor": 80_000}])
def test_a_default_that_is_sure_is_worth_what_it_is_when_it_has_happened(
    framework: Framework, method: str, stops: int | None, deferred: dict[str, int]
) -> None:
    """Two instalments behind on 1 July, in default for sure on 1 August: the allowance of July is that of August a month
    sooner, so a default expected is neither a gain nor a loss when it comes, whether accrual then stops, 31 days later or
    never."""
    chosen = elections(us_method=method, us_interest="none", nonaccrual_days_past_due=stops)
    terms = {**OF_THE_END, **deferred, "outstanding_principal_minor": 120_000}
    before = loan(**terms, days_past_due=61, billed_unpaid_interest_minor=2_400)
    after = loan(**terms, days_past_due=90, default_date=date(2023, 8, 1), billed_unpaid_interest_minor=3_600)
    sure = state(before, framework, JULY, assumptions(hazard="1"), chosen)
    happened = state(after, framework, date(2023, 8, 1), assumptions(hazard="1"), chosen)
    v = ONE if method == "pd_lgd" else ONE / (ONE + (sure.rate_per_period or ZERO))
    assert abs(sure.figure("loss_allowance").exact - v * happened.figure("loss_allowance").exact) < NEAR
    nothing_lost = (method == "dcf" or stops == 90) and deferred.get("fees_received_minor") == 80_000
    assert (happened.figure("loss_allowance").amount == 0) is nothing_lost


def test_a_schedule_that_is_repaid_early_has_nothing_deferred() -> None:
    """Two instalments of 60,000 repay 100,000: after the first 41,000 are left, with costs, and after the second nothing."""
    facts = {"instalment_minor": 60_000, "outstanding_principal_minor": 41_000}
    found = [state(loan(costs_paid_minor=costs, **facts), "us", date(2023, 5, 1)) for costs in (0, 4_000)]
    assert found[1].figure("deferred_costs").amount > 0
    assert found[0].figure("loss_allowance") == found[1].figure("loss_allowance")


# ---------------------------------------------------------------- the current part


@pytest.mark.parametrize("costs", [0, 8_000])
def test_deferral_is_current_as_the_principal_is_that_it_is_lost_with(costs: int) -> None:
    """Of 24 parts of 5,000 none is paid: of a default of month t the first due date missed is t - 3, and of what is then owed
    twelve parts fall due after the first twelve, with as much of what is deferred; of a default beyond them all."""
    cash = Cash((Decimal(5_000),) * 24, tuple(Decimal(5_000 * left) for left in range(24, -1, -1)))
    v = cash.factor(120_000 + costs)
    contract = loan(**OF_INSTALMENTS, term_instalments=24, costs_paid_minor=costs, outstanding_principal_minor=120_000)
    for framework, months in (("us", 27), ("ifrs", 12)):
        share, rate = (HALF, ONE) if framework == "us" else (LOST, v)
        total, current = ZERO, ZERO
        for t in range(1, months + 1):
            j = max(0, min(t - 4, 23))
            deferred = cash.owed[j] * (cash.worth(v, t) / cash.owed[t] - ONE) if t < 24 else ZERO
            loss = rate**t * HAZARD * (ONE - HAZARD) ** (t - 1) * (share * cash.owed[j] + deferred)
            total += loss
            current += loss * (ONE - (cash.owed[12] / cash.owed[j] if j < 12 else ONE))
        found = [estimate(contract, framework, MADE, part) for part in ("", "_current")]  # type: ignore[arg-type]
        assert abs(found[0] - total) < NEAR and abs(found[1] - current) < NEAR
        assert 0 < current < total
