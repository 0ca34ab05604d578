"""Hashes that are remembered: taken from memory while nothing touched a file, and taken anew after whatever did."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gaapbridge.run import remembered as module
from gaapbridge.run.remembered import SMALL, Remembered, remembered
from gaapbridge.terms.hashes import sha256_of

LONG_SINCE = 10**9 * 3_600


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "cache"
    place.mkdir(0o700)
    monkeypatch.setenv("GAAPBRIDGE_CACHE", str(place))
    return place


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "table.parquet"
    path.write_bytes(b"a" * SMALL)
    return path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were hashed by reading them."""
    found: list[Path] = []

    def hashed(path: Path) -> str:
        found.append(path)
        return sha256_of(path)

    monkeypatch.setattr(module, "sha256_of", hashed)
    return found


def known(file: Path) -> str:
    """What a command that begins now says of a file, as though it had been written long before."""
    with remembered() as hashes:
        return hashes.sha256_of(file)


def learned(file: Path) -> None:
    """A command that knows a file, an hour after it was touched last."""
    with remembered() as hashes:
        hashes.learn({file: sha256_of(file)}, time.time_ns() + LONG_SINCE)


def test_a_file_that_nothing_touched_is_not_read_again(cache: Path, file: Path, read: list[Path]) -> None:
    learned(file)
    assert known(file) == sha256_of(file) and read == []
    assert [path.stat().st_mode & 0o777 for path in (cache / "hashes").iterdir()] == [0o600]


def _rewritten(file: Path) -> None:
    """Other content of the same size, its time of writing set back."""
    before = file.stat()
    file.write_bytes(b"b" * SMALL)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(file: Path) -> None:
    before, other = file.stat(), file.with_suffix(".other")
    other.write_bytes(b"b" * SMALL)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)


def _longer(file: Path) -> None:
    with file.open("ab") as stream:
        stream.write(b"c")


@pytest.mark.parametrize("change", [_rewritten, _replaced, _longer])
def test_a_file_that_was_touched_is_read(cache: Path, file: Path, read: list[Path], change: Callable[[Path], None]) -> None:
    learned(file)
    before = sha256_of(file)
    change(file)
    assert known(file) == sha256_of(file) != before and read == [file]


def test_a_file_that_was_just_written_is_not_remembered(cache: Path, file: Path, read: list[Path]) -> None:
    """Another touch may have the same time; and what was taken before a touch is not of what the file is now."""
    assert known(file) == known(file) and read == [file, file]
    with remembered() as hashes:
        hashes.learn({file: "0" * 64}, file.stat().st_ctime_ns)
    assert known(file) == sha256_of(file)


def test_a_small_file_is_read_each_time(cache: Path, tmp_path: Path, read: list[Path]) -> None:
    small = tmp_path / "small.json"
    small.write_bytes(b"{}")
    learned(small)
    assert known(small) == sha256_of(small) and read == [small] and not list((cache / "hashes").iterdir())


@pytest.mark.parametrize("content", [b"", b"[]", b'{"table.parquet": 1}', b'{"table.parquet": [["x"], "y"]}', b"\xff"])
def test_what_is_kept_and_is_no_hash_is_not_taken(cache: Path, file: Path, read: list[Path], content: bytes) -> None:
    learned(file)
    for path in (cache / "hashes").iterdir():
        path.write_bytes(content)
    assert known(file) == sha256_of(file) and read == [file]


def test_a_folder_that_others_can_write_to_is_not_trusted(cache: Path, file: Path, read: list[Path]) -> None:
    learned(file)
    (cache / "hashes").chmod(0o777)
    assert known(file) == sha256_of(file) and read == [file]


def test_files_that_others_can_write_to_are_not_taken(cache: Path, file: Path, read: list[Path]) -> None:
    learned(file)
    for path in (cache / "hashes").iterdir():
        path.chmod(0o666)
    assert known(file) == sha256_of(file) and read == [file]


def test_a_cache_that_cannot_be_written_fails_nothing(cache: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", full)
    learned(file)
    assert known(file) == sha256_of(file) and not list((cache / "hashes").iterdir())


def test_those_learned_longest_ago_are_forgotten(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FOLDERS", 3)
    for number in range(5):
        folder = tmp_path / f"of-{number}"
        folder.mkdir()
        (folder / "table.parquet").write_bytes(b"a" * SMALL)
        learned(folder / "table.parquet")
    assert len(list((cache / "hashes").iterdir())) == 3


def test_nothing_is_kept_where_there_is_no_place(file: Path, tmp_path: Path) -> None:
    hashes = Remembered(None)
    hashes.learn({file: "f" * 64}, time.time_ns() + LONG_SINCE)
    hashes.keep()
    assert hashes.sha256_of(file) == "f" * 64 and Remembered(None).sha256_of(file) == sha256_of(file)
    shutil.rmtree(tmp_path)
    hashes.learn({file: "f" * 64}, time.time_ns() + LONG_SINCE)
