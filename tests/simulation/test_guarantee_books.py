"""The lender's books of its guarantees are tied to its tapes and its cash by hand, contract by contract, to the fen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl
import pytest

from gaapbridge.example import ExampleFiles, chart, write_example
from gaapbridge.example.guarantee_books import FeeBook
from tests.simulation.by_hand import Guarantee, Row
from tests.simulation.conftest import Frames, frames
from tests.simulation.test_guarantee_tapes import fees_by_guarantee, moment_of

YEARS = (2021, 2022, 2023)
VAT_RATE = (6, 106)


@dataclass
class Sums:
    """A year of the books worked out from the tapes: by related party, the movements and the balance of each."""

    books: dict[bool, dict[str, int]] = field(default_factory=lambda: {False: {}, True: {}})
    stand_ready: int = 0
    released: int = 0

    def add(self, related: bool, **amounts: int) -> None:
        """Add to one of the two books."""
        for name, amount in amounts.items():
            self.books[related][name] = self.books[related].get(name, 0) + amount


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> ExampleFiles:
    """A lender small enough to be worked out contract by contract."""
    return write_example(tmp_path_factory.mktemp("small"), loans=300, guarantees=1_500)


@pytest.fixture(scope="module")
def described(small: ExampleFiles) -> dict[int, dict[str, Guarantee]]:
    """Every guarantee of every tape with its fees, at the moment the tape describes it."""
    tapes, fees = frames(small.guarantees), frames(small.guarantee_fees)
    found: dict[int, dict[str, Guarantee]] = {}
    for year, tape in tapes.items():
        charged = fees_by_guarantee(fees[year])
        found[year] = {
            row["contract_id"]: Guarantee(row, charged[row["contract_id"]], moment_of(row, year)) for row in tape.to_dicts()
        }
    return found


def by_hand(described: dict[int, dict[str, Guarantee]], year: int) -> Sums:
    """One year from the opening and the closing tape, as the flows of a close are defined."""
    sums = Sums()
    for name, end in described[year].items():
        start = described.get(year - 1, {}).get(name)
        row: Row = end.row
        if row["status"] != "on_book" and row["exit_date"].year < year:
            continue
        opened = start is not None and start.row["status"] == "on_book"
        gone = row["status"] != "on_book"
        set_off = min(end.receivable, end.stand_ready) if row["status"] == "settled_early" else 0
        inception = 0 if opened else end.fair_value
        sums.add(
            row["related_party"],
            inception=inception,
            collected=end.collected - (start.collected if opened else 0),
            accretion=end.accretion - (start.accretion if opened else 0),
            set_off=set_off,
            written_off=end.written_off - (start.written_off if opened else 0) + (end.receivable - set_off if gone else 0),
            receivable=0 if gone else end.receivable,
            receivable_non_current=0 if gone else end.receivable_non_current,
        )
        left = 0 if gone else end.stand_ready
        sums.stand_ready += left
        sums.released += (start.stand_ready if opened else 0) + inception - left - set_off
    return sums


def book_of(amounts: dict[str, int]) -> FeeBook:
    return FeeBook(**amounts)


@pytest.mark.parametrize("year", YEARS)
def test_every_movement_is_the_tapes_own(small: ExampleFiles, described: dict[int, dict[str, Guarantee]], year: int) -> None:
    kept, sums = small.books.guarantee_years[date(year, 12, 31)], by_hand(described, year)
    assert kept.others == book_of(sums.books[False])
    assert kept.related == book_of(sums.books[True])
    assert (kept.stand_ready, kept.released) == (sums.stand_ready, sums.released)
    assert min(kept.others.accretion, kept.others.set_off, kept.others.written_off, kept.related.collected) > 0


@pytest.mark.parametrize("year", YEARS)
def test_the_ledger_holds_what_the_contracts_come_to(example: ExampleFiles, year: int) -> None:
    """Balances are nothing but postings; stocks are worked out afresh at each year-end."""
    instant = date(year, 12, 31)
    balances, kept = example.ledger.years[instant].balances, example.books.guarantee_years[instant]
    accounts = (
        (chart.FEES_CURRENT, chart.FEES_NON_CURRENT, kept.others),
        (chart.RELATED_FEES_CURRENT, chart.RELATED_FEES_NON_CURRENT, kept.related),
    )
    for current, non_current, book in accounts:
        assert balances[current] == book.receivable - book.receivable_non_current
        assert balances[non_current] == book.receivable_non_current
    assert balances[chart.STAND_READY_LIABILITY] == -kept.stand_ready


@pytest.mark.parametrize("year", YEARS)
def test_cash_is_what_the_tapes_tell(example: ExampleFiles, guarantees: Frames, fees: Frames, year: int) -> None:
    tape, months = guarantees[year], slice(12 * (year - 2021), 12 * (year - 2020))
    within = (pl.col("status") == "paid_out") & (pl.col("exit_date").dt.year() == year)
    cash = example.books.guarantees
    assert tape.filter(within)["paid_out_minor"].sum() == cash.paid_out[months].sum()
    before = {"contract_id": pl.String(), "recovered_minor": pl.Int64()}
    opening = guarantees[year - 1].select(before.keys()) if year > 2021 else pl.DataFrame(schema=before)
    recovered = tape.join(opening, on="contract_id", how="left", suffix="_before")
    grown = recovered["recovered_minor"].sum() - recovered["recovered_minor_before"].sum()
    assert grown == cash.recovered[months].sum() > 0
    collected = (cash.fees + cash.fees_of_related_parties)[months].sum()
    kept = example.books.guarantee_years[date(year, 12, 31)]
    assert collected == kept.others.collected + kept.related.collected
    assert kept.rows == tape.height
    assert kept.outstanding_principal == tape["outstanding_principal_minor"].sum()


def test_vat_is_remitted_as_fees_are_collected_and_booked_as_they_are_earned(small: ExampleFiles) -> None:
    """What is owed beyond last month's receipts is the tax on revenue earned, less that on all fees collected until then."""
    earned, collected, due = 0, 0, 0
    cash, loans = small.books.guarantees, small.books.loans
    for year in YEARS:
        instant = date(year, 12, 31)
        kept, last = small.books.guarantee_years[instant], 12 * (year - 2020) - 1
        books = (kept.others, kept.related)
        earned += _vat(kept.released) + _vat(sum(book.accretion for book in books))
        earned -= _vat(sum(book.written_off for book in books))
        months = range(12 * (year - 2021), last)
        collected += sum(_vat(int(cash.fees[month]) + int(cash.fees_of_related_parties[month])) for month in months)
        due = _vat(int(loans.interest[last]) + int(loans.fees[last])) + _vat(facilitation(small, last))
        assert small.ledger.years[instant].balances[chart.OTHER_TAX_PAYABLE] == -(earned - collected + due)
        collected += _vat(int(cash.fees[last]) + int(cash.fees_of_related_parties[last]))
    assert due > 0


def facilitation(files: ExampleFiles, month: int) -> int:
    """What funders paid in a month for loans arranged: three per cent."""
    return (2 * 3 * int(files.books.guarantees.funders.lent[month]) + 100) // 200


def test_funders_money_is_no_money_of_the_lender(example: ExampleFiles, guarantees: Frames) -> None:
    """Principal lent by funders less repaid and called is what the tape shows on book."""
    flows = example.books.guarantees.funders
    for year in YEARS:
        months = slice(0, 12 * (year - 2020))
        on_book = guarantees[year].filter(pl.col("status") == "on_book")["outstanding_principal_minor"].sum()
        assert (flows.lent - flows.principal - flows.written_off)[months].sum() == on_book


def _vat(amount: int) -> int:
    sign = -1 if amount < 0 else 1
    return sign * ((2 * abs(amount) * VAT_RATE[0] + VAT_RATE[1]) // (2 * VAT_RATE[1]))
