"""Accounts of a ledger that hold what the plan has in two are proposed as both, where the second is measured."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.starter.chart import starter_chart
from gaapbridge.starter.ledger_file import accounts_of, look_at_ledger

POSTING = starter_chart().posting
LOANS = [POSTING["principal_current"], POSTING["principal_non_current"]]


def proposed(folder: Path, kinds: Sequence[str], *names: str) -> dict[str, Any]:
    """What the accounts of a ledger, by their names, are in the plan of contracts of these kinds."""
    lines = [f'{place},"{name}",{place},' for place, name in enumerate(names, start=9001)]
    path = folder / "ledger.csv"
    path.write_text("\n".join(["account,name,debit,credit", *lines, "9999,Cash at bank,,99.00"]) + "\n", encoding="utf-8")
    table = "\n".join(accounts_of("trial_balance", look_at_ledger([path], starter_chart(), kinds)))
    accounts = tomllib.loads(table)["trial_balance"]["accounts"]
    return {name: accounts.get(str(place)) for place, name in enumerate(names, start=9001)}


@pytest.mark.parametrize(
    ("name", "kind", "role"),
    [
        ("Loans receivable", "loans", "principal"), ("发放贷款及垫款", "loans", "principal"),
        ("Allowance for loan losses", "loans", "loss_allowance"), ("Deferred loan fees", "loans", "deferred"),
        ("应收担保费", "guarantees", "fee_receivable"), ("Accrued guarantee fees", "guarantees", "accrued_fee"),
        ("Loss allowance for guarantee fees", "guarantees", "fee_allowance"),
        ("应收担保费-关联方", "guarantees", "fee_receivable_related"),
    ],
)  # fmt: skip
def test_one_account_of_what_is_due_within_a_year_and_later_is_both(name: str, kind: str, role: str, tmp_path: Path) -> None:
    assert proposed(tmp_path, [kind], name) == {name: [POSTING[f"{role}_current"], POSTING[f"{role}_non_current"]]}


def test_it_is_not_divided_by_what_is_not_measured(tmp_path: Path) -> None:
    """Without a tape of loans nothing says what is due later: a plan that divides it would be refused."""
    assert proposed(tmp_path, ["guarantees"], "Loans receivable") == {"Loans receivable": LOANS[0]}


def test_a_ledger_that_tells_the_terms_apart_is_not_divided(tmp_path: Path) -> None:
    both = {"Loans receivable": LOANS[0], "Loans receivable, due after one year": LOANS[1]}
    assert proposed(tmp_path, ["loans"], *both) == both
    sooner = {"Loans receivable, due within one year": LOANS[0]}
    assert proposed(tmp_path, ["loans"], *sooner) == sooner


def test_two_accounts_of_one_are_divided_alike(tmp_path: Path) -> None:
    both = {"Loans receivable": LOANS, "发放贷款": LOANS}
    assert proposed(tmp_path, ["loans"], *both) == both


def test_paid_in_capital_holds_the_cost_of_share_awards_where_no_account_is_theirs(tmp_path: Path) -> None:
    awards = POSTING["additional_paid_in_capital"]
    capital = {"Common stock": "4001", "Additional paid-in capital": ["4001", awards]}
    assert proposed(tmp_path, ["loans", "awards"], *capital) == capital
    assert proposed(tmp_path, ["loans"], *capital) == {"Common stock": "4001", "Additional paid-in capital": "4001"}
    own = {"资本公积": "4001", "资本公积-股份支付": awards}
    assert proposed(tmp_path, ["awards"], *own) == own
