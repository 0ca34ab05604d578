"""The local engine: a few threads of this process. Kernels release the interpreter lock, so threads suffice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from gaapbridge.engine import Result, Task, in_order


@dataclass(frozen=True)
class Threads:
    """So many threads; with one, the caller's own.

    >>> list(Threads(2).map_in_order(lambda x: x * x, [1, 2, 3]))
    [1, 4, 9]
    """

    workers: int

    def begun(self) -> AbstractContextManager[None]:
        """Nothing to make ready: they start with their tasks."""
        return nullcontext()

    def reach(self, folder: Path) -> None:
        """They see what this machine sees."""

    def map_in_order(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Apply ``function`` to every task; yields results in the order of the tasks."""
        if self.workers <= 1:
            yield from map(function, tasks)
            return
        with ThreadPoolExecutor(self.workers) as pool:
            yield from in_order(pool, self.workers, function, tasks)


def processors() -> int:
    """How many workers this machine has room for."""
    return os.cpu_count() or 1
