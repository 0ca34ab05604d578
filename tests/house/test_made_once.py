"""What is made once for all workers is made by who asks first, anew where that failed, and is seen where a test changed it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.made_once import MadeOnce


def write(place: Path) -> None:
    place.mkdir()
    (place / "run.json").write_text("{}")


def test_it_is_made_by_who_asks_first(tmp_path: Path) -> None:
    place = MadeOnce(tmp_path).folder("years", write)
    assert MadeOnce(tmp_path).folder("years", Path.unlink) == place and (place / "run.json").is_file()


def test_what_failed_is_made_anew(tmp_path: Path) -> None:
    def fail(place: Path) -> None:
        write(place)
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        MadeOnce(tmp_path).folder("years", fail)
    MadeOnce(tmp_path).folder("years", write)
    assert MadeOnce(tmp_path).changed() == []


def test_a_change_is_seen_once(tmp_path: Path) -> None:
    made = MadeOnce(tmp_path)
    made.folder("other", write)
    (made.folder("years", write) / "report").write_text("beside the run")
    assert made.changed() == ["years"]
    assert made.changed() == []


CHANGING = """from tests.conftest import *
pytest_plugins = []
"""
LOOKING = """def test_looks(made_once):
    made_once.folder("years", lambda place: place.mkdir())

def test_writes(made_once):
    (made_once.folder("years", None) / "report").write_text("beside the run")

def test_looks_again(made_once):
    made_once.folder("years", None)
"""


def test_the_test_that_changed_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CHANGING)
    (tmp_path / "test_a.py").write_text(LOOKING)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "3 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "ERROR at teardown of test_writes" in done.stdout and "changed what all look at" in done.stdout
