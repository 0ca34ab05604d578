"""A loan that is paid off while it is in default: its rows on the closing tape and in the history, held against its cash."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.estimation import months as m
from gaapbridge.estimation.episodes import count
from gaapbridge.estimation.losses import fit_losses
from gaapbridge.period_close import close
from gaapbridge.run import Run
from tests.estimation.test_history_reading import APRIL, FEBRUARY, JANUARY, LONG, MARCH, named, of_contract, read, row

OWED = 900


def until_default(contract: str) -> str:
    return row(contract, JANUARY, OWED, 1) + row(contract, FEBRUARY, OWED, 2) + row(contract, MARCH, OWED, 3)


def test_what_is_paid_in_default_is_no_loss(tmp_path: Path) -> None:
    """Two default with 900 owed each; of one 900 come in April, of the other nothing: 900 of 1,800 are lost."""
    rows = until_default("A") + row("A", APRIL, 0, status="repaid") + until_default("B")
    history = read(tmp_path, rows + row("B", APRIL, 0, status="charged_off") + LONG, outcomes="B,2020-04-30,charge_off,900\n")
    assert of_contract(history)["event"] == [m.STILL, m.STILL, m.STILL, m.PREPAID]
    assert not named(history) & {"repaid and charged off in a history", "left a history with a balance"}
    (months,) = history.months()
    counted = count(months, 2020 * 12 + 3, 90, ("auto",))
    chain = counted.in_default.of((0,))
    assert (counted.entries.sum(), chain.repaid.sum(), chain.charged_off.sum(), chain.crossed.sum()) == (2, 1, 1, 0)
    assert (chain.balance_minor[0], chain.written_off_minor[0]) == (2 * OWED, OWED)
    asked = {"severity_years": "all", "minimum_charge_offs": 1, "minimum_at_risk": 1, "discount_rate_a_year": None}
    assert fit_losses(counted, **asked).lgd_undiscounted[0, 0] == pytest.approx(0.5)


def test_cash_that_settles_a_default_as_a_recovery_is_asked_about(tmp_path: Path) -> None:
    """It stands in the balance that the row repaid; as a recovery it would come twice."""
    rows = until_default("A") + row("A", APRIL, 0, status="repaid") + LONG
    history = read(tmp_path, rows, outcomes=f"A,2020-04-20,recovery,{OWED}\n")
    assert "recoveries without a charge-off" in named(history)


def closed(folder: Path, row: dict[str, str], paid: str = "LOAN-3,2023-10-05,4000000,0,315000\n") -> Run:
    """The starter's lender, of which LOAN-3 pays nothing from March on and leaves in October as its ``row`` says."""
    tape, payments = folder / "tapes/loans-2023-12-31.csv", folder / "tapes/loan-payments-2023.csv"
    loans, its = pl.read_csv(tape, infer_schema=False), pl.col("contract_id") == "LOAN-3"
    row = {
        "exit_date": "2023-10-05", "outstanding_principal_minor": "4000000", "billed_unpaid_interest_minor": "315000",
        "interest_received_minor": "180000", "status": "prepaid", **row,
    }  # fmt: skip
    stated = [
        pl.when(its).then(pl.lit(value)).otherwise(pl.col(name) if name in loans.columns else None).alias(name)
        for name, value in row.items()
    ]
    loans.with_columns(stated).write_csv(tape)
    text = re.sub(r"LOAN-3,2023-0[3-9].*\n", "", payments.read_text(encoding="utf-8"))
    payments.write_text(text + paid, encoding="utf-8")
    events = folder / "tapes/loan-events-2023.csv"
    events.write_text(events.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    plan = folder / "plan.toml"
    control = r"(?m)^\[tapes\.\w+\.control\.?\w*\]\n(\w+ = .*\n)+"
    plan.write_text(re.sub(control, "", plan.read_text(encoding="utf-8")), encoding="utf-8")
    return close(plan)


def defaults(run: Run) -> int:
    """Defaults of loans in the period, as hindsight counts them."""
    (loans,) = (one for one in run.hindsight if one["kind"] == "loans")
    (total,) = {cell["observed"] for cell in loans["cells"] if cell["by"] == "total"}
    return int(total)


AS_LATE = {"days_past_due": "199"}
CLEARED = {"days_past_due": "0", "billed_unpaid_interest_minor": "0"}
DATED = {"default_date": "2023-06-18"}


@pytest.mark.parametrize("row", [AS_LATE, AS_LATE | DATED, CLEARED | DATED])
def test_the_closing_row_says_that_it_was_in_default(row: dict[str, str], starter_copy: Path) -> None:
    """As it was the moment before: late by more than the day of default, or with its date and no cure. Its principal rolls
    forward to nil by the payment, and hindsight counts the default, as the history does."""
    run = closed(starter_copy, row)
    (principal,) = (check for check in run.listed.checks if check.id == "R16/loans/consumer")
    assert principal.holds and principal.actual == 5_174_662
    assert defaults(run) == 1
    assert not [finding for finding in run.listed.findings if "LOAN-3" in finding.where]


def test_a_row_that_was_cleared_at_the_payment_hides_the_default(starter_copy: Path) -> None:
    assert defaults(closed(starter_copy, CLEARED)) == 0


def test_without_the_cash_it_is_found(starter_copy: Path) -> None:
    run = closed(starter_copy, AS_LATE | DATED, paid="")
    (found,) = (finding for finding in run.listed.findings if "LOAN-3" in finding.where)
    assert (found.name, found.amount_minor) == ("settled without the cash", 4_000_000)
