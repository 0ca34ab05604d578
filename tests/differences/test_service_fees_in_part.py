"""Service fees paid in part, and billed up to a default alone: revenue by cash and contract, day by day (IFRS 9 5.4.1(b)).

Loans of 360,000.00 in 36 parts at 1 % a month with 1,800.00 of service fees an instalment in interest billed; 0.8 are lost.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.test_revenue_by_cash import (
    SERVED,
    Case,
    case,
    closed,
    measured,
    not_revenue,
    revenue,
)
from tests.differences.test_service_fees_billed import IN_THE_YEAR, billed, fees_alone
from tests.simulation.default_by_hand import Payment


def billed_until_default() -> Case:
    """Sixteen instalments paid, three missed, each with its fee; from 13 August 2023 on interest alone is billed."""
    one = case(SERVED, paid=16, since=IN_THE_YEAR)
    fee, interest = SERVED.service_fee, 20_000_000 // 100
    came = [*SERVED.interest[:17], *[interest + fee] * 3, *[interest] * 17]
    return replace(one, told=replace(one.told, billed=came))


CASES = {
    "HALF-OF-EACH": billed(case(SERVED, *fees_alone(90_000, *range(2, 12)), by_rows=False)),
    "WITH-INTEREST": billed(
        case(SERVED, *[Payment(date(2023, month, 20), 0, 100_000, 260_000) for month in range(3, 12, 2)], by_rows=False)
    ),
    "UNTIL-DEFAULT": billed_until_default(),
}
EXPECTED = {"HALF-OF-EACH": "15579.04", "WITH-INTEREST": "15418.50", "UNTIL-DEFAULT": "3651.14"}
"""Revenue in default of the year 2023; the first two as a ledger by days kept by somebody else has them."""


@pytest.fixture(scope="module", params=[True, False], ids=["payments", "rows alone"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    (run,) = closed(tmp_path_factory.mktemp("year") / "lender", cases=CASES, payments=request.param)
    return run


def test_revenue_by_hand() -> None:
    """Half a service fee settles as much of what is owed; one that is no longer billed is not owed."""
    assert revenue(CASES) == EXPECTED


def test_what_gross_takes_less_revenue_is_left_out(year: Run) -> None:
    """To the fen with payments, and by rows of who paid nothing; else within the bound that is printed."""
    found, by_hand, apart = measured(year), not_revenue(CASES), measured(year, "interest_on_allowance_apart")
    told = {name for name in CASES if apart[name] == 0}
    assert {name: found[name] for name in told} == {name: by_hand[name] for name in told} and "UNTIL-DEFAULT" in told
    for name in set(CASES) - told:
        assert abs(found[name] - by_hand[name]) < apart[name], name


def test_the_second_calculator_agrees(year: Run) -> None:
    assert reperform(year.folder, sample=None).differences == ()
