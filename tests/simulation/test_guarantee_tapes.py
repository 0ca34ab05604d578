"""The tapes of guarantees and fees obey their contracts, and follow the loans that are guaranteed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import polars as pl
import pytest

from gaapbridge.contracts.guarantees.schema import GUARANTEE_FEES, GUARANTEES
from tests.simulation.by_hand import Loan, Row, half_away, loan_of, months_later, rate_of
from tests.simulation.conftest import Frames
from tests.simulation.held import rejects

YEARS = (2021, 2022, 2023)
STATUSES = ("on_book", "settled_early", "matured", "paid_out")


def moment_of(row: Row, year: int) -> date:
    """The moment a row describes: its exit, or the year-end."""
    return row["exit_date"] or date(year, 12, 31)


def sample(tape: pl.DataFrame, rows: int) -> list[Row]:
    """Some rows of every status, and late ones."""
    late = tape.filter((pl.col("days_past_due") > 0) & (pl.col("status") == "on_book")).head(rows)
    kinds = [tape.filter(pl.col("status") == status) for status in STATUSES]
    picked = [kind.gather_every(max(1, kind.height // rows)) for kind in kinds]
    return pl.concat([*picked, late]).to_dicts()


def fees_by_guarantee(fees: pl.DataFrame) -> dict[str, list[Row]]:
    """Fee instalments of each guarantee, in the order of the tape."""
    found: dict[str, list[Row]] = {}
    for row in fees.to_dicts():
        found.setdefault(row["contract_id"], []).append(row)
    return found


def still_recovering(year: int) -> pl.Expr:
    """Paid out less than eighteen months before the year."""
    return (pl.col("status") == "paid_out") & (pl.col("exit_date") > months_later(date(year - 1, 12, 31), -18))


@pytest.mark.parametrize("year", YEARS)
def test_every_row_obeys_its_contract(guarantees: Frames, fees: Frames, year: int) -> None:
    instant = date(year, 12, 31)
    assert rejects(guarantees[year], GUARANTEES, instant).height == 0
    assert rejects(fees[year], GUARANTEE_FEES, instant).height == 0
    assert guarantees[year]["contract_id"].is_sorted()
    assert set(fees[year]["contract_id"]) == set(guarantees[year]["contract_id"])
    in_order = fees[year].select("contract_id", "due_date")
    assert in_order.rows() == in_order.sort("contract_id", "due_date").rows()


@pytest.mark.parametrize("year", [2022, 2023])
def test_no_guarantee_is_lost_between_year_ends(guarantees: Frames, year: int) -> None:
    before, now = guarantees[year - 1], guarantees[year]
    opening = before.filter((pl.col("status") == "on_book") | still_recovering(year))
    terms = ["contract_id", "loan_id", "segment", "origination_date", "principal_minor", "related_party"]
    assert opening.select(terms).join(now.select(terms), on=terms, how="anti").height == 0
    closed = before.filter(pl.col("status").is_in(["settled_early", "matured"]))
    assert closed.join(now, on="contract_id").height == 0
    new = now.join(opening.select("contract_id"), on="contract_id", how="anti")
    assert new["origination_date"].dt.year().unique().to_list() == [year]


@pytest.mark.parametrize("year", YEARS)
def test_each_funder_is_paid_on_its_day(guarantees: Frames, year: int) -> None:
    """Nothing stays on book from that day on: a guarantee in default has been paid out."""
    days = pl.col("segment").str.split("-").list.first().replace_strict({"bank": 62, "trust": 31, "insurer": 90})
    tape = guarantees[year].with_columns(payout_days=days)
    paid, on_book = tape.filter(pl.col("status") == "paid_out"), tape.filter(pl.col("status") == "on_book")
    assert set(paid["payout_days"]) == {31, 62, 90}
    assert (paid["days_past_due"] == paid["payout_days"]).all()
    assert (paid["exit_date"] == paid["default_date"]).all()
    assert (paid["claim_at_default_minor"] == paid["paid_out_minor"]).all()
    assert (on_book["days_past_due"] < on_book["payout_days"]).all()
    assert on_book["default_date"].is_null().all()
    assert tape["cured_date"].is_null().all()


@pytest.mark.parametrize("year", YEARS)
def test_payouts_are_principal_and_interest_by_hand(guarantees: Frames, year: int) -> None:
    """The guaranteed share of what the borrower owed on the day, to the fen."""
    shares = set()
    for row in guarantees[year].filter(pl.col("status") == "paid_out").to_dicts():
        loan, moment = loan_of(row), row["exit_date"]
        outstanding = row["outstanding_principal_minor"]
        stub = outstanding * rate_of(row) * loan.stub(moment)
        owed = outstanding + half_away(row["billed_unpaid_interest_minor"] + Fraction(stub))
        share = Fraction(str(row["guaranteed_share"] or 1))
        assert row["paid_out_minor"] == half_away(owed * share), row
        shares.add(share)
    assert shares == {Fraction(1), Fraction(9, 10)}


@pytest.mark.parametrize("year", YEARS)
def test_a_sample_agrees_with_its_schedule_by_hand(guarantees: Frames, year: int) -> None:
    for row in sample(guarantees[year], 40):
        loan, moment = loan_of(row), moment_of(row, year)
        paid, due = loan.paid_at(moment), loan.due_at(moment)
        assert row["maturity_date"] == loan.due_date(loan.term)
        assert row["outstanding_principal_minor"] == half_away(loan.balance[paid]), row
        assert abs(row["billed_unpaid_interest_minor"] - half_away(loan.interest[due] - loan.interest[paid])) <= 1, row


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("year", YEARS)
def test_fees_are_collected_with_the_loan(guarantees: Frames, fees: Frames, year: int) -> None:
    """Instalment by instalment: due and covered as agreed, collected where the borrower paid, at maturity with the last."""
    of_guarantee = fees_by_guarantee(fees[year])
    kinds: dict[str, int] = {}
    written_off = 0
    for row in sample(guarantees[year], 60):
        loan, moment, charged = loan_of(row), moment_of(row, year), of_guarantee[row["contract_id"]]
        paid = loan.term if row["status"] == "matured" else loan.paid_at(moment)
        kind, goes_with = agreed(loan, charged)
        kinds[kind] = kinds.get(kind, 0) + 1
        for fee, instalment in zip(charged, goes_with, strict=True):
            assert fee["due_date"] == loan.due_date(instalment)
            gone = fee["written_off_minor"] > 0
            assert gone <= (loan.due_date(instalment + 1) <= moment)
            assert fee["collected_minor"] == (fee["fee_minor"] if instalment <= paid and not gone else 0), (row, fee)
            assert fee["written_off_minor"] in (0, fee["fee_minor"])
            written_off += gone
    assert kinds["monthly"] > kinds["quarterly"] > 0
    assert kinds["up_front"] > 0
    assert written_off > 0


def agreed(loan: Loan, charged: list[Row]) -> tuple[str, list[int]]:
    """How fees are paid, and with which loan instalment each goes (nought: at origination); coverage has no gap."""
    months = [0, *range(1, loan.term + 1)]
    if len(charged) == loan.term:
        kind, goes_with, starts = "monthly", months[1:], months[:-1]
    elif len(charged) == 1 and loan.term > 3:
        kind, goes_with, starts = "up_front", [0], [0]
    else:
        kind, goes_with = "quarterly", months[: loan.term : 3]
        starts = goes_with
    ends = [*starts[1:], loan.term]
    assert [fee["coverage_start"] for fee in charged] == [loan.due_date(month) for month in starts]
    assert [fee["coverage_end"] for fee in charged] == [loan.due_date(month) for month in ends]
    return kind, goes_with


def test_some_guarantees_are_worth_less_than_their_fees(guarantees: Frames, fees: Frames) -> None:
    totals = fees[2023].group_by("contract_id").agg(pl.col("fee_minor").sum())
    both = guarantees[2023].join(totals, on="contract_id")
    stated = both.filter(pl.col("stand_ready_minor").is_not_null())
    assert stated.height / both.height == pytest.approx(0.12, abs=0.03)
    ratio = stated["stand_ready_minor"] / stated["fee_minor"]
    assert ratio.is_between(0.959, 0.9961).all()
    assert both["related_party"].mean() == pytest.approx(0.03, abs=0.01)


@pytest.mark.parametrize("year", [2022, 2023])
def test_recoveries_only_grow_and_never_exceed_the_payout(guarantees: Frames, year: int) -> None:
    """Those paid out before the year are listed with what came back since."""
    columns = ["contract_id", "recovered_minor", "paid_out_minor"]
    before = guarantees[year - 1].filter(still_recovering(year)).select(columns)
    both = before.join(guarantees[year].select(columns), on=["contract_id", "paid_out_minor"])
    assert both.height == before.height > 0
    assert (both["recovered_minor_right"] >= both["recovered_minor"]).all()
    assert (both["recovered_minor_right"] > both["recovered_minor"]).any()
    assert (both["recovered_minor_right"] <= both["paid_out_minor"]).all()
    assert guarantees[year].filter(pl.col("status") != "paid_out")["recovered_minor"].sum() == 0
