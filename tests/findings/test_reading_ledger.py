"""Trial balances as ledgers print them: their columns, their writing, and their accounts as those of the plan."""

from pathlib import Path

import pytest

from gaapbridge.terms import UnusableInput
from tests.findings.tapes_made import write_csv
from tests.findings.test_tapes_ledger import CHART, balances, ledger


def test_a_ledger_of_a_chinese_system(tmp_path: Path) -> None:
    """Major units with separators, two lines of title, a line of totals, columns by its own names, one of no meaning."""
    text = (
        "科目余额表,,,\n2023年12月,,,\n科目编码,科目名称,期末借方,期末贷方\n"
        '1001,现金,"1,234.50",\n3001,实收资本,,"1,234.50"\n合计,,"1,234.50","1,234.50"\n'
    )
    path = write_csv(tmp_path, text.encode("GB18030"), "ledger.csv")
    columns = {"account": "科目编码", "debit_minor": "期末借方", "credit_minor": "期末贷方"}
    read = {"encoding": "GB18030", "skip_rows": 2, "thousands": ",", "total_where": {"account": "合计"}}
    found = balances(path, amounts="major", columns=columns, ignore=["科目名称"], read=read)
    assert (found.balances, found.findings) == ({"1001": 123450, "3001": -123450}, ())


def test_accounts_that_add_up_others_are_left_out(tmp_path: Path) -> None:
    """1002 is 100201 and 100202; with it the debits would be twice the credits."""
    lines = ("1002,Bank,500,", "100201,Bank A,300,", "100202,Bank B,200,", "3001,Capital,,500", "合计,,1000,500")
    accounts = {"1002*": "1001"}
    found = balances(ledger(tmp_path, *lines), accounts=accounts, read={"total_where": {"account": ["合计", "1002"]}})
    assert (found.balances, found.findings) == ({"1001": 500, "3001": -500}, ())


def test_accounts_belong_to_those_of_the_plan(tmp_path: Path) -> None:
    """The code itself goes before what it begins with; a range is of codes of its length; what has its own name keeps it."""
    lines = ("100201,Bank A,300,", "100202,Bank B,200,", "130100,Loans,100,", "4000,,,40", "4999,,,60", "3001,Capital,,500")
    accounts = {"1002*": "1001", "130100": "1301", "4000-4999": "6001"}
    assert balances(ledger(tmp_path, *lines), accounts=accounts).balances == {
        "1001": 500, "1301": 100, "6001": -100, "3001": -500,
    }  # fmt: skip
    exact = {**accounts, "100202": "1301"}
    assert balances(ledger(tmp_path, *lines), accounts=exact).balances["1001"] == 300


def test_all_unknown_accounts_are_named_at_once(tmp_path: Path) -> None:
    lines = ("1001,,5,", "2201,,,2", "2202,,,2", "40000,,,1")
    with pytest.raises(UnusableInput) as caught:
        balances(ledger(tmp_path, *lines), accounts={"4000-4999": "6001"})
    assert (caught.value.row, caught.value.value) == ("2", "2201")
    assert "(and 2 more: 2202, 40000)" in caught.value.rule
    assert 'map it in [trial_balance.accounts] ("2201" = "...")' in caught.value.remedy


def test_accounts_that_are_left_open_are_named_with_those_that_are_not_mapped(tmp_path: Path) -> None:
    """1301 is the plan's account of that code, which the ledger may mean or not; 3001 is mapped to itself."""
    lines = ("1001,,5,", "1301,Other receivables,,2", "2201,Loan principal,,2", "3001,,,1")
    with pytest.raises(UnusableInput) as caught:
        balances(ledger(tmp_path, *lines), accounts={"1301": "", "22*": "", "3001": "3001"})
    assert caught.value.value == "1301" and "(and 1 more: 2201)" in caught.value.rule


def test_an_account_that_is_not_mapped_may_be_one_that_is_called_so(tmp_path: Path) -> None:
    """Codes that are spelt alike say nothing of an account that has a name."""
    chart = {"1301": "Loans receivable", "2202": "Trade payables", "3001": "Capital"}
    for name, near in (("Loans receivable gross", ", or did you mean 1301 Loans receivable"), ("Suspense", "")):
        with pytest.raises(UnusableInput) as caught:
            balances(ledger(tmp_path, f"2201,{name},5,", "3001,Capital,,5"), chart=chart)
        assert str(caught.value.remedy).partition('"...")')[2] == near


def test_an_account_of_two_ranges_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r'"12\*" and "1200-1299" name 1001 and 1301'):
        balances(ledger(tmp_path, "1201,,5,", "3001,,,5"), accounts={"12*": "1001", "1200-1299": "1301"})
    both = {"12*": "1001", "1200-1299": "1001"}
    assert balances(ledger(tmp_path, "1201,,5,", "3001,,,5"), accounts=both).balances == {"1001": 5, "3001": -5}


def test_a_column_that_is_not_ours_says_where_to_map_it(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "account,Debit,credit_minor\n1001,5,\n", "ledger.csv")
    with pytest.raises(UnusableInput, match=r"map it in columns"):
        balances(path, CHART)
