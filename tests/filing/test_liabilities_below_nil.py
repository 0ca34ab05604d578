"""Balance sheets whose liabilities stand below nil: British ones, where assets of 1,100 less (720) leave net assets of 380, and
those of a lender whose tax is to be refunded, a debit among its liabilities."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge import verify
from gaapbridge.period_close import close
from gaapbridge.starter import write_starter
from gaapbridge.statement.effects import deferred_tax, liabilities_sign
from gaapbridge.statement.rules_within import balance
from gaapbridge.verification import read_reconciliation

SHEET = """\
"As of December 31, 2023","U.S. GAAP","(i) Expected credit losses","IFRS"
Non-current assets,,,
Loans receivable,700,-40,660
Current assets,,,
Loans receivable,300,-20,280
Cash,100,0,100
Total assets,1100,-60,1040
Current liabilities,,,
Borrowings,-400,0,-400
Deferred tax,-20,15,-5
Non-current liabilities,,,
Borrowings,-300,0,-300
Total liabilities,-720,15,-705
Net assets,380,-45,335
Equity,,,
Share capital,100,0,100
Retained earnings,280,-45,235
Total equity,380,-45,335
"""


def found(tmp_path: Path, text: str) -> list[str]:
    """What is found in a sheet, its rate of tax 25 %, with the difference of each."""
    path = tmp_path / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    findings = verify(path, statutory_rate="0.25").findings
    return [f"{one.check} {one.where} {one.difference}" for one in findings]


def test_liabilities_below_nil_are_no_break(tmp_path: Path) -> None:
    assert found(tmp_path, SHEET) == []
    assert found(tmp_path, SHEET.replace("Net assets,380,-45,335\n", "")) == []


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        ("Total equity,380,-45,335", "Total equity,385,-45,340", {"R3 bs-2023/ta/us_gaap", "R3 bs-2023/ta/ifrs"}),
        ("Total liabilities,-720,15,-705", "Total liabilities,-725,15,-710", {"R3 bs-2023/ta/us_gaap", "R3 bs-2023/ta/ifrs"}),
        ("Deferred tax,-20,15,-5", "Deferred tax,-20,-15,-35", {"R2 bs-2023/tl/ecl", "R6 bs-2023/deferred_tax/ecl"}),
    ],
)
def test_what_is_wrong_in_such_a_sheet_is_found(tmp_path: Path, old: str, new: str, breaks: set[str]) -> None:
    assert breaks <= {line.rpartition(" ")[0] for line in found(tmp_path, SHEET.replace(old, new))}


def test_one_total_below_nil_is_an_error_and_no_way_to_write(tmp_path: Path) -> None:
    """A sign that is lost under one framework is no British sheet."""
    plain = SHEET.replace("-400,0,-400", "400,0,400").replace("-300,0,-300", "300,0,300").replace("-20,15,-5", "20,-15,5")
    plain = plain.replace("-720,15,-705", "720,-15,705")
    assert found(tmp_path, plain) == []
    assert "R3 bs-2023/ta/us_gaap 1440" in found(tmp_path, plain.replace("720,-15,705", "-720,-15,705"))


REFUND = """\
"As of December 31, 2023","U.S. GAAP","(i) Expected credit losses","IFRS"
Assets,,,
Loans receivable,2000,-40,1960
Cash,100,0,100
Total assets,2100,-40,2060
Liabilities,,,
Accounts payable,30,0,30
Income tax payable,-80,0,-80
Deferred tax liabilities,10,-10,0
Total liabilities,-40,-10,-50
Equity,,,
Share capital,1500,0,1500
Retained earnings,640,-30,610
Total equity,2140,-30,2110
Total liabilities and equity,2100,-40,2060
"""
"""Tax of 80 to be refunded is more than is owed: 2,140 of equity less 40 are 2,100, and a loss of 40 bears tax of 10."""

BOTH_SIDES = "Total liabilities and equity,2100,-40,2060\n"


def test_a_refund_above_what_is_owed_is_a_debit(tmp_path: Path) -> None:
    assert found(tmp_path, REFUND) == []
    assert found(tmp_path, REFUND.replace(BOTH_SIDES, "")) == []


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        ("Total equity,2140,-30,2110", "Total equity,2145,-30,2115", {"R3 bs-2023/ta/us_gaap -5", "R3 bs-2023/ta/ifrs -5"}),
        ("Total assets,2100,-40,2060", "Total assets,2180,-40,2140", {"R3 bs-2023/ta/us_gaap 80", "R3 bs-2023/ta/ifrs 80"}),
        (BOTH_SIDES, "Total liabilities and equity,2109,-40,2069\n", {"R3 bs-2023/tle/us_gaap 9", "R3 bs-2023/tle/ifrs 9"}),
        (
            "Deferred tax liabilities,10,-10,0",
            "Deferred tax liabilities,10,10,20",
            {"R2 bs-2023/tl/ecl -20", "R6 bs-2023/dtl/ecl -10"},
        ),
    ],
)
def test_what_is_wrong_beside_a_refund_is_found(tmp_path: Path, old: str, new: str, breaks: set[str]) -> None:
    """By as much as is wrong: assets of 2,180 would foot as a British sheet, 2,140 and 40, but for the total of both sides."""
    assert breaks <= set(found(tmp_path, REFUND.replace(old, new)))


def test_where_no_total_tells_deferred_tax_is_not_checked(tmp_path: Path) -> None:
    """Of a page with liabilities alone nobody knows whether (40) is owed."""
    path = tmp_path / "page.csv"
    lines = REFUND.splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(("Total assets", "Total liab")) or "-50" in line))
    verified = verify(path, statutory_rate="0.25")
    assert verified.findings == ()
    assert any(one.check == "R6" and "no total tells" in one.why for one in verified.not_checked)


def test_a_close_knows_its_signs(tmp_path: Path) -> None:
    """Assets of 2,180 and 2,160 foot in a British sheet, and in a close's own miss by 80 and 100."""
    path = tmp_path / "sheet.csv"
    wrong = REFUND.replace(BOTH_SIDES, "").replace("Total assets,2100,-40,2060", "Total assets,2180,-20,2160")
    path.write_text(wrong, encoding="utf-8")
    document = read_reconciliation(path)
    told, known = document.statements[0], document.of_a_close().statements[0]
    assert (liabilities_sign(told), liabilities_sign(known)) == (-1, 1)
    assert (deferred_tax(told, "ecl"), deferred_tax(known, "ecl")) == (-10, 10)
    missed = [[check.difference for check in balance(one, ("ecl",))[0]] for one in (told, known)]
    assert missed == [[0, 0, 0], [80, 100, 20]]


def test_a_close_whose_tax_is_refunded_ties_out(tmp_path: Path) -> None:
    """Taxes of 9,000,000 paid ahead at both instants leave liabilities below nil: that, on its row, is all that is found."""
    plan = write_starter(tmp_path / "mine").plan
    for year, cash, tax in ((2022, 49_679_000, 188_573), (2023, 48_765_382, 715_782)):
        ledger = plan.parent / f"ledger/trial-balance-{year}-12-31.csv"
        text = ledger.read_text(encoding="utf-8")
        held, owed = f",{cash},0", f"2222,Income tax payable,0,{tax}"
        assert held in text and owed in text
        text = text.replace(held, f",{cash - 9_000_000},0")
        text = text.replace(owed, f"2222,Income tax payable,{9_000_000 - tax},0")
        ledger.write_text(text, encoding="utf-8")
    run = close(plan)
    assert [check.id for check in run.listed.checks if not check.holds] == []
    for name in ("bs-2023", "bs-2022"):
        statement = run.document.statement(name)
        assert statement is not None
        total = statement.row("tl")
        assert total is not None and total.us_gaap < 0 and total.ifrs < 0
    assert {one.name for one in run.listed.findings} == {"balance on its wrong side"}
