"""R16: principal rolls forward by its cash, by segment and by contract; without payments it is implied, and said to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.contracts.held_twice import held_twice
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.statement.checks import Check
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding

PAYMENTS = Path("tapes/loan-payments-2023.csv")


def edited(starter_copy: Path, file: str | Path, *changes: tuple[str, str]) -> None:
    """Texts of a file replaced, each of which is there."""
    text = (starter_copy / file).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (starter_copy / file).write_text(text, encoding="utf-8")


def checks(run: Run) -> Mapping[str, Check]:
    return {check.id: check for check in run.listed.checks if check.check == "R16"}


def findings(run: Run) -> Mapping[str, Finding]:
    return {finding.name: finding for finding in run.listed.findings if finding.check == "R16"}


def test_the_starter_rolls_forward_by_its_payments(starter_copy: Path) -> None:
    """By hand: 30,000,000 less twelve payments of 1,000,000; 5,000,000 and 12,000,000 less 6,825,338 and 5,000,000."""
    run = close(starter_copy / "plan.toml")
    found = checks(run)
    assert {name: (check.expected, check.actual) for name, check in found.items()} == {
        "R16/loans/business": (18_000_000, 18_000_000),
        "R16/loans/consumer": (5_174_662, 5_000_000 + 12_000_000 - 6_825_338 - 5_000_000),
        "R16/ledger/loans": (15_868_295, 23_825_338 + 2_940_000 + 637_957 + 225_000 - (12_000_000 - 240_000)),
    }
    assert {check.evidence for check in found.values()} == {"independent"}
    assert [left.row for left in run.listed.not_checked if left.check == "R16"] == ["guarantees"], "they have no tape of cash"


@pytest.mark.campaign
def test_two_equal_payments_of_a_day_count_where_the_plan_says_so(starter_copy: Path) -> None:
    """The payment of January in two halves of 500,000 and 150,000: the second is rejected unless it is counted. A tape whose
    rows have no numbers has no such key."""
    whole, half = "LOAN-1,2023-01-15,1000000,300000,0\n", "LOAN-1,2023-01-15,500000,150000,0\n"
    edited(starter_copy, PAYMENTS, (whole, half + half))
    with pytest.raises(UnusableInput, match=r'a row stands once on the tape.*state same_rows = "counted"'):
        close(starter_copy / "plan.toml")
    table, counted = f'path = "{PAYMENTS.as_posix()}"\n', 'same_rows = "counted"\n'
    edited(starter_copy, "plan.toml", (table, table + counted))
    run = close(starter_copy / "plan.toml")
    assert run.listed.findings == () and run.rejected_rows == 0
    assert checks(run)["R16/loans/business"].actual == 18_000_000
    events = 'path = "tapes/loan-events-2023.csv"\n'
    edited(starter_copy, "plan.toml", (table + counted, table), (events, events + counted))
    with pytest.raises(UnusableInput, match=r"key: tapes\.events\.same_rows .*where each may have a number"):
        close(starter_copy / "plan.toml")


@pytest.mark.campaign
@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_every_form_of_the_tape_evidences_the_same(form: str, starter_copy: Path) -> None:
    frame = pl.read_csv(starter_copy / PAYMENTS, try_parse_dates=True)
    other = PAYMENTS.with_suffix(f".{form}")
    if form == "xlsx":
        import openpyxl

        workbook = openpyxl.Workbook()
        assert workbook.active is not None
        for row in (frame.columns, *frame.iter_rows()):
            workbook.active.append(row)
        workbook.save(starter_copy / other)
    else:
        frame.write_parquet(starter_copy / other)
    edited(starter_copy, "plan.toml", (PAYMENTS.as_posix(), other.as_posix()))
    run = close(starter_copy / "plan.toml")
    assert len(checks(run)) == 3 and all(check.holds for check in checks(run).values())


def test_a_missing_payment_is_seen_thrice(starter_copy: Path) -> None:
    edited(starter_copy, PAYMENTS, ("LOAN-1,2023-12-15,1000000,190000,0\n", ""))
    run = close(starter_copy / "plan.toml")
    assert {name: check.difference for name, check in checks(run).items()} == {
        "R16/loans/business": 1_000_000,
        "R16/loans/consumer": 0,
        "R16/ledger/loans": 1_190_000,
    }
    moved = findings(run)["principal moved without its cash"]
    assert (moved.where, moved.amount_minor) == ("loan/LOAN-1", 1_000_000)


@pytest.mark.campaign
def test_two_contracts_that_are_wrong_by_the_same_are_named_though_their_segment_adds_up(starter_copy: Path) -> None:
    edited(starter_copy, PAYMENTS, ("LOAN-3,2023-05-20,500000,", "LOAN-3,2023-05-20,400000,"))
    edited(starter_copy, PAYMENTS, ("LOAN-2,2023-10-16,", "LOAN-2,2023-09-30,100000,0,0\nLOAN-2,2023-10-16,"))
    run = close(starter_copy / "plan.toml")
    assert all(check.holds for check in checks(run).values())
    assert {name: (one.where, one.amount_minor) for name, one in findings(run).items()} == {
        "principal moved without its cash": ("loan/LOAN-2", -100_000),
        "settled without the cash": ("loan/LOAN-3", 100_000),
    }


def test_what_is_written_off_needs_no_cash_but_all_before_it_does(starter_copy: Path) -> None:
    tape = starter_copy / "tapes/loans-2023-12-31.csv"
    text = re.sub(r"(?m)^(LOAN-2,.*),on_book,(.*)$", r"\1,written_off,2023-11-30\2", tape.read_text(encoding="utf-8"))
    tape.write_text(text, encoding="utf-8")
    with (starter_copy / "tapes/loan-events-2023.csv").open("a") as events:
        events.write("LOAN-2,2023-11-30,write_off,5174662\n")
    run = close(starter_copy / "plan.toml")
    assert checks(run)["R16/loans/consumer"].expected == 0 and checks(run)["R16/loans/consumer"].holds
    assert "principal moved without its cash" not in findings(run)


@pytest.mark.campaign
def test_without_the_tape_the_cash_is_implied_by_segment_and_not_evidenced(starter_copy: Path) -> None:
    plan = starter_copy / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    without = re.sub(r"(?ms)^\[tapes\.payments\]\n.*?^columns = \{\}\n", "", text)
    assert without != text
    plan.write_text(without, encoding="utf-8")
    run = close(plan)
    assert checks(run) == {} and run.listed.findings == ()
    left = {one.row: one.why for one in run.listed.not_checked if one.check == "R16"}
    assert set(left) == {"loans/business", "loans/consumer", "guarantees"}
    assert all("not evidenced" in why for row, why in left.items() if row != "guarantees")
    for segment, amount in (("business", "12,000,000"), ("consumer", "11,825,338")):
        assert f"{amount} minor units is implied" in left[f"loans/{segment}"]


@pytest.mark.campaign
def test_cash_that_the_plan_has_no_accounts_for_is_not_held_against_the_ledger(starter_copy: Path) -> None:
    edited(starter_copy, "plan.toml", ('cash = { loans = ["1002"] }', "cash = {}"))
    run = close(starter_copy / "plan.toml")
    assert set(checks(run)) == {"R16/loans/business", "R16/loans/consumer"}
    (left,) = (one for one in run.listed.not_checked if one.check == "R16" and one.row != "guarantees")
    assert left.row == "ledger/loans" and 'cash = { loans = ["ACCOUNT"] }' in left.remedy


def test_other_cash_on_the_account_is_seen(starter_copy: Path) -> None:
    """Tax paid from the account of the loans: 119,969 that no tape has."""
    edited(starter_copy, "plan.toml", ('cash = { loans = ["1002"] }', 'cash = { loans = ["1002", "2222"] }'))
    check = checks(close(starter_copy / "plan.toml"))["R16/ledger/loans"]
    assert check.difference == 188_573 - 715_782


@pytest.mark.parametrize(
    ("stated", "key", "value"),
    [
        ('{ lons = ["1002"] }', "trial_balance.cash.lons", "lons"),
        ('{ guarantees = ["1002"] }', "trial_balance.cash.guarantees", "guarantees"),
        ('{ loans = ["1009"] }', "trial_balance.cash.loans", '"1009"'),
    ],
)
def test_accounts_of_cash_that_are_not_known_are_refused(stated: str, key: str, value: str, starter_copy: Path) -> None:
    edited(starter_copy, "plan.toml", ('cash = { loans = ["1002"] }', f"cash = {stated}"))
    with pytest.raises(UnusableInput) as refused:
        close(starter_copy / "plan.toml")
    assert (refused.value.key, refused.value.value) == (key, value)


@pytest.mark.campaign
def test_a_modified_loan_may_owe_more(starter_copy: Path) -> None:
    """Capitalised arrears are a modification, which is a finding of its own; its principal still has to roll by its cash."""
    edited(starter_copy, "tapes/loans-2023-12-31.csv", (",18000000,0,4950000,", ",31000000,0,4950000,"))
    with (starter_copy / "tapes/loan-events-2023.csv").open("a") as events:
        events.write("LOAN-1,2023-06-30,modification,0\n")
    found = findings(close(starter_copy / "plan.toml"))
    assert "principal rose" not in found and "principal moved without its cash" in found


@pytest.mark.campaign
def test_a_new_loan_that_owes_more_than_was_advanced_rose(starter_copy: Path) -> None:
    edited(starter_copy, "tapes/loans-2023-12-31.csv", (",240000,0,5174662,", ",240000,0,12000001,"))
    rose = findings(close(starter_copy / "plan.toml"))["principal rose"]
    assert (rose.where, rose.amount_minor) == ("loan/LOAN-2", 1)


@pytest.mark.campaign
def test_a_loan_taken_over_on_payout_is_not_counted_twice(starter_copy: Path) -> None:
    """Paid out and still recovering, while the loan is on book: a finding; once it has left the own book: none."""
    edited(
        starter_copy,
        "tapes/guarantees-2023-12-31.csv",
        ("GUARANTEE-1,FUNDED-1", "GUARANTEE-1,LOAN-3"),
        ("GUARANTEE-2,FUNDED-2", "GUARANTEE-2,LOAN-1"),
    )
    twice = findings(close(starter_copy / "plan.toml"))["loan both own and guaranteed"]
    assert (twice.where, twice.amount_minor) == ("loan/LOAN-1", 18_000_000)


@pytest.mark.parametrize(
    ("shares", "on_book", "found"),
    [
        ((1.0, 1.0), (True, True), 30),
        ((0.6, 0.5), (True, True), 30),
        ((0.6, 0.4), (True, True), None),
        ((0.7, 0.1, 0.2), (True, True, True), None),
        ((1.0, 1.0), (True, False), None),
    ],
)
def test_a_loan_is_guaranteed_whole_at_most(
    shares: tuple[float, ...], on_book: tuple[bool, ...], found: int | None, tmp_path: Path
) -> None:
    """Allowances of 10, 20 and 30: of two that are about more than all of one loan, 30; another loan is beside."""
    (tmp_path / "guarantees").mkdir()
    pl.DataFrame(
        {
            "contract_id": [f"G{number}" for number in range(len(shares))] + ["H"],
            "loan_id": ["F1"] * len(shares) + ["F2"],
            "guaranteed_share": [*shares, 1.0],
            "closing_on_book": [*on_book, True],
            "us_loss_allowance": [10 * number for number in range(1, len(shares) + 1)] + [7],
        }
    ).write_parquet(tmp_path / "guarantees/part-00000.parquet")
    amounts = [(one.name, one.amount_minor) for one in held_twice({"guarantees": tmp_path / "guarantees"})]
    assert amounts == ([] if found is None else [("loan guaranteed more than whole", found)])
