"""One line that moves over the stages of a command on a terminal of any width; nothing of it in a pipe or where quiet."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

import pytest

from gaapbridge.progress import Progress, Stage, line_of
from gaapbridge.terms.wrapping import columns_of
from tests.run.terminal import on_terminal

ERASED = re.compile(r"(?:\x1b\[[0-9;?]*[A-Za-z]|\r)+")
"""What moves the cursor, erases a line or hides the cursor."""


def shown(written: str) -> list[str]:
    """What stood on the line, one after another, before the statement was printed."""
    return [part for part in ERASED.split(written.partition("Example Lender")[0]) if part.strip()]


@pytest.mark.campaign
@pytest.mark.parametrize("columns", [40, 80])
def test_one_line_moves_over_all_stages_of_a_close(columns: int, starter_copy: Path, command: list[str]) -> None:
    done = on_terminal([*command, "close", str(starter_copy / "plan.toml")], columns)
    assert done.code == 0 and "Run: " in done.written
    lines = shown(done.written)
    stages = ("reading", "measuring", "posting and tying out", "writing")
    told = [next(name for name in stages if line.startswith(name)) for line in lines if not line.startswith("compil")]
    assert list(dict.fromkeys(told)) == list(stages) == sorted(dict.fromkeys(told), key=stages.index)
    assert max(map(columns_of, lines)) <= columns
    before = done.written.partition("Example Lender")[0]
    assert before.count("\n") - before.count("compil") <= 1, "the line is never followed by another"
    assert before.endswith("\x1b[1A\x1b[2K") and "\x1b[?25h" in before, "it is taken away, and the cursor is back"
    assert any(re.fullmatch(r"measuring .*\d+ of 76 rows .*\d s.*", line) for line in lines)


def test_quiet_silences_it(starter_copy: Path, command: list[str]) -> None:
    done = on_terminal([*command, "close", "--quiet", str(starter_copy / "plan.toml")], 80)
    (run,) = (starter_copy / "runs").glob("*/*/v1")
    assert (done.code, done.written.replace("\r", "")) == (0, f"{run}\n")


def test_nothing_of_it_in_a_pipe(starter_copy: Path, command: list[str]) -> None:
    line = [*command, "check", str(starter_copy / "plan.toml")]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "") and "\x1b" not in done.stdout


def halfway(rows: int = 123_456_789, done: int = 61_728_394) -> Stage:
    stage = Stage(Progress(show=False), "measuring for the lender's own ledger", rows)
    with stage:
        stage(done)
    stage._started -= 100
    return stage


@pytest.mark.parametrize("columns", range(38, 161))
def test_the_line_fits_every_terminal(columns: int) -> None:
    line = line_of(halfway(), 3725, columns)
    assert columns_of(line) < columns or line == "measuring for the lender's own ledger"


def test_the_line_says_rows_their_rate_seconds_left_and_seconds_so_far() -> None:
    line = line_of(halfway(), 125, 160)
    assert line.endswith("  61,728,394 of 123,456,789 rows  617,300 rows/s  1:40 left  2:05 so far")


@pytest.mark.parametrize(
    ("done", "told"),
    [(73_450, "734 rows/s"), (120, "1 rows/s"), (99_920_000, "999,200 rows/s"), (123_000_000, "1.2 M rows/s")],
)
def test_the_rate_is_as_exact_as_it_is_sure(done: int, told: str) -> None:
    assert f"  {told}  " in line_of(halfway(200_000_000, done), 125, 160)


def test_the_rate_is_left_out_before_the_rows_and_the_seconds() -> None:
    line = line_of(halfway(), 125, 100)
    assert "rows/s" not in line and "61,728,394 of 123,456,789 rows  1:40 left" in line


def test_no_rate_is_told_of_a_stage_that_has_just_begun() -> None:
    stage = Stage(Progress(show=False), "checking", 10)
    with stage:
        assert stage.seconds_left is None
        stage(5)
        assert stage.seconds_left is None, "half a second has not gone by"


def test_setting_up_says_how_long_it_took(root: Path) -> None:
    done = subprocess.run(["make", "--dry-run", "--always-make", "setup"], cwd=root, capture_output=True, text=True, check=True)
    (began,) = re.findall(r"Ready after \$\(\(\$\(date \+%s\) - (\d+)\)\) s", done.stdout)
    assert abs(int(began) - time.time()) < 60


def test_what_is_said_stands_above_the_line(capfd: pytest.CaptureFixture[str]) -> None:
    with Progress(show=True) as progress:
        progress.say("before")
        with progress.stage("reading"):
            progress.say("compiling\x1b[2J")
    assert [name for name, _ in progress.elapsed] == ["reading"]
    error = capfd.readouterr().err
    assert error.startswith("before\n") and "compiling\\x1b[2J\n" in error
