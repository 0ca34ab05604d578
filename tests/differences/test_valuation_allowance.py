"""Deferred tax assets that are not realised, by hand: what columns add to an asset, and what they take from its allowance.

An asset is recognised as far as it is realised, more likely than not (740-10-30-5(e)), as far as taxable profit is probable
(IAS 12.24); the reversal of taxable differences is such profit (740-10-30-18(a); IAS 12.28). Minor units, 25 %.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.difference import VALUATION_ALLOWANCE
from gaapbridge.measure.tax import Sides, realised
from gaapbridge.period_close import close
from gaapbridge.period_close.deferred_tax import standing
from gaapbridge.period_close.entries import NoteColumn, post_notes
from gaapbridge.plan import Plan, read_plan
from gaapbridge.plan.model import ChartAccount
from gaapbridge.plan.tax import NoteTax
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.statement_kinds import BALANCE_SHEET
from tests.differences.journals import brought
from tests.differences.test_deferred_tax_over_years import SERIES, SIDES, brought_forward, deferred, realising, sums
from tests.miniature import first_year, second_year

NIL = dict.fromkeys(SERIES, 0)
Stated = tuple[int, int | str]
"""The allowance in the ledger, and how much more of an asset would be realised."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return read_plan(write_starter(tmp_path_factory.mktemp("starter") / "lender").plan, DECLARED)


def before_tax(*amounts: int) -> dict[str, int]:
    """Differences in equity before tax, by note."""
    return dict(zip(SERIES, amounts, strict=True))


def posted(plan: Plan, column: NoteColumn) -> tuple[int, int, int]:
    """What a column leaves in deferred tax assets, in liabilities, and of the first by less allowance (more is below nil)."""
    lines = [line for line in column.journal.lines() if line.segment == VALUATION_ALLOWANCE]
    assert {line.account for line in lines} <= {plan.account_of(SIDES[0])}
    assets, liabilities = deferred(plan, column, "brought_forward", "movement", "tax")
    return assets, liabilities, sum(line.amount_minor for line in lines)


@pytest.mark.parametrize(
    ("stated", "asset", "amounts", "expected"),
    [
        # All is realised: 60 and 70 of liability, and 10 less of it.
        ((0, "all"), 0, (240, 280, -40), [(0, 60, 0), (0, 70, 0), (0, -10, 0)]),
        # Of an allowance of 100 on an asset of 100, 60 fall away with 60 of asset, then 40; 30 are left to be a liability.
        ((100, 0), 0, (240, 280, -40), [(0, 0, 60), (0, 30, 40), (0, -10, 0)]),
        # 60 of asset are added and 50 would be realised; 70 are taken, 10 of them from what was not recognised.
        ((0, 50), 0, (-240, 280, -40), [(50, 0, -10), (-50, 10, 10), (0, -10, 0)]),
        # Nothing more is realised than the ledger's 30: 60 find no profit, but the 70 of taxable differences are one.
        ((0, 0), 30, (-240, 280, -40), [(0, 0, -60), (-10, 0, 60), (10, 0, 0)]),
        # An asset of 30 left of 130 by an allowance of 100: 120 less uses up the allowance and 20 of the asset.
        ((100, 0), 30, (480, -40, 0), [(-20, 0, 100), (10, 0, 0), (0, 0, 0)]),
    ],
)
def test_columns_add_what_is_realised_and_use_up_the_ledger_s_allowance(
    plan: Plan, stated: Stated, asset: int, amounts: tuple[int, ...], expected: list[tuple[int, int, int]]
) -> None:
    ledgers = {state: {plan.account_of(SIDES[0]): asset} for state in ("opening", "closing")}
    limited = realising(plan, stated)
    columns, findings = post_notes(limited, sums(NIL, before_tax(*amounts)), None, ledgers)
    assert findings == []
    assert [posted(plan, column) for column in columns if column.note.key in SERIES] == expected
    for column in columns:
        assets, liabilities, _ = posted(plan, column)
        assert column.journal.balances("tax").get(plan.account_of("income_tax_expense"), 0) == liabilities - assets


def test_a_new_estimate_goes_through_income_and_is_brought_forward(plan: Plan) -> None:
    """An asset of 60 stood when all was realised; now nothing is: an expense of 60 by itself (740-10-45-20; IAS 12.56, 12.60).
    The next year opens with 60 before and nil after the allowance, and keeps both."""
    lost, differences = realising(plan, (0, "all"), (0, 0)), before_tax(-240, 0, 0)
    columns, findings = post_notes(lost, sums(differences, differences), None, {})
    assert findings == []
    (entry,) = (one for one in columns[0].journal.entries if one.kind == "tax")
    expense = (plan.account_of("income_tax_expense"), "all", 60)
    assert entry.id == "i-tax-valuation_allowance"
    assert [(one.account, one.segment, one.amount_minor) for one in entry.lines] == [
        (plan.account_of(SIDES[0]), VALUATION_ALLOWANCE, -60), expense,
    ]  # fmt: skip
    carried = brought_forward(plan, columns)
    asset = plan.account_of(SIDES[0])
    assert {segment: amount for (account, segment), amount in carried["expected_credit_loss"].items() if account == asset} == {
        "all": 60, VALUATION_ALLOWANCE: -60,
    }  # fmt: skip
    again, found = post_notes(realising(plan, (0, 0)), sums(differences, differences), brought(carried), {})
    assert found == [], "the opening is measured with the estimate in force then"
    assert posted(plan, again[0]) == (0, 0, -60)
    assert "tax" not in {entry.kind for entry in again[0].journal.entries}


def test_an_estimate_changed_for_the_past_is_an_opening_basis_difference(plan: Plan) -> None:
    """The run before left an asset of 60, all realised; the plan now says that nothing was then."""
    differences = before_tax(-240, 0, 0)
    carried = brought_forward(plan, post_notes(plan, sums(NIL, differences), None, {})[0])
    columns, (finding,) = post_notes(realising(plan, (0, 0)), sums(differences, differences), brought(carried), {})
    assert (finding.name, finding.where, finding.amount_minor) == ("opening basis difference", "ecl/opening", -60)
    moved = columns[0].basis_difference
    assert moved is not None and (moved.amount_minor, moved.pre_tax_minor) == (-60, 0)


def test_what_is_rolled_forward_is_rolled_before_the_allowance(plan: Plan) -> None:
    """250 at 25 %, of which 200 are realised; 600 more at 20 % are 120: 370 before, 200 after. By the liability method 320."""
    rates = [{"enacted": date(2007, 3, 16), "from": date(2008, 1, 1), "rate": Decimal("0.25")}]
    rates.append({"enacted": date(2023, 6, 30), "from": date(2024, 1, 1), "rate": Decimal("0.20")})
    limited = realising(plan, (0, 200))
    for method, before in (("roll_forward", 370), ("liability_method", 320)):
        dated = NoteTax.model_validate({"method": method, "basis": "enacted", "reverses": [Decimal(1)], "rates": rates})
        taxed = limited.model_copy(update={"tax": {**limited.tax, "expected_credit_loss": dated}})
        differences = before_tax(-1_000, 0, 0), before_tax(-1_600, 0, 0)
        first, _ = post_notes(taxed, sums(*differences), None, {})
        assert posted(plan, first[0]) == (200, 0, 200 - before)
        assert first[0].journal.balances("tax").get(plan.account_of("income_tax_expense"), 0) == 0


def test_an_allowance_with_an_account_of_its_own_is_in_the_ledger_s_asset(plan: Plan) -> None:
    """An asset of 100 less an allowance of 100 is nil: a column of -60 that uses up no allowance is a liability."""
    own = ChartAccount(name="Valuation allowance", line="dta")
    charted = plan.model_copy(update={"accounts": {**plan.accounts, "1812": own}})
    ledger = {charted.account_of(SIDES[0]): 100, "1812": -100}
    assert standing(charted, ledger) == Sides(0, 0)
    (column, *_), _ = post_notes(charted, sums(NIL, before_tax(240, 0, 0)), None, {"opening": ledger, "closing": ledger})
    assert posted(charted, column) == (0, 60, 0)


@given(st.lists(st.integers(-1_000, 1_000), max_size=6), st.integers(0, 1_500), st.one_of(st.none(), st.integers(0, 1_500)))
def test_no_column_turns_its_sign_and_all_together_are_what_is_realised(
    nets: list[int], allowance: int, further: int | None
) -> None:
    if allowance:
        further = 0
    changes = realised(nets, allowance, further)
    whole = sum(nets)
    most = whole if further is None else further
    assert sum(changes) == (min(whole, most) if whole > 0 else min(0, whole + allowance))
    for net, change in zip(nets, changes, strict=True):
        assert net * change >= 0 and abs(change) <= abs(net)


@pytest.fixture(scope="module", params=[(0, 5_000), (20_000, 0)], ids=str)
def closed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """Both years of the starter's lender with an allowance, the second opening with the run of the first."""
    lender = write_starter(tmp_path_factory.mktemp("allowance") / "lender").plan
    allowance, further = request.param
    ample = 'in_ledger_minor = 0, further_minor = "all"'
    text = lender.read_text(encoding="utf-8")
    assert ample in text
    text = text.replace(ample, f"in_ledger_minor = {allowance}, further_minor = {further}")
    runs = []
    for written in (first_year(text), second_year(text)):
        lender.write_text(written, encoding="utf-8")
        runs.append(close(lender))
    return runs


@pytest.mark.campaign(but=1)
def test_a_close_with_an_allowance_ties_out_and_prints_nothing_below_nil(closed: list[Run]) -> None:
    for run in closed:
        assert [finding.name for finding in run.listed.findings] == []
        for statement in (one for one in run.document.statements if one.kind == BALANCE_SHEET):
            assert all(row.us_gaap >= 0 and row.ifrs >= 0 for row in statement.rows if row.id in ("dta", "dtl"))
    proofs = [check for check in closed[1].listed.checks if check.id.endswith("/proof")]
    assert len(proofs) == 4 and {check.evidence for check in proofs} >= {"recomputed"}


def test_the_notes_prove_the_tax_line_by_line(closed: list[Run]) -> None:
    """In each column that bears tax: income before tax, its items, and the tax to which they add."""
    notes = (closed[1].folder / "notes.txt").read_text(encoding="utf-8")
    blocks = [block.split("\n\n")[0].splitlines() for block in notes.split("Income tax on the difference ")[1:]]
    assert blocks
    for block in blocks:
        amounts = {line[:52].strip(): _amount(line[52:]) for line in block[1:]}
        items = [amount for name, amount in amounts.items() if name[:6] != "Income" or name.startswith("Income tax at")]
        assert sum(items) == amounts["Income tax expense"], block
    assert any("Valuation allowance" in line for block in blocks for line in block)


def _amount(text: str) -> int:
    digits = int("".join(one for one in text if one.isdigit()) or 0)
    return -digits if "(" in text else digits
