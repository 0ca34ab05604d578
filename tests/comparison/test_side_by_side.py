"""Cells side by side by hand: columns and rows only one run has, units, largest first, more changes than fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from gaapbridge.comparison import _notices
from gaapbridge.comparison.attribution import Attribution
from gaapbridge.comparison.cells import cells_of, effects_of
from gaapbridge.comparison.changes import changes_between
from gaapbridge.comparison.outcome import Comparison
from gaapbridge.comparison.record import Record
from gaapbridge.comparison.steps import Step
from gaapbridge.statement.document_reading import read_document

Rows = dict[str, tuple[int, dict[str, int]]]
"""US GAAP and adjustments of each row, in minor units; a hundred of them are printed as one."""


def record(columns: str, rows: Rows, unit: str = "one") -> Record:
    """A run whose balance sheet has these rows."""
    documents = [_document(columns, rows, unit, divisor) for divisor in (100, 1)]
    manifest = {
        "entity": "Lender", "period": {"opening": "2022-12-31", "closing": "2023-12-31"}, "libraries": {}, "version": "1",
        "code_sha256": "c", "plan_folder": ".", "prior_run": None, "sources": {}, "written_at": "2024-01-02T03:04:05",
        "artefacts_sha256": {},
    }  # fmt: skip
    return Record(Path("/run"), manifest, {}, documents[0], documents[1], {}, {})


def _document(columns: str, rows: Rows, unit: str, divisor: int) -> Any:
    listed = [
        {"id": name, "label": name.upper(), "role": "total" if name == "eq" else "line", "us_gaap": us // divisor,
         "adj": {column: amount // divisor for column, amount in adj.items()},
         "ifrs": (us + sum(adj.values())) // divisor}
        for name, (us, adj) in rows.items()
    ]  # fmt: skip
    sheet = {"id": "bs-2023", "kind": "balance sheet", "as_of": "2023-12-31", "rows": listed}
    named = [{"id": column, "note": None, "label": column} for column in columns.split()]
    return read_document({"currency": "CNY", "unit": unit, "columns": named, "statements": [sheet]}, "made.json")


def compared(old: Record, new: Record, steps: tuple[Step, ...] = ()) -> Comparison:
    cells = cells_of(old, new)
    attribution = Attribution(steps, (), (), True, ()) if steps else None
    changes = changes_between(old, new)
    return Comparison(old, new, _notices(old, new), changes, cells, effects_of(cells, old, new), attribution)


def test_a_column_or_row_of_one_run_is_nil_in_the_other() -> None:
    old = record("ecl", {"loans": (1000, {"ecl": -200}), "gone": (500, {}), "eq": (1500, {"ecl": -200})})
    new = record("ecl fg", {"loans": (1000, {"ecl": -300, "fg": 700}), "eq": (1500, {"ecl": -300, "fg": 700})})
    comparison = compared(old, new)
    moved = {cell.address: (cell.printed_difference, cell.difference_minor) for cell in comparison.moved}
    assert moved == {
        "bs-2023/loans/ecl": (-1, -100),
        "bs-2023/loans/fg": (7, 700),
        "bs-2023/loans/ifrs": (6, 600),
        "bs-2023/eq/ecl": (-1, -100),
        "bs-2023/eq/fg": (7, 700),
        "bs-2023/eq/ifrs": (6, 600),
        "bs-2023/gone/us_gaap": (-5, -500),
        "bs-2023/gone/ifrs": (-5, -500),
    }
    assert [(one.column, one.cell.difference_minor) for one in comparison.effects] == [
        ("us_gaap", 0),
        ("ecl", -100),
        ("fg", 700),
        ("ifrs", 600),
    ]
    assert comparison.notices == ("Only the new run has the column fg; it counts as nil in the other.",)


def test_lines_come_largest_first_and_totals_after_them() -> None:
    old = record("ecl", {"a": (0, {"ecl": 0}), "b": (0, {"ecl": 0}), "eq": (0, {"ecl": 0})})
    new = record("ecl", {"a": (0, {"ecl": 10}), "b": (0, {"ecl": -900}), "eq": (0, {"ecl": 5000})})
    told = [line.split()[0] for line in compared(old, new).as_text().splitlines() if line.startswith("  bs-2023/")]
    assert told[:3] == ["bs-2023/b/ecl", "bs-2023/a/ecl", "bs-2023/eq/ecl"]


def test_other_units_are_pointed_out() -> None:
    old, new = record("ecl", {"eq": (100, {"ecl": 0})}), record("ecl", {"eq": (100, {"ecl": 0})}, unit="thousand")
    assert "different units, one CNY and thousand CNY" in compared(old, new).as_text()


def test_contributions_to_cells_are_left_to_the_json_where_there_are_too_many() -> None:
    old, new = record("ecl", {"eq": (0, {"ecl": 0})}), record("ecl", {"eq": (0, {"ecl": 600})})
    steps = tuple(Step((f"change {number}",), {"bs-2023/eq/ecl": 100}) for number in range(1, 7))
    many = compared(old, new, steps).as_text()
    assert "[6] change 6" in many and "What each of the 6 changes contributed" in many and "[1]  " not in many
    few = compared(old, new, (replace(steps[0], contributions={"bs-2023/eq/ecl": 250}), steps[1])).as_text()
    assert "not attributed                                        250" in few
    row = next(line.split() for line in few.splitlines() if line.startswith("  bs-2023/eq/ecl"))
    assert row[-3:] == ["600", "250", "100"]


def test_a_check_that_turned_is_told_once_and_findings_are_counted_beyond_five() -> None:
    old = record("ecl", {"eq": (0, {"ecl": 0})})
    failed = {"name": "R9 does not hold", "where": "R9/1201", "amount_minor": 5, "why": "expected 1, found 6"}
    others = [{"name": "lost", "where": f"loan/{number}", "amount_minor": None, "why": "gone"} for number in range(7)]
    findings = {(one["name"], one["where"]): one for one in [failed, *others]}
    old, new = replace(old, checks={"R9/1201": True}), replace(old, checks={"R9/1201": False}, findings=findings)
    lines = compared(old, new).as_text().splitlines()
    assert "  checks   1 hold no more: R9/1201" in lines and not any("R9 does not hold" in line for line in lines)
    assert "  finding  appeared: lost, loan/4: gone" in lines and "  finding  appeared: lost, loan/5: gone" not in lines
    assert "  finding  appeared: 2 more, all in --format json" in lines
    back = compared(new, old).as_text()
    assert "1 hold again: R9/1201" in back and "went away: 2 more" in back


def test_the_reference_page_names_the_parts_as_they_are_printed(root: Path) -> None:
    page = (root / "docs" / "reference" / "compare.md").read_text()
    old, new = record("ecl", {"eq": (0, {"ecl": 0})}), record("ecl", {"eq": (0, {"ecl": 600})})
    text = compared(old, new, (Step(("one",), {"bs-2023/eq/ecl": 250}), Step(("two",), {"bs-2023/eq/ecl": 350}))).as_text()
    for part in ("What changed", "What moved", "Why", "What the checks say"):
        assert f"| {part} |" in page and part in text
    for line in ("minor units; each change after those above it", "whole difference"):
        assert line in page and line in text
