"""Each test file is worked over by one worker of a fresh checkout, and none where less than all is asked for."""

from tests.house.tree import ROOT
from tests.rewritten_once import TESTS, is_whole, share


def test_shares_are_all_files_once_and_alike_in_length() -> None:
    files = sorted(TESTS.rglob("test_*.py"))
    shares = [share(files, of=3, number=number) for number in range(3)]
    assert sorted(file for one in shares for file in one) == files
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_who_asks_for_a_file_waits_for_no_other() -> None:
    assert is_whole([str(ROOT / "tests")])
    assert not is_whole([str(ROOT / "tests" / "house")]) and not is_whole([str(ROOT / "tests"), str(ROOT / "docs")])
