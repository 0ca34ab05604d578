"""The monthly history of the example lender's guarantees, of contracts simulated with chances that are known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.example.calendar import NO_DATE, day_number, month_of
from gaapbridge.example.cash import draw_recoveries
from gaapbridge.example.contracts import Contracts, Schedule, schedule_of
from gaapbridge.example.fees import FeeInstalments, fee_instalments
from gaapbridge.example.guarantees import Guarantees, draw_guarantees, paid_out
from gaapbridge.example.market import GUARANTEED_LOANS
from gaapbridge.example.simulate import Course, Standing, simulate
from gaapbridge.example.tapes import WRITTEN_OFF
from gaapbridge.example.year_end import contract_columns, lost

KNOWN_AT = date(2023, 9, 30)
"""The last month end before the chances change."""

MONTH_ENDS = pl.date_range(date(2021, 1, 1), KNOWN_AT, "1mo", eager=True).dt.month_end().to_list()

_EPOCH = np.datetime64("1970-01-01", "D")


def days(numbers: np.ndarray) -> np.ndarray:
    """Days as dates, none where there is none."""
    dates = _EPOCH + numbers.astype("timedelta64[D]")
    return np.where(numbers == NO_DATE, np.datetime64("NaT"), dates)


def write_guarantees(folder: Path, guarantees: int, seed: int) -> Course:
    """Write ``months``, ``contracts``, ``outcomes`` and ``fees`` as Parquet files, of so many guarantees."""
    random = np.random.default_rng(seed)
    given = draw_guarantees(random, 0, guarantees, guarantees)
    loans = given.loans
    schedule = schedule_of(loans)
    instants = [day_number(day) for day in MONTH_ENDS]
    payout_days = GUARANTEED_LOANS.default_days[loans.segment].astype(np.int32)
    course = simulate(loans, schedule, GUARANTEED_LOANS, payout_days, random, instants)
    fees = fee_instalments(loans, given.fees, course)
    gone = lost(course, instants[-1])
    paid = paid_out(given, gone, contract_columns(loans, schedule, course, gone))
    came = draw_recoveries(random, GUARANTEED_LOANS, loans, gone.which, gone.moment, paid, instants[-1])
    folder.mkdir(parents=True, exist_ok=True)
    _performance(given, schedule, course, instants).write_parquet(folder / "months.parquet")
    _outcomes([(gone.which, gone.moment, "payout", paid), (came.which, came.when, "recovery", came.amount)]).write_parquet(
        folder / "outcomes.parquet"
    )
    _contracts(loans).write_parquet(folder / "contracts.parquet")
    _fees(fees, instants[-1], course).write_parquet(folder / "fees.parquet")
    return course


def ids(numbers: np.ndarray) -> pl.Series:
    """Ids in the order of their numbers."""
    return pl.Series("contract_id", [f"G{number:07d}" for number in numbers.tolist()])


def _performance(given: Guarantees, schedule: Schedule, course: Course, instants: list[int]) -> pl.DataFrame:
    parts = [
        _month(given, schedule, course, standing, instant)
        for standing, instant in zip(course.at_instant, instants, strict=True)
    ]
    return pl.concat(parts).sort("contract_id", "month_end")


def _month(given: Guarantees, schedule: Schedule, course: Course, standing: Standing, instant: int) -> pl.DataFrame:
    """Rows of who is on book, and of who left in the month."""
    loans = given.loans
    left = (course.exit_date <= instant) & (month_of(course.exit_date) == month_of(np.array([instant], np.int32)))
    which = np.flatnonzero((standing.due >= 0) | left)
    there = standing.due[which] >= 0
    paid = standing.paid[which]
    owed = loans.principal[which] - schedule.principal[paid, which]
    late = np.maximum(instant - loans.due_date(which, paid + 1), 0)
    words = np.where(course.status[which] == WRITTEN_OFF, "charged_off", "repaid")
    return pl.DataFrame({
        "contract_id": ids(which),
        "month_end": np.full(which.size, _EPOCH + np.timedelta64(instant, "D")),
        "balance_minor": np.where(there, owed * given.share_per_cent[which] // 100, 0),
        "days_past_due": np.where(there & (paid < standing.due[which]), late, 0),
        "status": np.where(there, "on_book", words),
        "rating": standing.rating[which],
    })  # fmt: skip


def _contracts(loans: Contracts) -> pl.DataFrame:
    number = np.arange(loans.principal.size)
    return pl.DataFrame({
        "contract_id": ids(number),
        "segment": pl.Series(GUARANTEED_LOANS.segments).gather(loans.segment),
        "first_payment_date": days(loans.first_payment),
        "origination_date": days(loans.origination),
        "maturity_date": days(loans.due_date(number, loans.term)),
    })  # fmt: skip


def _outcomes(parts: list[tuple[np.ndarray, np.ndarray, str, np.ndarray]]) -> pl.DataFrame:
    frames = [
        pl.DataFrame({"contract_id": ids(which), "date": days(when), "what": np.full(which.size, what), "amount_minor": amount})
        for which, when, what, amount in parts
    ]
    return pl.concat(frames).sort("contract_id", "date")


def _fees(fees: FeeInstalments, last: int, course: Course) -> pl.DataFrame:
    """Every fee; what happened after the last day is not on the tape."""
    moment = np.full(int(fees.which.max()) + 1, last, np.int32)
    collected, lost_ = fees.collected(moment), fees.written_off(moment)
    seen = np.isin(fees.which, np.flatnonzero(np.any([one.due >= 0 for one in course.at_instant], axis=0)))
    return pl.DataFrame({
        "contract_id": ids(fees.which),
        "due_date": days(fees.due),
        "fee_minor": fees.fee,
        "collected_minor": collected,
        "collected_on": days(np.where(collected > 0, fees.collected_on, NO_DATE)),
        "written_off_minor": lost_,
        "written_off_on": days(np.where(lost_ > 0, fees.written_off_on, NO_DATE)),
    }).filter(pl.Series(seen))  # fmt: skip


PLAN = """format = 1
[entity]
name = "Lender"
currency = "CNY"
minor_digits = 2
presentation_unit = 1
[history]
known_at = [2023-09-30]
to = "curves"
rejected_rows = 0
findings = 99
[history.scenarios]
odds = { base = 1 }
supportable_months = 480
reversion = "none"
reversion_months = 0
reversion_reached = "in_month"
[history.guarantees]
default_days = 62
default_days_of = { trust-a = 31, trust-b = 31, trust-c = 31, trust-d = 31, insurer-c = 90 }
look_back_months = 12
matured_within_months = 0
minimum_months = 10
minimum_defaults = 10
minimum_on_book = 100
minimum_charge_offs = 100
minimum_at_risk = 30
severity_years = "all"
discount_rate = 0.03
payouts = { span_days = 3, minimum_share = 0.9 }
fee_losses = { horizon_months = 30, minimum_contracts = 200 }
performance = { path = "months.parquet", amounts = "minor", ignore = ["rating"] }
contracts = { path = "contracts.parquet", amounts = "minor" }
outcomes = { path = "outcomes.parquet", amounts = "minor" }
fees = { path = "fees.parquet", amounts = "minor" }
"""
