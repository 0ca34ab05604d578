"""A command on a terminal of so many columns, as a person sees it."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """How a command ended, and all that it wrote to the terminal."""

    code: int
    written: str


def on_terminal(command: Sequence[str], columns: int) -> Done:
    """Run a command whose three streams are a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    environment["TERM"] = "xterm"
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    ) as called:
        os.close(theirs)
        parts = []
        while part := _read(ours):
            parts.append(part)
        os.close(ours)
        code = called.wait()
    return Done(code, b"".join(parts).decode("utf-8"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so once the last writer has gone
        return b""
