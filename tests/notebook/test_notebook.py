"""The notebook of the examples runs from its first cell to its last, and shows what it says."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.run import Run
from tests.notebook.cells import Ran, ran, read


@pytest.fixture(scope="module")
def book(root: Path) -> Path:
    return root / "examples" / "notebook" / "close.ipynb"


@pytest.fixture(scope="module")
def cells(book: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Ran]:
    """Its code cells, run in a folder of their own."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("notebook"))
    try:
        return list(ran(read(book)))
    finally:
        os.chdir(before)


def shows(cells: list[Ran], start: str) -> Ran:
    """The one cell whose last line is this name, or begins with this call."""
    last = [(ast.unparse(ast.parse(one.source).body[-1]), one) for one in cells]
    (found,) = [one for line, one in last if line == start or ("." in start and line.startswith(f"{start}("))]
    return found


@pytest.mark.campaign
def test_every_cell_shows_a_table(cells: list[Ran]) -> None:
    assert len(cells) == 9
    assert [one.source for one in cells if "<table" not in one.shown] == []


@pytest.mark.campaign
def test_the_figures_lead_from_the_statement_to_the_contracts(cells: list[Ran]) -> None:
    """The cell explained, the journals behind it and the frame of the statement agree, and no frame is empty."""
    run = shows(cells, "run").value
    assert isinstance(run, Run) and run.exit_code == 0
    (exact,) = run.statement.filter(pl.col("statement") == "bs-2023", pl.col("id") == "loans_c")["ecl_minor"]
    assert shows(cells, "cell").value.facts["exact_minor"] == exact == shows(cells, "posted.select").value.item() != 0
    assert all(one.value.height > 0 for one in cells if isinstance(one.value, pl.DataFrame))
    (independent,) = shows(cells, "run.checks.group_by").value.filter(pl.col("evidence") == "independent")["holds"]
    assert independent > 0


@pytest.mark.campaign
def test_the_change_moves_only_what_it_says(cells: list[Ran]) -> None:
    """Exact amounts of other notes stay; that some print otherwise is rounding, by one unit."""
    comparison = shows(cells, "comparison").value
    assert [change.key[-1] for change in comparison.changes.keys] == ["default_timing"]
    moved = shows(cells, "pl.DataFrame").value
    exactly, by_rounding = moved.filter(pl.col("difference_minor") != 0), moved.filter(pl.col("difference_minor") == 0)
    assert set(exactly["address"].str.split("/").list.last()) == {"ecl", "fg", "ifrs"}
    assert ((by_rounding["new"] - by_rounding["old"]).abs() == 1).all()


def test_it_is_kept_without_outputs_and_imports_what_the_wheel_brings(book: Path) -> None:
    content = read(book)
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)
    assert len({cell["id"] for cell in content["cells"]}) == len(content["cells"])
    trees = [ast.parse("".join(cell["source"])) for cell in code]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    assert imported - set(sys.stdlib_module_names) == {"polars", "gaapbridge"}
