"""Fees paid on another day than they are earned: service fees ahead, fees of origination, and tax in what is deferred.

A contractual flow received early reduces what is carried until it falls due (IFRS 9 Appendix A; 310-20-35-18); a fee of
origination is in the net amount lent, whether a tape of payments has it as well or not (IFRS 9 B5.4.1; 310-20-25-2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import Paid, write_loans
from tests.differences.test_allowance_in_default import printed, rounded, untaxed
from tests.differences.test_revenue_by_cash import (
    AT_THE_END,
    CLOSING,
    DEFAULT,
    HALF,
    OPENING,
    PARTS,
    case,
    closed,
    instalments,
    measured,
)
from tests.simulation.default_by_hand import Contract, Payment

QUARTER = date(2023, 3, 31)
FEE = 90_000
SERVED = replace(PARTS, service_fee=FEE)


def runs(folder: Path, name: str, rows: Mapping[date, dict[str, Any]], paid: list[Paid] | None) -> list[Run]:
    """Closes of one loan without value-added tax."""
    plans = write_loans(folder, {day: [{"contract_id": name, **row}] for day, row in rows.items()}, paid)
    for plan in plans:
        plan.write_text(untaxed(plan.read_text(encoding="utf-8")), encoding="utf-8")
    return [close(plan) for plan in plans]


def row(contract: Contract, day: date, received: int) -> dict[str, Any]:
    return {
        "origination_date": contract.origination,
        "first_payment_date": contract.due(1),
        "principal_minor": contract.principal,
        "annual_rate": contract.annual_rate,
        "term_instalments": contract.term,
        "repayment_type": contract.kind,
        "service_fee_minor": contract.service_fee,
        "fees_received_minor": contract.fees,
        "outstanding_principal_minor": int(contract.balances[contract.due_by(day)]),
        "interest_received_minor": received,
    }


def carried(contract: Contract, framework: str, day: date) -> Decimal:
    """Interest that has run since the last due date, and what is deferred."""
    principal = contract.balances[contract.due_by(day)]
    own = contract if framework == "ifrs" else replace(contract, prepaid=("0",))
    return principal * (contract.monthly * contract.running(day) + own.deferral(day))


def earned(contract: Contract, framework: str, first: date, last: date) -> int:
    """Financing income of who is not in default, by hand: instalments that fell due, and what is carried."""
    due = range(contract.due_by(first) + 1, contract.due_by(last) + 1)
    fallen = sum(contract.interest[number] + contract.service_fee for number in due)
    return rounded(fallen + carried(contract, framework, last) - carried(contract, framework, first))


@pytest.mark.parametrize("payments", [True, False], ids=["payments", "rows alone"])
def test_service_fees_ahead_are_earned_as_they_fall_due(payments: bool, tmp_path: Path) -> None:
    """Twelve of 900.00 on 10 January, nine of them ahead on 31 March: three are income of the quarter, 10,075.37 under IFRS and
    10,059.76 under US GAAP, as of who pays each month."""
    monthly = instalments(SERVED, 13, 24)
    paid = [("AHEAD", date(2023, 1, 10), 0, 0, 12 * FEE)]
    paid += [("AHEAD", one.day, int(one.principal), int(one.interest), 0) for one in monthly]
    before = sum(int(one.interest) + one.fees for one in instalments(SERVED, 1, 12))
    rows = {}
    for day, ahead in ((OPENING, 0), (QUARTER, 9 * FEE), (CLOSING, 0)):
        received = before + sum(interest + fees for _, when, _, interest, fees in paid if when <= day)
        rows[day] = {**row(SERVED, day, received), "service_fees_ahead_minor": ahead}
    quarter, rest = runs(tmp_path / "lender", "AHEAD", rows, paid if payments else None)
    assert [earned(SERVED, framework, OPENING, QUARTER) for framework in ("ifrs", "us_gaap")] == [1_007_537, 1_005_976]
    for run, first, last in ((quarter, OPENING, QUARTER), (rest, QUARTER, CLOSING)):
        for framework in ("ifrs", "us_gaap"):
            assert printed(run, "income", framework, "fi") == pytest.approx([earned(SERVED, framework, first, last)], abs=2)
        assert measured(run, "other_fees_received") == {"AHEAD": 0}
        assert [one.id for one in run.listed.checks if not one.holds] == []


@pytest.mark.parametrize("payments", [True, False], ids=["payments", "rows alone"])
def test_service_fees_ahead_are_no_income_because_interest_stops(payments: bool, tmp_path: Path) -> None:
    """300,000.00 at 1 % a month, nothing else paid since 15 July 2022, on non-accrual from 13 October; 24,300.00 of service
    fees on 10 January: those of six months missed, of twelve of 2023, and nine ahead on 31 December. Cash less what is ahead
    is income under US GAAP, 10,800.00 to 30 June, 13,500.00 ahead, and 5,400.00 in the second half; no interest is."""
    contract = replace(AT_THE_END, service_fee=FEE)
    before = instalments(contract, 1, 6)
    earlier = sum(int(one.interest) + one.fees for one in before)
    rows = {}
    for day, months, received, ahead in ((OPENING, 6, 0, 0), (HALF, 12, 27 * FEE, 15), (CLOSING, 18, 27 * FEE, 9)):
        unpaid = months * 300_000 + (6 * FEE if day == OPENING else 0)
        rows[day] = row(contract, day, earlier + received) | {
            "billed_unpaid_interest_minor": unpaid,
            "service_fees_ahead_minor": ahead * FEE,
            "days_past_due": (day - date(2022, 7, 15)).days,
            "default_date": DEFAULT,
        }
    paid = [("AHEAD", date(2023, 1, 10), 0, 0, 27 * FEE)] if payments else None
    halves = runs(tmp_path / "lender", "AHEAD", rows, paid)
    assert [printed(run, "income", "us_gaap", "fi") for run in halves] == [[1_080_000], [540_000]]
    assert [measured(run, "us_accrued_interest") for run in halves] == [{"AHEAD": -1_350_000}, {"AHEAD": -810_000}]
    for run in halves:
        assert reperform(run.folder, sample=None).differences == ()
        assert [one.id for one in run.listed.checks if not one.holds] == []


def cash_of(run: Run) -> tuple[int, int]:
    """All cash of the loans: taken in, and paid out."""
    paths = json.loads((run.folder / "totals.json").read_text(encoding="utf-8"))["measured"]["loans"].values()
    taken, paid = (
        sum(amount for path in paths for amount in path.get(series, {}).values())
        for series in ("cash_taken_in", "cash_paid_out")
    )
    return taken, paid


LENT = date(2023, 3, 15)
NEXT_DAY, LATER = date(2023, 3, 16), date(2023, 3, 30)


@pytest.mark.parametrize(
    ("fees", "beyond", "soon"),
    [
        ({LENT: 900_000}, 0, 0),
        ({LENT: 950_000}, 50_000, 0),
        ({NEXT_DAY: 900_000}, 0, 0),
        ({LENT: 400_000, NEXT_DAY: 300_000, LATER: 200_000}, 0, 0),
        ({NEXT_DAY: 20_000, LATER: 900_000}, 20_000, 0),
        ({NEXT_DAY: 950_000}, 950_000, 950_000),
        ({LATER.replace(day=31): 900_000}, 0, 0),
        ({date(2023, 4, 15): 900_000}, 0, 0),
        ({date(2023, 4, 16): 900_000}, 900_000, 900_000),
        ({date(2023, 4, 16): 950_000}, 950_000, 0),
    ],
    ids=[
        *("that day", "more", "the day after", "in parts", "beside another", "more the day after", "long after"),
        *("with the first instalment", "after it", "more after it"),
    ],
)
def test_a_fee_of_origination_is_deferred_once(fees: dict[date, int], beyond: int, soon: int, tmp_path: Path) -> None:
    """9,000.00 of 360,000.00, on the day of the advance or up to the first instalment by the tape of payments: 34,012.50 and
    34,101.45 in the year, as without that row. What is beyond them is income of its day; and what is not they but may be is
    told. The fee of origination is cash once: 351,000.00 are paid out, and 90,000.00 and 28,800.00 of nine instalments come in.
    """
    contract = replace(PARTS, origination=LENT, fees=900_000)
    cash = sorted(
        [*(Payment(day, 0, 0, amount) for day, amount in fees.items()), *instalments(contract, 1, 9)], key=lambda one: one.day
    )
    paid = [("LENT", one.day, int(one.principal), int(one.interest), one.fees) for one in cash]
    another = row(replace(PARTS, principal=36), OPENING, 0)
    stated = row(contract, CLOSING, sum(int(one.interest) + one.fees for one in cash))
    rows = {OPENING: [{"contract_id": "FEN", **another}], CLOSING: [{"contract_id": "LENT", **stated}]}
    (plan,) = write_loans(tmp_path / "lender", rows, paid)
    plan.write_text(untaxed(plan.read_text(encoding="utf-8")), encoding="utf-8")
    run = close(plan)
    for framework, income in (("ifrs", 3_401_250), ("us_gaap", 3_410_145)):
        whole = sum(contract.interest[1:10]) + carried(contract, framework, CLOSING) + contract.fees
        assert rounded(whole) == income
        assert printed(run, "income", framework, "fi") == pytest.approx([income + beyond], abs=2)
    assert measured(run, "other_fees_received")["LENT"] == beyond
    assert cash_of(run) == (9_000_000 + 2_880_000 + beyond, 35_100_000)
    told = [one.amount_minor for one in run.listed.findings if one.name == "fee soon after the advance"]
    assert told == [soon] * bool(soon)


@pytest.mark.parametrize("day", [LENT, NEXT_DAY, date(2023, 3, 31), date(2023, 4, 15)])
def test_a_fee_of_origination_is_found_beside_service_fees_that_no_column_tells(day: date, tmp_path: Path) -> None:
    """9,000.00 beside nine service fees of 900.00: what is taken of it as one of these is of the first instalment's, and no
    other fee is left, whether it is paid within 15 days of that or before."""
    contract = replace(AT_THE_END, origination=LENT, fees=900_000, service_fee=FEE)
    cash = sorted([Payment(day, 0, 0, contract.fees), *instalments(contract, 1, 9)], key=lambda one: one.day)
    paid = [("LENT", one.day, int(one.principal), int(one.interest), one.fees) for one in cash]
    stated = row(contract, CLOSING, sum(int(one.interest) + one.fees for one in cash) - contract.fees)
    rows = {OPENING: [{"contract_id": "FEN", **row(replace(PARTS, principal=36), OPENING, 0)}]}
    (plan,) = write_loans(tmp_path / "lender", rows | {CLOSING: [{"contract_id": "LENT", **stated}]}, paid)
    run = close(plan)
    assert measured(run, "other_fees_received")["LENT"] == 0
    assert measured(run, "interest_received")["LENT"] == 9 * (300_000 + FEE)
    assert "fee soon after the advance" not in {one.name for one in run.listed.findings}


def test_a_fee_of_origination_may_be_paid_after_the_year_of_the_advance(tmp_path: Path) -> None:
    """9,000.00 of 360,000.00 lent on 20 December, paid on 2 January: no income of that day in 2023 under either framework, and
    cash of that year."""
    contract = replace(PARTS, origination=date(2022, 12, 20), fees=900_000)
    cash = [Payment(date(2023, 1, 2), 0, 0, contract.fees), *instalments(contract, 1, 12)]
    paid = [("LENT", one.day, int(one.principal), int(one.interest), one.fees) for one in cash]
    received = sum(int(one.interest) for one in cash) + contract.fees
    rows = {OPENING: row(contract, OPENING, 0), CLOSING: row(contract, CLOSING, received)}
    (run,) = runs(tmp_path / "lender", "LENT", rows, paid)
    for framework in ("ifrs", "us_gaap"):
        assert printed(run, "income", framework, "fi") == pytest.approx([earned(contract, framework, OPENING, CLOSING)], abs=2)
    assert measured(run, "other_fees_received") == {"LENT": 0}
    assert cash_of(run) == (12_000_000 + sum(int(one.interest) for one in cash) + 900_000, 0)


def test_no_tax_is_in_a_discount_that_us_gaap_accretes_still(tmp_path: Path) -> None:
    """300,000.00 with fees of a tenth, in default by date from 13 October 2022, every month paid, 0.5 lost: IFRS has earned no
    more of the fee than US GAAP, and income of 2023 is revenue, 25,472.75. On the day of default the tax in what was deferred
    before, 41.86, falls away."""
    contract = replace(AT_THE_END, fees=3_000_000)
    before = date(2022, 9, 30)
    one = case(contract, paid=24, since=DEFAULT)
    told = replace(one.told, lost=lambda first, month: Decimal("0.5"))
    late, year = closed(tmp_path / "lender", cases={"PAYS": replace(one, told=told)}, lost=0.5, before=before)
    tax = rounded((carried(contract, "ifrs", before) - carried(contract, "us_gaap", before)) * 6 / 106)
    assert tax == -4_186
    assert printed(late, "opening", "ifrs", "otp") == [tax]
    assert printed(late, "closing", "ifrs", "otp") == printed(year, "closing", "ifrs", "otp") == [0]
    healthy = carried(contract, "ifrs", DEFAULT) - carried(contract, "ifrs", before)
    assert printed(year, "income", "ifrs", "fi") == pytest.approx([rounded(told.revenue(OPENING, CLOSING))], abs=2)
    assert rounded(told.revenue(OPENING, CLOSING)) == 2_547_275
    expected = rounded(healthy + told.revenue(DEFAULT, OPENING)) + tax
    assert printed(late, "income", "ifrs", "fi") == pytest.approx([expected], abs=2)


HOLIDAY_UNTIL = date(2023, 5, 15)


@pytest.mark.parametrize("paid_on", [date(2023, 1, 10), date(2022, 12, 20)], ids=["of the year", "of the year before"])
@pytest.mark.parametrize("payments", [True, False], ids=["payments", "rows alone"])
def test_interest_of_a_holiday_is_added_though_service_fees_are_ahead(payments: bool, paid_on: date, tmp_path: Path) -> None:
    """300,000.00 at 1 % a month, 21 service fees of 900.00 at once, three months without interest added to the principal on 15
    May. Income is 3,000.00 in January and February, 9,000.00, 3,090.00 a month since and 16 of 31 days of 90.00, twelve fees
    and 13.86 that run on what was added: 47,490.31, and what is carried and cash come to the same."""
    contract = replace(AT_THE_END, service_fee=FEE)
    added, months = 900_000, [*((month, 300_000) for month in (1, 2)), *((month, 309_000) for month in range(6, 13))]
    paid = [("HOLIDAY", paid_on, 0, 0, 21 * FEE), *(("HOLIDAY", date(2023, month, 15), 0, due, 0) for month, due in months)]
    before = sum(int(one.interest) + one.fees for one in instalments(contract, 1, 12))
    rows = {}
    for day, ahead in ((OPENING, 21 * (paid_on < OPENING)), (CLOSING, 9)):
        received = before + sum(interest + fees for _, when, _, interest, fees in paid if when <= day)
        rows[day] = row(contract, day, received) | {"service_fees_ahead_minor": ahead * FEE}
    rows[CLOSING]["outstanding_principal_minor"] = 30_000_000 + added
    of_year = [one for one in paid if one[1] > OPENING]
    (plan,) = write_loans(
        tmp_path / "lender",
        {day: [{"contract_id": "HOLIDAY", **one}] for day, one in rows.items()},
        of_year if payments else None,
    )
    plan.write_text(untaxed(plan.read_text(encoding="utf-8")), encoding="utf-8")
    with (plan.parent / f"tapes/loan-events-{CLOSING}.csv").open("a", encoding="utf-8") as tape:
        tape.write(f"HOLIDAY,{HOLIDAY_UNTIL},modification,0\n")
    run = close(plan)
    running = rounded(Decimal(9_000 * 16) / 31 + added * contract.deferral(CLOSING))
    income = 2 * 300_000 + added + 7 * 309_000 + 12 * FEE + running
    assert income == 4_749_031
    cash = sum(interest + fees for *_, interest, fees in of_year)
    carried_more = added + running - 9 * FEE + rows[OPENING]["service_fees_ahead_minor"]
    assert income == cash + carried_more
    assert [printed(run, "income", framework, "fi") for framework in ("ifrs", "us_gaap")] == [[income]] * 2
    assert measured(run, "interest_capitalised") == {"HOLIDAY": added}
    assert [one.id for one in run.listed.checks if not one.holds] == []
    assert reperform(run.folder, sample=None).differences == ()
