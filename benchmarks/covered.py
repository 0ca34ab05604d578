"""Which lines of the package the tests run: every test file by itself, two at a time, and what each of them saw.

No line of a compiled kernel is seen, so the tests that speak of measurement run a second time with the kernels as Python.
``make coverage`` prints figures by room; ``build/coverage/`` keeps what was measured; ``docs/mutation.md`` says how to read it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from coverage import Coverage, CoverageData

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "coverage"
DATA = KEPT / "all"
WORKERS = 2
ON_IMPORT = "import"
"""The context of what runs when every module is imported."""

IMPORT_ALL = """import importlib, pkgutil, gaapbridge
for module in pkgutil.walk_packages(gaapbridge.__path__, "gaapbridge."):
    importlib.import_module(module.name)
"""
LEFT_OUT = ("tests/house/", "tests/real/")
"""Tests of the source, which run none of it, and tests of real tapes, which not everybody has."""

AS_PYTHON = ("tests/conformance/", "tests/differences/")
"""Tests that run again with the kernels as Python."""


@dataclass(frozen=True)
class Covered:
    """What was measured: the lines by file of the package and test file, and how long each test file took alone."""

    data: CoverageData
    seconds: dict[str, float]

    def by(self, path: str) -> dict[int, set[str]]:
        """For each line of a file that ran, the test files that ran it, and ``ON_IMPORT``."""
        return {line: set(contexts) for line, contexts in self.data.contexts_by_lineno(str(ROOT / path)).items()}


def test_files() -> list[str]:
    """The test files that run the package, as paths from the root."""
    found = (path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))
    return sorted(path for path in found if not path.startswith(LEFT_OUT))


def state_of_the_code() -> str:
    """A hash of package and tests: what was measured of another state is not used."""
    digest = sha256()
    for path in sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def measured() -> Covered:
    """Coverage of the present state of the code: read where it was measured before, measured where not."""
    about = KEPT / "measured.json"
    known = json.loads(about.read_text()) if about.is_file() else {}
    if known.get("state") != state_of_the_code():
        known = {"state": state_of_the_code(), "seconds": _measure(test_files())}
        about.write_text(json.dumps(known, indent=1))
    data = CoverageData(str(DATA))
    data.read()
    return Covered(data, known["seconds"])


def _measure(files: list[str]) -> dict[str, float]:
    """Run every module's import, then every test file by itself; seconds by test file. Raises where one fails."""
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    script = KEPT / "imports.py"
    script.write_text(IMPORT_ALL, encoding="utf-8")
    _run(ON_IMPORT, [str(script)], as_python=False)
    again = [file for file in files if file.startswith(AS_PYTHON)]
    with ThreadPoolExecutor(WORKERS) as pool:
        took = pool.map(lambda file: _tested(file, as_python=False), files)
        list(pool.map(lambda file: _tested(file, as_python=True), again))
        seconds = dict(zip(files, took, strict=True))
    whole = Coverage(data_file=str(DATA), config_file=str(ROOT / "pyproject.toml"))
    whole.combine([str(path) for path in KEPT.glob("part-*")])
    whole.save()
    return seconds


def _tested(file: str, as_python: bool) -> float:
    return _run(file, ["-m", "pytest", "-q", "-p", "no:cacheprovider", file], as_python)


def _run(context: str, command: list[str], as_python: bool) -> float:
    """Seconds that a command took under coverage; its lines are kept under the context's name."""
    part = KEPT / f"part-{context.replace('/', '-')}-{'python' if as_python else 'compiled'}"
    environment = os.environ | {"NUMBA_DISABLE_JIT": str(int(as_python)), "HYPOTHESIS_PROFILE": "ci"}
    started = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-m", "coverage", "run", f"--data-file={part}", f"--context={context}", *command],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    if run.returncode:
        raise SystemExit(f"{context} fails by itself:\n{run.stdout[-3000:]}{run.stderr[-1000:]}")
    took = time.monotonic() - started
    print(f"{took:6.1f} s  {context}", flush=True)
    return took


def figures() -> str:
    """Statements and branches of each room of the package, and how many of them ran, as a table."""
    report = Coverage(data_file=str(DATA), config_file=str(ROOT / "pyproject.toml"))
    report.load()
    report.json_report(outfile=str(KEPT / "lines.json"))
    rooms: dict[str, Counter[str]] = {}
    for path, one in json.loads((KEPT / "lines.json").read_text(encoding="utf-8"))["files"].items():
        room = path.split("gaapbridge/")[1].split("/")[0]
        for name in (room, TOGETHER):
            rooms.setdefault(name, Counter()).update({key: one["summary"][key] for key in COUNTED})
    lines = ["| room | statements | ran | branches | ran |", "|---|---:|---:|---:|---:|"]
    for room in sorted(rooms, key=lambda name: (name == TOGETHER, name)):
        statements, ran, branches, taken = (rooms[room][key] for key in COUNTED)
        lines.append(f"| {room} | {statements:,} | {_share(ran, statements)} | {branches:,} | {_share(taken, branches)} |")
    return "\n".join(lines)


COUNTED = ("num_statements", "covered_lines", "num_branches", "covered_branches")
TOGETHER = "together"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""


if __name__ == "__main__":
    measured()
    table = figures()
    (KEPT / "figures.md").write_text(table + "\n", encoding="utf-8")
    print(table)
