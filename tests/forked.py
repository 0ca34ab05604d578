"""The command line without its start: a process that has loaded the package and its kernels forks one for every command.

``started`` begins that process and gives the words to call in the place of ``python -m gaapbridge``; a shell can redirect,
close or limit what stands behind them. Each command runs in a process of its own, in which nothing has been asked yet, from
``gaapbridge.__main__.main`` to the end of the interpreter, with the arguments, folder, environment, open streams, mask and
limit of who calls it, and ends with its code.

What that does not prove: how the package is found, loaded and compiled; what is read from the environment when that happens
(``GAAPBRIDGE_CACHE``, settings of Python and Numba); what a signal does, which reaches only who calls; how long a start takes.
Tests of these start Python.

A process with threads is not to be forked: only the one that forks lives on in the child, which may wait for ever for what
another held. So the libraries are loaded without threads (``WITHOUT_THREADS``), and the process that forks reads no table:
Polars starts its threads with the first, in the command. It is looked at before every command which threads there are. ``IDLE``
is the one that Polars starts when it is loaded: it removes what was put aside on disk, and holds nothing until somebody asks it
to. On other systems than Linux that cannot be looked at, and the words start Python.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import pickle
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.caller import LIMIT, LONGEST, STREAMS

ROOT = Path(__file__).resolve().parents[1]
IDLE = "polars-ooc-clea"
WITHOUT_THREADS = {
    "OPENBLAS_NUM_THREADS": "1",
    "_RJEM_MALLOC_CONF": "background_thread:false",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}


@contextmanager
def started(source: Path | None = None) -> Iterator[list[str]]:
    """The words that run the command line of the package in ``source``, otherwise of the one that is imported here."""
    paths = os.pathsep.join([*([] if source is None else [str(source)]), *map(os.path.abspath, sys.path)])
    if sys.platform != "linux":
        yield ["env", f"PYTHONPATH={paths}", sys.executable, "-m", "gaapbridge"]
        return
    program = [sys.executable, "-c", "from tests.forked import wait_for_commands; wait_for_commands()"]
    environment = os.environ | WITHOUT_THREADS | {"PYTHONPATH": paths}
    with (
        tempfile.TemporaryDirectory(prefix="forked-") as folder,
        subprocess.Popen(
            [*program, f"{folder}/socket"], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as forking,
    ):
        assert forking.stdin is not None and forking.stdout is not None
        assert forking.stdout.readline() == b"ready\n", "it says on standard error why it is not"
        yield [sys.executable, "-I", "-S", str(ROOT / "tests" / "caller.py"), f"{folder}/socket"]
        forking.stdin.close()


def wait_for_commands() -> None:
    """Run a command for everybody who calls, until standard input ends."""
    _load()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(sys.argv[1])
        listening.listen()
        gc.freeze()
        print("ready", flush=True)
        while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
            asked, _ = listening.accept()
            assert _threads() <= {IDLE}, "a process with threads is not forked"
            if os.fork() == 0:
                listening.close()
                return _run(asked)  # and end as a command does
            asked.close()
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass


def _threads() -> set[str]:
    """What the threads of this process are called, but for its first."""
    others = [place for place in Path("/proc/self/task").iterdir() if place.name != str(os.getpid())]
    return {(place / "comm").read_text().strip() for place in others}


def _run(asked: socket.socket) -> None:
    """Run one command in a process of its own, and tell its code to who asked."""
    with asked:
        running = os.fork()
        if running:
            asked.send(str(os.waitstatus_to_exitcode(os.waitpid(running, 0)[1])).encode())
            os._exit(0)
        stated, descriptors, _, _ = socket.recv_fds(asked, LONGEST, 1 + len(STREAMS))
    _become(marshal.loads(stated), descriptors)
    from gaapbridge.__main__ import main

    main()


def _become(stated: Any, descriptors: list[int]) -> None:
    """Take over what a caller has sent: who looks from within finds what it would have been started with."""
    arguments, environment, mask, limit, opened = stated
    folder, *theirs = descriptors
    os.fchdir(folder)
    os.umask(mask)
    resource.setrlimit(LIMIT, limit)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["gaapbridge", *arguments]
    for number in STREAMS:
        os.close(number)
    for number, descriptor in zip(opened, theirs, strict=True):
        os.dup2(descriptor, number)
    for descriptor in descriptors:
        os.close(descriptor)
    encoding, _, errors = environment.get("PYTHONIOENCODING", "").partition(":")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = None
        if number in opened:
            how = "backslashreplace" if name == "stderr" else errors or "strict"
            stream = os.fdopen(number, "w" if number else "r", encoding=encoding or None, errors=how, closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _load() -> None:
    """All modules that a command imports, the validators of a plan, and the machine code of the kernels that a close of the
    starter's lender calls."""
    import gaapbridge

    for verb in gaapbridge.__all__:
        getattr(gaapbridge, verb)
    for name in ("__main__", "cli", "comparison.closing_again", "example.demo", "reperform.run", "starter"):
        import_module(f"gaapbridge.{name}")
    reading, writing = os.pipe()
    learning = os.fork()
    if learning == 0:
        with tempfile.TemporaryDirectory(prefix="forked-") as folder, open(writing, "wb") as stream:
            gaapbridge.close(sys.modules["gaapbridge.starter"].write_starter(Path(folder) / "lender").plan)
            ours = [name for name in sys.modules if name.startswith("gaapbridge.")]
            pickle.dump((ours, {place: kernel.signatures for place, kernel in _kernels()}), stream)
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as stream:
        imported, called = pickle.load(stream)
    os.waitpid(learning, 0)
    for name in imported:
        import_module(name)
    _build(import_module("gaapbridge.plan.section").Section)
    for (module, name), signatures in called.items():
        for signature in signatures:
            getattr(import_module(module), name).compile(signature)


def _build(section: type[Any]) -> None:
    """Build the validators of every table of a plan, which wait for the first that is read."""
    declared = import_module("gaapbridge.plan.declared")
    declared.plan_of_kinds(import_module("gaapbridge.contracts.declared").DECLARED.kinds)
    for model in section.__subclasses__():
        model.model_rebuild()
        _build(model)


def _kernels() -> Iterator[tuple[tuple[str, str], Any]]:
    """The compiled functions that are loaded, by module and name; none where Numba is told to compile nothing."""
    for module, loaded in list(sys.modules.items()):
        if module.startswith("gaapbridge.measure."):
            yield from (((module, name), value) for name, value in vars(loaded).items() if hasattr(value, "signatures"))
