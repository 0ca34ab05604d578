"""Three months and their quarter closed against a ledger's trial balance at each month end: every tie-out of books holds.

The ledger is kept by hand: cash of loans from what borrowers paid and were paid, day by day; balances and income of contracts
as a sub-ledger that is closed without it; income stands on its accounts from the beginning of the fiscal year.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.run import Run
from tests.simulation.run_off import WRITTEN_OFF_AFTER, Borrower, _events, _payments, borrowers, write_lender

ENDS = (date(2022, 12, 31), date(2023, 1, 31), date(2023, 2, 28), date(2023, 3, 31))
QUARTER = (ENDS[0], ENDS[3])
CASH, LOAN_CASH, CAPITAL, RETAINED = "1001", "1002", "4001", "4104"
EARNED, SPENT = 90_000_000, 65_000_000
"""Income and expense of 2022, which its trial balance has on their accounts."""

LOANS = ("1301", "1302", "1303", "1304", "1305", "1311", "1312", "1313", "6001", "6701")
"""Every account of the loans but their cash: principal, deferral, interest, allowance; income and provision."""

STATED = """[trial_balance]
closing = "ledger/CLOSING.csv"
amounts = "minor"
taken = "before_closing"
fiscal_year_end = "12-31"
same_source = []
shared = [
    "share_based_servicing", "share_based_marketing", "share_based_administrative", "share_based_research",
]
cash = { loans = ["1002"] }

[thresholds]"""

Balances = Mapping[str, int]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lender whose sub-ledger was closed for three months, and its ledger at each month end."""
    folder = tmp_path_factory.mktemp("kept")
    plans = write_lender(folder, ('folder = "runs"', 'folder = "sub-ledger"'), instants=ENDS)
    for balances, day in zip(ledgers({day: close(plan) for day, plan in plans.items()}), ENDS, strict=True):
        write_ledger(folder, str(day), balances)
    for day, plan in plans.items():
        with_ledger(plan, day)
    whole = write_lender(folder / "quarter", ('folder = "runs"', 'folder = "../runs"'), instants=QUARTER)[ENDS[3]]
    with_ledger(whole, ENDS[3])
    whole.write_text(whole.read_text(encoding="utf-8").replace('"ledger/', '"../ledger/'), encoding="utf-8")
    return folder


@pytest.fixture
def lender(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "lender", ignore=shutil.ignore_patterns("sub-ledger")))


def with_ledger(plan: Path, closing: date) -> None:
    text = plan.read_text(encoding="utf-8").replace("[thresholds]", STATED.replace("CLOSING", str(closing)), 1)
    plan.write_text(text.replace('folder = "sub-ledger"', 'folder = "runs"'), encoding="utf-8")


def ledgers(runs: Mapping[date, Run]) -> list[dict[str, int]]:
    """The trial balances: contracts by their sub-ledger, their cash by the borrowers, all else in one account of cash."""
    found, income, loan_cash = [], dict[str, int](), -200_000_000
    for opening, day in zip((None, *ENDS), ENDS, strict=False):
        measured = runs[day].ledgers[runs[day].manifest.statements.closing]
        balances = {account: amount for account, amount in measured.items() if account.isdigit() and account[0] != "6"}
        if opening is None:
            income = {"6001": -EARNED, "6401": SPENT}
        else:
            income = {} if opening == ENDS[0] else income
            for account in (account for account in measured if account[0] == "6"):
                income[account] = income.get(account, 0) + measured[account]
            loan_cash += sum(cash_of(one, opening, day) for one in borrowers("LOAN", 160, WRITTEN_OFF_AFTER, 7))
            balances[RETAINED] = SPENT - EARNED
        balances |= {**income, LOAN_CASH: loan_cash, CAPITAL: -5_000_000_000}
        found.append({**balances, CASH: -sum(balances.values())})
    return found


def cash_of(one: Borrower, opening: date, closing: date) -> int:
    """What a borrower paid, and what was recovered, in a period; less what was paid out, net of the fee, and its costs."""
    paid = sum(row["principal_minor"] + row["interest_minor"] for row in _payments(one) if opening < row["date"] <= closing)
    recovered = [row for row in _events(one) if row["kind"] == "recovery" and opening < row["event_date"] <= closing]
    lent = one.principal - one.principal // 20 + one.principal // 100 if opening < one.origination <= closing else 0
    return int(paid + sum(row["amount_minor"] for row in recovered) - lent)


def write_ledger(folder: Path, name: str, balances: Balances) -> None:
    (folder / "ledger").mkdir(exist_ok=True)
    with (folder / "ledger" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("account", "name", "debit_minor", "credit_minor"))
        rows.writerows((code, "", max(amount, 0), max(-amount, 0)) for code, amount in sorted(balances.items()))


def read_ledger(folder: Path, day: date) -> dict[str, int]:
    with (folder / "ledger" / f"{day}.csv").open(newline="", encoding="utf-8") as file:
        return {row["account"]: int(row["debit_minor"]) - int(row["credit_minor"]) for row in csv.DictReader(file)}


def closed(lender: Path, until: date = ENDS[3]) -> list[Run]:
    return [close(lender / f"plan-{day}.toml") for day in ENDS if day <= until]


def failing(run: Run) -> set[str]:
    return {check.id for check in run.listed.checks if not check.holds and check.check != "R17"}


def test_the_income_of_a_month_is_its_cash_and_what_balances_moved(kept: Path) -> None:
    """The ledger was not made to agree: what loans earned and lost in each month is the cash of their borrowers with the
    movement of their balances."""
    for opening, closing in pairwise(ENDS):
        before, after = (read_ledger(kept, day) for day in (opening, closing))
        if opening == ENDS[0]:
            before = {account: amount for account, amount in before.items() if account[0] != "6"}
        moved = sum(after.get(account, 0) - before.get(account, 0) for account in (*LOANS, LOAN_CASH))
        assert moved == 0, closing


def test_months_and_their_quarter_tie_out_with_the_ledger(lender: Path) -> None:
    _, *months = closed(lender)
    for run, day in zip(months, ENDS[1:], strict=True):
        assert failing(run) == set(), day
        made = {check.id: check for check in run.listed.checks}
        sheet, income = f"bs-{day}", f"is-{day:%Y-%m}"
        for name in (f"R9/{sheet}/1311", f"R9/{sheet}/1305", f"R19/{income}/6001", f"R19/{income}/6701", "R16/ledger/loans"):
            assert made[name].evidence == "independent" and made[name].expected != 0, name
        assert made[f"R19/{sheet}/retained_earnings"].actual == SPENT - EARNED
        opened = [check for check in run.listed.checks if check.check == "R9" and check.statement != sheet]
        assert len(opened) > 5, "the opening is that which the month before was closed with"
        assert {one.check for one in run.listed.not_checked} <= {"R16", "R17", "R19"}
    run = close(lender / f"quarter/plan-{ENDS[3]}.toml")
    assert failing(run) == set()
    held = [check for check in run.listed.checks if check.check == "R14"]
    assert {check.id.rpartition("/")[2] for check in held} == {"months"}
    assert {"R14/bs-2023-03-31/re/us_gaap/months", "R14/is-2023q1/fi/us_gaap/months", "R14/is-2023q1/fi/ecl/months"} <= {
        check.id for check in held
    }


def test_a_month_may_name_its_opening_ledger_and_both_as_columns_of_one_file(lender: Path) -> None:
    """The ledger's own file of the year has a column of balances for each month; the plan says which two are meant."""
    by_day = [read_ledger(lender, day) for day in ENDS]
    accounts = sorted({account for balances in by_day for account in balances})
    rows = [["account", "name", *(f"{day:%Y-%m}" for day in ENDS)]]
    rows += [[code, "", *(str(balances.get(code, 0)) for balances in by_day)] for code in accounts]
    (lender / "ledger/year.csv").write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    apart = closed(lender, ENDS[2])
    plan = lender / f"plan-{ENDS[2]}.toml"
    text = plan.read_text(encoding="utf-8").replace('closing = "ledger/2023-02-28.csv"', 'closing = "ledger/year.csv"')
    text = text.replace(
        "[trial_balance]\n", '[trial_balance]\nopening = "ledger/year.csv"\nignore = ["2022-12", "2023-03"]\n', 1
    )
    columns = (
        '[trial_balance.columns]\nbalance_minor = "2023-02"\n\n'
        '[trial_balance.read.opening.columns]\nbalance_minor = "2023-01"\n\n[thresholds]'
    )
    plan.write_text(text.replace("[thresholds]", columns, 1), encoding="utf-8")
    run = close(plan)
    assert failing(run) == set()
    assert run.ledgers == apart[-1].ledgers and "opening ledger differs from the prior close" not in _named(run)


def _named(run: Run) -> set[str]:
    return {one.name for one in run.listed.findings}


def test_a_ledger_of_another_month_is_found(lender: Path) -> None:
    """January's trial balance in the place of February's: balances, cash and income differ, retained earnings do not."""
    closed(lender, ENDS[1])
    shutil.copy(lender / "ledger/2023-01-31.csv", lender / "ledger/2023-02-28.csv")
    run = close(lender / f"plan-{ENDS[2]}.toml")
    found = failing(run)
    assert {"R9/bs-2023-02-28/1301", "R16/ledger/loans", "R19/is-2023-02/6001"} <= found
    assert "R19/bs-2023-02-28/retained_earnings" not in found


def test_a_month_of_income_alone_is_found(lender: Path) -> None:
    """A ledger that shows the month's own income, closing it month by month, in the place of the year to date."""
    closed(lender, ENDS[1])
    january, february = (read_ledger(lender, day) for day in ENDS[1:3])
    taken = {account: january[account] for account in january if account[0] == "6"}
    alone = {account: amount - taken.get(account, 0) for account, amount in february.items()}
    alone[RETAINED] += sum(taken.values())
    write_ledger(lender, str(ENDS[2]), alone)
    found = failing(close(lender / f"plan-{ENDS[2]}.toml"))
    assert {"R19/bs-2023-02-28/retained_earnings", "R19/is-2023-02/6001", "R19/is-2023-02/6701"} <= found


def test_interest_that_the_payments_state_is_held_against_the_ledger(kept: Path, lender: Path) -> None:
    """Tapes of loans without interest_received_minor: financing income is what was paid, final settlements included, and agrees
    with the ledger as before; without interest in the payments either it is not checked."""
    for day in ENDS:
        without_column(lender / f"tapes/loans-{day}.csv", "interest_received_minor")
    for run, day in zip(closed(lender), ENDS, strict=True):
        if day > ENDS[0]:
            (made,) = [check for check in run.listed.checks if check.id == f"R19/is-{day:%Y-%m}/6001"]
            assert made.evidence == "independent" and failing(run) == set()
            assert not any(one.row == "6001" for one in run.listed.not_checked)
    whole = Run(next(kept.glob(f"sub-ledger/*/*_{ENDS[3]}/v1")))
    income = [one.exact.statement("is-2023-03") for one in (whole, run)]
    assert [one.row("fi").amount("us_gaap") for one in income if one] == [income[0].row("fi").us_gaap] * 2  # type: ignore[union-attr]
    without_column(lender / f"tapes/loan-payments-{ENDS[3]}.csv", "interest_minor")
    again = close(lender / f"plan-{ENDS[3]}.toml")
    assert any(one.row == "6001" and "no interest_received_minor" in one.why for one in again.listed.not_checked)


def without_column(tape: Path, column: str) -> None:
    pl.read_csv(tape, infer_schema=False).drop(column).write_csv(tape)
