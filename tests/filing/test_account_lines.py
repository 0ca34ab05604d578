"""Accounts in a row of the other statement than their names are of: found by the plan's names, and by those of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.filings import layout_file
from gaapbridge.period_close import close
from gaapbridge.tapes.account_sides import of_balances_alone, of_profit_alone, says_balance, says_profit
from gaapbridge.terms import Finding
from tests.filing.test_right_ledger import CLOSING, Balances, balances, edited, refused, rewritten

ACCRUED, PROVISION, RETAINED = (
    f'name = "{name}"' for name in ("Accrued interest", "Provision for loans receivable", "Retained earnings")
)


@pytest.mark.parametrize(
    "name",
    [
        "Interest income", "利息收入", "Provision expense", "Other operating revenues", "财务费用", "Income tax expense",
        "Interest income on loans receivable", "Finance income from lease receivables", "Interest income on deposits",
        "Interest income - consumer loans", "利息收入-消费贷", "Provision expense – cards",
        "Expenses of deferred compensation", "未逾期贷款利息收入", "Income from trust services", "Recovery of expenses",
    ],
)  # fmt: skip
def test_of_income_or_expense_and_of_no_balance(name: str) -> None:
    assert of_profit_alone(name)


@pytest.mark.parametrize(
    "name",
    [
        "Deferred income", "Unearned income", "Accrued interest receivable", "Income tax payable", "Income tax", "预收利息",
        "应收利息", "递延收益", "Accrued expenses", "待摊费用", "未确认融资费用", "Provision for loan losses", "Loan losses",
        "Loans and interest", "固定资产-折旧", "Income received in advance", "Interest income in suspense",
        "Fixed income securities", "Accumulated other comprehensive income", "其他应付款-费用", "Unamortized issuance expenses",
        "Suspended interest income", "Unbilled revenue", "Unbilled service income", "Expenses recoverable",
        "Legal expenses recoverable from borrowers", "Recoverable legal expenses", "Reimbursable expenses",
        "Interest income earned not received", "Income accrued but not received", "Expenses not yet paid",
        "Revenue sharing due to platforms", "Due from officers - expense advances", "Expense advances to staff",
        "Provision for expenses", "Provision for legal expenses", "Inland revenue", "Inland Revenue Department",
        "Internal Revenue Service refund", "Revenue stamps", "Revenue bonds", "Investment in Real Estate Income Trust",
        "Income fund investments", "Low income housing tax credits", "Income-producing property", "Outstanding expenses",
        "Expenses owed", "Deposits for utilities expenses", "Receivables from interest income",
        "Deferred income on loans receivable", "未赚取收入", "已收未摊收入", "未结算收入", "备用金-费用", "费用报销借款",
        "收入准备", "Deferred - service income", "Unearned – income", "Accrued - expenses", "Income tax - payable",
        "应收-利息收入",
    ],
)  # fmt: skip
def test_what_a_balance_may_be_called_is_not_of_income_alone(name: str) -> None:
    assert not of_profit_alone(name)


@pytest.mark.parametrize(
    "name",
    [
        "Loans receivable", "应收账款", "Interest payable", "Allowance for loan losses", "坏账准备", "Deferred income",
        "Deferred revenue, current", "Unearned guarantee fee income", "Unearned income", "Loan loss reserve",
        "Loan loss reserves", "Accrued expenses", "Prepaid expenses", "Accrued operating expenses", "递延收益", "递延收入",
        "递延担保费收入",
    ],
)  # fmt: skip
def test_of_a_balance_and_of_no_income(name: str) -> None:
    assert of_balances_alone(name)


@pytest.mark.parametrize(
    "name",
    [
        "Fees on loans receivable", "Provision: fees receivable", "Provision for loans receivable", "Deferred tax",
        "提取坏账准备", "Bad debts, receivables", "Interest on loans receivable", "信用减值损失 应收担保费",
        "Accretion of fees receivable", "Recoveries of receivables", "应收担保费折现摊销", "Changes in loss allowance",
        "Gain on sale of receivables", "应收利息收入转回", "应收利息冲回", "Late fees receivable waived", "Deferred income tax",
        "Deferred income taxes", "Deferred tax expense", "Accretion of unearned income", "Release of unearned guarantee fees",
        "Unearned income released", "Recognition of deferred revenue", "Amortization of deferred loan costs", "递延收益摊销",
        "其他收益-递延收益", "递延收益转入", "Net change in loan loss reserve", "Addition to loan loss reserve",
        "Charge for loan loss allowance", "Accrued interest income", "Accrued interest expense", "Loan loss reserve expense",
        "Deferred income earned", "递延所得税",
    ],
)  # fmt: skip
def test_what_income_may_be_called_is_not_of_balances_alone(name: str) -> None:
    assert not of_balances_alone(name)


def found(plan: Path) -> tuple[Finding, ...]:
    return check(plan).findings


def test_income_on_a_row_of_assets_is_found(starter_copy: Path) -> None:
    plan = edited(starter_copy, (ACCRUED, ACCRUED.replace("Accrued interest", "Interest income")))
    (finding,) = found(plan)
    assert finding.name == "income on a row of the balance sheet"
    assert (finding.where, finding.amount_minor) == ("1305", balances(starter_copy / CLOSING)["1305"])
    assert finding.why.startswith("Interest income (loans_c): of income or expense by name, in rows of assets")


@pytest.mark.parametrize(
    ("name", "as_whole"),
    [
        ("Accumulated - depreciation", "Accumulated depreciation"), ("累计-折旧", "累计折旧"),
        ("Income tax - payable", "Income tax payable"), ("固定资产-折旧", "固定资产折旧"),
        ("Interest expense - warehouse line", "Interest expense warehouse line"), ("Write-off of loans", "Write-off of loans"),
    ],
)  # fmt: skip
def test_a_dash_parts_a_name_and_says_nothing(name: str, as_whole: str) -> None:
    assert says_profit(name) is says_profit(as_whole) and says_balance(name) is says_balance(as_whole)
    assert says_profit(name) is (name[0] in "固IW" and "tax" not in name)


def test_a_name_that_is_right_is_accepted(starter_copy: Path) -> None:
    """By its finding's name, with the reason; another name is refused."""
    renamed = ACCRUED.replace("Accrued interest", "Interest income")
    table, accepted = "[records.severity]\n", '{ as = "accepted", reason = "a contra account" }\n'
    accepting = f'{table}"income on a row of the balance sheet" = {accepted}'
    plan = edited(starter_copy, (ACCRUED, renamed), (table, accepting))
    told = check(plan)
    assert [one.accepted for one in told.findings] == ["a contra account"] and told.exit_code == 0
    assert "Accepted: income on a row of the balance sheet, 1305" in told.as_text() and "Findings: " not in told.as_text()
    run = close(plan)
    assert [one.accepted for one in run.listed.findings] == ["a contra account"]
    said = refused(edited(starter_copy, ('"income on a row of the balance sheet"', '"income on a row"')))
    assert (said["key"], said["value"]) == ("records.severity", "income on a row")


def test_a_balance_on_a_row_of_income_is_found(starter_copy: Path) -> None:
    plan = edited(starter_copy, (PROVISION, PROVISION.replace("Provision for loans", "Loans")))
    (finding,) = found(plan)
    assert finding.name == "balance on a row of the income statement"
    assert (finding.where, finding.amount_minor) == ("6701", balances(starter_copy / CLOSING)["6701"])
    assert finding.why.startswith("Loans receivable (p_loans): a balance by name, in rows of the income statement")


def test_income_on_a_row_of_equity_is_the_profit_of_the_period(starter_copy: Path) -> None:
    assert found(edited(starter_copy, (RETAINED, 'name = "Net income of the year"'))) == ()


SECTIONS = {
    "non-current assets": "非流动资产", "current assets": "流动资产",
    "non-current liabilities": "非流动负债", "current liabilities": "流动负债", "equity": "所有者权益",
}  # fmt: skip
OWN_LAYOUT = ('layout = "lender"', 'layout = "own.json"')


def in_own_layout(lender: Path, sections: Mapping[str, str]) -> None:
    """The lender's layout as a file of its own, with other sections."""
    text = layout_file("lender").read_text(encoding="utf-8")
    for ours, theirs in sections.items():
        text = text.replace(f'"section": "{ours}"', f'"section": "{theirs}"')
    (lender / "own.json").write_text(text, encoding="utf-8")


def test_sections_may_be_named_in_chinese(starter_copy: Path) -> None:
    in_own_layout(starter_copy, SECTIONS)
    plan = edited(starter_copy, OWN_LAYOUT, (ACCRUED, 'name = "Interest income"'))
    assert [one.where for one in found(plan)] == ["1305"]
    assert found(edited(starter_copy, ('name = "Interest income"', ACCRUED), (RETAINED, 'name = "Net income"'))) == ()


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("sections", [{}, SECTIONS], ids=["in English", "in Chinese"])
def test_a_balance_on_its_wrong_side_is_found_in_any_language(sections: Mapping[str, str], starter_copy: Path) -> None:
    """R20: fees receivable that the ledger has as a credit of 50,000.00, against cash; an allowance of 14.00 is beside it."""

    def owed(ledger: Balances) -> None:
        ledger["1001"] += ledger["1201"] + 5_000_000
        ledger["1201"] = -5_000_000

    rewritten(starter_copy / CLOSING, owed)
    in_own_layout(starter_copy, sections)
    wrong = [one for one in close(edited(starter_copy, OWN_LAYOUT)).listed.findings if one.check == "R20"]
    assert [one.where for one in wrong] == ["bs-2023/far_c/us_gaap", "bs-2023/far_c/ifrs"]
    assert wrong[0].amount_minor == -5_001_400


@pytest.mark.parametrize("section", ["Loans", "Working capital", "Skulder"])
def test_a_section_that_says_nothing_is_refused(section: str, starter_copy: Path) -> None:
    in_own_layout(starter_copy, {"current liabilities": section})
    said = refused(edited(starter_copy, OWN_LAYOUT))
    assert (said["file"], said["row"], said["value"]) == ("own.json", "cl", section)
    assert "write one of these words in the section of the line" in str(said["remedy"])


def named_ledger(lender: Path, name: str) -> None:
    """The closing ledger with names: account 1305 in two, of which 600101 has 500 of it and a name."""
    rows = balances(lender / CLOSING)
    rows |= {"1305": rows["1305"] - 500, "600101": 500}
    lines = [f"{code},{name if code == '600101' else ''},{max(0, one)},{max(0, -one)}" for code, one in rows.items()]
    text = "\n".join(["account,name,debit_minor,credit_minor", *lines]) + "\n"
    (lender / CLOSING).write_text(text, encoding="utf-8")


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("name", "amount"), [("利息收入", 500), ("应收利息", None), ("", None)])
def test_an_account_of_the_ledger_is_found_by_its_name_there(name: str, amount: int | None, starter_copy: Path) -> None:
    named_ledger(starter_copy, name)
    minor = 'amounts = "minor"\n\n# When are they taken?'
    mapped = minor.replace("\n\n", '\naccounts = { "600101" = "1305" }\n\n')
    findings = found(edited(starter_copy, (minor, mapped)))
    assert [(one.where, one.amount_minor) for one in findings] == ([("600101", amount)] if amount else [])
