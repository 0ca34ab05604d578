"""The example of filed auto loans: tied to its source, tapes within the contract, and closed."""

import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from gaapbridge import close, estimate
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
)
SEGMENTS = ("680_to_719", "720_and_above", "below_680")
TABLES = ("prepayment", "hazard", "loss_given_default", "recovery")


@pytest.fixture(scope="module")
def prepared(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the first two commands of the page write; the estimation finds what the page says."""
    output = tmp_path_factory.mktemp("auto_abs")
    assert module_of("auto_abs", "prepare").main([str(real_data / "auto_abs_monthly"), str(output)]) == 0
    assert estimate(output / "plan.toml").exit_code == 0
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
    """The version of the opening comes out of a source that ends soon after it, whatever that tells of later months."""
    folder = real_data / "auto_abs_monthly"
    pl.read_parquet(folder / "loans.parquet").write_parquet(tmp_path / "loans.parquet")
    months = pl.read_parquet(folder / "months.parquet").filter(pl.col("period") <= 201901)
    months.write_parquet(tmp_path / "months.parquet")
    arguments = [str(tmp_path), str(tmp_path / "out"), "--closing", "2019-01-31"]
    assert module_of("auto_abs", "prepare").main(arguments) == 0
    estimate(tmp_path / "out" / "plan.toml")
    for name in TABLES:
        short, whole = (
            pl.read_csv(output / "curves" / "loans" / f"{name}.csv").filter(pl.col("valid_from") == str(OPENING))
            for output in (tmp_path / "out", prepared)
        )
        assert short.height and short.equals(whole), name


def test_estimates_are_of_the_order_observed(prepared: Path) -> None:
    """README of the source: about 1.7 % prepay a month; most losses are half recovered; most defaults cure. Who was late lately
    defaults more often than who was not, and who was in default more often still."""
    tables = {name: pl.read_csv(prepared / "curves" / "loans" / f"{name}.csv") for name in TABLES}
    prepayment = tables["prepayment"]["single_monthly_mortality"]
    assert prepayment.min() > 0.005 and prepayment.max() < 0.05 and 0.014 < prepayment.mean() < 0.024
    base = tables["hazard"].filter((pl.col("scenario") == "base") & pl.col("months_ahead").is_between(1, 12))
    summed = base.group_by("valid_from", "segment", "bucket").agg(pl.col("hazard").sum())
    by_bucket = summed.pivot("bucket", index=["valid_from", "segment"], values="hazard")
    assert by_bucket.height == 6
    order = ("current", "recently_late", "1-30", "31-60")
    assert all((by_bucket[low] < by_bucket[high]).all() for low, high in pairwise(order))
    assert (by_bucket["recently_late"] < by_bucket["probation"]).all()
    losses = tables["loss_given_default"]
    assert losses.filter(pl.col("months_since_default") == 0)["lgd_undiscounted"].is_between(0.10, 0.35).all()
    assert (losses["lgd_discounted"] - losses["lgd_undiscounted"]).is_between(-0.02, 0.02).all()  # a loss after a cure is late


def test_the_tape_tells_the_last_instalment_missed_and_nothing_later(prepared: Path, real_data: Path) -> None:
    months = pl.read_parquet(real_data / "auto_abs_monthly" / "months.parquet")
    number = pl.col("period") // 100 * 12 + pl.col("period") % 100
    missed = months.filter((pl.col("period") <= 201812) & (pl.col("consecutive_missed") > 0))
    since = missed.group_by("loan_id").agg((2018 * 12 + 12 - number.max()).cast(pl.Int64).alias("since"))
    on_book = tape(prepared, OPENING).filter(pl.col("status") == "on_book")
    beside = on_book.join(since, left_on="contract_id", right_on="loan_id", how="left")
    assert beside["months_since_last_missed"].to_list() == beside["since"].to_list()
    assert beside.filter(pl.col("days_past_due") > 0)["since"].unique().to_list() == [0]


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
    what they expected came."""
    measured = closed_contracts(prepared / "plan.toml", FOUND)
    assert measured == tape(prepared, CLOSING)["contract_id"].to_list()


def test_the_page_says_what_was_expected_and_what_came(prepared: Path, root: Path) -> None:
    """The figures of its last chapter are those of the close."""
    page = (root / "examples/auto_abs/README.md").read_text(encoding="utf-8").replace("\n", " ")
    if not (runs := sorted((prepared / "runs").rglob("hindsight.json"))):
        close(prepared / "plan.toml")
        runs = sorted((prepared / "runs").rglob("hindsight.json"))
    cells = json.loads(runs[0].read_text(encoding="utf-8"))[0]["cells"]
    us = {f"{one['by']} {one['cell']}".strip(): one for one in cells if one["framework"] == "us"}
    total = us["total"]
    told = [
        f"{total['expected']:.1f} defaults were expected under US GAAP and {total['observed']} came",
        f"what chance explains, {total['low']} to {total['high']}",
        f"{total['observed_amount_minor'] / 1e5:,.0f} thousand dollars were owed at default where "
        f"{total['expected_amount_minor'] / 1e5:,.0f} were expected",
    ]
    for bucket in ("current", "recently_late", "probation", "1-30", "31-60"):
        cell = us[f"bucket {bucket}"]
        expected, came, chance = f"{cell['expected']:.1f}", cell["observed"], f"{cell['low']} to {cell['high']}"
        told.append(f"| `{bucket}` | {cell['contracts']:,} | {expected} | {came} | {chance} |")
    for words in told:
        assert words in page, words


def test_the_page_says_what_a_validation_says(prepared: Path, tmp_path: Path, root: Path) -> None:
    page = re.sub(r"\s+", " ", (root / "examples/auto_abs/README.md").read_text(encoding="utf-8"))
    made = estimate(prepared / "plan.toml", validate=True, to=tmp_path / "held")
    for row in (row for test in made.kinds[0].details["validation"]["tests"] for row in test["summary"]):
        assert f"{row['expected']:,.1f} {row['outcome']}s" in page and f"{row['came']} came" in page, row
