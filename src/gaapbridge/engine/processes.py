"""Processes of their own on this machine: started afresh, so that nothing reaches a task but what it carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal

from gaapbridge.engine import Result, Task, in_order
from gaapbridge.terms.errors import UnusableInput


@dataclass(frozen=True)
class Processes:
    """So many processes; function, tasks and results must be what plain pickle takes."""

    workers: int

    def begun(self) -> AbstractContextManager[None]:
        """Nothing to make ready: they start with their tasks."""
        return nullcontext()

    def reach(self, folder: Path) -> None:
        """They see what this machine sees."""

    def map_in_order(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Apply ``function`` to every task; yields results in the order of the tasks."""
        spawned = get_context("spawn")  # an interrupt is this process's to tell: it reaches them too
        with ProcessPoolExecutor(self.workers, spawned, initializer=signal, initargs=(SIGINT, SIG_IGN)) as pool:
            try:
                yield from in_order(pool, self.workers, function, tasks)
            except BrokenProcessPool:
                rule, remedy = (
                    "processes last until they have measured, and one was ended",
                    "make room, or ask for fewer --workers",
                )
                raise UnusableInput(key="--engine", rule=rule, remedy=remedy) from None
