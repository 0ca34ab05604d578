"""Engines by their names, as a command asks for them."""

from __future__ import annotations

from collections.abc import Callable

from gaapbridge.engine import Engine
from gaapbridge.engine.local import Threads, processors
from gaapbridge.engine.processes import Processes
from gaapbridge.engine.spark import Spark
from gaapbridge.terms.errors import UnusableInput

SPARK = "spark"
_OF_THIS_MACHINE: dict[str, Callable[[int], Engine]] = {"threads": Threads, "processes": Processes}


def engine_named(name: str, workers: int | None, master: str | None) -> Engine:
    """The engine of a name with so many workers; otherwise one for each processor, or as many as Spark has.

    Raises ``UnusableInput`` where another than Spark is told where Spark runs.

    >>> engine_named("threads", 2, None)
    Threads(workers=2)
    """
    if name == SPARK:
        return Spark(master, workers)
    if master is not None:
        raise UnusableInput(
            key="--master", value=master, rule="only Spark has a master", remedy="add --engine spark, or leave it out"
        )
    return _OF_THIS_MACHINE[name](workers or processors())
