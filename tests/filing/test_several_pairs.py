"""A file whose tables reconcile different frameworks: each is held to its own, and none rolled into another's."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import read_reconciliation, verify

OPENING = """Balance sheet at 31 December 2022,,,
,{},Adjustments,IFRS
Loans,900,-100,800
Total assets,900,-100,800
Debt,500,0,500
Total liabilities,500,0,500
Total equity,400,-100,300
Total liabilities and equity,900,-100,800
"""
YEAR = """Income statement for the year ended 31 December 2023,,,
,{0},Adjustments,IFRS
Income before income taxes,100,-20,80
Income tax,-25,5,-20
Net income,75,-15,60
Balance sheet at 31 December 2023,,,
,{0},Adjustments,IFRS
Loans,975,-10,965
Total assets,975,-10,965
Debt,500,0,500
Total liabilities,500,0,500
Total equity,475,-10,465
Total liabilities and equity,975,-10,965
"""


def test_no_balance_is_rolled_into_one_of_another_framework(tmp_path: Path) -> None:
    """-100 of US GAAP and -15 of J-GAAP do not lead to -10 of J-GAAP; of one framework they would have to."""
    file = tmp_path / "pairs.csv"
    file.write_text(OPENING.format("US GAAP") + YEAR.format("J-GAAP"), encoding="utf-8")
    outcome = verify(file)
    assert (outcome.pair, outcome.findings) == ("US GAAP to IFRS, J-GAAP to IFRS", ())
    assert [one.check for one in outcome.not_checked if "opens with the balance at 2022-12-31" in one.why] == ["R4", "R5", "R6"]
    file.write_text(OPENING.format("US GAAP") + YEAR.format("US GAAP"), encoding="utf-8")
    assert [(one.check, one.difference) for one in verify(file).findings] == [("R4", 105)]


def test_headings_that_only_say_reported_are_of_any_framework(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text(OPENING.format("US GAAP") + YEAR.format("As reported"), encoding="utf-8")
    assert [(one.check, one.difference) for one in verify(tmp_path / "pairs.csv").findings] == [("R4", 105)]


def book(folder: Path, second: list[list[object]]) -> Path:
    workbook = openpyxl.Workbook()
    for title, rows in (("Group", [["", "Alt", "Change", "Neu"], ["Loans", 100, -10, 95]]), ("Tax", second)):
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.remove(workbook["Sheet"])
    workbook.save(folder / "two.xlsx")
    return folder / "two.xlsx"


def test_each_sheet_has_the_pair_that_the_option_gives_it(tmp_path: Path) -> None:
    """No word of ours names the four; `from` and `to` stand behind as many headings as there are pairs."""
    file = book(tmp_path, [["", "Handelsbuch", "Change", "Steuerbuch"], ["Loans", 50, 5, 55]])
    outcome = verify(file, columns="Alt=from,Neu=to,Handelsbuch=from,Steuerbuch=to")
    assert [(one.difference, one.row) for one in outcome.findings] == [(5, "loans")]
    assert {check.statement for check in outcome.checks} == {"bs", "bs_2"}
    left_out = verify(file, columns="from=Alt,to=Neu")
    assert [one.row for one in left_out.not_checked if one.check == "file"] == ["sheet Tax: Handelsbuch"]
    assert {check.statement for check in left_out.checks} == {"bs"}


def test_a_sheet_with_headings_of_its_own_needs_no_option(tmp_path: Path) -> None:
    file = book(tmp_path, [["", "HGB", "Change", "IFRS"], ["Loans", 50, 5, 54]])
    outcome = verify(file, columns="from=Alt,to=Neu")
    assert [(one.statement, one.difference) for one in outcome.findings] == [("bs", 5), ("bs_2", -1)]


def test_a_statement_in_json_names_a_pair_of_its_own(tmp_path: Path) -> None:
    row = {"id": "loans", "us_gaap": 100, "adj": {"fv": -10}, "ifrs": 95}
    statements = [{"id": "a", "kind": "list", "rows": [row]}, {"id": "b", "kind": "list", "pair": "HGB -> IFRS", "rows": [row]}]
    (tmp_path / "x.json").write_text(json.dumps({"columns": [{"id": "fv"}], "statements": statements}), encoding="utf-8")
    assert [one.wording.from_gaap for one in read_reconciliation(tmp_path / "x.json").statements] == ["US GAAP", "HGB"]
    whys = [one.why.partition(";")[2] for one in verify(tmp_path / "x.json").findings]
    assert [one.strip().partition(" plus")[0] for one in whys] == ["US GAAP", "HGB"]


def test_a_heading_that_no_table_has_is_refused(tmp_path: Path) -> None:
    file = book(tmp_path, [["", "HGB", "Change", "IFRS"], ["Loans", 50, 5, 55]])
    with pytest.raises(UnusableInput, match="Handelsbuch"):
        verify(file, columns="Alt=from,Neu=to,Handelsbuch=from")
