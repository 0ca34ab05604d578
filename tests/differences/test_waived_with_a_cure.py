"""Arrears that are waived with a cure: no revenue, which is on the net amount, but a loss (IFRS 9 5.4.1(b), B5.4.6, 5.5.8).

In default since 13 October 2022, at 1 % a month, 0.8 of it lost. Six months of interest are unpaid at the opening, twelve on 15
June 2023, when all that is not waived is paid and the loan is cured; since then each instalment is paid on its day.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences import test_interest_capitalised as capitalised
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_interest_capitalised import (
    ARREARS,
    CURED,
    FEES,
    PARTS,
    Modified,
    brought,
    gained,
    of_months,
    until,
)
from tests.differences.test_revenue_by_cash import AT_THE_END, CLOSING, DEFAULT, HALF, OPENING, measured
from tests.simulation.default_by_hand import Contract, Payment


def waived(contract: Contract, amount: int, *then: Payment, principal: int = 0, of_last: date = CLOSING) -> Modified:
    """A loan of whose arrears so much is waived and the rest paid, with what was paid ``then``."""
    ends = [Payment(CURED, principal, ARREARS - amount)] if principal or amount < ARREARS else []
    paid = [*until(contract, 6), *ends, *then]
    return Modified(contract, paid, 0, day=CURED, since=DEFAULT, cured=CURED, waived=amount, until=of_last)


MONTHLY = of_months(300_000, 7)
REPAID = date(2023, 11, 15)
CASES = {
    "NONE": waived(AT_THE_END, 0, *MONTHLY),
    "HALF": waived(AT_THE_END, ARREARS // 2, *MONTHLY),
    "ALL": waived(AT_THE_END, ARREARS, *MONTHLY),
    "HALF-FEES": waived(FEES, ARREARS // 2, *MONTHLY),
    # twelve instalments of 10,000.00 at once, interest by day on 300,000.00 until then, and on what is left since
    "PARTS": waived(
        PARTS,
        ARREARS // 3,
        *(Payment(date(2023, month, 15), 1_000_000, 10_000 * (25 - month)) for month in range(7, 13)),
        principal=12_000_000,
    ),
    "THEN-REPAID": waived(
        AT_THE_END, ARREARS // 2, *of_months(300_000, 7, 10), Payment(REPAID, 30_000_000, 300_000), of_last=REPAID
    ),
    # nothing waived; its row is as it was after the instalment of its last day
    "ROW-AFTER": waived(AT_THE_END, 0, *of_months(300_000, 7, 10), Payment(REPAID, 30_000_000, 300_000), of_last=REPAID),
    # it prepays two thirds in August: less has come since than the schedule has
    "PREPAID": waived(
        AT_THE_END, 0, *of_months(300_000, 7, 7), Payment(date(2023, 8, 15), 20_000_000, 300_000), *of_months(100_000, 9)
    ),
}


def closed(folder: Path, *between: date, payments: bool = True) -> list[Run]:
    """The runs of the parts of the year, without value-added tax."""
    paid = [(name, one.day, int(one.principal), int(one.interest), one.fees) for name, of in CASES.items() for one in of.paid]
    instants = sorted({OPENING, *between, CLOSING})
    rows = {
        day: [row for name, one in CASES.items() if one.until > last and (row := one.row(name, day)) is not None]
        for last, day in zip([date.min, *instants], instants, strict=False)
    }
    for row in rows[CLOSING]:
        if row["contract_id"] == "ROW-AFTER":
            row |= {"billed_unpaid_interest_minor": 0, "interest_received_minor": row["interest_received_minor"] + 300_000}
    plans = write_loans(folder, rows, sorted(paid, key=lambda one: one[1]) if payments else None)
    for plan in plans:
        untaxed = re.sub(r"(?m)^rate = .*$", "rate = 0.0", plan.read_text(encoding="utf-8"), count=1)
        plan.write_text(untaxed, encoding="utf-8")
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    rewrite_curves(plans[0].parent / "curves", {"loss-given-default": share})
    return [close(plan) for plan in plans]


@pytest.fixture(scope="module", params=[True, False], ids=["payments", "rows alone"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    (run,) = closed(tmp_path_factory.mktemp("year") / "lender", payments=request.param)
    return run


def test_revenue_by_hand() -> None:
    """3,579.33 to 15 June, whatever is waived, then 6 x 3,000.00 and 16 of 31 days: 23,127.71."""
    found = {CASES[name].earned for name in ("NONE", "HALF", "ALL")}
    assert found == {2_312_771}


def test_what_is_waived_is_no_revenue(year: Run) -> None:
    found = brought(year, "ifrs", "financing_income")
    off = {name: found[name] - one.earned for name, one in CASES.items()}
    assert all(abs(amount) <= 1 for amount in off.values()), off


@pytest.mark.parametrize("framework", ["us", "ifrs"])
def test_profit_is_what_balances_gained_and_cash(year: Run, framework: str) -> None:
    profit, gain = brought(year, framework, "financing_income", "provision_for_loans"), gained(year, framework)
    for name, one in CASES.items():
        cash = sum(int(each.principal + each.interest) for each in one.paid if each.day > OPENING)
        assert profit[name] == gain[name] + cash, name


def test_us_income_on_non_accrual_is_the_cash(year: Run) -> None:
    """And what has accrued of the month that runs at the closing."""
    found = brought(year, "us", "financing_income")
    for name, runs in {"NONE": 154_839, "HALF": 154_839, "ALL": 154_839, "THEN-REPAID": 0}.items():
        assert found[name] == sum(int(one.interest) for one in CASES[name].paid if one.day > OPENING) + runs, name


@pytest.mark.campaign(but=1)
def test_halves_add_up_to_the_year(tmp_path: Path) -> None:
    """With the cure in the first of them."""
    parts = [brought(run, "ifrs", "financing_income") for run in closed(tmp_path / "halves", HALF)]
    off = {name: sum(part.get(name, 0) for part in parts) - one.earned for name, one in CASES.items()}
    assert all(abs(amount) <= 2 for amount in off.values()), off


PART = 10_000_000
PART_OFF = waived(AT_THE_END, ARREARS, Payment(CURED, PART, 0), *of_months(200_000, 7))


@pytest.mark.parametrize("between", [(), (HALF,)], ids=["year", "halves"])
@pytest.mark.parametrize("by", ["payments", "principal", "rows"])
def test_what_comes_after_a_part_is_written_off_is_on_the_rest(by: str, between: tuple[date, ...], tmp_path: Path) -> None:
    """100,000.00 written off with the cure, all arrears waived: 3,579.33, then 2,000.00 a month and 16 of 31 days, 16,611.58.
    Payments of principal alone, of which there are none, had 3,000.00 a month as to come, and 6,000.00 more as revenue."""
    instants = [OPENING, *between, CLOSING]
    rows = {day: [row] for day in instants if (row := PART_OFF.row("PART", day)) is not None}
    paid = [("PART", one.day, int(one.principal), int(one.interest), 0) for one in PART_OFF.paid if not one.principal]
    plans = write_loans(tmp_path / "lender", rows, None if by == "rows" else paid, [("PART", CURED, PART)])
    for day, plan in zip(instants[1:], plans, strict=True):
        untaxed = re.sub(r"(?m)^rate = .*$", "rate = 0.0", plan.read_text(encoding="utf-8"), count=1)
        plan.write_text(untaxed, encoding="utf-8")
        if by == "principal":
            tape = plan.parent / f"tapes/loan-payments-{day}.csv"
            tape.write_text("contract_id,date,principal_minor\n", encoding="utf-8")
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    rewrite_curves(plans[0].parent / "curves", {"loss-given-default": share})
    runs = [close(plan) for plan in plans]
    assert PART_OFF.earned == 1_661_158
    assert abs(sum(brought(run, "ifrs", "financing_income")["PART"] for run in runs) - PART_OFF.earned) <= 2
    for run in runs:
        assert reperform(run.folder, sample=None).differences == ()


def test_the_bound_has_what_is_deferred_on_principal_that_is_not_caught_up(tmp_path: Path) -> None:
    """360,000.00 in equal parts with fees of 9,000.00, 20,000.00 of arrears added with the cure, 16,000.00 waived and none of
    its principal paid: by rows alone it is taken as caught up, and less as deferred."""
    contract, added = replace(PARTS, fees=900_000), 2_000_000
    monthly = [Payment(date(2023, month, 15), 1_000_000, 10_000 * (39 - month)) for month in range(7, 13)]
    one = Modified(
        contract, [*until(contract, 6), *monthly], added, day=CURED, since=DEFAULT, cured=CURED, waived=ARREARS - added
    )
    (run,) = capitalised.closed(tmp_path / "lender", cases={"PARTS": one}, payments=False, amounts=True)
    off = brought(run, "ifrs", "financing_income")["PARTS"] - one.earned
    assert 800_000 < abs(off) <= measured(run, "interest_on_allowance_apart")["PARTS"]
