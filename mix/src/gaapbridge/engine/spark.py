"""Tasks of Spark: each a job of one partition, a few under way, so that results come in order and memory is bounded.

A task carries where its rows lie, not the rows: a worker reads its own range, measures it by the function that threads call,
and writes its part of the table where the run is made. What comes back is totals. So all workers must see the same folders.
What all tasks share, as the setting of a close with its curves, is told to each worker once and goes with none of them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from gaapbridge.engine import Result, Task, in_order
from gaapbridge.spark_session import spark_faults, spark_session, told
from gaapbridge.terms.errors import TooLarge, UnusableInput
from gaapbridge.terms.writing import writing

OF_TAPES = (UnusableInput, TooLarge)
"""What is wrong with a tape is so wherever it is read: another worker that tried again would only say it again."""


@dataclass(frozen=True)
class Own:
    """What a task has of its own: its fields that are not the very values that the first task has."""

    values: Mapping[str, Any]

    @classmethod
    def of(cls, task: Any, first: Any) -> Any:
        """That of a task; a task that has no fields, or other ones, is its own altogether.

        >>> small = Own.of(Path("b"), Path("a"))
        >>> small
        PosixPath('b')
        """
        if type(task) is not type(first) or not is_dataclass(task):
            return task
        named = {one.name: getattr(task, one.name) for one in fields(task)}
        return cls({name: value for name, value in named.items() if value is not getattr(first, name)})

    @staticmethod
    def whole(own: Any, first: Any) -> Any:
        """The task again."""
        return replace(first, **own.values) if isinstance(own, Own) else own


@dataclass(frozen=True)
class Spark:
    """The workers of a Spark, as many tasks under way as it has cores, or as ``workers`` says.

    ``master`` is where a Spark is begun, such as ``yarn`` or ``local[2]``; a session that this process has is used instead.
    Function, tasks and results must be what plain pickle takes. A worker that is lost is Spark's to replace.
    """

    master: str | None = None
    workers: int | None = None

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """Workers for as long as what is done in between lasts. Raises ``UnusableInput`` where there is no Spark."""
        with spark_session(self.master):
            yield

    def reach(self, folder: Path) -> None:
        """Raises ``UnusableInput`` where a worker does not see what stands in a folder here."""
        with spark_session(self.master) as session, writing(folder), NamedTemporaryFile(dir=folder, prefix=".seen-") as file:
            context = session.sparkContext
            with _told_once(context, os.path.exists, None) as known:
                if all(_collected(context, known, [file.name] * context.defaultParallelism)):
                    return
        rule = "all workers of Spark see the folders of this machine that a close reads and writes"
        remedy = "put the plan's folder and TMPDIR where all machines have them under one name, as on a network drive"
        raise UnusableInput(file=str(folder), key="--engine", rule=rule, remedy=remedy)

    def map_in_order(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Apply ``function`` to every task; yields results in the order of the tasks."""
        following = iter(tasks)
        first = next(following, None)
        if first is None:
            return
        with spark_session(self.master) as session, _told_once(session.sparkContext, function, first) as known:
            context = session.sparkContext
            workers = self.workers or context.defaultParallelism

            def one(task: Task) -> Result:
                [result] = _collected(context, known, [Own.of(task, first)])
                return result  # type: ignore[no-any-return]

            with ThreadPoolExecutor(workers) as pool:
                yield from in_order(pool, workers, one, chain((first,), following))


@contextlib.contextmanager
def _told_once(context: Any, function: Callable[[Any], Any], first: Any) -> Iterator[Any]:
    """A function, the first of its tasks and the folder in which it is called, told to each worker when it first asks."""
    known = context.broadcast((function, first, os.getcwd()))
    try:
        yield known
    finally:
        known.destroy()


def _collected(context: Any, known: Any, tasks: list[Any]) -> list[Any]:
    """What tasks come to, each done by a worker. Raises what one of them raises of a tape, as it was raised."""
    try:
        outcomes = context.parallelize(tasks, len(tasks)).map(partial(_called, known)).collect()
    except spark_faults() as fault:
        rule = f"Spark does what it is asked ({told(fault)})"
        remedy = (
            "look into Spark's own log; a worker may lack memory, a file that the plan names, or this version of gaapbridge"
        )
        raise UnusableInput(key="--engine", rule=rule, remedy=remedy) from None
    for _, refused in outcomes:
        if refused is not None:
            raise refused
    return [result for result, _ in outcomes]


def _called(known: Any, own: Any) -> tuple[Any, Exception | None]:
    """A task done from the folder that its caller is in, for paths are as the plan has them."""
    function, first, folder = known.value
    os.chdir(folder)
    try:
        return function(Own.whole(own, first)), None
    except OF_TAPES as refused:
        return None, refused
