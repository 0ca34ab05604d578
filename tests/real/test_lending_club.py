"""The example of a marketplace lender's book at one instant: tied to its source, within the contract, and measured."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gaapbridge import estimate
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.tapes.read import open_tape
from tests.loans_checked import check_loans
from tests.real.examples import closed_contracts, module_of

pytestmark = pytest.mark.real_data

INSTANT = date(2018, 6, 30)
GRADES = tuple("ABCDEFG")


@pytest.fixture(scope="module")
def prepared(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the first two commands of the page write; the estimation finds what the page says."""
    output = tmp_path_factory.mktemp("lending_club")
    assert module_of("lending_club", "prepare").main([str(real_data / "lc_tape"), str(output)]) == 0
    assert estimate(output / "plan.toml").exit_code == 0
    return output


@pytest.fixture(scope="module")
def tape(prepared: Path) -> pl.DataFrame:
    return pl.read_parquet(prepared / "tapes" / f"loans-{INSTANT}.parquet")


@pytest.fixture(scope="module")
def book(real_data: Path) -> pl.DataFrame:
    return pl.read_parquet(real_data / "lc_tape" / "live_2018.parquet")


def test_the_balance_on_book_is_that_of_the_source(tape: pl.DataFrame, book: pl.DataFrame) -> None:
    on_book = tape.filter(pl.col("status") == "on_book")
    with_balance = book.filter(pl.col("balance") > 0)
    assert on_book.height == with_balance.height == 6_044
    assert on_book["outstanding_principal_minor"].sum() == sum(round(a * 100) for a in with_balance["balance"])
    assert on_book["outstanding_principal_minor"].sum() == 9_006_505_488


def test_every_loan_is_on_the_tape_or_listed(prepared: Path, tape: pl.DataFrame, book: pl.DataFrame) -> None:
    excluded = pl.read_csv(prepared / "excluded.csv", schema_overrides={"contract_id": pl.String})
    listed = [*tape["contract_id"], *excluded["contract_id"]]
    assert sorted(listed) == sorted(book["loan_id"].cast(pl.String))
    assert sorted(excluded.group_by("reason").len()["len"]) == [1, 332]
    principal = tape["principal_minor"].sum() + excluded["principal_minor"].sum()
    assert principal == sum(round(amount * 100) for amount in book["principal"])


def test_days_past_due_stay_in_the_band_of_the_status(tape: pl.DataFrame, book: pl.DataFrame) -> None:
    bands = {
        "Current": (0, 0),
        "In Grace Period": (1, 15),
        "Late (16-30 days)": (16, 30),
        "Late (31-120 days)": (31, 120),
        "Charged Off": (90, 180),
    }
    joined = tape.join(
        book.select(pl.col("loan_id").cast(pl.String).alias("contract_id"), pl.col("status").alias("given")),
        on="contract_id",
    )
    for given, (least, most) in bands.items():
        rows = joined.filter(pl.col("given") == given)
        assert rows.height > 0 and rows["days_past_due"].is_between(least, most).all(), given


def test_the_tape_keeps_the_contract(prepared: Path, tape: pl.DataFrame) -> None:
    assert check_loans(tape, instant=INSTANT, currency="USD", segments=GRADES).rejects.is_empty()
    assert open_tape(prepared / "tapes" / f"loans-{INSTANT}.parquet", LOANS).rows == 6_050


def test_the_history_is_what_the_file_implies(prepared: Path, real_data: Path) -> None:
    """A row for each month in which an instalment was paid, and five more of who was charged off, in the last."""
    resolved = pl.read_parquet(real_data / "lc_tape" / "resolved_2015.parquet")
    performance = pl.read_parquet(prepared / "history" / "performance.parquet")
    ends = performance.group_by("contract_id").agg(pl.len(), pl.col("status").last(), pl.col("days_past_due").last())
    own = resolved.select(
        pl.col("loan_id").cast(pl.String).alias("contract_id"), pl.col("status").alias("given"), "implied_instalments"
    )
    both = ends.join(own, on="contract_id", how="full", validate="1:1")
    lost = both.filter(pl.col("status") == "charged_off")
    assert lost["given"].unique().to_list() == ["Charged Off"] and lost.height == 14_389
    assert (lost["len"] - 5 - lost["implied_instalments"]).is_between(-1.001, 1.001).all()
    assert lost["days_past_due"].is_between(120, 150).all()
    outcomes = pl.read_parquet(prepared / "history" / "outcomes.parquet")
    charged = outcomes.filter(pl.col("what") == "charge_off")["amount_minor"].sum()
    assert charged == sum(round(amount * 100) for amount in resolved["charged_off_principal"])


def test_risk_rises_with_the_grade(prepared: Path) -> None:
    hazard = pl.read_csv(prepared / "curves" / "loans" / "hazard.csv").filter(
        (pl.col("scenario") == "base") & (pl.col("bucket") == "current") & pl.col("months_ahead").is_between(1, 12)
    )
    by_grade = dict(hazard.group_by("segment").agg(pl.col("hazard").sum()).iter_rows())
    assert [by_grade[a] < by_grade[b] for a, b in zip("ABCDE", "BCDEF", strict=True)] == [True] * 5
    losses = pl.read_csv(prepared / "curves" / "loans" / "loss_given_default.csv")
    assert losses["lgd_undiscounted"].is_between(0.86, 0.92).all()  # 12.9 % recovered before the collectors' fee


def test_who_pays_today_cannot_be_in_default_for_three_months_and_who_is_late_is_lost(prepared: Path) -> None:
    hazard = pl.read_csv(prepared / "curves" / "loans" / "hazard.csv").filter(
        (pl.col("scenario") == "base") & (pl.col("segment") == "C") & (pl.col("months_ahead") <= 4)
    )
    by_bucket = {str(bucket): rows["hazard"].to_list() for (bucket,), rows in hazard.group_by("bucket", maintain_order=True)}
    assert by_bucket["current"][:3] == [0.0] * 3 and by_bucket["current"][3] > 0.0
    assert [by_bucket[bucket][:3].index(1.0) for bucket in ("61-90", "31-60", "1-30")] == [0, 1, 2]


def test_hazard_and_prepayment_leave_somebody(prepared: Path) -> None:
    worst = (
        pl.read_csv(prepared / "curves" / "loans" / "hazard.csv")
        .filter(pl.col("bucket") == "current")
        .group_by("segment")
        .agg(pl.col("hazard").max())
    )
    fastest = pl.read_csv(prepared / "curves" / "loans" / "prepayment.csv").group_by("segment").agg(
        pl.col("single_monthly_mortality").max()
    )  # fmt: skip
    both = worst.join(fastest, on="segment")
    assert both.height == 7 and (both["hazard"] + both["single_monthly_mortality"] < 1).all()


def test_the_plan_measures_one_instant(prepared: Path, tape: pl.DataFrame) -> None:
    """No opening: the balance sheet is measured, and no row is rejected; three loans owe two instalments more than their days
    past due say, and the book tells no misses of before."""
    found = (
        "days past due differ from the balance",
        "missed instalments not told",
        "credit risk compared by curves alone",
    )
    assert closed_contracts(prepared / "plan.toml", found) == sorted(tape["contract_id"])
