"""Adjustments of the loss allowance stand in its movement tables, which lead to the balance sheets (R11; IFRS 7.35H)."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.explanation import explain
from gaapbridge.period_close import close, period
from gaapbridge.run import Run
from tests.given_lender import cell, copy_of

OVERLAY = 500_00
"""ADJ-1 of docs/reference/given.md: dated 2022-12-31, so carried on through 2023."""

TABLE = {"opening": 3_536_92, "origination": 17_740_04, "remeasurement": -1_300_10, "derecognition": -703_99}
"""The IFRS allowance of the starter's loans in 2023, without adjustments: it closes at 19,272.87."""


def _loans(run: Run) -> dict[str, dict[str, dict[str, int]]]:
    return {table.framework: {**table.lines, "closing": table.closing} for table in run.movements if table.kind == "loans"}


def test_an_overlay_carried_on_opens_and_closes_the_table_higher(runs: list[Run], adjusted: list[Run]) -> None:
    before, after = _loans(runs[1]), _loans(adjusted[1])
    assert {name: sum(row.values()) for name, row in before["ifrs"].items() if any(row.values())} == {
        **TABLE, "closing": 19_272_87,
    }  # fmt: skip
    assert {name: sum(row.values()) for name, row in after["ifrs"].items() if any(row.values())} == {
        **TABLE, "opening": 4_036_92, "closing": 19_772_87,
    }  # fmt: skip
    assert after["us"] == before["us"], "what files give is IFRS less US GAAP"
    assert after["ifrs"]["closing"]["not_allocated"] == OVERLAY
    assert sum(after["ifrs"]["closing"].values()) - sum(after["us"]["closing"].values()) == 2_309_52, "500 + 191.65 + ..."


def test_the_table_closes_at_what_the_balance_sheet_has(adjusted: list[Run]) -> None:
    """The ledger's 17,463.35 under US GAAP and 2,309.52 of the column are the 19,772.87 of the table."""
    run = adjusted[1]
    allowance = {"1311", "1312"}
    ledger = sum(amount for account, amount in run.ledgers["bs-2023"].items() if account in allowance)
    column = sum(line.amount_minor for line in run.listed.journals if line.account in allowance)
    assert -(ledger + column) == 19_772_87
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
    assert sum(table["closing"].values()) == 19_972_87
    assert [one.id for one in run.listed.checks if one.check == "R11" and not one.holds] == []
    assert "Adjustments, of no stage                                          0               200" in run.notes_text.replace(
        "—", "0"
    )


def test_tables_that_leave_it_out_differ_from_the_balance_sheets(
    adjusted: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(period, "with_adjustments", lambda plan, columns, measured: measured)
    run = close(copy_of(adjusted, tmp_path))
    failing = {one.id: (one.expected, one.actual) for one in run.listed.checks if one.check == "R11" and not one.holds}
    assert failing == {
        "R11/bs-2022/loans": (-1_406_36, -906_36),
        "R11/bs-2023/loans": (1_809_52, 2_309_52),
    }
    assert [one.amount_minor for one in run.listed.findings if one.name == "movement table does not close"] == [OVERLAY] * 2


def test_explain_and_the_notes_print_it(adjusted: list[Run]) -> None:
    run = adjusted[1]
    (table,) = [one for one in explain(run, "movements").tables if one.title == "Loans, IFRS"]
    named = table.header
    by_line = {row[0]: dict(zip(named, row, strict=True)) for row in table.rows}
    assert (by_line["opening"]["all"], by_line["closing"]["all"], by_line["closing"]["not allocated"]) == (
        4_036_92, 19_772_87, OVERLAY,
    )  # fmt: skip
    (opened,) = [one for one in explain(run, "R11/bs-2023/loans").tables if one.title == "Open further with explain"]
    assert ("movements",) in opened.rows
    printed = run.notes_text.split("Losses expected of loans")[1].split("Losses expected of guarantees")[0]
    assert "As of December 31, 2022                                       4,943             4,037" in printed
    assert "As of December 31, 2023                                      17,463            19,773" in printed
