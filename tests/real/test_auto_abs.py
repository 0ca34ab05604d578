"""The example of filed auto loans: tied to its source, tapes within the contract, and closed."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gaapbridge import close
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.tapes.checks import check
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Circumstances
from tests.loans_checked import check_loans
from tests.real.examples import closed_contracts, module_of

pytestmark = pytest.mark.real_data

OPENING, CLOSING = date(2018, 12, 31), date(2019, 12, 31)
FOUND = (
    "level instalment leaves a balloon",  # terms that the filing has changed since
    "days past due differ from the balance",  # loans that were given time, of which the filing tells no day
    "contract older than its curves",
    "credit risk compared by curves alone",
    *["losses other than expected"] * 3,
)
SURPRISES = tuple(f"R17/loans/us/{cell}" for cell in ("total/amount", "bucket/current/number", "bucket/current/amount"))
SEGMENTS = ("near_prime", "prime", "subprime", "super_prime")


@pytest.fixture(scope="module")
def prepared(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder the command writes."""
    output = tmp_path_factory.mktemp("auto_abs")
    assert module_of("auto_abs", "prepare").main([str(real_data / "auto_abs_monthly"), str(output)]) == 0
    return output


def tape(prepared: Path, instant: date) -> pl.DataFrame:
    return pl.read_parquet(prepared / "tapes" / f"loans-{instant}.parquet")


def cents(amounts: pl.Series) -> int:
    return sum(round(amount * 100) for amount in amounts.drop_nulls())


@pytest.mark.parametrize("instant", [OPENING, CLOSING])
def test_balances_on_book_are_those_filed(prepared: Path, real_data: Path, instant: date) -> None:
    months = pl.read_parquet(real_data / "auto_abs_monthly" / "months.parquet")
    filed = months.filter((pl.col("period") == instant.year * 100 + instant.month) & (pl.col("balance_end") > 0))
    on_book = tape(prepared, instant).filter(pl.col("status") == "on_book")
    assert on_book["contract_id"].to_list() == sorted(filed["loan_id"])
    assert on_book["outstanding_principal_minor"].sum() == cents(filed["balance_end"])


def test_tapes_have_the_rows_known_of_the_source(prepared: Path) -> None:
    at_opening, at_closing = (dict(tape(prepared, day)["status"].value_counts().iter_rows()) for day in (OPENING, CLOSING))
    assert at_opening == {"on_book": 2_532, "written_off": 52}
    assert at_closing == {"on_book": 2_002, "written_off": 95, "prepaid": 487}


def test_every_opening_contract_is_on_the_closing_tape(prepared: Path) -> None:
    missing = tape(prepared, OPENING).join(tape(prepared, CLOSING), on="contract_id", how="anti")
    assert missing.is_empty()


def test_source_is_used_plus_excluded(prepared: Path) -> None:
    ties = pl.read_csv(prepared / "ties.csv")
    for unit in ("rows", "minor"):
        assert ties[f"source_{unit}"].to_list() == (ties[f"used_{unit}"] + ties[f"excluded_{unit}"]).to_list()
    excluded = pl.read_csv(prepared / "excluded.csv")
    assert excluded["reason"].null_count() == 0
    by_tie = dict(excluded.group_by("tie").len().iter_rows())
    assert by_tie == {tie: rows for tie, rows in ties.select("tie", "excluded_rows").iter_rows() if rows}


def test_charge_offs_of_the_period_are_those_filed(prepared: Path, real_data: Path) -> None:
    months = pl.read_parquet(real_data / "auto_abs_monthly" / "months.parquet")
    charged = months.filter(pl.col("period").is_between(201901, 201912))["charge_off"]
    left = months.filter((pl.col("event") == "left_pool") & pl.col("period").is_between(201812, 201911))["balance_end"]
    events = pl.read_parquet(prepared / "tapes" / "events.parquet")
    assert events.filter(pl.col("kind") == "write_off")["amount_minor"].sum() == cents(charged) + cents(left)


def test_exit_events_equal_the_exit_rows(prepared: Path) -> None:
    events = pl.read_parquet(prepared / "tapes" / "events.parquet")
    gone = tape(prepared, CLOSING).filter(pl.col("exit_date") > OPENING)
    for status, kind in (("written_off", "write_off"), ("prepaid", "prepayment")):
        rows = gone.filter(pl.col("status") == status)
        found = rows.join(events.filter(pl.col("kind") == kind), on="contract_id").filter(
            (pl.col("event_date") == pl.col("exit_date")) & (pl.col("amount_minor") == pl.col("outstanding_principal_minor"))
        )
        assert found.height == rows.height


def test_recoveries_follow_their_write_off(prepared: Path) -> None:
    events = pl.read_parquet(prepared / "tapes" / "events.parquet").filter(pl.col("kind") == "recovery")
    written_off = tape(prepared, CLOSING).filter(pl.col("status") == "written_off")
    dated = events.join(written_off.select("contract_id", "exit_date"), on="contract_id")
    assert dated.height == events.height
    assert dated.filter(pl.col("event_date") <= pl.col("exit_date")).is_empty()


@pytest.mark.parametrize("instant", [OPENING, CLOSING])
def test_loan_tapes_keep_the_contract(prepared: Path, instant: date) -> None:
    checked = check_loans(tape(prepared, instant), instant=instant, currency="USD", segments=SEGMENTS)
    assert checked.rejects.is_empty()
    assert open_tape(prepared / "tapes" / f"loans-{instant}.parquet", LOANS).rows == checked.good.height


def test_events_keep_the_contract(prepared: Path) -> None:
    source = open_tape(prepared / "tapes" / "events.parquet", EVENTS)
    known = tape(prepared, CLOSING)["contract_id"]
    circumstances = Circumstances(opening=OPENING, closing=CLOSING, contracts=known)
    assert check(source.whole(), EVENTS, circumstances, "events").rejects.is_empty()


def test_default_and_cure_follow_the_missed_months(prepared: Path) -> None:
    on_book = tape(prepared, CLOSING).filter(pl.col("status") == "on_book")
    late = on_book.filter(pl.col("days_past_due") >= 90)
    assert late["default_date"].null_count() == 0 and late["cured_date"].null_count() == late.height
    open_runs = on_book.filter(pl.col("default_date").is_not_null() & pl.col("cured_date").is_null())
    assert open_runs["contract_id"].to_list() == late["contract_id"].to_list()


def test_curves_know_nothing_after_the_opening(prepared: Path, real_data: Path, tmp_path: Path) -> None:
    """The same curves come out of a source that ends at the opening instant, to the last digit."""
    folder = real_data / "auto_abs_monthly"
    pl.read_parquet(folder / "loans.parquet").write_parquet(tmp_path / "loans.parquet")
    months = pl.read_parquet(folder / "months.parquet").filter(pl.col("period") <= 201812)
    months.write_parquet(tmp_path / "months.parquet")
    source = module_of("auto_abs", "auto_source").read_source(tmp_path)
    tables, _ = module_of("auto_abs", "auto_curves").curves(source, OPENING)
    for name, table in tables.items():
        assert table.write_csv() == (prepared / "curves" / f"{name}.csv").read_text(), name


def test_estimates_are_of_the_order_observed(prepared: Path) -> None:
    """README of the source: about 1.7 % prepay a month; most losses are half recovered; most defaults cure."""
    prepayment = pl.read_csv(prepared / "curves" / "prepayment.csv")["single_monthly_mortality"]
    assert prepayment.min() > 0.01 and prepayment.max() < 0.025
    hazard = pl.read_csv(prepared / "curves" / "hazard.csv").filter(pl.col("scenario") == "base")
    steady = hazard.filter((pl.col("bucket") == "current") & (pl.col("months_ahead") == 72)).sort("hazard")
    assert steady["segment"].to_list()[0] == "super_prime" and steady["segment"].to_list()[-1] == "near_prime"
    assert steady["hazard"].min() > 0.002 and steady["hazard"].max() < 0.008
    losses = pl.read_csv(prepared / "curves" / "loss_given_default.csv")
    assert losses["lgd_undiscounted"].is_between(0.15, 0.30).all()
    assert (losses["lgd_discounted"] > losses["lgd_undiscounted"]).all()
    figures = json.loads((prepared / "estimates.json").read_text())
    assert figures["default_episodes"] == 217 and figures["written_off_contracts"] == 52


def test_another_period_of_the_same_source_ties_too(real_data: Path, tmp_path: Path) -> None:
    """The end of January 2020, where a filed balance is below nil: listed, not on the tape."""
    command = [
        str(real_data / "auto_abs_monthly"),
        str(tmp_path),
        "--opening",
        "2019-12-31",
        "--closing",
        "2020-01-31",
    ]
    assert module_of("auto_abs", "prepare").main(command) == 0
    listed = pl.read_csv(tmp_path / "excluded.csv").filter(pl.col("tie") == "balance_2020-01-31")
    assert listed["amount_minor"].to_list() == [-600_382]


def test_the_plan_closes(prepared: Path) -> None:
    """All the way: no row rejected, every contract of both tapes measured; curves known at the opening only are a finding, and
    expected of those who were current almost twice the defaults that came, and more than twice what they owed."""
    measured = closed_contracts(prepared / "plan.toml", FOUND, SURPRISES)
    assert measured == tape(prepared, CLOSING)["contract_id"].to_list()


def test_the_page_says_what_was_expected_and_what_came(prepared: Path, root: Path) -> None:
    """The figures of its last chapter are those of the close."""
    page = (root / "examples/auto_abs/README.md").read_text(encoding="utf-8").replace("\n", " ")
    if not (runs := sorted((prepared / "runs").rglob("hindsight.json"))):
        close(prepared / "plan.toml")
        runs = sorted((prepared / "runs").rglob("hindsight.json"))
    cells = json.loads(runs[0].read_text(encoding="utf-8"))[0]["cells"]
    us = {f"{one['by']} {one['cell']}".strip(): one for one in cells if one["framework"] == "us"}
    late = [us[f"bucket {bucket}"] for bucket in ("1-30", "31-60", "probation")]
    total, current = us["total"], us["bucket current"]
    for told in (
        f"{total['expected']:.1f} defaults were expected under US GAAP and {total['observed']} came",
        f"what chance explains, {total['low']} to {total['high']}",
        f"of {current['contracts']:,} contracts that were current {current['expected']:.1f} were expected and "
        f"{current['observed']} came",
        f"in arrears or on probation {sum(one['expected'] for one in late):.1f} and {sum(one['observed'] for one in late)}",
        f"{total['observed_amount_minor'] / 1e5:,.0f} thousand dollars were owed at default where "
        f"{total['expected_amount_minor'] / 1e5:,.0f} were expected",
    ):
        assert told in page, told
