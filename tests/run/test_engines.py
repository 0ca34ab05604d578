"""Who measures is said on the command line; the same bytes whoever does, and a refusal where nobody can."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from gaapbridge.cli.options import EngineName
from gaapbridge.engine.named import engine_named
from gaapbridge.engine.processes import Processes
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput


def closed(command: list[str], plan: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command, "close", str(plan), "--quiet", *words], capture_output=True, text=True)


def test_processes_write_what_threads_write(command: list[str], starter_copy: Path) -> None:
    engines = [("--engine", "threads", "--workers", "1"), ("--engine", "processes", "--workers", "2")]
    done = [closed(command, starter_copy / "plan.toml", *words) for words in engines]
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    threads, processes = (Run(Path(one.stdout.strip())).manifest.artefacts_sha256 for one in done)
    assert threads == processes and len(threads) > 20


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--master", "local[2]"), "key: --master | value: local[2] | rule: only Spark has a master | remedy: "),
        (("--engine", "dask"), "--engine"),
        (("--workers", "0"), "--workers"),
    ],
)
def test_what_cannot_be_is_refused(command: list[str], starter_copy: Path, words: tuple[str, ...], said: str) -> None:
    done = closed(command, starter_copy / "plan.toml", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (starter_copy / "runs").exists()


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="Spark is installed here")
def test_spark_is_asked_for_where_it_is_not_installed(command: list[str], starter_copy: Path) -> None:
    done = closed(command, starter_copy / "plan.toml", "--engine", "spark")
    said = (
        'gaapbridge: key: --engine | rule: Spark needs pyspark | remedy: install it: python -m pip install "gaapbridge[spark]"'
    )
    assert (done.returncode, done.stderr.strip()) == (2, said)


ENGINES = ("threads", "processes")
"""Those of this machine; Spark has an environment of its own, and its tests in ``tests/spark``."""


def test_every_engine_is_tried() -> None:
    assert {one.value for one in EngineName} == {*ENGINES, "spark"}


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_gives_results_in_order_and_raises_what_a_task_raises(name: str) -> None:
    engine = engine_named(name, 2, None)
    with engine.begun():
        assert list(engine.map_in_order(_doubled, range(20))) == [2 * one for one in range(20)]
        with pytest.raises(UnusableInput, match=r"row: 7 \| rule: refused \| remedy: mend it"):
            list(engine.map_in_order(_refused_at_seven, range(20)))


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_takes_few_tasks_ahead_and_goes_on_after_it_was_left(name: str) -> None:
    engine, taken = engine_named(name, 2, None), itertools.count()
    with engine.begun():
        results = engine.map_in_order(_doubled, (next(taken) for _ in range(1_000)))
        assert [next(results), next(results)] == [0, 2]
        assert next(taken) < 20, "what is under way is bounded, so memory is"
        results.close()  # type: ignore[attr-defined]  # a generator, as every engine has it
        assert list(engine.map_in_order(_doubled, [21])) == [42]


def _doubled(task: int) -> int:
    return 2 * task


def _refused_at_seven(task: int) -> int:
    if task == 7:
        raise UnusableInput(row=task, rule="refused", remedy="mend it")
    return task


def test_a_process_that_is_ended_ends_the_close_in_one_line() -> None:
    with pytest.raises(UnusableInput, match="processes last until they have measured, and one was ended"):
        list(Processes(1).map_in_order(_ended, [1, 2]))


def _ended(task: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


BEGUN = """
import sys
from gaapbridge.engine.processes import Processes
from tests.run.test_engines import _waits

if __name__ == "__main__":
    for _ in Processes(2).map_in_order(_waits, [sys.argv[1]] * 2):
        pass
"""


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
def test_processes_end_with_the_one_that_began_them(ended_by: signal.Signals, tmp_path: Path) -> None:
    """However that ended: a worker that stood would hold the streams, and whoever reads them would wait for ever."""
    parent = subprocess.Popen([sys.executable, "-c", BEGUN, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    while len(workers := [int(path.name) for path in tmp_path.iterdir()]) < 2:
        assert parent.poll() is None
        time.sleep(0.05)
    parent.send_signal(ended_by)
    assert parent.communicate(timeout=20)[0] == b""
    waited_until = time.monotonic() + 20
    while left := list(filter(_runs, workers)):  # a process closes its streams before it is gone
        assert time.monotonic() < waited_until, left
        time.sleep(0.05)


def _waits(folder: str) -> None:
    Path(folder, str(os.getpid())).touch()
    time.sleep(60)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
