"""Adjustments of the loss allowance stand in its movement tables, which lead to the balance sheets (R11; IFRS 7.35H)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gaapbridge.explanation import explain
from gaapbridge.period_close import close, period
from gaapbridge.run import Run
from tests.given_lender import cell, copy_of

OVERLAY = 500_00
"""ADJ-1 of docs/reference/given.md: dated 2022-12-31, so carried on through 2023."""

TABLE = {"opening": 3_654_37, "origination": 17_691_91, "remeasurement": -1_339_94, "derecognition": -766_44}
"""The IFRS allowance of the starter's loans in 2023, without adjustments: it closes at 19,239.90."""


def _loans(run: Run) -> dict[str, dict[str, dict[str, int]]]:
    return {table.framework: {**table.lines, "closing": table.closing} for table in run.movements if table.kind == "loans"}


def _failing(run: Run) -> dict[str, tuple[int, int]]:
    return {one.id: (one.expected, one.actual) for one in run.listed.checks if one.check == "R11" and not one.holds}


def test_an_overlay_carried_on_opens_and_closes_the_table_higher(runs: list[Run], adjusted: list[Run]) -> None:
    before, after = _loans(runs[1]), _loans(adjusted[1])
    assert {name: sum(row.values()) for name, row in before["ifrs"].items() if any(row.values())} == {
        **TABLE, "closing": 19_239_90,
    }  # fmt: skip
    assert {name: sum(row.values()) for name, row in after["ifrs"].items() if any(row.values())} == {
        **TABLE, "opening": 4_154_37, "closing": 19_739_90,
    }  # fmt: skip
    assert after["us"] == before["us"], "what files give is IFRS less US GAAP"
    assert after["ifrs"]["closing"]["not_allocated"] == OVERLAY
    assert sum(after["ifrs"]["closing"].values()) - sum(after["us"]["closing"].values()) == 2_309_29, "500 - 63.09 + 1,872.38"


def test_the_table_closes_at_what_the_balance_sheet_has(adjusted: list[Run]) -> None:
    """The ledger's 17,430.61 under US GAAP and 2,309.29 of the column are the 19,739.90 of the table."""
    run = adjusted[1]
    allowance = {"1311", "1312"}
    ledger = sum(amount for account, amount in run.ledgers["bs-2023"].items() if account in allowance)
    column = sum(line.amount_minor for line in run.listed.journals if line.account in allowance)
    assert -(ledger + column) == 19_739_90
    assert cell(run, "bs-2023/loans_c/ifrs") != cell(run, "bs-2023/loans_c/us_gaap")


def test_one_made_in_the_period_is_a_line_and_reverses_in_the_next(adjusted: list[Run], tmp_path: Path) -> None:
    plan = copy_of(adjusted, tmp_path)
    file = plan.parent / "adjustments.csv"
    legs = ("6701,200.00,", "1311,,200.00")
    rows = [f"ADJ-4,expected_credit_loss,2023-06-30,{leg},Overlay of June,Li,Wang,Minutes 13,2023-09-30" for leg in legs]
    rows += [f"ADJ-5,expected_credit_loss,2023-12-31,{leg},Overlay of December,Li,Wang,Minutes 14," for leg in legs]
    file.write_text(file.read_text(encoding="utf-8") + "\n".join([*rows, ""]), encoding="utf-8")
    run = close(plan)
    table = _loans(run)["ifrs"]
    assert (table["opening"]["not_allocated"], table["adjustment"]["not_allocated"]) == (OVERLAY, 200_00)
    assert sum(table["closing"].values()) == 19_939_90
    assert [one.id for one in run.listed.checks if one.check == "R11" and not one.holds] == []
    assert "Adjustments, of no stage                                          0               200" in run.notes_text.replace(
        "—", "0"
    )


@pytest.mark.campaign
def test_tables_that_leave_it_out_differ_from_the_balance_sheets(
    adjusted: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(period, "with_adjustments", lambda plan, columns, measured: measured)
    run = close(copy_of(adjusted, tmp_path))
    assert _failing(run) == {
        "R11/journal/loans/opening_basis_difference": (-OVERLAY, 0),
        "R11/bs-2023/loans": (1_809_29, 2_309_29),
    }
    assert [one.amount_minor for one in run.listed.findings if one.name == "movement table does not close"] == [OVERLAY] * 2


def _closed_with_a_late_overlay(adjusted: list[Run], tmp_path: Path) -> Run:
    """2023 closed with an overlay of 100.00 of June 2022, which the run of 2022 had nothing of."""
    plan = copy_of(adjusted, tmp_path)
    file = plan.parent / "adjustments.csv"
    legs = ("6701,100.00,", "1311,,100.00")
    rows = [f"ADJ-4,expected_credit_loss,2022-06-30,{leg},Overlay of June,Li,Wang,Minutes 13," for leg in legs]
    file.write_text(file.read_text(encoding="utf-8") + "\n".join([*rows, ""]), encoding="utf-8")
    return close(plan)


def test_a_table_opens_at_what_the_prior_run_printed(adjusted: list[Run], tmp_path: Path) -> None:
    """4,154.37 as published; 100.00 of no stage that it lacked, through equity; closed at 19,839.90, measured or not."""
    run, then = _closed_with_a_late_overlay(adjusted, tmp_path), _loans(adjusted[0])
    now = _loans(run)
    assert {name: sum(row.values()) for name, row in now["ifrs"].items() if any(row.values())} == {
        **TABLE, "opening": 4_154_37, "opening_basis_difference": 100_00, "closing": 19_839_90,
    }  # fmt: skip
    assert list(now["ifrs"])[:3] == ["opening", "opening_basis_difference", "origination"]
    assert {name: row for name, row in now["ifrs"]["opening_basis_difference"].items() if row} == {"not_allocated": 100_00}
    for framework in ("us", "ifrs"):
        assert now[framework]["opening"] == then[framework]["closing"], "stage by stage"
    assert not any(now["us"]["opening_basis_difference"].values())
    assert cell(run, "bs-2022/loans_c/ifrs") == cell(adjusted[0], "bs-2022/loans_c/ifrs"), "as published, and so the table"
    held = {one.id: (one.expected, one.actual) for one in run.listed.checks if one.check == "R11"}
    assert _failing(run) == {}
    assert held["R11/bs-2022/loans"] == (-911_35, -911_35), "4,154.37 less the 5,065.72 of US GAAP"
    assert held["R11/journal/loans/opening_basis_difference"] == (100_00, 100_00)
    assert held["R11/bs-2023/loans"] == (2_409_29, 2_409_29)


def test_the_notes_print_the_difference_and_why(adjusted: list[Run], tmp_path: Path) -> None:
    run = _closed_with_a_late_overlay(adjusted, tmp_path)
    printed = " ".join(run.notes_text.split("Losses expected of loans")[1].split("Losses expected of guarantees")[0].split())
    assert "As of December 31, 2022 5,066 4,154 Opening basis difference — 100 First allowance" in printed
    assert "As of December 31, 2023 17,431 19,840" in printed
    assert "ADJ-4, of an earlier period and not in its run, so through the opening basis difference in equity" in " ".join(
        run.notes_text.split()
    )


@pytest.mark.campaign
def test_a_table_that_opens_otherwise_than_published_differs_from_the_balance_sheet(
    adjusted: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened as measured now: 100.00 more than the balance sheet of 2022, and nothing of what was posted through equity."""
    monkeypatch.setattr(period, "opened_as_brought_forward", lambda plan, columns, measured, prior: measured)
    assert _failing(_closed_with_a_late_overlay(adjusted, tmp_path)) == {
        "R11/bs-2022/loans": (-811_35, -911_35),
        "R11/journal/loans/opening_basis_difference": (0, 100_00),
    }


@pytest.mark.campaign
def test_a_prior_table_of_before_adjustments_stood_in_it_opens_this_one_with_them(
    adjusted: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says nothing of the 500.00, which its balance sheet has and which is carried on: no difference."""
    before = tuple(
        replace(one, closing={stage: amount for stage, amount in one.closing.items() if stage != "not_allocated"})
        for one in adjusted[0].movements
    )
    monkeypatch.setattr(Run, "movements", before)
    run = close(copy_of(adjusted, tmp_path))
    monkeypatch.undo()
    table = _loans(run)["ifrs"]
    assert (sum(table["opening"].values()), table["opening"]["not_allocated"]) == (4_154_37, OVERLAY)
    assert not any(table["opening_basis_difference"].values()) and _failing(run) == {}


def test_explain_and_the_notes_print_it(adjusted: list[Run]) -> None:
    run = adjusted[1]
    (table,) = [one for one in explain(run, "movements").tables if one.title == "Loans, IFRS"]
    named = table.header
    by_line = {row[0]: dict(zip(named, row, strict=True)) for row in table.rows}
    assert (by_line["opening"]["all"], by_line["closing"]["all"], by_line["closing"]["not allocated"]) == (
        4_154_37, 19_739_90, OVERLAY,
    )  # fmt: skip
    (opened,) = [one for one in explain(run, "R11/bs-2023/loans").tables if one.title == "Open further with explain"]
    assert ("movements",) in opened.rows
    printed = run.notes_text.split("Losses expected of loans")[1].split("Losses expected of guarantees")[0]
    assert "As of December 31, 2022                                       5,066             4,154" in printed
    assert "As of December 31, 2023                                      17,431            19,740" in printed
