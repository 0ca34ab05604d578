"""A rule exists when a test runs it: STYLE.md, CHANGELOG.md and make targets are held to what they say."""

import os
import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT

RULE = re.compile(r"^\d+\. \*\*.+?(?=^\d+\. \*\*|^## |\Z)", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`|`(ruff|mypy)( [A-Z]+\d*(, [A-Z]+\d*)*)?`")
CHANGE = re.compile(r"Notes: (none|all|\([ivx]+\)(, \([ivx]+\))*)\. Periods: [^.]+\.$")


def untested_rules(text: str, root: Path) -> list[str]:
    """Rules that name no test, or one that does not exist."""
    seen = []
    for rule in RULE.findall(text):
        title = rule.split("**")[1]
        named = TEST.findall(rule)
        if not named:
            seen.append(f"{title} names no test")
        for path, test, tool, *_ in named:
            if tool:
                continue
            if not (root / path).is_file():
                seen.append(f"{title} names {path}, which is missing")
            elif test and f"def {test}(" not in (root / path).read_text(encoding="utf-8"):
                seen.append(f"{title} names {test}, which {path} has not")
    return seen


def vague_changes(text: str) -> list[str]:
    """Entries of the change log that do not end by naming the notes and the periods concerned."""
    entries = re.findall(r"^- (.+(?:\n  .+)*)", text, flags=re.MULTILINE)
    return [entry for entry in entries if not CHANGE.search(" ".join(entry.split()))]


def test_every_rule_of_style_is_run_by_a_test() -> None:
    text = (ROOT / "STYLE.md").read_text(encoding="utf-8")
    assert len(RULE.findall(text)) >= 10
    assert untested_rules(text, ROOT) == []


def test_every_change_names_notes_and_periods() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^- ", text, flags=re.MULTILINE)
    assert vague_changes(text) == []


@pytest.mark.parametrize("target", ["demo", "test", "setup", "bench", "conformance", "help", "clean"])
def test_make_has(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)


def test_what_ci_runs_is_executable() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert "make test-all" in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines(), "campaigns run before a change lands"


def test_the_package_says_it_is_typed() -> None:
    assert (ROOT / "src/gaapbridge/py.typed").is_file()


def test_an_untested_rule_is_seen() -> None:
    text = (
        "1. **Plain.** No test.\n2. **Gone.** `tests/house/test_gone.py`\n3. **Lost.** `tests/house/test_style.py::test_no`\n"
    )
    assert len(RULE.findall(text)) == 3
    assert [fault.split(".")[0] for fault in untested_rules(text, ROOT)] == ["Plain", "Gone", "Lost"]
    assert untested_rules("1. **Short.** `ruff E501`\n2. **Here.** `tests/house/test_style.py`\n", ROOT) == []


def test_a_vague_change_is_seen() -> None:
    good = "- Stage 3 interest\n  on the net amount. Notes: (i), (ii). Periods: from 2022.\n"
    assert vague_changes(good) == []
    assert vague_changes(good + "- Something moved.\n") == ["Something moved."]
