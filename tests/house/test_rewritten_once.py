"""Each test file is worked over by one worker of a fresh checkout, and none where less than all is asked for."""

from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.rewritten_once import TESTS, is_whole, not_loaded, share


def test_shares_are_all_files_once_and_alike_in_length() -> None:
    files = sorted(TESTS.rglob("test_*.py"))
    shares = [share(files, of=3, number=number) for number in range(3)]
    assert sorted(file for one in shares for file in one) == files
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_who_asks_for_a_file_waits_for_no_other() -> None:
    assert is_whole([str(ROOT / "tests")])
    assert not is_whole([str(ROOT / "tests" / "house")]) and not is_whole([str(ROOT / "tests"), str(ROOT / "docs")])


def test_what_cannot_be_loaded_is_kept_but_not_what_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_one.py").write_text("raise KeyError('of the file')\n")
    (tmp_path / "warning_one.py").write_text("import warnings\nwarnings.warn('old')\n")
    (tmp_path / "skipped_one.py").write_text("import pytest\npytest.skip('not here', allow_module_level=True)\n")
    (tmp_path / "good_one.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    failed = not_loaded(["broken_one", "warning_one", "skipped_one", "good_one"])
    assert {name: type(error) for name, error in failed.items()} == {"broken_one": KeyError, "warning_one": UserWarning}
