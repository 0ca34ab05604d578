"""Borrowers who pay while in default: interest on the allowance follows their cash, by hand and day by day (IFRS 9 5.4.1(b)).

The year, its halves and its months each take what was owed on every day, whatever stands on the tape that closes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import count, pairwise
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.simulation.by_hand import months_later
from tests.simulation.run_off import Borrower, Standing, _schedule, write_lender

OPENING, HALF, CLOSING = date(2022, 12, 31), date(2023, 6, 30), date(2023, 12, 31)
MONTH_ENDS = [months_later(OPENING, month) for month in range(1, 12)]
PRINCIPAL, TERM = 36_000_000, 36
FIRST = date(2021, 9, 10)

Paid = Sequence[tuple[date, int]]
"""Days on which a borrower paid, and how many instalments at once."""


def borrower(name: str, defaulted: date, paid: Paid, ended: str = "", exit_date: date = date.max) -> Borrower:
    """A loan of 36 level instalments at 18 %, paid as told; in default from a day on, and never cured."""
    balances, interest = _schedule(PRINCIPAL, 0.18 / 12, TERM)
    history = [Standing(FIRST, 0)]
    for day, instalments in paid:
        fallen = defaulted if day >= defaulted else None
        history.append(Standing(day, history[-1].paid + instalments, fallen))
    if not any(one.since >= defaulted for one in history):
        history.append(Standing(defaulted, history[-1].paid, defaulted))
    history.sort(key=lambda one: one.since)
    return Borrower(name, PRINCIPAL, 0.18, TERM, FIRST, balances, interest, tuple(history), ended, exit_date)


def monthly(first: int, last: int, behind: int = 0, days_late: int = 0) -> list[tuple[date, int]]:
    """An instalment with each due date from one to another, some instalments behind and some days late."""
    return [(months_later(FIRST, number + behind) + timedelta(days=days_late), 1) for number in range(first, last + 1)]


BEFORE = monthly(1, 10)
"""Ten instalments paid on their day, the last on 10 July 2022; the next four are missed."""

STEADY = borrower("STEADY", date(2022, 11, 8), [*BEFORE, *monthly(11, 24, behind=4)])
"""Pays again from December on, on each due date the instalment of four before."""

UNEVEN = borrower(
    "UNEVEN",
    date(2022, 11, 8),
    [
        *BEFORE,
        (date(2023, 1, 27), 2),
        (date(2023, 4, 3), 1),
        (date(2023, 6, 30), 3),
        (date(2023, 7, 1), 1),
        (date(2023, 11, 9), 2),
    ],
)
SINCE = borrower("SINCE", date(2023, 2, 8), [*monthly(1, 13), *monthly(14, 16, behind=4, days_late=6), (date(2023, 9, 2), 3)])
"""In default from within the period: thirteen paid, the next on 16 March 2023."""

EVEN = borrower("EVEN", date(2023, 2, 8), [*monthly(1, 13), *monthly(14, 24, behind=3)])
"""In default from within the period, and pays an instalment on each due date from then on, in arrears to the end."""

LOST = borrower("LOST", date(2022, 11, 8), [*BEFORE, (date(2023, 2, 20), 2), (date(2023, 5, 5), 1)], "lost", date(2023, 10, 20))
REPAID = borrower("REPAID", date(2022, 11, 8), [*BEFORE, (date(2023, 3, 1), 4)], "prepaid", date(2023, 8, 22))
TOLD = {one.name: one for one in (STEADY, UNEVEN, SINCE, EVEN, LOST, REPAID)}


def closed(folder: Path, between: Sequence[date], *, with_payments: bool = True) -> list[Run]:
    """The runs of the year from the plan of every instant, with the tape of payments or without."""
    plans = write_lender(folder, instants=(OPENING, *between, CLOSING), also=tuple(TOLD.values()))
    for plan in plans.values() if not with_payments else ():
        plan.write_text(without_payments(plan.read_text(encoding="utf-8")), encoding="utf-8")
    return [close(plan) for plan in plans.values()][1:]


def without_payments(plan: str) -> str:
    """The text of a plan without its tape of payments."""
    return re.sub(r"(?m)^\[tapes\.payments\]\n(\w+ = .*\n)+", "", plan)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Run:
    (run,) = closed(tmp_path_factory.mktemp("year"), ())
    return run


def measured(run: Run, column: str) -> dict[str, float]:
    """A column of the borrowers told here."""
    rows = run.measurements("loans").select("contract_id", column).collect().iter_rows()
    return {contract: amount for contract, amount in rows if contract in TOLD}


def unrecognised(runs: Sequence[Run]) -> dict[str, float]:
    """Interest not recognised on the allowance, of all parts of the year."""
    parts = [measured(run, "ifrs_interest_on_allowance") for run in runs]
    return {name: sum(part.get(name, 0) for part in parts) for name in TOLD}


def by_hand(rates: Mapping[str, float]) -> dict[str, Fraction]:
    """Of every day in default of the year: rate x (what was owed when the month began, less what was paid since, x loss given
    default, less interest in it, which brings none) / days of the month."""
    return {name: Fraction(rates[name]) * sum(_days(one), Fraction(0)) for name, one in TOLD.items()}


def defaulted(one: Borrower) -> date:
    return next(now.defaulted for now in one.history if now.defaulted)


def _days(one: Borrower, owing: date | None = None) -> list[Fraction]:
    """Of every day in default; as if nothing had been paid, or all at once, where what was owed on another day is told."""
    since = defaulted(one)
    until, found = min(CLOSING, one.exit_date), []
    for month, (first, following) in zip(count(), pairwise(months_later(since, number) for number in range(20)), strict=False):
        for day in (first + timedelta(days=number) for number in range((following - first).days)):
            if OPENING <= day < until:
                owed, interest = _owed(one, first, owing or day)
                found.append((owed * _lost(first, month) - interest) / (following - first).days)
    return found


def _owed(one: Borrower, first: date, day: date) -> tuple[Fraction, Fraction]:
    """What is owed on a day, and of it the interest for the periods from the last instalment paid to the month's first day."""
    paid, due = one.standing(day).paid, one.due_by(first)
    running = Fraction((first - one.due(due)).days, (one.due(due + 1) - one.due(due)).days)
    interest = one.balances[paid] * Fraction(18, 1200) * (due - min(paid, due) + running)
    return one.balances[paid] + interest, interest


def _lost(first: date, month: int) -> Fraction:
    """0.64, 0.73 and 0.82; a tenth more from July on; all of it from the third month."""
    if month >= 3:
        return Fraction(1)
    ratio = (Fraction("0.64"), Fraction("0.73"), Fraction("0.82"))[month]
    return ratio * Fraction("1.1") if first >= date(2023, 7, 1) else ratio


def test_what_is_not_recognised_follows_the_cash(year: Run) -> None:
    expected, found = by_hand(measured(year, "ifrs_rate_per_period")), unrecognised([year])
    assert {name: round(float(amount)) for name, amount in expected.items()} == found
    assert min(found.values()) > 1_000_000


@pytest.mark.parametrize(
    "between", [(HALF,), (date(2023, 1, 27), date(2023, 4, 2)), tuple(MONTH_ENDS)], ids=["halves", "days", "months"]
)
def test_parts_add_up_to_the_year(year: Run, tmp_path: Path, between: tuple[date, ...]) -> None:
    whole, parts = unrecognised([year]), unrecognised(closed(tmp_path, between))
    assert {name: parts[name] - whole[name] for name in TOLD if abs(parts[name] - whole[name]) > (len(between) + 1) / 2} == {}


def test_without_payments_an_even_payer_is_told_by_the_two_tapes(year: Run, tmp_path: Path) -> None:
    """Who pays an instalment on each due date stands at every instant as the rows of both tapes have it between."""
    (run,), halves = (
        closed(tmp_path / name, between, with_payments=False) for name, between in (("year", ()), ("halves", (HALF,)))
    )
    by_cash, by_rows = unrecognised([year])["STEADY"], unrecognised([run])["STEADY"]
    assert by_rows == by_cash
    assert abs(unrecognised(halves)["STEADY"] - by_rows) <= 1


def test_without_payments_a_default_of_the_period_is_told_from_its_first_day(year: Run, tmp_path: Path) -> None:
    """Ninety days past due tell how many instalments were paid on the day of default: who pays evenly from then on is told as
    by cash. Of others only the ends are known, between which the interest lies."""
    (run,) = closed(tmp_path, (), with_payments=False)
    by_cash, by_rows, rates = unrecognised([year]), unrecognised([run]), measured(year, "ifrs_rate_per_period")
    assert by_rows["EVEN"] == by_cash["EVEN"]
    assert (by_cash["SINCE"], by_rows["SINCE"]) == (3_792_655, 3_932_724)
    for name, one in TOLD.items():
        first, last = max(OPENING, defaulted(one)), min(CLOSING, one.exit_date - timedelta(days=1))
        most, least = (Fraction(rates[name]) * sum(_days(one, day), Fraction(0)) for day in (first, last))
        assert least - 1 < by_rows[name] < most + 1 and least - 1 < by_cash[name] < most + 1, name
        assert abs(measured(run, "interest_on_allowance_apart")[name] - (most - least)) <= 1, name
    assert set(measured(year, "interest_on_allowance_apart").values()) == {0}
    (said,) = [one for one in run.listed.not_checked if one.row == "loans/interest_on_allowance"]
    assert said.check == "R16" and f"loan/STEADY {measured(run, 'interest_on_allowance_apart')['STEADY']:,}" in said.why
    assert not any(one.row == said.row for one in year.listed.not_checked)


@pytest.mark.parametrize("with_payments", [True, False])
def test_the_second_calculator_agrees(tmp_path: Path, with_payments: bool) -> None:
    (run,) = closed(tmp_path, (), with_payments=with_payments)
    found = reperform(run.folder, addresses=[f"loan/{name}" for name in TOLD])
    assert [one.as_dict() for one in found.disagreements] == []


@pytest.mark.parametrize("with_payments", [True, False])
def test_the_second_calculator_agrees_without_a_row_of_the_opening(tmp_path: Path, with_payments: bool) -> None:
    """Bought in default, as it were: the row of the state alone tells, and what was paid since the default is not owed then."""
    plans = write_lender(tmp_path, instants=(OPENING, CLOSING), also=tuple(TOLD.values()))
    opening = tmp_path / "tapes" / f"loans-{OPENING}.csv"
    pl.read_csv(opening, infer_schema=False).filter(~pl.col("contract_id").is_in(list(TOLD))).write_csv(opening)
    for plan in plans.values() if not with_payments else ():
        plan.write_text(without_payments(plan.read_text(encoding="utf-8")), encoding="utf-8")
    run = [close(plan) for plan in plans.values()][1]
    found = reperform(run.folder, addresses=[f"loan/{name}" for name in TOLD])
    assert [one.as_dict() for one in found.disagreements] == []
    assert min(unrecognised([run]).values()) > 1_000_000


def test_kept_rows_tell_what_the_tapes_told(tmp_path: Path) -> None:
    """Tapes of loans without interest received and a tape of payments without interest: rows that the run keeps have no such
    column either, with whose default of nil nothing would seem to have been received."""
    plans = write_lender(tmp_path, instants=(OPENING, CLOSING), also=tuple(TOLD.values()))
    for tape in (tmp_path / "tapes").glob("loan*.csv"):
        rows = pl.read_csv(tape, infer_schema=False)
        rows.drop("interest_received_minor", "interest_minor", strict=False).write_csv(tape)
    run = [close(plan) for plan in plans.values()][1]
    addresses = [f"loan/{name}" for name in TOLD]
    told = {one: explain(run.folder, one) for one in addresses}
    kept = [pl.read_parquet_schema(file) for file in (run.folder / "samples" / "loans").glob("*.parquet")]
    assert len(kept) == 4 and all({"interest_minor", "interest_received_minor"}.isdisjoint(columns) for columns in kept)
    for name, source in run.sources.items():
        if name.startswith("tapes."):
            source.path.unlink()
    for one in addresses:
        again = explain(run.folder, one)
        assert again.tables == told[one].tables and "calculated from" in again.facts
        assert again.facts["independent calculation"] == told[one].facts["independent calculation"]
    found = reperform(run.folder, addresses=addresses)
    assert [one.as_dict() for one in found.disagreements] == []


def test_halves_of_a_payment_without_numbers_count_in_both_calculators(year: Run, tmp_path: Path) -> None:
    """Every payment in two equal rows, and what is left over: where the plan counts them all, interest is of whole ones."""
    plans = write_lender(tmp_path, instants=(OPENING, CLOSING), also=tuple(TOLD.values()))
    for plan in plans.values():
        text = plan.read_text(encoding="utf-8")
        plan.write_text(text.replace("[tapes.payments]\n", '[tapes.payments]\nsame_rows = "counted"\n'), encoding="utf-8")
    for tape in (tmp_path / "tapes").glob("loan-payments-*.csv"):
        amounts = pl.col("principal_minor", "interest_minor")
        rows = pl.read_csv(tape, infer_schema=False).with_columns(amounts.cast(pl.Int64))
        half, left = rows.with_columns(amounts // 2), rows.with_columns(amounts % 2)
        left = left.filter(pl.any_horizontal(amounts > 0))
        pl.concat([half, half, left]).write_csv(tape)
    run = [close(plan) for plan in plans.values()][1]
    assert unrecognised([run]) == unrecognised([year])
    found = reperform(run.folder, addresses=[f"loan/{name}" for name in TOLD])
    assert [one.as_dict() for one in found.disagreements] == []
