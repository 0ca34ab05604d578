"""The kinds of contracts known, found by their folders."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from gaapbridge import contracts
from gaapbridge.contracts.kind import Kind


def _found() -> dict[str, Kind]:
    """The kinds by their folders, which are called by their keys."""
    folders = [module.name for module in pkgutil.iter_modules(contracts.__path__) if module.ispkg]
    kinds: dict[str, Kind] = {name: import_module(f"{contracts.__name__}.{name}").KIND for name in folders}
    for name, kind in kinds.items():
        assert kind.key == name, f"the folder contracts/{name} is called by the key of its kind, {kind.key}"
    return dict(sorted(kinds.items(), key=lambda found: found[1].place))


KINDS: Mapping[str, Kind] = _found()
"""Every kind of contract by its key in the plan, in the order of their places."""

OF_WORD: Mapping[str, Kind] = {kind.word: kind for kind in KINDS.values()}
"""The kind of contract that the first word of an address names."""
