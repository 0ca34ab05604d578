"""Processes of their own on this machine: started afresh, so that nothing reaches a task but what it carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from gaapbridge.engine import Result, Task, in_order


@dataclass(frozen=True)
class Processes:
    """So many processes; function, tasks and results must be what plain pickle takes."""

    workers: int

    def map_in_order(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Apply ``function`` to every task; yields results in the order of the tasks."""
        with ProcessPoolExecutor(self.workers, mp_context=get_context("spawn")) as pool:
            yield from in_order(pool, self.workers, function, tasks)
