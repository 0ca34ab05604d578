"""Records of one contract that contradict each other: what is refused, what is found, and what is measured of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.held_twice import held_twice
from gaapbridge.engine.local import Threads
from gaapbridge.notes import standard_treatments
from gaapbridge.period_close import close
from gaapbridge.period_close.inputs import read_inputs
from gaapbridge.plan import read_plan
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput

LOANS, GUARANTEES = "loans-{}-12-31.csv", "guarantees-{}-12-31.csv"
FEES, EVENTS, PAYMENTS = "guarantee-fees-{}-12-31.csv", "loan-events-2023.csv", "loan-payments-2023.csv"
WRITTEN_OFF = {"status": "written_off", "exit_date": "2022-12-10"}


@pytest.fixture
def folder(starter_copy: Path) -> Path:
    """A starter plan of a test's own that allows rejects."""
    plan = starter_copy / "plan.toml"
    text = plan.read_text().replace("rejected_rows = 0", "rejected_rows = 99")
    plan.write_text(text.replace("rejected_principal_minor = 0", "rejected_principal_minor = 999999999"))
    return plan.parent


def rows(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(folder / "tapes" / name, infer_schema=False)


def change(folder: Path, name: str, contract: str, **cells: str) -> None:
    """Give the rows of a contract other cells; columns that the tape does not have are added to it."""
    tape = rows(folder, name)
    tape = tape.with_columns(pl.lit(None, pl.String).alias(column) for column in cells if column not in tape.columns)
    of_it = pl.col("contract_id") == contract
    tape.with_columns(
        pl.when(of_it).then(pl.lit(cell)).otherwise(column).alias(column) for column, cell in cells.items()
    ).write_csv(folder / "tapes" / name)


def again(folder: Path, name: str, **cells: Any) -> None:
    """The first row of a tape once more at its end, with other cells."""
    tape = rows(folder, name)
    further = tape.head(1).with_columns(pl.lit(cell).alias(column) for column, cell in cells.items())
    pl.concat([tape, further]).write_csv(folder / "tapes" / name)


def without(folder: Path, name: str, contract: str) -> None:
    rows(folder, name).filter(pl.col("contract_id") != contract).write_csv(folder / "tapes" / name)


def rejects(run: Run) -> list[tuple[Any, ...]]:
    """File, column, rule, contract and amount of every reject."""
    found = pl.read_csv(run.folder / "rejects.csv")
    return found.select(pl.col("file").str.strip_prefix("tapes/"), "column", "rule", "contract_id", "amount_minor").rows()


def found_in(folder: Path) -> dict[str, int | None]:
    """The findings about inputs and contracts of a close, which it has once they are measured; most tests ask for no more."""
    inputs = read_inputs(read_plan(folder / "plan.toml", DECLARED))
    tables = {population.kind: folder / "measured" / population.kind for population in inputs.populations}
    for population in inputs.populations:
        population.measure(tables[population.kind], standard_treatments(), Threads(1), lambda rows: None)
    return {finding.name: finding.amount_minor for finding in (*inputs.findings(), *held_twice(tables))}


GONE = "the loan is on the closing tape, or on book or written off on the opening tape"


def test_payments_and_events_of_a_loan_that_was_gone_are_rejected(folder: Path) -> None:
    """Prepaid on the opening tape, and not on the closing one: its twelve payments and its event are joined to nothing."""
    change(folder, LOANS.format(2022), "LOAN-1", status="prepaid", exit_date="2022-12-20")
    without(folder, LOANS.format(2023), "LOAN-1")
    again(folder, EVENTS, contract_id="LOAN-1")
    run = close(folder / "plan.toml")
    found = rejects(run)
    assert [one[:4] for one in found] == [
        (EVENTS, "contract_id", GONE, "LOAN-1"),
        *[(PAYMENTS, "contract_id", GONE, "LOAN-1")] * 12,
    ]
    assert sum(one[4] for one in found) == 2_500_000 + 12 * 1_000_000
    assert all(check.holds for check in run.listed.checks if check.check in ("R10", "R11", "R3"))


@pytest.mark.campaign
def test_a_payment_of_a_loan_written_off_before_is_found(folder: Path) -> None:
    """No principal takes it, and it is no recovery; a recovery of the same loan is."""
    again(folder, LOANS.format(2022), contract_id="LOAN-9", **WRITTEN_OFF)
    again(folder, PAYMENTS, contract_id="LOAN-9", principal_minor="700", interest_minor="30")
    assert found_in(folder)["payment of a contract not on book"] == 730


@pytest.mark.campaign
def test_an_event_of_a_loan_written_off_before_that_nothing_takes_is_found(folder: Path) -> None:
    again(folder, LOANS.format(2022), contract_id="LOAN-9", **WRITTEN_OFF)
    again(folder, EVENTS, contract_id="LOAN-9", kind="write_off", amount_minor="11")
    again(folder, EVENTS, contract_id="LOAN-9", kind="prepayment", amount_minor="13")
    found = found_in(folder)
    assert "write-off event of a contract not written off" in found
    assert found["prepaid more than was owed"] == 13


@pytest.mark.campaign
def test_an_event_that_stands_twice_counts_once(folder: Path) -> None:
    """LOAN-2 is written off, and 300,000 are recovered of it: not 600,000."""
    change(folder, LOANS.format(2023), "LOAN-2", status="written_off", exit_date="2023-11-30")
    again(folder, EVENTS, contract_id="LOAN-2", event_date="2023-11-30", kind="write_off", amount_minor="5174662")
    recovery = {"contract_id": "LOAN-2", "event_date": "2023-12-05", "kind": "recovery", "amount_minor": "300000"}
    again(folder, EVENTS, **recovery)
    once = close(folder / "plan.toml")
    again(folder, EVENTS, **recovery)
    twice = close(folder / "plan.toml")
    assert rejects(twice) == [(EVENTS, "contract_id", "a row stands once on the tape", "LOAN-2", 300_000)]
    assert recovered(once) == recovered(twice) == 300_000
    assert reperform(twice.folder, sample=None).differences == ()


def recovered(run: Run) -> int:
    table = pl.read_parquet(run.folder / "measurements" / "loans" / "*.parquet")
    return int(table["recoveries_received"].sum())


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("tape", "others"),
    [(FEES.format(2023), 1 + 12 + 1 + 12), ("award-events-2023.csv", 1 + 4 + 1), (PAYMENTS, 0)],
    ids=["fees", "award events", "payments"],
)
def test_a_row_that_stands_twice_is_rejected(folder: Path, tape: str, others: int) -> None:
    """With a guarantee or an award, which count whole, everything else of theirs; a payment alone."""
    name = tape if (folder / "tapes" / tape).exists() else "award-events.csv"
    again(folder, name)
    if others:
        with pytest.raises(UnusableInput, match="a row stands once"):
            close_with_none(folder)
    else:
        run = close(folder / "plan.toml")
        assert [(one[0], one[2]) for one in rejects(run)] == [(PAYMENTS, "a row stands once on the tape")]


def close_with_none(folder: Path) -> Run:
    text = (folder / "plan.toml").read_text()
    (folder / "none.toml").write_text(text.replace("rejected_rows = 99", "rejected_rows = 0"))
    return close(folder / "none.toml")


@pytest.mark.campaign
def test_an_empty_tape_of_events_tells_of_no_write_off(folder: Path) -> None:
    change(folder, LOANS.format(2023), "LOAN-2", status="written_off", exit_date="2023-11-30")
    (folder / "tapes" / EVENTS).write_text("contract_id,event_date,kind,amount_minor\n")
    assert found_in(folder)["write-off without its event"] == 5_174_662


@pytest.mark.campaign
def test_without_a_tape_of_events_none_is_missing(folder: Path) -> None:
    change(folder, LOANS.format(2023), "LOAN-2", status="written_off", exit_date="2023-11-30")
    text = (folder / "plan.toml").read_text()
    head, tail = text.split("[tapes.events]", 1)
    (folder / "plan.toml").write_text(head + "[" + tail.split("\n[", 1)[1])
    assert "write-off without its event" not in found_in(folder)


@pytest.mark.campaign
def test_a_maturity_years_after_the_last_instalment_is_rejected(folder: Path) -> None:
    """Twelve instalments from 16 April 2023 end on 16 March 2024; a maturity that says so is good."""
    change(folder, LOANS.format(2023), "LOAN-2", maturity_date="2024-03-16")
    assert close(folder / "plan.toml").rejected_rows == 0
    change(folder, LOANS.format(2023), "LOAN-2", maturity_date="2033-03-16")
    assert rejects(close(folder / "plan.toml"))[0][1:4:2] == ("maturity_date", "LOAN-2")


@pytest.mark.campaign
def test_a_guarantee_on_book_after_its_maturity_is_rejected(folder: Path) -> None:
    change(folder, GUARANTEES.format(2023), "GUARANTEE-2", maturity_date="2023-08-01")
    assert rejects(close(folder / "plan.toml"))[0][1:4:2] == ("status", "GUARANTEE-2")


def test_a_fee_for_a_year_after_the_guarantee_is_found(folder: Path) -> None:
    """Its twelve fees are for 2025, the guarantee is over in June 2024: 372,000 are for coverage that is none."""
    change(
        folder, FEES.format(2023), "GUARANTEE-2", coverage_start="2025-01-01", coverage_end="2026-01-01", due_date="2023-07-01"
    )
    tape = rows(folder, FEES.format(2023)).with_row_index()
    fee = pl.when(pl.col("contract_id") == "GUARANTEE-2").then(31_000 + pl.col("index")).otherwise("fee_minor")
    tape.with_columns(fee_minor=fee).drop("index").write_csv(folder / "tapes" / FEES.format(2023))
    assert found_in(folder)["coverage outside the guarantee"] == 12 * 31_000 + sum(range(12, 24))


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2023-09-22", "2023-10-15", None),
        ("2023-09-23", "2023-10-15", 31_000),
        ("2023-09-15", "2023-10-22", None),
        ("2023-09-15", "2023-10-23", 31_000),
        ("2023-08-15", "2023-10-15", 62_000),
        ("2023-10-15", "2023-11-15", 62_000),
    ],
)
def test_coverage_that_overlaps_or_has_a_gap_is_found(folder: Path, start: str, end: str, found: int | None) -> None:
    """The fee from 15 September to 15 October begins or ends eight days later, covers August too, or October again. What begins
    on the 15th with an overlap, or after a gap, are one fee or two of 31,000."""
    tape = rows(folder, FEES.format(2023))
    of_september = (pl.col("contract_id") == "GUARANTEE-2") & (pl.col("due_date") == "2023-09-15")
    tape.with_columns(
        pl.when(of_september).then(pl.lit(day)).otherwise(name).alias(name)
        for name, day in (("coverage_start", start), ("coverage_end", end))
    ).sample(fraction=1.0, shuffle=True, seed=3).sort("contract_id", maintain_order=True).write_csv(
        folder / "tapes" / FEES.format(2023)
    )
    assert found_in(folder).get("coverage of fees overlaps or has a gap") == found


@pytest.mark.campaign
@pytest.mark.parametrize("until", ["2024-06-15", "2023-12-15"])
def test_a_fee_at_the_start_beside_monthly_ones_is_no_overlap(folder: Path, until: str) -> None:
    """Paid for the whole guarantee, or for the first half of it."""
    tape = rows(folder, FEES.format(2023))
    first = tape.filter((pl.col("contract_id") == "GUARANTEE-2") & (pl.col("due_date") == "2023-06-15"))
    beside = first.with_columns(coverage_end=pl.lit(until), fee_minor=pl.lit("90000"))
    pl.concat([tape, beside]).write_csv(folder / "tapes" / FEES.format(2023))
    assert "coverage of fees overlaps or has a gap" not in found_in(folder)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("outstanding", "found"), [("7337000", False), ("7338000", True)])
def test_what_is_owed_far_above_the_schedule_is_found(folder: Path, outstanding: str, found: bool) -> None:
    """12,000,000 at 1 % a month in twelve instalments of 1,066,185: three are left, worth 3,135,639. Twice that and an
    instalment are 7,337,463."""
    settled = {"outstanding_principal_minor": outstanding, "days_past_due": "0", "billed_unpaid_interest_minor": "0"}
    change(folder, LOANS.format(2023), "LOAN-2", **settled)
    assert ("outstanding far above the schedule" in found_in(folder)) is found


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("contract", "outstanding", "late", "forborne", "found"),
    [
        ("LOAN-1", "19999982", "0", "", 1_999_982),
        ("LOAN-1", "19999981", "0", "", None),
        ("LOAN-1", "20000000", "0", "true", None),
        ("LOAN-1", "10000000", "0", "", None),
        ("LOAN-1", "20000000", "16", "", 1_000_000),
        ("LOAN-1", "20000000", "46", "", None),
        ("LOAN-2", "5174662", "10", "", 1_014_439),
        ("LOAN-2", "5174662", "45", "", None),
    ],
)
def test_days_past_due_that_the_balance_contradicts_are_found(
    folder: Path, contract: str, outstanding: str, late: str, forborne: str, found: int | None
) -> None:
    """LOAN-1 repays 1,000,000 a month, the last due on 15 December, and owes 18,000,000 then; with 16 days past due the last
    is unpaid, with 46 the one before too. A minor unit may be
    missing for each of 18. LOAN-2 of 12,000,000 pays 1,066,185 at 1 % a month: after eight, without roundings, it owes
    12,000,000 x 1.01^8 - 1,066,185 x (1.01^8 - 1) / 0.01 = 4,160,223, and 5,174,662 after seven."""
    cells = {"outstanding_principal_minor": outstanding, "days_past_due": late, "forborne": forborne}
    change(folder, LOANS.format(2023), contract, **cells)
    assert found_in(folder).get("days past due differ from the balance") == found


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("default", "cured", "found"),
    [
        ("2022-08-20", "2022-09-01", set()),
        ("2022-08-20", None, {"default of the opening tape changed"}),
        ("2022-08-21", "2022-09-01", {"default of the opening tape changed"}),
        ("2022-08-20", "2022-09-02", {"default of the opening tape changed"}),
        (None, None, {"default of the opening tape changed"}),
        ("2023-02-20", None, set()),
        ("2023-02-20", "2023-03-01", set()),
    ],
)
def test_a_default_of_the_past_stays_as_it_was(folder: Path, default: str | None, cured: str | None, found: set[str]) -> None:
    """On the opening tape defaulted on 20 August 2022 and cured on 1 September; a default since is another."""
    change(folder, GUARANTEES.format(2022), "GUARANTEE-1", default_date="2022-08-20", cured_date="2022-09-01")
    told = {name: day for name, day in (("default_date", default), ("cured_date", cured)) if day is not None}
    change(folder, GUARANTEES.format(2023), "GUARANTEE-1", **told)
    assert {name for name in found_in(folder) if "default" in name} - {"matured in default"} == found


@pytest.mark.campaign
@pytest.mark.parametrize(("day", "falls_due"), [("2023-06-15", True), ("2023-06-14", False)])
def test_interest_billed_on_the_day_is_not_past_due(folder: Path, day: str, falls_due: bool) -> None:
    """GUARANTEE-1 ends in April; one that is settled on a due date has that day's interest billed and nothing past due."""
    exit_date = day.replace("-06-", "-03-")
    left = {"status": "settled_early", "exit_date": exit_date, "outstanding_principal_minor": "2000000"}
    change(folder, GUARANTEES.format(2023), "GUARANTEE-1", **left, billed_unpaid_interest_minor="20000")
    assert ("interest billed and nothing past due" in found_in(folder)) is not falls_due


@pytest.mark.campaign
@pytest.mark.parametrize(("interest", "found"), [("300000", None), ("299999", 1), ("300001", -1)])
def test_interest_of_loans_and_payments_is_one(folder: Path, interest: str, found: int | None) -> None:
    """LOAN-1 paid 300,000 of interest on 15 January; its service fees, of which it has none, may be either."""
    tape = rows(folder, PAYMENTS)
    first = pl.int_range(pl.len()) == 0
    tape.with_columns(interest_minor=pl.when(first).then(pl.lit(interest)).otherwise("interest_minor")).write_csv(
        folder / "tapes" / PAYMENTS
    )
    assert found_in(folder).get("interest received differs from the payments") == found


@pytest.mark.campaign
def test_payments_without_interest_are_not_held_against_it(folder: Path) -> None:
    tape = rows(folder, PAYMENTS).drop("interest_minor", "fees_minor")
    tape.filter(pl.col("principal_minor") != "0").write_csv(folder / "tapes" / PAYMENTS)
    assert "interest received differs from the payments" not in found_in(folder)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("paid", "found"), [("3115483", None), ("3115484", 1)])
def test_a_payout_is_at_most_what_was_owed(folder: Path, paid: str, found: int | None) -> None:
    """3,000,000, 30,000 of interest billed, and 12 % a year for 62 days past due and 31 more are 3,121,726.03; a share of 0.998
    of it is 3,115,482.57."""
    for year in (2022, 2023):
        change(folder, GUARANTEES.format(year), "GUARANTEE-1", guaranteed_share="0.998")
    left = {"status": "paid_out", "exit_date": "2023-03-20", "outstanding_principal_minor": "3000000", "days_past_due": "62"}
    change(
        folder, GUARANTEES.format(2023), "GUARANTEE-1", **left, billed_unpaid_interest_minor="30000",
        paid_out_minor=paid,
    )  # fmt: skip
    assert found_in(folder).get("paid out more than was owed") == found


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("paid", "found"), [("1497000", None), ("1496999", 1_497_001)])
def test_a_payout_of_less_than_half_of_what_was_owed_is_found(folder: Path, paid: str, found: int | None) -> None:
    """A share of 0.998 of 3,000,000 is 2,994,000, and half of it 1,497,000."""
    for year in (2022, 2023):
        change(folder, GUARANTEES.format(year), "GUARANTEE-1", guaranteed_share="0.998")
    left = {"status": "paid_out", "exit_date": "2023-03-20", "outstanding_principal_minor": "3000000", "days_past_due": "62"}
    change(folder, GUARANTEES.format(2023), "GUARANTEE-1", **left, paid_out_minor=paid)
    assert found_in(folder).get("paid out far less than was owed") == found


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("late", "default", "found"),
    [("90", None, None), ("89", None, 5_174_662), ("0", None, 5_174_662), ("0", "2023-10-01", None)],
)
def test_a_write_off_without_a_default_is_found(folder: Path, late: str, default: str | None, found: int | None) -> None:
    """The starter's loans default at 90 days past due, or on the day that their tape states."""
    told = {} if default is None else {"default_date": default}
    left = {"status": "written_off", "exit_date": "2023-11-30", "days_past_due": late, "billed_unpaid_interest_minor": "0"}
    change(folder, LOANS.format(2023), "LOAN-2", **left, **told)
    assert found_in(folder).get("written off without a default") == found


@pytest.mark.campaign
@pytest.mark.parametrize("with_payments", [True, False])
def test_who_was_in_default_may_repay_all_and_payments_show_it(folder: Path, with_payments: bool) -> None:
    late = {"status": "matured", "exit_date": "2023-11-20", "days_past_due": "92"}
    change(folder, LOANS.format(2023), "LOAN-3", **late)
    if not with_payments:
        head, tail = (folder / "plan.toml").read_text().split("[tapes.payments]", 1)
        (folder / "plan.toml").write_text(head + "[" + tail.split("\n[", 1)[1])
    assert ("matured in default" in found_in(folder)) is not with_payments
