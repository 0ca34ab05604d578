"""What befalls workers: functions of a module, since they travel by their names."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gaapbridge.engine.spark import Spark
from gaapbridge.terms.errors import UnusableInput

SECOND = 1
"""The number of the task that something befalls."""


@dataclass(frozen=True)
class Befallen:
    """Spark, and what befalls a worker before it measures."""

    spark: Spark
    fate: Callable[[Any], object]

    def begun(self) -> AbstractContextManager[None]:
        return self.spark.begun()

    def reach(self, folder: Path) -> None:
        self.spark.reach(folder)

    def map_in_order(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
        return self.spark.map_in_order(partial(_after, self.fate, function), tasks)


def _after(fate: Callable[[Any], object], function: Callable[[Any], Any], task: Any) -> Any:
    if task.number == SECOND:
        fate(task)
    return function(task)


def killed_once(mark: Path, task: Any) -> None:
    """The first worker that comes by is killed as it writes its part, and leaves what it had written."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return
    task.parts.folder.mkdir(parents=True, exist_ok=True)
    (task.parts.folder / f"part-{task.number:05d}-0.unfinished").write_bytes(b"PAR1")
    os.kill(os.getpid(), signal.SIGKILL)


def without_memory(task: Any) -> None:
    """Every worker fails, which says nothing of the tape."""
    raise MemoryError("no room for a range")


def refused(task: Any) -> None:
    """The tape is refused, for two reasons."""
    raise refusal()


def refusal() -> UnusableInput:
    """One with every part, and a further one."""
    further = UnusableInput(file="b.csv", rule="it is whole", remedy="export it again")
    return UnusableInput(file="a.csv", key="k", row="7", column="c", value="x|y", rule="r", remedy="m", further=(further,))
