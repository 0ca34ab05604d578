"""What the adapter of the filed auto loans does with tapes that contradict themselves: a named finding, or a plain refusal."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge import close, estimate
from gaapbridge.terms.errors import UnusableInput
from tests.real.auto_pool import CLOSING, LOAN, MONTH, OPENING, Row, pool, write
from tests.real.examples import EXAMPLES, module_of

pytestmark = pytest.mark.campaign  # every test prepares a pool of filed loans and closes it
ALWAYS = {
    "contract older than its curves",
    "credit risk compared by curves alone",
    "level instalment leaves a balloon",  # 140 a month for 73 months, of 12,000 at 6 %
    "nothing expected of a bucket",  # by its rule a loan of the pool that missed an instalment never comes to miss three
}

Months = list[Row]


def prepare(folder: Path, output: Path, opening: date = OPENING, closing: date = CLOSING) -> int:
    arguments = [str(folder), str(output), "--opening", str(opening), "--closing", str(closing)]
    status: int = module_of("auto_abs", "prepare").main(arguments)
    return status


def of(months: Months, loan: str, since: int, until: int = 209912) -> list[Row]:
    """The rows of a loan in a span of months, to be changed in place."""
    return [row for row in months if row["loan_id"] == loan and since <= row["period"] <= until]


def without(months: Months, loan: str, since: int, until: int = 209912) -> Months:
    gone = of(months, loan, since, until)
    return [row for row in months if row not in gone]


def credit_at_exit(months: Months) -> Months:
    """loan-000 pays 500 too much in March, and is paid back in April."""
    march, april = of(months, "loan-000", 201903, 201904)
    march |= {
        "principal_paid": march["balance_begin"] + 500.0,
        "total_paid": march["balance_begin"] + 540.0,
        "balance_end": -500.0,
    }
    april |= {**MONTH, "balance_begin": -500.0, "principal_paid": -500.0, "balance_end": 0.0}
    return without(months, "loan-000", 201905)


def back_on_book(months: Months, loan: str, left: int, back: int, **exit_row: Any) -> Months:
    """A loan that leaves in a month and is on book again, with what it owed, from a later one on."""
    (leaving,) = of(months, loan, left, left)
    leaving |= {**MONTH, **exit_row, "balance_end": 0.0}
    returned = of(months, loan, back)
    returned[0] |= {"balance_begin": 0.0, "event": "reinstated", "other_adjustment": -returned[0]["balance_end"] - 100.0}
    return [row for row in months if row not in of(months, loan, left + 1, back - 1)]


def charged_off_and_back(months: Months) -> Months:
    owed = of(months, "loan-000", 201902)[0]["balance_begin"]
    return back_on_book(months, "loan-000", 201902, 201904, event="charge_off", charge_off=owed)


def charged_off_before_and_back(months: Months) -> Months:
    owed = of(months, "loan-000", 201811)[0]["balance_begin"]
    return back_on_book(months, "loan-000", 201811, 201904, event="charge_off", charge_off=owed)


def charged_off_and_back_after(months: Months) -> Months:
    owed = of(months, "loan-000", 201811)[0]["balance_begin"]
    return back_on_book(months, "loan-000", 201811, 201812, event="charge_off", charge_off=owed)


def repaid_and_back(months: Months) -> Months:
    owed = of(months, "loan-000", 201902)[0]["balance_begin"]
    paid = {"principal_paid": owed, "total_paid": owed + 40.0, "interest_and_other_paid": 40.0}
    return back_on_book(months, "loan-000", 201902, 201904, event="paid_off", **paid)


def twice(months: Months) -> Months:
    return [*months, *of(months, "loan-000", 201902, 201902)]


def month_missing(months: Months) -> Months:
    return without(months, "loan-000", 201812, 201901)


def disappears(months: Months) -> Months:
    return without(months, "loan-000", 201903)


def disappears_and_returns(months: Months) -> Months:
    """Said to have left the pool in February, and reported again from May on."""
    of(months, "loan-000", 201902, 201902)[0]["event"] = "left_pool"
    return without(months, "loan-000", 201903, 201904)


def negative_in_between(months: Months) -> Months:
    (row,) = of(months, "loan-000", 201902, 201902)
    row["balance_end"] = -row["balance_end"]
    return months


def charged_off_in_part(months: Months) -> Months:
    (row,) = of(months, "loan-000", 201902, 201902)
    row |= {"charge_off": 60.0, "principal_paid": 40.0, "event": "charge_off"}
    return months


def first_reported_late(months: Months) -> Months:
    return [row for row in months if row["loan_id"] != "loan-000" or row["period"] >= 201902]


CASES: list[tuple[Callable[[Months], Months], dict[str, tuple[int, int]], set[str]]] = [
    # what is changed; findings of the adapter by rows and cents; findings of the close beyond those that always are
    (list, {}, set()),
    (credit_at_exit, {"credit balance at exit": (1, -50_000)}, set()),
    (charged_off_and_back, {"loan reinstated": (1, 980_000)}, set()),
    (
        charged_off_before_and_back,
        {"loan reinstated": (1, 980_000)},
        {"loan on book again after its write-off"},
    ),
    (charged_off_and_back_after, {"loan reinstated": (1, 1_020_000)}, set()),
    (repaid_and_back, {"loan reinstated": (1, 980_000)}, set()),
    (twice, {"row filed twice": (1, 1_000_000)}, set()),
    (month_missing, {"month not reported": (2, 2 * 1_030_000), "balance moved between reports": (1, -20_000)}, set()),
    (disappears, {"reports stop with a balance": (1, 1_000_000)}, set()),
    (disappears_and_returns, {"month not reported": (2, 2 * 1_000_000), "balance moved between reports": (1, -20_000)}, set()),
    (
        negative_in_between,
        {
            "credit balance at exit": (1, -1_000_000),
            "balance not explained by its month": (1, 2_000_000),
            "loan reinstated": (1, 990_000),
        },
        set(),
    ),
    (charged_off_in_part, {"charged off in part": (1, 6_000)}, set()),
    (first_reported_late, {"first reported after the opening": (1, 1_010_000)}, {"contract missing at the opening"}),
]


@pytest.mark.parametrize(("changed", "found", "closed"), CASES, ids=[case[0].__name__ for case in CASES])
def test_a_tape_that_contradicts_itself_is_read_in_one_way_and_named(
    changed: Callable[[Months], Months],
    found: dict[str, tuple[int, int]],
    closed: set[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The finding stands in the file and is printed; the source ties; the close rejects no row and finds what it should."""
    loans, months = pool()
    assert prepare(write(tmp_path / "filed", loans, changed(months)), tmp_path) == 0
    printed = capsys.readouterr().out
    listed = pl.read_csv(tmp_path / "findings.csv", schema_overrides={"amount_minor": pl.Int64})
    assert set(re.findall(r"^Finding: ([^,]+),", printed, flags=re.MULTILINE)) == set(listed["finding"]) == {*found}
    sums = listed.group_by("finding").agg(pl.len(), pl.col("amount_minor").sum())
    assert {name: (rows, amount) for name, rows, amount in sums.iter_rows()} == found
    assert set(listed["where"]) <= {"loan-000"}
    ties = pl.read_csv(tmp_path / "ties.csv")
    for unit in ("rows", "minor"):
        assert ties[f"source_{unit}"].to_list() == (ties[f"used_{unit}"] + ties[f"excluded_{unit}"]).to_list()
    assert estimate(tmp_path / "plan.toml").kinds[0].rejects.is_empty()
    run = close(tmp_path / "plan.toml")
    assert pl.read_csv(run.folder / "rejects.csv").is_empty()
    assert {finding.name for finding in run.listed.findings} - {"losses other than expected"} == ALWAYS | closed


def states(folder: Path, instant: date, loan: str = "loan-000") -> list[tuple[str, date | None, int]]:
    """Status, exit date and balance of a loan on the tape of an instant."""
    tape = pl.read_parquet(folder / "tapes" / f"loans-{instant}.parquet").filter(pl.col("contract_id") == loan)
    return tape.select("status", "exit_date", "outstanding_principal_minor").rows()


def events(folder: Path, loan: str = "loan-000") -> list[tuple[date, str, int]]:
    found = pl.read_parquet(folder / "tapes" / "events.parquet").filter(pl.col("contract_id") == loan)
    return found.select("event_date", "kind", "amount_minor").rows()


def prepared(folder: Path, changed: Callable[[Months], Months], *instants: date) -> Path:
    loans, months = pool()
    assert prepare(write(folder / "filed", loans, changed(months)), folder, *instants) == 0
    return folder


def test_who_overpaid_left_as_repaid_with_what_was_owed_and_the_credit_is_listed(tmp_path: Path) -> None:
    march = date(2019, 3, 31)
    folder = prepared(tmp_path, credit_at_exit, OPENING, march)
    assert states(folder, march) == [("prepaid", march, 1_000_000)]
    assert events(folder) == [(march, "prepayment", 1_000_000)]
    listed = pl.read_csv(folder / "excluded.csv").filter(pl.col("tie") == f"balance_{march}")
    assert listed.select("contract_id", "amount_minor").rows() == [("loan-000", -50_000)]


def test_a_loan_that_left_and_came_back_within_the_period_never_left(tmp_path: Path) -> None:
    folder = prepared(tmp_path, charged_off_and_back)
    assert (states(folder, OPENING), states(folder, CLOSING)) == ([("on_book", None, 1_020_000)], [("on_book", None, 960_000)])
    assert events(folder) == []
    listed = pl.read_csv(folder / "excluded.csv").filter(pl.col("tie") == "write_offs")
    assert listed.select("contract_id", "month", "amount_minor").rows() == [("loan-000", 201902, 1_010_000)]


def test_between_its_charge_off_and_its_return_a_loan_has_left(tmp_path: Path) -> None:
    """Nobody knew at the end of March that it would be back in April."""
    folder = prepared(tmp_path, charged_off_and_back, OPENING, date(2019, 3, 31))
    assert states(folder, date(2019, 3, 31)) == [("written_off", date(2019, 2, 1), 1_010_000)]
    assert events(folder) == [(date(2019, 2, 1), "write_off", 1_010_000)]


def test_a_loan_charged_off_by_the_opening_is_so_on_its_tape_whatever_came_later(tmp_path: Path) -> None:
    folder = prepared(tmp_path, charged_off_before_and_back)
    assert states(folder, OPENING) == [("written_off", date(2018, 11, 1), 1_040_000)]
    assert states(folder, CLOSING) == [("on_book", None, 960_000)]


def test_a_month_that_nobody_reported_has_the_balance_before_it(tmp_path: Path) -> None:
    folder = prepared(tmp_path, month_missing)
    assert states(folder, OPENING) == [("on_book", None, 1_030_000)]
    moved = pl.read_csv(folder / "excluded.csv").filter(pl.col("tie") == "principal_movement")
    assert moved.select("contract_id", "month", "amount_minor").rows() == [("loan-000", 201902, 20_000)]


def test_a_month_reported_of_nobody_is_no_instant_and_no_month_of_the_curves(tmp_path: Path) -> None:
    """It may lie within the period: then all that was on book has the balance before it."""
    loans, months = pool()
    filed = write(tmp_path / "filed", loans, [row for row in months if row["period"] != 201903])
    assert prepare(filed, tmp_path / "a") == 0
    found = pl.read_csv(tmp_path / "a" / "findings.csv").filter(pl.col("finding") == "month not reported")
    assert found["month"].unique().to_list() == [201903] and found.height == found["where"].n_unique() > 100
    assert prepare(filed, tmp_path / "b", closing=date(2019, 3, 31)) == 2


def test_a_loan_that_disappears_is_written_off_in_the_month_after(tmp_path: Path) -> None:
    folder = prepared(tmp_path, disappears)
    assert states(folder, CLOSING) == [("written_off", date(2019, 3, 1), 1_000_000)]
    assert events(folder) == [(date(2019, 3, 1), "write_off", 1_000_000)]


@pytest.mark.parametrize(
    ("changed", "rows", "last"),
    [
        (month_missing, 22, (date(2019, 6, 30), "on_book")),
        (charged_off_and_back_after, 17, (date(2018, 11, 30), "charged_off")),
        (repaid_and_back, 20, (date(2019, 2, 28), "repaid")),
        (disappears, 21, (date(2019, 3, 31), "charged_off")),
        (disappears_and_returns, 22, (date(2019, 6, 30), "on_book")),
    ],
)
def test_the_history_has_no_month_that_was_not_reported_or_after_leaving(
    changed: Callable[[Months], Months], rows: int, last: tuple[date, str], tmp_path: Path
) -> None:
    """24 months of a loan, of which two were not reported; or those up to the first by which it left, whatever came later."""
    performance = pl.read_parquet(prepared(tmp_path, changed) / "history" / "performance.parquet")
    own = performance.filter(pl.col("contract_id") == "loan-000")
    assert (own.height, own.select("month_end", "status").row(-1)) == (rows, last)


def second_pool(loans: list[Row], months: Months, ends: int) -> tuple[list[Row], Months]:
    """The first hundred loans in a pool of their own, of which the reports end."""
    own = {loan["loan_id"] for loan in loans[:100]}
    moved = [{**loan, "pool": "second"} if loan["loan_id"] in own else loan for loan in loans]
    return moved, [row for row in months if row["loan_id"] not in own or row["period"] <= ends]


Day = tuple[date, date]
INSTANTS: list[tuple[Day, str]] = [
    ((date(2017, 5, 31), CLOSING), "it reports from 2017-07-31 to 2019-06-30"),  # before the data
    ((OPENING, date(2019, 7, 31)), "it reports from 2017-07-31 to 2019-06-30"),  # after the data
    ((date(2019, 7, 31), date(2019, 8, 31)), "it reports from 2017-07-31 to 2019-06-30"),
    ((OPENING, OPENING), "after the opening"),
    ((CLOSING, OPENING), "after the opening"),
    ((date(2018, 12, 30), CLOSING), "a month end"),
    ((OPENING, date(2019, 6, 1)), "a month end"),
]


@pytest.mark.parametrize(("instants", "said"), INSTANTS, ids=[f"{since}-{until}" for (since, until), _ in INSTANTS])
def test_instants_of_which_the_files_say_too_little_are_refused(
    instants: Day, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loans, months = pool()
    assert_refused(write(tmp_path / "filed", loans, months), tmp_path / "out", said, capsys, *instants)


def test_an_instant_after_the_end_of_one_pool_is_refused_though_another_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filed = write(tmp_path / "filed", *second_pool(*pool(), ends=201904))
    assert_refused(filed, tmp_path / "out", "pool second has loans .* to 2019-04-30", capsys)


def test_a_pool_that_ran_off_needs_no_report(tmp_path: Path) -> None:
    loans, months = second_pool(*pool(), ends=201904)
    own = {loan["loan_id"] for loan in loans if loan["pool"] == "second"}
    for row in months:
        if row["loan_id"] in own and row["period"] == 201904:
            row |= {"principal_paid": row["balance_begin"], "balance_end": 0.0, "event": "paid_off"}
    assert prepare(write(tmp_path / "filed", loans, months), tmp_path / "out") == 0


def changed_row(**given: Any) -> Callable[[Months], Months]:
    def changed(months: Months) -> Months:
        of(months, "loan-000", 201902, 201902)[0].update(given)
        return months

    return changed


def unlike_twice(months: Months) -> Months:
    return [*months, {**of(months, "loan-000", 201902, 201902)[0], "total_paid": 150.0}]


def without_column(months: Months) -> Months:
    return [{name: cell for name, cell in row.items() if name != "charge_off"} for row in months]


CONTRADICTIONS: list[tuple[Callable[[Months], Months], str]] = [
    (unlike_twice, "loan-000, 201902 .* one row each"),
    (without_column, "column: charge_off .* the layout has this column"),
    (lambda months: [], "the layout has this column|the table has a row"),
    (changed_row(loan_id="stranger"), "stranger .* every loan is in loans.parquet"),
    (changed_row(event="sold"), "sold .* one of none"),
    (changed_row(event="charge_off"), "a charge-off states its amount"),
    (changed_row(balance_end=None), "column: balance_end .* no cell is empty here"),
    (changed_row(balance_end=100.001), "whole cents"),
    (changed_row(balance_end=float("nan")), "whole cents"),
    (changed_row(period=201913), "a year and month"),
]


@pytest.mark.parametrize(("changed", "said"), CONTRADICTIONS)
def test_files_that_allow_of_no_reading_are_refused_in_one_sentence(
    changed: Callable[[Months], Months], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loans, months = pool()
    assert_refused(write(tmp_path / "filed", loans, changed(months)), tmp_path / "out", said, capsys)


def assert_refused(
    filed: Path, output: Path, said: str, capsys: pytest.CaptureFixture[str], opening: date = OPENING, closing: date = CLOSING
) -> None:
    """Exit 2, one line that says why, and nothing written."""
    assert prepare(filed, output, opening, closing) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and re.search(said, printed.err), printed.err
    assert not output.exists()


def test_the_command_refuses_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "months.parquet").write_text("no Parquet", encoding="utf-8")
    (tmp_path / "loans.parquet").write_text("no Parquet", encoding="utf-8")
    command = [sys.executable, str(EXAMPLES / "auto_abs" / "prepare.py"), str(tmp_path), str(tmp_path / "out")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.fullmatch(r"prepare: file: .*loans.parquet \| rule: the file is Parquet \| remedy: write it again\n", ran.stderr)


def no_default(months: Months) -> Months:
    """Nobody misses a third instalment, and who was charged off is repaid."""
    repaid = {"event": "paid_off", "charge_off": 0.0, "repo_proceeds": 0.0}
    mild = [{**row, "consecutive_missed": min(row["consecutive_missed"], 2)} for row in months]
    return [
        {**row, **repaid, "principal_paid": row["balance_begin"], "total_paid": row["balance_begin"]}
        if row["event"] == "charge_off"
        else row
        for row in mild
    ]


def test_a_history_too_short_or_without_a_default_is_refused_by_the_estimation(tmp_path: Path) -> None:
    loans, months = pool()
    assert prepare(write(tmp_path / "filed", loans, months), tmp_path / "early", opening=date(2017, 10, 31)) == 0
    with pytest.raises(UnusableInput, match="the history begins in 2017-07: 3 months before, within the look-back"):
        estimate(tmp_path / "early" / "plan.toml")
    calm = write(tmp_path / "calm", loans, no_default(months))
    assert prepare(calm, tmp_path / "none") == 0
    assert not (estimate(tmp_path / "none" / "plan.toml").folder / "loans" / "loss_given_default.csv").exists()


def test_of_a_segment_hardly_seen_the_estimation_says_so_and_all_segments_stand_behind_it(tmp_path: Path) -> None:
    loans, months = pool()
    loans.append({**LOAN, "loan_id": "late", "credit_score": 600})
    months.append({**MONTH, "loan_id": "late", "period": 201812, "balance_begin": 9_000.0, "balance_end": 9_000.0})
    folder = tmp_path / "out"
    assert prepare(write(tmp_path / "filed", loans, months), folder) == 0
    made = estimate(folder / "plan.toml")
    assert "thin segment in a history" in {finding.name for finding in made.findings}
    hazard = pl.read_csv(folder / "curves" / "loans" / "hazard.csv")
    assert set(hazard["segment"]) == {"680_to_719", "below_680"}
    assert close(folder / "plan.toml").exit_code == 1
