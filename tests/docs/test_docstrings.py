"""The examples in docstrings are true: every module's, found by walking the package."""

from __future__ import annotations

import doctest
import importlib.util
import pkgutil
import re
from pathlib import Path
from types import ModuleType

import pytest

import gaapbridge

PROMPT = re.compile(r"(?m)^\s*>>> ")
MODULES = (gaapbridge.__name__, *(one.name for one in pkgutil.walk_packages(gaapbridge.__path__, f"{gaapbridge.__name__}.")))


def holds_examples(name: str) -> bool:
    """Whether the text of a module has any; it is read, and imported only then."""
    found = importlib.util.find_spec(name)
    assert found is not None and found.origin is not None
    return bool(PROMPT.search(Path(found.origin).read_text(encoding="utf-8")))


def written(module: ModuleType) -> int:
    """Examples that the text of a module holds, wherever they stand in it."""
    assert module.__file__ is not None
    return len(PROMPT.findall(Path(module.__file__).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", [name for name in MODULES if holds_examples(name)])
def test_every_example_is_tried_and_true(name: str) -> None:
    """As many are tried as the text holds: none hides where nothing runs it."""
    module = importlib.import_module(name)
    tried = doctest.testmod(module)
    assert (tried.failed, tried.attempted) == (0, written(module))


def test_examples_are_found_throughout_the_package() -> None:
    """A walk that finds nothing would pass."""
    rooms = {name.split(".")[1] for name in MODULES[1:] if written(importlib.import_module(name))}
    assert rooms >= {"assumptions", "book", "measure", "plan", "reperform", "statement", "tapes", "terms"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"""Two.\n\n>>> 1 + 1\n2\n"""\n', (0, 1)),
        ('"""Not three.\n\n>>> 1 + 1\n3\n"""\n', (1, 1)),
        ('AFTER = 1\n"""No docstring.\n\n>>> 1 + 1\n3\n"""\n', (0, 0)),
    ],
)
def test_a_false_example_fails_and_a_hidden_one_is_not_tried(tmp_path: Path, text: str, found: tuple[int, int]) -> None:
    path = tmp_path / "planted.py"
    path.write_text(text, encoding="utf-8")
    specification = importlib.util.spec_from_file_location("planted", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    tried = doctest.testmod(module)
    assert (tried.failed, tried.attempted) == found
    assert written(module) == 1
