"""Values as a plan file writes them, for messages about a plan."""

from __future__ import annotations

import json
import re
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def written_key(name: str) -> str:
    """A name as a plan file writes it before its value: in quotes where it needs them.

    >>> written_key("default_timing"), written_key("逾期")
    ('default_timing', '"逾期"')
    """
    return name if _BARE_KEY.fullmatch(name) else written(name)


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
            return f"{{ {', '.join(f'{written_key(name)} = {written(one)}' for name, one in value.items())} }}"
    return str(value)
