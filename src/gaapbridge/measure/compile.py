"""The compiler of the kernels: Numba, cached on disk under a name made from the kernels' own source.

Numba's disk cache does not notice a change in a function imported from another file, so the cache folder is named by the
hash of every kernel source: changed source, new folder. No ``fastmath`` and no ``parallel``: the bits must not move.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

_SOURCES = ("kernels.py", "exposure.py", "recognised.py", "outcomes.py", "timeline.py", "ledger.py", "compile.py")


def _cache_folder() -> Path:
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for name in _SOURCES:
        digest.update((here / name).read_bytes())
    root = os.environ.get("GAAPBRIDGE_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "gaapbridge"
    )
    folder = Path(root) / f"kernels-{digest.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / folder.name
        folder.mkdir(parents=True, exist_ok=True)
    return folder


CACHE_FOLDER = _cache_folder()
numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]


def compiled_before() -> bool:
    """Whether the kernels have been compiled on this machine, so that a first run can say it is compiling.

    >>> isinstance(compiled_before(), bool)
    True
    """
    return any(CACHE_FOLDER.rglob("*.nbi"))


def compiled(function: Function) -> Function:
    """The compiled form of a kernel: cached, without the interpreter lock, IEEE division."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
