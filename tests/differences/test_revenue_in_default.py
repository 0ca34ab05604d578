"""Three borrowers in default for a year: revenue is the effective rate on gross less allowance (IFRS 9 5.4.1(b)), by hand.

Nobody repays anything, one pays the interest: contract interest is the same each month, 0.82 of what is owed is not expected
back, and revenue grows only with what is owed. Of what the contract brings the rest moves to the provision, so profit is cash
and the change of the net carrying amount, whatever is revenue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from tests.differences.loans_added import TERMS
from tests.simulation.by_hand import months_later

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
EXPECTED_BACK = Fraction(18, 100)
TRIAL_BALANCE = re.compile(r"\n\[trial_balance\].*?\n(?=\n\[)", re.DOTALL)
PAYMENTS = re.compile(r"\n\[tapes\.payments\]\n(\w+ = .*\n)+")


@dataclass(frozen=True)
class Borrower:
    """A loan at 1 % a month, due on the 15th, of which six instalments of 10,000.00 were repaid."""

    name: str
    principal: int
    first_due: date
    default: date
    pays_interest: bool = False

    @property
    def owed(self) -> int:
        return self.principal - 6 * 1_000_000

    @property
    def monthly(self) -> int:
        """Interest of a month by the contract."""
        return self.owed // 100

    def unpaid_months(self, last_due: date) -> int:
        """Months of interest unpaid on a due date: all after the sixth instalment, or none."""
        sixth = months_later(self.first_due, 5)
        return 0 if self.pays_interest else 12 * (last_due.year - sixth.year) + last_due.month - sixth.month

    def gross(self, day: date) -> Fraction:
        """Principal, unpaid interest, and that of the days since the last due date."""
        last = day.replace(day=15) if day.day >= 15 else months_later(day.replace(day=15), -1)
        running = Fraction((day - last).days, (months_later(last, 1) - last).days)
        return self.owed + self.monthly * (self.unpaid_months(last) + running)

    def row(self, day: date) -> dict[str, object]:
        """What a tape has of it."""
        months = 12 * (day.year - self.first_due.year) + day.month - self.first_due.month - 5
        received = sum((self.principal - 1_000_000 * number) // 100 for number in range(6))
        return TERMS | {
            "contract_id": self.name,
            "segment": "business",
            "origination_date": months_later(self.first_due, -1),
            "first_payment_date": self.first_due,
            "principal_minor": self.principal,
            "term_instalments": self.principal // 1_000_000,
            "repayment_type": "equal_principal",
            "outstanding_principal_minor": self.owed,
            "billed_unpaid_interest_minor": 0 if self.pays_interest else self.monthly * months,
            "interest_received_minor": received + (self.monthly * months if self.pays_interest else 0),
            "days_past_due": (day - months_later(self.first_due, 6)).days,
            "default_date": self.default,
        }

    def revenue(self) -> Fraction:
        """The rate on what is owed on the first day of each month in default, less 0.82 of it, for the days in the year."""
        found = Fraction(0)
        for number in range(50):
            first, following = (months_later(self.default, months) for months in (number, number + 1))
            days = (min(following, CLOSING) - max(first, OPENING)).days
            if days > 0:
                found += self.gross(first) * EXPECTED_BACK / 100 * Fraction(days, (following - first).days)
        return found

    def profit(self) -> Fraction:
        """Cash of the year and what the net carrying amount grows by."""
        cash = 12 * self.monthly if self.pays_interest else 0
        return cash + EXPECTED_BACK * (self.gross(CLOSING) - self.gross(OPENING))


LONG = Borrower("LONG", 72_000_000, date(2020, 1, 15), date(2020, 10, 13))
INTEREST_ONLY = Borrower("INTEREST-ONLY", 36_000_000, date(2022, 1, 15), date(2022, 10, 13), pays_interest=True)
NOTHING = Borrower("NOTHING", 36_000_000, date(2022, 1, 15), date(2022, 10, 13))
TOLD = (LONG, INTEREST_ONLY, NOTHING)


def lender(folder: Path, *, with_payments: bool) -> Path:
    """The plan of a starter that has these three loans alone, without a ledger."""
    starter = write_starter(folder / "lender").folder
    for instant in (OPENING, CLOSING):
        pl.DataFrame([one.row(instant) for one in TOLD]).write_csv(starter / f"tapes/loans-{instant}.csv")
    (starter / "tapes/loan-events-2023.csv").write_text("contract_id,event_date,kind,amount_minor\n", encoding="utf-8")
    paid = [f"{INTEREST_ONLY.name},2023-{month:02}-15,0,{INTEREST_ONLY.monthly},0" for month in range(1, 13)]
    rows = ["contract_id,date,principal_minor,interest_minor,fees_minor", *paid, ""]
    (starter / "tapes/loan-payments-2023.csv").write_text("\n".join(rows), encoding="utf-8")
    plan = starter / "plan.toml"
    text, cut = TRIAL_BALANCE.subn("\n", plan.read_text(encoding="utf-8"))
    assert cut == 1
    plan.write_text(text if with_payments else PAYMENTS.sub("\n", text), encoding="utf-8")
    return plan


@pytest.fixture(scope="module", params=[True, False], ids=["payments", "rows alone"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return close(lender(tmp_path_factory.mktemp("lender"), with_payments=request.param))


def test_revenue_by_hand() -> None:
    """From 0.18 of 660,000.00 and the interest unpaid on it, at 1 % a month, and of 300,000.00 with interest and without."""
    assert [round(one.revenue()) for one in TOLD] == [1_939_028, 654_054, 725_856]


def test_what_the_contract_brings_less_revenue_is_moved(run: Run) -> None:
    column = "ifrs_interest_on_allowance"
    moved = dict(run.measurements("loans").select("contract_id", column).collect().iter_rows())
    assert moved == {one.name: round(12 * one.monthly - one.revenue()) for one in TOLD}


def test_financing_income_and_provision_as_printed(run: Run) -> None:
    """In units of 1.00: revenue of the three, and the provision that leaves as profit their cash and net carrying amounts."""
    statement = run.document.statement("is-2023")
    assert statement is not None
    income, provision = (statement.row(name) for name in ("fi", "p_loans"))
    assert income is not None and provision is not None
    revenue, profit = (sum(amounts) / 100 for amounts in ([one.revenue() for one in TOLD], [one.profit() for one in TOLD]))
    assert abs(income.amount("ifrs") - revenue) <= 1
    assert abs(provision.amount("ifrs") - (revenue - profit)) <= 1


def test_the_second_calculator_agrees(run: Run) -> None:
    assert reperform(run.folder, sample=None).differences == ()
