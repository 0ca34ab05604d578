"""The tax proof of a column: what its notes print and its check expects, against arithmetic on the exact balance sheets."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.statement.document import Document
from tests.miniature import first_year

RATES = "rates = [{ enacted = 2007-03-16, from = 2008-01-01, rate = 0.25 }"
A_FIFTH = ", { enacted = 2023-06-30, from = 2024-01-01, rate = 0.20 }"
"""25 % at the opening of 2023; at its closing 20 %, for all that reverses from 2024 on."""

AMPLE = 'in_ledger_minor = 0, further_minor = "all"'
LEFT = "in_ledger_minor = 0, further_minor = 10000"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The starter's lender, its rate lowered in the year, and no more than 100.00 of deferred tax assets realised."""
    plan = write_starter(tmp_path_factory.mktemp("proof") / "lender").plan
    text = plan.read_text(encoding="utf-8")
    assert text.count(RATES) == 3 and AMPLE in text
    plan.write_text(text.replace(RATES, RATES + A_FIFTH).replace(AMPLE, LEFT), encoding="utf-8")
    return close(plan)


def effects(books: Document, statement: str, column: str) -> tuple[int, int]:
    """A column's effect on equity before tax and its net deferred tax asset, from a balance sheet."""
    sheet = books.statement(statement)
    assert sheet is not None
    equity, asset, liability = (row.amount(column) if (row := sheet.row(one)) else 0 for one in ("eq", "dta", "dtl"))
    return equity - asset + liability, asset - liability


def half_away(amount: Fraction) -> int:
    return int(abs(amount) + Fraction(1, 2)) * (1 if amount > 0 else -1)


def test_each_item_is_that_of_the_balance_sheets(run: Run) -> None:
    """Income at 20 %; the opening difference at 5 % less; what is left of the movement of deferred tax is the allowance."""
    notes = (run.folder / "notes.txt").read_text(encoding="utf-8")
    blocks = notes.split("Income tax on the difference ")[1:]
    found = {}
    for column, block in zip(("ecl", "eir", "fg"), blocks, strict=True):
        opened, tax_opened = effects(run.exact, "bs-2022", column)
        closed, tax_closed = effects(run.exact, "bs-2023", column)
        at_rate, by_rate = half_away(Fraction(opened - closed, 5)), half_away(Fraction(opened, 20))
        items = at_rate, by_rate, tax_closed - tax_opened - at_rate - by_rate
        found[column] = items
        printed = dict(re.findall(r"(?m)^  (\S.*?) {2,}(\S+)$", block.split("\n\n")[0]))
        for name, amount in zip(
            ("Income tax at 20 %", "Change of rate, on the opening difference", ALLOWED), items, strict=True
        ):
            assert abs(value(printed.get(name, "0")) - amount / 100) <= 1, (column, name)
        assert [check.evidence for check in run.listed.checks if check.id == f"R6/is-2023/{column}/proof"] == ["recomputed"]
        assert value(printed["Income tax expense"]) == pytest.approx((tax_closed - tax_opened) / 100, abs=1)
    assert all(any(items[number] for items in found.values()) for number in range(3)), "each item is in some column"
    assert [check.id for check in run.listed.checks if not check.holds] == []


ALLOWED = "Valuation allowance"


def value(text: str) -> int:
    digits = int(re.sub(r"\D", "", text) or 0)
    return -digits if text.startswith("(") else digits


def test_a_taxed_share_based_column_of_one_instant_is_judged_by_its_retained_earnings(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """It moves amounts inside equity, so its difference before tax is read in retained earnings, and not in equity as a whole,
    in a close without an opening too."""
    plan = write_starter(tmp_path_factory.mktemp("awards") / "lender").plan
    text = first_year(plan.read_text(encoding="utf-8"))
    before, awards = text.split("[tax.share_based_compensation]")
    plan.write_text(
        f"{before}[tax.share_based_compensation]{awards.replace('rate = 0.0 ', 'rate = 0.25 ', 1)}", encoding="utf-8"
    )
    run = close(plan)
    (rate,) = (check for check in run.listed.checks if check.id == "R6/bs-2022/sbc/rate")
    assert rate.holds and rate.actual != 0 and run.listed.findings == ()
