"""Progress on a terminal: one line on standard error that moves over the stages of a command; silence in a pipe.

It says the stage, how many of its rows are done, how many a second, the seconds that it will still take, and those since the
command began; what the terminal is too narrow for is left out. Nothing fails for a terminal that has gone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from gaapbridge.terms.text import visible
from gaapbridge.terms.wrapping import columns_of

_REFRESHES_PER_SECOND = 8
_BAR_WIDTH = 24
_SURE_AFTER_SECONDS = 0.5
"""From when on the rate of a stage says how long it will still take."""


class Progress:
    """Tells what a long command is doing. On anything but a terminal it only keeps the times.

    Within ``with``, its line stays from one stage to the next.

    >>> progress = Progress(show=False)
    >>> with progress.stage("measuring", rows=10) as step:
    ...     step(10)
    >>> [name for name, _ in progress.elapsed]
    ['measuring']
    """

    def __init__(self, show: bool | None = None) -> None:
        self.show = (sys.stderr is not None and sys.stderr.isatty()) if show is None else show
        self.elapsed: list[tuple[str, float]] = []
        self._stays = False
        self._began: float | None = None
        self._line: Any = None
        self._stage: Stage | None = None

    def __enter__(self) -> Progress:
        self._stays = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stays = False
        self._take_away()

    def stage(self, name: str, rows: int | None = None) -> Stage:
        """A stage to be used with ``with``; calling what it gives advances it by so many rows."""
        return Stage(self, name, rows)

    def say(self, sentence: str) -> None:
        """One line for a person at a terminal, above the line that moves."""
        if self.show and self._line is not None:
            self._line.console.out(visible(sentence), highlight=False)
        elif self.show:
            _Terminal().write(visible(sentence) + "\n")

    def begin(self, stage: Stage) -> None:
        """Show a stage, from now on."""
        self._began = time.perf_counter() if self._began is None else self._began
        self._stage = stage
        if self.show and self._line is None:
            from rich.console import Console
            from rich.live import Live

            self._line = Live(
                get_renderable=self._rendered, console=Console(file=_Terminal(), stderr=True), transient=True,  # type: ignore[arg-type]
                refresh_per_second=_REFRESHES_PER_SECOND, redirect_stdout=False, redirect_stderr=False,
            )  # fmt: skip
            self._line.start(refresh=True)
        elif self._line is not None:
            self._line.refresh()  # a stage that is over before the next refresh is seen, too

    def end(self, stage: Stage, seconds: float) -> None:
        """Keep what a stage took."""
        self.elapsed.append((stage.name, seconds))
        if not self._stays:
            self._take_away()

    def _take_away(self) -> None:
        if self._line is not None:
            self._line.stop()
            self._line = None

    def _rendered(self) -> Any:
        from rich.text import Text

        stage, began = self._stage, self._began
        assert stage is not None and began is not None, "a line is shown from the first stage on"
        words = line_of(stage, time.perf_counter() - began, self._line.console.width if self._line else 80)
        return Text(words, no_wrap=True, overflow="crop")


class Stage:
    """One stage of a long command: its name, its rows if it counts any, and how many are done."""

    def __init__(self, progress: Progress, name: str, rows: int | None) -> None:
        self._progress, self.name, self.rows = progress, name, rows
        self.done = 0

    def __enter__(self) -> Stage:
        self._started = time.perf_counter()
        self._progress.begin(self)
        return self

    def __call__(self, rows: int) -> None:
        self.done += rows

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.end(self, self.seconds)

    @property
    def seconds(self) -> float:
        """Seconds since the stage began."""
        return time.perf_counter() - self._started

    @property
    def rows_a_second(self) -> float | None:
        """Rows done in a second so far; None while that cannot be told."""
        if not self.rows or not self.done or self.seconds < _SURE_AFTER_SECONDS:
            return None
        return self.done / self.seconds

    @property
    def seconds_left(self) -> float | None:
        """Seconds that the stage will still take at the rate of its rows so far; None while that cannot be told."""
        rate = self.rows_a_second
        return None if rate is None or self.rows is None else max(self.rows - self.done, 0) / rate


def line_of(stage: Stage, seconds: float, columns: int) -> str:
    """The line of a stage, so many seconds after the command began: whole, or without what there is no room for.

    >>> begun = Stage(Progress(show=False), "measuring", 48362)
    >>> line_of(begun, 7.2, 60), line_of(begun, 7.2, 36)
    ('measuring  0 of 48,362 rows  7 s so far', 'measuring  0 of 48,362 rows  7 s')
    >>> line_of(begun, 7.2, 16)
    'measuring  7 s'
    """
    if not stage.rows:
        told = ([stage.name, f"{_clock(seconds)} so far"], [stage.name, _clock(seconds)], [stage.name])
        return _first_that_fits(told, columns)
    done = min(stage.done, stage.rows)
    full = _BAR_WIDTH * done // stage.rows
    bar, counted = _bar(full), f"{done:,} of {stage.rows:,} rows"
    left = [] if (still := stage.seconds_left if done else None) is None else [f"{_clock(still)} left"]
    rate = [] if (each := stage.rows_a_second if done else None) is None else [f"{_counted(each)} rows/s"]
    share = f"{100 * done // stage.rows} %"
    forms = (
        [stage.name, bar, counted, *rate, *left, f"{_clock(seconds)} so far"],
        [stage.name, counted, *rate, *left, f"{_clock(seconds)} so far"],
        [stage.name, counted, *left, f"{_clock(seconds)} so far"],
        [stage.name, counted, *left, _clock(seconds)],
        [stage.name, share, *left, _clock(seconds)],
        [stage.name, *(left or [_clock(seconds)])],
        [stage.name],
    )
    return _first_that_fits(forms, columns)


def _bar(full: int) -> str:
    """So much of the bar, in what the terminal can encode."""
    marks = "█░" if "utf" in (getattr(sys.stderr, "encoding", None) or "").lower() else "#."
    return marks[0] * full + marks[1] * (_BAR_WIDTH - full)


def _first_that_fits(forms: Sequence[Sequence[str]], columns: int) -> str:
    lines = ["  ".join(words) for words in forms]
    return next((line for line in lines if columns_of(line) < columns), lines[-1])


def _counted(rows: float) -> str:
    """Rows a second as they are told: ``734``, ``61,700``, ``1.2 M``."""
    if rows >= 999_950:
        return f"{rows / 1e6:.1f} M"
    return f"{int(rows) if rows < 1_000 else round(rows, -2):,.0f}"


def _clock(seconds: float) -> str:
    """Seconds as they are told: ``7 s``, ``2:05``."""
    whole = int(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02d}"


class _Terminal:
    """Standard error as Rich writes to it; what a terminal that has gone does not take is not told."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        try:
            return sys.stderr.write(text)
        except (OSError, ValueError):
            return len(text)

    def flush(self) -> None:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            return

    def isatty(self) -> bool:
        return True
