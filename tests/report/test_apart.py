"""Parts of a report that a process beside writes: whole or not at all, as those that are written here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest

from gaapbridge.beside import Beside
from gaapbridge.report import folder
from gaapbridge.report.masks import NO_MASKS
from gaapbridge.report.parts import APART, PARTS, Part
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput

HALF = "half.txt"


def load() -> None:
    """Nothing: this module is what the planted process answers by."""


def answer(asked: tuple[Path, dict[str, Path], Any]) -> None:
    """Half a part, and then what its run's folder is called for."""
    run, places, _ = asked
    for place in places.values():
        place.mkdir(exist_ok=True)
        (place / HALF).write_text("half", encoding="utf-8")
    if run.name == "slow":
        time.sleep(600)
    if run.name == "ended":
        os._exit(7)
    if run.name == "refused":
        raise UnusableInput(file=HALF, rule="it is whole", remedy="write it again")
    if run.name == "unsent":
        raise OfTwo("half", "whole")
    raise ZeroDivisionError("by nil")


class OfTwo(Exception):
    """A fault that a pickle takes and does not make again."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} is not {other}")


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Beside]:
    """A process beside that fails."""
    made = replace(APART, module=__name__, process=None, lock=Lock())
    monkeypatch.setattr(folder, "APART", made)
    yield made
    made.end()


def told(run: Run, place: Path, *_: object) -> None:
    (place / "told.txt").write_text("told", encoding="utf-8")


def fail(run: Run, place: Path, *_: object) -> None:
    told(run, place)
    raise KeyboardInterrupt


def written(run: str, tmp_path: Path, part: Part) -> None:
    """A part that is written here, and one that the planted process is to write of a run of that name."""
    of: Any = SimpleNamespace(folder=tmp_path / run)
    folder.write_parts(of, (PARTS["workbook"], part), tmp_path / "out", NO_MASKS)


@pytest.mark.parametrize(
    ("run", "error", "said"),
    [
        ("refused", UnusableInput, "write it again"),
        ("faulty", ZeroDivisionError, "by nil"),
        ("unsent", RuntimeError, "OfTwo: half is not whole"),
        ("ended", UnusableInput, "value: 7 | rule: the process that writes parts"),
    ],
)
def test_what_fails_beside_fails_here_and_leaves_nothing(
    run: str, error: type[Exception], said: str, planted: Beside, tmp_path: Path
) -> None:
    with pytest.raises(error, match=said):
        written(run, tmp_path, Part("told", "", (), told))
    assert list(tmp_path.iterdir()) == []


def test_a_failure_here_ends_what_is_written_beside(planted: Beside, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        written("slow", tmp_path, Part("told", "", (), fail))
    assert planted.process is None and time.monotonic() - began < 300
    assert list(tmp_path.iterdir()) == []


def test_a_module_that_does_not_load_is_told_as_what_it_is() -> None:
    """A library that is broken, and no want of memory."""
    beside = Beside(f"{__name__}.of_nobody", "it stays", "give it memory")
    with pytest.raises(ModuleNotFoundError, match="of_nobody"):
        beside.ask(None)
    beside.end()
