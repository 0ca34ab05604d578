"""R19: a ledger taken after closing entries, or of two years as one, is refused by name; retained earnings and income agree."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.checking import check as check_plan
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.loans import direct
from gaapbridge.period_close import close
from gaapbridge.plan import read_plan
from gaapbridge.run import Run
from gaapbridge.statement.checks import Check
from gaapbridge.terms.errors import UnusableInput

OPENING, CLOSING = "ledger/trial-balance-2022-12-31.csv", "ledger/trial-balance-2023-12-31.csv"
RETAINED, DIVIDENDS_FROM = "4104", "1001"
NOT_MOVED = '#retained_earnings_moved = { "dividend of 2022" = -100000 }'
Balances = dict[str, int]


def balances(path: Path) -> Balances:
    """A trial balance, debit positive."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["account"]: int(row["debit_minor"]) - int(row["credit_minor"]) for row in rows}


def rewritten(path: Path, change: Callable[[Balances], None]) -> None:
    """A trial balance changed and written again; it still balances."""
    found = balances(path)
    change(found)
    assert sum(found.values()) == 0
    lines = [f"{account},{max(0, balance)},{max(0, -balance)}" for account, balance in found.items()]
    path.write_text("\n".join(["account,debit_minor,credit_minor", *lines]) + "\n", encoding="utf-8")


def edited(starter_copy: Path, *changes: tuple[str, str]) -> Path:
    """The plan with texts replaced, each of which is there."""
    plan = starter_copy / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    plan.write_text(text, encoding="utf-8")
    return plan


def refused(plan: Path) -> dict[str, str | None]:
    """What a close says of a plan that it refuses; `check` says the same without measuring."""
    with pytest.raises(UnusableInput) as close_says:
        close(plan)
    with pytest.raises(UnusableInput) as check_says:
        check_plan(plan)
    assert str(close_says.value) == str(check_says.value)
    return {name: getattr(close_says.value, name) for name in ("file", "key", "row", "value", "rule", "remedy")}


def checks(run: Run) -> Mapping[str, Check]:
    return {check.id.removeprefix("R19/"): check for check in run.listed.checks if check.check == "R19"}


def income(found: Balances) -> list[str]:
    return [account for account in found if account.startswith("6")]


def closed(found: Balances) -> None:
    """Closing entries: all income and expense to retained earnings."""
    for account in income(found):
        found[RETAINED] = found.get(RETAINED, 0) + found[account]
        found[account] = 0


def test_the_ledger_of_the_starter_is_the_right_one(starter_copy: Path) -> None:
    """What 2022 earned, the sum of its accounts of income and expense, is what retained earnings hold a year later."""
    found = checks(close(starter_copy / "plan.toml"))
    before, after = balances(starter_copy / OPENING), balances(starter_copy / CLOSING)
    earned = sum(before[account] for account in income(before))
    assert RETAINED not in before and earned == after[RETAINED] != 0
    assert (found["bs-2023/retained_earnings"].expected, found["bs-2023/retained_earnings"].actual) == (earned, earned)
    assert found["bs-2023/retained_earnings"].evidence == "recomputed"
    assert {name: check.evidence for name, check in found.items() if name.startswith("is-")} == {
        "is-2023/6001": "same source",
        "is-2023/6701": "same source",
        "is-2023/6002": "independent",
        "is-2023/6003": "independent",
        "is-2023/6702": "same source",
        "is-2023/6703": "same source",
    }


def test_a_ledger_after_closing_entries_is_refused(starter_copy: Path) -> None:
    rewritten(starter_copy / CLOSING, closed)
    said = refused(starter_copy / "plan.toml")
    assert said["file"] == CLOSING and said["value"] == "6001 to 6801"
    assert "taken before closing entries: on this one every account of the income statement is nil" in str(said["rule"])
    assert "before the profit was closed" in str(said["remedy"])


def test_a_ledger_of_two_years_as_one_is_refused(starter_copy: Path) -> None:
    """2022 was never closed: its income stands on the accounts beside that of 2023, retained earnings as they stood."""
    before = balances(starter_copy / OPENING)

    def never_closed(found: Balances) -> None:
        for account in income(before):
            found[account] = found.get(account, 0) + before[account]
        found[RETAINED] = before.get(RETAINED, 0)

    rewritten(starter_copy / CLOSING, never_closed)
    said = refused(starter_copy / "plan.toml")
    profit = -sum(before[account] for account in income(before))
    assert said["file"] == CLOSING and f"2022-12-31, {profit:,} minor units" in str(said["rule"])
    assert "two years as one" in str(said["rule"]) and "close that year in the ledger" in str(said["remedy"])


@pytest.mark.campaign
def test_a_profit_that_was_distributed_whole_is_declared(starter_copy: Path) -> None:
    before = balances(starter_copy / OPENING)
    profit = -sum(before[account] for account in income(before))

    def distributed(found: Balances) -> None:
        found[RETAINED] += profit
        found[DIVIDENDS_FROM] -= profit

    rewritten(starter_copy / CLOSING, distributed)
    assert "two years as one" in str(refused(starter_copy / "plan.toml")["rule"])
    plan = edited(starter_copy, (NOT_MOVED, f'retained_earnings_moved = {{ "all of it" = {-profit} }}'))
    assert all(check.holds for check in checks(close(plan)).values())


@pytest.mark.campaign
def test_a_dividend_that_is_not_declared_is_found(starter_copy: Path) -> None:
    def paid(found: Balances) -> None:
        found[RETAINED] += 50_000
        found[DIVIDENDS_FROM] -= 50_000

    rewritten(starter_copy / CLOSING, paid)
    run = close(starter_copy / "plan.toml")
    (finding,) = run.listed.findings
    assert (finding.name, finding.amount_minor) == ("retained earnings do not roll forward", 50_000)
    assert "retained_earnings_moved" in finding.remedy
    plan = edited(starter_copy, (NOT_MOVED, 'retained_earnings_moved = { "dividend" = -50000 }'))
    assert close(plan).listed.findings == ()


def test_income_that_the_contracts_did_not_earn_is_found(starter_copy: Path) -> None:
    def more(found: Balances) -> None:
        found["6703"] += 1
        found["1001"] -= 1

    rewritten(starter_copy / CLOSING, more)
    run = close(starter_copy / "plan.toml")
    (finding,) = run.listed.findings
    assert finding.name == "income differs from the general ledger"
    assert (finding.where, finding.amount_minor) == ("R19/is-2023/6703", 1)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("revenue", "holds"),
    [(279_347 + 12, True), (279_347 + 13, False), (279_347 - 17_547 - 12, True), (279_347 - 17_547 - 13, False)],
)
def test_revenue_lies_between_gross_and_net_of_the_tax_in_it(revenue: int, holds: bool, starter_copy: Path) -> None:
    """279,347 were released; fees of 310,000 were collected, so at most 17,547 of it is tax. Two guarantees may each have been
    rounded every month: twelve minor units."""

    def booked(found: Balances) -> None:
        found["1001"] += found["6002"] + revenue
        found["6002"] = -revenue

    rewritten(starter_copy / CLOSING, booked)
    check = checks(close(starter_copy / "plan.toml"))["is-2023/6002"]
    assert (check.holds, check.tolerance) == (holds, 12)


def test_without_value_added_tax_income_is_held_to_the_minor_unit(starter_copy: Path) -> None:
    check = checks(close(edited(starter_copy, ("rate = 0.06", "rate = 0.0"))))["is-2023/6002"]
    assert (check.expected, check.actual, check.tolerance) == (-279_347, -263_535, 0)


def test_late_fees_stand_on_the_account_or_on_another(starter_copy: Path) -> None:
    """70.00 are paid for paying late: all of it is on the account of financing income, or none."""
    tape, plan = starter_copy / "tapes/loan-payments-2023.csv", edited(starter_copy, ("rate = 0.06", "rate = 0.0"))
    tape.write_text(tape.read_text().replace("2023-06-15,1000000,250000,0", "2023-06-15,1000000,250000,7000"))
    run = close(plan)
    earned = pl.sum_horizontal(direct.income("us", {})["financing_income"].values())
    with_fees, fees = run.measurements("loans").select(earned.sum(), pl.col("other_fees_received").sum()).collect().row(0)
    assert fees == 7_000
    held = {}
    for elsewhere in (0, 3_500, 7_000):

        def book(found: Balances, booked: int = with_fees + elsewhere) -> None:
            found["1001"] += found["6001"] - booked
            found["6001"] = booked

        rewritten(starter_copy / CLOSING, book)
        held[elsewhere] = checks(close(plan))["is-2023/6001"].holds
    assert held == {0: True, 3_500: False, 7_000: True}


@pytest.mark.campaign
def test_an_account_that_takes_other_costs_is_not_held(starter_copy: Path) -> None:
    run = close(starter_copy / "plan.toml")
    left = [one for one in run.listed.not_checked if one.check == "R19"]
    assert [one.row for one in left] == ["6401, 6601, 6602, 6603"]
    plan = edited(starter_copy, ('"share_based_servicing", "share_based_marketing"', '"share_based_marketing"'))
    again = close(plan)
    (finding,) = again.listed.findings
    assert (finding.where, finding.amount_minor) == ("R19/is-2023/6401", 900_000)
    assert "shared under [trial_balance]" in finding.remedy


def test_an_account_that_is_left_open_and_in_no_ledger_is_refused(starter_copy: Path) -> None:
    plan = starter_copy / "plan.toml"
    left_open = '\n[trial_balance.accounts]\n"7777" = ""\n"78*" = ""\n'
    plan.write_text(plan.read_text(encoding="utf-8") + left_open, encoding="utf-8")
    said = refused(plan)
    assert (said["key"], said["value"]) == ("trial_balance.accounts", '"" for 7777, 78*')
    assert said["remedy"] == "remove it: no ledger of the plan has it"


def without_column(tape: Path, column: str) -> None:
    with tape.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with tape.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [name for name in rows[0] if name != column], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.campaign
@pytest.mark.parametrize("lacking", [("2022",), ("2023",), ("2022", "2023")], ids=" and ".join)
def test_interest_that_one_instant_alone_states_is_no_evidence(lacking: tuple[str, ...], starter_copy: Path) -> None:
    """Without it at the opening, all that came in since origination was income of the period; without it at the closing, less
    than nil. The payments tell as much; where they have no interest either, the account is not held against anything."""
    account = checks(close(starter_copy / "plan.toml"))["is-2023/6001"]
    assert account.holds
    for year in lacking:
        without_column(starter_copy / f"tapes/loans-{year}-12-31.csv", "interest_received_minor")
    paid = checks(close(starter_copy / "plan.toml"))["is-2023/6001"]
    assert paid.holds and paid.figures == account.figures
    without_column(starter_copy / "tapes/loan-payments-2023.csv", "interest_minor")
    run = close(starter_copy / "plan.toml")
    assert "is-2023/6001" not in checks(run)
    assert [one.where for one in run.listed.findings] == ["R16/ledger/loans"], "the cash of the ledger has that interest"
    (left,) = [one for one in run.listed.not_checked if one.check == "R19" and one.row == "6001"]
    files = " and ".join(f"tapes/loans-{year}-12-31.csv" for year in lacking)
    assert left.why.startswith(f"{files} {'has' if len(lacking) == 1 else 'have'} no interest_received_minor, and income is")


@pytest.mark.parametrize(
    ("old", "new", "key", "rule"),
    [
        ('taken = "before_closing"\n', "", "trial_balance.taken", "must be stated"),
        ('taken = "before_closing"', 'taken = "after_closing"', "trial_balance.taken", "before the profit is closed"),
        ('fiscal_year_end = "12-31"\n', "", "trial_balance.fiscal_year_end", "must be stated"),
        ('fiscal_year_end = "12-31"', 'fiscal_year_end = "31-12"', "trial_balance.fiscal_year_end", "month and day"),
        ('fiscal_year_end = "12-31"', "fiscal_year_end = 12", "trial_balance.fiscal_year_end", "month and day"),
        ('fiscal_year_end = "12-31"', 'fiscal_year_end = "03-31"', "trial_balance.fiscal_year_end", "crosses 2023-03-31"),
        ("shared = [", 'shared = ["accrued_interest", ', "trial_balance.shared", "no posting role of income"),
    ],
)
def test_a_plan_that_does_not_say_which_ledger_it_is_is_refused(
    old: str, new: str, key: str, rule: str, starter_copy: Path
) -> None:
    said = refused(edited(starter_copy, (old, new)))
    assert said["key"] == key and rule in str(said["rule"])
    if not new:
        assert f"add {key.partition('.')[2]} = " in str(said["remedy"]) and "under [trial_balance]" in str(said["remedy"])


@pytest.mark.parametrize(
    ("stated", "day", "ends"),
    [
        ("12-31", date(2023, 12, 31), True),
        ("12-31", date(2023, 12, 30), False),
        ("02-28", date(2024, 2, 29), True),
        ("02-29", date(2023, 2, 28), True),
        ("02-28", date(2024, 2, 28), True),
        ("02-15", date(2024, 2, 29), False),
        ("06-30", date(2023, 6, 30), True),
    ],
)
def test_the_day_on_which_a_fiscal_year_ends(stated: str, day: date, ends: bool, starter_copy: Path) -> None:
    ledger = read_plan(starter_copy / "plan.toml", DECLARED).trial_balance
    assert ledger is not None
    assert ledger.model_copy(update={"fiscal_year_end": stated}).ends_fiscal_year(day) is ends


@pytest.fixture
def interim(starter_copy: Path) -> Path:
    """The lender from 2023-11-30 on: the tapes of the closing open it too, without what had left by then."""
    tapes = starter_copy / "tapes"
    for name, gone in (("loans", "LOAN-3"), ("guarantees", "GUARANTEE-1"), ("guarantee-fees", "GUARANTEE-1")):
        tape = re.sub(rf"(?m)^{gone},.*\n", "", (tapes / f"{name}-2023-12-31.csv").read_text(encoding="utf-8"))
        for instant in ("2022-12-31", "2023-12-31"):
            (tapes / f"{name}-{instant}.csv").write_text(tape, encoding="utf-8")
    for name in ("loan-events", "loan-payments"):
        head = (tapes / f"{name}-2023.csv").read_text(encoding="utf-8").split("\n")[0]
        (tapes / f"{name}-2023.csv").write_text(f"{head}\n", encoding="utf-8")
    shutil.copy(starter_copy / CLOSING, starter_copy / OPENING)

    def less(found: Balances) -> None:
        found["6401"] -= 75_000
        found["1001"] += 75_000

    rewritten(starter_copy / OPENING, less)
    edited(starter_copy, ("opening = 2022-12-31", "opening = 2023-11-30"))
    return starter_copy


@pytest.mark.campaign
def test_interim_income_is_the_difference_of_two_ledgers(interim: Path) -> None:
    run = close(interim / "plan.toml")
    statement = run.exact.statement("is-2023-12")
    servicing = None if statement is None else statement.row("fos")
    assert servicing is not None and servicing.us_gaap == 75_000
    assert checks(run)["bs-2023/retained_earnings"].holds, "nothing is closed within a fiscal year"


def test_an_interim_period_needs_both_ledgers(interim: Path) -> None:
    plan = edited(interim, (f'opening = "{OPENING}"\n', ""))
    said = refused(plan)
    assert said["key"] == "trial_balance.opening" and "opens within a fiscal year" in str(said["rule"])


@pytest.mark.campaign
def test_one_instant_asks_nothing_of_income(starter_copy: Path) -> None:
    """A balance sheet alone is right whether or not the profit has been closed to retained earnings."""
    rewritten(starter_copy / CLOSING, closed)
    text = (starter_copy / "plan.toml").read_text(encoding="utf-8")
    text = re.sub(r'(?m)^opening = "?(tapes|ledger)/.*\n', "", text.replace('source = "opening_tape"', 'source = "none"'))
    (starter_copy / "plan.toml").write_text(text, encoding="utf-8")
    assert close(starter_copy / "plan.toml").exact.statement("is-2023") is None
