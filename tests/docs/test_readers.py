"""The pages by reader: each has first steps, a picture and answers, and names commands that there are, with their options."""

from __future__ import annotations

import re
import shlex

import pytest
from typer.main import get_command

from gaapbridge.cli import app
from tests.docs.pages import DOCS, Page

READERS = [Page(path) for path in sorted((DOCS / "readers").glob("*.md"))]
COMMAND = re.compile(r"(?:`|^ +)gaapbridge ([a-z][^`\n]*)", re.MULTILINE)


def unknown(called: str) -> list[str]:
    """The words of a call that are no command or no option of it."""
    words = shlex.split(called)
    commands = dict(get_command(app).commands)  # type: ignore[attr-defined]
    if words[0] == "new":
        commands = commands["new"].commands
        words = words[1:]
    if words[0] not in commands:
        return [words[0]]
    options = {option for parameter in commands[words[0]].params for option in parameter.opts}
    return [word for word in words[1:] if word.startswith("--") and word not in options]


@pytest.mark.parametrize("page", READERS, ids=lambda page: page.path.stem)
def test_a_reader_finds_a_picture_first_steps_and_answers(page: Page) -> None:
    assert page.text.startswith("# For the ")
    assert "](../pictures/" in page.text or "](../rooms.svg)" in page.text
    assert "## What you do first" in page.text
    (table,) = page.tables
    assert table.heading == "Which question is answered where" and len(table.rows) >= 6


def test_the_commands_that_readers_are_told_exist() -> None:
    called = [one for page in READERS for one in COMMAND.findall(page.text)]
    assert len(called) > 15
    assert [(one, unknown(one)) for one in called if unknown(one)] == []


def test_a_command_that_is_none_is_seen() -> None:
    assert unknown("explain latest bs-2023/loans_c/ecl --month --runs demo/runs") == ["--month"]
    assert unknown("expalin latest") == ["expalin"]
    assert unknown("new plan own --loans tape.csv --lones x") == ["--lones"]
