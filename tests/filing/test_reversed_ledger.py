"""A trial balance of which every balance has the other sign is refused by name, with what reads it right; nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.period_close import close
from tests.filing.test_right_ledger import CLOSING, OPENING, Balances, balances, edited, refused, rewritten

FILES = (OPENING, CLOSING)
AMOUNTS = """amounts = "minor"

# When are they taken?"""
BESIDE = """amounts = "minor"
{}

# When are they taken?"""
WITHOUT_A_SIDE = 'columns = { balance_minor = "amount" }'


def reversed_signs(found: Balances) -> None:
    for account in found:
        found[account] = -found[account]


def as_one_column(lender: Path, sign: int, sided: bool = False) -> None:
    """Both files as accounts with one column of balances times ``sign``, or with an amount and the side of that."""
    for name in FILES:
        rows = [(account, sign * balance) for account, balance in balances(lender / name).items()]
        side = [["nil", "debit", "credit"][(amount > 0) - (amount < 0)] for _, amount in rows]
        lines = [
            f"{account},{abs(amount)},{word}" if sided else f"{account},{amount}"
            for (account, amount), word in zip(rows, side, strict=True)
        ]
        header = "account,amount,side" if sided else "account,amount"
        (lender / name).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_a_ledger_with_every_sign_reversed_is_refused(name: str, starter_copy: Path) -> None:
    """Accounts that begin with 1 are the assets, with 2 the liabilities of the starter's chart."""
    found = balances(starter_copy / name)
    assets, liabilities = (sum(one for code, one in found.items() if code.startswith(first)) for first in "12")
    assert liabilities < 0 < assets
    rewritten(starter_copy / name, reversed_signs)
    said = refused(starter_copy / "plan.toml")
    assert said["file"] == name
    assert said["value"] == f"assets {-assets:,} minor units, liabilities {liabilities:,}"
    assert "both have the other sign" in str(said["rule"])


@pytest.mark.parametrize("name", FILES)
def test_so_is_that_of_a_lender_without_liabilities(name: str, starter_copy: Path) -> None:
    """What it owed is its owners' capital: equity is a debit, of as much as assets are a credit but for the profit."""

    def owned_whole(found: Balances) -> None:
        for account in [code for code in found if code.startswith("2")]:
            found["4001"] += found.pop(account)

    rewritten(starter_copy / name, owned_whole)
    found = balances(starter_copy / name)
    assets, equity = (sum(one for code, one in found.items() if code.startswith(first)) for first in "14")
    assert equity < 0 < assets
    rewritten(starter_copy / name, reversed_signs)
    said = refused(starter_copy / "plan.toml")
    assert (said["file"], said["value"]) == (name, f"assets {-assets:,} minor units, equity {equity:,}")


def test_debits_and_credits_are_exchanged(starter_copy: Path) -> None:
    for name in FILES:
        rewritten(starter_copy / name, reversed_signs)
    assert "exchange debit_minor and credit_minor in [trial_balance] columns" in str(
        refused(starter_copy / "plan.toml")["remedy"]
    )
    exchanged = 'columns = { debit_minor = "credit_minor", credit_minor = "debit_minor" }'
    assert close(edited(starter_copy, (AMOUNTS, BESIDE.format(exchanged)))).listed.findings == ()


@pytest.mark.campaign
@pytest.mark.parametrize("name", FILES)
def test_one_file_alone_is_read_beneath_its_instant(name: str, starter_copy: Path) -> None:
    """What both share would turn the other file round."""
    rewritten(starter_copy / name, reversed_signs)
    plan, instant = starter_copy / "plan.toml", "opening" if name == OPENING else "closing"
    table = f"[trial_balance.read.{instant}.columns]"
    assert f"exchange debit_minor and credit_minor in {table}" in str(refused(plan)["remedy"])
    exchanged = f'\n{table}\ndebit_minor = "credit_minor"\ncredit_minor = "debit_minor"\n'
    plan.write_text(plan.read_text(encoding="utf-8") + exchanged, encoding="utf-8")
    assert close(plan).listed.findings == ()


def test_balances_are_read_with_the_other_sign(starter_copy: Path) -> None:
    as_one_column(starter_copy, sign=-1)
    plan = edited(starter_copy, (AMOUNTS, BESIDE.format(WITHOUT_A_SIDE)))
    remedy = str(refused(plan)["remedy"])
    assert 'write negative = ["balance_minor"] in [trial_balance.read]' in remedy
    negated = f'{WITHOUT_A_SIDE}\nread = {{ negative = ["balance_minor"] }}'
    assert close(edited(starter_copy, (WITHOUT_A_SIDE, negated))).listed.findings == ()


def test_balances_that_need_no_other_sign_are_read_without(starter_copy: Path) -> None:
    as_one_column(starter_copy, sign=1)
    negated = f'{WITHOUT_A_SIDE}\nread = {{ negative = ["balance_minor"] }}'
    said = refused(edited(starter_copy, (AMOUNTS, BESIDE.format(negated))))
    assert "take balance_minor out of negative in [trial_balance.read]" in str(said["remedy"])
    assert close(edited(starter_copy, (negated, WITHOUT_A_SIDE))).listed.findings == ()


@pytest.mark.campaign
def test_the_words_of_a_side_are_exchanged(starter_copy: Path) -> None:
    as_one_column(starter_copy, sign=-1, sided=True)
    sided = 'columns = { balance_minor = "amount" }'
    said = refused(edited(starter_copy, (AMOUNTS, BESIDE.format(sided))))
    assert "exchange debit and credit in [trial_balance.read.values.side]" in str(said["remedy"])
    exchanged = f'{sided}\nread = {{ values = {{ side = {{ debit = "credit", credit = "debit" }} }} }}'
    assert close(edited(starter_copy, (sided, exchanged))).listed.findings == ()


@pytest.mark.campaign
def test_overdrawn_cash_alone_reverses_nothing(starter_copy: Path) -> None:
    """Assets are a credit where a lender owes its bank more than it has; its liabilities stay one, too."""

    def overdrawn(found: Balances) -> None:
        found["1001"] -= 90_000_000
        found["4001"] += 90_000_000

    rewritten(starter_copy / CLOSING, overdrawn)
    found = balances(starter_copy / CLOSING)
    assert sum(one for code, one in found.items() if code.startswith("1")) < 0
    findings = close(starter_copy / "plan.toml").listed.findings
    assert {finding.name for finding in findings} == {"balance on its wrong side", "cash is overdrawn"}
