"""A ledger with one account for what the statement shows in two rows: divided by what the contracts' maturities measured."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput

ONE = {"1301": "1300", "1302": "1300", "1303": "1309", "1304": "1309"}
"""The starter's accounts of principal and of deferred fees, current and not, with those of a ledger that parts neither."""

DIVIDED = '"1300" = ["1301", "1302"]\n"1309" = ["1303", "1304"]\n'


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    """The starter's folder, its ledger kept in one account each."""
    folder = write_starter(tmp_path / "mine").plan.parent
    for year in (2022, 2023):
        rewrite(folder / f"ledger/trial-balance-{year}-12-31.csv", ONE)
    return folder


def rewrite(file: Path, accounts: dict[str, str], more: dict[str, int] | None = None) -> None:
    """Accounts of a trial balance put together into others, and ``more`` debit given to some."""
    balances: dict[str, int] = {}
    with file.open(newline="", encoding="utf-8") as opened:
        for row in csv.DictReader(opened):
            account = accounts.get(row["account"], row["account"])
            balances[account] = balances.get(account, 0) + int(row["debit_minor"] or 0) - int(row["credit_minor"] or 0)
    for account, amount in (more or {}).items():
        balances[account] += amount
    lines = [f"{account},{max(amount, 0)},{max(-amount, 0)}" for account, amount in balances.items()]
    file.write_text("\n".join(["account,debit_minor,credit_minor", *lines]) + "\n", encoding="utf-8")


def planned(folder: Path, accounts: str) -> Path:
    plan = folder / "plan.toml"
    plan.write_text(f"{plan.read_text(encoding='utf-8')}\n[trial_balance.accounts]\n{accounts}", encoding="utf-8")
    return plan


def balances_of(run: Run, account: str) -> dict[str, int]:
    return {statement: ledger.get(account, 0) for statement, ledger in run.ledgers.items()}


def test_the_statement_is_that_of_a_ledger_which_parts_them(lender: Path, tmp_path: Path) -> None:
    """The starter's ledger agrees with its contracts, so that parted by them it is the same: every cell, every total."""
    parted = close(write_starter(tmp_path / "parted").plan)
    run = close(planned(lender, DIVIDED))
    assert run.exit_code == 0 and run.listed.findings == parted.listed.findings == ()
    printed = [(one.folder / "statement.json").read_text(encoding="utf-8") for one in (run, parted)]
    assert printed[0] == printed[1]


def test_the_parts_are_those_of_the_maturities(lender: Path) -> None:
    """LOAN-1 repays 1,000,000 a month: of 18,000,000 at the closing 6,000,000 fall due after a year, of 30,000,000 at the
    opening 18,000,000; LOAN-2 and LOAN-3 end within a year of both."""
    run = close(planned(lender, DIVIDED))
    assert balances_of(run, "1302") == {"bs-2023": 6_000_000, "bs-2022": 18_000_000, "is-2023": 6_000_000}
    assert balances_of(run, "1301")["bs-2023"] == 18_000_000 + 5_174_662 - 6_000_000
    assert balances_of(run, "1301")["bs-2022"] == 30_000_000 + 5_000_000 - 18_000_000


def test_a_difference_to_the_contracts_stays_whole(lender: Path) -> None:
    """7 too much in the one account are 7 in R9, on the first of both; totals are the ledger's."""
    rewrite(lender / "ledger/trial-balance-2023-12-31.csv", {}, {"1300": 7, "1001": -7})
    run = close(planned(lender, DIVIDED))
    checks = {check.row: check for check in run.listed.checks if check.check == "R9" and check.statement == "bs-2023"}
    assert (checks["1301"].difference, checks["1302"].difference) == (7, 0)
    assert (checks["1301"].evidence, checks["1302"].evidence) == ("independent", "by construction")
    assert [one.amount_minor for one in run.listed.findings if one.check == "R9"] == [7]


ALLOWANCE = {"1311": "1319", "1312": "1319"}
"""The starter's allowances, current and not, with that of a ledger that has one."""


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize(("less", "found"), [(1_654_287, False), (1_654_288, False), (1_654_289, True), (1_743_062, False)])
def test_a_rest_on_the_other_side_is_found_with_both_figures(less: int, found: bool, lender: Path) -> None:
    """1312 takes the 88,773 that were measured of the ledger's 1,743,061 less some: of one less than that nothing is left but a
    debit. A ledger that has a debit itself, of 1, is no case of this: what is left has its side. R9 tells each gap once, and
    calls the account by its number in the ledger."""
    for year in (2022, 2023):
        rewrite(lender / f"ledger/trial-balance-{year}-12-31.csv", ALLOWANCE)
    rewrite(lender / "ledger/trial-balance-2023-12-31.csv", {}, {"1319": less, "1001": -less})
    run = close(planned(lender, f'{DIVIDED}"1319" = ["1311", "1312"]\n'))
    (told,) = [one for one in run.listed.findings if one.where.endswith("bs-2023/1311")]
    whole = less - 1_743_061
    assert "what is left of account 1319 of the ledger, in the plan 1311 (" in told.why
    assert f"), 1312, {whole:,} minor units, without 1312 as measured, -88,773 minor units" in told.why
    assert told.why.endswith(": it turns to its other side") == found
    assert explain(run.folder, "R9/bs-2023/1311").facts["account of the ledger"] == "1319, divided into 1311, 1312"
    assert balances_of(run, "1312")["bs-2023"] == -88_773


@pytest.mark.campaign
def test_in_the_year_after_the_ledger_opens_as_it_closed(lender: Path) -> None:
    """The prior run holds the parts, the ledger their sum: nothing was restated."""
    from tests.miniature import first_year, second_year

    plan = planned(lender, DIVIDED)
    text = plan.read_text(encoding="utf-8")
    (lender / "first.toml").write_text(
        first_year(text).replace('opening = "ledger/trial-balance-2022-12-31.csv"\n', ""), encoding="utf-8"
    )
    first = close(lender / "first.toml")
    plan.write_text(second_year(text), encoding="utf-8")
    assert check(plan).beside == ("bs-2022",)
    second = close(plan)
    assert second.document.statement("bs-2022") == first.document.statement("bs-2022")
    assert [one.name for one in (*first.listed.findings, *second.listed.findings) if "ledger" in one.name] == []
    assert balances_of(second, "1302")["bs-2022"] == balances_of(first, "1302")["bs-2022"] == 18_000_000


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        ('"1300" = ["1301"]\n', "divided into several"),
        ('"1300" = ["1301", "1301"]\n', "each named once"),
        ('"1300" = ["1301", "1399"]\n', r"the account must be in \[accounts\]"),
        ('"1300" = ["1301", "1001"]\n', "every account that it is divided into, 1001 among them"),
        ('"1300" = ["1301", "6001"]\n', "every account that it is divided into, 6001 among them"),
        ('"1300" = ["1301", "1302"]\n"1310" = ["1301", "1303"]\n', "1301 is divided in one way"),
        ('"1300" = ["1301", "1302"]\n"1310" = "1302"\n', "takes no other account of the ledger"),
        ('"1300" = ["1301", "1302"]\n"1310" = ["1303", "1302"]\n', "is divided out of one"),
    ],
)
def test_what_cannot_be_divided_is_refused(accounts: str, said: str, lender: Path) -> None:
    with pytest.raises(UnusableInput, match=said):
        check(planned(lender, accounts))


def test_an_account_divided_out_has_no_balance_of_its_own(lender: Path) -> None:
    """The ledger parts them after all: its own 1302 would be overwritten."""
    with pytest.raises(UnusableInput, match="divides it out of 1301, so it is no account of the ledger"):
        check(planned(write_starter(lender.with_name("whole")).plan.parent, DIVIDED))
