"""The size of what the example lender shows, against the published figures it is modelled on: facts of the simulator.

The targets, where they come from and what is not met are in docs/example.md; the bounds here are wide enough for
any seed.
"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from gaapbridge.example import ExampleFiles
from tests.simulation.conftest import Frames

YEARS = pytest.mark.parametrize("year", [2022, 2023])


@YEARS
def test_guarantees_against_loans(example: ExampleFiles, year: int) -> None:
    instant = date(year, 12, 31)
    own, guaranteed = example.books.loan_years[instant], example.books.guarantee_years[instant]
    assert 1.25 < guaranteed.guaranteed_principal / own.principal_on_book < 2.5


@YEARS
def test_fees_and_stand_ready_against_guaranteed_principal(example: ExampleFiles, year: int) -> None:
    kept = example.books.guarantee_years[date(year, 12, 31)]
    principal = kept.guaranteed_principal
    receivable = sum(book.receivable for book in kept.books)
    assert 0.08 < kept.stand_ready / principal < 0.11
    assert 0.08 < receivable / principal < 0.11
    assert 0.12 < sum(book.receivable_non_current for book in kept.books) / receivable < 0.25
    assert 0.015 < kept.related.receivable / receivable < 0.06


@YEARS
def test_arrears_and_payouts_of_guarantees(example: ExampleFiles, guarantees: Frames, year: int) -> None:
    """Shares of guaranteed principal by days past due; payouts of the year, net, against the principal at its end."""
    share = pl.col("guaranteed_share").fill_null(1.0)
    on_book = guarantees[year].filter(pl.col("status") == "on_book")
    on_book = on_book.with_columns(principal=pl.col("outstanding_principal_minor") * share)
    bands = [
        on_book.filter(pl.col("days_past_due").is_between(*band))["principal"].sum() / on_book["principal"].sum()
        for band in ((0, 0), (1, 30), (31, 60), (61, 90))
    ]
    assert 0.95 < bands[0] < 0.98
    assert 0.01 < bands[1] < 0.03
    assert 0.007 < bands[2] < 0.025
    assert bands[3] < 0.003
    months = slice(12 * (year - 2021), 12 * (year - 2020))
    cash = example.books.guarantees
    net = (cash.paid_out - cash.recovered)[months].sum()
    assert 0.10 < net / example.books.guarantee_years[date(year, 12, 31)].guaranteed_principal < 0.19


def test_terms_of_guaranteed_loans(guarantees: Frames) -> None:
    new = guarantees[2023].filter(pl.col("origination_date").dt.year() == 2023)
    assert set(new["term_instalments"]) == {3, 6, 12, 24}
    assert new["term_instalments"].mean() == pytest.approx(11.0, abs=0.5)
    assert new["annual_rate"].is_between(0.05, 0.065).all()


@YEARS
def test_own_loans_in_arrears(tapes: Frames, year: int) -> None:
    on_book = tapes[year].filter(pl.col("status") == "on_book")
    late = on_book.filter(pl.col("days_past_due") >= 90)["outstanding_principal_minor"].sum()
    assert 0.015 < late / on_book["outstanding_principal_minor"].sum() < 0.04
