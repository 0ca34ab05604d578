"""What is kept stays within its bound and its folder; a fingerprint tells values apart, and refuses what it cannot."""

from __future__ import annotations

import os
import time
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gaapbridge.engine import kept
from gaapbridge.engine.fingerprint import Fingerprint, NoFingerprint
from gaapbridge.engine.kept import Disagrees, Kept
from gaapbridge.engine.local import Threads
from gaapbridge.engine.sink import Parts, scan_parts

A_SECOND_NS = 10**9


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what is kept, not yet made."""
    monkeypatch.setenv("GAAPBRIDGE_PARTS_MB", "1")
    monkeypatch.setattr(kept, "cache_root", lambda: tmp_path / "cache")
    return tmp_path / "cache" / "parts"


def opened() -> Kept:
    """A close that begins a second after whatever was kept."""
    found = Kept.opened()
    assert found is not None
    return Kept(found.folder, found.most_bytes, time.time_ns() + A_SECOND_NS)


def keys(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.kept")}


def held(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.kept"))


def aged(folder: Path, key: str, seconds: int) -> None:
    at = time.time_ns() - seconds * A_SECOND_NS
    os.utime(folder / f"{key}.kept", ns=(at, at))


def test_what_was_used_longest_ago_goes_first_and_the_bound_is_kept(folder: Path) -> None:
    content = bytes(300_000)
    for age, key in enumerate("abc"):
        opened().put(key, [content])
        aged(folder, key, 10 - age)
    assert opened().take("a") == content
    opened().put("d", [content])
    assert keys(folder) == {"a", "c", "d"} and held(folder) <= 1_000_000
    opened().put("e", [bytes(1_000_001)])
    assert "e" not in keys(folder)


def test_a_close_larger_than_the_bound_keeps_what_it_kept_first(folder: Path) -> None:
    one = Kept.opened()
    assert one is not None
    for key in "abcde":
        one.put(key, [bytes(300_000)])
    assert keys(folder) == {"a", "b", "c"}


def test_an_entry_is_what_was_put_under_its_key(folder: Path) -> None:
    one = opened()
    one.put("a", [b"first ", b"second"])
    assert (one.take("a"), one.take("b")) == (b"first second", None)
    (folder / "a.kept").rename(folder / "b.kept")
    with pytest.raises(Disagrees):
        one.take("b")
    assert keys(folder) == set()


def test_what_was_half_written_goes_after_an_hour(folder: Path) -> None:
    opened()
    for name, hours in (("now", 0), ("before", 2)):
        half = folder / f".unfinished-{name}"
        half.touch()
        at = time.time_ns() - hours * 3_600 * A_SECOND_NS
        os.utime(half, ns=(at, at))
    opened()
    assert sorted(path.name for path in folder.iterdir()) == [".unfinished-now", "secret"]


@pytest.mark.parametrize("stated", ["0", "none", "-1"])
def test_nothing_is_kept_where_it_is_switched_off(stated: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAAPBRIDGE_PARTS_MB", stated)
    assert Kept.opened() is None and not folder.exists()


def test_nothing_is_kept_where_others_could_write_or_no_folder_can_be(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    assert Kept.opened() is None
    folder.rmdir()
    folder.write_text("a file in its place")
    assert Kept.opened() is None


ALONE = Fingerprint({})
UNLIKE = [
    1, 1.0, True, "1", b"1", None, (), [], {}, (1,), (1, 2), (12,), ((1,), 2), {"a": 1, "b": 2}, {"b": 2, "a": 1}, {1, 2},
    date(2023, 12, 31), Fraction(1, 3), np.array([1]), np.array([1.0]), np.array([[1]]), np.int64(1), pl.Series("a", [1]),
    pl.Series("b", [1]), pl.Series("a", [1], pl.Int8), pl.Series("a", [None], pl.Int64), pl.col("a"), pl.col("a") + 1,
    pl.Series("a", [None]), pl.Series("a", ["1"]), pl.Series("a", ["1"], pl.Categorical), pl.Series("a", [Decimal("1.0")]),
    pl.Int64(), Threads(1), Threads(2), Parts, scan_parts, partial(scan_parts), partial(scan_parts, 1),
]  # fmt: skip


def test_unlike_values_have_unlike_fingerprints_and_like_ones_the_same() -> None:
    assert len({ALONE.of(value) for value in UNLIKE}) == len(UNLIKE)
    assert ALONE.of({"b", "a", "c"}) == ALONE.of({"c", "b", "a"})
    whole = pl.DataFrame({"a": [1, 2], "b": ["x", None]})
    assert ALONE.of(whole) == ALONE.of(pl.concat([whole[:1], whole[1:]], rechunk=False))


def test_a_file_counts_by_its_hash_where_it_is_known_else_by_its_content(tmp_path: Path) -> None:
    file, copy = tmp_path / "a", tmp_path / "b"
    file.write_bytes(b"rows")
    copy.write_bytes(b"rows")
    assert ALONE.of(file) == ALONE.of(copy) != Fingerprint({str(file): "another"}).of(file)


@pytest.mark.parametrize("value", [lambda: 1, opened, object(), np.array([object()]), pl.Series([[1]]), ALONE.of])
def test_what_is_not_plain_or_not_ours_has_no_fingerprint(value: object) -> None:
    with pytest.raises(NoFingerprint):
        ALONE.of([value])


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """As on another machine, whose workers do not see that of the close."""
    elsewhere = Kept(tmp_path / "elsewhere", 1_000_000, 0)
    elsewhere.put("a", [b"content"])
    assert elsewhere.take("a") is None and not elsewhere.folder.exists()
