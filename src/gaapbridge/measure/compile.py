"""The compiler of the kernels: Numba, its results kept on disk in a folder named from the kernels' own source.

Whoever can write what is kept decides what the next close runs and computes. So it is kept only in a folder of the user's own
that others cannot write to, and is run only where it has the hash it was written with; else the kernels are compiled again.
A change in a function imported from another file goes unnoticed by Numba, hence the name of the folder: changed source, new
folder. No ``fastmath`` and no ``parallel``: the bits must not move.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import numba
from numba.core.compiler import CompileResult
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps

from gaapbridge.measure.private_folder import cache_root, is_own, why_not_private, write_whole

Function = TypeVar("Function", bound=Callable[..., Any])

_SOURCES = (
    "kernels.py", "effective_rates.py", "carrying.py", "losses.py", "exposure.py", "recognised.py", "outcomes.py",
    "timeline.py", "calendar.py", "ledger.py", "fee_sums.py", "rounding.py", "histories.py", "compile.py",
)  # fmt: skip
_ENDING = ".kernel"
_HASH_BYTES = 32


def _folder() -> Path:
    """Where compiled kernels of these sources and versions are kept, if they can be."""
    here = Path(__file__).parent
    digest = hashlib.sha256(repr((version("numba"), version("llvmlite"), sys.implementation.cache_tag)).encode())
    for name in _SOURCES:
        digest.update((here / name).read_bytes())
    return cache_root() / f"kernels-{digest.hexdigest()[:16]}"


_FOLDER = _folder()
_WHY_NOT = why_not_private(_FOLDER) if _FOLDER.is_absolute() else f"{_FOLDER} is no full path"


def about_to_compile() -> str | None:
    """What to tell a person before a first run, which compiles; None where the kernels have been compiled before.

    >>> about_to_compile() is None or "compiling" in about_to_compile()
    True
    """
    if _WHY_NOT is not None:
        return f"compiling the kernels, as in every run: {_WHY_NOT}; name a folder of your own in GAAPBRIDGE_CACHE to keep them"
    return None if any(_FOLDER.glob(f"*{_ENDING}")) else "compiling the kernels for this machine, once"


def compiled(function: Function) -> Function:
    """The compiled form of a kernel: kept where it can be, without the interpreter lock, IEEE division.

    One kernel is written into another that calls it: a call counts up and down the references of every array it passes, which
    for a contract takes longer than its arithmetic.
    """
    return _compiled(function)


def compiled_part(function: Function) -> Function:
    """The compiled form of what kernels consist of: the same of a function that makes no array.

    Whoever calls it has made the arrays and keeps them, so the references of a row that it looks at need not be counted, which
    for all rows that a contract concerns takes as long as its arithmetic.
    """
    return _compiled(function, _nrt=False)


def _compiled(function: Function, **told: Any) -> Function:
    kernel = numba.njit(nogil=True, error_model="numpy", forceinline=True, **told)(function)
    if _WHY_NOT is None and hasattr(kernel, "_cache"):  # plain Python where Numba is told to compile nothing
        kernel._cache = kept_in(_FOLDER / function.__qualname__)
    return cast(Function, kernel)


def kept_in(place: Path) -> SimpleNamespace:
    """What a dispatcher of Numba asks of a cache, with a file for each signature beside a place, whose name they begin with.

    A file is the SHA-256 of what follows, and what follows: the machine code as Numba serialises it.
    """
    return SimpleNamespace(cache_path=place.parent, load_overload=partial(_load, place), save_overload=partial(_save, place))


def _load(place: Path, signature: Any, target: Any) -> Any:
    """The kernel as it was compiled for a signature on this machine; None where it is not kept, is damaged, or is none.

    Numba is asked for what a compiled kernel calls, its memory, and not to lay out what a compilation chooses from: that took
    a third of a small close, and a compilation asks for it by itself.
    """
    rtsys.initialize(target)
    content = _own_content(_file(place, signature, target.codegen()))
    if content is None or hashlib.sha256(content[_HASH_BYTES:]).digest() != content[:_HASH_BYTES]:
        return None
    try:
        return CompileResult._rebuild(target, *pickle.loads(content[_HASH_BYTES:]))  # type: ignore[no-untyped-call]
    except _NO_KERNEL:
        return None


_NO_KERNEL = (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, TypeError, ValueError)
"""What comes of a file that was written whole but holds no kernel."""


def _save(place: Path, signature: Any, result: Any) -> None:
    """Keep a kernel that was just compiled, whole or not at all."""
    payload: bytes = dumps(result._reduce())  # type: ignore[no-untyped-call]
    with contextlib.suppress(OSError):  # a full disk: it is compiled again next time
        write_whole(_file(place, signature, result.codegen), (hashlib.sha256(payload).digest(), payload))


def _file(place: Path, signature: Any, codegen: Any) -> Path:
    """The file of a signature; processors of different features do not share it."""
    key = repr((str(signature), codegen.magic_tuple())).encode()
    return place.with_name(f"{place.name}-{hashlib.sha256(key).hexdigest()[:32]}{_ENDING}")


def _own_content(file: Path) -> bytes | None:
    """The content of a file that the user wrote; None where there is none."""
    try:
        with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as stream:
            return stream.read() if is_own(os.fstat(stream.fileno())) else None
    except OSError:
        return None
