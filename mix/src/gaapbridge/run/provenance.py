"""What a figure was made with, beside plan and inputs: the project's own code and the libraries it leans on."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from gaapbridge.terms.version import VERSION

LIBRARIES = ("numpy", "numba", "polars", "pyarrow", "pydantic")
"""Libraries whose version may move a figure."""


_version = cache(version)
"""The version of an installed library, looked up once."""


def code_version() -> str:
    """Version and hash of this code, as a manifest states them together."""
    return f"{VERSION} {code_sha256()}"


def library_versions() -> dict[str, str]:
    """The installed version of each library."""
    return {name: _version(name) for name in LIBRARIES}


@cache
def code_sha256() -> str:
    """SHA-256 over every Python file of the package, names included, as this process first found them."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
