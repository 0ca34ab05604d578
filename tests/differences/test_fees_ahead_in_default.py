"""Service fees paid ahead by who then comes into default in the year: revenue by a ledger by day (IFRS 9 5.4.1(b)).

Bullets of 300,000.00, or 360,000.00 in equal parts, at 1 % a month with service fees of 900.00, which raise the rate to 1.3 %.
Interest is paid up to 15 March, missed from 15 April 2023 on, and 0.8 is lost from the day of default, 14 July.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_allowance_in_default import untaxed
from tests.differences.test_interest_capitalised import brought
from tests.differences.test_revenue_by_cash import AT_THE_END, CLOSING, OPENING, PARTS, instalments, lost, measured
from tests.simulation.default_by_hand import Contract, InDefault, Payment

FEE, PAID, DEFAULT = 90_000, 15, date(2023, 7, 14)
SERVED = replace(AT_THE_END, service_fee=FEE)


@dataclass(frozen=True)
class Ahead:
    """A loan whose fees after some day were paid on it, so that nine are ahead at the end of 2023: 21 of one of 2021."""

    contract: Contract
    day: date = date(2023, 1, 10)
    instalments: int = PAID
    default: date = DEFAULT

    @property
    def told(self) -> InDefault:
        """Its account by hand: fees are owed as they fall due, and what was paid ahead is off what is owed of interest."""
        due = self.contract.due_by(self.day)
        later = {one.day: replace(one, fees=0) for one in instalments(self.contract, 1, self.instalments) if one.day > self.day}
        paid = [later.get(one.day, one) for one in instalments(self.contract, 1, self.instalments)]
        in_all = self.contract.due_by(CLOSING) + 9 - due + max(due - self.instalments, 0)
        paid += [Payment(self.day, 0, 0, in_all * FEE)]
        return InDefault(self.contract, sorted(paid, key=lambda one: one.day), self.default, CLOSING, lost, bills_fees=True)

    @property
    def earned(self) -> int:
        begun = max(OPENING, self.contract.origination)
        found = self.told.taken(begun, self.default) + self.told.revenue(self.default, CLOSING)
        return int(found.quantize(Decimal(1), ROUND_HALF_UP))

    def row(self, name: str, day: date) -> dict[str, Any]:
        told, one = self.told, self.contract
        ahead = max(0, sum(each.fees for each in told.paid if each.day <= day) - FEE * one.due_by(day))
        running = told.principal(day) * one.monthly * one.running(day)
        late = day >= self.default
        return {
            "contract_id": name,
            "origination_date": one.origination,
            "first_payment_date": one.due(1),
            "principal_minor": one.principal,
            "annual_rate": one.annual_rate,
            "term_instalments": one.term,
            "repayment_type": one.kind,
            "fees_received_minor": one.fees,
            "service_fee_minor": FEE,
            "service_fees_ahead_minor": ahead,
            "outstanding_principal_minor": int(told.principal(day)),
            "billed_unpaid_interest_minor": round(told.interest(day) - running) + ahead,
            "interest_received_minor": sum(each.interest + each.fees for each in told.paid if each.day <= day),
            "days_past_due": (day - one.due(self.instalments + 1)).days if late else 0,
            "default_date": self.default if late else None,
        }


CASES = {
    "BULLET": Ahead(SERVED),
    "BEFORE-THE-YEAR": Ahead(SERVED, date(2022, 12, 10)),
    "PARTS": Ahead(replace(PARTS, service_fee=FEE)),
    "FEES": Ahead(replace(SERVED, fees=900_000)),
}
PAID_SINCE = {"PAID-SINCE": Ahead(SERVED, date(2023, 9, 10)), "PAID-LAST": Ahead(SERVED, date(2023, 12, 30))}
"""In default already: the two rows cannot tell it from what was paid before."""


def closed(folder: Path, told: str) -> Run:
    """The year by a tape of payments, by one of principal alone, or by the rows alone."""
    cases = CASES | PAID_SINCE
    paid = sorted(
        ((name, one.day, int(one.principal), int(one.interest), one.fees) for name in cases for one in cases[name].told.paid),
        key=lambda one: one[1],
    )
    rows = {day: [one.row(name, day) for name, one in cases.items()] for day in (OPENING, CLOSING)}
    (plan,) = write_loans(folder, rows, None if told == "rows" else paid)
    plan.write_text(untaxed(plan.read_text(encoding="utf-8")), encoding="utf-8")
    if told == "principal":
        tape = plan.parent / f"tapes/loan-payments-{CLOSING}.csv"
        table = pl.read_csv(tape).drop("interest_minor", "fees_minor")
        table.filter(pl.col("principal_minor") > 0).write_csv(tape)
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    rewrite_curves(plan.parent / "curves", {"loss-given-default": share})
    return close(plan)


def test_income_by_hand() -> None:
    """To 14 July interest of 6 and 29/30 less 16/31 months, 19,351.61, six fees, and by how much more of one has run, 407.72.
    Then a month's 1.3 % on 0.2 of 300,000.00 and of interest unpaid, four months of it less a day on 14 July, as far as it is
    above what is ahead, fifteen fees then: nil, on 14 August 2,303.23, from the day after on a fee more, and so on."""
    of_months = []
    for number, (before, length) in enumerate([(30, 31), (31, 31), (31, 30), (30, 31), (31, 30), (30, 31)]):
        unpaid, ahead = 3_000 * (4 + number - 1 / before), 900 * (15 - number)
        first, later = (300_000 + max(unpaid - fees, 0) for fees in (ahead, ahead - 900))
        of_months.append(0.013 * 0.2 * (first + later * ((17 if number == 5 else length) - 1)) / length)
    healthy = 3_000 * (6 + 29 / 30 - 16 / 31) + 6 * 900
    run = 300_000 * (1.013 ** (29 / 30) - 1.01 ** (29 / 30) - 1.013 ** (16 / 31) + 1.01 ** (16 / 31))
    assert (round(healthy - 6 * 900, 2), round(run, 2), round(sum(of_months), 2)) == (19_351.61, 407.72, 4_448.31)
    assert round(healthy + run + sum(of_months), 2) == CASES["BULLET"].earned / 100 == 29_607.64


@pytest.mark.parametrize("told", ["payments", "principal", "rows"])
def test_fees_paid_ahead_are_revenue_as_they_fall_due(told: str, tmp_path: Path) -> None:
    """Who is ahead has paid all fees that fell due, none is missed; and where no row tells whether they were paid before the
    default, what is not checked has by how much revenue may be off."""
    run = closed(tmp_path / "lender", told)
    found, apart = brought(run, "ifrs", "financing_income"), measured(run, "interest_on_allowance_apart")
    off = {name: found[name] - one.earned for name, one in (CASES | PAID_SINCE).items()}
    assert all(abs(off[name]) <= 1 for name in CASES), off
    assert all(abs(off[name]) <= (1 if told == "payments" else apart[name]) for name in PAID_SINCE), (off, apart)
    assert (apart["BULLET"], apart["BEFORE-THE-YEAR"]) == ((0, 0) if told == "payments" else (pytest.approx(23_180, abs=1), 0))
    assert reperform(run.folder, sample=None).differences == ()


def test_fees_may_be_paid_ahead_on_the_day_of_the_advance(tmp_path: Path) -> None:
    """Twenty of them, by a loan of the year that is in default from 13 August: both calculators have them in the account."""
    one = Ahead(replace(SERVED, origination=date(2023, 1, 15)), date(2023, 1, 15), 3, date(2023, 8, 13))
    paid = sorted((("NEW", each.day, 0, int(each.interest), each.fees) for each in one.told.paid), key=lambda each: each[1])
    other = {OPENING: [CASES["BULLET"].row("OTHER", OPENING)], CLOSING: [one.row("NEW", CLOSING)]}
    (plan,) = write_loans(tmp_path / "lender", other, paid)
    plan.write_text(untaxed(plan.read_text(encoding="utf-8")), encoding="utf-8")
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    rewrite_curves(plan.parent / "curves", {"loss-given-default": share})
    run = close(plan)
    assert abs(brought(run, "ifrs", "financing_income")["NEW"] - one.earned) <= 1
    assert reperform(run.folder, sample=None).differences == ()
