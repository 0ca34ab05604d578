"""Files as they are written: what the file system refuses is told with the file that it refused."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from gaapbridge.terms.errors import UnusableInput


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise ``UnusableInput`` naming a file, or the folder of many, that what is done in between cannot write.

    A full disk is found out when a file is written, and then nobody says which: names are known where files are opened.
    """
    try:
        yield
    except OSError as refused:
        remedy = "make room there, check the rights to it, or write elsewhere"
        named = path if refused.filename is None else os.fsdecode(refused.filename)
        raise UnusableInput(file=str(named), rule=f"it can be written ({reason_of(refused)})", remedy=remedy) from None


def reason_of(refused: OSError) -> str:
    """Why the file system refused, in its words."""
    return os.strerror(refused.errno) if refused.errno else str(refused)
