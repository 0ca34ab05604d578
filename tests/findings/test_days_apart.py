"""Days, instalments and recoveries of one contract that cannot all be so: found just beyond what may be, and not before."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.findings.test_records_contradict import (
    EVENTS,
    FEES,
    GUARANTEES,
    LOANS,
    PAYMENTS,
    again,
    change,
    folder,
    found_in,
    rows,
)

__all__ = ["folder"]
OLDER, LATE = "arrears older than on the opening tape", "left long after its end"
PAID_UP, BALLOON = "past due with principal and interest paid", "level instalment leaves a balloon"
ANEW, ACCRUING = "default reckoned anew", "in default and accruing"
PAYING = "paid regularly since its default"
EARLY, TWICE = "loan matured before its end", "recovery of the same amount a day later"


@pytest.mark.campaign(but=1)
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
    assert (OLDER in found_in(folder)) is older


@pytest.mark.campaign
def test_arrears_of_the_opening_run_on(folder: Path) -> None:
    """100 and 365, and ten: 475."""
    change(folder, LOANS.format(2022), "LOAN-1", days_past_due="100")
    change(folder, LOANS.format(2023), "LOAN-1", days_past_due="475")
    assert OLDER not in found_in(folder)
    change(folder, LOANS.format(2023), "LOAN-1", days_past_due="476")
    assert OLDER in found_in(folder)


@pytest.mark.campaign
@pytest.mark.parametrize(("days", "older"), [("136", False), ("137", True)])
def test_arrears_of_what_left_run_to_its_exit(days: str, older: bool, folder: Path) -> None:
    """GUARANTEE-1 left 105 days after the opening, and the days of the month in which it did may count."""
    change(folder, GUARANTEES.format(2023), "GUARANTEE-1", days_past_due=days)
    assert (OLDER in found_in(folder)) is older


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("cells", "late"),
    [
        ({"exit_date": "2023-05-16"}, None),
        ({"exit_date": "2023-05-17"}, 1_000_000),
        ({"exit_date": "2023-05-17", "days_past_due": "32"}, None),
        ({"exit_date": "2023-05-17", "outstanding_principal_minor": "0"}, None),
    ],
)
def test_nothing_is_owed_long_after_the_end_without_being_past_due(
    cells: dict[str, str], late: int | None, folder: Path
) -> None:
    """GUARANTEE-1 ended on 2023-04-15, with a million owed the moment before; exits may be dated by the end of a month."""
    change(folder, GUARANTEES.format(2023), "GUARANTEE-1", **cells)
    assert found_in(folder).get(LATE) == late


@pytest.mark.campaign
@pytest.mark.parametrize(("day", "late"), [("2023-11-18", None), ("2023-11-24", 2_500_000)])
def test_a_loan_without_a_maturity_ends_with_its_last_instalment(day: str, late: int | None, folder: Path) -> None:
    """Twelve instalments from 2022-11-20 on: the last on 2023-10-20."""
    change(folder, LOANS.format(2023), "LOAN-3", exit_date=day)
    assert found_in(folder).get(LATE) == late


@pytest.mark.campaign(but=1)
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
    assert found_in(folder).get(PAID_UP) == paid_up


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("outstanding", "paid_up"), [("29999994", 18_000_000), ("29999993", None), ("29000000", None), ("31000000", 18_000_000)]
)
def test_who_was_ahead_may_miss_an_instalment(outstanding: str, paid_up: int | None, folder: Path) -> None:
    """Six of 36 parts of a million had fallen due at the opening, and 30 million were left, to a minor unit for each."""
    change(folder, LOANS.format(2022), "LOAN-1", outstanding_principal_minor=outstanding)
    change(folder, LOANS.format(2023), "LOAN-1", days_past_due="30")
    assert found_in(folder).get(PAID_UP) == paid_up


def test_who_prepaid_may_miss_an_instalment(folder: Path) -> None:
    change(folder, LOANS.format(2023), "LOAN-1", days_past_due="30")
    again(folder, EVENTS, contract_id="LOAN-1", amount_minor="1000000")
    assert PAID_UP not in found_in(folder)


@pytest.mark.campaign
def test_a_service_fee_may_be_unpaid(folder: Path) -> None:
    for year in (2022, 2023):
        change(folder, LOANS.format(year), "LOAN-1", service_fee_minor="1")
    change(folder, LOANS.format(2023), "LOAN-1", days_past_due="30")
    assert PAID_UP not in found_in(folder)


@pytest.mark.campaign
@pytest.mark.parametrize(("collected", "paid_up"), [("31000", 6_000_000), ("30999", None), ("0", None)])
def test_a_guarantee_fee_may_be_unpaid(collected: str, paid_up: int | None, folder: Path) -> None:
    """The borrower of GUARANTEE-2 has paid six of twelve parts; of its fee of 31,000 due on 2023-12-15 not all may be."""
    change(folder, GUARANTEES.format(2023), "GUARANTEE-2", days_past_due="16")
    fees = rows(folder, FEES.format(2023))
    last = (pl.col("contract_id") == "GUARANTEE-2") & (pl.col("due_date") == "2023-12-15")
    paid = pl.when(last).then(pl.lit(collected)).otherwise("collected_minor").alias("collected_minor")
    fees.with_columns(paid).write_csv(folder / "tapes" / FEES.format(2023))
    assert found_in(folder).get(PAID_UP) == paid_up


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("before", "now", "anew"),
    [
        ({"days_past_due": "100"}, {"days_past_due": "455"}, False),
        ({"days_past_due": "100"}, {"days_past_due": "454"}, True),
        ({"days_past_due": "90"}, {"days_past_due": "90"}, True),
        ({"days_past_due": "89"}, {"days_past_due": "90"}, False),
        ({"days_past_due": "90"}, {"days_past_due": "89"}, False),
        ({"days_past_due": "100"}, {"days_past_due": "100", "default_date": "2022-12-21"}, False),
        ({"days_past_due": "100", "default_date": "2022-12-21"}, {"days_past_due": "100"}, False),
    ],
)
def test_a_default_that_lasts_gets_older_by_a_day_a_day(
    before: dict[str, str], now: dict[str, str], anew: bool, folder: Path
) -> None:
    """100 and 365, less ten, are 455: with a day less than that, default began by the closing tape eleven days later. The days
    of default are 90; a day that is stated is that of the default."""
    change(folder, LOANS.format(2022), "LOAN-1", **before)
    change(folder, LOANS.format(2023), "LOAN-1", **now)
    assert (ANEW in found_in(folder)) is anew


@pytest.mark.campaign
@pytest.mark.parametrize(("days", "anew"), [("175", False), ("173", True)])
def test_a_default_of_what_left_lasts_to_its_exit(days: str, anew: bool, folder: Path) -> None:
    """GUARANTEE-1 was 100 days past due and left 105 days after: 205, of which the days of a month may not count."""
    change(folder, GUARANTEES.format(2022), "GUARANTEE-1", days_past_due="100")
    change(folder, GUARANTEES.format(2023), "GUARANTEE-1", days_past_due=days)
    assert (ANEW in found_in(folder)) is anew


@pytest.mark.campaign(but=1)
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
    assert found_in(folder).get(EARLY) == early


@pytest.mark.campaign
@pytest.mark.parametrize(("day", "early"), [("2023-02-11", 1_000_000), ("2023-02-12", None)])
def test_a_guarantee_matures_when_a_loan_may(day: str, early: int | None, folder: Path) -> None:
    """GUARANTEE-1 falls due for the last time on 2023-04-15: 63 days after the one day, 62 after the other, in which two
    instalments may be paid ahead."""
    change(folder, GUARANTEES.format(2023), "GUARANTEE-1", exit_date=day)
    assert found_in(folder).get("guarantee matured before its end") == early


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("others", "twice"),
    [
        ([("2023-12-06", "300000")], 300_000),
        ([("2023-12-06", "300000"), ("2023-12-07", "300000")], None),
        ([("2023-12-06", "300000"), ("2023-12-08", "300000")], 300_000),
        ([("2023-12-07", "300000")], None),
        ([("2023-12-08", "300000"), ("2023-12-11", "300000")], 300_000),
        ([("2023-12-09", "300000"), ("2023-12-11", "300000")], 300_000),
        ([("2023-12-08", "300000"), ("2023-12-12", "300000")], None),
        ([("2023-12-08", "300000"), ("2023-12-11", "300000"), ("2023-12-12", "300000")], None),
        ([("2023-12-06", "300001")], None),
    ],
)
def test_equal_recoveries_on_days_that_follow(others: list[tuple[str, str]], twice: int | None, folder: Path) -> None:
    """The first is of Tuesday the 5th; the 8th is a Friday, and the 11th the business day after it. Three in a row are paid
    day by day."""
    change(folder, LOANS.format(2023), "LOAN-2", status="written_off", exit_date="2023-11-30")
    again(folder, EVENTS, contract_id="LOAN-2", event_date="2023-11-30", kind="write_off", amount_minor="5174662")
    for day, amount in [("2023-12-05", "300000"), *others]:
        again(folder, EVENTS, contract_id="LOAN-2", event_date=day, kind="recovery", amount_minor=amount)
    assert found_in(folder).get(TWICE) == twice


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("cells", "months"),
    [
        ({"default_date": "2023-07-14"}, 6),
        ({"default_date": "2023-07-15"}, 0),
        ({"default_date": "2023-07-14", "cured_date": "2023-12-20"}, 0),
        ({"default_date": "2023-07-14", "forborne": "true"}, 0),
        ({"default_date": "2023-07-14", "days_past_due": "89"}, 6),
        ({"default_date": "2023-07-14", "days_past_due": "90"}, 0),
        ({}, 0),
    ],
)
def test_a_default_that_lasts_pays_no_instalment_after_the_other(cells: dict[str, str], months: int, folder: Path) -> None:
    """LOAN-1 pays a million and the interest on the 15th of each month: six times after the 14th of July. Nothing is said of
    one that is observed, or still as late as those in default, of 90 days."""
    change(folder, LOANS.format(2023), "LOAN-1", **cells)
    paid = [row for row in rows(folder, PAYMENTS).to_dicts() if row["contract_id"] == "LOAN-1" and row["date"] > "2023-07-14"]
    assert len(paid) == 6 and all(row["date"].endswith("-15") for row in paid)
    amount = sum(int(row["principal_minor"]) + int(row["interest_minor"]) for row in paid)
    assert found_in(folder).get(PAYING) == (amount if months else None)


def in_default(folder: Path, **terms: str) -> None:
    """LOAN-1 with other terms, in default since a year that it paid in."""
    for year in (2022, 2023):
        change(folder, LOANS.format(year), "LOAN-1", **terms)
    change(folder, LOANS.format(2023), "LOAN-1", default_date="2023-01-10")


def pays(folder: Path, principal: str, interest: str) -> None:
    """The twelve payments of LOAN-1 are of these amounts."""
    change(folder, PAYMENTS, "LOAN-1", principal_minor=principal, interest_minor=interest)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("terms", "least"),
    [
        ({"repayment_type": "level"}, 1_195_715),
        ({"repayment_type": "level", "instalment_minor": "1100000"}, 1_100_000),
        ({"repayment_type": "equal_principal"}, 1_180_000),
        ({"repayment_type": "bullet"}, 180_000),
        ({"repayment_type": "interest_free_instalments"}, 1_000_000),
    ],
)
def test_an_instalment_is_whole_as_the_schedule_has_it(terms: dict[str, str], least: int, folder: Path) -> None:
    """36 million at 1 % a month in 36 instalments: 1,195,715 each where level; 18 million are left, and bear 180,000."""
    in_default(folder, annual_rate="0.12", **terms)
    pays(folder, "0", str(least - 1))
    assert PAYING not in found_in(folder)
    pays(folder, "0", str(least))
    assert found_in(folder)[PAYING] == 12 * least


@pytest.mark.campaign
def test_parts_of_an_instalment_in_one_month_are_a_whole_one(folder: Path) -> None:
    """The interest of 180,000 on the 15th and a million on the 20th, eleven times after the 16th of January and once before."""
    in_default(folder, annual_rate="0.12")
    pays(folder, "0", "180000")
    change(folder, LOANS.format(2023), "LOAN-1", default_date="2023-01-16")
    assert PAYING not in found_in(folder)
    for month in range(2, 13):
        again(folder, PAYMENTS, contract_id="LOAN-1", date=f"2023-{month:02}-20", principal_minor="1000000", interest_minor="0")
    assert found_in(folder)[PAYING] == 11 * 1_180_000


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("cells", "accrued"),
    [
        ({"default_date": "2023-11-20"}, 92_903),
        ({"default_date": "2023-11-20", "nonaccrual_date": "2023-11-20"}, None),
        ({"default_date": "2023-11-20", "cured_date": "2023-12-20"}, None),
        ({"default_date": "2023-11-20", "forborne": "true"}, None),
        ({"default_date": "2023-11-20", "days_past_due": "90"}, None),
        ({"default_date": "2023-07-14"}, None),
        ({}, None),
    ],
)
def test_who_is_in_default_by_its_date_accrues_no_interest(cells: dict[str, str], accrued: int | None, folder: Path) -> None:
    """18 million bear 180,000 a month, of which sixteen of 31 days have run since the 15th of December; one that paid six
    instalments since its default is asked about these."""
    change(folder, LOANS.format(2023), "LOAN-1", **cells)
    assert found_in(folder).get(ACCRUING) == accrued


@pytest.mark.campaign
@pytest.mark.parametrize(("instalment", "leaves"), [("920000", 1_856_471), ("925000", None), ("100000", None)])
def test_instalments_that_leave_more_than_two_of_them(instalment: str, leaves: int | None, folder: Path) -> None:
    """12 million at 1 % a month grow to 13,521,900 in twelve, and 2,474 more in a first period of 31 days; an instalment to
    12.6825 of itself. 920,000 leave 1,856,471, more than two; 925,000 leave 1,793,062. 100,000 is far from the term."""
    change(folder, LOANS.format(2023), "LOAN-2", instalment_minor=instalment)
    run = found_in(folder)
    assert (BALLOON in run, "instalment far from the term" in run) == (leaves is not None, instalment == "100000")
    assert run.get(BALLOON) == (None if leaves is None else pytest.approx(leaves, abs=50))


@pytest.mark.campaign
@pytest.mark.parametrize("instalment", ["920000", "100000"])
def test_a_modified_loan_has_another_instalment_than_its_first_terms(instalment: str, folder: Path) -> None:
    change(folder, LOANS.format(2023), "LOAN-2", instalment_minor=instalment)
    again(folder, EVENTS, contract_id="LOAN-2", event_date="2023-11-20", kind="modification", amount_minor="0")
    run = found_in(folder)
    assert "modification not measured" in run and not {BALLOON, "instalment far from the term"} & run.keys()
