"""Streams, paths and runs that are not as they should be: one line and exit code 2, or the close as it is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import gaapbridge
from gaapbridge.checking import check
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run, open_run
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import verify
from tests.manifests import rewrite, write_manifest
from tests.miniature import first_year, second_year


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plan = write_starter(tmp_path_factory.mktemp("told") / "lender").plan
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace('name = "Example Lender"', 'name = "甲公司"'), encoding="utf-8")
    return plan.parent


@pytest.fixture
def lender(starter: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(starter, tmp_path / "lender"))


def called(command: list[str], *arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    return subprocess.run([*command, *map(os.fsencode, map(str, arguments))], check=False, **options)  # type: ignore[call-overload, no-any-return]


def told(done: subprocess.CompletedProcess[bytes]) -> str:
    """The one line of a refusal."""
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.decode("utf-8", "replace").splitlines()
    assert line.startswith("gaapbridge: ") and "rule: " in line and "remedy: " in line
    return line


def runs(lender: Path) -> list[Path]:
    return sorted((lender / "runs").glob("*/*/v*"))


@pytest.mark.campaign
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
def test_a_name_that_a_terminal_does_not_know_fails_no_close(encoding: str, lender: Path, command: list[str]) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = called(command, "close", lender / "plan.toml", capture_output=True, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = {"utf-8": "甲公司"}.get(encoding, "\\u7532\\u516c\\u53f8")
    assert done.stdout.decode(encoding).startswith(shown)
    listed = called(command, "check", lender / "plan.toml", "--format", "json", capture_output=True, env=environment)
    assert json.loads(listed.stdout.decode(encoding))["entity"] == "甲公司"
    assert len(runs(lender)) == 1


@pytest.mark.campaign
def test_a_closed_stream_loses_no_run(lender: Path, command: list[str]) -> None:
    for closed in (2, 1):
        done = subprocess.run(
            ["sh", "-c", f'exec "$@" {closed}>&-', "sh", *command, "close", str(lender / "plan.toml")],
            stdout=subprocess.PIPE,
            check=False,
        )
        assert done.returncode == 0
    assert len(runs(lender)) == 2


def test_a_path_that_is_not_utf_8_is_refused(lender: Path, command: list[str]) -> None:
    other = os.fsencode(lender.parent) + b"/lender-\xff"
    os.rename(lender, other)
    done = subprocess.run([*command, "close", other + b"/plan.toml"], capture_output=True, check=False)  # type: ignore[list-item]
    assert "names of files and folders are in UTF-8" in told(done) and "\\udcff" in told(done)


def test_a_current_folder_that_is_gone_is_told(lender: Path) -> None:
    """It is asked for while libraries are loaded."""
    gone = lender / "gone"
    gone.mkdir()
    command = [sys.executable, "-m", "gaapbridge", "close", str(lender / "plan.toml")]
    done = subprocess.run(
        ["sh", "-c", 'rmdir ../gone && exec "$@"', "sh", *command],
        cwd=gone, env=os.environ | {"PYTHONPATH": str(Path(gaapbridge.__file__).parents[1])}, capture_output=True, check=False,
    )  # fmt: skip
    assert "the folder that the command is called in exists" in told(done)


@pytest.mark.campaign
def test_nothing_is_calculated_again_from_a_damaged_run(lender: Path, command: list[str]) -> None:
    run = close(lender / "plan.toml").folder
    part = run / "measurements" / "loans" / "part-00000.parquet"
    content = part.read_bytes()
    for damaged in (content[:-20], content[: len(content) // 2] + b"\0" * 40 + content[len(content) // 2 + 40 :]):
        part.write_bytes(damaged)
        line = told(called(command, "reperform", run, capture_output=True))
        assert "part-00000.parquet | rule: an artefact is as its run wrote it" in line


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("year", ["0000", "0001", "1899", "2201", "9999", "10000"])
@pytest.mark.parametrize("name", ["curves/loans-hazard.csv", "tapes/loans-2023-12-31.csv"])
def test_a_year_that_no_lender_has_is_a_bad_cell(name: str, year: str, lender: Path) -> None:
    path = lender / name
    stated = "2020-01-01" if "curves" in name else "2022-06-15"
    path.write_text(path.read_text(encoding="utf-8").replace(stated, stated.replace(stated[:4], year), 1), encoding="utf-8")
    with pytest.raises(UnusableInput, match=rf"row: 1 .* value: {year}-0\d-\d\d .* a day of the calendar"):
        close(lender / "plan.toml")


@pytest.mark.campaign
def test_a_rate_of_sixteen_decimals_is_taken_exactly(lender: Path) -> None:
    plan = lender / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    assert "\nrate = 0.06" in text
    plan.write_text(text.replace("\nrate = 0.06", "\nrate = 0.0612345678901234"), encoding="utf-8")
    assert all(check.holds for check in close(plan).listed.checks if check.check in ("R7", "R10"))


def test_a_manifest_that_cannot_be_read_is_named_by_its_folder(tmp_path: Path) -> None:
    for content in ("", "{", '"x"', "[1]"):
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
        with pytest.raises(UnusableInput) as refused:
            open_run(tmp_path)
        assert refused.value.file == str(tmp_path / "manifest.json")


ANSWERED = {"us_reversion_reached": '"month_after"'}
"""A technique as a manifest states it."""

MISSTATED = {
    "no note and no day": ("techniques_before", {"note": {"not-a-date": {"a": "b"}}}, "techniques_before.note"),
    "no day": (
        "techniques_before",
        {"expected_credit_loss": {"not-a-date": ANSWERED}},
        "techniques_before.expected_credit_loss",
    ),
    "a day of none": ("techniques_before", {"expected_credit_loss": {"2021-02-30": ANSWERED}}, "techniques_before.expected_"),
    "no answer": ("techniques_before", {"note": {"2021-12-31": {"a": "no toml ["}}}, "techniques_before.a"),
    "two answers": ("techniques_before", {"note": {"2021-12-31": {"a": "1\nanswers = 2"}}}, "techniques_before.a"),
    "an answer without end": ("techniques_before", {"note": {"2021-12-31": {"a": "[" * 9_000}}}, "techniques_before.a"),
    "no instant": ("period", {"opening": "2022-12-31", "closing": "soon"}, "period.closing"),
    "no path": ("plan_folder", "\0", "plan_folder"),
    "no path of a source": ("sources", {"tapes.loans.closing": {"path": "a\0", "sha256": "x"}}, "sources.tapes.loans.closing"),
    "no artefact": ("artefacts_sha256", {"a": "x", "b\0": "x"}, "artefacts_sha256"),
}


@pytest.mark.parametrize("how", MISSTATED)
def test_a_manifest_that_states_what_no_close_writes_is_named(how: str, tmp_path: Path) -> None:
    key, content, told_of = MISSTATED[how]
    manifest = write_manifest(tmp_path) / "manifest.json"
    stated = json.loads(manifest.read_text(encoding="utf-8"))
    assert open_run(tmp_path).manifest.entity == stated["entity"]
    manifest.write_text(json.dumps(stated | {key: content}), encoding="utf-8")
    with pytest.raises(UnusableInput, match="a manifest has") as refused:
        open_run(tmp_path)
    assert refused.value.file == str(manifest) and str(refused.value.key).startswith(told_of)


@pytest.mark.campaign
def test_a_prior_run_that_closed_on_no_ledger_of_its_own_is_named(lender: Path, command: list[str]) -> None:
    plan = lender / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(first_year(text), encoding="utf-8")
    manifest = close(plan).folder / "manifest.json"
    stated = json.loads(manifest.read_text(encoding="utf-8"))
    stated["statements"]["closing"] = "bs-1999"
    rewrite(manifest.parent, stated)
    plan.write_text(second_year(text), encoding="utf-8")
    for asked in ("close", "check"):
        line = told(called(command, asked, plan, capture_output=True))
        assert f"file: {manifest} | key: statements.closing | value: bs-1999 | rule: " in line


def test_a_foreign_manifest_hides_the_latest_run_only_where_it_is_later(tmp_path: Path) -> None:
    versions = ("one/2023-12-31/v1", "two/2023-12-31/v1", "foreign/2023-12-31/v1", "two/2023-01-01_2023-12-31/v2")
    folders = [tmp_path / "runs" / version for version in versions]
    for day, folder in enumerate(folders, start=1):
        folder.mkdir(parents=True)
        write_manifest(folder, written_at=f"2024-01-0{day}T00:00:00", plan_folder="../../../..")
    foreign = folders[2] / "manifest.json"
    foreign.write_text('{"name": "app"}', encoding="utf-8")
    os.utime(foreign, (0, 0))
    assert open_run("latest", tmp_path / "runs").folder == folders[3]
    assert open_run("previous", tmp_path / "runs").folder == folders[1], "of the same period, under the name of before"
    with pytest.raises(UnusableInput, match="a version before v1, of the same entity, period and plan"):
        open_run("previous", tmp_path / "runs", beside=Run(folders[1]))
    os.utime(foreign, (time.time() + 9, time.time() + 9))
    with pytest.raises(UnusableInput, match="a manifest states"):
        open_run("latest", tmp_path / "runs")


def test_tapes_of_which_every_row_is_rejected_name_the_rule(lender: Path) -> None:
    for year in (2022, 2023):
        path = lender / "tapes" / f"loans-{year}-12-31.csv"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(",consumer,", ",consumers,").replace(",business,", ",consumers,"), encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"value: consumers \| rule: .*no contract of .* could be measured"):
        close(lender / "plan.toml")


@pytest.mark.campaign
@pytest.mark.parametrize("name", ["lender [1]", "lender [2", "lender*?{a,b}", "lender **"])
def test_a_folder_named_like_a_pattern_is_taken_as_it_is(name: str, lender: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = lender.rename(lender.with_name(name))
    (here / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(here / "temporary"))
    run = close(here / "plan.toml")
    assert run.exit_code == 0 and check(here / "plan.toml").exit_code == 0
    assert explain(run, "loan/LOAN-1").facts["independent calculation"] == "agrees"
    assert reperform(run, sample=3).disagreements == ()
    assert verify(run.folder).exit_code == 0 and open_run("latest", here / "runs") == Run(run.folder)
