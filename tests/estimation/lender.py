"""A lender with three years of monthly history in which nothing is wrong, for the command that estimates curves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

PLAN = """format = 1
[entity]
name = "Lender"
currency = "USD"
minor_digits = 2
presentation_unit = 1
[history]
known_at = [2021-12-31]
to = "curves"
rejected_rows = 0
findings = 0
[history.scenarios]
odds = { base = 1, downside = 2 }
supportable_months = 480
reversion = "none"
reversion_months = 0
reversion_reached = "in_month"
[history.validation]
openings = [2020-12-31]
out_of_sample_known_at = 2021-06-30
window_months = 6
confidence = 0.95
calendar_allowance = 0.1
least_expected = 5
claims_from = 250
[history.loans]
default_days = 90
look_back_months = 12
matured_within_months = 0
minimum_months = 10
minimum_defaults = 1
minimum_on_book = 5
minimum_charge_offs = 3
minimum_at_risk = 3
severity_years = "all"
discount_rate = 0.1
[[history.loans.exclusions]]
rule = "count_unchanged"
from = 2019-03-01
to = 2019-04-30
reason = "deferrals"
[history.loans.performance]
path = "months.csv"
amounts = "minor"
ignore = ["missed"]
control = { rows = ROWS }
[history.loans.outcomes]
path = "outcomes.csv"
amounts = "minor"
"""

MONTHS, LOANS = 36, 120
COLUMNS = (
    "contract_id", "segment", "month_end", "balance_minor", "days_past_due", "missed", "status", "month_on_book",
    "remaining_instalments",
)  # fmt: skip

PLAN_OF_GUARANTEES = """payouts = { span_days = 5, minimum_share = 0.9 }
fee_losses = { horizon_months = 24, minimum_contracts = 3 }
[history.guarantees.performance]
path = "months.csv"
amounts = "minor"
ignore = ["missed"]
[history.guarantees.outcomes]
path = "payouts.csv"
amounts = "minor"
[history.guarantees.fees]
path = "fees.csv"
amounts = "minor"
"""

PLAN_OF_AWARDS = """[history.awards]
first_day = 2019-01-01
minimum_forfeitures = 3
awards = { path = "awards.csv", amounts = "minor" }
award_tranches = { path = "tranches.csv", amounts = "minor" }
award_events = { path = "events.csv", amounts = "minor" }
"""

LATE = {0: 20, 4: 20, 5: 50, 6: 80, 7: 110, 11: 20, 12: 50, 13: 80, 14: 110, 15: 140, 16: 170}
"""Days past due of a loan that goes bad, by months since its first miss: one instalment, then a default that is cured, then the
one in which it is written off in the last of these months."""


def write_history(folder: Path) -> Path:
    """The plan of a lender of 120 loans: every twelfth goes bad, every fourth is late now and then, some are prepaid.

    ``months_cut.csv`` is the history without the last month of the first of them, ``months_lacking.csv`` that without one month
    of all, ``months_weekend.csv`` that in which many have missed an instalment wherever a month ends on a Saturday or Sunday.
    """
    folder.mkdir(parents=True, exist_ok=True)
    days = pl.date_range(pl.date(2019, 1, 1), pl.date(2021, 12, 1), "1mo", eager=True).dt.month_end().to_list()
    rows = [row for number in range(LOANS) for row in _months(number, days)]
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row").sort("month_end")
    frame.write_csv(folder / "months.csv")
    frame.filter((pl.col("month_end") < days[-1]) | (pl.col("contract_id") > "L014")).write_csv(folder / "months_cut.csv")
    frame.filter(pl.col("month_end") != days[17]).write_csv(folder / "months_lacking.csv")
    weekend = (pl.col("month_end").dt.weekday() > 5) & (pl.col("segment") == "cars") & (pl.col("status") == "on_book")
    late = pl.when(weekend).then(1).otherwise("missed")
    frame.with_columns(missed=late).write_csv(folder / "months_weekend.csv")
    came = [(f"L{number:03d}", days[_first_miss(number) + 16], "recovery", 30_000) for number in range(0, LOANS, 12)]
    pl.DataFrame(came, schema=("contract_id", "date", "what", "amount_minor"), orient="row").write_csv(folder / "outcomes.csv")
    (folder / "plan.toml").write_text(PLAN.replace("ROWS", str(frame.height)), encoding="utf-8")
    _write_guarantees(folder, days)
    _write_awards(folder)
    return folder / "plan.toml"


def _write_guarantees(folder: Path, days: list[date]) -> None:
    """``guarantees.toml``: the same loans, guaranteed; who is 80 days late at a month end is paid out for ten days later, and
    half of it comes back. A fee is due each month; ``fees_of_good.csv`` has those of loans that never go bad."""
    came = [
        row
        for number in range(0, LOANS, 12)
        for row in (
            (f"L{number:03d}", days[_first_miss(number) + 6] + timedelta(days=10), "payout", 80_000),
            (f"L{number:03d}", days[_first_miss(number) + 8], "recovery", 40_000),
        )
    ]
    names = ("contract_id", "date", "what", "amount_minor")
    pl.DataFrame(came, schema=names, orient="row").write_csv(folder / "payouts.csv")
    fees = pl.DataFrame(
        [row for number in range(60) for row in _fees(number, days)],
        schema=("contract_id", "due_date", "fee_minor", "collected_minor", "collected_on"),
        orient="row",
    )
    fees.write_csv(folder / "fees.csv")
    bad = [f"L{number:03d}" for number in range(0, LOANS, 12)]
    fees.filter(~pl.col("contract_id").is_in(bad)).write_csv(folder / "fees_of_good.csv")
    head = PLAN[: PLAN.index("[history.validation]")]
    keys = PLAN[PLAN.index("default_days") : PLAN.index("[[history.loans.exclusions]]")]
    text = f"{head}[history.guarantees]\n{keys}{PLAN_OF_GUARANTEES}"
    (folder / "guarantees.toml").write_text(text, encoding="utf-8")


def _write_awards(folder: Path) -> None:
    """``awards.toml``: twenty awards that vest after three years, of which every fourth is forfeited after one."""
    (folder / "awards.toml").write_text(PLAN[: PLAN.index("[history.validation]")] + PLAN_OF_AWARDS, encoding="utf-8")
    names = [f"A{number:02d}" for number in range(20)]
    awards = [(one, date(2019, 6, 1), "sales_and_marketing", "USD", 10.0, "service") for one in names]
    columns = ("award_id", "grant_date", "function", "currency", "fair_value_per_unit", "condition")
    pl.DataFrame(awards, schema=columns, orient="row").write_csv(folder / "awards.csv")
    tranches = [(one, "1", date(2022, 6, 1), 100) for one in names]
    pl.DataFrame(tranches, schema=("award_id", "tranche", "vesting_date", "units"), orient="row").write_csv(
        folder / "tranches.csv"
    )
    events = [(one, "1", date(2020, 7, 1), "forfeiture", 100) for one in names[::4]]
    columns_of_events = ("award_id", "tranche", "event_date", "kind", "units")
    pl.DataFrame(events, schema=columns_of_events, orient="row").write_csv(folder / "events.csv")


def _fees(number: int, days: list[date]) -> Iterator[tuple[object, ...]]:
    """Fees of a loan, collected when due until it misses for good."""
    for place, day in enumerate(days):
        collected = number % 12 or place < _first_miss(number) + 4
        yield f"L{number:03d}", day, 100, 100 if collected else 0, day if collected else None


def _first_miss(number: int) -> int:
    return 8 + number // 10


def _months(number: int, days: list[date]) -> Iterator[tuple[object, ...]]:
    bad = number % 12 == 0
    for place, day in enumerate(days):
        late = LATE.get(place - _first_miss(number), 0) if bad else 20 * (number % 4 == 1 and (place + number) % 9 == 0)
        left = late == max(LATE.values()) or (number % 10 == 3 and place == 5 + number // 6)
        status = "on_book" if not left else "charged_off" if late else "repaid"
        balance = 0 if left else 100_000 - 1_000 * place
        segment = "cars" if number % 2 else "boats"
        yield f"L{number:03d}", segment, day, balance, late, (late + 10) // 30, status, place + 1, 59 - place
        if left:
            return
