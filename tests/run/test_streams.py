"""What is printed may go nowhere: a close stands as it is, and what only prints says so; an interrupt is one line."""

from __future__ import annotations

import errno
import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from gaapbridge.progress import Progress
from gaapbridge.run import open_run


def called(command: list[str], *arguments: object, to: str) -> subprocess.CompletedProcess[str]:
    """A command whose streams a shell has sent somewhere."""
    line = ["bash", "-c", f'"$@" {to}', "bash", *command, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False)


GONE = {
    "a full disk": (">/dev/full", 1),
    "two full disks": (">/dev/full 2>/dev/full", 0),
    "nobody who reads": ("| true; exit ${PIPESTATUS[0]}", 0),
    "no streams at all": ("<&- >&- 2>&-", 0),
}


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("where", GONE)
@pytest.mark.parametrize("findings", [0, 1])
def test_a_close_ends_as_it_closed_wherever_it_is_printed(
    where: str, findings: int, starter_copy: Path, command: list[str]
) -> None:
    plan, (to, lines) = starter_copy / "plan.toml", GONE[where]
    if findings:
        text = plan.read_text(encoding="utf-8")
        assert "rows = 2\n" in text
        plan.write_text(text.replace("rows = 2\n", "rows = 3\n", 1), encoding="utf-8")
    done = called(command, "close", plan, to=to)
    run = open_run("latest", starter_copy / "runs").unchanged()
    assert (done.returncode, len(run.listed.findings)) == (findings, findings), done.stderr
    assert len(done.stderr.splitlines()) == lines
    if lines:
        assert f"file: {run.folder} | rule: it is written; what is printed can be written (No space" in done.stderr


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("where", "code"), [("a full disk", 2), ("two full disks", 2), ("nobody who reads", 141)])
def test_what_only_prints_has_failed_where_it_cannot(where: str, code: int, starter_copy: Path, command: list[str]) -> None:
    to, lines = GONE[where]
    done = called(command, "check", starter_copy / "plan.toml", to=to)
    assert (done.returncode, len(done.stderr.splitlines())) == (code, lines), done.stderr
    assert not lines or "rule: what is printed can be written (No space left on device)" in done.stderr


def test_a_refusal_that_cannot_be_printed_is_one(tmp_path: Path, command: list[str]) -> None:
    assert called(command, "close", tmp_path / "plan.toml", to="2>/dev/full").returncode == 2


OPENED = """
import os
from gaapbridge.cli.streams import open_streams
open_streams()
raise SystemExit(os.open(os.devnull, os.O_RDONLY))
"""


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", "2>&-", "<&-", ""])
def test_no_file_takes_the_place_of_a_closed_stream(closed: str) -> None:
    """What a library prints to standard error would stand in it. Three streams are open then: the next file has number 3."""
    line = ["bash", "-c", f'"$@" {closed}', "bash", sys.executable, "-c", OPENED]
    assert subprocess.run(line, check=False).returncode == 3


INTERRUPTED = """
import os, signal, sys
wanted = sys.argv.pop(1)
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from gaapbridge.__main__ import main
main()
"""


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("loading", ["gaapbridge.cli", "typer", "gaapbridge.terms.text", "polars", "gaapbridge.run.artefacts"])
def test_an_interrupt_is_one_line_from_the_start(loading: str, starter_copy: Path) -> None:
    command = [sys.executable, "-c", INTERRUPTED, loading, "close", str(starter_copy / "plan.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 130, done.stderr
    assert done.stderr == "gaapbridge: interrupted; what was not whole yet is not kept\n"
    assert not (starter_copy / "runs").exists()


ENDING = """
import atexit, os, signal, sys
import gaapbridge.cli

def interrupt(when):
    if when == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGINT)
        print(when)

def run():
    interrupt("before")
    sys.exit(int(sys.argv[2]))

gaapbridge.cli.main = run
atexit.register(interrupt, "after")
from gaapbridge.__main__ import main
main()
"""
"""The command line ends with a code, and is interrupted before or after it did; what is printed then is not lost."""


def test_an_interrupt_of_what_python_runs_as_text_ends_by_the_code(tmp_path: Path) -> None:
    """As of a dataclass while it is made: Python remembers it, and would end the process by the signal, whose code is -2."""
    text = ENDING.replace("os.kill(os.getpid(), signal.SIGINT)", "exec('os.kill(os.getpid(), signal.SIGINT); print()')")
    (tmp_path / "ended.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ended", "before", "0"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "gaapbridge: interrupted; what was not whole yet is not kept\n")


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("when", "code", "ended"), [("before", 0, 130), ("before", 1, 130), ("after", 0, 0), ("after", 1, 1)])
def test_an_interrupt_at_the_end(when: str, code: int, ended: int) -> None:
    done = subprocess.run([sys.executable, "-c", ENDING, when, str(code)], capture_output=True, text=True, check=False)
    assert done.returncode == ended, done.stderr
    assert done.stdout == ("after\n" if when == "after" else "")
    assert done.stderr == ("gaapbridge: interrupted; what was not whole yet is not kept\n" if when == "before" else "")


@pytest.mark.campaign
def test_a_terminal_that_goes_meanwhile_fails_no_close(starter_copy: Path) -> None:
    ours, theirs = pty.openpty()
    line = [sys.executable, "-m", "gaapbridge", "close", str(starter_copy / "plan.toml")]
    with subprocess.Popen(line, stdout=theirs, stderr=theirs) as closing:
        os.close(theirs)
        os.read(ours, 1)
        os.close(ours)
        code = closing.wait()
    run = open_run("latest", starter_copy / "runs").unchanged()
    assert (code, run.exit_code) == (0, 0)


def test_a_bar_that_the_terminal_no_longer_takes_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal goes once the bar has started: every write to it fails from there."""

    class Gone(io.StringIO):
        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Gone())
    progress = Progress(show=True)
    with progress.stage("measuring", rows=2) as step:
        step(1)
    assert [name for name, _ in progress.elapsed] == ["measuring"]
