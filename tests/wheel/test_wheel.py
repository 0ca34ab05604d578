"""The wheel as a user has it: with what it asks for and nothing else it closes, without rights and without a network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.wheel.build import LIBRARIES, built, needed, places, required

ASIDE = ["unshare", "--net", "--mount"]
"""A network of its own, which leads nowhere, and mounts that nobody else sees."""

NOBODY = 65534

INSTALLED = """
mount -t tmpfs none /mnt
mkdir /mnt/python /mnt/libraries /mnt/installed /mnt/desk
mount --bind "$BASE" /mnt/python
mount --bind "$LIBRARIES" /mnt/libraries
export LD_LIBRARY_PATH=/mnt/python/lib
"/mnt/python/bin/$PYTHON" -m venv --without-pip /mnt/installed
installed=$(echo /mnt/installed/lib/python3.*/site-packages)
for place in $PLACES; do ln -s "/mnt/libraries/$place" "$installed/$place"; done
PYTHONPATH=/mnt/libraries "/mnt/python/bin/$PYTHON" -m pip --quiet --python /mnt/installed/bin/python install \\
    --no-index --no-deps --no-warn-script-location "$WHEEL"
mount --bind /mnt/installed /mnt/installed
for place in python libraries installed; do mount -o remount,ro,bind "/mnt/$place"; done
chown "$NOBODY" /mnt/desk
cp "$DESK" /mnt/desk/desk.py
cd /mnt/desk
exec setpriv --reuid="$NOBODY" --regid="$NOBODY" --clear-groups --no-new-privs env --ignore-environment \\
    PATH=/mnt/installed/bin:/usr/bin:/bin HOME=/nonexistent LANG=C.UTF-8 LD_LIBRARY_PATH=/mnt/python/lib python -I desk.py
"""
"""The interpreter and the libraries are put where anybody may read and nobody write; the wheel is installed beside them, with
links to the libraries that it asks for alone. Then all rights are given up."""

DESK = """
import csv, importlib.util, json, os, re, socket, subprocess, sys
from pathlib import Path

import openpyxl


def refused(attempt):
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return None


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def as_workbook(path, kept):
    book = openpyxl.Workbook()
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            book.active.append(row)
    book.save(kept)


def connected():
    socket.create_connection(("192.0.2.1", 443), timeout=2)


here = Path(importlib.util.find_spec("gaapbridge").origin).parent
written = run("gaapbridge", "new", "plan", "mine")
tape = Path("mine/tapes/loans-2023-12-31.csv")
as_workbook(tape, tape.with_suffix(".xlsx"))
plan = Path("mine/plan.toml")
plan.write_text(plan.read_text(encoding="utf-8").replace("loans-2023-12-31.csv", "loans-2023-12-31.xlsx"), encoding="utf-8")
closed = run(sys.executable, "-m", "gaapbridge", "close", str(plan))
(manifest,) = Path("mine").rglob("manifest.json")
as_workbook(manifest.parent / "statement.csv", "statement.xlsx")
print(json.dumps({
    "user": os.getuid(),
    "home": refused(lambda: Path.home().mkdir()),
    "package": refused(lambda: (here / "planted.py").write_text("")),
    "interpreter": refused(lambda: Path(sys.base_prefix, "planted").write_text("")),
    "network": refused(connected),
    "interfaces": [name for _, name in socket.if_nameindex()],
    "tape": "loans-2023-12-31.xlsx" in manifest.read_text(encoding="utf-8"),
    "closed": re.findall(r"^Checks: .*", closed, flags=re.MULTILINE),
    "verified": run("gaapbridge", "verify", "statement.xlsx").splitlines()[-3:],
    "undeclared": [name for name in ("pytest", "mypy", "hatchling", "duckdb", "psycopg") if importlib.util.find_spec(name)],
    "gaapbridge": str(here),
}))
"""
"""What the user does: a plan of the starter's lender, a tape of it as a workbook, a close, its statement verified as one."""


def allowed() -> str | None:
    """Why mounts and networks of one's own cannot be had here; None where they can."""
    try:
        done = subprocess.run([*ASIDE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, text=True)
    except OSError as missing:
        return str(missing)
    return done.stderr.strip() if done.returncode else None


def test_the_wheel_closes_without_rights_a_network_or_anything_it_does_not_ask_for(root: Path, tmp_path: Path) -> None:
    if (reason := allowed()) is not None:
        pytest.skip(f"the network cannot be cut and the installation not be made read-only here: {reason}")
    wheel = built(root, tmp_path)
    base = needed(required(wheel))
    assert {"polars", "numba", "openpyxl", "typer"} <= set(base) and not {"duckdb", "psycopg", "pytest", "hatchling"} & set(
        base
    )
    (tmp_path / "desk.py").write_text(DESK, encoding="utf-8")
    done = subprocess.run(
        [*ASIDE, "bash", "-euc", INSTALLED],
        env={
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "BASE": sys.base_prefix,
            "PYTHON": f"python{sys.version_info.major}.{sys.version_info.minor}",
            "LIBRARIES": str(LIBRARIES),
            "PLACES": " ".join(places(base.values())),
            "WHEEL": str(wheel),
            "DESK": str(tmp_path / "desk.py"),
            "NOBODY": str(NOBODY),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["user"] == NOBODY
    assert (found["home"], found["network"], found["interfaces"]) == ("PermissionError", "OSError", ["lo"])
    assert {found["package"], found["interpreter"]} <= {"OSError", "PermissionError"}, "read-only"
    assert found["tape"] and found["undeclared"] == [] and found["gaapbridge"].startswith("/mnt/installed/")
    assert len(found["closed"]) == 1 and ", 0 fail: " in found["closed"][0], found["closed"]
    assert found["verified"], found


def test_all_leads_to_every_extra_of_a_user(root: Path, tmp_path: Path) -> None:
    """And to nothing that only builds or tests."""
    asked = required(built(root, tmp_path))
    base, everything = needed(asked), needed(asked, ["all"])
    added = set(everything) - set(base)
    assert {"duckdb", "psycopg", "psycopg-binary"} <= added
    assert not {"pyspark", "pytest", "mypy", "hatchling"} & set(everything)
