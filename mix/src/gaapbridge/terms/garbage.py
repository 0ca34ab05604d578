"""How often Python looks for garbage: seldom, in processes of our own that end with their work."""

from __future__ import annotations

import gc

_OBJECTS = 50_000
"""New objects between two looks: imports make half a million that stay, a large workbook millions, and all of them were looked
through again and again."""


def look_seldom() -> None:
    """Look for garbage seldom in this process."""
    gc.set_threshold(_OBJECTS)
