"""What is deferred in the losses of defaults ahead, by hand, month by month: when US accrual stops, what is frozen, the current
part (IFRS 9 5.5.17, B5.5.28, B5.5.29; ASC 326-20-30-1, 30-4, 30-5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import pytest

from gaapbridge.reperform.calculation import State
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
    instalments,
)
from tests.parity.reperform_facts import assumptions, elections, loan, state, step, unearned

NEAR = Decimal("1e-18")


@pytest.fixture(autouse=True)
def exact() -> Iterator[None]:
    """Fifty digits, as the calculator has."""
    with localcontext(EXACT):
        yield


def estimate(contract: Loan, framework: Framework, day: date, part: str = "", **given: Any) -> Decimal:
    """The loss allowance of a state, not rounded, or its current part."""
    return state(contract, framework, day, **given).figure(f"loss_allowance{part}").exact


DUE = [MADE, *(months_later(MADE, number) for number in range(1, 13))]
FLOWS = [10_000] * 12
JULY = date(2023, 7, 1)
"""Three instalments are due: of one who has paid them, defaults of months 1 to 4 owe all, of month t those but t - 1."""


def kept(net: int, day: date) -> Decimal:
    """What is deferred on a day, on one unit of principal, of twelve instalments without interest for a net amount paid out."""
    return unearned(ONE / instalments().factor(net) - ONE, DUE, FLOWS, day)


def kept_after(net: int, passed: Decimal) -> Decimal:
    """The same after so many due dates, whole and in part; nil after all."""
    if passed >= 12:
        return ZERO
    behind = int(passed)
    rate = ONE / instalments().factor(net) - ONE
    return (ONE + kept(net, DUE[behind])) * (ONE + rate) ** (passed - behind) - ONE


def months_of(days: int) -> Decimal:
    """Days in months of 30.4375."""
    return Decimal(days) / Decimal("30.4375")


ACCRUING: dict[str, Any] = {"us_interest": "none", "nonaccrual_days_past_due": None}
"""US accrual never stops."""


def share_of(net: int, passed: int, month: int, days: int) -> Decimal:
    """What is deferred so many days after the due date first missed by a default of a month ahead, three due dates before; but
    not before today, on a due date."""
    return kept_after(net, max(Decimal(passed), passed + month - 3 + months_of(days)))


def hand_made(
    contract: Loan,
    passed: int,
    paid: int,
    net: int,
    frozen: Decimal | None = None,
    leaving: str = "0",
    *,
    stops: int | None = None,
) -> Decimal:
    """By hand, US GAAP and not discounted: of every month ahead half of what is owed, and of what is deferred 90 days after the
    first miss costs, and fees left when accrual stops, so many days after it or never; but what is frozen today where nothing
    was paid since."""
    total, there = ZERO, ONE
    for t in range(1, 12 - passed + 3 + 1):
        j = max(paid, min(passed + t - 4, 11))
        owed = contract.outstanding_principal_minor * Decimal(12 - j) / (12 - paid)
        deferred = max(ZERO, share_of(net, passed, t, min(90, stops or 90))) * owed
        if stops is not None:
            deferred += min(ZERO, share_of(net, passed, t, stops)) * owed
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


STOPS = [1, 30, 74, 90, 91, 92, 120, 180, 360]
"""Days past due at which accrual stops; a default is recognised at 90, a day or two before a due date."""

WITH = [(114_000, {"fees_received_minor": 6_000}), (126_000, {"costs_paid_minor": 6_000})]
"""A net amount paid out, and the fees or costs of it."""


@pytest.mark.campaign(but=4)
@pytest.mark.parametrize("days", [*STOPS, None])
def test_a_discount_counts_as_it_is_left_when_accrual_stops(days: int | None) -> None:
    """On 1 July, nothing overdue. What is left of fees on the day on which accrual stops is no income to come, be it before a
    default is recognised, with it or after it, and never before today; the later it stops, the less. Costs are frozen where it
    stops before, and else those of the day of recognition."""
    chosen = elections(us_interest="none", nonaccrual_days_past_due=days)
    without = hand_made(loan(outstanding_principal_minor=90_000), 3, 3, 120_000)
    for net, given in WITH:
        contract = loan(**OF_INSTALMENTS, **given, outstanding_principal_minor=90_000)
        expected = hand_made(contract, 3, 3, net, stops=days)
        found = state(contract, "us", JULY, chosen=chosen)
        assert abs(found.figure("loss_allowance").exact - expected) < NEAR
        counts_nothing = net < 120_000 and days in (None, 360)
        assert (expected < without, expected > without) == (net < 120_000 and not counts_nothing, net > 120_000)
        if days is not None:
            assert abs(step(found, "day on which accrual stops z") - (1 + months_of(days))) < NEAR  # type: ignore[operator]
            told = "costs, and a discount left when accrual stops"
            assert step(found, "deferred fees and costs lost in a default") == told


@pytest.mark.campaign(but=6)
@pytest.mark.parametrize("days", [*STOPS, None])
@pytest.mark.parametrize("timeline", ["first_missed", "none"])
def test_by_cash_flows_what_is_deferred_is_frozen_when_accrual_stops(days: int | None, timeline: str) -> None:
    """US GAAP by cash flows: of a default what was deferred when accrual stopped before it, fees as costs, else when it is
    recognised, by the textbook on the due date. IFRS knows no such day."""
    chosen = elections(us_method="dcf", us_interest="none", nonaccrual_days_past_due=days, default_timeline=timeline)
    for net, given in WITH:
        contract = loan(**OF_INSTALMENTS, **given, outstanding_principal_minor=90_000)
        for framework, stops in (("us", min(90, days or 90)), ("ifrs", 90)):
            found = state(contract, framework, JULY, chosen=chosen).months  # type: ignore[arg-type]
            assert len(found) >= 9
            of_month = share_of if timeline == "first_missed" else share_by_the_textbook
            for month in found:
                expected = month.principal * of_month(net, 3, month.recognised_in_month, stops)
                assert abs(month.deferral - expected) < NEAR


def share_by_the_textbook(net: int, passed: int, month: int, days: int) -> Decimal:
    """The same where a default is recognised on the due date of its month."""
    return kept_after(net, max(Decimal(passed), passed + month + months_of(days - 90)))


@pytest.mark.campaign(but=4)
@pytest.mark.parametrize("days", [*STOPS, None])
def test_the_textbook_follows_the_same_days(days: int | None) -> None:
    """Election none: in month 1 all of 90,000 is owed, in month 9 what is left of it; accrual stops as with a timeline."""
    chosen = elections(us_interest="none", nonaccrual_days_past_due=days, default_timeline="none")
    for net, given in WITH:
        contract = loan(**OF_INSTALMENTS, **given, outstanding_principal_minor=90_000)
        found = state(contract, "us", JULY, chosen=chosen).months
        assert [month.principal for month in found] == [10_000 * left for left in range(9, 0, -1)]
        for month in found:
            t = month.recognised_in_month
            costs = max(ZERO, share_by_the_textbook(net, 3, t, min(90, days or 90)))
            fees = ZERO if days is None else min(ZERO, share_by_the_textbook(net, 3, t, days))
            assert abs(month.deferral - month.principal * (costs + fees)) < NEAR


@pytest.mark.parametrize(
    ("given", "days", "months"),
    [
        (
            WITH[0][1],
            30,
            {1: "discount after 3 due dates", 2: "discount after 3 due dates", 9: "discount after 9.986 due dates"},
        ),
        (WITH[0][1], 120, {1: "discount after 4.943 due dates", 8: "discount after 11.943 due dates"}),
        (WITH[0][1], None, {1: "no discount: accreted"}),
        (WITH[1][1], 30, {1: "costs after 3 due dates", 4: "costs after 4.986 due dates"}),
        (WITH[1][1], 120, {1: "costs after 3.957 due dates", 4: "costs after 6.957 due dates"}),
        (WITH[1][1], None, {1: "costs after 3.957 due dates"}),
        ({**WITH[0][1], "nonaccrual_date": JULY}, 120, {1: "frozen", 4: "frozen", 5: "discount after 8.943 due dates"}),
    ],
)
def test_every_month_says_what_is_counted(given: dict[str, Any], days: int | None, months: dict[int, str]) -> None:
    """By the due dates passed on the day whose deferral a default of the month takes: three are behind on 1 July."""
    contract = loan(**OF_INSTALMENTS, **given, outstanding_principal_minor=90_000)
    found = state(contract, "us", JULY, chosen=elections(us_interest="none", nonaccrual_days_past_due=days))
    told = {month.recognised_in_month: month.deferral_counted for month in found.months}
    assert {month: told[month] for month in months} == months
    by_cash_flows = elections(us_method="dcf", us_interest="none", nonaccrual_days_past_due=days)
    told = {one.recognised_in_month: one.deferral_counted for one in state(contract, "us", JULY, chosen=by_cash_flows).months}
    assert told[5] == ("after 5.986 due dates" if days == 30 else "after 7.957 due dates")


def test_a_discount_that_turns_into_costs_counts_as_what_it_is_on_the_day() -> None:
    """A fee of 100 beside a service fee of 150 a month is below nil on the first days and above it then: costs of the day of
    recognition count, and no discount is left when accrual stops; before, on the day on which the loan is made, it is."""
    cash = instalments(150)
    v = cash.factor(119_900)

    def share(passed: Decimal) -> Decimal:
        number = int(passed)
        return ZERO if number >= 12 else cash.worth(v, number) / v ** (passed - number) / cash.owed[number] - ONE

    assert share(ZERO) < 0 and all(share(Decimal(number)) > 0 for number in range(2, 11))
    contract = loan(**OF_INSTALMENTS, fees_received_minor=100, service_fee_minor=150, outstanding_principal_minor=120_000)
    for days in (30, 60, 90, 120):
        chosen = elections(us_interest="none", nonaccrual_days_past_due=days)
        for month in state(contract, "us", MADE, chosen=chosen).months:
            t = month.recognised_in_month - 3
            costs, fees = (share(max(ZERO, t + months_of(stops))) for stops in (min(90, days), days))
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
    """US GAAP by cash flows, and IFRS that knows no non-accrual: of each month the deferral of its day, but frozen."""
    contract = loan(**OF_INSTALMENTS, **LATE, fees_received_minor=fees, costs_paid_minor=costs)
    net = 120_000 - fees + costs
    frozen, share = kept(net, date(2023, 5, 16)), [share_of(net, 3, t, 90) for t in range(1, 13)]
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


def deferred_in(found: State) -> list[Decimal]:
    """The deferred fees and costs of a state."""
    return [found.figure(f"deferred_{name}").exact for name in ("fees", "costs")]


@pytest.mark.parametrize(
    ("framework", "method", "stops"),
    [("us", "dcf", None), ("us", "pd_lgd", None), ("us", "pd_lgd", 90), ("us", "pd_lgd", 121), ("ifrs", "dcf", None)],
)
@pytest.mark.parametrize("deferred", [*DEFERRED, {"fees_received_minor": 80_000}])
def test_a_default_that_is_sure_is_worth_what_it_is_when_it_has_happened(
    framework: Framework, method: str, stops: int | None, deferred: dict[str, int]
) -> None:
    """Two instalments behind on 1 July, in default for sure on 30 July: the allowance of 1 July is that of the default a month
    sooner, so a default expected is neither a gain nor a loss when it comes, whether accrual then stops, 31 days later or
    never. But for what a month accretes in the days by which it is not 30.4375 days; and no more is lost than is carried."""
    chosen = elections(us_method=method, us_interest="none", nonaccrual_days_past_due=stops)
    terms = {**OF_THE_END, **deferred, "outstanding_principal_minor": 120_000}
    before = loan(**terms, days_past_due=61, billed_unpaid_interest_minor=2_400)
    after = loan(**terms, days_past_due=90, default_date=date(2023, 7, 30), billed_unpaid_interest_minor=2_477)
    sure = state(before, framework, JULY, assumptions(hazard="1"), chosen)
    happened = state(after, framework, date(2023, 7, 30), assumptions(hazard="1"), chosen)
    v = ONE if method == "pd_lgd" else ONE / (ONE + (sure.rate_per_period or ZERO))
    of_a_month = sum(abs(after_it - now) for now, after_it in zip(deferred_in(sure), deferred_in(happened), strict=True))
    found = abs(sure.figure("loss_allowance").exact - v * happened.figure("loss_allowance").exact)
    if deferred.get("fees_received_minor") == 80_000 and method == "pd_lgd" and stops is None:
        assert all(abs(one.figure("loss_allowance").amount - 120_000 - sum(deferred_in(one))) < 1 for one in (sure, happened))
    else:
        assert found <= of_a_month * 6 / 100 + 1
    nothing_lost = (method == "dcf" or stops == 90) and deferred.get("fees_received_minor") == 80_000
    assert (happened.figure("loss_allowance").amount == 0) is nothing_lost


def test_a_schedule_that_is_repaid_early_has_nothing_deferred() -> None:
    """Two instalments of 60,000 repay 100,000: after the first 41,000 are left, with costs, and after the second nothing. So
    costs are lost in the first month ahead alone, whose defaults are recognised before the second falls due."""
    facts = {"instalment_minor": 60_000, "outstanding_principal_minor": 41_000}
    found = [state(loan(costs_paid_minor=costs, **facts), "us", date(2023, 5, 1)) for costs in (0, 4_000)]
    assert found[1].figure("deferred_costs").amount > 0
    assert found[0].figure("loss_allowance").exact < found[1].figure("loss_allowance").exact
    assert [month.deferral > 0 for month in found[1].months] == [True] + [False] * (len(found[1].months) - 1)


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
            day = max(ZERO, t - 3 + months_of(90))
            behind = int(day)
            deferred = (
                cash.owed[j] * (cash.worth(v, behind) / v ** (day - behind) / cash.owed[behind] - ONE) if day < 24 else ZERO
            )
            loss = rate**t * HAZARD * (ONE - HAZARD) ** (t - 1) * (share * cash.owed[j] + deferred)
            total += loss
            current += loss * (ONE - (cash.owed[12] / cash.owed[j] if j < 12 else ONE))
        found = [estimate(contract, framework, MADE, part) for part in ("", "_current")]  # type: ignore[arg-type]
        assert abs(found[0] - total) < NEAR and abs(found[1] - current) < NEAR
        assert 0 < current < total
