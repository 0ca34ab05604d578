"""Interrupts that come while something is begun that has to be ended again: held until it can be."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM)
"""What asks a command to end."""


@contextmanager
def held() -> Iterator[None]:
    """Hold what asks to end until what is done in between is done, and then do as it asks; a second asking is not held.

    Whoever sets a handler in between keeps it. Only the main thread is asked, so nothing is held in another.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.getsignal(one) for one in ENDING}
    asked: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        if len(asked) > 1:
            _do(number, frame)

    def _do(number: int, frame: FrameType | None) -> None:
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)
        else:
            signal.signal(number, handler or signal.SIG_DFL)
            signal.raise_signal(number)

    for one in ENDING:
        signal.signal(one, hold)
    try:
        yield
    finally:
        for one, handler in before.items():
            if signal.getsignal(one) is hold:
                signal.signal(one, handler or signal.SIG_DFL)
    if asked:
        _do(asked[0], None)


@contextmanager
def kept_from_children() -> Iterator[None]:
    """Processes that are begun in between get no interrupt, not even before they can say that they want none: one at the
    keyboard reaches all, and is for the process that began them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
