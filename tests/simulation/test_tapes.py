"""The tapes of the example lender obey the tape contract, row by row, and its contracts follow their schedules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from gaapbridge.example import ExampleFiles, chart, write_example
from gaapbridge.example.contracts import ARRANGED_PRODUCT, OWN_PRODUCT, Product, draw_contracts, schedule_of
from gaapbridge.example.market import OWN_LOANS
from tests.loans_checked import check_loans
from tests.simulation.by_hand import half_away, loan_of, rate_of

YEARS = (2021, 2022, 2023)
AMOUNTS = [
    "service_fee_minor",
    "fees_received_minor",
    "costs_paid_minor",
    "outstanding_principal_minor",
    "billed_unpaid_interest_minor",
    "interest_received_minor",
    "days_past_due",
]


@pytest.mark.parametrize("year", YEARS)
def test_every_row_obeys_the_tape_contract(tapes: dict[int, pl.DataFrame], year: int) -> None:
    tape, instant = tapes[year], date(year, 12, 31)
    left = pl.col("status") != "on_book"
    broken = tape.filter(
        ~pl.col("segment").is_in(OWN_LOANS.segments)
        | (pl.col("currency") != "CNY")
        | (pl.col("origination_date") > instant)
        | (pl.col("first_payment_date") <= pl.col("origination_date"))
        | (pl.col("maturity_date") < pl.col("first_payment_date"))
        | (pl.col("principal_minor") <= 0)
        | ~pl.col("annual_rate").is_between(0.0, 0.24)
        | ~pl.col("term_instalments").is_in([3, 6, 12, 24, 36])
        | ((pl.col("instalment_minor").is_not_null()) & (pl.col("repayment_type") != "level"))
        | pl.any_horizontal(pl.col(name) < 0 for name in AMOUNTS)
        | (pl.col("outstanding_principal_minor") > pl.col("principal_minor"))
        | (left != pl.col("exit_date").is_not_null())
        | (pl.col("exit_date") > instant)
        | (pl.col("exit_date") <= pl.col("origination_date"))
        | (pl.col("default_date") > instant)
        | (pl.col("cured_date") < pl.col("default_date"))
        | (pl.col("cured_date").is_not_null() & pl.col("default_date").is_null())
    )
    assert broken.height == 0, broken.head(3).to_dicts()
    assert tape["contract_id"].is_unique().all()
    assert tape["contract_id"].is_sorted()


@pytest.mark.parametrize("year", YEARS)
def test_default_is_ninety_days_and_write_off_one_hundred_and_eighty(tapes: dict[int, pl.DataFrame], year: int) -> None:
    tape = tapes[year]
    in_default = pl.col("default_date").is_not_null() & pl.col("cured_date").is_null()
    on_book = tape.filter(pl.col("status") == "on_book")
    assert on_book.filter((pl.col("days_past_due") >= 90) != in_default).height == 0
    assert (on_book["days_past_due"] < 180).all()
    since = on_book.filter(in_default).select(pl.lit(date(year, 12, 31)) - pl.col("default_date")).to_series().dt.total_days()
    assert (since == on_book.filter(in_default)["days_past_due"] - 90).all()
    assert set(tape.filter(pl.col("status") == "written_off")["days_past_due"]) == {180}
    assert set(tape.filter(pl.col("status") == "prepaid")["days_past_due"]) == {0}


def test_a_contract_is_described_the_moment_before_it_left(tapes: dict[int, pl.DataFrame]) -> None:
    """The last instalment of a matured contract is still owed; a prepaid one owes nothing but principal."""
    for tape in tapes.values():
        matured = tape.filter(pl.col("status") == "matured")
        assert (matured["outstanding_principal_minor"] > 0).all()
        bearing = pl.col("annual_rate") + pl.col("service_fee_minor") > 0
        assert (matured.filter(bearing)["billed_unpaid_interest_minor"] > 0).all()
        assert (matured["exit_date"] >= matured["maturity_date"]).all()
        prepaid = tape.filter(pl.col("status") == "prepaid")
        assert (prepaid["outstanding_principal_minor"] > 0).all()
        assert (prepaid["billed_unpaid_interest_minor"] == 0).all()
        assert (prepaid["exit_date"] < prepaid["maturity_date"]).all()


def test_whoever_pays_a_level_instalment_pays_it_to_the_fen(tapes: dict[int, pl.DataFrame]) -> None:
    running = tapes[2023].filter((pl.col("status") == "on_book") & pl.col("instalment_minor").is_not_null())
    for row in running.gather_every(5).to_dicts():
        paid = loan_of(row).paid_at(date(2023, 12, 31))
        received = row["principal_minor"] - row["outstanding_principal_minor"] + row["interest_received_minor"]
        assert received == paid * (row["instalment_minor"] + row["service_fee_minor"])


def test_every_state_occurs(tapes: dict[int, pl.DataFrame]) -> None:
    tape = tapes[2023]
    assert set(tape["status"]) == {"on_book", "prepaid", "matured", "written_off"}
    assert set(tape["repayment_type"]) == {"level", "equal_principal", "bullet", "interest_free_instalments"}
    assert set(tape["segment"]) == set(OWN_LOANS.segments)
    for flag in ("watch_list", "forborne"):
        assert tape[flag].any()
    assert tape["cured_date"].count() > 0
    assert (tape.filter(pl.col("repayment_type") == "level")["instalment_minor"].is_null()).any()
    odd = pl.col("first_payment_date") != pl.col("origination_date").dt.offset_by("1mo")
    assert 0.05 < tape.select(odd.mean()).item() < 0.25


@pytest.mark.parametrize("year", YEARS)
def test_readers_reject_no_row(tapes: dict[int, pl.DataFrame], year: int) -> None:
    checked = check_loans(tapes[year], instant=date(year, 12, 31), currency="CNY", segments=OWN_LOANS.segments, file="tape")
    assert checked.rejects.height == 0


@pytest.mark.parametrize("year", [2022, 2023])
def test_no_contract_is_lost_between_year_ends(tapes: dict[int, pl.DataFrame], year: int) -> None:
    before, now = tapes[year - 1], tapes[year]
    opening = before.filter(pl.col("status").is_in(["on_book", "written_off"]))
    terms = ["contract_id", "segment", "origination_date", "first_payment_date", "principal_minor", "annual_rate"]
    assert opening.select(terms).join(now.select(terms), on=terms, how="anti").height == 0
    closed = before.filter(pl.col("status").is_in(["prepaid", "matured"]))
    assert closed.join(now, on="contract_id").height == 0
    new = now.join(opening.select("contract_id"), on="contract_id", how="anti")
    assert new["origination_date"].dt.year().unique().to_list() == [year]


@pytest.mark.parametrize("year", [2022, 2023])
def test_events_tell_how_contracts_left(tapes: dict[int, pl.DataFrame], events: dict[int, pl.DataFrame], year: int) -> None:
    tape, happened = tapes[year], events[year]
    assert happened["event_date"].dt.year().unique().to_list() == [year]
    assert (happened["amount_minor"] > 0).all()
    within = pl.col("exit_date").dt.year() == year
    for status, kind in (("written_off", "write_off"), ("prepaid", "prepayment")):
        rows = tape.filter((pl.col("status") == status) & within).select(
            "contract_id", "exit_date", "outstanding_principal_minor"
        )
        told = happened.filter(pl.col("kind") == kind).select("contract_id", "event_date", "amount_minor")
        assert rows.rows() == told.sort("contract_id").rows()
    recovered = happened.filter(pl.col("kind") == "recovery").join(tape, on="contract_id", how="left")
    assert set(recovered["status"]) == {"written_off"}
    assert (recovered["event_date"] > recovered["exit_date"]).all()


def test_nobody_repays_more_than_was_written_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With rare and large payments, so that the limit is reached."""
    monkeypatch.setattr("gaapbridge.example.cash._RECOVERY_EACH_MONTH", 0.01)
    files = write_example(tmp_path, loans=6_000)
    events = pl.concat([pl.read_parquet(path) for path in files.events.values()])
    repaid = events.filter(pl.col("kind") == "recovery").group_by("contract_id").agg(pl.sum("amount_minor"))
    tape = pl.read_parquet(files.tapes[date(2023, 12, 31)])
    joined = repaid.join(tape.select("contract_id", "outstanding_principal_minor"), on="contract_id")
    assert (joined["amount_minor"] <= joined["outstanding_principal_minor"]).all()
    assert (joined["amount_minor"] == joined["outstanding_principal_minor"]).any()


@pytest.mark.parametrize("status", ["on_book", "prepaid", "matured", "written_off"])
def test_a_sample_agrees_with_its_schedule_by_hand(tapes: dict[int, pl.DataFrame], status: str) -> None:
    """Outstanding principal to the fen; interest within the fen that separates two ways of rounding a level instalment."""
    rows = tapes[2023].filter(pl.col("status") == status)
    late = rows.filter(pl.col("days_past_due") > 0)
    for row in [*rows.gather_every(max(1, rows.height // 60)).to_dicts(), *late.head(40).to_dicts()]:
        loan = loan_of(row)
        moment = row["exit_date"] or date(2023, 12, 31)
        paid, due, fee = loan.paid_at(moment), loan.due_at(moment), row["service_fee_minor"]
        assert row["maturity_date"] == loan.due_date(loan.term)
        assert row["outstanding_principal_minor"] == half_away(loan.balance[paid]), row
        assert abs(row["interest_received_minor"] - half_away(loan.interest[paid]) - fee * paid) <= 1, row
        billed = loan.interest[due] - loan.interest[paid]
        assert abs(row["billed_unpaid_interest_minor"] - half_away(billed) - fee * (due - paid)) <= 1, row


@pytest.mark.parametrize("year", YEARS)
def test_the_claim_at_default_by_hand(tapes: dict[int, pl.DataFrame], year: int) -> None:
    """Principal, interest billed and that of the running period on the default date; only where there was a default."""
    tape = tapes[year]
    assert tape["claim_at_default_minor"].is_null().equals(tape["default_date"].is_null())
    open_default = tape.filter(pl.col("default_date").is_not_null() & pl.col("cured_date").is_null())
    for row in open_default.filter(pl.col("days_past_due") > 0).gather_every(3).to_dicts():
        loan, defaulted = loan_of(row), row["default_date"]
        paid, due = loan.paid_at(row["exit_date"] or date(year, 12, 31)), loan.due_at(defaulted)
        interest = loan.interest[due] - loan.interest[paid] + row["service_fee_minor"] * (due - paid)
        running = row["outstanding_principal_minor"] * rate_of(row) * loan.stub(defaulted)
        owed = row["outstanding_principal_minor"] + half_away(interest + running)
        assert abs(row["claim_at_default_minor"] - owed) <= 2, row


def test_scores_worsen_with_missed_instalments_and_say_something(tapes: dict[int, pl.DataFrame]) -> None:
    """Who is in default is weak; of those current a year earlier the weaker defaulted more often."""
    for tape in tapes.values():
        in_default = tape.filter(pl.col("default_date").is_not_null() & pl.col("cured_date").is_null())
        assert set(in_default["rating"]) == {"weak"}
        worse = tape.filter((pl.col("rating") == "weak") & (pl.col("rating_at_origination") != "weak"))
        assert worse.filter(pl.col("days_past_due") == 0).height > 0
    current = tapes[2022].filter((pl.col("status") == "on_book") & (pl.col("days_past_due") == 0))
    after = current.join(tapes[2023].select("contract_id", later="default_date"), on="contract_id")
    defaulted = pl.col("later").dt.year() == 2023
    rates = dict(after.group_by("rating").agg(defaulted.fill_null(value=False).mean()).rows())
    assert rates["weak"] > 1.5 * rates["fair"] > 1.5 * rates["strong"] > 0.0


@pytest.mark.parametrize("product", [OWN_PRODUCT, ARRANGED_PRODUCT], ids=["own", "arranged"])
def test_every_schedule_ends_at_zero(product: Product) -> None:
    random = np.random.Generator(np.random.PCG64(1))
    contracts = draw_contracts(random, product, 0, 3_000, 3_000)
    schedule = schedule_of(contracts)
    last = contracts.term, np.arange(3_000)
    assert (schedule.principal[last] == contracts.principal).all()
    assert (schedule.balance[last] == 0.0).all()
    assert (np.diff(schedule.principal, axis=0) >= 0).all()
    assert (np.diff(schedule.interest, axis=0) >= 0).all()
    still_owed = schedule.balance[contracts.term - 1, np.arange(3_000)]
    assert (still_owed > 0.0).all()


def test_costs_and_charges_never_all_but_cancel() -> None:
    random = np.random.Generator(np.random.PCG64(2))
    contracts = draw_contracts(random, OWN_PRODUCT, 0, 20_000, 20_000)
    gap = np.abs(contracts.costs - contracts.fees - contracts.service_fee * contracts.term)
    assert (gap >= contracts.principal // 250 - 2).all()
    assert (contracts.principal - contracts.fees + contracts.costs > 0).all()


def written(folder: Path, seed: int) -> dict[str, bytes]:
    """All bytes of a small example by file name."""
    write_example(folder, loans=700, seed=seed)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    first, again, other = (written(tmp_path / name, seed) for name, seed in (("a", 5), ("b", 5), ("c", 6)))
    assert first == again
    assert {name for name in first if first[name] != other[name]} >= {name for name in first if name.startswith("tapes")}


def test_tapes_are_written_for_parallel_reading(example: ExampleFiles) -> None:
    file = pq.ParquetFile(example.tapes[date(2023, 12, 31)])
    column = {file.metadata.row_group(0).column(place).path_in_schema: place for place in range(file.metadata.num_columns)}
    money = file.metadata.row_group(0).column(column["outstanding_principal_minor"])
    assert money.compression == "ZSTD"
    assert "DELTA_BINARY_PACKED" in money.encodings


@pytest.mark.parametrize("loans", [1, 3])
def test_a_lender_of_a_few_loans_is_written_too(tmp_path: Path, loans: int) -> None:
    files = write_example(tmp_path, loans=loans)
    for tapes, contracts in ((files.tapes, loans), (files.guarantees, loans * 14 // 10)):
        ids = set().union(*(pl.read_parquet(path)["contract_id"] for path in tapes.values()))
        assert len(ids) == contracts


def test_a_lender_need_not_give_guarantees(tmp_path: Path) -> None:
    files = write_example(tmp_path, loans=50, guarantees=0)
    assert {pl.read_parquet(path).height for path in [*files.guarantees.values(), *files.guarantee_fees.values()]} == {0}
    assert files.ledger.years[date(2023, 12, 31)].balances[chart.STAND_READY_LIABILITY] == 0
