"""The folder of a report: whole or not at all, the older one of the same run replaced, nothing of a person's thrown away."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from typer.testing import CliRunner

import gaapbridge
from gaapbridge.cli import app
from gaapbridge.period_close import close
from gaapbridge.report.masks import Masks
from gaapbridge.report.parts import PARTS, Part
from gaapbridge.run.reader import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput


def told(run: Run, folder: Path, masks: Masks, _: object) -> None:
    """A part of one line."""
    (folder / "told.txt").write_text(run.manifest.entity, encoding="utf-8")


def fail(run: Run, folder: Path, masks: Masks, _: object) -> None:
    """A part that fails halfway."""
    told(run, folder, masks, None)
    raise ZeroDivisionError


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return close(write_starter(tmp_path_factory.mktemp("reported") / "lender").plan).folder


def test_a_report_stands_beside_its_run_and_lists_its_files(run: Path) -> None:
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    done = gaapbridge.write_report(run, only="workbook")
    assert done.folder == run.with_name(f"{run.name}-report")
    index = json.loads((done.folder / "report.json").read_text(encoding="utf-8"))
    assert index["parts"] == {"workbook": ["workbook.xlsx"]}
    assert index["files_sha256"]["workbook.xlsx"] == hashlib.sha256((done.folder / "workbook.xlsx").read_bytes()).hexdigest()
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in done.folder.iterdir()) == ["report.json", "workbook.xlsx"]


@pytest.mark.campaign
def test_a_report_is_written_again_the_same(run: Path, tmp_path: Path) -> None:
    one, other = (gaapbridge.write_report(run, only=["workbook"], to=tmp_path / name).folder for name in ("one", "other"))
    assert [path.read_bytes() for path in sorted(one.iterdir())] == [path.read_bytes() for path in sorted(other.iterdir())]
    again = gaapbridge.write_report(run, only=["workbook"], to=one).folder
    assert sorted(path.name for path in again.iterdir()) == ["report.json", "workbook.xlsx"]


@pytest.mark.campaign
def test_a_part_that_is_not_asked_for_again_stays(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARTS, "told", Part("told", "", (), told))
    gaapbridge.write_report(run, only=["workbook"], to=tmp_path / "out")
    gaapbridge.write_report(run, only=["told"], to=tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.json", "told.txt", "workbook.xlsx"]


@pytest.mark.campaign
def test_a_part_that_fails_leaves_what_was_there(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARTS, "told", Part("told", "", (), fail))
    gaapbridge.write_report(run, only=["workbook"], to=tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    with pytest.raises(ZeroDivisionError):
        gaapbridge.write_report(run, only=["workbook", "told"], to=tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_person_wrote_is_not_thrown_away(run: Path, tmp_path: Path) -> None:
    folder = gaapbridge.write_report(run, only=["workbook"], to=tmp_path / "out").folder
    (folder / "workbook.xlsx").write_bytes(b"with my remarks")
    with pytest.raises(UnusableInput, match="not thrown away"):
        gaapbridge.write_report(run, only=["workbook"], to=folder)
    assert (folder / "workbook.xlsx").read_bytes() == b"with my remarks"


def test_no_folder_but_a_report_is_replaced(run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UnusableInput, match="nothing but a report"):
        gaapbridge.write_report(run, only=["workbook"], to=tmp_path)
    with pytest.raises(UnusableInput, match="stands beside it"):
        gaapbridge.write_report(run, only=["workbook"], to=run / "report")


@pytest.mark.parametrize(
    ("only", "rule", "remedy"),
    [("workbok", "a part is one of", "did you mean workbook"), ("", "a part is one of", "say --only")],
)
def test_a_part_that_is_none_is_refused(run: Path, only: str, rule: str, remedy: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        gaapbridge.write_report(run, only=only)
    assert rule in str(refused.value) and remedy in str(refused.value)


def test_a_part_without_its_library_is_refused(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARTS, "told", Part("told", "", ("no_such_library",), told))
    with pytest.raises(UnusableInput, match="no_such_library"):
        gaapbridge.write_report(run, only="told")


@pytest.mark.campaign
def test_a_close_writes_its_report_where_it_is_asked_to(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And before anything is measured it says that a library is missing."""
    plan = next(folder for folder in run.parents if (folder / "plan.toml").is_file()) / "plan.toml"
    asked = ["close", str(plan), "--report", "--format", "json"]
    told = json.loads(CliRunner().invoke(app, asked).stdout)
    assert (Path(told["report"]["folder"]) / "workbook.xlsx").is_file() and told["report"]["folder"] == f"{told['run']}-report"
    monkeypatch.setitem(PARTS, "workbook", replace(PARTS["workbook"], libraries=("no_such_library",)))
    versions = sorted(run.parent.iterdir())
    with pytest.raises(UnusableInput, match="no_such_library"):
        CliRunner().invoke(app, asked, catch_exceptions=False)
    assert sorted(run.parent.iterdir()) == versions


def test_a_run_that_was_changed_has_no_report(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "v1")
    with (tmp_path / "v1" / "notes.txt").open("a", encoding="utf-8") as stream:
        stream.write("one more word")
    with pytest.raises(UnusableInput, match=r"notes\.txt"):
        gaapbridge.write_report(tmp_path / "v1", only="workbook")
    assert not (tmp_path / "v1-report").exists()


def test_a_report_is_not_put_into_another(run: Path, tmp_path: Path) -> None:
    folder = gaapbridge.write_report(run, only="workbook", to=tmp_path / "out").folder
    for within in (folder / "mine", folder / "deep" / "er"):
        with pytest.raises(UnusableInput, match="a report stands beside another"):
            gaapbridge.write_report(run, only="workbook", to=within)
    assert sorted(path.name for path in folder.iterdir()) == ["report.json", "workbook.xlsx"]
    gaapbridge.write_report(run, only="workbook", to=folder)


def test_the_folder_one_stands_in_gives_way_or_is_named(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing, and a point, are the current folder: replaced where it is a report or empty, else refused by its name."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for to in ("", "."):
        assert gaapbridge.write_report(run, only="workbook", to=to).files["workbook"] == ("workbook.xlsx",)
        assert (tmp_path / "empty" / "workbook.xlsx").is_file()
        monkeypatch.chdir(tmp_path / "empty")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnusableInput, match=rf"file: {tmp_path} \| rule: a report takes the place of nothing but a report"):
        gaapbridge.write_report(run, only="workbook", to="")


def test_two_at_once_keep_the_part_of_each(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both begin before either has ended; the second waits, and takes over what the first has written."""
    begun = Barrier(2, timeout=60)

    def slow(name: str) -> Part:
        def write(run: Run, folder: Path, *_: object) -> None:
            (folder / f"{name}.txt").write_text(name, encoding="utf-8")
            time.sleep(0.2)

        return Part(name, "", (), write)

    def report(name: str) -> object:
        begun.wait()
        return gaapbridge.write_report(run, only=[name], to=tmp_path / "out")

    for name in ("one", "other"):
        monkeypatch.setitem(PARTS, name, slow(name))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(report, ("one", "other")))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one.txt", "other.txt", "report.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("at", ["folder", "unfinished"])
def test_an_interrupt_while_it_is_put_in_place_leaves_what_was_there(
    at: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = gaapbridge.write_report(run, only="workbook", to=tmp_path / "out").folder
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    renamed = Path.rename

    def interrupted(path: Path, to: Path) -> Path:
        if at == "unfinished" and ".unfinished" in path.name and "before" not in path.name:
            raise KeyboardInterrupt
        done = renamed(path, to)
        if at == "folder" and path == folder:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gaapbridge.write_report(run, only="workbook", to=folder)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_workbook_that_finds_no_room_is_told_by_where_it_was_to_be(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library has an exception of its own around that of the file system."""

    def no_room(_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("xlsxwriter.workbook.Workbook._store_workbook", no_room)
    with pytest.raises(UnusableInput, match="No space left on device"):
        gaapbridge.write_report(run, only="workbook", to=tmp_path / "report")
    assert not (tmp_path / "report").exists()
