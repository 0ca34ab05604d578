"""The inputs of a worked example, which remember what was read: what no adapter reads makes the example not covered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

LABELS = frozenset({"currency", "unit", "note", "name"})
"""Inputs that say in what, or what something is called, and change no figure."""


class NotCoveredError(KeyError):
    """An input that an adapter needs and does not find, or finds in a form it does not know."""


class Given(Mapping[str, Any]):
    """Inputs, or a part of them. Reading or asking for a key marks it; ``unread`` names the rest."""

    def __init__(self, facts: Mapping[str, Any], path: str = "", read: set[str] | None = None) -> None:
        self._facts, self._path, self._read = facts, path, set() if read is None else read

    def __getitem__(self, key: str) -> Any:
        path = self._path + key
        if key not in self._facts:
            raise NotCoveredError(path)
        self._read.add(path)
        found = self._facts[key]
        if isinstance(found, Mapping):
            return Given(found, path + ".", self._read)
        if isinstance(found, list):
            places = enumerate(found)
            return [Given(v, f"{path}[{i}].", self._read) if isinstance(v, Mapping) else v for i, v in places]
        return found

    def __contains__(self, key: object) -> bool:
        if key in self._facts:
            self._read.add(f"{self._path}{key}")
        return key in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def restated(self, *keys: str) -> None:
        """These say again what other inputs say, and no answer needs them."""
        self._read.update(path for key in keys for path, _ in leaves(self._facts.get(key), self._path + key))

    def set_aside(self, *keys: str) -> None:
        """Only answers need these that no close gives."""
        self.restated(*keys)

    def stated(self, key: str, *forms: str) -> None:
        """A convention in words: if it is given at all, it must be one of those that the answer follows."""
        if key in self and self[key] not in forms:
            raise NotCoveredError(f"{self._path}{key}: {self[key]}")

    def unread(self) -> list[str]:
        """Inputs that nothing has read."""
        every = [path for path, _ in leaves(self._facts, self._path)]
        return [path for path in every if path not in self._read and path.rpartition(".")[2] not in LABELS]


def leaves(fact: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every fact that holds no named facts, with its path."""
    if isinstance(fact, Mapping) and fact:
        for key, value in fact.items():
            yield from leaves(value, f"{path.removesuffix('.')}.{key}" if path else key)
    elif isinstance(fact, list) and any(isinstance(value, Mapping) for value in fact):
        for place, value in enumerate(fact):
            yield from leaves(value, f"{path}[{place}]")
    else:
        yield path, fact


def by_number(facts: Mapping[str, Any], count: int) -> list[Any]:
    """Facts named by the numbers 1 to ``count``, in order; nil where a number is not named."""
    numbers = {str(number) for number in range(1, count + 1)}
    for name in facts:
        if name not in numbers:
            raise NotCoveredError(name)
    return [facts.get(str(number), 0) for number in range(1, count + 1)]


def column(*amounts: float) -> NDArray[np.float64]:
    """Amounts as the package's functions take them."""
    return np.array(amounts, dtype=np.float64)


def whole(*amounts: int) -> NDArray[np.int64]:
    """Whole amounts as the package's functions take them."""
    return np.array(amounts, dtype=np.int64)
