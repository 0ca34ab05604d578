"""The most that can be lost of a loan is what it is carried at, by hand (IFRS 9 Appendix A, B5.5.28, B5.5.33; 326-20-30-1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.exact import FRAMEWORKS, ZERO, Framework
from gaapbridge.reperform.loans.state import vat_leg
from tests.parity.reperform_facts import amounts, curve_rows, elections, loan, state

MADE, DUE = date(2023, 4, 1), date(2023, 5, 1)
BY_CASH_FLOWS = {"us_method": "dcf", "us_interest": "none"}


def all_lost(month: int) -> Assumptions:
    """All of what is owed is lost of every default, and that of a month ahead is certain."""
    prepayment, hazard, losses, recoveries = curve_rows()
    months = [{**row, "months_ahead": at, "hazard": str(int(at == month))} for row in hazard for at in range(1, month + 1)]
    whole = [{**row, "lgd_undiscounted": "1", "lgd_discounted": "1"} for row in losses]
    return Assumptions.from_rows(prepayment, months, whole, recoveries)


def in_two_parts(principal: int = 20_000, **changed: object) -> Any:
    """200.00 without interest in two equal parts."""
    facts: dict[str, object] = {
        "repayment_type": "interest_free_instalments",
        "annual_rate": ZERO,
        "term_instalments": 2,
        "principal_minor": principal,
        "outstanding_principal_minor": principal,
    }
    return loan(**{**facts, **changed})


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_effective_rate_below_nil_makes_no_more_of_a_loss_than_the_gross_amount(framework: Framework) -> None:
    """The page's loan: with costs of 100.00 the rate is (23.24) % a month, and 200.00 in month 4 are 576.11 today. 300.00 are
    carried, and lost; all of it current. Without costs 200.00 are 200.00 in any month."""
    chosen, curves = elections(**BY_CASH_FLOWS, sicr_days_past_due=0), all_lost(4)
    found = state(in_two_parts(costs_paid_minor=10_000), framework, MADE, curves, chosen)
    rate = found.rate_per_period
    assert rate is not None and round(rate, 4) == Decimal("-0.2324")
    assert round(sum((month.loss for month in found.months), ZERO)) == 57_611
    kept = amounts(found)
    assert (kept["deferred_costs"], kept["loss_allowance"], kept["loss_allowance_current"]) == (10_000, 30_000, 30_000)
    assert amounts(state(in_two_parts(), framework, MADE, curves, chosen))["loss_allowance"] == 20_000


@pytest.mark.parametrize(("late", "lost"), [(31, 10_100), (0, 10_000)])
def test_interest_that_has_not_accrued_is_not_lost(late: int, lost: int) -> None:
    """100.00 at 12 %, by the textbook in default at the beginning of the first month for certain: of 101.00 owed then, as the
    month's interest is exposed, what has accrued today is lost, nothing on the first day and all after one."""
    one = loan(
        repayment_type="bullet", term_instalments=1, principal_minor=10_000, outstanding_principal_minor=10_000,
        days_past_due=late, billed_unpaid_interest_minor=100 if late else 0,
    )  # fmt: skip
    chosen = elections(default_timeline="none", default_timing="start", us_interest="none")
    found = state(one, "ifrs", date(2023, 6, 1) if late else MADE, all_lost(1), chosen)
    assert amounts(found)["loss_allowance"] == lost
    assert sum((month.loss for month in found.months), ZERO) in (10_100, 10_200)


def test_a_discount_that_is_still_accreted_is_not_lost_with_the_claim() -> None:
    """US GAAP by default and loss, in default by its date, non-accrual never: of 360,000.00 all is lost, and 350,000.00 are
    carried; nothing is left, and as all fees are taken none is taxed that IFRS has taken too (326-20-30-1)."""
    facts = in_two_parts(36_000_000, fees_received_minor=1_000_000, default_date=MADE)
    chosen = elections(us_interest="none", nonaccrual_days_past_due=None)
    us, ifrs = (state(facts, framework, MADE, all_lost(1), chosen) for framework in FRAMEWORKS)
    for found in (us, ifrs):
        assert amounts(found)["loss_allowance"] == 35_000_000
        assert found.fees_taken.amount == -1_000_000
    assert vat_leg(us, ifrs, 0, chosen)["deferred_fees"].amount == 0


def test_before_a_default_as_in_it() -> None:
    """The same not in default, lost for certain in the month to come: fees still accreted count in no loss, 360,000.00, but no
    more than 350,000.00 are there to be lost."""
    facts = in_two_parts(36_000_000, fees_received_minor=1_000_000)
    chosen = elections(us_interest="none", nonaccrual_days_past_due=None)
    found = state(facts, "us", MADE, all_lost(1), chosen)
    assert [month.loss for month in found.months][:1] == [36_000_000]
    assert amounts(found)["loss_allowance"] == amounts(found)["loss_allowance_current"] == 35_000_000


@pytest.mark.parametrize("timeline", ["first_missed", "none"])
@pytest.mark.parametrize(("stops", "exposed"), [(90, 0), (91, 600)])
def test_interest_reversed_by_the_day_of_default_is_not_exposed_either_way(timeline: str, stops: int, exposed: int) -> None:
    """600 billed and unpaid at 0 %: exposed while it accrues beyond the ninetieth day; reversed by then it is not, with a
    timeline or without (326-20-35-8A)."""
    one = in_two_parts(billed_unpaid_interest_minor=600)
    chosen = elections(default_timeline=timeline, nonaccrual_days_past_due=stops)
    found = state(one, "us", DUE, chosen=chosen)
    assert found.months[0].interest == exposed
    assert Fraction(found.figure("accrued_interest").amount) == 600
