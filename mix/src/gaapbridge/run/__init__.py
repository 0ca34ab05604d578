"""The run: the folder that a close leaves, what is written into it, and the one reader of it.

The reader, and what finds a run by name, are imported when first used: what needs a manifest only loads no more than that.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gaapbridge.run.found import open_run, open_two
    from gaapbridge.run.reader import Run

__all__ = ["Run", "open_run", "open_two"]


if not TYPE_CHECKING:

    def __getattr__(name):
        if name in __all__:
            return getattr(import_module(f"gaapbridge.run.{'reader' if name == 'Run' else 'found'}"), name)
        raise AttributeError(f"gaapbridge.run has no {name!r}")
