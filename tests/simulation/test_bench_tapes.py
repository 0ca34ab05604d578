"""Benchmark tapes hold what they promise: the number of loans, on book, rule by rule, in the same bytes each time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from gaapbridge.example import write_bench_tapes
from gaapbridge.example.market import SEGMENTS
from gaapbridge.portfolio.checks import check_loans
from tests.simulation.by_hand import half_away, loan_of


def test_all_loans_are_on_book_at_both_instants(tmp_path: Path) -> None:
    files = write_bench_tapes(tmp_path, 2_000)
    opening, closing = pl.read_parquet(files.opening_tape), pl.read_parquet(files.closing_tape)
    assert (opening.height, closing.height) == (files.opening_rows, files.closing_rows) == (2_000, 2_000)
    assert opening["contract_id"].equals(closing["contract_id"])
    assert set(closing["status"]) == {"on_book"}
    assert (closing["maturity_date"] > date(2023, 12, 31)).all()
    assert (closing["interest_received_minor"] >= opening["interest_received_minor"]).all()
    assert pl.read_parquet(files.events).height == 0


@pytest.mark.parametrize("young", [False, True])
def test_readers_reject_no_row(tmp_path: Path, *, young: bool) -> None:
    files = write_bench_tapes(tmp_path, 3_000, young=young)
    for path, instant in ((files.opening_tape, date(2022, 12, 31)), (files.closing_tape, date(2023, 12, 31))):
        checked = check_loans(pl.read_parquet(path), instant=instant, currency="CNY", segments=SEGMENTS, file="tape")
        assert checked.rejects.height == 0


def test_states_follow_the_schedule(tmp_path: Path) -> None:
    """Closed forms against instalment by instalment; they may differ by the fen of a rounding."""
    closing = pl.read_parquet(write_bench_tapes(tmp_path, 8_000, young=True).closing_tape)
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
    closing = pl.read_parquet(files.closing_tape)
    assert closing["term_instalments"].mean() == pytest.approx(12.0, abs=1.5)
    assert 0 < files.opening_rows < 1_000


def test_the_same_bytes_in_full_row_groups(tmp_path: Path) -> None:
    first, again = (write_bench_tapes(tmp_path / name, 70_000) for name in ("a", "b"))
    assert first.closing_tape.read_bytes() == again.closing_tape.read_bytes()
    assert first.plan.read_text(encoding="utf-8") == again.plan.read_text(encoding="utf-8")
    metadata = pq.read_metadata(first.closing_tape)
    assert [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)] == [65_536, 4_464]
