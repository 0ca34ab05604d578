"""What is made once for all workers is made by who asks first, anew where that failed, and is seen where a test changed it."""

from pathlib import Path

import pytest

from tests.made_once import MadeOnce


def write(place: Path) -> None:
    place.mkdir()
    (place / "run.json").write_text("{}")


def test_it_is_made_by_who_asks_first(tmp_path: Path) -> None:
    place = MadeOnce(tmp_path).folder("years", write)
    assert MadeOnce(tmp_path).folder("years", Path.unlink) == place and (place / "run.json").is_file()


def test_what_failed_is_made_anew(tmp_path: Path) -> None:
    def fail(place: Path) -> None:
        write(place)
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        MadeOnce(tmp_path).folder("years", fail)
    MadeOnce(tmp_path).folder("years", write)
    assert MadeOnce(tmp_path).changed() == []


def test_a_change_is_seen(tmp_path: Path) -> None:
    made = MadeOnce(tmp_path)
    made.folder("other", write)
    (made.folder("years", write) / "report").write_text("beside the run")
    assert made.changed() == ["years"]
