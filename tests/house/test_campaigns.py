"""What ``make test`` leaves is run by another target, is counted, and is of every room only a part."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.campaigns import NEEDED, spread
from tests.house.test_style import RULE, TEST
from tests.house.tree import ROOT, Source, Tree, checkout, nothing, planted

MINIATURE = """import pytest

@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("number", range(10))
def test_many(number):
    assert number not in FAILING

@pytest.mark.campaign
def test_long():
    pass

@pytest.fixture
def browser():
    pass

@pytest.fixture
def page(browser):
    pass

def test_shown(page):
    pass

def test_short():
    pass
"""


def left(decorated: ast.FunctionDef | ast.Module) -> bool:
    """Whether every case of a function, or everything in a module, is said to be a campaign."""
    said = decorated.decorator_list if isinstance(decorated, ast.FunctionDef) else _module_marks(decorated)
    return any(ast.unparse(one) == "pytest.mark.campaign" for one in said)


def _module_marks(module: ast.Module) -> list[ast.expr]:
    named = [one.value for one in module.body if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "pytestmark"]
    return [mark for value in named for mark in (value.elts if isinstance(value, ast.List | ast.Tuple) else [value])]


def functions(source: Source) -> dict[str, ast.FunctionDef]:
    """The tests of a module by name."""
    return {one.name: one for one in source.syntax.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}


def is_quick(source: Source, function: ast.FunctionDef) -> bool:
    """Whether ``make test`` runs a case of a test, as far as its module says."""
    asked = {argument.arg for argument in function.args.args}
    return not (left(source.syntax) or left(function) or asked & NEEDED)


def rooms_without_quick(tree: Tree) -> list[str]:
    """Folders of tests of which ``make test`` runs none."""
    quick: dict[str, bool] = {}
    for source in tree.under("tests"):
        room = source.path.rpartition("/")[0]
        for function in functions(source).values():
            quick[room] = quick.get(room, False) or is_quick(source, function)
    return [f"make test runs nothing in {room}" for room, any_quick in quick.items() if not any_quick]


def rules_left(tree: Tree, style: str) -> list[str]:
    """Rules of the house whose tests are campaigns: STYLE.md says that ``make test`` runs them all."""
    named = {(path, test) for rule in RULE.findall(style) for path, test, *_ in TEST.findall(rule) if path}
    return [
        f"{source.path}::{name} is a rule of the house, and a campaign"
        for source in tree.under("tests")
        for name, function in functions(source).items()
        if {(source.path, name), (source.path, "")} & named and not is_quick(source, function)
    ]


def test_every_room_has_quick_tests_and_every_rule_is_one() -> None:
    tree = checkout()
    nothing(rooms_without_quick(tree) + rules_left(tree, (ROOT / "STYLE.md").read_text(encoding="utf-8")))


def test_a_room_of_campaigns_alone_and_a_rule_that_is_left_are_seen(tmp_path: Path) -> None:
    campaign = "import pytest\n\n@pytest.mark.campaign\ndef test_a():\n    pass\n"
    tree = planted(
        tmp_path,
        {
            "tests/far/test_a.py": campaign,
            "tests/far/test_b.py": "import pytest\n\npytestmark = [pytest.mark.campaign]\n\ndef test_b():\n    pass\n",
            "tests/far/test_c.py": "def test_c(browser):\n    pass\n",
            "tests/near/test_d.py": campaign.replace("campaign", "campaign(but=1)"),
        },
    )
    assert rooms_without_quick(tree) == ["make test runs nothing in tests/far"]
    style = "1. **Near.** `tests/near/test_d.py`\n2. **Far.** `tests/far/test_a.py::test_a`\n"
    assert rules_left(tree, style) == ["tests/far/test_a.py::test_a is a rule of the house, and a campaign"]


def test_the_two_targets_are_all_tests_and_the_third_is_both() -> None:
    recipes = dict(re.findall(r"^([\w-]+):.*\n\t(.+)", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert (recipes["tests"], recipes["test-campaigns"]) == ('$(PYTEST) -m "not campaign"', "$(PYTEST) -m campaign")
    assert recipes["all-tests"] == "$(PYTEST)"
    assert [recipes[all_or_quick].split("-j2 ")[1] for all_or_quick in ("test", "test-all")] == [
        "lint types tests",
        "lint types all-tests",
    ]


def test_cases_at_even_distances() -> None:
    assert [spread("abcdefg", but=number) for number in (1, 2, 3)] == [["a"], ["a", "d"], ["a", "c", "e"]]
    assert spread("ab", but=3) == ["a", "b"]


def test_what_is_left_out_is_counted_and_the_rest_is_run(tmp_path: Path) -> None:
    """Nine campaigns by their marks and one by its fixture: cases 0 and 5 and the short test are left. By workers and alone."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    campaign: left\n")
    (tmp_path / "test_a.py").write_text(f"FAILING = (1, 6)\n{MINIATURE}")
    quick = ended(tmp_path, 2, "not campaign")
    assert "3 passed" in quick and "failed" not in quick
    assert "10 tests of campaigns were not run: make test-campaigns runs them" in quick
    rest = ended(tmp_path, 0, "campaign")
    assert "2 failed, 8 passed" in rest and "not run" not in rest


def ended(folder: Path, workers: int, selected: str) -> str:
    """How pytest says that a folder's tests ended."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.campaigns", "-p", "no:cacheprovider", "-n", str(workers)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(
        [*command, "-m", selected, "--rootdir", str(folder), str(folder)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.stdout
