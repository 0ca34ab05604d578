"""Loans that default and are cured between two tapes: service fees are earned as they fall due, whatever day they are paid.

Loans of 360,000.00 in 36 parts, 0.8 of them lost. The rows at both ends show nothing missed: payments tell how the arrears were
billed, or what was received does. Revenue by their cash and contract, day by day (IFRS 9 5.4.1(b)).
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.contracts.loans.direct import income
from gaapbridge.period_close import close
from gaapbridge.run import Run
from tests.differences.test_revenue_by_cash import (
    CLOSING,
    NEW,
    OPENING,
    PARTS,
    Case,
    case,
    closed,
    instalments,
    lost,
    measured,
    not_revenue,
    revenue,
)
from tests.simulation.default_by_hand import Contract, InDefault, Payment

CAUGHT_UP = date(2023, 10, 20)


def caught_up(contract: Contract, paid: int, since: date, on: date) -> Case:
    """In default since a day, and all that fell due by another paid on that; each on its day from then on."""
    behind = instalments(contract, paid + 1, contract.due_by(on))
    later = instalments(contract, contract.due_by(on) + 1, contract.due_by(CLOSING))
    principal, interest, fees = (sum(getattr(one, name) for one in behind) for name in ("principal", "interest", "fees"))
    served = [(on, paid + len(behind)), *((one.day, paid + len(behind) + number) for number, one in enumerate(later, 1))]
    one = case(
        contract, Payment(on, principal, interest, fees), *later,
        paid=paid, since=since, until=on, settled=True, served=served, cured=on,
    )  # fmt: skip
    told = replace(one.told, billed=contract.interest, bills_fees=contract.service_fee > 0)
    return replace(one, told=told)


SERVED = replace(PARTS, service_fee=90_000)
FREE = replace(PARTS, annual_rate="0", kind="interest_free_instalments", service_fee=300_000)
JULY, AUGUST = date(2023, 7, 14), date(2023, 8, 13)
CASES = {
    "SERVED": caught_up(SERVED, 15, JULY, CAUGHT_UP),
    "SERVED-WITH-FEES": caught_up(replace(SERVED, fees=900_000), 15, JULY, CAUGHT_UP),
    "WITHOUT-INTEREST": caught_up(FREE, 15, JULY, CAUGHT_UP),
    "PLAIN": caught_up(PARTS, 15, JULY, CAUGHT_UP),
    "FEES": caught_up(replace(PARTS, fees=1_800_000), 15, JULY, CAUGHT_UP),
    # one instalment was missed at the opening
    "MISSED": caught_up(SERVED, 11, date(2023, 3, 15), date(2023, 6, 20)),
    "NEW": caught_up(replace(NEW, service_fee=90_000), 3, AUGUST, CAUGHT_UP),
}
REVENUE = {
    "SERVED": "2043.23",
    "SERVED-WITH-FEES": "2296.71",
    "WITHOUT-INTEREST": "2047.93",
    "PLAIN": "1402.65",
    "FEES": "1895.82",
    "MISSED": "2406.42",
    "NEW": "2213.24",
}
"""Revenue in default, by hand."""
INCOME = {
    "SERVED": 2_847_268,
    "SERVED-WITH-FEES": 3_068_331,
    "WITHOUT-INTEREST": 3_419_290,
    "PLAIN": 1_818_748,
    "FEES": 2_256_345,
    "MISSED": 2_653_659,
    "NEW": 4_500_228,
}
"""Financing income of the year: contract interest, service fees as they fall due and what is amortised until the default and
since the cure, and between them the rate on the net amount."""


def untaxed(plan: str) -> str:
    return re.sub(r"(?m)^rate *= .*$", "rate = 0", plan, count=1)


def financing_income(run: Run) -> dict[str, int]:
    amounts = income("ifrs", {})["financing_income"].values()
    return dict(run.measurements("loans").select("contract_id", -pl.sum_horizontal(list(amounts))).collect().iter_rows())


def without_received(folder: Path, cases: Mapping[str, Case]) -> Run:
    """The year by rows alone that state no interest received."""
    closed(folder, cases=cases, payments=False, plan=untaxed)
    for tape in (folder / "tapes").glob("loans-*.csv"):
        pl.read_csv(tape, infer_schema=False).drop("interest_received_minor").write_csv(tape)
    return close(next(folder.glob("plan-*.toml")))


def year_of(folder: Path, told: str, cases: Mapping[str, Case]) -> Run:
    """The year by payments, by rows that state interest received, or by rows that state none."""
    if told == "rows alone":
        return without_received(folder, cases)
    (run,) = closed(folder, cases=cases, payments=told == "payments", plan=untaxed)
    return run


TOLD = ["payments", "received", "rows alone"]


def test_revenue_by_hand() -> None:
    """Of who owes no fees three instalments are missed at the default: 0.2 of 210,000.00 and of some 7,000.00, at 1 %."""
    assert revenue(CASES) == REVENUE


@pytest.mark.parametrize("told", TOLD)
def test_income_of_the_year_by_hand(told: str, tmp_path: Path) -> None:
    """Seven service fees at once are no income of their day: three were earned before the default (25,731.00 by day of
    payment, 28,472.68 as they fall due), whether payments tell it, what was received does, or nothing."""
    run = year_of(tmp_path / "lender", told, CASES)
    found = financing_income(run)
    assert {name: found[name] for name in CASES} == pytest.approx(INCOME, abs=1)
    assert measured(run) == not_revenue(CASES)


def drawn(seed: int) -> Case:
    """A loan of these and some other terms, in default ninety days after what it missed, and cured some weeks on; half of them
    pay an instalment before. They are billed by schedule, or for each day on what is owed."""
    draw = random.Random(seed)
    kind, rate = draw.choice([("equal_principal", "0.12"), ("level", "0.18"), ("bullet", "0.12"), (FREE.kind, "0")])
    contract = replace(
        draw.choice([PARTS, NEW]),
        annual_rate=rate, kind=kind, term=draw.choice([30, 36, 48]), service_fee=draw.choice([0, 90_000]),
        fees=draw.choice([0, 1_200_000]), costs=draw.choice([0, 600_000]),
    )  # fmt: skip
    paid = contract.due_by(OPENING) + draw.randint(1, 4) if contract.origination < OPENING else draw.randint(2, 5)
    since = contract.due(paid + 1) + timedelta(90)
    on = since + timedelta(draw.randint(5, (date(2023, 12, 10) - since).days))
    by_schedule = draw.random() < 0.5
    days = [since + timedelta(draw.randint(1, (on - since).days - 1)), on] if draw.random() < 0.5 else [on]
    payments = instalments(contract, 1, paid)
    served, number = [(contract.origination, 0), *((one.day, place) for place, one in enumerate(payments, 1))], paid
    for day in [*days, *(contract.due(later) for later in range(contract.due_by(on) + 1, contract.due_by(CLOSING) + 1))]:
        upto = number + 1 if day < on else contract.due_by(day)
        owed = InDefault(contract, payments, since, CLOSING, lost, billed=contract.interest if by_schedule else ())
        since_due = sum(one.interest for one in payments if one.day > contract.due(upto))
        by_day = owed.interest(contract.due(upto)) - since_due
        interest = sum(contract.interest[number + 1 : upto + 1]) if by_schedule else by_day
        principal = round(contract.balances[number]) - round(contract.balances[upto])
        payments = [*payments, Payment(day, principal, round(interest), contract.service_fee * (upto - number))]
        served, number = [*served, (day, upto)], upto
    told = InDefault(
        contract, payments, since, on, lost, settled=True, billed=contract.interest if by_schedule else (),
        bills_fees=contract.service_fee > 0,
    )  # fmt: skip
    return Case(told, served, cured=on)


DRAWN = {f"DRAWN-{seed}": drawn(seed) for seed in range(40)}


@pytest.fixture(scope="module")
def by_payments(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return year_of(tmp_path_factory.mktemp("drawn") / "lender", "payments", DRAWN)


@pytest.mark.campaign
def test_payments_tell_every_ledger(by_payments: Run) -> None:
    """But for what the lender rounds of instalments."""
    assert measured(by_payments) == pytest.approx(not_revenue(DRAWN), abs=4)


@pytest.mark.campaign
@pytest.mark.parametrize("told", TOLD[1:])
def test_rows_are_within_what_they_leave_open(told: str, by_payments: Run, tmp_path: Path) -> None:
    """Of forty loans of which rows tell no day of payment; most that pay all at once and are billed by schedule they tell."""
    run = year_of(tmp_path / "lender", told, DRAWN)
    found, by_cash, apart = financing_income(run), financing_income(by_payments), measured(run, "interest_on_allowance_apart")
    off = {name: abs(found[name] - by_cash[name]) for name in DRAWN}
    assert {name: (amount, apart[name]) for name, amount in off.items() if amount > apart[name] + 4} == {}
    assert sum(amount <= 4 for amount in off.values()) >= 15
