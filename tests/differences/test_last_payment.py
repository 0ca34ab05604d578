"""Loans made and repaid in 2023: what they bring in their life is cash in less cash out, whatever their row has of the last.

Each is of 120,000.00 in equal parts at 1 % a month with 3,000.00 of fees and a service fee of 900.00 an instalment. The row of
a loan that was repaid is as it was the moment before, so that its interest received lacks the last payment; lenders state it
with that payment too, and no row tells which. The payments do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.loans.direct import income
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import write_loans
from tests.simulation.default_by_hand import Contract, InDefault, Payment

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
FEES, SERVICE_FEE = 300_000, 90_000
DEFAULT = date(2023, 6, 13)
"""Ninety days after the second instalment, of 15 March, was missed."""


@dataclass(frozen=True)
class Repaid:
    """A loan of so many instalments of which some were paid, and the last payment, as `settled`, with service fees."""

    term: int
    paid: int
    settled: Payment
    status: str
    default: date | None = None
    bills_fees: bool = False

    @property
    def contract(self) -> Contract:
        return Contract(12_000_000, "0.12", self.term, date(2023, 1, 15), "equal_principal", FEES, 0, SERVICE_FEE)

    @property
    def payments(self) -> list[Payment]:
        one = self.contract
        return [
            Payment(one.due(number), 12_000_000 // self.term, int(one.interest[number]), SERVICE_FEE)
            for number in range(1, self.paid + 1)
        ] + [self.settled]

    @property
    def profit(self) -> int:
        """Cash in less cash out."""
        return sum(int(one.principal + one.interest) + one.fees for one in self.payments) - 12_000_000 + FEES

    def row(self, name: str, received: str | None) -> dict[str, Any]:
        """Its row the moment before, with interest `received` as some lender has it."""
        one, day = self.contract, self.settled.day
        told = {"before": self.payments[:-1], "with it": self.payments}
        missed = one.due_by(day) - self.paid
        unpaid = int(self.settled.principal) // 100 + (SERVICE_FEE if self.bills_fees else 0)
        return {
            "contract_id": name,
            "origination_date": one.origination,
            "first_payment_date": one.due(1),
            "principal_minor": one.principal,
            "term_instalments": self.term,
            "repayment_type": one.kind,
            "fees_received_minor": FEES,
            "service_fee_minor": SERVICE_FEE,
            "outstanding_principal_minor": int(self.settled.principal),
            "billed_unpaid_interest_minor": unpaid * missed,
            "interest_received_minor": sum(int(past.interest) + past.fees for past in told[received or "before"]),
            "days_past_due": (day - one.due(self.paid + 1)).days if missed else 0,
            "default_date": self.default,
            "status": self.status,
            "exit_date": day,
        }


LOANS = {
    "MATURED": Repaid(6, 5, Payment(date(2023, 7, 15), 2_000_000, 20_000, SERVICE_FEE), "matured"),
    # ten of thirty days of June have run on 70,000.00
    "PREPAID": Repaid(12, 5, Payment(date(2023, 6, 25), 7_000_000, 23_333, SERVICE_FEE), "prepaid"),
    # six instalments were missed, and ten of thirty-one days have run since, on 110,000.00
    "REPAID": Repaid(12, 1, Payment(date(2023, 8, 25), 11_000_000, 695_484, 6 * SERVICE_FEE), "prepaid", DEFAULT),
}
LOANS["REPAID-BILLED"] = replace(LOANS["REPAID"], bills_fees=True)
LOANS["MATURED-BILLED"] = replace(LOANS["MATURED"], bills_fees=True)
"""With service fees in interest billed from their due date until they are paid."""
ANOTHER = {
    "contract_id": "ANOTHER",
    "origination_date": date(2022, 12, 15),
    "first_payment_date": date(2023, 1, 15),
    "principal_minor": 1,
    "outstanding_principal_minor": 1,
    "term_instalments": 36,
    "repayment_type": "bullet",
}
"""Of 0.01, so that something is on book throughout."""


@pytest.fixture(scope="module", params=["before", "with it", None])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    received = request.param
    rows = {OPENING: [ANOTHER], CLOSING: [ANOTHER, *(one.row(name, received) for name, one in LOANS.items())]}
    payments = [
        (name, one.day, int(one.principal), int(one.interest), one.fees) for name in LOANS for one in LOANS[name].payments
    ]
    (plan,) = write_loans(tmp_path_factory.mktemp("repaid") / "lender", rows, sorted(payments, key=lambda one: one[1]))
    if received is None:
        for tape in (plan.parent / "tapes").glob("loans-*.csv"):
            pl.read_csv(tape, infer_schema=False).drop("interest_received_minor").write_csv(tape)
    losses = plan.parent / "curves/loans-loss-given-default.csv"
    pl.read_csv(losses).with_columns(lgd_discounted=pl.lit(0.8), lgd_undiscounted=pl.lit(0.8)).write_csv(losses)
    return close(plan)


def brought(run: Run, framework: str, role: str) -> dict[str, int]:
    """What each loan brings to an account of income in the year."""
    amount = -pl.sum_horizontal(income(framework, {})[role].values())
    return dict(run.measurements("loans").select("contract_id", amount).collect().iter_rows())


@pytest.mark.parametrize("framework", ["us", "ifrs"])
def test_profit_of_a_life_is_its_cash(run: Run, framework: str) -> None:
    earned, provided = (brought(run, framework, role) for role in ("financing_income", "provision_for_loans"))
    profit = {name: earned[name] + provided[name] for name in LOANS}
    assert profit == {name: one.profit for name, one in LOANS.items()}
    assert [profit[name] for name in ("MATURED", "PREPAID", "REPAID")] == [1_260_000, 1_363_333, 1_745_484]


@pytest.mark.parametrize("name", ["REPAID", "REPAID-BILLED"])
def test_interest_of_a_default_that_ends_with_all_paid(run: Run, name: str) -> None:
    """Revenue is the rate on the 0.2 that is expected back; what else was paid reverses losses."""
    one = LOANS[name]
    expected = replace(one.contract, prepaid=("0.005", "0.01"))
    told = InDefault(
        expected, one.payments, DEFAULT, one.settled.day, lambda first, month: Decimal("0.8"), True, bills_fees=one.bills_fees
    )
    assert brought(run, "ifrs", "provision_for_loans")[name] == told.not_revenue(OPENING, CLOSING) > 0
    assert brought(run, "us", "provision_for_loans")["REPAID"] == 0


def test_no_finding_and_the_second_calculator_agrees(run: Run) -> None:
    assert "interest received differs from the payments" not in {one.name for one in run.listed.findings}
    assert reperform(run.folder, sample=None).differences == ()
