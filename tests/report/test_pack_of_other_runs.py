"""The pack of runs that have less than others: of an early version, without contracts, with rows of files and adjustments."""

from __future__ import annotations

import zipfile
from pathlib import Path

from gaapbridge.report.pack import write
from gaapbridge.run import Run
from gaapbridge.statement.printing import amount_text
from tests.given.holder import closed_months, write_holder
from tests.report.packs import Page, broken, pages


def packed(run: Run, folder: Path) -> dict[str, Page]:
    """The pages of a run, whose links and printed figures are held to what is printed."""
    write(run, folder)
    read = pages(folder / "pack")
    assert broken(folder / "pack", read) == []
    for address, shown in read["index.html"].cells.items():
        assert shown.strip() == amount_text(run.document.cells[address][0])
    return read


def test_a_run_of_the_first_format(tmp_path: Path) -> None:
    with zipfile.ZipFile(Path(__file__).parents[1] / "run" / "run-of-format-1.zip") as kept:
        kept.extractall(tmp_path)
    (manifest,) = tmp_path.rglob("manifest.json")
    read = packed(Run(manifest.parent), tmp_path / "report")
    assert "This run has no contracts of an opening" in "".join(read["hindsight.html"].texts)


def test_runs_without_a_contract(tmp_path: Path) -> None:
    first, *_, last = closed_months(write_holder(tmp_path / "books"))
    assert last.kinds == []
    packed(first, tmp_path / "first")
    read = packed(last, tmp_path / "last")
    assert not [name for name in read if name.startswith("contracts/")]
    row = "".join(read[f"rows/{last.manifest.statements.closing}/rou.html"].texts)
    assert "Rows of files" in row and "leases.csv" in row
