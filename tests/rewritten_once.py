"""Of a fresh checkout each worker loads its share of the test files first, and then all of them, as pytest asks of each.

What pytest makes of a file's assertions is kept on disk, so each file is worked over by one worker instead of by all: some
fifteen seconds of each processor. A file that cannot be loaded is left to pytest, which says so.
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
    for file in share(files, of=worker["workercount"], number=int(worker["workerid"].removeprefix("gw"))):
        with warnings.catch_warnings(), contextlib.suppress(Exception, pytest.skip.Exception):
            warnings.simplefilter("error")
            import_module(".".join(file.with_suffix("").parts))
