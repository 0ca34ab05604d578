"""Of a fresh checkout each worker loads its share of the test files first, and then all of them, as pytest asks of each.

What pytest makes of a file's assertions is kept on disk, so each file is worked over by one worker instead of by all: some
fifteen seconds of each processor. A file that cannot be loaded is left to pytest, which says so; one that pytest then can is
told of here.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parent
_failed = pytest.StashKey[dict[str, Exception]]()


def share(files: Sequence[Any], of: int, number: int) -> list[Any]:
    """What one of so many workers loads first.

    >>> share("abcde", of=2, number=0), share("abcde", of=2, number=1)
    (['a', 'c', 'e'], ['b', 'd'])
    """
    return [*files[number::of]]


def is_whole(arguments: Sequence[str]) -> bool:
    """Whether all tests are asked for: who runs one file waits for no other."""
    return {Path(argument).resolve() for argument in arguments} == {TESTS}


def pytest_sessionstart(session: pytest.Session) -> None:
    """Load a worker's share, with warnings as errors, as pytest has them."""
    worker = getattr(session.config, "workerinput", None)
    if worker is None or sys.dont_write_bytecode or not is_whole(session.config.args):
        return
    files = [file.relative_to(TESTS.parent) for file in sorted(TESTS.rglob("test_*.py"))]
    mine = share(files, of=worker["workercount"], number=int(worker["workerid"].removeprefix("gw")))
    session.config.stash[_failed] = not_loaded([".".join(file.with_suffix("").parts) for file in mine])


def not_loaded(modules: Sequence[str]) -> dict[str, Exception]:
    """Load modules; the error of each that cannot be. One that asks to be skipped is none."""
    failed: dict[str, Exception] = {}
    for module in modules:
        with warnings.catch_warnings(), contextlib.suppress(pytest.skip.Exception):
            warnings.simplefilter("error")
            try:
                import_module(module)
            except Exception as error:  # noqa: BLE001 - whatever a file of tests raises
                failed[module] = error
    return failed


def pytest_collection_finish(session: pytest.Session) -> None:
    """A file that could not be loaded and then could depends on what was loaded before it: nobody else would say so."""
    for module, error in session.config.stash.get(_failed, {}).items():
        if module in sys.modules:
            raise pytest.UsageError(f"{module} was loaded at the second try only") from error
