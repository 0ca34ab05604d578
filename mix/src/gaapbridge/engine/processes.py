"""Processes of their own on this machine: started afresh, so that nothing reaches a task but what it carries."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

from gaapbridge.engine import Result, Task, in_order
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.interrupts import kept_from_children


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
        with _Pool(self.workers, get_context("spawn"), initializer=_end_with_parent) as pool:
            try:
                yield from in_order(pool, self.workers, function, tasks)
            except BrokenProcessPool:
                rule, remedy = (
                    "processes last until they have measured, and one was ended",
                    "make room, or ask for fewer --workers",
                )
                raise UnusableInput(key="--engine", rule=rule, remedy=remedy) from None


class _Pool(ProcessPoolExecutor):
    """Processes that leave an interrupt to the one that began them."""

    def submit(self, *called: Any, **named: Any) -> Future[Any]:
        """Give a task to a process, begun where too few run."""
        with kept_from_children():
            return super().submit(*called, **named)


def _end_with_parent() -> None:
    """End this process when the one that began it has ended, however that was: its tasks are nobody's any more."""
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
