"""Trial balances: whole, known accounts, in balance; a difference is a finding, a bad row is unusable input."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gaapbridge.plan.ledger import TrialBalances
from gaapbridge.tapes.ledger import LedgerBalances, open_trial_balance, read_trial_balance
from gaapbridge.terms import UnusableInput
from gaapbridge.terms.money import LARGEST_TOTAL
from tests.findings.tapes_made import write_csv

HEADER = "account,name,debit_minor,credit_minor\n"
CHART = dict.fromkeys(("1001", "1301", "3001", "6001"), "")


def ledger(folder: Path, *lines: str) -> Path:
    return write_csv(folder, HEADER + "\n".join(lines) + "\n", "ledger.csv")


def balances(path: Path, chart: Collection[str] = CHART, amounts: str = "minor", **stated: Any) -> LedgerBalances:
    """The ledger as a plan with the statements reads it, whose accounts have names or none."""
    names = chart if isinstance(chart, Mapping) else dict.fromkeys(chart, "")
    always = {"closing": path.name, "taken": "before_closing", "fiscal_year_end": "12-31"}
    how = TrialBalances.model_validate({**always, "amounts": amounts, **stated})
    return read_trial_balance(open_trial_balance(path, how, 2, "CNY"), names, how.accounts)


def test_balances_are_debit_positive(tmp_path: Path) -> None:
    path = ledger(tmp_path, "1001,Cash,500,", "1301,,700,100", "3001,Capital,,1000", '6001,"Income, net",,100')
    read = balances(path)
    assert read.balances == {"1001": 500, "1301": 600, "3001": -1000, "6001": -100}
    assert read.findings == ()


def test_a_difference_is_a_finding(tmp_path: Path) -> None:
    (finding,) = balances(ledger(tmp_path, "1001,Cash,500,", "3001,Capital,,400")).findings
    assert (finding.name, finding.amount_minor) == ("trial balance does not balance", 100)


def test_an_account_and_its_parts_that_both_count_are_a_finding(tmp_path: Path) -> None:
    """1002 is 500 = 300 + 200, 3001 is 300101: debits equal credits, and everything counts twice. 1301 is nil, 6001 has no part
    and 130 is not what 1301 and 1302 come to. 1002 and 3001 have 500 each."""
    lines = (
        "1002,,500,", "100201,,300,", "100202,,200,", "130,,,5", "1301,,,", "1302,,10,", "6001,,,5",
        "3001,,,500", "300101,,,500",
    )  # fmt: skip
    chart = dict.fromkeys([line.split(",")[0] for line in lines], "")
    read = balances(ledger(tmp_path, *lines), chart)
    assert sum(read.balances.values()) == 0
    (finding,) = read.findings
    assert (finding.name, finding.amount_minor, finding.check) == ("account counted with its parts", 1_000, "R9")
    assert finding.why.startswith("1002, 3001 are each the sum")
    assert 'total_where = { account = ["1002", "3001"] }' in finding.remedy
    without = balances(ledger(tmp_path, *lines), chart, read={"total_where": {"account": ["1002", "3001"]}})
    assert without.findings == () and sum(without.balances.values()) == 0


def test_of_three_levels_the_lowest_add_up(tmp_path: Path) -> None:
    """1002 is 10020101 and 100202, of which the first is all of 100201: 300 + 200."""
    lines = ("1002,,500,", "100201,,300,", "10020101,,300,", "100202,,200,", "3001,,,500")
    twice, unequal = balances(ledger(tmp_path, *lines), [line.split(",")[0] for line in lines]).findings
    assert (twice.name, twice.amount_minor) == ("account counted with its parts", 800)
    assert (unequal.name, unequal.amount_minor) == ("trial balance does not balance", 800)
    assert "1002, 100201 and accounts that begin so are both there" in unequal.why
    assert unequal.remedy.startswith("leave out what adds up others by [trial_balance.read] total_where")


ROUNDED = (
    "001000,Cash,900,", "001010,Operating,700,", "001020,Lockbox,200,",
    "001300,Loans,1000,", "001310,Principal,1100,", "001390,Allowance,,100",
    "002000,Borrowings,,1300", "002010,Notes,,1300", "003000,Equity,,600", "003010,Stock,,500", "003020,Earnings,,100",
)  # fmt: skip
"""A chart whose totals end in nils: debits equal credits with them and without."""


def test_zeros_at_the_end_of_a_code_cover_others(tmp_path: Path) -> None:
    """900 + 1000 - 1300 - 600 is nil, and so is what they add up; 002000 has one account beneath it, of the same balance."""
    chart = dict.fromkeys([line.split(",")[0] for line in ROUNDED], "")
    (finding,) = balances(ledger(tmp_path, *ROUNDED), chart).findings
    assert (finding.name, finding.amount_minor) == ("account counted with its parts", 900 + 1_000 + 1_300 + 600)
    assert "001300 is the sum of 001310, 001390; 002000 is the sum of 002010; " in finding.why
    left_out = ["001000", "001300", "002000", "003000"]
    assert f"account = {left_out}".replace("'", '"') in finding.remedy
    without = balances(ledger(tmp_path, *ROUNDED), chart, read={"total_where": {"account": left_out}})
    assert without.findings == ()


def test_an_unknown_account_that_adds_up_others_is_given_no_other(tmp_path: Path) -> None:
    """1300 is near 1301 by its code, and is its total with 1302."""
    lines = ("1001,,100,", "1300,,900,", "1301,,700,", "1302,,200,", "3001,,,1000")
    chart = dict.fromkeys(["1001", "1301", "1302", "3001"], "")
    with pytest.raises(UnusableInput) as caught:
        balances(ledger(tmp_path, *lines), chart)
    assert (caught.value.value, caught.value.remedy) == (
        "1300",
        'leave out what adds up others: [trial_balance.read] total_where = { account = ["1300"] }',
    )


def test_a_row_above_the_rows_that_it_adds_up_is_counted_with_them(tmp_path: Path) -> None:
    """Codes that say nothing: K1 is A7 and B2, M9 is D4 and C5; the ledger is in balance without the two."""
    lines = ("K1,,900,", "A7,,700,", "B2,,200,", "M9,,,900", "D4,,,500", "C5,,,400")
    (finding,) = balances(ledger(tmp_path, *lines), [line[:2] for line in lines]).findings
    assert (finding.name, finding.amount_minor) == ("account counted with its parts", 1_800)
    assert finding.why.startswith("K1 is the sum of A7, B2; M9 is the sum of D4, C5, and all")


def test_a_sum_by_chance_is_none_where_the_ledger_balances_with_it(tmp_path: Path) -> None:
    """500 is 300 + 200, and 1300 has what 1310 has; without either the ledger would not be in balance."""
    lines = ("1000,,500,", "1200,,300,", "1250,,200,", "1300,,50,", "1310,,50,", "3001,,,1100")
    assert balances(ledger(tmp_path, *lines), [line.split(",")[0] for line in lines]).findings == ()


def test_accounts_whose_codes_begin_alike_by_chance_are_none(tmp_path: Path) -> None:
    """1301 is not what 130101 comes to; a ledger in balance has no fault."""
    read = balances(ledger(tmp_path, "1301,,500,", "130101,,200,", "3001,,,700"), ["1301", "130101", "3001"])
    assert read.findings == ()


def test_sums_beyond_64_bits_do_not_wrap(tmp_path: Path) -> None:
    debits = [f"{1001 + number},,{LARGEST_TOTAL}," for number in range(10)]
    credits = [f"{3001 + number},,,{LARGEST_TOTAL}" for number in range(10)]
    chart = dict.fromkeys([row.split(",")[0] for row in debits + credits], "")
    assert balances(ledger(tmp_path, *debits, *credits), chart).findings == ()
    (finding,) = balances(ledger(tmp_path, *debits), chart).findings
    assert finding.amount_minor == 10 * LARGEST_TOTAL > 2**63


def test_major_units_and_account_numbers_of_a_workbook(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (HEADER.strip().split(","), [1001, "Cash", 12.34, None], [3001, "Capital", None, 12.34]):
        sheet.append(row)
    workbook.save(tmp_path / "ledger.xlsx")
    read = balances(tmp_path / "ledger.xlsx", amounts="major")
    assert read.balances == {"1001": 1234, "3001": -1234}
    assert read.findings == ()


@pytest.mark.parametrize("amount", [543_736_060.95, 99_999_999_999.99, 45_000_000.07])
def test_large_amounts_of_a_workbook_are_binary_fractions(amount: float, tmp_path: Path) -> None:
    """543,736,060.95 is held as 543736060.950000048, more than a millionth of a cent off; half a cent is refused."""
    for off in (0.0, 0.005):
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        for row in (HEADER.strip().split(","), [1001, "Cash", amount + off, None], [3001, "Capital", None, amount + off]):
            sheet.append(row)
        workbook.save(tmp_path / "ledger.xlsx")
        if off:
            with pytest.raises(UnusableInput, match="debit_minor"):
                balances(tmp_path / "ledger.xlsx", amounts="major")
        else:
            found = balances(tmp_path / "ledger.xlsx", amounts="major").balances
            assert found == {"1001": int(f"{amount:.2f}".replace(".", "")), "3001": -int(f"{amount:.2f}".replace(".", ""))}


REFUSED = {
    "repeated account": (("1001,,5,", "1001,,,5"), r"row: 1 \| column: account \| value: 1001 .*once on the tape"),
    "negative": (("1001,,-5,", "3001,,,-5"), r"row: 1 \| column: debit_minor \| value: -5 .*negative debit as a credit"),
    "not a number": (('1001,,"1,000",', "3001,,,1000"), r"row: 1 \| column: debit_minor \| value: 1,000"),
    "unknown account": (("1001,,5,", "3002,,,5"), r"row: 2 \| column: account \| value: 3002 .*did you mean 3001"),
    "no account": ((",,5,",), r"row: 1 \| column: account .*given in every row"),
    "no rows": ((), "at least one row"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_row_makes_a_ledger_unusable(name: str, tmp_path: Path) -> None:
    lines, said = REFUSED[name]
    with pytest.raises(UnusableInput, match=said):
        balances(ledger(tmp_path, *lines))


SIGNED = "account,balance_minor\n1001,500\n1301,600\n3001,-1000\n6001,-100\n"
SIDED = "account,side,balance_minor\n1001,借,500\n1301,借,600\n3001,贷,1000\n6001,贷,100\n"
SIDES = {"values": {"side": {"借": "debit", "贷": "credit", "平": "nil"}}}


def test_a_balance_by_its_sign_or_beside_its_side_is_a_debit_or_a_credit(tmp_path: Path) -> None:
    expected = {"1001": 500, "1301": 600, "3001": -1000, "6001": -100}
    assert balances(write_csv(tmp_path, SIGNED, "signed.csv")).balances == expected
    assert balances(write_csv(tmp_path, SIDED, "sided.csv"), read=SIDES).balances == expected


def test_credits_stated_as_positive_are_read_with_the_other_sign(tmp_path: Path) -> None:
    turned = "account,balance_minor\n1001,-500\n1301,-600\n3001,1000\n6001,100\n"
    read = balances(write_csv(tmp_path, turned, "turned.csv"), read={"negative": ["balance_minor"]})
    assert read.balances == {"1001": 500, "1301": 600, "3001": -1000, "6001": -100}


def test_a_balance_below_nil_beside_its_side_stands_on_the_other(tmp_path: Path) -> None:
    """An overdrawn account is shown on the side on which it usually stands: a debit of -100 is a credit of 100."""
    overdrawn = "account,side,balance_minor\n1001,借,-100\n1301,借,600\n3001,贷,500\n6001,平,0\n"
    read = balances(write_csv(tmp_path, overdrawn, "overdrawn.csv"), read=SIDES)
    assert read.balances == {"1001": -100, "1301": 600, "3001": -500, "6001": 0}
    assert read.findings == ()


FORMS_REFUSED = {
    "both forms": (
        "account,debit_minor,credit_minor,balance_minor\n1001,5,,5\n3001,,5,-5\n",
        "debits and credits, or balances",
    ),
    "neither form": ("account,name\n1001,Cash\n", r"column: balance_minor .*debit_minor and credit_minor, or balance_minor"),
    "a side of debits": (
        "account,side,debit_minor,credit_minor\n1001,debit,5,\n3001,credit,,5\n",
        "a side is that of a balance",
    ),
    "no side": ("account,side,balance_minor\n1001,debit,5\n3001,,5\n", r"row: 2 \| column: side \| value: 3001"),
    "a word that is none": ("account,side,balance_minor\n1001,借,5\n3001,贷,5\n", r"row: 1 \| column: side \| value: 借"),
    "nil with a balance": ("account,side,balance_minor\n1001,debit,5\n3001,nil,5\n", "side is nil only where balance_minor is"),
    "side and sign": ("account,side,balance_minor\n1001,debit,5\n3001,credit,-5\n", "of the side, list it in ignore"),
    "neither side nor sign": ("account,balance_minor\n1001,5\n3001,5\n", "map the column that says it"),
}


@pytest.mark.parametrize("name", FORMS_REFUSED)
def test_balances_whose_side_is_not_clear_make_a_ledger_unusable(name: str, tmp_path: Path) -> None:
    content, said = FORMS_REFUSED[name]
    with pytest.raises(UnusableInput, match=said):
        balances(write_csv(tmp_path, content, "ledger.csv"))
