"""What defaults ahead are expected to lose: path by path what the contract has above what is recovered (IFRS 9 B5.5.28-29).

Of 300,000.00 at 1 % a month, due on 15 June 2024 after thirty instalments from 15 January 2022 on, each month brings a default
with a chance of 2 % to who has had none. It is recognised 90 days late, so on the due date of a month the instalment three
before was missed first, and interest runs until then. What a borrower had to pay then is known from the contract: what is
overdue, and all later payments at the effective rate. What is recovered is a share of principal and interest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_allowance_in_default import rounded, rows_of
from tests.differences.test_revenue_by_cash import AT_THE_END, CLOSING, PARTS, Case, case, closed
from tests.simulation.default_by_hand import Contract

BULLET = replace(AT_THE_END, term=30, prepaid=("0",))
EQUAL = replace(PARTS, principal=30_000_000, term=30, prepaid=("0",))
CHARGES = {
    "FEES": {"fees": 3_600_000},
    "COSTS": {"costs": 900_000},
    "SERVICE": {"service_fee": 180_000},
    "NONE": {"fees": 0},
}
PAID, LATE = 24, 22
"""Instalments paid by the end of 2023: all that fell due, or all but two; who is two behind is 46 days past due."""

NEVER = date.max
CONTRACTS = {
    f"{kind}-{charge}": replace(contract, **changed)
    for kind, contract in (("BULLET", BULLET), ("EQUAL", EQUAL), ("LEVEL", replace(EQUAL, kind="level")))
    for charge, changed in CHARGES.items()
}
CASES: dict[str, Case] = {
    f"{name}-{paid}": case(contract, paid=paid, since=NEVER)
    for name, contract in CONTRACTS.items()
    for paid in (PAID, LATE)
    if contract.kind != "level" or paid == PAID
}
ACCRUED = date(2023, 12, 15)
"""The day up to which US GAAP accrues of who is 46 days past due at the end of 2023, where it stops at 30."""

HAZARD, LAG = Decimal("0.02"), 3


def elected(**answers: str | int) -> Callable[[str], str]:
    """A plan of the same lender with other answers."""

    def answered(text: str) -> str:
        for name, answer in answers.items():
            (was,) = (line for line in text.splitlines() if line.startswith(f"{name} = "))
            text = text.replace(was, f"{name} = {answer}" if isinstance(answer, int) else f'{name} = "{answer}"')
        return text

    return answered


def chance(month: int) -> Decimal:
    """Of a default recognised in a month ahead."""
    return (1 - HAZARD) ** (month - 1) * HAZARD


def by_cash(contract: Contract, paid: int, lost: Decimal) -> int:
    """Of a loan all of which is due at the end: the payments of the contract on the day of each default, less what comes in.

    Overdue interest is nominal; every later payment, with the service fee, is at the effective rate (B5.5.29). Nothing more is
    recovered than the share of principal and interest, and a default is no gain."""
    total, rate = Decimal(0), contract.rate
    principal, interest = Decimal(contract.principal), contract.principal * contract.monthly
    for month in range(1, contract.term - PAID + LAG + 1):
        day = PAID + month
        missed = max(paid, min(day - LAG - 1, contract.term - 1)) + 1
        overdue = interest * (day - missed + 1)
        later = [
            interest + contract.service_fee + principal * (number == contract.term) for number in range(1, contract.term + 1)
        ]
        ahead = sum((cash / (1 + rate) ** (number - day) for number, cash in enumerate(later, 1) if number > day), Decimal(0))
        asked = overdue + (ahead if day < contract.term else principal)
        recovered = (1 - lost) * (principal + overdue)
        total += chance(month) * max(asked - recovered, Decimal(0)) / (1 + rate) ** month
    return rounded(total)


def by_books(
    one: Case, paid: int, lost: Decimal, *, ifrs: bool, counts_fees: bool, discounted: bool, frozen: Decimal | None = None
) -> int:
    """Of any loan: principal at its first miss, interest of IFRS up to the default, and what is deferred on its due date for as
    much principal; or, as long as nothing of the arrears is paid, what is ``frozen`` of a unit of it."""
    contract, total = one.told.contract, Decimal(0)
    principal, billed = of_tape(one)
    for month in range(1, contract.term - PAID + LAG + 1):
        day = PAID + month
        before = max(paid, min(day - LAG - 1, contract.term - 1))
        owed = principal * contract.balances[before] / contract.balances[paid]
        interest = billed + principal * contract.monthly * month if before == paid else owed * contract.monthly * (LAG + 1)
        claim = owed + interest if ifrs else owed
        stands = frozen is not None and before == paid
        unit = frozen if stands and frozen is not None else contract.deferral(contract.due(day))
        deferred = owed * unit if counts_fees or stands else max(owed * unit, Decimal(0))
        loss = chance(month) * max(lost * claim + deferred, Decimal(0))
        total += loss / (1 + contract.rate) ** month if discounted else loss
    return rounded(total)


def measured(
    folder: Path, lost: str, cases: dict[str, Case] = CASES, plan: Callable[[str], str] = str, hazard: Decimal = HAZARD
) -> dict[str, dict[str, int]]:
    (run,) = closed(folder, cases=cases, lost=float(lost), plan=plan, hazard=float(hazard))
    assert [one.name for one in run.listed.findings if one.check == "R20"] == []
    return rows_of(run)


@pytest.fixture(scope="module", params=["0.05", "0.5"])
def share(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rows(share: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    return measured(tmp_path_factory.mktemp("ahead") / "lender", share)


def of_tape(one: Case) -> tuple[Decimal, Decimal]:
    """Principal that is owed at the end of 2023, and interest that is billed."""
    row = one.row("", CLOSING)
    assert row is not None
    return Decimal(row["outstanding_principal_minor"]), Decimal(row["billed_unpaid_interest_minor"])


def paid_of(name: str) -> int:
    return int(name.rpartition("-")[2])


def test_a_loss_is_what_the_contract_has_above_what_comes_in(share: str, rows: dict[str, dict[str, int]]) -> None:
    """By cash alone. 0.05 lost of a loan with fees of 36,000.00 is less than what fees still lower its amount by, but for
    defaults near the end, when little is deferred any more."""
    expected = {
        name: by_cash(one.told.contract, paid_of(name), Decimal(share))
        for name, one in CASES.items()
        if name.startswith("BULLET")
    }
    assert {name: rows[name]["ifrs_loss_allowance"] for name in expected} == expected


def test_loans_in_parts_alike(share: str, rows: dict[str, dict[str, int]]) -> None:
    expected = {
        name: by_books(one, paid_of(name), Decimal(share), ifrs=True, counts_fees=True, discounted=True)
        for name, one in CASES.items()
    }
    assert {name: row["ifrs_loss_allowance"] for name, row in rows.items()} == expected


def test_fees_that_are_accreted_offset_no_loss(share: str, rows: dict[str, dict[str, int]]) -> None:
    """US GAAP by default and loss: fees are income to come (326-20-30-5), costs are amortised cost (326-20-20)."""
    expected = {
        name: by_books(one, paid_of(name), Decimal(share), ifrs=False, counts_fees=False, discounted=False)
        for name, one in CASES.items()
    }
    assert {name: row["us_loss_allowance"] for name, row in rows.items()} == expected
    assert rows["BULLET-FEES-24"]["us_loss_allowance"] == rows["BULLET-NONE-24"]["us_loss_allowance"]


def test_by_discounted_cash_flows_fees_count(share: str, tmp_path: Path) -> None:
    """The present value is held against amortised cost, with all that is in it (326-20-30-4)."""
    found = measured(tmp_path / "lender", share, plan=elected(us_method="dcf"))
    expected = {
        name: by_books(one, paid_of(name), Decimal(share), ifrs=False, counts_fees=True, discounted=True)
        for name, one in CASES.items()
    }
    assert {name: row["us_loss_allowance"] for name, row in found.items()} == expected


def test_on_non_accrual_what_is_deferred_stands_still_until_arrears_are_paid(share: str, tmp_path: Path) -> None:
    """From 30 days on. Who is 46 days past due accrued up to 15 December 2023, and fees that stand still are no income to come:
    they count of a default that begins with what is overdue now, not of one that begins after a cure."""
    found = measured(tmp_path / "lender", share, plan=elected(nonaccrual_days_past_due=30))
    for name, one in CASES.items():
        frozen = one.told.contract.deferral(ACCRUED) if paid_of(name) == LATE else None
        expected = by_books(one, paid_of(name), Decimal(share), ifrs=False, counts_fees=False, discounted=False, frozen=frozen)
        assert (name, found[name]["us_loss_allowance"]) == (name, expected)


@pytest.mark.parametrize("nonaccrual", [90, 30])
@pytest.mark.parametrize(("exposed", "paid_of_month"), [("before_instalment", 0), ("after_instalment", 1)])
def test_without_a_timeline(share: str, tmp_path: Path, exposed: str, paid_of_month: int, nonaccrual: int) -> None:
    """The balance before or after the instalment of the month of default, with its interest and what is billed; deferred is
    what is on its due date, and on non-accrual what stands still, in every month."""
    plan = elected(default_timeline="none", exposure_at_default=exposed, nonaccrual_days_past_due=nonaccrual)
    found = measured(tmp_path / "lender", share, plan=plan)
    for name, one in CASES.items():
        contract, behind = one.told.contract, paid_of(name)
        stands = nonaccrual == 30 and behind == LATE
        (principal, billed), totals = of_tape(one), [Decimal(0), Decimal(0)]
        scale = principal / contract.balances[PAID]
        for month in range(1, contract.term - PAID + 1):
            day = PAID + month
            before, owed = (contract.balances[number] * scale for number in (day - 1, day - 1 + paid_of_month))
            claim, unit = owed + before * contract.monthly + billed, contract.deferral(contract.due(day))
            claims = [owed if stands else claim, claim]
            units = [contract.deferral(ACCRUED) if stands else unit, unit]
            for side, (claim, unit, counts) in enumerate(zip(claims, units, (stands, True), strict=True)):
                deferred = owed * unit if counts else max(owed * unit, Decimal(0))
                loss = chance(month) * max(Decimal(share) * claim + deferred, Decimal(0))
                totals[side] += loss / (1 + contract.rate) ** month if side else loss
        assert (name, found[name]["us_loss_allowance"], found[name]["ifrs_loss_allowance"]) == (name, *map(rounded, totals))


IN_DEFAULT = date(2024, 1, 15)


@pytest.mark.parametrize("lost", ["0.02", "0.5"])
@pytest.mark.parametrize("charge", CHARGES)
def test_a_default_that_was_certain_changes_nothing(tmp_path: Path, charge: str, lost: str) -> None:
    """Three instalments behind, 77 days past due, and sure to be in default on 15 January 2024, the due date of the month. What
    is expected of it is what the allowance is on that day, but for the discount of the month: else a default would be an
    income of its own. Under US GAAP it is one, of the fees that stop being income to come (326-20-30-5)."""
    one = case(CONTRACTS[f"BULLET-{charge}"], paid=21, since=NEVER, until=IN_DEFAULT)
    rows = {day: [row] for day in (CLOSING, IN_DEFAULT) if (row := one.row(charge, day)) is not None}
    row, rate = rows_of(certain(tmp_path / "lender", rows, lost))[charge], one.told.contract.rate
    assert (row["stage_opening"], row["stage_closing"]) == (2, 3)
    opening, closing = row["opening_ifrs_loss_allowance"], row["ifrs_loss_allowance"]
    assert opening == pytest.approx(closing / (1 + float(rate)), abs=1)
    if (charge, lost) == ("FEES", "0.02"):
        assert opening == closing == row["us_loss_allowance"] == 0 < row["opening_us_loss_allowance"]
    else:
        assert opening > 0


def certain(folder: Path, rows: dict[date, list[dict[str, object]]], lost: str) -> Run:
    """The first month of 2024, which brings every loan in default; nobody prepays."""
    (plan,) = write_loans(folder, rows, None)
    shares = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), float(lost))
    nobody = {"single_monthly_mortality": 0.0}
    all_of_them = {"hazard": 1.0, "performing": 0.0}
    rewrite_curves(plan.parent / "curves", {"loss-given-default": shares, "prepayment": nobody, "hazard": all_of_them})
    return close(plan)
