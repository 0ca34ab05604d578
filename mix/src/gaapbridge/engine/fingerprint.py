"""The fingerprint of plain data: one hash of all that a task carries, the same in every process that holds the same.

Pickle's bytes will not do: they tell who shares which object, and differ where the data do not. What this module does not know
it refuses, so that nothing is left out of a fingerprint in silence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import polars as pl
from pydantic import BaseModel

from gaapbridge.terms.hashes import sha256_of

OUR_CODE = "gaapbridge."
"""Where functions and types come from whose code a close knows by its hash."""

_PLAIN = frozenset({str, int, bool, float, bytes, type(None)})
_SIMPLE = (date, Decimal, Fraction, Enum, pl.DataType, pl.datatypes.DataTypeClass)

_AS_TEXT = (pl.String, pl.Decimal, pl.Categorical, pl.Enum, pl.Null)


class NoFingerprint(TypeError):
    """A value of which no fingerprint is taken, by its type."""


@dataclass(frozen=True)
class Fingerprint:
    """How fingerprints are taken where some ``files`` are known by their hashes, by path; of any other the content is read.

    Two values of different types, orders of keys or columns have different ones. Raises ``NoFingerprint`` at what is no plain
    data, or at code that is not of this package.

    >>> taken = Fingerprint({})
    >>> taken.of({"rate": 0.25}) == taken.of({"rate": 0.25}), taken.of((1, 2)) == taken.of((12,)), len(taken.of(None))
    (True, False, 64)
    """

    files: Mapping[str, str]

    def of(self, value: object) -> str:
        """SHA-256 in hexadecimal."""
        told: list[bytes] = []
        self._write(told.append, value)
        return hashlib.sha256(b"".join(told)).hexdigest()

    def _write(self, write: Callable[[bytes], None], value: Any) -> None:
        """A value, told from any other that could stand beside it: its type, its length where it has parts, its parts."""
        if type(value) in _PLAIN or isinstance(value, _SIMPLE):
            _told(write, type(value).__name__, repr(value))
        elif isinstance(value, Path):
            path = str(value)
            _told(write, "file", self.files.get(path) or sha256_of(value))
        elif isinstance(value, (np.ndarray, np.generic)):
            _array(write, np.asarray(value))
        elif isinstance(value, (pl.DataFrame, pl.Series)):
            _frame(write, value if isinstance(value, pl.DataFrame) else value.to_frame())
        elif isinstance(value, pl.Expr):
            _told(write, "expression", value.meta.serialize())
        else:
            name, parts = _parts(value)
            listed = sorted(map(self.of, parts)) if isinstance(value, Set) else list(parts)
            _told(write, name, str(len(listed)))
            for part in listed:
                self._write(write, part)


def _told(write: Callable[[bytes], None], name: str, content: str | bytes) -> None:
    stated = content.encode() if isinstance(content, str) else content
    write(f"{name} {len(stated)} ".encode())
    write(stated)


def _array(write: Callable[[bytes], None], array: np.ndarray[Any, Any]) -> None:
    if array.dtype.hasobject:
        raise NoFingerprint(array.dtype)
    _told(write, f"array {array.dtype.str} {array.shape}", array.tobytes())


def _frame(write: Callable[[bytes], None], frame: pl.DataFrame) -> None:
    """The cells of a frame, however they lie in memory: beside what stands in them, what an empty one holds is none of it."""
    _told(write, f"frame {frame.height}", str(frame.schema))
    for cells in frame if frame.height else ():
        _told(write, "empty", np.packbits(cells.is_null().to_numpy()).tobytes())
        if isinstance(cells.dtype, _AS_TEXT):
            text = cells.cast(pl.String).fill_null("")
            _array(write, text.str.len_bytes().to_numpy())
            _told(write, "text", text.str.join("").item())
        elif (held := cells.to_physical()).dtype.is_numeric() or held.dtype == pl.Boolean:
            _array(write, held.fill_null(0 if held.dtype.is_numeric() else False).to_numpy())
        else:
            raise NoFingerprint(cells.dtype)


def _parts(value: Any) -> tuple[str, Iterable[object]]:
    """What a value is called that has parts, and these in order. Raises ``NoFingerprint`` where it is none that is known."""
    if isinstance(value, Mapping):
        return "mapping", [part for pair in value.items() for part in pair]
    if isinstance(value, (tuple, list, Set)):
        return type(value).__name__, value
    if isinstance(value, partial):
        return "partial", (value.func, value.args, value.keywords)
    if isinstance(value, (FunctionType, type)) and "<" not in value.__qualname__:
        return _of_ours(value), ()
    if isinstance(value, BaseModel):
        return _of_ours(type(value)), value.__dict__.items()
    if is_dataclass(value):
        return _of_ours(type(value)), [(one.name, getattr(value, one.name)) for one in fields(value)]
    raise NoFingerprint(type(value))


def _of_ours(code: Any) -> str:
    if not code.__module__.startswith(OUR_CODE):
        raise NoFingerprint(f"{code.__module__}.{code.__qualname__}")
    return f"{code.__module__}.{code.__qualname__}"
