"""Which account of the plan one of a ledger is: by its name, by its code and a like name, by a row, or asked."""

from pathlib import Path

import pytest

from gaapbridge.starter.account_names import account_words, likeness, row_of
from gaapbridge.starter.chart import starter_chart
from gaapbridge.starter.ledger_file import LedgerAccount, look_at_ledger

POSTING = starter_chart().posting


def account(folder: Path, code: str, name: str) -> LedgerAccount:
    """The account of a ledger that has it and cash."""
    ledger = folder / "ledger.csv"
    ledger.write_text(f'account,name,debit,credit\n9999,Cash at bank,1.00,\n{code},"{name}",,1.00\n', encoding="utf-8")
    return next(one for one in look_at_ledger([ledger], starter_chart()).accounts if one.code == code)


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
    assert row_of(account_words(name)) == row


def test_a_code_that_the_plan_has_for_another_account_gets_a_code_of_its_own(tmp_path: Path) -> None:
    """6603 is research and development in the plan."""
    found = account(tmp_path, "6603", "Interest income on cash")
    assert (found.ours, found.row) == ("6603-ledger", "pbt")
