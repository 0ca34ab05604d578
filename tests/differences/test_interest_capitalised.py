"""Arrears, or the interest of a holiday, that a modification adds to the principal (310-20-35-9 to 35-11; IFRS 9 5.4.1, 5.4.3).

Each is of 300,000.00 at 1 % a month due at the end, but where it says otherwise, and no cash came of it: principal is up by
what was owed. Income of the year is worked out day by day from what was owed, as if it had been paid and lent again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.loans.direct import income
from gaapbridge.period_close import close
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_revenue_by_cash import AT_THE_END, CLOSING, DEFAULT, HALF, OPENING, instalments
from tests.simulation.default_by_hand import NIL, Contract, InDefault, Payment

ADDED_ON, CURED = date(2023, 5, 15), date(2023, 6, 15)
ARREARS = 3_600_000
"""Twelve months of interest, from that of 15 July 2022 to that of 15 June 2023."""


def lost(first: date, month: int) -> Decimal:
    return Decimal("0.8")


def of_months(amount: int, first: int, last: int = 12, fees: int = 0) -> list[Payment]:
    """So much of interest on each due date of 2023."""
    return [Payment(date(2023, month, 15), 0, amount, fees) for month in range(first, last + 1)]


@dataclass(frozen=True)
class Modified:
    """A loan, what was paid of it before and after, and the interest that was ``added`` to its principal on a day; in default
    from ``since``, up to its cure where there is one; ``waived`` when it was."""

    contract: Contract
    paid: Sequence[Payment]
    added: int
    day: date = ADDED_ON
    since: date | None = None
    cured: date | None = None
    waived: int = 0
    until: date = CLOSING
    fees_added: int = 0
    """What of it is service fees."""

    @property
    def repaid(self) -> bool:
        return self.until < CLOSING

    @property
    def told(self) -> InDefault:
        """Its account by hand: what is added is paid, and lent again; what is waived is off what is owed with the cure."""
        account = [*self.paid, Payment(self.day, -self.added, self.added - self.fees_added, self.fees_added)]
        account += [Payment(self.cured, 0, self.waived)] if self.cured and self.waived else []
        until = self.cured or self.until
        ends = self.cured is not None or self.repaid
        return InDefault(self.contract, account, self.since or CLOSING, until, lost, settled=ends)

    @property
    def earned(self) -> int:
        """Income of the year: the interest of each day and what is amortised, in default the rate on the net amount."""
        begun = max(OPENING, self.contract.origination)
        since = min(max(self.since, begun), self.until) if self.since else self.until
        until = self.cured or self.until
        in_default = self.told.revenue(since, until) if since < until else NIL
        found = self._taken(begun, since) + in_default + self._taken(until, self.until)
        return int(found.quantize(Decimal(1), ROUND_HALF_UP))

    def _taken(self, first: date, last: date) -> Decimal:
        if first >= last:
            return NIL
        told = replace(self.told, settled=False)
        fees = sum(one.fees for one in told.paid if first < one.day <= last)
        begun = -Decimal(self.contract.fees) if first == self.contract.origination else self._deferred(first)
        left = NIL if self.repaid and last == self.until else self._deferred(last)
        return told._come(last) - told._come(first) + fees + left - begun

    def _deferred(self, day: date) -> Decimal:
        return replace(self.told, settled=False).principal(day) * self.contract.deferral(day)

    def row(self, name: str, day: date) -> dict[str, Any] | None:
        """What a tape of the day has of it: the moment before it was repaid where it was."""
        one, gone = self.contract, self.repaid and day >= self.until
        day = min(day, self.until)
        if day < one.origination:
            return None
        told = replace(self.told, until=self.until, settled=self.repaid)
        paid = [each for each in self.paid if each.day <= day and not (gone and each.day == day)]
        behind = self.since is not None and not (self.cured and self.cured <= day)
        missed = min([number for number in range(1, one.term) if one.due(number) > self._last_paid(day)])
        cured = self.cured if self.cured and self.cured <= day else None
        return {
            "contract_id": name,
            "origination_date": one.origination,
            "first_payment_date": one.due(1),
            "principal_minor": one.principal,
            "annual_rate": one.annual_rate,
            "term_instalments": one.term,
            "repayment_type": one.kind,
            "fees_received_minor": one.fees,
            "service_fee_minor": one.service_fee,
            "outstanding_principal_minor": int(told.principal(day)),
            "billed_unpaid_interest_minor": round(told.interest(day) - told.principal(day) * one.monthly * one.running(day)),
            "interest_received_minor": sum(int(each.interest) + each.fees for each in paid),
            "days_past_due": (day - one.due(missed)).days if behind and one.due(missed) <= day else 0,
            "default_date": self.since if self.since and self.since <= day else None,
            "cured_date": cured,
            "forborne": "true" if day >= self.day else "false",
            "status": "prepaid" if gone else "on_book",
            "exit_date": day if gone else None,
        }

    def _last_paid(self, day: date) -> date:
        return max([self.contract.origination, *(one.day for one in self.paid if one.day <= day)])


def until(contract: Contract, number: int) -> list[Payment]:
    """Instalments paid on their day up to one."""
    return instalments(contract, 1, number)


FEES = replace(AT_THE_END, fees=900_000)
SERVED = replace(AT_THE_END, service_fee=90_000)
PARTS = replace(AT_THE_END, principal=36_000_000, kind="equal_principal")
OF_MAY = replace(AT_THE_END, origination=date(2023, 1, 15))
IN_DEFAULT: dict[str, Any] = {"since": DEFAULT, "day": CURED}
CASES = {
    "CURED": Modified(AT_THE_END, [*until(AT_THE_END, 6), *of_months(336_000, 7)], ARREARS, cured=CURED, **IN_DEFAULT),
    "CURED-FEES": Modified(FEES, [*until(FEES, 6), *of_months(336_000, 7)], ARREARS, cured=CURED, **IN_DEFAULT),
    "HALF-WAIVED": Modified(
        AT_THE_END,
        [*until(AT_THE_END, 6), *of_months(318_000, 7)],
        ARREARS // 2,
        cured=CURED,
        waived=ARREARS // 2,
        **IN_DEFAULT,
    ),
    # one that is not cured by it, and pays nothing
    "LASTS": Modified(AT_THE_END, until(AT_THE_END, 6), ARREARS, **IN_DEFAULT),
    "REPAID": Modified(
        AT_THE_END,
        [*until(AT_THE_END, 6), *of_months(336_000, 7, 10), Payment(date(2023, 11, 15), 33_600_000, 336_000)],
        ARREARS,
        cured=CURED,
        until=date(2023, 11, 15),
        **IN_DEFAULT,
    ),
    # months without a payment: of three, and of two of a loan of the year
    "HOLIDAY": Modified(AT_THE_END, [*until(AT_THE_END, 14), *of_months(309_000, 6)], 900_000),
    "HOLIDAY-FEES": Modified(FEES, [*until(FEES, 14), *of_months(309_000, 6)], 900_000),
    "NEW": Modified(OF_MAY, [*until(OF_MAY, 2), *of_months(306_000, 6)], 600_000),
    "SERVICE-FEE": Modified(SERVED, [*until(SERVED, 14), *of_months(311_700, 6, fees=90_000)], 1_170_000, fees_added=270_000),
    # its principal falls by more than is added
    "PARTS": Modified(
        PARTS,
        [
            *until(PARTS, 14),
            *(
                Payment(date(2023, month, 15), 1_000_000, (22_660_000 - 1_000_000 * (month - 6)) // 100)
                for month in range(6, 13)
            ),
        ],
        660_000,
    ),
}
HIDDEN = {"PARTS"}
"""Whose rise repayments hide: only payments, or the amount of the event, tell it."""


def closed(
    folder: Path, *between: date, cases: dict[str, Modified] = CASES, payments: bool = True, amounts: bool = False,
    stated_with_it: bool = False,
) -> list[Run]:  # fmt: skip
    """The runs of the parts of the year; events have the ``amounts``, rows what was added as received where that is stated."""
    paid = [(name, one.day, int(one.principal), int(one.interest), one.fees) for name in cases for one in cases[name].paid]
    instants = sorted({OPENING, *between, CLOSING})
    rows = {}
    for last, day in pairwise([date.min, *instants]):
        on_book = [(name, one) for name, one in cases.items() if one.until > last]
        rows[day] = [row for name, one in on_book if (row := one.row(name, day)) is not None]
        for row in rows[day]:
            one = cases[row["contract_id"]]
            row["interest_received_minor"] += one.added if stated_with_it and one.day <= day else 0
    plans = write_loans(folder, rows, sorted(paid, key=lambda one: one[1]) if payments else None)
    for day, plan in zip(instants[1:], plans, strict=True):
        plan.write_text(re.sub(r"(?m)^rate = .*$", "rate = 0.0", plan.read_text(encoding="utf-8"), count=1), encoding="utf-8")
        with (plan.parent / f"tapes/loan-events-{day}.csv").open("a", encoding="utf-8") as tape:
            for name, one in cases.items():
                if max(each for each in instants if each < day) < one.day <= day:
                    tape.write(f"{name},{one.day},modification,{one.added if amounts else 0}\n")
    rewrite_curves(
        plans[0].parent / "curves",
        {
            "loss-given-default": dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8),
            "recovery": {"remaining_recovery_ratio": 0.0},
        },
    )
    return [close(plan) for plan in plans]


def brought(run: Run, framework: str, *roles: str) -> dict[str, int]:
    """What each loan brings to accounts of income in the year."""
    of_roles = income(framework, {})
    amount = -pl.sum_horizontal([one for role in roles for one in of_roles[role].values()])
    return dict(run.measurements("loans").select("contract_id", amount).collect().iter_rows())


def gained(run: Run, framework: str) -> dict[str, int]:
    """By how much what each loan is carried at rose in the year, minor units."""

    def carried(state: str, shared: str) -> pl.Expr:
        own = [f"{state}{framework}_{name}" for name in ("deferred_fees", "deferred_costs", "accrued_interest")]
        return pl.sum_horizontal(f"{shared}principal", *own) - pl.col(f"{state}{framework}_loss_allowance")

    amount = carried("", "closing_") - carried("opening_", "opening_")
    return dict(run.measurements("loans").select("contract_id", amount).collect().iter_rows())


@pytest.fixture(scope="module", params=["payments", "with it", "amounts"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """By payments; by payments and rows that state what was added as received; and by rows and the amounts of events alone."""
    by = request.param
    (run,) = closed(
        tmp_path_factory.mktemp("year") / "lender",
        payments=by != "amounts",
        amounts=by == "amounts",
        stated_with_it=by == "with it",
    )
    return run


def test_income_by_hand() -> None:
    """3,579.33 to 15 June, then 3,360.00 a month, and 16 of 31 days; 13,451.61 to 15 May, then 3,090.00, and 16 of 31 days."""
    found = {name: f"{one.earned / 100:.2f}" for name, one in CASES.items()}
    assert (found["CURED"], found["HOLIDAY"]) == ("25473.52", "36676.45")
    assert found["HALF-WAIVED"] == f"{3_579.33 + 6 * 3_180 + 3_180 * 16 / 31:.2f}"


def test_what_is_added_is_income_of_interest(year: Run) -> None:
    found = brought(year, "ifrs", "financing_income")
    off = {name: found[name] - one.earned for name, one in CASES.items()}
    assert all(abs(amount) <= 1 for amount in off.values()), off


@pytest.mark.parametrize("framework", ["us", "ifrs"])
def test_profit_is_what_balances_gained_and_cash(year: Run, framework: str) -> None:
    profit, gain = brought(year, framework, "financing_income", "provision_for_loans"), gained(year, framework)
    for name, one in CASES.items():
        lent = one.contract.principal if one.contract.origination > OPENING else 0
        cash = sum(int(each.principal + each.interest) + each.fees for each in one.paid if each.day > OPENING)
        assert profit[name] == gain[name] + cash - lent, name


def test_principal_rolls_with_it(year: Run) -> None:
    assert dict(year.measurements("loans").select("contract_id", "interest_capitalised").collect().iter_rows()) == {
        name: one.added for name, one in CASES.items()
    }
    assert all(one.holds for one in year.listed.checks)
    assert {one.name for one in year.listed.findings} == {"modification not measured"}
    implied = [one.why for one in year.listed.not_checked if "is implied" in one.why]
    assert len(implied) == ("tapes.payments" not in year.sources)
    added = f"{sum(one.added for one in CASES.values()):,} minor units of interest capitalised"
    assert all(why.startswith("principal received of 42,600,000 minor units is implied") and added in why for why in implied)


@pytest.mark.parametrize("payments", [True, False])
def test_rows_alone_tell_a_rise(tmp_path: Path, payments: bool) -> None:
    """Of those whose principal is above what it was, with no amount on the event."""
    cases = {name: one for name, one in CASES.items() if name not in HIDDEN}
    (run,) = closed(tmp_path / "lender", cases=cases, payments=payments)
    found = brought(run, "ifrs", "financing_income")
    assert all(abs(found[name] - one.earned) <= 1 for name, one in cases.items())


def test_rows_that_state_it_as_received_need_nothing_beside(tmp_path: Path) -> None:
    cases = {name: CASES[name] for name in ("CURED", "HOLIDAY")}
    (run,) = closed(tmp_path / "lender", cases=cases, payments=False, stated_with_it=True)
    found = brought(run, "us", "financing_income")
    assert found["HOLIDAY"] == CASES["HOLIDAY"].earned
    assert found["CURED"] == ARREARS + 6 * 336_000 + 336_000 * 16 // 31
    assert set(run.measurements("loans").collect()["interest_capitalised"]) == {0}


@pytest.mark.campaign(but=1)
def test_halves_add_up_to_the_year(tmp_path: Path) -> None:
    parts = [brought(run, "ifrs", "financing_income") for run in closed(tmp_path / "halves", HALF)]
    off = {name: sum(part.get(name, 0) for part in parts) - one.earned for name, one in CASES.items()}
    assert all(abs(amount) <= 2 for amount in off.values()), off


@pytest.mark.parametrize(("payments", "finding"), [(True, "principal moved without its cash"), (False, "principal rose")])
def test_a_further_drawing_is_no_interest(tmp_path: Path, payments: bool, finding: str) -> None:
    """All interest was paid, and principal is up by 50,000.00; or, where rows alone tell, by more than twice a year's."""
    drawn = 5_000_000 if payments else 9_000_000
    one = Modified(AT_THE_END, [*until(AT_THE_END, 17), *of_months((30_000_000 + drawn) // 100, 6)], 0)
    more = replace(one, paid=[*one.paid, Payment(ADDED_ON, -drawn, 0)])
    (run,) = closed_with_drawing(tmp_path / "lender", more, one, payments)
    assert abs(brought(run, "ifrs", "financing_income")["DRAWN"] - more.earned) <= 1
    assert finding in {each.name for each in run.listed.findings}


def closed_with_drawing(folder: Path, drawn: Modified, told: Modified, payments: bool) -> list[Run]:
    """The year of a loan of which more was drawn, of which the tape of payments has nothing."""
    rows = {day: [drawn.row("DRAWN", day)] for day in (OPENING, CLOSING)}
    paid = [("DRAWN", one.day, int(one.principal), int(one.interest), one.fees) for one in told.paid]
    (plan,) = write_loans(folder, {day: [one for one in of if one] for day, of in rows.items()}, paid if payments else None)
    with (folder / f"tapes/loan-events-{CLOSING}.csv").open("a", encoding="utf-8") as tape:
        tape.write(f"DRAWN,{ADDED_ON},modification,0\n")
    return [close(plan)]
