"""Progress on a terminal: stages, rows and seconds left on standard error; silence in a pipe, or once the terminal has gone."""

from __future__ import annotations

import contextlib
import sys
import time
from types import TracebackType
from typing import Any

from gaapbridge.terms.text import visible


class Progress:
    """Tells what a long command is doing. On anything but a terminal it only keeps the times.

    >>> progress = Progress(show=False)
    >>> with progress.stage("measuring", rows=10) as step:
    ...     step(10)
    >>> [name for name, _ in progress.elapsed]
    ['measuring']
    """

    def __init__(self, show: bool | None = None) -> None:
        self.show = (sys.stderr is not None and sys.stderr.isatty()) if show is None else show
        self.elapsed: list[tuple[str, float]] = []

    def stage(self, name: str, rows: int | None = None) -> Stage:
        """A stage to be used with ``with``; calling what it gives advances it by so many rows."""
        return Stage(self, name, rows)

    def say(self, sentence: str) -> None:
        """One line for a person at a terminal."""
        if self.show:
            with _while_there():
                sys.stderr.write(visible(sentence) + "\n")


class Stage:
    """One stage of a long command."""

    def __init__(self, progress: Progress, name: str, rows: int | None) -> None:
        self._progress, self._name, self._rows = progress, name, rows
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Stage:
        self._started = time.perf_counter()
        if self._progress.show:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._task = self._bar.add_task(self._name, total=self._rows)  # before the start: a started bar writes at once
            with _while_there():
                self._bar.start()
        return self

    def __call__(self, rows: int) -> None:
        if self._bar is not None:
            self._bar.advance(self._task, rows)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            with _while_there():
                self._bar.stop()
        self._progress.elapsed.append((self._name, time.perf_counter() - self._started))


def _while_there() -> contextlib.AbstractContextManager[None]:
    """What the terminal no longer takes is not told; nothing fails for it."""
    return contextlib.suppress(OSError)
