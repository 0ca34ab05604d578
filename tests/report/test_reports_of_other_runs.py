"""Reports of runs that are not as one expects: each is a clear refusal, or a report that hides nothing."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import gaapbridge
from gaapbridge.period_close import close
from gaapbridge.report.explained import write_page
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from tests.given.holder import closed_months, write_holder
from tests.report.packs import Page, broken, hostile_lender, pages


def run_of_the_first_format(folder: Path) -> Run:
    """A run that was written before runs kept their notes, evidence or samples."""
    with zipfile.ZipFile(Path(__file__).parents[1] / "run" / "run-of-format-1.zip") as kept:
        kept.extractall(folder)
    (manifest,) = folder.rglob("manifest.json")
    return Run(manifest.parent)


def without_awards(folder: Path) -> Run:
    """A lender with a tape of awards of which none is measured: every row is rejected."""
    plan = write_starter(folder / "lender").plan
    awards = plan.parent / "tapes" / "awards.csv"
    awards.write_text(awards.read_text(encoding="utf-8").replace(",CNY,", ",CNY?,"), encoding="utf-8")
    text = re.sub(r"rejected_(rows|principal_minor) = 0", r"rejected_\1 = 9000000", plan.read_text(encoding="utf-8"))
    plan.write_text(text, encoding="utf-8")
    run = close(plan)
    assert run.rejects and not [kind for kind in run.kinds if kind == "awards" and run.measurements(kind).collect().height]
    return run


def failing(folder: Path) -> Run:
    """A lender whose ledger has 1.00 of principal more than its tape."""
    plan = write_starter(folder / "lender").plan
    path = plan.parent / "ledger" / "trial-balance-2023-12-31.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    by_account = {line.split(",")[0]: number for number, line in enumerate(lines)}
    for account, more in (("1301", 100), ("1001", -100)):
        code, *others = lines[by_account[account]].split(",")
        amounts = [int(one) if re.fullmatch(r"-?\d+", one) else one for one in others]
        place = next(place for place, one in enumerate(amounts) if isinstance(one, int) and one)
        amounts[place] += more
        lines[by_account[account]] = ",".join([code, *map(str, amounts)])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return close(plan)


def reported(run: Run, folder: Path, only: str | None = None) -> dict[str, Page]:
    """The pages of the pack of a report of all parts, or some; its workbook opens, and none of its files is empty."""
    written = gaapbridge.write_report(run, only=only, to=folder / "report")
    for names in written.files.values():
        assert names and all((written.folder / name).stat().st_size for name in names)
    assert openpyxl.load_workbook(written.folder / "workbook.xlsx").sheetnames
    read = pages(written.folder / "pack")
    assert broken(written.folder / "pack", read) == []
    for name, page in read.items():
        assert len("".join(page.texts).split()) > 30, f"{name}: an empty page"
    return read


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("made", [hostile_lender, without_awards])
def test_whatever_a_run_holds_all_parts_are_written(made: Callable[[Path], Run], tmp_path: Path) -> None:
    read = reported(made(tmp_path), tmp_path)
    assert "journals.html" in read


def test_runs_without_contracts_or_comparatives(tmp_path: Path) -> None:
    """A year measured at its closing alone, with nothing to compare it with, and a month that opens with the run before."""
    first, *_, last = closed_months(write_holder(tmp_path / "books"))
    assert first.prior_folder is None and first.manifest.statements.income is None
    for run in (first, last):
        read = reported(run, tmp_path / run.folder.parent.name)
        assert not [name for name in read if name.startswith("contracts/")]


def test_a_run_of_the_first_format_has_what_it_kept(tmp_path: Path) -> None:
    """Its notes stand in it as text alone: what prints them says so, and nothing is written."""
    run = run_of_the_first_format(tmp_path)
    with pytest.raises(UnusableInput, match=r"notes\.json") as refused:
        gaapbridge.write_report(run)
    assert "close its plan again" in str(refused.value) and not list(tmp_path.rglob("*-report"))
    reported(run, tmp_path, "workbook,pack")


def test_failing_checks_stand_on_the_first_page(tmp_path: Path) -> None:
    run = failing(tmp_path)
    fails = [check.id for check in run.listed.checks if not check.holds]
    assert fails
    read = reported(run, tmp_path)
    text = "".join(read["index.html"].texts)
    assert f"Checks that fail: {len(fails)}" in text and all(one in text for one in fails)
    assert text.index("Checks that fail") < text.index("Total assets".upper()), "above the statements"
    assert "failing" in read["checks.html"].ids
    cover = openpyxl.load_workbook(tmp_path / "report" / "workbook.xlsx", data_only=True)["Cover"]
    counted = {row[0]: row[2] for row in cover.iter_rows(values_only=True) if isinstance(row[2], int)}
    assert sum(counted.values()) == len(fails)


def test_where_all_checks_hold_nothing_is_said_to_fail(tmp_path: Path) -> None:
    read = reported(close(write_starter(tmp_path / "lender").plan), tmp_path, "workbook,pack")
    assert "failing" not in read["index.html"].ids and "failing" not in read["checks.html"].ids


def test_a_run_that_was_changed_is_refused_by_every_part(tmp_path: Path) -> None:
    run = close(write_starter(tmp_path / "lender").plan)
    for name in ("statement.json", "measurements/loans/part-00000.parquet"):
        copy = Path(shutil.copytree(run.folder, tmp_path / name.partition("/")[0] / "v1"))
        with (copy / name).open("ab") as stream:
            stream.write(b" ")
        for only in ("workbook", "pack", "pdf", "filing"):
            with pytest.raises(UnusableInput, match="this one is changed"):
                gaapbridge.write_report(copy, only=only, mask_ids=only == "pack")
        with pytest.raises(UnusableInput, match="this one is changed"):
            write_page(copy, "loan/LOAN-1", to=tmp_path / "page.html")
        assert [path.name for path in copy.parent.iterdir()] == ["v1"]


def test_a_unit_in_which_nothing_is_left_has_its_pages(tmp_path: Path) -> None:
    """Every amount of the small lender is nil in millions: a table of a note then has no row."""
    plan = write_starter(tmp_path / "lender").plan
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("presentation_unit = 1\n", "presentation_unit = 1_000_000_000\n"), encoding="utf-8")
    run = close(plan)
    assert run.plan_content["entity"]["presentation_unit"] == 1_000_000_000 and reported(run, tmp_path)


def test_a_link_gives_way_to_the_report_and_what_it_led_to_stays(tmp_path: Path) -> None:
    run = close(write_starter(tmp_path / "lender").plan)
    gaapbridge.write_report(run, only="workbook", to=tmp_path / "first")
    (tmp_path / "link").symlink_to(tmp_path / "first", target_is_directory=True)
    gaapbridge.write_report(run, only="workbook", to=tmp_path / "link")
    assert not (tmp_path / "link").is_symlink() and (tmp_path / "link/workbook.xlsx").is_file()
    assert (tmp_path / "first/workbook.xlsx").is_file() and not list(tmp_path.glob(".unfinished*"))
