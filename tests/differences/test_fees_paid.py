"""Fees of payments: service fees of instalments, and what is paid for paying ahead or late, by the cash of whole lives.

A fee for paying ahead or late is income of its day under both frameworks (310-10-25-12; IFRS 9 3.2.12, B5.4.3), so that what a
loan brings in its life is cash in less cash out, whatever its rows have of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.loans.direct import income
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import write_loans
from tests.differences.test_revenue_by_cash import measured

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
PRINCIPAL, PART, FEES = 12_000_000, 1_000_000, 300_000
AHEAD, LATE = 500_000, 70_000
"""5,000.00 for paying ahead, five service fees of 900.00 and 500.00; 700.00 for paying late."""


SERVICE_FEE = 90_000
Cash = tuple[date, int, int, int]
"""Day, principal, interest and fees of a payment, minor units."""


@dataclass(frozen=True)
class Life:
    """A loan of 120,000.00 in twelve parts at 1 % a month, made on 15 January 2023, and all that was paid until it was repaid.

    ``served`` are the instalments that were paid before, ``unpaid`` interest billed by then; ``others`` are the fees that are
    of no instalment, ``last_fees`` what no row of the moment before has of fees.
    """

    payments: tuple[Cash, ...]
    others: int
    service_fee: int = SERVICE_FEE
    served: int = 5
    unpaid: int = 0
    default: date | None = None

    @property
    def profit(self) -> int:
        """Cash in less cash out."""
        return sum(sum(amounts) for _, *amounts in self.payments) - PRINCIPAL + FEES

    def row(self, name: str, rows: str | None) -> dict[str, Any]:
        """Its row the moment before, with interest received as some lender has it."""
        last, *_ = self.payments[-1]
        stated = self.payments if rows == "with it" else self.payments[:-1]
        oldest = date(2023, self.served + 2, 15)
        return {
            "contract_id": name,
            "origination_date": date(2023, 1, 15),
            "first_payment_date": date(2023, 2, 15),
            "principal_minor": PRINCIPAL,
            "term_instalments": 12,
            "repayment_type": "equal_principal",
            "fees_received_minor": FEES,
            "service_fee_minor": self.service_fee,
            "outstanding_principal_minor": PRINCIPAL - PART * self.served,
            "billed_unpaid_interest_minor": self.unpaid,
            "interest_received_minor": sum(interest + fees for *_, interest, fees in stated),
            "days_past_due": max((last - oldest).days, 0),
            "default_date": self.default,
            "status": "prepaid",
            "exit_date": last,
        }


def instalments(*fees: int) -> list[Cash]:
    """Instalments paid on their days from 15 February on, each with such fees."""
    return [
        (date(2023, number + 1, 15), PART, (PRINCIPAL - PART * (number - 1)) // 100, fee) for number, fee in enumerate(fees, 1)
    ]


def repaid(fees: int) -> Cash:
    """All that is left after five instalments: ten of thirty days of June have run on 70,000.00."""
    return (date(2023, 6, 25), 7_000_000, 23_333, fees)


EACH = [SERVICE_FEE] * 5
SECOND_HALVES = [(date(2023, number, 20), 0, 0, SERVICE_FEE // 2) for number in range(2, 7)]
LIVES = {
    "AHEAD": Life((*instalments(0, 0, 0, 0, 0), repaid(AHEAD)), AHEAD, service_fee=0),
    "AHEAD-SERVED": Life((*instalments(*EACH), repaid(AHEAD)), AHEAD),
    "LATE": Life((*instalments(SERVICE_FEE, SERVICE_FEE, SERVICE_FEE + LATE, SERVICE_FEE, SERVICE_FEE), repaid(0)), LATE),
    "LATE-AS-MUCH": Life((*instalments(SERVICE_FEE, 2 * SERVICE_FEE, *EACH[:3]), repaid(0)), SERVICE_FEE),
    "IN-HALVES": Life((*sorted([*instalments(*[SERVICE_FEE // 2] * 5), *SECOND_HALVES]), repaid(0)), 0),
    # six instalments were missed, and ten of thirty-one days have run since, on 110,000.00
    "DEFAULT": Life(
        (*instalments(SERVICE_FEE), (date(2023, 8, 25), 11_000_000, 695_484, 6 * SERVICE_FEE + AHEAD)),
        AHEAD,
        served=1,
        unpaid=660_000,
        default=date(2023, 6, 13),
    ),
}
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
FEES_APART = ("principal_minor", "interest_minor", "fees_minor", "service_fees_minor")


def run_of(folder: Path, rows: str | None, columns: tuple[str, ...], blank: tuple[str, ...] = ()) -> Run:
    """A close of these lives: interest received by their rows, and these columns of payments, or none; some are there and
    ``blank`` in every row."""
    stated = {OPENING: [ANOTHER], CLOSING: [ANOTHER, *(one.row(name, rows) for name, one in LIVES.items())]}
    paid = sorted([(name, *one) for name in LIVES for one in LIVES[name].payments], key=lambda one: one[1])
    (plan,) = write_loans(folder, stated, paid if columns else None)
    if columns:
        tape = plan.parent / f"tapes/loan-payments-{CLOSING}.csv"
        others = pl.when(pl.col("fees_minor") > 6 * SERVICE_FEE).then(AHEAD).otherwise(0)
        others = pl.when(pl.col("fees_minor") == SERVICE_FEE + LATE).then(LATE).otherwise(others)
        others = pl.when(pl.col("fees_minor") == 2 * SERVICE_FEE).then(SERVICE_FEE).otherwise(others)
        others = pl.when(pl.col("fees_minor") == AHEAD).then(AHEAD).otherwise(others)
        frame = pl.read_csv(tape).with_columns(service_fees_minor=pl.col("fees_minor") - others)
        frame = frame.filter(pl.sum_horizontal(columns) > 0)
        unsaid = {name: pl.lit("") for name in blank}
        frame.select("contract_id", "date", *columns).with_columns(**unsaid).write_csv(tape)
    if rows is None:
        for tape in (plan.parent / "tapes").glob("loans-*.csv"):
            pl.read_csv(tape, infer_schema=False).drop("interest_received_minor").write_csv(tape)
    losses = plan.parent / "curves/loans-loss-given-default.csv"
    pl.read_csv(losses).with_columns(lgd_discounted=pl.lit(0.8), lgd_undiscounted=pl.lit(0.8)).write_csv(losses)
    return close(plan)


def short(run: Run, framework: str) -> dict[str, int]:
    """By how much the profit of each life is below its cash, of those where it is."""
    roles = income(framework, {})
    profit = -pl.sum_horizontal([amount for role in roles.values() for amount in role.values()])
    found = dict(run.measurements("loans").select("contract_id", profit).collect().iter_rows())
    return {name: one.profit - found[name] for name, one in LIVES.items() if one.profit != found[name]}


@pytest.mark.parametrize("rows", ["before", "with it", None])
@pytest.mark.parametrize("columns", [FEES_APART, FEES_APART[:3]], ids=["apart", "together"])
def test_profit_of_a_life_is_its_cash(rows: str | None, columns: tuple[str, ...], tmp_path: Path) -> None:
    """Whatever the rows have of it; and what is no service fee is told, where the tape does not, by what has fallen due."""
    run = run_of(tmp_path / "lender", rows, columns)
    assert short(run, "us") == short(run, "ifrs") == {}
    assert reperform(run.folder, sample=None).differences == ()
    others = measured(run, "other_fees_received")
    assert {name: others[name] for name in LIVES} == {name: one.others for name, one in LIVES.items()}
    assert "interest received differs from the payments" not in {one.name for one in run.listed.findings}
    assert [one for one in run.listed.not_checked if one.row == "loans/financing_income"] == []


def test_a_column_that_is_blank_in_every_row_tells_nothing(tmp_path: Path) -> None:
    """As if it were left out: a blank is not told, where 0 says that no fee is a service fee."""
    run = run_of(tmp_path / "lender", "before", FEES_APART[:3], blank=FEES_APART[3:])
    assert short(run, "us") == short(run, "ifrs") == {}
    assert reperform(run.folder, sample=None).differences == ()
    others = measured(run, "other_fees_received")
    assert {name: others[name] for name in LIVES} == {name: one.others for name, one in LIVES.items()}


WITHOUT_THE_LAST = {"AHEAD": AHEAD, "AHEAD-SERVED": AHEAD, "DEFAULT": AHEAD + 6 * SERVICE_FEE}
"""Fees of a last payment, which no row of the moment before has."""
BY_SCHEDULE = {**WITHOUT_THE_LAST, "LATE": LATE, "LATE-AS-MUCH": SERVICE_FEE}
READ_AS_THE_LAST = {"LATE": 23_333, "LATE-AS-MUCH": 23_333}
"""Late fees in interest received, more than half of what the last payment settles, read as that payment."""
IN_DOUBT = {
    "before": READ_AS_THE_LAST,
    "with it": {**READ_AS_THE_LAST, "AHEAD": 23_333, "AHEAD-SERVED": 23_333, "DEFAULT": 695_484},
}
"""What the last payment settles of interest, of those whose rows hold fees of more than a quarter of it: the same row would be
that of another loan without its last payment."""


@pytest.mark.parametrize("columns", [FEES_APART[:1], ()], ids=["principal", "none"])
@pytest.mark.parametrize(
    ("rows", "lacking"),
    [("before", {**WITHOUT_THE_LAST, **READ_AS_THE_LAST}), ("with it", {}), (None, BY_SCHEDULE)],
    ids=["before", "with", "untold"],
)
def test_rows_that_hold_the_last_payment_hold_it_once(
    rows: str | None, lacking: dict[str, int], columns: tuple[str, ...], tmp_path: Path
) -> None:
    """Where no payment tells interest, rows do, with the last payment or without it; where they state none, the schedule tells
    that of the instalments paid, and how much that is stands under what is not checked. Short is what is on no tape alone."""
    run = run_of(tmp_path / "lender", rows, columns)
    assert short(run, "us") == short(run, "ifrs") == lacking
    assert reperform(run.folder, sample=None).differences == ()
    doubted = {name: amount for name, amount in measured(run, "interest_received_apart").items() if amount}
    assert doubted == (IN_DOUBT[rows] if rows else {})
    said = [str(one.why) for one in run.listed.not_checked if one.row == "loans/interest_received"]
    assert [f"wrong by {sum(doubted.values()):,} minor units at most" in one for one in said] == [True] * bool(rows)
    untold = [one for one in run.listed.not_checked if one.row == "loans/financing_income"]
    taken = sum(one.profit - FEES - lacking.get(name, 0) for name, one in LIVES.items())
    assert [f"{taken:,} minor units are taken as received" in str(one.why) for one in untold] == [True] * (rows is None)
