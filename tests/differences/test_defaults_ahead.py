"""What defaults ahead are expected to lose: path by path what the contract has above what is recovered (IFRS 9 B5.5.28-29).

Of 300,000.00 at 1 % a month, due on 15 June 2024 after thirty instalments from 15 January 2022 on, each month brings a default
with a chance of 2 % to who has had none. It is recognised 90 days after the instalment three before was missed first, a day or
two before the due date of the month, and interest is asked for until then. What a borrower had to pay then is known from the
contract: what is overdue, and all later payments at the effective rate. What is recovered is a share of principal and interest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gaapbridge.differences.expected_credit_loss import ifrs, us_gaap
from gaapbridge.period_close import close
from gaapbridge.run import Run
from tests.conformance.chunks import ANSWERS
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
MONTH = Decimal("30.4375")
"""Days of a month, of which 90 are 2.957."""


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

    Overdue interest is nominal, and that of the running month; every later payment, with the service fee, is at the effective
    rate (B5.5.29). Nothing more is recovered than the share of principal and interest, and a default is no gain."""
    total, rate = Decimal(0), contract.rate
    principal, interest = Decimal(contract.principal), contract.principal * contract.monthly
    for month in range(1, contract.term - PAID + LAG + 1):
        day = PAID + month
        missed = max(paid, min(day - LAG - 1, contract.term - 1)) + 1
        overdue = interest * (day - missed + 1)
        later = [
            interest + contract.service_fee + principal * (number == contract.term) for number in range(1, contract.term + 1)
        ]
        instant = PAID + contract.running(CLOSING)
        found = max(day - LAG + 90 / MONTH, instant)  # when the default is found out
        ahead = sum(
            (cash / (1 + rate) ** (number - found) for number, cash in enumerate(later, 1) if number > found), Decimal(0)
        )
        bare = principal * (1 + contract.monthly) ** (found - int(found))
        asked = overdue + principal + (ahead - bare if found < contract.term else 0)
        recovered = (1 - lost) * (principal + overdue)
        total += chance(month) * max(asked - recovered, Decimal(0)) / (1 + rate) ** month
    return rounded(total)


def left_after(contract: Contract, passed: Decimal) -> Decimal:
    """What is deferred of a unit so many due dates on, whole and in part; on no day before the end of 2023."""
    passed = max(passed, PAID + contract.running(CLOSING))
    number = int(passed)
    if number >= contract.term:
        return Decimal(0)
    bare = contract.balances[number] * (1 + contract.monthly) ** (passed - number)
    return (contract.worth(contract.rate, number) * (1 + contract.rate) ** (passed - number) - bare) / contract.balances[number]


def counted_on(contract: Contract, due: int, costs: int, discount: int) -> Decimal:
    """What is deferred of a unit so many days after a due date, of costs and of a discount."""
    above, below = (left_after(contract, due + days / MONTH) for days in (costs, discount))
    return max(above, Decimal(0)) + min(below, Decimal(0))


def by_books(
    one: Case, paid: int, lost: Decimal, *, interest: str, stops: tuple[int, int] = (90, 90), discounted: bool = False,
    frozen: bool = False,
) -> int:  # fmt: skip
    """Of any loan: principal at its first miss and what is deferred 90 days later for as much principal, or so many days later,
    where that ``stops`` then; or where that is ``frozen`` what was on 15 December 2023, as long as
    nothing of the arrears is paid. With interest up to the default, or of who is behind what is ``accrued`` now, or none."""
    contract, total = one.told.contract, Decimal(0)
    principal, billed = of_tape(one)
    for month in range(1, contract.term - PAID + LAG + 1):
        day = PAID + month
        before = max(paid, min(day - LAG - 1, contract.term - 1))
        stands, claim = before == paid, principal * contract.balances[before] / contract.balances[paid]
        deferred = claim * (contract.deferral(ACCRUED) if stands and frozen else counted_on(contract, day - LAG, *stops))
        if interest == "to the default":
            claim += billed + principal * contract.monthly * month if stands else claim * contract.monthly * (LAG + 1)
        elif interest == "accrued" and stands:
            claim += billed + principal * contract.monthly * contract.running(CLOSING)
        loss = chance(month) * max(lost * claim + deferred, Decimal(0))
        total += loss / (1 + contract.rate) ** month if discounted else loss
    return rounded(total)


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


def measured(
    folder: Path, lost: str, cases: Mapping[str, Case] = CASES, plan: Callable[[str], str] = str
) -> dict[str, dict[str, int]]:
    (run,) = closed(folder, cases=cases, lost=float(lost), plan=plan, hazard=float(HAZARD))
    assert [one.name for one in run.listed.findings if one.check == "R20"] == []
    return rows_of(run)


@pytest.fixture(scope="module", params=["0.05", "0.5"])
def share(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rows(share: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    return measured(tmp_path_factory.mktemp("ahead") / "lender", share)


def expected_of(share: str, cases: Mapping[str, Case] = CASES, **how: Any) -> dict[str, int]:
    return {name: by_books(one, paid_of(name), Decimal(share), **how) for name, one in cases.items()}


def found_of(rows: Mapping[str, Mapping[str, int]], side: str) -> dict[str, int]:
    return {name: row[f"{side}_loss_allowance"] for name, row in rows.items()}


def test_loans_in_parts_alike(share: str, rows: dict[str, dict[str, int]]) -> None:
    expected = expected_of(share, interest="to the default", discounted=True)
    assert found_of(rows, "ifrs") == expected


def test_fees_that_will_not_be_accreted_offset_losses(share: str, rows: dict[str, dict[str, int]]) -> None:
    """US GAAP by default and loss, non-accrual from ninety days on as default is: what is left of fees on that day stands still
    from then on, and is no income to come (326-20-30-5)."""
    assert found_of(rows, "us") == expected_of(share, interest="none")


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("nonaccrual", [100, 120, 3650])
def test_fees_that_are_accreted_offset_no_loss(share: str, tmp_path: Path, nonaccrual: int) -> None:
    """Non-accrual from 120 days on: what is accreted in the 30 days after default is income to come (326-20-30-5), what is left
    is not; costs are amortised cost of the day of default. Where interest never stops all fees are income to come."""
    found = found_of(measured(tmp_path / "lender", share, plan=elected(nonaccrual_days_past_due=nonaccrual)), "us")
    assert found == expected_of(share, interest="accrued", stops=(90, nonaccrual))
    assert (nonaccrual == 3650) == (found["BULLET-FEES-24"] == found["BULLET-NONE-24"])
    assert found["BULLET-FEES-24"] <= found["BULLET-NONE-24"] < found["BULLET-COSTS-24"]


@pytest.mark.campaign(but=1)
def test_what_stands_still_before_a_default_counts_as_it_stands(share: str, tmp_path: Path) -> None:
    """Non-accrual from sixty days on: nothing is amortised in the thirty days before default."""
    found = found_of(measured(tmp_path / "lender", share, plan=elected(nonaccrual_days_past_due=60)), "us")
    assert found == expected_of(share, interest="none", stops=(60, 60))


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize(("nonaccrual", "interest", "days"), [(120, "accrued", 90), (60, "none", 60)])
def test_by_discounted_cash_flows_fees_count(share: str, tmp_path: Path, nonaccrual: int, interest: str, days: int) -> None:
    """The present value is held against amortised cost, with all that is in it on the day of default (326-20-30-4)."""
    plan = elected(us_method="dcf", nonaccrual_days_past_due=nonaccrual)
    found = found_of(measured(tmp_path / "lender", share, plan=plan), "us")
    assert found == expected_of(share, interest=interest, stops=(days, days), discounted=True)


@dataclass(frozen=True)
class Stopped(Case):
    """A loan on non-accrual from a day that its row states."""

    def row(self, name: str, day: date) -> dict[str, Any] | None:
        found = super().row(name, day)
        return None if found is None else {**found, "nonaccrual_date": ACCRUED if day >= ACCRUED else None}


STOPPED = {name: Stopped(**{part.name: getattr(one, part.name) for part in fields(one)}) for name, one in CASES.items()}


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("by_date", [False, True])
def test_on_non_accrual_what_is_deferred_stands_still_until_arrears_are_paid(share: str, tmp_path: Path, by_date: bool) -> None:
    """Who is 46 days past due accrued up to 15 December 2023, where non-accrual begins at thirty days; or all did by a date.
    What stands still counts of a default that begins with what is overdue now. Of one that begins after a cure that counts
    which is deferred sixty days before default (30), or of fees what is left thirty after it (120)."""
    cases, days = (STOPPED, 120) if by_date else (CASES, 30)
    found = measured(tmp_path / "lender", share, cases, plan=elected(nonaccrual_days_past_due=days))
    frozen = {name: one for name, one in cases.items() if by_date or paid_of(name) == LATE}
    stops = (90, 120) if by_date else (30, 30)
    expected = expected_of(share, cases, interest="none", stops=stops)
    expected |= expected_of(share, frozen, interest="none", stops=stops, frozen=True)
    assert found_of(found, "us") == expected


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("nonaccrual", "stops"), [(90, (0, 0)), (30, (-60, -60)), (120, (0, 30))])
@pytest.mark.parametrize(("exposed", "paid_of_month"), [("before_instalment", 0), ("after_instalment", 1)])
def test_without_a_timeline(
    share: str, tmp_path: Path, exposed: str, paid_of_month: int, nonaccrual: int, stops: tuple[int, int]
) -> None:
    """The balance before or after the instalment of the month of default, with its interest and what is billed; deferred is
    what is on its due date, or when interest stops, and on non-accrual what stands still, in every month: 90 days late is one
    day, whichever month a default is told of. By then US GAAP has reversed the interest where it stops at 90 (326-20-35-8A)."""
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
            claim, unit = owed + before * contract.monthly + billed, left_after(contract, Decimal(day))
            claims = [owed if nonaccrual <= 90 else claim, claim]
            units = [contract.deferral(ACCRUED) if stands else counted_on(contract, day, *stops), unit]
            for side, (claim, unit) in enumerate(zip(claims, units, strict=True)):
                loss = chance(month) * max(Decimal(share) * claim + owed * unit, Decimal(0))
                totals[side] += loss / (1 + contract.rate) ** month if side else loss
        assert (name, found[name]["us_loss_allowance"], found[name]["ifrs_loss_allowance"]) == (name, *map(rounded, totals))


STOPS = IN_DEFAULT = date(2024, 1, 13)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("lost", ["0.02", "0.5"])
@pytest.mark.parametrize("charge", CHARGES)
def test_a_default_that_was_certain_changes_nothing(tmp_path: Path, charge: str, lost: str) -> None:
    """Three instalments behind, 77 days past due, and sure to be in default on 13 January 2024, the ninetieth day. What is
    expected of it is what the allowance is on that day, under IFRS but for the discount of the month and the interest of its
    last two days, and for what is amortised in a fortieth of it: 2.957 months are no whole days; else a default would be an
    income of its own."""
    one = case(CONTRACTS[f"BULLET-{charge}"], paid=21, since=NEVER, until=IN_DEFAULT)
    rows = {day: [row] for day in (CLOSING, IN_DEFAULT) if (row := one.row(charge, day)) is not None}
    row, contract = rows_of(certain(tmp_path / "lender", rows, lost))[charge], one.told.contract
    assert (row["stage_opening"], row["stage_closing"]) == (2, 3)
    closing = row["ifrs_loss_allowance"]
    of_a_month = 30_000_000 * abs(contract.deferral(IN_DEFAULT) - contract.deferral(date(2023, 12, 15)))
    near = 1 + float(of_a_month / 40 + Decimal(lost) * 300_000 * 2 / 31)
    assert row["opening_ifrs_loss_allowance"] == pytest.approx(closing / (1 + float(contract.rate)), abs=near)
    kept = left_after(contract, PAID + 1 - LAG + 90 / MONTH), contract.deferral(IN_DEFAULT)
    us = [max(Decimal(0), 30_000_000 * (Decimal(lost) + one)) for one in kept]
    assert [row["opening_us_loss_allowance"], row["us_loss_allowance"]] == list(map(rounded, us))
    assert ((charge, lost) == ("FEES", "0.02")) == (closing == 0) == (us[0] == 0)


def test_fees_may_leave_nothing_to_lose_within_a_year(tmp_path: Path) -> None:
    """Of a loan that is due in four years 0.01 is lost, and fees of more are deferred on every day of the next year: nil in
    stage 1, and not for want of a hazard or a loss (R20). Without fees 0.01 of 2 % and less is expected."""
    contracts = {charge: replace(CONTRACTS[f"BULLET-{charge}"], term=72) for charge in ("FEES", "NONE")}
    found = measured(tmp_path / "lender", "0.01", {name: case(one, paid=23, since=NEVER) for name, one in contracts.items()})
    assert [row["stage_closing"] for row in found.values()] == [1, 1]
    assert found["FEES"]["ifrs_loss_allowance"] == 0 < found["NONE"]["ifrs_loss_allowance"]


BY_ITS_DATE = date(2023, 12, 20)
"""Day on which a lender takes a loan to be in default, which is up to 77 days past due at the end of the year."""


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("nonaccrual", "stops"), [(90, STOPS), (120, date(2024, 2, 12)), (3650, None)])
def test_in_default_what_is_left_when_interest_stops_counts(
    share: str, tmp_path: Path, nonaccrual: int, stops: date | None
) -> None:
    """In default by its date, and still accrued: what fees bring in until interest stops, 13 or 43 days on, offsets no loss
    (326-20-30-5); the rest is no income to come if nothing is paid. Of who pays interest never stops. Costs count whole."""
    cases = {
        f"{charge}-{paid}": case(CONTRACTS[f"BULLET-{charge}"], paid=paid, since=BY_ITS_DATE)
        for charge in CHARGES
        for paid in (21, PAID)
    }
    plan = elected(nonaccrual_days_past_due=nonaccrual)
    found, expected = measured(tmp_path / "lender", share, cases, plan=plan), {}
    for name, one in cases.items():
        contract, (principal, billed) = one.told.contract, of_tape(one)
        accrued = billed + principal * contract.monthly * contract.running(CLOSING) if nonaccrual > 90 else Decimal(0)
        left = contract.deferral(stops) if stops and paid_of(name) == 21 else Decimal(0)
        counted = max(contract.deferral(CLOSING), Decimal(0)) + min(left, Decimal(0))
        expected[name] = rounded(max(Decimal(share) * (principal + accrued) + principal * counted, Decimal(0)))
    assert found_of(found, "us") == pytest.approx(expected, abs=1)


def test_who_gets_worse_brings_no_income(tmp_path: Path) -> None:
    """105 days past due and in default, non-accrual from 120 on, 0.05 lost of a bullet with 36,000.00 of fees: nil, as it is a
    month later, when fees stand still at more than that."""
    one = case(replace(BULLET, fees=3_600_000, term=48), paid=19, since=date(2023, 11, 13), until=date(2023, 12, 29))
    days = (date(2023, 11, 28), date(2023, 12, 29))
    rows = {day: [row] for day in days if (row := one.row("WORSE", day)) is not None}
    (plan,) = write_loans(tmp_path / "lender", rows, None)
    plan.write_text(elected(nonaccrual_days_past_due=120)(plan.read_text()))
    shares = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.05)
    rewrite_curves(plan.parent / "curves", {"loss-given-default": shares})
    row = rows_of(close(plan))["WORSE"]
    assert row["us_deferred_fees"] < -30_000_000 * 0.05
    assert (row["opening_us_loss_allowance"], row["us_loss_allowance"]) == (0, 0)


@pytest.mark.parametrize("method", ["pd_lgd", "dcf"])
def test_a_discount_offsets_losses_but_what_of_it_is_accreted_by_the_method_undiscounted(method: str) -> None:
    """326-20-30-5: what a loan accretes of net fees until interest stops is income to come; the rest, or all by ``dcf`` (30-4),
    is cost. Under IFRS they are in the gross amount always (B5.5.28), and costs are in it under both."""
    elections, dcf = replace(ANSWERS, us_method=method), method == "dcf"
    lost, deferred, left = np.full(6, 80), np.array([-10, -10, -10, -90, 5, 5]), np.array([-10, -7, 0, -85, 4, 0])
    counted = [-10, -7, 0, -85, 5, 5]
    for treatment, counts in ((us_gaap, deferred.tolist() if dcf else counted), (ifrs, deferred.tolist())):
        assert treatment.counted_deferral(deferred, left, elections).tolist() == counts
        found = treatment.allowance_in_default(lost, deferred, left, elections).tolist()
        assert found == [max(0, 80 + one) for one in counts]
    days = np.array([-89, -60, -30, 0, 10, 30, 1_000_000])  # until interest stops, on the day of default
    before = np.minimum(days, 0).tolist()
    assert [one.tolist() for one in us_gaap.days_after_default(days, elections)] == [before, before if dcf else days.tolist()]
    assert [one.tolist() for one in ifrs.days_after_default(days, elections)] == [[0] * 7] * 2


def certain(folder: Path, rows: dict[date, list[dict[str, object]]], lost: str) -> Run:
    """The first month of 2024, which brings every loan in default; nobody prepays."""
    (plan,) = write_loans(folder, rows, None)
    shares = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), float(lost))
    nobody = {"single_monthly_mortality": 0.0}
    all_of_them = {"hazard": 1.0, "performing": 0.0}
    rewrite_curves(plan.parent / "curves", {"loss-given-default": shares, "prepayment": nobody, "hazard": all_of_them})
    return close(plan)
