"""A folder that nobody but its user can put anything into: what is read from it and run was written by the same user."""

from __future__ import annotations

import grp
import os
import pwd
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

UNFINISHED = ".unfinished-"
"""How names of files begin that are being written; what is left of a process that was ended is never taken."""

_PRIVATE = 0o700


def cache_root() -> Path:
    """Where what can be made again is kept: what ``GAAPBRIDGE_CACHE`` names, or ours in the user's cache."""
    above = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(os.environ.get("GAAPBRIDGE_CACHE") or os.path.join(above, "gaapbridge"))


def why_not_private(folder: Path) -> str | None:
    """Make a folder where it is missing, and say why it cannot be trusted; None where it can.

    It belongs to the user and no one else may write to it; nor may anyone exchange it, by a folder above it that others may
    write to. Links on the way are followed first.
    """
    try:
        folder.mkdir(_PRIVATE, parents=True, exist_ok=True)
        place = folder.resolve(strict=True)
        state = place.stat()
        if state.st_uid != os.geteuid():
            return f"{place} belongs to another user"
        if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return f"others can write to {place}"
        return next((why for above in place.parents if (why := _why_exchangeable(above))), None)
    except (OSError, RuntimeError) as refused:
        return f"{folder} cannot be used ({getattr(refused, 'strerror', None) or refused})"


def is_own(state: os.stat_result) -> bool:
    """Whether a file was written by the user, and by nobody else since."""
    mine = stat.S_ISREG(state.st_mode) and state.st_uid == os.geteuid()
    return mine and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def write_whole(path: Path, content: Iterable[bytes]) -> None:
    """Write a file of such a folder whole or not at all: under a name of its own, and renamed. Raises ``OSError``."""
    opened, unfinished = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
    try:
        with open(opened, "wb") as stream:
            stream.writelines(content)
        os.replace(unfinished, path)
    except OSError:
        os.unlink(unfinished)
        raise


def _why_exchangeable(above: Path) -> str | None:
    """Why what lies in a folder could be exchanged by others; who may write to a sticky one may only remove what is theirs."""
    state = above.stat()
    if state.st_uid not in (0, os.geteuid()):
        return f"{above} belongs to another user"
    by_group = state.st_mode & stat.S_IWGRP and not _only_member(state.st_gid)
    if (by_group or state.st_mode & stat.S_IWOTH) and not state.st_mode & stat.S_ISVTX:
        return f"others can write to {above}"
    return None


def _only_member(group: int) -> bool:
    """Whether a group is the user's own, as some systems give one to each user."""
    try:
        own, user = grp.getgrgid(group), pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return False
    return own.gr_name == user and set(own.gr_mem) <= {user}
