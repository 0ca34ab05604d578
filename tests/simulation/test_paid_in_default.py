"""Borrowers who pay while in default: what is no revenue follows their cash, by hand and day by day (IFRS 9 5.4.1(b)).

They have 36 level instalments at 18 %, fees of a twentieth and costs of a hundredth of the principal, and prepayments are
expected: the effective rate is 1.77 % a month, and what is deferred is amortised in default as before. The year, its halves and
its months each take what was owed on every day, whatever stands on the tape that closes them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.simulation.by_hand import months_later
from tests.simulation.default_by_hand import Contract, InDefault, Payment
from tests.simulation.run_off import (
    DEFAULT_AFTER,
    WRITTEN_OFF_AFTER,
    Borrower,
    Standing,
    _payments,
    _schedule,
    borrowers,
    write_lender,
)

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
BEYOND = 565_675
"""Interest that REPAID paid beyond what it owed by its row."""
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


def by_hand(one: Borrower) -> InDefault:
    """A borrower told here, in default up to the closing or the day on which it left."""
    return in_default(one, defaulted(one), min(CLOSING, one.exit_date), settled=bool(one.ended))


def in_default(one: Borrower, since: date, until: date, *, settled: bool) -> InDefault:
    """What was paid as the tape has it, with the interest of the payment by which one left, and what each instalment was billed
    as."""
    paid = [Payment(row["date"], row["principal_minor"], row["interest_minor"]) for row in _payments(one)]
    return InDefault(contract(one), paid, since, until, lost, settled=settled, billed=one.interest)


def of_the_year(one: Borrower) -> list[InDefault]:
    """Every time in default of a simulated borrower in the year, cured or not."""
    times = {(now.defaulted, now.cured) for now in one.history if now.defaulted and now.cured}
    day = min(CLOSING, one.exit_date)
    since = one.due(one.standing(day).paid + 1) + DEFAULT_AFTER
    if one.standing(day).paid < one.due_by(day) and since <= day:
        times.add((since, one.exit_date))
    return [
        in_default(one, since, min(until, CLOSING), settled=until <= CLOSING)
        for since, until in sorted(times)
        if until > OPENING and since < CLOSING
    ]


def contract(one: Borrower) -> Contract:
    fees, costs = one.principal // 20, one.principal // 100
    prepaid = ("0.01", "0.02") if one.term < 12 else ("0.005", "0.01")
    rate = str(one.annual_rate)
    return Contract(one.principal, rate, one.term, one.origination, fees=fees, costs=costs, prepaid=prepaid)


def as_agreed(one: Borrower) -> InDefault:
    """The same with instalments of principal and interest that nobody rounded: what two rows can tell."""
    agreed = contract(one)
    paid = [
        Payment(
            now.since,
            agreed.balances[last.paid] - agreed.balances[now.paid],
            sum(agreed.interest[last.paid + 1 : now.paid + 1]),
        )
        for last, now in pairwise(one.history)
    ]
    return replace(by_hand(one), paid=paid, billed=agreed.interest)


def defaulted(one: Borrower) -> date:
    return next(now.defaulted for now in one.history if now.defaulted)


def lost(first: date, month: int) -> Decimal:
    """0.64, 0.73 and 0.82; a tenth more from July on; all of it from the third month."""
    if month >= 3:
        return Decimal(1)
    ratio = (Decimal("0.64"), Decimal("0.73"), Decimal("0.82"))[month]
    return ratio * Decimal("1.1") if first >= date(2023, 7, 1) else ratio


def test_the_effective_rate_is_found_by_bisection(year: Run) -> None:
    """(360,000.00 - 18,000.00 + 3,600.00) is what is expected at 1.774639... % a month."""
    rate = contract(STEADY).rate
    assert round(rate, 8) == Decimal("0.01774639")
    assert measured(year, "ifrs_rate_per_period") == pytest.approx(dict.fromkeys(TOLD, float(rate)), rel=1e-12)


def test_what_is_not_recognised_follows_the_cash(year: Run) -> None:
    expected = {name: by_hand(one).not_revenue(OPENING, CLOSING) for name, one in TOLD.items()}
    assert expected == unrecognised([year])
    assert min(expected.values()) > 1_000_000


def test_what_a_loan_was_repaid_with_beyond_what_it_owed(year: Run) -> None:
    """REPAID owes 28,877.77 of interest by its row, nine instalments of the schedule and twelve days; its tape has a payment of
    34,534.52, nine and a half months at 1.5 % on all of the principal. Cash is what was paid: gross amounts take 5,656.75 more
    than was owed, and revenue is the rate on the net amount all the same (IFRS 9 5.4.1(b), 5.5.8). A ledger that leaves the
    interest of that payment out has it waived, and not revenue is (975.05)."""
    told = by_hand(REPAID)
    last, owed = told.paid[-1], told.interest(REPAID.exit_date)
    assert (last.interest, round(owed)) == (3_453_452, 2_887_777)
    waived = replace(told, paid=[*told.paid[:-1], replace(last, interest=0)])
    as_owed = replace(told, paid=[*told.paid[:-1], replace(last, interest=owed)])
    found = [one.not_revenue(OPENING, CLOSING) for one in (waived, as_owed, told)]
    assert found == [-97_505, 2_790_272, 2_790_272 + BEYOND] and found[-1] == unrecognised([year])["REPAID"]


def test_every_simulated_default_follows_its_cash(year: Run) -> None:
    """Sixteen borrowers of 6 to 18 months: cured, lost, and still in default. Where no row of a tape closes a time in default
    the schedule does, whose instalments nobody rounds: half a fen of each that fell due in it."""
    found = dict(year.measurements("loans").select("contract_id", "ifrs_interest_on_allowance").collect().iter_rows())
    simulated = {one.name: one for one in borrowers("LOAN", 160, WRITTEN_OFF_AFTER, 7)}
    told = {name: of_the_year(simulated[name]) for name, amount in found.items() if amount and name in simulated}
    assert len(told) == 16 and sum(any(time.settled for time in times) for times in told.values()) > 9
    for name, times in told.items():
        periods = [(max(time.since, OPENING), time.until) for time in times]
        expected = sum(time.taken(*days) - time.revenue(*days) for time, days in zip(times, periods, strict=True))
        due = sum(simulated[name].due_by(last) - simulated[name].due_by(first) for first, last in periods)
        assert abs(found[name] - expected) <= Decimal(1 + due) / 2, name


@pytest.mark.campaign
@pytest.mark.parametrize(
    "between", [(HALF,), (date(2023, 1, 27), date(2023, 4, 2)), tuple(MONTH_ENDS)], ids=["halves", "days", "months"]
)
def test_parts_add_up_to_the_year(year: Run, tmp_path: Path, between: tuple[date, ...]) -> None:
    whole, parts = unrecognised([year]), unrecognised(closed(tmp_path, between))
    assert {name: parts[name] - whole[name] for name in TOLD if abs(parts[name] - whole[name]) > (len(between) + 1) / 2} == {}


@pytest.mark.campaign
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
    by cash, but for what the lender rounds of an instalment. Of others only the ends are known: it is off by no more than
    lies between all paid on the first day and on the last. That REPAID paid more than its row owes, its payments alone tell."""
    (run,) = closed(tmp_path, (), with_payments=False)
    by_cash, by_rows, apart = unrecognised([year]), unrecognised([run]), measured(run, "interest_on_allowance_apart")
    assert by_rows["EVEN"] == as_agreed(EVEN).not_revenue(OPENING, CLOSING)
    assert abs(by_rows["EVEN"] - by_cash["EVEN"]) <= 1
    assert (by_cash["SINCE"], by_rows["SINCE"]) == (2_683_005, 2_681_165)
    for name, one in TOLD.items():
        told, first = by_hand(one), max(OPENING, defaulted(one))
        between = told.apart(first, told.until, received_is_told=first == OPENING)
        by_payments = by_cash[name] - (BEYOND if name == "REPAID" else 0)
        assert abs(Decimal(apart[name]) - between) <= 1 and abs(by_rows[name] - by_payments) < between, name
    assert set(measured(year, "interest_on_allowance_apart").values()) == {0}
    (said,) = [one for one in run.listed.not_checked if one.row == "loans/interest_on_allowance"]
    most = max(apart, key=lambda name: apart[name])
    assert said.check == "R16" and f"loan/{most} {apart[most]:,}" in said.why
    assert not any(one.row == said.row for one in year.listed.not_checked)


@pytest.mark.campaign(but=1)
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
