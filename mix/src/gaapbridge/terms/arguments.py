"""What is passed to the verbs from Python: of another type it is refused by name, before anything is done with it."""

from __future__ import annotations

import os
from collections.abc import Mapping

_CALLED: Mapping[type, str] = {
    str: "text",
    int: "a whole number",
    os.PathLike: "a path",
    Mapping: "a mapping of texts to texts",
}


def expect(name: str, value: object, *types: type, or_none: bool = False) -> None:
    """Raise ``TypeError`` where an argument is of none of some types; True is no whole number, and a mapping is of texts.

    >>> expect("tolerance", 1, int), expect("ledger", None, str, or_none=True)
    (None, None)
    >>> expect("tolerance", "1", int)
    Traceback (most recent call last):
    TypeError: tolerance is a whole number, not '1' (str)
    """
    fits = (or_none and value is None) or (isinstance(value, types) and not (isinstance(value, bool) and int in types))
    if fits and isinstance(value, Mapping):
        fits = all(isinstance(one, str) for pair in value.items() for one in pair)
    if not fits:
        wanted = " or ".join([*(_CALLED.get(one, f"a {one.__name__}") for one in types), *(["None"] if or_none else [])])
        raise TypeError(f"{name} is {wanted}, not {value!r} ({type(value).__name__})")
