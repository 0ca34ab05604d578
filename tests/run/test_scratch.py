"""Scratch folders: nobody else's while they are written, swept once their maker is gone, and never before."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gaapbridge.run.folder import new_version
from gaapbridge.scratch import scratch_folder, temporary_folder

MAKER = """
import os, sys
from pathlib import Path
os.getpid = lambda: 1  # as in a container of its own
from gaapbridge.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1]), ".unfinished-") as folder:
    (folder / "half").write_text("written")
    print(folder, flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_maker(parent: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process that is writing a folder."""
    command = [sys.executable, "-c", MAKER, str(parent)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as maker:
        assert maker.stdout is not None
        yield maker, Path(maker.stdout.readline().strip())
        maker.kill()


def names(parent: Path) -> list[str]:
    return sorted(path.name for path in parent.iterdir())


def left_behind(parent: Path, signed: bytes, age_days: float = 0.0) -> Path:
    """A folder and its lock, which nobody holds."""
    folder, lock = parent / ".unfinished-left", parent / ".unfinished-left.lock"
    folder.mkdir()
    (folder / "half").write_text("written")
    lock.write_bytes(signed)
    then = time.time() - age_days * 86_400
    os.utime(lock, (then, then))
    return folder


def own_signature(parent: Path) -> bytes:
    """What a lock of this kernel is signed with."""
    with scratch_folder(parent, "signed-"):
        (lock,) = parent.glob("signed-*.lock")
        return lock.read_bytes()


def test_nothing_is_left_of_a_folder_that_was_used(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "made", "a-") as folder:
        (folder / "file").write_text("x")
        assert folder.parent == tmp_path / "made" and folder.name.startswith("a-")
    assert names(tmp_path / "made") == []


def test_what_a_killed_process_left_is_swept_by_the_next(tmp_path: Path) -> None:
    with another_maker(tmp_path) as (maker, folder):
        os.kill(maker.pid, signal.SIGKILL)
        maker.wait()
        assert names(tmp_path) == [folder.name, f"{folder.name}.lock"]
        with new_version(tmp_path) as version:
            assert not folder.exists()
    assert version.folder == tmp_path / "v1" and names(tmp_path) == ["v1"]


def test_what_a_process_of_the_same_number_is_writing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two containers on one disk: both are process 1."""
    monkeypatch.setattr(os, "getpid", lambda: 1)
    with another_maker(tmp_path) as (_, folder):
        with new_version(tmp_path) as version, scratch_folder(tmp_path, ".unfinished-") as third:
            assert len({folder, version.folder, third}) == 3
        assert (folder / "half").read_text() == "written"
        assert names(tmp_path) == [folder.name, f"{folder.name}.lock", "v1"]


def test_a_folder_of_the_same_thread_is_left_alone(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, "a-") as first, scratch_folder(tmp_path, "a-") as second:
        assert first != second and first.is_dir() and second.is_dir()


@pytest.mark.parametrize(("days", "swept"), [(0.9, False), (1.1, True)])
def test_what_another_machine_left_is_known_by_its_age(days: float, swept: bool, tmp_path: Path) -> None:
    """Its locks need not be seen here."""
    folder = left_behind(tmp_path, b"another boot\n", days)
    with scratch_folder(tmp_path, ".unfinished-"):
        assert folder.exists() is not swept


def test_a_lock_that_was_never_signed_is_swept_unless_it_is_held(tmp_path: Path) -> None:
    """Its maker was killed before; or it is about to sign it."""
    folder = left_behind(tmp_path, b"")
    with (tmp_path / ".unfinished-left.lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with scratch_folder(tmp_path, ".unfinished-"):
            assert folder.exists()
    with scratch_folder(tmp_path, ".unfinished-"):
        assert not folder.exists()
    assert names(tmp_path) == []


def test_a_lock_swept_before_it_is_held_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hold, swept = fcntl.flock, []

    def another_is_first(lock: int, how: int) -> None:
        if not swept:
            swept.extend(tmp_path.glob("*.lock"))
            swept[0].unlink()
        hold(lock, how)

    monkeypatch.setattr("gaapbridge.scratch.fcntl.flock", another_is_first)
    with scratch_folder(tmp_path, "a-") as folder:
        assert len(swept) == 1 and names(tmp_path) == [folder.name, f"{folder.name}.lock"] and f"{folder}.lock" != str(swept[0])
    assert names(tmp_path) == []


@pytest.mark.parametrize(("days", "swept"), [(0.9, False), (1.1, True)])
def test_a_folder_without_a_lock_has_no_maker(days: float, swept: bool, tmp_path: Path) -> None:
    """A program of another kind may have made it under such a name, and be using it."""
    folder = tmp_path / "a-abcd_123"
    (folder / "tapes").mkdir(parents=True)
    seen = time.time() - days * 86_400
    os.utime(folder, (seen, seen))
    with scratch_folder(tmp_path, "a-"):
        assert folder.exists() is not swept


@pytest.mark.parametrize("name", ["a-abcd_12", "a-abcd_1234", "a-Abcd_123", "a-results", "abcd_123"])
def test_what_only_looks_like_a_scratch_folder_stays(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's results: named otherwise, open to others, another user's, or a link."""
    (tmp_path / name).mkdir(0o700)
    (tmp_path / "a-open_123").mkdir(0o755)
    (tmp_path / "a-link_123").symlink_to(tmp_path / name)
    (tmp_path / "a-file_123").write_text("")
    before = names(tmp_path)
    with scratch_folder(tmp_path, "a-", 0o700):
        assert set(before) < set(names(tmp_path))
    (tmp_path / "a-user_123").mkdir(0o700)
    monkeypatch.setattr(os, "getuid", lambda: os.stat(tmp_path).st_uid + 1)
    with scratch_folder(tmp_path, "a-", 0o700):
        assert (tmp_path / "a-user_123").is_dir()


def test_a_folder_of_another_user_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = left_behind(tmp_path, own_signature(tmp_path))
    with monkeypatch.context() as other:
        other.setattr(os, "getuid", lambda: os.stat(tmp_path).st_uid + 1)
        with scratch_folder(tmp_path, ".unfinished-"):
            assert folder.exists()
    with scratch_folder(tmp_path, ".unfinished-"):
        assert not folder.exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """What is planted where anybody may write takes nothing else with it."""
    (tmp_path / "kept").mkdir()
    for name in ("kept", "kept.lock"):
        (tmp_path / "kept" / name).write_bytes(own_signature(tmp_path))
    (tmp_path / "a-1").symlink_to(tmp_path / "kept")
    (tmp_path / "a-1.lock").write_bytes(own_signature(tmp_path))
    (tmp_path / "a-2.lock").symlink_to(tmp_path / "kept" / "kept.lock")
    with scratch_folder(tmp_path, "a-"):
        assert names(tmp_path / "kept") == ["kept", "kept.lock"]


def test_a_file_system_without_locks_is_swept_by_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr("gaapbridge.scratch.fcntl.flock", refused)
    signed = own_signature(tmp_path)
    with scratch_folder(tmp_path, ".unfinished-") as live, scratch_folder(tmp_path, ".unfinished-"):
        assert live.is_dir()
    old = left_behind(tmp_path, signed, 1.1)
    with scratch_folder(tmp_path, ".unfinished-"):
        assert not old.exists()


def test_what_is_written_where_all_may_read_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of tapes are dealt out there; a run may be read by whom the umask lets."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with temporary_folder() as folder, scratch_folder(tmp_path, "run-") as run:
        assert folder.parent == tmp_path
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        own = tmp_path / "own"
        own.mkdir()
        assert run.stat().st_mode == own.stat().st_mode


def test_a_folder_that_goes_while_a_version_is_begun_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A close that fails takes the empty folder of its period with it, whoever is about to write there."""
    make, gone = tempfile.mkstemp, []

    def taken_away(**asked: str) -> tuple[int, str]:
        if not gone:
            gone.append(Path(asked["dir"]))
            gone[0].rmdir()
        return make(**asked)

    monkeypatch.setattr("gaapbridge.scratch.tempfile.mkstemp", taken_away)
    with new_version(tmp_path / "lender" / "2023-12-31") as version:
        assert gone == [version.folder.parent]
    assert version.folder == tmp_path / "lender" / "2023-12-31" / "v1"
