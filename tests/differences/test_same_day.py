"""What begins and ends on one day: loans, guarantees and awards; and instalments that fall due on the closing day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.loans.direct import income
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_added import closed_with

DAY = "2023-06-10"
ONE_DAY = {
    "origination_date": DAY,
    "first_payment_date": "2023-07-10",
    "outstanding_principal_minor": 12_000_000,
    "fees_received_minor": 240_000,
    "exit_date": DAY,
}


def earned(row: dict[str, Any], framework: str) -> dict[str, int]:
    """Credits of a loan in the period: fees and interest in income, fees in the provision."""
    roles = income(framework, {})
    asked = {
        "fees": roles["financing_income"]["deferral"],
        "interest": roles["financing_income"]["accrued_interest"],
        "provided": roles["provision_for_loans"]["deferral"],
    }
    found = pl.DataFrame([row]).select(**asked).row(0, named=True)
    return {name: -amount for name, amount in found.items()}


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("status", "fees", "provided"), [("prepaid", 240_000, 0), ("written_off", 0, 240_000)])
def test_a_loan_paid_out_and_gone_on_the_same_day(starter_copy: Path, status: str, fees: int, provided: int) -> None:
    """No interest, and the fee in full under both frameworks: to income, or against the loss where it was written off."""
    _, found = closed_with(starter_copy, {"contract_id": "DAY", "status": status, **ONE_DAY})
    row = found["DAY"]
    for side in ("us", "ifrs"):
        assert row[f"exit_{side}_deferred_fees"] == -240_000
        assert row[f"{side}_deferred_fees"] == row[f"exit_{side}_accrued_interest"] == row[f"{side}_accrued_interest"] == 0
        assert earned(row, side) == {"fees": fees, "interest": 0, "provided": provided}
    assert (row["principal_advanced"], row["fees_received"], row["interest_settled"]) == (12_000_000, 240_000, 0)


@pytest.mark.campaign
@pytest.mark.parametrize(("paid", "accrued"), [(True, 0), (False, 120_000)])
def test_an_instalment_due_on_the_closing_day(starter_copy: Path, paid: bool, accrued: int) -> None:
    """Paid, nothing is accrued; unpaid, the month's interest is billed and not yet late, and no finding says otherwise."""
    one = {"origination_date": "2023-11-30", "first_payment_date": "2023-12-31", "maturity_date": "2024-11-30"}
    standing = {"outstanding_principal_minor": 11_053_815 if paid else 12_000_000}
    run, found = closed_with(starter_copy, {"contract_id": "DUE", "billed_unpaid_interest_minor": accrued, **one, **standing})
    assert [found["DUE"][f"{side}_accrued_interest"] for side in ("us", "ifrs")] == [accrued, accrued]
    assert "interest billed and nothing past due" not in {one.name for one in run.listed.findings}


def appended(path: Path, *rows: dict[str, Any]) -> None:
    written = pl.read_csv(path, infer_schema=False)
    further = pl.DataFrame([{name: str(cell) for name, cell in row.items()} for row in rows])
    pl.concat([written, further], how="diagonal").write_csv(path)


def measured(run: Run, kind: str, contract: str) -> dict[str, Any]:
    assert pl.read_csv(run.folder / "rejects.csv", infer_schema=False).is_empty()
    assert reperform(run.folder, sample=None).differences == ()
    row = run.measurement(kind, contract)
    assert row is not None
    return dict(row)


def test_a_guarantee_issued_and_released_on_the_same_day(starter_copy: Path) -> None:
    """The fee is no longer owed, and is set off against the liability it was recognised with: nothing is earned or left."""
    tapes = starter_copy / "tapes"
    like = pl.read_csv(tapes / "guarantees-2023-12-31.csv", infer_schema=False).row(1, named=True)
    own = {"contract_id": "DAY", "loan_id": "FUNDED-9", "origination_date": DAY, "first_payment_date": "2023-07-10"}
    ended = {"maturity_date": "2024-06-10", "status": "settled_early", "exit_date": DAY, "stand_ready_minor": 31_000}
    appended(tapes / "guarantees-2023-12-31.csv", like | own | ended | {"outstanding_principal_minor": 12_000_000})
    fee = {"due_date": DAY, "coverage_start": DAY, "coverage_end": "2023-07-10", "fee_minor": 31_000, "collected_minor": 0}
    appended(tapes / "guarantee-fees-2023-12-31.csv", {"contract_id": "DAY", **fee})
    row = measured(close(starter_copy / "plan.toml"), "guarantees", "DAY")
    assert row["path"] == "new_settled"
    amounts = {name: amount for name, amount in row.items() if name.startswith(("us_", "ifrs_")) and isinstance(amount, int)}
    assert {name: amount for name, amount in amounts.items() if amount} == {"us_inception": 31_000, "us_set_off": 31_000}


@pytest.mark.campaign
def test_an_award_granted_and_forfeited_on_the_same_day(starter_copy: Path) -> None:
    """It costs nothing; forfeited on a day on which it vests, it contradicts itself, and is refused."""
    tapes = starter_copy / "tapes"
    award = pl.read_csv(tapes / "awards.csv", infer_schema=False).row(0, named=True)
    appended(tapes / "awards.csv", award | {"award_id": "DAY", "grant_date": DAY})
    appended(tapes / "award-tranches.csv", {"award_id": "DAY", "tranche": 1, "vesting_date": "2025-06-10", "units": 500})
    forfeiture = {"award_id": "DAY", "tranche": 1, "event_date": DAY, "kind": "forfeiture", "units": 500}
    appended(tapes / "award-events.csv", forfeiture)
    row = measured(close(starter_copy / "plan.toml"), "awards", "DAY")
    assert (row["units_granted"], row["units_forfeited"], row["units_vested"]) == (500, 500, 0)
    assert [row[f"{side}_cumulative_cost"] for side in ("us", "ifrs")] == [0, 0]
    path = tapes / "award-tranches.csv"
    path.write_text(path.read_text().replace("2025-06-10", DAY))
    plan = starter_copy / "plan.toml"
    plan.write_text(plan.read_text().replace("rejected_rows = 0", "rejected_rows = 9"))
    rules = pl.read_csv(close(plan).folder / "rejects.csv", infer_schema=False)["rule"].to_list()
    assert rules[0] == "a forfeiture is dated before vesting_date: from then on nothing is unvested"
