"""Which account of the plan one of a ledger is: by its name, by its code and a like name, by a row, or asked."""

from pathlib import Path

import pytest

from gaapbridge.starter.account_names import account_words, likeness, row_of
from gaapbridge.starter.chart import starter_chart
from gaapbridge.starter.ledger_account import LedgerAccount
from gaapbridge.starter.ledger_file import look_at_ledger

POSTING = starter_chart().posting


def account(folder: Path, code: str, name: str, *kinds: str) -> LedgerAccount:
    """The account of a ledger that has it and cash, beside tapes of some kinds of contracts."""
    ledger = folder / "ledger.csv"
    ledger.write_text(f'account,name,debit,credit\n9999,Cash at bank,1.00,\n{code},"{name}",,1.00\n', encoding="utf-8")
    return next(one for one in look_at_ledger([ledger], starter_chart(), kinds).accounts if one.code == code)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Loans receivable, net - current portion", "principal_current"),
        ("Loans receivable, due after one year", "principal_non_current"),
        ("Allowance for credit losses - long-term", "loss_allowance_non_current"),
        ("Guarantee fees receivable - affiliates, within one year", "fee_receivable_related_current"),
        ("贷款损失准备-一年以上", "loss_allowance_non_current"),
        ("应收担保费-关联方-一年内到期", "fee_receivable_related_current"),
        ("未到期责任准备金", "stand_ready_liability"),
        ("应交税费-应交增值税", "other_tax_payable"),
    ],
)
def test_a_name_of_the_trade_tells_the_account_whatever_its_code(name: str, role: str, tmp_path: Path) -> None:
    found = account(tmp_path, "77-01", name)
    assert (found.ours, found.row, found.why) == (POSTING[role], None, "its name")


def test_a_code_tells_the_account_with_a_like_name_only(tmp_path: Path) -> None:
    """6003 is the accretion of guarantee fees in the plan: of four words three are the same. Of another name it is asked."""
    code = POSTING["fee_accretion"]
    like = account(tmp_path, code, "Accretion of guarantee fees receivable")
    assert (like.ours, like.why) == (code, "its code, and a like name: look at it")
    other = account(tmp_path, code, "Suspense")
    assert (other.ours, other.near) == (None, (code,))
    part = account(tmp_path, f"{code}01", "Accretion of guarantee fees receivable 1")
    assert part.ours == code
    assert account(tmp_path, "77", "Accretion of guarantee fees receivable").ours is None


def test_what_is_due_later_is_not_like_what_is_due_within_a_year(tmp_path: Path) -> None:
    sooner, later = account_words("Loss allowance, within a year"), account_words("Loss allowance, later")
    assert likeness(sooner, [later]) == 0.0 and likeness(sooner, [account_words("Loss allowance")]) == 2 / 3
    assert account(tmp_path, POSTING["loss_allowance_current"], "Loss allowance on loans, later").ours is None


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("Property and equipment, net", "tnca"), ("Restricted cash", "tca"), ("固定资产-运输设备", "tnca"),
        ("Payable to investors of trusts, within a year", "tcl"), ("Payable to investors of trusts, later", "tncl"),
        ("应付职工薪酬", "tcl"), ("Interest income on cash", "pbt"), ("Interest payable", "tcl"), ("Suspense", None),
        ("Other", None), ("Payable", None),
    ],
)  # fmt: skip
def test_an_account_that_no_note_touches_counts_in_the_row_that_its_name_says(name: str, row: str | None) -> None:
    assert row_of(name) == row


@pytest.mark.parametrize(
    "name",
    [
        "Income from restricted cash", "Depreciation of fixed assets", "Loss on disposal of fixed assets",
        "Amortization of intangible assets", "Accounts payable write-back income", "Lease liabilities: interest on",
        "Provision for other receivables", "Impairment of intangible assets", "固定资产-折旧", "无形资产-摊销",
        "其他应付款-核销收益", "其他应收款-坏账损失",
    ],
)  # fmt: skip
def test_income_and_expense_count_in_no_row_of_the_balance_sheet(name: str) -> None:
    """Each has the words of a balance that is known, and one of income or expense."""
    assert row_of(name) is None


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("Interest expense - warehouse line", "opex"), ("Interest expense - notes payable", "opex"),
        ("Foreign exchange gain on borrowings", "pbt"), ("借款-利息支出", "opex"), ("应付债券-利息支出", "opex"),
        ("Accrued expenses", "tcl"), ("Accrued interest payable on borrowings", "tcl"), ("Prepaid expenses", "tca"),
        ("Property and equipment, net of depreciation", "tnca"), ("Accumulated depreciation", "tnca"),
        ("Accumulated other comprehensive income", "eq_parent"), ("累计摊销", "tnca"), ("应付利息", "tcl"),
        ("固定资产-累计折旧", "tnca"), ("长期待摊费用", "tnca"), ("其他综合收益", "eq_parent"),
        ("Facilitation fees receivable", None), ("Accrued interest expense", "tcl"),
    ],
)  # fmt: skip
def test_a_word_of_income_or_expense_tells_the_statement_and_not_where_a_balance_is_called_by_it(
    name: str, row: str | None
) -> None:
    assert row_of(name) == row


def test_an_expense_is_like_no_balance_of_the_plan(tmp_path: Path) -> None:
    """2101 is the contract liability of the plan; 1811 and 2901 are deferred taxes. A balance is like no revenue (6002)."""
    assert account(tmp_path, "9001", "Deferred tax expense").near == (POSTING["income_tax_expense"],)
    loss = account(tmp_path, POSTING["contract_liability"], "Contract liability losses")
    assert (loss.ours, loss.near) == (None, ())
    assert POSTING["guarantee_revenue"] not in account(tmp_path, "9002", "Guarantee fee income receivable").near


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Sales & Marketing", "6601"), ("Sales & marketing expenses", "6601"), ("S&M expenses", "6601"),
        ("General & Administrative", "6602"), ("G&A expenses", "6602"), ("R&D expenses", "6603"),
        ("Provision for guaranty losses", "provision_for_contingent"), ("Guaranty fee income", "guarantee_revenue"),
        ("Guaranty liability - stand-ready", "stand_ready_liability"), ("担保负债-或有", "guarantee_contingent"),
        ("信用减值损失-应收担保费", "provision_for_fee_receivable"), ("信用减值损失-担保负债", "provision_for_contingent"),
    ],
)  # fmt: skip
def test_names_are_read_however_they_are_written(name: str, role: str, tmp_path: Path) -> None:
    """& is and; guaranty is guarantee; letters that stand for words are these words."""
    assert account(tmp_path, "9001", name).ours == POSTING.get(role, role)


def test_selling_general_and_administrative_is_no_one_account(tmp_path: Path) -> None:
    assert account(tmp_path, "9001", "SG&A").ours is None


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("Furniture & equipment", "tnca"), ("Depreciation expense", "opex"), ("Depreciation & amortization", "opex"),
        ("财务费用", "opex"), ("财务费用-手续费", "opex"),
    ],
)  # fmt: skip
def test_more_accounts_that_no_note_touches(name: str, row: str, tmp_path: Path) -> None:
    """6603 is 财务费用 in the chart of enterprises, research and development in the plan."""
    found = account(tmp_path, "6603", name)
    assert (found.row, found.ours) == (row, "6603-ledger")


@pytest.mark.campaign(but=3)
@pytest.mark.parametrize("code", ["9001", POSTING["provision_for_fee_receivable"]])
@pytest.mark.parametrize("name", ["信用减值损失", "Provision for credit losses", "Credit loss expense"])
def test_losses_of_no_kind_are_asked_whatever_the_code(name: str, code: str, tmp_path: Path) -> None:
    """Of loans, of fees receivable and of guarantees the plan has an account each; with loans alone it is theirs."""
    roles = ("provision_for_loans", "provision_for_fee_receivable", "provision_for_contingent")
    found = account(tmp_path, code, name)
    assert (found.ours, set(found.near)) == (None, {POSTING[role] for role in roles})
    assert account(tmp_path, code, name, "loans", "guarantees").ours is None
    assert account(tmp_path, code, name, "loans").ours == POSTING["provision_for_loans"]


@pytest.mark.parametrize("code", ["9001", POSTING["stand_ready_liability"]])
@pytest.mark.parametrize("name", ["担保负债", "Guarantee liabilities", "Guaranty liability"])
def test_guarantee_liabilities_of_no_kind_are_asked_whatever_the_code(name: str, code: str, tmp_path: Path) -> None:
    found = account(tmp_path, code, name, "loans", "guarantees")
    assert (found.ours, set(found.near)) == (None, {POSTING["stand_ready_liability"], POSTING["guarantee_contingent"]})


def test_a_code_that_the_plan_has_for_another_account_gets_a_code_of_its_own(tmp_path: Path) -> None:
    """6603 is research and development in the plan."""
    found = account(tmp_path, "6603", "Interest income on cash")
    assert (found.ours, found.row) == ("6603-ledger", "pbt")
