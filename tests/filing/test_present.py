"""The printed statement: the published filing printed again cell by cell, and rounding that foots."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from gaapbridge.filings import layout_file, published, read_json
from gaapbridge.statement.layout import Layout, layout_of
from gaapbridge.statement.present import present
from gaapbridge.statement.printing import print_statement, statement_csv
from gaapbridge.statement.reconcile import reconcile

UNIT = 100_000
DOCUMENT = json.loads(published("qifu-2023").read_text(encoding="utf-8"))


def test_the_filing_is_printed_as_filed() -> None:
    """Every cell of both years' statements stands in the text, in its row and column."""
    text = print_statement(DOCUMENT)
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
    lines = statement_csv(DOCUMENT).splitlines()
    assert len(lines) == 1 + sum(len(statement["rows"]) for statement in DOCUMENT["statements"])
    assert "us_gaap,ecl,eir,sbc,fg,ifrs" in lines[0]


def _layout(name: str) -> Layout:
    return layout_of(read_json(layout_file(name)), name)


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
    by_id = {row["id"]: row for row in printed}
    for column in columns:
        shown = {row["id"]: row["us_gaap"] if column == "us_gaap" else row["adj"].get(column, 0) for row in printed}
        for reconciled in exact:
            units = shown[reconciled.row.id]
            assert abs(units * UNIT - reconciled.amounts[column]) < UNIT
            if reconciled.row.of:
                unprinted = units - sum(sign * shown[child] for sign, child in reconciled.row.of)
                assert abs(unprinted * UNIT - reconciled.unprinted[column]) < UNIT
                assert reconciled.unprinted[column] or not unprinted
        assert shown["ta"] == shown["tle"] == shown["tl"] + shown["eq"]
    assert all(row["ifrs"] == row["us_gaap"] + sum(row["adj"].values()) for row in by_id.values())
