"""The period close: from a plan to an immutable run.

``close`` is imported when first used, so that what only reads declarations loads no compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gaapbridge.period_close.period import close

__all__ = ["close"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("gaapbridge.period_close.period"), name)
    raise AttributeError(f"gaapbridge.period_close has no {name!r}")
