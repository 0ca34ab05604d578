"""Loans that default after their last due date, whose lender bills interest on, by day or by due dates (IFRS 9 5.4.1(b)).

300,000.00 at 1 % a month, due at the end, of which the last instalment was missed; 0.8 is lost. Of the first of them the claim
on the day of default is 312,000.00, four months of 3,000.00 with it: revenue is 1 % of 62,400.00 a month then, and more as more
is billed. Revenue by contract and cash, day by day; interest billed past the last due date is owed from its day on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.test_revenue_by_cash import (
    AT_THE_END,
    CLOSING,
    HALF,
    OPENING,
    OVER,
    PARTS,
    Case,
    case,
    closed,
    interest_alone,
    measured,
    not_revenue,
)
from tests.simulation.default_by_hand import Payment

ENDED, ENDS = replace(AT_THE_END, term=12), replace(AT_THE_END, term=15)
"""Due for the last time on 15 December 2022, and on 15 March 2023."""
SINCE_MARCH, SINCE_JUNE = date(2023, 3, 15), date(2023, 6, 13)
TWICE = [Payment(date(2023, month, 20), 5_000_000, 0) for month in (8, 10)]
LAST_PART = replace(PARTS, principal=14_000_000, term=14, fees=700_000)

LEFT = date(2023, 9, 20)
"""With 30,500.00 owed: of December, of nine months since, and of five of thirty days."""


def repaid(interest: int) -> Case:
    """The first of them paid out in September with so much of its interest."""
    last = Payment(LEFT, 30_000_000, interest)
    return case(ENDED, last, paid=11, since=SINCE_MARCH, bills_on="by day", until=LEFT, settled=True, repaid=True)


def later(amount: int, *months: int) -> list[Payment]:
    """So much of interest on the 20th of some months."""
    return [Payment(date(2023, month, 20), 0, amount) for month in months]


CASES = {
    "BY-DAY": case(ENDED, paid=11, since=SINCE_MARCH, bills_on="by day"),
    "BY-DUE-DATES": case(ENDED, paid=11, since=SINCE_MARCH, bills_on="by due dates"),
    "NOTHING": case(ENDED, paid=11, since=SINCE_MARCH),
    "ENDS": case(ENDS, paid=14, since=SINCE_JUNE, bills_on="by day"),
    "ENDS-BY-DUE-DATES": case(ENDS, paid=14, since=SINCE_JUNE, bills_on="by due dates"),
    "REPAID": case(replace(ENDS, fees=900_000), *TWICE, paid=14, since=SINCE_JUNE, bills_on="by day", by_rows=False),
    "REPAID-NOTHING": case(ENDS, *TWICE, paid=14, since=SINCE_JUNE, by_rows=False),
    "LAST-PART": case(LAST_PART, paid=13, since=date(2023, 5, 16), bills_on="by day"),
    "LOST": case(ENDED, paid=11, since=SINCE_MARCH, bills_on="by day", until=date(2023, 8, 20), settled=True, lost=True),
    "REPAID-WITH-ALL": repaid(3_050_000),
    "REPAID-WITH-HALF": repaid(1_525_000),
    "REPAID-WITH-MORE": repaid(3_965_000),
    # in default before the last due date
    "OVER": case(OVER, bills_on="by day"),
    "OVER-PAID": case(OVER, *interest_alone(*[160_000] * 12), bills_on="by day"),
    # interest paid on days that no row tells: how it is billed on is not told either
    "MONTHLY": case(ENDS, *later(150_000, *range(8, 13)), paid=14, since=SINCE_JUNE, bills_on="by day", by_rows=False),
    "IN-ONE-SUM": case(ENDS, *later(1_600_000, 8), paid=14, since=SINCE_JUNE, bills_on="by day", by_rows=False),
    "SOME": case(ENDED, *later(100_000, 4, 6, 8, 10), paid=11, since=SINCE_MARCH, bills_on="by day", by_rows=False),
    "NOTHING-ON": case(ENDED, *later(100_000, 4, 6), paid=11, since=SINCE_MARCH, by_rows=False),
    # at half as much again as agreed
    "PENAL": case(ENDS, paid=14, since=SINCE_JUNE, bills_on="by day", on_rate=Decimal("1.5")),
}

EXPECTED = {
    "BY-DAY": "13660.41",
    "ENDS": "20491.07",
    "REPAID": "22331.50",
}
"""Financing income of the year, with what was billed before the default, as another ledger of these loans has it."""


@pytest.fixture(scope="module", params=[True, False], ids=["payments", "rows alone"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    (run,) = closed(tmp_path_factory.mktemp("year") / "lender", cases=CASES, payments=request.param)
    return run


def test_income_of_the_year_by_hand() -> None:
    """What gross amounts take up to the default, and revenue from it on."""
    for name, amount in EXPECTED.items():
        told = CASES[name].told
        assert f"{(told.taken(OPENING, told.since) + told.revenue(told.since, CLOSING)) / 100:.2f}" == amount, name


def test_what_gross_takes_less_revenue_is_left_out(year: Run) -> None:
    """To the fen where payments tell it, or rows do; else off by no more than what the run says. Rows have who was repaid as
    having paid what was owed."""
    found, by_hand, apart = measured(year), not_revenue(CASES), measured(year, "interest_on_allowance_apart")
    assert by_hand["REPAID-WITH-HALF"] + 1_525_000 == by_hand["REPAID-WITH-ALL"] == by_hand["REPAID-WITH-MORE"] - 915_000
    if "tapes.payments" not in year.sources:
        by_hand |= dict.fromkeys(("REPAID-WITH-HALF", "REPAID-WITH-MORE"), by_hand["REPAID-WITH-ALL"])
    told = {name for name, one in CASES.items() if one.by_rows or apart[name] == 0}
    assert {name: found[name] for name in told} == {name: by_hand[name] for name in told}
    for name in set(CASES) - told:
        between = CASES[name].told.apart(CASES[name].told.since, CLOSING, received_is_told=False)
        assert between < apart[name] and 0 < abs(found[name] - by_hand[name]) < apart[name], name


def test_halves_add_up_to_the_year(tmp_path: Path) -> None:
    parts = [measured(run) for run in closed(tmp_path / "halves", HALF, cases=CASES)]
    off = {name: sum(part.get(name, 0) for part in parts) - amount for name, amount in not_revenue(CASES).items()}
    assert set(off.values()) <= {-1, 0, 1}, off


def test_the_second_calculator_agrees(year: Run) -> None:
    assert reperform(year.folder, sample=None).differences == ()
