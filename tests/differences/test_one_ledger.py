"""The ledger of every Python and way of closing is one: a difference is seen, and what is skipped is named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import determinism


def test_a_ledger_that_differs_is_named() -> None:
    alike = {"3.11": {"one thread": "a", "two threads": "a"}, "3.12": {"one thread": "a", "two threads": "b"}}
    assert determinism.differing(alike) == ["Python 3.12, two threads"]
    assert determinism.differing({"3.11": alike["3.11"]}) == []


def test_a_python_that_is_not_here_is_skipped_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that stands on the path and does not start, as pyenv's names do, is not here either."""
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(determinism, "PYTHONS", ("3.98", "3.99"))
    monkeypatch.setattr(determinism, "written", lambda folder: folder)
    assert determinism.main() == 1, "nothing was closed"
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [
        f"Python {version}: skipped, no python{version} that runs is on this machine" for version in ("3.98", "3.99")
    ]
    assert determinism.candidates("3.99") == [str(shim)] and not determinism.runs(str(shim))


def test_this_python_is_used_as_it_is() -> None:
    assert determinism.interpreter("{}.{}".format(*sys.version_info)) == (Path(sys.executable), "")


@pytest.mark.campaign
def test_every_way_of_closing_comes_to_one_ledger(tmp_path: Path) -> None:
    ledgers = determinism.closed(Path(sys.executable), determinism.written(tmp_path))
    assert tuple(ledgers) == determinism.WAYS
    assert len(set(ledgers.values())) == 1, ledgers
