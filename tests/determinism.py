"""One lender closed on every supported Python that is here, by threads, by processes, cut finely, shuffled: one ledger.

    python -m tests.determinism

The ledger is the hash of a run's totals. Each further Python has an environment under build/pythons, made from the lock on
first use; one that is not on this machine, or whose environment cannot be made, is named as skipped. Ends with 1 where two
ledgers differ.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gaapbridge.engine import Engine

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
LOANS, YEAR = 1200, 2022
CUT = {"CHUNK_ROWS": 80, "READ_ROWS": 800}
WAYS = ("one thread", "two threads", "two processes", "ranges of 80", "rows shuffled")

Ledgers = dict[str, dict[str, str]]
"""By Python and way of closing, the ledger."""


def main() -> int:
    """Close in every way on every Python that is here, print the ledgers and what was skipped."""
    with tempfile.TemporaryDirectory() as folder:
        plan = written(Path(folder))
        found: Ledgers = {}
        for version in PYTHONS:
            python, why_not = interpreter(version)
            if python is None:
                print(f"Python {version}: skipped, {why_not}", flush=True)
                continue
            found[version] = closed(python, plan)
            for way, ledger in found[version].items():
                print(f"Python {version}, {way:<14} ledger={ledger[:12]}", flush=True)
    unlike = differing(found)
    for one in unlike:
        print(f"differs: {one}")
    print(f"{len(found)} of {len(PYTHONS)} supported Pythons, {len(WAYS)} ways each: {'NOT ' if unlike else ''}one ledger")
    return int(bool(unlike) or not found)


def differing(found: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Each Python and way whose ledger is not that of the first."""
    every = [(f"Python {version}, {way}", ledger) for version, ways in found.items() for way, ledger in ways.items()]
    return [name for name, ledger in every if ledger != every[0][1]]


def written(folder: Path) -> Path:
    """The example lender, and beside it the same with the rows of its large tapes in another order; the plan of one."""
    import polars as pl

    from gaapbridge.example import write_example

    plan = write_example(folder / "lender", loans=LOANS).plans[YEAR]
    shutil.copytree(folder / "lender", folder / "shuffled")
    for tape in sorted((folder / "shuffled" / "tapes").glob("*.parquet")):
        pl.read_parquet(tape).sample(fraction=1.0, shuffle=True, seed=7).write_parquet(tape)
    return plan


def interpreter(version: str) -> tuple[Path | None, str]:
    """A Python of a version with what the lock pins, this one or one of an environment made here; or why there is none."""
    if version == "{}.{}".format(*sys.version_info):
        return Path(sys.executable), ""
    own = ROOT / "build" / "pythons" / version
    ready, python = own / ".ready", own / "bin" / "python"
    lock = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()
    if ready.exists() and ready.read_text() == lock:
        return python, ""
    base = next(filter(runs, candidates(version)), None)
    if base is None:
        return None, f"no python{version} that runs is on this machine"
    install = ["-m", "pip", "--quiet", "--no-input", "install", "--require-hashes", "--only-binary", ":all:", "--requirement"]
    for command in ([base, "-m", "venv", "--clear", str(own)], [str(python), *install, str(ROOT / "requirements.lock")]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return None, f"its environment could not be made: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}"
    ready.write_text(lock)
    return python, ""


def candidates(version: str) -> list[str]:
    """Where a Python of a version may be: on the path, and what pyenv has installed, which stands there as a name alone."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    installed = [folder / "bin" for folder in sorted((root / "versions").glob(f"{version}.*"))]
    found = (shutil.which(f"python{version}", path=str(folder)) for folder in (*os.get_exec_path(), *installed))
    return [path for path in found if path is not None]


def runs(python: str) -> bool:
    """Whether a Python starts: a name of pyenv's on the path starts none unless that version is chosen."""
    return subprocess.run([python, "-c", ""], capture_output=True).returncode == 0


def closed(python: Path, plan: Path) -> dict[str, str]:
    """The ledger of each way on one Python, by a process of its own that imports this checkout."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "GAAPBRIDGE_PARTS_MB": "0"}
    done = subprocess.run(
        [str(python), "-m", "tests.determinism", "close", str(plan)], capture_output=True, text=True, cwd=ROOT, env=environment
    )
    if done.returncode:
        raise SystemExit(f"{python} closed nothing:\n{done.stderr}")
    ledgers: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return ledgers


def close_in_every_way(plan: Path) -> dict[str, str]:
    """The ledger of each of ``WAYS``."""
    shuffled = plan.parents[1] / "shuffled" / plan.name
    from gaapbridge.engine.local import Threads
    from gaapbridge.engine.processes import Processes

    ledgers = {
        "one thread": ledger(plan, Threads(1)),
        "two threads": ledger(plan, Threads(2)),
        "two processes": ledger(plan, Processes(2)),
    }
    with cut():
        ledgers["ranges of 80"] = ledger(plan, Threads(2))
        ledgers["rows shuffled"] = ledger(shuffled, Threads(2))
    return ledgers


def ledger(plan: Path, engine: Engine) -> str:
    """SHA-256 of the totals that a close leaves."""
    from gaapbridge.period_close import close

    return hashlib.sha256((close(plan, engine=engine).folder / "totals.json").read_bytes()).hexdigest()


@contextmanager
def cut() -> Iterator[None]:
    """Tapes are cut into ranges of few rows."""
    from gaapbridge.tapes import ranges, survey

    patched = [(module, "MARK_ROWS", 16) for module in (ranges, survey)] + [(ranges, name, rows) for name, rows in CUT.items()]
    before = [(module, name, getattr(module, name)) for module, name, _ in patched]
    for module, name, rows in patched:
        setattr(module, name, rows)
    try:
        yield
    finally:
        for module, name, rows in before:
            setattr(module, name, rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["close"]:
        print(json.dumps(close_in_every_way(Path(sys.argv[2]))))
    else:
        sys.exit(main())
