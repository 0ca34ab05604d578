"""An amount that is blank in one period leaves out that period, with its row and column, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import Verification, verify

ACROSS = """Balance sheet,,,,,,
,31 December 2023,,,31 December 2022,,
Item,US GAAP,Effect,IFRS,US GAAP,Effect,IFRS
Cash,100,-10,90,80,-5,75
Loans,{},-5,45,{},-5,35
Total assets,150,-15,135,120,-10,{}
"""
DOWN = """in thousands,2023,2022
Net income under US GAAP,{},{}
Leases,5,4
Net income under IFRS,105,{}
"""


def verified(folder: Path, text: str, *cells: object) -> Verification:
    (folder / "x.csv").write_text(text.format(*cells), encoding="utf-8")
    return verify(folder / "x.csv")


def left_out(outcome: Verification) -> list[tuple[str | None, str]]:
    return [(one.row, one.remedy) for one in outcome.not_checked if "not read without it" in one.why]


def test_the_period_beside_it_is_checked(tmp_path: Path) -> None:
    """40 of loans is missing in 2022: 2023 is footed, and its own misprint found; a blank that adds up is nil."""
    outcome = verified(tmp_path, ACROSS, 51, "", 110)
    assert {one.statement for one in outcome.checks} == {"bs-2023"}
    assert {(one.check, one.row, one.difference) for one in outcome.findings} >= {("R1", "loans", -1)}
    assert left_out(outcome) == [("line 5, 31 December 2022 US GAAP", "give the amount, a dash for nil")]
    assert left_out(verified(tmp_path, ACROSS, 50, 40, 110)) == []


def test_a_column_of_a_table_down_the_page_is_a_period(tmp_path: Path) -> None:
    outcome = verified(tmp_path, DOWN, 100, "", 94)
    assert [one.statement for one in outcome.checks] == ["net_income-2023"]
    assert left_out(outcome) == [("line 2, 2022", "give the amount, a dash for nil")]


@pytest.mark.parametrize(("text", "cells"), [(ACROSS, ("", "", 110)), (DOWN, ("", 90, ""))])
def test_blanks_in_every_period_are_refused_all_at_once(text: str, cells: tuple[object, ...], tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        verified(tmp_path, text, *cells)
    told = [str(one) for one in (refused.value, *refused.value.further)]
    assert all("this amount is given" in one for one in told)
    assert ["2023" in one for one in told] == [True, False] and ["2022" in one for one in told] == [False, True]


def test_the_only_period_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="line 2"):
        verified(tmp_path, "Item,US GAAP,Effect,IFRS\nCash,,-10,90\nLoans,50,-5,45\n")
