"""Cash book, tapes and ledger of the example lender were filled separately; here they are tied to one another."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from gaapbridge.example import ExampleFiles, chart, write_example
from tests.simulation.by_hand import half_away, loan_of, rate_of

YEARS = (2021, 2022, 2023)


def year_of(months: np.ndarray, year: int) -> int:
    """One calendar year of a monthly column of the cash book."""
    first = 12 * (year - 2021)
    return int(months[first : first + 12].sum())


def opening_of(tapes: dict[int, pl.DataFrame], year: int) -> pl.DataFrame:
    """Contracts on book when the year began: outstanding principal and interest received by then."""
    if year - 1 not in tapes:
        return tapes[year].head(0).select("contract_id", before="principal_minor", received="interest_received_minor")
    on_book = tapes[year - 1].filter(pl.col("status") == "on_book")
    return on_book.select("contract_id", before="outstanding_principal_minor", received="interest_received_minor")


@pytest.mark.parametrize("year", YEARS)
def test_principal_lent_repaid_and_written_off_leaves_what_the_tape_shows(
    example: ExampleFiles, tapes: dict[int, pl.DataFrame], year: int
) -> None:
    tape = tapes[year]
    new = tape.filter(pl.col("origination_date").dt.year() == year)
    assert new["principal_minor"].sum() == year_of(example.books.loans.lent, year)
    assert new["fees_received_minor"].sum() == year_of(example.books.loans.fees, year)
    assert new["costs_paid_minor"].sum() == year_of(example.books.loans.costs, year)
    lost = tape.filter((pl.col("status") == "written_off") & (pl.col("exit_date").dt.year() == year))
    assert lost["outstanding_principal_minor"].sum() == year_of(example.books.loans.written_off, year)
    on_book = int(tape.filter(pl.col("status") == "on_book")["outstanding_principal_minor"].sum())
    brought_forward = int(opening_of(tapes, year)["before"].sum())
    flows = (
        year_of(example.books.loans.lent, year)
        - year_of(example.books.loans.principal, year)
        - year_of(example.books.loans.written_off, year)
    )
    assert brought_forward + flows == on_book
    balances = example.ledger.years[date(year, 12, 31)].balances
    assert balances[chart.PRINCIPAL_CURRENT] + balances[chart.PRINCIPAL_NON_CURRENT] == on_book


@pytest.mark.parametrize("year", YEARS)
def test_principal_received_is_what_each_contract_repaid(
    example: ExampleFiles, tapes: dict[int, pl.DataFrame], year: int
) -> None:
    """Contract by contract, so that two errors cannot cancel in a balance: a contract repaid or matured ends at nil."""
    moved = tapes[year].filter((pl.col("status") != "written_off") | (pl.col("exit_date").dt.year() == year))
    moved = moved.join(opening_of(tapes, year), on="contract_id", how="left")
    closed = pl.col("status").is_in(["prepaid", "matured"])
    repaid = moved.select(
        pl.coalesce("before", "principal_minor") - pl.when(closed).then(0).otherwise("outstanding_principal_minor")
    ).to_series()
    assert (repaid >= 0).all()
    assert repaid.sum() == year_of(example.books.loans.principal, year)


@pytest.mark.parametrize("year", YEARS)
def test_interest_received_is_what_each_contract_paid(example: ExampleFiles, tapes: dict[int, pl.DataFrame], year: int) -> None:
    """A matured contract pays what was billed on its last day; a prepaid one the interest of its broken month."""
    moved = tapes[year].join(opening_of(tapes, year), on="contract_id", how="left")
    moved = moved.filter((pl.col("status") != "written_off") | (pl.col("exit_date").dt.year() == year))
    total = 0
    for row in moved.to_dicts():
        paid = row["interest_received_minor"] - (row["received"] or 0)
        if row["status"] == "matured":
            paid += row["billed_unpaid_interest_minor"]
        if row["status"] == "prepaid":
            stub = loan_of(row).stub(row["exit_date"])
            paid += half_away(row["outstanding_principal_minor"] * rate_of(row) * stub)
        assert paid >= 0
        total += paid
    assert total == year_of(example.books.loans.interest, year)


@pytest.mark.parametrize("year", [2022, 2023])
def test_recoveries_are_the_cash_book_s(example: ExampleFiles, events: dict[int, pl.DataFrame], year: int) -> None:
    recovered = events[year].filter(pl.col("kind") == "recovery")["amount_minor"].sum()
    assert recovered == year_of(example.books.loans.recovered, year)


@pytest.mark.parametrize("year", YEARS)
def test_the_ledger_s_split_and_accrual_by_hand(tmp_path_factory: pytest.TempPathFactory, year: int) -> None:
    """Principal due after a year, none of loans in default, and accrued interest: by contract in fractions, to the fen."""
    example = write_example(tmp_path_factory.mktemp("small"), loans=600)
    instant = date(year, 12, 31)
    later, accrued = 0, 0
    for row in pl.read_parquet(example.tapes[instant]).filter(pl.col("status") == "on_book").to_dicts():
        loan = loan_of(row)
        due, outstanding = loan.due_at(instant), row["outstanding_principal_minor"]
        in_default = row["days_past_due"] >= 90 or (row["default_date"] is not None and row["cured_date"] is None)
        if due + 12 < loan.term and not in_default:
            later += half_away(outstanding * loan.balance[due + 12] / loan.balance[due])
        if row["days_past_due"] < 90:
            stub = outstanding * rate_of(row) * loan.stub(instant)
            accrued += half_away(row["billed_unpaid_interest_minor"] + Fraction(stub))
    assert example.books.loan_years[instant].principal_non_current == later
    assert example.books.loan_years[instant].accrued_interest == accrued
