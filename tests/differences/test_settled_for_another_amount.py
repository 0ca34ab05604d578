"""Loans that leave for another amount than they owe, sold or settled, by the cash of a tape of payments: profit is that cash.

Each is of 300,000.00 at 1 % a month due at the end and leaves on 20 November 2023. What is not received of its principal is a
write_off event of that day (326-20-35-8; IFRS 9 5.4.4), what is received beyond it a fee; unpaid interest needs no event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_interest_capitalised import brought, gained
from tests.differences.test_revenue_by_cash import AT_THE_END, CLOSING, DEFAULT, OPENING, Case, case, measured
from tests.simulation.default_by_hand import Payment

LEFT, PRINCIPAL = date(2023, 11, 20), 30_000_000
NEVER = date(2029, 1, 1)


@dataclass(frozen=True)
class Left:
    """What is received with the last payment of a loan, and what of its principal is not, so many instalments paid before."""

    principal: int = PRINCIPAL
    interest: int = 0
    fees: int = 0
    paid: int = 23
    since: date = NEVER

    @property
    def case(self) -> Case:
        last = Payment(LEFT, self.principal, self.interest, self.fees)
        return case(AT_THE_END, last, paid=self.paid, since=self.since, until=LEFT, settled=True, repaid=True)

    @property
    def cash(self) -> int:
        """Received in the year."""
        return sum(int(one.principal) + int(one.interest) + one.fees for one in self.case.told.paid if one.day > OPENING)


HEALTHY = {
    "PAID": Left(interest=50_000),
    "WAIVED": Left(),
    "SOLD-BELOW": Left(28_000_000),
    "SOLD-ABOVE": Left(interest=50_000, fees=1_000_000),
}
IN_DEFAULT = {
    "FOR-PRINCIPAL": Left(paid=6, since=DEFAULT),
    "FOR-ALL": Left(interest=5_150_000, paid=6, since=DEFAULT),
    "SOLD": Left(10_000_000, paid=6, since=DEFAULT),
}
CASES = HEALTHY | IN_DEFAULT
STAYS = case(AT_THE_END, paid=24, since=NEVER)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return closed(tmp_path_factory.mktemp("year") / "lender", payments=True)


def closed(folder: Path, *, payments: bool) -> Run:
    rows = {day: [STAYS.row("STAYS", day)] for day in (OPENING, CLOSING)}
    for name, one in CASES.items():
        for day, of_day in rows.items():
            found = one.case.row(name, day)
            gone = {} if day == OPENING else {"status": "prepaid", "outstanding_principal_minor": PRINCIPAL}
            of_day.append(None if found is None else found | gone)
    every = {"STAYS": STAYS} | {name: one.case for name, one in CASES.items()}
    paid = [
        (name, each.day, int(each.principal), int(each.interest), each.fees) for name in every for each in every[name].told.paid
    ]
    off = [(name, LEFT, PRINCIPAL - one.principal) for name, one in CASES.items() if one.principal < PRINCIPAL]
    told = {day: [row for row in of_day if row] for day, of_day in rows.items()}
    (plan,) = write_loans(folder, told, sorted(paid, key=lambda each: each[1]) if payments else None, off)
    plan.write_text(re.sub(r"(?m)^rate = .*$", "rate = 0.0", plan.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    rewrite_curves(plan.parent / "curves", {"loss-given-default": share, "recovery": {"remaining_recovery_ratio": 0.0}})
    return close(plan)


@pytest.mark.parametrize("framework", ["us", "ifrs"])
def test_profit_is_cash_less_what_was_carried(year: Run, framework: str) -> None:
    """Nothing is left of any of them, and nothing is found."""
    profit, gain = brought(year, framework, "financing_income", "provision_for_loans"), gained(year, framework)
    assert {name: profit[name] - gain[name] for name in CASES} == {name: one.cash for name, one in CASES.items()}
    assert measured(year, "principal_written_off") == {
        name: PRINCIPAL - CASES[name].principal if name in CASES else 0 for name in measured(year)
    }
    assert [one.id for one in year.listed.checks if not one.holds] == []
    assert [one.name for one in year.listed.findings] == []
    assert reperform(year.folder, sample=None).differences == ()


def test_income_by_hand(year: Run) -> None:
    """Eleven months of 3,000.00 less the 1,548.39 that had run at the opening are 31,451.61 of income; 500.00 of the last five
    days are paid or not, and 10,000.00 above the principal are a fee. In default US GAAP has no interest but what is paid, and
    IFRS 1 % a month of 0.2 of what is owed, 7,116.30, whatever is paid in the end."""
    us, ifrs = (brought(year, framework, "financing_income") for framework in ("us", "ifrs"))
    healthy = {"PAID": 3_195_161, "WAIVED": 3_145_161, "SOLD-BELOW": 3_145_161, "SOLD-ABOVE": 4_195_161}
    assert {name: us[name] for name in HEALTHY} == {name: ifrs[name] for name in HEALTHY} == healthy
    assert {name: us[name] for name in IN_DEFAULT} == {"FOR-PRINCIPAL": 0, "FOR-ALL": 5_150_000, "SOLD": 0}
    assert all(abs(ifrs[name] - 711_630) <= 1 for name in IN_DEFAULT)
    lost = brought(year, "us", "provision_for_loans")
    assert lost["SOLD"] == 10_000_000 - 6_000_000
    assert lost["SOLD-BELOW"] - lost["PAID"] == -2_000_000


def test_without_payments_interest_of_the_last_is_said_to_be_taken_as_paid(tmp_path: Path) -> None:
    """Four healthy loans owe 500.00 each on the day on which they leave, three in default 51,500.00."""
    run = closed(tmp_path / "lender", payments=False)
    (said,) = (one.why for one in run.listed.not_checked if "is implied" in one.why)
    assert said.endswith("; 15,650,000 minor units of interest that contracts repaid owed are taken as paid with it")
