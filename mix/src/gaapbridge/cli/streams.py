"""The streams of the command, which may be closed, full or gone; nothing that was done is lost for that."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from io import TextIOWrapper
from typing import TextIO

from gaapbridge.terms.text import visible_json


def open_streams() -> None:
    """Let no file that is opened later take the place of a closed stream, whose number libraries print to."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def let_go(stream: TextIO) -> None:
    """Send nowhere what a stream still holds, and could not write when the process ends either."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def say(what: object) -> None:
    """One line on standard error, if it can be written."""
    _put(sys.stderr, f"gaapbridge: {what}\n")


def give(content: object) -> None:
    """One JSON document on standard output, if it can be written."""
    _put(sys.stdout, as_json(content) + "\n")


def _put(stream: TextIO | None, text: str) -> None:
    if stream is not None:
        try:
            stream.write(text)
            stream.flush()
        except OSError:
            let_go(stream)


def as_json(content: object) -> str:
    """JSON in what standard output can encode: escapes of its own kind where that is not every character."""
    text = json.dumps(content, ensure_ascii="utf" not in (getattr(sys.stdout, "encoding", None) or "utf").lower())
    return visible_json(text)
