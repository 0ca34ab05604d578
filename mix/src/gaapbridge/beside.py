"""Processes beside this one. Each loads a module of ours and answers by it: it is begun early, so that it loads while this one
does, and is asked while this one is at other work.

Such a module has two functions: ``load``, called once, before anybody asks, and ``answer``, which is given what was asked.
Questions and answers are what plain pickle takes. The process ends when the one that began it has ended, however that was, once
it is done with what it is at: nobody asks any more.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from threading import Lock
from typing import Any

from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.garbage import look_seldom

WAIT_SECONDS = 5


@dataclass
class Beside:
    """A process that answers by a module, if it runs, and whose it is: one that a fork took over belongs to who started it.

    ``asked_for`` and ``remedy`` tell a user who misses it: that the process that draws pictures stays until they are drawn.
    """

    module: str
    asked_for: str
    remedy: str
    process: subprocess.Popen[bytes] | None = None
    owner: int = 0
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        atexit.register(self.end)

    def begin(self) -> None:
        """Start it where it does not run; it finds its libraries where they are found here, and none in the working folder
        (``-P``): whoever may write there could have it run anything."""
        with self.lock:
            self._begun()

    def _begun(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.owner != os.getpid():
            self.owner = os.getpid()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", f"from {__name__} import {serve.__name__}; {serve.__name__}({self.module!r})"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,  # an interruption at the keyboard is for who asks
            )
        return self.process

    def ask(self, question: Any) -> Any:
        """What it answers. Raises as ``asked``."""
        with self.asked(question) as answer:
            return answer()

    @contextmanager
    def asked(self, question: Any) -> Iterator[Callable[[], Any]]:
        """Ask, and go on: what is given waits for the answer when it is called. Where a process ended it is asked once more,
        begun anew.

        Whoever goes without the answer ends the process, whatever it is at: who asks next must not be given the answer to
        this. What the module raises is raised by who waits; ``UnusableInput`` where the process does not stay.
        """
        with self.lock:
            self._put(question)
            taken = False

            def answer() -> Any:
                nonlocal taken
                answered, code = self._taken()
                if answered is None:
                    self._put(question)
                    answered, code = self._taken()
                taken = True
                if answered is None:
                    raise UnusableInput(key="memory", value=str(code), rule=self.asked_for, remedy=self.remedy)
                value, raised = answered
                if raised is not None:
                    raise raised
                return value

            try:
                yield answer
            finally:
                if not taken:
                    self.end()

    def _put(self, question: Any) -> None:
        process = self._begun()
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended: who waits for its answer sees it
            pickle.dump(question, process.stdin)
            process.stdin.flush()

    def _taken(self) -> tuple[tuple[Any, Exception | None] | None, int | None]:
        """The answer, or what was raised in its place; or neither, and the code with which the process ended."""
        process = self._begun()
        assert process.stdout is not None
        try:
            return pickle.load(process.stdout), None
        except (OSError, EOFError, pickle.UnpicklingError):
            with contextlib.suppress(subprocess.TimeoutExpired):  # its own code, not that of our ending it
                process.wait(WAIT_SECONDS)
            self.end()
            return None, process.returncode

    def end(self) -> None:
        """End it, whatever it is at: who started it ends too, or nobody waits for it any more."""
        if self.process is not None and self.owner == os.getpid():
            self.process.kill()
            self.process.communicate()  # waits for it, and closes what led to it
        self.process = None


def serve(name: str) -> None:
    """Be such a process: answer by a module until nobody asks. An interruption is for who asks, and what is printed is no
    answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    look_seldom()
    answer = _loaded(name)
    with contextlib.suppress(EOFError):
        while True:
            answers.write(_answer(answer, pickle.load(sys.stdin.buffer)))
            answers.flush()


def _loaded(name: str) -> Callable[[Any], Any]:
    """What answers; of a module that does not load, what raises why."""
    try:
        module = import_module(name)
        module.load()
    except Exception as raised:  # noqa: BLE001 - whatever it is, who asks is told
        failed = raised

        def answer(_: Any) -> Any:
            raise failed

        return answer
    answers: Callable[[Any], Any] = module.answer
    return answers


def _answer(answer: Callable[[Any], Any], question: Any) -> bytes:
    """An answer and nothing, or nothing and what was raised; what tells where it was is lost on the way but for its text."""
    try:
        return pickle.dumps((answer(question), None))
    except UnusableInput as refused:
        return pickle.dumps((None, refused))
    except Exception as raised:  # noqa: BLE001 - whatever it is, who asked is told
        raised.add_note(traceback.format_exc())
        return _sent(raised)


def _sent(raised: Exception) -> bytes:
    """What was raised; in words where it does not come out of a pickle as it was."""
    with contextlib.suppress(Exception):  # of a class that no pickle takes, or makes again
        sent = pickle.dumps((None, raised))
        if str(pickle.loads(sent)[1]) == str(raised):
            return sent
    return pickle.dumps((None, RuntimeError(f"{type(raised).__name__}: {raised}")))
