"""The run: the folder that a close leaves, what is written into it, and the one reader of it.

``Run`` and ``open_run`` are imported when first used, so that what needs a folder's manifest only loads no more than that.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gaapbridge.run.reader import Run, open_run

__all__ = ["Run", "open_run"]


if not TYPE_CHECKING:

    def __getattr__(name):
        if name in __all__:
            return getattr(import_module("gaapbridge.run.reader"), name)
        raise AttributeError(f"gaapbridge.run has no {name!r}")
