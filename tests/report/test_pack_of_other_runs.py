"""The pack of runs that have less than others: of an early version, without contracts, with rows of files and adjustments."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.report.pack import write
from gaapbridge.report.pack.site import file_name
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
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


@pytest.mark.campaign
def test_runs_without_a_contract(tmp_path: Path) -> None:
    first, *_, last = closed_months(write_holder(tmp_path / "books"))
    assert last.kinds == []
    packed(first, tmp_path / "first")
    read = packed(last, tmp_path / "last")
    assert not [name for name in read if name.startswith("contracts/")]
    row = "".join(read[f"rows/{last.manifest.statements.closing}/rou.html"].texts)
    assert "Rows of files" in row and "leases.csv" in row


RENAMED = {"LOAN-1": "Deal-X", "LOAN-2": "deal-x", "LOAN-3": "DEAL-X", "GUARANTEE-1": "CON", "GUARANTEE-2": "保函."}
"""Ids that a disk of macOS or Windows takes for one, for a device, or for no name at all."""


def test_a_disk_that_knows_no_capitals_keeps_every_page(tmp_path: Path) -> None:
    """Each contract has a page of its own with its id above it, under a name that is no other's whatever the letters."""
    plan = write_starter(tmp_path / "lender").plan
    for path in plan.parent.rglob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub("|".join(RENAMED), lambda found: RENAMED[found[0]], text), encoding="utf-8")
    read = packed(close(plan), tmp_path / "report")
    told = {name: page for name, page in read.items() if name.startswith("contracts/")}
    for renamed in RENAMED.values():
        titles = {f"Loan {renamed}", f"Guarantee {renamed}"}
        assert len([name for name, page in told.items() if titles & {text.strip() for text in page.texts}]) == 1, renamed
    assert len({name.lower() for name in read}) == len(read)


def test_no_name_of_a_file_is_a_device_or_another() -> None:
    for name in ("con", "nul", "com1", "L-1", "l.", "x" * 41, "贷款", "..", "x0123456789abcdef", ""):
        assert re.fullmatch(r"x[0-9a-f]{16}", file_name(name)), name
    assert file_name("loans_nc") == "loans_nc" and file_name("L-1") != file_name("l-1") == "l-1"
