"""Interest added to principal where payments are of principal alone and rows state no interest: profit is cash all the same.

The loans of test_interest_capitalised, of which neither tape tells what came of interest (310-20-35-9; IFRS 9 5.4.1, 5.4.3).
"""

from __future__ import annotations

import re

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_interest_capitalised import CASES, brought, gained
from tests.differences.test_revenue_by_cash import CLOSING, OPENING, measured

UNTOLD = {"HALF-WAIVED", "PARTS"}
"""Of which no tape tells that some was waived, or that interest ran by day on principal that was not repaid."""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run of the year, without value-added tax."""
    cases = {name: one for name, one in CASES.items() if name not in UNTOLD}
    paid = [(name, one.day, int(one.principal), 0, 0) for name in cases for one in cases[name].paid if one.principal]
    rows = {day: [row for name, one in cases.items() if (row := one.row(name, day))] for day in (OPENING, CLOSING)}
    (plan,) = write_loans(tmp_path_factory.mktemp("year") / "lender", rows, paid)
    plan.write_text(re.sub(r"(?m)^rate = .*$", "rate = 0.0", plan.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    tapes = plan.parent / "tapes"
    for day in rows:
        pl.read_csv(tapes / f"loans-{day}.csv", infer_schema=False).drop("interest_received_minor").write_csv(
            tapes / f"loans-{day}.csv"
        )
    of_year = tapes / f"loan-payments-{CLOSING}.csv"
    pl.read_csv(of_year, infer_schema=False).select("contract_id", "date", "principal_minor").write_csv(of_year)
    with (tapes / f"loan-events-{CLOSING}.csv").open("a", encoding="utf-8") as tape:
        tape.writelines(f"{name},{one.day},modification,0\n" for name, one in cases.items())
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    rewrite_curves(plan.parent / "curves", {"loss-given-default": share, "recovery": {"remaining_recovery_ratio": 0.0}})
    return close(plan)


def test_income_is_that_of_the_ledger_by_hand(year: Run) -> None:
    """25,473.52 of the one cured, which had 2,160.00 less; that of which nothing is paid since had 36,000.00 less under both
    frameworks, as none of its instalments counts as paid."""
    found, us = brought(year, "ifrs", "financing_income"), brought(year, "us", "financing_income")
    off = {name: amount - CASES[name].earned for name, amount in found.items()}
    assert all(abs(amount) <= 1 for amount in off.values()), off
    assert found["CURED"] in (2_547_351, 2_547_352) and us["LASTS"] == 3_600_000
    assert measured(year, "interest_received")["LASTS"] == 3_600_000


@pytest.mark.parametrize("framework", ["us", "ifrs"])
def test_profit_is_what_balances_gained_and_cash(year: Run, framework: str) -> None:
    profit, gain = brought(year, framework, "financing_income", "provision_for_loans"), gained(year, framework)
    for name in profit:
        one = CASES[name]
        lent = one.contract.principal if one.contract.origination > OPENING else 0
        cash = sum(int(each.principal + each.interest) + each.fees for each in one.paid if each.day > OPENING)
        assert profit[name] == gain[name] + cash - lent, name


def test_the_second_calculator_agrees(year: Run) -> None:
    assert reperform(year.folder, sample=None).differences == ()
