"""Three borrowers in default for a year: revenue is the effective rate on gross less allowance (IFRS 9 5.4.1(b)), by hand.

Nobody repays anything, one pays the interest: contract interest is the same each month, 0.82 of what is owed is not expected
back, and revenue grows only with what is owed: of who pays on the 15th with the interest of two days from then to the 13th,
and that of 28 days from then to the 15th. Of what the contract brings the rest moves to the provision, so profit is cash and
the change of the net carrying amount, whatever is revenue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import write_loans
from tests.simulation.by_hand import months_later
from tests.simulation.default_by_hand import Contract, InDefault, Payment

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
EXPECTED_BACK = Fraction(18, 100)


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
        return {
            "contract_id": self.name,
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

    def told(self) -> InDefault:
        """Its contract and its cash."""
        agreed = Contract(
            self.principal, "0.12", self.principal // 1_000_000, months_later(self.first_due, -1), "equal_principal"
        )
        paid = [
            Payment(agreed.due(number), 1_000_000, (self.principal - 1_000_000 * (number - 1)) // 100) for number in range(1, 7)
        ]
        if self.pays_interest:
            dues = (agreed.due(number) for number in range(7, agreed.due_by(CLOSING) + 1))
            paid += [Payment(day, 0, self.monthly) for day in dues]
        return InDefault(agreed, paid, self.default, CLOSING, lambda first, month: 1 - Decimal("0.18"))

    def revenue(self) -> Decimal:
        """The rate on what is owed on each day in the year, less 0.82 of it."""
        return self.told().revenue(OPENING, CLOSING)

    def profit(self) -> Fraction:
        """Cash of the year and what the net carrying amount grows by."""
        cash = 12 * self.monthly if self.pays_interest else 0
        return cash + EXPECTED_BACK * (self.gross(CLOSING) - self.gross(OPENING))


LONG = Borrower("LONG", 72_000_000, date(2020, 1, 15), date(2020, 10, 13))
INTEREST_ONLY = Borrower("INTEREST-ONLY", 36_000_000, date(2022, 1, 15), date(2022, 10, 13), pays_interest=True)
NOTHING = Borrower("NOTHING", 36_000_000, date(2022, 1, 15), date(2022, 10, 13))
TOLD = (LONG, INTEREST_ONLY, NOTHING)


@pytest.fixture(scope="module", params=[True, False], ids=["payments", "rows alone"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The year of these three loans alone, without a ledger."""
    rows = {instant: [one.row(instant) for one in TOLD] for instant in (OPENING, CLOSING)}
    paid = [(INTEREST_ONLY.name, date(2023, month, 15), 0, INTEREST_ONLY.monthly, 0) for month in range(1, 13)]
    (plan,) = write_loans(tmp_path_factory.mktemp("loans") / "lender", rows, paid if request.param else None)
    return close(plan)


def test_revenue_by_hand() -> None:
    """From 0.18 of 660,000.00 and the interest unpaid on it, at 1 % a month, and of 300,000.00 without interest and with it."""
    assert [round(one.revenue()) for one in TOLD] == [1_939_028, 648_398, 725_856]


@pytest.mark.campaign(but=1)
def test_what_the_contract_brings_less_revenue_is_moved(run: Run) -> None:
    column = "ifrs_interest_on_allowance"
    moved = dict(run.measurements("loans").select("contract_id", column).collect().iter_rows())
    assert moved == {one.name: one.told().not_revenue(OPENING, CLOSING) for one in TOLD}


@pytest.mark.campaign(but=1)
def test_financing_income_and_provision_as_printed(run: Run) -> None:
    """In units of 1.00: revenue of the three, and the provision that leaves as profit their cash and net carrying amounts."""
    statement = run.document.statement("is-2023")
    assert statement is not None
    income, provision = (statement.row(name) for name in ("fi", "p_loans"))
    assert income is not None and provision is not None
    revenue, profit = (sum(map(float, (of(one) for one in TOLD))) / 100 for of in (Borrower.revenue, Borrower.profit))
    assert abs(income.amount("ifrs") - revenue) <= 1
    assert abs(provision.amount("ifrs") - (revenue - profit)) <= 1


def test_the_second_calculator_agrees(run: Run) -> None:
    assert reperform(run.folder, sample=None).differences == ()
