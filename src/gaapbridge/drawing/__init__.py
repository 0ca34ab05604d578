"""Pictures drawn by a process beside this one.

The engine that draws needs most of a second to start, and lets nobody else into an interpreter meanwhile. In a process of its
own (``beside.py``) it starts while libraries load and runs are read here, and draws while pages are written. It is started
once, by ``begin`` or by the first picture, and ends with the process that started it, however that ends: nobody asks any more.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from threading import Lock
from typing import Any

from gaapbridge.drawing.beside import main
from gaapbridge.terms.errors import UnusableInput

WAIT_SECONDS = 5
ENGINE = "vl_convert"
"""The library that draws."""


@dataclass
class _Beside:
    """The process that draws, if it runs, and whose it is: one that a fork took over belongs to who started it."""

    process: subprocess.Popen[str] | None = None
    owner: int = 0
    lock: Lock = field(default_factory=Lock)

    def begin(self) -> subprocess.Popen[str]:
        """Start it where it does not run; it finds its libraries where they are found here, and none in the working folder
        (``-P``): whoever may write there could have it run anything."""
        if self.process is None or self.owner != os.getpid():
            self.owner = os.getpid()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", f"from {main.__module__} import {main.__name__}; {main.__name__}()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                encoding="ascii",
                start_new_session=True,  # an interruption at the keyboard is for who asks
            )
        return self.process

    def ask(self, question: Mapping[str, Any]) -> str:
        """What it answers; one that ended is asked once more, begun anew. Raises ``ValueError`` for a picture that it refuses,
        ``UnusableInput`` where it does not stay."""
        with self.lock:
            answer, code = self._answer(question)
            if answer is None:
                answer, code = self._answer(question)
        if answer is None:
            raise UnusableInput(
                key="pictures", value=str(code), rule="the process that draws pictures stays until they are drawn",
                remedy="give it memory, about half a gigabyte, or leave out by --only the parts that have pictures: pack, pdf",
            )  # fmt: skip
        if "refused" in answer:
            raise ValueError(answer["refused"])
        return answer["drawn"]

    def _answer(self, question: Mapping[str, Any]) -> tuple[dict[str, str] | None, int | None]:
        """The answer; or none, and the code with which the process ended."""
        process = self.begin()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(f"{json.dumps(question)}\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline()), None
        except (OSError, ValueError):
            with contextlib.suppress(subprocess.TimeoutExpired):  # its own code, not that of our ending it
                process.wait(WAIT_SECONDS)
            self.end()
            return None, process.returncode
        except BaseException:  # whoever asks next must not be given the answer to this
            self.end()
            raise

    def end(self) -> None:
        """End it, whatever it is at: who started it ends too."""
        if self.process is not None and self.owner == os.getpid():
            self.process.kill()
            self.process.communicate()  # waits for it, and closes what led to it
        self.process = None


_BESIDE = _Beside()
atexit.register(_BESIDE.end)


WITHOUT_PICTURES = {"workbook", "filing"}
"""Parts of a report in which nothing is drawn."""


def begin(parts: str | None = None) -> None:
    """Start the process that draws: worth saying as soon as it is known that pictures will be wanted, before anything slow.

    ``parts`` are those of a report that is asked for, as ``"workbook,pack"``, or all: some have no picture. Where the engine is
    not installed nothing starts, and who wants a picture is told so by its part.
    """
    wanted = parts is None or {name.strip() for name in parts.split(",")} - WITHOUT_PICTURES
    if wanted and find_spec(ENGINE) is not None:
        with _BESIDE.lock:
            _BESIDE.begin()


def svg_of(specification: Mapping[str, Any]) -> str:
    """A specification in Vega-Lite's words as SVG. Raises ``ValueError`` where it is none."""
    return _BESIDE.ask({"specification": specification})


def png_of(svg: str, scale: float) -> bytes:
    """An SVG as PNG, so many pixels for each of its own."""
    return b64decode(_BESIDE.ask({"svg": svg, "scale": scale}))
