"""Values as a plan file writes them, for messages about a plan."""

from __future__ import annotations

import json
from typing import Any


def written(value: Any) -> str:
    """A value as a plan file writes it; ``not stated`` for None.

    >>> from decimal import Decimal
    >>> written({"base": Decimal("0.6"), "names": ["a"], "on": True})
    '{ base = 0.6, names = ["a"], on = true }'
    """
    match value:
        case None:
            return "not stated"
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # TOML takes it escaped only
        case list():
            return f"[{', '.join(map(written, value))}]"
        case dict():
            return f"{{ {', '.join(f'{name} = {written(one)}' for name, one in value.items())} }}"
    return str(value)
