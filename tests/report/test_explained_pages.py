"""One explanation as a page of its own: of any contract, without a report, nothing from elsewhere, its id masked if asked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.explanation import explain
from gaapbridge.report.explained import write_page
from gaapbridge.report.masks import masks_of
from gaapbridge.report.pack import write
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from tests.report.packs import HOSTILE_ID, Page, hostile_lender, pages


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return hostile_lender(tmp_path_factory.mktemp("hostile"))


def test_every_contract_of_a_run_has_a_page(run: Run, tmp_path: Path) -> None:
    """And its figures are those that are explained."""
    for kind in run.kinds:
        for one in run.measurements(kind).select("contract_id").collect()["contract_id"]:
            address = f"{kind.removesuffix('s')}/{one}"
            page = Page(write_page(run, address, to=tmp_path / f"{len(list(tmp_path.iterdir()))}.html").file)
            text = "".join(page.texts)
            assert page.headings[0] == 1 and page.unscoped == 0 and not page.names & {"script", "b"}
            for table in explain(run, address, months=True).tables:
                amounts = [value for row in table.rows for value in row if isinstance(value, int) and abs(value) > 999]
                assert table.title.split(",")[0] in text or "Input" in table.title
                is_measured = table.title.endswith(", minor units")  # which the page has in the currency
                told = (f"{abs(amount) / 100:,.2f}" if is_measured else f"{abs(amount):,}" for amount in amounts)
                assert all(figure in text for figure in told), table.title
    assert not run.folder.with_name(f"{run.folder.name}-report").exists()


@pytest.mark.campaign
def test_a_page_is_like_that_of_the_pack(run: Run, tmp_path: Path) -> None:
    write(run, tmp_path)
    name = next(name for name in pages(tmp_path / "pack") if name.startswith("contracts/loan-LOAN"))
    alone = Page(write_page(run, f"loan/{name[15:-5]}", to=tmp_path / "alone.html").file)
    packed = Page(tmp_path / "pack" / name)
    common = {text for text in packed.texts if re.search(r"\d,\d", text)}
    assert len(common) > 20 and common <= set(alone.texts)


def test_a_page_holds_all_that_it_needs(run: Run, tmp_path: Path) -> None:
    page = Page(write_page(run, f"loan/{HOSTILE_ID}", to=tmp_path / "new" / "alone.html").file)
    assert [link for link in page.links if not link.startswith(("#", "data:,"))] == []
    text = page.path.read_text(encoding="utf-8")
    assert "<svg" not in text and not re.search(r"https?:|url\(|@import", text)


def test_cells_and_lists_have_pages_too(run: Run, tmp_path: Path) -> None:
    for number, address in enumerate(("bs-2023/loans_c/ecl", "movements", "hindsight")):
        page = Page(write_page(run, address, to=tmp_path / f"{number}.html").file)
        assert address in "".join(page.texts) and {"table", "main"} <= page.names


def test_a_mask_leads_back_for_whoever_has_the_run(run: Run, tmp_path: Path) -> None:
    mask = masks_of(run).contract("LOAN-1")
    masked = write_page(run, "loan/LOAN-1", mask_ids=True, to=tmp_path / "masked.html").file
    text = masked.read_text(encoding="utf-8")
    assert f"Loan {mask}" in text and "LOAN-1" not in text
    assert "Loan LOAN-1" in write_page(run, f"loan/{mask}", to=tmp_path / "back.html").file.read_text(encoding="utf-8")


def test_the_command_writes_it_and_says_where(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["explain", str(run.folder), "loan/LOAN-1", "--html"]
    for _ in range(2):
        done = CliRunner().invoke(app, [*asked, "--format", "json"])
        assert done.exit_code == 0 and json.loads(done.stdout) == {"address": "loan/LOAN-1", "file": "loan-LOAN-1.html"}
    assert [path.name for path in tmp_path.iterdir()] == ["loan-LOAN-1.html"]


def test_no_other_file_is_replaced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.html").write_text("mine", encoding="utf-8")
    for file, rule in ((tmp_path / "mine.html", "nothing but itself"), (run.folder / "loan.html", "stands beside it")):
        with pytest.raises(UnusableInput, match=rule):
            write_page(run, "loan/LOAN-1", to=file)
    assert (tmp_path / "mine.html").read_text(encoding="utf-8") == "mine" and not (run.folder / "loan.html").exists()


@pytest.mark.parametrize(
    ("address", "options", "rule"),
    [("loan/LOAN-7", ["--html"], "no such contract"), ("loan/LOAN-1", ["--to", "x.html"], "are of a page")],
)
def test_what_has_no_page_is_refused(run: Run, address: str, options: list[str], rule: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=rule):
        CliRunner().invoke(app, ["explain", str(run.folder), address, *options], catch_exceptions=False)


@pytest.mark.campaign
@pytest.mark.parametrize("library", ["jinja2", "markupsafe"])
def test_without_a_library_of_pages_it_says_which_to_install(library: str, run: Run, tmp_path: Path) -> None:
    """In a process that has none of it from the start, and where nothing of a page is asked for all is as ever."""
    code = f"import sys; sys.modules['{library}'] = None; from gaapbridge.__main__ import main; main()"
    asked = [sys.executable, "-c", code, "explain", str(run.folder), "loan/LOAN-1"]
    refused = subprocess.run([*asked, "--html"], cwd=tmp_path, capture_output=True, text=True)
    assert refused.returncode == 2 and "Traceback" not in refused.stderr and not list(tmp_path.iterdir())
    assert f"a page needs {library}" in refused.stderr and "gaapbridge[report]" in refused.stderr
    assert subprocess.run(asked, cwd=tmp_path, capture_output=True).returncode == 0
