"""The size of what the example lender shows, against the published figures it is modelled on: facts of the simulator.

The targets and where they come from are in docs/example.md. Where a share is of few contracts the bounds are wide enough for
any seed, and a lender of five times the size is held to the target.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.example import ExampleFiles, write_example
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


def in_arrears(guarantees: pl.DataFrame) -> list[float]:
    """Shares of guaranteed principal that are current, 1 to 30, 31 to 60 and 61 to 90 days past due."""
    on_book = guarantees.filter(pl.col("status") == "on_book")
    on_book = on_book.with_columns(principal=pl.col("outstanding_principal_minor") * pl.col("guaranteed_share").fill_null(1.0))
    bands = [on_book.filter(pl.col("days_past_due").is_between(*band)) for band in ((0, 0), (1, 30), (31, 60), (61, 90))]
    return [band["principal"].sum() / on_book["principal"].sum() for band in bands]


def net_payouts(example: ExampleFiles, year: int) -> float:
    """Payouts of a year, net, against the guaranteed principal at its end."""
    months = slice(12 * (year - 2021), 12 * (year - 2020))
    cash = example.books.guarantees
    net = (cash.paid_out - cash.recovered)[months].sum()
    return float(net / example.books.guarantee_years[date(year, 12, 31)].guaranteed_principal)


@YEARS
def test_arrears_and_payouts_of_guarantees(example: ExampleFiles, guarantees: Frames, year: int) -> None:
    current, first, second, third = in_arrears(guarantees[year])
    assert 0.974 < current < 0.989
    assert 0.006 < first < 0.017
    assert 0.0035 < second < 0.0115
    assert third < 0.002
    assert 0.065 < net_payouts(example, year) < 0.115


@pytest.mark.campaign
def test_arrears_and_payouts_of_a_large_lender(tmp_path: Path) -> None:
    """Published: 1.1, 0.56 and 0.05 % of principal; payouts of 9.3 and 7.9 %. See docs/example.md for the second."""
    example = write_example(tmp_path, loans=1, guarantees=140_000)
    for year in (2022, 2023):
        current, first, second, third = in_arrears(pl.read_parquet(example.guarantees[date(year, 12, 31)]))
        assert current == pytest.approx(0.982, abs=0.002)
        assert first == pytest.approx(0.011, abs=0.0015)
        assert 0.006 < second < 0.0085
        assert 0.0002 < third < 0.0008
        assert net_payouts(example, year) == pytest.approx(0.09, abs=0.01)


def test_terms_of_guaranteed_loans(guarantees: Frames) -> None:
    new = guarantees[2023].filter(pl.col("origination_date").dt.year() == 2023)
    assert set(new["term_instalments"]) == {3, 6, 12, 24}
    assert new["term_instalments"].mean() == pytest.approx(11.0, abs=0.5)
    assert new["annual_rate"].is_between(0.05, 0.065).all()


@YEARS
def test_own_loans_in_arrears(tapes: Frames, year: int) -> None:
    on_book = tapes[year].filter(pl.col("status") == "on_book")
    late = on_book.filter(pl.col("days_past_due") >= 90)["outstanding_principal_minor"].sum()
    assert 0.009 < late / on_book["outstanding_principal_minor"].sum() < 0.025


@YEARS
def test_few_funders_wait_ninety_days_and_some_thirty_one(guarantees: Frames, year: int) -> None:
    funder = guarantees[year]["segment"].str.split("-").list.first()
    shares = dict(funder.value_counts(normalize=True).rows())
    assert 0.10 < shares["trust"] < 0.17
    assert 0.03 < shares["insurer"] <= 0.06
