"""What the tests do not see: a seeded sample of small mistakes, each made in a copy and met by the tests that run its line.

``make mutation`` prints figures by room and the mutants that no test noticed; ``docs/mutation.md`` judges these. A mutant's
tests are those that ran its line when coverage was measured, the room's own first, then the quickest, until they have taken
``--seconds`` there. Runs go on where they stopped: ``build/mutation/`` keeps the outcome of every mutant by its text.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import chain, zip_longest
from pathlib import Path
from queue import SimpleQueue

from benchmarks.covered import ON_IMPORT, ROOT, WORKERS, Covered, measured
from benchmarks.mutants import Mutant, mutants

PACKAGE = "src/gaapbridge"
KEPT = ROOT / "build" / "mutation"
LEFT_OUT = (".git", ".venv", "build", "demo", "dist", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis")


@dataclass(frozen=True)
class Room:
    """Modules whose mistakes matter most, by pattern under the package, and the folders of tests that speak of them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "tax": Room(("measure/tax.py", "period_close/entries.py", "period_close/ties.py"), ("tests/differences/",)),
    "statement rules": Room(
        tuple(f"statement/{name}.py" for name in ("rules_*", "tie_out", "reconcile", "effects", "rolls_by_date")),
        ("tests/filing/",),
    ),
    "differences": Room(("differences/**/*.py", "difference.py", "notes.py"), ("tests/differences/",)),
    "measure": Room(("measure/*.py",), ("tests/conformance/", "tests/differences/")),
    "credit": Room(
        (
            *(f"contracts/{name}.py" for name in ("credit", "loss_tables", "expectation")),
            "contracts/loans/stage_three.py",
            "contracts/loans/recoveries.py",
            "contracts/guarantees/*.py",
            "assumptions/*.py",
        ),
        ("tests/differences/", "tests/parity/"),
    ),
    "evidence": Room(
        (
            *(f"period_close/{name}.py" for name in ("hindsight", "cash", "right_ledger", "wrong_side", "deferred_tax")),
            "contracts/hindsight.py",
            "contracts/kept_rows.py",
            "statement/evidence.py",
        ),
        ("tests/simulation/", "tests/filing/", "tests/differences/"),
    ),
    "findings": Room(
        ("**/causes.py", "**/unmeasurable.py", "**/rejects.py", "tapes/checks.py", "tapes/schema.py", "terms/finding.py"),
        ("tests/findings/",),
    ),
}
"""A module that two rooms name belongs to the first."""

KILLED, SURVIVED, OUT_OF_TIME, UNSEEN = "killed", "survived", "out of time", "unseen"
"""A test fails; no test that was run does; the tests do not end; no test runs the line."""


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant, the test that noticed it, and how many test files met it of those that run its line."""

    room: str
    name: str
    line: int
    operator: str
    outcome: str
    by: str
    files_run: int
    files_seeing: int
    seconds: float


def main(arguments: Sequence[str]) -> None:
    """Draw the sample, make every mutant that was not made before, and print figures and survivors."""
    asked = _asked(arguments)
    covered = measured()
    sample = drawn(asked.sample, asked.seed, asked.room or list(ROOMS))
    kept = KEPT / "outcomes.jsonl"
    known = _known(kept, again=asked.again)
    left = [(room, mutant) for room, mutant in sample if mutant.name not in known]
    deadline = time.monotonic() + 60 * asked.minutes
    KEPT.mkdir(parents=True, exist_ok=True)
    with Copies(asked.workers) as copies, kept.open("a", encoding="utf-8") as file, ThreadPoolExecutor(asked.workers) as pool:
        made = pool.map(lambda one: _met(one[0], one[1], covered, copies, asked.seconds, deadline), left)
        for (_, mutant), outcome in zip(left, made, strict=True):
            if outcome is not None:
                known[mutant.name] = outcome
                file.write(json.dumps(asdict(outcome)) + "\n")
                file.flush()
        outcomes = [known[mutant.name] for _, mutant in sample if mutant.name in known]
        copies.must_be_sound(sorted({one.by for one in outcomes if "::" in one.by}))
    page = "\n".join([*table(outcomes), "", *survivors(outcomes)]) + "\n"
    (KEPT / "figures.md").write_text(page, encoding="utf-8")
    print(page)
    print(f"{len(outcomes)} of {len(sample)} made")


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30, help="start no mutant after this")
    parser.add_argument("--seconds", type=float, default=60, help="tests of one mutant, as they took under coverage")
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--room", action="append", choices=list(ROOMS), help="one room only; may be given again")
    parser.add_argument("--again", action="store_true", help="meet those again that no test noticed before")
    return parser.parse_args(arguments)


def drawn(sample: int, seed: int, rooms: Sequence[str]) -> list[tuple[str, Mutant]]:
    """A sample with as many mutants of each room as of any other, in an order that any part of it keeps even.

    What is drawn of a function stays drawn while the function does, so that two sessions' outcomes can be compared.
    """
    taken, by_room = set[str](), list[list[tuple[str, Mutant]]]()
    for room, places in ROOMS.items():
        found = {path.relative_to(ROOT).as_posix() for glob in places.modules for path in (ROOT / PACKAGE).glob(glob)} - taken
        assert found, f"room {room}: no module is where it was"
        taken |= found
        if room in rooms:
            every = [mutant for path in found for mutant in mutants(path, (ROOT / path).read_text("utf-8"))]
            every.sort(key=lambda mutant: sha256(f"{seed} {mutant.name}".encode()).digest())
            by_room.append([(room, mutant) for mutant in every])
    return [one for one in chain(*zip_longest(*by_room)) if one is not None][:sample]


def _known(kept: Path, again: bool) -> dict[str, Outcome]:
    """Outcomes of earlier runs; the latest of each mutant."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.is_file() else []
    outcomes = [Outcome(**json.loads(line)) for line in lines]
    return {one.name: one for one in outcomes if not again or one.outcome not in (SURVIVED, UNSEEN)}


class Copies:
    """Copies of the checkout in a folder outside it, one for each worker, in which a mutant is made and unmade."""

    def __init__(self, workers: int) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="mutation-"))
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(workers):
            copy = self._folder / str(number)
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
            self._free.put(copy)

    def __enter__(self) -> Copies:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder)

    def must_be_sound(self, tests: Sequence[str]) -> None:
        """Tests that noticed mutants hold without one, or what they noticed means nothing; raises where one does not."""
        for python_kernels in (False, True):
            outcome, by = _outcome(self._folder / "0", tests, 600, python_kernels)
            if outcome != SURVIVED:
                raise SystemExit(f"without any mutant, in a copy of the checkout: {outcome} by {by}")

    def run(self, mutant: Mutant, tests: Sequence[str], limit_seconds: float) -> tuple[str, str]:
        """Outcome of the tests with the mutant in place, and the first test that failed."""
        copy = self._free.get()
        place = copy / mutant.path
        true = place.read_bytes()
        try:
            place.write_text(mutant.made(true.decode()), encoding="utf-8")
            return _outcome(copy, tests, limit_seconds, python_kernels="/measure/" in mutant.path)
        finally:
            place.write_bytes(true)
            self._free.put(copy)


def _outcome(copy: Path, tests: Sequence[str], limit_seconds: float, python_kernels: bool) -> tuple[str, str]:
    """The tests in a process group of their own. Mutants of ``measure`` run as Python and share no compiled kernel."""
    environment = os.environ | {
        "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_PROFILE": "ci",
        "GAAPBRIDGE_CACHE": str(copy.parent / "kernels"), "NUMBA_DISABLE_JIT": str(int(python_kernels)),
    }  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *tests]
    with subprocess.Popen(
        command, cwd=copy, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as run:
        try:
            said, _ = run.communicate(timeout=limit_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate()
            return OUT_OF_TIME, ""
    failed = re.search(r"(?m)^(?:FAILED|ERROR) (\S+)", said)
    if run.returncode == 0:
        return SURVIVED, ""
    if run.returncode in (1, 2, 4) and (failed or "ImportError while loading conftest" in said):
        return KILLED, failed.group(1) if failed else "a module that cannot be imported"
    raise SystemExit(f"pytest ended with {run.returncode}:\n{said[-3000:]}")


def _met(room: str, mutant: Mutant, covered: Covered, copies: Copies, seconds: float, deadline: float) -> Outcome | None:
    """A mutant made and met by its tests; None where there is no time left to."""
    if time.monotonic() > deadline:
        return None
    seeing = list(_in_turn(ROOMS[room], seeing_files(mutant, covered), covered))
    tests = list(_within(seeing, covered, seconds))
    started = time.monotonic()
    outcome, by = copies.run(mutant, tests, 3 * seconds) if tests else (UNSEEN, "")
    took = time.monotonic() - started
    print(f"{outcome:11} {took:5.1f} s  {mutant.name}", flush=True)
    line = mutant.statement.start
    return Outcome(room, mutant.name, line, mutant.operator, outcome, by, len(tests), len(seeing), round(took, 1))


def seeing_files(mutant: Mutant, covered: Covered) -> set[str]:
    """Test files that ran the mutant's statement; where importing ran it, those that ran any function of its module."""
    by_line = covered.by(mutant.path)
    seen = set().union(*(by_line.get(line, set()) for line in mutant.statement))
    if ON_IMPORT in seen:
        functions = [files for files in by_line.values() if ON_IMPORT not in files]
        seen = set().union(*functions) if functions else set(covered.seconds)
    return seen & set(covered.seconds)


def _in_turn(room: Room, files: Iterable[str], covered: Covered) -> Iterator[str]:
    yield from sorted(files, key=lambda file: (not file.startswith(room.tests), covered.seconds[file]))


def _within(files: Sequence[str], covered: Covered, seconds: float) -> Iterator[str]:
    """The first of some test files, as many as took no longer; always one."""
    spent = 0.0
    for number, file in enumerate(files):
        spent += covered.seconds[file]
        if spent <= seconds or number == 0:
            yield file


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Figures by room: how many mutants were made and what became of them."""
    yield "| room | made | killed | out of time | survived | unseen | killed of all |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for room in [*ROOMS, "together"]:
        counts = Counter(one.outcome for one in outcomes if room in (one.room, "together"))
        made = counts.total()
        if made:
            noticed = counts[KILLED] + counts[OUT_OF_TIME]
            cells = [f"{counts[outcome]}" for outcome in (KILLED, OUT_OF_TIME, SURVIVED, UNSEEN)]
            yield f"| {room} | {made} | {' | '.join(cells)} | {100 * noticed / made:.0f} % |"


def survivors(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The mutants that no test noticed, by room, in the order of their files."""
    for one in sorted(outcomes, key=lambda one: (list(ROOMS).index(one.room), one.name)):
        if one.outcome in (SURVIVED, UNSEEN):
            yield f"- {one.room}: {one.name} ({one.outcome}; {one.files_run} of {one.files_seeing} test files)"


if __name__ == "__main__":
    main(sys.argv[1:])
