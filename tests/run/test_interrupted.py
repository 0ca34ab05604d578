"""Ctrl-C, or an end from outside, in the midst of measuring: one line, a code of its own, no half run and no version; what
stood before stands, and the next close is whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.run.reader import Run

MEASURING = """
import os, sys
import gaapbridge.tapes.ranges as ranges
import gaapbridge.tapes.survey as survey
from gaapbridge.engine.sink import Parts
ranges.MARK_ROWS = survey.MARK_ROWS = ranges.CHUNK_ROWS = 1  # a loan in each range
put, after, ending = Parts.put, int(sys.argv.pop(1)), int(sys.argv.pop(1))

def interrupted(parts, table, number):
    put(parts, table, number)
    if number == after:
        written = sorted(file.name for file in parts.folder.iterdir())
        print(parts.folder.name, written, parts.folder.parent.parent.name[:12], flush=True)
        os.kill(os.getpid(), ending)

Parts.put = interrupted
from gaapbridge.__main__ import main
main()
"""
"""A close that is interrupted once it has written some range of loans."""


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("ending", "code", "said"),
    [
        (signal.SIGINT, 130, "gaapbridge: interrupted; what was not whole yet is not kept\n"),
        (signal.SIGTERM, 143, "gaapbridge: ended from outside; what was not whole yet is not kept\n"),
    ],
)
@pytest.mark.parametrize("after", [0, 1])
def test_a_close_that_is_interrupted_leaves_what_stood_before(
    after: int, ending: int, code: int, said: str, starter_copy: Path
) -> None:
    first = close(starter_copy / "plan.toml").folder
    before = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    command = [sys.executable, "-c", MEASURING, str(after), str(int(ending)), "close", str(starter_copy / "plan.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, said)
    assert done.stdout.startswith("loans [") and done.stdout.endswith("] .unfinished-\n"), done.stdout
    assert f"'part-{after:05d}.parquet'" in done.stdout, "some range was written"
    assert sorted(path.name for path in first.parent.iterdir() if not path.name.endswith(".lock")) == ["v1"]
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == before
    again = close(starter_copy / "plan.toml")
    assert again.folder.name == "v2" and again.checks.equals(Run(first).checks)
