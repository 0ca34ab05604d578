"""Days, instalments and recoveries of one contract that cannot all be so: found just beyond what may be, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.period_close import close
from tests.findings.test_records_contradict import EVENTS, GUARANTEES, LOANS, PAYMENTS, again, change, folder, named, rows

__all__ = ["folder"]
OLDER, LATE = "arrears older than on the opening tape", "left long after its end"
PAID_UP, BALLOON = "past due and nothing unpaid", "level instalment leaves a balloon"
PAYING = "paid regularly since its default"
EARLY, TWICE = "loan matured before its end", "recovery of the same amount a day later"


def found(folder: Path) -> dict[str, int | None]:
    return named(close(folder / "plan.toml"))


@pytest.mark.parametrize(
    ("cells", "older"),
    [
        ({"days_past_due": "375"}, False),
        ({"days_past_due": "376"}, True),
        ({"days_past_due": "380", "forborne": "true"}, False),
        ({"days_past_due": "380", "default_date": "2023-02-01", "cured_date": "2023-03-01"}, False),
    ],
)
def test_arrears_grow_by_a_day_a_day(cells: dict[str, str], older: bool, folder: Path) -> None:
    """LOAN-1 was 0 days past due a year, 365 days, before; ten days of grace may not have been counted. Nothing is said of one
    that was given time, or has been in default and out of it."""
    change(folder, LOANS.format(2023), "LOAN-1", **cells)
    assert (OLDER in found(folder)) is older


def test_arrears_of_the_opening_run_on(folder: Path) -> None:
    """100 and 365, and ten: 475."""
    change(folder, LOANS.format(2022), "LOAN-1", days_past_due="100")
    change(folder, LOANS.format(2023), "LOAN-1", days_past_due="475")
    assert OLDER not in found(folder)
    change(folder, LOANS.format(2023), "LOAN-1", days_past_due="476")
    assert OLDER in found(folder)


@pytest.mark.parametrize(("days", "older"), [("136", False), ("137", True)])
def test_arrears_of_what_left_run_to_its_exit(days: str, older: bool, folder: Path) -> None:
    """GUARANTEE-1 left 105 days after the opening, and the days of the month in which it did may count."""
    change(folder, GUARANTEES.format(2023), "GUARANTEE-1", days_past_due=days)
    assert (OLDER in found(folder)) is older


@pytest.mark.parametrize(
    ("cells", "late"),
    [
        ({"exit_date": "2023-05-05"}, None),
        ({"exit_date": "2023-05-06"}, 1_000_000),
        ({"exit_date": "2023-05-06", "days_past_due": "21"}, None),
        ({"exit_date": "2023-05-06", "outstanding_principal_minor": "0"}, None),
    ],
)
def test_nothing_is_owed_long_after_the_end_without_being_past_due(
    cells: dict[str, str], late: int | None, folder: Path
) -> None:
    """GUARANTEE-1 ended on 2023-04-15, with a million owed the moment before."""
    change(folder, GUARANTEES.format(2023), "GUARANTEE-1", **cells)
    assert found(folder).get(LATE) == late


@pytest.mark.parametrize(("day", "late"), [("2023-11-09", None), ("2023-11-15", 2_500_000)])
def test_a_loan_without_a_maturity_ends_with_its_last_instalment(day: str, late: int | None, folder: Path) -> None:
    """Twelve instalments from 2022-11-20 on: the last on 2023-10-20."""
    change(folder, LOANS.format(2023), "LOAN-3", exit_date=day)
    assert found(folder).get(LATE) == late


@pytest.mark.parametrize(
    ("cells", "paid_up"),
    [
        ({}, 18_000_000),
        ({"billed_unpaid_interest_minor": "1"}, None),
        ({"outstanding_principal_minor": "18000018"}, 18_000_018),
        ({"outstanding_principal_minor": "18000019"}, None),
        ({"outstanding_principal_minor": "17999981"}, None),
        ({"forborne": "true"}, None),
        ({"days_past_due": "0"}, None),
    ],
)
def test_who_has_paid_all_that_fell_due_is_not_past_due(cells: dict[str, str], paid_up: int | None, folder: Path) -> None:
    """Eighteen of thirty-six equal parts of 36 million have fallen due, and 18 million are left, to a minor unit for each."""
    change(folder, LOANS.format(2023), "LOAN-1", **{"days_past_due": "30"} | cells)
    assert found(folder).get(PAID_UP) == paid_up


@pytest.mark.parametrize(
    ("status", "day", "early"),
    [
        ("matured", "2023-06-05", 2_500_000),
        ("matured", "2023-08-30", None),
        ("prepaid", "2023-06-05", None),
    ],
)
def test_a_loan_matures_on_its_last_due_date(status: str, day: str, early: int | None, folder: Path) -> None:
    """The last of LOAN-3 falls due on 2023-10-20: 137 days after the one day, 51 after the other."""
    change(folder, LOANS.format(2023), "LOAN-3", status=status, exit_date=day)
    assert found(folder).get(EARLY) == early


@pytest.mark.parametrize(
    ("others", "twice"),
    [
        ([("2023-12-06", "300000")], 300_000),
        ([("2023-12-06", "300000"), ("2023-12-07", "300000")], 600_000),
        ([("2023-12-07", "300000")], None),
        ([("2023-12-06", "300001")], None),
    ],
)
def test_equal_recoveries_on_days_that_follow(others: list[tuple[str, str]], twice: int | None, folder: Path) -> None:
    change(folder, LOANS.format(2023), "LOAN-2", status="written_off", exit_date="2023-11-30")
    again(folder, EVENTS, contract_id="LOAN-2", event_date="2023-11-30", kind="write_off", amount_minor="5174662")
    for day, amount in [("2023-12-05", "300000"), *others]:
        again(folder, EVENTS, contract_id="LOAN-2", event_date=day, kind="recovery", amount_minor=amount)
    assert found(folder).get(TWICE) == twice


@pytest.mark.parametrize(
    ("cells", "months"),
    [
        ({"default_date": "2023-07-14"}, 6),
        ({"default_date": "2023-07-15"}, 0),
        ({"default_date": "2023-07-14", "cured_date": "2023-12-20"}, 0),
        ({}, 0),
    ],
)
def test_a_default_that_lasts_pays_no_instalment_after_the_other(cells: dict[str, str], months: int, folder: Path) -> None:
    """LOAN-1 pays a million and the interest on the 15th of each month: six times after the 14th of July."""
    change(folder, LOANS.format(2023), "LOAN-1", **cells)
    paid = [row for row in rows(folder, PAYMENTS).to_dicts() if row["contract_id"] == "LOAN-1" and row["date"] > "2023-07-14"]
    assert len(paid) == 6 and all(row["date"].endswith("-15") for row in paid)
    amount = sum(int(row["principal_minor"]) + int(row["interest_minor"]) for row in paid)
    assert found(folder).get(PAYING) == (amount if months else None)


@pytest.mark.parametrize(("instalment", "leaves"), [("920000", 1_856_471), ("925000", None), ("100000", None)])
def test_instalments_that_leave_more_than_two_of_them(instalment: str, leaves: int | None, folder: Path) -> None:
    """12 million at 1 % a month grow to 13,521,900 in twelve, and 2,474 more in a first period of 31 days; an instalment to
    12.6825 of itself. 920,000 leave 1,856,471, more than two; 925,000 leave 1,793,062. 100,000 is far from the term."""
    change(folder, LOANS.format(2023), "LOAN-2", instalment_minor=instalment)
    run = found(folder)
    assert (BALLOON in run, "instalment far from the term" in run) == (leaves is not None, instalment == "100000")
    assert run.get(BALLOON) == (None if leaves is None else pytest.approx(leaves, abs=50))
