"""Fees of guarantees by the independent calculator against figures worked out by hand.

Twelve fees of 10.00 in advance from 1 April 2023; on 31 December 274 of the 366 days of the term have elapsed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from gaapbridge.reperform.guarantees.contract import FeeInstalment
from tests.parity.guarantee_facts import START, basis, calculated, fee_loss_rates, fee_losses, fees, figures, guarantee

US = ("us_fee_receivable", "us_fee_allowance", "us_stand_ready")
IFRS = ("ifrs_fee_receivable", "ifrs_fee_allowance", "ifrs_contract_liability")
NO_TAX = Fraction(0)


def test_straight_line_in_whole_units_over_days() -> None:
    """12,000 x 274/366 = 8,983.6: 8,984 released, 3,016 left; of the ninth fee 30 of 31 days: 968 earned."""
    found = calculated(None, (guarantee(), fees(collected=8)))
    assert figures(found, *US) == (4_000, 80, 3_016)
    assert figures(found, *IFRS) == (968, 10, 0)  # of fees earned 1 %: 9.68
    assert figures(found, "ifrs_stand_ready", "us_contract_liability", "us_higher_of") == (0, 0, 0)
    assert all(found.figures[name].slack == 0 for name in (*US, *IFRS))


def test_the_term_ends_on_the_stated_maturity() -> None:
    stated = guarantee(maturity_date=date(2023, 12, 30))
    assert figures(calculated(None, (stated, fees())), "us_stand_ready") == (0,)
    longer = guarantee(maturity_date=date(2025, 4, 1))  # 274 of 731 days: 4,497.95
    assert figures(calculated(None, (longer, fees())), "us_stand_ready") == (12_000 - 4_498,)


@pytest.mark.parametrize(
    ("election", "written_off", "receivable", "stand_ready", "accretion"),
    [
        ("pro_rata", {}, 3_000, 2_262, 2_000),  # a quarter of every fee is above fair value
        ("after_fair_value", {}, 1_000, 2_262, 0),  # fair value of 9,000 less 8,000: nothing above it yet
        ("pro_rata", {8: 500}, 2_625, 2_262, 2_000),  # 375 written off
        ("after_fair_value", {8: 500}, 500, 2_262, 0),  # 500 written off
    ],
)
def test_fees_above_fair_value(
    election: str, written_off: dict[int, int], receivable: int, stand_ready: int, accretion: int
) -> None:
    row = guarantee(stand_ready_minor=9_000)
    found = calculated(None, (row, fees(collected=8, written_off=written_off)), basis(fee_accretion=election))
    assert figures(found, "us_fee_receivable", "us_stand_ready", "us_fee_accretion") == (receivable, stand_ready, accretion)
    lost = figures(found, "us_fee_write_off")[0]
    assert 8_000 - accretion + receivable + lost == 9_000  # V = C - a + R + w


def test_a_fair_value_that_is_not_stated_is_that_of_the_fees_or_of_the_fees_discounted() -> None:
    """Twelve fees of 1,000 in advance at 10 % a year, the first on the day itself: 11,489.81."""
    days = [0, 30, 61, 91, 122, 153, 183, 214, 244, 275, 306, 335]
    worth = round(sum(1_000 / 1.1 ** (day / 365) for day in days))
    elected = basis(stand_ready_measurement="discounted_fees", stand_ready_discount_rate=Decimal("0.1"))
    assert figures(calculated(None, (guarantee(), fees())), "us_inception") == (12_000,)
    assert figures(calculated(None, (guarantee(), fees()), elected), "us_inception") == (worth,) == (11_490,)
    stated = guarantee(stand_ready_minor=9_000)
    assert figures(calculated(None, (stated, fees()), elected), "us_inception") == (9_000,)


def test_after_fair_value_everything_accretes() -> None:
    """10,000 collected and 1,500 written off: 1,000 above fair value, and nothing of the write-off is within it."""
    row, paid = guarantee(stand_ready_minor=9_000), fees(collected=10, written_off={10: 1_000, 11: 500})
    found = calculated(None, (row, paid), basis(fee_accretion="after_fair_value"))
    assert figures(found, "us_fee_receivable", "us_fee_accretion", "us_fee_write_off") == (0, 1_000, 0)


def test_an_estimate_near_half_has_slack_and_a_whole_figure_none() -> None:
    """V of 3 over F of 6, half of it outstanding: 1.5; with V = F there is nothing to estimate."""
    half = calculated(None, (guarantee(stand_ready_minor=3), fees(collected=3, of=6, fee_minor=1)))
    assert half.figures["us_fee_receivable"].amount == 2
    assert half.figures["us_fee_receivable"].slack == 1
    whole = calculated(None, (guarantee(), fees(collected=3, of=6, fee_minor=1)))
    assert whole.figures["us_fee_receivable"].slack == 0


def test_fees_due_after_twelve_months_are_non_current() -> None:
    """24 fees of 5.00, 9 collected: 7,500 outstanding, 1,500 of it due in 2025; half of it is fair value."""
    row, paid = guarantee(stand_ready_minor=6_000), fees(collected=9, of=24, fee_minor=500)
    found = calculated(None, (row, paid))
    assert figures(found, "us_fee_receivable", "us_fee_receivable_non_current") == (3_750, 750)
    assert figures(found, "us_fee_allowance", "us_fee_allowance_non_current") == (75, 15)
    assert figures(found, "ifrs_fee_receivable_non_current", "ifrs_fee_allowance_non_current") == (0, 0)
    due_that_day = fees(collected=9, of=24, fee_minor=500)[:9]
    assert figures(calculated(None, (guarantee(), due_that_day)), "us_fee_receivable_non_current") == (0,)


@pytest.mark.parametrize("status", ["matured", "settled_early"])
def test_a_kept_fee_due_after_twelve_months_is_non_current_under_ifrs_too(status: str) -> None:
    """As above, but gone: 7,500 are earned and owed, none of them due yet, 1,500 of them due in 2025.

    They are fees of a whole term, so the rate is that of all fees, 2 %.
    """
    row = guarantee(stand_ready_minor=6_000, status=status, exit_date=date(2023, 10, 15))
    found = calculated(None, (row, fees(collected=9, of=24, fee_minor=500)), basis(early_settlement="fee_kept"))
    assert figures(found, "us_fee_receivable", "us_fee_receivable_non_current") == (3_750, 750)
    assert figures(found, "ifrs_fee_receivable", "ifrs_fee_receivable_non_current", "ifrs_fee_allowance") == (0, 0, 0)
    assert figures(found, "ifrs_accrued_fee", "ifrs_accrued_fee_non_current") == (7_500, 1_500)
    assert figures(found, "ifrs_accrued_fee_allowance", "ifrs_accrued_fee_allowance_non_current") == (150, 30)


def test_nothing_outstanding_nothing_receivable() -> None:
    found = calculated(None, (guarantee(), fees(collected=12)))
    assert figures(found, "us_fee_receivable", "us_fee_receivable_non_current", *IFRS) == (0, 0, 0, 0, 12_000 - 8_968)


@pytest.mark.parametrize(("days", "rate"), [(0, 0.02), (1, 0.1), (30, 0.1), (31, 0.3), (60, 0.3), (61, 0.5), (400, 0.5)])
def test_the_loss_rate_of_the_bucket(days: int, rate: float) -> None:
    found = calculated(None, (guarantee(days_past_due=days), fees(collected=8)))
    assert figures(found, "us_fee_allowance") == (round(4_000 * rate),)


def test_loss_rates_by_version() -> None:
    """Opening, exit and restated use the version at the opening instant, the closing its own."""
    rates = fee_loss_rates(*fee_losses(), *fee_losses("2023-06-30", "2"))
    found = calculated(None, (guarantee(), fees(collected=8)), basis(rates=rates))
    assert figures(found, "us_fee_allowance", "restated_us_fee_allowance") == (160, 80)
    left = guarantee(status="paid_out", exit_date=date(2023, 10, 15), paid_out_minor=70_000)
    gone = calculated(None, (left, fees(collected=5)), basis(rates=rates))
    assert figures(gone, "exit_us_fee_receivable", "exit_us_fee_allowance") == (7_000, 140)


def test_collected_ahead_is_a_contract_liability_and_the_allowance_absorbs_it() -> None:
    """12,000 collected, 8,968 earned: 3,032, of it 172 tax; the loss allowance under IFRS is above or below the 2,860."""
    row, paid = guarantee(), fees(collected=12)
    additive = calculated(None, (row, paid))
    assert figures(additive, "ifrs_contract_liability", "ifrs_higher_of") == (3_032, 0)
    elected = basis(ifrs_liability="higher_of")
    found = calculated(None, (row, paid), elected)
    (allowance,) = figures(found, "ifrs_loss_allowance")
    assert 0 < allowance < 2_860
    assert figures(found, "ifrs_contract_liability", "ifrs_higher_of", "us_higher_of") == (3_032, allowance, 0)
    in_default = calculated(None, (guarantee(days_past_due=61), paid), elected)
    assert figures(in_default, "ifrs_higher_of") == (2_860,)  # the allowance is 45,000
    untaxed = basis(ifrs_liability="higher_of", vat_rate=NO_TAX)
    assert figures(calculated(None, (guarantee(days_past_due=61), paid), untaxed), "ifrs_higher_of") == (3_032,)


@pytest.mark.parametrize(
    ("collected", "written_off", "receivable", "lost", "liability"),
    [
        (5, {5: 1_000}, 2_968, 1_000, 0),  # E 8,968, C 5,000: the sixth fee was revenue
        (5, {5: 400}, 3_568, 400, 0),
        (5, {5: 1_000, 11: 1_000}, 2_968, 1_000, 0),  # the cover of the twelfth has not begun: no revenue, no loss
        (5, {8: 1_000}, 3_000, 968, 0),  # of the ninth 968 are revenue so far
        (11, {11: 1_000}, 0, 0, 2_032),  # C 11,000
        (8, {8: 1_000}, 0, 968, 0),
    ],
)
def test_lost_under_ifrs_is_only_what_was_revenue(
    collected: int, written_off: dict[int, int], receivable: int, lost: int, liability: int
) -> None:
    found = calculated(None, (guarantee(), fees(collected, written_off=written_off)))
    names = ("ifrs_fee_receivable", "ifrs_fee_write_off", "ifrs_contract_liability", "ifrs_fee_revenue")
    assert figures(found, *names) == (receivable, lost, liability, 8_968)


def test_a_contract_is_one_net_position() -> None:
    """The fourth fee is lost, eight later ones are collected: 11,000 and 1,000 less 8,968 are ahead."""
    paid = list(fees(collected=12))
    paid[3] = replace(paid[3], collected_minor=0, written_off_minor=1_000)
    found = calculated(None, (guarantee(), tuple(paid)))
    assert figures(found, "ifrs_fee_receivable", "ifrs_contract_liability", "ifrs_fee_write_off") == (0, 3_032, 1_000)


def arrears(collected: int = 0, **changed: Any) -> Any:
    """The same fees, each due on the day on which its coverage ends."""
    return tuple(replace(one, due_date=one.coverage_end) for one in fees(collected, **changed))


@pytest.mark.parametrize(
    ("election", "collected", "receivable", "accrued", "liability", "revenue"),
    [
        ("accrued", 8, 0, 968, 0, 8_968),  # eight fees due and collected; 30 of the 31 days of the ninth, not yet due
        ("accrued", 6, 2_000, 968, 0, 8_968),  # two fees due and owed
        ("accrued", 9, 0, 0, 32, 8_968),  # the ninth collected ahead of its last day
        ("when_due", 8, 0, 0, 0, 8_000),
        ("when_due", 6, 2_000, 0, 0, 8_000),
        ("when_due", 9, 0, 0, 1_000, 8_000),  # collected before it is due, so wholly ahead
    ],
)
def test_a_fee_in_arrears_accrues_or_waits_for_its_due_date(
    election: str, collected: int, receivable: int, accrued: int, liability: int, revenue: int
) -> None:
    found = calculated(None, (guarantee(), arrears(collected)), basis(ifrs_fee_revenue=election))
    names = ("ifrs_fee_receivable", "ifrs_accrued_fee", "ifrs_contract_liability", "ifrs_fee_revenue")
    assert figures(found, *names) == (receivable, accrued, liability, revenue)
    assert figures(found, "ifrs_accrued_fee_allowance", "us_accrued_fee") == (round(accrued * 0.01), 0)
    assert figures(found, "closing_vat_accrued_fee") == (round(accrued * 6 / 106),)


def test_an_accrued_fee_due_after_twelve_months_is_non_current() -> None:
    """One fee of 24.00 for two years and one of 12.00 for the first of them, both due at its end, or at the end of both."""
    cover = {"contract_id": "G1", "coverage_start": START}
    longest = FeeInstalment(**cover, coverage_end=date(2025, 4, 1), due_date=date(2025, 4, 1), fee_minor=2_400)
    shorter = FeeInstalment(**cover, coverage_end=date(2024, 4, 1), due_date=date(2024, 4, 1), fee_minor=1_200)
    found = calculated(None, (guarantee(), (shorter, longest)))
    # 274 of 731 days of 2,400 are 899.6, 274 of 366 days of 1,200 are 898.4
    assert figures(found, "ifrs_accrued_fee", "ifrs_accrued_fee_non_current") == (1_798, 900)
    ahead = (replace(shorter, collected_minor=1_200), longest)  # 1,798 earned, 1,200 collected: 598 are left, of the longer
    assert figures(calculated(None, (guarantee(), ahead)), "ifrs_accrued_fee", "ifrs_accrued_fee_non_current") == (598, 598)


def test_what_is_accrued_of_a_guarantee_that_left_is_written_off() -> None:
    """Paid out half way through the seventh month: 14 of 31 days of its fee were earned, and are lost with it."""
    left = guarantee(status="paid_out", exit_date=date(2023, 10, 15), paid_out_minor=70_000)
    found = calculated(None, (left, arrears(6)))
    names = ("exit_ifrs_accrued_fee", "ifrs_accrued_fee", "ifrs_fee_revenue", "ifrs_fee_write_off")
    assert figures(found, *names) == (452, 0, 6_452, 452)


def test_value_added_tax_inside_the_differences() -> None:
    """6/106 of -3,032 and of 3,016; of the flows, of what is released and of nothing written off."""
    found = calculated(None, (guarantee(), fees(collected=8)))
    names = ("closing_vat_fee_receivable", "closing_vat_stand_ready", "closing_vat_contract_liability", "vat_release")
    assert figures(found, *names) == (-172, 171, 0, round((12_000 - 3_016) * 6 / 106))
    ahead = calculated(None, (guarantee(), fees(collected=12)))
    assert figures(ahead, "closing_vat_contract_liability") == (-172,)  # -3,032 x 6/106
    assert figures(calculated(None, (guarantee(), fees(collected=8)), basis(vat_rate=NO_TAX)), *names) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("row", "paid", "problem"),
    [
        (guarantee(), (), "no fee instalment"),
        (guarantee(stand_ready_minor=12_001), fees(), "fair value above the fees"),
    ],
)
def test_what_cannot_be_measured(row: object, paid: object, problem: str) -> None:
    found = calculated(None, (row, paid))  # type: ignore[arg-type]
    assert found.problem == problem
    assert found.states == {}


def test_the_fees_of_every_instant_at_which_it_is_live_must_bear_the_fair_value() -> None:
    """Twelve fees at the closing, eleven at the opening; one paid out before needs none at all."""
    row = guarantee(origination_date=date(2022, 12, 1))
    assert calculated((row, fees(of=11)), (row, fees())).problem == "fair value above the fees"
    gone = guarantee(status="paid_out", exit_date=date(2022, 12, 20), paid_out_minor=5_000)
    found = calculated((gone, ()), (gone, ()))
    assert (found.problem, *figures(found, "us_expected_recoveries")) == ("", 1_500)  # a year on 30 % comes back


def test_an_instalment_that_covers_no_day_is_refused() -> None:
    one = fees()[0]
    with pytest.raises(ValueError, match="covers no day"):
        type(one)(contract_id="G1", due_date=START, coverage_start=START, coverage_end=START, fee_minor=1)
