"""Service fees that are billed with the interest of an instalment: owed from its due date on, and paid out of the account.

Loans of 360,000.00 in 36 parts, of which a service fee of 1,800.00 or 900.00 falls due with each instalment and stands in
interest billed until it is paid. 0.8 of them is lost. Revenue in default by their cash and contract, day by day
(IFRS 9 5.4.1(b)).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.test_revenue_by_cash import (
    AT_THE_END,
    CAUGHT_UP,
    HALF,
    OPENING,
    PARTS,
    SERVED,
    Case,
    case,
    closed,
    measured,
    not_revenue,
    revenue,
)
from tests.simulation.default_by_hand import Payment

WITHOUT_INTEREST = replace(SERVED, annual_rate="0", kind="interest_free_instalments")
HALF_A_FEE = replace(PARTS, service_fee=90_000)
IN_THE_YEAR = date(2023, 8, 13)


def billed(one: Case) -> Case:
    """The same with its service fees in interest billed."""
    return replace(one, told=replace(one.told, bills_fees=True))


def fees_alone(amount: int, *months: int) -> list[Payment]:
    """So much on the 20th of some months, of service fees and nothing else."""
    return [Payment(date(2023, month, 20), 0, 0, amount) for month in months]


CASES = {
    name: billed(one)
    for name, one in {
        "UNPAID": case(SERVED),
        "FEES-PAID": case(SERVED, *fees_alone(180_000, *range(2, 12)), by_rows=False),
        # as many as fall due in the year: the fees unpaid at the opening tell that they are billed
        "EACH-MONTH": case(SERVED, *fees_alone(180_000, *range(1, 13)), by_rows=False),
        "IN-ONE-SUM": case(SERVED, *fees_alone(2_160_000, 12), by_rows=False),
        "WITHOUT-INTEREST": case(WITHOUT_INTEREST),
        "WITHOUT-INTEREST-PAID": case(WITHOUT_INTEREST, *fees_alone(180_000, *range(2, 12)), by_rows=False),
        "OF-THE-YEAR": case(SERVED, paid=16, since=IN_THE_YEAR),
        "OF-THE-YEAR-WITHOUT": case(WITHOUT_INTEREST, paid=16, since=IN_THE_YEAR),
        "WITH-FEES": case(replace(HALF_A_FEE, fees=1_000_000)),
        "AT-THE-END": case(replace(AT_THE_END, service_fee=180_000)),
        "LOST": case(SERVED, until=date(2023, 8, 20), settled=True, lost=True),
        # twelve instalments at once, half of them of the year before, and from then on each on its day
        "CURED": case(
            HALF_A_FEE,
            Payment(CAUGHT_UP, 12_000_000, 3_600_000, 12 * 90_000),
            *(
                Payment(date(2023, month, 15), 1_000_000, (25 - month) * 10_000 + 20_000 * (month == 7), 90_000)
                for month in range(7, 13)
            ),
            until=CAUGHT_UP,
            settled=True,
            served=[(CAUGHT_UP, 18), *((date(2023, month, 15), month + 12) for month in range(7, 13))],
            cured=CAUGHT_UP,
        ),
    }.items()
}

EXPECTED = {
    "UNPAID": "15772.50",
    "FEES-PAID": "15385.59",
    "EACH-MONTH": "15308.13",
    "IN-ONE-SUM": "15744.34",
    "WITHOUT-INTEREST": "6774.61",
    "WITHOUT-INTEREST-PAID": "6589.79",
    "OF-THE-YEAR": "3734.33",
    "OF-THE-YEAR-WITHOUT": "1691.23",
    "WITH-FEES": "13520.07",
    "AT-THE-END": "13734.57",
    "LOST": "9754.19",
    "CURED": "5395.59",
}
"""Revenue in default of the year 2023."""


@pytest.fixture(scope="module", params=[True, False], ids=["payments", "rows alone"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    (run,) = closed(tmp_path_factory.mktemp("year") / "lender", cases=CASES, payments=request.param)
    return run


def test_revenue_by_hand() -> None:
    """A fee that is unpaid is part of what is owed, and earns the rate on what of it is expected back."""
    assert revenue(CASES) == EXPECTED


@pytest.mark.campaign
def test_what_gross_takes_less_revenue_is_left_out(year: Run) -> None:
    """To the fen, whether payments tell it or the rows do; these tell no days of payments between them."""
    found, by_hand, apart = measured(year), not_revenue(CASES), measured(year, "interest_on_allowance_apart")
    told = {name for name, one in CASES.items() if one.by_rows or apart[name] == 0}
    assert {name: found[name] for name in told} == {name: by_hand[name] for name in told}
    for name in set(CASES) - told:
        between = CASES[name].told.apart(OPENING, CASES[name].told.until, received_is_told=True)
        assert abs(apart[name] - between) <= 1 and 0 < abs(found[name] - by_hand[name]) < between, name


@pytest.mark.campaign
def test_halves_add_up_to_the_year(tmp_path: Path) -> None:
    """But of who pays each month's fee five days after it is due: on 30 June six of twelve missed fees are unpaid, as near to
    all as to none, so that its second half is read with them apart, 6.47 from what they are."""
    parts = [measured(run) for run in closed(tmp_path / "halves", HALF, cases=CASES)]
    off = {name: sum(part.get(name, 0) for part in parts) - amount for name, amount in not_revenue(CASES).items()}
    assert off.pop("EACH-MONTH") == 647
    assert set(off.values()) <= {-1, 0, 1}


@pytest.mark.campaign(but=1)
def test_the_second_calculator_agrees(year: Run) -> None:
    assert reperform(year.folder, sample=None).differences == ()
