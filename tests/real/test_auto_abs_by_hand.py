"""The adapter of the filed auto loans on five contracts made by hand; no real tape is needed."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.terms.errors import UnusableInput
from tests.real.auto_pool import MONTH
from tests.real.examples import module_of

OPENING, CLOSING = date(2018, 12, 31), date(2019, 12, 31)
LOAN = {
    "pool": "first",
    "credit_score": 700,
    "origination_month": date(2018, 1, 1),
    "first_payment_month": date(2018, 2, 1),
    "maturity_month": date(2024, 1, 1),
    "principal": 12_000.0,
    "annual_rate": 0.06,
    "term_months": 73,
    "grace_months": 1,
    "instalment": 200.0,
}


def month(loan: str, period: int, begin: float | None, end: float | None, **given: Any) -> dict[str, Any]:
    return {**MONTH, "loan_id": loan, "period": period, "balance_begin": begin, "balance_end": end, **given}


def missed(loan: str, period: int, balance: float, run: int, **given: Any) -> dict[str, Any]:
    return month(loan, period, balance, balance, consecutive_missed=run, **given)


def repaid(loan: str, period: int, begin: float, paid: float, **given: Any) -> dict[str, Any]:
    return month(
        loan, period, begin, begin - paid, total_paid=paid + 40.0, principal_paid=paid, interest_and_other_paid=40.0, **given
    )


MONTHS = [
    # stays: pays 760 where 200 was due, and is at last one month behind
    repaid("stays", 201812, 10_000.0, 160.0),
    repaid("stays", 201911, 9_840.0, 720.0),
    missed("stays", 201912, 9_120.0, 1),
    # repays all in March
    repaid("repays", 201812, 5_000.0, 160.0),
    repaid("repays", 201903, 4_840.0, 4_840.0, event="paid_off"),
    # charged off in April after four months; a fee, then two receipts, of which one is reversed in part
    missed("lost", 201812, 8_000.0, 1),
    missed("lost", 201901, 8_000.0, 2),
    missed("lost", 201902, 8_000.0, 3),
    missed("lost", 201903, 8_000.0, 4),
    month("lost", 201904, 8_000.0, 0.0, charge_off=8_000.0, event="charge_off", repo_proceeds=-300.0),
    month("lost", 201906, None, None, event="post_exit", recovered=1_000.0),
    month("lost", 201907, None, None, event="post_exit", recovered=500.0),
    month("lost", 201908, None, None, event="post_exit", recovered=-600.0),
    # sold in December 2018 and not reported again: on book at the opening, written off the day after
    missed("vanishes", 201811, 6_000.0, 2),
    missed("vanishes", 201812, 6_000.0, 3, event="left_pool", repo_proceeds=2_500.0),
    # gone before the opening, reported again without cash
    repaid("before", 201810, 3_000.0, 3_000.0, event="paid_off"),
    month("before", 201902, 0.0, 0.0, event="post_exit"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    loans = [{**LOAN, "loan_id": name} for name in ("stays", "repays", "lost", "vanishes", "before")]
    pl.DataFrame(loans).write_parquet(tmp_path / "loans.parquet")
    numbered = pl.DataFrame(MONTHS, infer_schema_length=None).with_columns(
        pl.int_range(pl.len()).over("loan_id").alias("t"), pl.col("period").cast(pl.Int32)
    )
    numbered.write_parquet(tmp_path / "months.parquet")
    return tmp_path


@pytest.fixture
def source(folder: Path) -> Any:
    return module_of("auto_abs", "auto_source").read_source(folder)


def by_contract(tape: pl.DataFrame, column: str) -> dict[str, Any]:
    return dict(tape.select("contract_id", column).iter_rows())


def test_the_opening_tape_lists_what_was_on_book(source: Any) -> None:
    tape = module_of("auto_abs", "auto_tapes").loan_tape(source, OPENING)
    balances = {"lost": 800_000, "repays": 484_000, "stays": 984_000, "vanishes": 600_000}
    assert by_contract(tape, "outstanding_principal_minor") == balances
    assert set(tape["status"]) == {"on_book"}
    assert by_contract(tape, "days_past_due") == {"lost": 30, "repays": 0, "stays": 0, "vanishes": 90}
    assert by_contract(tape, "default_date")["vanishes"] == OPENING
    assert by_contract(tape, "billed_unpaid_interest_minor")["lost"] == 4_000  # 8,000 x 6 % / 12
    assert set(tape["costs_paid_minor"]) == {24_000} and set(tape["term_instalments"]) == {72}


def test_the_closing_tape_describes_who_left_the_moment_before(source: Any) -> None:
    tape = module_of("auto_abs", "auto_tapes").loan_tape(source, CLOSING, since=OPENING)
    assert by_contract(tape, "status") == {
        "lost": "written_off", "repays": "prepaid", "stays": "on_book", "vanishes": "written_off",
    }  # fmt: skip
    assert by_contract(tape, "exit_date") == {
        "lost": date(2019, 4, 1), "repays": date(2019, 3, 31), "stays": None, "vanishes": date(2019, 1, 1),
    }  # fmt: skip
    assert by_contract(tape, "outstanding_principal_minor")["lost"] == 800_000
    assert by_contract(tape, "days_past_due") == {"lost": 120, "repays": 0, "stays": 30, "vanishes": 90}
    assert by_contract(tape, "default_date")["lost"] == date(2019, 2, 28)
    assert by_contract(tape, "interest_received_minor") == {"lost": 0, "repays": 4_000, "stays": 8_000, "vanishes": 0}


def test_events_net_costs_and_reversals(source: Any) -> None:
    """300 of fees and 600 reversed leave 600 of the 1,500 received: 500 goes first, then 100 of the 700 left."""
    found, unused = module_of("auto_abs", "auto_tapes").events(source, OPENING, CLOSING)
    assert list(found.iter_rows()) == [
        ("lost", date(2019, 4, 1), "write_off", 800_000),
        ("lost", date(2019, 6, 30), "recovery", 60_000),
        ("repays", date(2019, 3, 31), "prepayment", 484_000),
        ("stays", date(2019, 11, 30), "prepayment", 56_000),  # 760 paid, 200 due
        ("vanishes", date(2019, 1, 1), "write_off", 600_000),
        ("vanishes", date(2019, 1, 31), "recovery", 250_000),  # received before it was written off
    ]
    assert unused.is_empty()


def test_costs_above_the_receipts_are_listed(source: Any) -> None:
    """A period that ends in May has the fee of April and no receipt."""
    found, unused = module_of("auto_abs", "auto_tapes").events(source, OPENING, date(2019, 5, 31))
    assert found.filter((pl.col("contract_id") == "lost") & (pl.col("kind") == "recovery")).is_empty()
    assert unused.select("contract_id", "amount_minor").rows() == [("lost", -30_000)]


def test_all_is_used_or_listed(source: Any) -> None:
    tapes, ties = module_of("auto_abs", "auto_tapes"), module_of("auto_abs", "auto_ties")
    both = {OPENING: tapes.loan_tape(source, OPENING), CLOSING: tapes.loan_tape(source, CLOSING, since=OPENING)}
    found, unused = tapes.events(source, OPENING, CLOSING)
    excluded = ties.excluded_rows(source, both[CLOSING], unused, OPENING, CLOSING)
    assert excluded.select("tie", "contract_id", "month").rows() == [
        ("contracts", "before", 201810),
        ("rows_after_exit", "before", 201902),
    ]
    tied = ties.ties(source, both, found, excluded)
    assert dict(tied.select("tie", "source_minor").iter_rows())["recovery_cash"] == 310_000


def test_the_history_ends_with_leaving(source: Any) -> None:
    """Who left its pool is charged off in the month after its last report, and no report after leaving is a month of it."""
    tapes = module_of("auto_abs", "auto_history").history(source, CLOSING)
    left = tapes["performance"].filter(pl.col("contract_id").is_in(["lost", "vanishes", "before"])).drop("paid_minor")
    assert left.rows() == [
        ("before", date(2018, 10, 31), 0, 0, "repaid"),
        ("lost", date(2018, 12, 31), 800_000, 1, "on_book"),
        ("lost", date(2019, 1, 31), 800_000, 2, "on_book"),
        ("lost", date(2019, 2, 28), 800_000, 3, "on_book"),
        ("lost", date(2019, 3, 31), 800_000, 4, "on_book"),
        ("lost", date(2019, 4, 30), 0, 0, "charged_off"),
        ("vanishes", date(2018, 11, 30), 600_000, 2, "on_book"),
        ("vanishes", date(2018, 12, 31), 600_000, 3, "on_book"),
        ("vanishes", date(2019, 1, 31), 0, 3, "charged_off"),
    ]
    assert tapes["outcomes"].rows() == [
        ("lost", date(2019, 4, 1), "charge_off", 800_000),
        ("lost", date(2019, 4, 30), "collection_cost", 30_000),
        ("lost", date(2019, 6, 30), "recovery", 100_000),
        ("lost", date(2019, 7, 31), "recovery", 50_000),
        ("lost", date(2019, 8, 31), "collection_cost", 60_000),
        ("vanishes", date(2018, 12, 31), "recovery", 250_000),
        ("vanishes", date(2019, 1, 1), "charge_off", 600_000),
    ]
    assert set(tapes["contracts"]["segment"]) == {"680_to_719"}


def test_the_tapes_tell_how_long_ago_an_instalment_was_missed(source: Any) -> None:
    tapes = module_of("auto_abs", "auto_tapes")
    column = "months_since_last_missed"
    assert by_contract(tapes.loan_tape(source, OPENING), column) == {"lost": 0, "repays": None, "stays": None, "vanishes": 0}
    closing = tapes.loan_tape(source, CLOSING, since=OPENING)
    assert by_contract(closing, column) == {"lost": 1, "repays": None, "stays": 0, "vanishes": 1}  # from the day of leaving


def test_amounts_that_are_not_whole_cents_are_refused(folder: Path) -> None:
    months = pl.read_parquet(folder / "months.parquet")
    months.with_columns(pl.col("balance_end") + 0.001).write_parquet(folder / "months.parquet")
    with pytest.raises(UnusableInput, match="whole cents"):
        module_of("auto_abs", "auto_source").read_source(folder)


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="the layout has this file"):
        module_of("auto_abs", "auto_source").read_source(tmp_path)
