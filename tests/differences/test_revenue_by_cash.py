"""Loans at 1 % a month in default in 2023, 0.8 of them lost: revenue by their cash and contract, by hand (IFRS 9 5.4.1(b)).

The first of them have 360,000.00 in 36 parts of 10,000.00, or 300,000.00 due at the end, from 15 December 2021 on. Six
instalments were paid; that of 15 July 2022 was missed, and they are in default from 13 October 2022 on, ninety days after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import Paid, rewrite_curves, write_loans
from tests.simulation.default_by_hand import Contract, InDefault, Payment

OPENING, HALF, CLOSING = date(2022, 12, 31), date(2023, 6, 30), date(2023, 12, 31)
DEFAULT = date(2022, 10, 13)
PARTS = Contract(36_000_000, "0.12", 36, date(2021, 12, 15), "equal_principal", prepaid=("0.005", "0.01"))
AT_THE_END = replace(PARTS, principal=30_000_000, kind="bullet")
OVER = replace(AT_THE_END, term=14)
"""Due for the last time on 15 February 2023."""


@dataclass(frozen=True)
class Case:
    """A loan and what was paid of it; ``served`` are days from which so many instalments were paid in full."""

    told: InDefault
    served: Sequence[tuple[date, int]]
    cured: date | None = None
    lost: bool = False
    repaid: bool = False
    bought: bool = False
    by_rows: bool = True

    def row(self, name: str, day: date) -> dict[str, Any] | None:
        """What a tape of the day has of it; nothing before it was there or after it was gone."""
        contract, told = self.told.contract, self.told
        ends = self.lost or self.repaid
        day = min(day, told.until) if ends else day
        if day < contract.origination or (self.bought and day == OPENING):
            return None
        paid = [number for since, number in self.served if since <= day][-1]
        running = told.principal(day) * contract.monthly * contract.running(day)
        gone = ends and day == told.until
        return {
            "contract_id": name,
            "origination_date": contract.origination,
            "first_payment_date": contract.due(1),
            "principal_minor": contract.principal,
            "annual_rate": contract.annual_rate,
            "term_instalments": contract.term,
            "repayment_type": contract.kind,
            "fees_received_minor": contract.fees,
            "costs_paid_minor": contract.costs,
            "service_fee_minor": contract.service_fee,
            "outstanding_principal_minor": int(told.principal(day)),
            "billed_unpaid_interest_minor": round(told.interest(day) - running),
            "interest_received_minor": sum(one.interest + one.fees for one in told.paid if one.day <= day),
            "days_past_due": (day - contract.due(paid + 1)).days if paid < contract.due_by(day) else 0,
            "default_date": told.since if told.since <= day else None,
            "cured_date": self.cured if self.cured and self.cured <= day else None,
            "status": ("written_off" if self.lost else "matured") if gone else "on_book",
            "exit_date": day if gone else None,
        }

    def not_revenue(self) -> int:
        return self.told.not_revenue(OPENING, CLOSING)


def instalments(contract: Contract, first: int, last: int) -> list[Payment]:
    """Instalments paid each on its day, with the service fee."""
    return [
        Payment(
            contract.due(number),
            int(contract.balances[number - 1] - contract.balances[number]),
            int(contract.interest[number]),
            contract.service_fee,
        )
        for number in range(first, last + 1)
    ]


def case(contract: Contract, *later: Payment, paid: int = 6, since: date = DEFAULT, **facts: Any) -> Case:
    """Instalments paid on their day up to one, later payments, and no further instalment paid in full."""
    of_loan = {name: facts.pop(name) for name in ("until", "settled", "bills_on", "on_rate") if name in facts}
    before = instalments(contract, 1, paid)
    told = InDefault(contract, [*before, *later], since, of_loan.pop("until", CLOSING), lost, **of_loan)
    served = [(contract.origination, 0), *((one.day, number) for number, one in enumerate(before, start=1))]
    return Case(told, [*served, *facts.pop("served", ())], **facts)


def lost(first: date, month: int) -> Decimal:
    return Decimal("0.8")


def interest_alone(*amounts: int) -> list[Payment]:
    """So much of interest with each due date of 2023."""
    return [Payment(date(2023, month, 15), 0, amount) for month, amount in enumerate(amounts, start=1)]


NEW = replace(PARTS, origination=date(2023, 1, 15))
CAUGHT_UP, BACK = date(2023, 6, 20), date(2023, 8, 20)
AFTER_ARREARS = (174_516, 150_000, 140_000, 130_000)
"""Interest of 15 September, for 5 of 31 days on 250,000.00 and 26 on 160,000.00, and on: each on 10,000.00 less."""
SERVED = replace(PARTS, service_fee=180_000)
CASES = {
    "FEES-TENTH": case(replace(PARTS, fees=3_600_000)),
    "FEES": case(replace(PARTS, fees=1_080_000)),
    "COSTS": case(replace(PARTS, costs=1_080_000)),
    "SERVICE-FEE": case(SERVED),
    # two instalments at once, each with its fee
    "SERVICE-FEE-PAID": case(
        SERVED, Payment(date(2023, 3, 20), 2_000_000, 600_000, 360_000), served=[(date(2023, 3, 20), 8)], by_rows=False
    ),
    "FEES-AT-THE-END": case(replace(AT_THE_END, fees=900_000)),
    "OVER": case(OVER),
    "BILLED-ON": case(OVER, bills_on="by due dates"),
    "IN-ONE-SUM": case(PARTS, Payment(date(2023, 12, 20), 0, 5_400_000), by_rows=False),
    "AT-ONCE": case(PARTS, Payment(date(2023, 1, 5), 0, 1_800_000), by_rows=False),
    "REPAID": case(AT_THE_END, Payment(date(2023, 1, 10), 20_000_000, 0), by_rows=False),
    "REPAID-IN-PARTS": case(PARTS, Payment(date(2023, 1, 10), 20_000_000, 0), by_rows=False),
    "HALF-OF-THE-INTEREST": case(AT_THE_END, *interest_alone(*[150_000] * 12)),
    "LOST": case(replace(PARTS, fees=1_080_000), until=date(2023, 8, 20), settled=True, lost=True),
    # twelve instalments at once, and from then on each on its day, with what ran on the old principal in five days of June
    "CURED": case(
        replace(PARTS, fees=1_080_000),
        Payment(CAUGHT_UP, 12_000_000, 3_600_000),
        *(Payment(date(2023, month, 15), 1_000_000, (25 - month) * 10_000 + 20_000 * (month == 7)) for month in range(7, 13)),
        until=CAUGHT_UP,
        settled=True,
        served=[(CAUGHT_UP, 18), *((date(2023, month, 15), month + 12) for month in range(7, 13))],
        cured=CAUGHT_UP,
    ),
    "CURED-OF-THE-YEAR": case(
        PARTS,
        Payment(BACK, 9_000_000, 2_250_000),
        *(
            Payment(date(2023, month, 15), 1_000_000, interest)
            for month, interest in zip(range(9, 13), AFTER_ARREARS, strict=True)
        ),
        paid=11,
        since=date(2023, 3, 15),
        until=BACK,
        settled=True,
        served=[(BACK, 20), *((date(2023, month, 15), month + 12) for month in range(9, 13))],
        cured=BACK,
    ),
    "NEW": case(NEW, paid=3, since=date(2023, 8, 13)),
    "BOUGHT": case(replace(PARTS, fees=1_080_000), paid=15, since=date(2023, 7, 14), bought=True),
}


EXPECTED = {
    "FEES-TENTH": "13973.63",
    "FEES": "9739.88",
    "COSTS": "6464.43",
    "SERVICE-FEE": "14818.81",
    "SERVICE-FEE-PAID": "13896.27",
    "FEES-AT-THE-END": "9021.44",
    "OVER": "7764.03",
    "BILLED-ON": "8064.94",
    "IN-ONE-SUM": "8026.89",
    "AT-ONCE": "7638.98",
    "REPAID": "3144.48",
    "REPAID-IN-PARTS": "3144.48",
    "HALF-OF-THE-INTEREST": "7848.53",
    "LOST": "6084.36",
    "CURED": "4457.80",
    "CURED-OF-THE-YEAR": "2737.90",
    "NEW": "3197.11",
    "BOUGHT": "2990.52",
}
"""Revenue in default of the year 2023."""

CONTRACTUAL_LIFE = {"FEES-TENTH": "13383.03", "FEES": "9576.19", "COSTS": "6618.11", "SERVICE-FEE": "15148.89"}
"""Of some of them where nobody is expected to prepay."""


def without_prepayments(one: Case) -> Case:
    return replace(one, told=replace(one.told, contract=replace(one.told.contract, prepaid=("0",))))


def closed(
    folder: Path,
    *between: date,
    cases: Mapping[str, Case] = CASES,
    payments: bool = True,
    lost: float = 0.8,
    before: date = OPENING,
    plan: Callable[[str], str] = str,
    revised: date | None = None,
    hazard: float | None = None,
) -> list[Run]:
    """The runs of the parts of the year, and of the year beside them: from an earlier day where one is given. A share of every
    loan is ``lost``; ``plan`` rewrites the text of each plan; from the day ``revised`` on a tenth is prepaid a month; every
    month has the ``hazard``."""
    paid: list[Paid] = sorted(
        ((name, one.day, int(one.principal), int(one.interest), one.fees) for name in cases for one in cases[name].told.paid),
        key=lambda one: one[1],
    )
    written_off = [(name, one.told.until, int(one.told.principal(one.told.until))) for name, one in cases.items() if one.lost]
    instants = sorted({before, OPENING, *between, CLOSING})
    rows = {day: [row for name, one in cases.items() if (row := one.row(name, day)) is not None] for day in instants}
    plans = write_loans(folder, rows, paid if payments else None, written_off)
    curves = plans[0].parent / "curves"
    changed = {"loss-given-default": dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), lost)}
    if all(one.told.contract.prepaid == ("0",) for one in cases.values()):
        changed["prepayment"] = {"single_monthly_mortality": 0.0}
    if hazard is not None:
        changed["hazard"] = {"hazard": hazard, "performing": 1.0 - hazard}
    rewrite_curves(curves, changed)
    if revised:
        before_it = pl.read_csv(curves / "loans-prepayment.csv", infer_schema=False)
        from_it = before_it.with_columns(valid_from=pl.lit(str(revised)), single_monthly_mortality=pl.lit("0.1"))
        pl.concat([before_it, from_it]).write_csv(curves / "loans-prepayment.csv")
    for path in plans:
        path.write_text(plan(path.read_text(encoding="utf-8")), encoding="utf-8")
    return [close(path) for path in plans]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Run:
    (run,) = closed(tmp_path_factory.mktemp("year") / "lender")
    return run


@pytest.fixture(scope="module")
def by_rows(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The year without a tape of payments."""
    (run,) = closed(tmp_path_factory.mktemp("rows") / "lender", payments=False)
    return run


def measured(run: Run, column: str = "ifrs_interest_on_allowance") -> dict[str, int]:
    return dict(run.measurements("loans").select("contract_id", column).collect().iter_rows())


def not_revenue(cases: Mapping[str, Case]) -> dict[str, int]:
    """What gross amounts take in the year less revenue, by hand."""
    return {name: one.told.not_revenue(OPENING, CLOSING) for name, one in cases.items()}


def revenue(cases: Mapping[str, Case]) -> dict[str, str]:
    """Revenue in default of the year, by hand."""
    found = {name: one.told.revenue(max(one.told.since, OPENING), one.told.until) for name, one in cases.items()}
    return {name: f"{amount / 100:.2f}" for name, amount in found.items()}


def test_revenue_by_hand() -> None:
    """A tenth of fees raises the rate from 1 % to 1.7326 % a month: revenue is that on 0.2 of what is owed, whatever of the
    fees is left, 13,973.63. A service fee of 1,800.00 a month is in the rate, 1.8374 %, unpaid or not."""
    assert revenue(CASES) == EXPECTED
    assert revenue({name: without_prepayments(CASES[name]) for name in CONTRACTUAL_LIFE}) == CONTRACTUAL_LIFE


@pytest.mark.campaign
def test_what_gross_takes_less_revenue_is_left_out(year: Run) -> None:
    """Of every loan, to the fen."""
    assert measured(year) == not_revenue(CASES)


@pytest.mark.campaign
def test_at_contractual_life(tmp_path: Path) -> None:
    cases = {name: without_prepayments(CASES[name]) for name in CONTRACTUAL_LIFE}
    (run,) = closed(tmp_path / "lender", cases=cases, payments=False)
    assert measured(run) == not_revenue(cases)


@pytest.mark.campaign
def test_two_rows_tell_who_paid_nothing_or_evenly(by_rows: Run) -> None:
    told = {name: one for name, one in CASES.items() if one.by_rows}
    found = measured(by_rows)
    assert {name: found[name] for name in told} == not_revenue(told)


@pytest.mark.campaign
def test_two_rows_bound_what_else_was_paid(year: Run, by_rows: Run) -> None:
    """Paid on days that no row tells: off by no more than lies between all of it on the first day and on the last, and revenue
    between the two; what gross takes is told by the interest received."""
    found, apart = measured(by_rows), measured(by_rows, "interest_on_allowance_apart")
    told = {name: one.told for name, one in CASES.items() if not one.by_rows}
    for name, one in told.items():
        between = one.apart(max(one.since, OPENING), one.until, received_is_told=one.since <= OPENING)
        assert abs(apart[name] - between) <= 1 and 0 < abs(found[name] - measured(year)[name]) < between, name
        (least, most), taken = one.bounds(OPENING, one.until), one.taken(OPENING, one.until)
        assert least < one.revenue(OPENING, one.until) < most, name
        if one.since <= OPENING and not one.contract.service_fee:
            assert least - 1 < taken - found[name] < most + 1, name
    assert set(measured(year, "interest_on_allowance_apart").values()) == {0}


@pytest.mark.campaign
def test_halves_add_up_to_the_year(tmp_path: Path) -> None:
    """Each contract within half a unit for the year and for each part, and every line of the statements (R14)."""
    parts = [measured(run) for run in closed(tmp_path / "halves", HALF)]
    off = {name: sum(part.get(name, 0) for part in parts) - amount for name, amount in not_revenue(CASES).items()}
    assert set(off.values()) <= {-1, 0, 1}
    (run,) = closed(tmp_path / "year")
    held = [one for one in run.listed.checks if one.check == "R14"]
    assert len(held) > 30 and all(one.holds for one in held)
    assert any(one.id == "R14/is-2023/loans/interest_on_allowance/halves" for one in held)


def test_the_second_calculator_agrees(year: Run, by_rows: Run) -> None:
    for run in (year, by_rows):
        assert reperform(run.folder, sample=None).differences == ()
