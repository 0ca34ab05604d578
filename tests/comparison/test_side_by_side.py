"""Cells side by side by hand: columns and rows only one run has, units, largest first, more changes than fit."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest

from gaapbridge.changes.between import changes_between
from gaapbridge.changes.cells import cells_of, effects_of
from gaapbridge.comparison import _notices
from gaapbridge.comparison.attribution import Attribution
from gaapbridge.comparison.outcome import Comparison
from gaapbridge.comparison.paths import PathMoved
from gaapbridge.comparison.steps import Ground, Step
from gaapbridge.run import Run
from gaapbridge.statement.checks import Check
from gaapbridge.terms.finding import Finding
from tests.manifests import write_manifest

Rows = dict[str, tuple[int, dict[str, int]]]
"""US GAAP and adjustments of each row, in minor units; a hundred of them are printed as one."""


class Record(Protocol):
    def __call__(self, columns: str, rows: Rows, unit: str = "one", **artefacts: list[dict[str, Any]]) -> Run: ...


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Writes a run whose balance sheet has these rows, with checks and findings as given."""
    numbers = count()

    def written(columns: str, rows: Rows, unit: str = "one", **artefacts: list[dict[str, Any]]) -> Run:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        documents = {"statement": _document(columns, rows, unit, 100), "exact": _document(columns, rows, unit, 1)}
        for name, content in {"checks": [], "findings": [], **artefacts, **documents}.items():
            (folder / f"{name}.json").write_text(json.dumps(content))
        (folder / "plan.toml").write_text("# states nothing\n")
        return Run(write_manifest(folder))

    return written


def _document(columns: str, rows: Rows, unit: str, divisor: int) -> Any:
    listed = [
        {"id": name, "label": name.upper(), "role": "total" if name == "eq" else "line", "us_gaap": us // divisor,
         "adj": {column: amount // divisor for column, amount in adj.items()},
         "ifrs": (us + sum(adj.values())) // divisor}
        for name, (us, adj) in rows.items()
    ]  # fmt: skip
    sheet = {"id": "bs-2023", "kind": "balance sheet", "as_of": "2023-12-31", "rows": listed}
    named = [{"id": column, "note": None, "label": column} for column in columns.split()]
    return {"currency": "CNY", "unit": unit, "columns": named, "statements": [sheet]}


def compared(old: Run, new: Run, steps: tuple[Step, ...] = ()) -> Comparison:
    cells = cells_of(old, new)
    attribution = Attribution(steps, Ground(), (), True, Ground()) if steps else None
    changes = changes_between(old, new)
    return Comparison(old, new, _notices(old, new), changes, cells, effects_of(cells, old, new), (), (), attribution)


def test_a_column_or_row_of_one_run_is_nil_in_the_other(record: Record) -> None:
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


def test_lines_come_largest_first_and_totals_after_them(record: Record) -> None:
    old = record("ecl", {"a": (0, {"ecl": 0}), "b": (0, {"ecl": 0}), "eq": (0, {"ecl": 0})})
    new = record("ecl", {"a": (0, {"ecl": 10}), "b": (0, {"ecl": -900}), "eq": (0, {"ecl": 5000})})
    told = [line.split()[0] for line in compared(old, new).as_text().splitlines() if line.startswith("  bs-2023/")]
    assert told[:3] == ["bs-2023/b/ecl", "bs-2023/a/ecl", "bs-2023/eq/ecl"]


def test_other_units_are_pointed_out(record: Record) -> None:
    old, new = record("ecl", {"eq": (100, {"ecl": 0})}), record("ecl", {"eq": (100, {"ecl": 0})}, unit="thousand")
    assert "different units, one CNY and thousand CNY" in compared(old, new).as_text()


def test_contributions_to_cells_are_left_to_the_json_where_there_are_too_many(record: Record) -> None:
    old, new = record("ecl", {"eq": (0, {"ecl": 0})}), record("ecl", {"eq": (0, {"ecl": 600})})
    steps = tuple(Step((f"change {number}",), {"bs-2023/eq/ecl": 100}) for number in range(1, 7))
    many = compared(old, new, steps).as_text()
    assert "[6] change 6" in many and "What each of the 6 changes contributed" in many and "[1]  " not in many
    few = compared(old, new, (replace(steps[0], contributions={"bs-2023/eq/ecl": 250}), steps[1])).as_text()
    assert "not attributed                                        250" in few
    row = next(line.split() for line in few.splitlines() if line.startswith("  bs-2023/eq/ecl"))
    assert row[-3:] == ["600", "250", "100"]


def test_a_check_that_turned_is_told_once_and_findings_are_counted_beyond_five(record: Record) -> None:
    failed = Finding("R9 does not hold", "R9/1201", 5, "expected 1, found 6", "compare")
    others = [Finding("lost", f"loan/{number}", None, "gone", "look for it") for number in range(7)]
    nil: Rows = {"eq": (0, {"ecl": 0})}
    before, after = (Check("R9/1201", "R9", None, "1201", "us_gaap", 1, actual, "independent").as_dict() for actual in (1, 6))
    old = record("ecl", nil, checks=[before])
    new = record("ecl", nil, checks=[after], findings=[finding.as_dict() for finding in (failed, *others)])
    lines = compared(old, new).as_text().splitlines()
    assert "  checks   1 hold no more: R9/1201" in lines and not any("R9 does not hold" in line for line in lines)
    assert "  finding  appeared: lost, loan/4: gone" in lines and "  finding  appeared: lost, loan/5: gone" not in lines
    assert "  finding  appeared: 2 more, all in --format json" in lines
    back = compared(new, old).as_text()
    assert "1 hold again: R9/1201" in back and "went away: 2 more" in back


def test_the_reference_page_names_the_parts_as_they_are_printed(record: Record, root: Path) -> None:
    page = (root / "docs" / "reference" / "compare.md").read_text()
    old, new = record("ecl", {"eq": (0, {"ecl": 0})}), record("ecl", {"eq": (0, {"ecl": 600})})
    comparison = compared(old, new, (Step(("one",), {"bs-2023/eq/ecl": 250}), Step(("two",), {"bs-2023/eq/ecl": 350})))
    text = replace(comparison, paths=(PathMoved("ecl", "assumptions", 0, 600),)).as_text()
    for part in ("What changed", "What moved", "By which path", "Why", "What the checks say"):
        assert f"| {part} |" in page and part in text
    for line in ("minor units; each change after those above it", "whole difference"):
        assert line in page and line in text
