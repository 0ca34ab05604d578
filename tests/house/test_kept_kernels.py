"""Compiled kernels are kept where nobody else can write, and run only as they were written; else they are compiled again."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numba
import pytest

from gaapbridge.measure.compile import kept_in
from gaapbridge.measure.private_folder import is_own, why_not_private

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="Numba is told to compile nothing")

RUN = """
import numpy as np
from gaapbridge.measure.compile import about_to_compile
told = about_to_compile()
from gaapbridge.measure.ledger import sum_by_key
added = np.zeros((1, 1), np.int64)
assert sum_by_key(np.zeros(3, np.int64), np.array([[1, 2, 3]]), added, 10, 10) and added[0, 0] == 6
print("kept" if sum_by_key.stats.cache_hits else "compiled")
print(told)
"""


def run(cache: Path | None, **environment: str) -> tuple[str, str]:
    """Whether a process of its own took the kernel from the cache or compiled it, and what it would have told a person."""
    known = {name: value for name, value in os.environ.items() if name not in ("GAAPBRIDGE_CACHE", "XDG_CACHE_HOME", "HOME")}
    named = {} if cache is None else {"GAAPBRIDGE_CACHE": str(cache)}
    command = [sys.executable, "-c", RUN]
    done = subprocess.run(command, capture_output=True, text=True, env={**known, **named, **environment}, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    how, told = done.stdout.splitlines()
    return how, told


def test_a_second_process_compiles_nothing(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert run(cache) == ("compiled", "compiling the kernels for this machine, once")
    assert run(cache) == ("kept", "None")
    (file,) = cache.glob("kernels-*/*")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def called(folder: Path) -> str:
    """Whether a kernel was taken from a folder or compiled; it gives what it should."""
    kernel = numba.njit(lambda amount: amount + 1)
    kernel._cache = kept_in(folder / "plus")
    assert kernel(41) == 42
    return "kept" if kernel.stats.cache_hits else "compiled"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The file of a kernel that was compiled before."""
    assert called(tmp_path) == "compiled"
    (file,) = tmp_path.iterdir()
    return file


def flipped(content: bytes) -> bytes:
    """One bit of the machine code turned round."""
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def hashed(payload: bytes) -> Callable[[bytes], bytes]:
    """A file that was written whole, and holds no kernel."""
    return lambda content: hashlib.sha256(payload).digest() + payload


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut off": lambda content: content[: len(content) // 2],
    "one bit": flipped,
    "something else": lambda content: b"\x80" * 100,
    "whole and empty": hashed(b""),
    "whole and no pickle": hashed(b"garbage"),
    "whole and too short": hashed(pickle.dumps(())),
    "whole and of something else": hashed(pickle.dumps((1, 2, 3))),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_compiled_again(damage: str, kept: Path) -> None:
    whole = kept.read_bytes()
    assert called(kept.parent) == "kept"
    kept.write_bytes(DAMAGED[damage](whole))
    assert called(kept.parent) == "compiled"
    assert called(kept.parent) == "kept" and [kept] == list(kept.parent.iterdir())


def test_a_folder_that_takes_nothing_more_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk stops no close."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert called(tmp_path) == called(tmp_path) == "compiled"
    assert list(tmp_path.iterdir()) == []
    assert called(tmp_path / "gone") == "compiled"


class Planted:
    """What makes a folder where it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.place),)


def plant(file: Path, trap: Path) -> None:
    """A file as the cache would have it, but for what it does."""
    payload = pickle.dumps((Planted(trap),))
    file.write_bytes(hashlib.sha256(payload).digest() + payload)


def open_to_others(file: Path) -> None:
    file.chmod(0o666)


def linked(file: Path) -> None:
    (file.parent / "elsewhere").mkdir()
    file.symlink_to(file.rename(file.parent / "elsewhere" / file.name))


@pytest.mark.parametrize("loosen", [open_to_others, linked])
def test_a_file_that_others_can_write_is_not_run(loosen: Callable[[Path], None], kept: Path) -> None:
    trap = kept.parent / "trap"
    plant(kept, trap)
    loosen(kept)
    assert called(kept.parent) == "compiled" and not trap.exists()


def test_the_trap_of_these_tests_springs(kept: Path) -> None:
    """What the user wrote is run: there the planted file makes its folder, and the kernel is compiled again."""
    plant(kept, kept.parent / "trap")
    called(kept.parent)
    assert (kept.parent / "trap").is_dir()


@pytest.mark.campaign
def test_a_folder_that_others_can_write_to_is_not_looked_into(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert run(cache)[0] == "compiled"
    (file,) = cache.glob("kernels-*/*")
    plant(file, tmp_path / "trap")
    for folder in (file.parent, cache):
        folder.chmod(0o777)
        how, told = run(cache)
        assert how == "compiled" and not (tmp_path / "trap").exists()
        assert told.startswith(f"compiling the kernels, as in every run: others can write to {folder};")
        folder.chmod(0o700)


@pytest.mark.campaign
def test_without_a_home_nothing_is_kept_anywhere(tmp_path: Path) -> None:
    """Least of all under a name that anybody can guess in the folder for temporary files."""
    (tmp_path / "tmp").mkdir()
    how, told = run(None, HOME="/dev/null", TMPDIR=str(tmp_path / "tmp"))
    assert how == "compiled" and "/dev/null/.cache/gaapbridge" in told and "cannot be used (Not a directory)" in told
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.campaign
def test_a_folder_that_is_named_from_where_one_stands_is_not_used(tmp_path: Path) -> None:
    how, told = run(Path("cache"))
    assert how == "compiled" and "is no full path" in told


def test_a_private_folder_is_made(tmp_path: Path) -> None:
    assert why_not_private(tmp_path / "one" / "two") is None
    assert (tmp_path / "one" / "two").stat().st_mode & 0o777 == 0o700


def test_a_folder_under_one_that_all_may_write_to_is_private_where_that_is_sticky(tmp_path: Path) -> None:
    """As the folder for temporary files is: others cannot exchange what is the user's own."""
    above = tmp_path / "above"
    above.mkdir()
    above.chmod(0o1777)
    assert why_not_private(above / "own") is None
    above.chmod(0o777)
    assert why_not_private(above / "own") == f"others can write to {above}"
    assert why_not_private(Path(tempfile.gettempdir()).resolve()) is not None


def test_a_link_is_judged_by_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "open")
    assert why_not_private(tmp_path / "link") == f"others can write to {tmp_path / 'open'}"
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert why_not_private(tmp_path / "loop") is not None


def test_a_folder_of_another_user_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, file = tmp_path / "own", tmp_path / "file"
    own.mkdir(0o700)
    file.write_text("")
    file.chmod(0o600)
    assert why_not_private(own) is None and is_own(file.stat())
    monkeypatch.setattr(os, "geteuid", lambda: own.stat().st_uid + 1)
    assert why_not_private(own) == f"{own} belongs to another user" and not is_own(file.stat())


def test_a_folder_below_one_of_another_user_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its owner can exchange what is in it."""
    (tmp_path / "other").mkdir()
    own = tmp_path / "other" / "own"
    own.mkdir(0o700)
    known, mine = os.stat, own.stat().st_uid

    def stat(path: os.PathLike[str] | str, **asked: object) -> os.stat_result:
        found = known(path, **asked)  # type: ignore[call-overload]
        return os.stat_result((*found[:4], mine + 1, *found[5:])) if Path(path) == tmp_path / "other" else found

    monkeypatch.setattr(Path, "stat", lambda self, **asked: stat(self, **asked))
    assert why_not_private(own) == f"{tmp_path / 'other'} belongs to another user"


def test_a_group_may_write_above_where_it_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    above = tmp_path / "above"
    above.mkdir()
    above.chmod(0o775)
    for own, why in ((True, None), (False, f"others can write to {above}")):
        monkeypatch.setattr("gaapbridge.measure.private_folder._only_member", lambda group, own=own: own)
        assert why_not_private(above / "own") == why
