"""Engines: they move tasks to workers and results back in order; they never compute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Engine(Protocol):
    """Workers of any sort."""

    def begun(self) -> AbstractContextManager[None]:
        """Workers made ready, for as long as what is done in between lasts."""
        ...

    def reach(self, folder: Path) -> None:
        """Raises ``UnusableInput`` where a worker does not see what stands in a folder here."""
        ...

    def map_in_order(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Apply ``function`` to every task; yields results in the order of the tasks.

        Tasks are taken one by one in the caller's thread, few ahead of the results. What a task raises is raised here, as it
        was. Whoever takes no more results leaves no worker at work.
        """
        ...


def in_order(pool: Executor, workers: int, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
    """Results of tasks given to a pool, in the order of the tasks; what is under way is bounded, so memory is."""
    under_way: deque[Future[Result]] = deque()
    for task in tasks:
        under_way.append(pool.submit(function, task))
        if len(under_way) > workers:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()
