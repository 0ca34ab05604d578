"""The independent calculator's states of loans whose last instalment is behind, against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.exact import ZERO
from gaapbridge.reperform.loans.stage_three import stage_3_interest
from gaapbridge.reperform.loans.told import Told
from tests.parity.reperform_facts import CLOSING, assumptions, elections, loan, state, unearned
from tests.simulation.by_hand import months_later


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
    """Due for the last time on 1 November: gross takes what is left of the deferral by then and nothing after it, as the
    contract brings none (0 %); revenue is the rate on the 37 % expected back, before it and after it, whatever is deferred."""
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
    due = [date(2023, 4, 1), *(months_later(date(2023, 5, 1), number) for number in range(7))]
    august, october = (unearned(rate, due, [14_286] * 6 + [100_000 - 6 * 14_286], date(2023, month, 15)) for month in (8, 10))
    # from 15 August, 15 September, 15 October; from 1 November, when nothing is deferred any more, 15 November, 15 December
    before = Decimal("0.55") + Decimal("0.46") + Decimal("0.37") * 17 / 31
    after = Decimal("0.37") * (Decimal(14) / 31 + 1 + Decimal(16) / 31)
    total, steps = stage_3_interest(Told(contract, CLOSING, None, None), assumptions(), elections())
    assert abs(total - 85_714 * (-august - rate * (before + after))) < Decimal("1e-20")
    notes = [one.note for one in steps]
    for deferred, days in ((85_714 * october, 17), (ZERO, 14), (ZERO, 16)):
        net = f"owed 85,714.00 + deferral {deferred:,.2f} - allowance {Decimal('53999.82') + deferred:,.2f}"
        assert f"rate x ({net}) x {days}/31 days; lost of what is owed 53,999.82" in notes
    later = elections(opening=date(2023, 11, 1))
    total, steps = stage_3_interest(Told(contract, CLOSING, None, None), assumptions(), later)
    assert abs(total + rate * 85_714 * after) < Decimal("1e-20")
    assert (steps[-2].name, steps[-2].value) == ("revenue in default", total.copy_negate())
    cured = replace(contract, cured_date=date(2023, 12, 20), days_past_due=0)
    _, steps = stage_3_interest(Told(cured, CLOSING, None, None), assumptions(), elections())
    assert "5/31 days" in [one.note for one in steps if one.name.startswith("revenue from")][-1]
