"""Printed statements roll: rounding leaves no break across periods that the verification would take for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from hypothesis import given
from hypothesis import strategies as st

from gaapbridge.filings import layout_file, read_json
from gaapbridge.statement.document import Row
from gaapbridge.statement.layout import layout_of
from gaapbridge.statement.present import controlled_rounding, present, present_flow
from gaapbridge.statement.reconcile import exact_rows, reconcile

UNIT = 100_000
LAYOUT = layout_of(read_json(layout_file("lender")), "lender.json")
ACCOUNTS = {row_id: row_id for row_id in LAYOUT.row_ids()}
AMOUNT = st.integers(-(10**7), 10**7)


def printed_amount(rows: Iterable[Row], row_id: str) -> int:
    return next(row for row in rows if row.id == row_id).amount("x")


@given(st.sampled_from(["dta", "dtl"]), st.lists(AMOUNT, min_size=9, max_size=9), st.one_of(st.just(0), AMOUNT))
def test_a_column_rolls_within_one_unit(tax_row: str, amounts: list[int], path: int) -> None:
    """Any balances and flows of a note, with deferred tax on one side and a movement outside profit."""
    opening = Counter({"loans_c": amounts[0], "loans_nc": amounts[1], "otp": amounts[2], tax_row: amounts[3]})
    opening["re"] = -sum(opening.values())
    flow = Counter({"loans_c": amounts[4], "loans_nc": amounts[5], "otp": amounts[6], "fi": amounts[7]})
    flow["p_loans"] = -sum(flow.values())
    flow[tax_row], flow["tax"] = amounts[8], -amounts[8]
    closing = Counter(opening)
    for balances in (flow, {"loans_c": path, "re": -path}):
        closing.update(balances)

    def rows(form: str, balances: Mapping[str, int]) -> list:
        statement = LAYOUT.balance_sheet if form == "sheet" else LAYOUT.income_statement
        return reconcile(LAYOUT, statement, ACCOUNTS, {"us_gaap": {}, "x": balances})

    before, after = (present(rows("sheet", balances), UNIT) for balances in (opening, closing))
    paths = {"x": {"opening_basis_difference": round(path / UNIT)}}
    income = present_flow(rows("income", flow), UNIT, before, after, paths, paths)
    equity = printed_amount(after, "eq") - printed_amount(before, "eq") - paths["x"]["opening_basis_difference"]
    sign = 1 if tax_row == "dta" else -1
    tax = sign * (printed_amount(after, tax_row) - printed_amount(before, tax_row))
    assert abs(equity - printed_amount(income, "ni")) <= 1
    assert abs(tax - printed_amount(income, "tax")) <= 1
    assert abs(equity - tax - printed_amount(income, "pbt")) <= 1
    for shown, exact in zip(income, exact_rows(rows("income", flow)), strict=True):
        assert shown.id == exact.id and abs(shown.amount("x") * UNIT - exact.amount("x")) < UNIT


def test_retained_earnings_take_up_the_profit() -> None:
    """A loss of 30 on a loan, taxed at 25 %: assets fall by 22.5, and equity with them."""
    loss = {"loans_c": -3_000, "p_loans": 3_000, "dta": 750, "tax": -750}
    sheet = {r.row.id: r for r in reconcile(LAYOUT, LAYOUT.balance_sheet, ACCOUNTS, {"us_gaap": {}, "ecl": loss})}
    assert sheet["re"].ifrs == sheet["eq"].ifrs == sheet["ta"].ifrs == sheet["tle"].ifrs == -2_250
    income = {r.row.id: r.ifrs for r in reconcile(LAYOUT, LAYOUT.income_statement, ACCOUNTS, {"us_gaap": {}, "ecl": loss})}
    assert (income["p_loans"], income["opex"], income["pbt"], income["tax"], income["ni"]) == (
        3_000,
        3_000,
        -3_000,
        750,
        -2_250,
    )


def test_what_is_carried_unprinted_stays_in_its_sub_total() -> None:
    """Cash has no line of its own: it stands in current assets, and interest income in pre-tax income."""
    ledger = {"tca": 900, "re": -500, "pbt": -400}
    sheet = {r.row.id: r for r in reconcile(LAYOUT, LAYOUT.balance_sheet, ACCOUNTS, {"us_gaap": ledger})}
    assert sheet["tca"].unprinted["us_gaap"] == sheet["ta"].ifrs == sheet["eq"].ifrs == 900
    income = {r.row.id: r for r in reconcile(LAYOUT, LAYOUT.income_statement, ACCOUNTS, {"us_gaap": ledger})}
    assert income["pbt"].unprinted["us_gaap"] == income["ni"].ifrs == 400
    assert income["ifo"].ifrs == 0


def test_the_larger_remainder_is_raised() -> None:
    """1.4 + 1.3 = 2.7 prints as 2 + 1 = 3."""
    rows = reconcile(LAYOUT, LAYOUT.income_statement, ACCOUNTS, {"us_gaap": {"fi": -27, "rev": 0}})
    assert controlled_rounding(rows, "us_gaap", 10)["ni"] == 3
    sheet = reconcile(LAYOUT, LAYOUT.balance_sheet, ACCOUNTS, {"us_gaap": {"loans_c": 14, "loans_nc": 13, "re": -27}})
    printed = controlled_rounding(sheet, "us_gaap", 10)
    assert (printed["loans_c"], printed["loans_nc"], printed["ta"]) == (2, 1, 3)
