"""The printed statement: the published filing printed again cell by cell, and rounding that foots."""

from __future__ import annotations

import json
import random
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaapbridge.filings import layout_file, read_json
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.layout import Layout, LayoutRow, layout_of
from gaapbridge.statement.present import controlled_rounding, present
from gaapbridge.statement.printing import caption_when, print_statement, statement_csv
from gaapbridge.statement.reconcile import Reconciled, reconcile
from gaapbridge.terms.errors import UnusableInput
from tests.published import published

UNIT = 100_000
DOCUMENT = json.loads(published("qifu-2023").read_text(encoding="utf-8"))


def test_the_filing_is_printed_as_filed() -> None:
    """Every cell of both years' statements stands in the text, in its row and column."""
    text = print_statement(read_document(DOCUMENT, "qifu-2023.json"))
    blocks = re.split(r"^(?:BALANCE SHEET|INCOME STATEMENT)$", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(DOCUMENT["statements"]) == 4
    columns = [column["id"] for column in DOCUMENT["columns"]]
    for block, statement in zip(blocks, DOCUMENT["statements"], strict=True):
        shown = [c for c in columns if any(row["adj"].get(c) for row in statement["rows"])]
        printed = [_amounts(line) for line in block.splitlines() if len(_amounts(line)) == len(shown) + 2]
        filed = [[row["us_gaap"], *(row["adj"].get(c, 0) for c in shown), row["ifrs"]] for row in statement["rows"]]
        assert printed == filed


def _amounts(line: str) -> list[int]:
    cells = re.findall(r"(?<=\s)(—|\(\d{1,3}(?:,\d{3})*\)|\d{1,3}(?:,\d{3})*)(?=\s|$)", line[40:])
    return [0 if c == "—" else -int(c.strip("()").replace(",", "")) if c[0] == "(" else int(c.replace(",", "")) for c in cells]


def test_the_csv_has_every_row() -> None:
    lines = statement_csv(read_document(DOCUMENT, "qifu-2023.json")).splitlines()
    assert len(lines) == 1 + sum(len(statement["rows"]) for statement in DOCUMENT["statements"])
    assert "us_gaap,ecl,eir,sbc,fg,ifrs" in lines[0]


def _layout(name: str) -> Layout:
    return layout_of(read_json(layout_file(name)), name)


def test_a_row_says_itself_in_which_sub_total_it_counts() -> None:
    """One line of a layout adds a row, with the sign that its side has in the sub-total; an unknown sub-total is refused."""
    raw = json.loads(layout_file("lender").read_text(encoding="utf-8"))
    row = {"id": "fees", "label": "Fees paid in advance", "section": "current liabilities", "role": "line", "normal": "debit"}
    raw["statements"][0]["rows"].append({**row, "in": "tcl"})
    added_up = {row.id: row.of for row in layout_of(raw, "own.json").balance_sheet.rows}
    assert added_up["tcl"][-1] == (-1, "fees")
    raw["statements"][0]["rows"][-1]["in"] = "tlc"
    with pytest.raises(UnusableInput, match="did you mean tl or tle or tcl"):
        layout_of(raw, "own.json")


@given(st.sampled_from(["lender", "qifu"]), st.data())
def test_printed_figures_foot_and_stay_within_a_unit(name: str, data: st.DataObject) -> None:
    """Accounts drawn at random that balance: printed rows foot, assets equal liabilities and equity, nil stays nil."""
    layout = _layout(name)
    rows = [row.id for row in layout.balance_sheet.rows]
    accounts = {f"a{i}": row for i, row in enumerate(rows) if row not in ("ta", "tl", "tle", "eq")}
    amount = st.integers(-(10**12), 10**12)
    columns = {}
    for column in ("us_gaap", "ecl"):
        drawn = data.draw(st.dictionaries(st.sampled_from(sorted(accounts)), amount, max_size=len(accounts)))
        balancing = next(code for code, row in accounts.items() if row == "apic")
        drawn[balancing] = drawn.get(balancing, 0) - sum(drawn.values())
        columns[column] = drawn
    exact = reconcile(layout, layout.balance_sheet, accounts, columns)
    printed = present(exact, UNIT)
    for column in columns:
        shown = {row.id: row.amount(column) for row in printed}
        for reconciled in exact:
            units = shown[reconciled.row.id]
            assert abs(units * UNIT - reconciled.amounts[column]) < UNIT
            if reconciled.row.of:
                unprinted = units - sum(sign * shown[child] for sign, child in reconciled.row.of)
                assert abs(unprinted * UNIT - reconciled.unprinted[column]) < UNIT
                assert reconciled.unprinted[column] or not unprinted
        assert shown["ta"] == shown["tle"] == shown["tl"] + shown["eq"]
    assert all(row.ifrs == row.us_gaap + sum(row.adjustments.values()) for row in printed)


def test_what_a_column_takes_out_whole_prints_nil_under_ifrs() -> None:
    """831.60 of fees, taken out whole: the nearest unit of the column's total assets, (863.56), would print (832) and (1)."""
    layout = _layout("lender")
    us = {"far_c": 83160, "loans_c": 16873593, "tca": 16059000, "loans_nc": 18000864}
    us |= {"gl_sr": -96658, "gl_c": -30622, "otp": -135045, "tcl": -188573, "apic": -50750171, "re": 184452}
    guarantees = {"far_c": -83160, "dta": -3196, "cl": -849, "gl_sr": 96658, "otp": 133, "re": -9586}
    accounts = {row.id: row.id for row in layout.balance_sheet.rows}
    printed = {
        row.id: row
        for row in present(reconcile(layout, layout.balance_sheet, accounts, {"us_gaap": us, "fg": guarantees}), 100)
    }
    assert sum(us.values()) == sum(guarantees.values()) == 0
    assert (printed["far_c"].us_gaap, printed["far_c"].ifrs) == (831, 0)
    assert (printed["gl_sr"].us_gaap, printed["gl_sr"].ifrs) == (967, 0)
    assert printed["ta"].adjustments == printed["tle"].adjustments


def test_no_amount_is_printed_under_ifrs_with_another_sign_than_its_own() -> None:
    """A deferred tax asset of 1.4, less 0.6 twice, is one of 0.2: each at its nearest unit would print an asset of (1)."""
    layout = _layout("lender")
    accounts = {row.id: row.id for row in layout.balance_sheet.rows}
    columns = {"us_gaap": {"dta": 140, "re": -140}, "ecl": {"dta": -60, "re": 60}, "fg": {"dta": -60, "re": 60}}
    (row,) = (row for row in present(reconcile(layout, layout.balance_sheet, accounts, columns), 100) if row.id == "dta")
    assert row.ifrs == 0
    columns = {name: {code: -amount for code, amount in balances.items()} for name, balances in columns.items()}
    columns = {name: {"dtl": balances["dta"], "re": balances["re"]} for name, balances in columns.items()}
    (row,) = (row for row in present(reconcile(layout, layout.balance_sheet, accounts, columns), 100) if row.id == "dtl")
    assert row.ifrs == 0, "nor a liability"


def test_us_gaap_gives_way_only_where_nil_cannot_be_printed_otherwise() -> None:
    """0.6 three times is 1 three times, but a column that takes out 1.8 cannot print (3): then US GAAP prints 1, 1 and 0."""
    layout = _layout("lender")
    accounts = {row.id: row.id for row in layout.balance_sheet.rows}
    us = {"far_c": 60, "rp_c": 60, "loans_c": 60, "tca": 9880, "re": -10060}
    for taken_out, shown in ({"far_c": -60, "rp_c": -60}, [1, 1, 1]), ({"far_c": -60, "rp_c": -60, "loans_c": -60}, [0, 1, 1]):
        columns = {"us_gaap": us, "fg": taken_out | {"re": -sum(taken_out.values())}}
        printed = {row.id: row for row in present(reconcile(layout, layout.balance_sheet, accounts, columns), 100)}
        assert [printed[row].ifrs for row in taken_out] == [0] * len(taken_out)
        assert sorted(printed[row].us_gaap for row in ("far_c", "rp_c", "loans_c")) == shown


@given(st.lists(st.integers(-40, 40), min_size=3, max_size=3), st.integers(-40, 40), st.sampled_from([0, 1, 2]))
def test_no_other_rounding_that_foots_lies_nearer(parts: list[int], beside: int, nil: int) -> None:
    """Every way to round three lines, an unprinted part and their total, tried one by one: nil, then the total, then all."""
    wanted, exact = parts[nil] // 10, sum(parts) + beside
    nearest = (exact + 5) // 10 if exact >= 0 else -((5 - exact) // 10)
    lines = [LayoutRow(name, name, "", "line", (), "debit") for name in "abc"]
    total = LayoutRow("t", "t", "", "total", ((1, "a"), (1, "b"), (1, "c")), "debit")
    rows = [Reconciled(line, {"x": part}, {"x": part}) for line, part in zip(lines, parts, strict=True)]
    rows.append(Reconciled(total, {"x": exact}, {"x": beside}))

    def away(units: tuple[int, ...]) -> tuple[int, int, int]:
        apart = [abs(10 * u - r.amounts["x"]) for u, r in zip(units, rows, strict=True)]
        return abs(units[nil] - wanted), abs(units[3] - nearest), sum(apart)

    ways = [{r.amounts["x"] // 10, -(-r.amounts["x"] // 10)} for r in rows]
    left_over = {beside // 10, -(-beside // 10)}
    footing = [units for units in product(*ways) if units[3] - sum(units[:3]) in left_over]
    printed = controlled_rounding(rows, "x", 10, nil={"abc"[nil]: wanted})
    shown = (printed["a"], printed["b"], printed["c"], printed["t"])
    assert shown in footing and away(shown) == min(map(away, footing))


@pytest.mark.parametrize(
    ("period", "caption"),
    [
        ("2024-01-01/2024-02-29", "For the two months ended February 29, 2024"),
        ("2024-01-01/2024-03-31", "For the three months ended March 31, 2024"),
        ("9999-01-01/9999-12-31", "For the year ended December 31, 9999"),
    ],
)
def test_a_period_is_named_to_the_end_of_the_calendar(period: str, caption: str) -> None:
    assert caption_when(None, period) == caption


def test_ifrs_is_printed_less_than_a_unit_from_its_exact_amount() -> None:
    """8.49 less 0.57, 0.57 and 0.58 is 6.77: each at its nearest unit would print 8 less 1, 1 and 1, which is 5."""
    layout = _layout("lender")
    accounts = {row.id: row.id for row in layout.balance_sheet.rows}
    balances = {"us_gaap": 849, "ecl": -57, "eir": -57, "fg": -58}
    columns = {name: {"loans_c": amount, "re": -amount} for name, amount in balances.items()}
    printed = present(reconcile(layout, layout.balance_sheet, accounts, columns), 100)
    assert {row.ifrs for row in printed if row.id in ("loans_c", "ta", "re")} <= {6, 7}


@pytest.mark.parametrize("name", ["lender", "qifu"])
def test_five_columns_leave_no_row_adrift_under_ifrs(name: str) -> None:
    """Fifty tables drawn with a seed; a tenth of their rows, printed column by column, would lie a unit or more away."""
    drawn, layout = random.Random(20231231), _layout(name)
    rows = [row.id for row in layout.balance_sheet.rows if row.id not in ("ta", "tl", "tle", "eq")]
    for _ in range(50):
        columns = {}
        for column in ("us_gaap", "ecl", "eir", "sbc", "fg"):
            balances = {row: drawn.randint(-(10**8), 10**8) for row in rows if column == "us_gaap" or drawn.random() < 0.4}
            columns[column] = balances | {"apic": balances.get("apic", 0) - sum(balances.values())}
        exact = reconcile(layout, layout.balance_sheet, {row: row for row in rows}, columns)
        printed = {row.id: row for row in present(exact, UNIT)}
        assert not [one.row.id for one in exact if abs(printed[one.row.id].ifrs * UNIT - one.ifrs) >= UNIT]
