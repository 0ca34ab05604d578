"""Adjustments inside notes, over two years: posted as flows of their own, carried on, reversed, refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from tests.given_lender import cell, copy_of, refused


def test_adjustments_are_flows_of_their_own_carried_on_and_reversed(runs: list[Run], adjusted: list[Run]) -> None:
    for run in adjusted:
        assert [one.id for one in run.listed.checks if not one.holds] == [] == [one.name for one in run.listed.findings]
    first, second = adjusted
    assert cell(first, "bs-2022/loans_c/ecl") - cell(runs[0], "bs-2022/loans_c/ecl") == -500_00
    assert cell(first, "bs-2022/eq/ecl") - cell(runs[0], "bs-2022/eq/ecl") == -375_00
    assert cell(second, "bs-2023/eq/ecl") - cell(runs[1], "bs-2023/eq/ecl") == -375_00
    assert cell(second, "is-2023/ni/ecl") == cell(runs[1], "is-2023/ni/ecl")
    assert cell(first, "bs-2022/rou/leases") - cell(runs[0], "bs-2022/rou/leases") == -10_00
    assert cell(second, "bs-2023/rou/leases") - cell(runs[1], "bs-2023/rou/leases") == 40_00
    assert cell(second, "is-2023/pbt/leases") - cell(runs[1], "is-2023/pbt/leases") == 10_00 + 40_00
    flows = json.loads((second.folder / "roll_forward.json").read_text(encoding="utf-8"))
    assert {one["component"]: one["flows_minor"] for one in flows if one["account"] == "1821"} == {
        "adjustment ADJ-2": {"adjustment_reversed": 10_00},
        "adjustment ADJ-3": {"adjustment": 40_00},
        "given": {"depreciation_and_interest": -72_00},
    }
    assert "ADJ-2, reversed: Rent indexed late; prepared by Li; approved by Wang; source Memo 8" in second.notes_text
    (rows,) = [table for table in explain(second, "is-2023/ga/leases").tables if table.title == "Rows of files"]
    assert [(row[0], row[1], row[4]) for row in rows.rows][1:] == [
        ("adjustments.csv", 3, "ADJ-2"),
        ("adjustments.csv", 6, "ADJ-3"),
    ]


@pytest.mark.campaign
def test_adjustments_are_carried_on_where_the_file_no_longer_has_them(adjusted: list[Run], tmp_path: Path) -> None:
    plan = copy_of(adjusted, tmp_path)
    file = plan.parent / "adjustments.csv"
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([header, *(line for line in lines if line.startswith("ADJ-3")), ""]), encoding="utf-8")
    run = close(plan)
    for address in ("bs-2023/eq/ecl", "bs-2023/eq/leases", "is-2023/ni/leases"):
        assert cell(run, address) == cell(adjusted[1], address)


def test_adjustments_are_seen_by_two_pairs_of_eyes(adjusted: list[Run], tmp_path: Path) -> None:
    plan = copy_of(adjusted, tmp_path)
    file = plan.parent / "adjustments.csv"
    text = file.read_text(encoding="utf-8").replace("Li,Wang,Memo 9", "Li,li,Memo 9").replace("Li,Wang,Minutes", "Li,,Minutes")
    file.write_text(text, encoding="utf-8")
    found = {one.name: (one.where, one.amount_minor) for one in check(plan).findings}
    assert found == {
        "adjustment not approved": ("adjustments/ADJ-1", 500_00),
        "adjustment approved by its preparer": ("adjustments/ADJ-3", 40_00),
    }


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "rule"),
    [
        ("1821,40.00", "1821,41.00", "5", "id", "debits less credits are 100 minor units"),
        ("ADJ-3,leases,2023-12-31,1821", "ADJ-3,lease,2023-12-31,1821", "5", "note", "a note of notes.order"),
        ("ADJ-3,leases,2023-12-31,1821", "ADJ-3,leases,2023-12-31,1301", "5", "account", "note v posts to"),
        ("ADJ-3,leases,2023-12-31,1821", "ADJ-3,leases,2023-12-31,4104", "5", "path", "under a name"),
        (
            "ADJ-1,expected_credit_loss,2022-12-31,6701,500",
            "ADJ-1,expected_credit_loss,2022-12-31,6701,600",
            "1",
            "id",
            "debits less",
        ),
        ("late,Li,Wang,Memo 9,2024-06-30\n", "late,Li,Wang,Memo 9,2023-06-30\n", "5", "reversing_date", "reversing_date is"),
    ],
)
def test_adjustments_that_cannot_be_posted_are_refused(
    adjusted: list[Run], tmp_path: Path, old: str, new: str, row: str, column: str, rule: str
) -> None:
    told = refused(adjusted, tmp_path, "adjustments.csv", old, new)
    assert (told.file, told.row, told.column) == ("adjustments.csv", row, column)
    assert rule in told.rule


def test_an_adjustment_is_not_carried_on_to_an_account_that_its_note_has_left(adjusted: list[Run], tmp_path: Path) -> None:
    plan = copy_of(adjusted, tmp_path)
    text = plan.read_text(encoding="utf-8").replace('accounts = ["1821", "6602", "6691"]', 'accounts = ["1821", "6691"]')
    plan.write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput, match="adjustment ADJ-2 is carried on from the prior run"):
        check(plan)


def test_one_dated_before_the_opening_that_the_prior_run_lacked_is_said_to_be_late(adjusted: list[Run], tmp_path: Path) -> None:
    """300.00 of 2022 that its run had nothing of: 225.00 after tax at 25 %, through equity, and no cost of 2023."""
    plan = copy_of(adjusted, tmp_path)
    file = plan.parent / "adjustments.csv"
    legs = ("6602,300.00,", "1821,,300.00")
    rows = [f"ADJ-4,leases,2022-06-30,{leg},Late one,Li,Wang,Memo 10," for leg in legs]
    file.write_text(file.read_text(encoding="utf-8") + "\n".join([*rows, ""]), encoding="utf-8")
    run = close(plan)
    assert cell(run, "is-2023/ni/leases") == cell(adjusted[1], "is-2023/ni/leases")
    assert cell(run, "bs-2023/eq/leases") - cell(adjusted[1], "bs-2023/eq/leases") == -225_00
    (found,) = [one for one in run.listed.findings if one.name == "opening basis difference"]
    assert found.where == "leases/opening"
    assert found.why == (
        "correction of an error: the opening as measured differs from the amounts brought forward "
        "(adjustment ADJ-4 is dated before the opening and the prior run had none of it)"
    )
    notes = " ".join(run.notes_text.split())
    late = "ADJ-4, of an earlier period and not in its run, so through the opening basis difference in equity: Late one;"
    assert late in notes
    told = notes.split(late)[1].split("ADJ-3")[0]
    assert "Opening basis difference 300" in told and "administrative" not in told
    assert "ADJ-1, carried on:" in notes
    carried = notes.split("ADJ-1, carried on:")[1][:260]
    assert "Retained earnings 500" in carried and "Provision" not in carried


def test_an_adjustment_given_twice_is_refused(adjusted: list[Run], tmp_path: Path) -> None:
    """Both legs again balance, and posted 1,000.00 in the place of 500.00 without a word."""
    plan = copy_of(adjusted, tmp_path)
    file = plan.parent / "adjustments.csv"
    text = file.read_text(encoding="utf-8")
    again = "".join(f"{line}\n" for line in text.splitlines() if line.startswith("ADJ-3"))
    file.write_text(text + again, encoding="utf-8")
    with pytest.raises(UnusableInput, match="a row stands once") as refused:
        check(plan)
    assert "1 more: row 8" in refused.value.rule and "add up what did happen twice" in refused.value.remedy


def test_a_row_of_a_given_note_that_stands_twice_is_refused(adjusted: list[Run], tmp_path: Path) -> None:
    plan = copy_of(adjusted, tmp_path)
    file = plan.parent / "given" / "leases.csv"
    *_, last = file.read_text(encoding="utf-8").splitlines()
    file.write_text(file.read_text(encoding="utf-8") + f"{last}\n", encoding="utf-8")
    with pytest.raises(UnusableInput, match="a row stands once"):
        check(plan)


def test_adjustments_beyond_what_is_posted_are_refused_by_their_file(adjusted: list[Run], tmp_path: Path) -> None:
    plan = copy_of(adjusted, tmp_path)
    file = plan.parent / "adjustments.csv"
    header, *_ = file.read_text(encoding="utf-8").splitlines()
    amount = "9000000000000000.00"
    legs = [
        f"B{n},leases,2023-12-31,{side},Rent,Li,Wang,,\n" for n in range(2) for side in (f"1821,{amount},", f"6602,,{amount}")
    ]
    file.write_text(f"{header}\n{''.join(legs)}", encoding="utf-8")
    with pytest.raises(UnusableInput, match="the debits of all adjustments") as refused:
        check(plan)
    assert (refused.value.file, refused.value.column) == ("adjustments.csv", "debit_minor")


def test_a_file_of_adjustments_without_any_is_told(adjusted: list[Run], tmp_path: Path) -> None:
    plan = copy_of(adjusted, tmp_path)
    file = plan.parent / "adjustments.csv"
    file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert "adjustments.csv has a header and no row: nothing is taken from it" in check(plan).as_text()
