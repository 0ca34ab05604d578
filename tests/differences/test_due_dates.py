"""On which day of a month instalments fall due: what the dates of a tape tell, in both calculators."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.explanation import explain
from gaapbridge.measure.calendar import due_dates, due_days, first_period_length, position
from gaapbridge.reperform.exact import EXACT
from gaapbridge.reperform.grid import Grid
from gaapbridge.tapes.schema import Circumstances
from tests.differences.loans_added import closed_with

MONTHS = 13


def days(*written: date | None) -> np.ndarray:
    return np.array(written, "datetime64[D]")


TOLD = [
    # origination, first due date, maturity, instalments: due day
    ("2023-08-31", "2023-09-30", "2024-08-31", 12, 31),  # both ends of their months, the maturity on a later day
    ("2023-01-31", "2023-02-28", "2024-01-31", 12, 31),
    ("2023-01-15", "2023-02-28", "2024-01-31", 12, 31),
    ("2023-01-30", "2023-02-28", "2024-01-31", 12, 31),  # the maturity goes before the day of origination
    ("2023-01-31", "2023-02-28", "2024-01-28", 12, 28),  # a maturity on the 28th: not the end of the month
    ("2023-01-28", "2023-02-28", "2024-01-28", 12, 28),
    ("2023-01-30", "2023-02-28", "2024-01-30", 12, 30),
    ("2023-12-31", "2024-01-30", "2024-12-30", 12, 30),  # a first due date that is not the last of its month
    ("2023-12-30", "2024-01-30", None, 12, 30),
    ("2023-01-31", "2023-02-28", None, 12, 31),  # no maturity: the day of origination
    ("2023-01-29", "2023-02-28", None, 12, 29),
    ("2023-01-10", "2023-02-28", None, 12, 28),
    ("2023-03-31", "2023-04-30", "2023-11-30", 8, 31),  # a maturity that the 30th and the end of the month both have
    ("2023-03-30", "2023-04-30", "2023-11-30", 8, 30),
    ("2023-03-15", "2023-04-30", "2023-11-30", 8, 30),  # nothing tells: the day of the first
    ("2023-01-31", "2023-02-28", "2024-02-29", 13, 31),
    ("2023-01-15", "2023-02-28", "2024-02-29", 13, 31),  # of a day after the 28th
    ("2023-01-29", "2023-02-28", "2024-02-29", 13, 29),
    ("2024-01-31", "2024-02-29", "2025-02-28", 13, 31),
    ("2024-01-29", "2024-02-29", "2025-02-28", 13, 29),
    ("2023-01-15", "2023-02-28", "2023-12-31", 12, 28),  # a maturity of another month than that of the last instalment
]


@pytest.mark.parametrize(("origination", "first", "maturity", "instalments", "day"), TOLD)
def test_the_due_day_that_the_dates_tell(
    origination: str, first: str, maturity: str | None, instalments: int, day: int
) -> None:
    at, start = date.fromisoformat(origination), date.fromisoformat(first)
    end = None if maturity is None else date.fromisoformat(maturity)
    assert due_days(days(at), days(start), days(end), np.array([instalments])).tolist() == [day]
    assert Grid.of(at, start, instalments, end).due_day == day


def schedules() -> pl.DataFrame:
    """Every day of two years, one of them a leap year, as day of origination, and its due dates a month apart."""
    origination = pl.date_range(date(2023, 1, 1), date(2024, 12, 31), eager=True)
    return pl.DataFrame({"origination": origination}).with_columns(
        pl.col("origination").dt.offset_by(f"{month}mo").alias(f"{month}") for month in range(1, MONTHS + 1)
    )


@pytest.mark.parametrize("stated", [True, False])
def test_a_loan_falls_due_on_the_day_of_its_origination(stated: bool) -> None:
    """A month after origination and every month from there: as the calendar of another library has them."""
    made = schedules()
    origination, first = made["origination"].to_numpy(), made["1"].to_numpy()
    end = made[str(MONTHS)].to_list() if stated else [None] * made.height
    day = due_days(origination, first, days(*end), np.full(made.height, MONTHS))
    assert (first_period_length(origination, first, day) == 1.0).all()
    for month in range(1, MONTHS + 1):
        assert (due_dates(first, day, month - 1) == made[str(month)].to_numpy()).all()
    for row, maturity in zip(made.rows(), end, strict=True):
        grid = Grid.of(row[0], row[1], MONTHS, maturity)
        assert [grid.due(number) for number in range(MONTHS + 1)] == list(row)
        assert grid.first_period == 1


def test_instalments_at_the_end_of_the_month_stay_there() -> None:
    """Of every month's last day and number of instalments; where no later day shows, the day of the first."""
    firsts = pl.date_range(date(2023, 1, 31), date(2024, 12, 31), "1mo", eager=True).dt.month_end()
    for instalments in range(2, MONTHS + 1):
        ends = [firsts.dt.offset_by(f"{number}mo").dt.month_end() for number in range(instalments)]
        origination = firsts.dt.offset_by("-1mo").dt.truncate("1mo").dt.offset_by("9d")
        day = due_days(origination.to_numpy(), firsts.to_numpy(), ends[-1].to_numpy(), np.full(len(firsts), instalments))
        shows = ends[-1].dt.day() > firsts.dt.day()
        assert day.tolist() == np.where(shows, 31, firsts.dt.day()).tolist()
        kept = np.where(shows, np.stack([one.to_numpy() for one in ends]), days(*firsts)).astype("datetime64[D]")
        found = np.stack([due_dates(firsts.to_numpy(), day, number) for number in range(instalments)])
        assert (found[:, shows.to_numpy()] == kept[:, shows.to_numpy()]).all()
        for at, first, last, expected in zip(origination, firsts, ends[-1], day.tolist(), strict=True):
            assert Grid.of(at, first, instalments, last).due_day == expected


@pytest.mark.parametrize("instalments", [1, 2, 13, 60, 480])
def test_a_maturity_on_the_last_due_date_never_contradicts_the_term(instalments: int) -> None:
    """The rule of the tape agrees with the grid, on whatever day the instalments fall due; three weeks later it is broken."""
    made = schedules().select("origination", first_payment_date="1").with_columns(term_instalments=pl.lit(instalments))
    origination, first = made["origination"].to_numpy(), made["first_payment_date"].to_numpy()
    day = due_days(origination, first, days(*[None] * made.height), np.full(made.height, instalments))
    last = due_dates(first, day, instalments - 1)
    broken = next(rule for rule in LOANS.rules if rule.id == "maturity_of_term").broken(Circumstances())
    assert broken is not None
    for later, breaks in ((0, False), (25, True)):
        row = made.rename({"origination": "origination_date"}).with_columns(maturity_date=pl.Series(last + later))
        assert row.select(broken.alias("broken"))["broken"].to_list() == [breaks] * made.height


@pytest.mark.parametrize("origination", [date(2023, 1, 31), date(2023, 1, 30), date(2023, 8, 31), date(2024, 1, 29)])
def test_due_dates_passed_on_every_day(origination: date) -> None:
    """Three years of days held against the due dates themselves."""
    due = [pl.Series([origination]).dt.offset_by(f"{month}mo")[0] for month in range(1, 40)]
    moments = pl.date_range(origination, date(2026, 1, 31), eager=True)
    day, first = np.full(len(moments), origination.day), days(*[due[0]] * len(moments))
    started = days(*[origination] * len(moments))
    terms = np.full(len(moments), MONTHS), np.ones(len(moments))
    found = position(started, first, day, *terms, moments.to_numpy()).due_dates_passed.tolist()
    grid = Grid.of(origination, due[0], MONTHS, due[MONTHS - 1])
    assert found == [grid.due_dates_passed(one) for one in moments] == [sum(each <= one for each in due) for one in moments]


def test_a_first_period_from_the_middle_of_a_month_to_its_end() -> None:
    """From 15 August to 30 September are 46 days of a period of 30, from 31 August on."""
    day = np.array([31])
    assert first_period_length(days(date(2023, 8, 15)), days(date(2023, 9, 30)), day).tolist() == [46 / 30]
    grid = Grid.of(date(2023, 8, 15), date(2023, 9, 30), 12, date(2024, 8, 31))
    assert grid.first_period == EXACT.divide(Decimal(46), Decimal(30))


def test_no_interest_is_accrued_where_the_closing_is_the_last_due_date_of_the_year(starter_copy: Path) -> None:
    """Paid out and due at the ends of months: on 31 December the instalment of that day has been paid."""
    august = {"origination_date": "2023-08-31", "first_payment_date": "2023-09-30", "maturity_date": "2024-08-31"}
    january = {"origination_date": "2023-01-31", "first_payment_date": "2023-02-28", "maturity_date": "2024-01-31"}
    fees = {"fees_received_minor": 240_000}
    run, found = closed_with(
        starter_copy,
        {"contract_id": "AUGUST", "outstanding_principal_minor": 8_158_109, **august, **fees},
        {"contract_id": "JANUARY", "outstanding_principal_minor": 1_055_628, **january, **fees},
        {"contract_id": "ON-28", "outstanding_principal_minor": 1_055_628, **january, "maturity_date": "2024-01-28"},
    )
    accrued = {name: (row["us_accrued_interest"], row["ifrs_accrued_interest"]) for name, row in found.items()}
    on_28 = round(1_055_628 * 0.01 * 3 / 31)
    assert accrued == {"AUGUST": (0, 0), "JANUARY": (0, 0), "ON-28": (on_28, on_28)}
    shown = explain(run.folder, "loan/JANUARY").as_text()
    assert re.search(r"due day of the month +31 +31 is the end of every month", shown)
