"""The independent calculator's states of loans whose last instalment is behind, against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.exact import ZERO
from gaapbridge.reperform.loans.stage_three import stage_3_interest
from gaapbridge.reperform.loans.told import Told
from tests.parity.reperform_facts import CLOSING, assumptions, elections, loan, state


def test_frozen_fees_stay_beyond_the_last_due_date() -> None:
    """The last of twelve instalments is due on 1 April 2024: what froze before stays, what was accrued to the end is nil."""
    facts: dict[str, object] = {"fees_received_minor": 5_000, "outstanding_principal_minor": 60_000}
    stopped = {"nonaccrual_date": date(2023, 11, 1), **facts}
    before = state(loan(**stopped), "us", date(2023, 11, 1)).figures["deferred_fees"].exact
    assert before < 0
    for day in (date(2024, 3, 31), date(2024, 4, 1), date(2025, 6, 30)):
        found = state(loan(**stopped), "us", day)
        assert found.figures["deferred_fees"].exact == before
        assert found.figures["deferred_fees_non_current"].amount == 0
        ifrs = state(loan(**stopped), "ifrs", day).figures["deferred_fees"].amount
        assert (ifrs < 0) is (day < date(2024, 4, 1))
    assert state(loan(**facts), "us", date(2024, 4, 1)).figures["deferred_fees"].amount == 0
    # 90 days past due on 1 May 2024: accrued to the end
    assert state(loan(days_past_due=100, **facts), "us", date(2024, 5, 11)).figures["deferred_fees"].amount == 0


def test_revenue_goes_on_after_the_last_due_date() -> None:
    """Due for the last time on 1 November: before it the rate on the allowance is left out of what the contract brings, none
    of it unpaid interest (0 %); after it the contract brings nothing, and the rate on the 37 % expected back is revenue."""
    contract = loan(
        days_past_due=228,
        default_date=date(2023, 8, 15),
        term_instalments=7,
        annual_rate=ZERO,
        fees_received_minor=1_000,
        outstanding_principal_minor=85_714,
    )
    rate = state(contract, "ifrs").rate_per_period
    assert rate is not None
    before = Decimal("0.45") + Decimal("0.54") + Decimal("0.63") * 17 / 31  # from 15 August, 15 September, 15 October
    after = (1 - Decimal("0.63")) * (Decimal(14) / 31 + 1 + Decimal(16) / 31)  # from 1 November, 15 November, 15 December
    total, steps = stage_3_interest(Told(contract, CLOSING, None, None), rate, assumptions(), elections())
    assert abs(total - rate * 85_714 * (before - after)) < Decimal("1e-20")
    assert "rate x (allowance 53,999.82 - owed after the last due date 85,714.00) x 14/31 days" in [one.note for one in steps]
    later = elections(opening=date(2023, 11, 1))
    total, steps = stage_3_interest(Told(contract, CLOSING, None, None), rate, assumptions(), later)
    assert abs(total + rate * 85_714 * after) < Decimal("1e-20")
    assert (steps[-2].name, steps[-2].value) == ("revenue in default", total.copy_negate())
    cured = replace(contract, cured_date=date(2023, 12, 20), days_past_due=0)
    _, steps = stage_3_interest(Told(cured, CLOSING, None, None), rate, assumptions(), elections())
    assert "5/31 days" in steps[-3].note
