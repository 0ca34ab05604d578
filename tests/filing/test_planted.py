"""A misprint planted into a sound statement is found by the rule that owns it, at the cell concerned."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gaapbridge.statement.checks import findings_of
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.tie_out import TieOut, tie_out
from gaapbridge.verification import verify
from tests.published import published

Raw = dict[str, Any]
FILED: Raw = json.loads(published("qifu-2023").read_text(encoding="utf-8"))
OPENING = read_document(json.loads(published("qifu-2021").read_text(encoding="utf-8")), "qifu-2021.json")
CELLS = [
    (statement["id"], row["id"], cell)
    for statement in FILED["statements"]
    for row in statement["rows"]
    for cell in ("us_gaap", *row["adj"], "ifrs")
]


def outcome_of(raw: Raw, vat: bool = True) -> TieOut:
    rate = Fraction(6, 100) if vat else None
    return tie_out(
        read_document(raw, "planted.json"), opening=OPENING, statutory_rate=Fraction(1, 4), vat_rate=rate, tolerance=1
    )


def keys(raw: Raw) -> set[tuple[str, str, int]]:
    return {(finding.check, finding.where, finding.difference) for finding in findings_of(outcome_of(raw).checks)}


def changed(*changes: tuple[str, str, str, int]) -> Raw:
    """The filing with amounts added to cells: statement, row, cell, amount."""
    raw = copy.deepcopy(FILED)
    for statement_id, row_id, cell, amount in changes:
        statement = next(one for one in raw["statements"] if one["id"] == statement_id)
        row = next(one for one in statement["rows"] if one["id"] == row_id)
        cells = row if cell in ("us_gaap", "ifrs") else row["adj"]
        cells[cell] = cells.get(cell, 0) + amount
    return raw


@given(st.sampled_from(CELLS), st.integers(-(10**9), 10**9).filter(bool))
def test_no_cell_can_be_changed_unseen(cell: tuple[str, str, str], amount: int) -> None:
    new = keys(changed((*cell, amount))) - keys(FILED)
    assert ("R1", f"{cell[0]}/{cell[1]}/ifrs", amount if cell[2] == "ifrs" else -amount) in new


PLANTED: dict[str, tuple[list[tuple[str, str, str, int]], tuple[str, str, int]]] = {
    "a line and its IFRS amount": (
        [("bs-2023", "loans_c", "eir", 500), ("bs-2023", "loans_c", "ifrs", 500)],
        ("R2", "bs-2023/tca/eir", -500),
    ),
    "an asset with all its totals": (
        [("bs-2023", row, cell, 500) for row in ("loans_c", "tca", "ta") for cell in ("eir", "ifrs")],
        ("R3", "bs-2023/ta/eir", 500),
    ),
    "opening retained earnings with all its totals": (
        [("bs-2023", row, c, 500) for row in ("loans_c", "tca", "ta", "re", "eq_parent", "eq", "tle") for c in ("ecl", "ifrs")],
        ("R4", "bs-2023/eq/ecl", 500),
    ),
    "other tax payable with all its totals": (
        [("bs-2023", row, c, 500) for row in ("otp", "tcl", "tl") for c in ("eir", "ifrs")],
        ("R7", "bs-2023/otp/eir", 500),
    ),
    "paid-in capital": (
        [("bs-2023", "apic", "sbc", 500), ("bs-2023", "apic", "ifrs", 500)],
        ("R8", "bs-2023/re/sbc", 500),
    ),
    "a sub-total's IFRS amount": ([("is-2023", "rev", "ifrs", 500)], ("R12", "is-2023/rev/ifrs", 500)),
    "income of the owners": (
        [("is-2023", "ni_attr", "ecl", 500), ("is-2023", "ni_attr", "ifrs", 500)],
        ("R13", "is-2023/ni_attr/ecl", 500),
    ),
    "total equity of a column that moves none": ([("bs-2023", "eq", "sbc", 500)], ("R13", "bs-2023/eq/sbc", 500)),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_misprint_is_seen_by_its_rule(name: str) -> None:
    changes, expected = PLANTED[name]
    assert expected in keys(changed(*changes)) - keys(FILED)


def test_a_part_period_that_does_not_add_up_is_seen(tmp_path: Path) -> None:
    raw = json.loads(published("petroteq-2019").read_text(encoding="utf-8"))
    before = {finding.where for finding in verify(published("petroteq-2019")).findings}
    quarter = next(one for one in raw["statements"] if one["id"] == "nl-q3")["rows"][0]
    quarter["us_gaap"] += 700
    quarter["ifrs"] += 700
    file = tmp_path / "planted.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    new = [finding for finding in verify(file).findings if finding.where not in before]
    assert {(finding.check, finding.statement) for finding in new} == {("R14", "nl-9m")}
    assert {finding.difference for finding in new} <= {-699, -700, -701}


def test_declared_paths_are_taken_out_of_the_roll() -> None:
    """The break of the filing in its financial guarantee column, declared, is one no more."""
    raw = copy.deepcopy(FILED)
    raw["rollforward"][0]["paths"] = {"fg": {"reclassification": -290_544}}
    raw["rollforward"][0]["paths_pretax"] = {"fg": {"reclassification": -290_543}}
    gone = {(check, where) for check, where, _ in keys(FILED) - keys(raw)}
    assert gone == {("R4", "bs-2022/eq_parent/fg"), ("R5", "bs-2022/pbt/fg")}


COMPLETED = {
    ("bs-2023", "loans_c", "ifrs"): {"R1/bs-2023/loans_c", "R12/bs-2023/tca"},
    ("bs-2023", "loans_c", "eir"): {"R1/bs-2023/loans_c"},
    ("bs-2023", "tca", "eir"): {"R1/bs-2023/tca", "R2/bs-2023/tca/eir"},
    ("bs-2023", "ta", "ifrs"): {"R1/bs-2023/ta", "R3/bs-2023/ifrs", "R3/bs-2023/tle/ifrs", "R12/bs-2023/ta"},
    ("bs-2023", "tl", "eir"): {"R1/bs-2023/tl", "R2/bs-2023/tl/eir", "R3/bs-2023/eir"},
    ("bs-2023", "tle", "eir"): {"R1/bs-2023/tle", "R2/bs-2023/tle/eir", "R3/bs-2023/tle/eir"},
    ("bs-2023", "otp", "eir"): {"R1/bs-2023/otp", "R7/bs-2023/eir"},
    ("bs-2023", "apic", "sbc"): {"R1/bs-2023/apic", "R8/bs-2023/sbc"},
    ("is-2023", "ni_attr", "ecl"): {"R1/is-2023/ni_attr", "R2/is-2023/ni_attr/ecl", "R13/is-2023/ni_attr/ecl"},
}
"""Cells that a reader may have completed by arithmetic, and the checks that would rest on them within their statement."""


@pytest.mark.parametrize("cell", COMPLETED)
def test_completed_cells_are_no_evidence(cell: tuple[str, str, str]) -> None:
    statement_id, row_id, column = cell
    raw = copy.deepcopy(FILED)
    statement = next(one for one in raw["statements"] if one["id"] == statement_id)
    next(row for row in statement["rows"] if row["id"] == row_id)["derived"] = [column]
    before, after = ({check.id for check in outcome_of(one).checks if _within(check.check)} for one in (FILED, raw))
    assert (before - after, after - before) == (COMPLETED[cell], set())
    assert {(left.statement, left.row) for left in outcome_of(raw).not_checked} >= {(statement_id, row_id)}


def test_a_roll_over_completed_cells_is_listed_as_not_checked() -> None:
    """Equity of one column at the end of 2023: neither its roll nor that of its pre-tax effect is judged, and both say so."""
    raw = copy.deepcopy(FILED)
    for row in next(one for one in raw["statements"] if one["id"] == "bs-2023")["rows"]:
        if row["id"] in ("eq", "eq_parent", "re"):
            row["derived"] = ["eir"]
    outcome = outcome_of(raw)
    assert not {"R4/bs-2023/eir", "R5/bs-2023/eir"} & {check.id for check in outcome.checks}
    left = {(one.check, one.column) for one in outcome.not_checked if one.statement == "bs-2023"}
    assert left >= {("R4", "eir"), ("R5", "eir")}


def _within(rule: str) -> bool:
    return rule in ("R1", "R2", "R3", "R7", "R8", "R12", "R13")


def test_what_needs_a_rate_is_not_checked_without_one() -> None:
    assert "R7" in {left.check for left in outcome_of(FILED, vat=False).not_checked}
    assert "R7" not in {left.check for left in outcome_of(FILED).not_checked}


def test_nothing_rolls_that_is_not_declared() -> None:
    raw = copy.deepcopy(FILED)
    del raw["rollforward"]
    assert not {check.check for check in outcome_of(raw).checks} & {"R4", "R5"}


def with_vat(lines: list[int], payable: int) -> list[int]:
    """Differences that R7 finds at 6 % where assets print `lines` and other tax payable prints `payable`."""
    rows = [{"id": f"a{n}", "section": "current assets", "us_gaap": 0, "adj": {"x": a}, "ifrs": a} for n, a in enumerate(lines)]
    rows.append({"id": "otp", "section": "current liabilities", "us_gaap": 0, "adj": {"x": payable}, "ifrs": payable})
    sheet = {"id": "b", "kind": "balance sheet", "complete": False, "rows": rows}
    document = read_document({"columns": [{"id": "x"}], "statements": [sheet]}, "vat.json")
    outcome = tie_out(document, opening=None, statutory_rate=None, vat_rate=Fraction(6, 100), tolerance=0)
    assert "R7" in {check.check for check in outcome.checks} or payable == 0
    return [finding.difference for finding in findings_of(outcome.checks) if finding.check == "R7"]


@pytest.mark.parametrize(("payable", "found"), [(-7_501, [1]), (-7_502, []), (-7_503, []), (-7_504, [-2])])
def test_the_vat_leg_may_be_rounded_and_no_more(payable: int, found: list[int]) -> None:
    """7,502.83 lie in the lines of the filing; it adds the rounded legs and prints 7,502, another would print 7,503."""
    assert with_vat([-88_430, -44_120], payable) == found


def test_more_lines_leave_more_to_rounding() -> None:
    """Lines of 8 hold 0.45 each and 0 as rounded legs. One allows 1, being less than 1.06 away; twelve hold 5.43 and allow 7,
    being less than 1.68 away, though their rounded legs add up to nil."""
    assert with_vat([8], 1) == [] and with_vat([8], 2) == [2]
    assert with_vat([8] * 12, 7) == [] and with_vat([8] * 12, 8) == [8]


@given(
    st.lists(st.tuples(st.integers(-(10**7), 10**7), st.booleans()), min_size=1, max_size=8),
    st.booleans(),
)
def test_rounding_alone_is_never_a_vat_finding(lines: list[tuple[int, bool]], up: bool) -> None:
    """Exact fen, each line and the payable printed in thousands as floor or ceiling, whichever way each of them went."""
    printed = [-(-fen // 1_000) if raised else fen // 1_000 for fen, raised in lines]
    assume(all(printed))
    tax = Fraction(6 * sum(fen for fen, _ in lines), 106_000)
    payable = -(-tax // 1) if up else tax // 1
    assert with_vat(printed, payable) == []


def with_deferred_tax(tax: int, pre_tax: int) -> list[tuple[str, int]]:
    """Parts of R6 that fail, and by how much, at 25 %: a net deferred tax asset against the pre-tax effect on equity."""
    asset = {"id": "dta", "section": "non-current assets", "us_gaap": 0, "adj": {"x": max(tax, 0)}, "ifrs": max(tax, 0)}
    owed = {"id": "dtl", "section": "non-current liabilities", "us_gaap": 0, "adj": {"x": max(-tax, 0)}, "ifrs": max(-tax, 0)}
    equity = {"id": "eq", "section": "equity", "us_gaap": 0, "adj": {"x": pre_tax + tax}, "ifrs": pre_tax + tax}
    sheet = {"id": "b", "kind": "balance sheet", "complete": False, "rows": [asset, owed, equity]}
    document = read_document({"columns": [{"id": "x"}], "statements": [sheet]}, "tax.json")
    outcome = tie_out(document, opening=None, statutory_rate=Fraction(1, 4), vat_rate=None, tolerance=0)
    assert {check.part for check in outcome.checks if check.check == "R6"} == ({"sign", "rate"} if tax else set())
    return [(check.part, check.difference) for check in outcome.checks if check.check == "R6" and not check.holds]


@pytest.mark.parametrize(
    ("tax", "pre_tax", "failing"),
    [
        (132_927, -424_959, [("rate", 26_687)]),
        (-132_927, 424_959, [("rate", -26_687)]),
        (106_240, -424_959, []),
        (-106_240, 424_959, []),
        (106_241, -424_959, [("rate", 1)]),
        (-106_241, 424_959, [("rate", -1)]),
        (72_932, 928_105, [("sign", 72_932)]),
        (-72_932, -928_105, [("sign", -72_932)]),
        (5, 0, [("rate", 5)]),
        (0, 500, []),
    ],
)
def test_deferred_tax_has_a_side_and_a_bound(tax: int, pre_tax: int, failing: list[tuple[str, int]]) -> None:
    """25 % of 424,959 is 106,239.75: 106,240 may be printed and no more, as an asset of a loss or a liability of a gain."""
    assert with_deferred_tax(tax, pre_tax) == failing
