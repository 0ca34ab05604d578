"""Part of a loan written off while it is in default, by rows alone: its event tells the day on which principal fell (5.4.1(b)).

Bullets of 300,000.00 at 1 % a month, in default since 13 October 2022, 0.8 of them lost, of which 90,000.00 are written off.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_revenue_by_cash import AT_THE_END, CLOSING, HALF, OPENING, Case, case, measured
from tests.simulation.default_by_hand import Payment

PART, REST = 9_000_000, 21_000_000
EARLY, LATE, CURED = date(2023, 2, 10), date(2023, 6, 20), date(2023, 8, 20)


def cured(fell: date, *before: Payment) -> Case:
    """All arrears paid on 20 August, then 2,100.00 a month, less for principal repaid ``before`` the cure."""
    rest = REST - sum(int(one.principal) for one in before)
    fall = Payment(fell, PART, 0)
    owed = case(AT_THE_END, fall, *before, until=CURED, settled=True).told.interest(CURED)
    arrears = Payment(CURED, 0, round(owed - rest * AT_THE_END.monthly * AT_THE_END.running(CURED)))
    monthly = [Payment(date(2023, month, 15), 0, rest // 100) for month in range(9, 13)]
    served = [(CURED, 20), *((one.day, one.day.month + 12) for one in monthly)]
    return case(AT_THE_END, fall, *before, arrears, *monthly, until=CURED, settled=True, cured=CURED, served=served)


CASES = {
    "CURED": cured(LATE),
    "EARLY": cured(EARLY),
    "LASTS": case(AT_THE_END, Payment(LATE, PART, 0)),
    "LASTS-EARLY": case(AT_THE_END, Payment(EARLY, PART, 0)),
}
PAID = {"REPAID-TOO": cured(EARLY, Payment(date(2023, 3, 20), 3_000_000, 0), Payment(date(2023, 7, 20), 0, 1_000_000))}


def closed(folder: Path, *between: date, payments: bool) -> list[Run]:
    """The runs of the parts of the year."""
    cases = CASES | PAID
    every = [(name, one) for name in cases for one in cases[name].told.paid]
    off = [(name, one.day, PART) for name, one in every if one.principal == PART]
    paid = [(name, one.day, int(one.principal), int(one.interest), 0) for name, one in every if one.principal != PART]
    rows = {day: [one.row(name, day) for name, one in cases.items()] for day in sorted({OPENING, *between, CLOSING})}
    told = {day: [row for row in of_day if row] for day, of_day in rows.items()}
    plans = write_loans(folder, told, sorted(paid, key=lambda one: one[1]) if payments else None, off)
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    curves = {"loss-given-default": share, "recovery": {"remaining_recovery_ratio": 0.0}}
    rewrite_curves(plans[0].parent / "curves", curves)
    return [close(plan) for plan in plans]


def test_interest_by_hand() -> None:
    """Written off on 10 February: 41/31 months on 300,000.00 and then 6 10/31 on 210,000.00 to the cure, 17,245.16, of which
    3,869.72 are revenue."""
    told = CASES["EARLY"].told
    taken = Decimal(3_000) * 41 / 31 + Decimal(2_100) * (6 + Decimal(10) / 31)
    assert round(taken, 2) == round(told.taken(OPENING, CURED) / 100, 2) == Decimal("17245.16")
    assert round(told.revenue(OPENING, CURED) / 100, 2) == Decimal("3869.72")
    assert CASES["EARLY"].not_revenue() == 1_337_544


@pytest.mark.parametrize("payments", [True, False], ids=["payments", "rows alone"])
def test_a_part_falls_on_its_day(payments: bool, tmp_path: Path) -> None:
    """And of who repaid principal too, on days that no row tells, the bound holds."""
    (run,) = closed(tmp_path / "lender", payments=payments)
    found, apart = measured(run), measured(run, "interest_on_allowance_apart")
    off = {name: found[name] - one.not_revenue() for name, one in (CASES | PAID).items()}
    assert all(abs(off[name]) <= 1 for name in CASES), off
    assert all(abs(off[name]) <= (1 if payments else apart[name]) for name in PAID), (off, apart)
    assert payments or apart["EARLY"] == 45_103
    assert reperform(run.folder, sample=None).differences == ()


@pytest.mark.parametrize("payments", [True, False], ids=["payments", "rows alone"])
def test_halves_add_up_to_the_year(payments: bool, tmp_path: Path) -> None:
    parts = [measured(run) for run in closed(tmp_path / "lender", HALF, payments=payments)]
    off = {name: sum(part[name] for part in parts) - one.not_revenue() for name, one in CASES.items()}
    assert all(abs(amount) <= 2 for amount in off.values()), off
