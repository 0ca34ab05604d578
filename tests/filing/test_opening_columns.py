"""One file with the balances of both instants, as 期初余额 and 期末余额: its columns by instant; the same twice are refused."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.period_close import close
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput

LEDGER = "ledger/2023.csv"
FORMS = {
    "debits and credits": (
        ("期初借方", "期初贷方", "期末借方", "期末贷方"),
        'debit_minor = "期末借方", credit_minor = "期末贷方"',
        'debit_minor = "期初借方", credit_minor = "期初贷方"',
    ),
    "our names for the closing": (
        ("Beginning debit", "Beginning credit", "debit_minor", "credit_minor"),
        "",
        'debit_minor = "Beginning debit", credit_minor = "Beginning credit"',
    ),
    "signed balances": (("Beginning", "Ending"), 'balance_minor = "Ending"', 'balance_minor = "Beginning"'),
    "two forms": (
        ("Beginning", "debit_minor", "credit_minor"), "", 'balance_minor = "Beginning"',
    ),
}  # fmt: skip
"""The names of the columns of balances, those of the closing as the plan maps them, and those of the opening."""


def balances(path: Path) -> dict[str, int]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["account"]: int(row["debit_minor"]) - int(row["credit_minor"]) for row in csv.DictReader(file)}


def stated(balance: int, columns: int) -> list[str]:
    return [str(balance)] if columns == 1 else [str(max(balance, 0)), str(max(-balance, 0))]


def lender(folder: Path, form: str, opening_columns: bool = True, closed: bool = False) -> Path:
    """The starter's plan on one ledger with the balances of both instants in a form; with the opening's income ``closed`` to
    retained earnings, as a file of the year has it."""
    plan = write_starter(folder).plan
    files = {year: folder / f"ledger/trial-balance-{year}-12-31.csv" for year in (2022, 2023)}
    opening, closing = (balances(files[year]) for year in (2022, 2023))
    if closed:
        profit = sum(balance for account, balance in opening.items() if account.startswith("6"))
        opening = {account: 0 if account.startswith("6") else balance for account, balance in opening.items()}
        opening["4104"] = opening.get("4104", 0) + profit
    names, of_closing, of_opening = FORMS[form]
    own = 2 if names[-1] in ("credit_minor", "期末贷方") else 1
    lines = [
        ",".join([account, *stated(opening.get(account, 0), len(names) - own), *stated(closing.get(account, 0), own)])
        for account in dict.fromkeys([*opening, *closing])
    ]
    (folder / LEDGER).write_text("\n".join([",".join(["account", *names]), *lines]) + "\n", encoding="utf-8")
    text = plan.read_text(encoding="utf-8")
    for file in files.values():
        text = text.replace(f'"ledger/{file.name}"', f'"{LEDGER}"')
    text += f"\n[trial_balance.columns]\n{of_closing.replace(', ', chr(10))}\n"
    if opening_columns:
        text += f"\n[trial_balance.read.opening.columns]\n{of_opening.replace(', ', chr(10))}\n"
    plan.write_text(text, encoding="utf-8")
    return plan


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("form", FORMS)
def test_one_file_of_both_instants_is_read_as_two(form: str, tmp_path: Path) -> None:
    """Every cell of the statement is that of the starter's two files."""
    two = close(write_starter(tmp_path / "two").plan)
    one = close(lender(tmp_path / "one", form))
    assert one.listed.findings == two.listed.findings == ()
    printed = [(run.folder / "statement.json").read_text(encoding="utf-8") for run in (one, two)]
    assert printed[0] == printed[1]


def test_an_opening_whose_income_is_closed_already_rolls_forward(tmp_path: Path) -> None:
    """期初 of a year: the profit of the one before stands in retained earnings, where the statement shows it in any case."""
    two = close(write_starter(tmp_path / "two").plan)
    run = close(lender(tmp_path / "one", "debits and credits", closed=True))
    assert run.listed.findings == ()
    printed = [(one.folder / "statement.txt").read_text(encoding="utf-8") for one in (run, two)]
    assert printed[0] == printed[1]


def test_the_same_columns_of_one_file_are_refused(tmp_path: Path) -> None:
    """The ledger of the closing for both instants: refused with what to map; so is a copy of it under another name."""
    plan = lender(tmp_path / "same", "signed balances", opening_columns=False)
    text = plan.read_text(encoding="utf-8").replace(
        'amounts = "minor"\n\n# When', 'amounts = "minor"\nignore = ["Beginning"]\n\n# When'
    )
    plan.write_text(text, encoding="utf-8")
    for does in (check, close):
        with pytest.raises(
            UnusableInput, match=r"here both instants take the same columns .* \[trial_balance.read.opening.columns\]"
        ):
            does(plan)
    (plan.parent / "ledger/copy.csv").write_bytes((plan.parent / LEDGER).read_bytes())
    plan.write_text(text.replace(f'closing = "{LEDGER}"', 'closing = "ledger/copy.csv"'), encoding="utf-8")
    with pytest.raises(UnusableInput, match="the same columns of the same content"):
        check(plan)


def test_columns_of_an_opening_that_is_not_named_are_refused(tmp_path: Path) -> None:
    plan = lender(tmp_path / "one", "signed balances")
    text = plan.read_text(encoding="utf-8").replace(f'opening = "{LEDGER}"\n', "")
    plan.write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"read.opening is about the opening.s file.*name it as opening"):
        check(plan)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("form", "remedy"),
    [
        ("two forms", 'write negative = ["balance_minor"] in [trial_balance.read.opening]'),
        ("our names for the closing", "exchange debit_minor and credit_minor in [trial_balance.read.opening.columns]"),
    ],
)
def test_an_opening_of_columns_of_its_own_with_the_other_sign(form: str, remedy: str, tmp_path: Path) -> None:
    """Its own columns are looked at, and what is said reads them right; the closing beside them stays as it is."""
    plan = lender(tmp_path / "one", form)
    rows = [line.split(",") for line in (plan.parent / LEDGER).read_text(encoding="utf-8").splitlines()]
    if form == "two forms":
        turned = [rows[0], *([code, str(-int(own)), *closing] for code, own, *closing in rows[1:])]
    else:
        turned = [rows[0], *([code, credit, debit, *closing] for code, debit, credit, *closing in rows[1:])]
    (plan.parent / LEDGER).write_text("\n".join(map(",".join, turned)) + "\n", encoding="utf-8")
    with pytest.raises(UnusableInput, match=re.escape(remedy)):
        check(plan)
    text = plan.read_text(encoding="utf-8")
    if form == "two forms":
        text += '\n[trial_balance.read.opening]\nnegative = ["balance_minor"]\n'
    else:
        exchanged = 'debit_minor = "Beginning credit"\ncredit_minor = "Beginning debit"'
        text = text.replace(FORMS[form][2].replace(", ", "\n"), exchanged)
    plan.write_text(text, encoding="utf-8")
    assert close(plan).listed.findings == ()
