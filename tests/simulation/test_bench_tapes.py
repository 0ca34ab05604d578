"""Benchmark tapes hold what they promise: the number of loans, on book, rule by rule, in the same bytes each time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from benchmarks.tapes import write_bench_tapes
from gaapbridge.contracts.guarantees.schema import GUARANTEE_FEES, GUARANTEES
from gaapbridge.example.market import OWN_LOANS
from tests.loans_checked import check_loans
from tests.simulation.by_hand import half_away, loan_of
from tests.simulation.held import rejects


def test_all_loans_are_on_book_at_both_instants(tmp_path: Path) -> None:
    files = write_bench_tapes(tmp_path, 2_000)
    opening, closing = (pl.read_parquet(path) for path in files.loans)
    assert (opening.height, closing.height) == files.loan_rows == (2_000, 2_000)
    assert opening["contract_id"].equals(closing["contract_id"])
    assert set(closing["status"]) == {"on_book"}
    assert (closing["maturity_date"] > date(2023, 12, 31)).all()
    assert (closing["interest_received_minor"] >= opening["interest_received_minor"]).all()
    assert pl.read_parquet(files.events).height == 0


@pytest.mark.parametrize("young", [False, True])
def test_readers_reject_no_row(tmp_path: Path, *, young: bool) -> None:
    files = write_bench_tapes(tmp_path, 3_000, young=young)
    for place, instant in enumerate((date(2022, 12, 31), date(2023, 12, 31))):
        checked = check_loans(
            pl.read_parquet(files.loans[place]), instant=instant, currency="CNY", segments=OWN_LOANS.segments, file="tape"
        )
        assert checked.rejects.height == 0
        assert rejects(pl.read_parquet(files.guarantees[place]), GUARANTEES, instant).height == 0
        assert rejects(pl.read_parquet(files.guarantee_fees[place]), GUARANTEE_FEES, instant).height == 0


def test_there_are_as_many_guarantees_with_every_fee(tmp_path: Path) -> None:
    """A fee falls due with each instalment and was collected with those paid, so what is collected follows from the term."""
    files = write_bench_tapes(tmp_path, 3_000)
    for place, instant in enumerate((date(2022, 12, 31), date(2023, 12, 31))):
        guarantees, fees = pl.read_parquet(files.guarantees[place]), pl.read_parquet(files.guarantee_fees[place])
        assert (guarantees.height, fees.height) == (files.guarantee_rows[place], files.fee_rows[place])
        assert fees.height == guarantees["term_instalments"].sum()
        assert guarantees["days_past_due"].max() > 31
        first = fees.group_by("contract_id", maintain_order=True).agg(pl.col("collected_minor").gt(0).sum().alias("paid"))
        assert first["contract_id"].equals(guarantees["contract_id"])
        for row, paid in zip(guarantees.head(300).to_dicts(), first["paid"], strict=False):
            assert paid == loan_of(row).paid_at(instant), row
    assert files.guarantee_rows[1] == 3_000


def test_states_follow_the_schedule(tmp_path: Path) -> None:
    """Closed forms against instalment by instalment; they may differ by the fen of a rounding."""
    closing = pl.read_parquet(write_bench_tapes(tmp_path, 8_000, young=True).loans[1])
    late = closing.filter((pl.col("days_past_due") > 0) & (pl.col("service_fee_minor") > 0))
    assert late.height > 3
    for row in [*closing.head(500).to_dicts(), *late.to_dicts()]:
        loan = loan_of(row)
        paid = loan.paid_at(date(2023, 12, 31))
        assert abs(row["outstanding_principal_minor"] - half_away(loan.balance[paid])) <= 1, row
        interest = row["interest_received_minor"] - row["service_fee_minor"] * paid
        assert abs(interest - half_away(loan.interest[paid])) <= 2, row
        due = loan.due_at(date(2023, 12, 31))
        billed = row["billed_unpaid_interest_minor"] - row["service_fee_minor"] * (due - paid)
        assert abs(billed - half_away(loan.interest[due] - loan.interest[paid])) <= 2, row


def test_young_loans_have_a_consumer_lender_s_terms(tmp_path: Path) -> None:
    files = write_bench_tapes(tmp_path, 4_000, young=True)
    closing = pl.read_parquet(files.loans[1])
    assert closing["term_instalments"].mean() == pytest.approx(12.0, abs=1.5)
    assert 0 < files.loan_rows[0] < 1_000


@pytest.mark.campaign
def test_the_same_bytes_in_full_row_groups(tmp_path: Path) -> None:
    first, again = (write_bench_tapes(tmp_path / name, 70_000) for name in ("a", "b"))
    assert [path.read_bytes() for path in first.tapes] == [path.read_bytes() for path in again.tapes]
    assert first.plan.read_text(encoding="utf-8") == again.plan.read_text(encoding="utf-8")
    metadata = pq.read_metadata(first.loans[1])
    assert [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)] == [65_536, 4_464]
