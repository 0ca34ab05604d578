"""Loans made and repaid in 2023: what they bring in their life is cash in less cash out, whatever their row has of the last.

Each is of 120,000.00 in equal parts at 1 % a month with 3,000.00 of fees and a service fee of 900.00 an instalment. The row of
a loan that was repaid is as it was the moment before, so that its interest received lacks the last payment; lenders state it
with that payment too, and no row tells which. The payments do.

Who repays in default may pay less interest than the row has as owed, the rest being waived, or more. Revenue is the rate on
what was expected back until then (IFRS 9 5.4.1(b)); the difference is in the provision (B5.4.6, 5.5.8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.loans.direct import income
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.simulation.default_by_hand import Contract, InDefault, Payment

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
FEES, SERVICE_FEE = 300_000, 90_000
DEFAULT = date(2023, 6, 13)
"""Ninety days after the second instalment, of 15 March, was missed."""
WAIVED = date(2023, 7, 15)


def lost(first: date, month: int) -> Decimal:
    return Decimal("0.8")


@dataclass(frozen=True)
class Repaid:
    """A loan of so many instalments of which some were paid, and the last payment, as `settled`, with service fees."""

    term: int
    paid: int
    settled: Payment
    status: str
    default: date | None = None
    bills_fees: bool = False
    waived: int = 0
    """Minor units of interest given up on ``WAIVED``, before the last payment."""

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

    @property
    def told(self) -> InDefault:
        """Its default by hand. What is given up is off what it owes from its day on as if it were paid."""
        expected = replace(self.contract, prepaid=("0.005", "0.01"))
        paid = [*self.payments, *([Payment(WAIVED, 0, self.waived)] if self.waived else ())]
        return InDefault(expected, paid, DEFAULT, self.settled.day, lost, settled=True, bills_fees=self.bills_fees)

    @property
    def not_revenue(self) -> int:
        """What gross takes in default less revenue; of interest given up it takes none."""
        return self.told.not_revenue(OPENING, CLOSING) - self.waived

    def row(self, name: str, received: str | None, at: date = CLOSING) -> dict[str, Any]:
        """Its row on a day, or the moment before it was repaid, with interest `received` as some lender has it."""
        one, day = self.contract, min(at, self.settled.day)
        gone, missed = day == self.settled.day, one.due_by(day) - self.paid
        paid = self.payments if gone and received == "with it" else self.payments[:-1]
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
            "billed_unpaid_interest_minor": unpaid * missed - (self.waived if day >= WAIVED else 0),
            "interest_received_minor": sum(int(past.interest) + past.fees for past in paid),
            "days_past_due": (day - one.due(self.paid + 1)).days if missed else 0,
            "default_date": self.default if self.default and self.default <= day else None,
            "status": self.status if gone else "on_book",
            "exit_date": day if gone else None,
        }


LOANS = {
    "MATURED": Repaid(6, 5, Payment(date(2023, 7, 15), 2_000_000, 20_000, SERVICE_FEE), "matured"),
    # ten of thirty days of June have run on 70,000.00
    "PREPAID": Repaid(12, 5, Payment(date(2023, 6, 25), 7_000_000, 23_333, SERVICE_FEE), "prepaid"),
    # six instalments were missed, and ten of thirty-one days have run since, on 110,000.00
    "REPAID": Repaid(12, 1, Payment(date(2023, 8, 25), 11_000_000, 695_484, 6 * SERVICE_FEE), "prepaid", DEFAULT),
}
LESS = {  # or more interest, or service fees, than its row has as owed
    "HALF": replace(LOANS["REPAID"], settled=Payment(date(2023, 8, 25), 11_000_000, 347_742, 6 * SERVICE_FEE)),
    "NOTHING": replace(LOANS["REPAID"], settled=Payment(date(2023, 8, 25), 11_000_000, 0)),
    "MORE": replace(LOANS["REPAID"], settled=Payment(date(2023, 8, 25), 11_000_000, 904_129, 6 * SERVICE_FEE)),
    "TWO-FEES": replace(LOANS["REPAID"], settled=Payment(date(2023, 8, 25), 11_000_000, 695_484, 2 * SERVICE_FEE)),
    "MATURED-HALF": Repaid(6, 1, Payment(date(2023, 7, 15), 10_000_000, 250_000, 5 * SERVICE_FEE), "matured", DEFAULT),
}
LESS |= {f"{name}-BILLED": replace(one, bills_fees=True) for name, one in LESS.items()}
LOANS["REPAID-BILLED"] = replace(LOANS["REPAID"], bills_fees=True)
LOANS["MATURED-BILLED"] = replace(LOANS["MATURED"], bills_fees=True)
"""With service fees in interest billed from their due date until they are paid."""
LOANS |= LESS
IN_DEFAULT = [name for name, one in LOANS.items() if one.default]
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


def closed(folder: Path, loans: Mapping[str, Repaid], *between: date, received: str | None) -> list[Run]:
    """The runs of the parts of the year, 0.8 of each loan lost; without a column of interest where none is `received`."""
    after = sorted({*between, CLOSING})
    on = [
        [one.row(name, received, day) for name, one in loans.items() if one.settled.day > last]
        for last, day in pairwise([OPENING, *after])
    ]
    rows = {OPENING: [ANOTHER], **{day: [ANOTHER, *found] for day, found in zip(after, on, strict=True)}}
    payments = [
        (name, one.day, int(one.principal), int(one.interest), one.fees) for name in loans for one in loans[name].payments
    ]
    plans = write_loans(folder, rows, sorted(payments, key=lambda one: one[1]))
    if received is None:
        for tape in (folder / "tapes").glob("loans-*.csv"):
            pl.read_csv(tape, infer_schema=False).drop("interest_received_minor").write_csv(tape)
    rewrite_curves(folder / "curves", {"loss-given-default": dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)})
    return [close(plan) for plan in plans]


@pytest.fixture(scope="module", params=["before", "with it", None])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    (found,) = closed(tmp_path_factory.mktemp("repaid") / "lender", LOANS, received=request.param)
    return found


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


def test_revenue_by_hand() -> None:
    """Revenue is the rate on the 0.2 that is expected back, whatever is then paid of it."""
    found = {name: f"{LOANS[name].told.revenue(DEFAULT, LOANS[name].settled.day) / 100:.2f}" for name in IN_DEFAULT}
    assert {name: amount for name, amount in found.items() if not name.endswith("-BILLED")} == {
        **dict.fromkeys(("REPAID", "HALF", "NOTHING", "MORE", "TWO-FEES"), "1509.25"),
        "MATURED-HALF": "670.33",
    }
    assert {amount for name, amount in found.items() if name.endswith("-BILLED")} == {"1564.24", "693.17"}


@pytest.mark.parametrize("name", IN_DEFAULT)
def test_interest_of_a_default_that_ends_with_a_payment(run: Run, name: str) -> None:
    """What else was paid reverses losses, and what was not is lost."""
    assert brought(run, "ifrs", "provision_for_loans")[name] == LOANS[name].not_revenue != 0
    assert brought(run, "us", "provision_for_loans")[name] == 0


EARLIER = {
    name: replace(one, settled=replace(one.settled, interest=one.settled.interest - 200_000), waived=200_000)
    for name, one in LOANS.items()
    if name in ("REPAID", "REPAID-BILLED")
}
"""Which gave up 2,000.00 before a closing, and paid what was left after it."""


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("received", ["before", "with it", None])
def test_what_is_waived_before_or_after_a_closing(tmp_path: Path, received: str | None) -> None:
    loans = {name: LOANS[name] for name in ("HALF", "MORE", "TWO-FEES", "TWO-FEES-BILLED", "HALF-BILLED")}
    loans |= {f"{name}-EARLIER": one for name, one in EARLIER.items()}
    runs = closed(tmp_path / "lender", loans, date(2023, 6, 30), date(2023, 7, 31), received=received)
    for name, one in loans.items():
        found = [measured.get(name, 0) for measured in map(in_stage_three, runs)]
        assert abs(sum(found) - one.not_revenue) <= 1, (name, found, one.not_revenue)
    for part in runs:
        assert reperform(part.folder, sample=None).differences == ()


def test_waived_interest_under_us_gaap(tmp_path: Path) -> None:
    """Up to 30 April the first instalment was paid, 1,200.00 and 900.00, and two and a half of 1,100.00 have accrued, 46 days
    past due. On non-accrual revenue is the cash; what had accrued is reversed against it (326-20-35-8A), so that who pays
    nothing has (2,750.00), and who pays half of the 6,954.84 3,477.42 and six service fees less that. Nothing of it is in the
    provision, of which 0.8 of the loan was before and nil is left."""
    loans = {name: LOANS[name] for name in ("HALF", "NOTHING", "MORE")}
    parts = closed(tmp_path / "lender", loans, date(2023, 4, 30), received="before")
    interest = -income("us", {})["financing_income"]["accrued_interest"]
    found = [dict(run.measurements("loans").select("contract_id", interest).collect().iter_rows()) for run in parts]
    assert [found[0][name] for name in loans] == [120_000 + SERVICE_FEE + 275_000] * 3
    assert [found[1][name] for name in loans] == [347_742 + 540_000 - 275_000, -275_000, 904_129 + 540_000 - 275_000]
    provided = [brought(run, "us", "provision_for_loans") for run in parts]
    assert all(provided[0][name] == -provided[1][name] < 0 for name in loans)


def in_stage_three(run: Run) -> dict[str, int]:
    return dict(run.measurements("loans").select("contract_id", "ifrs_interest_on_allowance").collect().iter_rows())


def test_no_finding_of_waivers_and_the_second_calculator_agrees(run: Run) -> None:
    """Only of who pays more than its row has as owed, where that row has none of the last payment."""
    differ = {one.where for one in run.listed.findings if one.name == "interest received differs from the payments"}
    assert differ <= {"loan/MORE"}
    assert reperform(run.folder, sample=None).differences == ()
