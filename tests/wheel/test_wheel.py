"""The wheel as a user has it: with what it asks for and nothing else it closes, without rights and without a network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.wheel.build import LIBRARIES, needed, places, required

ASIDE = ["unshare", "--net", "--mount"]
"""A network of its own, which leads nowhere, and mounts that nobody else sees."""

NOBODY = 65534

INSTALLED = """
mount -t tmpfs none /mnt
mkdir /mnt/python /mnt/libraries /mnt/desk
mount --bind "$BASE" /mnt/python
mount --bind "$LIBRARIES" /mnt/libraries
export LD_LIBRARY_PATH=/mnt/python/lib PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

install() {  # into which folder, the wheel with its extras, the places of the libraries that it asks for
    "/mnt/python/bin/$PYTHON" -m venv "$1"
    for place in $3; do ln -s "/mnt/libraries/$place" "$(echo "$1"/lib/python3.*/site-packages)/"; done
    "$1/bin/pip" --quiet install --no-index "$2"
    mount --bind "$1" "$1"
    mount -o remount,ro,bind "$1"
}

install /mnt/plain "$WHEEL" "$PLACES"
install /mnt/whole "$WHEEL[all]" "$PLACES $ADDED"
for place in python libraries; do mount -o remount,ro,bind "/mnt/$place"; done
chown "$NOBODY" /mnt/desk
cp "$DESK" /mnt/desk/desk.py
cd /mnt/desk
exec setpriv --reuid="$NOBODY" --regid="$NOBODY" --clear-groups --no-new-privs env --ignore-environment \\
    PATH=/usr/bin:/bin HOME=/nonexistent LANG=C.UTF-8 LD_LIBRARY_PATH=/mnt/python/lib /mnt/plain/bin/python -I desk.py
"""
"""The interpreter and the libraries are put where anybody may read and nobody write. The wheel is installed twice, plain and
with ``[all]``, beside links to the libraries that it asks for: pip finds them there, of a version that will do, or refuses.
Then all rights are given up."""


def allowed() -> str | None:
    """Why mounts and networks of one's own cannot be had here; None where they can."""
    try:
        done = subprocess.run([*ASIDE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, text=True)
    except OSError as missing:
        return str(missing)
    return done.stderr.strip() if done.returncode else None


@pytest.mark.campaign
def test_the_wheel_closes_without_rights_a_network_or_anything_it_does_not_ask_for(wheel: Path, tmp_path: Path) -> None:
    if (reason := allowed()) is not None:
        pytest.skip(f"the network cannot be cut and the installation not be made read-only here: {reason}")
    plain, whole = needed(required(wheel)), needed(required(wheel), ["all"])
    added = {name: whole[name] for name in whole.keys() - plain.keys()}
    assert set(added) >= {"duckdb", "psycopg", "psycopg-binary"} and not {"pyspark", "pytest", "mypy", "hatchling"} & set(whole)
    stated = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "BASE": sys.base_prefix,
        "PYTHON": f"python{sys.version_info.major}.{sys.version_info.minor}",
        "LIBRARIES": str(LIBRARIES),
        "PLACES": " ".join(places(plain.values())),
        "ADDED": " ".join(places(added.values())),
        "WHEEL": str(wheel),
        "DESK": str(Path(__file__).with_name("desk.py")),
        "NOBODY": str(NOBODY),
    }
    done = subprocess.run([*ASIDE, "bash", "-euc", INSTALLED], env=stated, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["user"] == NOBODY
    assert (found["home"], found["network"], found["interfaces"]) == ("PermissionError", "OSError", ["lo"])
    assert {found["package"], found["interpreter"]} <= {"OSError", "PermissionError"}, "read-only"
    assert found["gaapbridge"].startswith("/mnt/plain/") and found["beside"] == []
    assert found["tape"] == [True, True] and found["sources"] == ["binary"]
    assert len(found["closed"]) == 1 and ", 0 fail: " in found["closed"][0], found["closed"]
    assert "statement.xlsx" in found["verified"] and "all hold" in found["verified"]
