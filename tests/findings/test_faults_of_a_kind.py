"""Faults of a few kinds in the files of a lender that closes clean: each is found with its amount, rejected or refused.

Records that contradict themselves or each other, between two tapes or within one; contracts that come, go and return; what is
dated out of its life; what belongs to another entity; tapes that were exchanged; tables that are not in force.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.contracts.instalment_apart import instalments_apart
from gaapbridge.period_close import close
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from tests.findings.test_records_contradict import found_in

LOANS, GUARANTEES, FEES = (f"tapes/{name}-2023-12-31.csv" for name in ("loans", "guarantees", "guarantee-fees"))
EVENTS, PAYMENTS = "tapes/loan-events-2023.csv", "tapes/loan-payments-2023.csv"
AWARDS, TRANCHES, UNITS = "tapes/awards.csv", "tapes/award-tranches.csv", "tapes/award-events.csv"

Fault = Callable[[Path], None]


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter's lender without ledger and control totals, which would see some of these faults too; it allows rejects."""
    plan = write_starter(tmp_path_factory.mktemp("faults") / "lender").plan
    tables = re.split(r"(?m)^(?=\[)", plan.read_text(encoding="utf-8"))
    text = "".join(one for one in tables if not re.match(r"\[(trial_balance|tapes\.\w+\.control)", one))
    text = text.replace("rejected_rows = 0", "rejected_rows = 99").replace(
        "rejected_principal_minor = 0", "rejected_principal_minor = 999999999"
    )
    plan.write_text(text, encoding="utf-8")
    return plan.parent


@pytest.fixture
def faulty(lender: Path, tmp_path: Path) -> Callable[[Fault], Path]:
    """The plan of a lender of whom something was made wrong."""

    def made(fault: Fault) -> Path:
        folder = tmp_path / "lender"
        shutil.copytree(lender, folder)
        fault(folder)
        return folder / "plan.toml"

    return made


def changed(file: str, where: dict[str, str], **cells: str) -> Fault:
    """Other cells in the rows that have some, all of them where none is named; columns that are not there are added."""

    def fault(folder: Path) -> None:
        tape = pl.read_csv(folder / file, infer_schema=False)
        tape = tape.with_columns(pl.lit(None, pl.String).alias(name) for name in cells if name not in tape.columns)
        these = pl.all_horizontal(pl.lit(True), *(pl.col(name) == cell for name, cell in where.items()))
        assert tape.filter(these).height
        told = (pl.when(these).then(pl.lit(cell)).otherwise(name).alias(name) for name, cell in cells.items())
        tape.with_columns(told).write_csv(folder / file)

    return fault


def further(file: str, **cells: str) -> Fault:
    """A further row, like the first but for some cells."""

    def fault(folder: Path) -> None:
        tape = pl.read_csv(folder / file, infer_schema=False)
        more = tape.head(1).with_columns(pl.lit(cell).alias(name) for name, cell in cells.items())
        pl.concat([tape, more]).write_csv(folder / file)

    return fault


def without(file: str, contract: str) -> Fault:
    def fault(folder: Path) -> None:
        pl.read_csv(folder / file, infer_schema=False).filter(pl.col("contract_id") != contract).write_csv(folder / file)

    return fault


def all_of(*faults: Fault) -> Fault:
    def fault(folder: Path) -> None:
        for one in faults:
            one(folder)

    return fault


def exchanged(folder: Path) -> None:
    """Opening and closing tapes, each under the name of the other."""
    for file in (LOANS, GUARANTEES, FEES):
        closing, opening = folder / file, folder / file.replace("2023", "2022")
        before = opening.read_bytes()
        opening.write_bytes(closing.read_bytes())
        closing.write_bytes(before)


LOAN_1, LOAN_2, LOAN_3 = ({"contract_id": f"LOAN-{number}"} for number in (1, 2, 3))
FIRST, SECOND = ({"contract_id": f"GUARANTEE-{number}"} for number in (1, 2))
OFF = changed(LOANS, LOAN_2, status="written_off", exit_date="2023-11-30")
"""LOAN-2 is written off with the 5,174,662 that it owes."""


def written_off(day: str) -> Fault:
    return further(EVENTS, contract_id="LOAN-2", event_date=day, kind="write_off", amount_minor="5174662")


FOUND: dict[str, tuple[Fault, str, int]] = {
    "covers days before the guarantee": (
        changed(FEES, {**SECOND, "coverage_start": "2023-06-15"}, coverage_start="2023-05-15", coverage_end="2023-06-15"),
        "coverage outside the guarantee",
        31_000,
    ),
    "due a year and a half before the guarantee": (
        changed(FEES, {**SECOND, "due_date": "2023-06-15"}, due_date="2022-01-15"),
        "fee due outside the guarantee",
        31_000,
    ),
    "due five years after it": (
        changed(FEES, {**SECOND, "due_date": "2024-05-15"}, due_date="2029-05-15"),
        "fee due outside the guarantee",
        31_000,
    ),
    "matured half a year before its end": (
        changed(GUARANTEES, SECOND, status="matured", exit_date="2023-12-01"),
        "guarantee matured before its end",
        6_000_000,
    ),
    "recovered before it was written off": (
        all_of(
            OFF,
            written_off("2023-11-30"),
            further(EVENTS, contract_id="LOAN-2", event_date="2023-11-01", kind="recovery", amount_minor="100"),
        ),
        "recovery before its write-off",
        5_174_662,
    ),
    "written off a second time": (
        all_of(OFF, written_off("2023-11-30"), written_off("2023-11-20")),
        "write-off amount differs",
        5_174_662,
    ),
    "written off with nothing left on its row, as systems print it": (
        all_of(OFF, changed(LOANS, LOAN_2, outstanding_principal_minor="0"), written_off("2023-11-30")),
        "write-off amount differs",
        5_174_662,
    ),
    "written off by its event in August, by its tape in November": (
        all_of(OFF, written_off("2023-08-30")),
        "written off on two days",
        5_174_662,
    ),
    "vanished": (without(LOANS, "LOAN-1"), "contract left without a reason", 30_000_000),
    "owes more than at the opening": (
        changed(LOANS, LOAN_1, outstanding_principal_minor="31000000"),
        "principal rose",
        1_000_000,
    ),
    "guaranteed for more than at the opening": (
        changed(GUARANTEES, FIRST, outstanding_principal_minor="5000000"),
        "guaranteed principal rose",
        1_000_000,
    ),
    "repaid at the opening, on book at the closing": (
        changed(LOANS.replace("2023", "2022"), LOAN_1, status="prepaid", exit_date="2022-12-20"),
        "loan on book again after it had left",
        18_000_000,
    ),
    "the lender's own and guaranteed": (
        changed(GUARANTEES, SECOND, loan_id="LOAN-2"),
        "loan both own and guaranteed",
        5_174_662,
    ),
    "the lender's own, and guaranteed in small letters": (
        changed(GUARANTEES, SECOND, loan_id="loan-2 "),
        "loan both own and guaranteed",
        5_174_662,
    ),
    "of another segment than before": (
        changed(LOANS, LOAN_1, segment="consumer"),
        "terms changed without a modification",
        18_000_000,
    ),
    "with fees that were not received before": (
        changed(LOANS, LOAN_1, fees_received_minor="500000"),
        "terms changed without a modification",
        18_000_000,
    ),
    "guarantee of another loan than before": (
        changed(GUARANTEES, FIRST, loan_id="FUNDED-7"),
        "terms of a guarantee changed",
        1_000_000,
    ),
    "guarantee of a related party since": (
        changed(GUARANTEES, FIRST, related_party="true"),
        "terms of a guarantee changed",
        1_000_000,
    ),
    "paid after it was repaid": (
        further(PAYMENTS, contract_id="LOAN-3", date="2023-08-05", principal_minor="100", interest_minor="0"),
        "payment before origination or after exit",
        100,
    ),
    "recovered and on book": (
        further(EVENTS, contract_id="LOAN-1", event_date="2023-08-05", kind="recovery", amount_minor="9000000"),
        "recovery of a contract not written off",
        18_000_000,
    ),
    "with ten times the interest received": (
        changed(LOANS, LOAN_1, interest_received_minor="49500000"),
        "interest received differs from the payments",
        44_550_000,
    ),
    "paid in instalments of a tenth": (
        changed(LOANS, LOAN_2, instalment_minor="106619"),
        "instalment far from the term",
        5_174_662,
    ),
    "on book and owing nothing": (
        changed(LOANS, LOAN_1, outstanding_principal_minor="0"),
        "principal moved without its cash",
        18_000_000,
    ),
}
"""What is made wrong, the finding that says so, and its amount."""


@pytest.mark.campaign(but=3)
@pytest.mark.parametrize("fault", FOUND)
def test_it_is_found(fault: str, faulty: Callable[[Fault], Path]) -> None:
    made, name, amount_minor = FOUND[fault]
    found = found_in(faulty(made).parent)
    assert found.get(name) == amount_minor, found


REJECTED: dict[str, tuple[Fault, str, str]] = {
    "more units forfeited than granted": (changed(UNITS, {}, units="2001"), "units", "than were unvested"),
    "more units forfeited together": (
        further(UNITS, event_date="2023-11-01", units="1601"),
        "units",
        "than were unvested",
    ),
    "more units exercised than vested": (
        further(UNITS, tranche="1", event_date="2023-05-01", kind="exercise", units="2001"),
        "units",
        "than have vested",
    ),
    "vests before it was granted": (
        changed(TRANCHES, {"tranche": "4"}, vesting_date="2022-03-01"),
        "vesting_date",
        "not before grant_date",
    ),
    "award in another currency": (changed(AWARDS, {}, currency="USD"), "currency", "entity's currency CNY"),
    "loan in another currency": (changed(LOANS, LOAN_1, currency="USD"), "currency", "entity's currency CNY"),
    "fee of a guarantee that is not there": (
        further(FEES, contract_id="GUARANTEE-9"),
        "contract_id",
        "on the guarantee tape of the same instant",
    ),
    "paid out, and nothing was": (
        changed(GUARANTEES, SECOND, status="paid_out", exit_date="2023-12-01", days_past_due="61", paid_out_minor="0"),
        "paid_out_minor",
        "at least 1 for status paid_out",
    ),
    "something paid out, and on book": (
        changed(GUARANTEES, SECOND, paid_out_minor="5000"),
        "paid_out_minor",
        "nil for any other",
    ),
    "event of the year before": (
        changed(EVENTS, LOAN_3, event_date="2022-06-05"),
        "event_date",
        "after 2022-12-31 and not after 2023-12-31",
    ),
    "opening and closing tapes exchanged": (exchanged, "origination_date", "not after 2022-12-31"),
}
"""What is made wrong, the column that is named, and what the rule says."""


@pytest.mark.campaign(but=4)
@pytest.mark.parametrize("fault", REJECTED)
def test_it_is_rejected(fault: str, faulty: Callable[[Fault], Path]) -> None:
    made, column, said = REJECTED[fault]
    rejects = check(faulty(made)).rejects
    assert rejects.filter((pl.col("column") == column) & pl.col("rule").str.contains(said, literal=True)).height, rejects


def test_a_guarantee_without_its_fees_is_rejected_once_it_is_measured(faulty: Callable[[Fault], Path]) -> None:
    run = close(faulty(without(FEES, "GUARANTEE-2")))
    rejects = pl.read_csv(run.folder / "rejects.csv")
    assert rejects.select("contract_id", "rule").rows() == [("GUARANTEE-2", "a guarantee has at least one fee instalment")]


@pytest.mark.parametrize(
    ("rate", "kind", "instalment", "found"),
    [
        (0.12, "level", 2_132_370, False),
        (0.12, "level", 2_132_371, True),
        (0.12, "level", 533_093, False),
        (0.12, "level", 533_092, True),
        (0.12, "level", None, False),
        (0.12, "bullet", 100, False),
        (0.0, "level", 2_000_000, False),
        (0.0, "level", 2_000_001, True),
    ],
)
def test_an_instalment_is_far_from_twice_and_from_half(rate: float, kind: str, instalment: int | None, found: bool) -> None:
    """12,000,000 at 1 % a month are repaid in twelve instalments of 1,066,185.46, without interest in as many of 1,000,000."""
    terms = {"principal_minor": 12_000_000, "annual_rate": rate, "term_instalments": 12, "repayment_type": kind}
    row = pl.DataFrame(
        [{**terms, "instalment_minor": instalment, "in_period": True}], schema_overrides={"instalment_minor": pl.Int64}
    )
    assert row.filter(instalments_apart()["instalment apart"]).height == int(found)


def later(file: str, day: str = "2024-06-01", **where: str) -> Fault:
    return changed(f"curves/{file}.csv", where, valid_from=day)


REFUSED: dict[str, tuple[Fault, str]] = {
    "tape of an entity in dollars": (changed(LOANS, {}, currency="USD"), "the tape is in the entity's currency CNY"),
    "hazards of one segment from after the closing": (
        later("loans-hazard", segment="consumer"),
        "every version has a curve for every scenario, segment",
    ),
    "prepayment of one segment from after the closing": (
        later("loans-prepayment", segment="consumer"),
        "every version has a curve for every segment",
    ),
    "losses in force at the closing and not at the opening": (
        later("loans-loss-given-default", "2023-06-01"),
        "a version is in force on 2022-12-31, which is measured; the first starts on 2023-06-01",
    ),
    "recoveries from after the closing": (later("loans-recovery"), "the first starts on 2024-06-01"),
    "losses of fees from after the closing": (later("guarantees-fee-loss"), "the first starts on 2024-06-01"),
}
"""What is made wrong, and what the refusal says."""


@pytest.mark.parametrize("fault", REFUSED)
def test_it_is_refused(fault: str, faulty: Callable[[Fault], Path]) -> None:
    made, said = REFUSED[fault]
    plan = faulty(made)
    for read in (check, close):
        with pytest.raises(UnusableInput, match=re.escape(said)):
            read(plan)


@pytest.mark.parametrize("kind", ["loans", "guarantees"])
def test_the_opening_tape_once_more_is_found(kind: str, faulty: Callable[[Fault], Path]) -> None:
    """Whatever else is found: the files are the same, and the plan's name was not moved on."""

    def copied(folder: Path) -> None:
        shutil.copy(folder / f"tapes/{kind}-2022-12-31.csv", folder / f"tapes/{kind}-2023-12-31.csv")

    found = {one.name: one.where for one in check(faulty(copied)).findings}
    assert found["closing tape is the opening tape"] == f"tapes.{kind}.closing"


def test_the_lender_is_clean_by_itself(lender: Path, tmp_path: Path) -> None:
    shutil.copytree(lender, tmp_path / "lender")
    run = close(tmp_path / "lender/plan.toml")
    assert (run.listed.findings, run.rejected_rows) == ((), 0)
