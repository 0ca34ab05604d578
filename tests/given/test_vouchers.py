"""Vouchers of given notes and adjustments, on top of the trial balance: the ledger then holds the IFRS column, to the fen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import gaapbridge
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.vouchers.layout import packaged
from gaapbridge.vouchers.voucher import Book
from tests.given.holder import MONTHS, ledger_of, plan_of
from tests.given.ledger_book import (
    brought_forward,
    imported,
    income_of,
    of_balance_sheet,
    posted_by,
    read_json,
    together,
    trial_balance,
    unlike_rows,
    year_closed,
)

BOOKS: tuple[Book, ...] = ("movements", "balances")


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("ledger", packaged())
def test_a_ledger_of_two_years_holds_the_ifrs_column(adjusted: list[Run], tmp_path: Path, ledger: str, book: Book) -> None:
    """Account by account and row by row, in both years: a lease, preferred shares, adjustments carried on and reversed."""
    held: dict[str, int] = {}
    for year, run in zip(("2022", "2023"), adjusted, strict=True):
        us_gaap = trial_balance(run.plan_folder / "ledger" / f"trial-balance-{year}-12-31.csv")
        assert unlike_rows(run.folder, f"bs-{year}", us_gaap, "us_gaap") == {}
        held = together(held, posted_by(imported(run.folder, ledger, book, tmp_path / year)))
        assert of_balance_sheet(held, run.folder) == brought_forward(run.folder)
        assert unlike_rows(run.folder, f"bs-{year}", together(us_gaap, held), "ifrs") == {}
        if year == "2023":
            assert unlike_rows(run.folder, "is-2023", together(us_gaap, held), "ifrs") == {}
        held = year_closed(held, run.folder)


def month_of(place: int, folder: Path) -> dict[str, int]:
    """Income and expense of a month in the ledger: what its accounts have moved, from nil in January."""
    before = trial_balance(folder / ledger_of(MONTHS[place - 1]), 100) if place > 1 else {}
    after = trial_balance(folder / ledger_of(MONTHS[place]), 100)
    return together(after, {account: -amount for account, amount in before.items()})


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("ledger", packaged())
def test_a_ledger_of_months_holds_the_ifrs_column(months: list[Run], tmp_path: Path, ledger: str, book: Book) -> None:
    """The year and three months of it: other comprehensive income, shares without tax, adjustments that come and reverse."""
    held: dict[str, int] = {}
    for place, run in enumerate(months):
        us_gaap = trial_balance(run.plan_folder / ledger_of(MONTHS[place]), 100)
        sheets = read_json(run.folder, "manifest.json")["statements"]
        assert [one.id for one in run.listed.checks if not one.holds] == [] == [one.name for one in run.listed.findings]
        assert unlike_rows(run.folder, sheets["closing"], us_gaap, "us_gaap") == {}
        moved = posted_by(imported(run.folder, ledger, book, tmp_path / str(place)))
        held = together(held, moved)
        assert of_balance_sheet(held, run.folder) == brought_forward(run.folder)
        assert unlike_rows(run.folder, sheets["closing"], together(us_gaap, held), "ifrs") == {}
        if place:
            month = together(month_of(place, run.plan_folder), moved)
            assert unlike_rows(run.folder, sheets["income"], month, "ifrs") == {}
        else:
            held = year_closed(held, run.folder)
    assert held["1821"] == -100_00 and held["2831"] == -1205_00 and held["4012"] == -330_00, "by hand, of the files"
    assert held.get("1811", 0) + held["2901"] == 25_00 - 110_00


@pytest.mark.parametrize("book", BOOKS)
def test_a_reversal_meets_no_income_of_the_month(months: list[Run], tmp_path: Path, book: Book) -> None:
    """Adjustment A-1 of January reverses in February, in that month's income: a credit of 8.00 then, a debit of 8.00 now. In a
    book that is reversed, what January left is taken back through retained earnings, and is no income of February."""
    february = imported(months[2].folder, "generic", book, tmp_path / "out")
    income = income_of(months[2].folder)
    first_day = posted_by([one for one in february if one.posted == "2023-02-01"])
    assert not set(first_day) & income and bool(first_day) == (book == "balances")
    own = [text for one in february for text in one.texts if "A-1 reversed" in text]
    assert len(own) == 2
    assert posted_by(february)["6602"] == -75_00 + 8_00 + 12_00


def test_an_opening_that_the_file_corrects_is_restated_in_the_ledger(months: list[Run], tmp_path: Path) -> None:
    """A balance of the lease that is 10.00 lower in the file than the month before left it: a basis difference of 7.50 after
    tax, on the first day where differences are carried forward, in the closing difference where they are booked anew."""
    folder = Path(shutil.copytree(months[0].plan_folder, tmp_path / "books"))
    plan = folder / "plan.toml"
    file = folder / "leases.csv"
    closing = "2023-03-31,balance,1821,-100.00\n"
    corrected = "2023-02-28,balance,1821,-160.00\n2023-03-31,balance,1821,-110.00\n"
    file.write_text(file.read_text(encoding="utf-8").replace(closing, corrected), encoding="utf-8")
    plan.write_text(plan_of(3), encoding="utf-8")
    run = close(plan)
    (found,) = run.listed.findings
    assert (found.name, found.where, found.amount_minor) == ("opening basis difference", "leases/opening", -7_50)
    us_gaap = trial_balance(folder / ledger_of(MONTHS[3]), 100)
    for book in BOOKS:
        before = [year_closed(posted_by(imported(months[0].folder, "generic", book, tmp_path / f"{book}-0")), run.folder)]
        before += [posted_by(imported(months[place].folder, "generic", book, tmp_path / f"{book}-{place}")) for place in (1, 2)]
        march = imported(run.folder, "generic", book, tmp_path / book)
        held = together(*before, posted_by(march))
        assert held["4106"] == 7_50
        assert unlike_rows(run.folder, run.manifest.statements.closing, together(us_gaap, held), "ifrs") == {}
        assert ("4106" in posted_by([one for one in march if one.posted == "2023-03-01"])) == (book == "movements")


def test_an_adjustment_is_a_movement_whatever_its_number_is(months: list[Run], tmp_path: Path) -> None:
    """Only the entry of the close itself is a restatement: a number that ends as its name does is one of an adjustment."""
    folder = Path(shutil.copytree(months[0].plan_folder, tmp_path / "books"))
    file = folder / "adjustments.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("A-1,", "A-opening_basis_difference,"), encoding="utf-8")
    (folder / "plan.toml").write_text(plan_of(1), encoding="utf-8")
    january = imported(close(folder / "plan.toml").folder, "generic", "movements", tmp_path / "out")
    assert {one.posted for one in january} == {"2023-01-31"}


def test_one_instant_brings_nothing_forward(months: list[Run], tmp_path: Path) -> None:
    """What a file gives of the first instant is asked of nobody: all of it is booked on the closing day."""
    done = gaapbridge.export(months[0], "generic", book="balances", to=tmp_path / "out")
    assert {(one.kind, str(one.day)) for one in done.vouchers} == {("opening", "2022-12-31")}
    with pytest.raises(UnusableInput, match="a run of one instant brings nothing forward"):
        gaapbridge.export(months[0], "generic", book="balances", opening="booked", to=tmp_path / "other")
