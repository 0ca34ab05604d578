"""The command line as its users meet it: help, version, completion, what is quiet, and refusals for programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.cli.faults import INTERNAL_FAULT, TRACED
from gaapbridge.cli.refusals import REFUSALS_SHOWN, refuse
from gaapbridge.run import open_run
from gaapbridge.terms.errors import UnusableInput, together
from gaapbridge.terms.version import VERSION
from gaapbridge.terms.wrapping import columns_of
from tests.commands_page import _commands, commands_page

COMMANDS = dict(_commands(get_command(app), "gaapbridge"))


Called = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def called(command: list[str]) -> Called:
    """Calls the command as a process of its own, in a pipe."""
    plain = {name: value for name, value in os.environ.items() if name != "COLUMNS"}

    def call(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        line = [*command, *map(str, words)]
        return subprocess.run(line, capture_output=True, text=True, check=False, env={**plain, **environment})

    return call


def test_the_version_is_printed() -> None:
    done = subprocess.run([sys.executable, "-m", "gaapbridge", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"gaapbridge {VERSION}\n", "")


def test_the_page_of_commands_is_in_step(root: Path) -> None:
    written = (root / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert written == commands_page(), "write it again: python -m tests.pages"
    assert all(f"\n## {name}\n" in written for name in COMMANDS)


@pytest.mark.campaign(but=4)
@pytest.mark.parametrize("words", [[], *(name.split() for name in COMMANDS)], ids=" ".join)
def test_help_fits_eighty_columns_whole_and_names_arguments_plainly(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    short, long = (CliRunner().invoke(app, [*words, option], prog_name="gaapbridge") for option in ("-h", "--help"))
    assert short.exit_code == 0 and short.stdout == long.stdout
    assert max(map(columns_of, short.stdout.split("\n"))) <= 80 and "…" not in short.stdout
    usage = re.search(r"Usage: (.+)", short.stdout)
    assert usage is not None and "{" not in usage[1] and usage[1].startswith(" ".join(["gaapbridge", *words]))


def test_usage_is_what_is_typed(called: Called) -> None:
    assert "Usage: gaapbridge explain [OPTIONS] RUN ADDRESS" in called("explain", "-h").stdout


def test_every_command_takes_the_options_that_all_share() -> None:
    for name, command in COMMANDS.items():
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--format", "--width", "--quiet", "-q"} <= options, name
        takes_a_run = any("run" in str(one.help) for one in command.params if one.param_type_name == "argument")
        assert takes_a_run == ("--runs" in options), name


@pytest.mark.parametrize(("shell", "script"), [("bash", "COMP_WORDS"), ("zsh", "#compdef gaapbridge"), ("fish", "complete ")])
def test_completion_can_be_had_of_every_shell(shell: str, script: str, called: Called) -> None:
    done = called("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert done.returncode == 0 and script in done.stdout and "_GAAPBRIDGE_COMPLETE" in done.stdout


def test_words_are_completed(called: Called) -> None:
    asked = {"_GAAPBRIDGE_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    assert called(COMP_WORDS="gaapbridge com", **asked).stdout.split() == ["compare"]
    assert called(COMP_WORDS="gaapbridge close --se", **{**asked, "COMP_CWORD": "2"}).stdout.split() == ["--set"]


@pytest.mark.campaign
def test_what_is_quiet_says_only_what_it_wrote(starter_copy: Path, called: Called) -> None:
    plan = starter_copy / "plan.toml"
    closed = called("close", plan, "-q")
    run = open_run("latest", starter_copy / "runs")
    assert (closed.returncode, closed.stdout, closed.stderr) == (0, f"{run.folder}\n", "")
    checked = called("check", plan, "--quiet")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    plan.write_text(plan.read_text(encoding="utf-8").replace("rows = 2\n", "rows = 3\n", 1), encoding="utf-8")
    unsound = called("check", plan, "--quiet")
    assert (unsound.returncode, unsound.stdout, unsound.stderr) == (1, "", "")
    refused = called("check", starter_copy / "no plan", "--quiet")
    assert (refused.returncode, refused.stdout) == (2, "") and refused.stderr.startswith("gaapbridge: file: ")
    told = called("check", plan, "--quiet", "--format", "json")
    assert json.loads(told.stdout)["exit_code"] == told.returncode == 1


def test_verify_takes_a_run_by_its_name(starter_copy: Path, called: Called) -> None:
    run = called("close", starter_copy / "plan.toml", "-q").stdout.strip()
    done = called("verify", "latest", "--runs", starter_copy / "runs", "--format", "json")
    assert done.returncode == 0 and json.loads(done.stdout) == json.loads(called("verify", run, "--format", "json").stdout)


PARTS = {"file", "key", "row", "column", "value", "rule", "remedy"}


def refused(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The error that a command gave for programs, once it is in the agreed form."""
    assert done.returncode == 2, done.stdout
    content: dict[str, Any] = json.loads(done.stdout)
    assert set(content) == {"error", "errors", "exit_code"} and content["exit_code"] == 2
    assert content["error"] == content["errors"][0] and all(set(one) == PARTS for one in content["errors"])
    assert len(done.stderr.splitlines()) == len(content["errors"])
    return content


def test_a_refusal_is_json_for_programs_and_a_line_for_people(starter_copy: Path, called: Called) -> None:
    plan = starter_copy / "plan.toml"
    error = refused(called("close", plan, "--set", "entity.nam=x", "--format", "json"))["error"]
    assert error == {
        "file": f"{plan} with --set", "key": "entity.nam", "row": None, "column": None, "value": '"x"',
        "rule": "no such key in a plan", "remedy": "did you mean name?",
    }  # fmt: skip
    told = called("close", plan, "--set", "entity.nam=x")
    assert told.stdout == "" and told.stderr.startswith(f"gaapbridge: file: {plan} with --set | key: entity.nam | ")


def test_several_refusals_are_a_list(starter_copy: Path, called: Called) -> None:
    done = called("check", starter_copy / "plan.toml", "--set", "a", "--set", "b", "--format=json")
    assert [one["value"] for one in refused(done)["errors"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["close", "--format", "json"], "Missing argument 'PLAN'"),
        (["clos", "--format", "json"], "No such command 'clos'. Did you mean 'close'?"),
        (["close", "plan.toml", "--nope", "--format", "json"], "No such option: --nope"),
        (["check", "no such plan", "--format", "json"], "the plan file must exist"),
        (["explain", "latest", "loan/1", "--runs", "nowhere", "--format", "json"], "there must be such a run"),
    ],
)
def test_whatever_is_wrong_is_told_to_programs(words: list[str], rule: str, called: Called) -> None:
    assert refused(called(*words))["error"]["rule"] == rule


def test_a_value_is_given_to_programs_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    refusals = [UnusableInput(row=str(row), value="x" * 500 + "\n\x1b", rule="a rule", remedy="a remedy") for row in range(30)]
    with pytest.raises(SystemExit) as ended:
        refuse(together(refusals), for_programs=True)
    told = capsys.readouterr()
    assert ended.value.code == 2 and "\x1b" not in told.out + told.err
    assert [one["row"] for one in json.loads(told.out)["errors"]] == [str(row) for row in range(30)]
    assert json.loads(told.out)["error"]["value"] == "x" * 500 + "\n\x1b"
    assert told.err.splitlines()[REFUSALS_SHOWN:] == ["gaapbridge: 10 more are refused"]


def test_a_full_disk_loses_no_exit_code(tmp_path: Path, command: list[str]) -> None:
    line = ["bash", "-c", '"$@" >/dev/full', "bash", *command, "check", str(tmp_path / "none"), "--format", "json"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1


FAULT = "import gaapbridge.checking as place; place.check = lambda *_, **__: 1 / 0; from gaapbridge.cli import main; main()"


@pytest.mark.campaign
@pytest.mark.parametrize("format", ["text", "json"])
def test_a_fault_of_ours_is_one_line_and_a_code_of_its_own(format: str) -> None:
    words = [sys.executable, "-c", FAULT, "check", "plan.toml", "--format", format]
    plain = {name: value for name, value in os.environ.items() if name != TRACED}
    quiet, traced = (
        subprocess.run(words, capture_output=True, text=True, check=False, env=env) for env in (plain, {**plain, TRACED: "1"})
    )
    assert quiet.returncode == traced.returncode == INTERNAL_FAULT == 3
    (line,) = quiet.stderr.splitlines()
    assert "ZeroDivisionError: division by zero" in line and "in commands.py, line" in line and TRACED in line
    assert "Traceback (most recent call last)" in traced.stderr and traced.stderr.endswith(f"{line}\n")
    if format == "json":
        told = json.loads(quiet.stdout)
        assert told["exit_code"] == 3 and told["error"]["value"] == "ZeroDivisionError: division by zero"
    else:
        assert quiet.stdout == ""


def test_a_folder_that_vanishes_does_not_stop_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another program removes while runs are looked for is no fault, and no finding."""
    for name in ("gone", "kept"):
        (tmp_path / name / "2023-12-31" / "v1").mkdir(parents=True)
    scanned = os.scandir

    def vanishing(path: Any) -> Any:
        if Path(path).name == "gone":
            raise FileNotFoundError(path)
        return scanned(path)

    monkeypatch.setattr(os, "scandir", vanishing)
    with pytest.raises(UnusableInput, match="there must be such a run"):
        open_run("latest", tmp_path)
