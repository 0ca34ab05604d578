"""What a user does with the wheel, alone in a folder: a plan of the starter's lender, a tape of it as a workbook, a close.

Run by ``test_wheel.py`` with the interpreter of the plain installation. Prints what came of it as one line of JSON.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PLAIN, WHOLE = "/mnt/plain/bin", "/mnt/whole/bin"
"""The commands of the wheel alone, and of the wheel with every extra."""

UNASKED = ("pytest", "mypy", "hatchling", "duckdb", "psycopg")
"""Libraries that lie beside those of the wheel and that it does not ask for without an extra."""


def refused(attempt: Callable[[], object]) -> str | None:
    """The name of the error with which the system refuses; None where it lets it happen."""
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return None


def run(*words: str) -> str:
    """What a command prints; it has to end well."""
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def as_workbook(table: Path, kept: Path) -> None:
    """A CSV file saved as a workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            book.active.append(row)
    book.save(kept)


def main() -> dict[str, object]:
    found = importlib.util.find_spec("gaapbridge")
    assert found is not None and found.origin is not None
    package = Path(found.origin).parent
    run(f"{PLAIN}/gaapbridge", "new", "plan", "mine")
    tape = Path("mine/tapes/loans-2023-12-31.csv")
    as_workbook(tape, tape.with_suffix(".xlsx"))
    plan = Path("mine/plan.toml")
    plan.write_text(plan.read_text(encoding="utf-8").replace(tape.name, f"{tape.stem}.xlsx"), encoding="utf-8")
    checked = run(f"{PLAIN}/gaapbridge", "check", str(plan))
    closed = run(f"{WHOLE}/python", "-m", "gaapbridge", "close", str(plan))
    (manifest,) = Path("mine").rglob("manifest.json")
    as_workbook(manifest.parent / "statement.csv", Path("statement.xlsx"))
    return {
        "user": os.getuid(),
        "home": refused(lambda: Path.home().mkdir()),
        "package": refused(lambda: (package / "planted.py").write_text("")),
        "interpreter": refused(lambda: Path(sys.base_prefix, "planted").write_text("")),
        "network": refused(lambda: socket.create_connection(("192.0.2.1", 443), timeout=2)),
        "interfaces": [name for _, name in socket.if_nameindex()],
        "tape": [f"{tape.stem}.xlsx" in text for text in (checked, manifest.read_text(encoding="utf-8"))],
        "closed": re.findall(r"^Checks: .*", closed, flags=re.MULTILINE),
        "verified": run(f"{PLAIN}/gaapbridge", "verify", "statement.xlsx"),
        "beside": [name for name in UNASKED if importlib.util.find_spec(name)],
        "sources": run(f"{WHOLE}/python", "-c", "import duckdb, psycopg; print(psycopg.pq.__impl__)").split(),
        "gaapbridge": str(package),
    }


if __name__ == "__main__":
    print(json.dumps(main()))
