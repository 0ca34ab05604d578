"""The reference page of elections is what the notes declare."""

from pathlib import Path

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.plan.election import NATURES
from gaapbridge.starter.elections_page import elections_page


def test_the_page_is_in_step(root: Path) -> None:
    written = (root / "docs/reference/elections.md").read_text(encoding="utf-8")
    assert written == elections_page(), "write it again: python -m tests.pages"


def test_the_page_has_every_election_once() -> None:
    lines = elections_page().split("\n")
    for one in DECLARED.notes.values():
        for election in one.elections:
            assert lines.count(f"### `{election.name}`") == 1
            assert f"{election.question} ({election.paragraph})" in lines
            assert election.nature in NATURES
            assert all(f"- `{word}`: {meaning}" in lines for word, meaning in election.choices.items())
    asked_of_some = sum(election.kind is not None for one in DECLARED.notes.values() for election in one.elections)
    assert sum(line.startswith("Asked only where") for line in lines) == asked_of_some > 0
