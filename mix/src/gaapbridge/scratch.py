"""Scratch folders: nobody else's while they are written, and swept by the next that is made once their maker is gone.

A folder is made under a name of its own and held by a lock on a file beside it, which ends with its maker, however it ends. A
process number is not enough: in two containers on one disk both closes may be number 1, and threads share theirs. The lock is
there before its folder and after it: a folder without one has no maker, and goes when it is a day old.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import platform
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from gaapbridge.terms.writing import writing

_HELD = ".lock"
_A_DAY_SECONDS = 86_400
_TRIES = 100
_DRAWN = "[a-z0-9_]{8}"
"""What ``tempfile`` puts after a prefix."""
_OPEN_TO_ALL, _PRIVATE = 0o777, 0o700


@contextlib.contextmanager
def scratch_folder(parent: Path, prefix: str, mode: int = _OPEN_TO_ALL) -> Iterator[Path]:
    """A new folder in ``parent``, made where it is missing; what is still there under its name in the end is removed.

    ``mode`` is what the umask takes from. Folders under the same prefix whose makers are gone are removed first.
    """
    _sweep(parent, prefix, mode)
    lock, folder = _made(parent, prefix)
    try:
        with writing(folder):
            folder.mkdir(mode)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _lock_of(folder).unlink(missing_ok=True)
        os.close(lock)


def temporary_folder() -> contextlib.AbstractContextManager[Path]:
    """A scratch folder where the machine keeps temporary files, for its user alone: it may hold rows of tapes."""
    return scratch_folder(Path(tempfile.gettempdir()), "gaapbridge-", _PRIVATE)


def put_in_place(unfinished: Path, folder: Path) -> None:
    """Rename a folder that is whole to its place; what stood there stays until then, and comes back where that fails."""
    if not os.path.lexists(folder):
        unfinished.rename(folder)
        return
    aside = unfinished.with_name(unfinished.name + "-before")
    try:
        folder.rename(aside)
        unfinished.rename(folder)
    except BaseException:  # an interrupt too
        if os.path.lexists(aside) and not os.path.lexists(folder):
            aside.rename(folder)
        raise
    if aside.is_symlink():
        aside.unlink()  # what it led to is its owner's
        return
    try:
        shutil.rmtree(aside)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Nobody else who asks for it is at work in a folder, made where it is missing, meanwhile: who comes second waits."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: then the last one stands
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name + _HELD)


def _made(parent: Path, prefix: str) -> tuple[int, Path]:
    """A lock that is held, and the folder that it is for."""
    for _ in range(_TRIES - 1):
        with contextlib.suppress(FileNotFoundError):  # a close that ends takes folders with it that are empty
            return _locked(parent, prefix)
    return _locked(parent, prefix)


def _locked(parent: Path, prefix: str) -> tuple[int, Path]:
    """A lock that is held and signed; one that was swept before it was held is made again (``FileNotFoundError``)."""
    parent.mkdir(parents=True, exist_ok=True)
    lock, name = tempfile.mkstemp(prefix=prefix, suffix=_HELD, dir=parent)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: then age alone tells
            fcntl.flock(lock, fcntl.LOCK_EX)
        with writing(Path(name)):
            os.write(lock, _kernel())
        if not os.fstat(lock).st_nlink:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        os.close(lock)
        raise
    return lock, Path(name.removesuffix(_HELD))


def _sweep(parent: Path, prefix: str, mode: int) -> None:
    """Remove the folders under a prefix whose makers are gone, each with its lock; then those of ours that have none."""
    for path in parent.glob(f"{prefix}*{_HELD}"):
        with contextlib.suppress(OSError):  # another swept it, or it is another user's
            lock = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                if _abandoned(lock):
                    _remove(path)
            finally:
                os.close(lock)
    for path in parent.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            state = path.lstat()
            of_ours = re.fullmatch(_DRAWN, path.name.removeprefix(prefix)) and _is_own(state, mode)
            old = time.time() - state.st_mtime > _A_DAY_SECONDS  # a program of another kind may have drawn such a name
            if of_ours and old and not os.path.lexists(_lock_of(path)):
                shutil.rmtree(path)


def _is_own(state: os.stat_result, mode: int) -> bool:
    """Whether a folder is one of this user that is open to nobody whom one of that mode is closed to."""
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid() and not stat.S_IMODE(state.st_mode) & ~mode


def _remove(lock: Path) -> None:
    folder = lock.with_name(lock.name.removesuffix(_HELD))
    if os.path.lexists(folder):
        shutil.rmtree(folder)
    lock.unlink()


def _abandoned(lock: int) -> bool:
    """Whether a lock is ours to sweep and its maker is gone.

    One that this kernel can take is let go by its maker, in whatever container it ran, or is not held yet, which its maker will
    see. Of one that was signed by another, or that the file system cannot hold, only age can tell: locks of another machine
    need not be seen here.
    """
    seen = os.fstat(lock)
    if seen.st_uid != os.getuid() or not seen.st_nlink:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        known = os.read(lock, 1024) in (_kernel(), b"")
    except BlockingIOError:
        return False
    except OSError:
        known = False
    return known or time.time() - seen.st_mtime > _A_DAY_SECONDS


def _kernel() -> bytes:
    """What tells the kernel that runs from every other: its boot, or where that is not told the name of the machine."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_bytes()
    except OSError:
        return platform.node().encode()
